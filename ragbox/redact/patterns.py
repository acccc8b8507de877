"""What personal data looks like: one table of finders with the check each match has to pass. Knows no stream.

They see the text folded: full-width signs, no-break spaces and typographic hyphens are ASCII to them, sign by sign.
Look-arounds are for digits, not word borders: `\\b` does not see the border between a digit and a Chinese sign.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

LONGEST = 256
"""Characters after which an unbroken run is cut: an address has at most 254, all else here is shorter."""
SIGNS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789@._%+-()")
"""What a match may be made of, but for single spaces between digits."""
_FOLDED = (
    {ord(sign) + 0xFEE0: sign for sign in SIGNS}  # the full-width forms
    | dict.fromkeys(map(ord, "\u00a0\u2002\u2003\u2007\u2009\u202f\u3000"), " ")
    | dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2212"), "-")
)

ISSUERS = "3456"
"""First digits of the cards of American Express, JCB, Visa, Mastercard, UnionPay and Discover."""
Spans = Iterator[tuple[int, int]]


@dataclass(frozen=True, kw_only=True)
class Pattern:
    """One kind of personal data: what to write instead, and where in a text it stands."""

    name: str
    find: Callable[[str], Spans]

    def redact(self, text: str) -> str:
        """Return the text with `[NAME]` for each match, found in the text as `fold` writes it."""
        shown, end = "", 0
        for start, stop in self.find(fold(text)):
            shown += f"{text[end:start]}[{self.name}]"
            end = stop
        return shown + text[end:]


def fold(text: str) -> str:
    """Return the text, sign by sign, with full-width signs, odd spaces and odd hyphens as ASCII."""
    return text if text.isascii() else text.translate(_FOLDED)


def matches(regex: str, valid: Callable[[str], bool] = lambda _: True) -> Callable[[str], Spans]:
    """Return a finder of a regular expression's matches that are valid."""
    compiled = re.compile(regex)
    return lambda text: (m.span() for m in compiled.finditer(text) if valid(m.group()))


def digits(text: str) -> str:
    """Return only the digits of a text."""
    return "".join(c for c in text if c.isdecimal())


def luhn(number: str) -> bool:
    """Tell whether the last digit is the check digit of ISO/IEC 7812."""
    total = 0
    for place, digit in enumerate(map(int, reversed(number))):
        doubled = digit * 2 if place % 2 else digit
        total += doubled - 9 if doubled > 9 else doubled
    return total % 10 == 0


def bank_card(text: str) -> bool:
    """Tell whether the digits have an issuer's prefix, a card's length and the right check digit."""
    number = digits(text)
    return 13 <= len(number) <= 19 and number[0] in ISSUERS and len(set(number)) > 1 and luhn(number)


def phone(text: str) -> bool:
    """Tell whether there are as many digits as in a number with its area: "+1 250 000" is an amount."""
    return len(digits(text)) >= 9


def resident_id(text: str) -> bool:
    """Tell whether a Chinese resident ID (GB 11643) has a possible birth date and the right check sign."""
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    try:
        born = date(int(text[6:10]), int(text[10:12]), int(text[12:14]))
    except ValueError:
        return False
    check = "10X98765432"[sum(w * int(c) for w, c in zip(weights, text, strict=False)) % 11]
    return 1900 <= born.year <= 2100 and text[0] in "12345678" and text[17].upper() == check


def bank_cards(text: str) -> Spans:
    """Find card numbers between other digits: any stretch of whole digit groups that is one, the longest first."""
    for chain in _CHAIN.finditer(text):
        groups = [(chain.start() + m.start(), chain.start() + m.end()) for m in _GROUP.finditer(chain.group())]
        first = 0
        while first < len(groups):
            start = groups[first][0]
            most = min(len(groups), first + 19) if text[start] in ISSUERS else first  # a card has at most 19 digits
            for last in range(most - 1, first - 1, -1):
                if bank_card(text[start : groups[last][1]]):
                    yield start, groups[last][1]
                    first = last
                    break
            first += 1


_CHAIN = re.compile(r"(?<![\d.])\d+(?:[ \-]\d+)*")
_GROUP = re.compile(r"\d+")

# In this order: an ID is 18 digits and must not be taken for a card, nor a card's tail for a phone number.
PATTERNS = (
    Pattern(name="EMAIL", find=matches(r"[A-Za-z0-9._%+\-]{1,64}@(?:[A-Za-z0-9\-]{1,63}\.){1,8}[A-Za-z]{2,24}")),
    Pattern(name="ID", find=matches(r"(?<!\d)\d{17}[\dXx](?!\d)", resident_id)),
    Pattern(name="CARD", find=bank_cards),
    Pattern(
        name="PHONE",
        find=matches(
            r"(?<!\d)(?<!\d\.)(?:\+?86[ \-]?)?1[3-9]\d[ \-]?\d{4}[ \-]?\d{4}(?!\d)"  # Chinese mobile
            # Landline and British mobile: no area begins with 0, no number in one either.
            r"|(?<![\d\-])(?<!\d\.)(?:\(0\)[ \-]?|\(?0)(?:[1-9]\d{1,2}\)?[ \-]?[1-9]\d{2,3}[ \-]?\d{4}"
            r"|[1-9]\d{3}\)?[ \-]?\d{3}[ \-]?\d{3,4})(?:-\d{1,5})?(?!\d)"
            r"|(?<!\d)\+\d{1,3}[ \-.]?(?:\(\d{1,4}\)[ \-.]?)?\d{1,4}(?:[ \-.]?\d{2,4}){1,4}(?!\d)"  # international
            r"|(?<![\d\-])(?<!\d\.)(?:\(\d{3}\) ?|\d{3}[\-. ])\d{3}[\-. ]\d{4}(?![\d\-])",  # North American
            phone,
        ),
    ),
)
