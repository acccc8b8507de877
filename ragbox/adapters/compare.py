"""Writes several answers to one question at the same time, so that they can be read side by side. Knows no adapter."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Generator, Mapping
from contextlib import closing

from ..events import Event

JOIN_SECONDS = 20.0
_Told = tuple[str, Event | Exception | None]


def side_by_side(sides: Mapping[str, Callable[[], Generator[Event, None, None]]]) -> Generator[tuple[str, Event]]:
    """Yield the events of all sides as they come, each with its side's name. Closing it ends them all.

    Each side is asked in a thread of its own: one that waits for the model does not hold up the other.

    Raises what a side raises, once the events before it are told.
    """
    told: queue.SimpleQueue[_Told] = queue.SimpleQueue()
    stop = threading.Event()

    def follow(name: str, ask: Callable[[], Generator[Event, None, None]]) -> None:
        try:
            with closing(ask()) as events:
                for event in events:
                    if stop.is_set():
                        return
                    told.put((name, event))
        except Exception as error:
            told.put((name, error))
        else:
            told.put((name, None))

    threads = [threading.Thread(target=follow, args=side, name="compare", daemon=True) for side in sides.items()]
    for thread in threads:
        thread.start()
    left = len(threads)
    try:
        while left:
            name, event = told.get()
            if event is None:
                left -= 1
            elif isinstance(event, Exception):
                raise event
            else:
                yield name, event
    finally:
        stop.set()
        for thread in threads:
            thread.join(JOIN_SECONDS)
