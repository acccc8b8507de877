"""Presidio's recognizers made of the table, of the names and of the addresses. Imports Presidio when called."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
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
            regex=own.folded,
            score=own.score,
            context=own.context,
            with_context=sure,
            latin=False,
            clipped=True,
        )


@dataclass(frozen=True, kw_only=True)
class Search:
    """Looks for some entities in a folded run, given what stands before it; TimeoutError where that takes too long."""

    name: str
    entities: frozenset[str]
    find: Callable[[str, str], Iterable[Match]]


def searches(custom: Custom) -> tuple[Search, ...]:
    """Return what looks at each run: one search for the table, one for names, one for addresses."""
    table = tuple(rules(custom))
    return (
        Search(name="table", entities=frozenset(rule.entity for rule in table), find=Matcher(table).find),
        Search(name="names", entities=frozenset({"PERSON"}), find=_named),
        Search(name="addresses", entities=frozenset({"ADDRESS"}), find=_housed),
    )


def recognizers(searches: Iterable[Search]) -> list[EntityRecognizer]:
    """Return the searches as Presidio's engine asks them: each gives what it found before, `nlp_artifacts.found[name]`.

    Presidio is asked about the runs only in which something was found. Each result says in its metadata which context
    words (`context`) would give it which score (`with_context`).
    """
    from presidio_analyzer import EntityRecognizer, RecognizerResult

    class Found(EntityRecognizer):
        """Hands on what one search found."""

        def load(self) -> None:
            """Load nothing."""

        def analyze(self, text: str, entities: list[str], nlp_artifacts: Any = None) -> list[RecognizerResult]:  # noqa: ARG002
            """Return what is in a folded run."""
            found = nlp_artifacts.found[self.name]  # type: ignore[has-type]
            return [self._result(match) for match in found if match.entity in entities]

        def _result(self, match: Match) -> RecognizerResult:
            about = {
                RecognizerResult.RECOGNIZER_NAME_KEY: match.name,
                RecognizerResult.RECOGNIZER_IDENTIFIER_KEY: self.id,
                "context": match.context,
                "with_context": match.with_context,
            }
            return RecognizerResult(match.entity, match.start, match.end, match.score, recognition_metadata=about)

    return [Found(supported_entities=sorted(search.entities), name=search.name) for search in searches]


def _named(text: str, before: str) -> Iterator[Match]:
    for one in people(text, before):
        yield Match(start=one.start, end=one.end, entity="PERSON", name="names", score=one.score)


def _housed(text: str, before: str) -> Iterator[Match]:
    for one in addresses(text, before):
        yield Match(start=one.start, end=one.end, entity="ADDRESS", name="addresses", score=one.score)
