"""A file on its way in, as the queue keeps it and as people see it; and whose turn it is. Knows no thread."""

from __future__ import annotations

import uuid
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import UTC, datetime
from time import monotonic

from ragbox.errors import Busy, Conflict, Unavailable
from ragbox.types import Document, IngestResult, Status

from .pace import SURE_SECONDS, Reading

MOST = 20_000
"""Files that may wait: a task is about 1 kB."""
REFUSED_AT_ONCE = 5
"""Rejected files that cost a person no wait: somebody's mistake, a folder with a few odd ones in it."""
REFUSED_SECONDS = 1.0
"""After those, while people ask, for each rejected file its sender's next waits so long. Two senders without a pause
made a question's 95th percentile twice as long (+97 %); held back so it is +69 %, one file a second alone -7 %."""
RETRY = 5
"""Seconds after which one who was told to wait should ask again: some 25 pages are read by then."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Job:
    """How far a file is.

    `stage` is "wait", "read", "encode", "record" or "end"; at its end `status` says how ("cancelled" too). `done` of
    `total` are pages that are read or chunks that are encoded, `rate` is how many a second, `left` the seconds the
    stage will take yet (both 0 while unknown). A long file is read and encoded twice: its first pages, then the rest.
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
    """A job as the queue keeps it. `collection` is an id; `document` is to be read anew, with `rest` unless it is
    whole by then; `gone` is the hash of a file that was too large to be kept.
    """

    file: str
    collection: str
    by: str
    size: int
    document: str = ""
    rest: bool = False
    gone: str = ""
    id: str = field(default_factory=lambda: uuid.uuid4().hex[:16])
    added_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    future: Future[IngestResult] = field(default_factory=Future)
    stage: str = "wait"
    since: float = field(default_factory=monotonic)
    began: float = field(default_factory=monotonic)
    reached: float = field(default_factory=monotonic)
    done: int = 0
    total: int = 0
    cancelled: bool = False
    result: IngestResult | None = None
    seconds: float = 0.0

    @property
    def known(self) -> str:
        """Return the id of the document it became or is of; "" while it is none."""
        return (self.result.document if self.result else "") or self.document

    def of(self, by: str) -> tuple[str, str, str]:
        """Return collection, document and name of its file; the name is no secret to who gave it, and "" to them."""
        return self.collection, self.known, "" if by == self.by else self.file

    @property
    def stored(self) -> int:
        """Return the bytes that lie on disk for it while it waits."""
        return 0 if self.document or self.gone else self.size


class Cancelled(Conflict):
    """Somebody cancelled the file before it was recorded."""


def again(document: Document, by: str, *, rest: bool = False) -> Task:
    """Return the task to read a document anew, or the rest of it."""
    return Task(
        file=document.file, collection=document.collection_id, by=by, size=document.size, document=document.id,
        rest=rest,
    )  # fmt: skip


def cancelled(task: Task) -> IngestResult:
    """Return how a cancelled task ends."""
    return IngestResult(file=task.file, status=Status.REJECTED, reason=f"{task.file} was cancelled.")


def closing() -> Unavailable:
    """Return what those hear whose file the box does not take, or no longer, for it closes."""
    return Unavailable("The box is closing. Send the file again when it is up.")


class Turns:
    """Who is next: people take turns, each one's files go in the order they came.

    Who sends one file after the other that is rejected waits a moment before the next, while people ask: their answers
    would wait for it.
    """

    def __init__(
        self, *, each: int, megabytes: int, asking: Callable[[], bool] = bool, clock: Callable[[], float] = monotonic
    ) -> None:
        """Have room for `each` files of one user, and for so many megabytes on disk; `asking` says if people ask."""
        self._each = each
        self._megabytes = megabytes
        self._asking = asking
        self._clock = clock
        self._paid: dict[str, float] = {}
        """By person when the last rejected file is made good for, in seconds of the clock."""
        self._stored = 0
        self._lines: dict[str, deque[Task]] = {}

    def __len__(self) -> int:
        return sum(len(line) for line in self._lines.values())

    def __iter__(self) -> Iterator[Task]:
        """Yield all, in the order they will be taken."""
        lines = [list(line) for line in self._lines.values()]
        for at in range(max(map(len, lines), default=0)):
            yield from (line[at] for line in lines if at < len(line))

    def require_room(self, by: str, stored: int) -> None:
        """Return if one more file of a user may wait, with so many bytes on disk; where none waits, any may.

        Raises:
            Busy: too many files or bytes wait.
        """
        if len(self) >= MOST:
            raise Busy(f"{MOST:,} files wait already. Send more when some are done.", retry_after=RETRY)
        if len(self._lines.get(by, ())) >= self._each:
            raise Busy(
                f"{self._each:,} files of {by} wait already, the most for one user (RAGBOX_WAITING_FILES). "
                "Send more when some are done.", retry_after=RETRY,
            )  # fmt: skip
        if self._stored and self._stored + stored > self._megabytes << 20:
            raise Busy(
                f"Uploads of {self._stored >> 20:,} MB wait already, the most is {self._megabytes:,} MB "
                "(RAGBOX_WAITING_MB). Send more when some are done.", retry_after=RETRY,
            )  # fmt: skip

    def clear(self) -> None:
        """Let nothing wait any more."""
        self._lines, self._stored = {}, 0

    def add(self, task: Task) -> None:
        """Let a task wait."""
        self._stored += task.stored
        self._lines.setdefault(task.by, deque()).append(task)

    def rejected(self, by: str) -> None:
        """Hear that a file of a user was rejected."""
        now = self._clock()
        self._paid = {who: paid for who, paid in self._paid.items() if paid > now}
        # While nobody asks nobody waits, and no debt grows: the next file waits for the last one at most.
        self._paid[by] = min(self._paid.get(by, now), now + REFUSED_AT_ONCE * REFUSED_SECONDS) + REFUSED_SECONDS

    def pause(self) -> float | None:
        """Return the seconds until somebody's next file may be taken, 0 if now; None where none waits."""
        return min(map(self._held, self._lines), default=None)

    def next(self) -> Task:
        """Take the next task out; there is one."""
        by = min(self._lines, key=self._held)
        line = self._lines.pop(by)
        task = line.popleft()
        self._stored -= task.stored
        if line:
            self._lines[by] = line  # behind the others
        return task

    def _held(self, by: str) -> float:
        left = self._paid.get(by, 0.0) - self._clock() - REFUSED_AT_ONCE * REFUSED_SECONDS
        return left if left > 0 and self._asking() else 0.0

    def remove(self, task: Task) -> bool:
        """Take a task out; return False where it does not wait."""
        line = self._lines.get(task.by, deque())
        if task not in line:
            return False
        line.remove(task)
        self._stored -= task.stored
        if not line:
            del self._lines[task.by]
        return True


def shown(task: Task, collections: Mapping[str, str], reading: Reading | None) -> Job:
    """Return a task as people see it; `collections` are names by id, `reading` is how far it is read."""
    result, done, total = task.result, task.done, task.total
    spent, ago = task.reached - task.since, monotonic() - task.reached
    rate = done / spent if spent >= SURE_SECONDS and task.stage != "end" else 0.0
    if task.stage == "read" and reading is not None:
        done, total, rate, ago = reading.page - 1, reading.pages, reading.rate, 0.0
    status = "" if result is None else result.status.value
    if task.cancelled and result is not None and result.status is Status.REJECTED:
        status = "cancelled"
    return Job(
        id=task.id, file=task.file, collection=collections.get(task.collection, ""), by=task.by, size=task.size,
        stage=task.stage, status=status, reason=result.reason if result else "",
        document=task.known, done=done, total=total, rate=rate,
        left=max(0.0, (total - done) / rate - ago) if rate else 0.0, added_at=task.added_at, seconds=task.seconds,
    )  # fmt: skip
