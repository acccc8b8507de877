"""The queue as a state machine: whatever comes, it goes oldest first, within its limits, and nobody starves."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragbox.batches import CALM, GAIN, GROW_SECONDS, MEMORY_SECONDS, SLOWEST, STEPS, TURN, Policy, Ticket, Width
from ragbox.errors import Busy
from ragbox.generation import Delta, Request

ENDLESS = 1e9


def ticket(id: str, arrived: float = 0.0, adapter: str = "", tokens: int = 0) -> Ticket:
    return Ticket(request=Request(id=id, messages=(), adapter=adapter), arrived=arrived, tokens=tokens)


@dataclass
class Simulation:
    """A model that writes one token of each row a second, and keeps the policy's promises in sight."""

    policy: Policy
    rows: int
    tokens: int = 0
    mixed: bool = False
    now: float = 0.0
    steps: dict[str, int] = field(default_factory=dict)
    begun: dict[str, float] = field(default_factory=dict)

    def second(self) -> None:
        running = self.policy.running
        for found in self.policy.take(self.rows - len(running), self.now):
            self.begun[found.request.id] = self.now
        assert len(running) <= self.rows
        assert self.mixed or len({t.request.adapter for t in running.values()}) <= 1
        assert not self.tokens or len(running) == 1 or sum(t.tokens for t in running.values()) <= self.tokens
        self.now += 1
        for id in list(running):
            self.steps[id] -= 1
            assert self.policy.wrote(Delta(id=id, tokens=1, end="" if self.steps[id] > 0 else "stop"), self.now)

    def run(self, tickets: Iterable[tuple[Ticket, int]]) -> None:
        """Let (ticket, seconds it takes) come as they come, until all have ended."""
        coming = sorted(tickets, key=lambda pair: pair[0].arrived)
        while coming or self.policy.waiting or self.policy.running:
            while coming and coming[0][0].arrived <= self.now:
                found, steps = coming.pop(0)
                self.steps[found.request.id] = steps
                self.policy.submit(found)
            self.second()
            assert self.now < 5000, "somebody never gets to write"


REQUESTS = st.lists(
    st.tuples(st.integers(0, 40), st.sampled_from(["", "a", "b"]), st.integers(1, 300), st.integers(1, 12)), max_size=30
)


@given(REQUESTS, st.integers(1, 5), st.sampled_from([0, 100, 400]), st.booleans())
def test_all_get_to_write_in_their_order_within_the_limits(
    requests: list[tuple[int, str, int, int]], rows: int, tokens: int, mixed: bool
) -> None:
    policy = Policy(rows=rows, longest=100, wait=ENDLESS, tokens=tokens, mixed=mixed, slowest=ENDLESS)
    tickets = [(ticket(str(n), a, name, count), took) for n, (a, name, count, took) in enumerate(requests)]
    simulation = Simulation(policy, rows, tokens, mixed)
    simulation.run(tickets)
    assert simulation.begun.keys() == {t.request.id for t, _ in tickets}
    assert policy.meter.served == len(tickets)
    for group in ["any"] if mixed else ["", "a", "b"]:
        begun = [
            simulation.begun[t.request.id]
            for t, _ in sorted(tickets, key=lambda pair: pair[0].arrived)
            if group in ("any", t.request.adapter)
        ]
        assert begun == sorted(begun)


@given(st.integers(1, 6), st.integers(1, 10))
def test_a_stream_for_one_adapter_does_not_starve_another(rows: int, took: int) -> None:
    stream = [(ticket(f"a{n}", n / 3, "a"), took) for n in range(300)]
    simulation = Simulation(Policy(rows=rows, longest=1000, wait=ENDLESS, slowest=ENDLESS), rows)
    simulation.run([*stream, (ticket("b", 10, "b"), took)])
    # One turn, a batch that ends, and for a narrow one those of "a" that came before.
    assert simulation.begun["b"] <= 10 + TURN + took + max(1, 30 // rows) * (took + 1)


def test_who_waits_for_the_same_adapter_goes_before_older_ones_for_a_turn_only() -> None:
    policy = Policy(rows=2, longest=9, wait=ENDLESS)
    for found in (ticket("a1", 0, "a"), ticket("b", 1, "b"), ticket("a2", 2, "a"), ticket("a3", 3, "a")):
        policy.submit(found)
    assert [t.request.id for t in policy.take(2, 3)] == ["a1", "a2"]
    policy.wrote(Delta(id="a1", end="stop"), 4)
    assert [t.request.id for t in policy.take(1, 4)] == ["a3"]
    policy.submit(ticket("a4", 5, "a"))
    policy.wrote(Delta(id="a2", end="stop"), 3 + TURN)
    assert policy.take(1, 3 + TURN) == []
    policy.wrote(Delta(id="a3", end="stop"), 9 + TURN)
    assert [t.request.id for t in policy.take(2, 9 + TURN)] == ["b"]


def test_one_too_large_for_the_budget_runs_alone() -> None:
    policy = Policy(rows=4, longest=9, wait=ENDLESS, tokens=100)
    for found in (ticket("small", 0, tokens=60), ticket("large", 1, tokens=500), ticket("tiny", 2, tokens=1)):
        policy.submit(found)
    assert [t.request.id for t in policy.take(4, 3)] == ["small"]
    policy.wrote(Delta(id="small", end="stop"), 4)
    assert [t.request.id for t in policy.take(4, 4)] == ["large"]


def test_the_queue_is_bounded_in_length_and_time() -> None:
    policy = Policy(rows=2, longest=2, wait=30)
    for n in range(4):
        policy.submit(ticket(str(n), n))
        if n < 2:
            policy.take(1, n)
    with pytest.raises(Busy, match=r"2 questions wait .* Ask again in 10 s\.") as full:
        policy.submit(ticket("5", 4))
    assert full.value.retry_after == 10  # one answer's time, as none has ended yet
    policy.waiting[1].request.cancelled.set()
    assert [(t.request.id, busy) for t, busy in policy.sweep(5)] == [("3", None)]
    assert policy.sweep(31.9) == []
    ((late, busy),) = policy.sweep(32)
    assert (late.request.id, policy.waiting, policy.refused) == ("2", [], 2)
    assert "busy with other questions for 30 seconds" in str(busy)


def test_when_to_come_again_is_reckoned_from_how_long_answers_took() -> None:
    policy = Policy(rows=2, longest=3, wait=ENDLESS)
    for n in range(5):
        policy.submit(ticket(str(n)))
        policy.take(2 - len(policy.running), 0)
    policy.wrote(Delta(id="0", end="stop"), 40)
    policy.take(1, 40)
    policy.wrote(Delta(id="1", end="cancelled"), 50)  # says nothing about how long an answer takes
    policy.submit(ticket("6"))
    with pytest.raises(Busy) as full:
        policy.submit(ticket("7"))
    assert full.value.retry_after == 40 * 3 / 2


def test_tells_how_fast_it_writes() -> None:
    policy = Policy(rows=2, longest=9, wait=ENDLESS)
    policy.submit(ticket("a", 0))
    policy.take(2, 0)
    for n in range(100):
        policy.wrote(Delta(id="a", tokens=2), 3 + n / 10)
    assert policy.meter.rate(13) == pytest.approx(20)
    assert policy.meter.rate(23) == pytest.approx(10)
    assert policy.meter.rate(99) == 0
    assert list(policy.meter.firsts) == [3]
    assert not policy.wrote(Delta(id="b", tokens=1), 14)


# -- how many rows -----------------------------------------------------------------------------------------


def steps(width: Width, seconds: float, now: float, running: int | None = None) -> None:
    for _ in range(STEPS):
        width.token(seconds, running or width.rows, now)


def test_rows_shrink_one_by_one_while_steps_are_slow_and_grow_again_when_calm() -> None:
    width = Width(8)
    steps(width, SLOWEST / 10, 0, running=1)
    steps(width, SLOWEST * 1.1, 1)
    assert width.rows == 7
    steps(width, SLOWEST * 1.1, 2)
    assert width.rows == 6
    steps(width, SLOWEST * (CALM + 1) / 2, 3 + GROW_SECONDS)  # fast enough, not fast enough for one more
    assert width.rows == 6
    steps(width, SLOWEST / 2, 3)
    assert width.rows == 6
    for n in (1, 1.5, 2, 3):
        steps(width, SLOWEST / 2, 3 + n * GROW_SECONDS)
    assert width.rows == 8


def test_a_slow_machine_keeps_its_rows_as_long_as_they_are_worth_it() -> None:
    width = Width(8)
    steps(width, 1.0, 0, running=1)
    steps(width, GAIN * 0.9, 1)
    assert width.rows == 8
    steps(width, GAIN * 1.1, 2, running=3)  # not at its width: fewer rows would not help
    assert width.rows == 8
    for n in range(20):
        steps(width, GAIN * 1.1, 3 + n)
    assert width.rows == 1


def test_the_time_of_a_token_is_taken_between_two_of_a_row_without_prompts() -> None:
    policy = Policy(rows=2, longest=9, wait=ENDLESS)
    for id in "ab":
        policy.submit(ticket(id))
    policy.take(1, 0)
    now = 0.0
    for n in range(4 * STEPS):  # from the second half on, waiting for the prompt of "b" each time
        if n == 2 * STEPS:
            policy.take(1, now)
        now += 0.1 if n < 2 * STEPS else 10
        policy.wrote(Delta(id="a", tokens=1), now)
    assert policy.width.rows == 2
    for _ in range(STEPS):
        now += 10
        for id in "ab":
            policy.wrote(Delta(id=id, tokens=5), now)
    assert policy.width.rows == 1


def test_rows_halve_when_memory_runs_out_and_come_back_slowly() -> None:
    policy = Policy(rows=8, longest=9, wait=ENDLESS)
    policy.submit(ticket("a"))
    policy.take(1, 0)
    policy.wrote(Delta(id="a", end="error", reason="Memory ran out at 900 tokens. Give fewer passages."), 1)
    assert policy.width.rows == 4
    steps(policy.width, 0.01, MEMORY_SECONDS)
    assert policy.width.rows == 4
    steps(policy.width, 0.01, 2 + MEMORY_SECONDS)
    assert policy.width.rows == 5


def test_a_model_that_has_room_for_fewer_is_believed() -> None:
    policy = Policy(rows=8, longest=9, wait=ENDLESS)
    for n in range(4):
        policy.submit(ticket(str(n)))
    policy.take(2, 0)
    policy.room(6, 1)
    assert policy.width.rows == 8
    policy.room(1, 1)
    assert policy.width.rows == 3
    assert len(policy.take(5, 1)) == 1
