"""Nearest vectors, by Chroma. The only file that knows Chroma; holds nothing the record does not."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import Unavailable
from ..ports import Scored
from .mend import opened, private

if TYPE_CHECKING:
    from ..ports import Vectors

log = logging.getLogger("ragbox")
PIECE = 2000
"""Vectors a call: Chroma refuses more than 5,461."""
GRAPH = {"space": "cosine", "max_neighbors": 32, "ef_construction": 200, "ef_search": 400}
"""How the graph of vectors is built and walked.

Papers that look alike are clusters, and with Chroma's 16, 100 and 100 the walk does not get from one to the next: of
the exact 50 nearest it found 0.63 in 50,000 vectors of 866 papers, with these 0.97, for 2.7 ms more a search, 0.3 ms of
processor time more a vector, and 6 % more disk (20 questions, `tests.bench.query`, 2026-11-22).
"""


class ChromaIndex:
    """One Chroma collection for each of ours (port: DenseIndex)."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._client: Any = None

    def load(self) -> None:
        self._client = opened(self._folder, self._connect)

    def close(self) -> None:
        if self._client is not None:
            self._client.close()
        self._client = None

    def put(self, collection: str, documents: Mapping[str, tuple[Sequence[str], Vectors]]) -> None:
        table = self._loaded().get_or_create_collection(
            _name(collection), embedding_function=None, configuration={"hnsw": GRAPH}
        )
        table.delete(where={"document": {"$in": list(documents)}})
        ids = [i for names, _ in documents.values() for i in names]
        owners = [{"document": d} for d, (names, _) in documents.items() for _ in names]
        rows = [row for _, vectors in documents.values() for row in vectors]
        for start in range(0, len(ids), PIECE):
            end = start + PIECE
            table.upsert(ids=ids[start:end], embeddings=rows[start:end], metadatas=owners[start:end])

    def drop(self, collection: str) -> None:
        with self._missing_is_empty():
            self._loaded().delete_collection(_name(collection))

    def search(self, collection: str, vector: Vectors, k: int) -> list[Scored]:
        with self._missing_is_empty():
            # Asked for more than there are, Chroma gives what there is; to count them first, SQLite goes through all.
            found = self._table(collection).query(query_embeddings=[vector], n_results=k, include=["distances"])
            return [(i, 1.0 - d) for i, d in zip(found["ids"][0], found["distances"][0], strict=True)]
        return []

    def count(self, collection: str, document: str | None = None) -> int:
        with self._missing_is_empty():
            table = self._table(collection)
            if document is None:
                return int(table.count())
            return len(table.get(where={"document": document}, include=[])["ids"])
        return 0

    @contextmanager
    def _missing_is_empty(self) -> Iterator[None]:
        """Pass over what Chroma raises where a collection is not there, or goes while it is read."""
        from chromadb.errors import NotFoundError

        with suppress(NotFoundError):
            yield

    def _connect(self) -> Any:
        import chromadb
        from chromadb.api.shared_system_client import SharedSystemClient
        from chromadb.config import Settings

        private(self._folder)
        # Telemetry off: nothing leaves the machine.
        settings = Settings(anonymized_telemetry=False, is_persistent=True, persist_directory=str(self._folder))
        client: Any = None
        try:
            client = chromadb.PersistentClient(path=str(self._folder), settings=settings)
            for table in client.list_collections():
                _read_or_delete(client, table)
            return client
        except BaseException:
            if client is not None:
                with suppress(Exception):
                    client.close()
            SharedSystemClient.clear_system_cache()  # or the next attempt gets this one's broken half back
            raise

    def _table(self, collection: str) -> Any:
        return self._loaded().get_collection(_name(collection), embedding_function=None)

    def _loaded(self) -> Any:
        if self._client is None:
            raise Unavailable("The vector index is not loaded yet. Wait until the box is ready.")
        return self._client


def _read_or_delete(client: Any, table: Any) -> None:
    """Have Chroma read a collection's graph, or delete the collection: the record has its vectors, and heals it.

    Chroma reads a graph when it is first needed: so no question waits for that (50,000 vectors: 0.8 s), and of one that
    cannot be read, its own collection is built anew, not all of them.
    """
    try:
        table = client.get_collection(table.name, embedding_function=None)
        if table.configuration_json["hnsw"]["ef_search"] != GRAPH["ef_search"]:  # counts once the graph is read
            table.modify(configuration={"hnsw": {"ef_search": GRAPH["ef_search"]}})
        table.get(limit=1, include=["embeddings"])
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:  # a panic in Rust is no Exception here
        log.warning("The vectors of %s are damaged (%s) and are built anew from the record.", table.name, error)
        client.delete_collection(table.name)


def _name(collection: str) -> str:
    return f"ragbox-{collection}"  # Chroma asks for 3 to 512 characters of [a-zA-Z0-9._-]
