"""Read the heads of a table's columns, which may stand on several levels, as the rows of its header. Knows no body."""

from __future__ import annotations

import re
from collections.abc import Sequence, Set

from .pdf_lines import Line, glue, year
from .pdf_rows import Row, boxed, overlap

_LONG_HEADER = 240  # characters; about 60 tokens, which stand on each chunk of a long table
_PERIOD = re.compile(
    r"(?:19|20)\d\d|[A-Z][a-z]+\.? \d\d?,?$|\b(?:ended|ending|months?|weeks?|years?|quarter|as of)\b", re.I
)

Home = tuple[Line, set[int]]
"""A line of a header and the columns that it heads."""


def heads(rows: Sequence[Sequence[Line]], columns: Sequence[tuple[float, float]]) -> list[Row]:
    """Return the header's rows as one, a cell that stands over several columns repeated in each of them.

    Where that would be long, what stands over several columns is a row of its own, said once over each group of them.
    """
    cells, own = ([""] * len(columns) for _ in range(2))
    wide: list[Home] = []
    above: list[Home] = []
    last = next((row for row in reversed(rows) if not _unit(row)), rows[-1])
    for n, row in enumerate(rows):
        if _unit(row):
            cells[0] += glue(cells[0], row[0].text) + row[0].text  # "(In millions)", wherever it stands
            continue
        grouped = _grouped(row, last, columns) if row is not last and (n == 0 or _dated(row, columns)) else []
        homes = grouped or _homes(row, columns, above)
        wide += [home for home in homes if len(home[1]) > 1]
        for line, taken in homes:
            for level in (cells, own) if len(taken) == 1 else (cells,):
                for c in taken:
                    level[c] += glue(level[c], line.text) + line.text
        above = homes
    found = [line for row in rows for line in row]
    if wide and sum(map(len, cells)) > _LONG_HEADER:
        own[0] = cells[0]
        over = [""] * len(columns)
        for line, taken in wide:
            for c in {min(narrow) for _, narrow in wide} & taken:
                over[c] += glue(over[c], line.text) + line.text
        return [boxed(over, found), boxed(own, found)]
    return [boxed(cells, found)]


def _unit(row: Sequence[Line]) -> bool:
    return len(row) == 1 and row[0].text[0] in "(（" and row[0].text[-1] in ")）"


def _grouped(row: Sequence[Line], last: Sequence[Line], columns: Sequence[tuple[float, float]]) -> list[Home]:
    """Return which columns each line of a row heads where the last row says the same under each: "2022 2021 2022 2021".

    What stands over several columns may then be set over their middle or flush with the last; [] where it is not so.
    """
    labels, over = _parted(row, columns)
    under = _parted(last, columns)[1]
    if not over or len(under) != len(columns) - 1 or len(over) == len(under) or len(under) % len(over):
        return []
    many = len(under) // len(over)
    texts = [line.text for line in under]
    if texts != texts[:many] * len(over) or (len(over) == 1 and not all(map(year, texts))):
        return []
    spans = [set(range(1 + n * many, 1 + (n + 1) * many)) for n in range(len(over))]
    if any(set(_under(line, columns)) - span for line, span in zip(over, spans, strict=True)):
        return []
    return [*((line, {0}) for line in labels), *zip(over, spans, strict=True)]


def _parted(row: Sequence[Line], columns: Sequence[tuple[float, float]]) -> tuple[list[Line], list[Line]]:
    """Return a row's lines over the labels and those over the columns of figures."""
    labels = [line for line in row if line.left + line.right < 2 * columns[1][0]]
    return labels, [line for line in row if line not in labels]


def _dated(row: Sequence[Line], columns: Sequence[tuple[float, float]]) -> bool:
    return all(_PERIOD.search(line.text) for line in _parted(row, columns)[1])


def _homes(row: Sequence[Line], columns: Sequence[tuple[float, float]], above: Sequence[Home]) -> list[Home]:
    """Return which columns each line of a row heads, by where it stands and what it stands under."""
    homes: list[Home] = [(line, set()) for line in row]
    if len(row) == 1 and _central(row[0], columns):
        homes[0][1].update(range(1, len(columns)))
    for c, column in enumerate(columns):
        line, taken = max(homes, key=lambda home: overlap(home[0], column))
        near = c > 0 and len(row) > 1 and not _fits(line, columns)
        if overlap(line, column) > (-1.5 * line.size if near else 0):
            taken.add(c)
    for line, taken in homes:
        if not taken:
            taken.add(max(range(len(columns)), key=[overlap(line, column) for column in columns].__getitem__))
        if len(taken) > 1 and 0 in taken:
            taken.discard(0)  # it stands over figures, and only its end over a long label
        free = set(range(len(columns))) - {c for _, others in homes if others is not taken for c in others}
        for upper, span in above:  # "December 31," under "Three Months Ended" heads the same columns
            left, right = line.left - upper.left, line.right - upper.right
            under = min(abs(left), abs(right)) < 3 or (span <= taken | free and abs(left + right) < 3)
            if span & taken and under:
                taken |= span & free
                break
        else:
            taken |= _centred(line, columns, free)
    return homes


def _centred(line: Line, columns: Sequence[tuple[float, float]], free: Set[int]) -> set[int]:
    """Return the columns over whose middle a line stands that is over two of them at least."""
    over = _under(line, columns)
    if len(over) < 2 or _fits(line, columns):
        return set()
    spans = [
        span
        for first in range(1, over[0] + 1)
        for last in range(over[-1], len(columns))
        if abs(line.left + line.right - columns[first][0] - columns[last][1]) < 2 * line.size
        and (span := set(range(first, last + 1))) <= free
    ]
    return max(spans, key=len, default=set())


def _under(line: Line, columns: Sequence[tuple[float, float]]) -> list[int]:
    """Return the columns of figures that stand below a line."""
    return [c for c in range(1, len(columns)) if overlap(line, columns[c]) > 0]


def _fits(line: Line, columns: Sequence[tuple[float, float]]) -> bool:
    """Return whether a line stands over the middle of the columns that it is over, and is about as wide as several."""
    if not (over := _under(line, columns)):
        return False
    left, right = columns[over[0]][0], columns[over[-1]][1]
    wide = len(over) == 1 or line.width > 0.85 * (right - left)
    return wide and abs(line.left + line.right - left - right) < 2 * line.size


def _central(line: Line, columns: Sequence[tuple[float, float]]) -> bool:
    """Return whether a line stands over the middle of all columns but the labels'."""
    return abs(line.left + line.right - columns[1][0] - columns[-1][1]) < 2 * line.size
