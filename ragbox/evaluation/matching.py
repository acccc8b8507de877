"""Tells whether a text has an answer, and how much two texts share. Knows no question file and no box."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence

from ..text import language

_THOUSANDS = re.compile(r"(?<=\d)[,\u00a0\u2009\u202f](?=\d{3}(?!\d))")  # 2,085 is 2085
_NARROW = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_LATIN, _HAN_NUMERAL = "[a-z\u00df-\u024f]", "[\\d零〇一二两三四五六七八九十百千万亿]"
_BORDERS = {
    # What an answer begins or ends with: what must not stand before it, and after it. Chinese has no word borders,
    # but 五天 is not in 十五天; 5 is not in 5.2, but in 5.00; 500 is not in 500万, but in 500千米.
    r"\d": (r"(?<!\d)(?<!\d\.)", r"(?!\d|\.(?!0+(?!\d))\d|\s*[百千万亿](?![米克瓦帕]))"),
    _HAN_NUMERAL: (rf"(?<!{_HAN_NUMERAL})(?<!{_HAN_NUMERAL}点)", rf"(?!点?{_HAN_NUMERAL})"),
    _LATIN: (rf"(?<!{_LATIN})", rf"(?!{_LATIN})"),
}
_WHOLE = r"(?:(?<!\d)(?<!\d\.)|(?!\d))", r"(?:(?!\d|\.\d)|(?<!\d))"
SPREAD = 200
"""Characters that may lie between the cells of a quoted row: those of columns that are not quoted, and white space."""
_MARK = re.compile(r"\s*\[\d+\]")
_ARTICLE = re.compile(r"\b(?:a|an|the)\b")


def same_file(one: str, other: str) -> bool:
    """Tell whether two names are of one file; a question file may name files from further down or up the tree."""
    return one == other or one.endswith("/" + other) or other.endswith("/" + one)


def holds(text: str, answers: Sequence[str]) -> bool:
    """Tell whether a text has one of the answers, not as a part of a longer word or number.

    White space, case, thousands separators, full-width forms and the zeros of "850.00" make no difference.
    """
    plain = _plain(text)
    return any(_pattern(_plain(answer)).search(plain) for answer in answers)


def stands_in(quote: str, text: str) -> bool:
    """Tell whether a quote stands in a text word for word; white space, case and full-width forms do not count.

    A table row is quoted with its header, which stands elsewhere: each line does for itself, its cells in order and
    near each other, and no number as a part of a longer one.
    """
    plain = _plain(text)
    lines = [[cell for cell in line.split("|") if cell.strip()] for line in re.split(r"[\n…]", _plain(quote))]
    return any(lines) and all(_in_order(line, plain) for line in lines if line)


def exact(text: str, spans: Sequence[str]) -> bool:
    """Tell whether a text is one of the spans but for case, punctuation, articles and white space (SQuAD, 2016)."""
    said = units(text)
    return any(said == units(span) for span in spans)


def f1(text: str, spans: Sequence[str]) -> float:
    """Return the token F1 of a text with the span that is nearest to it, 0 to 1 (SQuAD, Rajpurkar et al. 2016)."""
    return max((_f1(units(text), units(span)) for span in spans), default=0.0)


def units(text: str) -> list[str]:
    """Return what is compared: an English text's words without articles, a Chinese one's signs; no punctuation."""
    plain = _plain(_MARK.sub("", text))
    plain = "".join(" " if unicodedata.category(c)[0] in "PSZC" else c for c in plain)
    if language(text) == "zh":
        return [c for c in plain if not c.isspace()]
    return _ARTICLE.sub(" ", plain).split()


def _in_order(cells: Sequence[str], plain: str) -> bool:
    first, *rest = [_spread(cell, *_WHOLE) for cell in cells]
    reach = 2 * sum(map(len, cells)) + SPREAD
    for begin in first.finditer(plain):
        last: re.Match[str] | None = begin
        for cell in rest:
            last = last and cell.search(plain, last.end(), begin.start() + reach)
        if last:
            return True
    return False


def _f1(said: Sequence[str], gold: Sequence[str]) -> float:
    if not said or not gold:
        return float(said == gold)
    shared = sum((Counter(said) & Counter(gold)).values())
    return 2 * shared / (len(said) + len(gold))


def _plain(text: str) -> str:
    return _THOUSANDS.sub("", text.translate(_NARROW)).casefold()


def _pattern(answer: str) -> re.Pattern[str]:
    signs = "".join(answer.split())
    before = next((rule for kind, (rule, _) in _BORDERS.items() if re.match(kind, signs[:1])), "")
    after = next((rule for kind, (_, rule) in _BORDERS.items() if re.match(kind, signs[-1:])), "")
    return _spread(signs, before, after)


def _spread(text: str, before: str, after: str) -> re.Pattern[str]:
    """Return what finds a text between two borders, whatever white space is in it."""
    return re.compile(before + r"\s*".join(map(re.escape, "".join(text.split()))) + after)
