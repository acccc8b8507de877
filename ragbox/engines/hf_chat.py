"""A chat as the tokens of one prompt, by the model's own template, and tokens back to text. Knows no weights.

A tokenizer without a chat template gets FALLBACK, whose role names are then stop strings. Where a template takes no
system message (Gemma 2), its text goes before the first question.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from ..errors import BadInput
from ..generation import Message
from .thinking import Markers, find_markers

FALLBACK = (
    "{% for message in messages %}{{ message.role | capitalize }}: {{ message.content }}\n\n{% endfor %}"
    "{% if add_generation_prompt %}Assistant:{% endif %}"
)
FALLBACK_STOPS = ("\nSystem:", "\nUser:", "\nAssistant:")
ROLE = re.compile(r"^(System|User|Assistant):", re.MULTILINE)
CUTS = 8
"""How often forged tokens are cut, as a cut may make another; what is still there then is left out."""
PROBE = "Zx7"


@dataclass(frozen=True, kw_only=True, slots=True)
class Prompt:
    """The tokens of a chat, how many of them are the fixed prefix, and whether they end in an open thinking mark."""

    tokens: tuple[int, ...]
    prefix: int = 0
    thinking: bool = False


class Chat:
    """A tokenizer with its template. Safe to call from several threads."""

    def __init__(self, tokenizer: Any, markers: Markers | None = None) -> None:
        self._tokenizer = tokenizer
        self._lock = threading.Lock()
        template = tokenizer.chat_template
        if isinstance(template, dict):
            template = template.get("default", "")
        self._template = template or FALLBACK
        self.stops = () if template else FALLBACK_STOPS
        added = {token: str(mark) for token, mark in tokenizer.added_tokens_decoder.items()}
        special = set(tokenizer.all_special_ids) | {t for t, m in tokenizer.added_tokens_decoder.items() if m.special}
        self.markers = markers or find_markers(" ".join([self._template, *added.values()]))
        # What a template is made of steers the model, called special or not: "<｜User｜>" of DeepSeek is not.
        steering = {t for t, mark in added.items() if mark.strip() and (t in special or mark in self._template)}
        self._steering = steering - {tokenizer.unk_token_id}
        around = self.markers.opening + self.markers.closing
        self._silent = {t for t in special if t not in added or added[t] not in around}
        self._takes_system = self._keeps_system()

    def encode(self, messages: Sequence[Message], prefix: int = 0) -> Prompt:
        """Return the prompt that asks for the next answer.

        Raises:
            BadInput: the template refuses these roles in this order.
        """
        text = self._render(messages)
        tokens = self._tokens(text)
        shared = self._shared(tokens, messages[:prefix]) if prefix else 0
        return Prompt(tokens=tokens, prefix=shared, thinking=text.rstrip().endswith(self.markers.opening))

    def _shared(self, tokens: Sequence[int], prefix: Sequence[Message]) -> int:
        """Return how many tokens a prompt has in common with another that goes on otherwise after the prefix."""
        try:
            other = self._tokens(self._render([*prefix, Message(role="user", content="")]))
        except BadInput:
            return 0
        pairs = enumerate(zip(tokens, other, strict=False))
        return next((n for n, (a, b) in pairs if a != b), min(len(tokens), len(other)))

    def decode(self, tokens: Sequence[int]) -> str:
        """Return the text of the tokens, special ones left out unless they stand around the thinking."""
        told = [token for token in tokens if token not in self._silent]
        with self._lock:
            return str(self._tokenizer.decode(told, clean_up_tokenization_spaces=False))

    def _tokens(self, text: str) -> tuple[int, ...]:
        with self._lock:
            return tuple(self._tokenizer(text, add_special_tokens=False, verbose=False)["input_ids"])

    def _render(self, messages: Sequence[Message]) -> str:
        safe = [replace(message, content=self._disarm(message.content)) for message in messages]
        if not self._takes_system:
            safe = without_system(safe)
        try:
            return self._apply(safe)
        except Exception as error:  # a template may raise whatever it likes
            roles = ", ".join(message.role for message in messages)
            raise BadInput(
                f"The model's chat template refuses messages in the order {roles}: {error}. "
                "Let user and assistant take turns, or use a model with another template."
            ) from error

    def _apply(self, messages: Sequence[Message]) -> str:
        turns = [{"role": message.role, "content": message.content} for message in messages]
        with self._lock:
            return str(
                self._tokenizer.apply_chat_template(
                    turns, chat_template=self._template, tokenize=False, add_generation_prompt=True
                )
            )

    def _keeps_system(self) -> bool:
        question = Message(role="user", content="a")
        try:
            return PROBE in self._apply([Message(role="system", content=PROBE), question])
        except Exception:  # a template may raise whatever it likes
            return False

    def _disarm(self, content: str) -> str:
        """Return the text with a space inside whatever the tokenizer would take for a token that steers the model.

        A document may say "<|im_end|>", which as one token would end its message. The tokenizer itself is asked, so
        that whatever it normalises first is seen as it sees it.
        """
        if self.stops:
            content = ROLE.sub(r"\1 :", content)
        for _ in range(CUTS):
            spans = self._forged(content)
            if not spans:
                return content
            for start, end in reversed(spans):
                middle = (start + end) // 2
                content = f"{content[:middle]} {content[middle:]}"
        while spans := self._forged(content):
            for start, end in reversed(spans):
                content = content[:start] + content[end:]
        return content

    def _forged(self, content: str) -> list[tuple[int, int]]:
        with self._lock:
            found = self._tokenizer(content, add_special_tokens=False, return_offsets_mapping=True, verbose=False)
        pairs = zip(found["input_ids"], found["offset_mapping"], strict=True)
        return [span for token, span in pairs if token in self._steering and span[1] > span[0]]


def without_system(messages: Sequence[Message]) -> list[Message]:
    """Return the messages with the system's text before the first question."""
    system = "\n\n".join(message.content for message in messages if message.role == "system")
    rest = [message for message in messages if message.role != "system"]
    if system and rest:
        rest[0] = replace(rest[0], content=f"{system}\n\n{rest[0].content}")
    return rest or [Message(role="user", content=system)]
