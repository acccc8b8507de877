"""What the box did lately is counted within bounds, by a clock."""

from __future__ import annotations

import logging

import pytest

from ragbox.metrics import FAILURES, LONGEST, SAMPLES, Metrics


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = 1_000_000 * 60.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def metrics(clock: Clock) -> Metrics:
    return Metrics(clock)


def test_questions_are_counted_by_minute_and_forgotten_after_an_hour(metrics: Metrics, clock: Clock) -> None:
    assert metrics.questions() == [0] * 60
    for _ in range(3):
        metrics.asked()
    clock.now += 60 * 2
    metrics.asked()
    assert metrics.questions()[-3:] == [3, 0, 1]
    clock.now += 60 * 57
    assert metrics.questions()[:3] == [3, 0, 1]
    clock.now += 60
    assert metrics.questions()[:2] == [0, 1]
    clock.now += 60 * 500
    assert metrics.questions() == [0] * 60


def test_percentiles_are_of_the_last_hour_by_nearest_rank(metrics: Metrics, clock: Clock) -> None:
    metrics.took({"search": 99.0, "total": 99.0})
    clock.now += 3601
    for n in range(1, 21):
        metrics.took({"search": n / 10, "total": n} | ({"read": 0.5} if n == 1 else {}))
    found = {latency.stage: latency for latency in metrics.latencies()}
    assert list(found) == ["search", "read", "total"]
    assert (found["search"].count, found["search"].p50, found["search"].p95) == (20, 1.0, 1.9)
    assert (found["read"].count, found["read"].p50, found["read"].p95) == (1, 0.5, 0.5)
    assert (found["total"].p50, found["total"].p95) == (10, 19)


def test_nothing_grows_without_bound(metrics: Metrics, clock: Clock) -> None:
    for n in range(2000):
        clock.now += 60
        metrics.asked()
        metrics.failed("somewhere", f"{n} " + "x" * 1000)
    for _ in range(2000):
        metrics.took({"total": 1.0})
    assert metrics.latencies()[0].count == SAMPLES
    failures = metrics.failures()
    assert len(failures) == FAILURES
    assert failures[0].text.startswith("1999 ")
    assert all(len(f.text) == LONGEST for f in failures)


def test_the_same_complaint_in_a_row_counts_up(metrics: Metrics, clock: Clock) -> None:
    for _ in range(3):
        clock.now += 1
        metrics.failed("POST /api/ask", "the index\n  is gone")
    metrics.failed("GET /", "other")
    newest, before = metrics.failures()
    assert (newest.text, newest.times) == ("other", 1)
    assert (before.where, before.text, before.times) == ("POST /api/ask", "the index is gone", 3)
    assert before.at.timestamp() == clock.now


def test_our_own_warnings_and_errors_are_heard_while_the_box_is_open(metrics: Metrics) -> None:
    metrics.open()
    try:
        logging.getLogger("web.problems").error("GET /x failed", exc_info=ValueError("bad"))
        logging.getLogger("ragbox").warning("The index is damaged")
        logging.getLogger("ingest.mirror").info("nothing of note")
        logging.getLogger("chromadb").error("not ours")
    finally:
        metrics.close()
    logging.getLogger("web").error("too late")
    heard = [(f.where, f.text) for f in metrics.failures()]
    assert heard == [("ragbox", "The index is damaged"), ("GET /x failed", "ValueError: bad")]


def test_complaints_are_kept_as_they_may_be_shown() -> None:
    metrics = Metrics(clean=lambda text: text.replace("Anna", "[PERSON]"))
    metrics.open()
    try:
        logging.getLogger("ragbox.x").warning("nothing of Anna")
        logging.getLogger("ragbox.x").error("of %s", "Anna", exc_info=ValueError("no Anna"))
    finally:
        metrics.close()
    assert [(f.where, f.text) for f in metrics.failures()] == [
        ("of [PERSON]", "ValueError: no [PERSON]"), ("ragbox.x", "nothing of [PERSON]"),
    ]  # fmt: skip
