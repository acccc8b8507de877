"""Lets the language model in use write the answer, and shows of it only what stands on the passages.

Nothing is shown before the first supported sentence; what comes after it streams. A sentence that no passage supports
is marked, an answer without a supported one is a refusal. Where the model fails before that, the fallback answers.
"""

from __future__ import annotations

import logging
import re
import uuid
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, nullcontext
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

from .errors import Busy, RagboxError
from .events import Byline, Claim, Draft, Incomplete, Piece, Text, Thought
from .generation import Delta, Request, Sampling
from .orders import given
from .ports import Engine, ModelInUse
from .prompt import REFUSAL, Prompt
from .sentences import Cutter, Sentence
from .text import language
from .types import Hit

if TYPE_CHECKING:
    from .verify import Verdict

log = logging.getLogger(__name__)
ORDERS = {
    "en": "All passages that were found read like orders to a language model, and RAGBOX_ORDERS leaves them out.",
    "zh": "检索到的段落都像是写给语言模型的指令，已按 RAGBOX_ORDERS 的设置不交给模型。",
}
_REFUSALS = tuple(re.sub(r"\W", "", text).casefold() for text in REFUSAL.values())


class Checker(Protocol):
    """What is needed of a Verifier."""

    def check(self, claim: str, cited: Sequence[Hit], others: Sequence[Hit]) -> Verdict: ...


class Adapters(Protocol):
    """What is needed of the adapters that are loaded."""

    def use(self, key: str) -> AbstractContextManager[str]: ...


class Bare:
    """Adapters of a box that has none."""

    def use(self, _: str) -> AbstractContextManager[str]:
        return nullcontext("")


class _Failed(Exception):
    """The model wrote nothing that can be shown; the message says why, and `told` what of it readers are told."""

    def __init__(self, reason: str, told: str = "") -> None:
        super().__init__(reason)
        self.told = told or reason


class Writer:
    """Answers with a language model (port: Engine). Model, checker and fallback are loaded by their owner."""

    def __init__(
        self, model: ModelInUse, checker: Checker, fallback: Engine, *, prompt: Prompt | None = None,
        sampling: Sampling | None = None, adapters: Adapters | None = None, leave_out: bool = False,
    ) -> None:  # fmt: skip
        """Take the parts; with `leave_out` the model is not shown passages that read like orders to it."""
        self._model = model
        self._checker = checker
        self._fallback = fallback
        self._prompt = prompt or Prompt()
        self._sampling = sampling or Sampling()
        self._adapters = adapters or Bare()
        self._leave_out = leave_out

    @property
    def name(self) -> str:
        return self._model.name or self._fallback.name

    def load(self) -> None:
        """Do nothing: the parts are loaded by their owner."""

    def close(self) -> None:
        """Do nothing, as `load` does."""

    def answer(self, question: str, hits: Sequence[Hit], adapter: str = "") -> Iterator[Piece]:
        if not hits:
            return
        name, reason = self._model.name, self._model.absence
        if name:
            try:
                with ExitStack() as held:
                    key, bare = self._pinned(adapter, held)
                    yield Byline(engine=name, adapter=key, bare=bare)
                    yield from self._write(question, hits, key)
                return
            except _Failed as failure:
                reason = failure.told
                log.warning("The language model %s failed, the answer is quoted instead: %s", name, failure)
        yield Byline(engine=self._fallback.name, fallback=reason)
        yield from self._fallback.answer(question, hits)

    def _pinned(self, adapter: str, held: ExitStack) -> tuple[str, str]:
        """Return the adapter that is held ready now, or "" and why the one asked for is not."""
        if not adapter:
            return "", ""
        try:
            return held.enter_context(self._adapters.use(adapter)), ""
        except RagboxError as error:
            log.warning("The adapter %s cannot be used, the model answers without it: %s", adapter, error)
            return "", str(error) if "://" not in str(
                error
            ) else "The server of the language model does not take it now."

    def _write(self, question: str, hits: Sequence[Hit], adapter: str) -> Iterator[Piece]:
        page: _Page | None = None
        request = None
        if self._leave_out and not (hits := [hit for hit in hits if not given(hit.chunk.text)]):
            raise _Failed(ORDERS["en"], ORDERS["zh" if language(question) == "zh" else "en"])
        try:
            context = self._model.context
            longest = max(1, min(self._sampling.max_new_tokens, context // 2))
            packed = self._prompt.answer(question, hits, count=self._model.count_tokens, room=context - longest)
            page = _Page(self._checker, packed.hits, hits)
            request = Request(
                id=uuid.uuid4().hex, messages=packed.messages, prefix=1, adapter=adapter,
                sampling=replace(self._sampling, max_new_tokens=longest),
            )  # fmt: skip
            yield from self._follow(request, page)
        except (_Failed, Busy):
            raise
        except Exception as error:
            # GeneratorExit is none: it goes through.
            if not isinstance(error, RagboxError):
                log.exception("writing an answer failed")
            reason = str(error) if isinstance(error, RagboxError) else f"{type(error).__name__} inside ragbox."
            if page is None or not page.shown:
                raise _Failed(reason) from error
            yield Incomplete(reason=reason)
        finally:
            if request is not None:
                request.cancelled.set()

    def _follow(self, request: Request, page: _Page) -> Iterator[Piece]:
        last = Delta(id=request.id, end="error", reason="The model's stream ended without a word.")
        for delta in self._model.submit(request):
            if delta.thinking:
                yield Thought(text=delta.text)
            else:
                yield from page.write(delta.text)
                if page.refused:
                    return
            if not page.shown or not delta.text:
                # Even where nothing new came: only between two pieces can it be seen that the reader is gone.
                yield Draft(length=page.length)
            if delta.end:
                last = delta
                break
        if last.end in ("error", "cancelled") and not page.shown:
            raise _Failed(last.reason or "The model was stopped before its first sentence was complete.", last.told)
        yield from page.close()
        if last.end == "length" and not page.length:
            raise _Failed(
                f"All {request.sampling.max_new_tokens} tokens that an answer may have went into thinking. "
                "Let an admin set a larger RAGBOX_MAX_NEW_TOKENS."
            )
        if page.shown and last.end != "stop":
            cut = f"An answer may have {request.sampling.max_new_tokens} tokens, and this one has more."
            if last.told:
                log.warning("The language model broke off: %s", last.reason)
            yield Incomplete(
                reason=last.told or last.reason or (cut if last.end == "length" else "The model was stopped.")
            )


class _Page:
    """What is written of an answer. Holds it back until a sentence is supported; `length` counts its characters."""

    def __init__(self, checker: Checker, numbered: Sequence[Hit], hits: Sequence[Hit]) -> None:
        self._checker = checker
        self._numbered = numbered
        self._hits = hits
        self._cutter = Cutter()
        self._held: list[Piece] = []
        self.length = 0
        self.shown = False
        self.refused = False

    def write(self, text: str) -> Iterator[Piece]:
        """Yield what more can be shown with the next piece of text."""
        self.length += len(text)
        yield from self._turn(self._cutter.feed(text))

    def close(self) -> Iterator[Piece]:
        """Yield the rest."""
        yield from self._turn(self._cutter.flush())

    def _turn(self, made: Sequence[str | Sentence]) -> Iterator[Piece]:
        for piece in made:
            if self.refused:
                return
            for shown in [Text(text=piece)] if isinstance(piece, str) else self._judged(piece):
                self._held.append(shown)
            if self.shown:
                yield from self._held
                self._held = []

    def _judged(self, sentence: Sentence) -> list[Piece]:
        if re.sub(r"\W", "", sentence.text).casefold() in _REFUSALS:
            self.refused = not self.shown
            return [Claim(supported=True)]
        if not sentence.claims:
            return [Claim(supported=True)]
        numbers = [n for n in sentence.cites if n <= len(self._numbered)]
        cited = [self._numbered[n - 1] for n in numbers]
        verdict = self._checker.check(sentence.text, cited, [h for h in self._hits if h not in cited])
        if not verdict.supported:
            return [Claim(supported=False, reason=verdict.reason)]
        self.shown = self.shown or bool(verdict.quotes)
        return [Claim(supported=True), *verdict.quotes]
