"""Cuts what a language model writes into sentences, and takes the citations out. Knows no passage.

A sentence ends with its line, or with a full stop that is none of an abbreviation or a number; citations after the
full stop belong to it. English and Chinese; a list item is a sentence like others, and so is a table row, whole.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from .text import abbreviated

_INSIDE = r"[^\]】\n]{0,40}"
"""What may stand between the brackets of a citation: anything longer is held back no further."""
_NUMBERS = r"[1-9]\d{0,2}(?:\s*(?:[,，、;；&-]|and|和)\s*\^?[1-9]\d{0,2})*"
# [1], [1, 3], [2-4], [^1], [Passage 1], 【1】, 【1†source】
_CITE = re.compile(
    rf"[ \t]*(?=[\[【]{_INSIDE}[\]】])[\[【]\s*\^?(?:(?:passages?|sources?|documents?|段落|来源|文档)\s*)?"
    rf"({_NUMBERS})\s*(?:†[^\]】]*)?[\]】]",
    re.IGNORECASE,
)
_MAYBE_CITE = re.compile(rf"[ \t]*(?:[\[【]{_INSIDE})?\Z")
_RANGE = re.compile(r"(\d+)(?:\s*-\s*\^?(\d+))?")
_STOP = re.compile(r"[.!?。！？]+[\"'”’)\]」』》）*_]*")
_WORDS = re.compile(r"[^\s.!?。！？\[【]+")
_MAYBE_NUMBER = re.compile(r"[^\S\n]*[A-Z-]*\Z")
_LEAD = re.compile(r"\s*(?:(?:[-*•·]|\(?\d{1,3}[.)]|#{1,6})\s+|\|\s*)*")
_TITLE = re.compile(r"#{1,6}\s")


@dataclass(frozen=True, kw_only=True, slots=True)
class Sentence:
    """The text since the last one was a sentence: `text`, without what marks a list, a heading or bold letters.

    `cites` are the numbers cited in it, in order, each once. `claims` is false where nothing is said that could be
    checked: in a rule, and in a heading or a table's first row without a digit.
    """

    text: str = field(repr=False)
    cites: tuple[int, ...] = ()
    claims: bool = True


class Cutter:
    """Feed it text in any pieces; what it gives, texts joined, never depends on the split.

    Text comes as soon as it is sure to be no citation. White space at both ends of the whole is left out.
    """

    def __init__(self) -> None:
        self._renew()

    def feed(self, text: str) -> list[str | Sentence]:
        """Take the next piece, return what is sure by now."""
        self._held += text
        return _joined(self._steps(final=False))

    def flush(self) -> list[str | Sentence]:
        """Return the rest; the object is then as new."""
        made = _joined([*self._steps(final=True), *self._end()])
        self._renew()
        return made

    def _renew(self) -> None:
        self._held = self._sentence = self._gap = ""
        self._cites: list[int] = []
        self._begun = self._stopped = self._table = False

    def _steps(self, *, final: bool) -> Iterator[str | Sentence]:
        """Go on as far as what is held says for sure; a step depends on nothing but what follows it."""
        held, at = self._held, 0
        while at < len(held):
            if cite := _CITE.match(held, at):
                self._cites += _numbers(cite[1])
                at = cite.end()
            elif not final and _MAYBE_CITE.match(held, at):
                break
            elif held[at] == "\n" or self._stopped:
                self._table = self._table and bool(self._sentence)  # a blank line ends it
                yield from self._end()
                if held[at] == "\n":
                    self._gap += "\n"
                    at += 1
            elif held[at].isspace():
                self._gap += held[at]
                at += 1
            else:
                stop = _STOP.match(held, at)
                if stop and not final and self._unsure(held, stop.end()):
                    break
                word = stop or _WORDS.match(held, at)
                end = word.end() if word else at + 1
                yield self._take(held[at:end])
                self._stopped = bool(stop) and self._ends(held[at:])
                at = end
        self._held = held[at:]

    def _take(self, text: str) -> str:
        text = self._gap + text if self._begun else text
        self._sentence += text if self._sentence else text.lstrip()
        self._begun, self._gap = True, ""
        return text

    def _unsure(self, held: str, end: int) -> bool:
        """Tell whether more text may decide if a full stop before `end` ends a sentence."""
        if end == len(held) or (held[end] in "[【" and _MAYBE_CITE.match(held, end)):
            return True
        return self._sentence[-2:].lower() == "no" and bool(_MAYBE_NUMBER.match(held, end))

    def _ends(self, rest: str) -> bool:
        """Tell whether the full stop with which `rest` begins, the sentence's last word by now, ends it."""
        stop = _STOP.match(rest)
        assert stop is not None
        after = rest[stop.end() :]
        if self._sentence.startswith("|"):
            return False
        if re.search("[。！？]", stop[0]):
            return True
        if after and not after[0].isspace() and not _CITE.match(after):
            return False
        return not abbreviated(self._sentence + after, len(self._sentence))

    def _end(self) -> Iterator[Sentence]:
        text, cites = self._sentence, tuple(dict.fromkeys(self._cites))
        self._sentence, self._cites, self._stopped = "", [], False
        if not text:
            return
        row = text.startswith("|")
        title = (row and not self._table) or _TITLE.match(text)
        self._table = row
        says = re.search(r"\d" if title else r"\w", text)
        yield Sentence(text=_plain(text), cites=cites, claims=bool(says))


def lead(text: str) -> int:
    """Return how many characters at the beginning of a sentence mark a list item, a heading or a table row."""
    found = _LEAD.match(text)
    return found.end() if found else 0


def _plain(text: str) -> str:
    return re.sub(r"\*\*|__|`", "", text[lead(text) :]).strip(" |")


def _numbers(text: str) -> Iterator[int]:
    for first, last in _RANGE.findall(text):
        numbers = range(int(first), int(last or first) + 1)
        yield from numbers if len(numbers) <= 10 else (int(first), int(last))


def _joined(pieces: Iterable[str | Sentence]) -> list[str | Sentence]:
    made: list[str | Sentence] = []
    for piece in pieces:
        if isinstance(piece, str) and made and isinstance(made[-1], str):
            made[-1] += piece
        else:
            made.append(piece)
    return made
