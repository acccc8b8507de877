"""The HTTP API's routes for the audit trail: entries, whether the chain holds, export. For admins and auditors."""

from __future__ import annotations

import re
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import asdict
from datetime import UTC, datetime
from itertools import chain
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from starlette.responses import StreamingResponse

from ragbox.audit_chain import Check, Entry
from ragbox.audit_trail import Wanted
from ragbox.box import Box
from ragbox.errors import NotFound
from ragbox.types import Actor

from .api import Json, OpenBox, Who

TYPES = {"csv": "text/csv; charset=utf-8", "jsonl": "application/x-ndjson"}
_DOCUMENT = re.compile(r"\b[0-9a-f]{24}\b")

router = APIRouter(prefix="/api/admin/audit")


def _wanted(
    since: Annotated[str, Query(max_length=40, description="From this day or time on, as 2026-01-31.")] = "",
    until: Annotated[str, Query(max_length=40, description="To the end of this day, or before this time.")] = "",
    actor: Annotated[str, Query(max_length=63, description="Who did it.")] = "",
    act: Annotated[str, Query(max_length=63, description="What was done; a group of acts ends in a dot: user.")] = "",
    object: Annotated[str, Query(max_length=200, description="To what: an id or a name.")] = "",
) -> Wanted:
    return Wanted(since=since, until=until, actor=actor, act=act, object=object)


Filters = Annotated[Wanted, Depends(_wanted)]


@router.get("")
def entries(
    box: OpenBox, actor: Who, wanted: Filters, before: Annotated[int, Query(ge=0, le=2**62)] = 0,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> Json:  # fmt: skip
    """List entries, newest first, and the acts to filter by; `before` is the last `seq` of the page before."""
    found, total = box.trail.page(actor, wanted, before=before, limit=limit)
    told = [e.plain() for e in found]
    return {"entries": told, "total": total, "acts": box.trail.acts(actor), "names": _names(box, actor, found)}


def _names(box: Box, actor: Actor, entries: Iterable[Entry]) -> dict[str, str]:
    """Return the names of the documents and collections (ids) in entries: documents as the trail has them.

    One that was moved has an id that the trail never named: then the record is asked, for those the actor may read.
    """
    text = " ".join(f"{e.object} {e.detail}" for e in entries)
    ids = set(_DOCUMENT.findall(text))
    names = box.trail.names(actor, ids)
    for document in box.auth.readable(actor, ids - names.keys()):
        with suppress(NotFound):  # deleted meanwhile
            names[document] = box.reader.document(actor, document).file
    return names | {c.id: c.name for c in box.library.collections() if c.id in text}


@router.get("/check")
def check(
    box: OpenBox, actor: Who, head: Annotated[str, Query(max_length=80, description="A hash that was noted.")] = ""
) -> Json:
    """Read the whole chain and say whether it holds, up to the hash of an entry that somebody noted down."""
    return shape(box.trail.check(actor, head))


@router.get("/export", response_class=StreamingResponse)
def export(
    box: OpenBox, actor: Who, wanted: Filters, form: Annotated[str, Query(description="csv or jsonl.")] = "csv"
) -> StreamingResponse:
    """Send entries, oldest first, as a file."""
    pieces = box.trail.export(actor, wanted, form)
    first = next(pieces, "")  # what is wrong with the filters gets a status of its own
    return StreamingResponse(
        chain([first], pieces), media_type=TYPES[form],
        headers={"Content-Disposition": f'attachment; filename="audit.{form}"'},
    )  # fmt: skip


def shape(found: Check) -> Json:
    """Return a check as JSON."""
    faults = [{"seq": seq, "fault": fault} for seq, fault in found.faults]
    return asdict(found) | {"whole": found.whole, "faults": faults, "checked_at": datetime.now(UTC).isoformat()}
