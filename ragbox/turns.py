"""Kept questions and answers: what one is, how its row is read and written, what is left of it without a document.

Knows the tables `turns` and `rests` (which answers rest on which documents), not whose they are.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from .types import Answer, Citation, PageBox, Unsupported

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
    written = json.loads(r["written"])
    written["unsupported"] = tuple(Unsupported(start=s, end=e) for s, e in written.get("unsupported", ()))
    answer = Answer(
        text=r["answer"], refused=bool(r["refused"]), citations=citations, hits=(), timings=json.loads(r["timings"]),
        cited=tuple((o, n) for o, n in json.loads(r["cited"])), asked=r["asked"], conversation=r["conversation"],
        turn=r["id"], **written,
    )  # fmt: skip
    return Turn(
        id=r["id"], question=r["question"], collection=r["collection"], stopped=bool(r["stopped"]), answer=answer,
        asked_at=datetime.fromisoformat(r["asked_at"]),
        feedback=Feedback(thumb=r["thumb"], file=r["file"], page=r["page"]),
    )  # fmt: skip


def keep(db: sqlite3.Connection, turn: str, answer: Answer) -> None:
    """Write an answer's words, without what rests on documents that the record has no more; no such turn is no error.

    A citation of such a document is kept with its file and page and without its id: the same bytes, taken in again,
    do not bring it back. Thinking, and why a sentence is not supported, is not kept: it may tell of any passage read.
    """
    cited = json.dumps([c.document for c in answer.citations])
    rows = db.execute("SELECT id FROM documents WHERE id IN (SELECT value FROM json_each(?))", (cited,))
    known = {r["id"] for r in rows}
    left = without(answer, [c.document for c in answer.citations if c.document not in known])
    found = [
        [c.n, "" if c.gone else c.document, c.file, c.page, c.section, c.quote, [[b.page, *b.box] for b in c.boxes]]
        for c in left.citations
    ]
    written = {
        "engine": left.engine, "fallback": left.fallback, "adapter": left.adapter, "bare": left.bare,
        "incomplete": left.incomplete, "cached": left.cached, "risk": left.risk,
        "unsupported": [(u.start, u.end) for u in left.unsupported], "masks": _masks(left),
    }  # fmt: skip
    db.execute(
        "UPDATE turns SET answer = ?, citations = ?, cited = ?, written = ? WHERE id = ?",
        (left.text, json.dumps(found, ensure_ascii=False), json.dumps(left.cited), json.dumps(written), turn),
    )
    db.execute("DELETE FROM rests WHERE turn = ?", (turn,))
    db.executemany("INSERT INTO rests SELECT id, ? FROM turns WHERE id = ?", [(d, turn) for d in known])


def _masks(answer: Answer) -> dict[str, str]:
    """Return the masks that stand in what is kept: an answer knows those of all its hits."""
    kept = "\n".join([answer.text, *(part for c in answer.citations for part in (c.file, c.section, c.quote))])
    return {mask: entity for mask, entity in answer.masks.items() if mask in kept}


def withdraw(db: sqlite3.Connection, document: str) -> None:
    """Take out of all kept answers what rests on a document, which the record has no more."""
    for row in db.execute(
        "SELECT t.* FROM rests r JOIN turns t ON t.id = r.turn WHERE r.document = ?", (document,)
    ).fetchall():
        keep(db, row["id"], turn_of(row).answer)


def follow(db: sqlite3.Connection, document: str, new: str) -> None:
    """Let all kept answers cite a document under its new id."""
    db.execute(
        """UPDATE turns SET citations = replace(citations, ?, ?)
            WHERE id IN (SELECT turn FROM rests WHERE document = ?)""",
        (document, new, document),
    )
    db.execute("INSERT OR IGNORE INTO rests SELECT turn, ? FROM rests WHERE document = ?", (new, document))
    db.execute("DELETE FROM rests WHERE document = ?", (document,))


def without(answer: Answer, gone: Sequence[str]) -> Answer:
    """Return an answer without what rests on these documents: quotes, and the text that leads up to their marks."""
    lost = {c.n for c in answer.citations if c.document in gone}
    if not lost:
        return answer
    text, cited, start, pending = "", list[tuple[int, int]](), 0, list[tuple[int, int]]()
    unsupported = list[Unsupported]()
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
            moved = len(text) - start
            cited += [(o + moved, m) for o, m in pending]
            unsupported += [
                replace(u, start=u.start + moved, end=u.end + moved)
                for u in answer.unsupported
                if start <= u.start and u.end <= end
            ]
        text, start, pending = text + piece, end, []
    citations = tuple(
        replace(c, section="", quote="", boxes=(), gone=True) if c.n in lost else c for c in answer.citations
    )
    # Words after the last mark say nobody's in particular: they go too.
    return replace(
        answer, text=text or WITHDRAWN, citations=citations, cited=tuple(cited), unsupported=tuple(unsupported)
    )


def cleaned(answer: Answer, clean: Callable[[str], str], of: Callable[[Citation, str], str]) -> Answer:
    """Return a kept answer as it may be shown now: its words by `clean`, what it cites by `of`, all places moved along.

    Each stretch between two marks is cleaned by itself, as it was when it was written.
    """
    marks = {offset: offset + len(f"[{n}]") for offset, n in answer.cited}
    cuts = {0, len(answer.text), *marks, *marks.values()}
    for doubt in answer.unsupported:
        cuts |= {doubt.start, doubt.end}
    places, text, start = dict[int, int](), "", 0
    for cut in sorted(cuts):
        piece = answer.text[start:cut]
        text += piece if start in marks else clean(piece)
        places[cut], start = len(text), cut
    return replace(
        answer, text=text, cited=tuple((places[offset], n) for offset, n in answer.cited),
        unsupported=tuple(replace(u, start=places[u.start], end=places[u.end]) for u in answer.unsupported),
        citations=tuple(
            replace(c, file=of(c, c.file), section=of(c, c.section), quote=of(c, c.quote)) for c in answer.citations
        ),
        asked=clean(answer.asked), fallback=clean(answer.fallback), bare=clean(answer.bare),
        incomplete=clean(answer.incomplete),
    )  # fmt: skip
