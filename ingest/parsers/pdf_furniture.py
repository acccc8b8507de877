"""Find running headers, footers and page numbers: what repeats at the edges of the pages. Does not know layout."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from statistics import median

from .pdf_lines import Line, join, rows

_EDGE_ROWS = 4
_SHARE = 0.4  # of the pages; headers that differ on odd and even pages reach a little less than half each
_ROW = 5  # pages one after the other that make a chapter's header
_NEAR = 0.02  # of the page's height, by which a running line may move
_DIGITS = re.compile(r"\d+")
_PAGE = re.compile(
    r"[-–—|\s]*(?:page|seite|p\.)?\s*(\d{1,4})\s*(?:(?:of|/|von)\s*\d{1,4})?[-–—|\s]*|第\s*(\d{1,4})\s*[页頁](?:\s*[,，/]?\s*共\s*\d{1,4}\s*[页頁])?",
    re.IGNORECASE,
)
_FOOT = re.compile(r"(?:\||\s[–—·•])\s*(\d{1,3})[\s|–—·•]*$")  # "Form 10-Q | 12", but not "Total – 2023" or "Lesson 12"
_NAMED_PAGE = re.compile(
    r"page\s*\d+(?:\s*(?:of|/)\s*\d+)?|\d+\s*(?:of|/)\s*\d+|第\s*\d+\s*[页頁].{0,12}", re.IGNORECASE
)


def without_furniture(pages: Sequence[tuple[float, list[Line], bool]]) -> list[list[Line]]:
    """Return each page's lines without its running header and footer.

    `pages` are (height, lines, whether there is more on the page than these lines).
    """
    edges = [(height, *_edges(lines)) for height, lines, _ in pages]
    seen: list[dict[str, list[tuple[int, float]]]] = [{}, {}]
    offsets = [Counter[tuple[str, int]](), Counter[tuple[str, int]]()]
    for n, (height, *sides) in enumerate(edges):
        for found, keys, offset in zip(sides, seen, offsets, strict=True):
            for key, row in {_key(row): row for row in found}.items():
                keys.setdefault(key, []).append((n, row[0].base / height))
            offset.update({counted for row in found if (counted := _counted(row, n))})
    need = max(3 if len(pages) > 2 else 2, _SHARE * len(pages))
    running = [{key: place for key, on in keys.items() if (place := _place(on, need)) is not None} for keys in seen]
    numbered = [{offset for offset, count in counts.items() if count >= need} for counts in offsets]
    kept = []
    for n, (height, *sides) in enumerate(edges):
        drop: set[int] = set()
        for side, found in enumerate(sides):
            hits = []
            for row in found:
                known = _counted(row, n) in numbered[side]
                known = known or abs(running[side].get(_key(row), -1.0) - row[0].base / height) < _NEAR
                if not known and not _NAMED_PAGE.fullmatch(join(row).text):
                    break
                if len(row) > 2 and not _in_margin(row, height):
                    break  # more likely the head of a table
                hits.append(row)
            if len(hits) > _EDGE_ROWS:
                continue  # more than a header: pages that are alike altogether
            inner = found[len(hits)] if len(hits) < len(found) else None
            if len(pages) < 3:  # twice may be chance, but not in the margin
                hits = [row for row in hits if _in_margin(row, height)]
            while hits and inner and not _apart(hits[-1], inner, height):
                if side and _is_foot(hits[-1]) and _counted(hits[-1], n) in numbered[side]:
                    break  # what counts the pages is no body, however close it stands below text that ends early
                inner = hits.pop()
            drop.update(id(line) for row in hits for line in row)
        rest = [line for line in pages[n][1] if id(line) not in drop]
        kept.append(rest if rest or pages[n][2] else pages[n][1])
    return kept


def _place(seen: Sequence[tuple[int, float]], need: float) -> float | None:
    """Return the height at which a text repeats on enough pages, as a fraction of the page, or None."""
    place = median(height for _, height in seen)
    best = run = count = 0
    last = -2
    for page, height in seen:
        if abs(height - place) < _NEAR:
            count += 1
            run = run + 1 if page == last + 1 else 1
            best, last = max(best, run), page
    return place if count >= need or best >= _ROW else None


def _edges(lines: Iterable[Line]) -> tuple[list[list[Line]], list[list[Line]]]:
    """Return the rows from the top inwards and from the bottom inwards, one more than may be dropped."""
    found = rows(lines)
    return found[: _EDGE_ROWS + 1], found[::-1][: _EDGE_ROWS + 1]


def _key(row: Sequence[Line]) -> str:
    return _DIGITS.sub("#", "".join(line.text for line in row)).replace(" ", "").casefold()


def _counted(row: Sequence[Line], page: int) -> tuple[str, int] | None:
    """Return what a row says around the number of its page, and how far that is from `page`; None without one."""
    for line in (row[-1], row[0]):
        if match := _PAGE.fullmatch(line.text):
            return "", int(match[1] or match[2]) - page
    last = _FOOT.search(row[-1].text)
    return (_key(row), int(last[1]) - page) if last else None


def _is_foot(row: Sequence[Line]) -> bool:
    """Return whether a whole row reads like a page's foot; a row of a table may begin or end in a number too."""
    text = join(list(row)).text
    return bool(_PAGE.fullmatch(text) or _FOOT.search(text))


def _apart(outer: Sequence[Line], inner: Sequence[Line], height: float) -> bool:
    """Return whether white space or the page's margin parts a row from the body: a table's head is not a header."""
    size = max(line.size for line in outer)
    return _in_margin(outer, height) or abs(inner[0].base - outer[0].base) > 1.8 * size


def _in_margin(row: Sequence[Line], height: float) -> bool:
    return row[0].base < 0.07 * height or row[0].base > 0.93 * height
