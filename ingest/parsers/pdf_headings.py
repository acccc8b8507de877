"""Tell headings from body text by outline, size, weight and numbering, and give them levels. Does not know pages."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping

from ragbox.text import HAN

from .pdf_lines import Line, numeric, weight

MAX_LEVEL = 6
_COVERED = 5  # pages from which a document may be thought to have a cover

_NUMBERED = re.compile(r"(\d{1,2}(?:\.\d{1,2})*)[.)]?\s+\S")
_CHINESE = (
    (1, re.compile(r"第[一二三四五六七八九十百零〇\d]{1,4}[编編篇章]")),
    (2, re.compile(r"第[一二三四五六七八九十百零〇\d]{1,4}[节節]|[一二三四五六七八九十]{1,3}、")),
    (3, re.compile(r"[(（][一二三四五六七八九十]{1,3}[)）]")),
)
_LETTER = re.compile(f"[^\\W\\d_]|[{HAN}]")
_SPACES = re.compile(r"[\s.…:：]+")

Style = tuple[float, bool, int]
"""Size (to half a point), bold, depth of the numbering."""


def normal(text: str) -> str:
    """Return a heading as it is compared with the outline: without space and punctuation of leaders."""
    return _SPACES.sub("", text).casefold()


def depth(text: str) -> int:
    """Return how deep a heading's number says it is: 1 for "2" or "第三章", 2 for "2.1"; 1 without a number."""
    if match := _NUMBERED.match(text):
        return match[1].count(".") + 1
    return next((level for level, pattern in _CHINESE if pattern.match(text)), 1)


class Headings:
    """The heading styles of one document, learnt from all its lines."""

    def __init__(self, lines: Iterable[Line], outline: Mapping[str, int]) -> None:
        """Take every line of the document, and the outline's titles (see `normal`) with their levels."""
        sizes: Counter[float] = Counter()
        bold: Counter[bool] = Counter()
        for line in lines:
            sizes[_half(line.size)] += len(line.text)
            bold[line.bold] += len(line.text)
        self.body = sizes.most_common(1)[0][0] if sizes else 0.0
        self._plain = bold[False] >= bold[True]
        self._outline = outline
        self._levels: dict[Style, int] = {}

    def is_heading(self, line: Line) -> bool:
        """Return whether a line stands out as a heading does."""
        text = line.text
        long = weight(text)
        if long > 160 or not _LETTER.search(text) or numeric(text) or (text[0] in "(（" and text[-1] in ")）"):
            return False
        if self._outline and normal(text) in self._outline:
            return True
        if text[-1] in ",;，；、。" or (text[-1] in ".:：" and long > 60) or len(_LETTER.findall(text)) < 2:
            return False
        if line.size >= 1.15 * self.body and (long > 3 or line.size >= 1.4 * self.body):
            return True
        if line.bold and self._plain and line.size >= 0.9 * self.body:
            return text[0] not in "•●▪■◦–-*"
        short = long <= 40 and line.size >= 0.95 * self.body and text[-1] not in "：:."
        return short and any(pattern.match(text) for _, pattern in _CHINESE[:2])

    def alike(self, first: Line, second: Line) -> bool:
        """Return whether two lines are of one heading, by their style."""
        return _half(first.size) == _half(second.size) and first.bold == second.bold

    def learn(self, found: Iterable[tuple[str, Line, int]]) -> None:
        """Rank the styles of the headings found: (whole text, first line, page)."""
        pages: dict[Style, set[int]] = {}
        known: dict[Style, Counter[int]] = {}
        for text, line, page in found:
            style = self._style(text, line)
            pages.setdefault(style, set()).add(page)
            if level := self._outline.get(normal(text)):
                known.setdefault(style, Counter())[level] += 1
        ranked = sorted(pages, key=lambda s: (-s[0], s[2], not s[1]))
        last = max((page for on in pages.values() for page in on), default=0)
        if last > _COVERED:
            # What a cover sets in styles of its own heads nothing but itself; its largest line is the title.
            only = [style for style in ranked if pages[style] == {1} and style not in known]
            self._levels = dict.fromkeys(only[1:], 0)
            ranked = [style for style in ranked if style not in self._levels]
        for rank, style in enumerate(ranked, start=1):
            self._levels[style] = known[style].most_common(1)[0][0] if style in known else min(rank, MAX_LEVEL)

    def level(self, text: str, line: Line) -> int:
        """Return the heading's level, 1 at the top; 0 where it only decorates a cover."""
        return min(self._outline.get(normal(text)) or self._levels.get(self._style(text, line), MAX_LEVEL), MAX_LEVEL)

    def _style(self, text: str, line: Line) -> Style:
        return _half(line.size), line.bold, depth(text)


def _half(size: float) -> float:
    return round(size * 2) / 2
