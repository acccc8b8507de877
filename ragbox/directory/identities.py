"""Which user of the box a person of a directory or provider is. Knows no protocol and no secret.

The first sign-in binds a user to the person's issuer and subject for good. Whoever else is called the same, there or
elsewhere, is somebody else: a name alone opens nobody's account.
"""

from __future__ import annotations

import sqlite3
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from ..db import Database
from ..errors import BadInput, Conflict, NotPermitted
from ..types import Actor
from ..users import ADMIN, Users, check_user_name
from .external import External

SOURCES = ("ldap", "oidc")
LONGEST = 255
"""Most characters of a subject, as OpenID Connect bounds it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Rules:
    """What a source may do here: the role of whom it makes, whether it makes any, the groups that follow it."""

    role: str
    create: bool
    groups: frozenset[str]


class Identities:
    """The users of one box who come from elsewhere."""

    def __init__(self, db: Database, users: Users, rules: dict[str, Rules], note: Callable[..., None]) -> None:
        """`note` is that of the audit trail."""
        self._db = db
        self._users = users
        self._rules = rules
        self._note = note

    def admit(self, who: External) -> Actor:
        """Return the user that somebody is, made or bound at the first sign-in; groups follow the source each time.

        Raises:
            NotPermitted: the user is disabled, or somebody else has the name, or nobody expects this person.
        """
        if not (who.issuer and 0 < len(who.subject) <= LONGEST):
            raise NotPermitted(f"The {who.source} source does not say for good who {who.name!r} is. Tell your admin.")
        with self._db.write() as db:
            of = "SELECT user FROM identities WHERE issuer = ? AND subject = ?"
            row = db.execute(of, (who.issuer, who.subject)).fetchone()
            name: str = row["user"] if row else self._first(db, who)
            actor = self._users.active(name)
            self._follow(db, name, who)
        return self._users.user(actor.name)

    def expect(self, name: str, source: str) -> None:
        """Let the next person of a source ("ldap", "oidc") who is called so be this user; with "" nobody is any more.

        Raises:
            NotFound: there is no such user.
            Conflict: it is the admin that every box has.
            BadInput: there is no such source.
        """
        self._users.user(name)
        if source not in ("", *SOURCES):
            raise BadInput(f"{source!r} is no source of people. Choose one of {', '.join(SOURCES)}, or none.")
        if name == ADMIN:
            raise Conflict(f"The user {ADMIN!r} stays the box's own. Bind another user, and make that one an admin.")
        with self._db.write() as db:
            db.execute("DELETE FROM identities WHERE user = ?", (name,))
            if source:
                db.execute("INSERT INTO identities (user, source) VALUES (?, ?)", (name, source))

    def source(self, name: str) -> str:
        """Return where a user comes from: "ldap", "oidc", or "" for one of the box's own."""
        rows = self._db.read("SELECT source FROM identities WHERE user = ?", name)
        return rows[0]["source"] if rows else ""

    def _first(self, db: sqlite3.Connection, who: External) -> str:
        """Return the name of the user that is bound to somebody who comes for the first time."""
        try:
            check_user_name(who.name)
        except BadInput as error:
            raise NotPermitted(str(error)) from None
        wanted = _folded(who.name)
        alike = [r["name"] for r in db.execute("SELECT name FROM users") if _folded(r["name"]) == wanted]
        awaited = "SELECT user FROM identities WHERE user = ? AND source = ? AND subject IS NULL"
        expected = next((n for n in alike if db.execute(awaited, (n, who.source)).fetchone()), None)
        if wanted == ADMIN or (alike and expected is None):
            raise NotPermitted(
                f"The name {who.name!r} is another account's here. An admin can bind that account to you: "
                f"`ragbox user bind NAME {who.source}`."
            )
        if expected is None and not self._rules[who.source].create:
            raise NotPermitted(
                f"No account waits for {who.name!r} here. An admin can make one: `ragbox user add {who.name}`, then "
                f"`ragbox user bind {who.name} {who.source}`."
            )
        if expected is None:
            role = self._rules[who.source].role
            self._users.create_user(who.name, role)
            self._note(who.name, "user.make", who.name, role=role, source=who.source)
        name = expected or who.name
        db.execute("DELETE FROM identities WHERE user = ?", (name,))
        db.execute("INSERT INTO identities VALUES (?, ?, ?, ?)", (name, who.source, who.issuer, who.subject))
        self._note(name, "user.bind", name, source=who.source, issuer=who.issuer)
        return name

    def _follow(self, db: sqlite3.Connection, name: str, who: External) -> None:
        """Let the groups that follow the source have this user, or not; those of the box's own are left alone."""
        managed = self._rules[who.source].groups
        rows = db.execute("SELECT group_name FROM members WHERE user = ?", (name,))
        had = {r["group_name"] for r in rows} & managed
        joined, left = sorted((who.groups & managed) - had), sorted(had - who.groups)
        now = datetime.now(UTC).isoformat(timespec="microseconds")
        for group in joined:
            db.execute("INSERT OR IGNORE INTO groups VALUES (?, ?)", (group, now))
            db.execute("INSERT INTO members VALUES (?, ?)", (group, name))
        db.executemany("DELETE FROM members WHERE group_name = ? AND user = ?", [(group, name) for group in left])
        if joined or left:
            self._note(name, "user.groups", name, joined=joined, left=left, source=who.source)


def _folded(name: str) -> str:
    """Return a name as an eye takes it: Rita is rita."""
    return unicodedata.normalize("NFKC", name).casefold()
