"""Which words of a PDF page no reader of it sees: drawn with nothing, in the paper's colour, below pictures, outside.

Cheap signs name words in doubt; then the page is drawn with and without them, and what changes no pixel is hidden.
Invisible text on the picture of a scan is what OCR read there, and stays.
"""

from __future__ import annotations

import ctypes
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from contextlib import closing
from typing import Any, NamedTuple

from ragbox.types import Box

from .pdf_calls import address, calls
from .pdf_words import Affine, Sheet, Word

TINY = 2.0
"""Points; smaller text is there for programs, not for readers."""
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
_PATH, _IMAGE, _SHADING = 2, 3, 4
_LARGE = 4.0  # points; a smaller shape hides no word
_MAX_SHAPES, _MAX_OBJECTS = 500, 20_000  # of a page; drawings and maps have more
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
    printed = 0
    text_object, handle = calls().FPDFText_GetTextObject, address(textpage)
    for n, (turn, word, first) in enumerate(found):
        across, down = (height, width) if turn % 2 else (width, height)
        if not any(map(str.isalnum, word.text)):
            continue  # ticks and dashes, which forms lay upon each other, tell nobody anything
        if word.size < TINY:
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
        self._alike: dict[Colour, list[Shape]] = {}
        self.shapes: list[Shape] = []
        self._look(address(page.raw), page)
        self._orders = [shape.order for shape in self.shapes]

    def doubt(self, item: int, x: float, y: float) -> str:
        """Return how a word of a text object may be hidden, whose middle is shown at a point; "" if nothing says so."""
        if (style := self._styles.get(item)) is None:
            style = self._styles[item] = self._style(item)
        if style.mode in _INVISIBLE:
            return "invisible"
        if style.clip and not (style.clip[0] <= x <= style.clip[2] and style.clip[1] <= y <= style.clip[3]):
            return "clipped"
        later = bisect_right(self._orders, self._order.get(item, -1))
        if any(shape.around(x, y) for shape in self.shapes[later:]):
            return "covered"
        if style.colour is None:
            return ""
        light = min(style.colour[:3]) >= LIGHT or style.colour[3] < CLEAR or style.mode == _STROKE
        if (alike := self._alike.get(style.colour)) is None:
            alike = [shape for shape in self.shapes if shape.colour and _alike(style.colour, shape.colour)]
            self._alike[style.colour] = alike
        return "colour" if light or any(shape.around(x, y) for shape in alike) else ""

    def pictured(self, x: float, y: float) -> bool:
        """Say whether a picture is shown at a point."""
        return any(shape.colour is None and shape.around(x, y) for shape in self.shapes)

    def share(self) -> float:
        """Return the share of the page that its pictures cover, at most and where they do not overlap."""
        areas = ((s.box[2] - s.box[0]) * (s.box[3] - s.box[1]) for s in self.shapes if s.colour is None)
        return sum(areas) / (self._size[0] * self._size[1])

    def _look(self, page: int, owner: Any) -> None:
        import pypdfium2.raw as pdfium

        call = calls()
        for order in range(min(pdfium.FPDFPage_CountObjects(owner.raw), _MAX_OBJECTS)):
            item = call.FPDFPage_GetObject(page, order) or 0
            kind = call.FPDFPageObj_GetType(item)
            if kind not in (_PATH, _IMAGE, _SHADING):
                self._order[item] = order
            elif len(self.shapes) < _MAX_SHAPES and (box := self._box(item)):
                colour = _colour(item) if kind == _PATH else None
                if kind != _PATH or (colour and colour[3] and _filled(item)):
                    self.shapes.append(Shape(box, order, colour))

    def _box(self, item: int) -> Box | None:
        """Return where a shape is shown of the page, unless it is too small to hide a word."""
        sides = (ctypes.c_float * 4)()
        at = ctypes.addressof(sides)
        if not calls().FPDFPageObj_GetBounds(item, at, at + 4, at + 8, at + 12):
            return None
        left, bottom, right, top = sides
        (x0, y0), (x1, y1) = self._shown(left, bottom), self._shown(right, top)
        x0, x1 = max(0.0, min(x0, x1)), min(self._size[0], max(x0, x1))
        y0, y1 = max(0.0, min(y0, y1)), min(self._size[1], max(y0, y1))
        return (x0, y0, x1, y1) if x1 - x0 >= _LARGE and y1 - y0 >= _LARGE else None

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
                drawn.append(bitmap.to_numpy().astype(np.int16))
    finally:
        for item in items:
            active(item, True)
    change = np.abs(drawn[0] - drawn[1]).reshape(*drawn[0].shape[:2], -1).max(axis=2)
    down, across = change.shape
    seen = []
    for left, top, right, bottom in boxes:
        rows = slice(int(top * down), int(bottom * down) + 1)
        columns = slice(int(left * across), int(right * across) + 1)
        seen.append(bool(change[rows, columns].max(initial=0) >= FAINT))
    return seen


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
