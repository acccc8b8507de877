"""A file on its way in, as the queue keeps it and as people see it; and whose turn it is. Knows no thread."""

from __future__ import annotations

import uuid
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import UTC, datetime
from time import monotonic

from ragbox.types import IngestResult, Status

from .child import Reading


@dataclass(frozen=True, kw_only=True, slots=True)
class Job:
    """How far a file is.

    `stage` is "wait", "read", "encode", "record" or "end"; at its end `status` says how ("cancelled" too). `done` of
    `total` are pages that OCR reads or chunks that are encoded, `rate` is how many a second, `left` the seconds the
    stage will take yet (both 0 while unknown).
    """

    id: str
    file: str
    collection: str
    by: str
    size: int
    stage: str
    status: str
    reason: str
    document: str
    done: int
    total: int
    rate: float
    left: float
    added_at: datetime
    seconds: float


@dataclass(kw_only=True, eq=False)
class Task:
    """A job as the queue keeps it. `collection` is an id; `document` is to be read anew; `gone` is the hash of a file
    that was too large to be kept.
    """

    file: str
    collection: str
    by: str
    size: int
    document: str = ""
    gone: str = ""
    id: str = field(default_factory=lambda: uuid.uuid4().hex[:16])
    added_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    future: Future[IngestResult] = field(default_factory=Future)
    stage: str = "wait"
    since: float = field(default_factory=monotonic)
    began: float = field(default_factory=monotonic)
    done: int = 0
    total: int = 0
    cancelled: bool = False
    result: IngestResult | None = None
    seconds: float = 0.0


class Turns:
    """Who is next: people take turns, each one's files go in the order they came."""

    def __init__(self) -> None:
        self._lines: dict[str, deque[Task]] = {}

    def __len__(self) -> int:
        return sum(len(line) for line in self._lines.values())

    def __iter__(self) -> Iterator[Task]:
        """Yield all, in the order they will be taken."""
        lines = [list(line) for line in self._lines.values()]
        for at in range(max(map(len, lines), default=0)):
            yield from (line[at] for line in lines if at < len(line))

    def add(self, task: Task) -> None:
        """Let a task wait."""
        self._lines.setdefault(task.by, deque()).append(task)

    def next(self) -> Task:
        """Take the next task out; there is one."""
        by = next(iter(self._lines))
        line = self._lines.pop(by)
        task = line.popleft()
        if line:
            self._lines[by] = line  # behind the others
        return task

    def remove(self, task: Task) -> bool:
        """Take a task out; return False where it does not wait."""
        line = self._lines.get(task.by, deque())
        if task not in line:
            return False
        line.remove(task)
        if not line:
            del self._lines[task.by]
        return True


def shown(task: Task, collections: Mapping[str, str], reading: Sequence[Reading]) -> Job:
    """Return a task as people see it; `collections` are names by id, `reading` is what OCR is at."""
    result, done, total = task.result, task.done, task.total
    if task.stage == "read":
        for scan in reading:
            if scan.file == task.file:
                done, total = scan.page - 1, scan.pages
    spent = monotonic() - task.since
    rate = done / spent if done and spent and task.stage != "end" else 0.0
    status = "" if result is None else result.status.value
    if task.cancelled and result is not None and result.status is Status.REJECTED:
        status = "cancelled"
    return Job(
        id=task.id, file=task.file, collection=collections.get(task.collection, ""), by=task.by, size=task.size,
        stage=task.stage, status=status, reason=result.reason if result else "",
        document=(result.document if result else "") or task.document, done=done, total=total, rate=rate,
        left=(total - done) / rate if rate else 0.0, added_at=task.added_at, seconds=task.seconds,
    )  # fmt: skip
