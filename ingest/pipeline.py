"""A document's trip: copy, detect, parse, chunk, encode, record, index. Knows the order, none of the work.

Expected failure is data: every file ends as an `IngestResult`, a rejected one with its reason and a row of its own.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import replace
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

from ragbox.auth import Auth
from ragbox.begun import Begun
from ragbox.errors import BadInput, NotFound, RagboxError, Rejected
from ragbox.indexer import Indexer
from ragbox.library import Library, document_id
from ragbox.originals import Originals
from ragbox.ports import Encoder
from ragbox.settings import Settings
from ragbox.types import Actor, Chunk, Document, IngestResult, Parsed, Status

from .encoding import Encoding
from .keeping import Keeper
from .parts import Recording
from .sandbox import Sandbox
from .stages import fresh, passages, result, unforeseen
from .walk import clean

if TYPE_CHECKING:
    from ragbox.ports import Vectors

Tell = Callable[[str, int, int], None]
"""Hears which stage ("read", "encode", "record") a file is at, and how many of how many chunks are done.

What it raises ends the trip there; after "record" it is too late."""


class Pipeline:
    """Takes files in and out of the record. Safe to call from several threads."""

    def __init__(
        self, settings: Settings, auth: Auth, library: Library, originals: Originals, indexer: Indexer,
        encoder: Encoder, sandbox: Sandbox, keeper: Keeper, begun: Begun,
    ) -> None:  # fmt: skip
        self._settings = settings
        self._auth = auth
        self._library = library
        self._originals = originals
        self._indexer = indexer
        self._encoder = encoder
        self._sandbox = sandbox
        self._turn = threading.Lock()  # at the encoder
        self._keeper = keeper
        self.begun = begun

    def ingest(
        self, actor: Actor, path: Path, *, file: str, collection: str, tell: Tell = lambda *_: None
    ) -> IngestResult:
        """Take one file in under the name `file`; the same bytes again write nothing.

        Raises:
            NotFound, NotPermitted: no such collection for this actor, or no right to write to it.
            BadInput: `file` is no name for a file.
            Conflict: the collection's vectors were made by another encoder.
        """
        started = perf_counter()
        shelf, file = self._admit(actor, collection, file)
        try:
            if self._originals.size(path) > self._settings.max_file_mb << 20:
                return self._enter(actor, shelf, *self._originals.digest(path), file)
            sha256, size = self._keeper.copy(path)
        except (FileNotFoundError, PermissionError, IsADirectoryError) as error:
            reason = f"{file} cannot be opened: {error.strerror}. Check that it exists and may be read."
            return IngestResult(file=file, status=Status.REJECTED, reason=reason)
        except OSError as error:  # a full disk, a share that went away
            reason = f"{file} cannot be copied: {error.strerror or error}. Check the disks, then drop it again."
            return IngestResult(file=file, status=Status.REJECTED, reason=reason)
        try:
            result = self._enter(actor, shelf, sha256, size, file, tell)
        finally:
            self._keeper.let_go(sha256)
        return replace(result, seconds=perf_counter() - started)

    def reread(self, actor: Actor, document: str, *, tell: Tell = lambda *_: None) -> IngestResult:
        """Parse, chunk and encode a document anew from its original; if that fails, one that was whole stays so.

        One of which only a part is recorded is then rejected, and deleted if `tell` ends the trip.

        Raises:
            NotFound, NotPermitted: no such document for this actor, or no right to write to its collection.
            Conflict: the collection's vectors were made by another encoder.
        """
        known = self._library.document(document)
        self._auth.require(actor, "write", known)
        return self._anew(known, tell)

    def finish(self, document: str, *, tell: Tell = lambda *_: None) -> IngestResult:
        """Read the rest of a document that somebody with the right to has begun; one that is whole stays as it is.

        Raises:
            NotFound: no such document.
            Conflict: as `reread` does.
        """
        known = self._library.document(document)
        return result(known, Status.UNCHANGED) if self.begun.whole(known) else self._anew(known, tell)

    def abandon(self, collection: str, file: str, *, by: str) -> None:
        """Take what is recorded of a file only in part out again under this name of `by`'s, with "" under all names.

        Nothing happens where the file is whole, or its rest is being read. `collection` is an id.
        """
        if (known := self._library.find(collection, file)) and not self.begun.whole(known):
            with self._keeper.doubting({known.sha256}):
                self.begun.drop(known.id, (file,) if by else known.files, by)
                self._indexer.apply()

    def too_large(self, actor: Actor, sha256: str, size: int, *, file: str, collection: str) -> IngestResult:
        """Record a file over the limit, of which only hash and size are left, as rejected.

        Raises:
            NotFound, NotPermitted, BadInput, Conflict: as `ingest` does.
        """
        shelf, file = self._admit(actor, collection, file)
        return self._enter(actor, shelf, sha256, size, file)

    def ingest_all(self, actor: Actor, found: Iterable[tuple[Path, str]], *, collection: str) -> Iterator[IngestResult]:
        """Take many (path, name) in, several at a time; yields each result as it comes.

        Raises:
            NotFound, NotPermitted, Conflict: as `ingest` does. What is wrong with one file only rejects that one.
        """

        def take(path: Path, file: str) -> IngestResult:
            try:
                return self.ingest(actor, path, file=file, collection=collection)
            except BadInput as error:
                return IngestResult(file=file, status=Status.REJECTED, reason=str(error))

        # One more than there are parsers: while they parse, a parsed file is encoded.
        with ThreadPoolExecutor(self._settings.parse_workers + 1, thread_name_prefix="ingest") as pool:
            waiting = [pool.submit(take, path, file) for path, file in found]
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
        self._auth.require(actor, "write", known)
        with self._keeper.doubting({known.sha256}):
            self._library.remove(document)
            self._indexer.apply()

    def rename(self, actor: Actor, collection: str, named: Mapping[str, str], gone: Sequence[str]) -> None:
        """Let the mirror's names stand for other documents (by id) and take some away; what loses its last name goes.

        Raises:
            NotFound, NotPermitted: no such collection for this actor, or no right to write to it.
        """
        self._auth.require(actor, "write", collection)
        shelf = self._library.collection(collection)
        before = (self._library.find(shelf.id, file) for file in (*named, *gone))
        with self._keeper.doubting({known.sha256 for known in before if known}):
            self._library.rename_files(shelf.id, named, gone)
            self._indexer.apply()

    def rebuild(self, actor: Actor, *, encode: bool = False) -> Generator[tuple[int, int], None, None]:
        """Build both indexes anew from the record, with `encode` the vectors too.

        Yields (done, total) documents, with `encode` twice over, for the vectors first.

        Raises:
            NotPermitted: no right to manage the box.
        """
        self._auth.require(actor, "manage", None)
        if encode:
            total, done = self._library.count()[0], 0
            for shelf in self._library.collections():
                vectors: dict[str, Vectors] = {}
                for document in self._library.documents(shelf.id):
                    if chunks := self._library.chunks_of(document.id):
                        encoded = Encoding(self._encoder, self._turn).vectors([c.indexed_text for c in chunks])
                        vectors |= dict(zip((c.id for c in chunks), encoded, strict=True))
                        done += 1
                        yield done, total
                self._library.replace_vectors(shelf.id, self._encoder.identity, vectors)
        yield from self._indexer.rebuild()
        self._indexer.apply()

    def _anew(self, known: Document, tell: Tell) -> IngestResult:
        started = perf_counter()
        self._library.claim_encoder(known.collection_id, self._encoder.identity)
        with (
            self._keeper.holding(known.sha256),
            Recording(self.begun, self._indexer, known, by="", parts=False) as recording,
        ):
            blank = replace(known, status=Status.REJECTED, reason="", chunks=0)
            found, cut, vectors = self._read(blank, tell, recording, [known.id])
            if found.status is Status.INDEXED or not self.begun.whole(known):
                recording.whole(replace(found, files=()), cut, vectors)
        return replace(result(found, found.status), seconds=perf_counter() - started)

    def _admit(self, actor: Actor, collection: str, file: str) -> tuple[str, str]:
        """Return the collection's id and the file's name as it is kept, if the actor may put it there."""
        self._auth.require(actor, "write", collection)
        shelf = self._library.collection(collection)
        file = clean(file)
        self._library.claim_encoder(shelf.id, self._encoder.identity)
        return shelf.id, file

    def _enter(
        self, actor: Actor, shelf: str, sha256: str, size: int, file: str, tell: Tell = lambda *_: None
    ) -> IngestResult:
        """Let the file's name stand for these bytes, which are read unless the record has them."""
        try:
            before = self._library.find(shelf, file)
            if self._auth.withheld(actor, shelf, document_id(shelf, sha256), file):
                reason = f"{file} cannot be taken in here. Ask an admin of this box."
                return IngestResult(file=file, status=Status.REJECTED, reason=reason)
            with self._keeper.doubting({before.sha256} - {sha256} if before else set()):
                document = self._blank(actor, shelf, sha256, size, file)
                if self.begun.whole(document) and self._library.attach(document.id, shelf, file, by=actor.name):
                    self._indexer.apply()
                    return result(document, Status.UNCHANGED)
                # In parts only where there was nothing: the version before stays until the new one is whole.
                new = before is None and not self._library.hashes(shelf, sha256=sha256)
                with Recording(self.begun, self._indexer, document, by=actor.name, parts=new) as recording:
                    like = [document.id, before.id] if before else [document.id]
                    document, cut, vectors = self._read(document, tell, recording, like)
                    recording.whole(document, cut, vectors)
                return result(document, document.status)
        except RagboxError:
            raise
        except Exception as error:  # of the record or an index: what is recorded by now, they have after a restart
            return IngestResult(file=file, status=Status.REJECTED, reason=unforeseen(file, error))

    def _blank(self, actor: Actor, shelf: str, sha256: str, size: int, file: str) -> Document:
        """Return the document these bytes are: as recorded, or as a new one that is rejected until it is parsed."""
        try:
            known = self._library.document(document_id(shelf, sha256))
            return replace(known, files=(file,))
        except NotFound:
            pass
        return fresh(shelf, sha256, size, file, actor.name)

    def _read(
        self, document: Document, tell: Tell, recording: Recording, like: Sequence[str]
    ) -> tuple[Document, list[Chunk], Vectors | None]:
        """Return a document as it is to be recorded, with its chunks and vectors; none if it is rejected.

        What documents (by id) it is `like` have encoded is not encoded again.
        """
        file = document.file

        def early(parsed: Parsed) -> None:
            new, cut = passages(document, parsed, self._encoder)
            if cut:
                recording.early(new, cut, encoding.vectors([c.indexed_text for c in cut], encoded))
            tell("read", 0, 0)

        encoded = partial(tell, "encode")
        try:
            tell("read", 0, 0)
            if document.size > self._settings.max_file_mb << 20:
                raise Rejected(
                    f"The file is larger than {self._settings.max_file_mb} MB (RAGBOX_MAX_FILE_MB). Split it."
                )
            with self._originals.lend(self._originals.path(document.sha256)) as path:
                kind = self._sandbox.detect(path, file)
                document = replace(document, kind=kind)
                tell("read", 0, 0)
                encoding = Encoding(self._encoder, self._turn, self.begun.encoded(like))
                parsed = self._sandbox.parse(path, kind, file, early if recording.parts else None)
            new, cut = passages(document, parsed, self._encoder)
            if not cut:
                raise Rejected(f"{file} has no text. If it is a scan, switch OCR on (RAGBOX_OCR).")
            vectors = encoding.vectors([c.indexed_text for c in cut], encoded, partial(recording.part, new, cut))
            document = replace(new, status=Status.INDEXED, reason=" ".join(parsed.warnings), chunks=len(cut))
        except Rejected as error:
            document, cut, vectors = replace(document, reason=str(error)), [], None
        except RagboxError:
            raise
        except Exception as error:  # a fault of ours on one file shall not cost the others of the batch
            document, cut, vectors = replace(document, reason=unforeseen(file, error)), [], None
        tell("record", 0, 0)
        return document, cut, vectors
