"""Where to refuse, so that of the answers given at most a stated share is wrong. Knows no box and no engine.

The border on the stated risk is chosen on questions with known answers by fixed-sequence testing (Angelopoulos, Bates
et al. 2021, "Learn then Test") of exact binomial bounds (Clopper and Pearson 1934): borders are tried from the
strictest to the laxest, and the last one counts before the first whose share of wrong answers could be higher than
asked. So with a probability of 1 - DOUBT the true share is not higher, on questions like these. The trial begins at
several borders, each with its part of the doubt: a single wrong answer among the surest would end it there.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile

from ..errors import BadInput

DOUBT = 0.1
"""How likely the true share of wrong answers may be higher than what was asked for."""
FOLDS, STEPS, STARTS = 5, 20, 2
"""Parts of the cross-validation; borders that are tried at most; those of them that the trial begins at.

On 200 and 600 drawn answers two starts lose 0.01 to 0.07 of the answers that one start allows; on the 204 sample
questions one start vouches for no share under 0.2, two do for 0.1, three and four for 0.15.
"""
Judged = Sequence[tuple[float, bool]]
"""(stated risk, whether the answer is wrong) of each question that can be judged, as if none had been refused."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Border:
    """A border on the stated risk: answers of a higher risk are refused.

    Of `questions`, `answered` lie within it, `wrong` of them wrong; with a probability of DOUBT the true share is above
    `most`. `held_answered` and `held_wrong` count the answers within borders that were made without them, by parts;
    `held_parts` of FOLDS had such a border.
    """

    asked: float
    risk: float
    questions: int
    answered: int
    wrong: int
    most: float
    held_answered: int
    held_wrong: int
    held_parts: int


def needed(asked: float) -> int:
    """Return how many answers there must be at least, all of them right, to vouch for a share of wrong ones."""
    return math.ceil(math.log(DOUBT / STARTS) / math.log1p(-asked))


def check(asked: float, answered: int, questions: int) -> None:
    """Look whether a share (0 to 1, both left out) may be vouched for by so many answers to so many questions.

    Raises:
        BadInput: the share is none, or there are too few; says how many are needed.
    """
    if not 0 < asked < 1:
        raise BadInput(f"A share of wrong answers of {asked:g} cannot be kept. Give one between 0 and 1, as 0.05.")
    least = math.ceil(needed(asked) * FOLDS / (FOLDS - 1))  # each part is judged by a border of the others
    if answered < least:
        raise BadInput(
            f"For at most {asked:.1%} of wrong answers {least} questions that are answered are needed, "
            f"there are {answered} (of {questions}). Add questions, or allow more wrong answers."
        )


def fit(judged: Judged, asked: float) -> Border:
    """Return the laxest border that keeps the share of wrong answers at `asked`.

    Raises:
        BadInput: what `check` says, or no border keeps the share; says by how much.
    """
    check(asked, sum(risk < 1 for risk, _ in judged), len(judged))
    found = _risk(judged, asked)
    if found is None:
        starts = (steps[0] for steps in _starts(judged, asked))
        count, wrong, _ = min(starts, key=lambda step: bound(step[1], step[0]))
        raise BadInput(
            f"At most {asked:.1%} of wrong answers cannot be vouched for: of the {count} surest answers {wrong} are "
            f"wrong, which is {wrong / count:.1%} and may be {bound(wrong, count):.1%}. Allow more, or add questions."
        )
    answered, wrong = _within(judged, found)
    held = [_within(judged[n::FOLDS], border) for n in range(FOLDS)
            if (border := _risk([p for k, p in enumerate(judged) if k % FOLDS != n], asked)) is not None]  # fmt: skip
    return Border(
        asked=asked, risk=found, questions=len(judged), answered=answered, wrong=wrong, most=bound(wrong, answered),
        held_answered=sum(n for n, _ in held), held_wrong=sum(w for _, w in held), held_parts=len(held),
    )  # fmt: skip


def bound(wrong: int, count: int) -> float:
    """Return the share that the true one exceeds with a probability of DOUBT / STARTS (Clopper-Pearson, one-sided)."""
    low, high = wrong / count if count else 0.0, 1.0
    for _ in range(50):
        middle = (low + high) / 2
        low, high = (middle, high) if _tail(wrong, count, middle) > DOUBT / STARTS else (low, middle)
    return high


def _risk(judged: Judged, asked: float) -> float | None:
    """Return the border; None where not even the strictest keeps the share."""
    passed: list[float] = []
    for steps in _starts(judged, asked):
        passed += (risk for _, _, risk in takewhile(lambda step: bound(step[1], step[0]) <= asked, steps))
    return max(passed, default=None)


def _starts(judged: Judged, asked: float) -> list[list[tuple[int, int, float]]]:
    steps = _steps(judged, asked)
    return [steps[len(steps) * n // STARTS :] for n in range(STARTS)]


def _steps(judged: Judged, asked: float) -> list[tuple[int, int, float]]:
    """Return (answers, wrong ones, border) of the borders to try, the strictest first, by the stated risks alone.

    None reaches a risk of 1: who names what no paper has is never answered.
    """
    ordered = sorted((risk, wrong) for risk, wrong in judged if risk < 1)
    first = min(len(ordered), needed(asked))
    ends = {round(first + (len(ordered) - first) * n / STEPS) for n in range(STEPS + 1)} - {0}
    return [(*_within(judged, risk), risk) for risk in sorted({ordered[end - 1][0] for end in ends})]


def _within(judged: Judged, risk: float) -> tuple[int, int]:
    inside = [wrong for stated, wrong in judged if stated <= risk]
    return len(inside), sum(inside)


def _tail(wrong: int, count: int, share: float) -> float:
    """Return how likely at most `wrong` of `count` are wrong where the true share is this."""
    if share >= 1:
        return float(wrong >= count)
    return sum(
        math.exp(
            math.lgamma(count + 1) - math.lgamma(k + 1) - math.lgamma(count - k + 1) + k * math.log(share)
            + (count - k) * math.log1p(-share)
        ) if share else float(k == 0)
        for k in range(wrong + 1)
    )  # fmt: skip
