"""The record: collections, documents, chunks and vectors, each change one transaction with its outbox row.

The indexes follow the outbox (`indexer.py`); this file knows neither of them. Ids are content hashes, so the
same bytes twice in a collection are one document with two files, and a second run writes nothing.
"""

from __future__ import annotations

import hashlib
import json
import re
import sqlite3
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from .db import Database
from .errors import BadInput, Conflict, NotFound
from .types import Chunk, Collection, Document, Kind, Mark, Status

if TYPE_CHECKING:
    from .ports import Vectors

_NAME = re.compile(r"[^\W_][\w .-]{0,62}")
_DOCUMENT = """
    SELECT d.*, c.name AS collection_name, (SELECT count(*) FROM chunks k WHERE k.document = d.id) AS chunks,
        (SELECT json_group_array(file) FROM files f WHERE f.document = d.id) AS files
    FROM documents d JOIN collections c ON c.id = d.collection
"""


@dataclass(frozen=True, kw_only=True)
class Pending:
    """An outbox row: the indexes have to be made to agree about this document (None: the whole collection)."""

    seq: int
    collection: str
    document: str | None


def document_id(collection: str, sha256: str) -> str:
    """Return the id of a file's content in a collection."""
    return hashlib.sha256(f"{collection}/{sha256}".encode()).hexdigest()[:24]


class Library:
    """The record of one box."""

    def __init__(self, db: Database) -> None:
        self._db = db

    # -- collections ---------------------------------------------------------------------------------------

    def collections(self) -> list[Collection]:
        """Return all collections by name."""
        rows = self._db.read("SELECT * FROM collections ORDER BY name")
        return [Collection(id=r["id"], name=r["name"], encoder=r["encoder"]) for r in rows]

    def collection(self, name: str) -> Collection:
        """Return the collection of this name.

        Raises:
            NotFound: there is none.
        """
        for collection in self.collections():
            if collection.name == name:
                return collection
        raise NotFound(f"There is no collection {name!r}. `ragbox collections` lists them.")

    def create_collection(self, name: str) -> Collection:
        """Make an empty collection.

        Raises:
            BadInput: the name has signs that make trouble in paths and commands.
            Conflict: there is one of that name.
        """
        if not _NAME.fullmatch(name):
            raise BadInput(
                f"{name!r} cannot name a collection. Use up to 63 letters, digits, spaces, dots, dashes and "
                "underscores, the first a letter or digit."
            )
        collection = Collection(id=uuid.uuid4().hex[:12], name=name)
        try:
            with self._db.write() as db:
                db.execute("INSERT INTO collections VALUES (?, ?, '', ?)", (collection.id, name, _now()))
        except sqlite3.IntegrityError as error:
            raise Conflict(f"There is a collection {name!r} already. Choose another name.") from error
        return collection

    def drop_collection(self, collection: str) -> None:
        """Delete a collection with all its documents."""
        with self._db.write() as db:
            # Grants go by name: the next collection of this name must not inherit them.
            db.execute(
                "DELETE FROM grants WHERE collection = (SELECT name FROM collections WHERE id = ?)", (collection,)
            )
            db.execute("DELETE FROM collections WHERE id = ?", (collection,))
            db.execute("INSERT INTO outbox (collection) VALUES (?)", (collection,))

    def replace_vectors(self, collection: str, identity: str, vectors: Mapping[str, Vectors]) -> None:
        """Record new vectors, by chunk id, for all of a collection, and the encoder they come from."""
        with self._db.write() as db:
            db.executemany(
                "UPDATE chunks SET vector = ? WHERE id = ?", [(row.tobytes(), i) for i, row in vectors.items()]
            )
            db.execute("UPDATE collections SET encoder = ? WHERE id = ?", (identity, collection))
            db.execute("INSERT INTO outbox (collection) VALUES (?)", (collection,))

    def claim_encoder(self, collection: str, identity: str) -> None:
        """Make sure that all vectors of a collection come from one encoder.

        Raises:
            Conflict: its vectors were made by another one.
        """
        if self._db.read("SELECT 1 FROM collections WHERE id = ? AND encoder = ?", collection, identity):
            return  # the usual case, at each search: does not wait for a writer
        with self._db.write() as db:
            db.execute("UPDATE collections SET encoder = ? WHERE id = ? AND encoder = ''", (identity, collection))
            row = db.execute("SELECT name, encoder FROM collections WHERE id = ?", (collection,)).fetchone()
        if row is not None and row["encoder"] != identity:
            raise Conflict(
                f"The vectors of collection {row['name']!r} were made by the encoder {row['encoder']}, the box now has "
                f"{identity}. Set RAGBOX_ENCODER back, or run `ragbox rebuild --encode` to make them anew."
            )

    # -- documents -----------------------------------------------------------------------------------------

    def documents(
        self, collection: str | None = None, *, search: str = "", limit: int = -1, offset: int = 0
    ) -> list[Document]:
        """Return documents, newest first; `search` looks for a part of the file name or title."""
        like = "%" + search.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
        rows = self._db.read(
            f"""{_DOCUMENT} WHERE (? IS NULL OR d.collection = ?) AND (? = '' OR d.title LIKE ? ESCAPE '\\'
                OR d.id IN (SELECT document FROM files WHERE file LIKE ? ESCAPE '\\'))
                ORDER BY d.added_at DESC, d.id LIMIT ? OFFSET ?""",
            collection, collection, search, like, like, limit, offset,
        )  # fmt: skip
        return [_document(r) for r in rows]

    def document(self, document: str) -> Document:
        """Return one document.

        Raises:
            NotFound: there is none of this id.
        """
        rows = self._db.read(f"{_DOCUMENT} WHERE d.id = ?", document)
        if not rows:
            raise NotFound(f"There is no document {document}. `ragbox documents` lists them.")
        return _document(rows[0])

    def find(self, collection: str, file: str) -> Document | None:
        """Return the document that a file name stands for."""
        rows = self._db.read(
            f"{_DOCUMENT} WHERE d.id = (SELECT document FROM files WHERE collection = ? AND file = ?)", collection, file
        )
        return _document(rows[0]) if rows else None

    def hashes(self) -> set[str]:
        """Return the SHA-256 of every document's bytes: the originals that have to be kept."""
        return {r["sha256"] for r in self._db.read("SELECT DISTINCT sha256 FROM documents")}

    def put(
        self, document: Document, collection: str, chunks: Sequence[Chunk] = (), vectors: Vectors | None = None
    ) -> None:
        """Record a document, whole: its row, files, chunks, vectors (one row a chunk) and the outbox row.

        A file that belonged to other content now belongs to this; content without any file left is removed. What
        is recorded of the same content already is replaced, but for its other files.

        Raises:
            NotFound: the collection is gone.
        """
        d = document
        blobs = [v.tobytes() for v in vectors] if vectors is not None else []
        with self._db.write() as db:
            if not db.execute("SELECT 1 FROM collections WHERE id = ?", (collection,)).fetchone():
                raise NotFound(f"The collection of {d.file} was deleted meanwhile. Drop the file into another one.")
            db.execute("DELETE FROM chunks WHERE document = ?", (d.id,))
            db.execute(
                """INSERT INTO documents VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT (id) DO UPDATE SET title = excluded.title, kind = excluded.kind, pages = excluded.pages,
                    language = excluded.language, status = excluded.status, reason = excluded.reason""",
                (d.id, collection, d.sha256, d.title, d.kind, d.pages, d.size, d.language, d.status, d.reason,
                 d.added_at.isoformat(), d.added_by),
            )  # fmt: skip
            db.executemany(
                "INSERT INTO chunks VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                [(c.id, c.document, c.ordinal, c.page, c.kind, c.section, c.context, c.text, c.head, _dump(c.marks), b,
                  json.dumps(c.titles)) for c, b in zip(chunks, blobs, strict=True)],
            )  # fmt: skip
            for file in d.files:
                self._attach(db, collection, file, d.id)
            db.execute("INSERT INTO outbox (collection, document) VALUES (?, ?)", (collection, d.id))

    def attach(self, document: str, collection: str, file: str) -> bool:
        """Let a file name stand for a document; return False where the document is gone."""
        if self._db.read("SELECT 1 FROM files WHERE collection = ? AND file = ? AND document = ?",
                         collection, file, document):  # fmt: skip
            return True
        with self._db.write() as db:
            if not db.execute("SELECT 1 FROM documents WHERE id = ?", (document,)).fetchone():
                return False
            self._attach(db, collection, file, document)
        return True

    def remove(self, document: str) -> None:
        """Delete a document; one that is not there is no error."""
        with self._db.write() as db:
            row = db.execute("SELECT collection FROM documents WHERE id = ?", (document,)).fetchone()
            if row is not None:
                db.execute("DELETE FROM documents WHERE id = ?", (document,))
                db.execute("INSERT INTO outbox (collection, document) VALUES (?, ?)", (row["collection"], document))

    def _attach(self, db: sqlite3.Connection, collection: str, file: str, document: str) -> None:
        row = db.execute("SELECT document FROM files WHERE collection = ? AND file = ?", (collection, file)).fetchone()
        db.execute("INSERT OR REPLACE INTO files VALUES (?, ?, ?)", (collection, file, document))
        if (
            row is not None
            and row["document"] != document
            and not db.execute("SELECT 1 FROM files WHERE document = ?", (row["document"],)).fetchone()
        ):
            self.remove(row["document"])

    # -- chunks --------------------------------------------------------------------------------------------

    def chunks(self, ids: Iterable[str]) -> dict[str, Chunk]:
        """Return the chunks of these ids that the record still has."""
        rows = self._db.read("SELECT * FROM chunks WHERE id IN (SELECT value FROM json_each(?))", json.dumps(list(ids)))
        return {r["id"]: _chunk(r) for r in rows}

    def chunks_of(self, document: str) -> list[Chunk]:
        """Return a document's chunks in reading order."""
        return [_chunk(r) for r in self._db.read("SELECT * FROM chunks WHERE document = ? ORDER BY ordinal", document)]

    def vectors(self, ids: Sequence[str]) -> tuple[list[str], Vectors]:
        """Return those of the ids that the record still has, in order, and their vectors, a float32 row each."""
        import numpy as np

        rows = self._db.read(
            "SELECT id, vector FROM chunks WHERE id IN (SELECT value FROM json_each(?))", json.dumps(list(ids))
        )
        found = {r["id"]: np.frombuffer(r["vector"], dtype=np.float32) for r in rows}
        kept = [i for i in ids if i in found]
        return kept, np.stack([found[i] for i in kept]) if kept else np.zeros((0, 0), dtype=np.float32)

    def count(self, collection: str | None = None) -> tuple[int, int]:
        """Return how many documents are indexed and how many chunks they have."""
        where = "WHERE d.status = 'indexed' AND (? IS NULL OR d.collection = ?)"
        documents = self._db.read(f"SELECT count(*) FROM documents d {where}", collection, collection)
        chunks = self._db.read(
            f"SELECT count(*) FROM chunks k JOIN documents d ON d.id = k.document {where}", collection, collection
        )
        return int(documents[0][0]), int(chunks[0][0])

    # -- the outbox ----------------------------------------------------------------------------------------

    def pending(self) -> list[Pending]:
        """Return what the indexes have not heard of yet, oldest first."""
        rows = self._db.read("SELECT * FROM outbox ORDER BY seq")
        return [Pending(seq=r["seq"], collection=r["collection"], document=r["document"]) for r in rows]

    def settle(self, upto: int) -> None:
        """Forget the outbox rows up to this number: the indexes agree with them."""
        with self._db.write() as db:
            db.execute("DELETE FROM outbox WHERE seq <= ?", (upto,))


def _now() -> str:
    return datetime.now(UTC).isoformat()


def _document(r: sqlite3.Row) -> Document:
    return Document(
        id=r["id"], collection=r["collection_name"], collection_id=r["collection"],
        files=tuple(json.loads(r["files"])), title=r["title"], kind=r["kind"], pages=r["pages"], chunks=r["chunks"],
        size=r["size"], language=r["language"], status=Status(r["status"]), reason=r["reason"], sha256=r["sha256"],
        added_at=datetime.fromisoformat(r["added_at"]), added_by=r["added_by"],
    )  # fmt: skip


def _chunk(r: sqlite3.Row) -> Chunk:
    marks = tuple(
        Mark(start=s, end=e, page=p, box=(b[0], b[1], b[2], b[3]) if b else None)
        for s, e, p, b in json.loads(r["marks"])
    )
    return Chunk(
        id=r["id"], document=r["document"], ordinal=r["ordinal"], page=r["page"], kind=Kind(r["kind"]),
        section=r["section"], context=r["context"], text=r["text"], head=r["head"], marks=marks,
        titles=tuple((s, e) for s, e in json.loads(r["titles"])),
    )  # fmt: skip


def _dump(marks: Sequence[Mark]) -> str:
    rows = [[m.start, m.end, m.page, [round(x, 4) for x in m.box] if m.box else None] for m in marks]
    return json.dumps(rows, separators=(",", ":"))
