"""Draw small PDFs for the tests, and check what every parsed block owes."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from ingest.parsers import Options
from ragbox.types import CELL, ROW, Kind, Parsed

NO_OCR = Options(ocr=False)
PROSE = (
    "The supplier shall deliver the goods to the address that the buyer names in the order. "
    "Risk passes when the goods are unloaded. Where a delivery is late by more than ten days the buyer may cancel "
    "the order and recover what a replacement costs. Nothing here limits rights that the law gives the buyer. "
)

Draw = Callable[[Canvas], object]


def draw(path: Path, *pages: Draw) -> Path:
    """Draw a PDF, each page by a function of the canvas."""
    canvas = Canvas(str(path), pagesize=A4)
    for page in pages:
        canvas.setFont("Helvetica", 10)
        page(canvas)
        canvas.showPage()
    canvas.save()
    return path


def write(canvas: Canvas, lines: list[str], x: float = 72, y: float = 740, step: float = 12) -> None:
    """Write lines one below the other."""
    for n, line in enumerate(lines):
        canvas.drawString(x, y - n * step, line)


def wrapped(text: str, width: int) -> list[str]:
    """Return the text in lines of at most that many characters."""
    lines, line = [], ""
    for word in text.split():
        if len(line) + len(word) >= width:
            lines.append(line.strip())
            line = ""
        line += word + " "
    return [*lines, line.strip()]


def texts(parsed: Parsed) -> list[str]:
    """Return the text of every block."""
    return [block.text for block in parsed.blocks]


def assert_sound(parsed: Parsed) -> None:
    """Check what every block owes: text, marks in order and within it, boxes within the page."""
    for block in parsed.blocks:
        assert block.text.strip()
        if block.unseen:  # stands nowhere that can be shown
            continue
        assert block.marks
        assert "\u00ad" not in block.text
        assert block.page == block.marks[0].page
        for before, after in pairwise(block.marks):
            assert before.end <= after.start
        for mark in block.marks:
            assert 0 <= mark.start < mark.end <= len(block.text)
            assert 1 <= mark.page <= parsed.pages
            assert mark.box is not None
            left, top, right, bottom = mark.box
            assert 0 <= left < right <= 1
            assert 0 <= top < bottom <= 1
        if block.kind is Kind.TABLE:
            assert block.text == ROW.join(CELL.join(row) for row in block.rows)
            assert len(block.marks) == len(block.rows)
            assert len({len(row) for row in block.rows}) == 1


def stream(content: bytes) -> bytes:
    """Return a packed stream object."""
    packed = zlib.compress(content)
    return b"<</Length %d/Filter/FlateDecode>>stream\n%s\nendstream" % (len(packed), packed)


def hostile(*objects: bytes) -> bytes:
    """Return a PDF file of these objects, numbered from 1, the first its catalog."""
    out, places = b"%PDF-1.7\n", []
    for n, body in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (n, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    end = b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, len(out))
    return out + b"xref\n0 %d\n0000000000 65535 f \n%s%s" % (len(objects) + 1, table, end)
