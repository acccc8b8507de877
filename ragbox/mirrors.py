"""What the folder mirror saw, so that a second scan reads and writes nothing. Knows SQL, not the file system."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from .db import Database
from .names import MIRROR, taken_by_hand

_MIRROR = """
    SELECT m.*, coalesce(c.name, '') AS collection_name,
        (SELECT count(*) FROM mirrored e WHERE e.mirror = m.id AND e.sha256 <> '') AS files
    FROM mirrors m LEFT JOIN collections c ON c.id = m.collection
"""

Stamp = tuple[int, int, int]
"""Size in bytes, time of the last change of content and of anything at all (ns): other bytes have another stamp."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Mirror:
    """A folder and the collection it is mirrored into.

    `folder` is `inbox/NAME` or a path; `name` is what the folder or the settings call the collection, which keeps its
    id when it is renamed. `collection` is that id, empty once it was deleted. `identity` is the folder's device and
    inode when it was last well, `alarm` why nothing is deleted now, `files` how many are taken in.
    """

    id: int
    folder: str
    name: str
    collection: str
    collection_name: str
    identity: str
    alarm: str
    alarm_at: str
    files: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """A file of a mirror as it was last seen: taken in with these bytes, or not and why (`sha256` is then empty)."""

    file: str
    stamp: Stamp
    sha256: str = ""
    reason: str = ""


class Mirrors:
    """The mirrors of one box, in its record."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def all(self) -> list[Mirror]:
        """Return every mirror that was ever bound to a collection, by folder."""
        return [
            Mirror(
                id=r["id"], folder=r["folder"], name=r["name"], collection=r["collection"] or "",
                collection_name=r["collection_name"], identity=r["identity"], alarm=r["alarm"], alarm_at=r["alarm_at"],
                files=r["files"],
            )
            for r in self._db.read(f"{_MIRROR} ORDER BY m.folder, m.name")
        ]  # fmt: skip

    def bind(self, folder: str, name: str, collection: str, identity: str) -> Mirror:
        """Record a new mirror."""
        with self._db.write() as db:
            db.execute(
                "INSERT INTO mirrors (folder, name, collection, identity) VALUES (?, ?, ?, ?)",
                (folder, name, collection, identity),
            )
        return next(m for m in self.all() if (m.folder, m.name) == (folder, name))

    def forget(self, mirror: int) -> None:
        """Delete a mirror and what it saw; the documents stay."""
        with self._db.write() as db:
            db.execute("DELETE FROM mirrors WHERE id = ?", (mirror,))

    def judge(self, mirror: int, identity: str, alarm: str) -> None:
        """Note that a mirror is well (no `alarm`) in a folder of this identity, or that it is not."""
        now = datetime.now(UTC).isoformat() if alarm else ""
        with self._db.write() as db:
            db.execute(
                "UPDATE mirrors SET identity = ?, alarm = ?, alarm_at = ? WHERE id = ?", (identity, alarm, now, mirror)
            )

    def entries(self, mirror: int) -> dict[str, Entry]:
        """Return what a mirror saw, by file name."""
        rows = self._db.read("SELECT * FROM mirrored WHERE mirror = ?", mirror)
        return {r["file"]: _entry(r) for r in rows}

    def refused(self, mirror: int, limit: int) -> tuple[int, list[Entry]]:
        """Return how many files of a mirror were not taken in, and the first of them by name."""
        of = "FROM mirrored WHERE mirror = ? AND sha256 = ''"
        rows = self._db.read(f"SELECT * {of} ORDER BY file LIMIT ?", mirror, limit)
        return int(self._db.read(f"SELECT count(*) {of}", mirror)[0][0]), [_entry(r) for r in rows]

    def saw(self, mirror: int, entries: Iterable[Entry], gone: Iterable[str] = ()) -> None:
        """Record files as they are now and forget others; of a mirror that was forgotten meanwhile, nothing."""
        with self._db.write() as db:
            db.executemany("DELETE FROM mirrored WHERE mirror = ? AND file = ?", [(mirror, file) for file in gone])
            db.executemany(
                "INSERT OR REPLACE INTO mirrored SELECT id, ?, ?, ?, ? FROM mirrors WHERE id = ?",
                [(e.file, json.dumps(e.stamp), e.sha256, e.reason, mirror) for e in entries],
            )

    def rival(self, mirror: Mirror, file: str) -> str:
        """Return another mirror's folder whose file of this name is in the same collection; empty if there is none."""
        rows = self._db.read(
            """SELECT m.folder FROM mirrored e JOIN mirrors m ON m.id = e.mirror
                WHERE e.file = ? AND m.collection = ? AND m.id <> ? AND e.sha256 <> ''""",
            file, mirror.collection, mirror.id,
        )  # fmt: skip
        return str(rows[0]["folder"]) if rows else ""

    def hindrance(self, mirror: Mirror, file: str, sha256: str) -> str:
        """Return why a file with these bytes may not be taken in under its name; empty if it may."""
        if other := self.rival(mirror, file):
            return f"{other} has a file {file} in this collection too, which came first. Rename one of them."
        held = self._db.read(
            """SELECT d.sha256 FROM files f JOIN documents d ON d.id = f.document
                WHERE f.collection = ? AND f.file = ? AND f.added_by <> ?""",
            mirror.collection, file, MIRROR,
        )  # fmt: skip
        return taken_by_hand(file) if held and held[0]["sha256"] != sha256 else ""


def _entry(r: sqlite3.Row) -> Entry:
    size, changed, touched = json.loads(r["stamp"])
    return Entry(file=r["file"], stamp=(size, changed, touched), sha256=r["sha256"], reason=r["reason"])
