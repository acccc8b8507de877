"""The scheduler's threads: streams, cancelling, refusing, failing, closing; and the fake model it is tested with."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence

import pytest

from ragbox.batches import STEPS
from ragbox.errors import BadInput, Busy, Conflict, Unavailable
from ragbox.generation import Delta, Message, Request, Sampling
from ragbox.scheduler import Load, Scheduler, Stream

from .fake_model import FakeModel
from .mirrors import until as soon
from .model_contract import CANCELLED_WITHIN, LanguageModelContract

LONG = " ".join(map(str, range(400)))


class TestFakeModel(LanguageModelContract):
    @pytest.fixture
    def model(self) -> Iterator[FakeModel]:
        made = FakeModel()
        made.load()
        yield made
        made.close()


class TestFakeServer(LanguageModelContract):
    @pytest.fixture
    def model(self) -> Iterator[FakeModel]:
        made = FakeModel(rows=1, parallel=4)
        made.load()
        yield made
        made.close()


@pytest.fixture
def serve() -> Iterator[Callable[..., Scheduler]]:
    """Return a function that serves a model; all is closed at the end, whatever holds the model up."""
    served: list[tuple[FakeModel, Scheduler]] = []

    def begin(model: FakeModel, **options: float) -> Scheduler:
        model.load()
        scheduler = Scheduler(model, **options)  # type: ignore[arg-type]
        scheduler.load()
        served.append((model, scheduler))
        return scheduler

    yield begin
    for model, scheduler in served:
        model.go.set()
        scheduler.close()
    assert not [t for t in threading.enumerate() if t.name.startswith("language-model")]


def request(id: str, text: str = "one two three", adapter: str = "", most: int = 512) -> Request:
    message = Message(role="user", content=text)
    return Request(id=id, messages=(message,), adapter=adapter, sampling=Sampling(max_new_tokens=most))


def text(deltas: Sequence[Delta] | Stream) -> str:
    return "".join(d.text for d in deltas)


def pieces(stream: Stream) -> list[Delta]:
    """Return what says something; the empty deltas between are signs of life."""
    return [d for d in stream if d.text or d.end]


def begun(stream: Stream) -> None:
    assert any(d.text for d in stream)  # reads the first text and no further


def test_each_gets_its_own_answer_and_all_end(serve: Callable[..., Scheduler]) -> None:
    scheduler = serve(FakeModel(rows=3))
    streams = [scheduler.submit(request(str(n), f"answer number {n}")) for n in range(20)]
    for n, stream in enumerate(streams):
        deltas = pieces(stream)
        assert (text(deltas), deltas[-1].end) == (f"answer number {n}", "stop")
        assert deltas[-1].prompt_tokens > 0
        assert sum(d.tokens for d in deltas) == 3
    load = scheduler.status()
    assert (load.waiting, load.running, load.rows, load.served, load.refused) == (0, 0, 3, 20, 0)
    assert load.tokens_per_second > 0 < load.first_token_p50


def test_who_comes_while_others_write_joins_them(serve: Callable[..., Scheduler]) -> None:
    model = FakeModel(rows=2)
    model.go.clear()
    scheduler = serve(model)
    first = scheduler.submit(request("first", LONG))
    soon(lambda: bool(model.batches))
    second = scheduler.submit(request("second"))
    model.go.set()
    assert text(second) == "one two three"
    assert (model.batches, model.joined) == ([["first"]], ["second"])
    assert text(first).endswith(" 399")


def test_only_one_adapter_runs_at_a_time(serve: Callable[..., Scheduler]) -> None:
    model = FakeModel(rows=4)
    model.go.clear()
    scheduler = serve(model)
    asked = [("0", "a"), ("1", "b"), ("2", "a"), ("3", "b"), ("4", "")]
    streams = [scheduler.submit(request(id, adapter=name)) for id, name in asked]
    model.go.set()
    assert [text(s) for s in streams] == ["one two three"] * 5
    adapters = dict(asked)
    assert all(len({adapters[id] for id in step}) == 1 for step in model.steps)
    assert list(dict.fromkeys(map(tuple, model.steps))) == [("0", "2"), ("1", "3"), ("4",)]


def test_rows_together_stay_within_the_tokens_that_memory_has_room_for(serve: Callable[..., Scheduler]) -> None:
    model = FakeModel(rows=4, tokens=60)
    model.go.clear()
    scheduler = serve(model)
    streams = [scheduler.submit(request(str(n), most=20)) for n in range(5)]
    model.go.set()
    assert [text(s) for s in streams] == ["one two three"] * 5
    assert max(len(step) for step in model.steps) == 2  # 24 tokens each


def test_a_slow_reader_stops_nobody_and_loses_nothing(serve: Callable[..., Scheduler]) -> None:
    scheduler = serve(FakeModel(lambda r: f"<think>{LONG}</think>{LONG}" if r.id == "slow" else LONG, rows=2))
    slow = scheduler.submit(request("slow", most=2000))
    assert text(scheduler.submit(request("quick"))) == LONG
    soon(lambda: not scheduler.status().running)
    deltas = pieces(slow)
    assert [d.thinking for d in deltas] == [True, False]  # all that was not fetched is one piece each
    assert (deltas[0].text, deltas[1].text, deltas[1].end) == (LONG, LONG, "stop")
    assert sum(d.tokens for d in deltas) == 800


@pytest.mark.clock
@pytest.mark.parametrize("how", ["close", "forget", "event"])
def test_a_row_that_nobody_reads_any_more_is_free_within_a_second(serve: Callable[..., Scheduler], how: str) -> None:
    model = FakeModel(rows=1, delay=0.01)
    scheduler = serve(model)
    asked = request("first", LONG)
    first = scheduler.submit(asked)
    begun(first)
    second = scheduler.submit(request("second"))
    start = time.monotonic()
    if how == "close":
        first.close()
        assert list(first) == []
    elif how == "forget":
        del first  # no cycle holds it: a collection of all objects would take a second late in a run of all tests
    else:
        asked.cancelled.set()
        assert list(first)[-1].end == "cancelled"
    assert text(second) == "one two three"
    assert time.monotonic() - start < CANCELLED_WITHIN
    assert scheduler.status().served == 1


@pytest.mark.clock
def test_who_waits_sees_signs_of_life_and_so_can_stop_waiting(serve: Callable[..., Scheduler]) -> None:
    model = FakeModel(rows=1)
    model.go.clear()
    stream = serve(model).submit(request("first"))
    start = time.monotonic()
    assert next(stream) == Delta(id="first")
    assert time.monotonic() - start < CANCELLED_WITHIN


@pytest.mark.parametrize("how", ["close", "event"])
def test_who_is_cancelled_while_waiting_leaves_the_queue(serve: Callable[..., Scheduler], how: str) -> None:
    model = FakeModel(rows=1)
    model.go.clear()
    scheduler = serve(model, longest=1)
    first = scheduler.submit(request("first"))
    soon(lambda: scheduler.status().running)
    asked = request("second")
    second = scheduler.submit(asked)
    with pytest.raises(Busy):
        scheduler.submit(request("third"))
    if how == "close":
        second.close()
        assert scheduler.status().waiting == 0
    else:
        asked.cancelled.set()
        assert [d.end for d in second if d.end] == ["cancelled"]
    fourth = scheduler.submit(request("fourth"))
    model.go.set()
    assert text(first) == text(fourth) == "one two three"
    assert "second" not in {r.id for r in model.asked}


def test_who_waits_too_long_is_told_so(serve: Callable[..., Scheduler]) -> None:
    model = FakeModel(rows=1)
    model.go.clear()
    scheduler = serve(model, wait=1.0)
    first = scheduler.submit(request("first"))
    soon(lambda: scheduler.status().running)
    second = scheduler.submit(request("second"))
    with pytest.raises(Busy, match=r"busy with other questions for 1 seconds. Ask again in \d+ s"):
        list(second)
    assert list(second) == []
    model.go.set()
    assert text(first) == "one two three"
    assert scheduler.status().refused == 1


def test_who_waits_hears_that_nothing_came_yet(serve: Callable[..., Scheduler]) -> None:
    model = FakeModel(rows=1)
    model.go.clear()
    stream = serve(model).submit(request("first"))
    assert next(stream) == next(stream) == Delta(id="first")
    model.go.set()
    assert text(stream) == "one two three"


def test_a_model_that_fails_ends_its_rows_and_serves_on(serve: Callable[..., Scheduler]) -> None:
    model = FakeModel(rows=2)
    model.crashes = [RuntimeError("illegal memory access"), Unavailable("The GPU is gone. Restart the server.")]
    model.go.clear()
    scheduler = serve(model)
    streams = [scheduler.submit(request(str(n))) for n in range(5)]
    model.go.set()
    ends = [list(s)[-1] for s in streams]
    assert [d.end for d in ends] == ["error"] * 4 + ["stop"]
    assert "illegal memory access" in ends[0].reason
    assert ends[2].reason == "The GPU is gone. Restart the server."


def test_one_row_that_fails_is_its_own_affair(serve: Callable[..., Scheduler]) -> None:
    def say(asked: Request) -> str:
        if asked.id == "bad":
            raise BadInput("The roles are wrong. Take turns.")
        return "fine"

    scheduler = serve(FakeModel(say))
    bad, good = scheduler.submit(request("bad")), scheduler.submit(request("good"))
    assert [(d.end, d.reason) for d in pieces(bad)] == [("error", "The roles are wrong. Take turns.")]
    assert text(good) == "fine"


def test_a_server_writes_several_at_once_whatever_their_adapter(serve: Callable[..., Scheduler]) -> None:
    model = FakeModel(rows=1, parallel=3)
    model.go.clear()
    scheduler = serve(model)
    streams = [scheduler.submit(request(str(n), adapter="ab"[n % 2])) for n in range(5)]
    soon(lambda: scheduler.status().running == 3)
    assert scheduler.status().waiting == 2
    model.go.set()
    assert [text(s) for s in streams] == ["one two three"] * 5
    assert sorted(model.batches) == [[str(n)] for n in range(5)]


def test_slow_steps_make_batches_smaller(serve: Callable[..., Scheduler]) -> None:
    model = FakeModel(rows=2)
    scheduler = serve(model, slowest=0.01)
    assert text(scheduler.submit(request("alone", LONG))) == LONG
    model.delay = 0.02
    streams = [scheduler.submit(request(str(n), LONG, most=2 * STEPS)) for n in range(2)]
    soon(lambda: scheduler.status().rows == 1)
    assert all(list(s)[-1].end == "length" for s in streams)


def test_closing_ends_all_requests_with_the_reason(serve: Callable[..., Scheduler]) -> None:
    model = FakeModel(rows=1, delay=0.01)
    scheduler = serve(model)
    running, waiting = scheduler.submit(request("running", LONG)), scheduler.submit(request("waiting"))
    begun(running)
    scheduler.close()
    for stream in (running, waiting):
        last = list(stream)[-1]
        assert last.end == "error"
        assert last.reason == "The language model was closed or changed while it wrote. Ask again."
    with pytest.raises(Unavailable, match="closed"):
        scheduler.submit(request("late"))
    assert scheduler.status() == Load()
    scheduler.close()
    scheduler.load()
    scheduler.load()
    assert text(scheduler.submit(request("again"))) == "one two three"


def test_an_id_stands_for_one_request_at_a_time(serve: Callable[..., Scheduler]) -> None:
    model = FakeModel(rows=1)
    model.go.clear()
    scheduler = serve(model)
    first, second = scheduler.submit(request("a")), scheduler.submit(request("b"))
    soon(lambda: scheduler.status().running)
    for id in "ab":
        with pytest.raises(Conflict, match="another id"):
            scheduler.submit(request(id))
    model.go.set()
    assert text(first) == text(second) == "one two three"
    assert text(scheduler.submit(request("a"))) == "one two three"
