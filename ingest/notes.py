"""The notes under a table: how one begins, and which rows bear its mark. Knows no chunk and no file format."""

from __future__ import annotations

import re

_BEGINS = re.compile(
    r"\s*(?:\((?P<bracket>\d{1,2}|[a-z])\)|(?P<number>\d{1,2})|(?P<sign>[*†‡§]{1,3}|[¹²³⁴-⁹])|"
    r"(?P<all>(?:Notes?|注|註|备注|備註|说明|說明)\s*[:：]))\s*(?=[^\W\d_]|[“\"(（])"
)
_AFTER = r"(?<=[^\s|$€£¥￥])[^\S\n]*"  # in a cell, after its words; in time linear in the table's length
_DIGITS = str.maketrans("¹²³⁴⁵⁶⁷⁸⁹", "123456789")


def mark(text: str) -> re.Pattern[str] | None:
    """Return what finds a note's mark in a table's row; None where the text begins like no note.

    A number's brackets may also make it negative, so a mark never fills a cell alone, nor with a currency's sign. One
    without brackets is printed small and high, which is read as part of the word before it: "securities1". "Note:" is
    of the whole table.
    """
    if not (found := _BEGINS.match(text)):
        return None
    if found["all"]:
        return re.compile("")
    if found["bracket"]:
        return re.compile(_AFTER + rf"\({found['bracket']}\)")
    if found["number"]:
        digit = re.escape(found["number"])
        return re.compile(rf"(?<=[^\W\d_]){digit}(?!\w)|(?<=[^\W\d_][)’”]){digit}(?!\w)|{_AFTER}\({digit}\)")
    sign = re.escape(found["sign"])
    plain = found["sign"].translate(_DIGITS)
    also = rf"|(?<=[^\W\d_]){plain}(?!\w)" if plain.isdecimal() else ""
    one = re.escape(found["sign"][-1])
    return re.compile(rf"(?<!{one}){sign}(?!{one}){also}")
