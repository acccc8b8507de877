"""Builds the indexes anew in a thread of its own, one time at a time, and tells how far it is. Knows no index."""

from __future__ import annotations

import logging
import threading
from collections.abc import Generator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Protocol

from .auth import Auth
from .errors import Conflict
from .types import Actor

STOP_SECONDS = 20.0
_log = logging.getLogger(__name__)


class Rebuild(Protocol):
    """`Pipeline.rebuild`: yields (done, total) documents, with `encode` twice over, for the vectors first."""

    def __call__(self, actor: Actor, *, encode: bool = False) -> Generator[tuple[int, int], None, None]: ...


@dataclass(frozen=True, kw_only=True, slots=True)
class Progress:
    """How far the present or last rebuild is, in documents; `stage` is "", "encode", "index", "done" or "failed"."""

    stage: str = ""
    done: int = 0
    total: int = 0
    started_at: datetime | None = None
    ended_at: datetime | None = None
    error: str = ""

    @property
    def running(self) -> bool:
        return self.stage in ("encode", "index")


class Rebuilder:
    """One box's rebuilds. One that is broken off does no harm: the next start heals the indexes."""

    def __init__(self, auth: Auth, rebuild: Rebuild) -> None:
        self._auth = auth
        self._rebuild = rebuild
        self._progress = Progress()
        self._changing = threading.Lock()
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def progress(self) -> Progress:
        """Return how far it is."""
        return self._progress

    def start(self, actor: Actor, *, encode: bool) -> Progress:
        """Begin to build both indexes anew, with `encode` the vectors too; returns at once.

        Raises:
            NotPermitted: no right to manage the box.
            Conflict: a rebuild is running.
        """
        self._auth.require(actor, "manage", None)
        with self._changing:
            if self._progress.running:
                raise Conflict("The indexes are being rebuilt already. Wait until that is done.")
            begun = self._progress = Progress(stage="encode" if encode else "index", started_at=datetime.now(UTC))
            self._stop.clear()
            self._thread = threading.Thread(target=self._run, args=(actor, encode), name="rebuild", daemon=True)
            self._thread.start()
        return begun  # and not how far it has come since

    def close(self) -> None:
        """Break off what is running; waits at most 20 s."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(STOP_SECONDS)

    def _run(self, actor: Actor, encode: bool) -> None:
        try:
            with closing(self._rebuild(actor, encode=encode)) as steps:  # it holds a lock until it is closed
                for done, total in steps:
                    stage = "index" if done < self._progress.done else self._progress.stage
                    self._progress = replace(self._progress, stage=stage, done=done, total=total)
                    if self._stop.is_set():
                        raise Conflict("The rebuild was broken off because the box closed. The next start mends it.")
            self._end("done", "")
        except Exception as error:
            _log.exception("The indexes could not be rebuilt")
            self._end("failed", str(error))

    def _end(self, stage: str, error: str) -> None:
        self._progress = replace(self._progress, stage=stage, error=error, ended_at=datetime.now(UTC))
