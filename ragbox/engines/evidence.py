"""How well a sentence or table row answers a question: figures about it and their fitted weights. Knows no index.

The weights are fitted by `tests/bench/calibrate.py`; `docs/quality.md` says on what data, and how well they do.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from typing import Protocol

from ..tables import labels, total
from ..text import HAN, sentences
from ..types import CELL, ROW, Hit, Kind
from ..wording import SHARE
from .ranges import in_range

_HAN = re.compile(f"[{HAN}]")
_COUNT = (
    "one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty|forty|fifty|sixty|seventy|"
    "eighty|ninety|hundred|thousand|million|billion|half|quarter|once|twice|first|second|third"
)
_SPAN = "(?:second|minute|hour|day|week|month|quarter|year)s?"
_MONTH = "January|February|March|April|May|June|July|August|September|October|November|December"
_DIGIT = "一二三四五六七八九十百两半"


def _any(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(patterns), re.IGNORECASE)


# What a question asks for, the most telling kind first, and what of that kind looks like in a text.
ASKED = {
    "person": _any(r"\bwho(?:m|se)?\b", "谁|哪位|何人"),
    "code": _any(r"\b(?:part|article|contract|order|document|position|serial)? ?(?:number|code)s?\b",
                 "编号|编码|代码|型号|物料|件号"),
    "duration": _any(rf"\bhow (?:long|soon|quickly|fast)\b|\bhow many {_SPAN}\b|\b(?:notice|warning|deadline)\b",
                     "多久|多长|期限|(?:多少|几)(?:天|个?月|年|小时|分钟|日|周)"),
    "date": _any(r"\bwhen\b|\b(?:what|which) (?:date|day|year|month)\b",
                 "何时|什么时候|什么时间|哪一?[天年日月]|几[号月]|日期"),
    "share": _any(r"\b(?:percentage|share|proportion|rate)\b", "比例|百分|几成|税率|利率|费率|率是"),
    "money": _any(r"\b(?:price|cost|fee|rent|salary|penalty|pay|paid|owe|earn|turnover|revenue|sales|profit|spent)\b",
                  r"\b(?:charge|claim|credit|bonus|allowance|budget)\b",
                  "多少钱|价|费用|工资|罚|赔|营收|收入|利润|补贴|花"),
    "number": _any(r"\bhow (?:many|much|far|tight|big|large|high|old|often|heavy|hot)\b",
                   r"\b(?:amount|total|cap|ceiling|limit|value)\b", "多少|几|多大|多高|号码|上限|限额|总共|合计"),
}  # fmt: skip
OFFERED = {
    "person": re.compile(rf"[A-Z][a-z]+ (?:[A-Z]\. )?[A-Z][a-z]+|[{HAN}]{{2,3}}(?:先生|女士|经理|总监|主任)"
                         rf"|为[{HAN}]{{2,3}}[，。]|[:：|]\s*[{HAN}]{{2,3}}(?![{HAN}])"),
    "code": re.compile(r"\b[A-Z]{1,4}-?\d[\w-]*"),
    "duration": _any(rf"(?:\d|\b(?:{_COUNT}))[\w\s()-]{{0,20}}\b{_SPAN}\b",
                     rf"[\d{_DIGIT}]\s*(?:个?(?:工作|自然)?[日天]|周|个?月|年|个?小时|分钟)"),
    "date": _any(rf"\b(?:19|20)\d\d\b|\b(?:{_MONTH})\b|\d{{4}}-\d\d",
                 r"\d+\s*[月日号]|\d{4}\s*年|星期|周[一二三四五六日]"),
    "share": _any(r"\d\s*%|per ?cent", "百分之|千分之|万分之|[一二三四五六七八九]成"),
    "money": _any(r"[$£€¥]|\b(?:GBP|USD|EUR|CNY|RMB|DKK|pounds?|dollars?)\b", r"\d[\d,]*\.\d\d\b|\d,\d{3}", "元"),
    "number": _any(rf"\d|\b(?:{_COUNT})\b", f"[{_DIGIT}千万]"),
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Span:
    """A stretch of a hit's chunk that may be quoted.

    `shown` is what stands for it (a table row with its header and the label over it), `lead` what comes before it,
    `title` the heading above.
    """

    hit: Hit
    start: int
    end: int
    shown: str
    lead: str
    title: str


def spans(hit: Hit) -> list[Span]:
    """Return the sentences, or a table's rows and the lines above them. A heading leads, and is quoted only alone."""
    chunk = hit.chunk
    title = lead = chunk.section.rsplit(" > ", 1)[-1]
    if chunk.kind is not Kind.TABLE:
        made, headings = list[Span](), list[Span]()
        for start, end in _unbroken(chunk.text):
            text = chunk.text[start:end]
            heading = any(s <= start and end <= e for s, e in chunk.titles)
            if heading:
                title = lead = text
            span = Span(hit=hit, start=start, end=end, shown=text, lead=lead, title=title)
            (headings if heading else made).append(span)
            lead = text
        return made or headings
    head = chunk.text[: chunk.head]
    shown = "".join(f"{line}{ROW}" for line in head.split(ROW) if CELL.strip() in line)  # no caption
    rows, start = list[Span](), 0
    for line in head.split(ROW):
        end = start + len(line)
        if line.strip() and CELL.strip() not in line and not any(s < end and start < e for s, e in chunk.titles):
            rows.append(Span(hit=hit, start=start, end=end, shown=line, lead=lead, title=title))
        start = end + len(ROW)
    lines, start, above = chunk.text[chunk.head :].split(ROW), chunk.head, ""
    for row, said in zip(lines, labels(lines), strict=True):
        if row.strip():
            over = f"{above}{ROW}" if above and not said else ""
            whole = f"{shown}{over}{row}" if CELL.strip() in row else row  # a note under the table has no columns
            rows.append(Span(hit=hit, start=start, end=start + len(row), shown=whole, lead=head or lead, title=title))
            above = said or ("" if total(row) else above)
        start += len(row) + len(ROW)
    return rows


def _unbroken(text: str) -> list[tuple[int, int]]:
    """Return the sentences; one that a page layout broke in two (no full stop, then a small letter) is one."""
    found: list[tuple[int, int]] = []
    for start, end in sentences(text):
        if found and text[start].islower() and text[found[-1][1] - 1] not in ".!?:;":
            start = found.pop()[0]
        found.append((start, end))
    return found


FEATURES = (
    "cosine", "lead_cosine", "chunk_cosine", "overlap", "context_overlap", "near_overlap", "chunk_overlap", "names",
    "document_names", "kind", "in_range", "rank", "length", "row",
)  # fmt: skip
WEIGHTS: dict[bool, tuple[float, ...]] = {
    True: (2.7, 3.7, 0.9, 1.4, 2.6, 0.1, 3.2, 0.1, 1.2, 0.8, 0.7, 0.9, 0.4, 1.1),
    False: (0.0, 0.0, 0.0, 1.8, 5.5, 2.7, 3.2, 0.6, 0.3, 2.1, 1.8, 1.2, 0.6, 1.3),
}
"""By whether the encoder knows the question's language: where it does not, its cosines say nothing."""

EVIDENCE = ("bias", "score", "margin", "names_here", "names_in_document", "coverage")
EVIDENCE_WEIGHTS: dict[bool, tuple[float, ...]] = {
    True: (-5.57, 0.2, 0.99, 1.44, 0.0, 2.59),
    False: (-4.5, 0.34, 0.0, 0.0, 0.0, 6.91),
}

READING = ("answer_here", "answer_share", "relevance")
"""What a reader says of a span, each about 0 to 1: how far it is likelier to hold the answer than none of its passage
is (0.5: as likely), its share of the answer among all of the passage, and whether the passage answers at all."""


class Reads(Protocol):
    """A model that reads a question and a passage in one pass."""

    def read(self, question: str, places: Sequence[tuple[str, int, int]]) -> list[tuple[float, ...]]:
        """Return the figures of READING for each (passage, start, end), in the order given.

        Raises:
            Unavailable: it cannot be loaded, or failed.
        """


STEEPEST = 700.0
"""Where exp is still a number: a scorer's weights may be large."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Scorer:
    """What the figures count: of a span in the order of FEATURES, of an answer in that of EVIDENCE.

    By whether the encoder knows the question's language. Where it does, a `reader` may look at the best spans too, and
    what it says counts as `reading` has it, in the order of READING.
    """

    weights: Mapping[bool, tuple[float, ...]]
    evidence: Mapping[bool, tuple[float, ...]]
    reading: tuple[float, ...] = ()
    reader: Reads | None = field(default=None, compare=False)

    def score(self, figures: Sequence[float], known: bool) -> float:
        """Return how well a span fits: the weighted sum of its features, with those of READING where it was read."""
        counts = self.weights[known] if len(figures) == len(FEATURES) else (*self.weights[known], *self.reading)
        return sum(w * f for w, f in zip(counts, figures, strict=True))

    def probability(self, figures: Sequence[float], known: bool) -> float:
        """Return how likely the best spans answer at all, from the figures EVIDENCE names (without the bias)."""
        bias, *weights = self.evidence[known]
        exponent = -bias - sum(w * f for w, f in zip(weights, figures, strict=True))
        return 1 / (1 + math.exp(min(exponent, STEEPEST)))


BUILT_IN = Scorer(weights=WEIGHTS, evidence=EVIDENCE_WEIGHTS)
RECKONED = 2
"""Goes up when a feature is reckoned otherwise: borders that were made of the risks of before hold no more."""


@dataclass(frozen=True, kw_only=True)
class Terms:
    """Index terms around a span: its own, its context's, its neighbours', its chunk's."""

    own: Set[str]
    context: Set[str]
    near: Set[str]
    chunk: Set[str]


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A question, the idf of its keywords, what may stand for each of them, the terms of each name in it.

    `renamed` has the other names of what the glossary knows, by each term of it.
    """

    question: str
    weights: Mapping[str, float]
    synonyms: Mapping[str, Sequence[Set[str]]]
    names: Sequence[Sequence[str]]
    renamed: Mapping[str, Sequence[Set[str]]] = field(default_factory=dict)

    def below(self, idf: float) -> Asked:
        """Return the same without keywords as rare as this and without a synonym: they tell no passage from another."""
        return replace(self, weights={t: w for t, w in self.weights.items() if w < idf or self.synonyms.get(t)})

    def share(self, found: Set[str]) -> float:
        """Return the share of the question's keywords, weighed by idf, that a set of terms has."""
        total = sum(self.weights.values()) or 1.0
        return sum(w * self._meets(t, found) for t, w in self.weights.items()) / total

    def _meets(self, term: str, found: Set[str]) -> float:
        if term in found:
            return 1.0
        return SHARE if any(words <= found for words in self.synonyms.get(term, ())) else 0.0


def features(asked: Asked, span: Span, *, terms: Terms, in_document: float) -> tuple[float, ...]:
    """Return the figures by which a span is judged, in the order of FEATURES, each about 0 to 1.

    The first two, of the span's own vectors, are its passage's cosine: who has the vectors puts them in their place.
    `in_document` is the share of the question's names that stand anywhere in the span's document.
    """
    share, names = asked.share, asked.names
    text, table = span.shown, span.hit.chunk.kind is Kind.TABLE
    length = len(text) * (2.5 if _HAN.search(text) else 1)  # an ideograph says as much as two or three letters
    return (
        *[span.hit.cosine] * 3,
        share(terms.own),
        share(terms.own | terms.context),
        share(terms.own | terms.context | terms.near),
        share(terms.chunk | terms.context),
        named(names, terms.own | terms.context | terms.near, asked.renamed),
        in_document,
        kind_match(asked.question, text),
        in_range(asked.question, text) if table else 0.0,
        1 / span.hit.rank,
        min(1.0, math.log1p(length) / 6),
        float(table),
    )


def named(names: Sequence[Sequence[str]], found: Set[str], renamed: Mapping[str, Sequence[Set[str]]]) -> float:
    """Return the share of the names that a set of terms has.

    A name is there if all its parts are, or it as a whole, or another of its names (`Asked.renamed`).
    """

    def there(terms: Sequence[str]) -> bool:
        whole = terms[0] in found or (len(terms) > 1 and found >= set(terms[1:]))
        return whole or any(other <= found for other in renamed.get(terms[0], ()))

    return sum(map(there, names)) / len(names) if names else 1.0


def kind_match(question: str, text: str) -> float:
    """Return 1 where the text has the kind of thing asked for, 0 where it has not, 0.5 where no kind is asked for."""
    asked = next((kind for kind, pattern in ASKED.items() if pattern.search(question)), None)
    if asked is None:
        return 0.5
    return float(bool(OFFERED[asked].search(text)))
