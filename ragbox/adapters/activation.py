"""Makes an adapter the one that answers, in stages, in a thread of its own. Until the last one the old one answers."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, Protocol

from ..errors import Conflict, RagboxError, Rejected
from .gate import Gate, Report
from .pointer import Engine
from .records import Records
from .store import Adapter, AdapterStore

STAGES = "check", "load", "probe", "gate", "switch"
STOP_SECONDS = 20.0
_log = logging.getLogger(__name__)

Switched = Callable[[str, str | None], None]
"""Told the key that answers from now on and the one before it, None where it comes back."""


class Taker(Protocol):
    """What is needed of an engine that adapters come into; both raise Rejected and Unavailable."""

    def load(self, key: str) -> None: ...

    def probe(self, key: str) -> object:
        """Try an adapter that was loaded: it must change something."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Seat:
    """An engine that adapters come into, and what tries them there.

    `gate` returns what a new one is tried by, None where there are no questions to try it on; `answering` returns the
    key that answers now, "" for the bare engine: that of the store where it is left out. `settled` is told that nothing
    is on trial any more.
    """

    taker: Taker
    gate: Callable[[], Gate | None]
    answering: Callable[[], str] | None = None
    switched: Switched = lambda *_: None
    settled: Callable[[], None] = lambda: None


@dataclass(frozen=True, kw_only=True, slots=True)
class Work:
    """How far the present or last activation is.

    `stage` is "" (there was none), "check", "load", "probe", "gate", "switch", "done", "failed", or "refused": by the
    gate, so that a reason lets it through. `reached` is the last stage that began, `done` of `total` its questions.
    """

    key: str = ""
    stage: str = ""
    reached: str = ""
    done: int = 0
    total: int = 0
    started_at: datetime | None = None
    ended_at: datetime | None = None
    error: str = ""
    report: Mapping[str, Any] = field(default_factory=dict, repr=False)

    @property
    def running(self) -> bool:
        return self.stage in STAGES


class _Refused(Exception):
    """The gate did not let it through; the message is the gate's reason."""


class Activation:
    """The activations of one box, one at a time."""

    def __init__(
        self, store: AdapterStore, seats: Mapping[Engine, Seat], records: Records, switching: threading.RLock
    ) -> None:
        """`switching` is held while a pointer moves."""
        self._store = store
        self._seats = seats
        self._records = records
        self._switching = switching
        self._work = Work()
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def close(self) -> None:
        """Break off what is running; waits at most 20 s."""
        self.stop()
        if self._thread is not None:
            self._thread.join(STOP_SECONDS)

    @property
    def work(self) -> Work:
        """How far the present or last activation is."""
        return self._work

    def stop(self) -> None:
        """Break off the activation that is running, if any: the old adapter goes on."""
        self._stop.set()

    def start(self, actor: str, adapter: Adapter, reason: str) -> Work:
        """Begin; returns at once. A `reason` lets it through a gate that refuses.

        Raises:
            Conflict: one is running.
        """
        with self._switching:
            # Whose end is told is over, though its thread may not have come to its own yet.
            if self._thread is not None and self._thread.is_alive() and self._work.running:
                raise Conflict(f"{self._work.key} is being activated. Cancel that, or wait until it is done.")
            self._stop.clear()
            begun = self._work = Work(key=adapter.key, stage="check", reached="check", started_at=datetime.now(UTC))
            run = threading.Thread(target=self._run, args=(actor, adapter, reason), name="adapters", daemon=True)
            self._thread = run
            run.start()
            return begun

    def _run(self, actor: str, adapter: Adapter, reason: str) -> None:
        stage, error, result = "done", "", "done"
        try:
            self._stages(actor, adapter, reason)
        except _Refused as refusal:
            stage, result, error = "refused", "refused", str(refusal)
        except Exception as failure:
            stage, result, error = "failed", "failed", str(failure)
            if not isinstance(failure, RagboxError):
                _log.exception("activating %s failed", adapter.key)
                error = f"Something failed inside ragbox ({type(failure).__name__}). The server's log says what."
        self._seats[adapter.engine].settled()
        at = self._work.reached
        self._records.add(
            actor, "activate", adapter.key, result=result, reason=error or reason, detail={"stage": at} if error else {}
        )
        self._work = replace(self._work, stage=stage, error=error, ended_at=datetime.now(UTC))

    def _stages(self, actor: str, adapter: Adapter, reason: str) -> None:
        self.try_on(adapter, self._enter)
        self._enter("gate")
        self._try(actor, adapter, reason)
        with self._switching:
            self._enter("switch")
            before = self._store.current(adapter.engine)
            self._store.activate(adapter.key)
            self._seats[adapter.engine].switched(adapter.key, before)

    def try_on(self, adapter: Adapter, enter: Callable[[str], None]) -> None:
        """Bring an adapter into its engine and see that it changes something; `enter` is told each stage.

        Raises:
            Rejected: its files are not as they were added, it does not fit, or it changes nothing.
            Unavailable: no model is loaded.
        """
        self._store.check(adapter)
        taker = self._seats[adapter.engine].taker
        enter("load")
        taker.load(adapter.key)
        enter("probe")
        taker.probe(adapter.key)

    def _try(self, actor: str, adapter: Adapter, reason: str) -> None:
        seat = self._seats[adapter.engine]
        gate, old = seat.gate(), seat.answering() if seat.answering else self._store.current(adapter.engine)
        if gate is None or old == adapter.key:
            return
        report: Report | None = None
        with closing(gate.run(old, adapter.key)) as steps:  # type: ignore[type-var]
            for step in steps:
                self._go_on()
                if isinstance(step, Report):
                    report = step
                else:
                    self._work = replace(self._work, done=step.done, total=step.total)
        if report is None:
            raise Rejected("The gate ended without a report. Try again.")
        self._work = replace(self._work, report=asdict(report))
        result = "done" if report.passed else "refused"
        self._records.add(actor, "gate", adapter.key, result=result, reason=report.reason, detail=_lasting(report))
        if not report.passed and not reason:
            raise _Refused(report.reason)

    def _enter(self, stage: str) -> None:
        self._go_on()
        self._work = replace(self._work, stage=stage, reached=stage)

    def _go_on(self) -> None:
        if self._stop.is_set():
            raise Conflict("It was broken off, and the adapter that answered before goes on. Start it again.")


def _lasting(report: Report) -> dict[str, Any]:
    """Return a report without what was said: the words of a document are to go when it is deleted."""
    told = asdict(report)
    for change in (*told["better"], *told["worse"]):
        del change["old_said"], change["new_said"], change["documents"]
    return told
