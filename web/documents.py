"""The routes of the Documents page: the list, and what is done with many documents at once."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field

from ragbox import wire
from ragbox.catalogue import SORTS, STATES

from . import jobs
from .api import READING, Body, Json, OpenBox, ReadyBox, Who

MOST = 1000
"""Documents in one request."""
Ids = Annotated[list[str], Field(min_length=1, max_length=MOST, description="Ids of documents.")]

router = APIRouter(dependencies=READING)


class Some(Body):
    """Documents."""

    documents: Ids


class Remove(Body):
    """Documents to delete."""

    documents: Ids
    grace: float = Field(10.0, ge=0, le=60, description="Seconds in which they can be called back.")


class Move(Body):
    """Documents to move."""

    documents: Ids
    collection: str = Field(description="Where to.")


class Where(Body):
    """A collection."""

    collection: str | None = Field(None, description="All that you may write if left out.")


class Said(Body):
    """What a document is; a field left out stays as it is, null leaves it to the rules."""

    title: str | None = None
    company: str | None = Field(None, description="Whose it is.")
    aliases: list[str] | None = Field(None, description="What else the company is called, as its ticker.")
    form: str | None = Field(None, description="Which kind of paper: 10-Q, contract, minutes.")
    period: str | None = Field(None, description="Of when, as it says itself: Q3 2022, 2022, 2022-06.")
    ends: str | None = Field(None, description="Last day of that: 2022-06-25.")
    language: str | None = Field(None, description='"en" or "zh".')


class NewName(Body):
    """What a collection shall be called."""

    name: str = Field(max_length=63)


@router.get("/api/documents")
def documents(
    box: OpenBox,
    actor: Who,
    collection: str | None = None,
    search: Annotated[str, Query(max_length=1000)] = "",
    state: Annotated[str, Query(description=f"One of {', '.join(filter(None, STATES))}; all if empty.")] = "",
    kind: str = "",
    language: str = "",
    sort: Annotated[str, Query(description=f"One of {', '.join(SORTS)}.")] = "added",
    descending: bool = True,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    offset: Annotated[int, Query(ge=0, le=2**31)] = 0,
) -> Json:
    """List documents, newest first if not said otherwise; `search` looks for a part of a file name or title."""
    ids = [c.id for c in box.retriever.readable(actor, collection)]
    found = box.catalogue.page(
        ids, search=search.strip(), state=state, kind=kind, language=language, sort=sort, descending=descending,
        limit=limit, offset=offset, hidden=box.auth.hidden(actor).documents, shown=box.privacy.names(actor, ids),
    )  # fmt: skip
    showing = box.privacy.showing(actor)
    return {
        "documents": [wire.document(showing.document(d)) for d in found.documents], "total": found.total,
        "kinds": list(found.kinds),
    }  # fmt: skip


@router.post("/api/documents/remove")
def remove(body: Remove, box: ReadyBox, actor: Who) -> Json:
    """Delete documents: gone from lists and answers at once, for good when nobody called them back."""
    return {"removed": box.shelf.remove(actor, body.documents, grace=body.grace), "grace": body.grace}


@router.post("/api/documents/restore")
def restore(body: Some, box: ReadyBox, actor: Who) -> Json:
    """Call deleted documents back."""
    return {"restored": box.shelf.restore(actor, body.documents)}


@router.post("/api/documents/move")
def move(body: Move, box: ReadyBox, actor: Who) -> Json:
    """Put documents into another collection; they get new ids."""
    return {"moved": box.shelf.move(actor, body.documents, body.collection)}


@router.post("/api/documents/reindex", status_code=202)
def reindex(body: Some, box: ReadyBox, actor: Who) -> Json:
    """Have documents read anew from their originals."""
    return {"jobs": jobs.shown(box, actor, [job for job, _ in box.queue.reread(actor, body.documents)])}


@router.get("/api/rereading")
def rereading(box: OpenBox, actor: Who, collection: str | None = None) -> Json:
    """Say how many documents that you may write an older ragbox has read, and how many wait to be read again."""
    return dict(box.rereading.status(actor, collection))


@router.post("/api/rereading", status_code=202)
def reread(body: Where, box: ReadyBox, actor: Who) -> Json:
    """Have all documents read again that an older ragbox has read, in the background."""
    return dict(box.rereading.begin(actor, body.collection))


@router.delete("/api/rereading")
def stop_rereading(box: ReadyBox, actor: Who, collection: str | None = None) -> Json:
    """Read no more of them again than the one that is under way."""
    return dict(box.rereading.stop(actor, collection))


@router.get("/api/documents/{document}/unseen")
def unseen(document: str, box: OpenBox, actor: Who) -> Json:
    """List the texts of a document that no reader of its file sees, page by page; no passage has them."""
    return {"unseen": [asdict(part) for part in box.reader.unseen(actor, document)]}


@router.patch("/api/documents/{document}")
def label(document: str, body: Said, box: ReadyBox, actor: Who) -> Json:
    """Say what a document is; it is read anew where its passages go by that."""
    box.reader.document(actor, document)
    said = {k: tuple(v) if isinstance(v, list) else v for k, v in body.model_dump(exclude_unset=True).items()}
    made = box.labels.edit(actor, document, said)
    return {"document": wire.document(box.reader.document(actor, document)), "jobs": jobs.shown(box, actor, made)}


@router.patch("/api/collections/{name}")
def rename(name: str, body: NewName, box: ReadyBox, actor: Who) -> Json:
    """Give a collection another name; nothing is indexed anew."""
    renamed = box.shelf.rename(actor, name, body.name)
    return wire.collection(renamed, *box.library.count(renamed.id, hidden=box.auth.hidden(actor).documents))
