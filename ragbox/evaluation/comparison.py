"""Two runs of the same questions: how far their figures are apart, and how sure that is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ..errors import BadInput

RESAMPLES, SEED, CERTAIN = 10_000, 7, 0.95
LEAST = 6
"""Questions that make a difference sure, at least: that 5 differ the same way happens by chance once in 16."""
TIME = "seconds"
"""Counted over the questions that both runs timed: what is kept is not timed and what is refused is never kept, so that
a second run has the seconds of refusals alone."""
_PIECE = 500
"""Resamples at a time: 500 of 10,000 questions are 40 MB."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Difference:
    """A figure of both runs, over the `questions` that have it in either; `low` to `high` holds the true difference
    with a probability of 0.95. `sure` where 0 lies outside, and there are LEAST questions."""

    figure: str
    left: float
    right: float
    low: float
    high: float
    questions: int

    @property
    def difference(self) -> float:
        return self.right - self.left

    @property
    def sure(self) -> bool:
        return self.questions >= LEAST and (self.low > 0 or self.high < 0)


def compare(left: Sequence[dict[str, Any]], right: Sequence[dict[str, Any]]) -> list[Difference]:
    """Return the differences by paired bootstrap over questions (Efron 1979; Koehn 2004), in the order of the figures.

    Args:
        left, right: rows of two kept runs (`ragbox/evaluation/runs.py`); those of the same id and wording are paired.

    Raises:
        BadInput: the runs share no question.
    """
    import numpy as np

    pairs = paired(left, right)
    if not pairs:
        raise BadInput("The two runs share no question. Compare runs of the same question file.")
    names = list(dict.fromkeys(name for pair in pairs for row in pair for name in row["measures"]))
    values = np.full((2, len(pairs), len(names)), np.nan)
    for n, pair in enumerate(pairs):
        for side, row in enumerate(pair):
            values[side, n] = [row["measures"].get(name, np.nan) for name in names]
    known = ~np.isnan(values)
    if TIME in names:
        known[:, :, names.index(TIME)] = known[:, :, names.index(TIME)].all(axis=0)
    filled, counted = np.where(known, values, 0.0), known.astype(float)
    means = filled.sum(axis=1) / np.maximum(counted.sum(axis=1), 1)
    drawn = np.random.default_rng(SEED)
    even = np.full(len(pairs), 1 / len(pairs))
    found = []
    for _ in range(RESAMPLES // _PIECE):
        times = drawn.multinomial(len(pairs), even, size=_PIECE).astype(float)  # how often each question was drawn
        totals = times @ counted
        with np.errstate(invalid="ignore"):
            mean = np.where(totals > 0, (times @ filled) / np.maximum(totals, 1), np.nan)
        found.append(mean[1] - mean[0])
    spread = np.concatenate(found)
    made = []
    for n, name in enumerate(names):
        kept = spread[~np.isnan(spread[:, n]), n]
        if not known[0, :, n].any() or not known[1, :, n].any() or not len(kept):
            continue
        low, high = np.quantile(kept, [(1 - CERTAIN) / 2, (1 + CERTAIN) / 2])
        made.append(
            Difference(
                figure=name, left=float(means[0, n]), right=float(means[1, n]), low=float(low), high=float(high),
                questions=int(known[:, :, n].any(axis=0).sum()),
            )
        )  # fmt: skip
    return made


def paired(
    left: Sequence[dict[str, Any]], right: Sequence[dict[str, Any]]
) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """Return the rows of two runs that are of the same question, in the order of the left."""
    others = {(row["id"], row["question"]): row for row in right}
    return [(row, others[key]) for row in left if (key := (row["id"], row["question"])) in others]
