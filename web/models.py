"""The HTTP API's routes for language models: the store, what is being added, and the one in use. All for admins."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, Literal

from fastapi import APIRouter
from pydantic import Field

from ragbox.engines.hf_load import place
from ragbox.errors import Unavailable
from ragbox.models import Version
from ragbox.registry import ORIGIN, Work

from .api import ADMINS_ONLY, Body, Json, OpenBox, ReadyBox, Who

router = APIRouter(prefix="/api/models", dependencies=ADMINS_ONLY)


class NewModel(Body):
    """A model to be added."""

    source: str = Field(
        min_length=1, max_length=4096,
        description="A folder (safetensors) or .gguf file on the server, as an absolute path, or OWNER/NAME of the "
        "Hugging Face hub, which is then downloaded.",
    )  # fmt: skip
    name: str = Field("", max_length=63, description="What to call it; the last part of the source if left out.")
    file: str = Field("", max_length=255, description="The one .gguf file that is wanted of a model of the hub.")


class Practice(Body):
    """How to train the practice model."""

    collection: str = Field("samples", max_length=63, description="Collection whose passages stand in the prompts.")
    questions: str = Field("", max_length=4096, description="Question file on the server; the samples' if left out.")
    seconds: float = Field(220.0, ge=1, le=3600, description="How long to train at most.")


class Load(Body):
    """How to load."""

    quantization: Literal["auto", "nf4", "int8", "bf16", "fp32"] | None = Field(
        None, description="Number format of the weights; that of the settings if left out."
    )


@router.get("")
def models(box: OpenBox) -> Json:
    """List the versions in the store, what is being added, how the model in use stands, and where there is room."""
    state = box.llm.state
    try:
        active = box.store.active()
    except Unavailable:  # its folder is gone: another must be chosen here
        active = None
    device, free = place(box.settings.device_map)
    return {
        "models": [
            shape(v) | {"memory": _memory(box, v), "active": v == active, "practice": v.source == ORIGIN}
            for v in box.store.list()
        ],
        "earlier": box.store.earlier(),
        "choice": box.registry.choice,
        "free": {"device": device, "bytes": free},
        "work": work(box.registry.work()),
        "model": asdict(state),
    }


@router.post("", status_code=202)
def add(body: NewModel, box: OpenBox, actor: Who) -> Json:
    """Begin to add a model; replies at once."""
    return work(box.registry.add(actor, body.source, name=body.name, file=body.file))


@router.post("/practice", status_code=202)
def practise(body: Practice, box: ReadyBox, actor: Who) -> Json:
    """Begin to train the practice model on the samples and their questions; replies at once."""
    return work(
        box.registry.practise(actor, collection=body.collection, questions=body.questions, seconds=body.seconds)
    )


@router.post("/cancel")
def cancel(box: OpenBox, actor: Who) -> Json:
    """Break off what is being added or trained; what was downloaded is kept."""
    return work(box.registry.cancel(actor))


@router.post("/rollback")
def rollback(box: OpenBox, actor: Who) -> Json:
    """Make the version before the active one active again, and begin to load it."""
    found = box.registry.rollback(actor)
    return {"active": found and shape(found)}


@router.post("/load", status_code=202)
def load(body: Load, box: ReadyBox) -> Json:
    """Begin to load the model that the settings name, in place of the one in use; replies at once."""
    box.llm.load(quantization=body.quantization)
    return {"state": box.llm.state.state}


@router.post("/unload")
def unload(box: OpenBox) -> Json:
    """Free the model in use; answers are then quotes."""
    box.llm.unload()
    return {"state": box.llm.state.state}


@router.post("/{name}/{version}/verify")
def verify(name: str, version: str, box: OpenBox) -> Json:
    """Read every file of a version and compare its SHA-256; replies when it is done."""
    problems = box.store.verify(name, version)
    return {"name": name, "version": version, "well": not problems, "problems": list(problems)}


@router.post("/{name}/{version}/activate")
def activate(name: str, version: str, box: OpenBox, actor: Who) -> Json:
    """Make a version the one that answers, and begin to load it."""
    return {"active": shape(box.registry.activate(actor, name, version))}


@router.delete("/{name}/{version}")
def remove(name: str, version: str, box: OpenBox) -> Json:
    """Delete a version that is not active."""
    box.store.remove(name, version)
    return {"removed": f"{name} {version}"}


def shape(version: Version) -> Json:
    """Return a version as JSON."""
    return asdict(version) | {"folder": str(version.folder)}


def work(found: Work) -> dict[str, Any]:
    """Return how far work is as JSON."""
    times = {k: at and at.isoformat() for k, at in (("started_at", found.started_at), ("ended_at", found.ended_at))}
    return asdict(found) | times | {"running": found.running}


def _memory(box: Any, version: Version) -> dict[str, int]:
    """Return the bytes that a version will need, computed, in each number format."""
    return {q: round(need.total) for q, need in box.registry.needs(version).items()}
