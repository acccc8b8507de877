"""Work that is done between two steps of a model, and adapters that come and go there."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from ragbox.batches import TURN, Policy, Ticket
from ragbox.errors import BadInput, Unavailable
from ragbox.generation import Delta, Message, Request, Sampling
from ragbox.llm import Llm
from ragbox.models import Store
from ragbox.scheduler import Scheduler
from ragbox.settings import Settings

from .fake_model import FakeModel

LONG = " ".join(map(str, range(200)))


def request(id: str, text: str = "one two three", adapter: str = "") -> Request:
    message = Message(role="user", content=text)
    return Request(id=id, messages=(message,), adapter=adapter, sampling=Sampling(max_new_tokens=512))


@pytest.fixture
def serve() -> Iterator[Callable[[FakeModel], Scheduler]]:
    served: list[Scheduler] = []

    def begin(model: FakeModel) -> Scheduler:
        model.load()
        served.append(Scheduler(model))
        served[-1].load()
        return served[-1]

    yield begin
    for scheduler in served:
        scheduler.close()


def until(done: Callable[[], object]) -> None:
    end = time.monotonic() + 60
    while not done():
        assert time.monotonic() < end
        time.sleep(0.005)


def test_work_is_done_by_the_thread_that_owns_the_model_busy_or_not(serve: Callable[[FakeModel], Scheduler]) -> None:
    model = FakeModel(rows=1, delay=0.002)
    scheduler = serve(model)
    idle = scheduler.between(threading.get_ident)
    assert idle != threading.get_ident()
    model.go.clear()
    stream = scheduler.submit(request("a", LONG))
    until(lambda: model.batches)
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(scheduler.between, lambda: (threading.get_ident(), len(model.steps)))
        until(lambda: scheduler._works)
        model.go.set()
        busy, steps = waiting.result(60)
    assert busy == idle
    assert [d.end for d in stream][-1] == "stop"
    assert steps < len(model.steps)  # all rows are taken, and yet it did not wait for the end


def test_its_error_reaches_who_waits_for_it_and_the_model_goes_on(serve: Callable[[FakeModel], Scheduler]) -> None:
    scheduler = serve(FakeModel())

    def broken() -> None:
        raise BadInput("no adapter")

    with pytest.raises(BadInput, match="no adapter"):
        scheduler.between(broken)
    assert "".join(d.text for d in scheduler.submit(request("a"))) == "one two three"


def test_a_server_has_no_such_thread(serve: Callable[[FakeModel], Scheduler]) -> None:
    assert serve(FakeModel(rows=1, parallel=4)).between(threading.get_ident) == threading.get_ident()


def test_what_is_handed_in_when_the_model_goes_is_told_so(serve: Callable[[FakeModel], Scheduler]) -> None:
    model = FakeModel()
    model.go.clear()
    scheduler = serve(model)
    stream = scheduler.submit(request("a"))
    until(lambda: model.batches)  # a model that is idle would do it at once
    with ThreadPoolExecutor(2) as pool:
        waiting = pool.submit(scheduler.between, threading.get_ident)
        until(lambda: scheduler._works)
        closing = pool.submit(scheduler.close)
        with pytest.raises(Unavailable, match="closed"):
            waiting.result(60)
        model.go.set()
        closing.result(60)
    assert [d.end for d in stream][-1] == "error"
    with pytest.raises(Unavailable, match="closed"):
        scheduler.between(threading.get_ident)


def test_the_model_in_use_takes_adapters_and_another_has_none_of_them(tmp_path: Path) -> None:
    made = [FakeModel(), FakeModel()]
    coming = iter(made)
    llm = Llm(Settings(), Store(tmp_path), make=lambda *_: next(coming))
    with pytest.raises(Unavailable, match="No language model"):
        llm.attach("a@1", tmp_path)
    for begin in (llm.open, llm.load):
        begin()
        assert llm.wait(60).state == "ready"
        assert (llm.attached, llm.base, llm.base_digest, llm.shift("a@1", ())) == ((), None, "", None)
        llm.attach("a@1", tmp_path)
        assert llm.attached == ("a@1",)
    made[1].refused["b@1"] = BadInput("it does not fit")
    with pytest.raises(BadInput, match="does not fit"):
        llm.attach("b@1", tmp_path)
    llm.detach("a@1")
    llm.detach("a@1")
    assert llm.attached == ()
    llm.close()
    llm.detach("a@1")


@pytest.mark.parametrize("seconds", [2.0, 20.0])
def test_sixteen_askers_of_three_adapters_all_have_their_turn(seconds: float) -> None:
    """Each asks again as soon as it is answered; an answer takes so many seconds, whatever runs beside it."""
    policy, now, asked = Policy(rows=8, longest=64, wait=600.0), 0.0, dict.fromkeys(range(16), 0)
    adapters = ["contracts" if n < 12 else ("tickets", "")[n % 2] for n in range(16)]  # one is asked for most
    ends: dict[str, float] = {}
    waited: list[float] = []
    for asker in asked:
        policy.submit(Ticket(request=request(f"{asker}.0", adapter=adapters[asker]), arrived=0.0))
    while now < 600:
        for ticket in policy.take(8 - len(policy.running), now):
            waited.append(now - ticket.arrived)
            ends[ticket.request.id] = now + seconds
        assert len({t.request.adapter for t in policy.running.values()}) == 1  # never idle, never mixed
        now = min(ends.values())
        for id in [id for id, end in ends.items() if end == now]:
            del ends[id]
            policy.wrote(Delta(id=id, end="stop"), now)
            asker = int(id.partition(".")[0])
            asked[asker] += 1
            again = request(f"{asker}.{asked[asker]}", adapter=adapters[asker])
            policy.submit(Ticket(request=again, arrived=now))
    # Two others may have their turn before, each with the answers that it had begun by then.
    assert max(waited) <= 3 * (TURN + seconds)
    assert min(asked.values()) >= 600 / (4 * (TURN + seconds))
