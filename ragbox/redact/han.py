"""Where a Chinese name, address, date or plate could begin: the words that start a Han run. Knows no stream.

Too many starts cost only time, since a run is judged afterwards; a start that is missing is never looked at.
"""

from __future__ import annotations

import re

from .words_zh import ACTS, COMPOUND, LABELS, OFFICES, RARE, SURNAMES, TITLES

HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff々〇·‧•・"
IS_HAN = re.compile(f"[{HAN}]")
HANS = re.compile(f"[{HAN}]{{1,64}}")
NEAR = 8
"""Signs between the first of a region or street and the word that says what it is, or from a surname to a title."""

REGION = frozenset("省市区县州盟旗镇乡村路街道巷弄号室栋幢楼·‧•・")
PLATES = frozenset("京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼使领港澳学警")
"""A plate begins with one of these, a Latin letter after it."""
COUNTED = frozenset("年号栋幢楼弄室座出生")
"""After a number these go on: a date of birth, a house, 1990-01-02出生."""
_COMPOUND = {name[0] for name in COMPOUND}
_SURE, _FIRST = SURNAMES - RARE | _COMPOUND, SURNAMES | _COMPOUND
_OWNED = frozenset("手机 电话 邮箱 身份证 护照 微信 银行卡 卡号 账号 地址 住址 车牌 生日 签名".split())
_TITLES = TITLES | ACTS | {"工", "负责人", "股东", "代表"} | {f"的{thing}" for thing in _OWNED}
_CONTEXT = (
    LABELS
    | OFFICES
    | frozenset(
        "地址 住址 住所 住在 家住 居住 现居 位于 坐落"
        " 寄到 寄至 送至 户籍 籍贯 我叫 我是 名叫 致电 收货 师从 任命 聘任"
        " 录取 推荐人 介绍人 房东"
        " 微信 密码 口令".split()
    )
)


def _by_end(words: frozenset[str]) -> dict[str, tuple[str, ...]]:
    """Return the words by their last sign, the longest first."""
    by_length = sorted(words, key=len, reverse=True)
    return {sign: tuple(word for word in by_length if word[-1] == sign) for sign in {word[-1] for word in words}}


_TITLES_BY_END, _CONTEXT_BY_END = _by_end(_TITLES), _by_end(_CONTEXT)
_BEGIN = _by_end(_TITLES | _CONTEXT | REGION)
_LEADS = frozenset("由经请让派托")
"""Before a surname these say that somebody does something: 由王芳负责."""
_LABELS = "name|contact|attn|attention|address|addr|mr|mrs|ms|dr|dear|by"
_LABELLED = re.compile(rf"\b(?:{_LABELS})\.?$", re.IGNORECASE)
_AND = frozenset("与和及")
_PARTED = ' \t\r\n:：|/*_#（）()、“”"是为叫'
"""What may stand between a label and what it is a label of, at most four of them."""
_PEOPLE = tuple(word for word in _TITLES | _CONTEXT if len(word) > 1)
_HOUSE = re.compile(
    r"[\d一二三四五六七八九十百零〇甲乙丙丁A-Za-zＡ-Ｚ] ?(?:[号弄幢栋座室楼层院]|单元)|[址住寄户货]|信箱|邮编"
)
"""An address has a number with its unit, or a label."""
_SOMEBODY = re.compile(
    f"[{''.join(_LEADS)}][{''.join(sorted(_SURE))}]|[{''.join(sorted(_FIRST))}].{{0,2}}[总工董]|[·‧•・]"
    f"|[{''.join(sorted(PLATES))}] ?[A-Za-zＡ-Ｚ]"
)
_LOUD = re.compile(f"[{''.join(sorted(_BEGIN))}]|(?<=[{''.join(sorted(_LEADS))}])[{''.join(sorted(_SURE))}]")
PLACED = REGION | COUNTED - {"出", "生"}
"""Signs of an address or a date, which may go on on the next line."""


def armed(before: str, sign: str) -> bool:
    """Tell whether a run begins with a sign wherever that may lead, since a label stands in front of it (联系人：).

    Where nothing parts them, the sign must be a surname's and no part of the label: 采购部 and 联系人 hold no name.
    """
    front = before[-16:].rstrip(_PARTED)
    parted = min(16, len(before)) - len(front)
    somebody = parted > 0 and front[-1:] == "人" and before[-parted] in ":：|"
    if not front or parted > 4 or not (called(front) or somebody or (front[-1].isascii() and _LABELLED.search(front))):
        return False
    return parted > 0 or (sign in _FIRST and not called(front + sign))


def begins(signs: str) -> bool:
    """Tell whether the last of these signs says that an address or a person stands at or after the first."""
    if len(signs) < 2:
        return False
    if signs[-1] in REGION or (signs[-2] in _LEADS and signs[-1] in _SURE):
        return True
    title = next((len(title) for title in _TITLES_BY_END.get(signs[-1], ()) if signs.endswith(title)), 0)
    if title and signs[-title:] in ACTS:  # a whole sentence begins with whom it speaks of, or with two of them
        who = signs[:-title]
        return signs[0] in _FIRST and (2 <= len(who) <= 4 or not _AND.isdisjoint(who[2:5]))
    return bool(title) and not _FIRST.isdisjoint(signs[-title - 6 : -title])


def called(signs: str) -> bool:
    """Tell whether the last of these signs end a word after which a name or an address follows."""
    return signs.endswith(_CONTEXT_BY_END.get(signs[-1], ()))


def short_name(signs: str) -> bool:
    """Tell whether a stretch that stands alone could be a name: two to four signs, a surname first."""
    return 2 <= len(signs) <= 4 and signs[0] in _FIRST


def speaks_of(run: str, before: str) -> bool:
    """Tell whether a Han run could hold a name, an address or a plate; most begin with a region and hold none."""
    if armed(before, run[0]) or short_name(run) or _HOUSE.search(before[-16:] + run) or _SOMEBODY.search(run):
        return True
    return any(map(run.__contains__, _PEOPLE))


def loud(signs: str, start: int) -> int:
    """Return where, from a place on, the first sign stands with which a run or a label may be seen; the end if none."""
    for sign in _LOUD.finditer(signs, start):
        end = sign.end()
        if signs[end - 2 : end - 1] in _LEADS or signs.endswith(_BEGIN[sign.group()], 0, end):
            return end - 1
    return len(signs)
