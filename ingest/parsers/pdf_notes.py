"""Find the notes at the foot of a page: small print that begins with a mark, below the text. Knows no blocks."""

from __future__ import annotations

import re
from collections.abc import Sequence

from .pdf_lines import Line
from .pdf_rows import Table

_BEGINS = re.compile(r"[(（]?\d{1,2}[)）]?\s*(?=[^\W\d_]|[\"“‘「『(（\[])|[*†‡§]{1,3}\s*\w|[⁰¹²³⁴-⁹]{1,2}⁾?\s*\S")
_SMALLER = 0.95  # times the size of the text: journals set 10 points above and 9 or 8 below
_DEEP = 0.35  # of the page's height, above which no note begins


def at_foot(groups: Sequence[list[Line] | Table], body: float, height: float) -> range:
    """Return which paragraphs of a column are notes, given as lines; `body` is the size of the document's text.

    What stands right under a table is the table's.
    """
    first = len(groups)
    for n in range(len(groups) - 1, -1, -1):
        group = groups[n]
        if isinstance(group, Table):
            break
        if any(line.size >= _SMALLER * body for line in group):
            return range(first, len(groups))
        if group[0].base < _DEEP * height:
            break
        if _BEGINS.match(group[0].text):
            first = n
    return range(0)
