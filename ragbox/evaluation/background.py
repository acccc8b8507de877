"""A run of a question file in a thread of its own: one at a time, and told how far it is.

What became of the last one is kept in a file: who comes back after a restart is told that it was broken off.
"""

from __future__ import annotations

import json
import logging
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from .. import sealed
from ..errors import Busy, Conflict, RagboxError, Unavailable
from .asking import Asking
from .questions import Question
from .run import Outcome, run
from .runs import shape

Json = dict[str, Any]
STOP_SECONDS = 20.0
BUSY_SECONDS = 600.0
"""How long a question is asked again while the box is busy with those of others; then the run fails."""
_log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True, slots=True)
class Work:
    """How far the present or last run is: `done` of `total` questions, by whom, of which file and collection.

    `stage` is "", "ask", "done", "failed" or "cancelled"; times are ISO 8601, "" where there is none yet.
    """

    name: str = ""
    file: str = ""
    collection: str = ""
    by: str = ""
    stage: str = ""
    done: int = 0
    total: int = 0
    started_at: str = ""
    ended_at: str = ""
    error: str = ""

    @property
    def running(self) -> bool:
        return self.stage == "ask"


class Background:
    """The runs of one box, one at a time."""

    def __init__(self, file: Path, asking: Asking, ended: Callable[[Work], None] = lambda _: None) -> None:
        """`ended` is told how each run ended."""
        self._file = file
        self._asking = asking
        self._ended = ended
        self._work = Work()
        self._starting = threading.Lock()
        self._stop = threading.Event()
        self._closed = False
        self._thread: threading.Thread | None = None

    def load(self) -> None:
        """Read how the last run ended; one that was running then has failed."""
        with suppress(OSError, ValueError, TypeError):  # there was none, or it was kept by another version
            self._work = Work(**json.loads(self._file.read_text(encoding="utf-8")))
        self._closed = False
        if self._work.running:
            self._end("failed", "The server ended while the run was under way. Start it again.")

    def close(self) -> None:
        """Break off what is running; the next start says so. Waits at most 20 s."""
        with self._starting:  # what begins now would outlive the box
            self._closed = True
            self._stop.set()
        if self._thread is not None:
            self._thread.join(STOP_SECONDS)

    def work(self) -> Work:
        """Return how far the present or last run is."""
        return self._work

    def start(self, work: Work, questions: Sequence[Question], keep: Callable[[Json], object]) -> Work:
        """Begin to ask; returns at once. `keep` is given the run when all is asked.

        Raises:
            Conflict: another run is under way.
            Unavailable: the box is closing.
        """
        with self._starting:
            if self._closed:
                raise Unavailable("The box is closing. Try again when it is back.")
            now = self._work
            if now.running:
                raise Conflict(
                    f"The run {now.name} is under way ({now.done} of {now.total}). Wait until it is done, or cancel it."
                )
            self._stop.clear()
            begun = replace(work, stage="ask", total=len(questions), started_at=_now())
            self._write(begun)
            self._work = begun
            self._thread = threading.Thread(target=self._run, args=(questions, keep), name="run", daemon=True)
            self._thread.start()
            return begun

    def cancel(self) -> Work:
        """Break off the run that is under way, if any; nothing of it is kept."""
        broken = self._work  # it may end before this returns
        self._stop.set()
        return broken

    def _run(self, questions: Sequence[Question], keep: Callable[[Json], object]) -> None:
        work = self._work
        try:
            keep({"file": work.file, "collection": work.collection} | shape(self._outcomes(work, questions)))
        except BaseException as error:  # a panic of a library in Rust is no Exception, and ends the run as well
            if self._closed:  # as it stands the next start finds it
                return
            if self._stop.is_set():
                self._end("cancelled")
                return
            known = isinstance(error, RagboxError)
            if not known:
                _log.exception("a run failed")
            self._end("failed", str(error) if known else "Something went wrong. The server's log says what.")
        else:
            self._end("done")

    def _outcomes(self, work: Work, questions: Sequence[Question]) -> list[Outcome]:
        asking, outcomes = self._asking, list[Outcome]()
        text_of = asking.page_text()

        def one(question: Question) -> list[Outcome]:
            return list(
                run(
                    [question], lambda q, k: asking.search(q, k, work.collection),
                    lambda q: asking.ask(q, work.collection, self._stop), text_of,
                )
            )  # fmt: skip

        for question in questions:
            outcomes += self._patiently(one, question)
            self._work = replace(self._work, done=len(outcomes))
        return outcomes

    def _patiently(self, ask: Callable[[Question], list[Outcome]], question: Question) -> list[Outcome]:
        """Ask, and again while the box is busy: those who wait for an answer go first, and the run goes on after."""
        end = time.monotonic() + BUSY_SECONDS
        while True:
            try:
                return ask(question)
            except Busy as error:
                left = end - time.monotonic()
                if left <= 0:
                    raise Unavailable("The box was busy for too long. Start the run when fewer ask.") from error
                self._stop.wait(min(error.retry_after, left))
                if self._stop.is_set():
                    raise Conflict("The run was cancelled. Start it again.") from error

    def _end(self, stage: str, error: str = "") -> None:
        self._work = replace(self._work, stage=stage, error=error, ended_at=_now())
        self._write(self._work)
        self._ended(self._work)

    def _write(self, work: Work) -> None:
        self._file.parent.mkdir(parents=True, exist_ok=True)
        sealed.write(self._file, asdict(work))


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
