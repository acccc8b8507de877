"""Wipes what is deleted or over its time: at night, and when an admin says so. Knows no SQL and no index.

A deleted document is gone from the record, the originals and all answers when it can no longer be called back. Its
words stay in files of the indexes until these are built anew, and in the record's log until that is emptied: that is
done here, and then looked for what is left all the same.
"""

from __future__ import annotations

import logging
import shutil
import threading
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol

from .conversations import Conversations
from .index import leavings
from .indexer import Indexer
from .leftovers import Leftovers, Looked
from .originals import Originals
from .remains import Remains
from .settings import Settings

STOP_SECONDS = 20.0
BEGIN_SECONDS = 60.0
"""How long after the start a sweep that was missed begins: the first questions come before it."""
_log = logging.getLogger(__name__)


class Shelf(Protocol):
    """What can still be called back."""

    def finish(self) -> None:
        """Delete it for good."""


class Quality(Protocol):
    """Kept runs of questions."""

    def sweep(self) -> None:
        """Take out what they hold of what is gone."""


@dataclass(frozen=True, kw_only=True)
class Swept:
    """What one sweep did: conversations and laid-aside files over their time, collections whose indexes were renewed.

    `log`: whether the record's log could be emptied; readers can keep it from that until the next sweep. `looked`: what
    was then looked for and where, None where nothing was wiped.
    """

    conversations: int
    unnamed: int
    collections: int
    log: bool
    looked: Looked | None


class Sweep:
    """The sweeper of one box. Safe to call from several threads."""

    def __init__(
        self, settings: Settings, conversations: Conversations, originals: Originals, indexer: Indexer,
        remains: Remains, shelf: Shelf, quality: Quality, *, now: Callable[[], datetime] = datetime.now,
    ) -> None:  # fmt: skip
        """`now` is local time."""
        self._settings = settings
        self._conversations = conversations
        self._originals = originals
        self._indexer = indexer
        self._remains = remains
        self._leftovers = Leftovers(settings.data, settings.index_folder, remains.db, originals.vault)
        self._shelf = shelf
        self._quality = quality
        self._now = now
        self._sweeping = threading.Lock()
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Sweep each night from now on, and soon if the last nights passed without the server."""
        self._stop.clear()
        self._thread = threading.Thread(target=self._nightly, name="sweep", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop; a sweep under way has 20 s, what it has not come to waits for the next."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(STOP_SECONDS)
            self._thread = None

    def purge(self) -> Swept:
        """Sweep now, and first delete for good what could still be called back.

        Questions find less of a collection while its indexes are built anew.
        """
        self._shelf.finish()
        return self.sweep()

    def sweep(self) -> Swept:
        """Delete what is over its time, and wipe what was deleted."""
        with self._sweeping:
            conversations, unnamed = self._expire()
            self._leave()
            self._quality.sweep()
            try:
                renewed, failure = self._wipe()
            finally:
                log = self._remains.truncate()  # all of the above is written to it, and it is looked through
            looked = None
            if renewed:
                traces = self._remains.traces(renewed)
                looked = self._leftovers.look(traces, self._stop) if traces else None
                if looked or not traces:  # a server that ends meanwhile looks the next night, after wiping it again
                    for collection, last in renewed.items():
                        self._remains.wiped(collection, last)
                    log = self._remains.truncate()
        if looked and (looked.found or looked.unopened):
            _log.warning(
                "after what was deleted was wiped, pieces of it are still in %s; not opened: %s",
                ", ".join(looked.found) or "no file", ", ".join(looked.unopened) or "none",
            )  # fmt: skip
        if failure is not None:
            raise failure
        return Swept(conversations=conversations, unnamed=unnamed, collections=len(renewed), log=log, looked=looked)

    def waiting(self) -> int:
        """Return of how many collections deletions wait to be wiped."""
        return len(self._remains.collections())

    def wait_seconds(self) -> float:
        """Return how long it is until the next sweep."""
        now = self._now()
        due = now.replace(hour=self._settings.sweep_hour, minute=0, second=0, microsecond=0)
        return ((due if due > now else due + timedelta(days=1)) - now).total_seconds()

    def missed(self) -> bool:
        """Tell whether something waits to be wiped since before the last hour of sweeping."""
        last = self._now() + timedelta(seconds=self.wait_seconds()) - timedelta(days=1)
        oldest = self._remains.oldest()
        return oldest is not None and oldest < last.astimezone(UTC)

    def _expire(self) -> tuple[int, int]:
        """Delete what is over its time; return of how many conversations and laid-aside files that was."""
        conversations = unnamed = 0
        if days := self._settings.history_days:
            conversations = self._conversations.expire(self._now() - timedelta(days=days))
        if days := self._settings.unnamed_days:
            unnamed = self._originals.expire((self._now() - timedelta(days=days)).timestamp())
        return conversations, unnamed

    def _freshen(self) -> None:
        """Do what of a sweep takes no time."""
        self._expire()
        self._leave()

    def _leave(self) -> None:
        """Delete the indexes that lay in the data folder before they lay elsewhere: nobody wipes these any more."""
        data = self._settings.data
        if self._settings.index_folder.resolve() != data.resolve():
            for name in ("chroma", "tantivy"):
                shutil.rmtree(data / name, ignore_errors=True)

    def _wipe(self) -> tuple[dict[str, int], Exception | None]:
        """Wipe what was deleted from collections; return up to which deletion of each, and why others could not be."""
        renewed: dict[str, int] = {}
        failure: Exception | None = None
        for collection, last in self._remains.collections().items():
            try:
                if self._renew(collection):
                    renewed[collection] = last
            except Exception as error:
                failure = failure or error
        if self._stop.is_set():
            renewed.clear()
        if renewed:
            with self._indexer.paused():
                leavings.wipe(self._settings.index_folder / "chroma", self._stop)
        return renewed, failure

    def _renew(self, collection: str) -> bool:
        """Return whether the indexes of a collection are built anew; not if the sweep is to stop."""
        if self._stop.is_set():
            return False
        with closing(self._indexer.renew(collection)) as batches:
            for _ in batches:
                if self._stop.is_set():
                    return False
        return True

    def _nightly(self) -> None:
        if not self._stop.wait(BEGIN_SECONDS):
            self._try(self.sweep if self.missed() else self._freshen)
        while not self._stop.wait(self.wait_seconds()):
            self._try(self.sweep)

    def _try(self, work: Callable[[], object]) -> None:
        try:
            work()
        except Exception:  # a full disk: the next night
            _log.exception("what is deleted or over its time could not be wiped")
