"""Any LangChain chat model as a language model, so any service that has one (port: LanguageModel). Imports none itself.

Each answer is streamed in a thread of its own, since a class need not know asyncio. One that is cancelled is free at
once for us; its thread closes the stream at the next piece, or when the class itself gives a silent server up.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import closing
from importlib import import_module
from pathlib import Path
from typing import Any

from .. import silence
from ..errors import BadInput, Unavailable
from ..generation import Capabilities, Delta, Message, Request, Sampling
from ..settings import MASK
from .estimate import Estimate
from .follow import Put, follow
from .reply import Reply

FIELDS = {
    "temperature": ("temperature",),
    "top_p": ("top_p",),
    "top_k": ("top_k",),
    "repetition_penalty": ("repetition_penalty", "repeat_penalty"),
    "max_new_tokens": ("max_tokens", "num_predict", "max_new_tokens", "max_output_tokens"),
    "seed": ("seed",),
}
"""Our settings, and the fields that LangChain's classes have for them."""
NEUTRAL = {"top_p": 1.0, "top_k": 0, "repetition_penalty": 1.0, "seed": None}
"""Left as the class has them: some services refuse two of these at once."""
LONGEST_MESSAGE = 300
_SECRET = re.compile(r"key|token|secret|passw|credential", re.I)


class LangChainModel:
    """A chat model class named by dotted path as "module:Class", given its arguments by the settings.

    What the arguments set stays; of the rest temperature, top_p, top_k, repetition penalty, longest answer and seed are
    set where the class has a field for them. `timeout` is how many seconds it may be silent.
    """

    def __init__(
        self,
        path: str,
        arguments: Mapping[str, Any],
        *,
        context: int = 8192,
        parallel: int = 4,
        timeout: float = 60.0,
    ) -> None:
        self._path, self._arguments = path, arguments
        self._context, self._parallel, self._timeout = context, parallel, timeout
        self._secrets = list(_secrets("", arguments))
        self._estimate = Estimate()
        self._model: Any = None

    @property
    def name(self) -> str:
        named = (self._arguments.get(key) for key in ("model", "model_name", "model_id", "repo_id"))
        return next((n for n in named if isinstance(n, str)), self._path.rpartition(":")[2])

    @property
    def capabilities(self) -> Capabilities:
        return Capabilities(context=self._context, parallel=self._parallel, device="remote")

    def load(self) -> None:
        """Build the object and ask it for a word.

        Raises:
            BadInput: the path names no chat model, or its arguments are wrong.
            Unavailable: the class was built but does not answer.
        """
        if self._model is not None:
            return
        from langchain_core.language_models.chat_models import BaseChatModel

        module, _, name = self._path.partition(":")
        try:
            model = getattr(import_module(module), name)(**self._arguments)
            if not isinstance(model, BaseChatModel):
                raise TypeError("it is no LangChain chat model")
        except Exception as error:  # a class may check its arguments as it likes
            raise BadInput(
                f"RAGBOX_LANGCHAIN_MODEL={self._path} cannot be built: {self._words(error)}. Give module:Class of a "
                "LangChain chat model that is installed, and its arguments in RAGBOX_LANGCHAIN_ARGS."
            ) from None  # its message may show a key
        self._model = model
        probe = Message(role="user", content="Hi")
        request = Request(id="probe", messages=(probe,), sampling=Sampling(max_new_tokens=1))
        with closing(self._one(request)) as deltas:
            first = next(deltas)
        if first.end == "error":
            self.close()
            raise Unavailable(first.reason)

    def close(self) -> None:
        self._model = None

    def count_tokens(self, messages: Sequence[Message]) -> int:
        # The class's own count asks GPT-2's tokenizer, which would be downloaded.
        return self._estimate.count(messages)

    def generate(self, batch: Sequence[Request], more: Callable[[int], Sequence[Request]]) -> Iterator[Delta]:
        del more  # each answer is a call of its own
        if self._model is None:
            raise Unavailable(f"The model {self.name} is not loaded. Load it, or wait until it is.")
        for request in batch:
            yield from self._one(request)

    @property
    def attached(self) -> tuple[str, ...]:
        return ()

    def attach(self, name: str, folder: Path) -> None:
        raise BadInput(
            f"{name} in {folder} cannot be attached: a LangChain chat model takes no adapters. Serve the model by vLLM "
            "(engine remote), or load it into this box."
        )

    def detach(self, name: str) -> None:
        """Do nothing: there is none."""

    def _one(self, request: Request) -> Generator[Delta]:
        room = self._context - self.count_tokens(request.messages)
        if room <= 0:
            reason = f"The prompt is longer than the {self._context} tokens of {self.name}. Ask with fewer passages."
            yield Delta(id=request.id, end="error", reason=reason)
            return
        model = _fitted(self._model, self._arguments, request.sampling, min(room, request.sampling.max_new_tokens))

        def begin(put: Put) -> Callable[[], object]:
            stopped = threading.Event()
            threading.Thread(
                target=self._write, args=(model, request, put, stopped), name="langchain-model", daemon=True
            ).start()
            return stopped.set

        try:
            yield from follow(request, begin, silence=self._timeout)
        except TimeoutError:
            reason = f"The model {self.name} was silent for {self._timeout:g} s. Is its server up?"
            yield Delta(id=request.id, end="error", reason=reason)

    def _write(self, model: Any, request: Request, put: Put, stopped: threading.Event) -> None:
        """Put all deltas of one request, whatever happens."""
        silence.mean()
        reply = Reply(request, self.count_tokens(request.messages))
        try:
            with closing(model.stream(_turns(request.messages), stop=list(request.sampling.stop) or None)) as chunks:
                for chunk in chunks:
                    if stopped.is_set():
                        return
                    for delta in _read(chunk, reply):
                        put(delta)
                    if reply.over:
                        break
            for delta in reply.finish():
                put(delta)
        except Exception as error:  # whatever the class raises
            reason = f"The model {self.name} failed: {self._words(error)}. Is its server up?"
            put(Delta(id=request.id, end="error", reason=reason, told=f"The model {self.name} failed."))
        if reply.counts[0]:
            self._estimate.learn(request.messages, reply.counts[0])

    def _words(self, error: Exception) -> str:
        """Return a foreign error on one line, without what the arguments hold of secrets."""
        text = " ".join(f"{type(error).__name__}: {error}".split())
        for secret in self._secrets:
            text = text.replace(secret, MASK)
        return text[:LONGEST_MESSAGE].rstrip(". ")


def _fitted(model: Any, arguments: Mapping[str, Any], sampling: Sampling, longest: int) -> Any:
    """Return the model with the settings of one request."""
    wanted = {name: getattr(sampling, name) for name in FIELDS} | {"max_new_tokens": longest}
    update = {}
    for name, value in wanted.items():
        if name in NEUTRAL and value == NEUTRAL[name]:
            continue
        known = [field for field in FIELDS[name] if field in type(model).model_fields]
        if known and not any(field in arguments for field in FIELDS[name]):
            update[known[0]] = value
    return model.model_copy(update=update)


def _turns(messages: Sequence[Message]) -> list[Any]:
    from langchain_core.messages import AIMessage, HumanMessage, SystemMessage

    kinds = {"system": SystemMessage, "assistant": AIMessage}
    return [kinds.get(message.role, HumanMessage)(content=message.content) for message in messages]


def _read(chunk: Any, reply: Reply) -> Iterator[Delta]:
    """Yield what can be shown after a chunk, reasoning in whichever way the class gives it."""
    about, usage = chunk.response_metadata, chunk.usage_metadata or {}
    reason = about.get("finish_reason") or about.get("done_reason") or about.get("stop_reason")
    reply.reason = str(reason).lower() if reason else reply.reason
    prompt, written = reply.counts  # LangChain's chunks are summed up
    reply.counts = (prompt + usage.get("input_tokens", 0), written + usage.get("output_tokens", 0))
    for block in chunk.content_blocks:
        block = block.get("value", {}) if block["type"] == "non_standard" else block
        kind = block.get("type")
        if kind in ("reasoning", "thinking"):
            yield from reply.feed(block.get(kind) or "", thinking=True)
        elif kind == "text":
            yield from reply.feed(block.get("text") or "")


def _secrets(name: str, value: object) -> Iterator[str]:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _secrets(f"{name} {key}", inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _secrets(name, inner)
    elif isinstance(value, str) and value and _SECRET.search(name):
        yield value
