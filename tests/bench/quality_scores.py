"""What `quality.py` counts, the same for every contender. Knows no contender.

A hit is (document, page, text), a quote too. Of each question:

document@5      one of the needed documents is among the first 5 hits; of those that need several: all_documents@5
evidence@5      one of the first 5 hits is of a needed document and holds the evidence: an expected string whole, or,
                where a sentence is given, at least 0.6 of the word trigrams of the shorter of the two
figures@5       share of the gold answer's figures that stand on the pages of the first 5 hits (documents' own pages,
                read by pypdf); figures_quoted: on the pages of the quotes, 3 at most
quote, quotes   the first quote, one of the three, holds the evidence
citations_true  share of the quotes that stand word for word on the page they name

A figure is a number of the gold answer that is no year, no day of a date, no item's number, not in the question, and
not a bare digit; a percentage must be one on the page too. Numbers are equal by value: 82,959 is
82959 and 850.00 is 850.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence, Set
from dataclasses import dataclass, field

from ragbox.evaluation.matching import holds, stands_in

Found = tuple[str, int, str]
"""Document, page from 1, text."""
FIRST, QUOTES, SHARED = 5, 3, 0.6
_NUMBER = re.compile(
    r"(?<![\w.,-])\(?\$?\s?(\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)(?![\w-]|\.\d|,\d)(?:\s?\)?\s?(%))?"
)
_LARGE = re.compile(r"(\d[\d,]*(?:\.\d+)?)\s(?:b|m)illion\b", re.I)
_MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
_NO_FIGURE = re.compile(
    rf"(?:{_MONTHS})\s+\d{{1,2}}\b|^\s*\d{{1,2}}[.)]\s|(?-i:\(?SOURCE.*)|\b[\w-]*\.pdf\b|\b(?:Note|Item|Part|Q)\s?\d+\b",
    re.M | re.I,
)
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A question with what is known of its answer; `expected` are strings, `evidence` (document, sentence) pairs."""

    id: str
    question: str
    answer: str
    documents: tuple[str, ...]
    expected: tuple[str, ...] = ()
    evidence: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, kw_only=True)
class Reply:
    """What a contender gave: hits best first, what it quotes, and how long each took, in seconds."""

    hits: Sequence[Found]
    quotes: Sequence[Found]
    search_s: float
    answer_s: float
    refused: bool = False


Scores = dict[str, float]


@dataclass(kw_only=True)
class Pages:
    """The documents' pages, and the numbers on them; `read(document, page)` returns a page's text."""

    read: Callable[[str, int], str]
    _numbers: dict[tuple[str, int], set[tuple[float, bool]]] = field(default_factory=dict)

    def numbers(self, document: str, page: int) -> set[tuple[float, bool]]:
        if (document, page) not in self._numbers:
            self._numbers[document, page] = numbers(self.read(document, page))
        return self._numbers[document, page]


def score(asked: Asked, reply: Reply, pages: Pages) -> Scores:
    """Return what counts for this question, 0 to 1; what it does not ask for is left out."""
    first, quotes = reply.hits[:FIRST], reply.quotes[:QUOTES]
    found = {document for document, _, _ in first}
    made: Scores = {"document@5": float(bool(found & set(asked.documents))), "refused": float(reply.refused)}
    if len(set(asked.documents)) > 1:
        made["all_documents@5"] = float(found >= set(asked.documents))
    if asked.expected or asked.evidence:
        right = [_evident(asked, quote) for quote in quotes]
        made["evidence@5"] = float(any(_evident(asked, hit) for hit in first))
        made |= {"quote": float(any(right[:1])), "quotes": float(any(right))}
    large = {float(m[1].replace(",", "")) for m in _LARGE.finditer(asked.answer)}
    if wanted := figures(asked.answer, asked.question):
        for name, these in (("figures@5", first), ("figures_quoted", quotes)):
            there = {n for document, page, _ in these for n in pages.numbers(document, page)}
            made[name] = sum(_stands(figure, there, large) for figure in wanted) / len(wanted)
    if quotes:
        made["citations_true"] = sum(stands_in(t, pages.read(d, p)) for d, p, t in quotes) / len(quotes)
    return made | {"search_ms": reply.search_s * 1000, "answer_ms": reply.answer_s * 1000}


def figures(answer: str, question: str = "") -> set[tuple[float, bool]]:
    """Return the figures of a gold answer as (value, is a percentage)."""
    known = {value for value, _ in numbers(question)}
    return {
        (value, percent) for value, percent in numbers(_NO_FIGURE.sub(" ", answer))
        if value not in known and not (1990 <= value <= 2040 and value == int(value) and not percent)
        and (percent or value >= 10 or value != int(value))
    }  # fmt: skip


def numbers(text: str) -> set[tuple[float, bool]]:
    """Return the numbers of a text as (value, is a percentage)."""
    return {(float(m[1].replace(",", "")), bool(m[2])) for m in _NUMBER.finditer(text)}


def _stands(figure: tuple[float, bool], there: set[tuple[float, bool]], large: Set[float]) -> bool:
    value, percent = figure
    below = value in large and (round(1000 * value, 3), False) in there
    return figure in there or (not percent and ((value, True) in there or below))


def _evident(asked: Asked, found: Found) -> bool:
    document, _, text = found
    if document in asked.documents and asked.expected:
        return holds(text, asked.expected)
    return any(document == own and shared(text, sentence) >= SHARED for own, sentence in asked.evidence)


def shared(one: str, other: str) -> float:
    """Return the share of the word trigrams of the shorter text that the longer has too."""
    a, b = sorted((_trigrams(one), _trigrams(other)), key=len)
    return len(a & b) / len(a) if a else 0.0


def _trigrams(text: str) -> set[tuple[str, ...]]:
    words = _WORD.findall(text.casefold())
    return {tuple(words[i : i + 3]) for i in range(max(1, len(words) - 2))} if words else set()
