"""A chat as the tokens of one prompt for a GGUF model, by the template in its file, and tokens back to text.

The same rules as hf_chat.py's, with llama.cpp's own vocabulary in place of a tokenizer of Hugging Face.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any

from ..errors import BadInput
from ..generation import Message
from .hf_chat import CUTS, FALLBACK, FALLBACK_STOPS, PROBE, ROLE, Prompt, without_system
from .thinking import find_markers

PIECE_BYTES = 256
"""Of one token as text; the longest in use, runs of spaces, have 128."""


class GgufChat:
    """The vocabulary and template of a loaded `llama_cpp.Llama`. Reads only, so safe in several threads."""

    def __init__(self, llama: Any) -> None:
        import llama_cpp
        from llama_cpp.llama_chat_format import Jinja2ChatFormatter

        self._llama, self._library = llama, llama_cpp
        self._vocabulary = llama_cpp.llama_model_get_vocab(llama.model)
        template = llama.metadata.get("tokenizer.chat_template", "")
        self._template: Any = Jinja2ChatFormatter(
            template or FALLBACK, eos_token=self._mark(llama.token_eos()), bos_token=self._mark(llama.token_bos())
        )
        self.stops = () if template else FALLBACK_STOPS
        control, named = self._special()
        self.markers = find_markers(" ".join([template, *control.values(), *named.values()]))
        # What a template is made of steers the model, called control token or not.
        steering = {*control.values(), *(mark for mark in named.values() if mark in template)} - {""}
        longest_first = sorted(steering, key=len, reverse=True)
        self._steering = re.compile("|".join(map(re.escape, longest_first)) or r"\Z(?!\Z)")
        around = self.markers.opening + self.markers.closing
        self._silent = {token for token, mark in control.items() if mark not in around}

    def encode(self, messages: Sequence[Message]) -> Prompt:
        """Return the prompt that asks for the next answer.

        Raises:
            BadInput: the template refuses these roles in this order.
        """
        safe = [replace(message, content=self._disarm(message.content)) for message in messages]
        if not self._takes_system:
            safe = without_system(safe)
        try:
            text = self._apply(safe)
        except Exception as error:  # a template may raise whatever it likes
            roles = ", ".join(message.role for message in messages)
            raise BadInput(
                f"The model's chat template refuses messages in the order {roles}: {error}. "
                "Let user and assistant take turns, or use a model with another template."
            ) from error
        # A template writes the token that begins a text itself.
        tokens = self._llama.tokenize(text.encode(), add_bos=bool(self.stops), special=True)
        return Prompt(tokens=tuple(tokens), thinking=text.rstrip().endswith(self.markers.opening))

    def decode(self, tokens: Sequence[int]) -> str:
        """Return the text of the tokens, special ones left out unless they stand around the thinking."""
        pieces = [self._piece(token) for token in tokens if token not in self._silent]
        return b"".join(pieces).decode(errors="replace")

    def ends(self, token: int) -> bool:
        """Tell whether the model ends its answer with this token."""
        return bool(self._library.llama_vocab_is_eog(self._vocabulary, token))

    def _apply(self, messages: Sequence[Message]) -> str:
        turns = [{"role": message.role, "content": message.content} for message in messages]
        return str(self._template(messages=turns).prompt)

    @cached_property
    def _takes_system(self) -> bool:
        question = Message(role="user", content="a")
        try:
            return PROBE in self._apply([Message(role="system", content=PROBE), question])
        except Exception:  # a template may raise whatever it likes
            return False

    def _disarm(self, content: str) -> str:
        """Return the text with a space inside whatever llama.cpp would take for a token that steers the model."""
        if self.stops:
            content = ROLE.sub(r"\1 :", content)
        for _ in range(CUTS):
            cut = self._steering.sub(_halved, content)
            if cut == content:
                return content
            content = cut
        while (less := self._steering.sub("", content)) != content:
            content = less
        return content

    def _special(self) -> tuple[dict[int, str], dict[int, str]]:
        """Return the control tokens, and those that the model's makers named beside, with their text."""
        library = self._library
        attributes = {
            token: library.llama_vocab_get_attr(self._vocabulary, token)
            for token in range(library.llama_vocab_n_tokens(self._vocabulary))
        }

        def having(wanted: int) -> dict[int, str]:
            return {token: self._mark(token).strip() for token, found in attributes.items() if found & wanted}

        control = having(library.LLAMA_TOKEN_ATTR_CONTROL | library.LLAMA_TOKEN_ATTR_UNKNOWN)
        return control, having(library.LLAMA_TOKEN_ATTR_USER_DEFINED)

    def _mark(self, token: int) -> str:
        """Return a token as the vocabulary spells it, "" for -1, which is none."""
        if token < 0:
            return ""
        found: bytes = self._library.llama_vocab_get_text(self._vocabulary, token)
        return found.decode(errors="replace")

    def _piece(self, token: int) -> bytes:
        import ctypes

        buffer = ctypes.create_string_buffer(PIECE_BYTES)
        size = self._library.llama_token_to_piece(self._vocabulary, token, buffer, PIECE_BYTES, 0, True)
        return buffer.raw[:size] if size > 0 else b""


def _halved(found: re.Match[str]) -> str:
    mark = found[0]
    middle = max(1, len(mark) // 2)
    return f"{mark[:middle]} {mark[middle:]}"
