"""A table's text row by row: which row is the label of those below it. Knows no parser and no engine."""

from __future__ import annotations

import re

from .types import CELL

_BAR = CELL.strip()
_TOTAL = re.compile(r"\s*(?:sub-?)?total\b|\s*[合小总總][\s\u3000]*[计計]", re.IGNORECASE)


def label(row: str) -> str:
    """Return what stands in a row's first cell if all others are empty, as "Net sales:" over "Products"; else "".

    It holds for the rows below, up to the next label or a total. Indents would say more, but most formats lose them.
    """
    first, bar, cells = row.partition(CELL)
    alone = bool(bar) and not cells.replace(_BAR, "").strip()
    # Of two columns the second may just be left open, as in a form.
    return first.strip() if alone and (_BAR in cells or first.rstrip().endswith((":", "："))) else ""


def total(row: str) -> bool:
    """Return whether a row sums up those above it."""
    return bool(_TOTAL.match(row))
