"""What every page needs to begin: who is signed in, what there is to ask, and questions to begin with."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from ragbox.box import Box
from ragbox.decisions import ALL
from ragbox.types import Actor

from .api import Json, OpenBox, Who
from .strings import say

router = APIRouter()


@router.get("/api/home")
def show(box: OpenBox, actor: Who, language: Annotated[str, Query(pattern="en|zh")] = "en") -> Json:
    """Say who asks, what the box holds for them, and what could be asked first."""
    return home(box, actor, language)


def home(box: Box, actor: Actor, language: str) -> Json:
    """Return what there is for an actor; starters are made of documents in the page's language first.

    A title or section that names a person makes none: "[PERSON]" is nothing to ask by.

    Raises:
        NotPermitted: the actor's token is to ask alone.
    """
    box.auth.require_scope(actor, "read")
    readable = box.retriever.readable(actor, None)
    hidden = box.auth.hidden(actor).documents
    counts = box.starters.counts(hidden)
    topics = box.starters.topics([c.id for c in readable], language, hidden=hidden)
    return {
        "name": actor.name, "role": actor.role, "ready": box.ready, "engine": box.engine.name,
        "documents": sum(counts.get(c.id, 0) for c in readable),
        "collections": [
            {"name": c.name, "documents": counts.get(c.id, 0)}
            | {right: box.auth.decide(actor, right, c.name).allowed for right in ("write", "manage")}
            for c in readable
        ],
        "audit": box.auth.decide(actor, "audit", None).allowed,
        "create": box.auth.decide(actor, "create", ALL).allowed,
        "longest": box.settings.max_question_chars,
        "starters": [
            say(t.language, "ask.starter", title=t.title, section=t.section)
            for t in topics
            if not any(box.privacy.spans(actor, [t.collection], text) for text in (t.title, t.section))
        ],
    }  # fmt: skip
