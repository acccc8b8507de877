"""Where words stand on a page whose every character has a place, and what is painted over them. Knows no policy."""

from __future__ import annotations

import unicodedata
from bisect import bisect_left, bisect_right
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
    painted, unless there is paint of its kind on it for each of those that are not found.
    """
    letters = [
        (block.text[m.start : m.end], m, (m.box[1] + m.box[3]) / 2) for block in blocks for m in block.marks if m.box
    ]
    down = sorted(range(len(letters)), key=lambda n: letters[n][2])  # 5,000 letters and 500 rows make no 2.5 million
    heights = [letters[n][2] for n in down]
    rows: dict[tuple[Box, str], list[Piece]] = {}
    for piece in dict.fromkeys(found):  # two passages may say the same row
        rows.setdefault((piece.box, named(piece.entity)), []).append(piece)
    for (row, word), held in rows.items():
        near = sorted(down[bisect_left(heights, row[1]) : bisect_right(heights, row[3])])
        line = [letters[n] for n in near if (box := letters[n][1].box) and _within(box, row)]
        signs, places = folded("".join(sign for sign, *_ in line))
        boxes, lost = list[Box](), 0
        for piece in held:
            at = signs.rfind(piece.letters) if piece.begins else signs.find(piece.letters)
            if at >= 0:
                last = places[at + len(piece.letters) - 1]
                boxes += lines([mark for _, mark, _ in line[places[at] : last + 1]])
            else:
                lost += 1
        if lost > _others(boxes, (p.box for p in painted if p.word == word and _within(p.box, row))):
            boxes = [row]
        yield from (Patch(wider(box), word) for box in boxes if not _covered(box, painted))


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


def _others(known: Sequence[Box], boxes: Iterable[Box]) -> int:
    """Return how many of some boxes lie apart from those that are known and from each other."""
    apart = list(known)
    for box in boxes:
        if not any(box[0] < k[2] and k[0] < box[2] and box[1] < k[3] and k[1] < box[3] for k in apart):
            apart.append(box)
    return len(apart) - len(known)


def _covered(box: Box, painted: Iterable[Patch]) -> bool:
    """Tell whether a box lies under paint, but for what `wider` adds."""
    left, top, right, bottom = box
    return any(p[0] <= left and p[1] <= top and right <= p[2] and bottom <= p[3] for p, _ in painted)
