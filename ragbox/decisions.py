"""The one function that decides who may do what to the box, a collection or a document. Default deny.

A role bounds what a grant can give. Grants come with the actor; what is hidden is read anew for each decision.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from .db import Database
from .errors import NotFound, NotPermitted
from .hidings import keys
from .types import Actor

RIGHTS = {
    "admin": frozenset({"ask", "read", "write", "create", "manage", "audit"}),
    "editor": frozenset({"ask", "read", "write", "create", "manage"}),
    "reader": frozenset({"ask", "read"}),
    "auditor": frozenset({"ask", "read", "audit"}),
}
"""What each role may do; all but the admin only to the collections that were granted, at the level of the grant."""
SCOPES = {
    "ask": frozenset({"ask"}),
    "read": frozenset({"ask", "read"}),
    "write": frozenset({"ask", "read", "write", "create"}),
    "admin": RIGHTS["admin"],
}
"""What a token may do of what its user may: ask and search alone, or also read pages and files, or also change some."""
LEVELS = ("read", "write", "manage")
"""Levels of a grant, each with all before it: manage is to rename, delete, hide, and to set the privacy policy."""
ADMIN_ROLE = "admin"
ALL = "*"
"""Stands for all collections in a grant, also those to come."""


class Held(Protocol):
    """What is needed of a document: its id, and the name of its collection."""

    @property
    def id(self) -> str: ...

    @property
    def collection(self) -> str: ...


Resource = Held | str | None
"""A document, a collection by its name, or None for the whole box."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """A document of which no more is known than a decision needs."""

    id: str
    collection: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Decision:
    """Whether the actor may, and why (not)."""

    allowed: bool
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Hidden:
    """Documents (ids) that are hidden from somebody, and which they are by collection (id)."""

    documents: frozenset[str] = frozenset()
    held: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def within(self, collections: Iterable[str]) -> frozenset[str]:
        """Return those of some collections (ids)."""
        return frozenset().union(*(self.held.get(c, frozenset()) for c in collections))


class Decisions:
    """Decides for one box."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def decide(self, actor: Actor, action: str, resource: Resource) -> Decision:
        """Decide on a document, a collection or the whole box.

        `action` is "ask" (to get an answer that quotes it), "read", "write", "create", "manage" or "audit".
        """
        if not covered(actor, action):
            return Decision(allowed=False, reason=f"the token is to {actor.scope} alone, not to {action}")
        if action not in RIGHTS.get(actor.role, frozenset()):
            return Decision(allowed=False, reason=f"the role {actor.role!r} may not {action}")
        if actor.role == ADMIN_ROLE:
            return Decision(allowed=True, reason="an admin may")
        if resource is None:
            allowed = action == "audit"
            return Decision(allowed=allowed, reason="an auditor may" if allowed else f"only an admin may {action}")
        collection = resource if isinstance(resource, str) else resource.collection
        granted = _granted(actor, action)
        if ALL not in granted and collection not in granted:
            return Decision(allowed=False, reason=f"to {action} in {collection!r} is not granted to {actor.name}")
        if not isinstance(resource, str) and self._hides(actor, resource.id):
            return Decision(allowed=False, reason=f"the document is hidden from {actor.name}")
        return Decision(allowed=True, reason=f"granted to {actor.name}")

    def require(self, actor: Actor, action: str, resource: Resource) -> None:
        """Return if the actor may; what may not even be read is said not to exist, in the record's own words.

        Raises:
            NotFound: the actor may not read the document or collection.
            NotPermitted: the actor may read it, but not do this.
        """
        decision = self.decide(actor, action, resource)
        if decision.allowed:
            return
        if resource is not None and action != "create" and not self.decide(actor, "ask", resource).allowed:
            if isinstance(resource, str):
                raise NotFound(f"There is no collection {resource!r}. `ragbox collections` lists them.")
            raise NotFound(f"There is no document {resource.id}. `ragbox documents` lists them.")
        raise NotPermitted(f"{actor.name} may not do this: {decision.reason}. Ask an admin of this box.")

    def require_scope(self, actor: Actor, action: str) -> None:
        """Return if the actor's token covers this of what is the actor's own, on which nothing else is to be decided.

        Raises:
            NotPermitted: it does not.
        """
        if not covered(actor, action):
            raise NotPermitted(
                f"The token of {actor.name} is to {actor.scope} alone, not to {action}. Ask an admin for another one."
            )

    def hidden(self, actor: Actor) -> Hidden:
        """Return the documents that are hidden from an actor or a group of theirs; none is from an admin."""
        if actor.role == ADMIN_ROLE:
            return Hidden()
        sql = f"SELECT id, collection FROM documents WHERE id IN (SELECT document FROM hidden WHERE {_THEIRS})"
        documents: dict[str, set[str]] = {}
        for r in self._db.read(sql, actor.name, actor.name):
            documents.setdefault(r["collection"], set()).add(r["id"])
        held = {collection: frozenset(found) for collection, found in documents.items()}
        return Hidden(documents=frozenset().union(*held.values()), held=held)

    def withheld(self, actor: Actor, collection: str, document: str, file: str) -> bool:
        """Tell whether a document or what has a file's name (ids, in a collection) is hidden from an actor, or was."""
        rows = self._db.read(
            f"""SELECT 1 FROM hidden WHERE {_THEIRS} AND document IN
                (?, (SELECT document FROM files WHERE collection = ? AND file = ?)) UNION ALL
                SELECT 1 FROM hidings WHERE {_THEIRS} AND key IN (?, ?)""",
            actor.name, actor.name, document, collection, file,
            actor.name, actor.name, *keys(collection, document, [file]),
        )  # fmt: skip
        return actor.role != ADMIN_ROLE and bool(rows)

    def passages(self, hidden: Hidden) -> dict[str, int]:
        """Return how many passages of each collection (id) are hidden; of 2,000 documents some 30 ms."""
        rows = self._db.read(
            """SELECT d.collection, count(*) AS passages FROM documents d JOIN chunks k ON k.document = d.id
                WHERE d.status <> 'removed' AND d.id IN (SELECT value FROM json_each(?)) GROUP BY d.collection""",
            json.dumps(list(hidden.documents)),
        ) if hidden.documents else []  # fmt: skip
        return {r["collection"]: r["passages"] for r in rows}

    def readable(self, actor: Actor, documents: Iterable[str]) -> dict[str, str]:
        """Return those of the documents (ids) that there are and an actor may ask, each with its collection's id."""
        rows = self._db.read(
            f"""SELECT d.id, d.collection, c.name FROM documents d JOIN collections c ON c.id = d.collection
                WHERE d.status <> 'removed' AND d.id IN (SELECT value FROM json_each(?)) AND (? OR NOT EXISTS
                    (SELECT 1 FROM hidden WHERE document = d.id AND {_THEIRS}))""",
            json.dumps(list(documents)), actor.role == ADMIN_ROLE, actor.name, actor.name,
        )  # fmt: skip
        return {r["id"]: r["collection"] for r in rows if self.decide(actor, "ask", r["name"]).allowed}

    def sight(self, actor: Actor) -> Callable[[str, str, str], bool]:
        """Return what tells whether an actor may know of a file: of its collection, its document (ids) and its name.

        A file on its way in that is no document yet (an id of "") may bear the name of a hidden one.
        """
        readable = {
            r["id"]
            for r in self._db.read("SELECT id, name FROM collections")
            if self.decide(actor, "read", r["name"]).allowed
        }
        hidden = self.hidden(actor).documents
        rows = self._db.read(
            "SELECT collection, file FROM files WHERE document IN (SELECT value FROM json_each(?))",
            json.dumps(list(hidden)),
        )
        names = {(r["collection"], r["file"]) for r in rows}
        return lambda shelf, document, file: shelf in readable and document not in hidden and (shelf, file) not in names

    def _hides(self, actor: Actor, document: str) -> bool:
        sql = f"SELECT 1 FROM hidden WHERE {_THEIRS} AND document = ? LIMIT 1"
        return bool(self._db.read(sql, actor.name, actor.name, document))


_THEIRS = "(user = ? OR group_name IN (SELECT group_name FROM members WHERE user = ?))"


def covered(actor: Actor, action: str) -> bool:
    """Tell whether what the actor's token is for holds an action."""
    return action in SCOPES.get(actor.scope, frozenset())


def _granted(actor: Actor, action: str) -> tuple[str, ...]:
    return {
        "ask": actor.collections, "read": actor.collections, "write": actor.writable, "create": actor.writable,
        "manage": actor.managed,
    }.get(action, ())  # fmt: skip
