"""How well a sentence or table row answers a question: its features and their fitted weights. Knows no index.

The weights are fitted by `tests/bench/calibrate.py`; `docs/quality.md` says on what data and how well they do.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ..text import HAN, sentences
from ..types import ROW, Hit, Kind

Weigh = Callable[[Sequence[str]], dict[str, float]]

_NUMBER_WORDS = (
    "one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty|forty|fifty|sixty|seventy|"
    "eighty|ninety|hundred|thousand|million|billion|half|quarter|once|twice|first|second|third"
)
_UNITS_EN = r"(?:second|minute|hour|day|week|month|quarter|year)s?"
_MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
# What a question asks for, the most telling kind first, and what of that kind looks like in a text.
ASKED: dict[str, re.Pattern[str]] = {
    "person": re.compile(r"\bwho(?:m|se)?\b|谁|哪位|何人", re.I),
    "code": re.compile(r"\b(?:part|article|contract|order|document|position|serial)? ?(?:number|code)s?\b|编号|编码|代码|型号|物料|件号", re.I),
    "duration": re.compile(rf"\bhow (?:long|soon|quickly|fast)\b|\bhow many {_UNITS_EN}\b|\b(?:notice|warning|deadline)\b"
                           r"|多久|多长|期限|多少(?:天|个?月|年|小时|分钟|日|周)|几(?:天|个月|年|小时|分钟|周)", re.I),
    "date": re.compile(r"\bwhen\b|\b(?:what|which) (?:date|day|year|month)\b|何时|什么时候|哪一?[天年日月]|几[号月]|日期"
                       r"|什么时间", re.I),
    "share": re.compile(r"\b(?:percentage|share|proportion|rate)\b|比例|百分|几成|税率|利率|费率|率是", re.I),
    "money": re.compile(r"\b(?:price|cost|fee|rent|salary|penalty|pay|paid|owe|earn|turnover|revenue|sales|profit|"
                        r"spent|charge|claim|credit|bonus|allowance|budget)\b|多少钱|价|费用|工资|罚|赔|营收|收入|利润|补贴|花", re.I),
    "number": re.compile(r"\bhow (?:many|much|far|tight|big|large|high|old|often|heavy|hot)\b|\b(?:amount|total|cap|"
                         r"ceiling|limit|value)\b|多少|几|多大|多高|号码|上限|限额|总共|合计", re.I),
}  # fmt: skip
OFFERED: dict[str, re.Pattern[str]] = {
    "person": re.compile(rf"[A-Z][a-z]+ (?:[A-Z]\. )?[A-Z][a-z]+|[{HAN}]{{2,3}}(?:先生|女士|经理|总监|主任)|为[{HAN}]{{2,3}}[，。]"
                         rf"|[:：|]\s*[{HAN}]{{2,3}}(?![{HAN}])"),
    "code": re.compile(r"\b[A-Z]{1,4}-?\d[\w-]*"),
    "duration": re.compile(rf"(?:\d|\b(?:{_NUMBER_WORDS}))[\w\s()-]{{0,20}}\b{_UNITS_EN}\b"
                           r"|[\d一二三四五六七八九十百两半]\s*(?:个?(?:工作|自然)?[日天]|周|个?月|年|个?小时|分钟)", re.I),
    "date": re.compile(rf"\b(?:19|20)\d\d\b|\b(?:{_MONTHS})\b|\d+\s*[月日号]|\d{{4}}\s*年|\d{{4}}-\d\d|星期|周[一二三四五六日]"),
    "share": re.compile(r"\d\s*%|per ?cent|百分之|千分之|万分之|[一二三四五六七八九]成", re.I),
    "money": re.compile(r"[$£€¥]|\b(?:GBP|USD|EUR|CNY|RMB|DKK|pounds?|dollars?)\b|元|\d[\d,]*\.\d\d\b|\d,\d{3}", re.I),
    "number": re.compile(rf"\d|\b(?:{_NUMBER_WORDS})\b|[一二三四五六七八九十百千万两]", re.I),
}  # fmt: skip
_NAME = re.compile(r"(?<=\s)[A-Z][\w'-]*|[A-Za-z]*-?\d[\w./-]*|[A-Z]{2,}[\w-]*", re.ASCII)


@dataclass(frozen=True, kw_only=True)
class Span:
    """A stretch of a hit's chunk that may be quoted; `shown` is what stands for it (a table row with its header)."""

    hit: Hit
    start: int
    end: int
    shown: str
    lead: str


def spans(hit: Hit) -> list[Span]:
    """Return the sentences, or the rows below the header, of a hit."""
    chunk = hit.chunk
    tail = chunk.section.rsplit(" > ", 1)[-1]
    if chunk.kind is not Kind.TABLE:
        found = sentences(chunk.text)
        leads = [tail, *(chunk.text[s:e] for s, e in found)]
        return [
            Span(hit=hit, start=s, end=e, shown=chunk.text[s:e], lead=lead)
            for (s, e), lead in zip(found, leads)
        ]
    head = chunk.text[: chunk.head]
    shown = f"{head.rstrip(ROW).rsplit(ROW, 1)[-1]}{ROW}" if head else ""  # the header row, without its caption
    found, start = [], chunk.head
    for row in chunk.text[chunk.head :].split(ROW):
        if row.strip():
            found.append(Span(hit=hit, start=start, end=start + len(row), shown=shown + row, lead=head or tail))
        start += len(row) + len(ROW)
    return found


FEATURES = (
    "cosine", "lead_cosine", "overlap", "context_overlap", "near_overlap", "chunk_overlap", "chunk_cosine", "rank", "kind", "length",
    "question", "row", "names",
)  # fmt: skip


def features(
    question: str, span: Span, *, cosine: float, lead_cosine: float, terms: set[str], context: set[str], near: set[str],
    chunk: set[str], weights: dict[str, float], named: set[str],
) -> tuple[float, ...]:  # fmt: skip
    """Return the figures by which a span is judged, in the order of FEATURES, each about 0 to 1."""
    total = sum(weights.values()) or 1.0

    def share(found: set[str]) -> float:
        return sum(w for t, w in weights.items() if t in found) / total

    text = span.shown
    return (
        cosine,
        lead_cosine,
        share(terms),
        share(terms | context),
        share(terms | context | near),
        share(chunk | context),
        span.hit.cosine,
        1 / span.hit.rank,
        kind_match(question, text),
        min(1.0, math.log1p(len(text) * (2.5 if re.search(f"[{HAN}]", text) else 1)) / 6),
        float(text.rstrip().endswith(("?", "？", ":", "："))),
        float(span.hit.chunk.kind is Kind.TABLE),
        len(named & (terms | context | near)) / len(named) if named else 1.0,
    )


def names(question: str) -> str:
    """Return the words of a question that a paraphrase keeps: names, codes, years and other numbers."""
    return " ".join(_NAME.findall(question))


def kind_match(question: str, text: str) -> float:
    """Return 1 where the text has the kind of thing asked for, 0 where it has not, 0.5 where no kind is asked for."""
    asked = next((kind for kind, pattern in ASKED.items() if pattern.search(question)), None)
    if asked is None:
        return 0.5
    return float(bool(OFFERED[asked].search(text)))
