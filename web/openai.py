"""Speaks OpenAI's chat API, so that programs written for it can ask the box: /v1/models, /v1/chat/completions.

The models are `ragbox`, which asks all that one may read, and `ragbox/COLLECTION`; `ragbox:ADAPTER` and
`ragbox:ADAPTER/COLLECTION` write with one adapter. Nothing is kept: the messages sent
are the history. Fields that have no meaning here, such as temperature, are passed over.
"""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Generator, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Any, Literal

from fastapi import APIRouter
from pydantic import BaseModel, Field
from starlette.responses import Response

from ragbox import wire
from ragbox.box import Box
from ragbox.errors import BadInput, NotFound, RagboxError
from ragbox.events import Done, Event, Text
from ragbox.types import Actor, Answer

from .api import Json, OpenBox, ReadyBox, Who
from .problems import openai_shape
from .stream import EventStream

MODEL = "ragbox"
UNSUPPORTED = ("tools", "functions", "audio", "logprobs", "web_search_options")
"""Fields that ask for an answer of another kind: passing over them would be a lie."""
EXTRA = (
    "citations", "cited", "refused", "unsupported", "engine", "fallback", "adapter", "bare", "incomplete", "cached",
    "timings",
)  # fmt: skip
"""Fields of an answer that stand beside OpenAI's."""

router = APIRouter()


class Message(BaseModel):
    """One message: text, or parts that are all text."""

    role: Literal["system", "developer", "user", "assistant", "tool", "function"]
    content: str | list[dict[str, Any]] | None = None

    def text(self) -> str:
        """Return what it says.

        Raises:
            BadInput: a part is not text.
        """
        if self.content is None or isinstance(self.content, str):
            return self.content or ""
        if strange := [p.get("type") for p in self.content if p.get("type") != "text"]:
            raise BadInput(f"A message has a part of type {strange[0]!r}. The box reads text only: leave it out.")
        return "\n".join(str(p.get("text", "")) for p in self.content)


class StreamOptions(BaseModel):
    """What a stream tells besides the answer."""

    include_usage: bool = False


class Completion(BaseModel):
    """OpenAI's request, as far as it means something here; the last message is the question."""

    model: str
    messages: list[Message] = Field(min_length=1, max_length=2000)
    stream: bool = False
    stream_options: StreamOptions | None = None
    n: int | None = Field(None, le=2**31)
    response_format: dict[str, Any] | None = None
    modalities: list[str] | None = None
    tools: list[Any] | None = None
    functions: list[Any] | None = None
    audio: dict[str, Any] | None = None
    logprobs: bool | None = None
    web_search_options: dict[str, Any] | None = None


@dataclass(frozen=True, kw_only=True)
class Asking:
    """A request as it is answered: the question as it stands alone, and what every piece of the reply carries."""

    question: str
    collection: str | None
    resolved: str
    id: str
    created: int
    model: str
    prompt_tokens: int


class Chunks(EventStream):
    """A stream as OpenAI sends it: events without a name, the last one [DONE]."""

    end = b"data: [DONE]\n\n"

    def frame(self, item: Json) -> bytes:
        """Write one event."""
        return f"data: {json.dumps(item, ensure_ascii=False)}\n\n".encode()

    def failed(self, error: RagboxError, message: str) -> Json:
        """Shape an error as an event."""
        return dict(openai_shape(error, message=message))


@router.get("/v1/models")
def models(box: OpenBox, actor: Who) -> Json:
    """List the models: all documents, each collection that may be read, each adapter that may be asked for."""
    names = [
        MODEL, *(f"{MODEL}/{c.name}" for c in box.retriever.readable(actor, None)),
        *(f"{MODEL}:{key}" for key in box.choice.usable(actor)),
    ]  # fmt: skip
    return {"object": "list", "data": [_model(name) for name in names]}


@router.get("/v1/models/{model:path}")
def model(model: str, box: OpenBox, actor: Who) -> Json:
    """Describe one model."""
    _asked(box, actor, model)
    return _model(model)


@router.post("/v1/chat/completions", response_model=None)
def complete(body: Completion, box: ReadyBox, actor: Who) -> Response | Json:
    """Answer the last message, with quotes from the documents."""
    collection, adapter = _asked(box, actor, body.model)
    _check(body)
    typed = body.messages[-1].text()
    asked = box.dialogue.alone(typed, _history(body.messages[:-1]))
    asking = Asking(
        question=asked, collection=collection,
        resolved=box.privacy.clean(actor, None, asked) if asked != typed else "",
        id=f"chatcmpl-{uuid.uuid4().hex}", created=int(time.time()), model=body.model,
        prompt_tokens=_tokens(box, [m.text() for m in body.messages]),
    )  # fmt: skip
    events = box.answers.ask(actor, asking.question, collection=collection, adapter=adapter)
    standing = box.retriever.standing(actor, collection)
    events = standing.over(events)
    if body.stream:
        usage = body.stream_options is not None and body.stream_options.include_usage
        return Chunks(_chunks(box, asking, events, usage=usage), dict, standing)
    answer = next(event.answer for event in events if isinstance(event, Done))
    standing()
    message = {"role": "assistant", "content": answer.text, "refusal": None, **_extra(asking, answer)}
    choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": "stop"}
    return _head(asking, "chat.completion") | {"choices": [choice], "usage": _usage(box, asking, answer)}


def _chunks(
    box: Box, asking: Asking, events: Generator[Event, None, None], *, usage: bool
) -> Generator[Json, None, None]:
    def chunk(delta: Json, finish: str | None = None) -> Json:
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}
        return _head(asking, "chat.completion.chunk") | {"choices": [choice]} | ({"usage": None} if usage else {})

    with closing(events):
        next(events)  # what is wrong with the question is raised here, and gets a status of its own
        yield chunk({"role": "assistant", "content": ""})
        for event in events:
            if isinstance(event, Text):
                yield chunk({"content": event.text})
            elif isinstance(event, Done):
                yield chunk(_extra(asking, event.answer), "stop")
                if usage:
                    tail = {"choices": [], "usage": _usage(box, asking, event.answer)}
                    yield _head(asking, "chat.completion.chunk") | tail


def _check(body: Completion) -> None:
    if body.n not in (None, 1):
        raise BadInput(f"n is {body.n}: the box gives one answer. Leave it out, or send 1.")
    for name in UNSUPPORTED:
        if getattr(body, name):
            raise BadInput(f"{name!r} is not supported: the box answers from its documents only. Leave it out.")
    if body.response_format and body.response_format.get("type") != "text":
        raise BadInput("'response_format' is not supported other than as text: answers are quotes. Leave it out.")
    if body.modalities and body.modalities != ["text"]:
        raise BadInput("'modalities' is not supported other than as text. Leave it out.")
    if body.messages[-1].role != "user":
        raise BadInput("The last message is not the user's. Send the question as the last message.")


def _history(messages: Sequence[Message]) -> list[tuple[str, str]]:
    """Return each question with what the assistant said after it, "" where that was nothing."""
    found: list[tuple[str, str]] = []
    for message in messages:
        if message.role == "user":
            found.append((message.text(), ""))
        elif message.role == "assistant" and found:
            question, answer = found[-1]
            found[-1] = question, f"{answer}\n{message.text()}".strip()
    return found


def _asked(box: Box, actor: Actor, model: str) -> tuple[str | None, str]:
    """Return the collection that a model asks, None for all, and the key of its adapter, "" where the box chooses.

    What may not be read or used is unknown like anything else.
    """
    head, slash, name = model.partition("/")
    head, colon, adapter = head.partition(":")
    try:
        if head == MODEL and bool(slash) == bool(name) and bool(colon) == bool(adapter):
            box.retriever.readable(actor, name or None)
            return name or None, box.choice.named(actor, adapter)
    except NotFound:
        pass
    raise NotFound(f"The model {model!r} does not exist, or you may not use it. GET /v1/models lists yours.")


def _extra(asking: Asking, answer: Answer) -> Json:
    found = wire.answer(answer)
    extra = {name: found[name] for name in EXTRA if name in found}
    return extra | ({"asked": asking.resolved} if asking.resolved else {})


def _head(asking: Asking, kind: str) -> Json:
    return {"id": asking.id, "object": kind, "created": asking.created, "model": asking.model}


def _model(name: str) -> Json:
    return {"id": name, "object": "model", "created": 0, "owned_by": MODEL}


def _usage(box: Box, asking: Asking, answer: Answer) -> Json:
    written = _tokens(box, [answer.text])
    return {
        "prompt_tokens": asking.prompt_tokens, "completion_tokens": written,
        "total_tokens": asking.prompt_tokens + written,
    }  # fmt: skip


def _tokens(box: Box, texts: list[str]) -> int:
    return sum(box.encoder.count_tokens(texts))
