"""How many tokens a text takes where the model's tokenizer is out of reach: rather too many than too few."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

from ..generation import Message

_PARTS = re.compile(
    r"([A-Za-z]+)|([\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff])|(\w)|([!-~]|\n|[^\S\n]{2,})|(\S)", re.ASCII
)
LETTERS = 4
"""Latin letters of one token. English has 4.7 a token, German and names down to 3."""
IDEOGRAPH = 1.1
"""Measured on Chinese papers: 0.8 with Qwen's tokenizer, 1.0 with Mistral's Tekken, 1.15 with a Llama 2 one."""
OTHER = 0.8
"""A letter of another alphabet: Cyrillic has 0.4 tokens a letter, Arabic and Thai 0.6."""
ASTRAL = 3
"""Tokens of an emoji, which most vocabularies spell in bytes."""
MESSAGE = 8
"""What a chat template puts around a message."""
TEMPLATE = 24
"""What it puts around them all: a date, a line of its own."""
MOST = 4.0
"""Most that one server may make us raise the estimate by: tokens are at most bytes, about 4 times of this."""


def estimate(text: str) -> int:
    """Return about 1.25 times the tokens of English or Chinese prose with a vocabulary of 100,000 or more."""
    count = 0.0
    for word, ideograph, digit, mark, other in _PARTS.findall(text):
        if word:
            count += -(-len(word) // LETTERS)
        elif digit or mark:
            count += 1
        elif ideograph:
            count += IDEOGRAPH
        else:
            count += OTHER if other.isalpha() else ASTRAL if ord(other) > 0xFFFF else 1
    return math.ceil(count)


class Estimate:
    """Counts the tokens of chats for one model; what a server says a prompt took raises it, never below the first."""

    def __init__(self) -> None:
        self._factor = 1.0

    def count(self, messages: Sequence[Message]) -> int:
        """Return the tokens of a prompt."""
        return math.ceil(self._factor * self._plain(messages))

    def learn(self, messages: Sequence[Message], tokens: int) -> None:
        """Take what a prompt really took, so that no like one is counted too low again."""
        self._factor = min(MOST, max(self._factor, tokens / self._plain(messages)))

    def _plain(self, messages: Sequence[Message]) -> int:
        return TEMPLATE + sum(MESSAGE + estimate(message.content) for message in messages)
