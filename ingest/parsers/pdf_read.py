"""Read a PDF page through pdfium: words with boxes, sizes and weight; ruling lines. Knows no lines of text.

Works on pdfium's C interface: four calls a word, none a character.
"""

from __future__ import annotations

import ctypes
import re
from collections.abc import Callable, Iterator
from contextlib import closing
from itertools import groupby
from operator import itemgetter
from typing import Any

from ragbox.types import Box

from .pdf_calls import address, calls
from .pdf_unseen import unseen
from .pdf_words import HYPHENS, Affine, Rule, Sheet, Word, clean, turned
from .unseen import smuggled

_WORD = re.compile(f"[^\\s{HYPHENS}]+[{HYPHENS}]?|[{HYPHENS}]")
_NUMBER = re.compile(r"\d{1,2}[)）]?(?!\d)")  # as a note's mark or an exponent, where it is printed smaller
_SMALL = 0.8  # times the size of the letters beside it
_BOLD = re.compile(r"bold|black|heavy|semib|demi|medium|cmbx|[-,]bd|simhei|heiti|黑体", re.IGNORECASE)
_STROKED = 2  # Tr 2 fills and strokes: how Word and WeasyPrint fake a bold CJK face
_LETTER = 5.0  # points; a picture that is less wide or high holds no word
_MAX_OBJECTS = 20_000  # of a page that are looked at for ruling lines; drawings and maps have more
_MAX_SEGMENTS = 400  # of one path; a table's grid has fewer
_SCALE = 1 << 20


def read_page(page: Any) -> tuple[list[Sheet], str, list[tuple[str, str]]]:
    """Return a page's sheets, the one with most words first, its raw text, and (how, text) of what is hidden on it.

    `page` is a pypdfium2 PdfPage.
    """
    import pypdfium2.raw as pdfium

    width, height = page.get_size()
    shown = _shown(page, width, height)
    textpage = page.get_textpage()
    try:
        text, index = _text(textpage.raw)
        found = list(_words(textpage.raw, text, index, shown, width, height))
        hidden = unseen(page, textpage.raw, shown, found)
    finally:
        textpage.close()
    by_turn: dict[int, list[Word]] = {}
    for n, (turn, word, _) in enumerate(found):
        if n not in hidden:
            by_turn.setdefault(turn, []).append(word)
    sheets = []
    for turn in sorted(by_turn, key=lambda t: -len(by_turn[t])):
        across, down = (height, width) if turn % 2 else (width, height)
        sheets.append(Sheet(across, down, turn, by_turn[turn]))
    if sheets:
        main = sheets[0]
        for x0, y0, x1, y1 in _strokes(pdfium, page.raw, shown):
            x0, y0, x1, y1 = turned(main.turn, width, height, (x0, y0, x1, y1))
            if y1 - y0 <= 2.0 and x1 - x0 >= 10:
                main.across.append(Rule((y0 + y1) / 2, x0, x1))
            elif x1 - x0 <= 2.0 and y1 - y0 >= 4:
                main.down.append(Rule((x0 + x1) / 2, y0, y1))
    runs = groupby(((how, found[n][1].text) for n, how in sorted(hidden.items())), key=itemgetter(0))
    told = [(how, " ".join(text for _, text in run)) for how, run in runs]
    return sheets, text, [*told, *smuggled(text)]


def characters(page: Any) -> list[tuple[str, Box | None]]:
    """Return a page's characters in the order of its content, each with its box as fractions of the page as shown.

    Characters that stand nowhere, as the breaks between lines, have no box. `page` is a pypdfium2 PdfPage.
    """
    width, height = page.get_size()
    shown = _shown(page, width, height)
    rect = (ctypes.c_float * 4)()  # FS_RECTF: left, top, right, bottom
    rect_at, loose = ctypes.addressof(rect), calls().FPDFText_GetLooseCharBox
    found: list[tuple[str, Box | None]] = []
    with closing(page.get_textpage()) as textpage:
        text, index = _text(textpage.raw)
        for place, character in enumerate(text):
            if character.isspace() or not loose(address(textpage.raw), index(place), rect_at):
                found.append((character, None))
                continue
            (x0, y0), (x1, y1) = shown(rect[0], rect[3]), shown(rect[2], rect[1])
            x0, y0, x1, y1 = turned(0, width, height, (x0, y0, x1, y1))
            found.append((character, Sheet(width, height).fractions(x0, y0, x1, y1)))
    return found


def unread(page: Any) -> list[Box]:
    """Return where a page shows what its text does not tell, as fractions: pictures, filled fields, notes, stamps."""
    import pypdfium2.raw as pdfium

    width, height = page.get_size()
    shown, sheet, found = _shown(page, width, height), Sheet(width, height), []
    for item in page.get_objects(filter=(pdfium.FPDF_PAGEOBJ_IMAGE,), max_depth=3):
        if item.level:  # its place is that within a form, which stands anywhere
            return [(0.0, 0.0, 1.0, 1.0)]
        left, bottom, right, top = item.get_bounds()
        found.append((*shown(left, bottom), *shown(right, top)))
    rect = pdfium.FS_RECTF()
    for n in range(pdfium.FPDFPage_GetAnnotCount(page.raw)):
        note = pdfium.FPDFPage_GetAnnot(page.raw, n)
        if pdfium.FPDFAnnot_GetSubtype(note) not in (pdfium.FPDF_ANNOT_LINK, pdfium.FPDF_ANNOT_POPUP):
            pdfium.FPDFAnnot_GetRect(note, rect)
            found.append((*shown(rect.left, rect.bottom), *shown(rect.right, rect.top)))
        pdfium.FPDFPage_CloseAnnot(note)
    sides = [turned(0, width, height, box) for box in found]
    return [sheet.fractions(*s) for s in sides if s[2] - s[0] >= _LETTER and s[3] - s[1] >= _LETTER]


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
) -> Iterator[tuple[int, Word, int]]:
    """Yield (turn, word, index of its first character) in the order of the page's content."""
    handle, styles = address(textpage), _Styles(textpage, shown)
    loose, origin = calls().FPDFText_GetLooseCharBox, calls().FPDFText_GetCharOrigin
    rect, x, y = (ctypes.c_float * 4)(), ctypes.c_double(), ctypes.c_double()  # FS_RECTF: left, top, right, bottom
    rect_at, x_at, y_at = ctypes.addressof(rect), ctypes.addressof(x), ctypes.addressof(y)
    for start, end in _spans(text, index, styles):
        first, last = index(start), index(end - 1)
        if not (word := clean(text[start:end])) or not loose(handle, first, rect_at):
            continue
        left, top, right, bottom = rect
        if last != first and loose(handle, last, rect_at):
            left, bottom = min(left, rect[0]), min(bottom, rect[3])
            right, top = max(right, rect[2]), max(top, rect[1])
        turn, size, bold = styles(first)
        origin(handle, first, x_at, y_at)
        (x0, y0), (x1, y1), (bx, by) = shown(left, bottom), shown(right, top), shown(x.value, y.value)
        if turn:
            x0, y0, x1, y1 = turned(turn, width, height, (x0, y0, x1, y1))
            by = turned(turn, width, height, (bx, by, bx, by))[1]
        else:
            x0, x1 = (x0, x1) if x0 < x1 else (x1, x0)
            y0, y1 = (y0, y1) if y0 < y1 else (y1, y0)
        if y1 - y0 > 0 and not 0.4 <= size / (y1 - y0) <= 2.5:
            size, by = (y1 - y0) * 0.9, y1 - (y1 - y0) * 0.2  # Type 3 fonts and broken matrices: trust the glyphs
        yield turn, Word(word, x0, by - 0.85 * size, x1, by + 0.22 * size, by, size, bold), first


def _spans(text: str, index: Callable[[int], int], styles: _Styles) -> Iterator[tuple[int, int]]:
    """Yield where words begin and end; a smaller number at a word's beginning, end or middle is one of its own."""
    for match in _WORD.finditer(text):
        start, end = match.span()
        for number in _NUMBER.finditer(text, start, end):
            at, stop = number.span()
            if stop == end and at == start:
                continue
            size = _SMALL * styles(index(at - 1 if at > start else stop))[1]
            if stop - at > 1 and text[at + 1].isdigit() and styles(index(at))[1] >= size > styles(index(at + 1))[1]:
                at += 1  # the last digit of "20221" is small, the one before it is not
            if styles(index(at))[1] < size:
                yield from ((start, at), (at, stop)) if at > start else ((at, stop),)
                start = stop
        if start < end:
            yield start, end


class _Styles:
    """Direction, size and weight of a character, asked once for each text object."""

    def __init__(self, textpage: Any, shown: Affine) -> None:
        self._textpage, self._shown, self._calls = address(textpage), shown, calls()
        self._matrix = (ctypes.c_float * 6)()
        self._known: dict[int | None, tuple[int, float, bool]] = {}
        self._bold: dict[int, bool] = {}

    def __call__(self, char: int) -> tuple[int, float, bool]:
        handle = self._calls.FPDFText_GetTextObject(self._textpage, char)
        if (style := self._known.get(handle)) is None:
            style = self._known[handle] = self._look(handle, char)
        return style

    def _look(self, handle: int | None, char: int) -> tuple[int, float, bool]:
        pdfium, shown, matrix = self._calls, self._shown, self._matrix
        if not pdfium.FPDFText_GetMatrix(self._textpage, char, ctypes.addressof(matrix)):
            return 0, 0.0, False
        a, b, c, d, _, _ = matrix
        right = shown.a * a + shown.c * b, shown.b * a + shown.d * b
        up = shown.a * c + shown.c * d, shown.b * c + shown.d * d
        turn = (0 if right[0] >= 0 else 2) if abs(right[0]) >= abs(right[1]) else (1 if right[1] > 0 else 3)
        size = pdfium.FPDFText_GetFontSize(self._textpage, char) * (up[0] ** 2 + up[1] ** 2) ** 0.5
        bold = False
        if handle:
            if (font := pdfium.FPDFTextObj_GetFont(handle)) and font not in self._bold:
                name = ctypes.create_string_buffer(128)
                pdfium.FPDFFont_GetBaseFontName(font, ctypes.addressof(name), 128)
                self._bold[font] = bool(_BOLD.search(name.value.decode("utf-8", "replace")))
            bold = self._bold.get(font, False) or pdfium.FPDFTextObj_GetTextRenderMode(handle) == _STROKED
        return turn, size, bold


def _strokes(pdfium: Any, page: Any, shown: Affine) -> Iterator[Box]:
    """Yield the boxes of the straight lines and thin bars drawn on a page."""
    get, kind_of, handle = calls().FPDFPage_GetObject, calls().FPDFPageObj_GetType, address(page)
    matrix = pdfium.FS_MATRIX()
    floats = [ctypes.c_float() for _ in range(4)]
    fill, stroke = ctypes.c_int(), ctypes.c_int()
    for i in range(min(pdfium.FPDFPage_CountObjects(page), _MAX_OBJECTS)):
        if kind_of(get(handle, i)) != pdfium.FPDF_PAGEOBJ_PATH:
            continue
        item = pdfium.FPDFPage_GetObject(page, i)
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
