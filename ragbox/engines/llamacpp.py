"""A GGUF model in this process by llama.cpp (port: LanguageModel), for what transformers does not load. Knows no queue.

One thread owns it, one row at a time. A prompt goes through in pieces, so that one that is cancelled ends soon;
llama.cpp keeps the keys and values of the last text and begins where the next one differs.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from ..errors import BadInput, RagboxError, Unavailable
from ..generation import Capabilities, Delta, Message, Request, Sampling
from ..weights import facts
from .hf_text import TextStream
from .llamacpp_chat import GgufChat
from .llamacpp_load import SHORTEST_PIECE, free, open_model, put_on, try_adapter, try_out, use

UNASKED_CONTEXT = 8192
"""Tokens where no setting says how many: llama.cpp takes the memory of a whole context at once, for an 8 B model with
131,072 tokens 16 GiB."""


class LlamaCppModel:
    """A model in one GGUF file. `context` limits the tokens of prompt and answer; 0 takes UNASKED_CONTEXT."""

    def __init__(self, file: Path, *, name: str = "", context: int = 0) -> None:
        self._file = Path(file)
        self._name = name or self._file.stem
        self._context = context
        self._stepping = threading.Lock()
        self._counting = threading.Lock()
        self._llama: Any = None
        self._chat: GgufChat | None = None
        self._piece = SHORTEST_PIECE
        self._adapters: dict[str, Any] = {}
        self._now = ""
        self._capabilities = Capabilities(context=0)

    @property
    def name(self) -> str:
        return self._name

    @property
    def file(self) -> Path:
        """Where its weights come from."""
        return self._file

    @property
    def capabilities(self) -> Capabilities:
        return self._capabilities

    def load(self) -> None:
        """Map the file into memory and try it.

        Raises:
            BadInput: it is no GGUF file, or its header is damaged.
            Unavailable: llama-cpp-python is not installed, or the model is damaged, does not fit or does not work here.
        """
        if self._llama is not None:
            return
        try:
            import llama_cpp
        except (ImportError, OSError) as error:
            raise Unavailable(
                f"GGUF models need llama-cpp-python, which does not load: {error}. Install it with "
                "pip install 'ragbox[gguf]' (it is built, so a C++ compiler must be there)."
            ) from error
        try:
            found = facts(self._file, [self._file])
        except RagboxError as error:
            raise BadInput(str(error)) from error
        wanted = self._context or UNASKED_CONTEXT
        context = min(wanted, found.context or wanted)
        self._piece = try_out(self._file, context)
        llama = open_model(self._file, context)
        chat = GgufChat(llama)
        kinds = {getattr(llama_cpp, kind): kind for kind in dir(llama_cpp) if kind.startswith("LLAMA_FTYPE_")}
        kind = kinds.get(int(llama.metadata.get("general.file_type") or -1), "")
        self._capabilities = Capabilities(
            context=context,
            device="gpu" if llama_cpp.llama_supports_gpu_offload() else "cpu",
            quantization=kind.removeprefix("LLAMA_FTYPE_").removeprefix("MOSTLY_").removeprefix("ALL_"),
            memory=llama_cpp.llama_model_size(llama.model),
            parameters=found.parameters,
            adapters=True,
        )
        self._chat, self._llama = chat, llama

    def close(self) -> None:
        with self._stepping, self._counting:  # whoever is inside the library is waited for: it would crash
            llama, self._llama, self._chat = self._llama, None, None
            self._capabilities, self._adapters, self._now = Capabilities(context=0), {}, ""
            if llama is not None:
                llama.close()

    def count_tokens(self, messages: Sequence[Message]) -> int:
        with self._counting:
            return len(self._there().encode(messages).tokens)

    def generate(self, batch: Sequence[Request], more: Callable[[int], Sequence[Request]]) -> Iterator[Delta]:
        for request in batch:
            yield from self._row(request, lambda: more(0))

    @property
    def attached(self) -> tuple[str, ...]:
        return tuple(self._adapters)

    def attach(self, name: str, folder: Path) -> None:
        """Put the GGUF file in the folder beside the model; it was tried in a child process before."""
        files = sorted(folder.glob("*.gguf"))
        if len(files) != 1:
            raise BadInput(f"{folder} holds {len(files)} GGUF files, not one. Convert the adapter for llama.cpp.")
        self._there()
        if name not in self._adapters:
            try_adapter(self._file, files[0])
            with self._stepping:
                self._adapters[name] = put_on(self._llama, files[0])

    def detach(self, name: str) -> None:
        with self._stepping:
            found = self._adapters.pop(name, None)
            if found is not None:
                if self._now == name:
                    use(self._llama, None)
                    self._now = ""
                free(found)

    def _row(self, request: Request, rest: Callable[[], object]) -> Iterator[Delta]:
        try:
            with self._counting:
                chat = self._there()
                prompt = chat.encode(request.messages)
            self._switch(request.adapter)
        except BadInput as error:
            yield Delta(id=request.id, end="error", reason=str(error))
            return
        room = self._capabilities.context - len(prompt.tokens)
        if room <= 0:
            reason = f"The prompt has {len(prompt.tokens)} tokens, {self._name} takes {self._capabilities.context}."
            yield Delta(id=request.id, end="error", reason=f"{reason} Ask with fewer passages.")
            return
        longest = min(room, request.sampling.max_new_tokens)
        text = TextStream(
            chat.decode, markers=chat.markers, inside=prompt.thinking, stops=(*chat.stops, *request.sampling.stop)
        )
        end, reason, uncounted, written = "length", "", 0, 0
        tokens = self._tokens(prompt.tokens, request, rest)
        while written < longest:
            try:
                token = next(tokens, None)
            except RuntimeError as error:
                end, reason = "error", f"llama.cpp failed: {error}. Ask again, or load the model again."
                self._forget()
                break
            if token is None or request.cancelled.is_set():
                end = "cancelled"
                break
            written += 1
            uncounted += 1
            if chat.ends(token):
                end = "stop"
                break
            for thinking, shown in text.push(token):
                yield Delta(id=request.id, text=shown, thinking=thinking, tokens=uncounted)
                uncounted = 0
            if text.stopped:
                end = "stop"
                break
        for thinking, shown in text.finish() if end != "cancelled" else ():
            yield Delta(id=request.id, text=shown, thinking=thinking, tokens=uncounted)
            uncounted = 0
        yield Delta(id=request.id, tokens=uncounted, prompt_tokens=len(prompt.tokens), end=end, reason=reason)

    def _tokens(self, prompt: Sequence[int], request: Request, rest: Callable[[], object]) -> Iterator[int]:
        """Yield the tokens of an answer; ends where the request is cancelled while its prompt goes through."""
        for end in [*range(self._known(prompt) + self._piece, len(prompt), self._piece), len(prompt)]:
            rest()
            if request.cancelled.is_set():
                return
            tokens = self._begin(prompt[:end], request.sampling)
            token = self._next(tokens)
        while True:
            yield token
            rest()
            token = self._next(tokens)

    def _known(self, prompt: Sequence[int]) -> int:
        """Return how many tokens the prompt has in common with the last text, whose keys and values are there."""
        with self._stepping:
            last = self._llama.input_ids[: self._llama.n_tokens].tolist() if self._llama is not None else []
        pairs = enumerate(zip(last, prompt, strict=False))
        return next((n for n, (a, b) in pairs if a != b), min(len(last), len(prompt)))

    def _begin(self, tokens: Sequence[int], sampling: Sampling) -> Iterator[int]:
        """Return what follows these tokens; those of them that went through before are not put through again."""
        llama = self._llama
        llama.set_seed(0xFFFFFFFF if sampling.seed is None else sampling.seed & 0x7FFFFFFF)  # the former draws one
        found: Iterator[int] = llama.generate(
            tokens,
            temp=sampling.temperature,
            top_k=sampling.top_k,
            top_p=sampling.top_p,
            min_p=0.0,
            repeat_penalty=sampling.repetition_penalty,
        )
        return found

    def _next(self, tokens: Iterator[int]) -> int:
        with self._stepping:
            if self._llama is None:
                raise RuntimeError("the model was closed")
            return next(tokens)

    def _switch(self, name: str) -> None:
        with self._stepping:
            if name and name not in self._adapters:
                raise BadInput(f"There is no adapter {name!r} in this model. Ask without one.")
            if name != self._now:
                use(self._llama, self._adapters.get(name))
                self._now = name

    def _forget(self) -> None:
        """Drop the keys and values after a failure."""
        with self._stepping:
            if self._llama is not None:
                self._llama.reset()

    def _there(self) -> GgufChat:
        if self._chat is None:
            raise Unavailable(f"The model {self._name} is not loaded. Load it, or wait until it is.")
        return self._chat
