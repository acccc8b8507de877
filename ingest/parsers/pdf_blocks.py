"""Turn the columns of all pages into blocks: paragraphs, headings, list items, captions, tables. Knows no pdfium.

A paragraph that a page or column border cuts in two becomes one block where that is sure.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from ragbox.text import HAN
from ragbox.types import CELL, ROW, Block, Kind, Mark

from .blocks import captioned
from .pdf_headings import Headings
from .pdf_layout import Flow
from .pdf_lines import Line, edge_of, first_word, glue, numeric, pitch_of, weight
from .pdf_notes import at_foot
from .pdf_rows import Table
from .pdf_words import Sheet

_BULLET = re.compile(r"[•●○▪■◦‣►➢✓①-⑳]|(?:[-–—·]|\*{1,3})\s")
_NUMBER = re.compile(
    r"[(（]?(?:\d{1,3}|[a-zA-Z]|[ivx]{2,5})[)）]\s?|(?:\d{1,3}|[a-zA-Z]|[ivx]{2,5})\.\s|\d{1,3}(?:\.\d{1,3})+\.?\s"
    r"|[(（][一二三四五六七八九十]{1,3}[)）]|[一二三四五六七八九十]{1,3}、|\d{1,3}、|第[一二三四五六七八九十百零\d]{1,5}条"
)
_ENDED = re.compile(r"[.!?。！？；;:：…][\"'”’」』)）\]】]*$")
_STOPPED = re.compile(r"[.!?。！？][\"'”’」』)）\]】]*$")
_HAN_END = re.compile(f"[{HAN}，、]$")
_WORDS = re.compile(r"[^\W\d_]+")
_PARTED = re.compile(r"(?<=[$€£¥￥])\s+(?=[\d(—–-])|(?<=\d)\s+(?=\)|%)")
"""The white space between a figure and its sign, which a column of its own may put far apart."""
_SOFT = "\u00ad"


@dataclass(frozen=True)
class PagePart:
    """One column of one page, with the sheet that its boxes belong to."""

    page: int
    sheet: Sheet
    flow: Flow


class Builder:
    """Makes the blocks of one document."""

    def __init__(self, parts: Sequence[PagePart], outline: Mapping[str, int]) -> None:
        self._parts = parts
        self._headings = Headings(self._lines(), outline)

    def blocks(self) -> list[Block]:
        """Return the document's blocks in reading order."""
        grouped = [(part, self._groups(part.flow)) for part in self._parts]
        self._headings.learn(
            (" ".join(line.text for line in group), group[0], part.page)
            for part, groups in grouped
            for group in groups
            if not isinstance(group, Table) and self._is_title(group)
        )
        made: list[list[Block]] = []  # each a table's parts, page by page, or one block
        open_table: tuple[PagePart, Table] | None = None
        text = -1  # the last block that is no note at a page's foot
        for part, groups in grouped:
            notes = at_foot(groups, self._headings.body, part.sheet.height)
            for n, group in enumerate(groups):
                block = self._table(part, group) if isinstance(group, Table) else self._paragraph(part, group)
                if not block.text:
                    continue
                if n in notes:
                    made.append([replace(block, kind=Kind.NOTE, level=0)])
                    continue
                if n == 0 and open_table and isinstance(group, Table) and _carries_on(*open_table, part, group):
                    made[text].append(block)
                elif n == 0 and made and _continues(made[text][0], block):
                    made[text] = [self._appended(made[text][0], block)]
                else:
                    made.append([block])
                    text = len(made) - 1
                open_table = (part, group) if isinstance(group, Table) else None
        return [_joined(parts) for parts in made]

    def _lines(self) -> Iterable[Line]:
        return (item for part in self._parts for item in part.flow.items if isinstance(item, Line))

    @cached_property
    def _vocabulary(self) -> frozenset[str]:
        """The words of the document that no line's end cuts; hyphenated ones whole and in parts."""
        words: set[str] = set()
        texts = [line.text for line in self._lines()]
        texts += [
            c for part in self._parts for t in part.flow.items if isinstance(t, Table) for r in t.rows for c in r.cells
        ]
        for text in texts:
            for word in text.lower().split()[:-1]:
                words.add(word.strip(".,;:!?()[]\"'“”‘’"))
                if "-" in word:
                    words.update(_WORDS.findall(word))
        return frozenset(words)

    def _groups(self, flow: Flow) -> list[list[Line] | Table]:
        """Return the flow's lines grouped to paragraphs, tables in between."""
        lines = [item for item in flow.items if isinstance(item, Line)]
        pitch, edge = pitch_of(lines), edge_of(lines, flow.right)
        groups: list[list[Line] | Table] = []
        for item in flow.items:
            last = groups[-1] if groups else None
            if isinstance(item, Table):
                groups.append(item)
            elif isinstance(last, list) and self._same(last, item, pitch, edge):
                last.append(item)
            else:
                groups.append([item])
        return groups

    def _same(self, group: Sequence[Line], line: Line, pitch: float, edge: float) -> bool:
        """Return whether a line goes on with the paragraph above it."""
        first, last, size = group[0], group[-1], line.size
        if not (0 < line.base - last.base <= 1.3 * pitch * max(size, last.size) and 0.85 < size / last.size < 1.18):
            return False
        if self._headings.is_heading(first):
            return len(group) < 3 and self._headings.alike(last, line) and not _NUMBER.match(line.text)
        if self._headings.is_heading(line):
            return False
        if _BULLET.match(line.text):
            return False
        room = edge - last.right - first_word(line)
        ended = bool(_ENDED.search(last.text))
        if captioned(line.text) and (ended or room > size):
            return False  # not where a sentence speaks of "Figure 3." at a line's beginning
        if _NUMBER.match(line.text) and (
            ended or room > size or abs(line.left - first.left) < 0.3 * size < last.left - first.left
        ):
            return False
        if ended and room > 0.8 * size:
            return False  # the next word would have stood on the line above: the break was meant
        if room > max(4 * size, 0.12 * (edge - min(first.left, line.left))) and not line.text[:1].islower():
            return False
        listed = _BULLET.match(first.text) or _NUMBER.match(first.text)
        if ended and not listed and line.left > last.left + 0.8 * size and last.left <= first.left + 0.3 * size:
            return False  # an indented first line
        return not (listed and ended and len(group) > 1 and line.left < last.left - 0.8 * size)

    def _is_title(self, group: Sequence[Line]) -> bool:
        if not self._headings.is_heading(group[0]) or sum(weight(line.text) for line in group) > 240:
            return False
        return not captioned(group[0].text)

    def _paragraph(self, part: PagePart, group: Sequence[Line]) -> Block:
        text, marks = "", []
        for line in group:
            if text:
                text = self._mended(text, line.text)
            start = len(text)
            text += line.text
            box = part.sheet.fractions(line.left, line.top, line.right, line.bottom)
            marks.append(Mark(start=start, end=len(text), page=part.page, box=box))
        if text.endswith(_SOFT):
            text = text[:-1] + "-"
        kind, level = Kind.TEXT, 0
        if self._is_title(group):
            level = self._headings.level(" ".join(line.text for line in group), group[0])
        if level:
            kind = Kind.TITLE
        elif captioned(text):
            kind = Kind.CAPTION
        elif _BULLET.match(text) or _NUMBER.match(text):
            kind = Kind.LIST_ITEM
        return Block(kind=kind, text=text.replace(_SOFT, ""), page=part.page, level=level, marks=_fitted(text, marks))

    def _mended(self, above: str, below: str) -> str:
        """Return the text so far, ready for the next line: hyphen taken away or kept, space added or not."""
        if above[-1] not in "-" + _SOFT:
            return above + glue(above, below)
        stem = re.search(r"[^\W\d_]+$", above[:-1])
        rest = _WORDS.match(below)
        if not stem or not rest:
            return above[:-1] + "-" if stem or above[-1] == _SOFT else above + " "
        left, right = stem[0].lower(), rest[0].lower()
        known = self._vocabulary
        if not rest[0][0].islower() or (
            left + right not in known and (f"{left}-{right}" in known or {left, right} <= known)
        ):
            return above[:-1] + "-"
        return above[:-1]

    def _appended(self, first: Block, second: Block) -> Block:
        text = self._mended(first.text, second.text)
        kept = tuple(replace(mark, end=min(mark.end, len(text))) for mark in first.marks)
        moved = tuple(replace(mark, start=mark.start + len(text), end=mark.end + len(text)) for mark in second.marks)
        return replace(first, text=text + second.text, marks=kept + moved)

    def _table(self, part: PagePart, table: Table) -> Block:
        rows, marks, at = [], [], 0
        for row in table.rows:
            cells = tuple(self._cell(cell) for cell in row.cells)
            rows.append(cells)
            end = at + len(CELL.join(cells))
            box = part.sheet.fractions(row.left, row.top, row.right, row.bottom)
            marks.append(Mark(start=at, end=end, page=part.page, box=box))
            at = end + len(ROW)
        return Block(
            kind=Kind.TABLE,
            text=ROW.join(CELL.join(cells) for cells in rows),
            page=part.page,
            rows=tuple(rows),
            header_rows=table.header_rows,
            marks=tuple(marks),
        )

    def _cell(self, text: str) -> str:
        while (at := text.find(_SOFT)) >= 0:
            text = self._mended(text[: at + 1], text[at + 1 :].lstrip()) + text[at + 1 :].lstrip()
        return _PARTED.sub("", text.replace("\n", " ")).strip()


def _carries_on(above: PagePart, table: Table, part: PagePart, below: Table) -> bool:
    """Return whether the table at the top of a page goes on with the one at the end of the page before: no header of
    its own, the same columns at the same place, figures in the same ones.
    """
    sheets = above.sheet, part.sheet
    if part.page - above.page != 1 or below.header_rows or len(table.columns) != len(below.columns):
        return False
    same = sheets[0].turn == sheets[1].turn and abs(sheets[0].width - sheets[1].width) < 1
    if not same or not all(a[0] < b[1] and b[0] < a[1] for a, b in zip(table.columns, below.columns, strict=True)):
        return False
    shares = zip(_figures(table), _figures(below), strict=False)  # a header alone has none
    return all(a is None or b is None or abs(a - b) <= 0.5 for a, b in shares)


def _figures(table: Table) -> list[float | None]:
    """Return for each column which share of its cells below the header are figures; None where all are empty."""
    columns = zip(*(row.cells for row in table.rows[table.header_rows :]), strict=True)
    said = [[numeric(cell) for cell in column if cell.strip()] for column in columns]
    return [sum(cells) / len(cells) if cells else None for cells in said]


def _joined(parts: Sequence[Block]) -> Block:
    """Return a table's parts on following pages as one; a row that goes on over a border says its label again."""
    first = parts[0]
    if len(parts) == 1:
        return first
    rows, marks, at = list(first.rows), list(first.marks), len(first.text)
    for part in parts[1:]:
        label = rows[-1][0] if len(rows) > first.header_rows else ""
        top, *others = part.rows
        again = label if not top[0] and not any(map(numeric, top)) else ""
        at += len(ROW)
        for n, mark in enumerate(part.marks):
            start = at + (len(again) if n else 0)
            marks.append(replace(mark, start=mark.start + start, end=mark.end + at + len(again)))
        rows += [(again or top[0], *top[1:]), *others]
        at += len(part.text) + len(again)
    return replace(first, text=ROW.join(map(CELL.join, rows)), rows=tuple(rows), marks=tuple(marks))


def _fitted(text: str, marks: Sequence[Mark]) -> tuple[Mark, ...]:
    """Return marks for the text once its hyphens are mended and its soft hyphens gone."""
    fitted = []
    for n, mark in enumerate(marks):
        end = min(mark.end, marks[n + 1].start) if n + 1 < len(marks) else mark.end
        gone_before, gone_within = text[: mark.start].count(_SOFT), text[mark.start : end].count(_SOFT)
        start = mark.start - gone_before
        fitted.append(replace(mark, start=start, end=end - gone_before - gone_within))
    return tuple(fitted)


def _continues(above: Block, below: Block) -> bool:
    """Return whether a border cut one paragraph in two: no full stop above, no beginning below."""
    if above.kind not in (Kind.TEXT, Kind.LIST_ITEM) or below.kind is not Kind.TEXT or _ENDED.search(above.text):
        return False
    if below.text[0].islower():
        return weight(above.text) > 40
    # Chinese has no capitals: a line that stops in mid-sentence, going on to a full sentence.
    return bool(_HAN_END.search(above.text) and re.match(f"[{HAN}]", below.text) and _STOPPED.search(below.text)) and (
        weight(above.text) > 40
    )
