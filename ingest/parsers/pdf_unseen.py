"""Which words of a PDF page no reader of it sees: drawn with nothing, in the paper's colour, below pictures, outside.

Cheap signs name words in doubt; then the page is drawn with and without them, and what changes no pixel is hidden.
Invisible text on the picture of a scan is what OCR read there, and stays.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from functools import partial
from typing import Any, NamedTuple

from ragbox.types import Box

from .pdf_calls import address, calls
from .pdf_words import Affine, Sheet, Word

TINY = 2.0
"""Points; smaller text is there for programs, not for readers."""
SMALL_PAGE = 1 / 300
"""Of the longest side of a page, where that is less: pdfium tells no /UserUnit, by which 84 units may be 842 points."""
LIGHT = 0xE0
"""The least of red, green and blue from which a colour may be that of paper."""
NEAR = 24
"""Steps of 256 by which two colours may differ in doubt."""
FAINT = 10
"""Steps of 256 that a pixel must change by at 72 dpi, where thin strokes change it by half of their contrast."""
CLEAR = 13
"""Opacity, of 255, below which text is in doubt."""
SCAN = 0.5
"""Share of a page that pictures cover if it is a scan."""
STAMPED = 200
"""Characters that may be printed on a scan, or a quarter of the invisible; with more, the picture is a background."""
_INVISIBLE = (3, 7)  # Tr 3 draws nothing, 7 only clips
_STROKE = 1
_PATH, _IMAGE, _SHADING, _FORM = 2, 3, 4, 5
_LARGE = 4.0  # points; a smaller area hides no word, but scans are cut into strips and tiles of any size
_MAX_AREAS, _MAX_OBJECTS = 500, 20_000  # of a page; drawings and maps have more
_DEEP = 3  # forms within forms: what stamps a scan wraps it in one or two
_BANDS = 64  # of a page's height, in each of which a word is compared with the shapes that reach into it
_ROOM = 20_000  # shapes in all bands: 10,000 strips of a scan, or 312 pictures of the whole page
_PIXELS = 1000  # longest side of the drawings that are compared

Colour = tuple[int, int, int, int]
Found = Sequence[tuple[int, Word, int]]
"""Words of a page: quarter turns, word, index of its first character."""


class Shape(NamedTuple):
    """A picture or filled area: where it is shown, its place in the order of drawing and its colour, if it has one."""

    box: Box
    order: int
    colour: Colour | None

    def around(self, x: float, y: float) -> bool:
        return self.box[0] <= x <= self.box[2] and self.box[1] <= y <= self.box[3]


class Style(NamedTuple):
    """What a text object says of how it is drawn."""

    mode: int
    colour: Colour | None
    clip: Box | None


def unseen(page: Any, textpage: Any, shown: Affine, found: Found) -> dict[int, str]:
    """Return how words are hidden, by their places in `found`; `shown` maps the page to what is shown of it."""
    if not found:
        return {}
    width, height = page.get_size()
    hidden: dict[int, str] = {}
    doubtful: dict[int, tuple[str, int, Box]] = {}
    reader = _Reader(page, shown, width, height)
    layer: list[int] = []
    printed, least = 0, min(TINY, max(width, height) * SMALL_PAGE)
    text_object, handle = calls().FPDFText_GetTextObject, address(textpage)
    for n, (turn, word, first) in enumerate(found):
        across, down = (height, width) if turn % 2 else (width, height)
        if not any(map(str.isalnum, word.text)):
            continue  # ticks and dashes, which forms lay upon each other, tell nobody anything
        if word.size < least:
            hidden[n] = "tiny"
            continue
        if not (0 <= word.left + word.right <= 2 * across and 0 <= word.top + word.bottom <= 2 * down):
            hidden[n] = "outside"
            continue
        item = text_object(handle, first) or 0
        x, y = (word.left + word.right) / 2, (word.top + word.bottom) / 2
        if turn:
            box = Sheet(across, down, turn).fractions(word.left, word.top, word.right, word.bottom)
            x, y = (box[0] + box[2]) / 2 * width, (box[1] + box[3]) / 2 * height
        how = reader.doubt(item, x, y)
        if how in ("invisible", "covered") and reader.pictured(x, y):
            layer.append(n)
        if how == "invisible":
            hidden[n] = how
        elif how:
            box = Sheet(across, down, turn).fractions(word.left, word.top, word.right, word.bottom)
            doubtful[n] = (how, item, box)
        else:
            printed += len(word.text)
    if layer and reader.share() >= SCAN:
        letters = sum(len(found[n][1].text) for n in layer)
        if printed <= max(STAMPED, letters // 4):
            for n in layer:
                hidden.pop(n, None)
                doubtful.pop(n, None)
    if doubtful:
        changed = _changed(page, {item for _, item, _ in doubtful.values()}, [box for _, _, box in doubtful.values()])
        hidden |= {n: how for (n, (how, _, _)), seen in zip(doubtful.items(), changed, strict=True) if not seen}
    return hidden


class _Reader:
    """The shapes of one page, and what its text objects say of themselves, each asked once."""

    def __init__(self, page: Any, shown: Affine, width: float, height: float) -> None:
        self._shown, self._size = shown, (width, height)
        self._styles: dict[int, Style] = {}
        self._order: dict[int, int] = {}
        self._count = self._areas = 0
        self._covered, self._room = 0.0, _ROOM
        self._bands: list[list[Shape]] = [[] for _ in range(_BANDS)]
        count = calls().FPDFPage_CountObjects(address(page.raw))
        self._look(count, partial(calls().FPDFPage_GetObject, address(page.raw)), shown)

    def doubt(self, item: int, x: float, y: float) -> str:
        """Return how a word of a text object may be hidden, whose middle is shown at a point; "" if nothing says so."""
        if (style := self._styles.get(item)) is None:
            style = self._styles[item] = self._style(item)
        if style.mode in _INVISIBLE:
            return "invisible"
        if style.clip and not (style.clip[0] <= x <= style.clip[2] and style.clip[1] <= y <= style.clip[3]):
            return "clipped"
        near, order = self._near(x, y), self._order.get(item, -1)
        if any(shape.order > order for shape in near):
            return "covered"
        if (ink := style.colour) is None:
            return ""
        light = min(ink[:3]) >= LIGHT or ink[3] < CLEAR or style.mode == _STROKE
        return "colour" if light or any(shape.colour and _alike(ink, shape.colour) for shape in near) else ""

    def pictured(self, x: float, y: float) -> bool:
        """Say whether a picture is shown at a point."""
        return any(shape.colour is None for shape in self._near(x, y))

    def share(self) -> float:
        """Return the share of the page that its pictures cover, at most and where they do not overlap."""
        return self._covered / (self._size[0] * self._size[1])

    def _near(self, x: float, y: float) -> list[Shape]:
        return [shape for shape in self._bands[self._band(y)] if shape.around(x, y)]

    def _band(self, y: float) -> int:
        return min(_BANDS - 1, max(0, int(y / self._size[1] * _BANDS)))

    def _look(self, count: int, at: Callable[[int], int | None], shown: Affine, deep: int = 0) -> None:
        """Take in the objects of the page, or of a form on it, in the order in which they are drawn."""
        call = calls()
        for n in range(count):
            if self._count >= _MAX_OBJECTS:
                return
            self._count += 1
            item = at(n) or 0
            kind = call.FPDFPageObj_GetType(item)
            if kind == _FORM and deep < _DEEP:
                inner = partial(call.FPDFFormObj_GetObject, item)
                self._look(max(0, call.FPDFFormObj_CountObjects(item)), inner, _within_form(item, shown), deep + 1)
            elif kind in (_IMAGE, _SHADING):
                self._add(item, shown, None)
            elif kind != _PATH:
                self._order[item] = self._count
            elif self._areas < _MAX_AREAS and (colour := _colour(item)) and colour[3] and _filled(item):
                self._areas += self._add(item, shown, colour, _LARGE)

    def _add(self, item: int, shown: Affine, colour: Colour | None, least: float = 0.0) -> bool:
        """Keep where a shape is shown of the page, unless it is smaller than a number of points."""
        sides = (ctypes.c_float * 4)()
        at = ctypes.addressof(sides)
        if not calls().FPDFPageObj_GetBounds(item, at, at + 4, at + 8, at + 12):
            return False
        left, bottom, right, top = sides
        corners = [shown(x, y) for x in (left, right) for y in (bottom, top)]  # a form may be turned
        x0, x1 = (min(max(0.0, side([x for x, _ in corners])), self._size[0]) for side in (min, max))
        y0, y1 = (min(max(0.0, side([y for _, y in corners])), self._size[1]) for side in (min, max))
        if x1 - x0 <= 0 or y1 - y0 <= 0 or min(x1 - x0, y1 - y0) < least:
            return False
        self._covered += (x1 - x0) * (y1 - y0) if colour is None else 0
        bands, shape = self._bands[self._band(y0) : self._band(y1) + 1], Shape((x0, y0, x1, y1), self._count, colour)
        self._room -= len(bands)
        for band in bands if self._room >= 0 else ():
            band.append(shape)
        return True

    def _style(self, item: int) -> Style:
        if not item:
            return Style(0, None, None)
        return Style(calls().FPDFTextObj_GetTextRenderMode(item), _colour(item), self._clip(item))

    def _clip(self, item: int) -> Box | None:
        """Return the box to which a text is cut, if it is."""
        call, box = calls(), None
        path = call.FPDFPageObj_GetClipPath(item)
        for n in range(max(0, call.FPDFClipPath_CountPaths(path)) if path else 0):
            points = list(self._points(path, n))
            if points:
                xs, ys = [x for x, _ in points], [y for _, y in points]
                box = _within(box, (min(xs), min(ys), max(xs), max(ys)))
        return box

    def _points(self, path: int, n: int) -> Iterable[tuple[float, float]]:
        call, point = calls(), (ctypes.c_float * 2)()
        at = ctypes.addressof(point)
        for m in range(min(call.FPDFClipPath_CountPathSegments(path, n), 100)):
            if call.FPDFPathSegment_GetPoint(call.FPDFClipPath_GetPathSegment(path, n, m), at, at + 4):
                yield self._shown(point[0], point[1])


def _changed(page: Any, items: set[int], boxes: Sequence[Box]) -> list[bool]:
    """Return for each box, in fractions of the page, whether drawing these objects changes what is seen there."""
    import numpy as np

    scale = min(1.0, _PIXELS / max(1.0, *page.get_size()))
    active = calls().FPDFPageObj_SetIsActive
    drawn = []
    try:
        for on in (True, False):
            for item in items:
                active(item, on)
            with closing(page.render(scale=scale, prefer_bgrx=False, maybe_alpha=False)) as bitmap:
                drawn.append(bitmap.to_numpy().copy())
    finally:
        for item in items:
            active(item, True)
    down, across = drawn[0].shape[:2]
    seen = []
    for left, top, right, bottom in boxes:  # the whole page at once takes 18 ms more
        rows = slice(int(top * down), int(bottom * down) + 1)
        columns = slice(int(left * across), int(right * across) + 1)
        with_it, without = (picture[rows, columns].astype(np.int16) for picture in drawn)
        seen.append(bool(np.abs(with_it - without).max(initial=0) >= FAINT))
    return seen


def _within_form(item: int, shown: Affine) -> Affine:
    """Return the map from what stands in a form to the page as shown."""
    matrix = (ctypes.c_float * 6)()
    if not calls().FPDFPageObj_GetMatrix(item, ctypes.addressof(matrix)):
        return shown
    a, b, c, d, e, f = matrix
    (x0, y0), (x1, y1), (x2, y2) = shown(e, f), shown(a + e, b + f), shown(c + e, d + f)
    return Affine(x1 - x0, y1 - y0, x2 - x0, y2 - y0, x0, y0)


def _within(one: Box | None, other: Box) -> Box:
    if one is None:
        return other
    return max(one[0], other[0]), max(one[1], other[1]), min(one[2], other[2]), min(one[3], other[3])


def _colour(item: int) -> Colour | None:
    parts = (ctypes.c_uint * 4)()
    at = ctypes.addressof(parts)
    if not calls().FPDFPageObj_GetFillColor(item, at, at + 4, at + 8, at + 12):
        return None
    return parts[0], parts[1], parts[2], parts[3]


def _filled(item: int) -> bool:
    ways = (ctypes.c_int * 2)()
    at = ctypes.addressof(ways)
    return bool(calls().FPDFPath_GetDrawMode(item, at, at + 4) and ways[0])


def _alike(one: Colour, other: Colour) -> bool:
    return all(abs(a - b) <= NEAR for a, b in zip(one[:3], other[:3], strict=True))
