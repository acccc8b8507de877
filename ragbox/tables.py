"""A table's text row by row: which rows are the labels of those below them. Knows no parser and no engine."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from .types import CELL

_BAR = CELL.strip()
_COLON = ":", "："
_TOTAL = re.compile(r"\s*(?:sub-?)?total\b|\s*[合小总總][\s\u3000]*[计計]", re.IGNORECASE)


def labels(rows: Sequence[str]) -> list[str]:
    """Return for each row of a table the label it is, as "Net sales:" over "Products"; "" for all other rows.

    A label stands alone in the first cell, and holds for the rows below, up to the next label or a total. Without a
    colon it may as well be a row whose values are missing: so if another such row, or nothing, follows one of them, or
    a quarter of the rows are so, none of them is a label. Indents would say more, but most formats lose them.
    """
    alone = [_alone(row) for row in rows]
    bare = [bool(said) and not said.endswith(_COLON) for said in alone]
    lone = not any(one and below for one, below in pairwise([*alone, "the end"]) if not one.endswith(_COLON))
    sure = lone and 4 * sum(bare) < len(rows)
    return ["" if plain and not sure else said for said, plain in zip(alone, bare, strict=True)]


def total(row: str) -> bool:
    """Return whether a row sums up those above it."""
    return bool(_TOTAL.match(row))


def _alone(row: str) -> str:
    first, bar, cells = row.partition(CELL)
    said = first.strip()
    # Of two columns the second may just be left open, as in a form.
    return said if bar and not cells.replace(_BAR, "").strip() and (_BAR in cells or said.endswith(_COLON)) else ""
