"""Asks the questions of a file and keeps what came of each. Knows no server and no model: it is given what answers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from time import perf_counter
from typing import Any

from .matching import exact, f1, holds, same_file, stands_in, units
from .questions import Question, is_gold
from .ranking import DEEP, first, ndcg

TELLING = 3
"""Words of a quote that may stand for the evidence around it; "2024" stands in any."""
PAGES = 512
"""Pages whose text is held: one is looked up for many quotes."""
Json = dict[str, Any]
PageText = Callable[[str, int], str]
"""Returns the text of a page (from 1) of a document (its id)."""


@dataclass(frozen=True, kw_only=True)
class Quoted:
    """A quote of an answer; `true` tells whether it stands on the page it names, None where that was not looked up.

    `document` is the id of what is quoted, "" where that is not known.
    """

    file: str
    page: int
    text: str = field(repr=False)
    true: bool | None = None
    document: str = ""


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What came of one question.

    `rank` is that of the first hit on a gold page, `document_rank` that of the first in a gold document, 0 if none was
    among the hits; `risk` is the probability, as the box states it, that its answer is wrong. One that was
    `cached` had been written before: its `seconds` are not those that an answer takes.
    """

    question: Question
    rank: int
    refused: bool
    quoted: bool
    page_cited: bool
    seconds: float
    document_rank: int = 0
    ndcg: float = 0.0
    exact: bool = False
    f1: float = 0.0
    evident: bool = False
    risk: float | None = None
    cached: bool = False
    timings: dict[str, float] = field(default_factory=dict)
    said: str = field(default="", repr=False)
    found: tuple[tuple[str, int], ...] = ()
    quotes: tuple[Quoted, ...] = ()
    engine: str = ""


def run(
    questions: Sequence[Question], search: Callable[[str, int], list[Json]], ask: Callable[[str], Json],
    text_of: PageText | None = None,
) -> Iterator[Outcome]:  # fmt: skip
    """Ask each question.

    Args:
        questions: a question file.
        search: `search(question, k)` returns hits in the API's shape.
        ask: `ask(question)` returns an answer in the API's shape.
        text_of: by which quotes are checked; they are not if it is left out.
    """
    for question in questions:
        hits = search(question.question, DEEP)
        started = perf_counter()
        answer = ask(question.question)
        yield _outcome(question, hits, answer, perf_counter() - started, text_of)


def page_text(passages: Callable[[str, int], list[Json]]) -> PageText:
    """Return how a page's text is looked up: all of it, with the page before, whose last paragraph may run over.

    Args:
        passages: `passages(document, page)` returns those of a page, each with its `text` and the cells of its `rows`.
    """

    @lru_cache(PAGES)
    def text(document: str, page: int) -> str:
        found = passages(document, page)
        return "\n".join(part for p in found for part in (p["text"], *(cell for row in p["rows"] for cell in row)))

    return lambda document, page: "\n".join(text(document, n) for n in (page - 1, page) if n)


def _outcome(q: Question, hits: list[Json], answer: Json, seconds: float, text_of: PageText | None) -> Outcome:
    cited, answered = answer["citations"], not answer["refused"]
    said = [answer["answer"], *(c["quote"] for c in cited)] if answered else []
    found = [(h["file"], h["page"]) for h in hits]
    return Outcome(
        question=q, refused=answer["refused"], seconds=seconds, timings=dict(answer.get("timings", {})),
        rank=first([is_gold(q, *place) for place in found]),
        document_rank=first([any(same_file(file, d) for d in q.documents) for file, _ in found]),
        ndcg=ndcg([_gold(q, *place) for place in found], len(set(q.gold))) if q.gold else 0.0,
        quoted=any(holds(text, q.answers) for text in said),
        page_cited=any(is_gold(q, c["file"], c["page"]) for c in cited),
        exact=any(exact(text, q.spans) for text in said[:2]),
        f1=max((f1(text, q.spans) for text in said[:2]), default=0.0),
        evident=any(
            stands_in(e, t) or (len(units(t)) >= TELLING and stands_in(t, e)) for e in q.evidence for t in said[1:]
        ),
        risk=answer.get("risk"), cached=answer.get("cached", False), said=answer["answer"], found=tuple(found),
        engine=answer.get("engine", ""), quotes=tuple(_quoted(c, text_of) for c in cited),
    )  # fmt: skip


def _gold(q: Question, file: str, page: int) -> int | None:
    return next((n for n, (f, p) in enumerate(q.gold) if p == page and same_file(f, file)), None)


def _quoted(c: Json, text_of: PageText | None) -> Quoted:
    true = None if text_of is None else stands_in(c["quote"], text_of(c["document"], c["page"]))
    return Quoted(file=c["file"], page=c["page"], text=c["quote"], true=true, document=c["document"])
