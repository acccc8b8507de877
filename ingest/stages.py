"""A document between the stages of its trip: new, understood, ended. Knows no parser, no index and no record."""

from __future__ import annotations

import logging
import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import PurePosixPath

from ragbox.library import document_id
from ragbox.orders import given
from ragbox.ports import Encoder
from ragbox.profile import describe, heading
from ragbox.profiles import overlaid
from ragbox.text import HAN, language
from ragbox.types import Chunk, Document, IngestResult, Parsed, Status, Suspicion

from .chunk import chunks

_WORD = re.compile(rf"[{HAN}]|[^\W\d_{HAN}]{{2,}}")
_log = logging.getLogger(__name__)


def fresh(shelf: str, sha256: str, size: int, file: str, by: str) -> Document:
    """Return the document that these bytes are in a collection (by id), rejected until it is parsed."""
    return Document(
        id=document_id(shelf, sha256), collection="", collection_id=shelf, files=(file,),
        title=PurePosixPath(file).stem, kind="", pages=0, chunks=0, size=size, language="",
        status=Status.REJECTED, reason="", sha256=sha256, added_at=datetime.now(UTC), added_by=by,
    )  # fmt: skip


def result(document: Document, status: Status) -> IngestResult:
    """Return how a document's trip ended."""
    return IngestResult(
        file=document.file, status=status, document=document.id, reason=document.reason, pages=document.pages,
        chunks=document.chunks,
    )  # fmt: skip


def unforeseen(file: str, error: Exception) -> str:
    """Log a fault of ours, and return the reason to show."""
    _log.error("%s could not be taken in", file, exc_info=error)
    return f"{file} could not be taken in: ragbox failed on it ({type(error).__name__}). The log says where: report it."


def understood(document: Document, parsed: Parsed) -> Document:
    """Return a document with pages, title, language and profile, these by the rules where nobody wrote them."""
    file, said = document.file, document.profile
    texts = [b.text for b in parsed.blocks[:500]]
    title = document.title if "title" in said.edited else parsed.title or PurePosixPath(file).stem
    spoken = document.language if "language" in said.edited else language(" ".join(texts))
    profile = overlaid(describe(file, title, texts), said)
    return replace(document, title=title, language=spoken, profile=profile, pages=parsed.pages)


def passages(document: Document, parsed: Parsed, encoder: Encoder) -> tuple[Document, list[Chunk]]:
    """Return a document as what was parsed of it says it is, and its chunks."""
    new = understood(document, parsed)
    cut = chunks(parsed, document=new.id, title=heading(new), encoder=encoder)
    words = sum(len(_WORD.findall(part.text)) for part in parsed.unseen)
    found = Suspicion(words=words, orders=sum(given(c.text) for c in cut), unseen=parsed.unseen)
    return replace(new, suspicion=found), cut
