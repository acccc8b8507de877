"""A document's trip: copy, detect, parse, chunk, encode, record, index. Knows the order, none of the work.

Expected failure is data: every file ends as an `IngestResult`, a rejected one with its reason and a row of its own.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from time import perf_counter

from ragbox.auth import Auth
from ragbox.errors import NotFound, Rejected
from ragbox.indexer import Indexer
from ragbox.library import Library, document_id
from ragbox.originals import Originals
from ragbox.ports import Encoder
from ragbox.settings import Settings
from ragbox.text import language
from ragbox.types import Actor, Document, IngestResult, Parsed, Status

from .chunk import chunks
from .detect import detect
from .sandbox import Sandbox
from .walk import clean

PIECE = 256
"""Chunks encoded under one hold of the encoder: files take turns, and a long one does not make the others wait."""


class Pipeline:
    """Takes files in and out of the record. Safe to call from several threads."""

    def __init__(
        self, settings: Settings, auth: Auth, library: Library, originals: Originals, indexer: Indexer,
        encoder: Encoder, sandbox: Sandbox,
    ) -> None:  # fmt: skip
        self._settings = settings
        self._auth = auth
        self._library = library
        self._originals = originals
        self._indexer = indexer
        self._encoder = encoder
        self._sandbox = sandbox
        self._encoding = threading.Lock()
        self._keeping = threading.Lock()
        self._held: Counter[str] = Counter()  # originals that a file under way needs
        self._forgotten: set[str] = set()  # held ones to look at again when they are let go

    def ingest(self, actor: Actor, path: Path, *, file: str, collection: str) -> IngestResult:
        """Take one file in under the name `file`; the same bytes again write nothing.

        Raises:
            NotFound, NotPermitted: no such collection for this actor, or no right to write to it.
            BadInput: `file` is no name for a file.
            Conflict: the collection's vectors were made by another encoder.
        """
        started = perf_counter()
        shelf, file = self._admit(actor, collection, file)
        try:
            if path.stat().st_size > self._settings.max_file_mb << 20:
                return self._enter(actor, shelf, *self._originals.digest(path), file)
            sha256, size = self._copy(path)
        except (FileNotFoundError, PermissionError, IsADirectoryError) as error:
            reason = f"{file} cannot be opened: {error.strerror}. Check that it exists and may be read."
            return IngestResult(file=file, status=Status.REJECTED, reason=reason)
        try:
            result = self._enter(actor, shelf, sha256, size, file)
        finally:
            self._let_go(sha256)
        return replace(result, seconds=perf_counter() - started)

    def too_large(self, actor: Actor, sha256: str, size: int, *, file: str, collection: str) -> IngestResult:
        """Record a file over the limit, of which only hash and size are left, as rejected.

        Raises:
            NotFound, NotPermitted, BadInput, Conflict: as `ingest` does.
        """
        shelf, file = self._admit(actor, collection, file)
        return self._enter(actor, shelf, sha256, size, file)

    def ingest_all(self, actor: Actor, found: Iterable[tuple[Path, str]], *, collection: str) -> Iterator[IngestResult]:
        """Take many (path, name) in, several at a time; yields each result as it comes."""
        # One more than there are parsers: while they parse, a parsed file is encoded.
        with ThreadPoolExecutor(self._settings.parse_workers + 1, thread_name_prefix="ingest") as pool:
            waiting = [pool.submit(self.ingest, actor, path, file=file, collection=collection) for path, file in found]
            try:
                for done in as_completed(waiting):
                    yield done.result()
            finally:
                for future in waiting:
                    future.cancel()

    def remove(self, actor: Actor, document: str) -> None:
        """Delete a document from the record, both indexes and the originals.

        Raises:
            NotFound, NotPermitted: no such document for this actor, or no right to write to its collection.
        """
        known = self._library.document(document)
        self._auth.require(actor, "write", known.collection, document=document)
        self._library.remove(document)
        self._indexer.apply()
        self._forget_original(known.sha256)

    def drop(self, actor: Actor, collection: str) -> None:
        """Delete a collection with all its documents.

        Raises:
            NotFound, NotPermitted: no such collection for this actor, or no right to manage the box.
        """
        self._auth.require(actor, "manage", collection)
        shelf = self._library.collection(collection)
        gone = {d.sha256 for d in self._library.documents(shelf.id)}
        self._library.drop_collection(shelf.id)
        self._indexer.apply()
        for sha256 in gone:
            self._forget_original(sha256)

    def rebuild(self, actor: Actor, *, encode: bool = False) -> Iterator[tuple[int, int]]:
        """Build both indexes anew from the record, with `encode` the vectors too; yields (done, total) documents.

        Raises:
            NotPermitted: no right to manage the box.
        """
        self._auth.require(actor, "manage", None)
        if encode:
            for shelf in self._library.collections():
                texts = {
                    c.id: c.indexed_text
                    for d in self._library.documents(shelf.id)
                    for c in self._library.chunks_of(d.id)
                }
                vectors = dict(zip(texts, self._encode(list(texts.values())), strict=True))
                self._library.replace_vectors(shelf.id, self._encoder.identity, vectors)
        yield from self._indexer.rebuild()
        self._indexer.apply()

    def _admit(self, actor: Actor, collection: str, file: str) -> tuple[str, str]:
        """Return the collection's id and the file's name as it is kept, if the actor may put it there."""
        self._auth.require(actor, "write", collection)
        shelf = self._library.collection(collection)
        file = clean(file)
        self._library.claim_encoder(shelf.id, self._encoder.identity)
        return shelf.id, file

    def _enter(self, actor: Actor, shelf: str, sha256: str, size: int, file: str) -> IngestResult:
        """Let the file's name stand for these bytes, which are read unless the record has them."""
        before = self._library.find(shelf, file)
        document = self._blank(actor, shelf, sha256, size, file)
        if document.status is Status.INDEXED and self._library.attach(document.id, shelf, file):
            self._indexer.apply()
            result = IngestResult(file=file, status=Status.UNCHANGED, document=document.id, pages=document.pages,
                                  chunks=document.chunks)  # fmt: skip
        else:
            result = self._take(document, shelf, file)
        if before is not None and before.sha256 != sha256:
            self._forget_original(before.sha256)
        return result

    def _blank(self, actor: Actor, shelf: str, sha256: str, size: int, file: str) -> Document:
        """Return the document these bytes are: as recorded, or as a new one that is rejected until it is parsed."""
        try:
            known = self._library.document(document_id(shelf, sha256))
            return replace(known, files=(file,))
        except NotFound:
            pass
        return Document(
            id=document_id(shelf, sha256), collection="", collection_id=shelf, files=(file,),
            title=PurePosixPath(file).stem, kind="", pages=0, chunks=0, size=size, language="",
            status=Status.REJECTED, reason="", sha256=sha256, added_at=datetime.now(UTC), added_by=actor.name,
        )  # fmt: skip

    def _take(self, document: Document, shelf: str, file: str) -> IngestResult:
        try:
            if document.size > self._settings.max_file_mb << 20:
                raise Rejected(
                    f"The file is larger than {self._settings.max_file_mb} MB (RAGBOX_MAX_FILE_MB). Split it."
                )
            path = self._originals.path(document.sha256)
            kind = detect(path, file)
            document = replace(document, kind=kind)
            parsed = self._sandbox.parse(path, kind, file)
            title = parsed.title or PurePosixPath(file).stem
            cut = chunks(parsed, document=document.id, title=_heading(title, file), encoder=self._encoder)
            if not cut:
                raise Rejected(f"{file} has no text. If it is a scan, switch OCR on (RAGBOX_OCR).")
        except Rejected as error:
            self._library.put(replace(document, reason=str(error)), shelf)
            self._indexer.apply()
            return IngestResult(file=file, status=Status.REJECTED, document=document.id, reason=str(error))
        vectors = self._encode([c.indexed_text for c in cut])
        document = replace(
            document, title=title, pages=parsed.pages, language=_language(parsed), status=Status.INDEXED,
            reason=" ".join(parsed.warnings),
        )  # fmt: skip
        self._library.put(document, shelf, cut, vectors)
        self._indexer.apply()
        return IngestResult(
            file=file, status=Status.INDEXED, document=document.id, reason=document.reason, pages=parsed.pages,
            chunks=len(cut),
        )  # fmt: skip

    def _encode(self, texts: list[str]):  # type: ignore[no-untyped-def]  # numpy is not imported for a name
        import numpy as np

        made = []
        for start in range(0, len(texts), PIECE):
            with self._encoding:
                made.append(self._encoder.encode(texts[start : start + PIECE]))
        return np.concatenate(made) if made else self._encoder.encode([])

    def _copy(self, path: Path) -> tuple[str, int]:
        """Take a copy that stays until `_let_go`, even if the last document of the same bytes goes meanwhile."""
        while True:
            sha256, size = self._originals.add(path)
            with self._keeping:
                if self._originals.has(sha256):
                    self._held[sha256] += 1
                    return sha256, size

    def _let_go(self, sha256: str) -> None:
        with self._keeping:
            self._held[sha256] -= 1
            free = sha256 in self._forgotten and not self._held[sha256]
        if free:
            self._forget_original(sha256)

    def _forget_original(self, sha256: str) -> None:
        with self._keeping:
            self._forgotten.discard(sha256)
            if self._held[sha256]:
                self._forgotten.add(sha256)
            elif sha256 not in self._library.hashes():
                self._originals.remove(sha256)


def _heading(title: str, file: str) -> str:
    """Return what heads each chunk's context: the title, and the file's name where that says more."""
    stem = PurePosixPath(file).stem
    return title if stem.casefold() in title.casefold() else f"{stem}: {title}"


def _language(parsed: Parsed) -> str:
    return language(" ".join(b.text for b in parsed.blocks[:500]))
