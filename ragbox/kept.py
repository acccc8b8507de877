"""A bounded store of what is dear to make again: the oldest goes first. Safe to use from several threads."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Kept(Generic[K, V]):
    """Holds at most `most` values by key; one that was used lately stays."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._held: OrderedDict[K, V] = OrderedDict()
        self._changing = threading.Lock()

    def __len__(self) -> int:
        return len(self._held)

    def seen(self, key: K) -> V | None:
        """Return the value of a key, if it is there."""
        with self._changing:
            if key not in self._held:
                return None
            self._held.move_to_end(key)
            return self._held[key]

    def keep(self, key: K, value: V) -> None:
        """Hold a value."""
        with self._changing:
            self._held[key] = value
            self._held.move_to_end(key)
            while len(self._held) > self._most:
                self._held.popitem(last=False)

    def get(self, key: K, make: Callable[[], V]) -> V:
        """Return the value of a key, made now if it is not there; two threads may both make it."""
        value = self.seen(key)
        if value is None:
            value = make()
            self.keep(key, value)
        return value

    def clear(self) -> None:
        """Hold nothing."""
        with self._changing:
            self._held.clear()
