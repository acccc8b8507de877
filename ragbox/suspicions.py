"""What of documents seems written for a language model, in the record. Knows SQL, neither who may see it nor rules."""

from __future__ import annotations

import sqlite3

from .db import Database
from .types import Suspicion, Unseen

SUSPECT = "d.id IN (SELECT document FROM suspicions)"
"""Tells in SQL whether a document (d) has hidden words or gives orders."""


def keep(db: sqlite3.Connection, document: str, found: Suspicion) -> None:
    """Write what was found in a document, in place of what was before."""
    for table in ("suspicions", "unseen"):
        db.execute(f"DELETE FROM {table} WHERE document = ?", (document,))
    if found.words or found.orders:
        db.execute("INSERT INTO suspicions VALUES (?, ?, ?)", (document, found.words, found.orders))
    rows = [(document, n, part.page, part.how, part.text) for n, part in enumerate(found.unseen)]
    db.executemany("INSERT INTO unseen VALUES (?, ?, ?, ?, ?)", rows)


class Suspicions:
    """Those of one box."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def unseen(self, document: str) -> list[Unseen]:
        """Return the hidden texts of a document (id), page by page."""
        rows = self._db.read("SELECT * FROM unseen WHERE document = ? ORDER BY page, ordinal", document)
        return [Unseen(page=r["page"], how=r["how"], text=r["text"]) for r in rows]

    def count(self) -> tuple[int, int]:
        """Return how many documents have hidden words, and how many give orders."""
        (row,) = self._db.read(
            """SELECT ifnull(sum(s.words > 0), 0) AS hidden, ifnull(sum(s.orders > 0), 0) AS ordering
                FROM suspicions s JOIN documents d ON d.id = s.document WHERE d.status <> 'removed'"""
        )
        return row["hidden"], row["ordering"]
