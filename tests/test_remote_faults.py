"""All that can go wrong with a model's server, before the first token and after, and readers who leave."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator

import pytest

from ragbox.engines import remote
from ragbox.errors import Unavailable
from ragbox.generation import Delta

from .chat_server import Call, answered, echo, fails, loaded, serving
from .model_contract import alone, ask, said, write


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remote, "PAUSES", (0.01, 0.01, 0.01))
    monkeypatch.setattr(remote, "LAST_SECONDS", 0.2)


# -- what goes wrong before the first token ----------------------------------------------------------------


def drops(call: Call) -> None:
    """End the connection without a word."""


def talks_nonsense(call: Call) -> None:
    call.head()
    call.send(b"data: {not json\n\n")


def tells_of_an_error(call: Call) -> None:
    call.head()
    call.event(delta={"role": "assistant"})
    call.send(b'data: {"error": {"message": "engine is dead", "code": 500}}\n\n')


def is_no_stream(call: Call) -> None:
    call.json(200, {"choices": []})


PASSING = [fails(500), fails(503), fails(429, Retry_After="0"), drops, talks_nonsense, tells_of_an_error, is_no_stream]


@pytest.mark.parametrize("fault", PASSING)
def test_a_fault_before_the_first_token_is_not_seen(fault: Callable[[Call], None]) -> None:
    with serving(fault, fault) as server:
        deltas = answered(server)
    assert (said(deltas), deltas[-1].end, len(server.calls)) == ("one two three", "stop", 3)


def test_it_is_asked_three_times_more_at_most(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ragbox.engines.replicas.FAILURES", 9)
    with serving(otherwise=fails(500)) as server:
        deltas = answered(server)
    assert len(server.calls) == 4
    assert "answers 500: it broke" in deltas[-1].reason


@pytest.mark.clock
def test_the_breaker_opens_and_the_server_is_left_alone() -> None:
    with serving(otherwise=fails(500)) as server, loaded(server) as model:
        write(model, ask("one"))
        start = time.monotonic()
        last = write(model, ask("one"))[-1]
        reason, told = last.reason, last.told
        assert time.monotonic() - start < 1
    assert len(server.calls) == 3
    assert "No server of tiny answers" in reason
    assert "answers 500: it broke" in reason
    assert told == "No server of tiny answers for the time being."


def test_another_replica_answers_at_once() -> None:
    with serving(otherwise=drops) as bad, serving() as good, loaded(bad, good) as model:
        for _ in range(6):
            assert said(write(model, ask("one two"))) == "one two"
        assert len(bad.calls) == 3  # then its breaker is open
        assert len(good.calls) == 6


def test_replicas_share_the_work() -> None:
    with serving() as one, serving() as two, loaded(one, two) as model:
        threads = [threading.Thread(target=write, args=(model, ask("one " * 50, id=str(n)))) for n in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
    assert {len(one.calls), len(two.calls)} == {4}


@pytest.mark.clock
def test_a_busy_server_is_waited_for_shortly_and_not_for_long() -> None:
    with serving(fails(429, Retry_After="1")) as server:
        start = time.monotonic()
        assert said(answered(server)) == "one two three"
        assert 1 <= time.monotonic() - start < 3
    with serving(fails(429, Retry_After="30")) as server:
        deltas = answered(server)
    assert len(server.calls) == 1
    assert "Ask again in 30 s" in deltas[-1].reason


@pytest.mark.parametrize(
    ("status", "remedy"),
    [(400, "fewer passages"), (401, "RAGBOX_REMOTE_KEY"), (404, "RAGBOX_REMOTE_MODEL"), (307, "Redirects")],
)
def test_what_cannot_go_better_is_asked_once_and_says_what_to_do(status: int, remedy: str) -> None:
    with serving() as elsewhere, serving(otherwise=fails(status, Location=elsewhere.url)) as server:
        deltas = answered(server)
        assert not elsewhere.calls
    assert len(server.calls) == 1
    assert remedy in deltas[-1].reason
    assert deltas[-1].told == "The server of the language model does not take the question."


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        (fails(500), "failed"), (fails(429, Retry_After="30"), "has too much to do. Ask again in 30 s"),
        (tells_of_an_error, "failed"), (is_no_stream, "sent no answer"), (drops, "cannot be reached"),
        (Call.hang, "was silent for 1.5 s"),
    ],
)  # fmt: skip
def test_readers_are_told_the_kind_of_failure_and_the_reason_has_the_address(
    fault: Callable[[Call], None], told: str
) -> None:
    with serving(otherwise=fault) as server:
        last = answered(server, timeout=1.5 if fault is Call.hang else 60.0)[-1]
        assert server.url in last.reason
    assert last.told == f"The server of the language model {told}."


# -- what goes wrong later ---------------------------------------------------------------------------------


def half(then: Callable[[Call], None]) -> Callable[[Call], None]:
    def handler(call: Call) -> None:
        call.head()
        call.event("Half an")
        then(call)

    return handler


@pytest.mark.parametrize(
    ("then", "words"),
    [
        (lambda _: None, "broke off"),
        (lambda call: call.send(b"data: nonsense\n\n"), "no JSON object"),
        (lambda call: call.send(b'data: {"error": "out of memory"}\n\n'), "out of memory"),
        (lambda call: call.send(b'data: {"choices": [7]}\n\n'), "another shape"),
        (lambda call: call.send(b"data: \xff\xfe\n\n"), "UTF-8"),
        (lambda call: call.send(*[b"x" * (1 << 18)] * 5), "a line of more than"),
        (Call.hang, "was silent for 1.5 s"),
    ],
)
def test_half_an_answer_is_never_begun_again(then: Callable[[Call], None], words: str) -> None:
    with serving(half(then)) as server:
        deltas = answered(server, timeout=1.5 if then is Call.hang else 60.0)
    assert (said(deltas), deltas[-1].end, len(server.calls)) == ("Half an", "error", 1)
    assert words in deltas[-1].reason


def test_a_broken_chunk_of_the_connection_is_an_error_too() -> None:
    def breaks(call: Call) -> None:
        call.head(Transfer_Encoding="chunked")
        event = b'data: {"choices": [{"delta": {"content": "Half an"}}]}\n\n'
        call.send(f"{len(event):x}\r\n".encode(), event, b"\r\n", b"ff\r\nno")

    with serving(breaks) as server:
        deltas = answered(server)
    assert (said(deltas), deltas[-1].end, len(server.calls)) == ("Half an", "error", 1)


def pings(call: Call) -> None:
    """Keep the connection alive and say nothing."""
    call.head()
    for _ in range(100):
        call.send(b": ping\n\n")
        time.sleep(0.05)


@pytest.mark.clock
@pytest.mark.parametrize("silent", [Call.hang, pings])
def test_silence_before_the_first_token_ends_in_time(silent: Callable[[Call], None]) -> None:
    with serving(otherwise=silent) as server:
        start = time.monotonic()
        deltas = answered(server, timeout=0.5)
    assert time.monotonic() - start < 3
    assert "silent for 0.5 s" in deltas[-1].reason


def test_a_slow_first_byte_is_waited_for() -> None:
    with serving(lambda call: (time.sleep(0.7), echo(call))) as server:
        assert said(answered(server)) == "one two three"


@pytest.mark.clock
def test_what_comes_after_the_end_is_not_waited_for() -> None:
    def lingers(call: Call) -> None:
        call.head()
        call.event("Yes", reason="stop")
        call.hang()

    with serving(lingers) as server:
        start = time.monotonic()
        deltas = answered(server)
    assert (said(deltas), deltas[-1].end) == ("Yes", "stop")
    assert time.monotonic() - start < 2


def test_a_server_that_never_ends_is_ended() -> None:
    def endless(call: Call) -> None:
        call.head()
        while True:
            call.event("on ")

    with serving(endless) as server:
        deltas = answered(server)
    assert deltas[-1].end == "length"
    assert len(said(deltas)) < 1000


# -- cancelling --------------------------------------------------------------------------------------------


def speaks_on(call: Call) -> None:
    call.head()
    for _ in range(1000):
        call.event("on ")
        time.sleep(0.01)


@pytest.mark.clock
@pytest.mark.parametrize("handler", [Call.hang, speaks_on, half(Call.hang), fails(429, Retry_After="2")])
@pytest.mark.parametrize("how", ["cancelled", "closed"])
def test_who_leaves_closes_the_connection_within_a_second(handler: Callable[[Call], None], how: str) -> None:
    with serving(handler) as server, loaded(server) as model:
        request = ask("one", max_new_tokens=1000)
        if how == "cancelled":
            timer = threading.Timer(0.3, request.cancelled.set)
            timer.start()
            deltas = list(model.generate([request], alone))
            at = time.monotonic()
            assert deltas[-1].end == "cancelled"
            timer.join()
        else:
            stream = model.generate([request], alone)
            threading.Timer(0.3, request.cancelled.set).start()
            next(stream)
            stream.close()  # type: ignore[attr-defined]
            at = time.monotonic()
        until = at + 1
        while not server.gone and time.monotonic() < until:
            time.sleep(0.01)
        assert server.gone
        assert len(server.calls) == 1


def test_closing_the_model_ends_what_it_writes() -> None:
    with serving(half(Call.hang)) as server, loaded(server) as model:
        stream: Iterator[Delta] = model.generate([ask("one")], alone)
        next(stream)
        model.close()
        rest = list(stream)
        assert rest[-1].end == "error"
        assert "was closed" in rest[-1].reason
        with pytest.raises(Unavailable, match="not loaded"):
            next(model.generate([ask("one")], alone))


def test_a_text_that_nobody_asks_for_any_more_is_not_asked_for() -> None:
    request = ask("one")
    request.cancelled.set()
    with serving() as server, loaded(server) as model:
        assert [d.end for d in write(model, request)] == ["cancelled"]
        assert not server.calls
