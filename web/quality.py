"""The HTTP API's routes for the quality of answers: runs begun and kept, two compared, questions of real use.

All for admins.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field

from ragbox.evaluation.background import Work

from .api import ADMINS_ONLY, Body, Json, OpenBox, ReadyBox, Who

RUN_BYTES = 32 << 20
"""Largest run that is sent: 10,000 questions, with what was found, said and quoted."""

router = APIRouter(prefix="/api/admin/quality", dependencies=ADMINS_ONLY)


Count = Annotated[int, Field(ge=0, le=2**31)]


class Place(Body):
    """A page (from 1) of a file, 0 where it is not known which."""

    file: str = Field(max_length=4096)
    page: int = Field(ge=0, le=2**31)


class Quoted(Place):
    """A quote, and whether it stands on that page, null where that was not looked up."""

    quote: str
    document: str = Field("", max_length=200, description="Its id; without it the quote outlives the document.")
    true: bool | None = None


class Row(Body):
    """What came of one question."""

    id: str = Field(max_length=200)
    question: str
    answers: list[str] = Field(max_length=1000)
    gold: list[Place] = Field(max_length=1000)
    unanswerable: bool
    measures: dict[str, float]
    fails: list[str] = Field(max_length=50)
    refused: bool
    said: str
    risk: float | None = None
    found: list[Place] = Field(max_length=100)
    quotes: list[Quoted] = Field(max_length=100)


class Bin(Body):
    """Answers whose stated risk is about the same."""

    stated: float
    observed: float
    count: Count


class Run(Body):
    """A run of a question file."""

    version: int = Field(ge=1, le=1)
    file: str = Field("", max_length=4096, description="The question file.")
    collection: str = Field("", max_length=63, description="What was asked; empty: all.")
    engine: str = Field("", max_length=400, description="Who wrote the answers.")
    figures: dict[str, dict[str, Count | float | None]] = Field(description="Means of all, and by language.")
    curve: list[Bin] = Field([], max_length=100, description="Stated risk beside what came of it.")
    rows: list[Row] = Field(max_length=10_000, description="The questions.")


class NewRun(Body):
    """A run to be kept."""

    name: str = Field(max_length=63, description="Small letters, digits, dots, - and _.")
    run: Run


class Begun(Body):
    """A run to be made by the box itself."""

    name: str = Field(max_length=63, description="Small letters, digits, dots, - and _.")
    file: str = Field(max_length=255, description="A question file, as `files` of the list names it.")
    collection: str = Field("", max_length=63, description="What to ask; empty: all.")


class Judged(Body):
    """Judged answers."""

    turns: list[str] = Field(min_length=1, max_length=1000, description="Their ids.")


Name = Annotated[str, Query(max_length=63)]


@router.get("")
def quality(box: OpenBox, actor: Who) -> Json:
    """List the kept runs with their figures, the question files, and judged answers that are in the gate's not yet."""
    return box.quality.overview(actor)


@router.get("/work")
def work(box: OpenBox, actor: Who) -> Json:
    """Say how far the run in the background is, or how the last one ended."""
    return shape(box.quality.work(actor))


@router.post("/work", status_code=202)
def start(body: Begun, box: ReadyBox, actor: Who) -> Json:
    """Begin to ask the questions of a file in the background; replies at once."""
    return shape(box.quality.start(actor, body.name, file=body.file, collection=body.collection))


@router.post("/work/cancel")
def cancel(box: OpenBox, actor: Who) -> Json:
    """Break off the run in the background; nothing of it is kept."""
    return shape(box.quality.cancel(actor))


@router.post("/runs", status_code=201, max_body_size=RUN_BYTES)
def save(body: NewRun, box: OpenBox, actor: Who) -> Json:
    """Keep a run, stamped with the state of the documents and the settings that figures depend on."""
    return box.quality.save(actor, body.name, body.run.model_dump())


@router.get("/runs/{run}")
def run(run: str, box: OpenBox, actor: Who, failing: bool = True) -> Json:
    """Show a run with the questions that lack something, or with all."""
    return box.quality.run(actor, run, failing=failing)


@router.delete("/runs/{run}")
def remove(run: str, box: OpenBox, actor: Who) -> Json:
    """Delete a run."""
    box.quality.remove(actor, run)
    return {"removed": run}


@router.get("/compare")
def compare(left: Name, right: Name, box: OpenBox, actor: Who) -> Json:
    """Compare two runs by paired bootstrap, and show what fails in either, side by side."""
    return box.quality.compare(actor, left, right)


@router.post("/questions")
def add(body: Judged, box: OpenBox, actor: Who) -> Json:
    """Put judged answers into the question file that new adapters are tried on."""
    return {"questions": box.quality.add(actor, body.turns)}


def shape(found: Work) -> Json:
    """Return how far a run is as JSON."""
    return asdict(found) | {"running": found.running}
