"""Rows and tables, and which lines of print make one row. Does not know how a table's columns are found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from .pdf_lines import Line, glue, join, numeric

_GOES_ON = (
    ",",
    "，",
    "、",
    "(",
    "（",
    "-",
    "–",
    " and",
    " of",
    " or",
    " the",
    " to",
    " in",
    " for",
    " by",
    " with",
    " on",
)
_MAX_LINES = 8  # of print in one row; more is a section of a table, parted from the next


@dataclass
class Row:
    """One row of a table and the box around it."""

    cells: list[str]
    left: float
    top: float
    right: float
    bottom: float

    @property
    def label_only(self) -> bool:
        """Return whether nothing but the first cell is filled."""
        return bool(self.cells[0]) and not any(self.cells[1:])

    def absorb(self, other: Row) -> None:
        """Take the words of the row below into this one, cell by cell."""
        for i, cell in enumerate(other.cells):
            self.cells[i] += glue(self.cells[i], cell) + cell
        self.left, self.right = min(self.left, other.left), max(self.right, other.right)
        self.top, self.bottom = min(self.top, other.top), max(self.bottom, other.bottom)


@dataclass
class Table:
    """A table on its page; the first `header_rows` rows are its header."""

    rows: list[Row]
    header_rows: int = 0
    columns: list[tuple[float, float]] = field(default_factory=list)

    @property
    def left(self) -> float:
        """Return the leftmost edge."""
        return min(row.left for row in self.rows)

    @property
    def right(self) -> float:
        """Return the rightmost edge."""
        return max(row.right for row in self.rows)

    @property
    def top(self) -> float:
        """Return the upper edge."""
        return self.rows[0].top

    @property
    def bottom(self) -> float:
        """Return the lower edge."""
        return self.rows[-1].bottom


def boxed(cells: list[str], row: Sequence[Line]) -> Row:
    """Return a row of these cells, with the box around the lines that they were read from."""
    box = join(list(row))
    return Row(cells, box.left, box.top, box.right, box.bottom)


def overlap(line: Line, column: tuple[float, float]) -> float:
    """Return by how many points a line stands over a column; negative for the white space between them."""
    return min(line.right, column[1]) - max(line.left, column[0])


def _gap(above: Row, below: Row) -> float:
    return below.top - above.bottom


def banded(rows: list[Row], size: float) -> list[Row]:
    """Return the rows of words alone with the lines of each cell put together, where white space parts the rows."""
    gaps = sorted(_gap(a, b) for a, b in pairwise(rows))
    if len(gaps) < 3 or gaps[-1] - gaps[0] < 0.35 * size:
        return merged(rows, size)
    border, bands, lines = (gaps[0] + gaps[-1]) / 2, [[rows[0]]], 0
    for above, row in pairwise(rows):
        if _gap(above, row) < border:
            bands[-1].append(row)
        else:
            bands.append([row])
        lines = max(lines, len(bands[-1]))
    if len(bands) < 3 or lines > _MAX_LINES:
        return merged(rows, size)
    for first, *others in bands:
        for row in others:
            first.absorb(row)
    return [band[0] for band in bands]


def _continued(above: Row, row: Row) -> bool:
    """Return whether a row goes on with the one above: words without a label, but not a form's "Color | White"."""
    if row.cells[0] or any(map(numeric, row.cells)):
        return row.label_only and row.cells[0][:1].islower()
    said = [(over, cell) for over, cell in zip(above.cells, row.cells, strict=True) if cell]
    return len(said) < 2 or not all(over and not over.endswith(_GOES_ON) and cell[0].isupper() for over, cell in said)


def merged(rows: Sequence[Row], size: float) -> list[Row]:
    """Return the rows with labels and cells that run over several lines put together."""
    whole: list[Row] = []
    for row in rows:
        if whole and _gap(whole[-1], row) < 0.5 * size:
            above, label = whole[-1], row.cells[0]
            if _gap(above, row) < -0.25 * size and not any(map(all, zip(above.cells, row.cells, strict=True))):
                above.absorb(row)  # printed half a line lower, in columns that were empty
                continue
            upper = label[:1].isupper() or not label[:1].isascii()
            if above.label_only and label and not above.cells[0].endswith((":", "：")):
                if not upper or above.cells[0].endswith(_GOES_ON):
                    above.absorb(row)
                    continue
            elif _continued(above, row):
                above.absorb(row)
                continue
        whole.append(row)
    return whole
