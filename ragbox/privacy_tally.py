"""Counts what was taken out of texts, in memory, and has it written every few seconds. Knows no value and no table."""

from __future__ import annotations

import logging
import threading
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta

SECONDS = 5.0
"""Between two writings: a stream must not wait for whoever writes to the record just now."""
DAYS = 90
log = logging.getLogger(__name__)
Counts = Counter[tuple[str, str, str]]


class Tally:
    """Counts by day, collection and entity, and by day, collection and role. Safe to use from several threads."""

    def __init__(self, write: Callable[[Counts, Counts], None]) -> None:
        """`write` takes what was counted since it was called last."""
        self._write = write
        self._removed: Counts = Counter()
        self._opened: Counts = Counter()
        self._timer: threading.Timer | None = None
        self._changing = threading.Lock()

    def removed(self, collections: Iterable[str] | None, entity: str) -> None:
        """Count a value that was taken out of a text; one over several collections counts for none of them."""
        held = list(collections or ())
        with self._changing:
            self._removed[_today(), held[0] if len(held) == 1 else "", entity] += 1
            self._later()

    def opened(self, collections: Iterable[str], role: str) -> None:
        """Count an answer that nothing was taken out of, once for each collection."""
        with self._changing:
            for collection in collections:
                self._opened[_today(), collection, role] += 1
            self._later()

    def write(self) -> None:
        """Write what there is; what cannot be written is kept for the next time."""
        with self._changing:
            removed, opened, self._timer = self._removed, self._opened, None
            self._removed, self._opened = Counter(), Counter()
        if not removed and not opened:
            return
        try:
            self._write(removed, opened)
        except Exception:  # a full disk: counts are no reason to keep an answer back
            log.warning("what was taken out of answers could not be counted", exc_info=True)
            with self._changing:
                self._removed += removed
                self._opened += opened

    def close(self) -> None:
        """Write the rest."""
        with self._changing:
            timer = self._timer
        if timer is not None:
            timer.cancel()
        self.write()

    def since(self) -> str:
        """Return the first day that is told of."""
        return (datetime.now(UTC) - timedelta(days=DAYS)).date().isoformat()

    def _later(self) -> None:
        if self._timer is None:
            self._timer = threading.Timer(SECONDS, self.write)
            self._timer.daemon = True
            self._timer.start()


class Uncounted(Tally):
    """Counts nothing: for questions that the box asks itself."""

    def __init__(self) -> None:
        super().__init__(lambda *_: None)

    def removed(self, collections: Iterable[str] | None, entity: str) -> None:  # noqa: ARG002
        return


def _today() -> str:
    return datetime.now(UTC).date().isoformat()
