"""Which server is asked next, as a state machine under a clock of the test's own."""

from __future__ import annotations

from ragbox.engines.replicas import FAILURES, LONGEST_REST, REST_SECONDS, Replica, Replicas


def picked(replicas: Replicas, now: float = 0.0, failed: tuple[Replica, ...] = ()) -> Replica:
    found = replicas.pick(now, failed)
    assert found is not None
    return found


def broken(replicas: Replicas, times: int = FAILURES) -> Replica:
    """Let the one server fail so often at second 0."""
    for n in range(times):
        found = picked(replicas, n * LONGEST_REST)
        replicas.failed(found, 0.0)
    return found


def test_the_one_with_the_least_to_do_is_asked() -> None:
    replicas = Replicas(["a", "b", "c"])
    assert [picked(replicas).url for _ in range(4)] == ["a", "b", "c", "a"]
    b = picked(replicas)
    assert b.url == "b"
    replicas.succeeded(b)
    replicas.succeeded(b)
    assert picked(replicas).url == "b"


def test_those_equally_busy_take_turns() -> None:
    replicas, found = Replicas(["a", "b"]), []
    for _ in range(4):
        replica = picked(replicas)
        found.append(replica.url)
        replicas.succeeded(replica)
    assert found == ["a", "b", "a", "b"]


def test_one_that_failed_a_request_is_its_last_choice() -> None:
    replicas = Replicas(["a", "b"])
    a = picked(replicas)
    replicas.failed(a, 0.0)
    b = picked(replicas, failed=(a,))
    assert (b.url, picked(replicas, failed=(a,)).url) == ("b", "b")
    replicas = Replicas(["a"])
    a = picked(replicas)
    replicas.failed(a, 0.0)
    assert picked(replicas, failed=(a,)) is a


def test_failures_in_a_row_open_the_breaker_and_one_request_at_a_time_tries_again() -> None:
    replicas = Replicas(["a"])
    a = broken(replicas)
    assert replicas.pick(REST_SECONDS - 0.1) is None
    assert replicas.wait(1.0) == REST_SECONDS - 1
    assert picked(replicas, REST_SECONDS) is a
    assert replicas.pick(REST_SECONDS) is None
    replicas.succeeded(a)
    assert [picked(replicas, REST_SECONDS) for _ in range(3)] == [a, a, a]


def test_a_success_between_failures_keeps_it_closed() -> None:
    replicas = Replicas(["a"])
    for _ in range(3):
        broken(replicas, FAILURES - 1)
        replicas.succeeded(picked(replicas))
    assert not picked(replicas).broken


def test_each_failed_try_doubles_the_rest_up_to_a_limit() -> None:
    replicas = Replicas(["a"])
    broken(replicas)
    now, rests = REST_SECONDS, []
    for _ in range(6):
        replicas.failed(picked(replicas, now), now)
        rests.append(replicas.wait(now))
        now += rests[-1]
    assert rests == [10, 20, 40, LONGEST_REST, LONGEST_REST, LONGEST_REST]


def test_a_try_that_was_given_up_lets_the_next_one_try() -> None:
    replicas = Replicas(["a"])
    broken(replicas)
    replicas.left(picked(replicas, REST_SECONDS))
    assert picked(replicas, REST_SECONDS).broken


def test_a_busy_server_is_left_alone_and_not_held_to_be_broken() -> None:
    replicas = Replicas(["a"])
    for now in range(0, 2 * FAILURES, 2):
        replicas.busy(picked(replicas, now), now + 2)
        assert replicas.pick(now + 1) is None
    assert not picked(replicas, 2 * FAILURES).broken


def test_a_long_rest_is_not_cut_short_by_another_answer_that_asks_for_less() -> None:
    replicas = Replicas(["a"])
    first, second = picked(replicas), picked(replicas)
    replicas.busy(first, 30.0)
    replicas.busy(second, 1.0)
    assert replicas.wait(0.0) == 30
