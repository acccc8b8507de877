"""The HTTP API. A route is: parse, one call, shape the reply; what an actor may do is decided below, never here.

Every reply is JSON of `ragbox/wire.py`; errors are those of `web/problems.py`.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import JSONResponse, Response

from ragbox import health, wire
from ragbox.box import Box
from ragbox.doctor import examine
from ragbox.errors import Unavailable
from ragbox.events import Done
from ragbox.types import Actor

from .stream import EventStream

Json = dict[str, Any]

router = APIRouter()


def _box(request: Request) -> Box:
    box: Box = request.app.state.box
    return box


def _ready(request: Request) -> Box:
    box = _box(request)
    if not box.ready:
        raise Unavailable("The box is still loading its models and indexes. Try again in a few seconds.")
    return box


def _actor(request: Request) -> Actor:
    actor: Actor = request.state.actor
    return actor


OpenBox = Annotated[Box, Depends(_box)]
ReadyBox = Annotated[Box, Depends(_ready)]
Who = Annotated[Actor, Depends(_actor)]


def _admins_only(box: OpenBox, actor: Who) -> None:
    box.auth.require(actor, "manage", None)


def _auditors_only(box: OpenBox, actor: Who) -> None:
    box.auth.require(actor, "audit", None)


ADMINS_ONLY = [Depends(_admins_only)]
"""Dependencies of a router of which every route, also one to come, is for admins: none of them can forget it."""
AUDITORS_ONLY = [Depends(_auditors_only)]
"""The same for what auditors may see too."""


def _to_read(box: OpenBox, actor: Who) -> None:
    box.auth.require_scope(actor, "read")


def _to_write(box: OpenBox, actor: Who) -> None:
    box.auth.require_scope(actor, "write")


READING = [Depends(_to_read)]
"""The same for what a token that is to ask alone does not show, though it is its user's own."""
WRITING = [Depends(_to_write)]
"""The same for what a token that is to read changes nothing of."""


class Body(BaseModel):
    """What a request holds; fields that are none are refused."""

    model_config = ConfigDict(extra="forbid")


class Search(Body):
    """A question for passages."""

    question: str = Field(min_length=1, description="What to look for; at most RAGBOX_MAX_QUESTION_CHARS characters.")
    collection: str | None = Field(None, description="Collection to search; all that may be read if left out.")
    document: str | None = Field(None, max_length=64, description="Id of a document to stay within; any if left out.")
    k: int = Field(8, ge=1, le=100, description="How many passages, best first.")


class Ask(Body):
    """A question for an answer."""

    question: str = Field(min_length=1, description="What to answer; at most RAGBOX_MAX_QUESTION_CHARS characters.")
    collection: str | None = Field(None, description="Collection to ask; all that may be read if left out.")
    document: str | None = Field(None, max_length=64, description="Id of a document to stay within; any if left out.")
    conversation: str | None = Field(
        None,
        max_length=64,
        description='A conversation of yours, or "new": the answer is kept there, and the question may lean on the one '
        "before it. Left out, nothing is kept.",
    )
    stream: bool = Field(
        False, description="Server-sent events stage, hits, text, citation, timing, done instead of JSON."
    )


class NewCollection(Body):
    """A collection to be."""

    name: str = Field(max_length=63)


class Confirm(Body):
    """A mirrored folder whose alarm was seen."""

    folder: str = Field(description="The folder as `mirrors` of the status names it.")


class Rebuild(Body):
    """How to rebuild."""

    encode: bool = Field(False, description="Make the vectors anew too, with the present encoder.")


# -- questions ---------------------------------------------------------------------------------------------


@router.post("/api/ask", response_model=None)
def ask(body: Ask, box: ReadyBox, actor: Who) -> Response | Json:
    """Answer a question with quotes from the documents."""
    if body.conversation is None:
        events = box.answers.ask(actor, body.question, collection=body.collection, document=body.document)
    else:
        events = box.dialogue.ask(
            actor, body.question, body.conversation, collection=body.collection, document=body.document
        )
    standing = box.retriever.standing(actor, body.collection, body.document)
    events = standing.over(events)
    if body.stream:
        return EventStream(events, wire.event, standing)
    told = next(wire.answer(event.answer) for event in events if isinstance(event, Done))
    standing()
    return told


@router.post("/api/search")
def search(body: Search, box: ReadyBox, actor: Who) -> Json:
    """Find the passages that fit a question best."""
    hits = box.answers.search(actor, body.question, collection=body.collection, document=body.document, k=body.k)
    return {"hits": [wire.hit(h) for h in hits]}


# -- documents ---------------------------------------------------------------------------------------------


@router.get("/api/documents/{document}")
def document(document: str, box: OpenBox, actor: Who) -> Json:
    """Describe one document."""
    return wire.document(box.reader.document(actor, document))


@router.delete("/api/documents/{document}")
def remove(document: str, box: ReadyBox, actor: Who) -> Json:
    """Delete a document from the record, the indexes and the disk."""
    box.reader.document(actor, document)
    box.pipeline.remove(actor, document)
    return {"removed": document}


# -- collections -------------------------------------------------------------------------------------------


@router.get("/api/collections")
def collections(box: OpenBox, actor: Who) -> Json:
    """List the collections that may be read."""
    found = box.retriever.readable(actor, None)
    hidden = box.auth.hidden(actor).documents
    return {"collections": [wire.collection(c, *box.library.count(c.id, hidden=hidden)) for c in found]}


@router.post("/api/collections", status_code=201)
def create_collection(body: NewCollection, box: OpenBox, actor: Who) -> Json:
    """Make an empty collection."""
    box.auth.require(actor, "create", body.name)
    return wire.collection(box.library.create_collection(body.name), 0, 0)


@router.delete("/api/collections/{name}")
def drop(name: str, box: ReadyBox, actor: Who) -> Json:
    """Delete a collection with all its documents."""
    box.shelf.drop(actor, name)
    return {"removed": name}


# -- the box -----------------------------------------------------------------------------------------------


@router.post("/api/rebuild")
def rebuild(body: Rebuild, box: ReadyBox, actor: Who) -> Json:
    """Build both indexes anew from the record; replies when it is done."""
    progress = list(box.pipeline.rebuild(actor, encode=body.encode))
    return {"documents": progress[-1][1] if progress else 0}


@router.get("/api/status")
def status(box: OpenBox, actor: Who) -> Json:
    """Say what the box holds, to others than an admin only what they may read."""
    if box.auth.decide(actor, "manage", None).allowed:
        found: Json = named(box, actor, health.status(box))
        return found
    return {"ready": box.ready, "collections": [c.name for c in box.retriever.readable(actor, None)]}


@router.post("/api/mirrors/confirm")
def confirm(body: Confirm, box: ReadyBox, actor: Who) -> Json:
    """Let a mirrored folder's files that an alarm keeps be deleted; says how many they were."""
    return {"removed": box.mirror.confirm(actor, body.folder)}


@router.get("/api/doctor")
def doctor(box: ReadyBox, actor: Who) -> Json:
    """Look the box over: processor, memory, disk, encoder, indexes, network silence."""
    box.auth.require(actor, "manage", None)
    return {"checks": [asdict(check) for check in examine(box)]}


@router.get("/healthz")
async def healthz() -> Json:
    """Say that the process is alive."""
    return {"alive": True}


@router.get("/readyz", response_model=None)
async def readyz(request: Request) -> JSONResponse:
    """Say whether questions are answered: 200 or 503; not in a thread, since answers may hold them all."""
    ready = _box(request).ready
    return JSONResponse({"ready": ready}, 200 if ready else 503)


# -- what routes share -------------------------------------------------------------------------------------


def named(box: Box, actor: Actor, found: Any) -> Any:
    """Return JSON on how the box is, the files that it names and what is said of them as the actor may see them."""
    if isinstance(found, list):
        return [named(box, actor, one) for one in found]
    if not isinstance(found, dict):
        return found
    return {
        key: box.privacy.clean(actor, None, value) if key in ("file", "reason") and isinstance(value, str)
        else named(box, actor, value)
        for key, value in found.items()
    }  # fmt: skip
