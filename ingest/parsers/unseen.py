"""Parts what a file's readers see from what is hidden from them: text in white, or in characters that show nothing.

A parser hands hidden text over as a block that says how it is hidden; what hides in characters is found here. Knows no
file format.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import replace
from itertools import accumulate

from ragbox.types import Block, Kind, Mark, Parsed, Unseen

from .blocks import clean

HOWS = (
    "invisible", "colour", "tiny", "outside", "covered", "clipped", "marked", "characters", "reversed",
)  # fmt: skip
"""The ways to hide."""
MOST = 100_000
"""Characters of hidden text that are kept of a file."""
NEAR = 16
"""Steps of 256 by which two colours may differ and are still the same to the eye."""
Colour = tuple[int, int, int]
"""Red, green and blue, 0 to 255."""
LEAST = 4
"""Characters without width in a row that say something: fewer are what editors and right-to-left scripts leave."""
_WHOLE = re.compile(r"\s*([+-]?)0*([0-9]{1,15})\s*")
_SHOWN = 16
"""Of such characters that are told."""
_FLAG = "\U0001f3f4"
_TAGS = "\U000e0000-\U000e007f"
_CHOICES = "\ufe00-\ufe0f\U000e0100-\U000e01ef"
_EMPTY = "\u200b-\u200f\u2060-\u2064\ufeff"
_OVERRIDES = "\u202d\u202e"
# A flag such as Scotland's is a black one with up to six tags and their end; one choice of a glyph stands after many
# an emoji and ideograph; embeddings and isolates are what bidirectional text needs, overrides it does not.
_SMUGGLED = re.compile(
    f"{_FLAG}[\U000e0020-\U000e007e]{{2,6}}\U000e007f|[{_TAGS}]+|[{_CHOICES}]{{2,}}|[{_EMPTY}]{{2,}}|[{_OVERRIDES}]"
)


def hidden(how: str, text: str, page: int) -> list[Block]:
    """Return a text that readers do not see as none or one block."""
    text = clean(text)
    return [Block(kind=Kind.TEXT, text=text, page=page, unseen=how)] if text else []


def alike(one: Colour, other: Colour) -> bool:
    """Say whether two colours are the same to the eye."""
    return all(abs(a - b) <= NEAR for a, b in zip(one, other, strict=True))


def whole(text: str | None) -> int | None:
    """Return a whole number of at most 15 digits, None for anything else: of 5,000 digits Python makes no number."""
    found = _WHOLE.fullmatch(text or "")
    return int(found[1] + found[2]) if found else None


def smuggled(text: str) -> Iterator[tuple[str, str]]:
    """Yield how a text hides words in its characters, and the words as far as they can be told."""
    for match in _places(text):
        found = match[0]
        if found[0] in _OVERRIDES:
            yield "reversed", f"U+{ord(found):04X}"  # what it turns round is seen, and stays
        elif "\U000e0000" <= found[0] <= "\U000e007f":
            yield "characters", "".join(chr(ord(c) - 0xE0000) for c in found if ord(c) > 0xE001F).strip()
        elif _choice(found[0]) is not None:
            yield "characters", bytes(n for c in found if (n := _choice(c)) is not None).decode("utf-8", "replace")
        elif len(found) >= LEAST:
            yield "characters", " ".join(f"U+{ord(c):04X}" for c in found[:_SHOWN])


def parted(parsed: Parsed) -> Parsed:
    """Return a file with its hidden texts out of its blocks and told apart, each once."""
    seen: list[Block] = []
    found: dict[Unseen, None] = {}
    room = MOST
    for one in parsed.blocks:
        texts = [(one.unseen, one.text)] if one.unseen else list(smuggled(one.text))
        for how, text in texts:
            told = Unseen(page=one.page, how=how, text=text[:room])
            room -= len(told.text) if told not in found else 0
            found.update({told: None} if told.text.strip() else {})
        if not one.unseen and (shown := _plain(one) if texts or _SMUGGLED.search(one.text) else one).text:
            seen.append(shown)
    title = _stripped(parsed.title)
    return replace(parsed, blocks=tuple(seen), title=title, unseen=(*parsed.unseen, *found))


def _places(text: str) -> Iterator[re.Match[str]]:
    return (match for match in _SMUGGLED.finditer(text) if match[0][0] != _FLAG)


def _stripped(text: str) -> str:
    return _SMUGGLED.sub(lambda match: match[0] if match[0][0] == _FLAG else "", text)


def _plain(one: Block) -> Block:
    """Return a block without characters that show nothing; its marks move with what is left."""
    gone = [match.span() for match in _places(one.text)]
    starts, before = [start for start, _ in gone], [0, *accumulate(end - start for start, end in gone)]

    def moved(at: int) -> int:
        last = bisect_left(starts, at)  # of those that begin before this place, it may stand within the last
        return at - before[last] + (max(0, gone[last - 1][1] - at) if last else 0)

    marks = (Mark(start=moved(m.start), end=moved(m.end), page=m.page, box=m.box) for m in one.marks)
    rows = tuple(tuple(_stripped(cell) for cell in row) for row in one.rows)
    return replace(one, text=_stripped(one.text), rows=rows, marks=tuple(m for m in marks if m.end > m.start))


def _choice(character: str) -> int | None:
    """Return the byte that a choice of a glyph stands for where bytes are written in them, 0 to 255."""
    code = ord(character)
    return code - 0xFE00 if 0xFE00 <= code <= 0xFE0F else code - 0xE0100 + 16 if 0xE0100 <= code <= 0xE01EF else None
