"""Parses files in child processes that can be killed: a bad file costs a worker, never the server.

Knows the pool; one process and its limits are in `ingest/child.py`, what it may do in `ingest/worker.py`.
"""

from __future__ import annotations

import hashlib
import queue
import shutil
import tempfile
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from ragbox.errors import Rejected, Unavailable
from ragbox.settings import Settings
from ragbox.types import Parsed

from .child import Child, Order
from .pace import Reading
from .wire import Patch

FILES_PER_WORKER = 100
"""Files after which a worker is replaced: parsers keep memory. A new one costs about 1.5 s of imports."""


class Sandbox:
    """A pool of processes. Safe to call from several threads; each call has a worker to itself."""

    def __init__(
        self, settings: Settings, *, parse: str = "ingest.parsers:parse", name: str = "parse", workers: int = 0
    ) -> None:
        """Take the settings, and as "module:function" what a worker calls with (path, kind, options).

        `name` tells the pools of one box apart; `workers` are `parse_workers` if not said.
        """
        self._settings = settings
        self._function = parse
        self._workers = workers or settings.parse_workers
        # In the system's folder, where the disk of the record cannot be filled; named after the data folder.
        owner = hashlib.sha256(str(settings.data.absolute()).encode()).hexdigest()[:12]
        self._prefix = f"ragbox-{name}-{owner}-"
        # Last in, first out: one busy thread keeps one warm worker. None stands for a worker not started.
        self._free: queue.LifoQueue[Child | None] = queue.LifoQueue()
        self._live: set[Child] = set()
        self._lock = threading.Lock()
        self._open = False

    def load(self) -> None:
        """Make the pool ready; workers start when files come."""
        with self._lock:
            if not self._open:
                self._open = True
                # A data folder has one owner: what bears its mark was left by one that was killed.
                for stale in Path(tempfile.gettempdir()).glob(f"{self._prefix}*"):
                    shutil.rmtree(stale, ignore_errors=True)
                self._free = queue.LifoQueue()
                for _ in range(self._workers):
                    self._free.put(None)

    def close(self) -> None:
        """Kill all workers; a file being parsed ends as Unavailable."""
        with self._lock:
            self._open = False
            live, self._live = self._live, set()
        for worker in live:
            worker.kill()
        # Threads that wait for a worker wake up and see that there is none.
        for _ in range(self._workers):
            self._free.put(None)

    def detect(self, path: Path, file: str) -> str:
        """Return the kind of a file, a key of `ingest.parsers.MODULES`; `file` is the name it was dropped under.

        Raises:
            Rejected: it is nothing that is read, or broke a limit; the message says which.
            Unavailable: the pool is closed.
        """
        kind: str = self._ask(Order(path=path, file=file))
        return kind

    def parse(self, path: Path, kind: str, file: str, hear: Callable[[Parsed], None] | None = None) -> Parsed:
        """Parse a file of a known kind; `file` is the name it was dropped under, for messages.

        `hear`, if given, gets the first pages of a long file while the rest is read; what it raises ends the reading.

        Raises:
            Rejected: it cannot be read or broke a limit; the message says which, and which setting raises it.
            Unavailable: the pool is closed.
        """
        parsed: Parsed = self._ask(Order(path=path, file=file, kind=kind, early=hear is not None), hear)
        return parsed

    def look(self, path: Path, kind: str, file: str, *, page: int) -> Parsed:
        """Return what a page (from 1) of a PDF or picture shows; the pool's function is then `ingest.parsers.seen:see`.

        Raises:
            Rejected: there is no such page, it cannot be read or broke a limit; the message says which.
            Unavailable: the pool is closed.
        """
        shown: Parsed = self._ask(Order(path=path, file=file, kind=kind, page=page))
        return shown

    def draw(self, path: Path, kind: str, file: str, *, page: int, width: int, patches: Sequence[Patch] = ()) -> bytes:
        """Return a page (from 1) of a PDF or picture as WebP, painted over at the patches.

        The pool's function is then `ingest.parsers.draw:draw`.

        Raises:
            Rejected: there is no such page, it cannot be drawn or broke a limit; the message says which.
            Unavailable: the pool is closed.
        """
        order = Order(path=path, file=file, kind=kind, page=page, width=width, patches=tuple(patches))
        drawn: bytes = self._ask(order)
        return drawn

    def reading(self) -> list[Reading]:
        """Return the files that are read just now, and how far."""
        with self._lock:
            return [reading for worker in self._live if (reading := worker.reading)]

    def progress(self, thread: threading.Thread) -> Reading | None:
        """Return how far the file is read that a thread waits for, None where nothing says so."""
        with self._lock:
            return next((worker.reading for worker in self._live if worker.asker is thread), None)

    def stop(self, thread: threading.Thread) -> None:
        """Kill the worker that a thread waits for, if there is one; its file ends as Rejected."""
        with self._lock:
            for worker in self._live:
                if worker.asker is thread:
                    worker.kill()

    def _ask(self, order: Order, hear: Callable[[Parsed], None] | None = None) -> Any:
        if not self._open:
            raise Unavailable("The parsers are not running. Start the box first.")
        free = self._free
        worker = free.get()
        try:
            if worker and not worker.running():
                self._retire(worker)
                worker = None
            worker = worker or self._start()
            with self._lock:
                worker.asker = threading.current_thread()
            return worker.ask(order, hear)
        except Rejected as error:
            if self._open:
                raise
            # The worker was killed by `close`: that says nothing about the file.
            raise Unavailable("The parsers are shutting down. Start the box again.") from error
        finally:
            if worker:
                with self._lock:  # not while `stop` looks: it would kill what the next thread waits for
                    worker.asker = None
            if worker and (worker.worn or worker.files >= FILES_PER_WORKER or not worker.running()):
                self._retire(worker)
                worker = None
            free.put(worker)

    def _start(self) -> Child:
        worker = Child(self._settings, self._function, self._prefix)
        with self._lock:
            if self._open:
                self._live.add(worker)
                return worker
        worker.kill()
        raise Unavailable("The parsers are shutting down. Start the box again.")

    def _retire(self, worker: Child) -> None:
        worker.kill()
        with self._lock:
            self._live.discard(worker)
