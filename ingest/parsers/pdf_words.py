"""What a page is made of before anything is understood: words, ruling lines, sheets. Knows no PDF and no OCR.

Coordinates are points of the page as it is shown (crop box and /Rotate applied), origin at the top left.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from typing import NamedTuple

from ragbox.types import Box


class Word(NamedTuple):
    """A run of characters without a space; `base` is its baseline, `size` the font's size in points."""

    text: str
    left: float
    top: float
    right: float
    bottom: float
    base: float
    size: float
    bold: bool


class Affine(NamedTuple):
    """A map of the plane: x' = ax + cy + e, y' = bx + dy + f."""

    a: float
    b: float
    c: float
    d: float
    e: float
    f: float

    def __call__(self, x: float, y: float) -> tuple[float, float]:
        return self.a * x + self.c * y + self.e, self.b * x + self.d * y + self.f


class Rule(NamedTuple):
    """A straight line, horizontal or vertical: its position on one axis and its extent on the other."""

    at: float
    start: float
    end: float


@dataclass
class Sheet:
    """What stands on a page in one reading direction, turned so that it reads left to right."""

    width: float
    height: float
    turn: int = 0
    """Quarter turns, clockwise, by which the text stands rotated on the shown page."""
    words: list[Word] = field(default_factory=list)
    across: list[Rule] = field(default_factory=list)
    down: list[Rule] = field(default_factory=list)

    def fractions(self, left: float, top: float, right: float, bottom: float) -> Box:
        """Return a box of this sheet as fractions of the page as it is shown."""
        x0, x1 = sorted((_clip(left / self.width), _clip(right / self.width)))
        y0, y1 = sorted((_clip(top / self.height), _clip(bottom / self.height)))
        box = (
            (x0, y0, x1, y1),
            (1 - y1, x0, 1 - y0, x1),
            (1 - x1, 1 - y1, 1 - x0, 1 - y0),
            (y0, 1 - x1, y1, 1 - x0),
        )
        turned = box[self.turn]
        return (round(turned[0], 4), round(turned[1], 4), round(turned[2], 4), round(turned[3], 4))


HYPHENS = "\x02\ufffe\u00ad"
"""What pdfium puts for a hyphen at a line's end, and the soft hyphen itself."""

_CLEAN: dict[int, str | None] = dict.fromkeys([*range(9), *range(14, 32), *range(127, 160)])
_CLEAN |= dict.fromkeys([*range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2070), 0xFEFF, 0xFFFF])
_CLEAN |= {c: unicodedata.normalize("NFKC", chr(c)) for c in range(0xFB00, 0xFB07)}  # fi, ffl and their kin
_CLEAN |= {c: unicodedata.normalize("NFKC", chr(c)) for c in [*range(0x2E80, 0x2FE0), *range(0xF900, 0xFB00)]}
# Full-width letters and digits become plain, for search; full-width punctuation is good Chinese and stays.
_CLEAN |= {c: chr(c - 0xFEE0) for c in [*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B)]}
_CLEAN |= dict.fromkeys([0xF0A7, 0xF0A8, 0xF0B7, 0xF0D8, 0xF0FC, 0xF06C, 0xF06E], "•")  # Wingdings and Symbol
_CLEAN |= dict.fromkeys(map(ord, HYPHENS), "\u00ad")

_SENSELESS = re.compile("[\x00\x01\x03-\x08\x0b\x0c\x0e-\x1f\ue000-\uf8ff\ufffd]")


def clean(text: str) -> str:
    """Return the text without control and zero-width characters, ligatures and glyph variants spelt out."""
    if text.isascii() and text.isprintable():
        return text
    return unicodedata.normalize("NFC", text.translate(_CLEAN))


def garbage(text: str) -> float:
    """Return the share of characters that no reader can make sense of: undefined or of private use."""
    return len(_SENSELESS.findall(text)) / max(1, len(text))


def turned(turn: int, width: float, height: float, box: Box) -> Box:
    """Return a box of the shown page in the coordinates of a sheet with that turn."""
    x0, y0, x1, y1 = box
    if turn == 1:
        x0, y0, x1, y1 = y0, width - x1, y1, width - x0
    elif turn == 2:
        x0, y0, x1, y1 = width - x1, height - y1, width - x0, height - y0
    elif turn == 3:
        x0, y0, x1, y1 = height - y1, x0, height - y0, x1
    return min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)


def _clip(fraction: float) -> float:
    return min(1.0, max(0.0, fraction))
