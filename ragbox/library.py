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

from . import names, profiles, suspicions
from .db import Database
from .errors import BadInput, Conflict, NotFound
from .readings import READING
from .rows import CHUNK, DOCUMENT, SHOWN, UNMARKED, read_chunk, read_document, read_vectors, written_marks
from .turns import withdraw
from .types import Chunk, Collection, Document

if TYPE_CHECKING:
    from .ports import Vectors

_NAME = re.compile(r"[^\W_][\w .-]{0,62}")


@dataclass(frozen=True, kw_only=True)
class Pending:
    """An outbox row: the indexes have to be made to agree about this document (None: the whole collection)."""

    seq: int
    collection: str
    document: str | None


def document_id(collection: str, sha256: str) -> str:
    """Return the id of a file's content in a collection."""
    return hashlib.sha256(f"{collection}/{sha256}".encode()).hexdigest()[:24]


def check_name(name: str) -> None:
    """Return if this can name a collection.

    Raises:
        BadInput: it has signs that make trouble in paths and commands.
    """
    if not _NAME.fullmatch(name):
        raise BadInput(
            f"{name!r} cannot name a collection. Use up to 63 letters, digits, spaces, dots, dashes and "
            "underscores, the first a letter or digit."
        )


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
        if found := [c for c in self.collections() if c.name == name]:
            return found[0]
        raise NotFound(f"There is no collection {name!r}. `ragbox collections` lists them.")

    def create_collection(self, name: str) -> Collection:
        """Make an empty collection.

        Raises:
            BadInput: the name has signs that make trouble in paths and commands.
            Conflict: there is one of that name.
        """
        check_name(name)
        collection = Collection(id=uuid.uuid4().hex[:12], name=name)
        now = datetime.now(UTC).isoformat()
        try:
            with self._db.write() as db:
                db.execute("INSERT INTO collections VALUES (?, ?, '', ?)", (collection.id, name, now))
        except sqlite3.IntegrityError as error:
            raise Conflict(f"There is a collection {name!r} already. Choose another name.") from error
        return collection

    def drop_collection(self, collection: str) -> None:
        """Delete a collection with all its documents, and what kept answers say of them."""
        with self._db.write() as db:
            cited = db.execute(
                "SELECT DISTINCT d.id FROM documents d JOIN rests r ON r.document = d.id WHERE d.collection = ?",
                (collection,),
            ).fetchall()
            # Grants go by name: the next collection of this name must not inherit them.
            db.execute(
                "DELETE FROM grants WHERE collection = (SELECT name FROM collections WHERE id = ?)", (collection,)
            )
            db.execute("DELETE FROM collections WHERE id = ?", (collection,))
            for document in cited:
                withdraw(db, document["id"])
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
            f"""{DOCUMENT} WHERE (? IS NULL OR d.collection = ?) AND (? = '' OR d.title LIKE ? ESCAPE '\\'
                OR d.id IN (SELECT document FROM files WHERE file LIKE ? ESCAPE '\\'))
                ORDER BY d.added_at DESC, d.id LIMIT ? OFFSET ?""",
            collection, collection, search, like, like, limit, offset,
        )  # fmt: skip
        return [read_document(r) for r in rows]

    def document(self, document: str) -> Document:
        """Return one document.

        Raises:
            NotFound: there is none of this id.
        """
        if not (rows := self._db.read(f"{DOCUMENT} WHERE d.id = ?", document)):
            raise NotFound(f"There is no document {document}. `ragbox documents` lists them.")
        return read_document(rows[0])

    def find(self, collection: str, file: str) -> Document | None:
        """Return the document that a file name stands for."""
        rows = self._db.read(
            f"{DOCUMENT} WHERE d.id = (SELECT document FROM files WHERE collection = ? AND file = ?)", collection, file
        )
        return read_document(rows[0]) if rows else None

    def hashes(self, collection: str | None = None, *, sha256: str | None = None) -> set[str]:
        """Return the SHA-256 of all documents' bytes: the originals to be kept, those too that can be called back.

        With `collection` those of its documents, with `sha256` this one if it is among them.
        """
        where = "(? IS NULL OR collection = ?) AND (? IS NULL OR sha256 = ?)"
        rows = self._db.read(
            f"SELECT DISTINCT sha256 FROM documents WHERE {where}", collection, collection, sha256, sha256
        )
        return {r["sha256"] for r in rows}

    def put(
        self, document: Document, collection: str, chunks: Sequence[Chunk] = (), vectors: Vectors | None = None, *,
        by: str = "",
    ) -> None:  # fmt: skip
        """Record a document, whole: its row, files, chunks and vectors (one row a chunk); for those, an outbox row.

        A file that belonged to other content now belongs to this; content without any file left is removed. What
        is recorded of the same content already is replaced, but for its other files. `by` is who put the files there.
        A document without files is one that is recorded: it is read anew and keeps those it has.

        Raises:
            NotFound: the collection is gone, or the document that was read anew.
            Conflict: the mirror may not take a person's file (`names.attach`).
        """
        blobs = [v.tobytes() for v in vectors] if vectors is not None else []
        with self._db.write() as db:
            d = profiles.titled(db, document)
            if not db.execute("SELECT 1 FROM collections WHERE id = ?", (collection,)).fetchone():
                raise NotFound(f"The collection of {d.file} was deleted meanwhile. Drop the file into another one.")
            if not d.files:
                names.require(db, d.id, d.title)
            found = len(chunks) + db.execute("DELETE FROM chunks WHERE document = ?", (d.id,)).rowcount
            db.execute(
                """INSERT INTO documents VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, '', ?)
                ON CONFLICT (id) DO UPDATE SET title = excluded.title, kind = excluded.kind, pages = excluded.pages,
                    language = excluded.language, status = excluded.status, reason = excluded.reason,
                    reading = excluded.reading, gone = ''""",
                (d.id, collection, d.sha256, d.title, d.kind, d.pages, d.size, d.language, d.status, d.reason,
                 d.added_at.isoformat(), d.added_by, READING),
            )  # fmt: skip
            db.executemany(
                "INSERT INTO chunks VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                [(c.id, c.document, c.ordinal, c.page, c.kind, c.section, c.context, c.text, c.head,
                  written_marks(c.marks), b, json.dumps(c.titles)) for c, b in zip(chunks, blobs, strict=True)],
            )  # fmt: skip
            profiles.keep(db, d.id, d.profile)
            suspicions.keep(db, d.id, d.suspicion)
            for file in d.files:
                names.attach(db, collection, file, d.id, by)
            db.execute("INSERT INTO outbox (collection, document) SELECT ?, ? WHERE ?", (collection, d.id, found))

    def attach(self, document: str, collection: str, file: str, *, by: str = "") -> bool:
        """Let a file name stand for a document; return False where the document is gone.

        Raises:
            Conflict: the mirror may not take a person's file (`names.attach`).
        """
        if self._db.read(
            "SELECT 1 FROM files WHERE (collection, file, document) = (?, ?, ?) AND (added_by <> ? OR ? = added_by)",
            collection, file, document, names.MIRROR, by,
        ):  # fmt: skip
            return True
        with self._db.write() as db:
            if not db.execute(f"SELECT 1 FROM {SHOWN} WHERE id = ?", (document,)).fetchone():
                return False
            names.attach(db, collection, file, document, by)
        return True

    def rename_files(self, collection: str, named: Mapping[str, str], gone: Sequence[str]) -> None:
        """Let the mirror's names stand for documents (by id) and take others of its own away, all at once."""
        with self._db.write() as db:
            names.rename(db, collection, named, gone)

    def remove(self, document: str) -> None:
        """Delete a document; one that is not there is no error."""
        with self._db.write() as db:
            names.drop(db, document)

    # -- chunks --------------------------------------------------------------------------------------------

    def chunks(self, ids: Iterable[str], *, marked: bool = True) -> dict[str, Chunk]:
        """Return the chunks of these ids that the record still has; 80 take 5 ms, without marks and titles 1 ms."""
        sql = f"SELECT {CHUNK if marked else UNMARKED} FROM chunks WHERE id IN (SELECT value FROM json_each(?))"
        return {r["id"]: read_chunk(r) for r in self._db.read(sql, json.dumps(list(ids)))}

    def chunks_of(self, document: str, page: int = 0) -> list[Chunk]:
        """Return a document's chunks, or those that begin on a page (from 1), in reading order."""
        shown = f"document IN (SELECT id FROM {SHOWN} WHERE id = document)"
        sql = f"SELECT * FROM chunks WHERE document = ? AND {shown} AND ? IN (page, 0) ORDER BY ordinal"
        return [read_chunk(r) for r in self._db.read(sql, document, page)]

    def vectors(self, ids: Sequence[str]) -> tuple[list[str], Vectors]:
        """Return those of the ids that the record still has, in order, and their vectors, a float32 row each."""
        rows = self._db.read(
            "SELECT id, vector FROM chunks WHERE id IN (SELECT value FROM json_each(?))", json.dumps(list(ids))
        )
        found = {r["id"]: r["vector"] for r in rows}
        kept = [i for i in ids if i in found]
        return kept, read_vectors([found[i] for i in kept])

    def vectors_of(self, document: str) -> tuple[list[str], Vectors]:
        """Return the ids of a document's chunks, in reading order, and their vectors, a float32 row each."""
        rows = self._db.read("SELECT id, vector FROM chunks WHERE document = ? ORDER BY ordinal", document)
        return [r["id"] for r in rows], read_vectors([r["vector"] for r in rows])

    def count(self, collection: str | None = None, *, hidden: Iterable[str] = ()) -> tuple[int, int]:
        """Return how many documents are indexed and how many chunks they have, but for hidden ones (ids)."""
        rows = self._db.read(
            """SELECT count(*), ifnull(sum((SELECT count(*) FROM chunks k WHERE k.document = d.id)), 0) FROM documents d
                WHERE d.status = 'indexed' AND (?1 IS NULL OR d.collection = ?1)
                AND d.id NOT IN (SELECT value FROM json_each(?2))""",
            collection, json.dumps(list(hidden)),
        )  # fmt: skip
        return int(rows[0][0]), int(rows[0][1])

    # -- the outbox ----------------------------------------------------------------------------------------

    def pending(self) -> list[Pending]:
        """Return what the indexes have not heard of yet, oldest first."""
        rows = self._db.read("SELECT * FROM outbox ORDER BY seq")
        return [Pending(seq=r["seq"], collection=r["collection"], document=r["document"]) for r in rows]

    def settle(self, upto: int) -> None:
        """Forget the outbox rows up to this number: the indexes agree with them."""
        with self._db.write() as db:
            db.execute("DELETE FROM outbox WHERE seq <= ?", (upto,))
