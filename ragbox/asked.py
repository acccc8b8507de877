"""What a question says of the papers it asks: periods, kinds, "the latest", "over time"; English and Chinese.

Pure rules. Knows no document: which ones are meant is decided in `steering.py`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

from . import periods
from .periods import Period
from .profile import KIN, forms
from .text import HAN

_LATEST = re.compile(
    r"\b(?:latest|most recent(?:ly)?|newest)\b(?: \w+){0,2}? "
    r"(?:10-?[qk]|quarter|year|period|report|filing|fiscal|financial|annual)|"
    # a current notice period is in no newest paper
    r"\bcurrent (?:10-?[qk]|quarter|fiscal|filing|annual report|quarterly report)|"
    r"最[近新](?:的|一)?[^，。？]{0,3}(?:季|年|期|报告)",
    re.I,
)
_SERIES = re.compile(
    "|".join(
        (
            r"\b(?:over|through) (?:the )?(?:time|years|historical periods)\b",
            r"\btrend(?:s|ed|ing)?\b|\bevol(?:ve[ds]?|ution|ving)\b",
            r"\b(?:across|over|during|throughout|through|each|every|between|these|those|in the|reported|reporting|"
            r"previous|prior|past|earlier|historical|all)\s+(?:the )?(?:\w+ )?"
            r"(?:quarters|periods|years|reports|filings|10-?[qk]s|"
            r"reporting period|reporting timeframe|reported period)\b",
            r"\bthese (?:\w+ )?(?:reports|filings|10-?[qk]s)|\b10-?[qk]s\b",
            r"\b(?:quarterly|annual) (?:reports|filings)\b",
            r"\b(?:quarter|period|year)[- ](?:to|over|by|on)[- ](?:quarter|period|year)\b",
            r"\b(?:previous|prior|earlier) ones\b",
            r"\b(?:each|every) (?:\w+ )?(?:quarter|period|year)\b",
            r"历[年次期]|各个?(?:季度|年度|期|年)|逐(?:季|年)|趋势|这[几些]个?(?:季度|年|报告)|近[几三五]个?(?:季度|年)",
        )
    ),
    re.I,
)  # fmt: skip
_RANGE = re.compile(r"\s*(?:and|to|through|until|till|[-–—~至到]|和|与)\s*", re.I)
_BEFORE_RANGE = re.compile(r"(?:between|from|从|自|在)\s*(?:the\s+)?$", re.I)
_CONTRACTS = re.compile(
    r"\b(?P<before>(?:our|your|which|what|all|any) (?:\w+ )?)(?P<one>agreement|contract|lease|nda)s\b|"
    r"\b(?P<with>agreement|contract|lease|nda)s(?= (?:with|between|signed)\b)", re.I,
)  # fmt: skip
"""Several contracts that are asked for; "operating leases" alone are a figure of a report."""
WORD = re.compile(rf"[{HAN}]+|[^\W_{HAN}]+")


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """What a question says of the papers; `words` are its words as written, without those of periods.

    `span` says that the periods are the first and the last of a stretch; `others` are further names of what is asked
    about, by the glossary.
    """

    words: tuple[str, ...]
    periods: tuple[Period, ...] = ()
    span: bool = False
    latest: bool = False
    series: bool = False
    forms: frozenset[str] = frozenset()
    others: tuple[str, ...] = ()


def read(question: str) -> Asked:
    """Return what a question says of the papers."""
    found = list(periods.find(question))
    rest, span = question, False
    for (start, end, _), (after, _, _) in pairwise(found):
        between = question[end:after]
        span = span or bool(
            _RANGE.fullmatch(between)
            and (between.strip() in "-–—~至到" or between.strip() in ("to", "through", "until", "till")
                 or _BEFORE_RANGE.search(question[:start]))
        )  # fmt: skip
    for start, end, _ in reversed(found):
        rest = f"{rest[:start]} {rest[end:]}"
    one = _CONTRACTS.sub(lambda m: f"{m['before'] or ''}{m['one'] or m['with']}", question)
    kinds = set(forms(one)) - {"report"}  # what anybody reports is no kind of paper
    for kin in KIN:
        if kinds & kin:
            kinds |= kin
    return Asked(
        words=tuple(WORD.findall(rest)), periods=tuple(dict.fromkeys(p for _, _, p in found)), span=span,
        latest=bool(_LATEST.search(question)), series=bool(_SERIES.search(question)), forms=frozenset(kinds),
    )  # fmt: skip
