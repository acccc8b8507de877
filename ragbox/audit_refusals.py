"""Records who was turned away at the door: one entry a minute for each address, so that guessing fills no disk."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from time import monotonic

from .errors import Unavailable

EVERY_SECONDS = 60.0
ADDRESSES = 1000
"""Addresses and accounts that are told apart: each costs some 200 bytes."""


class Refusals:
    """Counts what is not recorded by itself. Raises nothing: who is turned away is so, recorded or not."""

    def __init__(self, seen: Callable[..., None], clock: Callable[[], float] = monotonic) -> None:
        """`seen` is that of the trail (`ragbox/audit.py`)."""
        self._seen = seen
        self._clock = clock
        self._lock = threading.Lock()
        self._last: dict[tuple[str, str, str], tuple[float, int]] = {}

    def add(self, act: str, address: str, object_: str = "") -> None:
        """Record a refusal, or count it; the next entry of the address says how many there were in between.

        `object_` is the account that was tried, where it is known; each has entries of its own.
        """
        now, key = self._clock(), (act, address, object_)
        with self._lock:
            since, more = self._last.get(key, (now - EVERY_SECONDS, 0))
            due = now - since >= EVERY_SECONDS
            self._last[key] = (now, 0) if due else (since, more + 1)
            full = len(self._last) > ADDRESSES
        if due:
            self._tell(*key, more)
        if full:
            self.close()

    def settle(self) -> None:
        """Record what was counted of those whose minute is over."""
        self._forget(self._clock() - EVERY_SECONDS)

    def close(self) -> None:
        """Record what was counted."""
        self._forget(float("inf"))

    def _forget(self, until: float) -> None:
        with self._lock:
            gone = {key: more for key, (since, more) in self._last.items() if since <= until}
            self._last = {key: kept for key, kept in self._last.items() if key not in gone}
        for key, more in gone.items():
            if more:
                self._tell(*key, more)

    def _tell(self, act: str, address: str, object_: str, more: int) -> None:
        with suppress(Unavailable):  # too much waits to be recorded
            self._seen("", act, object_, address=address, **({"more": more} if more else {}))
