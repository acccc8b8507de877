"""From which collections something was deleted whose bytes may still lie in files. Knows SQL, not the indexes.

The record itself is written with secure_delete: what is deleted there is zeros at once, but for its write-ahead log.
"""

from __future__ import annotations

import time

from .db import Database

TRY_SECONDS = 10.0
"""How long readers may keep the log from being emptied."""


class Remains:
    """The deletions of one box that are not wiped yet."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def collections(self) -> dict[str, int]:
        """Return the ids of collections from which something was deleted, each with the number of its last deletion."""
        rows = self._db.read("SELECT collection, max(seq) AS last FROM remains GROUP BY collection ORDER BY collection")
        return {r["collection"]: r["last"] for r in rows}

    def wiped(self, collection: str, last: int) -> None:
        """Note that the indexes of a collection hold nothing any more of deletions up to one."""
        with self._db.write() as db:
            db.execute("DELETE FROM remains WHERE collection = ? AND seq <= ?", (collection, last))

    def truncate(self) -> bool:
        """Empty the record's write-ahead log; False if readers did not let go of it for 10 s."""
        until = time.monotonic() + TRY_SECONDS
        while not (done := self._db.truncate()) and time.monotonic() < until:
            time.sleep(0.05)
        return done
