"""Makes the indexes agree with the record: the only writer of either. Knows no parser and no question."""

from __future__ import annotations

import threading
from collections.abc import Generator, Iterator
from contextlib import contextmanager

from .library import Library
from .ports import DenseIndex, SparseIndex
from .types import Chunk, Collection

BATCH = 200
"""Documents a commit: bounds the memory a drain after a crash takes."""


class Indexer:
    """Applies the outbox to both indexes. Applying a row twice is applying it once, so a crash costs nothing."""

    def __init__(self, library: Library, dense: DenseIndex, sparse: SparseIndex) -> None:
        self._library = library
        self._dense = dense
        self._sparse = sparse
        self._applying = threading.Lock()
        self._halves: set[str] = set()

    def apply(self) -> None:
        """Return when everything recorded before the call can be found; callers that wait share one commit."""
        with self._applying:
            while pending := self._library.pending()[:BATCH]:
                whole = {p.collection for p in pending if p.document is None}
                for collection in whole:
                    for _ in self._renew(collection):
                        pass
                for collection in {p.collection for p in pending} - whole:
                    self._replace(
                        collection, {p.document for p in pending if p.collection == collection and p.document}
                    )
                self._library.settle(pending[-1].seq)
            for collection in sorted(self._halves):
                for _ in self._renew(collection):
                    pass
                self._halves.discard(collection)

    def rebuild(self) -> Iterator[tuple[int, int]]:
        """Throw both indexes away and build them from the record; yields (documents done, of how many)."""
        with self._applying:
            pending = self._library.pending()
            total, done = self._library.count()[0], 0
            for collection in sorted({c.id for c in self._library.collections()} | {p.collection for p in pending}):
                for count in self._renew(collection):
                    done += count
                    yield done, total
            if pending:
                self._library.settle(pending[-1].seq)

    def renew(self, collection: str) -> Generator[int, None, None]:
        """Build the indexes of a collection (by id) anew: what was deleted from it leaves their files.

        Yields the documents of each batch; between two, others may apply. Broken off, closed or failed, it leaves half
        a collection, which the next `apply` builds, or the next start.
        """
        batches = self._renew(collection)
        while True:
            try:
                with self._applying:
                    count = next(batches)
                yield count
            except StopIteration:
                return
            except BaseException:
                self._halves.add(collection)
                raise

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Have nobody write the indexes within the context; who would waits."""
        with self._applying:
            yield

    def heal(self) -> None:
        """Build the indexes anew of each collection in which they count other chunks than the record."""
        with self._applying:
            for collection, _ in self._differing():
                for _ in self._renew(collection.id):
                    pass

    def disagreements(self) -> list[str]:
        """Return a sentence for each collection whose indexes count other chunks than the record."""
        return [
            f"{collection.name}: the record has {record} chunks, Chroma {dense}, tantivy {sparse}."
            for collection, (record, dense, sparse) in self._differing()
        ]

    def _differing(self) -> Iterator[tuple[Collection, tuple[int, int, int]]]:
        for c in self._library.collections():
            counts = (self._library.count(c.id)[1], self._dense.count(c.id), self._sparse.count(c.id))
            if len(set(counts)) > 1:
                yield c, counts

    def _renew(self, collection: str) -> Iterator[int]:
        """Index all that the record has of a collection, which may be nothing, and only that; yields documents."""
        self._dense.drop(collection)
        self._sparse.drop(collection)
        documents = [d.id for d in self._library.documents(collection) if d.chunks]
        for start in range(0, len(documents), BATCH):
            piece = documents[start : start + BATCH]
            self._replace(collection, set(piece))
            yield len(piece)

    def _replace(self, collection: str, documents: set[str]) -> None:
        chunks: dict[str, list[Chunk]] = {d: self._library.chunks_of(d) for d in sorted(documents)}
        self._dense.put(collection, {d: self._library.vectors([c.id for c in found]) for d, found in chunks.items()})
        self._sparse.put(collection, chunks)
