"""Where to refuse for a stated share of wrong answers: bounds by known values, what is refused, and that it holds."""

from __future__ import annotations

import random

import pytest

from ragbox.errors import BadInput
from ragbox.evaluation.border import DOUBT, FOLDS, bound, fit, needed

SIZE = 600


def drawn(seed: int, size: int = SIZE, *, worst: float = 0.5) -> list[tuple[float, bool]]:
    """Return answers whose chance to be wrong is their stated risk, times two thirds."""
    chance = random.Random(seed)
    risks = [worst * chance.random() ** 2 for _ in range(size)]
    return [(risk, chance.random() < risk * 2 / 3) for risk in risks]


@pytest.mark.parametrize(
    ("wrong", "count", "most"), [(0, 59, 0.0495), (1, 100, 0.0466), (5, 100, 0.1023), (10, 10, 1.0), (0, 0, 1.0)]
)  # fmt: skip
def test_the_bound_is_that_of_clopper_and_pearson(wrong: int, count: int, most: float) -> None:
    assert bound(wrong, count) == pytest.approx(most, abs=2e-4)


def test_so_many_right_answers_are_needed_to_vouch_for_a_share() -> None:
    assert [needed(share) for share in (0.01, 0.05, 0.1, 0.5)] == [299, 59, 29, 5]
    assert bound(0, needed(0.05)) <= 0.05 < bound(0, needed(0.05) - 1)


def test_the_border_is_as_lax_as_the_share_allows_and_says_what_lies_within() -> None:
    judged = drawn(1)
    found = fit(judged, 0.05)
    within = [wrong for risk, wrong in judged if risk <= found.risk]
    assert (found.questions, found.answered, found.wrong) == (SIZE, len(within), sum(within))
    assert found.wrong / found.answered < found.most <= 0.05
    assert found.answered > SIZE / 3
    assert 0 < found.held_answered <= SIZE
    assert found.held_parts == FOLDS
    assert fit(judged, 0.1).risk > found.risk


def test_on_questions_not_seen_the_share_is_kept_nearly_always() -> None:
    kept = []
    for seed in range(20):
        try:
            border = fit(drawn(seed), 0.05).risk
        except BadInput:
            continue
        fresh = [wrong for risk, wrong in drawn(1000 + seed, 2000) if risk <= border]
        kept.append(sum(fresh) / len(fresh) <= 0.05)
    assert len(kept) > 15
    assert sum(kept) >= len(kept) * (1 - DOUBT) - 1


def test_too_few_questions_are_refused_with_how_many_are_needed() -> None:
    with pytest.raises(BadInput, match="74 questions that are answered are needed, there are 40 "):
        fit(drawn(1, 40), 0.05)


def test_a_share_that_cannot_be_reached_is_refused_with_what_can() -> None:
    with pytest.raises(BadInput, match=r"At most 5.0% .* wrong, which is \d+\.\d% and may be \d+\.\d%"):
        fit([(risk, n % 3 == 0) for n, (risk, _) in enumerate(drawn(1, 200))], 0.05)


def test_parts_that_have_no_border_of_the_others_are_told() -> None:
    found = fit([(0.01 * n, n == 36) for n in range(37)], 0.1)
    assert (found.held_parts, found.held_answered) == (4, 28)  # without the first part 29 are left, one of them wrong


def test_a_share_next_to_none_asks_for_more_questions_than_there_are() -> None:
    with pytest.raises(BadInput, match="are needed"):
        fit(drawn(1), 1e-17)


@pytest.mark.parametrize("asked", [0.0, 1.0, -1.0, float("nan")])
def test_what_is_no_share_is_refused(asked: float) -> None:
    with pytest.raises(BadInput, match="cannot be kept"):
        fit(drawn(1), asked)


def test_who_names_what_no_paper_has_is_never_answered() -> None:
    judged = [(1.0 if n % 2 else 0.1, False) for n in range(400)]
    assert fit(judged, 0.05).risk == 0.1
    with pytest.raises(BadInput, match=r"there are 0 \(of 400\)"):
        fit([(1.0, False)] * 400, 0.05)
