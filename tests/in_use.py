"""A fake language model as the one in use (port: ModelInUse), without a scheduler."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from ragbox.generation import Delta, Message, Request
from tests.fake_model import FakeModel, echo


class InUse:
    """Answers with what `say` returns or raises; `name` "" makes it absent. What was asked stands in `asked`."""

    def __init__(self, say: Callable[[Request], str] = echo, *, name: str = "tiny", context: int = 4096) -> None:
        self.model = FakeModel(say, name=name, context=context)
        self.model.load()
        self.name = name
        self.context = context
        self.absence = "" if name else "It is still being loaded."
        self.asked: list[Request] = []

    def count_tokens(self, messages: Sequence[Message]) -> int:
        return self.model.count_tokens(messages)

    def submit(self, request: Request) -> Iterator[Delta]:
        self.asked.append(request)
        yield Delta(id=request.id)  # as the scheduler does while a request waits
        yield from self.model.generate([request], lambda _: ())
