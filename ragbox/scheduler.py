"""Brings requests to a language model in batches and its answers back, a stream each. Who is next, batches.py says.

One thread owns a model inside this process; a server gets as many threads as it takes requests at once.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace
from statistics import median
from typing import Any, TypeVar
from weakref import WeakValueDictionary

from .batches import SLOWEST, Policy, Ticket
from .errors import Busy, Conflict, RagboxError, Unavailable
from .generation import Delta, Request
from .ports import LanguageModel

log = logging.getLogger(__name__)
T = TypeVar("T")
CLOSED = "The language model is closed. Load it again, or ask without it."
LOOK_SECONDS = 0.25
"""Between two looks at who was cancelled or has waited too long."""
CLOSE_SECONDS = 30.0
"""That a model gets to end its step: a piece of a prompt takes half a second, a server that hangs may take longer."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Load:
    """How busy a model is. `rows` is how many may run now; tokens a second are of the last 30 s, all rows together.

    `first_token_p50` is the median of seconds from question to first token, 0 where nothing was written yet.
    `served` counts answers written to their end, `refused` who was told to come again.
    """

    waiting: int = 0
    running: int = 0
    rows: int = 0
    tokens_per_second: float = 0.0
    first_token_p50: float = 0.0
    served: int = 0
    refused: int = 0


class Stream(Iterator[Delta]):
    """The deltas of one request, as fast as they are read: what was not fetched yet becomes one piece.

    So a slow reader stops nobody, and holds no more than its answer. Closed or forgotten, it cancels its request.
    """

    def __init__(self, request: Request, look: Callable[[], None]) -> None:
        self._request, self._look = request, look
        self._changed = threading.Condition()
        self._unread: deque[Delta | Busy] = deque()
        self._over = False

    def __next__(self) -> Delta:
        """Wait for the next delta; where none comes soon, return an empty one, so that its reader can see who left.

        Raises:
            Busy: the request waited too long and was never begun.
        """
        if self._over:
            raise StopIteration
        with self._changed:
            if self._unread or self._changed.wait(LOOK_SECONDS):
                return self._taken(self._unread.popleft())
        self._look()
        return Delta(id=self._request.id)

    def put(self, item: Delta | Busy) -> None:
        """Add a delta, or why there will be none."""
        with self._changed:
            if self._unread and isinstance(item, Delta):
                last = self._unread[-1]
                if isinstance(last, Delta) and last.thinking == item.thinking:
                    self._unread.pop()
                    item = replace(item, text=last.text + item.text, tokens=last.tokens + item.tokens)
            self._unread.append(item)
            self._changed.notify()

    def close(self) -> None:
        """Cancel what is not written yet."""
        self._cancel()
        self._look()

    def __del__(self) -> None:  # takes no lock of ours: it may run in any thread, in the middle of anything
        self._cancel()

    def _cancel(self) -> None:
        if not self._over:
            self._over = True
            self._request.cancelled.set()

    def _taken(self, item: Delta | Busy) -> Delta:
        if isinstance(item, Busy):
            self._over = True
            raise item
        self._over = bool(item.end)
        return item


class Scheduler:
    """The queue in front of a loaded model. Safe to call from several threads."""

    def __init__(
        self, model: LanguageModel, *, longest: int = 64, wait: float = 60.0, slowest: float = SLOWEST
    ) -> None:
        """`longest` requests may wait, `wait` seconds each; rows whose tokens take longer than `slowest` get fewer."""
        self._model = model
        self._longest, self._wait, self._slowest = longest, wait, slowest
        self._changed = threading.Condition()
        self._policy: Policy | None = None
        self._streams: WeakValueDictionary[str, Stream] = WeakValueDictionary()
        self._threads: list[threading.Thread] = []
        self._works: deque[tuple[Future[Any], Callable[[], Any]]] = deque()
        self._budget = 0
        self._rows = 1

    def load(self) -> None:
        """Begin to serve; the model is loaded already."""
        if self._policy is not None:
            return
        can = self._model.capabilities
        server = can.parallel > 1
        self._budget, self._rows = can.tokens, 1 if server else can.rows
        self._policy = Policy(
            rows=can.parallel if server else can.rows, longest=self._longest, wait=self._wait, tokens=can.tokens,
            mixed=server, slowest=float("inf") if server else self._slowest,
        )  # fmt: skip
        self._threads = [
            threading.Thread(target=self._serve, args=(self._policy,), name=f"language-model-{n}", daemon=True)
            for n in range(can.parallel)
        ]
        for thread in self._threads:
            thread.start()

    def close(self) -> None:
        """End every request with an error and wait until the model is at rest."""
        with self._changed:
            policy, self._policy = self._policy, None
            for ticket in policy.clear() if policy else ():
                ticket.request.cancelled.set()
                reason = "The language model was closed or changed while it wrote. Ask again."
                self._put(ticket.request.id, Delta(id=ticket.request.id, end="error", reason=reason))
            while self._works:
                self._works.popleft()[0].set_exception(Unavailable(CLOSED))
            self._changed.notify_all()
        until = time.monotonic() + CLOSE_SECONDS
        for thread in self._threads:
            thread.join(max(0.0, until - time.monotonic()))
            if thread.is_alive():
                log.warning("The model %s has not ended its step in %g s.", self._model.name, CLOSE_SECONDS)
        self._threads = []

    def submit(self, request: Request) -> Stream:
        """Return the deltas of a request as they will come; closing the stream cancels it.

        Raises:
            Busy: too many wait already.
            Unavailable: nothing is served.
            Conflict: a request with this id is there already.
        """
        tokens = 0
        if self._budget:
            tokens = self._model.count_tokens(request.messages) + request.sampling.max_new_tokens
        with self._changed:
            policy = self._policy
            if policy is None:
                raise Unavailable(CLOSED)
            self._sweep(policy)
            if request.id in policy:
                raise Conflict(f"A request {request.id!r} is being answered. Give this one another id.")
            policy.submit(Ticket(request=request, arrived=time.monotonic(), tokens=tokens))
            stream = self._streams[request.id] = Stream(request, self._look)
            self._changed.notify()
        return stream

    def between(self, work: Callable[[], T]) -> T:
        """Return what the work returns: done by the thread that owns the model, between two of its steps.

        A server has no such thread, so there it is done at once, in the caller's.

        Raises:
            Unavailable: nothing is served, or not any more when its turn came.
        """
        can, future = self._model.capabilities, Future[T]()
        with self._changed:
            if self._policy is None:
                raise Unavailable(CLOSED)
            server = can.parallel > 1 or can.device == "remote"
            if not server:
                self._works.append((future, work))
                self._changed.notify()
        return work() if server else future.result()

    def status(self) -> Load:
        """Return how busy the model is."""
        with self._changed:
            policy = self._policy
            if policy is None:
                return Load()
            meter = policy.meter
            return Load(
                waiting=len(policy.waiting), running=len(policy.running), rows=policy.width.rows,
                tokens_per_second=meter.rate(time.monotonic()), first_token_p50=median(meter.firsts or [0.0]),
                served=meter.served, refused=policy.refused,
            )  # fmt: skip

    def _serve(self, policy: Policy) -> None:
        while batch := self._next(policy):
            self._write(policy, batch)

    def _next(self, policy: Policy) -> list[Request]:
        """Wait for requests to begin with; none when all is over."""
        while True:
            self._work()
            with self._changed:
                if self._policy is not policy:
                    return []
                self._sweep(policy)
                if found := policy.take(self._rows, time.monotonic()):
                    return [ticket.request for ticket in found]
                if not self._works:
                    self._changed.wait(LOOK_SECONDS if policy.waiting else None)

    def _work(self) -> None:
        """Do what was handed in to be done between two steps; whoever waits for it gets its error too."""
        while self._works:
            try:
                future, work = self._works.popleft()
            except IndexError:  # closed in the meantime
                return
            try:
                future.set_result(work())
            except BaseException as error:
                future.set_exception(error)

    def _write(self, policy: Policy, batch: Sequence[Request]) -> None:
        mine = {request.id for request in batch}

        def more(free: int) -> list[Request]:
            self._work()
            with self._changed:
                if self._policy is not policy:
                    return []
                self._sweep(policy)
                policy.room(free, time.monotonic())
                found = [ticket.request for ticket in policy.take(free, time.monotonic())]
            mine.update(request.id for request in found)
            return found

        reason = "The language model ended without an answer. Ask again."
        try:
            for delta in self._model.generate(batch, more):
                self._deliver(policy, delta)
                if delta.end:
                    mine.discard(delta.id)
        except Exception as error:
            log.exception("The language model %s failed", self._model.name)
            known = isinstance(error, RagboxError)
            reason = str(error) if known else f"The language model failed: {error!r}. Ask again; the log says more."
        for request in mine:
            self._deliver(policy, Delta(id=request, end="error", reason=reason))

    def _deliver(self, policy: Policy, delta: Delta) -> None:
        with self._changed:
            if policy.wrote(delta, time.monotonic()):
                self._put(delta.id, delta)

    def _look(self) -> None:
        with self._changed:
            if self._policy is not None:
                self._sweep(self._policy)

    def _sweep(self, policy: Policy) -> None:
        for ticket, busy in policy.sweep(time.monotonic()):
            self._put(ticket.request.id, busy or Delta(id=ticket.request.id, end="cancelled"))

    def _put(self, request: str, item: Delta | Busy) -> None:
        stream = self._streams.get(request)
        if stream is not None:
            stream.put(item)
