"""Documents that can be found in part while the rest of them is read in. Knows no encoder and no index.

A mark that outlives a crash: what bears it is read anew at the next start, whatever it looks like.
"""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from . import names
from .db import Database
from .library import Library
from .rows import DOCUMENT, UNMARKED, read_chunk, read_document, read_vectors
from .types import Chunk, Document, Status

if TYPE_CHECKING:
    from .ports import Vectors


MOST = 10_000
"""Vectors that are looked up for one file, 30 MB with their texts: 2,000 pages. What is beyond is encoded again."""


class Begun:
    """The documents of one box of which a part is recorded."""

    def __init__(self, db: Database, library: Library) -> None:
        self._db = db
        self._library = library
        self._counting = threading.Lock()
        self._trips: Counter[tuple[str, str]] = Counter()  # how many read a document at present, by id and name

    def whole(self, document: Document) -> bool:
        """Tell whether a document is indexed, and not only a part of it."""
        return document.status is Status.INDEXED and not self._db.read(
            "SELECT 1 FROM begun WHERE document = ?", document.id
        )

    def documents(self) -> list[Document]:
        """Return those of which a part is recorded; not those that are deleted and can be called back."""
        return [read_document(r) for r in self._db.read(f"{DOCUMENT} WHERE d.id IN (SELECT document FROM begun)")]

    def encoded(self, documents: Sequence[str]) -> dict[str, Vectors]:
        """Return the vectors that documents (by id) have, whole or in part, by the text that they were made of."""
        rows = self._db.read(
            f"SELECT {UNMARKED}, vector FROM chunks WHERE document IN (SELECT value FROM json_each(?)) LIMIT {MOST}",
            json.dumps(list(documents)),
        )
        vectors = read_vectors([r["vector"] for r in rows])
        return {read_chunk(r).indexed_text: vector for r, vector in zip(rows, vectors, strict=True)}

    def put(
        self, document: Document, collection: str, chunks: Sequence[Chunk], vectors: Vectors | None, *, by: str,
        whole: bool,
    ) -> bool:  # fmt: skip
        """Record a document as `Library.put` does, and in the same transaction whether that is all of it.

        Returns False where it wrote nothing: a part never takes the place of what is whole by now.

        Raises:
            NotFound, Conflict: as `Library.put` does.
        """
        with self._db.write() as db:
            if (
                not whole
                and db.execute(
                    """SELECT 1 FROM documents WHERE id = ? AND status = 'indexed'
                    AND id NOT IN (SELECT document FROM begun)""",
                    (document.id,),
                ).fetchone()
            ):
                return False
            self._library.put(document, collection, chunks, vectors, by=by)
            if whole:
                db.execute("DELETE FROM begun WHERE document = ?", (document.id,))
            else:
                db.execute("INSERT OR IGNORE INTO begun VALUES (?)", (document.id,))
        return True

    def enter(self, document: str, files: Sequence[str]) -> None:
        """Hear that somebody reads a document under these names, until `leave`: `drop` lets them have those."""
        with self._counting:
            self._trips.update((document, file) for file in files)

    def leave(self, document: str, files: Sequence[str]) -> None:
        """Hear that one who entered reads it no more."""
        with self._counting:
            self._trips -= Counter((document, file) for file in files)

    def drop(self, document: str, files: Sequence[str], by: str) -> None:
        """Take those of its names that are `by`'s (empty: anybody's) from a document of which only a part is recorded.

        Without any name left it is deleted. A name under which somebody reads it still stays, and so does what is
        whole by now.
        """
        with self._counting:
            free = [file for file in files if not self._trips[document, file]]
        with self._db.write() as db:
            if free and db.execute("SELECT 1 FROM begun WHERE document = ?", (document,)).fetchone():
                names.take(db, document, free, by)
