"""Small builders that every parser without boxes shares: text, titles and tables become marked blocks.

Knows no file format.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from ragbox.types import CELL, ROW, Block, Kind, Mark, Parsed

# XML 1.0 control characters and what word processors leave behind: zero-width space, BOM, object replacement.
_JUNK = re.compile("[\x00-\x08\x0e-\x1f\x7f\u200b\ufeff\ufffc]")
_ENDS = re.compile("\r\n?|\x0b|\x0c|\u2028|\u2029")
_BLANKS = re.compile(r"[ \t\u00a0\u2000-\u200a]+")
_EDGES = re.compile(r" *\n *")
# What programs write into the title field when nobody did.
_UNTITLED = re.compile(
    r"(?i)\s*(|untitled.*|document\s*\d*|presentation\s*\d*|book\s*\d*|workbook|powerpoint presentation"
    r"|word document|slide\s*\d*|sheet\s*\d*|工作表\s*\d*|microsoft (word|powerpoint|excel) -.*"
    r"|.*\.(docx?|pptx?|xlsx?|dotx?|rtf|html?|tmp)"
    r"|powerpoint 演示文稿|演示文稿\s*\d*|文档\s*\d*|无标题.*|標題.*|幻灯片\s*\d+|ppt模板.*|[\W\d_]*)\s*"
)
_HIGH = str.maketrans("0123456789)）", "⁰¹²³⁴⁵⁶⁷⁸⁹⁾⁾")
# A mark right after a word would be searched for as part of it ("shares1"); "10⁶" and "m²" are one word.
_NOTED = re.compile(r"(?:[^\W\d_]{3}|[^\W\d_\x00-\x7f]|(?<!\d)(?:19|20)\d\d|\d[.,]\d+)$")
# What Office adds to the alternative text that it guesses, and what programs write where nobody did.
_GUESSED = re.compile(
    r"(?i)(?:description|alt text)\s+automatically\s+generated.*|AI-generated content may be incorrect\.?"
    r"|(?:已)?自动生成的?说明.*|描述已自动生成.*"
)
_UNSAID = re.compile(
    r"(?i)(?:picture|image|graphic|object|shape|photo|logo|icon|chart|diagram|图片|图像|图形|图表|对象|圖片)?[\s\d_-]*|\S*://\S*"
    r"|.*\.(?:png|jpe?g|gif|bmp|svg|[ew]mf|tiff?|webp)|[\da-f-]{16,}"
)
_CAPTION = re.compile(
    r"(?:(?:Table|Figure|Fig\.|Chart|Exhibit)\s?[A-Z]?[\dIVX]+(?:[.-]\d+)*\s?(?:[.:|–—-]\s|\s(?=[A-Z]))"
    r"|[表图圖]\s?[\d一二三四五六七八九十]+(?:[.-]\d+)*(?:[:：.、]|\s))"
)
LONGEST_CAPTION = 400
"""Characters; a longer one is a paragraph that speaks of a figure."""
LONGEST_TITLE = 300
"""Characters; a longer "title" is a paragraph that somebody gave a heading's style."""


def clean(text: str) -> str:
    """Return the text without control characters and runs of blanks; line ends stay."""
    return _EDGES.sub("\n", _BLANKS.sub(" ", _JUNK.sub("", text.replace("\r\n", "\n").replace("\r", "\n")))).strip()


def line(text: str) -> str:
    """Return the text cleaned and on one line."""
    return " ".join(clean(text).split())


def captioned(text: str) -> bool:
    """Say whether a text begins as a figure's or table's caption does, and is no longer than one."""
    return len(text) <= LONGEST_CAPTION and bool(_CAPTION.match(text))


def alt(text: str) -> list[str]:
    """Return what a picture's alternative text says, as none or one text; a name that a program gave says nothing."""
    text = line(_GUESSED.sub("", text))
    return [] if _UNSAID.fullmatch(text) else [text]


def high(number: str) -> str:
    """Return a number in superscript digits."""
    return number.translate(_HIGH)


def raised_after(text: str, number: str) -> str:
    """Return a number that stands above the line after a text, with a space where it is a note's mark on a word."""
    return (" " if _NOTED.search(text) else "") + high(number)


def block(kind: Kind, text: str, page: int = 1, level: int = 0) -> list[Block]:
    """Return one marked block, or none where there is no text."""
    if kind is Kind.TITLE:
        text = line(text)
        if len(text) > LONGEST_TITLE:
            kind, level = Kind.TEXT, 0
    else:
        text = clean(text)
    if not text:
        return []
    return [Block(kind=kind, text=text, page=page, level=level, marks=(Mark(start=0, end=len(text), page=page),))]


def table(
    rows: Iterable[Sequence[str]], page: int = 1, header_rows: int = 0, row_pages: Sequence[int] = ()
) -> list[Block]:
    """Return one table block with a mark for each row, or none where all cells are empty.

    Empty rows and columns are left out. `row_pages` gives the page of each row where a table runs over several.
    """
    cells = [[line(cell) for cell in row] for row in rows]
    pages = list(row_pages) or [page] * len(cells)
    header_rows = sum(any(row) for row in cells[:header_rows])
    kept = [(row, at) for row, at in zip(cells, pages, strict=True) if any(row)]
    if not kept:
        return []
    width = max(len(row) for row, _ in kept)
    full = [row + [""] * (width - len(row)) for row, _ in kept]
    used = [i for i in range(width) if any(row[i] for row in full)]
    final = tuple(tuple(row[i] for i in used) for row in full)
    if len(final) == len(final[0]) == 1:
        return block(Kind.TEXT, final[0][0], kept[0][1])  # one cell is a frame around text, not a table
    marks: list[Mark] = []
    start = 0
    texts = [CELL.join(row) for row in final]
    for text, (_, at) in zip(texts, kept, strict=True):
        marks.append(Mark(start=start, end=start + len(text), page=at))
        start += len(text) + len(ROW)
    # A table of one row has no header: there would be nothing under it.
    header = header_rows if len(final) > header_rows else 0
    return [
        Block(
            kind=Kind.TABLE,
            text=ROW.join(texts),
            page=kept[0][1],
            rows=final,
            header_rows=header,
            marks=tuple(marks),
        )
    ]


def header_like(rows: Sequence[Sequence[str]]) -> bool:
    """Say whether the first row reads as a header: all filled, no number in it, and more rows below."""
    if len(rows) < 2 or not rows[0]:
        return False
    first = [cell.strip() for cell in rows[0]]
    filled = [cell for cell in first if cell]
    # One empty cell is the corner above row labels.
    return len(filled) >= max(1, len(first) - 1) and not any(numeric(cell) for cell in filled)


def sane_title(title: str | None) -> str:
    """Return a document property's title on one line, or nothing where a program made it up."""
    text = line(title or "")
    return "" if _UNTITLED.fullmatch(text) or len(text) > LONGEST_TITLE else text


def finish(blocks: Iterable[Block], *, pages: int = 1, title: str | None = "", warnings: Sequence[str] = ()) -> Parsed:
    """Return the parsed file, its title taken from the first title block where the properties have none."""
    kept = tuple(blocks)
    first = next((b.text for b in kept if b.kind is Kind.TITLE and not b.unseen), "")
    highest = max((m.page for b in kept for m in b.marks), default=1)
    return Parsed(
        blocks=kept, pages=max(pages, highest), title=sane_title(title) or sane_title(first), warnings=tuple(warnings)
    )


def moved(found: Block, *, pages: int, levels: int) -> Block:
    """Return a block of an enclosed document as it stands in the enclosing one; its boxes mean nothing there."""
    marks = tuple(replace(mark, page=mark.page + pages, box=None) for mark in found.marks)
    level = found.level + levels if found.kind is Kind.TITLE else 0
    return replace(found, page=found.page + pages, level=level, marks=marks)


def numeric(cell: str) -> bool:
    """Say whether a cell is a figure; a year is none, since years head columns."""
    return bool(re.fullmatch(r"[-+(]?[$€£¥￥]?\s*[\d.,]+\s*%?\)?", cell)) and not re.fullmatch(r"(19|20)\d\d", cell)
