"""Asks the rows of the table about a text. Knows neither Presidio nor what becomes of overlaps."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import regex

from .rule import THRESHOLD, Rule, labelled_otherwise

_LATIN = regex.compile("[0-9A-Za-z]")
_HANS = regex.compile("[一-鿿]+")
_Row = tuple[Rule, regex.Pattern[str]]
_Words = tuple[str, ...]
LONGEST_SEARCH = 1.0
"""Seconds of processor time (of all threads) that one rule may take for a run; the slowest needs 0.002."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Match:
    """Where in a text something may be: the score without context words, and which words would make it which."""

    start: int
    end: int
    entity: str
    name: str
    score: float
    context: tuple[str, ...] = ()
    with_context: float = 0.0


class Matcher:
    """Rows of the table, compiled."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        rows = [(rule, regex.compile(rule.regex)) for rule in rules]
        most = max(rule.digits for rule, _ in rows)
        self._by_digits = [_by_words(row for row in rows if row[0].digits <= digits) for digits in range(most + 1)]
        self._han = _by_words(row for row in rows if not (row[0].latin or row[0].digits))

    def find(self, text: str, before: str = "") -> Iterator[Match]:
        """Yield the matches in a folded text that stands after another one; they may overlap.

        Raises TimeoutError where a pattern takes too long: the text must not be shown then.
        """
        whole, first = before + text, len(before)
        folded = whole.lower()
        digits = max(sum(map(part.count, "0123456789")) for part in _HANS.split(text))
        stands = folded.__contains__
        by_words = self._by_digits[min(digits, len(self._by_digits) - 1)] if _LATIN.search(text) else self._han
        for (needs, context), rows in by_words.items():
            if (not needs or any(map(stands, needs))) and (not context or any(map(stands, context))):
                for rule, pattern in rows:
                    yield from _matches(rule, pattern, whole, first)


def _by_words(rows: Iterable[_Row]) -> dict[tuple[_Words, _Words], list[_Row]]:
    """Return the rows by the words of which one must stand in a text or before it, and those of the context as well."""
    by_words: dict[tuple[_Words, _Words], list[_Row]] = {}
    for rule, pattern in rows:
        context = rule.context if rule.score < THRESHOLD else ()
        by_words.setdefault((rule.needs, context), []).append((rule, pattern))
    return by_words


def _matches(rule: Rule, pattern: regex.Pattern[str], whole: str, first: int) -> Iterator[Match]:
    """Yield what a row finds from a place in a text on."""
    group = "value" if "value" in pattern.groupindex else 0
    begin = 0 if group or rule.clipped else first
    found = pattern.finditer(whole, begin, overlapped=True, timeout=LONGEST_SEARCH)
    for match in found:
        start, end = match.span(group)
        start = max(start, first) if rule.clipped else start
        if end <= first or (group and start < first) or (rule.check and not rule.check(match[group])):
            continue
        if labelled_otherwise(rule, whole[max(0, start - 40) : start]):
            continue
        yield Match(
            start=start - first, end=end - first, entity=rule.entity, name=rule.name,
            score=rule.score, context=rule.context, with_context=rule.with_context,
        )  # fmt: skip
