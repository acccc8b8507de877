"""What is shown in place of personal data: four styles, the strictest of several. Knows not who may see which."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from enum import StrEnum

from .findings import UNJUDGED

FAILED = f"[{UNJUDGED}]"
"""Shown for what could not be judged, under every style but off."""


class Style(StrEnum):
    """How personal data is shown, the strictest first."""

    REDACT = "redact"
    PSEUDONYM = "pseudonym"
    MASK = "mask"
    OFF = "off"


Replace = Callable[[str, str], str]
"""Return what is shown of a value, given its entity."""

LEFT = 4
"""Letters and digits that a mask leaves at the end: what a bank or a hotline asks for."""
SHORT = 8
"""Values with fewer letters and digits are masked whole: four of six would be most of it."""
WHOLE = frozenset({"PERSON", "SECRET", "PRIVATE_KEY", "URL", "WORD"})
"""Masked whole whatever their length: the end of a name is half of it, and no part of a key is of use to anybody."""
_GAP = r"[\s.\-@/_:()+]{0,2}"
MASKED = re.compile(rf"(?<![A-Za-z0-9*])(?:\*{_GAP}){{{SHORT - LEFT},}}(?:[^\W_]{_GAP}){{{LEFT - 1}}}[^\W_]")
"""Finds a mask with what it leaves: "*** **** 5678". Bold words have two stars, and a letter before the next two."""
STARS = 32
"""Longest mask of what is masked whole."""

WORDS = {
    "EMAIL": ("E-mail", "邮箱"), "PHONE": ("Phone", "电话"), "ID": ("ID", "身份证"), "PASSPORT": ("Passport", "护照"),
    "PERMIT": ("Permit", "通行证"), "CARD": ("Card", "银行卡"), "IBAN": ("Account", "账户"), "SSN": ("SSN", "社保号"),
    "COMPANY_CODE": ("Company", "公司代码"), "PLATE": ("Plate", "车牌"), "WECHAT": ("WeChat", "微信"),
    "QQ": ("QQ", "QQ号"), "IP": ("IP address", "IP地址"), "MAC": ("MAC address", "MAC地址"), "URL": ("Link", "链接"),
    "SECRET": ("Secret", "密钥"), "PRIVATE_KEY": ("Private key", "私钥"), "BIRTH_DATE": ("Birth date", "出生日期"),
    "ADDRESS": ("Address", "地址"), "PERSON": ("Person", "人员"),
}  # fmt: skip
"""What a pseudonym is made of, in English and Chinese; an entity of a custom pattern is its own word."""
_SPOKEN = "|".join(re.escape(word) for pair in WORDS.values() for word in pair)
STANDS_IN = re.compile(rf"\[[A-Z][A-Z0-9_]*\]|\*+|(?:{_SPOKEN}|[A-Z][A-Z0-9_]{{2,}}) ?[A-Z]{{1,2}}(?![A-Za-z])")
"""Finds what was put in place of a value: a bracket, the stars of a mask, a pseudonym."""


def strictest(styles: Iterable[Style]) -> Style:
    """Return the strictest of some styles; of none, the strictest there is."""
    return min(styles, key=list(Style).index, default=Style.REDACT)


def replacer(style: Style, language: str = "en") -> Replace:
    """Return what replaces values under a style; pseudonyms are in English or, with "zh", in Chinese.

    One of these gives the same value the same pseudonym each time, so it is made anew for each answer.
    """
    match style:
        case Style.REDACT:
            return lambda entity, _: f"[{entity}]"
        case Style.MASK:
            return _mask
        case Style.PSEUDONYM:
            return _Pseudonyms(language)
        case Style.OFF:
            return lambda _, value: value


def _mask(entity: str, value: str) -> str:
    if entity == UNJUDGED:
        return FAILED
    signs = sum(c.isalnum() for c in value)
    if entity in WHOLE:
        return "*" * min(signs, STARS)
    hidden = signs - LEFT if signs >= SHORT else signs
    shown = ""
    for sign in value:
        if sign.isalnum():
            shown += "*" if hidden > 0 else sign
            hidden -= 1
        else:
            shown += sign
    return shown


class _Pseudonyms:
    """Gives each value of an entity a letter, in the order in which they come."""

    def __init__(self, language: str) -> None:
        self._chinese = language == "zh"
        self._known: dict[str, dict[str, str]] = {}

    def __call__(self, entity: str, value: str) -> str:
        if entity == UNJUDGED:
            return FAILED
        known = self._known.setdefault(entity, {})
        # The same value in another writing: width, case, spaces, dashes and zero-width signs make no difference.
        key = "".join(c for c in unicodedata.normalize("NFKC", value).casefold() if c.isalnum())
        letters = known.setdefault(key, _letters(len(known)))
        english, chinese = WORDS.get(entity, (entity, entity))
        return f"{chinese}{letters}" if self._chinese else f"{english} {letters}"


def _letters(number: int) -> str:
    """Return A to Z, then AA, AB ... for 0, 1, 2 ..."""
    letters = ""
    number += 1
    while number:
        number, place = divmod(number - 1, 26)
        letters = chr(ord("A") + place) + letters
    return letters
