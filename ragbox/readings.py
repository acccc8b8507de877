"""With which reading each document was recorded, and which wait to be read again because that was an older one.

Knows SQL, no parser and no queue. What waits stands in the record, so that the next start goes on with it.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Collection as Ids

from .db import Database
from .rows import SHOWN

READING = 2
"""Raised by whoever changes what parsers, chunker or profile make of a file: `tests/test_readings.py` tells when.

Each document is recorded with it. One that has a lower number keeps the passages it has until it is read again.
"""
_OF = f"""{SHOWN} d WHERE d.collection IN (SELECT value FROM json_each(?))
    AND d.id NOT IN (SELECT value FROM json_each(?))"""
OLDER = f"d.reading < {READING}"
"""Tells in SQL whether a document (d) was recorded with an older reading; rejected ones too, the new may take them."""

_NEXT = f"SELECT d.id, r.added_by FROM rereads r JOIN {SHOWN} d ON d.id = r.document WHERE {OLDER}"
AHEAD = 200
"""Documents whose order is settled at a time: to sort 50,000 that wait takes 50 ms, which each would wait for."""


class Readings:
    """The documents of one box by reading, of some collections (ids) and without those that are `hidden` (ids)."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._ahead = deque[str]()

    def older(self, collections: Ids[str], hidden: Ids[str] = ()) -> int:
        """Return how many documents were recorded with an older reading."""
        return int(self._db.read(f"SELECT count(*) FROM {_OF} AND {OLDER}", *_ids(collections, hidden))[0][0])

    def waiting(self, collections: Ids[str], hidden: Ids[str] = ()) -> int:
        """Return how many of them wait to be read again."""
        sql = f"SELECT count(*) FROM {_OF} AND {OLDER} AND d.id IN (SELECT document FROM rereads)"
        return int(self._db.read(sql, *_ids(collections, hidden))[0][0])

    def want(self, collections: Ids[str], hidden: Ids[str] = (), *, by: str) -> None:
        """Let all of them wait that an older reading recorded; those that wait already do so for whom they did."""
        with self._db.write() as db:
            sql = f"INSERT OR IGNORE INTO rereads SELECT d.id, ? FROM {_OF} AND {OLDER}"
            db.execute(sql, (by, *_ids(collections, hidden)))

    def forget(self, collections: Ids[str], hidden: Ids[str] = ()) -> None:
        """Let none of them wait any more."""
        with self._db.write() as db:
            sql = f"DELETE FROM rereads WHERE document IN (SELECT d.id FROM {_OF})"
            db.execute(sql, _ids(collections, hidden))

    def next(self) -> tuple[str, str] | None:
        """Return the document (id) to be read next, the newest first, and for whom; None where none waits.

        Once none does, those that others have read meanwhile are forgotten. For one thread at a time.
        """
        while True:
            while self._ahead:
                if rows := self._db.read(f"{_NEXT} AND d.id = ?", self._ahead[0]):
                    return rows[0]["id"], rows[0]["added_by"]
                self._ahead.popleft()  # read, gone or moved since
            if not (rows := self._db.read(f"{_NEXT} ORDER BY d.added_at DESC LIMIT ?", AHEAD)):
                break
            self._ahead.extend(row["id"] for row in rows)
        if self._db.read("SELECT 1 FROM rereads LIMIT 1"):
            with self._db.write() as db:
                db.execute(f"DELETE FROM rereads WHERE document NOT IN (SELECT d.id FROM documents d WHERE {OLDER})")
        return None

    def done(self, document: str) -> None:
        """Hear that a document was read again, or that it cannot be."""
        with self._db.write() as db:
            db.execute("DELETE FROM rereads WHERE document = ?", (document,))


def _ids(*sets: Ids[str]) -> list[str]:
    return [json.dumps(list(ids)) for ids in sets]
