"""The HTTP API's routes for trainings of adapters: begin, follow, break off, go on. All for admins."""

from __future__ import annotations

from dataclasses import asdict
from typing import Literal

from fastapi import APIRouter
from pydantic import Field

from ragbox.adapters.lessons import Source
from ragbox.adapters.run import Options, Run

from .api import ADMINS_ONLY, Body, Json, OpenBox, ReadyBox, Who

CURVES = 5
"""Trainings that the page plots: it asks every two seconds."""


router = APIRouter(prefix="/api/trainings", dependencies=ADMINS_ONLY)


class NewTraining(Body):
    """An adapter to be trained on the model in use."""

    name: str = Field(min_length=1, max_length=63, description="What the adapter is to be called.")
    kind: Literal["file", "feedback", "documents"] = Field(
        description="Where the lessons come from: a file on the server, answers people marked good, or documents, "
        "which the model in use then writes questions about."
    )
    file: str = Field("", max_length=4096, description="Of a file: its absolute path, JSONL.")
    collection: str = Field("", max_length=63, description="Of documents or answers: their collection; empty: all.")
    most: int = Field(300, ge=1, le=100_000, description="Of documents: passages that are asked about.")
    rank: int = Field(16, ge=1, le=1024, description="Rank of the adapter.")
    rate: float = Field(2e-4, gt=0, le=1, description="Learning rate.")
    epochs: int = Field(3, ge=1, le=100, description="Times through the lessons.")
    longest: int = Field(4096, ge=64, le=1 << 20, description="Most tokens of a lesson; longer ones are left out.")


@router.get("")
def trainings(box: OpenBox) -> Json:
    """List the trainings, newest first, the first ones with the curve of their loss."""
    found = [shape(run) | {"curve": []} for run in box.trainings.runs()]
    for run in found[:CURVES]:
        run["curve"] = list(box.trainings.curve(run["id"]))
    return {"trainings": found}


@router.post("", status_code=202)
def train(body: NewTraining, box: ReadyBox, actor: Who) -> Json:
    """Begin to train an adapter; replies at once."""
    source = Source(kind=body.kind, file=body.file, collection=body.collection, most=body.most)
    options = Options(rank=body.rank, rate=body.rate, epochs=body.epochs, longest=body.longest)
    return shape(box.trainings.start(actor, body.name, source, options))


@router.post("/cancel")
def cancel(box: OpenBox, actor: Who) -> Json:
    """Break off the training that is running; it can go on later."""
    run = box.trainings.cancel(actor)
    return {"training": run and shape(run)}


@router.post("/{training}/resume", status_code=202)
def resume(training: str, box: ReadyBox, actor: Who) -> Json:
    """Go on with a training that failed or was broken off."""
    return shape(box.trainings.resume(actor, training))


@router.delete("/{training}")
def remove(training: str, box: OpenBox, actor: Who) -> Json:
    """Delete a training's files; the version that came of it stays."""
    box.trainings.remove(actor, training)
    return {"removed": training}


def shape(run: Run) -> Json:
    """Return a training as JSON."""
    return asdict(run) | {"running": run.running}
