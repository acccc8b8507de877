"""Whatever part of the redactor fails or hangs, nothing of the text it was given comes out raw."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from ragbox.redact import analyzer as analyzing
from ragbox.redact import stream as module
from ragbox.redact.analyzer import Analyzer
from ragbox.redact.deadline import MOST, Deadline
from ragbox.redact.findings import Finding
from ragbox.redact.lexer import Lexer
from ragbox.redact.stream import StreamRedactor, spans
from ragbox.redact.wanted import Wanted
from tests.conftest import DEADLINE

from .redact_texts import find, split

TEXT = (
    "Mail anna@example.com, ring 0044 20 7946 0958 12 or see Bo Li at 12 High Street. 联系人：张伟，电话13812345678。"
)
SECRET = ("anna", "example", "7946", "0958", "Bo", "Li", "High", "张伟", "13812")


@pytest.fixture(scope="module")
def analyzer() -> Analyzer:
    made = Analyzer()
    made.load()
    return made


@pytest.fixture
def gate() -> Iterator[threading.Event]:
    """What hangs waits for it."""
    event = threading.Event()
    yield event
    event.set()


def closed(stream: StreamRedactor) -> str:
    """Return what is shown at each of three splits, of which none may show anything."""
    out = ""
    for chance in (None, random.Random(1), random.Random(2)):
        shown = "".join(split(stream, TEXT, chance, 4))
        assert "[REDACTED]" in shown
        assert not [secret for secret in SECRET if secret in shown], shown
        out += shown
    return out


def wrong(how: str, gate: threading.Event) -> Callable[..., Any]:
    def fails(*_: Any, **__: Any) -> Any:
        if how == "hangs":
            gate.wait(60)
        if how == "lies":
            return [Finding(start=5, end=3, entity="X", score=1.0)]
        raise RuntimeError("no")

    return fails


PARTS = {
    "fold": (analyzing, "fold"),
    "recognizer": ("recognizer", "analyze"),
    "enhancer": ("enhancer", "enhance_using_context"),
    "presidio": ("engine", "analyze"),
    "overlaps": (analyzing, "disjoint"),
    "context": (analyzing, "in_context"),
}


@pytest.mark.parametrize("how", ["raises", "hangs"])
@pytest.mark.parametrize("part", PARTS)
def test_a_part_of_the_analyzer_that_fails_shows_nothing(
    part: str, how: str, analyzer: Analyzer, monkeypatch: pytest.MonkeyPatch, gate: threading.Event
) -> None:
    engine: Any = analyzer._engine
    owners = {
        "recognizer": engine.registry.recognizers[0], "enhancer": engine.context_aware_enhancer, "engine": engine,
    }  # fmt: skip
    owner, name = PARTS[part]
    text = "my identity 110105491231002 is old" if part == "context" else TEXT
    monkeypatch.setattr(owners.get(owner, owner), name, wrong(how, gate))
    monkeypatch.setattr(module, "_DEADLINE", Deadline(0.2))
    stream = StreamRedactor(analyzer.find, lambda entity, _: f"[{entity}]")
    if part == "context":
        assert "110105" not in "".join(split(stream, text))
    else:
        closed(stream)


@pytest.mark.clock
def test_the_box_waits_two_seconds_for_a_search_which_ordinary_text_does_not_need(
    analyzer: Analyzer, monkeypatch: pytest.MonkeyPatch, gate: threading.Event
) -> None:
    monkeypatch.setattr(module, "_DEADLINE", DEADLINE)
    shown = "".join(split(StreamRedactor(analyzer.find, lambda entity, _: f"[{entity}]"), "Ask the desk. " * 200))
    assert shown == "Ask the desk. " * 200
    began = time.monotonic()
    assert {f.entity for f in spans("anna@example.com", wrong("hangs", gate))} == {"REDACTED"}
    assert 2 <= time.monotonic() - began < 4


@pytest.mark.parametrize("how", ["raises", "hangs", "lies"])
def test_a_find_that_fails_shows_nothing(how: str, monkeypatch: pytest.MonkeyPatch, gate: threading.Event) -> None:
    monkeypatch.setattr(module, "_DEADLINE", Deadline(0.1))
    fails = wrong(how, gate)
    closed(StreamRedactor(fails, lambda *_: "x"))
    found = spans(TEXT, fails)
    assert {f.entity for f in found} == {"REDACTED"}
    assert all(secret in "".join(TEXT[f.start : f.end] for f in found) for secret in SECRET)


@pytest.mark.parametrize("how", ["raises", "hangs"])
def test_a_replacement_or_a_count_that_fails_shows_nothing(
    how: str, monkeypatch: pytest.MonkeyPatch, gate: threading.Event
) -> None:
    def all_of(run: str, before: str) -> list[Finding]:
        del before
        return [Finding(start=0, end=len(run), entity="X", score=1.0)]

    fails = wrong(how, gate)
    for made in (lambda: StreamRedactor(all_of, fails), lambda: StreamRedactor(all_of, lambda *_: "x", fails)):
        monkeypatch.setattr(module, "_DEADLINE", Deadline(0.1))
        closed(made())


@pytest.mark.parametrize("name", ["feed", "flush", "_step"])
def test_a_lexer_that_fails_shows_nothing_and_goes_on(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: Any, **__: Any) -> Any:
        raise RuntimeError("no")

    stream = StreamRedactor(find, lambda *_: "x")
    with monkeypatch.context() as patched:
        patched.setattr(Lexer, name, fails)
        assert "[REDACTED]" in stream.feed("anna@example.c") + stream.flush()
    assert "".join(split(stream, "anna@example.com and")) == "x and"


def test_a_test_of_interest_that_fails_shows_nothing(monkeypatch: pytest.MonkeyPatch, gate: threading.Event) -> None:
    monkeypatch.setattr(Wanted, "interesting", wrong("raises", gate))
    closed(StreamRedactor(find, lambda *_: "x"))


def test_a_run_that_hangs_costs_one_deadline_and_the_next_is_judged(
    monkeypatch: pytest.MonkeyPatch, gate: threading.Event
) -> None:
    monkeypatch.setattr(module, "_DEADLINE", Deadline(1.0))

    def slow(run: str, before: str) -> Any:
        if "hang" in run:
            gate.wait(60)
        return find(run, before)

    start = time.perf_counter()
    stream = StreamRedactor(slow, lambda *_: "x")
    assert "".join(split(stream, "hang@example.com and anna@example.com")) == "[REDACTED] and x"
    assert time.perf_counter() - start < 50


def test_after_the_most_hanging_calls_none_is_made_until_one_ends(gate: threading.Event) -> None:
    deadline = Deadline(0.05)
    for _ in range(MOST):
        with pytest.raises(TimeoutError):
            deadline.call(gate.wait, 60)
    called: list[int] = []
    with pytest.raises(TimeoutError, match="still hang"):
        deadline.call(called.append, 1)
    assert called == []
    gate.set()
    end = time.monotonic() + 60
    while time.monotonic() < end:
        try:
            assert deadline.call(lambda: 7) == 7
            break
        except TimeoutError:
            time.sleep(0.02)
    else:
        pytest.fail("the calls have ended, and still none is made")
