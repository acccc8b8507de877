"""Keeps the originals in line with the record while files come and go. Knows no parser and no index."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ragbox.library import Library
from ragbox.originals import Originals


class Keeper:
    """Says which originals stay. Safe to call from several threads."""

    def __init__(self, library: Library, originals: Originals) -> None:
        self._library = library
        self._originals = originals
        self._keeping = threading.Lock()
        self._held: Counter[str] = Counter()  # originals that a file under way needs

    def copy(self, path: Path) -> tuple[str, int]:
        """Take a copy that stays until `let_go`, even if the last document of the same bytes goes meanwhile."""
        while True:
            sha256, size = self._originals.add(path)
            with self._keeping:
                if self._originals.has(sha256):
                    self._held[sha256] += 1
                    return sha256, size

    def let_go(self, sha256: str) -> None:
        """Give a copy back to the record, which says whether it stays."""
        with self._keeping:
            self._held[sha256] -= 1
        self._follow(sha256)

    @contextmanager
    def holding(self, sha256: str) -> Iterator[None]:
        """Keep a stored original while it is read again, even if its last document goes meanwhile."""
        with self._keeping:
            self._held[sha256] += 1
        try:
            yield
        finally:
            self.let_go(sha256)

    @contextmanager
    def doubting(self, hashes: set[str]) -> Iterator[None]:
        """Change the record of these originals: afterwards, or at the start after a crash, they follow it."""
        with self._keeping:
            for sha256 in hashes:
                if not self._held[sha256]:
                    self._originals.doubt(sha256)
        try:
            yield
        finally:
            for sha256 in hashes:
                self._follow(sha256)

    def _follow(self, sha256: str) -> None:
        """Keep an original or delete it, as the record says, unless a file under way needs it and will follow it."""
        with self._keeping:
            if self._held[sha256]:
                return
            del self._held[sha256]
            if self._library.hashes(sha256=sha256):
                self._originals.settle(sha256)
            else:
                self._originals.remove(sha256)
