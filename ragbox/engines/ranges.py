"""Tells whether a row of tiers ("5 to 10 years", "满10年不满20年") covers a quantity that a question names."""

from __future__ import annotations

import math
import re

_ENGLISH = {w: n for n, w in enumerate("zero one two three four five six seven eight nine ten eleven twelve".split())}
_CHINESE = {s: n for n, s in enumerate("零一二三四五六七八九十")} | {"两": 2}
_N = r"(\d+(?:\.\d+)?)"
_UNIT = (
    "(year|month|week|day|hour|kilometre|mile|kg|mm|person|people|piece|"
    "年|个?月|周|天|日|小时|公里|人|件|台|万元|元|米)s?"
)
_SAME = {"日": "天", "月": "个月", "people": "person"}
_QUANTITY = re.compile(rf"(\d+(?:\.\d+)?|{'|'.join(_ENGLISH)}|[零一二三四五六七八九十两]+)\s*{_UNIT}", re.IGNORECASE)
_BETWEEN = re.compile(
    rf"{_N}\s*(?:{_UNIT.replace('(', '(?:')})?\s*(?:to|and|[-–—~～至到]|(?:以上)?[，、]?不[满足])\s*{_N}\s*{_UNIT}",
    re.IGNORECASE,
)
_LEAST = (
    re.compile(rf"(?:more than|over|above|from|at least|超过|满|不少于)\s*{_N}\s*{_UNIT}", re.IGNORECASE),
    re.compile(rf"{_N}\s*{_UNIT}\s*(?:以上|or more|and over)", re.IGNORECASE),
)
_MOST = (
    re.compile(rf"(?:less than|under|below|up to|within|不满|不足|不超过)\s*{_N}\s*{_UNIT}", re.IGNORECASE),
    re.compile(rf"{_N}\s*{_UNIT}\s*(?:以下|以内|or less)", re.IGNORECASE),
)


def in_range(question: str, text: str) -> float:
    """Return 1 where a range of the text covers a quantity that the question names, -1 where none does.

    0 means that there is nothing to compare: the question names no quantity, or the text no range of its unit.
    """
    asked = [(_number(m[1]), _unit(m[2])) for m in _QUANTITY.finditer(question)]
    if not asked:
        return 0.0
    ranges = _ranges(text)
    verdicts = [low <= n <= high for n, unit in asked for low, high, of in ranges if of == unit]
    return 0.0 if not verdicts else 1.0 if any(verdicts) else -1.0


def _ranges(text: str) -> list[tuple[float, float, str]]:
    """Return the ranges as (least, most, unit)."""
    found = [(float(m[1]), float(m[2]), _unit(m[3])) for m in _BETWEEN.finditer(text)]
    rest = _BETWEEN.sub(" ", text)
    found += [(float(m[1]), math.inf, _unit(m[2])) for pattern in _LEAST for m in pattern.finditer(rest)]
    found += [(0.0, float(m[1]), _unit(m[2])) for pattern in _MOST for m in pattern.finditer(rest)]
    return found


def _number(written: str) -> float:
    if written[0].isdigit():
        return float(written)
    if written.isascii():
        return float(_ENGLISH[written.casefold()])
    tens, ten, ones = written.rpartition("十")
    if ten:
        return float(10 * (_CHINESE[tens[-1]] if tens else 1) + (_CHINESE[ones[0]] if ones else 0))
    return float(_CHINESE[written[-1]])


def _unit(written: str) -> str:
    unit = written.casefold()
    return _SAME.get(unit, unit)
