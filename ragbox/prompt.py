"""Builds what a language model is asked: fixed rules, passages as marked data, the question. Knows no model.

The templates are files, `ragbox/prompts/NAME.VERSION.LANGUAGE.txt`; another wording is another version. Documents never
come into the system message. Each passage stands between lines with a code that is new in every request (spotlighting,
Hines et al. 2024, arXiv:2403.14720), and nothing in it looks like such a line, a citation or a model's own signs.
"""

from __future__ import annotations

import re
import secrets
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from string import Template

from .errors import BadInput
from .generation import Message
from .text import language, sentences
from .types import Chunk, Hit, Kind

VERSION = "v1"
REFUSAL = {
    "en": "The documents do not answer this question.",
    "zh": "文档中没有找到这个问题的答案。",
}
HISTORY = 3
"""Questions and answers of a conversation that a follow-up is rewritten with."""
SAID = 400
"""Characters of each of these answers."""
WHERE = 200
"""Characters of a passage's file and section names."""
Count = Callable[[Sequence[Message]], int]
"""Returns the tokens of a prompt."""

_ROLE = "system|user|assistant|human|developer|tool|instructions?|response|系统|用户|助手|助理|指令|回答"
_NEUTRAL: tuple[tuple[re.Pattern[str], str], ...] = (
    # <|im_start|>, <｜User｜> and the like
    (re.compile(r"[<＜]\s*(?=[|｜])"), "‹"),
    (re.compile(r"(?<=[|｜])\s*[>＞]"), "›"),
    # <s>, </think>, <start_of_turn>, <<SYS>>
    (re.compile(r"[<＜](/?[\w:.-]{1,40})[>＞]"), r"‹\1›"),
    # [INST], [/THINK], [gMASK]
    (re.compile(r"\[(/?(?:\w*INST|\w*THINK|SYS\w*|TOOL\w*|\w*_TOOLS|g?MASK|CLS|SEP|UNK|PAD|BOS|EOS))\]"), r"(\1)"),
    # [1], 【2, 3】: a reference of the document's own would be taken for a citation
    (re.compile(r"[\[【](\d{1,3}(?:\s*[,，、;-]\s*\d{1,3})*)[\]】]"), r"(\1)"),
    # "### System", "Assistant:" at the beginning of a line
    (re.compile(rf"^([ \t]*)#[# \t]*(?=(?:{_ROLE})\b)", re.IGNORECASE | re.MULTILINE), r"\1· "),
    (re.compile(rf"^([ \t]*)(?=(?:{_ROLE})[ \t]*[:：])", re.IGNORECASE | re.MULTILINE), r"\1· "),
    # our own lines
    (re.compile(r"^([ \t]*)-{3,}", re.MULTILINE), r"\1–"),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Packed:
    """A prompt and the hits in it: passage [n] is `hits[n - 1]`."""

    messages: tuple[Message, ...] = field(repr=False)
    hits: tuple[Hit, ...]


class Prompt:
    """Builds messages by one version of the templates."""

    def __init__(self, version: str = VERSION) -> None:
        self.version = version

    def answer(self, question: str, hits: Sequence[Hit], *, count: Count, room: int) -> Packed:
        """Return the question with as many of the hits, best first, as `room` tokens hold.

        A table stands whole or not at all. Of a text that does not fit, so many sentences stand as do.

        Raises:
            BadInput: the question alone takes more, or not one passage fits.
        """
        spoken, code = _spoken(question), secrets.token_hex(8)

        def build(blocks: Sequence[str]) -> tuple[Message, ...]:
            system = Message(role="system", content=_template("system", self.version).template.strip())
            asked = _template("answer", self.version, spoken).substitute(
                code=code, passages="\n\n".join(blocks), question=neutral(question), refusal=REFUSAL[spoken]
            )
            return system, Message(role="user", content=asked.strip())

        left = room - count(build([]))
        if left < 0:
            raise BadInput(
                f"The question takes {-left} tokens more than the model has room for. Ask a shorter one, "
                "or let an admin set a larger RAGBOX_CONTEXT."
            )
        blocks, packed = list[str](), list[Hit]()
        for hit in hits:
            text = neutral(hit.chunk.text)
            fits = _fitting(hit, text, len(packed) + 1, code, count, left)
            if fits:
                block = _block(hit, fits, len(packed) + 1, code)
                blocks.append(block)
                packed.append(hit)
                left -= _cost(block, count)
            if fits and fits != text:
                break
        # What each block takes alone is an estimate of what it takes among the others.
        while blocks and count(build(blocks)) > room:
            blocks.pop()
            packed.pop()
        if hits and not packed:
            raise BadInput(
                f"No passage fits beside the question into the {room} tokens that the model has room for. "
                "Ask a shorter question, or let an admin set a larger RAGBOX_CONTEXT."
            )
        return Packed(messages=build(blocks), hits=tuple(packed))

    def standalone(
        self, question: str, history: Sequence[tuple[str, str]], *, count: Count, room: int
    ) -> tuple[Message, ...]:
        """Return the request to rewrite a follow-up; `history` has questions and answers, oldest first.

        The oldest are left out where `room` tokens do not hold all of the last HISTORY.

        Raises:
            BadInput: the question alone takes more.
        """
        spoken, code = _spoken(question), secrets.token_hex(8)
        last = history[-HISTORY:]
        for first in range(len(last) + 1):
            said = "\n".join(f"Q: {neutral(q)}\nA: {neutral(a[:SAID])}" for q, a in last[first:])
            content = _template("standalone", self.version, spoken).substitute(
                code=code, history=f"--- {code} ---\n{said}\n--- {code} end ---", question=neutral(question)
            )
            messages = (Message(role="user", content=content.strip()),)
            if count(messages) <= room:
                return messages
        raise BadInput("The question takes more tokens than the model has room for. Ask a shorter one.")

    def distil(self, chunk: Chunk) -> tuple[Message, ...]:
        """Return the request to write a question about a passage, and its answer, in the passage's language."""
        code = secrets.token_hex(8)
        where = " ".join(neutral(chunk.context).split())[:WHERE]
        passage = f"--- {code} ---\n({where})\n{neutral(chunk.text).strip()}\n--- {code} end ---"
        content = _template("distil", self.version, _spoken(chunk.text)).substitute(code=code, passage=passage)
        return (Message(role="user", content=content.strip()),)


def neutral(text: str) -> str:
    """Return a document's text with nothing in it that a model or our own delimiters could take for a command.

    Invisible characters go (an order can be written in them); the signs of chat templates are replaced by like ones.
    """
    text = "".join(c for c in text if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cf", "Co", "Cs", "Cn"))
    text = text.replace("\u2028", "\n").replace("\u2029", "\n")
    for pattern, sign in _NEUTRAL:
        text = pattern.sub(sign, text)
    return text


def _fitting(hit: Hit, text: str, n: int, code: str, count: Count, left: int) -> str:
    """Return as much of a passage as fits into so many tokens: all of it, its first sentences, or nothing."""
    if _cost(_block(hit, text, n, code), count) <= left:
        return text
    if hit.chunk.kind is Kind.TABLE:
        return ""
    ends = [0, *(end for _, end in sentences(text))]
    fits, over = 0, len(ends)
    while over - fits > 1:
        middle = (fits + over) // 2
        if _cost(_block(hit, text[: ends[middle]], n, code), count) <= left:
            fits = middle
        else:
            over = middle
    return text[: ends[fits]]


def _block(hit: Hit, text: str, n: int, code: str) -> str:
    chunk = hit.chunk
    names = [hit.document.file, f"page {chunk.page}", chunk.section]
    where = " ".join(neutral(", ".join(filter(None, names))).split())[:WHERE]
    return f"--- {code} passage [{n}] ---\n({where})\n{text.strip()}\n--- {code} end [{n}] ---"


def _cost(block: str, count: Count) -> int:
    return count([Message(role="user", content=block)])


def _spoken(question: str) -> str:
    return "zh" if language(question) == "zh" else "en"


@cache
def _template(*name: str) -> Template:
    return Template((files("ragbox") / "prompts" / f"{'.'.join(name)}.txt").read_text(encoding="utf-8"))
