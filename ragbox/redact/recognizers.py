"""Presidio's recognizers made of the table, of the names and of the addresses. Imports Presidio when called."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any

from .addresses import addresses
from .custom import Custom
from .matcher import Match, Matcher
from .names import people
from .rule import THRESHOLD, Rule
from .table import RULES

if TYPE_CHECKING:
    from presidio_analyzer import EntityRecognizer, RecognizerResult


def rules(custom: Custom) -> Iterator[Rule]:
    """Yield the rows of the table, then one for each custom pattern."""
    yield from RULES
    for own in custom.patterns:
        sure = max(own.score, THRESHOLD)
        yield Rule(
            entity=own.name,
            name="custom pattern",
            regex=own.regex,
            score=own.score,
            context=own.context,
            with_context=sure,
            latin=False,
        )


def recognizers(custom: Custom) -> list[EntityRecognizer]:
    """Return what Presidio's engine asks about folded runs: one for the table, one for names, one for addresses.

    What stands before a run is read from `nlp_artifacts.before`. Each result says in its metadata which context words
    (`context`) would give it which score (`with_context`). A pattern that takes too long raises TimeoutError.
    """
    from presidio_analyzer import EntityRecognizer, RecognizerResult

    class Search(EntityRecognizer):
        """A function of a run and of what stands before it, as a recognizer."""

        def __init__(self, name: str, entities: Iterable[str], find: Callable[[str, str], Iterable[Match]]) -> None:
            super().__init__(supported_entities=sorted(set(entities)), name=name)
            self._find = find

        def load(self) -> None:
            """Load nothing."""

        def analyze(self, text: str, entities: list[str], nlp_artifacts: Any = None) -> list[RecognizerResult]:
            """Return what is in a folded run."""
            found = self._find(text, getattr(nlp_artifacts, "before", ""))
            return [self._result(match) for match in found if match.entity in entities]

        def _result(self, match: Match) -> RecognizerResult:
            about = {
                RecognizerResult.RECOGNIZER_NAME_KEY: match.name,
                RecognizerResult.RECOGNIZER_IDENTIFIER_KEY: self.id,
                "context": match.context,
                "with_context": match.with_context,
            }
            return RecognizerResult(match.entity, match.start, match.end, match.score, recognition_metadata=about)

    def named(text: str, before: str) -> Iterator[Match]:
        for one in people(text, before):
            yield Match(start=one.start, end=one.end, entity="PERSON", name="names", score=one.score)

    def housed(text: str, before: str) -> Iterator[Match]:
        for one in addresses(text, before):
            yield Match(start=one.start, end=one.end, entity="ADDRESS", name="addresses", score=one.score)

    table = tuple(rules(custom))
    return [
        Search("table", {rule.entity for rule in table}, Matcher(table).find),
        Search("names", {"PERSON"}, named),
        Search("addresses", {"ADDRESS"}, housed),
    ]
