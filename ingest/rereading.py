"""Reads again what an older ragbox has read, in the queue, one document after the other. Knows no parser.

One at a time, so that files that people drop meanwhile wait for one of these at most, however many there are.
"""

from __future__ import annotations

import logging
import threading

from ragbox.auth import Auth
from ragbox.errors import RagboxError, Unavailable
from ragbox.library import Library
from ragbox.readings import Readings
from ragbox.types import Actor

from .queue import Queue

LOOK_SECONDS = 30.0
"""Between two looks for what waits that nobody told of: a document that was called back, a busy queue with room."""
STOP_SECONDS = 20.0
_log = logging.getLogger(__name__)


class Rereading:
    """The second readings of one box, at work from `load` to `close`. Safe to call from several threads."""

    def __init__(self, auth: Auth, library: Library, readings: Readings, queue: Queue) -> None:
        self._auth = auth
        self._library = library
        self._readings = readings
        self._queue = queue
        self._changed = threading.Condition()
        self._open = False
        self._thread: threading.Thread | None = None

    def load(self) -> None:
        """Start, with what the last stop or crash left."""
        self._open = True
        self._thread = threading.Thread(target=self._run, name="rereading", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Begin nothing more. The queue has been closed before, so nothing is under way."""
        with self._changed:
            self._open = False
            self._changed.notify_all()
        if self._thread is not None:
            self._thread.join(STOP_SECONDS)

    def status(self, actor: Actor, collection: str | None = None) -> dict[str, int]:
        """Return how many documents that the actor may write an older ragbox has read, and how many of them wait.

        Raises:
            NotFound, NotPermitted: no such collection for this actor, or no right to write to it.
        """
        theirs = self._writable(actor, collection)
        return {"older": self._readings.older(*theirs), "waiting": self._readings.waiting(*theirs)}

    def begin(self, actor: Actor, collection: str | None = None) -> dict[str, int]:
        """Let all of them wait to be read again, of one collection (its name) or all; return what `status` does.

        Each keeps its passages until the new ones are there, and for good where it cannot be read any more.

        Raises:
            NotFound, NotPermitted: as `status` does.
        """
        self._readings.want(*self._writable(actor, collection), by=actor.name)
        found = self.status(actor, collection)  # before the first is done
        with self._changed:
            self._changed.notify_all()
        return found

    def stop(self, actor: Actor, collection: str | None = None) -> dict[str, int]:
        """Let none of them wait any more; the one that is under way is read to its end. Return what `status` does.

        Raises:
            NotFound, NotPermitted: as `status` does.
        """
        self._readings.forget(*self._writable(actor, collection))
        return self.status(actor, collection)

    def _writable(self, actor: Actor, name: str | None) -> tuple[list[str], frozenset[str]]:
        """Return the collections (ids) that the actor may write, and what in them is hidden from the actor."""
        if name is not None:
            self._auth.require(actor, "write", name)
        named = [c for c in self._library.collections() if name in (None, c.name)]
        ids = [c.id for c in named if self._auth.decide(actor, "write", c.name).allowed]
        return ids, self._auth.hidden(actor).within(ids)

    def _run(self) -> None:
        while self._open:
            try:
                well = (found := self._next()) is None or self._read(*found)
            except Exception:  # a full disk, a record that another process holds
                _log.exception("what an older ragbox has read could not be read again")
                well = False
            if not well:
                with self._changed:  # the queue is full, the encoder's server is away: later
                    self._changed.wait_for(lambda: not self._open, LOOK_SECONDS)

    def _next(self) -> tuple[str, str] | None:
        """Wait for a document (id) to be read, and return it and for whom; None at the end."""
        with self._changed:
            while self._open:
                if found := self._readings.next():
                    return found
                self._changed.wait(LOOK_SECONDS)
        return None

    def _read(self, document: str, by: str) -> bool:
        """Have a document read again, and wait for it; return False where that is to be tried again."""
        try:
            ((_, future),) = self._queue.reread(self._auth.active(by), [document])
            future.result()
        except Unavailable:
            return False
        except RagboxError:
            pass  # gone, no right to it any more: the queue shows it
        self._readings.done(document)
        return True
