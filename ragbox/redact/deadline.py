"""Calls a function that may hang, and gives up on it after a time. Knows nothing of what it calls.

Python cannot stop a thread. One that is past its deadline is left to itself and another takes its place: it costs a
core while it computes and 8 MB of address space, and ends when its call does. `MOST` such threads are the end: then
every call is given up on at once. Code that holds the interpreter's lock stops all threads: `regex` has its own
time-outs for that.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from queue import Empty, SimpleQueue
from typing import Any, TypeVar

T = TypeVar("T")
MOST = 4
"""Threads left to themselves at one time; 4 time-outs cost a stream 4 deadlines, not one for each run."""


class Deadline:
    """Calls functions in threads of its own, at most `seconds` each. An idle call costs 33 us."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._idle: list[_Worker] = []
        self._left = 0
        self._lock = threading.Lock()

    def call(self, function: Callable[..., T], *given: Any) -> T:
        """Return what a function returns, or raise what it raises.

        Raises:
            TimeoutError: it did not end in time, or too many before it still have not.
        """
        with self._lock:
            if self._left >= MOST:
                raise TimeoutError(f"{MOST} earlier calls still hang: nothing is judged until one of them ends.")
            worker = self._idle.pop() if self._idle else _Worker()
        try:
            value, error = worker.call(function, given, self._seconds)
        except Empty:
            with self._lock:
                self._left += 1
            worker.leave(self._ended)
            raise TimeoutError(f"A call took more than {self._seconds} s and was given up on.") from None
        with self._lock:
            self._idle.append(worker)
        if error is not None:
            raise error
        return value

    def _ended(self) -> None:
        with self._lock:
            self._left -= 1


class _Worker:
    """One thread, which waits for a call and hands back its value or error."""

    def __init__(self) -> None:
        self._asked: SimpleQueue[tuple[Callable[..., Any], tuple[Any, ...]] | None] = SimpleQueue()
        self._answers: SimpleQueue[tuple[Any, BaseException | None]] = SimpleQueue()
        self._ended: Callable[[], None] = lambda: None
        threading.Thread(target=self._work, name="redact", daemon=True).start()

    def call(self, function: Callable[..., Any], given: tuple[Any, ...], seconds: float) -> Any:
        self._asked.put((function, given))
        return self._answers.get(timeout=seconds)

    def leave(self, ended: Callable[[], None]) -> None:
        """Let the thread end after its call, and say so then."""
        self._ended = ended
        self._asked.put(None)

    def _work(self) -> None:
        while (asked := self._asked.get()) is not None:
            function, given = asked
            try:
                self._answers.put((function(*given), None))
            except BaseException as error:  # a thread that ends would leave its caller to wait
                self._answers.put((None, error))
            del asked, function, given
        self._ended()
