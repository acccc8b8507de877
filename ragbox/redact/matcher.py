"""Asks the rows of the table about a text. Knows neither Presidio nor what becomes of overlaps."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache

import regex

from .rule import THRESHOLD, Rule, labelled_otherwise

_LATIN = regex.compile("[0-9A-Za-z]")
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
        self._rules = [(rule, regex.compile(rule.regex)) for rule in rules]
        self._han = [(rule, pattern) for rule, pattern in self._rules if not rule.latin]

    def find(self, text: str, before: str = "") -> Iterator[Match]:
        """Yield the matches in a folded text that stands after another one; they may overlap.

        Raises TimeoutError where a pattern takes too long: the text must not be shown then.
        """
        whole, first = before + text, len(before)
        folded = whole.lower()
        digits = sum(map(text.count, "0123456789"))

        @cache
        def has(words: tuple[str, ...]) -> bool:
            """Tell whether one of some words may stand in the text or before it, or none is needed."""
            return not words or any(map(folded.__contains__, words))

        for rule, pattern in self._rules if _LATIN.search(text) else self._han:
            if digits < rule.digits or not has(rule.needs) or (rule.score < THRESHOLD and not has(rule.context)):
                continue
            group = "value" if "value" in pattern.groupindex else 0
            found = pattern.finditer(whole, 0 if group else first, overlapped=True, timeout=LONGEST_SEARCH)
            for match in found:
                start, end = match.span(group)
                if end <= first or (group and start < first) or (rule.check and not rule.check(match[group])):
                    continue
                if labelled_otherwise(rule, whole[max(0, start - 40) : start]):
                    continue
                yield Match(
                    start=start - first, end=end - first, entity=rule.entity, name=rule.name,
                    score=rule.score, context=rule.context, with_context=rule.with_context,
                )  # fmt: skip
