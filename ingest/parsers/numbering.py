"""The labels Word counts but does not store: "3.2", "(a)", "第四条". Knows a document's numbering part, no text.

Own code because unstructured's renders no Chinese numbers, and a contract is cited by them.
"""

from __future__ import annotations

import re
from typing import Any

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_LEVELS = 9
_ROMAN = (
    (1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10, "x"),
    (9, "ix"), (5, "v"), (4, "iv"), (1, "i"),
)  # fmt: skip
_DIGITS = "〇一二三四五六七八九"
_CHINESE = frozenset({
    "chineseCounting", "chineseCountingThousand", "taiwaneseCounting", "taiwaneseCountingThousand", "ideographDigital",
    "japaneseCounting", "japaneseDigitalTenThousand", "ideographTraditional", "chineseLegalSimplified",
})  # fmt: skip


def value(node: Any, path: str) -> str | None:
    """Return the `w:val` of the first node at a path like "pPr/numPr/ilvl" below a node."""
    found = node.find("/".join(W + step for step in path.split("/")))
    return None if found is None else found.get(W + "val")


class Numbering:
    """The running counters of one document; ask once for each paragraph, in document order."""

    def __init__(self, root: Any | None) -> None:
        """Take the root of the numbering part, None where there is none."""
        self._abstract: dict[str, Any] = {}
        self._nums: dict[str, Any] = {}
        self._counts: dict[str, list[int | None]] = {}
        self._restarted: set[tuple[str, int]] = set()
        if root is not None:
            self._abstract = {a.get(W + "abstractNumId"): a for a in root.findall(W + "abstractNum")}
            self._nums = {n.get(W + "numId"): n for n in root.findall(W + "num")}

    def label(self, number: str | None, depth: str | None) -> str | None:
        """Count a paragraph and return its label: "" for a bullet, None where it is not numbered at all."""
        num = self._nums.get(number or "")
        level = int(depth) if depth and depth.isdigit() else 0
        if num is None or level >= _LEVELS or number == "0":
            return None
        base = value(num, "abstractNumId") or ""
        if base not in self._abstract or (here := self._level(num, base, level)) is None:
            return None
        counts = self._counts.setdefault(base, [None] * _LEVELS)
        restart = self._override(num, level, "startOverride")
        if restart is not None and (number or "", level) not in self._restarted:
            self._restarted.add((number or "", level))
            counts[level] = int(restart)
        else:
            before = counts[level]
            counts[level] = _int(value(here, "start"), 1) if before is None else before + 1
        counts[level + 1 :] = [None] * (_LEVELS - level - 1)
        if value(here, "numFmt") in ("bullet", "none", None):
            return ""
        return re.sub(
            r"%([1-9])", lambda m: self._number(num, base, int(m[1]) - 1, counts, here), value(here, "lvlText") or ""
        ).strip()

    def _number(self, num: Any, base: str, level: int, counts: list[int | None], shown: Any) -> str:
        node = self._level(num, base, level)
        if node is None:
            return ""
        count = counts[level]
        style = value(node, "numFmt") or "decimal"
        # "Legal" numbering shows every part in digits.
        if shown.find(W + "isLgl") is not None:
            style = "decimal"
        return _format(_int(value(node, "start"), 1) if count is None else count, style)

    def _level(self, num: Any, base: str, level: int) -> Any | None:
        for parent, path in ((num, "lvlOverride"), (self._abstract[base], "lvl")):
            for node in parent.findall(W + path):
                if node.get(W + "ilvl") == str(level):
                    inner = node.find(W + "lvl") if path == "lvlOverride" else node
                    if inner is not None:
                        return inner
        return None

    def _override(self, num: Any, level: int, path: str) -> str | None:
        for node in num.findall(W + "lvlOverride"):
            if node.get(W + "ilvl") == str(level):
                found = value(node, path)
                return found if found and found.isdigit() else None
        return None


def _format(count: int, style: str) -> str:
    if style in _CHINESE:
        return _chinese(count)
    if style in ("lowerRoman", "upperRoman") and 0 < count < 4000:
        roman = ""
        for worth, sign in _ROMAN:
            roman += sign * (count // worth)
            count %= worth
        return roman if style == "lowerRoman" else roman.upper()
    if style in ("lowerLetter", "upperLetter") and 0 < count < 1000:
        letter = chr(ord("a") + (count - 1) % 26) * ((count - 1) // 26 + 1)
        return letter if style == "lowerLetter" else letter.upper()
    if style.startswith("decimalEnclosed") and 1 <= count <= 20:
        return chr((0x2474 if style.endswith("Paren") else 0x2460) + count - 1)
    return f"{count:02d}" if style == "decimalZero" else str(count)


def _chinese(count: int) -> str:
    """Return a number below 1,000 as it is counted in Chinese: 十二, 一百零五."""
    if not 0 < count < 1000:
        return str(count)
    hundreds, tens, ones = count // 100, count // 10 % 10, count % 10
    text = f"{_DIGITS[hundreds]}百" if hundreds else ""
    if tens:
        text += "十" if tens == 1 and not hundreds else f"{_DIGITS[tens]}十"
    elif hundreds and ones:
        text += "零"
    return text + (_DIGITS[ones] if ones else "")


def _int(text: str | None, default: int) -> int:
    return int(text) if text and text.isdigit() else default


def root_of(relation: Any) -> Any | None:
    """Return the root of a part's XML, None where the part is missing or broken."""
    from docx.oxml import parse_xml
    from lxml import etree

    if relation is None:
        return None
    part = relation.target_part
    try:
        return part.element if hasattr(part, "element") else parse_xml(part.blob)
    except etree.XMLSyntaxError:
        return None
