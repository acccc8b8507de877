"""What goes into a language model and what comes out, between prompt, scheduler and engine. Knows nothing of ours."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True, slots=True)
class Message:
    """One turn of a chat: `role` is "system", "user" or "assistant"."""

    role: str
    content: str = field(repr=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class Sampling:
    """How tokens are drawn. Temperature 0 always takes the likeliest (greedy).

    `seed` makes a draw repeatable for the same batch; None draws anew. `stop` ends the text before any such string.
    """

    temperature: float = 0.0
    top_p: float = 1.0
    top_k: int = 0
    repetition_penalty: float = 1.0
    max_new_tokens: int = 512
    stop: tuple[str, ...] = ()
    seed: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Request:
    """One text to be written. Setting `cancelled`, from any thread, ends it before its next token.

    `prefix` is how many leading messages are the same in every request, so that their keys and values may be kept.
    """

    id: str
    messages: tuple[Message, ...]
    sampling: Sampling = Sampling()
    adapter: str = ""
    prefix: int = 0
    cancelled: threading.Event = field(default_factory=threading.Event, repr=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class Delta:
    """The next piece of the request `id`. The last one of a request has `end`, and may have no text.

    `end` is "stop" (the model was done, or a stop string came), "length", "cancelled" or "error"; with "error",
    `reason` says what happened and what to do, and `told` what of it readers are told where it names servers: "" stands
    for all of it. `thinking` marks text that is not part of the answer.
    `tokens` is how many tokens the piece took; `prompt_tokens` stands in the last delta.
    """

    id: str
    text: str = field(default="", repr=False)
    thinking: bool = False
    tokens: int = 0
    prompt_tokens: int = 0
    end: str = ""
    reason: str = ""
    told: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Capabilities:
    """What a loaded model can do and how it stands.

    `context` is the tokens of prompt and answer together. `rows` is how many requests one `generate` may hold at a
    time. `parallel` is how many `generate` may run at once, each in a thread of its own: 1 for a model inside this
    process, which one thread owns; more for a server. `memory` is bytes held by weights, 0 where unknown. `tokens` is
    how many, of prompts and answers of all rows together, memory has room for; 0 where unknown or not ours to mind.
    """

    context: int
    tokens: int = 0
    rows: int = 1
    parallel: int = 1
    device: str = ""
    quantization: str = ""
    memory: int = 0
    parameters: int = 0
    adapters: bool = False
