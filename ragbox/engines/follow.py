"""Hands over, in the thread that asks, what another thread writes; ends soon when the request is cancelled."""

from __future__ import annotations

import queue
import time
from collections.abc import Callable, Iterator

from ..generation import Delta, Request

LOOK_SECONDS = 0.1
"""Between two looks at whether the request was cancelled: its row is to be free within a second."""
Put = Callable[[Delta], None]


def follow(request: Request, begin: Callable[[Put], Callable[[], object]], *, silence: float = 0.0) -> Iterator[Delta]:
    """Yield the deltas that are put, until one has `end`.

    `begin` starts whoever puts them and returns what stops it, which is called at the end, however it comes.

    Raises:
        TimeoutError: nothing was put for `silence` seconds (0: no limit).
    """
    if request.cancelled.is_set():
        yield Delta(id=request.id, end="cancelled")
        return
    written: queue.SimpleQueue[Delta] = queue.SimpleQueue()
    stop = begin(written.put)
    heard = time.monotonic()
    try:
        while True:
            try:
                delta = written.get(timeout=LOOK_SECONDS)
            except queue.Empty:
                delta = None
            if request.cancelled.is_set():
                yield Delta(id=request.id, end="cancelled")
                return
            if delta is not None:
                heard = time.monotonic()
                yield delta
                if delta.end:
                    return
            elif silence and time.monotonic() - heard > silence:
                raise TimeoutError
    finally:
        stop()
