"""The watch: no alarm on noise, an alarm on an adapter that is worse, whatever it is compared with."""

from __future__ import annotations

import json
import random

import numpy as np
import pytest

from ragbox.adapters.watch import ALARM, LEAST, LEAST_PAST, Tally, Watch, highest

LIMIT, ANSWERS = 0.25, 10_000


def answers(chance: random.Random, share: float, count: int) -> list[tuple[int, int]]:
    """Return (supported, unsupported) of answers whose 1 to 6 sentences go wrong together (correlation 0.3)."""
    found, scale = [], 1 / 0.3 - 1
    for _ in range(count):
        wrong, length = chance.betavariate(share * scale, (1 - share) * scale), chance.randint(1, 6)
        bad = sum(chance.random() < wrong for _ in range(length))
        found.append((length - bad, bad))
    return found


def watch() -> Watch:
    return Watch(unsupported=LIMIT, bad=0.5)


def feed(watched: Watch, key: str, given: list[tuple[int, int]]) -> int:
    """Return after how many answers it was to be taken back, 0 if never."""
    for number, (supported, unsupported) in enumerate(given, start=1):
        watched.answered(key, supported=supported, unsupported=unsupported)
        if watched.verdict(key):
            return number
    return 0


def alarms(runs: int, share: float, past: int) -> int:
    """Return in how many runs without a change 10,000 answers raise an alarm."""
    found = 0
    for seed in range(runs):
        chance, watched = np.random.default_rng(seed), watch()
        scale, count = 1 / 0.3 - 1, past + ANSWERS
        lengths = chance.integers(1, 7, count)
        bad = chance.binomial(lengths, chance.beta(share * scale, (1 - share) * scale, count))
        for number, (length, wrong) in enumerate(zip(lengths.tolist(), bad.tolist(), strict=True)):
            if number == past:
                watched.begin("new", "old")
            watched.answered("old" if number < past else "new", supported=length - wrong, unsupported=wrong)
        found += watched.verdict("new") is not None  # which stays once it was given
    return found


@pytest.mark.slow
@pytest.mark.parametrize(("share", "past"), [(LIMIT, 0), (0.05, LEAST_PAST)])
def test_no_more_than_one_in_a_hundred_is_taken_back_without_a_change(share: float, past: int) -> None:
    assert alarms(100, share, past) <= 100 * ALARM


def test_noise_raises_no_alarm() -> None:
    assert alarms(5, LIMIT, 0) + alarms(5, 0.05, LEAST_PAST) == 0


def test_no_stake_gains_on_average_where_nothing_is_worse_than_allowed() -> None:
    for share in (0.01, 0.1, 0.25):
        fair = Tally(allowed=share)
        lost, won = fair.after(0.0).wealth, fair.after(1.0).wealth
        assert [(1 - share) * a + share * b for a, b in zip(lost, won, strict=True)] == pytest.approx([1.0] * len(won))
        assert min(lost) > 0


@pytest.mark.parametrize(("share", "past", "most"), [(0.5, 0, 120), (0.3, 500, 80), (0.2, 3000, 150)])
def test_a_worse_adapter_is_taken_back_after_so_many_answers(share: float, past: int, most: int) -> None:
    needed = []
    for seed in range(20):
        chance, watched = random.Random(seed), watch()
        feed(watched, "old", answers(chance, 0.05, past))
        watched.begin("new", "old")
        needed.append(feed(watched, "new", answers(chance, share, 1000)))
    assert min(needed) >= LEAST
    assert max(needed) <= most


def test_bad_thumbs_take_it_back_too_and_the_reason_has_the_figures() -> None:
    watched = watch()
    watched.begin("new", "old")
    for _ in range(40):
        watched.judged("new", good=False)
    verdict = watched.verdict("new")
    assert verdict is not None
    assert str(verdict) == "100% of the judged answers are bad (over 40 answers); 50% would be allowed."
    assert watched.verdict("old") is None


def test_few_answers_are_never_enough() -> None:
    watched = watch()
    watched.begin("new")
    assert feed(watched, "new", [(0, 5)] * 100) == LEAST


def test_an_answer_without_checked_sentences_says_nothing() -> None:
    watched = watch()
    assert feed(watched, "new", [(0, 0)] * 100) == 0
    assert watched.state() == {}


def test_what_is_allowed_comes_from_the_former_key_or_from_the_limit() -> None:
    watched = watch()
    feed(watched, "old", [(9, 1)] * (LEAST_PAST - 1))
    watched.begin("new", "old")
    assert watched.state()["new"]["sentences"]["allowed"] == LIMIT
    feed(watched, "old", [(9, 1)] * 901)
    watched.begin("new", "old")
    assert 0.1 + 0.02 < watched.state()["new"]["sentences"]["allowed"] < 0.17
    assert feed(watched, "new", [(6, 4)] * 20) == 20
    watched.begin("new", "old")
    assert watched.state()["new"]["sentences"]["tested"] == 0  # activated again, it is tested anew
    assert watched.state()["new"]["sentences"]["count"] == 20


def test_a_signal_that_is_switched_off_takes_nothing_back() -> None:
    watched = Watch(unsupported=1, bad=1)
    feed(watched, "old", [(1, 0)] * 500)
    watched.begin("new", "old")
    assert feed(watched, "new", [(0, 1)] * 500) == 0


def test_it_goes_on_after_a_restart() -> None:
    watched = watch()
    watched.begin("new")
    feed(watched, "new", [(1, 1)] * 15)
    again = Watch(unsupported=LIMIT, bad=0.5, state=json.loads(json.dumps(watched.state())))
    assert again.state() == watched.state()
    assert feed(again, "new", [(0, 1)] * 20) == feed(watched, "new", [(0, 1)] * 20) > 0


def test_the_bound_of_a_mean_narrows_and_errs_as_seldom_as_it_says() -> None:
    assert highest(0.0, 100, 0.01) == pytest.approx(1 - 0.01 ** (1 / 100), abs=1e-6)
    assert highest(0.05, 100, 0.001) > highest(0.05, 1000, 0.001) > 0.05
    assert highest(1.0, 10, 0.01) == 1.0
    chance = random.Random(1)
    missed = sum(highest(sum(chance.random() < 0.1 for _ in range(200)) / 200, 200, 0.05) < 0.1 for _ in range(500))
    assert missed <= 500 * 0.05
