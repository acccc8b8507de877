"""From the sheets of all pages to what was parsed: the part that PDF files and pictures share. Opens no file."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from ragbox.text import HAN
from ragbox.types import Block, Kind, Parsed

from . import Options
from .pdf_blocks import Builder, PagePart
from .pdf_furniture import without_furniture
from .pdf_grid import ruled
from .pdf_layout import flows
from .pdf_lines import Line, lines
from .pdf_rows import Table
from .pdf_words import Sheet
from .unseen import hidden

_LEFT_BY_PROGRAMS = re.compile(
    r"untitled|microsoft|powerpoint|\.(?:docx?|pptx?|xlsx?|pdf|indd|tex|dvi|html?|rtf|qxd|ai|psd|jpe?g|png|tiff?)\b"
    r"|^(?:document|presentation|slide|title|scan|image|print|无标题|文档|幻灯片|演示文稿)\s*[\d.]*$|^\W*$|^[\d\W_]+$|\bstdin\b"
    r"|^[\w-]*[_/\\][\w/\\-]*$",
    re.IGNORECASE,
)

FIRST_SCANS, MANY_SCANS = 2, 6
"""Pages that OCR reads before they are told of, where it shall read more than so many: it takes 4 to 5 s for one."""
_LONG_WORD = re.compile(r"[^\W\d_]{3,}")
_IDEOGRAPH = re.compile(f"[{HAN}]")
_LEAST_IDEOGRAPHS = 4


@dataclass
class Page:
    """One page's lines and bordered tables, sheet by sheet."""

    number: int
    sheets: list[tuple[Sheet, list[Line], list[Table]]]
    scanned: bool = False
    unseen: Sequence[tuple[str, str]] = ()
    """How texts are hidden on it, and the texts."""

    @classmethod
    def of(
        cls, number: int, sheets: Sequence[Sheet], *, scanned: bool = False, unseen: Sequence[tuple[str, str]] = ()
    ) -> Page:
        """Make the lines and tables of a page's sheets, and let go of their words and rules."""
        made = []
        for sheet in sheets:
            tables, rest = ruled(sheet)
            made.append((Sheet(sheet.width, sheet.height, sheet.turn), lines(rest), tables))
        return cls(number, made, scanned, unseen)


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
    title = _title(named, blocks, {page.number for page in pages if page.scanned})
    blocks += [made for page in pages for how, text in page.unseen for made in hidden(how, text, page.number)]
    return Parsed(blocks=tuple(blocks), pages=count, title=title, warnings=tuple(warnings))


def _title(named: str, blocks: Sequence[Block], scanned: Collection[int]) -> str:
    """Return the document's title: its metadata's if a person wrote it, else the first page's top heading.

    On a scanned page stamps and smudges are read as large type, so only what stands first and in plain words will do.
    """
    named = " ".join(named.split())
    if 3 < len(named) <= 200 and not _LEFT_BY_PROGRAMS.search(named) and (" " in named or not named.isascii()):
        return named
    if not blocks:
        return ""
    page = blocks[0].page
    if page in scanned and not (blocks[0].kind is Kind.TITLE and _in_words(blocks[0].text)):
        return ""
    titles = [block for block in blocks[:40] if block.kind is Kind.TITLE and block.page == page]
    best = min(titles, key=lambda block: block.level, default=None)
    return best.text if best is not None and 3 < len(best.text) <= 200 else ""


def _in_words(text: str) -> bool:
    """Say whether a line reads as a heading and not as what OCR makes of a stamp, a logo or a pen."""
    plain = sum(c.isalpha() or c.isspace() for c in text) >= 0.8 * len(text)
    return plain and (len(_LONG_WORD.findall(text)) > 1 or len(_IDEOGRAPH.findall(text)) >= _LEAST_IDEOGRAPHS)


def readable(
    numbers: Sequence[int], options: Options, notes: list[str], upto: Callable[[int], Parsed]
) -> Iterator[int]:
    """Yield the pages without text that OCR may read; a note names those for which there was no leave or no time.

    `upto` makes what was read of the pages up to one, which is told early where many are to follow.
    """
    wanted = numbers[: options.ocr_max_pages] if options.ocr else []
    why = f"more than {options.ocr_max_pages} (RAGBOX_OCR_MAX_PAGES)" if options.ocr else "OCR is off (RAGBOX_OCR)"
    for done, number in enumerate(wanted):
        if time.monotonic() >= options.ocr_until:
            wanted, why = wanted[:done], "no time was left (RAGBOX_OCR_SECONDS)"
            break
        if done == FIRST_SCANS and len(wanted) > MANY_SCANS:
            tell_early(options, upto(wanted[done - 1]))
        options.begin(done + 1, len(wanted))
        yield number
    if left := numbers[len(wanted) :]:
        notes.append(f"{ranges(left)} without text left unread: {why}.")


def tell_early(options: Options, parsed: Parsed) -> bool:
    """Tell of the first pages, if anything stands on them and anybody wants to hear; return whether it was done."""
    if options.early is None or not parsed.blocks:
        return False
    options.early(parsed)
    return True


def ranges(numbers: Sequence[int]) -> str:
    """Return page numbers as words: "Pages 3, 7-9"."""
    runs = ", ".join(_runs(numbers))
    return f"Page {runs}" if len(numbers) == 1 else f"Pages {runs}"


def _runs(numbers: Sequence[int]) -> Iterator[str]:
    start = last = numbers[0]
    for number in [*numbers[1:], -1]:
        if number != last + 1:
            yield str(start) if start == last else f"{start}-{last}"
            start = number
        last = number
