"""Gives the quoting engine its scorer: the active version, the built-in one where there is none or it cannot be used.

Reads one small file at each question, so that a switch counts from the next one on. Safe to call from several threads.
"""

from __future__ import annotations

import logging

from ..engines.evidence import BUILT_IN, Scorer
from ..errors import RagboxError, Rejected
from . import scorer
from .pointer import BARE, EXTRACTIVE
from .store import AdapterStore

_log = logging.getLogger(__name__)


class Scorers:
    """The scorers of one box."""

    def __init__(self, store: AdapterStore) -> None:
        self._store = store
        self._read: dict[str, Scorer] = {}
        """By key: a version never changes, and has 40 numbers."""
        self._logged = ""

    def __call__(self, key: str = "") -> Scorer:
        """Return the scorer of a key, of BARE the built-in one, of "" the one that is to choose now.

        Raises:
            NotFound, Rejected: the version that was named is gone or not as it was added; never of "".
        """
        if key:
            return BUILT_IN if key == BARE else self._of(key)
        active, _ = self.status()
        return self._of(active) if active else BUILT_IN

    def status(self) -> tuple[str, str]:
        """Return the key that chooses now, "" for the built-in one, and why the one that should does not."""
        problem, key = self._store.problem(EXTRACTIVE), self._store.current(EXTRACTIVE)
        if key:
            try:
                self._of(key)
            except (RagboxError, OSError) as error:
                problem, key = f"The scorer {key} cannot be used: {error}", ""
        if problem != self._logged:
            self._logged = problem
            if problem:
                _log.warning("The built-in scorer chooses the quotes: %s", problem)
        return key, problem

    def load(self, key: str) -> None:
        """Read a version. Raises NotFound and Rejected as calling does."""
        self._of(key)

    def probe(self, key: str) -> None:
        """Return if a version chooses otherwise than the built-in one; raises Rejected."""
        if self._of(key) == BUILT_IN:
            raise Rejected(f"{key} is a no-op: its weights are the built-in ones. Use the built-in ones.")

    def _of(self, key: str) -> Scorer:
        if key not in self._read:
            found = self._store.find(key)
            self._store.check(found)
            self._read[key] = scorer.read(found.folder).scorer
        return self._read[key]
