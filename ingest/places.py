"""Where words stand on a page whose every character has a place, and what is painted over them. Knows no policy."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from ragbox.types import Block, Box, Mark

from .wire import Patch

_OVER = 0.15
"""Part of a line's height that is painted beyond each side: slanted letters lean out of their boxes."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Piece:
    """What a passage has of a value on one of its lines or rows: plain letters and digits, and that line's box."""

    entity: str
    letters: str
    box: Box
    begins: bool
    """Whether the value begins on this line; else it came over from the one before."""


def folded(text: str) -> tuple[str, list[int]]:
    """Return a text's letters and digits, plain and small, and where in the text each stands."""
    signs, places = [], []
    for place, character in enumerate(text):
        plain = character if character.isascii() else unicodedata.normalize("NFKC", character)
        for sign in plain.casefold():
            if sign.isalnum():
                signs.append(sign)
                places.append(place)
    return "".join(signs), places


def where(text: str, letters: str, places: Sequence[int], value: str) -> Iterator[tuple[int, int]]:
    """Yield (start, end) of a folded value in a text, where it is no part of a longer number or word."""
    at = letters.find(value)
    while at >= 0:
        start, end = places[at], places[at + len(value) - 1] + 1
        if not (_joined(text[start - 1 : start], text[start]) or _joined(text[end - 1], text[end : end + 1])):
            yield start, end
        at = letters.find(value, at + 1)


def pieces(entity: str, text: str, span: tuple[int, int], marks: Iterable[Mark], page: int) -> Iterator[Piece]:
    """Yield the pieces of a value at text[start:end], as far as they stand on a page."""
    start, end = span
    for mark in marks:
        if mark.page == page and mark.box and mark.start < end and mark.end > start:
            letters, _ = folded(text[max(start, mark.start) : min(end, mark.end)])
            if letters:
                yield Piece(entity=entity, letters=letters, box=mark.box, begins=mark.start <= start)


def torn(blocks: Iterable[Block], found: Iterable[Piece], painted: Sequence[Patch]) -> Iterator[Patch]:
    """Yield what is still to be painted of the pieces: the page's own order cuts a value where another column begins.

    Where a line does not have a piece's letters one after the other, as OCR may read it otherwise, all of it is
    painted, unless a value of the same kind on it is painted already.
    """
    letters = [(block.text[m.start : m.end], m) for block in blocks for m in block.marks if m.box]
    for piece in found:
        line = [(sign, mark) for sign, mark in letters if mark.box and _within(mark.box, piece.box)]
        signs, places = folded("".join(sign for sign, _ in line))
        at = signs.rfind(piece.letters) if piece.begins else signs.find(piece.letters)
        if at >= 0:
            last = places[at + len(piece.letters) - 1]
            boxes = list(lines([mark for _, mark in line[places[at] : last + 1]]))
        else:
            known = any(p.word == named(piece.entity) and _within(p.box, piece.box) for p in painted)
            boxes = [] if known else [piece.box]
        yield from (Patch(wider(box), named(piece.entity)) for box in boxes if not _covered(box, painted))


def named(entity: str) -> str:
    """Return the word that is written over a value."""
    return entity.lower().replace("_", " ")


def lines(marks: Sequence[Mark]) -> Iterator[Box]:
    """Yield a box for each line that the marks stand on."""
    line: Box | None = None
    for mark in marks:
        if not mark.box:
            continue
        left, top, right, bottom = mark.box
        if line:
            shared = min(bottom, line[3]) - max(top, line[1])
            if 2 * shared > min(bottom - top, line[3] - line[1]):
                line = (min(left, line[0]), min(top, line[1]), max(right, line[2]), max(bottom, line[3]))
                continue
            yield line
        line = mark.box
    if line:
        yield line


def wider(box: Box) -> Box:
    """Return a box with what leans out of it."""
    left, top, right, bottom = box
    over = _OVER * (bottom - top)
    return max(0.0, left - over), max(0.0, top - over), min(1.0, right + over), min(1.0, bottom + over)


def _joined(one: str, other: str) -> bool:
    """Tell whether two neighbours are of one number or of one word that is written with spaces around it."""
    both = one + other
    return len(both) > 1 and both.isascii() and (both.isdigit() or both.isalpha())


def _within(box: Box, line: Box) -> bool:
    """Tell whether the middle of a box lies in a line's."""
    across, down = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    return line[0] <= across <= line[2] and line[1] <= down <= line[3]


def _covered(box: Box, painted: Iterable[Patch]) -> bool:
    """Tell whether a box lies under paint, but for what `wider` adds."""
    left, top, right, bottom = box
    return any(p[0] <= left and p[1] <= top and right <= p[2] and bottom <= p[3] for p, _ in painted)
