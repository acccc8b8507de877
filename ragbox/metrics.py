"""What the box did lately: questions by minute, seconds by stage, complaints. In memory, bounded, gone at a restart."""

from __future__ import annotations

import logging
import math
import threading
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from time import time

MINUTES = 60
"""How far back questions are counted and stages measured."""
SAMPLES = 500
"""Answers whose timings are kept: a p95 then rests on the 25 slowest."""
FAILURES = 50
LONGEST = 300
"""Characters kept of a complaint: the log has the rest."""
STAGES = ("search", "read", "total")
LOGGERS = ("ragbox", "ingest", "web")


@dataclass(frozen=True, kw_only=True, slots=True)
class Latency:
    """How long a stage took in the last hour, in seconds: its median and 95th percentile over `count` answers."""

    stage: str
    count: int
    p50: float
    p95: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Failure:
    """Something that went wrong: when last, where, what, and how many times in a row."""

    at: datetime
    where: str
    text: str
    times: int = 1


class Metrics:
    """Counts for one box. Safe to call from several threads."""

    def __init__(self, clock: Callable[[], float] = time, *, clean: Callable[[str], str] = str) -> None:
        """`clean` takes out of a complaint what must not be shown."""
        self._clock = clock
        self._clean = clean
        self._counts: deque[tuple[int, int]] = deque(maxlen=MINUTES)
        self._timings: deque[tuple[float, Mapping[str, float]]] = deque(maxlen=SAMPLES)
        self._failures: deque[Failure] = deque(maxlen=FAILURES)
        self._checked = [0, 0]
        self._changing = threading.Lock()
        self._handler = _Listener(self)

    def open(self) -> None:
        """Listen to what our own code logs as a warning or worse."""
        for name in LOGGERS:
            logging.getLogger(name).addHandler(self._handler)

    def close(self) -> None:
        """Listen no more."""
        for name in LOGGERS:
            logging.getLogger(name).removeHandler(self._handler)

    def asked(self) -> None:
        """Count a question."""
        minute = int(self._clock() // 60)
        with self._changing:
            before = self._counts.pop()[1] if self._counts and self._counts[-1][0] == minute else 0
            self._counts.append((minute, before + 1))

    def took(self, timings: Mapping[str, float]) -> None:
        """Note how many seconds each stage of an answer took."""
        with self._changing:
            self._timings.append((self._clock(), dict(timings)))

    def checked(self, supported: bool) -> None:
        """Count a sentence that was checked against the passages."""
        with self._changing:
            self._checked[supported] += 1

    def checks(self) -> tuple[int, int]:
        """Return how many sentences were checked since the start, and how many of them no passage supported."""
        return sum(self._checked), self._checked[False]

    def failed(self, where: str, text: str) -> None:
        """Note a complaint; the same one again only counts up."""
        where, text = _short(self._clean(where)), _short(self._clean(text))
        made = Failure(at=datetime.fromtimestamp(self._clock(), UTC), where=where, text=text)
        with self._changing:
            last = self._failures[-1] if self._failures else None
            if last and (last.where, last.text) == (made.where, made.text):
                self._failures.pop()
                made = replace(made, times=last.times + 1)
            self._failures.append(made)

    def questions(self) -> list[int]:
        """Return how many questions came in each of the last 60 minutes, oldest first, the present one last."""
        now = int(self._clock() // 60)
        with self._changing:
            counts = dict(self._counts)
        return [counts.get(minute, 0) for minute in range(now - MINUTES + 1, now + 1)]

    def lately(self) -> bool:
        """Tell whether somebody asked in this minute or the one before."""
        return any(self.questions()[-2:])

    def latencies(self) -> list[Latency]:
        """Return the stages of the last hour's answers, those that were measured."""
        since = self._clock() - MINUTES * 60
        with self._changing:
            recent = [timings for at, timings in self._timings if at >= since]
        found = []
        for stage in STAGES:
            if seconds := sorted(t[stage] for t in recent if stage in t):
                found.append(
                    Latency(stage=stage, count=len(seconds), p50=_rank(seconds, 0.5), p95=_rank(seconds, 0.95))
                )
        return found

    def failures(self) -> list[Failure]:
        """Return the last complaints, newest first."""
        with self._changing:
            return list(reversed(self._failures))


class _Listener(logging.Handler):
    """Hands log records to the metrics."""

    def __init__(self, metrics: Metrics) -> None:
        super().__init__(logging.WARNING)
        self._metrics = metrics

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[1] if record.exc_info else None
        if error:
            self._metrics.failed(record.getMessage(), f"{type(error).__name__}: {error}")
        else:
            self._metrics.failed(record.name, record.getMessage())


def _rank(ordered: list[float], share: float) -> float:
    """Return the nearest-rank percentile of values in ascending order."""
    return ordered[math.ceil(len(ordered) * share) - 1]


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= LONGEST else line[: LONGEST - 1] + "…"
