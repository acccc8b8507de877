"""The box's glossary: what an admin says that things are called, kept in the record, used in everybody's questions.

It says nothing of documents, so it is one for the whole box; what may be read is decided elsewhere. Knows no engine.
"""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, Protocol

from .auth import Auth
from .db import Database
from .errors import BadInput, Conflict, NotFound
from .ports import Lexicon
from .types import Actor
from .wording import MOST, Entry, Expansion, Wording, checked, key, read_csv, write_csv

BESIDE = "zzz"
"""A word that no language has: what the lexicon leaves out beside it is an everyday word."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """A row of the glossary, its number, and who changed it last, when."""

    id: int
    term: str
    names: tuple[str, ...]
    by: str
    at: datetime

    def plain(self) -> dict[str, Any]:
        """Return it as JSON."""
        return asdict(self) | {"names": list(self.names), "at": self.at.isoformat(timespec="seconds")}


class Record(Protocol):
    """What is needed of `ragbox/adapters/records.py`."""

    def __call__(self, actor: str, act: str, object_: str, *, detail: dict[str, Any]) -> None: ...


@dataclass(frozen=True, kw_only=True, slots=True)
class _Current:
    wording: Wording
    version: str


class Glossary:
    """Safe to call from several threads; a change counts from the next question on, and is recorded."""

    def __init__(
        self, db: Database, auth: Auth, lexicon: Lexicon, record: Record,
        built_in: Callable[[str], Sequence[Expansion]] = lambda _: (),
    ) -> None:  # fmt: skip
        """`built_in` reads a question as `find` does, by names that every box knows."""
        self._built_in = built_in
        self._record = record
        self._db = db
        self._auth = auth
        self._lexicon = lexicon
        self._current: _Current | None = None
        self._building = threading.Lock()

    def load(self) -> None:
        """Read the record, so that no question waits for it."""
        self._now()

    def find(self, question: str) -> tuple[Expansion, ...]:
        """Return the names in a question that have others; time grows with the question, not with the glossary.

        What the company says of a name comes first, and the built-in names of the same are left out.
        """
        own = self._now().wording.find(question)
        said = {key(name.written) for name in own}
        return (*own, *(name for name in self._built_in(question) if key(name.written) not in said))

    @property
    def version(self) -> str:
        """Return what changes whenever a question may mean something else by the glossary; "" for an empty one."""
        return self._now().version

    def rows(self, actor: Actor) -> list[Row]:
        """Return the rows, by term."""
        self._auth.require(actor, "manage", None)
        return [_row(r) for r in self._db.read("SELECT * FROM glossary ORDER BY key")]

    def add(self, actor: Actor, term: str, names: Iterable[str]) -> Row:
        """Add a row.

        Raises:
            BadInput: a name is none (`wording.checked`), or an everyday word.
            Conflict: the term has a row, or there are too many rows.
        """
        self._auth.require(actor, "manage", None)
        entry = self._checked(term, names)
        with self._db.write() as db:
            _free(db, entry.term)
            made = _put(db, entry, actor.name)
            _count(db)
        self._changed()
        self._record(actor.name, "term", made.term, detail={"names": made.names})
        return made

    def change(self, actor: Actor, row: int, term: str, names: Iterable[str]) -> Row:
        """Give a row (its number) another content. Raises what `add` raises, and NotFound where there is none."""
        self._auth.require(actor, "manage", None)
        entry = self._checked(term, names)
        with self._db.write() as db:
            _free(db, entry.term, but=row)
            was = _take(db, row)
            made = _put(db, entry, actor.name, row)
        self._changed()
        self._record(actor.name, "term", made.term, detail={"names": made.names, "was": was.term})
        return made

    def remove(self, actor: Actor, row: int) -> None:
        """Delete a row by its number. Raises NotFound where there is none."""
        self._auth.require(actor, "manage", None)
        with self._db.write() as db:
            gone = _take(db, row)
        self._changed()
        self._record(actor.name, "unterm", gone.term, detail={"names": gone.names})

    def import_csv(self, actor: Actor, text: str, *, replace: bool = False) -> dict[str, int]:
        """Take the rows of a CSV in, all or none; return how many were added, changed and removed.

        A term that has a row gets the names of the CSV; with `replace`, rows of other terms go.

        Raises:
            BadInput: a line is wrong; names it.
            Conflict: there would be too many rows.
        """
        self._auth.require(actor, "manage", None)
        entries = [self._checked(e.term, e.names) for e in read_csv(text)]
        counts = {"added": 0, "changed": 0, "removed": 0}
        with self._db.write() as db:
            known = {r["key"]: _row(r) for r in db.execute("SELECT * FROM glossary")}
            for entry in entries:
                was = known.pop(key(entry.term), None)
                if was and (was.term, was.names) == (entry.term, entry.names):
                    continue
                if was:
                    _take(db, was.id)
                _put(db, entry, actor.name, was.id if was else None)
                counts["changed" if was else "added"] += 1
            for gone in known.values() if replace else ():
                _take(db, gone.id)
                counts["removed"] += 1
            _count(db)
        self._changed()
        self._record(actor.name, "terms", "CSV", detail=counts)
        return counts

    def export_csv(self, actor: Actor) -> str:
        """Return all rows as a CSV that can be taken in again."""
        return write_csv(Entry(term=r.term, names=r.names) for r in self.rows(actor))

    def _checked(self, term: str, names: Iterable[str]) -> Entry:
        entry = checked(term, names)
        for name in (entry.term, *entry.names):
            if self._everyday(name) and not (name.isupper() and len(name) > 1):
                raise BadInput(
                    f"The name {name!r} is an everyday word, which stands in almost any question. "
                    "Write it in capitals if it is an abbreviation, or leave it out."
                )
        return entry

    def _everyday(self, name: str) -> bool:
        left = self._lexicon.keywords(f"{name.casefold()} {BESIDE}")
        return not set(left) - set(self._lexicon.terms(BESIDE))

    def _changed(self) -> None:
        with self._building:  # here: who asks next is not to wait for it
            self._current = self._build()

    def _now(self) -> _Current:
        if self._current is None:
            self._changed()
        assert self._current is not None
        return self._current

    def _build(self) -> _Current:
        rows = [_row(r) for r in self._db.read("SELECT * FROM glossary ORDER BY key")]
        entries = [Entry(term=r.term, names=r.names) for r in rows]
        text = json.dumps([(e.term, e.names) for e in entries])
        return _Current(
            wording=Wording(entries, self._lexicon.terms, self._everyday),
            version=sha256(text.encode()).hexdigest()[:16] if entries else "",
        )


def _row(found: sqlite3.Row) -> Row:
    return Row(
        id=found["id"], term=found["term"], names=tuple(json.loads(found["names"])), by=found["changed_by"],
        at=datetime.fromisoformat(found["changed_at"]),
    )  # fmt: skip


def _free(db: sqlite3.Connection, term: str, but: int = 0) -> None:
    found = db.execute("SELECT term FROM glossary WHERE key = ? AND id <> ?", (key(term), but)).fetchone()
    if found:
        raise Conflict(f"The term {found['term']!r} is in the glossary already. Change its row instead.")


def _take(db: sqlite3.Connection, row: int) -> Row:
    found = db.execute("DELETE FROM glossary WHERE id = ? RETURNING *", (row,)).fetchone()
    if not found:
        raise NotFound(f"There is no row {row} in the glossary. Load the page again, or `ragbox glossary list`.")
    return _row(found)


def _put(db: sqlite3.Connection, entry: Entry, by: str, row: int | None = None) -> Row:
    found = db.execute(
        "INSERT INTO glossary (id, key, term, names, changed_at, changed_by) VALUES (?, ?, ?, ?, ?, ?) RETURNING *",
        (row, key(entry.term), entry.term, json.dumps(entry.names, ensure_ascii=False),
         datetime.now(UTC).isoformat(timespec="seconds"), by),
    ).fetchone()  # fmt: skip
    return _row(found)


def _count(db: sqlite3.Connection) -> None:
    rows = db.execute("SELECT count(*) FROM glossary").fetchone()[0]
    if rows > MOST:
        raise Conflict(f"The glossary would have {rows} rows, {MOST} are the most. Delete some that nobody asks for.")
