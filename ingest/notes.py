"""Notes under a table or at a page's foot: how one begins, and what bears its mark. Knows no chunk and no format."""

from __future__ import annotations

import re

_HIGH = "⁰¹²³⁴⁵⁶⁷⁸⁹"
_BEGINS = re.compile(
    rf"\s*(?:\((?P<bracket>\d{{1,2}}|[a-z])\)|(?P<number>\d{{1,2}})[)）]?|(?P<high>[{_HIGH}]{{1,3}})⁾?|"
    r"(?P<sign>[*†‡§]{1,3})|(?P<all>(?:Notes?|注|註|备注|備註|说明|說明)\s*[:：]))\s*(?=[^\W\d_]|[“‘\"(（「『])"
)
_AFTER = r"(?<=[^\s|$€£¥￥])[^\S\n]*"  # in a cell, after its words; in time linear in the table's length
_RAISE, _LOWER = str.maketrans("0123456789", _HIGH), str.maketrans(_HIGH, "0123456789")


def mark(text: str, *, prose: bool = False) -> re.Pattern[str] | None:
    """Return what finds a note's mark in a table's row; None where the text begins like no note.

    A number's brackets may also make it negative, so a mark never fills a cell alone, nor with a currency's sign. One
    without brackets is printed small and high, which may be read as part of the word before it: "securities1". "Note:"
    is of the whole table. In `prose`, where "(1)" counts and "Q1" is a name, only a raised number or a sign is a mark.
    """
    if not (found := _BEGINS.match(text)):
        return None
    number = found["number"] or (found["high"] or "").translate(_LOWER)
    raised = rf"(?<![\d{_HIGH}]){number.translate(_RAISE)}(?![{_HIGH}])"
    sign = re.escape(found["sign"] or "")
    one = sign[-2:]
    if prose:
        if found["sign"]:
            return re.compile(rf"(?<=[^\s{one}]){sign}(?!{one})")
        return re.compile(raised) if number else None
    if found["all"]:
        return re.compile("")
    if found["bracket"]:
        return re.compile(_AFTER + rf"\({found['bracket']}\)")
    if number:
        glued = rf"(?<=[^\W\d_]){number}(?!\w)|(?<=[^\W\d_][)’”]){number}(?!\w)"
        return re.compile(rf"{glued}|{_AFTER}\({number}\)|{raised}")
    return re.compile(rf"(?<!{one}){sign}(?!{one})")
