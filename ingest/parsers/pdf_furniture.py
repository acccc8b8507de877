"""Find running headers, footers and page numbers: what repeats at the edges of the pages. Does not know layout."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from .pdf_lines import Line, join, rows

_EDGE_ROWS = 4
_SHARE = 0.4  # of the pages; headers that differ on odd and even pages reach a little less than half each
_DIGITS = re.compile(r"\d+")
_PAGE = re.compile(
    r"[-–—|\s]*(?:page|seite|p\.)?\s*(\d{1,4})\s*(?:(?:of|/|von)\s*\d{1,4})?[-–—|\s]*|第\s*(\d{1,4})\s*[页頁](?:\s*[,，/]?\s*共\s*\d{1,4}\s*[页頁])?",
    re.IGNORECASE,
)
_NAMED_PAGE = re.compile(r"page\s*\d+(?:\s*(?:of|/)\s*\d+)?|\d+\s*(?:of|/)\s*\d+|第\s*\d+\s*[页頁].{0,12}", re.IGNORECASE)


def without_furniture(pages: Sequence[tuple[float, list[Line]]]) -> list[list[Line]]:
    """Return each page's lines without its running header and footer; `pages` are (height, lines)."""
    edges = [(height, *_edges(lines)) for height, lines in pages]
    counts = [Counter[str](), Counter[str]()]
    offsets = [Counter[int](), Counter[int]()]
    for n, (_, *sides) in enumerate(edges):
        for side, (count, offset) in enumerate(zip(counts, offsets, strict=True)):
            count.update({_key(row) for row in sides[side]})
            offset.update({number - n for row in sides[side] if (number := _number(row)) is not None})
    need = max(3, _SHARE * len(pages))
    running = [{key for key, count in side.items() if count >= need} for side in counts]
    numbered = [{offset for offset, count in side.items() if count >= need} for side in offsets]
    kept = []
    for n, (height, *sides) in enumerate(edges):
        drop: set[int] = set()
        for side, found in enumerate(sides):
            found = list(found)
            hits = []
            for row in found:
                number = _number(row)
                known = number is not None and number - n in numbered[side]
                if not known and _key(row) not in running[side] and not _NAMED_PAGE.fullmatch(join(row).text):
                    break
                hits.append(row)
            inner = found[len(hits)] if len(hits) < len(found) else None
            while hits and inner and not _apart(hits[-1], inner, height):
                inner = hits.pop()
            drop.update(id(line) for row in hits for line in row)
        kept.append([line for line in pages[n][1] if id(line) not in drop])
    return kept


def _edges(lines: Iterable[Line]) -> tuple[list[list[Line]], list[list[Line]]]:
    """Return the rows from the top inwards and from the bottom inwards, one more than may be dropped."""
    found = rows(lines)
    half = (len(found) + 1) // 2
    return found[: min(_EDGE_ROWS + 1, half)], found[::-1][: min(_EDGE_ROWS + 1, len(found) - half)]


def _key(row: Sequence[Line]) -> str:
    return _DIGITS.sub("#", "".join(line.text for line in row)).replace(" ", "").casefold()


def _number(row: Sequence[Line]) -> int | None:
    """Return the page number that the row, or its first or last part, consists of."""
    for line in (row[-1], row[0]):
        if match := _PAGE.fullmatch(line.text):
            return int(match[1] or match[2])
    return None


def _apart(outer: Sequence[Line], inner: Sequence[Line], height: float) -> bool:
    """Return whether white space or the page's margin parts a row from the body: a table's head is not a header."""
    base, size = outer[0].base, max(line.size for line in outer)
    return base < 0.07 * height or base > 0.93 * height or abs(inner[0].base - base) > 1.8 * size
