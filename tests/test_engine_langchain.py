"""LangChain chat models as a language model: whatever class it is, it streams, counts and lets go as the seam says."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
from langchain_core.language_models.chat_models import BaseChatModel
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult

from ragbox.engines.langchain import LangChainModel
from ragbox.errors import BadInput, Unavailable
from ragbox.generation import Delta

from .fake_model import words
from .model_contract import LanguageModelContract, alone, ask, said, write

HERE = __name__
KEY = "sk-not-to-be-seen"


class WholeChat(BaseChatModel):
    """Says the last message again, all at once; `broken` raises as a client does whose server is down."""

    broken: str = ""
    api_key: str = ""
    kind: int = 0

    @property
    def _llm_type(self) -> str:
        return "whole"

    def _generate(self, messages: list[BaseMessage], *_: Any, **__: Any) -> ChatResult:
        if self.broken:
            raise ConnectionError(f"{self.broken} {self.api_key}")
        return ChatResult(generations=[ChatGeneration(message=AIMessage(content=messages[-1].content))])


class EchoChat(WholeChat):
    """Says it word by word, `seconds` apart; `hang` waits for ever after the first. Ignores stop strings."""

    temperature: float = 0.9
    num_predict: int = 1000
    repeat_penalty: float = 1.0
    seconds: float = 0.002
    hang: bool = False
    counts: bool = True

    def _stream(self, messages: list[BaseMessage], *_: Any, **__: Any) -> Iterator[ChatGenerationChunk]:
        SEEN.append((self, messages))
        try:
            found = words(str(messages[-1].content))
            for word in found[: self.num_predict]:
                yield ChatGenerationChunk(message=AIMessageChunk(content=word))
                STOP.wait(10) if self.hang else time.sleep(self.seconds)
            usage = {"input_tokens": 5, "output_tokens": min(len(found), self.num_predict), "total_tokens": 0}
            reason = "length" if len(found) > self.num_predict else "stop"
            yield ChatGenerationChunk(
                message=AIMessageChunk(
                    content="", usage_metadata=usage if self.counts else None, response_metadata={"done_reason": reason}
                )
            )
        finally:
            OVER.set()


class ThinkingChat(WholeChat):
    """Thinks in one of the ways in which LangChain's classes tell it."""

    def _stream(self, *_: Any, **__: Any) -> Iterator[ChatGenerationChunk]:
        thought = [
            AIMessageChunk(content="", additional_kwargs={"reasoning_content": "let me see"}),
            AIMessageChunk(content=[{"type": "reasoning", "reasoning": "let me see", "index": 0}]),
            AIMessageChunk(content=[{"type": "thinking", "thinking": "let me see", "index": 0}]),
            AIMessageChunk(content="<think>let me see</think>"),
        ][self.kind]
        yield ChatGenerationChunk(message=thought)
        yield ChatGenerationChunk(message=AIMessageChunk(content=[{"type": "text", "text": "Yes.", "index": 1}]))


class NoChat:
    """No chat model."""


SEEN: list[tuple[EchoChat, list[BaseMessage]]] = []
OVER, STOP = threading.Event(), threading.Event()


@pytest.fixture(autouse=True)
def _clean() -> Iterator[None]:
    SEEN.clear()
    OVER.clear()
    STOP.clear()
    yield
    STOP.set()


def made(chat: type[Any], *, timeout: float = 60.0, **arguments: Any) -> LangChainModel:
    return LangChainModel(f"{HERE}:{chat.__name__}", arguments, timeout=timeout)


def loaded(chat: type[Any], **options: Any) -> LangChainModel:
    model = made(chat, **options)
    model.load()
    SEEN.clear()
    OVER.clear()
    return model


class TestContract(LanguageModelContract):
    @pytest.fixture
    def model(self) -> Iterator[LangChainModel]:
        model = loaded(EchoChat)
        yield model
        model.close()


def test_a_class_that_cannot_stream_answers_in_one_piece() -> None:
    deltas = write(loaded(WholeChat), ask("one two three"))
    assert (said(deltas), deltas[-1].end) == ("one two three", "stop")


@pytest.mark.parametrize("kind", range(4))
def test_reasoning_is_thinking_in_whichever_way_it_comes(kind: int) -> None:
    deltas = write(loaded(ThinkingChat, kind=kind), ask("one"))
    assert "".join(d.text for d in deltas if d.thinking) == "let me see"
    assert "".join(d.text for d in deltas if not d.thinking) == "Yes."


def test_the_settings_go_to_the_fields_that_a_class_has_unless_its_arguments_set_them() -> None:
    for arguments, expected in (({}, (0.5, 7, 1.2)), ({"temperature": 0.3, "num_predict": 9}, (0.3, 9, 1.2))):
        model = loaded(EchoChat, **arguments)
        write(model, ask("one", temperature=0.5, top_p=0.9, repetition_penalty=1.2, max_new_tokens=7))
        chat, messages = SEEN[0]
        assert (chat.temperature, chat.num_predict, chat.repeat_penalty) == expected
        assert [m.type for m in messages] == ["system", "human"]


def test_tokens_are_those_the_class_counts_or_an_estimate() -> None:
    counted = write(loaded(EchoChat), ask("one two"))
    guessed = write(model := loaded(EchoChat, counts=False), ask("one two"))
    assert (counted[-1].prompt_tokens, sum(d.tokens for d in counted)) == (5, 2)
    assert guessed[-1].prompt_tokens == model.count_tokens(ask("one two").messages)
    assert sum(d.tokens for d in guessed) == 2


@pytest.mark.clock
def test_a_cancelled_answer_is_closed_at_the_next_piece() -> None:
    model, request = loaded(EchoChat, seconds=0.05), ask("one " * 200, max_new_tokens=500)
    stream: Iterator[Delta] = model.generate([request], alone)
    next(stream)
    request.cancelled.set()
    start = time.monotonic()
    assert list(stream)[-1].end == "cancelled"
    assert OVER.wait(2)
    assert time.monotonic() - start < 1


@pytest.mark.clock
def test_a_silent_server_ends_in_time_and_one_that_hangs_can_be_left() -> None:
    deltas = write(loaded(EchoChat, hang=True, timeout=0.5), ask("one two"))
    assert said(deltas) == "one"
    assert "was silent for 0.5 s" in deltas[-1].reason
    request = ask("one two")
    threading.Timer(0.2, request.cancelled.set).start()
    start = time.monotonic()
    assert list(loaded(EchoChat, hang=True).generate([request], alone))[-1].end == "cancelled"
    assert time.monotonic() - start < 1


@pytest.mark.parametrize(
    ("path", "arguments", "words"),
    [
        ("no.such.module:Chat", {}, "No module named"),
        (f"{HERE}:Nowhere", {}, "no attribute"),
        (f"{HERE}:NoChat", {}, "no LangChain chat model"),
        (f"{HERE}:EchoChat", {"temperature": "hot", "api_key": KEY}, "temperature"),
        (f"{HERE}:EchoChat", {"api_key": [KEY], "kind": {"token": KEY}}, "kind"),
    ],
)
def test_what_cannot_be_built_is_refused_without_its_secrets(path: str, arguments: dict[str, Any], words: str) -> None:
    with pytest.raises(BadInput, match=words) as error:
        LangChainModel(path, arguments).load()
    assert "RAGBOX_LANGCHAIN_ARGS" in str(error.value)
    assert KEY not in str(error.value)
    assert error.value.__suppress_context__


def test_a_server_that_is_down_shows_at_loading_without_its_key() -> None:
    model = made(EchoChat, broken="connection refused")
    model.load()  # this class breaks only when it answers whole
    model = made(WholeChat, broken="connection refused", api_key=KEY)
    with pytest.raises(Unavailable, match=r"connection refused ••••••.*Is its server up\?"):
        model.load()
    with pytest.raises(Unavailable, match="not loaded"):
        next(model.generate([ask("one")], alone))


def test_it_is_named_after_its_model() -> None:
    assert LangChainModel(f"{HERE}:EchoChat", {}).name == "EchoChat"
    assert LangChainModel(f"{HERE}:EchoChat", {"model": "qwen3:8b"}).name == "qwen3:8b"
