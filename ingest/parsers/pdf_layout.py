"""Put the lines and tables of one page in reading order, column by column. Does not know other pages.

A page is cut at a gutter only where running text stands on both sides of it, so that no table is torn apart.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from .pdf_lines import Line, numeric, rows, weight
from .pdf_rows import Table
from .pdf_tables import aligned

Item = Line | Table

_MIN_LINES = 3  # on each side of a gutter
_MAX_DEPTH = 4


@dataclass
class Flow:
    """Lines and tables read from top to bottom between a left and a right edge."""

    items: list[Item]
    left: float
    right: float


def flows(lines: Sequence[Line], tables: Sequence[Table]) -> list[Flow]:
    """Return a page's columns in reading order; full-width parts above, between and below are columns too."""
    return [_flow(items) for items in _ordered([*lines, *tables], 0) if items]


def _flow(items: Sequence[Item]) -> Flow:
    """Find the tables among the lines, and put bordered tables in their place."""
    bordered = sorted((item for item in items if isinstance(item, Table)), key=lambda table: table.top)
    parts: list[Item] = []
    rest = rows(item for item in items if isinstance(item, Line))
    for table in bordered:
        above = [row for row in rest if row[0].base < table.top + 1]
        rest = rest[len(above) :]
        parts += [*aligned(above), table]
    parts += aligned(rest)
    return Flow(parts, min(item.left for item in items), max(item.right for item in items))


def _ordered(items: list[Item], depth: int) -> list[list[Item]]:
    if len(items) < 2 * _MIN_LINES or depth == _MAX_DEPTH:
        return [items]
    gutter = _gutter(items)
    if gutter is None:
        return [items]
    found: list[list[Item]] = []
    for left, right, spanning in _bands(items, gutter):
        if left and right and _parts(left, right):
            found += _ordered(left, depth + 1) + _ordered(right, depth + 1)
        elif left or right:
            found.append(left + right)
        if spanning:
            found.append(spanning)
    return _united(found, gutter)


def _united(parts: list[list[Item]], gutter: float) -> list[list[Item]]:
    """Join neighbouring parts that are both of full width: rows of one table may cross the gutter or not."""
    united: list[list[Item]] = []
    for part in parts:
        wide = min(item.left for item in part) < gutter < max(item.right for item in part)
        if (
            united
            and wide
            and united[-1]
            and min(i.left for i in united[-1]) < gutter < max(i.right for i in united[-1])
        ):
            united[-1] = united[-1] + part
        else:
            united.append(part)
    return united


def _gutter(items: Sequence[Item]) -> float | None:
    """Return the left edge of the right column that parts most lines of text, or None."""
    lines = [item for item in items if isinstance(item, Line)]
    edges: dict[int, int] = {}
    for line in lines:
        edges[round(line.left / 3)] = edges.get(round(line.left / 3), 0) + 1
    best, choice = 0, None
    page_left = min(line.left for line in lines) if lines else 0.0
    for edge in sorted(edges, key=lambda e: -edges[e])[:8]:
        x = edge * 3 - 2.0
        if edges[edge] < _MIN_LINES or x < page_left + 40:
            continue
        parted = sum(len(left) + len(right) for left, right, _ in _bands(items, x) if _parts(left, right))
        if parted > best:
            best, choice = parted, x
    return choice


def _bands(items: Sequence[Item], x: float) -> list[tuple[list[Item], list[Item], list[Item]]]:
    """Return (left, right, spanning) from top to bottom: what a gutter at x parts, and then what crosses it."""
    bands: list[tuple[list[Item], list[Item], list[Item]]] = [([], [], [])]
    for item in sorted(items, key=lambda i: i.top):
        if item.left >= x - 1.5:
            side = 1
        elif item.right <= x + 0.1 * item.right - 0.1 * item.left and item.right < x + 12:
            side = 0  # a few points over the gutter: a formula, a hanging mark
        else:
            side = 2
        if side < 2 and bands[-1][2]:
            bands.append(([], [], []))
        bands[-1][side].append(item)
    return bands


def _parts(left: Sequence[Item], right: Sequence[Item]) -> bool:
    """Return whether both sides are columns of running text that stand beside each other."""
    if not (_prose(left) and _prose(right)):
        return False
    top, bottom = max(left[0].top, right[0].top), min(max(i.bottom for i in left), max(i.bottom for i in right))
    shorter = min(max(i.bottom for i in side) - side[0].top for side in (left, right))
    return bottom - top > 0.5 * shorter and not _rowed(left, right)


def _rowed(left: Sequence[Item], right: Sequence[Item]) -> bool:
    """Return whether white space runs through both sides at the same heights: the rows of a table of texts."""
    items = sorted([*left, *right], key=lambda item: item.top)
    size = median(item.bottom - item.top for item in items)
    groups: list[list[Item]] = [[items[0]]]
    for item in items[1:]:
        if item.top - max(other.bottom for other in groups[-1][-6:]) > 0.4 * size:
            groups.append([])
        groups[-1].append(item)
    border = min(item.left for item in right)
    even = 0
    for group in groups:
        tops = [min((i.top for i in group if (i.left >= border) is side), default=None) for side in (False, True)]
        even += tops[0] is not None and tops[1] is not None and abs(tops[0] - tops[1]) < 0.3 * size
    return len(groups) > 2 and even >= 0.75 * len(groups)


def _prose(side: Sequence[Item]) -> bool:
    lines = [item for item in side if isinstance(item, Line)]
    if len(lines) < _MIN_LINES:
        return False
    width = max(line.right for line in lines) - min(line.left for line in lines)
    if sum(numeric(line.text) for line in lines) > 0.3 * len(lines):
        return False
    if median(weight(line.text) for line in lines) < 18:  # a column narrower than that sets no running text
        return False
    # 0.4 of the width allows for ragged text and short last lines; a side may also have columns of its own.
    return median(line.width for line in lines) >= 0.4 * width or _gutter(lines) is not None
