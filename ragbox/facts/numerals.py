"""Numbers as people write them, in digits, English words and Chinese signs, to their values. Knows nothing of ours."""

from __future__ import annotations

import re
import unicodedata

from .signs import SIMPLE

_UNITS = {w: n for n, w in enumerate(
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen".split()
)}  # fmt: skip
_TENS = {w: 10 * n for n, w in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split(), start=2)}
SCALES = {
    "hundred": 1e2, "thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12, "mn": 1e6, "bn": 1e9,
    "十": 1e1, "百": 1e2, "千": 1e3, "万": 1e4, "亿": 1e8,
}  # fmt: skip
_ORDINALS = {w: n for n, w in enumerate(
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth "
    "sixteenth seventeenth eighteenth nineteenth twentieth".split(), start=1
)}  # fmt: skip
_SIGNS = {s: n for n, s in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_OTHER = str.maketrans("噸兩餘沒圓於麼裡裏−–—", "吨两余没元于么里里---")
_FORMAL = str.maketrans("壹贰貳叁參肆伍陆陸柒捌玖拾佰仟", "一二二三三四五六六七八九十百千")
_FORMAL_RUN = re.compile(r"[壹贰貳叁參肆伍陆陸柒捌玖拾佰仟零]{2,}")  # alone, most of them are other words
_WORD = "|".join([*_UNITS, *_TENS])
_SCALE = r"hundred|thousand|million|billion|trillion"
_AND = r"(?:(?<=hundred)|(?<=thousand)|(?<=million))\ and\ "
WORDS = rf"(?:{_WORD}|half\ an?|an?(?=[ -](?:{_SCALE}|dozen)))(?:(?:[ -]|{_AND})(?:{_WORD}|{_SCALE}|dozen))*"
"""Pattern of a number in English words."""
SIGNS = r"[零〇一二三四五六七八九两十百千万亿]+(?:点[零〇一二三四五六七八九]+[万亿]?)?"
"""Pattern of a number in Chinese signs."""
DIGITS = r"\d+(?:,\d{3})+(?!\d)(?:\.\d+)?|\d{1,3}(?:\.\d{3})+,\d+|\d+(?:\.\d+)*"
"""Pattern of a number in digits."""
FRACTIONS = {"half": 2, "third": 3, "quarter": 4, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8,
             "ninth": 9, "tenth": 10}  # fmt: skip
ORDINAL = rf"(?:(?:{'|'.join(_TENS)})-)?(?:{'|'.join(_ORDINALS)})|\d+(?:st|nd|rd|th)"
"""Pattern of an English ordinal."""


def plain(text: str) -> str:
    """Return a text in which one number has one writing: narrow digits, no spaces in them, simplified signs."""
    text = re.sub("(?<=\\d)[\u00a0\u202f\u2009'’](?=\\d{3}(?!\\d))", "", text)
    text = _FORMAL_RUN.sub(lambda m: m[0].translate(_FORMAL), unicodedata.normalize("NFKC", text))
    return text.translate(_OTHER).translate(SIMPLE)


def of_digits(written: str) -> frozenset[float]:
    """Return what "1,000.5", "1.000,5" or "1.000" may mean: the last is a thousand in one country, one in another."""
    if "," in written:
        last = max(written.rfind(","), written.rfind("."))
        if written[last] == "," and "." not in written:  # every comma stands before three digits
            return frozenset({float(written.replace(",", ""))})
        whole = re.sub(r"\D", "", written[:last])
        return frozenset({float(f"{whole}.{written[last + 1 :]}")})
    parts = written.split(".")
    if len(parts) > 2:  # 1.234.567, or a section number, which no sum can equal
        return frozenset({float("".join(parts))})
    thousand = len(parts) == 2 and len(parts[1]) == 3 and len(parts[0]) <= 3 and parts[0] != "0"
    return frozenset({float(written), *([float("".join(parts))] if thousand else [])})


def of_words(written: str) -> float:
    """Return the value of an English number of the pattern WORDS, in small letters."""
    total = part = 0.0
    for word in re.findall(r"[a-z]+", written):
        if word in _UNITS or word in _TENS:
            part += _UNITS.get(word, _TENS.get(word, 0))
        elif word == "half":
            part = 0.5
        elif word == "dozen":
            part = (part or 1) * 12
        elif word == "hundred":
            part = (part or 1) * 100
        elif word in SCALES:
            total, part = total + (part or 1) * SCALES[word], 0.0
    return total + part


def of_ordinal(written: str) -> float:
    """Return the value of an English ordinal of the pattern ORDINAL, in small letters."""
    if written[0].isdigit():
        return float(re.sub(r"\D", "", written))
    tens, _, last = written.rpartition("-")
    return float(_TENS.get(tens, 0) + _ORDINALS[last])


def of_signs(written: str) -> float:
    """Return the value of a Chinese number of the pattern SIGNS: 二〇二三, 一千二百, 三点五亿."""
    whole, point, rest = written.partition("点")
    if point:
        scale = SCALES.get(rest[-1], 1.0)
        decimals = "".join(str(_SIGNS[s]) for s in rest if s in _SIGNS)
        return float(f"{of_signs(whole):.0f}.{decimals}") * scale
    if len(whole) > 1 and all(s in _SIGNS for s in whole):
        return float("".join(str(_SIGNS[s]) for s in whole))
    total = part = digit = 0.0
    for sign in whole:
        if sign in _SIGNS:
            digit = float(_SIGNS[sign])
        elif sign == "亿":
            total, part, digit = (total + part + digit or 1) * SCALES[sign], 0.0, 0.0
        elif sign == "万":
            total, part, digit = total + (part + digit or 1) * SCALES[sign], 0.0, 0.0
        else:
            part, digit = part + (digit or 1) * SCALES[sign], 0.0
    return total + part + digit
