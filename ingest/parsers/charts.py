"""The numbers behind a chart of Office: the values its XML keeps, as a table. Knows neither Word nor PowerPoint."""

from __future__ import annotations

from typing import Any

from ragbox.types import Block, Kind

from .blocks import block, table

_C = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
MOST_POINTS = 5_000
"""Points of one series; a chart of more is a picture, not a table."""


def chart_blocks(root: Any, page: int) -> list[Block]:
    """Return a chart's title and the table of its series, given the root of its XML."""
    title = root.find(f"{_C}chart/{_C}title")
    text = "".join(t.text or "" for t in title.iter(_A + "t")) if title is not None else ""
    names: list[str] = []
    rows: dict[int, dict[int, str]] = {}
    for series in root.iter(_C + "ser"):
        names.append(next((v.text or "" for v in series.iterfind(f"{_C}tx//{_C}v")), ""))
        labels = _points(series, "cat", "xVal")
        for at, number in _points(series, "val", "yVal").items():
            # Points of all series with one index stand in one row, under the first label that there is.
            row = rows.setdefault(at, {})
            row[-1] = row.get(-1) or labels.get(at, "")
            row[len(names) - 1] = _number(number)
    cells = [[rows[at].get(column, "") for column in range(-1, len(names))] for at in sorted(rows)]
    return [*block(Kind.CAPTION, text, page), *table([["", *names], *cells], page, 1 if cells else 0)]


def _points(series: Any, *places: str) -> dict[int, str]:
    found: dict[int, str] = {}
    for place in places:
        for point in series.iterfind(f"{_C}{place}//{_C}pt"):
            index = point.get("idx", "")
            if index.isdecimal() and len(found) < MOST_POINTS:
                # Labels in several levels repeat the index: the innermost, which comes first, is kept.
                found.setdefault(int(index), point.findtext(_C + "v") or "")
    return found


def _number(text: str) -> str:
    try:
        return f"{float(text):.10g}"
    except ValueError:
        return text
