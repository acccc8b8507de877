"""Where a Chinese name, address, date or plate could begin: the words that start a Han run. Knows no stream.

Too many starts cost only time, since a run is judged afterwards; a start that is missing is never looked at.
"""

from __future__ import annotations

import re

from .words_zh import COMPOUND, LABELS, OFFICES, RARE, SURNAMES, TITLES

HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff々〇·‧•・"
IS_HAN = re.compile(f"[{HAN}]")
NEAR = 8
"""Signs between the first of a region or street and the word that says what it is, or from a surname to a title."""

REGION = frozenset("省市区县州盟旗镇乡村路街道巷弄号室栋幢楼·‧•・")
PLATES = frozenset("京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼使领港澳学警")
"""A plate begins with one of these, a Latin letter after it."""
COUNTED = frozenset("年号栋幢楼弄室座")
"""After a number these go on: a date of birth, a house."""
_SURE = SURNAMES - RARE
_FIRST = SURNAMES | {name[0] for name in COMPOUND}
_OWNED = frozenset("手机 电话 邮箱 身份证 护照 微信 银行卡 卡号 账号 地址 住址 车牌 生日 签名".split())
_TITLES = TITLES | {"工", "负责人", "股东", "代表"} | {f"的{thing}" for thing in _OWNED}
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
_LEADS = frozenset("由经请让派托")
"""Before a surname these say that somebody does something: 由王芳负责."""
_LABELS = "name|contact|attn|attention|address|addr|mr|mrs|ms|dr|dear|by"
_LABELLED = re.compile(rf"\b(?:{_LABELS})\.?$", re.IGNORECASE)
_PARTED = ' \t\r\n:：|/*_#（）()、“”"是为叫'
"""What may stand between a label and what it is a label of, at most four of them."""
_TITLE_ENDS, _CALL_ENDS = frozenset(t[-1] for t in _TITLES), frozenset(c[-1] for c in _CONTEXT)
_LONGEST = max(map(len, _TITLES | _CONTEXT))
_PEOPLE = tuple(word for word in _TITLES | _CONTEXT if len(word) > 1)
_HOUSE = re.compile(
    r"[\d一二三四五六七八九十百零〇甲乙丙丁A-Za-zＡ-Ｚ] ?(?:[号弄幢栋座室楼层院]|单元)|[址住寄户货]|信箱|邮编"
)
"""An address has a number with its unit, or a label."""
_SOMEBODY = re.compile(
    f"[{''.join(_LEADS)}][{''.join(sorted(_SURE))}]|[{''.join(sorted(_FIRST))}].{{0,2}}[总工董]|[·‧•・]"
    f"|[{''.join(sorted(PLATES))}] ?[A-Za-zＡ-Ｚ]"
)
_LOUD = "".join(sorted(REGION | _TITLE_ENDS | _CALL_ENDS | _LEADS))
_QUIET = re.compile(f"(?:(?![{_LOUD}])[{HAN}])+")
PLACED = REGION | COUNTED
"""Signs of an address or a date, which may go on on the next line."""


def armed(before: str, sign: str) -> bool:
    """Tell whether a run begins with a sign wherever that may lead, since a label stands in front of it (联系人：).

    Where nothing parts them, the sign must be a surname's and no part of the label: 采购部 and 联系人 hold no name.
    """
    front = before[-16:].rstrip(_PARTED)
    parted = min(16, len(before)) - len(front)
    if not front or parted > 4 or not (_ends(front, _CONTEXT) or (front[-1].isascii() and _LABELLED.search(front))):
        return False
    return parted > 0 or (sign in _FIRST and not called(front + sign))


def begins(signs: str) -> bool:
    """Tell whether the last of these signs says that an address or a person stands at or after the first."""
    if len(signs) < 2:
        return False
    if signs[-1] in REGION or (signs[-2] in _LEADS and signs[-1] in _SURE):
        return True
    title = _ends(signs, _TITLES) if signs[-1] in _TITLE_ENDS else 0
    return bool(title) and not _FIRST.isdisjoint(signs[-title - 6 : -title])


def called(signs: str) -> bool:
    """Tell whether the last of these signs end a word after which a name or an address follows."""
    return signs[-1] in _CALL_ENDS and _ends(signs, _CONTEXT) > 0


def short_name(signs: str) -> bool:
    """Tell whether a stretch that stands alone could be a name: two to four signs, a surname first."""
    return 2 <= len(signs) <= 4 and signs[0] in _FIRST


def _ends(text: str, words: frozenset[str]) -> int:
    """Return how long the longest of the words is with which a text ends, 0 where it ends with none."""
    return next((n for n in range(min(_LONGEST, len(text)), 0, -1) if text[-n:] in words), 0)


def speaks_of(run: str, before: str) -> bool:
    """Tell whether a Han run could hold a name, an address or a plate; most begin with a region and hold none."""
    if armed(before, run[0]) or short_name(run) or _HOUSE.search(before[-16:] + run) or _SOMEBODY.search(run):
        return True
    return any(map(run.__contains__, _PEOPLE))


def quiet(text: str, at: int) -> int:
    """Return where Han signs end of which none is the last of a word that begins a run; `at` if there are none."""
    signs = _QUIET.match(text, at)
    return signs.end() if signs else at


def after_lead(sign: str) -> bool:
    """Tell whether a surname after this sign begins a run."""
    return sign in _LEADS
