"""A long file comes into the record by parts: what is encoded first can be found first. Knows no parser."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Self

from ragbox.begun import Begun
from ragbox.errors import NotFound, RagboxError, Unavailable
from ragbox.indexer import Indexer
from ragbox.types import Chunk, Document, Status

if TYPE_CHECKING:
    from ragbox.ports import Vectors

Part = Callable[[Document, Sequence[Chunk], "Vectors"], None]
"""Hears that the first of a document's chunks are encoded, as many as there are vectors."""
PIECE = 256
"""Chunks encoded under one hold of the encoder: files take turns, and a long one does not make the others wait."""
FIRST = 64
"""Chunks of the first part: some 14 pages, 3 s of encoding on two cores. A file of up to PIECE chunks has no parts."""
GROWTH = 4
"""Times the chunks of the part before, from which there is a next one. Each replaces the one before: all of them
together write a third of the file once more."""


def pieces(total: int) -> Iterator[tuple[int, int, bool]]:
    """Yield from where to where to encode next of so many chunks, and whether what is encoded by then is a part."""
    start, due = 0, FIRST if total > PIECE else total
    while start < total:
        end = min(total, start + (FIRST if not start and total > PIECE else PIECE))
        part = due <= end < total
        due = end * GROWTH if part else due
        yield start, end, part
        start = end


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
        self._parts = parts
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
        if self._parts:
            found = len(vectors)
            said = f"The first {found} of {len(chunks)} passages can be found so far; the rest follows."
            document = replace(document, status=Status.INDEXED, reason=said, chunks=found)
            self._put(document, chunks[:found], vectors, whole=False)

    def whole(self, document: Document, chunks: Sequence[Chunk], vectors: Vectors | None) -> None:
        """Record all of the document, or that it is rejected.

        Raises:
            NotFound, Conflict: as `part` does.
        """
        self._put(document, chunks, vectors, whole=True)

    def _put(self, document: Document, chunks: Sequence[Chunk], vectors: Vectors | None, *, whole: bool) -> None:
        if self._started:  # as one that is read anew: deleted or moved since the last part, it must not come back
            document = replace(document, files=())
        if self._begun.put(document, document.collection_id, chunks, vectors, by=self._by, whole=whole):
            self._started = True
            self._indexer.apply()
