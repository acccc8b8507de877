"""Says how much of what stands in a text was found, and how much of what was found stands there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from .shapes import FREE, STRUCTURED, Place, Text

ALSO = {"URL": {"SECRET"}, "SECRET": {"URL", "PRIVATE_KEY"}, "PRIVATE_KEY": {"SECRET"}, "ID": {"PERMIT"}}
"""What a value may be called besides its name: a key within a link, a Hong Kong identity card."""
SEPARATORS = 2
"""Signs other than letters and digits that may be hidden beside a value: `("` and the like."""


class Found(Protocol):
    """What a finder returns: a stretch of characters and what it takes it for."""

    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...
    @property
    def entity(self) -> str: ...


@dataclass(kw_only=True)
class Tally:
    """Counts of one group of values and findings."""

    values: int = 0
    hit: int = 0
    hidden: int = 0
    leaked: int = 0
    signs: int = 0
    findings: int = 0
    right: int = 0

    def figures(self) -> dict[str, float]:
        """Return recall, precision and F2, the share of values hidden by any finding, of characters that leaked."""
        recall, precision = self.hit / max(self.values, 1), self.right / max(self.findings, 1)
        f2 = 5 * precision * recall / (4 * precision + recall) if precision + recall else 0.0
        return {
            "values": self.values,
            "recall": round(recall, 4),
            "findings": self.findings,
            "precision": round(precision, 4),
            "f2": round(f2, 4),
            "hidden": round(self.hidden / max(self.values, 1), 4),
            "leaked": round(self.leaked / max(self.signs, 1), 4),
        }


def hits(text: str, place: Place, found: Found) -> bool:
    """Tell whether a finding hides a value wholly, under its name, and at most a separator besides."""
    if found.entity != place.entity and found.entity not in ALSO.get(place.entity, ()):
        return False
    start, end = place.least
    if uncovered(text, start, end, (found,)):
        return False
    beside = text[found.start : place.start], text[place.end : found.end]
    return all(len(b) <= SEPARATORS and not any(map(str.isalnum, b)) for b in beside)


def uncovered(text: str, start: int, end: int, found: Iterable[Found]) -> int:
    """Return how many letters and digits of a stretch no finding hides."""
    covered = {i for f in found for i in range(max(f.start, start), min(f.end, end))}
    return sum(text[i].isalnum() for i in range(start, end) if i not in covered)


def score(pairs: Iterable[tuple[Text, Sequence[Found]]]) -> Mapping[str, Tally]:
    """Return tallies by group: each type, all structured types, names and addresses, language, disguise, negative."""
    tallies: dict[str, Tally] = defaultdict(Tally)
    for text, found in pairs:
        right = [any(hits(text.text, place, f) for place in text.places) for f in found]
        for f, is_right in zip(found, right, strict=True):
            if f.entity not in STRUCTURED + FREE:
                continue
            for group in groups(f.entity, text.language):
                tallies[group].findings += 1
                tallies[group].right += is_right
        for place in text.places:
            hit = any(hits(text.text, place, f) for f in found)
            left = uncovered(text.text, *place.least, found)
            signs = sum(map(str.isalnum, text.text[slice(*place.least)]))
            kinds = (f"disguise {place.disguise or 'none'}", f"layout {text.layout}")
            for group in (*groups(place.entity, text.language), *(kinds if place.entity in STRUCTURED else ())):
                tally = tallies[group]
                tally.values += 1
                tally.hit += hit
                tally.hidden += not left
                tally.leaked += left
                tally.signs += signs
        if text.negative:
            for group in (f"negative {text.negative}", "negatives"):
                tallies[group].values += 1
                tallies[group].hit += any(f.entity in STRUCTURED for f in found)
                tallies[group].hidden += any(f.entity in FREE for f in found)
    return tallies


def groups(entity: str, language: str) -> tuple[str, ...]:
    """Return the groups that a value or a finding counts in."""
    whole = "structured" if entity in STRUCTURED else "names and addresses"
    return entity, f"{entity} {language}", whole, f"{whole} {language}"
