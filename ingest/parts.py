"""A long file comes into the record by parts: what is read and encoded first can be found first. Knows no parser."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Self

from ragbox.begun import Begun
from ragbox.errors import NotFound, RagboxError, Unavailable
from ragbox.indexer import Indexer
from ragbox.types import Chunk, Document, Status

if TYPE_CHECKING:
    from ragbox.ports import Vectors


class Recording:
    """One document's way into the record: whole, or with `parts` in parts first.

    A context that takes a part back out, under the names it has here, if the trip ends with an error, so with a
    cancelled one. Not where the document was deleted or moved meanwhile, nor where the box closes: the next start goes
    on with it. Nor what another trip of the same bytes has brought in whole, or reads still under the same name.
    """

    def __init__(self, begun: Begun, indexer: Indexer, document: Document, *, by: str, parts: bool) -> None:
        """Take the document as it is before, under the names of this trip; `by` owns them (empty: anybody)."""
        self._begun = begun
        self._indexer = indexer
        self._document = document
        self._by = by
        self.parts = parts
        self._started = False

    def __enter__(self) -> Self:
        self._begun.enter(self._document.id, self._document.files)
        return self

    def __exit__(self, _: object, error: BaseException | None, __: object) -> None:
        self._begun.leave(self._document.id, self._document.files)
        if isinstance(error, RagboxError) and not isinstance(error, NotFound | Unavailable):
            self._begun.drop(self._document.id, self._document.files, self._by)
            self._indexer.apply()

    def part(self, document: Document, chunks: Sequence[Chunk], vectors: Vectors) -> None:
        """Record the first chunks, as many as there are vectors, of all that the document will have.

        Raises:
            NotFound: the collection is gone, or the document, of which a part was recorded.
            Conflict: the mirror may not take a person's file.
        """
        found = len(vectors)
        said = f"The first {found} of {len(chunks)} passages can be found so far; the rest follows."
        self._part(document, chunks[:found], vectors, said)

    def early(self, document: Document, chunks: Sequence[Chunk], vectors: Vectors) -> None:
        """Record the chunks of the first pages, of a document that is read yet.

        Raises:
            NotFound, Conflict: as `part` does.
        """
        said = f"The first {len(chunks)} passages can be found so far; the rest follows."
        self._part(document, chunks, vectors, said)

    def whole(self, document: Document, chunks: Sequence[Chunk], vectors: Vectors | None) -> None:
        """Record all of the document, or that it is rejected.

        Raises:
            NotFound, Conflict: as `part` does.
        """
        self._put(document, chunks, vectors, whole=True)

    def _part(self, document: Document, chunks: Sequence[Chunk], vectors: Vectors, said: str) -> None:
        if self.parts:
            document = replace(document, status=Status.INDEXED, reason=said, chunks=len(chunks))
            self._put(document, chunks, vectors, whole=False)

    def _put(self, document: Document, chunks: Sequence[Chunk], vectors: Vectors | None, *, whole: bool) -> None:
        if self._started:  # as one that is read anew: deleted or moved since the last part, it must not come back
            document = replace(document, files=())
        if self._begun.put(document, document.collection_id, chunks, vectors, by=self._by, whole=whole):
            self._started = True
            self._indexer.apply()
