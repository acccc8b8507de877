"""Join words into lines, rows of lines, and lines into text. Does not know columns, tables or documents."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import quantiles

from ragbox.text import HAN

from .blocks import high, raised_after
from .pdf_words import Word

GAP = 1.0
"""Em of white space that ends a line: justified words stand closer, table cells and columns further apart."""

CURRENCY = frozenset({"$", "€", "£", "¥", "￥", "US$", "HK$", "RMB", "R$", "C$", "A$"})
_NUMBER = re.compile(
    r"[-–—+(（~<>≤≥]*[$€£¥￥]?\s?[-–—(（]*\d[\d,.\s，]*(?:[%‰x*†‡)）⁰¹²³⁴-⁹⁾]|bps|pp|pts|億|亿|万|元)*|[-–—]+|N/?[AM]|nm"
)
MARK = re.compile(
    r"[•●○▪■◦‣·*–—-]|[(（\[]?(?:\d{1,3}(?:\.\d{1,3})*|[a-zA-Z]|[ivxIVX]{1,5}|[一二三四五六七八九十]{1,3})[.)）\]、．]?"
    r"|第[一二三四五六七八九十百零〇\d]{1,5}[条條款]"
)
"""The mark of a list item or footnote on its own."""

_YEAR = re.compile(r"(?:19|20)\d\d(?:年)?(?:\*|\s?[⁰¹²³⁴-⁹]{1,2}⁾?)?")
_SCRIPT = re.compile(r"\d{1,2}[)）]?")
_LEADER = re.compile(r"\s*(?:\.{4,}|(?:\. ){4,}\.?|…{2,}|·{4,}|_{8,})\s*")
_WIDE = re.compile(f"[{HAN}\u3000-\u303f\uff00-\uffef]")  # a character that is set without spaces around it
_HAN = re.compile(f"[{HAN}]")
_FIRST_WIDE = "\u3000"


@dataclass(slots=True)
class Line:
    """Words that stand side by side on one baseline, closer than GAP."""

    text: str
    left: float
    top: float
    right: float
    bottom: float
    base: float
    size: float
    bold: bool

    @property
    def width(self) -> float:
        """Return the width in points."""
        return self.right - self.left


def numeric(text: str) -> bool:
    """Return whether a table cell holds a figure, a dash for none included."""
    return bool(_NUMBER.fullmatch(text.strip()))


def year(text: str) -> bool:
    """Return whether a table cell holds a year, which heads a column more often than it fills one."""
    return bool(_YEAR.fullmatch(text.strip()))


def weight(text: str) -> int:
    """Return the text's length in Latin characters: an ideograph says about as much as two."""
    return len(text) + len(_WIDE.findall(text))


def glue(left: str, right: str) -> str:
    """Return what belongs between two pieces of text that follow each other: a space, or nothing in Chinese."""
    if not left or not right:
        return ""
    if left[-1] < _FIRST_WIDE or right[0] < _FIRST_WIDE:
        return " "
    return "" if _WIDE.match(left[-1]) and _WIDE.match(right[0]) else " "


def lines(words: Sequence[Word]) -> list[Line]:
    """Return the lines of a sheet, in the order of their baselines."""
    runs: list[list[Word]] = []
    for word in words:  # first in the order of the content, which keeps columns apart
        if runs and _joins(runs[-1][-1], word):
            runs[-1].append(word)
        else:
            runs.append([word])
    runs.sort(key=lambda run: (run[0].base, run[0].left))
    merged: list[list[Word]] = []
    for row in _level(runs):  # then by place, for content that was written in another order
        row.sort(key=lambda run: run[0].left)
        for run in row:
            if merged and _joins(merged[-1][-1], run[0]):
                merged[-1].extend(run)
            else:
                merged.append(run)
    return [line for run in merged if (line := _line(run)).text]


def rows(found: Iterable[Line]) -> list[list[Line]]:
    """Return lines grouped by baseline, top to bottom, each row from left to right."""
    grouped: list[list[Line]] = []
    for line in sorted(found, key=lambda item: item.base):
        # 0.4 em: heads of one row stand up to 2.7 points apart in filings; superscripts are joined by now.
        if grouped and line.base - grouped[-1][0].base <= 0.4 * max(line.size, grouped[-1][0].size):
            grouped[-1].append(line)
        else:
            grouped.append([line])
    for row in grouped:
        row.sort(key=lambda item: item.left)
    return grouped


def join(row: Sequence[Line]) -> Line:
    """Return one line made of the lines of a row."""
    if len(row) == 1:
        return row[0]
    text = row[0].text
    for line in row[1:]:
        text += glue(text, line.text) + line.text
    main = max(row, key=lambda line: len(line.text))
    return Line(
        text,
        min(line.left for line in row),
        min(line.top for line in row),
        max(line.right for line in row),
        max(line.bottom for line in row),
        main.base,
        main.size,
        all(line.bold for line in row),
    )


def _joins(left: Word, right: Word) -> bool:
    """Return whether a word continues the line that ends with another."""
    size = max(left.size, right.size)
    gap = right.left - left.right
    if not -0.6 * size < gap < GAP * size:
        return False
    if abs(left.base - right.base) > (0.2 if left.size == right.size else 0.5) * size:  # 0.5: super- and subscripts
        return False
    if gap > 0.45 * size and (numeric(left.text) or left.text in ("%", ")%")):
        return not (numeric(right.text) or right.text in CURRENCY)  # two cells of a narrow table
    return True


def _level(runs: Iterable[list[Word]]) -> list[list[list[Word]]]:
    """Group runs of words whose baselines are about the same."""
    grouped: list[list[list[Word]]] = []
    for run in runs:
        if grouped and run[0].base - grouped[-1][-1][0].base <= 0.2 * run[0].size:
            grouped[-1].append(run)
        else:
            grouped.append([run])
    return grouped


def _following(before: Word, word: Word) -> str:
    """Return a word as it follows another: after a space or not, a small number above the line as a superscript."""
    gap = word.left - before.right
    if gap < 0.25 * before.size and _script(word, before):
        raised = before.base - word.base > 0.1 * before.size
        return raised_after(before.text, word.text) if raised else word.text
    if gap < 0.1 * word.size and _script(before, word):
        return word.text
    return (glue(before.text, word.text) if gap < 0.5 * word.size else " ") + word.text


def _script(small: Word, large: Word) -> bool:
    return small.size < 0.8 * large.size and bool(_SCRIPT.fullmatch(small.text))


def _line(run: Sequence[Word]) -> Line:
    text = run[0].text
    if len(run) > 1 and _script(run[0], run[1]) and run[0].base < run[1].base:
        text = high(text)  # what follows is a note, which begins with its mark
    for before, word in pairwise(run):
        text += _following(before, word)
    if "..." in text or ". . ." in text or "……" in text or "····" in text or "____" in text:
        text = _LEADER.sub(" … ", text).strip(" …")
    main = max(run, key=lambda word: len(word.text))
    sizes = {word.size for word in run}
    if len(sizes) > 1:
        counts = dict.fromkeys(sizes, 0)
        for word in run:
            counts[word.size] += len(word.text)
        size = max(counts, key=lambda s: counts[s])
        main = next(word for word in run if word.size == size)
    bold = sum(len(word.text) for word in run if word.bold)
    return Line(
        text,
        min(word.left for word in run),
        min(word.top for word in run),
        max(word.right for word in run),
        max(word.bottom for word in run),
        main.base,
        main.size,
        10 * bold >= 9 * sum(len(word.text) for word in run),
    )


def pitch_of(lines: Sequence[Line]) -> float:
    """Return the usual distance of baselines in em: the lower quartile, so that gaps of paragraphs do not count."""
    steps = [(b.base - a.base) / b.size for a, b in pairwise(lines) if b.size and b.base > a.base]
    steps = [step for step in steps if 0.8 <= step <= 2.6]
    return quantiles(steps, n=4)[0] if len(steps) > 3 else min([*steps, 1.4])


def edge_of(lines: Sequence[Line], right: float) -> float:
    """Return where the lines of a column usually end; the longest tenth may hang over."""
    ends = sorted(line.right for line in lines)
    return ends[int(0.9 * (len(ends) - 1))] if len(ends) > 3 else right


def first_word(line: Line) -> float:
    """Return about how wide the line's first word is; an ideograph is a word of its own."""
    if _HAN.match(line.text):
        return line.size
    return line.width * (len(line.text.split(" ", 1)[0]) + 1) / len(line.text)
