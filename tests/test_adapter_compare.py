"""Two answers side by side: both as they come, neither waiting for the other, both ended when nobody listens."""

from __future__ import annotations

import threading
from collections.abc import Generator

import pytest

from ragbox.adapters.compare import side_by_side
from ragbox.errors import Unavailable
from ragbox.events import Event, Text

PATIENCE = 60.0


def test_a_side_that_waits_does_not_hold_up_the_other() -> None:
    go = threading.Event()

    def slow() -> Generator[Event, None, None]:
        yield Text(text="a")
        assert go.wait(PATIENCE)
        yield Text(text="b")

    def quick() -> Generator[Event, None, None]:
        for text in "123":
            yield Text(text=text)

    told: dict[str, str] = {"left": "", "right": ""}
    for side, event in side_by_side({"left": slow, "right": quick}):
        assert isinstance(event, Text)
        told[side] += event.text
        if told["right"] == "123" and told["left"] == "a":
            go.set()
    assert told == {"left": "ab", "right": "123"}


def test_closing_it_ends_both_sides() -> None:
    ended = []

    def endless(name: str) -> Generator[Event, None, None]:
        pause = threading.Event()
        try:
            while True:
                pause.wait(0.005)
                yield Text(text=name)
        finally:
            ended.append(name)

    stream = side_by_side({name: lambda name=name: endless(name) for name in ("left", "right")})  # type: ignore[misc]
    next(stream)
    stream.close()
    assert sorted(ended) == ["left", "right"]


def test_what_a_side_raises_is_raised() -> None:
    def broken() -> Generator[Event, None, None]:
        yield Text(text="a")
        raise Unavailable("gone")

    stream = side_by_side({"left": broken})
    assert next(stream)[0] == "left"
    with pytest.raises(Unavailable, match="gone"):
        next(stream)
