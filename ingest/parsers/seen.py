"""Tell what one page shows, every character with its place, to find what must not be shown. Knows no layout.

A parser leaves out what nobody searches for: running heads, filled form fields, the words in a picture beside a text.
They are drawn all the same, so here they are read: the text from the PDF, all else by OCR of how it is drawn.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from ragbox.errors import Rejected
from ragbox.types import Block, Box, Kind, Mark, Parsed

from . import Options, image, pdf
from .pdf_read import characters, unread
from .pdf_words import HYPHENS, clean, garbage

if TYPE_CHECKING:
    import pypdfium2

    from .ocr import Pixels

_WHOLE: Box = (0.0, 0.0, 1.0, 1.0)
_SPARE = 3.0
"""Letters by which a letter's box is widened that is reckoned from a line's: OCR tells where lines stand, not letters.

In 99 of 100 lines of eight words, over 13 typefaces, no letter lies farther from its share of the line than 3.1."""
_NARROW, _WIDE = frozenset("iljtfrI.,;:'!|()[]-\" "), frozenset("mwMW@%")


def see(path: Path, kind: str, options: Options) -> Parsed:
    """Look at page `options.page` (from 1) of a PDF or picture.

    The blocks are its texts, each character with a mark of its own, as far as it stands anywhere. A block without text
    is a place that nobody could read.

    Raises:
        Rejected: there is no such page, or all of it is a picture and OCR is switched off.
    """
    if kind == "image":
        with image.opened(path) as picture:
            if options.page > image.count(picture):
                raise Rejected(f"{path.name} has {image.count(picture)} pages, so there is no page {options.page}.")
            if not options.ocr:
                raise _blind(path, options)
            pixels = image.pixels(picture, options.page)
        blocks = [_read(pixels, _WHOLE, options)]
    else:
        with closing(pdf.opened(path)) as document:
            if options.page > len(document):
                raise Rejected(f"{path.name} has {len(document)} pages, so there is no page {options.page}.")
            document.init_forms()
            blocks = _pdf_page(path, document, options)
    return Parsed(blocks=tuple(blocks), pages=1)


def _pdf_page(path: Path, document: pypdfium2.PdfDocument, options: Options) -> list[Block]:
    import pypdfium2.raw as pdfium

    with closing(document[options.page - 1]) as page:
        places = unread(page)
        empty = not places and next(page.get_objects(max_depth=1), None) is None
        pdfium.FPDFPage_Flatten(page.raw, pdfium.FLAT_NORMALDISPLAY)  # fields and notes become text of the page
    with closing(document[options.page - 1]) as page:
        shown = characters(page)
    text = "".join(character for character, _ in shown)
    scanned = sum(not c.isspace() for c in text) <= pdf.FEW or garbage(text) > pdf.UNREADABLE
    blocks = [_block(shown, options.page)]
    if empty or not (scanned or places):
        return blocks
    if not options.ocr:
        if scanned:
            raise _blind(path, options)
        return blocks + [
            Block(kind=Kind.CAPTION, text="", page=options.page, marks=(_mark(0, 0, options.page, place),))
            for place in places
        ]
    part = _WHOLE if scanned else _around(places)
    pixels = pdf.picture(document, options.page)
    height, width = pixels.shape[:2]
    left, top, right, bottom = (round(s * side) for s, side in zip(part, (width, height) * 2, strict=True))
    return [*blocks, _read(pixels[top : max(bottom, top + 1), left : max(right, left + 1)], part, options)]


def _read(pixels: Pixels, part: Box, options: Options) -> Block:
    """Return what OCR reads on a part of a page; a letter's box is its share of the line's, and some more."""
    import numpy as np

    from . import ocr

    options.begin(1, 1)
    sheet = ocr.read(np.ascontiguousarray(pixels))
    left, top, right, bottom = part
    shown: list[tuple[str, Box | None]] = []
    for word in sheet.words:
        widths = [_width(c) for c in word.text]
        unit, done = (word.right - word.left) / sum(widths), 0.0
        for character, own in zip(word.text, widths, strict=True):
            start = word.left + unit * (done - _SPARE)
            done += own
            end = word.left + unit * (done + _SPARE)
            x0, y0, x1, y1 = sheet.fractions(
                max(start, word.left - unit), word.top, min(end, word.right + unit), word.bottom
            )
            box = (left + x0 * (right - left), top + y0 * (bottom - top),
                   left + x1 * (right - left), top + y1 * (bottom - top))  # fmt: skip
            shown.append((character, box))
        shown.append(("\n", None))
    return _block(shown, options.page)


def _block(shown: Iterable[tuple[str, Box | None]], page: int) -> Block:
    marks: list[Mark] = []
    pieces: list[str] = []
    length = 0
    for character, box in shown:
        piece = "-" if character in HYPHENS else " " if character == "\r" else clean(character)
        if piece and box:
            marks.append(_mark(length, length + len(piece), page, box))
        pieces.append(piece)
        length += len(piece)
    return Block(kind=Kind.TEXT, text="".join(pieces), page=page, marks=tuple(marks))


def _width(character: str) -> float:
    """Return about how wide a letter is, a small one being 1."""
    if unicodedata.east_asian_width(character) in "WF":
        return 2.0
    return 0.55 if character in _NARROW else 1.5 if character in _WIDE else 1.25 if character.isupper() else 1.0


def _mark(start: int, end: int, page: int, box: Box) -> Mark:
    left, top, right, bottom = (round(side, 4) for side in box)
    return Mark(start=start, end=end, page=page, box=(left, top, right, bottom))


def _around(places: list[Box]) -> Box:
    lefts, tops, rights, bottoms = zip(*places, strict=True)
    return min(lefts), min(tops), max(rights), max(bottoms)


def _blind(path: Path, options: Options) -> Rejected:
    return Rejected(
        f"Page {options.page} of {path.name} is a picture, and OCR is switched off (RAGBOX_OCR), so personal data "
        "on it cannot be found. Switch it on, or read the passages."
    )
