"""Find tables without cell borders, by the alignment of the lines in neighbouring rows. Does not know pages.

Precision before recall: a table taken for prose still reads row by row; prose taken for a table is torn apart.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median

from .pdf_lines import CURRENCY, Line, glue, join, numeric, weight, year

_LABEL = re.compile(r"[•●○▪■◦‣·*–—-]|[(（\[]?(?:\d{1,3}(?:\.\d{1,3})*|[a-zA-Z]|[ivxIVX]{1,5}|[一二三四五六七八九十]{1,3})[.)）\]、．]?")
_GOES_ON = (",", "，", "、", "(", "（", "-", "–", " and", " of", " or", " the", " to", " in", " for", " by", " with", " on")
_MAX_HEADER = 6


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


def aligned(rows: Sequence[Sequence[Line]]) -> list[Line | Table]:
    """Return the rows of one column of a page, top to bottom, each as a line or as part of a table."""
    glued = [_glued(row) for row in rows]
    found: list[Line | Table] = []
    i = 0
    while i < len(glued):
        if len(glued[i]) > 1:
            end = _extent(glued, i)
            start = i
            while start > 0 and i - start < 3 and found and _heads(found[-1], glued[start], glued[i:end]):
                start -= 1
                found.pop()
            if table := _build(glued[start:end]):
                found.append(table)
                i = end
                continue
            found.extend(join(glued[k]) for k in range(start, i))
        found.append(join(glued[i]))
        i += 1
    return found


def _glued(row: Sequence[Line]) -> list[Line]:
    """Return a row with "$", "%" and ")" that stand apart joined to their figure."""
    out: list[Line] = []
    for line in row:
        if out and out[-1].text in CURRENCY and numeric(line.text):
            text = out[-1].text + line.text
        elif out and line.text in {"%", ")", ")%", "%)"} and line.left - out[-1].right < 2 * line.size:
            text = out[-1].text + line.text
        else:
            out.append(line)
            continue
        last = out.pop()
        whole = join([last, line])
        whole.text = text
        out.append(whole)
    return out


def _extent(rows: Sequence[Sequence[Line]], start: int) -> int:
    """Return where the run of rows that may be one table ends (exclusive)."""
    end, second = start + 1, rows[start][1].left
    for j in range(start + 1, len(rows)):
        above, row = rows[j - 1], rows[j]
        size = max(line.size for line in row)
        if min(line.top for line in row) - max(line.bottom for line in above) > 2.0 * size:
            break
        if len(row) > 1:
            end, second = j + 1, min(second, row[1].left)
        elif j - end >= 3 or (weight(row[0].text) > 60 and row[0].right > second + 2 * size) or size > 1.5 * above[0].size:
            break
    return end


def _heads(item: Line | Table, below: Sequence[Line], rows: Sequence[Sequence[Line]]) -> bool:
    """Return whether a line stands over the columns of a table, not over its labels."""
    if not isinstance(item, Line) or weight(item.text) > 60:
        return False
    second = min(line.left for row in rows for line in row[1:])
    return item.left > second - 4 * item.size and item.left > rows[-1][0].left + 2 * item.size and (
        below[0].top - item.bottom < item.size
    )


def _build(rows: Sequence[Sequence[Line]]) -> Table | None:
    """Return the table that the rows make, or None where they are not one."""
    header = _header(rows)
    columns = _columns(rows[header:] or rows)
    if len(columns) < 2:
        return None
    body = [_row(row, columns, spread=False) for row in rows[header:]]
    figures = sum(any(numeric(cell) and not year(cell) for cell in row.cells[1:]) for row in body)
    body = _merged(body, min(line.size for row in rows for line in row))
    table = Table(body, columns=columns)
    if figures:
        many = figures >= 2 or (header > 0 and len(columns) >= 3)
        if not many or figures < 0.3 * len(body) or _listing(rows):
            return None
    elif header or not _regular(rows, columns) or _listing(rows):
        return None
    if header:
        heads = [_row(row, columns, spread=True) for row in rows[:header]]
        for row in heads[1:]:
            heads[0].absorb(row)
        table.rows, table.header_rows = [heads[0], *body], 1
    elif all(line.bold for line in rows[0]) and not all(line.bold for line in rows[1]):
        table.header_rows = 1
    return table if len(table.rows) > 1 else None


def _header(rows: Sequence[Sequence[Line]]) -> int:
    """Return how many rows at the top come before the first one with figures; 0 where there are none."""
    for i, row in enumerate(rows[: _MAX_HEADER + 1]):
        if any(numeric(line.text) and not year(line.text) for line in row[1:]):
            while i > 0 and len(rows[i - 1]) == 1 and rows[i - 1][0].left < row[0].right:
                i -= 1  # a label alone above the first figures is a section of the body, not a column's head
            return i
    return 0


def _columns(rows: Sequence[Sequence[Line]]) -> list[tuple[float, float]]:
    """Return the columns' extents: narrow cells first, so that they part what wide ones would bridge."""
    cells = [line for row in rows if len(row) > 1 for line in row[1:]]
    clusters = _clusters(cells)
    if not clusters:
        return []
    labels = [row[0] for row in rows if row[0].left < clusters[0][0] - 0.5 * row[0].size and row[0].right < clusters[0][1]]
    if labels:
        edge = clusters[0][0]
        clusters.insert(0, (min(line.left for line in labels), max(min(line.right, edge) for line in labels)))
    # Two columns of text that no row fills both are one column of ragged text.
    i = 1
    while i < len(clusters) - 1:
        both = sum(_fills(row, clusters[i]) and _fills(row, clusters[i + 1]) for row in rows)
        figures = any(numeric(line.text) for row in rows for line in row if _overlap(line, clusters[i : i + 2][-1]) > 0)
        if both == 0 and not figures:
            clusters[i : i + 2] = [(clusters[i][0], clusters[i + 1][1])]
        else:
            i += 1
    return clusters


def _clusters(cells: Sequence[Line]) -> list[tuple[float, float]]:
    found: list[list[float]] = []
    for line in sorted(cells, key=lambda cell: (not numeric(cell.text), cell.width)):
        touched = [cluster for cluster in found if line.left < cluster[1] and line.right > cluster[0]]
        if not touched:
            found.append([line.left, line.right])
        elif len(touched) == 1:
            touched[0][0], touched[0][1] = min(touched[0][0], line.left), max(touched[0][1], line.right)
    return [(left, right) for left, right in sorted(found)]


def _overlap(line: Line, column: tuple[float, float]) -> float:
    return min(line.right, column[1]) - max(line.left, column[0])


def _fills(row: Sequence[Line], column: tuple[float, float]) -> bool:
    return any(_overlap(line, column) > 0 for line in row)


def _row(row: Sequence[Line], columns: Sequence[tuple[float, float]], *, spread: bool) -> Row:
    """Return the row's cells; with `spread`, a cell that heads several columns is repeated in each."""
    cells = [""] * len(columns)
    homes = [max(range(len(columns)), key=lambda c, line=line: _overlap(line, columns[c])) for line in row]
    for n, (line, home) in enumerate(zip(row, homes, strict=True)):
        first = last = home
        if spread and home > 0:
            low = homes[n - 1] + 1 if n else 1
            high = homes[n + 1] - 1 if n + 1 < len(row) else len(columns) - 1
            first, last = _span(line, columns, home, max(low, 1), high)
        for c in range(first, last + 1):
            cells[c] += glue(cells[c], line.text) + line.text
    box = join(list(row))
    return Row(cells, box.left, box.top, box.right, box.bottom)


def _span(line: Line, columns: Sequence[tuple[float, float]], home: int, low: int, high: int) -> tuple[int, int]:
    """Return the columns that a head stands over the middle of, at least those it touches."""
    middle = (line.left + line.right) / 2
    best, choice = float("inf"), (home, home)
    for first in range(min(low, home), home + 1):
        for last in range(home, max(high, home) + 1):
            away = abs((columns[first][0] + columns[last][1]) / 2 - middle)
            missed = sum(_overlap(line, columns[c]) > 0 for c in range(low, high + 1) if not first <= c <= last)
            # A span must beat the single column by 4 points: right-aligned figures stand off their head's middle.
            if (cost := away + 50 * missed + 4 * (last > first)) < best:
                best, choice = cost, (first, last)
    return choice


def _merged(rows: Sequence[Row], size: float) -> list[Row]:
    """Return the rows with labels and cells that run over several lines put together."""
    merged: list[Row] = []
    for row in rows:
        if merged and row.top - merged[-1].bottom < 0.5 * size:
            above, label = merged[-1], row.cells[0]
            upper = label[:1].isupper() or not label[:1].isascii()
            if above.label_only and label and not above.cells[0].endswith((":", "：")):
                if not upper or above.cells[0].endswith(_GOES_ON):
                    above.absorb(row)
                    continue
            elif row.label_only and label[:1].islower():
                above.absorb(row)
                continue
            elif not label and not any(numeric(cell) for cell in row.cells if cell):
                above.absorb(row)
                continue
        merged.append(row)
    return merged


def _regular(rows: Sequence[Sequence[Line]], columns: Sequence[tuple[float, float]]) -> bool:
    """Return whether lines of words alone are a table: three rows, short cells, left edges that agree."""
    full = [row for row in rows if len(row) > 1]
    if len(full) < 3 or len(full) < 0.5 * len(rows):
        return False
    cells = [line for row in full for line in row]
    if median(weight(line.text) for line in cells) > 40 or len(cells) < 0.6 * len(full) * len(columns):
        return False
    for column in columns[1:]:
        lefts = [line.left for row in full for line in row if _overlap(line, column) > 0]
        if len(lefts) < 2 or sum(abs(left - median(lefts)) < 3 for left in lefts) < 0.7 * len(lefts):
            return False
    return True


def _listing(rows: Sequence[Sequence[Line]]) -> bool:
    """Return whether the first column holds nothing but bullets or numbers of a list, and the second its text."""
    full = [row for row in rows if len(row) > 1]
    return all(len(row) == 2 for row in full) and sum(bool(_LABEL.fullmatch(row[0].text)) for row in full) > 0.6 * len(full)
