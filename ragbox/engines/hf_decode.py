"""The decode loop: rows join and leave a running batch between two tokens. Knows rows and steps, no tensor.

Orca (Yu et al., OSDI 2022) calls it iteration-level scheduling. Each turn of the loop puts one piece of one waiting
prompt through the model, then draws one token for every running row, so that a long prompt delays the others by a
piece at a time.

Where memory runs out all rows go back to waiting, with what they have written, and half as many may run from there
on. The keys and values are made again: rare, and simpler than saving half of them with no memory left to do it in.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence

from ..errors import RagboxError
from ..generation import Delta, Request
from .hf_cache import KeyValues
from .hf_load import ran_out, release
from .hf_step import Row, Stepper

More = Callable[[int], Sequence[Request]]


def decode(stepper: Stepper, batch: Sequence[Request], more: More) -> Iterator[Delta]:
    """Yield the deltas of these requests and of those that `more` brings, until none is left."""
    loop = _Loop(stepper)
    loop.begin(batch)
    while True:
        loop.begin(more(max(0, loop.free())))
        yield from loop.shown()
        if loop.idle():
            return
        for turn in (loop.drop_cancelled, loop.prefill, loop.step):
            if _runs_out(turn):
                loop.shrink()
            yield from loop.shown()


def _runs_out(turn: Callable[[], None]) -> bool:
    """Take a turn; tell whether memory ran out. What the error's frames hold is free once this has returned."""
    try:
        turn()
    except Exception as error:
        if not ran_out(error):
            raise
        return True
    return False


class _Loop:
    """Who waits, who runs, and how many may. After any turn that failed every row is in one of both lists."""

    def __init__(self, stepper: Stepper) -> None:
        self._stepper = stepper
        self._most = stepper.rows
        self._waiting: deque[Row] = deque()
        self._running: list[Row] = []
        self._values: KeyValues | None = None
        self._shown: list[Delta] = []

    def free(self) -> int:
        return self._most - len(self._waiting) - len(self._running)

    def idle(self) -> bool:
        return not self._waiting and not self._running

    def shown(self) -> Iterator[Delta]:
        """Yield what there is to show, once."""
        shown, self._shown = self._shown, []
        yield from shown

    def begin(self, requests: Sequence[Request]) -> None:
        """Let requests wait; one that cannot be a row ends with the reason."""
        for request in requests:
            try:
                self._waiting.append(self._stepper.row(request))
            except RagboxError as error:
                self._shown.append(Delta(id=request.id, end="error", reason=str(error)))

    def drop_cancelled(self) -> None:
        """End the rows that nobody waits for any more."""
        gone = [row for row in (*self._waiting, *self._running) if row.request.cancelled.is_set()]
        if not gone:
            return
        for row in gone:
            self._shown += row.ending("cancelled")
        self._waiting = deque(row for row in self._waiting if row not in gone)
        self._keep([row for row in self._running if row not in gone])

    def prefill(self) -> None:
        """Put one piece of the oldest waiting prompt through; after its last, the row has a token and runs."""
        if not self._waiting or len(self._running) >= self._most:
            return
        row = self._waiting[0]
        scores = self._stepper.prefill(row)
        if scores is None:
            return
        deltas, ended = self._stepper.take(row, self._stepper.draw([row], scores)[0])
        self._shown += deltas
        self._waiting.popleft()
        values, row.values = row.values, None
        if ended or values is None:
            return
        self._running.append(row)
        if self._values is None:
            self._values = values
        else:
            self._values.join(values)

    def step(self) -> None:
        """Draw one token for every running row."""
        if self._values is None:
            return
        rows = list(self._running)
        scores = self._stepper.step([row.tokens[-1:] for row in rows], self._values, rows[0].request.adapter)
        staying = []
        for row, token in zip(rows, self._stepper.draw(rows, scores), strict=True):
            deltas, ended = self._stepper.take(row, token)
            self._shown += deltas
            staying += [] if ended else [row]
        self._keep(staying)

    def shrink(self) -> None:
        """Let half as many rows run after memory ran out; a row that ran out alone twice ends."""
        held = [*self._running, *(row for row in self._waiting if row.values is not None)]
        rows = deque([*self._running, *self._waiting])
        self._running, self._values = [], None
        for row in rows:
            row.values = None
        self._stepper.forget()
        release()
        self._most = max(1, len(held) // 2)
        if len(held) <= 1 and rows:
            if rows[0].retried:
                row = rows.popleft()
                self._shown += row.ending(
                    "error",
                    f"Memory ran out at {len(row.tokens)} tokens with nothing else in the model. Give fewer or shorter "
                    "passages, choose a smaller quantization or model, or free memory on this machine.",
                )
            else:
                rows[0].retried = True
        self._waiting = rows

    def _keep(self, rows: list[Row]) -> None:
        """Let only these of the running rows stay."""
        places = [place for place, row in enumerate(self._running) if row in rows]
        changed, self._running = len(rows) < len(self._running), rows
        if not rows:
            self._values = None
        elif changed and self._values is not None:
            self._values.select(places)
