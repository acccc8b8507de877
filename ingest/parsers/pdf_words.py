"""Read one PDF page as words with boxes, sizes and weight, and its ruling lines. Does not know lines or tables.

Works on pdfium's C interface: a few calls a word (not a character), about 250 pages/s on one core.
Coordinates are points of the page as it is shown (crop box and /Rotate applied), origin at the top left.
"""

from __future__ import annotations

import ctypes
import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

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


HYPHENS = "\x02\ufffe\u00ad"
"""What pdfium puts for a hyphen at a line's end, and the soft hyphen itself."""

_WORD = re.compile(f"[^\\s{HYPHENS}]+[{HYPHENS}]?|[{HYPHENS}]")
_BOLD = re.compile(r"bold|black|heavy|semib|demi|medium|cmbx|[-,]bd|simhei|heiti|黑体", re.IGNORECASE)
_STROKED = 2  # Tr 2 fills and strokes: how Word and WeasyPrint fake a bold CJK face
_MAX_OBJECTS = 20_000  # of a page that are looked at for ruling lines; drawings and maps have more
_MAX_SEGMENTS = 400  # of one path; a table's grid has fewer
_SCALE = 1 << 20

_CLEAN: dict[int, str | None] = dict.fromkeys([*range(9), *range(14, 32), *range(127, 160)])
_CLEAN |= dict.fromkeys([*range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2070), 0xFEFF, 0xFFFF])
_CLEAN |= {c: unicodedata.normalize("NFKC", chr(c)) for c in range(0xFB00, 0xFB07)}  # fi, ffl and their kin
_CLEAN |= {c: unicodedata.normalize("NFKC", chr(c)) for c in [*range(0x2E80, 0x2FE0), *range(0xF900, 0xFB00)]}
# Full-width letters and digits become plain, for search; full-width punctuation is good Chinese and stays.
_CLEAN |= {c: chr(c - 0xFEE0) for c in [*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B)]}
_CLEAN |= dict.fromkeys([0xF0A7, 0xF0A8, 0xF0B7, 0xF0D8, 0xF0FC, 0xF06C, 0xF06E], "•")  # Wingdings and Symbol
_CLEAN |= dict.fromkeys(map(ord, HYPHENS), "\u00ad")


def clean(text: str) -> str:
    """Return the text without control and zero-width characters, ligatures and glyph variants spelt out."""
    if text.isascii() and text.isprintable():
        return text
    return unicodedata.normalize("NFC", text.translate(_CLEAN))


def garbage(text: str) -> float:
    """Return the share of characters that no reader can make sense of: undefined or of private use."""
    bad = sum(c == "\ufffd" or "\ue000" <= c <= "\uf8ff" or (c < " " and c not in "\r\n\t\x02") for c in text)
    return bad / max(1, len(text))


def read_page(page: Any) -> tuple[list[Sheet], str]:
    """Return a page's sheets, the one with most words first, and its raw text. `page` is a pypdfium2 PdfPage."""
    import pypdfium2.raw as pdfium

    width, height = page.get_size()
    shown = _shown(page, width, height)
    textpage = page.get_textpage()
    try:
        text, index = _text(textpage.raw)
        by_turn: dict[int, list[Word]] = {}
        for turn, word in _words(textpage.raw, text, index, shown, width, height):
            by_turn.setdefault(turn, []).append(word)
    finally:
        textpage.close()
    sheets = []
    for turn in sorted(by_turn, key=lambda t: -len(by_turn[t])):
        across, down = (height, width) if turn % 2 else (width, height)
        sheets.append(Sheet(across, down, turn, by_turn[turn]))
    if sheets:
        main = sheets[0]
        for x0, y0, x1, y1 in _strokes(pdfium, page.raw, shown):
            x0, y0, x1, y1 = _turned(main.turn, width, height, (x0, y0, x1, y1))
            if y1 - y0 <= 2.0 and x1 - x0 >= 10:
                main.across.append(Rule((y0 + y1) / 2, x0, x1))
            elif x1 - x0 <= 2.0 and y1 - y0 >= 4:
                main.down.append(Rule((x0 + x1) / 2, y0, y1))
    return sheets, text


def _clip(fraction: float) -> float:
    return min(1.0, max(0.0, fraction))


def _shown(page: Any, width: float, height: float) -> Affine:
    """Return the map from PDF coordinates to the page as shown, as pdfium's own renderer has it."""
    import pypdfium2.raw as pdfium

    x, y = ctypes.c_int(), ctypes.c_int()

    def at(px: float, py: float) -> tuple[float, float]:
        pdfium.FPDF_PageToDevice(page.raw, 0, 0, _SCALE, _SCALE, 0, px, py, x, y)
        return x.value * width / _SCALE, y.value * height / _SCALE

    (e, f), (ax, bx), (cx, dx) = at(0, 0), at(500, 0), at(0, 500)
    return Affine((ax - e) / 500, (bx - f) / 500, (cx - e) / 500, (dx - f) / 500, e, f)


def _text(textpage: Any) -> tuple[str, Callable[[int], int]]:
    """Return the page's text and the function from a place in it to pdfium's character index."""
    import pypdfium2.raw as pdfium

    count = pdfium.FPDFText_CountChars(textpage)
    if count <= 0:
        return "", int
    buffer = (ctypes.c_ushort * (2 * count + 2))()
    written = pdfium.FPDFText_GetText(textpage, 0, count, buffer)
    text = bytes(buffer)[: 2 * max(0, written - 1)].decode("utf-16-le", "replace")
    if len(text) == count:
        return text, int
    units = [0]  # rare: characters without Unicode are left out, those beyond the BMP take two units
    for character in text:
        units.append(units[-1] + (2 if character > "\uffff" else 1))
    return text, lambda i: max(0, pdfium.FPDFText_GetCharIndexFromTextIndex(textpage, units[i]))


def _words(
    textpage: Any, text: str, index: Callable[[int], int], shown: Affine, width: float, height: float
) -> Iterator[tuple[int, Word]]:
    """Yield (turn, word) in the order of the page's content."""
    import pypdfium2.raw as pdfium

    loose, origin, styles = (
        pdfium.FPDFText_GetLooseCharBox,
        pdfium.FPDFText_GetCharOrigin,
        _Styles(textpage, shown),
    )
    rect, x, y = pdfium.FS_RECTF(), ctypes.c_double(), ctypes.c_double()
    rect_ref, x_ref, y_ref = ctypes.byref(rect), ctypes.byref(x), ctypes.byref(y)
    for match in _WORD.finditer(text):
        if not (word := clean(match.group())):
            continue
        first, last = index(match.start()), index(match.end() - 1)
        if not loose(textpage, first, rect_ref):
            continue
        left, bottom, right, top = rect.left, rect.bottom, rect.right, rect.top
        if last != first and loose(textpage, last, rect_ref):
            left, bottom = min(left, rect.left), min(bottom, rect.bottom)
            right, top = max(right, rect.right), max(top, rect.top)
        turn, size, bold = styles(first)
        origin(textpage, first, x_ref, y_ref)
        (x0, y0), (x1, y1), (bx, by) = shown(left, bottom), shown(right, top), shown(x.value, y.value)
        if turn:
            x0, y0, x1, y1 = _turned(turn, width, height, (x0, y0, x1, y1))
            bx, by, _, _ = _turned(turn, width, height, (bx, by, bx, by))
        x0, x1, y0, y1 = min(x0, x1), max(x0, x1), min(y0, y1), max(y0, y1)
        if y1 - y0 > 0 and not 0.4 <= size / (y1 - y0) <= 2.5:
            size, by = (y1 - y0) * 0.9, y1 - (y1 - y0) * 0.2  # Type 3 fonts and broken matrices: trust the glyphs
        yield turn, Word(word, x0, by - 0.85 * size, x1, by + 0.22 * size, by, size, bold)


class _Styles:
    """Direction, size and weight of a character, asked once for each text object."""

    def __init__(self, textpage: Any, shown: Affine) -> None:
        self._textpage, self._shown = textpage, shown
        self._known: dict[int, tuple[int, float, bool]] = {}
        self._bold: dict[int, bool] = {}

    def __call__(self, char: int) -> tuple[int, float, bool]:
        import pypdfium2.raw as pdfium

        handle = pdfium.FPDFText_GetTextObject(self._textpage, char)
        key = ctypes.cast(handle, ctypes.c_void_p).value or 0
        if (style := self._known.get(key)) is None:
            style = self._known[key] = self._look(handle if key else None, char)
        return style

    def _look(self, handle: Any, char: int) -> tuple[int, float, bool]:
        import pypdfium2.raw as pdfium

        matrix = pdfium.FS_MATRIX()
        if not pdfium.FPDFText_GetMatrix(self._textpage, char, matrix):
            return 0, 0.0, False
        shown = self._shown
        right = shown.a * matrix.a + shown.c * matrix.b, shown.b * matrix.a + shown.d * matrix.b
        up = shown.a * matrix.c + shown.c * matrix.d, shown.b * matrix.c + shown.d * matrix.d
        turn = (0 if right[0] >= 0 else 2) if abs(right[0]) >= abs(right[1]) else (1 if right[1] > 0 else 3)
        size = pdfium.FPDFText_GetFontSize(self._textpage, char) * (up[0] ** 2 + up[1] ** 2) ** 0.5
        bold = False
        if handle is not None:
            font = pdfium.FPDFTextObj_GetFont(handle)
            key = ctypes.cast(font, ctypes.c_void_p).value or 0
            if key and key not in self._bold:
                name = ctypes.create_string_buffer(128)
                pdfium.FPDFFont_GetBaseFontName(font, name, 128)
                self._bold[key] = bool(_BOLD.search(name.value.decode("utf-8", "replace")))
            bold = self._bold.get(key, False) or pdfium.FPDFTextObj_GetTextRenderMode(handle) == _STROKED
        return turn, size, bold


def _turned(turn: int, width: float, height: float, box: Box) -> Box:
    """Return a box of the shown page in the coordinates of a sheet with that turn."""
    x0, y0, x1, y1 = box
    if turn == 1:
        x0, y0, x1, y1 = y0, width - x1, y1, width - x0
    elif turn == 2:
        x0, y0, x1, y1 = width - x1, height - y1, width - x0, height - y0
    elif turn == 3:
        x0, y0, x1, y1 = height - y1, x0, height - y0, x1
    return min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)


def _strokes(pdfium: Any, page: Any, shown: Affine) -> Iterator[Box]:
    """Yield the boxes of the straight lines and thin bars drawn on a page."""
    matrix = pdfium.FS_MATRIX()
    floats = [ctypes.c_float() for _ in range(4)]
    fill, stroke = ctypes.c_int(), ctypes.c_int()
    for i in range(min(pdfium.FPDFPage_CountObjects(page), _MAX_OBJECTS)):
        item = pdfium.FPDFPage_GetObject(page, i)
        if pdfium.FPDFPageObj_GetType(item) != pdfium.FPDF_PAGEOBJ_PATH:
            continue
        pdfium.FPDFPageObj_GetBounds(item, *floats)
        (x0, y0), (x1, y1) = shown(floats[0].value, floats[1].value), shown(floats[2].value, floats[3].value)
        x0, x1, y0, y1 = min(x0, x1), max(x0, x1), min(y0, y1), max(y0, y1)
        if min(x1 - x0, y1 - y0) <= 2.0:
            yield x0, y0, x1, y1
            continue
        pdfium.FPDFPath_GetDrawMode(item, fill, stroke)
        if not stroke.value or (count := pdfium.FPDFPath_CountSegments(item)) > _MAX_SEGMENTS:
            continue  # a shaded area or a drawing
        pdfium.FPDFPageObj_GetMatrix(item, matrix)
        place = Affine(matrix.a, matrix.b, matrix.c, matrix.d, matrix.e, matrix.f)
        start = last = (0.0, 0.0)
        for j in range(count):
            segment = pdfium.FPDFPath_GetPathSegment(item, j)
            pdfium.FPDFPathSegment_GetPoint(segment, floats[0], floats[1])
            here = shown(*place(floats[0].value, floats[1].value))
            kind = pdfium.FPDFPathSegment_GetType(segment)
            if kind == pdfium.FPDF_SEGMENT_MOVETO:
                start = here
            elif kind == pdfium.FPDF_SEGMENT_LINETO:
                yield (*last, *here)
            last = here
            if pdfium.FPDFPathSegment_GetClose(segment):
                yield (*here, *start)
