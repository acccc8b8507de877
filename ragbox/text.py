"""Plain-text helpers for English and Chinese: sentence borders, language. Knows no other module of ours."""

from __future__ import annotations

import re
from itertools import pairwise

HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
"""Character-class range of Chinese ideographs."""

# A full stop ends a sentence only before white space, and not after an abbreviation or an initial (see below).
# The look-behind and `++` keep a long run of dots linear: 200,000 of them took minutes without.
_ENDS = re.compile(
    r"[。！？；…]+[」』”’）】》\"'⁰¹²³⁴-⁹⁾]*|(?<![.!?])[.!?]++[\"'”’)\]⁰¹²³⁴-⁹⁾]*+(?=\s)|\n\s*\n|\n(?=\s*(?:[-*•·]|\(?\d{1,2}[.)]\s))"
)
_ABBREVIATION = re.compile(
    r"(?:\b(?:[A-Z]|Mr|Mrs|Ms|Dr|St|No|Nos|vs|Co|Inc|Ltd|Corp|Art|Sec|Fig|approx|e\.g|i\.e|cf|al|"
    r"Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)|^\s*\(?\w{1,2}|\n\s*\(?\d{1,2})\.\Z"
)
_NUMBER = re.compile(r"\b[Nn]o\.\s+[A-Z-]*\d")
_HAN = re.compile(f"[{HAN}]")
_LETTER = re.compile(r"[^\W\d_]")


def sentences(text: str) -> list[tuple[int, int]]:
    """Return the sentences of a text as (start, end) offsets, white space around them left out."""
    ends = (m.end() for m in _ENDS.finditer(text))
    borders = [0, *(end for end in ends if not abbreviated(text, end)), len(text)]
    found = []
    for start, end in pairwise(borders):
        piece = text[start:end]
        if stripped := piece.strip():
            offset = start + piece.index(stripped[0])
            found.append((offset, offset + len(stripped)))
    return found


def abbreviated(text: str, end: int) -> bool:
    """Tell whether the full stop before `end` is that of an abbreviation, an initial, "No. 5" or a list's number."""
    start = max(0, end - 12)
    return bool(_ABBREVIATION.search(text, start, end) or _NUMBER.match(text, max(0, end - len("no."))))


def language(text: str) -> str:
    """Return "zh" where at least a fifth of the letters are Chinese, "" where there are no letters, else "en".

    One ideograph says about as much as two or three Latin letters, so a fifth is the even point.
    """
    letters = len(_LETTER.findall(text))
    if not letters:
        return ""
    return "zh" if len(_HAN.findall(text)) >= letters / 5 else "en"
