"""The HTTP API's routes for where answers are refused, so that at most a stated share of them is wrong. For admins."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter
from pydantic import Field

from .api import ADMINS_ONLY, Body, Json, OpenBox, ReadyBox, Who

router = APIRouter(prefix="/api/admin/calibrations", dependencies=ADMINS_ONLY)


class Trial(Body):
    """A question to be answered without a border."""

    question: str = Field(min_length=1, description="What to answer.")
    collection: str = Field(max_length=63, description="Its collection.")


class Outcome(Body):
    """What came of one such question."""

    risk: float = Field(ge=0, le=1, description="The risk that the answer stated; 1 where there was none.")
    wrong: bool = Field(description="Whether it was wrong, as any answer is where the documents have none.")


class Calibration(Body):
    """Judged answers to choose a border by."""

    collection: str = Field(max_length=63, description="The collection that was asked.")
    asked: float = Field(gt=0, lt=1, description="Most wrong answers among those given, as 0.05.")
    file: str = Field("", max_length=4096, description="The question file.")
    bases: list[Annotated[str, Field(max_length=1000)]] = Field(
        min_length=1, max_length=10, description="Each `basis` of the answers."
    )
    judged: list[Outcome] = Field(max_length=10_000, description="The answers.")


@router.get("")
def calibrations(box: OpenBox, actor: Who) -> Json:
    """List the collections' borders."""
    return {"calibrations": box.calibrations.all(actor)}


@router.post("/ask")
def ask(body: Trial, box: ReadyBox, actor: Who) -> Json:
    """Answer a question by quotes, with the risk, where no border refuses it."""
    return box.calibrations.ask(actor, body.question, body.collection)


@router.post("", status_code=201)
def calibrate(body: Calibration, box: OpenBox, actor: Who) -> Json:
    """Choose and keep the border of a collection by judged answers."""
    judged = [(outcome.risk, outcome.wrong) for outcome in body.judged]
    return box.calibrations.fit(actor, body.collection, body.asked, judged, bases=body.bases, file=body.file)


@router.delete("/{name}")
def remove(name: str, box: OpenBox, actor: Who) -> Json:
    """Let the built-in border hold again in a collection."""
    box.calibrations.remove(actor, name)
    return {"removed": name}
