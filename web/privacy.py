"""The HTTP API's routes for privacy: policies, additions to the rules, counts, and what they do.

All are for admins, but for the policy of one collection, which those who manage it set too.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, Literal

from fastapi import APIRouter
from pydantic import Field

from ragbox.privacy import Trial
from ragbox.redact.custom import Custom, validated
from ragbox.redact.policy import WORDS, Style

from .api import ADMINS_ONLY, Body, Json, OpenBox, Who

PASSAGES = 20
"""Of a document that is shown side by side: about three pages."""


router = APIRouter(prefix="/api/admin/privacy", dependencies=ADMINS_ONLY)
shelves = APIRouter(prefix="/api/admin/privacy")


class Policy(Body):
    """A style."""

    style: Literal["redact", "pseudonym", "mask", "off", ""] = Field(
        description="redact, pseudonym, mask or off; empty: none of its own."
    )


class Pattern(Body):
    """A regular expression of your own."""

    name: str = Field(max_length=32, description="What is shown in brackets: capitals, digits and _.")
    regex: str = Field(max_length=500, description="What it looks like.")
    context: list[str] = Field([], max_length=1000, description="Words before it that make it count.")
    score: float = Field(0.6, gt=0, le=1, description="Under 0.5 it counts only after a context word.")


class Additions(Body):
    """What is added to the rules."""

    patterns: list[Pattern] = Field([], max_length=100, description="Regular expressions.")
    deny: list[str] = Field([], max_length=1000, description="Words that are always taken out.")
    allow: list[str] = Field([], max_length=1000, description="Values that are never taken out.")
    keep: list[str] = Field([], max_length=100, description="Kinds that are left as they are, such as PERSON.")


class Text(Body):
    """A text to try."""

    text: str = Field(max_length=20_000, description="Is judged and forgotten.")
    custom: Additions | None = Field(None, description="Additions to try, in place of those that are saved.")


@router.get("")
def privacy(box: OpenBox, actor: Who) -> Json:
    """List policies, additions to the rules, who changed them, and counts by day, collection and type; never values."""
    names = {c.id: c.name for c in box.library.collections()}
    found = box.privacy.policies(actor)
    return found | {
        "styles": list(Style),
        "kinds": list(WORDS),
        "collections": [
            {"id": i, "name": name, "style": found["collections"].get(i, "")} for i, name in names.items()
        ],
        "removed": [row | {"name": names.get(row["collection"], "")} for row in found["removed"]],
        "open": [row | {"name": names.get(row["collection"], "")} for row in found["open"]],
    }  # fmt: skip


@router.put("/roles/{role}")
def set_role(role: str, body: Policy, box: OpenBox, actor: Who) -> Json:
    """Set the policy of a role; it counts from the next text on."""
    box.privacy.set_role(actor, role, body.style)
    return {"role": role, "style": body.style}


@shelves.put("/collections/{collection}")
def set_collection(collection: str, body: Policy, box: OpenBox, actor: Who) -> Json:
    """Set the policy of a collection by its id; it counts from the next text on."""
    box.privacy.set_collection(actor, collection, body.style)
    return {"collection": collection, "style": body.style}


@router.put("/custom")
def set_custom(body: Additions, box: OpenBox, actor: Who) -> Json:
    """Replace the additions to the rules; those of the settings stay."""
    custom = _custom(body)
    box.privacy.set_custom(actor, custom)
    return custom.plain()


@router.post("/try")
def attempt(body: Text, box: OpenBox, actor: Who) -> Json:
    """Say what is found in a text, and show it under each style; with `custom` as if that was saved already."""
    return _shown(box.privacy.trial(actor, body.text, _custom(body.custom) if body.custom else None))


@router.post("/document/{document}")
def side_by_side(document: str, box: OpenBox, actor: Who) -> Json:
    """Show the first passages of a document under the style that holds for who asks, and under stricter ones."""
    found = box.reader.document(actor, document)
    style = box.privacy.style(actor, [found.collection_id])
    shown = []
    for chunk in box.library.chunks_of(document)[:PASSAGES]:
        trial = box.privacy.trial(actor, chunk.text, least=style)
        shown.append(_shown(trial) | {"page": chunk.page} | ({"text": chunk.text} if style is Style.OFF else {}))
    return {"document": document, "file": found.file, "style": style, "passages": shown}


def _custom(body: Additions) -> Custom:
    return validated([p.model_dump() for p in body.patterns], body.deny, body.allow, body.keep)


def _shown(trial: Trial) -> dict[str, Any]:
    return {"spans": [asdict(s) for s in trial.spans], "shown": {str(k): v for k, v in trial.shown.items()}}
