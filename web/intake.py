"""The route by which files come in: the permission first, then the form, then how each file ended.

What uploads do in threads they do in threads of their own: a hundred slow ones leave those that answer questions alone.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from anyio import CapacityLimiter
from anyio.to_thread import run_sync
from fastapi import APIRouter, Request

from ingest.walk import clean
from ragbox import wire
from ragbox.box import Box
from ragbox.errors import BadInput
from ragbox.types import Actor, IngestResult, Status

from .api import Json, ReadyBox, Who
from .upload import Form, Received, receive, scratch

UPLOAD_BYTES = 64 << 30
"""Largest form of many files; each file has a limit of its own (settings.max_file_mb)."""
WRITING = 4
"""Forms whose next piece (1 MB) is written to disk at once."""

router = APIRouter()


@dataclass(frozen=True, kw_only=True)
class Lanes:
    """How many threads uploads may hold; further ones wait without a thread."""

    writing: CapacityLimiter
    taking: CapacityLimiter


def lanes(parse_workers: int) -> Lanes:
    """Return the lanes of a box. One form more is taken than files are parsed: a parsed file is encoded meanwhile."""
    return Lanes(writing=CapacityLimiter(WRITING), taking=CapacityLimiter(parse_workers + 1))


@router.post("/api/documents", max_body_size=UPLOAD_BYTES, openapi_extra={
    "requestBody": {"required": True, "content": {"multipart/form-data": {"schema": {
        "type": "object", "required": ["collection", "files"], "properties": {
            "collection": {"type": "string", "description": "Where the files go; stands before them in the form."},
            "files": {"type": "array", "items": {"type": "string", "format": "binary"}},
        },
    }}}},
})  # fmt: skip
async def upload(request: Request, box: ReadyBox, actor: Who) -> Json:
    """Take files into a collection; the reply has each file's result, in the order sent."""
    threads: Lanes = request.app.state.lanes

    def admit(fields: dict[str, str]) -> None:
        if not fields.get("collection"):
            raise BadInput("The form needs `collection`, and before the files. Send the fields in this order.")
        box.auth.require(actor, "write", fields["collection"])
        box.library.collection(fields["collection"])

    with scratch(box.settings.data / "uploads") as folder:
        form = await receive(
            request, folder, admit, max_file_bytes=box.settings.max_file_mb << 20, limiter=threads.writing
        )
        results = await run_sync(_take, box, actor, form, limiter=threads.taking)
    return {"results": [wire.result(r) for r in results]}


def _take(box: Box, actor: Actor, form: Form) -> list[IngestResult]:
    collection = form.fields["collection"]
    if not form.files:
        raise BadInput("The form has no file. Send at least one under `files`.")

    def take(one: tuple[int, Received]) -> tuple[int, IngestResult]:
        number, file = one
        if file.too_large:
            found = box.pipeline.too_large(actor, file.sha256, file.size, file=file.file, collection=collection)
        else:
            found = box.pipeline.ingest(actor, file.path, file=file.file, collection=collection)
        return number, found

    results: dict[int, IngestResult] = {}
    named = []
    for number, received in enumerate(form.files):
        try:
            clean(received.file)
            named.append((number, received))
        except BadInput as error:
            results[number] = IngestResult(file=received.file, status=Status.REJECTED, reason=str(error))
    # One more than there are parsers: while they parse, a parsed file is encoded.
    with ThreadPoolExecutor(box.settings.parse_workers + 1, thread_name_prefix="upload") as pool:
        for number, result in pool.map(take, named):
            results[number] = result
    return [results[number] for number in range(len(form.files))]
