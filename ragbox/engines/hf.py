"""A language model in this process, by transformers and bitsandbytes (port: LanguageModel). Knows no queue.

One thread owns it: `generate` may run once at a time. Parts: hf_folder (what is in the folder), hf_load (weights),
hf_chat (messages to tokens), hf_cache (keys and values), hf_lora (adapters), hf_step (one step), hf_decode (the loop).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from ..errors import BadInput, Unavailable
from ..generation import Capabilities, Delta, Message, Request
from .hf_cache import KeyValues
from .hf_chat import Chat
from .hf_decode import decode
from .hf_folder import Found, inspect
from .hf_load import SHARE, free_memory, load_model, ran_out, release
from .hf_lora import Lora
from .hf_step import Stepper
from .thinking import Markers

if TYPE_CHECKING:
    from torch import Tensor

TRIAL = 64
"""Tokens put through at loading, to see that the architecture works here."""

ALIKE = 0.95
"""Least cosine between the scores of a prompt put through whole, and in two parts beside another row. Rounding leaves
0.999; a model whose state is more than keys and values, or which overflows, does not get there."""


class HfModel:
    """A causal language model from a folder of safetensors.

    `quantization` is "auto", "nf4", "int8", "bf16" or "fp32"; `device_map` "auto", "cpu" or modules to devices;
    `max_memory` a limit for each device ("0", "cpu"); `context` a limit in tokens below the model's own, 0 for none;
    `markers` what stands around its thinking where it is none of those known.
    """

    def __init__(
        self,
        folder: Path,
        *,
        name: str = "",
        quantization: str = "auto",
        device_map: str | dict[str, Any] = "auto",
        max_memory: Mapping[str, str] = MappingProxyType({}),
        context: int = 0,
        rows: int = 8,
        markers: Markers | None = None,
    ) -> None:
        self._folder = Path(folder)
        self._name = name or self._folder.name
        self._quantization, self._device_map, self._max_memory = quantization, device_map, max_memory
        self._context, self._rows, self._markers = context, rows, markers
        self._chat: Chat | None = None
        self._stepper: Stepper | None = None
        self._alone: dict[tuple[int, ...], Tensor] = {}
        """The scores of the model alone after the chats that adapters are tried on."""
        self._capabilities = Capabilities(context=0)

    @property
    def name(self) -> str:
        return self._name

    @property
    def capabilities(self) -> Capabilities:
        return self._capabilities

    @property
    def prefilled(self) -> int:
        """How many prompt tokens went through the model since it was loaded, those of kept prefixes not counted."""
        return self._ready()[1].prefilled

    def load(self) -> None:
        """Read the weights and try them.

        Raises:
            BadInput: the folder holds no model that may be loaded.
            Unavailable: it does not fit, or does not work here.
        """
        if self._stepper is not None:
            return
        found = inspect(self._folder)
        tokenizer = read_tokenizer(found)
        chat = Chat(tokenizer, self._markers)
        loaded = load_model(found, self._quantization, self._device_map, self._max_memory)
        context = min(found.context, self._context or found.context)
        stepper = Stepper(
            loaded.model,
            loaded.device,
            chat,
            rows=self._rows,
            context=context,
            ends=end_tokens(loaded.model, tokenizer),
        )
        try:
            vocabulary = loaded.model.get_input_embeddings().num_embeddings
            size = _try_out(stepper, context, max(tokenizer.get_vocab().values()), vocabulary)
        except Exception as error:
            raise Unavailable(
                f"The model in {self._folder} ({found.architecture}) does not work here: {error}. Choose another "
                "quantization, or serve the model by a server of its own (engine remote)."
            ) from error
        self._capabilities = Capabilities(
            context=context,
            rows=self._rows,
            device=loaded.devices,
            quantization=loaded.quantization,
            memory=loaded.memory,
            parameters=loaded.parameters,
            tokens=int(free_memory(loaded.device) * SHARE / size),
            adapters=True,
        )
        self._chat, self._stepper = chat, stepper

    def close(self) -> None:
        self._chat = self._stepper = None
        self._alone = {}
        self._capabilities = Capabilities(context=0)
        release()

    def count_tokens(self, messages: Sequence[Message]) -> int:
        return len(self._ready()[0].encode(messages).tokens)

    def generate(self, batch: Sequence[Request], more: Callable[[int], Sequence[Request]]) -> Iterator[Delta]:
        return decode(self._ready()[1], batch, more)

    @property
    def folder(self) -> Path:
        """Where its weights come from."""
        return self._folder

    @property
    def attached(self) -> tuple[str, ...]:
        return self._stepper.adapters.names if self._stepper is not None else ()

    def read(self, folder: Path) -> Lora:
        """Return an adapter as `put` takes it. By any thread: no answer waits for the disk. Raises as `attach`."""
        return self._ready()[1].adapters.read(folder)

    def attach(self, name: str, folder: Path) -> None:
        if name not in self.attached:
            self.put(name, self.read(folder))

    def put(self, name: str, lora: Lora) -> None:
        """Do what is left of `attach` once the adapter is read."""
        self._ready()[1].adapters.attach(name, lora)

    def detach(self, name: str) -> None:
        if self._stepper is not None:
            self._stepper.detach(name)

    def shift(self, name: str, chats: Sequence[Sequence[Message]]) -> float:
        """Return the most that an adapter changes a score of the token after one of these chats; NaN if it is none.

        By the thread that owns the model, between two steps. What the model says alone is kept: the chats are few.

        Raises:
            BadInput: the adapter does not work in this model.
            Unavailable: memory ran out.
        """
        chat, stepper = self._ready()
        most = 0.0
        for messages in chats:
            tokens = chat.encode(messages).tokens[-self._capabilities.context + 1 :]
            if tokens not in self._alone:
                self._alone[tokens] = stepper.step([tokens], KeyValues()).float()
            try:
                scores = stepper.step([tokens], KeyValues(), name).float()
            except Exception as error:
                if ran_out(error):
                    raise Unavailable(f"There is no room to use {name}: memory ran out. Free some.") from error
                raise BadInput(
                    f"The adapter {name} does not work in {self._name}: {error}. Train it for this model."
                ) from error
            found = float((scores - self._alone[tokens]).abs().max())
            if not math.isfinite(found):
                return math.nan
            most = max(most, found)
        return most

    def _ready(self) -> tuple[Chat, Stepper]:
        if self._chat is None or self._stepper is None:
            raise Unavailable(f"The model {self._name} is not loaded. Load it, or wait until it is.")
        return self._chat, self._stepper


def read_tokenizer(found: Found) -> Any:
    """Return the tokenizer of a folder that was looked over.

    Raises:
        BadInput: it cannot be read, or is no fast one.
    """
    from transformers import AutoTokenizer

    try:
        tokenizer = AutoTokenizer.from_pretrained(
            str(found.folder), use_fast=True, local_files_only=True, trust_remote_code=False
        )
        if not tokenizer.is_fast or not len(tokenizer):
            raise ValueError("it is no fast tokenizer, or an empty one")
    except Exception as error:  # the tokenizers library raises bare exceptions
        raise BadInput(
            f"The tokenizer in {found.folder} cannot be read: {error}. Copy tokenizer.json and tokenizer_config.json "
            "again."
        ) from error
    return tokenizer


def end_tokens(model: Any, tokenizer: Any) -> set[int]:
    """Return the tokens that end an answer: a chat model may have more of them than its tokenizer names."""
    named = model.generation_config.eos_token_id
    ends = {*named} if isinstance(named, list) else {named}
    return {int(token) for token in (*ends, tokenizer.eos_token_id) if token is not None}


def _try_out(stepper: Stepper, context: int, largest: int, vocabulary: int) -> int:
    """Take the steps that a batch takes, and return the bytes of a token's keys and values."""
    if largest >= vocabulary:
        raise ValueError(f"its tokenizer has token {largest}, its weights have {vocabulary} only")
    tokens = list(range(min(TRIAL, context, vocabulary)))
    one, other = KeyValues(), KeyValues()
    stepper.step([[0]], one)
    scores = stepper.step([tokens], KeyValues())[0].float()
    stepper.step([tokens[:-1]], other)
    other.join(one)
    again = stepper.step([tokens[-1:], [0]], other)[0].float()
    likeness = float(scores @ again / scores.norm() / again.norm())
    if not likeness >= ALIKE:  # a NaN is not
        raise ValueError(f"in a batch it says something else than alone (cosine {likeness:.2f} instead of {ALIKE})")
    return other.bytes_a_token()
