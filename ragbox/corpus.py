"""Which state the documents of some collections are in: what was answered from them holds until it changes."""

from __future__ import annotations

import json
from collections.abc import Iterable

from .db import Database


def present(db: Database, documents: Iterable[str]) -> dict[str, bool]:
    """Return those of the documents (ids) that the record has, each with whether it is shown, not taken away by now."""
    rows = db.read(
        "SELECT id, status <> 'removed' AS shown FROM documents WHERE id IN (SELECT value FROM json_each(?))",
        json.dumps(list(documents)),
    )
    return {r["id"]: bool(r["shown"]) for r in rows}


def turns(db: Database, ids: Iterable[str]) -> set[str]:
    """Return those of the turns (ids) that the record has."""
    rows = db.read("SELECT id FROM turns WHERE id IN (SELECT value FROM json_each(?))", json.dumps(list(ids)))
    return {r["id"] for r in rows}


def version(db: Database, collections: Iterable[str]) -> str:
    """Return a text that changes with every document and file name of these collections (ids).

    "" while the indexes have not caught up with the record: what is found then may be of before or after.
    """
    rows = db.read(
        """SELECT v.collection, v.version, EXISTS (SELECT 1 FROM outbox WHERE collection = v.collection) AS pending
            FROM versions v WHERE v.collection IN (SELECT value FROM json_each(?)) ORDER BY v.collection""",
        json.dumps(list(collections)),
    )
    return "" if any(r["pending"] for r in rows) else " ".join(f"{r['collection']}:{r['version']}" for r in rows) or "-"
