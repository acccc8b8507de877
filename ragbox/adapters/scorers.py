"""Gives the quoting engine its scorer: the active version, the built-in one where there is none or it cannot be used.

Reads one small file at each question, so that a switch counts from the next one on. Safe to call from several threads.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import replace

from ..encoders import SentenceEncoder
from ..engines.evidence import BUILT_IN, Scorer
from ..engines.span_reader import SpanReader
from ..errors import RagboxError, Rejected
from ..ports import Encoder
from . import reading, scorer
from .pointer import BARE, EXTRACTIVE
from .store import Adapter, AdapterStore

KEPT = 2
"""Scorers kept read: the gate asks the old one and the new one in turn. A reader takes 90 MB once it is loaded."""
STOP_SECONDS = 20.0
_TRIED = "When is the rent due?", "The rent is due on the first day of each month. Pets are welcome."
_log = logging.getLogger(__name__)


class Scorers:
    """The scorers of one box."""

    def __init__(self, store: AdapterStore, encoder: Encoder, used: Callable[[], str]) -> None:
        """`used` returns the identity of the encoder, "" where it is not loaded: then nothing is compared yet."""
        self._store = store
        self._encoder = encoder
        self._used = used
        self._read: dict[str, tuple[Scorer, str]] = {}
        """By key: a version never changes. With the encoder that it was compared with."""
        self._opening = threading.Lock()  # two questions at a time would each read the same reader's model
        self._loading: threading.Thread | None = None
        self._logged = ""

    def __call__(self, key: str = "") -> Scorer:
        """Return the scorer of a key, of BARE the built-in one, of "" the one that is to choose now.

        Raises:
            NotFound, Rejected: the version that was named is gone, not as it was added, or fitted for another encoder;
                never of "".
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

    def settle(self) -> None:
        """Let go of all but the one that chooses now; load its reader in a thread, so that no question waits for it."""
        key, _ = self.status()
        with self._opening:
            self._read = {k: v for k, v in self._read.items() if k == key}
        if key in self._read and self._read[key][0].reader is not None:
            self._loading = threading.Thread(target=self._load, args=(key,), name="scorer", daemon=True)
            self._loading.start()

    def close(self) -> None:
        """Wait for a reader that is being loaded, at most 20 s."""
        if self._loading is not None:
            self._loading.join(STOP_SECONDS)

    def load(self, key: str) -> None:
        """Read a version, and its reader's weights. Raises NotFound and Rejected as calling does, and Unavailable."""
        if isinstance(reader := self._of(key).reader, SpanReader):
            reader.load()

    def probe(self, key: str) -> None:
        """Return if a version chooses otherwise than the built-in one; raises Rejected, and Unavailable."""
        found = self._of(key)
        if found == BUILT_IN:
            raise Rejected(f"{key} is a no-op: its weights are the built-in ones. Use the built-in ones.")
        if found.reader is not None:
            question, passage = _TRIED
            told = found.reader.read(question, [(passage, 0, passage.index(".") + 1)])
            if not all(0 <= figure <= 1 for row in told for figure in row):  # NaN is in no order
                raise Rejected(f"The reader of {key} gives {told[0]}, not shares. Train it again.")

    def _load(self, key: str) -> None:
        try:
            self.load(key)
        except (RagboxError, OSError) as error:
            _log.warning("The reader of %s cannot be loaded, and the built-in scorer chooses: %s", key, error)

    def _of(self, key: str) -> Scorer:
        encoder = self._used()
        with self._opening:
            scorer_, compared = self._read.get(key, (BUILT_IN, None))
            if compared != encoder:
                found = self._store.find(key)
                self._store.check(found)
                scorer_ = self._opened(found, encoder)
                others = [(k, v) for k, v in self._read.items() if k != key]
                self._read = dict([*others, (key, (scorer_, encoder))][-KEPT:])
            return scorer_

    def _opened(self, found: Adapter, encoder: str) -> Scorer:
        folder = self._store.versions.opened(found.folder)
        told = scorer.read(folder)
        told.fit(encoder)
        if not told.scorer.reading:
            return told.scorer
        if not isinstance(self._encoder, SentenceEncoder):
            raise Rejected(f"{found.key} has a reader, and the encoder in use has no weights here for it.")
        base = self._encoder
        return replace(told.scorer, reader=SpanReader(folder / reading.NAME, lambda: base.folder))
