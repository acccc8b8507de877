"""What admins do with groups and grants, and from whom documents are hidden. What follows from it: `decisions.py`."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from . import hidings
from .auth import Auth
from .db import Database
from .errors import BadInput, Conflict, NotFound
from .library import Library
from .types import Actor
from .users import check_user_name, grant


@dataclass(frozen=True, kw_only=True, slots=True)
class Group:
    """People to whom things are granted, or from whom documents are hidden, together."""

    name: str
    members: tuple[str, ...]
    grants: dict[str, str]


@dataclass(frozen=True, kw_only=True, slots=True)
class HiddenFrom:
    """The users and groups from whom a document is hidden."""

    users: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()


class Access:
    """The groups, grants and hidden documents of one box. All of it counts from the next request on."""

    def __init__(self, db: Database, auth: Auth, library: Library) -> None:
        self._db = db
        self._auth = auth
        self._library = library

    # -- groups --------------------------------------------------------------------------------------------

    def groups(self, actor: Actor) -> list[Group]:
        """Return all groups by name.

        Raises:
            NotPermitted: the actor is no admin.
        """
        self._auth.require(actor, "manage", None)
        members, grants = dict[str, list[str]](), dict[str, dict[str, str]]()
        for r in self._db.read("SELECT group_name, user FROM members ORDER BY user"):
            members.setdefault(r["group_name"], []).append(r["user"])
        for r in self._db.read("SELECT * FROM grants WHERE group_name IS NOT NULL ORDER BY collection"):
            grants.setdefault(r["group_name"], {})[r["collection"]] = r["level"]
        return [
            Group(name=name, members=tuple(members.get(name, ())), grants=grants.get(name, {}))
            for (name,) in self._db.read("SELECT name FROM groups ORDER BY name")
        ]

    def group(self, actor: Actor, name: str) -> Group:
        """Return the group of this name.

        Raises:
            NotPermitted: the actor is no admin.
            NotFound: there is none.
        """
        found = next((g for g in self.groups(actor) if g.name == name), None)
        if found is None:
            raise _no_group(name)
        return found

    def create_group(self, actor: Actor, name: str, members: Sequence[str] = ()) -> Group:
        """Make a group.

        Raises:
            NotPermitted: the actor is no admin.
            BadInput: it cannot be called so.
            NotFound: there is no user of a name.
            Conflict: there is one of this name.
        """
        self._auth.require(actor, "manage", None)
        check_user_name(name, "a group")
        now = datetime.now(UTC).isoformat(timespec="microseconds")
        try:
            with self._db.write() as db:
                db.execute("INSERT INTO groups VALUES (?, ?)", (name, now))
                _set_members(db, name, members)
        except sqlite3.IntegrityError as error:
            raise Conflict(f"There is a group {name!r} already. Choose another name.") from error
        return self.group(actor, name)

    def change_group(
        self, actor: Actor, name: str, *, new_name: str | None = None, members: Sequence[str] | None = None
    ) -> Group:
        """Give a group another name or other members; what is None stays. Raises what `create_group` raises."""
        self.group(actor, name)
        called = name if new_name is None else new_name
        check_user_name(called, "a group")
        try:
            with self._db.write() as db:
                db.execute("UPDATE groups SET name = ? WHERE name = ?", (called, name))
                if members is not None:
                    _set_members(db, called, members)
        except sqlite3.IntegrityError as error:
            raise Conflict(f"There is a group {called!r} already. Choose another name.") from error
        return self.group(actor, called)

    def remove_group(self, actor: Actor, name: str) -> None:
        """Delete a group; what was granted to it is taken from its members, what was hidden from it is not shown them.

        Raises:
            NotPermitted: the actor is no admin.
            NotFound: there is none of this name.
            Conflict: documents are hidden from it, which its members would then see.
        """
        self.group(actor, name)
        with self._db.write() as db:
            (count,) = db.execute("SELECT count(*) FROM hidden WHERE group_name = ?", (name,)).fetchone()
            if count:
                raise Conflict(
                    f"{count} documents are hidden from the group {name!r}, and its members would see them. Show them "
                    "to it first, or hide them from its members."
                )
            hidings.hand_down(db, name)
            db.execute("DELETE FROM groups WHERE name = ?", (name,))

    # -- grants --------------------------------------------------------------------------------------------

    def grant(self, actor: Actor, collection: str, level: str, *, user: str = "", group: str = "") -> None:
        """Grant a collection (its name, "*" for all) to a user or a group, or take it from them with the level "".

        Raises:
            NotPermitted: the actor is no admin.
            NotFound: there is no such user, group or collection.
            BadInput: there is no such level, or both or neither of user and group are named.
        """
        self._auth.require(actor, "manage", None)
        if bool(user) == bool(group):
            raise BadInput("A grant is to a user or to a group. Name one of them.")
        with self._db.write() as db:
            _check(db, [user] if user else [], [group] if group else [])
            of = "collection = ? AND user IS ? AND group_name IS ?"
            db.execute(f"DELETE FROM grants WHERE {of}", (collection, user or None, group or None))
            if level:
                grant(db, [collection], level, user=user or None, group=group or None)

    # -- hidden documents ----------------------------------------------------------------------------------

    def hidden_from(self, actor: Actor, document: str) -> HiddenFrom:
        """Return from whom a document (its id) is hidden.

        Raises:
            NotFound, NotPermitted: no such document for this actor, or no right to manage it.
        """
        self._auth.require(actor, "manage", self._library.document(document))
        rows = self._db.read("SELECT user, group_name FROM hidden WHERE document = ? ORDER BY 1, 2", document)
        return HiddenFrom(
            users=tuple(r["user"] for r in rows if r["user"]),
            groups=tuple(r["group_name"] for r in rows if not r["user"]),
        )

    def hide(self, actor: Actor, document: str, *, users: Iterable[str], groups: Iterable[str]) -> HiddenFrom:
        """Hide a document (its id) from these users and groups, and from no others; admins see all documents.

        Raises:
            NotFound: no such document for this actor, or no such user or group.
            NotPermitted: no right to manage it.
        """
        self._auth.require(actor, "manage", self._library.document(document))
        people, them = list(dict.fromkeys(users)), list(dict.fromkeys(groups))
        with self._db.write() as db:
            _check(db, people, them)
            hidings.forget(db, document)
            db.execute("DELETE FROM hidden WHERE document = ?", (document,))
            db.executemany("INSERT INTO hidden VALUES (?, ?, NULL)", [(document, user) for user in people])
            db.executemany("INSERT INTO hidden VALUES (?, NULL, ?)", [(document, group) for group in them])
        return HiddenFrom(users=tuple(sorted(people)), groups=tuple(sorted(them)))


def _set_members(db: sqlite3.Connection, group: str, members: Iterable[str]) -> None:
    members = list(dict.fromkeys(members))
    _check(db, members, [])
    db.execute("DELETE FROM members WHERE group_name = ?", (group,))
    db.executemany("INSERT INTO members VALUES (?, ?)", [(group, user) for user in members])


def _check(db: sqlite3.Connection, users: Iterable[str], groups: Iterable[str]) -> None:
    """Raise NotFound where there is no user or group of a name."""
    for user in users:
        if not db.execute("SELECT 1 FROM users WHERE name = ?", (user,)).fetchone():
            raise NotFound(f"There is no user {user!r}. `ragbox user list` lists them.")
    for group in groups:
        if not db.execute("SELECT 1 FROM groups WHERE name = ?", (group,)).fetchone():
            raise _no_group(group)


def _no_group(name: str) -> NotFound:
    return NotFound(f"There is no group {name!r}. `ragbox group list` lists them.")
