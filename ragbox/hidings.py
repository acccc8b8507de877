"""From whom documents were hidden that left their place: what comes back there is hidden too. Knows SQL.

One that was deleted or moved, or lost a name, is known by its id, which the same bytes have in its collection, and by
its names there, as hashes: a name may tell of somebody. Its words go when it goes.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterable
from datetime import UTC, datetime


def keys(collection: str, document: str, files: Iterable[str]) -> list[str]:
    """Return what a document (its id) with these names in a collection (its id) would be remembered as."""
    return [document, *(hashlib.sha256(f"{collection}/{file}".encode()).hexdigest() for file in files)]


def remember(db: sqlite3.Connection, document: str, files: Iterable[str]) -> None:
    """Note from whom a document is hidden that is about to go or be moved, or loses these names."""
    rows = db.execute(
        "SELECT d.collection, h.user, h.group_name FROM hidden h JOIN documents d ON d.id = h.document WHERE d.id = ?",
        (document,),
    ).fetchall()
    now = datetime.now(UTC).isoformat(timespec="microseconds")
    db.executemany(
        "INSERT OR REPLACE INTO hidings VALUES (?, ?, ?, ?, ?, ?)",
        [
            (key, document, r["collection"], r["user"], r["group_name"], now)
            for r in rows
            for key in keys(r["collection"], document, files)
        ],
    )


def recall(db: sqlite3.Connection, collection: str, document: str, files: Iterable[str]) -> None:
    """Hide a document from whom one was hidden that had its bytes, or one of these names, in a collection (its id)."""
    db.executemany(
        """INSERT OR IGNORE INTO hidden SELECT d.id, h.user, h.group_name FROM hidings h JOIN documents d ON d.id = ?
            WHERE h.key = ?""",
        [(document, key) for key in keys(collection, document, files)],
    )


def forget(db: sqlite3.Connection, document: str) -> None:
    """Let go what is remembered of all that came back as a document: somebody has said from whom it is hidden."""
    files = db.execute("SELECT collection, file FROM files WHERE document = ?", (document,)).fetchall()
    known = {key for row in files for key in keys(row["collection"], document, [row["file"]])}
    db.executemany(
        "DELETE FROM hidings WHERE document IN (SELECT document FROM hidings WHERE key = ?)", [(key,) for key in known]
    )


def hand_down(db: sqlite3.Connection, group: str) -> None:
    """Let what is remembered of a group that is about to go be remembered of each of its members."""
    db.execute(
        # Of a member who was remembered already the later counts, or `prune` would end it too early.
        """INSERT INTO hidings SELECT h.key, h.document, h.collection, m.user, NULL, h.at FROM hidings h
            JOIN members m ON m.group_name = h.group_name WHERE h.group_name = ?
            ON CONFLICT (key, user) DO UPDATE SET document = excluded.document, at = excluded.at
            WHERE excluded.at > at""",
        (group,),
    )


def prune(db: sqlite3.Connection, since: str) -> None:
    """Let go what was remembered before a time (ISO 8601, UTC)."""
    db.execute("DELETE FROM hidings WHERE at < ?", (since,))
