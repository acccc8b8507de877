"""What is found in a text: a place, an entity, a score. Knows neither how it is found nor what becomes of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

UNJUDGED = "REDACTED"
"""The entity of what could not be judged, or not in time."""


@dataclass(frozen=True, kw_only=True)
class Finding:
    """Personal data at `text[start:end]`: the entity as it is shown in brackets, the score in 0 to 1."""

    start: int
    end: int
    entity: str
    score: float


Find = Callable[[str, str], Sequence[Finding]]
"""Returns what is in a run, given up to 64 characters in front of it; sorted, disjoint, offsets into the run."""
