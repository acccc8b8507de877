"""Who writes when: the queue and the batches of a language model as a state machine. Knows no thread and no clock.

Times are seconds of any clock that never goes back; whoever calls says what time it is.
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass
from statistics import median

from .errors import Busy
from .generation import Delta, Request

TURN = 5.0
"""Seconds that an adapter keeps the model while requests for another wait. A change costs the time in which the last
rows of the old one run alone, so it should be rare beside the 5 to 30 s that an answer takes on a CPU."""
SLOWEST = 0.25
"""Seconds that a token may take: four a second are as fast as people read."""
GAIN = 3.0
"""Times the fastest token seen, up to which a step over more rows is worth its time on a slow machine."""
STEPS = 32
"""Tokens over which the time of one is taken; their median does not see the few that waited for a prompt."""
CALM = 0.7
"""Share of the bound below which a row more is tried: from 7 rows to 8 a step takes at most 14 % longer."""
GROW_SECONDS = 30.0
MEMORY_SECONDS = 300.0
"""Seconds until one row more is tried after a step was slow, and after memory ran out."""
RATE_SECONDS = 30
"""Over which tokens are counted."""
LAST = 64
"""Answers over which times are taken."""
UNKNOWN_SECONDS = 10.0
"""What an answer takes as long as none has ended."""
LONGEST_RETRY = 300
OUT_OF_MEMORY = "memory ran out"
"""Stands in the reason of an error that fewer rows may avoid."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Ticket:
    """A request in the queue: when it came, and how many tokens it may have with its prompt."""

    request: Request
    arrived: float
    tokens: int = 0


class Width:
    """How many rows may run: fewer where steps are slow or memory runs out, slowly more again."""

    def __init__(self, most: int, slowest: float = SLOWEST) -> None:
        self.rows = self._most = most
        self._slowest, self._fastest = slowest, math.inf
        self._seen: list[float] = []
        self._grow_at = 0.0

    def token(self, seconds: float, running: int, now: float) -> None:
        """Take in what a token took its row while so many ran and no prompt was put through."""
        self._seen.append(seconds)
        if len(self._seen) < STEPS:
            return
        usual = median(self._seen)
        self._seen.clear()
        self._fastest = min(self._fastest, usual)
        bound = max(self._slowest, GAIN * self._fastest)
        if running < self.rows:
            return
        if usual > bound:
            self.narrow(self.rows - 1, now + GROW_SECONDS)
        elif usual < CALM * bound and now >= self._grow_at and self.rows < self._most:
            self.rows += 1
            self._grow_at = now + GROW_SECONDS

    def narrow(self, rows: int, until: float) -> None:
        """Let at most so many rows run, at least one, and try no more before `until`."""
        if rows < self.rows:
            self.rows = max(1, rows)
            self._grow_at = until


class Meter:
    """How fast answers are written, over the last of them."""

    def __init__(self) -> None:
        self.served = 0
        self.firsts: deque[float] = deque(maxlen=LAST)
        self._took: deque[float] = deque(maxlen=LAST)
        self._tokens: deque[tuple[int, int]] = deque(maxlen=RATE_SECONDS + 1)

    def tokens(self, count: int, now: float) -> None:
        """Count tokens by the second."""
        second = int(now)
        if self._tokens and self._tokens[-1][0] == second:
            count += self._tokens.pop()[1]
        self._tokens.append((second, count))

    def ended(self, took: float) -> None:
        """Count an answer that took so many seconds since it began."""
        self.served += 1
        self._took.append(took)

    def rate(self, now: float) -> float:
        """Return tokens a second since the first of the last 30 s, waiting for nobody included."""
        counted = [(second, count) for second, count in self._tokens if second > now - RATE_SECONDS]
        return sum(count for _, count in counted) / max(1.0, now - counted[0][0]) if counted else 0.0

    def retry_after(self, waiting: int, rows: int) -> int:
        """Return in how many whole seconds all who wait will have begun, if answers take as long as the last did."""
        each = sum(self._took) / len(self._took) if self._took else UNKNOWN_SECONDS
        return min(LONGEST_RETRY, max(1, math.ceil(each * waiting / rows)))


class Policy:
    """Oldest first, one adapter at a time and none for ever, within so many rows and tokens.

    `tokens` limits the tokens of all running rows together, 0 does not; the oldest row may always run alone. `mixed`
    lets rows of different adapters run side by side, as a server's do. `longest` and `wait` (seconds) bound the queue.
    """

    def __init__(
        self, *, rows: int, longest: int, wait: float, tokens: int = 0, mixed: bool = False, slowest: float = SLOWEST
    ) -> None:
        self.width = Width(rows, slowest)
        self.meter = Meter()
        self.refused = 0
        self.waiting: list[Ticket] = []
        self.running: dict[str, Ticket] = {}
        self._longest, self._wait, self._tokens, self._mixed = longest, wait, tokens, mixed
        self._adapter, self._turn = "", -math.inf
        self._begun: dict[str, float] = {}
        self._last: dict[str, float | None] = {}
        """When each running row got its last token, None while its prompt is put through."""

    def __contains__(self, request: str) -> bool:
        return request in self.running or any(t.request.id == request for t in self.waiting)

    def submit(self, ticket: Ticket) -> None:
        """Let a request wait.

        Raises:
            Busy: too many do.
        """
        if len(self.waiting) >= self._longest:
            raise self._busy(f"{len(self.waiting)} questions wait for the language model already.")
        self.waiting.append(ticket)

    def sweep(self, now: float) -> list[tuple[Ticket, Busy | None]]:
        """Take who was cancelled, and who has waited too long, out of the queue; the latter with what to say."""
        gone: list[tuple[Ticket, Busy | None]] = [(t, None) for t in self.waiting if t.request.cancelled.is_set()]
        self.waiting = [t for t in self.waiting if not t.request.cancelled.is_set()]
        late = [t for t in self.waiting if now - t.arrived >= self._wait]
        said = f"The language model was busy with other questions for {self._wait:g} seconds."
        gone += [(t, self._busy(said)) for t in late]
        self.waiting = [t for t in self.waiting if t not in late]
        return gone

    def take(self, free: int, now: float) -> list[Ticket]:
        """Return at most `free` requests that may begin now, beside those that run, and count them as running."""
        if not self.running and self.waiting:
            self._adapter, self._turn = self.waiting[0].request.adapter, now
        taken: list[Ticket] = []
        if self._overdue(now):
            return taken
        for ticket in [t for t in self.waiting if self._mixed or t.request.adapter == self._adapter]:
            if len(taken) == free or len(self.running) >= self.width.rows or not self._fits(ticket):
                break
            self.waiting.remove(ticket)
            self.running[ticket.request.id] = ticket
            self._begun[ticket.request.id], self._last[ticket.request.id] = now, None
            taken.append(ticket)
        return taken

    def room(self, free: int, now: float) -> None:
        """Take in that the model has room for so many more: fewer than thought, where its memory ran out."""
        self.width.narrow(len(self.running) + free, now + MEMORY_SECONDS)

    def wrote(self, delta: Delta, now: float) -> bool:
        """Take in a piece of an answer; tell whether it belongs to one that runs."""
        ticket = self.running.get(delta.id)
        if ticket is None:
            return False
        if delta.tokens:
            self.meter.tokens(delta.tokens, now)
            last, self._last[delta.id] = self._last[delta.id], now
            if last is None:
                self.meter.firsts.append(now - ticket.arrived)
            elif None not in self._last.values():
                self.width.token((now - last) / delta.tokens, len(self.running), now)
        if delta.end == "error" and OUT_OF_MEMORY in delta.reason.casefold():
            self.width.narrow(self.width.rows // 2, now + MEMORY_SECONDS)
        if delta.end:
            del self.running[delta.id], self._last[delta.id]
            begun = self._begun.pop(delta.id)
            if delta.end in ("stop", "length"):
                self.meter.ended(now - begun)
        return True

    def clear(self) -> list[Ticket]:
        """Forget who waits and who runs, and return them."""
        gone = [*self.running.values(), *self.waiting]
        self.running, self.waiting, self._begun, self._last = {}, [], {}, {}
        return gone

    def _overdue(self, now: float) -> bool:
        """Tell whether the oldest waits for another adapter and this one's turn is over: then nobody joins."""
        if self._mixed or not self.waiting or self.waiting[0].request.adapter == self._adapter:
            return False
        return now - max(self.waiting[0].arrived, self._turn) >= TURN

    def _fits(self, ticket: Ticket) -> bool:
        held = sum(t.tokens for t in self.running.values())
        return not self._tokens or not self.running or held + ticket.tokens <= self._tokens

    def _busy(self, said: str) -> Busy:
        self.refused += 1
        seconds = self.meter.retry_after(len(self.waiting), self.width.rows)
        return Busy(f"{said} Ask again in {seconds} s.", retry_after=seconds)
