"""Find tables without cell borders, by the alignment of the lines in neighbouring rows. Does not know pages.

Precision before recall: a table taken for prose still reads row by row; prose taken for a table is torn apart.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from statistics import median

from .pdf_heads import heads
from .pdf_lines import CURRENCY, MARK, Line, glue, join, numeric, weight, year
from .pdf_rows import Row, Table, banded, boxed, merged, overlap

_MAX_HEADER = 9
_MAX_LABELS = 4  # labels between the heads and the first figures: "Assets", "Current assets:"
_UNDER_HEADS = 3.5  # em of white space that may stand under the heads of columns; 2 between rows
_MOST_LABELLED = 3  # rows of a header with a word over the labels: "(In millions, except", "per share amounts)"
_HEADING = 1.15  # times as large as what stands beside it: a line that heads what follows
_WIDEST = 90  # characters of a cell in a table's first row; what is wider is a line of text
_APART = 6  # em of white space between two columns, though no row fills both: one is printed half a line lower
_MEASURED = re.compile(r"\d[\d.,]*\s(?:years?|months?|weeks?|days?|hours?)")
_ANNOUNCES = re.compile(r"\b(?:follows|following)\b.*:$|(?:如下|下表).*[：:]$")


def aligned(rows: Sequence[Sequence[Line]]) -> list[Line | Table]:
    """Return the rows of one column of a page, top to bottom, each as a line or as part of a table."""
    glued = _paired([_glued(row) for row in rows])
    found: list[Line | Table] = []
    i = 0
    while i < len(glued):
        if len(glued[i]) > 1 and _begins(glued[i], glued[i + 1 : i + 2]):
            end = _extent(glued, i)
            start = i
            while start > 0 and i - start < 3 and found and _heads(found[-1], glued[start], glued[i:end]):
                start -= 1
                found.pop()
            if table := _build(glued[start:end]):
                if found and isinstance(found[-1], Table) and _goes_on(found[-1], table):
                    found[-1].rows += table.rows
                else:
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
        sign = bool(out) and out[-1].text in CURRENCY and numeric(line.text)
        tail = bool(out) and line.text in {"%", ")", ")%", "%)"} and line.left - out[-1].right < 2 * line.size
        if sign or tail:
            whole = join([out[-1], line])
            whole.text = out.pop().text + line.text
            out.append(whole)
        else:
            out.append(line)
    return out


def _paired(rows: Sequence[list[Line]]) -> list[list[Line]]:
    """Return the rows; what stands beside one half a line lower, as the right half of a form, is joined to it."""
    joined: list[list[Line]] = []
    for row in rows:
        above = joined[-1] if joined else []
        if len(row) > 1 and len(above) > 1 and row[0].top < above[0].bottom - 0.25 * row[0].size:
            left, right = sorted((above, row), key=lambda lines: lines[0].left)
            if right[0].left > left[-1].right + 2 * row[0].size:
                joined[-1] = left + right
                continue
        joined.append(row)
    return joined


def _begins(row: Sequence[Line], below: Sequence[Sequence[Line]]) -> bool:
    """Return whether a table may begin with a row: no list item, no heading with its number, no line of text."""
    heading = any(row[0].size > _HEADING * max(line.size for line in other) for other in below)
    return not heading and not _note(row) and all(weight(line.text) <= _WIDEST for line in row)


def _note(row: Sequence[Line]) -> bool:
    """Return whether a row is a list item or footnote: its mark and a line of text."""
    return len(row) == 2 and bool(MARK.fullmatch(row[0].text)) and weight(row[1].text) > 40


def _extent(rows: Sequence[Sequence[Line]], start: int) -> int:
    """Return where the run of rows that may be one table ends (exclusive)."""
    end, second, headed, edge = start + 1, rows[start][1].left, True, float("inf")
    begun = False  # whether a row of figures was seen
    for j in range(start + 1, len(rows)):
        above, row = rows[j - 1], rows[j]
        size = max(line.size for line in row)
        headed = headed and len(above) > 1 and not _figures(above) and (j == start + 1 or above[0].left > edge)
        edge = min(edge, above[0].left + above[0].size)
        begun = begun or _figures(above)
        if (
            min(line.top for line in row) - max(line.bottom for line in above)
            > (_UNDER_HEADS if headed else 2.0) * size
        ):
            break
        if begun and (_heads_columns(row, above, edge) or (len(row) == 1 and _ANNOUNCES.search(row[0].text))):
            break  # another table begins
        if len(row) == 2 and MARK.fullmatch(row[0].text) and row[1].left < second - 2 * size:
            break  # a footnote
        if len(row) > 1:
            end, second = j + 1, min(second, row[1].left)
        elif (
            j - end >= 3
            or (weight(row[0].text) > 60 and row[0].right > second + 2 * size)
            or size > 1.5 * above[0].size
            or (begun and all(size > _HEADING * line.size for line in [*above, *rows[min(j + 1, len(rows) - 1)]]))
        ):
            break
    return end


def _heads_columns(row: Sequence[Line], above: Sequence[Line], edge: float) -> bool:
    """Return whether a row has nothing but words, in two columns at least, and no label that starts left of `edge`.

    Words that stand flush with those of the row above go on with a form: "Color | White" under "VIN | 1C4".
    """
    lefts = [line.left for line in above if not numeric(line.text)]
    if all(any(abs(line.left - left) < 1 for left in lefts) for line in row):
        return False
    words = not any(numeric(line.text) and not year(line.text) for line in row)
    unit = row[0].text[0] in "(（" and row[0].text[-1] in ")）"
    return words and len(row) > 1 + unit and (unit or (row[0].left > edge and not row[0].text[0].islower()))


def _heads(item: Line | Table, below: Sequence[Line], rows: Sequence[Sequence[Line]]) -> bool:
    """Return whether a line stands over the columns of a table, not over its labels."""
    if not isinstance(item, Line) or weight(item.text) > 60:
        return False
    second = min(line.left for row in rows for line in row[1:])
    return (
        (item.text[0] in "(（" or item.size <= _HEADING * max(line.size for line in below))
        and item.left > second - 4 * item.size
        and item.left > rows[-1][0].left + 2 * item.size
        and (below[0].top - item.bottom < item.size)
    )


def _build(rows: Sequence[Sequence[Line]]) -> Table | None:
    """Return the table that the rows make, or None where they are not one."""
    if _listing(rows):
        return None
    header = _header(rows)
    columns, body, figures = _body(rows, header)
    many = figures >= 2 or (figures and header > 0 and len(columns) >= 3)
    if not many or figures < 0.3 * len(body):
        header = 0  # a form may have figures among its words
        columns, body, _ = _body(rows, header, words=True)
        if not _regular(rows, columns, body):
            return None
    if len(columns) < 2:
        return None
    table = Table(body, columns=columns)
    if header:
        top = heads(rows[:header], columns)
        table.rows, table.header_rows = [*top, *body], len(top)
    elif all(line.bold for line in rows[0]) and not all(line.bold for line in rows[1]):
        table.header_rows = 1
    return table if len(table.rows) > 1 else None


def _body(
    rows: Sequence[Sequence[Line]], header: int, *, words: bool = False
) -> tuple[list[tuple[float, float]], list[Row], int]:
    """Return the columns, the rows below a header of so many, and how many of these hold figures."""
    columns = _columns(rows[header:] or rows, words)
    if len(columns) < 2:
        return columns, [], 0
    body = [_row(row, columns) for row in rows[header:]]
    figures = sum(any(numeric(cell) and not year(cell) for cell in row.cells[1:]) for row in body)
    size = min(line.size for row in rows for line in row)
    return columns, merged(body, size) if figures else banded(body, size), figures


def _header(rows: Sequence[Sequence[Line]]) -> int:
    """Return how many rows at the top come before the first one with figures; 0 where there are none."""
    for i, row in enumerate(rows[: _MAX_HEADER + _MAX_LABELS + 1]):
        if _figures(row):
            while i > 0 and len(rows[i - 1]) == 1 and rows[i - 1][0].left < row[0].right:
                i -= 1  # a label alone above the first figures is a section of the body, not a column's head
            labelled = sum(len(above) > 1 and above[0].left < row[0].left + above[0].size for above in rows[:i])
            form = sum(len(above) > 1 and above[0].text.endswith((":", "：")) for above in rows[:i]) > 1
            return i if i <= _MAX_HEADER and labelled <= _MOST_LABELLED and not form else 0
    return 0


def _figures(row: Sequence[Line]) -> bool:
    return any(
        (numeric(text) and not year(text) and not text.endswith(",")) or _MEASURED.fullmatch(text)  # "29," is a date's
        for text in (line.text for line in row[1:])
    )


def _goes_on(above: Table, below: Table) -> bool:
    """Return whether a table without a header goes on with the columns of the one above it."""
    if below.header_rows or not above.header_rows or len(above.columns) != len(below.columns):
        return False
    return all(a[0] < b[1] and b[0] < a[1] for a, b in zip(above.columns, below.columns, strict=True))


def _columns(rows: Sequence[Sequence[Line]], words: bool) -> list[tuple[float, float]]:
    """Return the columns' extents: narrow cells first, so that they part what wide ones would bridge.

    In a table of words a figure alone makes no column.
    """
    full = [row for row in rows if len(row) > 1]
    second = min((row[1].left for row in full), default=0.0)
    # A row may begin to the right of the first column, where that is empty.
    cells = [line for row in full for n, line in enumerate(row) if n or line.left > second + _APART * line.size]
    clusters = _clusters(cells)
    if not clusters:
        return []
    labels = [
        row[0] for row in rows if row[0].left < clusters[0][0] - 0.5 * row[0].size and row[0].right < clusters[0][1]
    ]
    if labels:
        edge = clusters[0][0]
        clusters.insert(0, (min(line.left for line in labels), max(min(line.right, edge) for line in labels)))
    # Two columns of text that no row fills both are one column of ragged text.
    i = 1
    while i < len(clusters) - 1:
        pair = clusters[i : i + 2]
        both = any(sum(any(overlap(line, column) > 0 for column in pair) for line in row) > 1 for row in rows)
        figures = any(numeric(line.text) for row in rows for line in row if overlap(line, pair[1]) > 0)
        apart = words and pair[1][0] - pair[0][1] > _APART * rows[0][0].size
        if not both and not apart and (words or not figures):
            clusters[i : i + 2] = [(pair[0][0], pair[1][1])]
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


def _row(row: Sequence[Line], columns: Sequence[tuple[float, float]]) -> Row:
    cells = [""] * len(columns)
    for line in row:
        home = max(range(len(columns)), key=[overlap(line, column) for column in columns].__getitem__)
        cells[home] += glue(cells[home], line.text) + line.text
    return boxed(cells, row)


def _regular(rows: Sequence[Sequence[Line]], columns: Sequence[tuple[float, float]], body: Sequence[Row]) -> bool:
    """Return whether lines of words alone are a table: three rows, short cells, left edges that agree."""
    full = [row for row in rows if len(row) > 1]
    if len(full) < 3 or len(full) < 0.5 * len(rows):
        return False
    cells = [line for row in full for line in row]
    filled = [said for row in body if (said := sum(map(bool, row.cells))) > 1]
    if median(weight(line.text) for line in cells) > 40 or sum(filled) < 0.6 * len(filled) * len(columns):
        return False
    for column in columns[1:]:
        lefts = [line.left for row in full for line in row if overlap(line, column) > 0]
        if len(lefts) < 2 or sum(abs(left - median(lefts)) < 3 for left in lefts) < 0.7 * len(lefts):
            return False
    return True


def _listing(rows: Sequence[Sequence[Line]]) -> bool:
    """Return whether the first column holds nothing but bullets or numbers of a list, and the second its text."""
    full = [row for row in rows if len(row) > 1]
    return all(len(row) == 2 for row in full) and sum(bool(MARK.fullmatch(row[0].text)) for row in full) > 0.6 * len(
        full
    )
