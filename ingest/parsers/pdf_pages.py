"""From the sheets of all pages to what was parsed: the part that PDF files and pictures share. Opens no file."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ragbox.types import Block, Kind, Parsed

from . import Options
from .pdf_blocks import Builder, PagePart
from .pdf_furniture import without_furniture
from .pdf_grid import ruled
from .pdf_layout import flows
from .pdf_lines import Line, lines
from .pdf_rows import Table
from .pdf_words import Sheet

_LEFT_BY_PROGRAMS = re.compile(
    r"untitled|microsoft|powerpoint|\.(?:docx?|pptx?|xlsx?|pdf|indd|tex|dvi|html?|rtf|qxd|ai|psd|jpe?g|png|tiff?)\b"
    r"|^(?:document|presentation|slide|title|scan|image|print|无标题|文档|幻灯片|演示文稿)\s*[\d.]*$|^\W*$|^[\d\W_]+$|\bstdin\b"
    r"|^[\w-]*[_/\\][\w/\\-]*$",
    re.IGNORECASE,
)


@dataclass
class Page:
    """One page's lines and bordered tables, sheet by sheet."""

    number: int
    sheets: list[tuple[Sheet, list[Line], list[Table]]]

    @classmethod
    def of(cls, number: int, sheets: Sequence[Sheet]) -> Page:
        """Make the lines and tables of a page's sheets, and let go of their words and rules."""
        made = []
        for sheet in sheets:
            tables, rest = ruled(sheet)
            made.append((Sheet(sheet.width, sheet.height, sheet.turn), lines(rest), tables))
        return cls(number, made)


def assemble(
    pages: Sequence[Page],
    *,
    count: int,
    outline: Mapping[str, int] | None = None,
    named: str = "",
    warnings: Sequence[str] = (),
) -> Parsed:
    """Return the blocks of a document's pages; `named` is the title that its metadata give it."""
    first_sheets = [
        (page.sheets[0][0].height, page.sheets[0][1], bool(page.sheets[0][2])) for page in pages if page.sheets
    ]
    kept = iter(without_furniture(first_sheets))
    parts = []
    for page in pages:
        for n, (sheet, found, tables) in enumerate(page.sheets):
            parts += [PagePart(page.number, sheet, flow) for flow in flows(next(kept) if n == 0 else found, tables)]
    blocks = Builder(parts, outline or {}).blocks()
    return Parsed(blocks=tuple(blocks), pages=count, title=_title(named, blocks), warnings=tuple(warnings))


def _title(named: str, blocks: Sequence[Block]) -> str:
    """Return the document's title: its metadata's if a person wrote it, else the first page's top heading."""
    named = " ".join(named.split())
    if 3 < len(named) <= 200 and not _LEFT_BY_PROGRAMS.search(named) and (" " in named or not named.isascii()):
        return named
    page = blocks[0].page if blocks else 1
    titles = [block for block in blocks[:40] if block.kind is Kind.TITLE and block.page == page]
    best = min(titles, key=lambda block: block.level, default=None)
    return best.text if best is not None and 3 < len(best.text) <= 200 else ""


def left_unread(numbers: Sequence[int], options: Options) -> list[str]:
    """Return the warning that names the pages OCR was not let to read, none where there are none."""
    if not numbers:
        return []
    why = f"more than {options.ocr_max_pages} (RAGBOX_OCR_MAX_PAGES)" if options.ocr else "OCR is off (RAGBOX_OCR)"
    return [f"{ranges(numbers)} without text left unread: {why}."]


def ranges(numbers: Sequence[int]) -> str:
    """Return page numbers as words: "Pages 3, 7-9"."""
    return ("Page " if len(numbers) == 1 else "Pages ") + ", ".join(_runs(numbers))


def _runs(numbers: Sequence[int]) -> Iterator[str]:
    start = last = numbers[0]
    for number in [*numbers[1:], -1]:
        if number != last + 1:
            yield str(start) if start == last else f"{start}-{last}"
            start = number
        last = number
