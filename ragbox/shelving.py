"""Documents that change their place in the record: moved, hidden for some seconds, called back; collections renamed.

Each change is one transaction with its outbox rows; nothing is parsed or encoded anew. Knows SQL, not who may.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable

from . import hidings, names, turns
from .db import Database
from .errors import Conflict, NotFound
from .library import check_name, document_id
from .rows import SHOWN


class Shelving:
    """The places of one box's documents."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def rename(self, collection: str, name: str) -> None:
        """Give a collection (by id) another name; grants go along, indexes go by its id and do not notice.

        Raises:
            BadInput: it cannot name a collection.
            Conflict: another one has this name.
        """
        check_name(name)
        try:
            with self._db.write() as db:
                db.execute(
                    "UPDATE grants SET collection = ? WHERE collection = (SELECT name FROM collections WHERE id = ?)",
                    (name, collection),
                )
                db.execute("UPDATE collections SET name = ? WHERE id = ?", (name, collection))
        except sqlite3.IntegrityError as error:
            raise Conflict(f"There is a collection {name!r} already. Choose another name.") from error

    def move(self, document: str, collection: str, by: str) -> str:
        """Put a document into another collection (by id) under all its names, which are then `by`'s; return its new id.

        Where that collection has the same content, the two become one; one that was rejected there gives way, and one
        that is there only in part (`begun.py`) to one that is whole. Kept conversations cite it under its new id.

        Raises:
            NotFound: the document or the collection is gone.
            Conflict: another document has one of its names there.
        """
        with self._db.write() as db:
            row = db.execute(f"SELECT collection, sha256 FROM {SHOWN} WHERE id = ?", (document,)).fetchone()
            if row is None or not db.execute("SELECT 1 FROM collections WHERE id = ?", (collection,)).fetchone():
                raise NotFound("The document or its new collection was deleted meanwhile. Look at the list again.")
            if row["collection"] == collection:
                return document
            new = document_id(collection, row["sha256"])
            files = [r["file"] for r in db.execute("SELECT file FROM files WHERE document = ?", (document,))]
            for file in files:
                if db.execute(
                    "SELECT 1 FROM files WHERE collection = ? AND file = ? AND document <> ?", (collection, file, new)
                ).fetchone():
                    raise Conflict(f"There is another {file} in that collection. Delete it there first.")
            hidings.remember(db, document, files)
            had, has = _held(db, document), _held(db, new)
            turns.follow(db, document, new)
            if has and has >= had:
                for file in files:
                    names.attach(db, collection, file, new, by)
                names.drop(db, document)
            else:
                others = db.execute("SELECT file, added_by FROM files WHERE document = ?", (new,)).fetchall()
                names.hide_too(db, new, document)
                db.execute("DELETE FROM documents WHERE id = ?", (new,))  # less, or deleted there seconds ago
                db.execute("PRAGMA defer_foreign_keys = ON")
                db.execute("UPDATE documents SET id = ?, collection = ? WHERE id = ?", (new, collection, document))
                db.execute(
                    "UPDATE chunks SET id = ? || substr(id, ?), document = ? WHERE document = ?",
                    (new, len(document) + 1, new, document),
                )
                db.execute(
                    "UPDATE files SET collection = ?, document = ?, added_by = ? WHERE document = ?",
                    (collection, new, by, document),
                )
                db.executemany(
                    "INSERT OR IGNORE INTO files VALUES (?, ?, ?, ?)",
                    [(collection, other["file"], new, other["added_by"]) for other in others],
                )
                hidings.recall(db, collection, new, files)
                _tell(db, row["collection"], document)
            _tell(db, collection, new)
        return new

    def hide(self, documents: Iterable[str]) -> list[str]:
        """Take documents and their names from everybody's sight; return which were there.

        Others may have the names meanwhile. Chunks and vectors stay, for `restore`, until `forget`.
        """
        hidden = []
        with self._db.write() as db:
            for document in documents:
                row = db.execute(f"SELECT collection, status FROM {SHOWN} WHERE id = ?", (document,)).fetchone()
                if row is None:
                    continue
                files = db.execute("SELECT file, added_by FROM files WHERE document = ?", (document,)).fetchall()
                gone = json.dumps({"status": row["status"], "files": [list(f) for f in files]})
                db.execute("UPDATE documents SET status = 'removed', gone = ? WHERE id = ?", (gone, document))
                hidings.remember(db, document, [f["file"] for f in files])
                db.execute("DELETE FROM files WHERE document = ?", (document,))
                _tell(db, row["collection"], document)
                hidden.append(document)
        return hidden

    def restore(self, document: str, by: str) -> bool:
        """Bring a hidden document back under those of its names that are free; False if it is gone or none is free.

        Of the mirror's names it has those that its bytes have in the folder by now. If that leaves none, it comes back
        under its old names, which are then `by`'s: the mirror would never take them away.
        """
        with self._db.write() as db:
            row = db.execute(
                "SELECT collection, sha256, gone FROM documents WHERE id = ? AND status = 'removed'", (document,)
            ).fetchone()
            if row is None:
                return False
            was = json.loads(row["gone"])
            mirrored = db.execute(
                """SELECT e.file FROM mirrored e JOIN mirrors m ON m.id = e.mirror
                    WHERE m.collection = ? AND e.sha256 = ?""",
                (row["collection"], row["sha256"]),
            )
            theirs = [(file, owner) for file, owner in was["files"] if owner != names.MIRROR]
            now = [*theirs, *((r["file"], names.MIRROR) for r in mirrored)]
            for files in (now, [(file, by) for file, _ in was["files"]]):
                db.executemany(
                    "INSERT OR IGNORE INTO files VALUES (?, ?, ?, ?)",
                    [(row["collection"], file, document, owner) for file, owner in files],
                )
                if db.execute("SELECT 1 FROM files WHERE document = ?", (document,)).fetchone():
                    break
            else:
                return False
            db.execute("UPDATE documents SET status = ?, gone = '' WHERE id = ?", (was["status"], document))
            _tell(db, row["collection"], document)
        return True

    def hidden(self) -> dict[str, tuple[str, str]]:
        """Return the documents that can be called back, by id: the name of the collection and the bytes' SHA-256."""
        rows = self._db.read(
            """SELECT d.id, c.name, d.sha256 FROM documents d JOIN collections c ON c.id = d.collection
                WHERE d.status = 'removed'"""
        )
        return {r["id"]: (r["name"], r["sha256"]) for r in rows}

    def forget(self, documents: Iterable[str]) -> None:
        """Delete hidden documents for good; others stay."""
        with self._db.write() as db:
            for document in documents:
                if db.execute("SELECT 1 FROM documents WHERE id = ? AND status = 'removed'", (document,)).fetchone():
                    names.drop(db, document)


def _held(db: sqlite3.Connection, document: str) -> int:
    """Return how much of a document can be found: 2 all, 1 a part, 0 nothing."""
    row = db.execute(
        f"SELECT id IN (SELECT document FROM begun) part FROM {SHOWN} WHERE id = ? AND status = 'indexed'", (document,)
    ).fetchone()
    return 0 if row is None else 1 if row["part"] else 2


def _tell(db: sqlite3.Connection, collection: str, document: str) -> None:
    db.execute("INSERT INTO outbox (collection, document) VALUES (?, ?)", (collection, document))
