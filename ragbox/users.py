"""The users of a box and what is granted to them, directly and by their groups. Knows no secret and decides nothing."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from .db import Database
from .decisions import ALL, LEVELS, RIGHTS
from .errors import BadInput, Conflict, NotFound, NotPermitted
from .types import Actor

ADMIN = "admin"
"""The user that every box has: neither removed nor disabled, so nobody is locked out."""
ACTOR = """
    SELECT u.name, u.role, (SELECT json_group_array(json_array(collection, level)) FROM grants
        WHERE user = u.name OR group_name IN (SELECT group_name FROM members WHERE user = u.name)) AS granted
    FROM users u
"""
"""Reads the rows that `read_actor` takes."""
_NAME = re.compile(r"[^\W_][\w.@-]{0,62}")


class Users:
    """The users of one box."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def user(self, name: str) -> Actor:
        """Return the user of this name.

        Raises:
            NotFound: there is none.
        """
        rows = self._db.read(f"{ACTOR} WHERE u.name = ?", name)
        if not rows:
            raise NotFound(f"There is no user {name!r}. `ragbox user list` lists them.")
        return read_actor(rows[0])

    def active(self, name: str) -> Actor:
        """Return the user of this name, who is not disabled.

        Raises:
            NotFound: there is none.
            NotPermitted: the user is disabled.
        """
        if self._db.read("SELECT 1 FROM users WHERE name = ? AND disabled", name):
            raise NotPermitted(f"The user {name!r} is disabled. Enable {name} first, on the Admin page.")
        return self.user(name)

    def users(self) -> list[Actor]:
        """Return all users by name."""
        return [read_actor(r) for r in self._db.read(f"{ACTOR} ORDER BY u.name")]

    def create_user(self, name: str, role: str, collections: Sequence[str] = ()) -> Actor:
        """Make a user with grants on these collections ("*" for all, also those to come), at the level of the role.

        Raises:
            BadInput: the name or the role is not one.
            NotFound: there is no collection of a name that is to be granted.
            Conflict: there is a user of that name.
        """
        check_user_name(name)
        check_role(role)
        now = datetime.now(UTC).isoformat(timespec="microseconds")
        try:
            with self._db.write() as db:
                db.execute("INSERT INTO users (name, role, created_at) VALUES (?, ?, ?)", (name, role, now))
                grant(db, collections, natural(role), user=name, follows=True)
        except sqlite3.IntegrityError as error:
            raise Conflict(f"There is a user {name!r} already. Choose another name.") from error
        return self.user(name)

    def remove_user(self, name: str) -> None:
        """Delete a user; tokens and sessions end with it.

        Raises:
            NotFound: there is no such user.
            Conflict: it is the admin that every box has.
        """
        self.user(name)
        if name == ADMIN:
            raise Conflict(f"The user {ADMIN!r} cannot be removed: every box has one. Remove another user.")
        with self._db.write() as db:
            db.execute("DELETE FROM users WHERE name = ?", (name,))


def check_user_name(name: str, what: str = "a user") -> None:
    """Return if this can name a user or a group.

    Raises:
        BadInput: it cannot.
    """
    if not _NAME.fullmatch(name):
        raise BadInput(
            f"{name!r} cannot name {what}. Use up to 63 letters, digits, dots, dashes, underscores and @, "
            "the first a letter or digit."
        )


def check_role(role: str) -> None:
    """Return if there is such a role.

    Raises:
        BadInput: there is none.
    """
    if role not in RIGHTS:
        raise BadInput(f"{role!r} is not a role. Choose one of {', '.join(RIGHTS)}.")


def natural(role: str) -> str:
    """Return the level at which a collection is granted to a role where none is named."""
    return "write" if "write" in RIGHTS[role] else "read"


def grant(
    db: sqlite3.Connection, collections: Iterable[str], level: str, *, user: str | None = None,
    group: str | None = None, follows: bool = False,
) -> None:  # fmt: skip
    """Grant collections to a user or a group, within the transaction that is open; what is granted stays as it is.

    `follows`: nobody named the level, which is the role's and becomes that of the next one.

    Raises:
        BadInput: there is no such level.
        NotFound: there is no collection of one of the names.
    """
    if level not in LEVELS:
        raise BadInput(f"{level!r} is not a level. Choose one of {', '.join(LEVELS)}.")
    known = {ALL, *(r["name"] for r in db.execute("SELECT name FROM collections"))}
    names = list(dict.fromkeys(collections))
    if unknown := [c for c in names if c not in known]:
        raise NotFound(
            f"There is no collection {', '.join(map(repr, unknown))} to grant to {user or group}. "
            "`ragbox collections` lists them; make the collection first."
        )
    rows = [(user, group, c, level, follows) for c in names]
    db.executemany("INSERT OR IGNORE INTO grants VALUES (?, ?, ?, ?, ?)", rows)


def read_actor(r: sqlite3.Row) -> Actor:
    """Return a row of ACTOR as what it stands for."""
    best: dict[str, int] = {}
    for collection, level in json.loads(r["granted"]):
        best[collection] = max(best.get(collection, 0), LEVELS.index(level))
    read, write, manage = (tuple(sorted(c for c, at in best.items() if at >= least)) for least in range(3))
    return Actor(name=r["name"], role=r["role"], collections=read, writable=write, managed=manage)
