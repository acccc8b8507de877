"""The HTTP API's routes for adapters: the store, activation, comparison, records. All for admins."""

from __future__ import annotations

import re
from collections.abc import Generator
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any, Literal

from anyio.to_thread import run_sync
from fastapi import APIRouter, Query, Request
from pydantic import Field

from ragbox import wire
from ragbox.adapters.activation import Work
from ragbox.adapters.compare import side_by_side
from ragbox.adapters.pointer import BARE, EXTRACTIVE, MODEL, Engine
from ragbox.adapters.records import Record
from ragbox.adapters.store import Adapter
from ragbox.box import Box
from ragbox.errors import BadInput, TooLarge, Unavailable
from ragbox.events import Event

from .api import ADMINS_ONLY, Body, Json, OpenBox, ReadyBox, Who
from .stream import EventStream
from .upload import Form, receive, scratch

UPLOAD_BYTES = 4 << 30
"""Largest zip: an adapter of rank 64 over all of a 70 B model's layers has 3.3 GB in 16 bits."""


router = APIRouter(prefix="/api/adapters", dependencies=ADMINS_ONLY)


class NewAdapter(Body):
    """An adapter to be added."""

    source: str = Field(
        min_length=1, max_length=4096, description="A folder, .zip or .gguf file on the server, as an absolute path."
    )
    name: str = Field("", max_length=63, description="What to call it; the last part of the source if left out.")


class Reason(Body):
    """Why something is done."""

    reason: str = Field("", max_length=1000, description="Is recorded; lets an adapter through a gate that refuses.")


class Change(Reason):
    """Which engine is to change, and why."""

    engine: Engine = Field(MODEL, description='"model" for its adapter, "extractive" for the scorer of the quotes.')


class Assignment(Body):
    """Which adapter writes over a collection's passages."""

    collection: str = Field(max_length=63)
    adapter: str = Field("", max_length=200, description="A key, or the name of the newest; empty: no own one.")


class Comparison(Body):
    """A question for two adapters."""

    question: str = Field(min_length=1, description="What to answer; at most RAGBOX_MAX_QUESTION_CHARS characters.")
    collection: str | None = Field(None, description="Collection to ask; all if left out.")
    left: str = Field(BARE, max_length=200, description='A key or name; "-" is the bare model.')
    right: str = Field(BARE, max_length=200, description='A key or name; "-" is the bare model.')


class Questions(Body):
    """A question file for the gate."""

    lines: str = Field(max_length=900_000, description="JSONL as `ragbox eval` reads it; empty: no gate.")


@router.get("")
def adapters(box: OpenBox, actor: Who) -> Json:
    """List the versions, which one answers, who has an own one, and how far an activation is."""
    store, assigned = box.adapter_store, box.adapter_store.assigned()
    current, (scorer, problem) = store.current(), box.scorers.status()
    return {
        "adapters": [
            shape(a) | {"active": a.key in (current, scorer), "score": dict(box.adapters.score(actor, a.key))}
            for a in store.list()
        ],
        "active": current,
        "earlier": store.earlier(),
        "scorer": {"active": scorer, "earlier": store.earlier(EXTRACTIVE), "problem": problem},
        "collections": [
            {"name": c.name, "adapter": assigned.get(c.id, "")} for c in box.library.collections()
        ],
        "loaded": dict(box.loaded.status()),
        "model": {"name": box.llm.name, "state": box.llm.state.state, "digest": box.llm.base_digest},
        "questions": len(box.gate_questions.load()),
        "work": work(box.adapters.work(actor)),
        "notice": (found := box.adapters.notice()) and record(found),
    }  # fmt: skip


@router.post("", status_code=201)
def add(body: NewAdapter, box: OpenBox, actor: Who) -> Json:
    """Check an adapter on the server and take it in; the model is not touched."""
    path = Path(body.source)
    if not path.is_absolute():
        raise BadInput(f"{body.source!r} is no absolute path on the server. Give one, or send the file itself.")
    return shape(box.adapters.add(actor, path, name=body.name))


@router.post("/upload", status_code=201, max_body_size=UPLOAD_BYTES + (1 << 20), response_model=None, openapi_extra={
    "requestBody": {"required": True, "content": {"multipart/form-data": {"schema": {
        "type": "object", "required": ["file"], "properties": {
            "name": {"type": "string", "description": "What to call it; stands before the file in the form."},
            "file": {"type": "string", "format": "binary", "description": "A .zip or .gguf file."},
        },
    }}}},
})  # fmt: skip
async def upload(request: Request, box: OpenBox, actor: Who) -> Json:
    """Receive an adapter, check it and take it in; the model is not touched."""
    lane = request.app.state.writing
    try:
        with scratch(box.vault.scratch(box.settings.data / "uploads")) as folder:
            form = await receive(request, folder, lambda _: None, max_file_bytes=UPLOAD_BYTES, limiter=lane)
            return shape(await run_sync(partial(_take, box, actor, form), limiter=lane))
    except OSError as error:
        reason = f"The upload cannot be kept: {error.strerror}. Free some space, then send it again."
        raise Unavailable(reason) from error


def _take(box: Box, actor: Who, form: Form) -> Adapter:
    if len(form.files) != 1:
        raise BadInput(f"The form has {len(form.files)} files. Send one .zip or .gguf file under `file`.")
    (sent,) = form.files
    file = Path(sent.file.replace("\\", "/")).name
    if sent.too_large:
        raise TooLarge(f"{file} has {sent.size} bytes, the most taken are {UPLOAD_BYTES}. Add it by its path.")
    kind = Path(file).suffix.lower()
    if kind not in (".zip", ".gguf"):
        raise BadInput(f"{file} is neither a .zip nor a .gguf file. Put the adapter's folder into a zip.")
    named = sent.path.with_name(re.sub(r"[^\w.-]", "_", file)[-100:])  # errors call it so
    sent.path.rename(named)
    return box.adapters.add(actor, named, name=form.fields.get("name") or Path(file).stem, origin=file)


@router.post("/cancel")
def cancel(box: OpenBox, actor: Who) -> Json:
    """Break the activation off that is running; the old adapter goes on."""
    return work(box.adapters.cancel(actor))


@router.post("/rollback")
def rollback(body: Change, box: OpenBox, actor: Who) -> Json:
    """Let the adapter answer again that did before, from the next question on."""
    found = box.adapters.rollback(actor, body.reason, body.engine)
    return {"active": found.key if found else ""}


@router.post("/deactivate")
def deactivate(body: Change, box: OpenBox, actor: Who) -> Json:
    """Let the bare model answer, or the built-in scorer choose, from the next question on."""
    box.adapters.deactivate(actor, body.reason, body.engine)
    return {"active": ""}


@router.post("/assign")
def assign(body: Assignment, box: OpenBox, actor: Who) -> Json:
    """Let an adapter write over one collection's passages."""
    return {"collection": body.collection, "adapter": box.adapters.assign(actor, body.collection, body.adapter)}


@router.post("/questions")
def questions(body: Questions, box: OpenBox, actor: Who) -> Json:
    """Keep the question file that the gate runs."""
    return {"questions": box.adapters.keep_questions(actor, body.lines)}


@router.post("/seen")
def seen(box: OpenBox, actor: Who) -> Json:
    """Take the notice of the box's own step back off the page."""
    box.adapters.seen(actor)
    return {"notice": None}


@router.post("/compare", response_model=None)
def compare(body: Comparison, box: ReadyBox, actor: Who) -> EventStream:
    """Answer a question with two adapters at the same time; each event says which `side` it is of."""

    def side(adapter: str) -> Generator[Event, None, None]:
        return standing.over(box.trials.ask(actor, body.question, collection=body.collection, adapter=adapter or BARE))

    for adapter in (body.left, body.right):
        box.choice.named(actor, adapter)  # so that an unknown one gets a status of its own
    box.retriever.check(actor, body.question, body.collection)
    sides = {"left": partial(side, body.left), "right": partial(side, body.right)}
    standing = box.retriever.standing(actor, body.collection)
    return EventStream(side_by_side(sides), lambda told: wire.event(told[1]) | {"side": told[0]}, standing)


@router.get("/records")
def records(
    box: OpenBox, actor: Who, limit: int = Query(100, ge=1, le=1000), before: int = Query(0, ge=0, le=2**62),
    about: Literal["", "adapters", "glossary", "quality"] = "",
) -> Json:  # fmt: skip
    """List what was done with adapters, glossary and quality, newest first; `before` is the `seq` of the last seen."""
    return {"records": [record(r) for r in box.adapters.records(actor, limit=limit, before=before, about=about)]}


@router.get("/{name}/{version}")
def show(name: str, version: str, box: OpenBox, actor: Who) -> Json:
    """Describe one version, with its card and its last gate report."""
    found = box.adapter_store.get(name, version)
    report = dict(box.adapters.score(actor, found.key))
    return shape(found) | {"card": box.adapter_store.card(found), "report": report}


@router.post("/{name}/{version}/verify")
def verify(name: str, version: str, box: OpenBox, actor: Who) -> Json:
    """Read every file of a version and compare its SHA-256; replies when it is done."""
    problems = box.adapters.verify(actor, name, version)
    return {"name": name, "version": version, "well": not problems, "problems": list(problems)}


@router.post("/{name}/{version}/activate", status_code=202)
def activate(name: str, version: str, body: Reason, box: ReadyBox, actor: Who) -> Json:
    """Begin to make a version the one that answers; replies at once."""
    return work(box.adapters.activate(actor, name, version, reason=body.reason))


@router.delete("/{name}/{version}")
def remove(name: str, version: str, box: OpenBox, actor: Who) -> Json:
    """Delete a version that is neither active nor a collection's own."""
    box.adapters.remove(actor, name, version)
    return {"removed": f"{name}@{version}"}


def shape(adapter: Adapter) -> Json:
    """Return a version as JSON."""
    return asdict(adapter) | {"folder": str(adapter.folder), "key": adapter.key, "engine": adapter.engine}


def record(found: Record) -> Json:
    """Return a record as JSON."""
    return asdict(found) | {"at": found.at.isoformat()}


def work(found: Work) -> dict[str, Any]:
    """Return how far an activation is as JSON."""
    times = {k: at and at.isoformat() for k, at in (("started_at", found.started_at), ("ended_at", found.ended_at))}
    return asdict(found) | times | {"running": found.running}
