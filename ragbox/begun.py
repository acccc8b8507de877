"""Documents that can be found in part while the rest of them is read in. Knows no encoder and no index.

A mark that outlives a crash: what bears it is read anew at the next start, whatever it looks like.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from .db import Database
from .library import Library
from .rows import DOCUMENT, read_document
from .types import Chunk, Document, Status

if TYPE_CHECKING:
    from .ports import Vectors


class Begun:
    """The documents of one box of which a part is recorded."""

    def __init__(self, db: Database, library: Library) -> None:
        self._db = db
        self._library = library

    def whole(self, document: Document) -> bool:
        """Tell whether a document is indexed, and not only a part of it."""
        return document.status is Status.INDEXED and not self._db.read(
            "SELECT 1 FROM begun WHERE document = ?", document.id
        )

    def documents(self) -> list[Document]:
        """Return those of which a part is recorded; not those that are deleted and can be called back."""
        return [read_document(r) for r in self._db.read(f"{DOCUMENT} WHERE d.id IN (SELECT document FROM begun)")]

    def put(
        self, document: Document, collection: str, chunks: Sequence[Chunk], vectors: Vectors | None, *, by: str,
        whole: bool,
    ) -> None:  # fmt: skip
        """Record a document as `Library.put` does, and in the same transaction whether that is all of it.

        Raises:
            NotFound, Conflict: as `Library.put` does.
        """
        with self._db.write() as db:
            self._library.put(document, collection, chunks, vectors, by=by)
            if whole:
                db.execute("DELETE FROM begun WHERE document = ?", (document.id,))
            else:
                db.execute("INSERT OR IGNORE INTO begun VALUES (?)", (document.id,))

    def drop(self, document: str) -> None:
        """Delete a document of which only a part is recorded; another is left alone."""
        with self._db.write() as db:
            if db.execute("SELECT 1 FROM begun WHERE document = ?", (document,)).fetchone():
                self._library.remove(document)
