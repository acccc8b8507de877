"""Kept questions and answers as data: what one is, how its row is read, and what is left of it without a document."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from .types import Answer, Citation, PageBox

WITHDRAWN = "…"
"""Stands in an answer for what rested on a document that is gone."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Conversation:
    """A conversation as it is listed; `questions` is how many it has."""

    id: str
    title: str = field(repr=False)
    created_at: datetime
    changed_at: datetime
    questions: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Feedback:
    """What someone thought of an answer: a thumb ("up", "down", "" for none) and the page that would be right."""

    thumb: str = ""
    file: str = ""
    page: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Turn:
    """A question as typed and its answer without hits; `collection` is "" where all were asked.

    `stopped`: the answer was broken off; what there was of it is kept.
    """

    id: str
    question: str = field(repr=False)
    collection: str
    asked_at: datetime
    answer: Answer
    stopped: bool
    feedback: Feedback


def conversation_of(r: sqlite3.Row) -> Conversation:
    """Read a row of `conversations` with its count of questions."""
    return Conversation(
        id=r["id"], title=r["title"], created_at=datetime.fromisoformat(r["created_at"]),
        changed_at=datetime.fromisoformat(r["changed_at"]), questions=r["questions"],
    )  # fmt: skip


def turn_of(r: sqlite3.Row) -> Turn:
    """Read a row of `turns`."""
    citations = tuple(
        Citation(
            n=n, document=document, file=file, page=page, section=section, quote=quote,
            boxes=tuple(PageBox(page=b[0], box=(b[1], b[2], b[3], b[4])) for b in boxes),
        )
        for n, document, file, page, section, quote, boxes in json.loads(r["citations"])
    )  # fmt: skip
    answer = Answer(
        text=r["answer"], refused=bool(r["refused"]), citations=citations, hits=(), timings=json.loads(r["timings"]),
        cited=tuple((o, n) for o, n in json.loads(r["cited"])), asked=r["asked"], conversation=r["conversation"],
        turn=r["id"],
    )  # fmt: skip
    return Turn(
        id=r["id"], question=r["question"], collection=r["collection"], stopped=bool(r["stopped"]), answer=answer,
        asked_at=datetime.fromisoformat(r["asked_at"]),
        feedback=Feedback(thumb=r["thumb"], file=r["file"], page=r["page"]),
    )  # fmt: skip


def citations_row(answer: Answer) -> str:
    """Return an answer's citations as its row holds them."""
    found = [
        [c.n, c.document, c.file, c.page, c.section, c.quote, [[b.page, *b.box] for b in c.boxes]]
        for c in answer.citations
    ]
    return json.dumps(found, ensure_ascii=False)


def without(answer: Answer, gone: Sequence[str]) -> Answer:
    """Return an answer without what rests on these documents: quotes, and the text that leads up to their marks."""
    lost = {c.n for c in answer.citations if c.document in gone}
    if not lost:
        return answer
    text, cited, start, pending = "", list[tuple[int, int]](), 0, list[tuple[int, int]]()
    marks = answer.cited
    for number, (offset, n) in enumerate(marks, start=1):
        end = offset + len(f"[{n}]")
        pending.append((offset, n))
        if number < len(marks) and not answer.text[end : marks[number][0]].strip():
            continue  # the next mark supports the same words
        piece = answer.text[start:end]
        if any(m in lost for _, m in pending):
            lead = piece[: len(piece) - len(piece.lstrip())]
            piece = lead + WITHDRAWN + "".join(f" [{m}]" for _, m in pending)
            at = len(text) + len(lead) + len(WITHDRAWN)
            for _, m in pending:
                cited.append((at + 1, m))
                at += len(f" [{m}]")
        else:
            cited += [(len(text) + o - start, m) for o, m in pending]
        text, start, pending = text + piece, end, []
    citations = tuple(
        replace(c, section="", quote="", boxes=(), gone=True) if c.n in lost else c for c in answer.citations
    )
    # Words after the last mark say nobody's in particular: they go too.
    return replace(answer, text=text or WITHDRAWN, citations=citations, cited=tuple(cited))
