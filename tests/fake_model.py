"""A language model that says what the test tells it to, a word of every row at a step (port: LanguageModel)."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from ragbox.errors import RagboxError, Unavailable
from ragbox.generation import Capabilities, Delta, Message, Request

_TOKEN = re.compile(r"\s*(?:[\u3400-\u9fff]|[^\s\u3400-\u9fff]+)|\s+$")
LONGEST_HOLD = 60.0
"""Seconds that a model waits for `go`: a test that forgets to set it fails, and does not hang."""


def words(text: str) -> list[str]:
    """Return the words of a text, each with the space before it; an ideograph is one."""
    return _TOKEN.findall(text)


def echo(request: Request) -> str:
    """Return the last message, as `FakeModel` says it when told nothing else."""
    return request.messages[-1].content


class FakeModel:
    """`say` returns the answer, "<think>...</think>" at its start being thinking, or raises what the row ends with.

    A step takes `delay` seconds, and waits as long as `go` is cleared. `crashes` are raised by `generate`, one by each
    call at its first step. What it was asked stands in `asked`, who began together in `batches`, who came in later in
    `joined`, and the rows of each step in `steps`. It attaches any adapter but those that have an error in
    `refused`, and answers for those that are not attached too.
    """

    def __init__(
        self,
        say: Callable[[Request], str] = echo,
        *,
        name: str = "fake-model",
        context: int = 4096,
        rows: int = 8,
        parallel: int = 1,
        tokens: int = 0,
        delay: float = 0.0,
    ) -> None:
        self.name = name
        self.say = say
        self.delay = delay
        self.crashes: list[Exception] = []
        self.asked: list[Request] = []
        self.batches: list[list[str]] = []
        self.joined: list[str] = []
        self.steps: list[list[str]] = []
        self.loads = 0
        self.refused: dict[str, Exception] = {}
        self.adapters: dict[str, Path] = {}
        self.go = threading.Event()
        self.go.set()
        self._loaded = False
        self._capabilities = Capabilities(
            context=context, rows=rows, parallel=parallel, tokens=tokens, device="cpu", adapters=True
        )

    @property
    def capabilities(self) -> Capabilities:
        return self._capabilities

    def load(self) -> None:
        self.loads += 1
        self._loaded = True

    def close(self) -> None:
        self._loaded = False
        self.adapters.clear()

    @property
    def attached(self) -> tuple[str, ...]:
        return tuple(self.adapters)

    def attach(self, name: str, folder: Path) -> None:
        if name in self.refused:
            raise self.refused[name]
        self.adapters[name] = folder

    def detach(self, name: str) -> None:
        self.adapters.pop(name, None)

    def count_tokens(self, messages: Sequence[Message]) -> int:
        return sum(len(words(m.content)) + 1 for m in messages)

    def generate(self, batch: Sequence[Request], more: Callable[[int], Sequence[Request]]) -> Iterator[Delta]:
        if not self._loaded:
            raise Unavailable(f"The model {self.name} is not loaded. Load it.")
        self.batches.append([request.id for request in batch])
        rows = [self._row(request) for request in batch]
        while True:
            self.go.wait(LONGEST_HOLD)
            free = self._capabilities.rows - len(rows)
            if self._capabilities.parallel == 1:
                joined = list(more(free))
                self.joined += [request.id for request in joined]
                rows += map(self._row, joined)
            if not rows:
                return
            time.sleep(self.delay)
            if self.crashes:
                raise self.crashes.pop(0)
            self.steps.append([request.id for request, _ in rows])
            for row in list(rows):
                request, pieces = row
                cancelled = request.cancelled.is_set()
                delta = self._end(request, "cancelled") if cancelled else next(pieces)
                if delta.end:
                    rows.remove(row)
                yield delta

    def _row(self, request: Request) -> tuple[Request, Iterator[Delta]]:
        self.asked.append(request)
        return request, self._pieces(request)

    def _pieces(self, request: Request) -> Iterator[Delta]:
        room = self._capabilities.context - self.count_tokens(request.messages)
        try:
            said = self.say(request)
        except RagboxError as error:
            yield self._end(request, "error", str(error))
            return
        if room <= 0:
            yield self._end(request, "error", "The prompt is longer than the context. Give fewer passages.")
            return
        thought, _, answer = said.removeprefix("<think>").rpartition("</think>")
        cut = min([len(answer), *(at for stop in request.sampling.stop if (at := answer.find(stop)) >= 0)])
        pieces = [(t, True) for t in words(thought)] + [(t, False) for t in words(answer[:cut])]
        most = min(room, request.sampling.max_new_tokens)
        for text, thinking in pieces[:most]:
            yield Delta(id=request.id, text=text, thinking=thinking, tokens=1)
        yield self._end(request, "length" if len(pieces) > most else "stop")

    def _end(self, request: Request, end: str, reason: str = "") -> Delta:
        return Delta(id=request.id, prompt_tokens=self.count_tokens(request.messages), end=end, reason=reason)
