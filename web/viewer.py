"""What the page viewer asks for: page images, passages, the original file. Its script is `static/viewer.js`.

Drawing waits in a lane of its own: pages that are slow to draw leave the threads to those that answer questions.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from os import SEEK_END
from pathlib import PurePosixPath
from typing import Annotated, BinaryIO

from anyio import CapacityLimiter
from anyio.to_thread import run_sync
from fastapi import APIRouter, Header, Path, Query, Request
from starlette.datastructures import Headers
from starlette.responses import FileResponse, Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from ingest.render import WIDTHS

from .api import Json, OpenBox, ReadyBox, Who

LANE = 6
"""Threads that may wait for a page to be drawn, and as many for an original to be judged, which takes a minute where
OCR reads it; further requests wait without a thread."""
KEPT = {"Cache-Control": "private, no-cache"}
"""A browser may keep a page for whom it was shown, but asks each time whether it may still show it."""
PIECE = 64 << 10
"""Bytes of a sealed original that are opened at a time: those of one of its chunks."""
_RANGE = re.compile(r"bytes=(?=-?\d)(\d{0,18})-(\d{0,18})")

router = APIRouter()


class Opened(FileResponse):
    """A sealed file, opened piece by piece as it is sent: many slow downloads would fill memory with copies of it."""

    stream: BinaryIO

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it, or the one range that is asked for (RFC 9110, 14.2: any other request for ranges gets all)."""
        with self.stream as stream:
            size = stream.seek(0, SEEK_END)
            begin, end, asked = 0, size, Headers(scope=scope)
            headers = dict(self.headers)
            if "if-range" not in asked and (found := _RANGE.fullmatch(asked.get("range", ""))):
                first, last = found.groups()
                begin, end = (int(first), min(int(last or size) + 1, size)) if first else (size - int(last), size)
                begin = max(begin, 0)
                if begin >= end:
                    refused = Response(status_code=416, headers={"Content-Range": f"bytes */{size}"})
                    await refused(scope, receive, send)
                    return
                headers["content-range"] = f"bytes {begin}-{end - 1}/{size}"
            headers["content-length"] = str(end - begin)
            stream.seek(begin)
            pieces = _pieces(stream, end - begin)
            await StreamingResponse(pieces, 206 if "content-range" in headers else 200, headers)(scope, receive, send)


def _pieces(stream: BinaryIO, left: int) -> Iterator[bytes]:
    while left and (piece := stream.read(min(left, PIECE))):
        left -= len(piece)
        yield piece


def lane() -> CapacityLimiter:
    """Return what bounds the threads of drawing or of judging; one each an app."""
    return CapacityLimiter(LANE)


@router.get(
    "/api/documents/{document}/pages/{page}",
    response_class=Response,
    responses={200: {"content": {"image/webp": {}}, "description": "The page."}},
)
async def page_image(
    request: Request,
    document: str,
    page: Annotated[int, Path(le=2**31)],
    box: ReadyBox,
    actor: Who,
    width: Annotated[int, Query(ge=WIDTHS[0], le=WIDTHS[1], description="Width in pixels.")] = 1000,
    if_none_match: Annotated[str | None, Header(include_in_schema=False)] = None,
) -> Response:
    """Draw a page (from 1) of a PDF or picture, as WebP, personal data painted over."""
    lane: CapacityLimiter = request.app.state.drawing
    found = await run_sync(box.reader.document, actor, document)
    tag = await run_sync(box.painter.tag, actor, found, page, width)
    headers = KEPT | {"ETag": f'"{tag}"'}
    if if_none_match and headers["ETag"] in if_none_match:
        return Response(status_code=304, headers=headers)
    drawn = await run_sync(partial(box.painter.page, actor, found, page, width), limiter=lane)
    return Response(drawn, media_type="image/webp", headers=headers)


@router.get("/api/documents/{document}/passages")
def passages(
    document: str,
    box: OpenBox,
    actor: Who,
    page: Annotated[int, Query(ge=1, le=2**31, description="Page, from 1.")] = 1,
    near: Annotated[str, Query(max_length=1000, description="Words around which to begin.")] = "",
    offset: Annotated[int, Query(ge=0, le=2**31, description="Chunk of the page to begin with.")] = 0,
    limit: Annotated[int, Query(ge=1, le=500, description="Most chunks.")] = 100,
) -> Json:
    """Return the text of a page in reading order."""
    found = box.reader.page(actor, document, page, near=near, offset=offset, limit=limit)
    return {
        "document": document, "page": found.page, "pages": found.document.pages, "offset": found.offset,
        "end": found.end, "total": found.total,
        "passages": [
            {"kind": p.kind.value, "section": p.section, "text": p.text, "rows": p.rows, "header_rows": p.header_rows}
            for p in found.passages
        ],
    }  # fmt: skip


@router.get(
    "/api/documents/{document}/original",
    response_class=FileResponse,
    responses={
        200: {"content": {"application/octet-stream": {}}, "description": "The file."},
        204: {"description": "It would be handed out."},
    },
)
async def original(
    request: Request,
    document: str,
    box: OpenBox,
    actor: Who,
    check: Annotated[bool, Query(description="Say whether it would be handed out, and do not.")] = False,
) -> Response:
    """Hand out the file as it was dropped, if it holds no personal data that a policy takes out."""
    lane: CapacityLimiter = request.app.state.judging
    found = await run_sync(box.reader.document, actor, document)
    path = await run_sync(box.painter.original, actor, found, limiter=lane)
    if check:
        return Response(status_code=204)
    kind = Opened if box.vault.sealed else FileResponse
    # To be saved, never opened inside the browser: no type but bytes, as HTML it could act in the name of who opens it.
    reply = kind(path, media_type="application/octet-stream", headers=KEPT, filename=PurePosixPath(found.file).name)
    if isinstance(reply, Opened):
        reply.stream = await run_sync(box.originals.read, path, limiter=lane)
    return reply
