"""The route by which files come in: the permission first, then the form, then the queue. Knows not how files are read.

What uploads do in threads they do in a lane of their own: a hundred slow ones leave those that answer questions alone.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import replace
from functools import partial

from anyio import CapacityLimiter
from anyio.to_thread import run_sync
from fastapi import APIRouter, Request
from starlette.responses import JSONResponse

from ingest.jobs import Job
from ragbox import wire
from ragbox.box import Box
from ragbox.errors import BadInput, Unavailable
from ragbox.sealing.vault import INCOMING
from ragbox.types import Actor, IngestResult

from .api import Json, ReadyBox, Who
from .jobs import shown
from .upload import Form, receive, scratch

UPLOAD_BYTES = 64 << 30
"""Largest form of many files; each file has a limit of its own (settings.max_file_mb)."""
WRITING = 4
"""Forms whose next piece (1 MB) is written to disk at once."""

router = APIRouter()


def lane() -> CapacityLimiter:
    """Return what bounds the threads of uploads; one an app."""
    return CapacityLimiter(WRITING)


@router.post("/api/documents", max_body_size=UPLOAD_BYTES, response_model=None, openapi_extra={
    "requestBody": {"required": True, "content": {"multipart/form-data": {"schema": {
        "type": "object", "required": ["collection", "files"], "properties": {
            "collection": {"type": "string", "description": "Where the files go; stands before them in the form."},
            "wait": {"type": "string", "description": '"no": reply when the files are safe, before they are read.'},
            "files": {"type": "array", "items": {"type": "string", "format": "binary"}},
        },
    }}}},
})  # fmt: skip
async def upload(request: Request, box: ReadyBox, actor: Who) -> JSONResponse | Json:
    """Take files into a collection; the reply has each file's result, in the order sent, or its job."""
    lane: CapacityLimiter = request.app.state.writing
    shelf: list[str] = []

    def admit(fields: dict[str, str]) -> None:
        if not fields.get("collection"):
            raise BadInput("The form needs `collection`, and before the files. Send the fields in this order.")
        box.auth.require(actor, "write", fields["collection"])
        shelf.append(box.library.collection(fields["collection"]).id)  # it may be renamed meanwhile
        box.queue.require_room(actor.name)

    try:
        with scratch(box.settings.data / "uploads") as folder:
            form = await receive(
                request, folder, admit, max_file_bytes=box.settings.max_file_mb << 20, limiter=lane,
                create=partial(box.vault.create, name=INCOMING),
            )  # fmt: skip
            keep = form.fields.get("wait") == "no"
            added = await run_sync(partial(_add, box, actor, form, keep=keep), limiter=lane)
    except OSError as error:
        reason = f"The upload cannot be kept: {error.strerror}. Free some space, then send it again."
        raise Unavailable(reason) from error
    if keep:
        return JSONResponse({"jobs": await run_sync(shown, box, actor, [job for job, _ in added], limiter=lane)}, 202)
    # A file goes on where its sender hangs up.
    results = await asyncio.gather(*(asyncio.shield(asyncio.wrap_future(future)) for _, future in added))
    return {"results": await run_sync(partial(_told, box, actor, shelf[0], results), limiter=lane)}


def _told(box: Box, actor: Actor, held: str, results: Sequence[IngestResult]) -> list[Json]:
    def clean(text: str) -> str:
        return box.privacy.clean(actor, [held], text)

    return [wire.result(replace(r, file=clean(r.file), reason=clean(r.reason))) for r in results]


def _add(box: Box, actor: Actor, form: Form, *, keep: bool) -> list[tuple[Job, Future[IngestResult]]]:
    if not form.files:
        raise BadInput("The form has no file. Send at least one under `files`.")
    box.audit.note(actor.name, "document.upload", form.fields["collection"], files=len(form.files))
    added = [
        box.queue.add(
            actor, f.path, file=f.file, collection=form.fields["collection"], size=f.size,
            sha256=f.sha256 if f.too_large else "", keep=keep,
        )
        for f in form.files
    ]  # fmt: skip
    for job, _ in added:
        if job.status == "rejected":  # for its name: no document is recorded of it
            box.audit.seen(actor.name, "document.rejected", form.fields["collection"], file=job.file)
    return added
