"""From which collections something was deleted whose bytes may still lie in files. Knows SQL, not the indexes.

The record itself is written with secure_delete: what is deleted there is zeros at once, but for its write-ahead log.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import UTC, datetime

from .db import Database

TRY_SECONDS = 10.0
"""How long readers may keep the log from being emptied."""


class Remains:
    """The deletions of one box that are not wiped yet."""

    def __init__(self, db: Database) -> None:
        self.db = db

    def collections(self) -> dict[str, int]:
        """Return the ids of collections from which something was deleted, each with the number of its last deletion."""
        rows = self.db.read("SELECT collection, max(seq) AS last FROM remains GROUP BY collection ORDER BY collection")
        return {r["collection"]: r["last"] for r in rows}

    def oldest(self) -> datetime | None:
        """Return since when the first deletion waits, None if none does; of before that was kept, long ago."""
        at = self.db.read("SELECT min(at) AS at FROM remains")[0]["at"]
        return None if at is None else datetime.fromisoformat(at or "0001-01-02").replace(tzinfo=UTC)

    def traces(self, wiped: Mapping[str, int]) -> list[str]:
        """Return pieces of what was deleted (`leftovers.py`), up to the last deletion of each collection."""
        rows = [
            row
            for collection, last in wiped.items()
            for row in self.db.read("SELECT traces FROM remains WHERE collection = ? AND seq <= ?", collection, last)
        ]
        return [trace for row in rows for trace in row["traces"].split()]

    def wiped(self, collection: str, last: int) -> None:
        """Note that the indexes of a collection hold nothing any more of deletions up to one."""
        with self.db.write() as db:
            db.execute("DELETE FROM remains WHERE collection = ? AND seq <= ?", (collection, last))

    def truncate(self) -> bool:
        """Empty the record's write-ahead log; False if readers did not let go of it for 10 s."""
        until = time.monotonic() + TRY_SECONDS
        while not (done := self.db.truncate()) and time.monotonic() < until:
            time.sleep(0.05)
        return done
