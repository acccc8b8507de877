"""Makers of the core's data with everything filled in that a test does not care about."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ragbox.box import Box
from ragbox.ports import Encoder
from ragbox.types import Block, Chunk, Document, Hit, IngestResult, Kind, Mark, Parsed, Status


def chunk(text: str, *, document: str = "d1", ordinal: int = 0, **given: Any) -> Chunk:
    """Return a chunk of one mark."""
    values: dict[str, Any] = {
        "id": f"{document}-{ordinal}", "document": document, "ordinal": ordinal, "page": 1, "kind": Kind.TEXT,
        "section": "", "context": "", "text": text, "marks": (Mark(start=0, end=len(text), page=1),),
    }  # fmt: skip
    return Chunk(**values | given)


def document(id: str = "d1", **given: Any) -> Document:
    """Return an indexed document of one file."""
    values: dict[str, Any] = {
        "id": id, "collection": "papers", "collection_id": "c1", "files": (f"{id}.txt",), "title": f"Title of {id}",
        "kind": "text", "pages": 1, "chunks": 1, "size": 10, "language": "en", "status": Status.INDEXED,
        "reason": "", "sha256": id.ljust(64, "0"), "added_at": datetime(2025, 3, 1, tzinfo=UTC), "added_by": "admin",
    }  # fmt: skip
    return Document(**values | given)


def hit(text: str, *, rank: int = 1, cosine: float = 0.5, **given: Any) -> Hit:
    """Return a hit on a chunk of one document."""
    return Hit(rank=rank, score=1 / rank, cosine=cosine, chunk=chunk(text, ordinal=rank, **given), document=document())


def parsed(*blocks: Block | str) -> Parsed:
    """Return a parsed file; a string is a block of text on page 1, marked."""
    made = tuple(
        b if isinstance(b, Block) else Block(kind=Kind.TEXT, text=b, marks=(Mark(start=0, end=len(b), page=1),))
        for b in blocks
    )
    return Parsed(blocks=made, pages=max((b.page for b in made), default=1))


def put(box_or_library: Any, encoder: Encoder, shelf: str, id: str, *texts: str, **given: Any) -> Document:
    """Record a document with a chunk for each text, of these `marks` if any; the indexes are not told."""
    library = box_or_library.library if isinstance(box_or_library, Box) else box_or_library
    marked = {"marks": given.pop("marks")} if "marks" in given else {}
    made = document(id, collection_id=shelf, chunks=len(texts), **given)
    pieces = [chunk(t, document=id, ordinal=n, **marked) for n, t in enumerate(texts)]
    library.put(made, shelf, pieces, encoder.encode([c.indexed_text for c in pieces]))
    return made


def drop(box: Box, folder: Path, files: dict[str, str], collection: str = "papers") -> dict[str, IngestResult]:
    """Write files into a folder and ingest them one after the other; makes the collection."""
    actor = box.auth.local()
    if collection not in [c.name for c in box.library.collections()]:
        box.library.create_collection(collection)
    results = {}
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        results[name] = box.pipeline.ingest(actor, path, file=name, collection=collection)
    return results
