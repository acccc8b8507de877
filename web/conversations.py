"""The HTTP API's routes for conversations: what someone asked, was answered, and thought of it.

Each sees their own; an admin may list what was judged, as questions without names.
"""

from __future__ import annotations

from typing import Annotated, Literal
from urllib.parse import quote

from fastapi import APIRouter, Query
from pydantic import Field
from starlette.responses import Response

from ragbox import wire
from ragbox.turns import Conversation, Feedback, Turn

from .api import READING, WRITING, Body, Json, OpenBox, Who

router = APIRouter(dependencies=READING)


class Title(Body):
    """A conversation's new title."""

    title: str = Field(max_length=1000)


class Judgement(Body):
    """What someone thinks of an answer; it takes the place of what they thought before."""

    thumb: Literal["up", "down", ""] = Field("", description='"up", "down", or "" for neither.')
    file: str = Field("", max_length=4096, description="The file that has the right answer.")
    page: int = Field(0, ge=0, le=2**31, description="Its page, from 1.")


@router.get("/api/conversations")
def conversations(
    box: OpenBox,
    actor: Who,
    search: Annotated[str, Query(max_length=1000)] = "",
    limit: Annotated[int, Query(ge=1, le=1000)] = 50,
    offset: Annotated[int, Query(ge=0, le=2**31)] = 0,
) -> Json:
    """List your conversations, the one last asked in first; `search` looks in titles, questions and answers."""
    found = box.conversations.find(actor, search=search, limit=limit, offset=offset)
    return {"conversations": [listed(c) for c in found]}


@router.get("/api/conversations/{conversation}")
def conversation(conversation: str, box: OpenBox, actor: Who) -> Json:
    """Show one conversation with its questions and answers."""
    found = box.conversations.get(actor, conversation)
    return listed(found) | {"turns": [kept(t) for t in box.conversations.turns(actor, conversation)]}


@router.patch("/api/conversations/{conversation}", dependencies=WRITING)
def rename(conversation: str, body: Title, box: OpenBox, actor: Who) -> Json:
    """Give a conversation another title."""
    return listed(box.conversations.rename(actor, conversation, body.title))


@router.delete("/api/conversations/{conversation}", dependencies=WRITING)
def delete(conversation: str, box: OpenBox, actor: Who) -> Json:
    """Delete a conversation with all its answers."""
    box.conversations.delete(actor, conversation)
    return {"removed": conversation}


@router.get("/api/conversations/{conversation}/export", response_class=Response)
def export(conversation: str, box: OpenBox, actor: Who) -> Response:
    """Send a conversation as a Markdown file."""
    found = box.conversations.get(actor, conversation)
    text = markdown(found, box.conversations.turns(actor, conversation))
    name = quote(f"{found.title.rstrip('…')}.md".replace("/", "-"), safe="")
    headers = {"Content-Disposition": f"attachment; filename=\"conversation.md\"; filename*=UTF-8''{name}"}
    return Response(text, media_type="text/markdown; charset=utf-8", headers=headers)


@router.post("/api/turns/{turn}/feedback", dependencies=WRITING)
def feedback(turn: str, body: Judgement, box: OpenBox, actor: Who) -> Json:
    """Keep what you think of an answer: a thumb, and the page that would be right."""
    given = Feedback(thumb=body.thumb, file=body.file, page=body.page)
    box.conversations.judge(actor, turn, given)
    return _feedback(given)


@router.get("/api/feedback")
def questions(box: OpenBox, actor: Who) -> Json:
    """List the answers that anybody judged as lines of a question file."""
    box.auth.require(actor, "manage", None)
    return {"questions": box.conversations.questions()}


def markdown(conversation: Conversation, turns: list[Turn]) -> str:
    """Return a conversation as Markdown: each question, its answer with [n], and what the numbers stand for."""
    parts = [f"# {_plain(conversation.title)}"]
    for turn in turns:
        parts += [f"## {_plain(turn.question)}", f"*{turn.asked_at:%Y-%m-%d %H:%M} UTC*", _plain(turn.answer.text)]
        if turn.answer.unsupported:
            doubts = (turn.answer.text[u.start : u.end] for u in turn.answer.unsupported)
            parts.append("No passage supports:\n\n" + "\n".join(f"- “{_plain(d)}”" for d in doubts))
        if turn.answer.citations:
            parts.append(
                "\n".join(
                    f"- [{c.n}] {_plain(c.file)}, p. {c.page}"
                    + (" (no longer available)" if c.gone else f": “{_plain(' '.join(c.quote.split()))}”")
                    for c in turn.answer.citations
                )
            )
    return "\n\n".join(part for part in parts if part) + "\n"


def _plain(text: str) -> str:
    """Return a text with what Markdown or HTML would act on made inert; a mark [n] stays."""
    for sign in "\\`*_#<>|~":
        text = text.replace(sign, "\\" + sign)
    # Neither a link, nor an image, nor the address that one further down goes by.
    return text.replace("](", "]\\(").replace("]:", "]\\:").replace("![", "\\![")


def listed(c: Conversation) -> Json:
    """Shape a conversation."""
    return {
        "id": c.id, "title": c.title, "created_at": c.created_at.isoformat(), "changed_at": c.changed_at.isoformat(),
        "questions": c.questions,
    }  # fmt: skip


def kept(t: Turn) -> Json:
    """Shape a question with its kept answer."""
    return {
        "question": t.question, "collection": t.collection or None, "asked_at": t.asked_at.isoformat(),
        "stopped": t.stopped, "feedback": _feedback(t.feedback),
    } | wire.answer(t.answer)  # fmt: skip


def _feedback(f: Feedback) -> Json:
    return {"thumb": f.thumb, "file": f.file, "page": f.page}
