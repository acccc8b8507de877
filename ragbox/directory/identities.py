"""Which user of the box a person of a directory or provider is. Knows no protocol and no secret.

The first sign-in binds a user to the person's issuer and subject for good. Whoever else is called the same, there or
elsewhere, is somebody else: a name alone opens nobody's account.
"""

from __future__ import annotations

import json
import sqlite3
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from ..auth import Auth
from ..db import Database
from ..errors import BadInput, Conflict, NotPermitted, Unavailable
from ..types import Actor
from ..users import ADMIN, check_user_name
from .external import External

SOURCES = ("ldap", "oidc")
LONGEST = 255
"""Most characters of a subject, as OpenID Connect bounds it."""
_LISTED = "(SELECT value FROM json_each(?))"
MANY = 5
"""People from whom on a setting is rather wrong than that more than half of them left at once."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Rules:
    """What a source may do here: the role of whom it makes, whether it makes any, the groups that follow it."""

    role: str
    create: bool
    groups: frozenset[str]


class Identities:
    """The users of one box who come from elsewhere."""

    def __init__(self, db: Database, auth: Auth, rules: dict[str, Rules], note: Callable[..., None]) -> None:
        """`note` is that of the audit trail."""
        self._db = db
        self._auth = auth
        self._rules = rules
        self._note = note

    def admit(self, who: External, *, also: Sequence[str] = ()) -> Actor:
        """Return the user that somebody is, made or bound at the first sign-in; groups follow the source each time.

        `also` are issuers by which the same person may be bound: to the issuer of now from then on.

        Raises:
            NotPermitted: the user is disabled, or somebody else has the name, or nobody expects this person.
        """
        if not (who.issuer and 0 < len(who.subject) <= LONGEST):
            raise NotPermitted(f"The {who.source} source does not say for good who {who.name!r} is. Tell your admin.")
        with self._db.write() as db:
            of = f"""SELECT user FROM identities WHERE issuer IN {_LISTED} AND subject = ?
                     ORDER BY issuer <> ?, gone_at IS NOT NULL, user LIMIT 1"""
            row = db.execute(of, (json.dumps([who.issuer, *also]), who.subject, who.issuer)).fetchone()
            name: str = row["user"] if row else self._first(db, who)
            self._move(db, name, who.source, who.issuer)
            self._back(db, name, who.source, by=name)
            actor = self._auth.active(name)
            self._follow(db, name, who.source, who.groups, by=name)
        return self._auth.user(actor.name)

    def expect(self, name: str, source: str) -> None:
        """Let the next person of a source ("ldap", "oidc") who is called so be this user; with "" nobody is any more.

        Raises:
            NotFound: there is no such user.
            Conflict: it is the admin that every box has.
            BadInput: there is no such source.
        """
        self._auth.user(name)
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

    def asking(self, *issuers: str) -> list[str]:
        """Return the subjects of these issuers whose users have a session, a token or a link, disabled by no admin."""
        rows = self._db.read(
            f"""SELECT DISTINCT i.subject FROM identities i JOIN users u ON u.name = i.user
               WHERE i.issuer IN {_LISTED} AND (NOT u.disabled OR i.gone_at IS NOT NULL) AND EXISTS
                   (SELECT 1 FROM secrets s WHERE s.user = i.user AND (s.expires_at IS NULL OR s.expires_at > ?))""",
            json.dumps(issuers), _now(),
        )  # fmt: skip
        return [r["subject"] for r in rows]

    def issuers(self, source: str) -> list[str]:
        """Return the issuers to which users of this source are bound."""
        sql = "SELECT DISTINCT issuer FROM identities WHERE source = ? AND issuer IS NOT NULL ORDER BY issuer"
        return [r["issuer"] for r in self._db.read(sql, source)]

    def elsewhere(self, source: str, *issuers: str) -> int:
        """Return how many users of this source are bound to other issuers of it than these: nobody looks them up."""
        sql = f"SELECT count(*) FROM identities WHERE source = ? AND issuer NOT IN {_LISTED}"
        return int(self._db.read(sql, source, json.dumps(issuers))[0][0])

    def settle(
        self, source: str, issuer: str, found: Mapping[str, frozenset[str] | None], *,
        also: Sequence[str] = (), since: str = "",
    ) -> None:  # fmt: skip
        """Let users follow what the source says now of these subjects: their groups, or None for who is gone.

        Who is gone is disabled, without sessions, links and the groups that follow the source, until the source has
        the person again. Who signed in after `since`, when the source began to be asked, is left for the next time.
        `also` are issuers by which these people may be bound: who is found is bound to `issuer` from now on, nobody
        else, or one that was written by mistake would keep them from the right one.

        Raises:
            Unavailable: of at least 5 users more than half would be gone; then nothing has changed.
        """
        with self._db.write() as db:
            # Who is bound to one of `also` follows too where another user has the subject here: it is one person.
            of = f"""SELECT i.user, i.subject, i.gone_at IS NULL AND NOT u.disabled AS here FROM identities i
                    JOIN users u ON u.name = i.user WHERE i.issuer IN {_LISTED} AND (? = '' OR NOT EXISTS
                        (SELECT 1 FROM secrets s WHERE s.user = i.user AND s.kind = 'session' AND s.created_at > ?))
                    ORDER BY i.issuer <> ?"""
            every = db.execute(of, (json.dumps([issuer, *also]), since, since, issuer)).fetchall()
            rows = [r for r in every if r["subject"] in found]
            here = [found[r["subject"]] for r in rows if r["here"]]
            if here.count(None) >= MANY and 2 * here.count(None) > len(here):
                raise Unavailable(
                    f"Of {len(here)} people {here.count(None)} are no longer found in the directory at once, so nobody "
                    "was shut out. Check RAGBOX_LDAP_BASE, RAGBOX_LDAP_SUBJECT, RAGBOX_LDAP_FILTER and what the "
                    "directory shows to RAGBOX_LDAP_BIND_DN; if they did leave, disable them: `ragbox user remove`, or "
                    "the Admin page."
                )
            for row in rows:
                name, groups = row["user"], found[row["subject"]]
                if groups is not None:
                    self._move(db, name, source, issuer)
                    self._back(db, name, source, by="")
                elif row["here"]:
                    db.execute("UPDATE identities SET gone_at = ? WHERE user = ?", (_now(), name))
                    db.execute("UPDATE users SET disabled = 1 WHERE name = ?", (name,))
                    self._auth.end_sessions(name)
                    self._note("", "user.gone", name, source=source)
                self._follow(db, name, source, groups or frozenset(), by="")

    def _move(self, db: sqlite3.Connection, name: str, source: str, issuer: str) -> None:
        """Bind a user to this issuer, unless another user has the subject there already."""
        moved = "UPDATE OR IGNORE identities SET issuer = ? WHERE user = ? AND issuer <> ?"
        if db.execute(moved, (issuer, name, issuer)).rowcount:
            self._note("", "user.bind", name, source=source, issuer=issuer)

    def _back(self, db: sqlite3.Connection, name: str, source: str, *, by: str) -> None:
        """Enable a user who was gone."""
        if db.execute("UPDATE identities SET gone_at = NULL WHERE user = ? AND gone_at IS NOT NULL", (name,)).rowcount:
            db.execute("UPDATE users SET disabled = 0 WHERE name = ?", (name,))
            self._note(by, "user.back", name, source=source)

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
            self._auth.create_user(who.name, role)
            self._note(who.name, "user.make", who.name, role=role, source=who.source)
        name = expected or who.name
        db.execute("DELETE FROM identities WHERE user = ?", (name,))
        bound = "INSERT INTO identities (user, source, issuer, subject) VALUES (?, ?, ?, ?)"
        db.execute(bound, (name, who.source, who.issuer, who.subject))
        self._note(name, "user.bind", name, source=who.source, issuer=who.issuer)
        return name

    def _follow(self, db: sqlite3.Connection, name: str, source: str, groups: frozenset[str], *, by: str) -> None:
        """Let the groups that follow the source have this user, or not; those of the box's own are left alone."""
        managed = self._rules[source].groups
        rows = db.execute("SELECT group_name FROM members WHERE user = ?", (name,))
        had = {r["group_name"] for r in rows} & managed
        joined, left = sorted((groups & managed) - had), sorted(had - groups)
        for group in joined:
            db.execute("INSERT OR IGNORE INTO groups VALUES (?, ?)", (group, _now()))
            db.execute("INSERT INTO members VALUES (?, ?)", (group, name))
        db.executemany("DELETE FROM members WHERE group_name = ? AND user = ?", [(group, name) for group in left])
        if joined or left:
            self._note(by, "user.groups", name, joined=joined, left=left, source=source)


def _folded(name: str) -> str:
    """Return a name as an eye takes it: Rita is rita."""
    return unicodedata.normalize("NFKC", name).casefold()


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="microseconds")
