"""Files that wait to be taken in, and how far each is: people take turns, anybody who may write can cancel.

Knows the pipeline and when a file is safe. What waits is kept in memory; of an upload that was answered before it was
taken in, bytes and a note lie in `queue/` in the data folder, and the next start goes on with it.
"""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import Future
from pathlib import Path
from time import monotonic

from ragbox.auth import Auth
from ragbox.errors import BadInput, NotFound, NotPermitted, RagboxError, Unavailable
from ragbox.library import Library
from ragbox.settings import Settings
from ragbox.types import Actor, IngestResult, Status

from .jobs import Cancelled, Job, Task, Turns, again, cancelled, closing, shown
from .pipeline import Pipeline
from .sandbox import Sandbox
from .spool import Spool
from .walk import clean

ENDED = 500
"""Tasks remembered after their end."""
THEIRS = (BadInput, NotFound, NotPermitted)
"""Faults of people, who see them. After others, those of the box, a later try may do better."""
INSIST_SECONDS = 0.5
STOP_SECONDS = 20.0
_log = logging.getLogger(__name__)


class Queue:
    """The queue of one box, at work from `load` to `stop`. Safe to call from several threads."""

    def __init__(
        self, settings: Settings, auth: Auth, library: Library, pipeline: Pipeline, sandbox: Sandbox,
        asking: Callable[[], bool] = bool,
    ) -> None:  # fmt: skip
        # One more than there are parsers: while they parse, a parsed file is encoded.
        self._workers = settings.parse_workers + 1
        self._auth = auth
        self._library = library
        self._pipeline = pipeline
        self._sandbox = sandbox
        self._spool = Spool(settings.data / "queue")
        self._changed = threading.Condition(threading.RLock())
        self._turns = Turns(each=settings.waiting_files, megabytes=settings.waiting_mb, asking=asking)
        self._running: dict[threading.Thread, Task] = {}
        self._ended: deque[Task] = deque(maxlen=ENDED)
        self._threads: list[threading.Thread] = []
        self._open = False

    def load(self) -> None:
        """Start, with what the last stop or crash left."""
        with self._changed:
            self._open = True
            left = self._spool.load()
            waits = {(task.collection, task.file) for task in left}
            begun = self._pipeline.begun.documents()
            left += [again(d, d.added_by, rest=True) for d in begun if (d.collection_id, d.file) not in waits]
            for task in left:
                self._turns.add(task)
            names = [f"queue-{n}" for n in range(self._workers)]
            self._threads = [threading.Thread(target=self._run, name=name, daemon=True) for name in names]
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Begin nothing more; who waits for a file is told. Twice is as good as once."""
        with self._changed:
            self._open = False
            for task in self._turns:
                task.future.set_exception(closing())
            self._turns.clear()
            self._changed.notify_all()

    def close(self) -> None:
        """Stop, and wait for what is under way."""
        self.stop()
        until = monotonic() + STOP_SECONDS
        for thread in self._threads:
            thread.join(max(0.0, until - monotonic()))

    # -- files in ------------------------------------------------------------------------------------------

    def add(
        self, actor: Actor, path: Path, *, file: str, collection: str, size: int, sha256: str = "", keep: bool = False
    ) -> tuple[Job, Future[IngestResult]]:
        """Let a file wait, which is taken from `path`; `sha256` says that it is too large and only that is left of it.

        With `keep` its bytes are safe on return. The future has what `Pipeline.ingest` returns or raises.

        Raises:
            NotFound, NotPermitted: no such collection for this actor, or no right to write to it.
            Busy: too many files or bytes wait.
            Unavailable: the box is closing.
        """
        self._auth.require(actor, "write", collection)
        shelf = self._library.collection(collection).id
        task = Task(file=file, collection=shelf, by=actor.name, size=size, gone=sha256)
        try:
            task.file = clean(file)
        except BadInput as error:
            with self._changed:
                self._end(task, IngestResult(file=file, status=Status.REJECTED, reason=str(error)))
            return self._shown(task), task.future
        if not sha256:
            self._spool.take(task, path, keep=keep)
        return self._wait(task), task.future

    def require_room(self, by: str, stored: int = 0) -> None:
        """Return if one more file of a user may wait, with so many bytes on disk.

        Raises:
            Busy: too many files or bytes wait.
            Unavailable: the box is closing.
        """
        with self._changed:
            if not self._open:
                raise closing()
            self._turns.require_room(by, stored)

    def reread(self, actor: Actor, documents: Sequence[str]) -> list[tuple[Job, Future[IngestResult]]]:
        """Let documents wait to be read anew from their originals; the futures have what `Pipeline.reread` does.

        Raises:
            NotFound, NotPermitted: no such document for this actor, or no right to write; then none waits.
            Busy: too many files wait.
            Unavailable: the box is closing.
        """
        found = [self._library.document(d) for d in documents]
        for known in found:
            self._auth.require(actor, "write", known)
        return [(self._wait(task), task.future) for task in (again(d, actor.name) for d in found)]

    def resume(self, documents: Collection[str]) -> None:
        """Let the rest of those of these documents wait that are recorded only in part; when closed, `load` does."""
        begun = [d for d in self._pipeline.begun.documents() if d.id in documents]
        with self._changed:
            if self._open:
                for document in begun:
                    self._turns.add(again(document, document.added_by, rest=True))
                self._changed.notify_all()

    # -- what people see and do ----------------------------------------------------------------------------

    def jobs(self, actor: Actor, *, waiting: int, ended: int) -> tuple[list[Job], dict[str, int]]:
        """Return the jobs that an actor may know of: those under way, the first that wait, the last that ended.

        And how many are "running", "waiting" and "ended" in all.
        """
        with self._changed:
            groups = {"running": [*self._running.values()], "waiting": [*self._turns], "ended": [*self._ended]}
        most = {"running": None, "waiting": waiting, "ended": ended}
        names, seen = self._names(), self._auth.sight(actor)
        found = {name: [t for t in tasks if seen(*t.of(actor.name))] for name, tasks in groups.items()}
        jobs = [self._shown(t, names) for name, tasks in found.items() for t in tasks[: most[name]]]
        return jobs, {name: len(tasks) for name, tasks in found.items()}

    def cancel(self, actor: Actor, job: str) -> Job:
        """Cancel a job that waits or is under way, or forget one that has ended; what is recorded by then stays.

        Raises:
            NotFound, NotPermitted: no such job for this actor, or no right to write to its collection.
        """
        with self._changed:
            tasks = [*self._turns, *self._running.values(), *self._ended]
            task = next((t for t in tasks if t.id == job), None)
        names = self._names()
        if task is None or not self._auth.sight(actor)(*task.of(actor.name)):
            raise NotFound(f"There is no job {job}. GET /api/jobs lists them.")
        self._auth.require(actor, "write", names.get(task.collection, ""))
        self._cancel(task)
        return self._shown(task)

    def clear(self, actor: Actor, *, ended: bool) -> int:
        """Forget all of the actor's jobs that have ended, or cancel all that have not; return how many."""
        with self._changed:
            tasks = [*self._ended] if ended else [*self._turns, *self._running.values()]
        mine = [t for t in tasks if t.by == actor.name]
        for task in mine:
            self._cancel(task)
        return len(mine)

    # -- inside --------------------------------------------------------------------------------------------

    def _wait(self, task: Task) -> Job:
        with self._changed:
            try:
                self.require_room(task.by, task.stored)
            except Unavailable:
                self._spool.drop(task)
                raise
            self._turns.add(task)
            self._changed.notify()
            return self._shown(task)

    def _cancel(self, task: Task) -> None:
        with self._changed:
            task.cancelled = True
            if task in self._ended:
                self._ended.remove(task)
                return
            if not self._turns.remove(task):
                threading.Thread(target=self._insist, args=(task,), name="cancel", daemon=True).start()
                return
            self._end(task, cancelled(task))
        if task.rest or not task.document:  # the last stop may have left a part of it
            self._pipeline.abandon(task.collection, task.file, by="" if task.rest else task.by)

    def _insist(self, task: Task) -> None:
        """Kill the parser of a task, also one that it gets only now, until the task notices."""
        while True:
            with self._changed:
                thread = next((thread for thread, t in self._running.items() if t is task), None)
                if thread is None:
                    return
                self._sandbox.stop(thread)
                self._changed.wait(INSIST_SECONDS)

    def _run(self) -> None:
        me = threading.current_thread()
        while True:
            with self._changed:
                while self._open and (pause := self._turns.pause()) != 0:
                    self._changed.wait(pause)
                if not self._open:
                    return
                task = self._running[me] = self._turns.next()
                task.began = task.since = monotonic()
            try:
                result: IngestResult | RagboxError = self._take(task)
            except Cancelled:
                result = cancelled(task)
            except RagboxError as error:
                result = error
            except Exception as error:
                _log.exception("%s could not be taken in", task.file)
                result = RagboxError(f"{task.file} could not be taken in ({type(error).__name__}). The log says where.")
            with self._changed:
                del self._running[me]
                self._end(task, result)
                self._changed.notify_all()

    def _take(self, task: Task) -> IngestResult:
        def tell(stage: str, done: int, total: int) -> None:
            if task.cancelled:
                raise Cancelled(f"{task.file} was cancelled.")
            if not self._open:
                raise closing()
            if stage != task.stage:
                task.stage, task.since = stage, monotonic()
            task.done, task.total, task.reached = done, total, monotonic()

        tell("read", 0, 0)
        if task.rest:  # whatever became of who began it
            return self._pipeline.finish(task.document, tell=tell)
        actor = self._auth.active(task.by)  # with the rights of now
        if task.document:
            return self._pipeline.reread(actor, task.document, tell=tell)
        shelf = next((c.name for c in self._library.collections() if c.id == task.collection), None)
        if shelf is None:
            raise NotFound(f"The collection of {task.file} was deleted meanwhile. Drop the file into another one.")
        if task.gone:
            return self._pipeline.too_large(actor, task.gone, task.size, file=task.file, collection=shelf)
        return self._pipeline.ingest(actor, self._spool.path(task), file=task.file, collection=shelf, tell=tell)

    def _end(self, task: Task, result: IngestResult | RagboxError) -> None:
        """Tell who waits; the caller holds the lock. What the box itself failed at waits for the next start."""
        if isinstance(result, Unavailable) and not self._open:
            task.future.set_exception(result)
            return
        if task.cancelled or (isinstance(result, THEIRS) if isinstance(result, RagboxError) else result.document):
            self._spool.drop(task)
        else:
            self._spool.leave(task)
        if isinstance(result, RagboxError):
            task.future.set_exception(result)
            result = IngestResult(file=task.file, status=Status.REJECTED, reason=str(result))
        else:
            task.future.set_result(result)
            if result.status is Status.REJECTED and not task.cancelled:
                self._turns.rejected(task.by)
        task.stage, task.result, task.seconds = "end", result, monotonic() - task.began
        self._ended.appendleft(task)

    def _shown(self, task: Task, names: Mapping[str, str] | None = None) -> Job:
        with self._changed:
            thread = next((thread for thread, t in self._running.items() if t is task), None)
        reading = self._sandbox.progress(thread) if thread else None
        return shown(task, self._names() if names is None else names, reading)

    def _names(self) -> dict[str, str]:
        return {c.id: c.name for c in self._library.collections()}
