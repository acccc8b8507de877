"""Writes a text as the recognizers read it, and knows for each sign where it stood. Knows no entity.

Full-width and mathematical letters and digits are ASCII, digits of any script are 0 to 9, zero-width characters are
gone, odd spaces and line breaks are spaces, typographic hyphens and quotes are plain.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field

ZERO_WIDTH = "\u00ad\u034f\u061c\u115f\u180b-\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff"
"""Characters that nobody sees (format characters, soft hyphen, variation selectors), for a class of a regex."""
SPACES = " \u00a0\u2000-\u200a\u202f\u205f\u3000"
"""Spaces within a line, for a class of a regex; no tab, which parts cells."""

_PLAIN = (
    dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u00af\ufe58\ufe63"), "-")
    | dict.fromkeys(map(ord, "\u2018\u2019\u02bc\u2032"), "'")
    | dict.fromkeys(map(ord, "\u201c\u201d"), '"')
    | dict.fromkeys(map(ord, "\u2022\u2027\u2219\u30fb\u22c5"), "·")
    | dict.fromkeys(map(ord, "\r\n\u2028\u2029"), " ")
)
_GONE = {
    *map(ord, "\u00ad\u034f\u061c\u115f\ufeff"), *range(0x180B, 0x180F), *range(0x200B, 0x2010),
    *range(0x202A, 0x202F), *range(0x2060, 0x2070), *range(0xFE00, 0xFE10),
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Folded:
    """A text folded. `places[n]` is where sign n stood; None where each stands where it stood."""

    text: str = field(repr=False)
    places: Sequence[int] | None = field(default=None, repr=False)

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return where folded signs start to end stood; what is invisible between them is theirs."""
        if self.places is None or start >= end:
            return start, end
        return self.places[start], self.places[end - 1] + 1


def fold(text: str) -> Folded:
    """Return the text as the recognizers read it."""
    if text.isascii():
        return Folded(text=text.replace("\n", " ").replace("\r", " "))
    signs = text.translate(_SIGNS)
    if len(signs) == len(text):
        return Folded(text=signs)
    return Folded(text=signs, places=[n for n, c in enumerate(text) if _SIGNS[ord(c)]])


class _Signs(dict[int, str]):
    """What stands for each sign, by its code: found out when it is first met."""

    def __missing__(self, code: int) -> str:
        sign = _sign(chr(code))
        if len(self) < _MET:
            self[code] = sign
        return sign


_SIGNS, _MET = _Signs(), 8192


def _sign(c: str) -> str:
    """Return one sign for a sign, or none where nobody sees it."""
    code = ord(c)
    if code in _GONE:
        return ""
    if code in _PLAIN:
        return _PLAIN[code]
    category = unicodedata.category(c)
    if category == "Nd":
        return str(unicodedata.decimal(c))
    if category == "Zs":
        return " "
    plain = unicodedata.normalize("NFKC", c) if category[0] in "LPS" else c
    return plain if len(plain) == 1 else c
