"""Is a stated risk true? Answers sorted by the risk that the box states, beside how many of them are wrong."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

BINS, LEAST = 10, 10
"""Groups of a curve at most, and answers a group has at least."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Bin:
    """So many answers: what risk was stated on average, and which share of them is wrong."""

    stated: float
    observed: float
    count: int


def curve(pairs: Sequence[tuple[float, bool]]) -> list[Bin]:
    """Return groups of about equal size, by rising risk; none where no risk was stated.

    Args:
        pairs: (stated risk, whether the answer was wrong) of each answer.
    """
    ordered = sorted(pairs, key=lambda pair: pair[0])
    count = min(BINS, max(1, len(ordered) // LEAST))
    borders = [_after_ties(ordered, round(len(ordered) * n / count)) for n in range(count + 1)]
    groups = [ordered[a:b] for a, b in pairwise(borders) if b > a]
    return [
        Bin(
            stated=sum(risk for risk, _ in group) / len(group), observed=sum(wrong for _, wrong in group) / len(group),
            count=len(group),
        )
        for group in groups
    ]  # fmt: skip


def _after_ties(ordered: Sequence[tuple[float, bool]], border: int) -> int:
    """Return the border, put behind the answers of the same risk: one of them is as good as the other."""
    while 0 < border < len(ordered) and ordered[border][0] == ordered[border - 1][0]:
        border += 1
    return border


def error(bins: Sequence[Bin]) -> float | None:
    """Return the expected calibration error: how far stated and observed are apart, on average over the answers."""
    total = sum(b.count for b in bins)
    return sum(b.count * abs(b.stated - b.observed) for b in bins) / total if total else None
