"""Chinese names: a surname and one or two signs, after a label (联系人：) or an office, or before a title (先生、经理).

Knows no stream. A word that begins with a surname's sign is no name (高级, 方可, 安全), nor is a surname whose sign
belongs to what stands before it (双方经理, 任何先生).
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

import regex

from .found import Found
from .words_zh import (
    ACTS,
    CITIES,
    COMPOUND,
    FIELDS,
    FOREIGN,
    FREQUENT,
    GIVEN,
    LABELS,
    OFFICES,
    ORDINARY,
    POLITE,
    PROVINCES,
    RARE,
    SURNAMES,
    TITLES,
)


def _any(words: frozenset[str]) -> str:
    """Return a regular expression for any of the words, the longest first; the first signs alone settle most places."""
    first = "".join(sorted({word[0] for word in words}))
    return rf"(?=[{first}])(?:{'|'.join(sorted(words, key=lambda word: (-len(word), word)))})"


_SINGLE = "".join(sorted(SURNAMES))
_FIRST = "".join(sorted(SURNAMES | {name[0] for name in COMPOUND}))
_FOREIGN = "".join(sorted(FOREIGN))
_PARTED = rf"[{_FOREIGN}]{{2,7}}(?:[·•・][{_FOREIGN}]{{2,9}}){{1,3}}"
"""A foreign name, or one of a minority: 约翰·史密斯, 阿依古丽·买买提."""
_MARK = r"[ \t|>*`]*(?:[：:|]|[（(](?:签字|签名|签章|盖章)[)）][：:]?)[ \t|>*_`]*"
_LABELLED = regex.compile(
    rf"(?P<label>{_any(LABELS | OFFICES)}|人(?= ?[:：|]))(?P<mark>{_MARK}|[是为由叫系] ?|[ \t]+|)"
    rf"(?=[{_FIRST}{_FOREIGN}])"
)
_TITLED = regex.compile(_any(TITLES))
_DOING = regex.compile(
    rf"[由经请让派委托](?=[{_FIRST}][一-鿿]{{1,3}}"
    r"(?:负责|签字|签署|签收|审批|审核|批准|担任|主持|保管|办理|牵头|汇报|编制|记录|陪同|转交|代签|处理|提交|跟进|接收|验收))"
)
_NAMED = regex.compile(rf"(?:任命|聘任|聘请|委派|指派|推选)(?=[{_FIRST}][一-鿿]{{1,3}}(?:为|担任))")
_SELF = frozenset("自均亦曾再共同")
"""Signs that belong to what somebody does rather than to the name: 胡适自认为."""
_ACTING, _AND = regex.compile(_any(ACTS)), frozenset("与和及、")
_MORE = regex.compile(r"(?:[、，,/和及与 ]|以及) ?")
_NAME = regex.compile(rf"(?:{_any(COMPOUND)})[一-鿿]{{1,2}}|[{_SINGLE}][一-鿿]{{1,2}}")
_SPACED = regex.compile(rf"[{_SINGLE}] [一-鿿](?![一-鿿])")
"""A name of two signs, set apart to be as wide as one of three: 胡 思."""
_FOREIGN_NAME, _DOT = regex.compile(_PARTED), regex.compile("[·•・]")
_PERSON = regex.compile(r".*(?:[人员机者]|代表|员工|职工|姓名|户名|配偶|父亲|母亲|签名|签字)")
"""Labels that need no mark: 联系人张伟, but 记录 and 甲方 do."""
_LEADS = frozenset(
    "和与由请向给对从找让被是为的了即致经及或跟同叫邀位有送问、但而因凭按据将把到在见托访陪告"
    "谢知系询络派等代替帮随听诉助达迎"
)
"""Signs before a surname that do not belong to it."""
_COMMON = frozenset(
    "同时 有时 有关 有限 对方 对应 对于 由于 位于 给予 到时 被迫 的确 向来 有余 把关 在于 在任 到任 与会".split()
    + "即时 经常 经过 经费 为何 是何 因何 凭何 及时 有方 从何 从前 以及 有幸 有别 和平 同党 同盟 有史".split()
)
"""Words of a leading sign and a surname's."""
_BEHIND = frozenset("部处科室厂院校局组队司店站所长天后家员")
"""Signs before a whole name that do not belong to it: 技术部王建国经理."""
_OWNING = regex.compile("的(?:手机|电话|邮箱|身份证|护照|微信|银行卡|卡号|账号|地址|住址|车牌|生日|签名)")
_STOPS = frozenset("的在于是和与及或为已被将曾向把以从到对给由请让说了也都未不可应须需等就并且但")
"""Signs that hardly ever stand in a given name, or go on with the sentence."""
_NO_TOTAL = regex.compile("[部计额量价共数和体是结线理统裁会分长则之管督署局台站行店厂院]|公司|工程")
_NOT_BEFORE_TOTAL = frozenset("周金高车包段时单全常季年房货水路成应花云明温")
_NO_ENGINEER = regex.compile("[作程厂人具业资会艺序时地期商龄伤段况行部件]")
_NOT_BEFORE_ENGINEER = frozenset("施金石高化")
_COMPANY = regex.compile(
    "[一-鿿]{0,10}?(?:公司|集团|工厂|有限|委员会|中心|医院|学院|大学|银行|事务所|研究[所院]|[局厂])"
    "|机场|车站|酒店|饭店|商场|超市|码头|大厦|地产|股份|软件|科技|物流|电器|食品"
)
_FIRM = regex.compile("公司(?! ?[:：|])")
"""A company, and not the next line of a form."""
_NO_NAME_ENDS = frozenset("道路街山河江湖岛桥城州国香草树"), frozenset("道路街山河江湖岛桥城州国香草树镇岭湾庄寺")
"""Last signs of a cell of two signs, and of more, that is a road, a place or a plant."""
_POLITELY = frozenset("于党谷游房解简车宫宗封储")
"""Of the rare surnames those that are hardly anything else before 先生 or 老师."""
_HAN = regex.compile("[一-鿿]+")


def people(text: str, before: str = "") -> Iterator[Found]:
    """Yield the Chinese names in a folded text, without titles; `before` is what stands in front of it."""
    whole, offset = before + text, len(before)
    found: dict[int, Found] = {}
    everybody = chain(_after_labels(whole), _before_titles(whole), _doers(whole), _actors(whole), _owners(whole))
    everybody = chain(everybody, _alone(whole, offset))
    for start, end, score in everybody:
        if end > offset and (start not in found or found[start].score < score):
            found[start] = Found(start, end, score)
    last = 0
    for start in sorted(found):
        one = found[start]
        if start >= last:
            yield Found(max(start, offset) - offset, one.end - offset, one.score)
            last = one.end


def _after_labels(text: str) -> Iterator[tuple[int, int, float]]:
    for found in _LABELLED.finditer(text):
        label, mark, at = found["label"], found["mark"], found.end()
        marked = any(c in mark for c in "：:|(（")
        if not marked and not (label in OFFICES or _PERSON.fullmatch(label)):
            continue
        if not mark and text[max(0, found.start() - 1) : found.start()] in ("非", "无", "各", "每", "双"):
            continue
        while (end := _end(text, at, 2 if marked else 1 if mark else 0)) is not None:
            yield at, end, 0.85 if marked else 0.7 if mark else 0.6
            if not (more := _MORE.match(text, end)) or (more.group().strip() in ("", "，", ",") and not marked):
                break
            at = more.end()


def _before_titles(text: str) -> Iterator[tuple[int, int, float]]:
    for title in _TITLED.finditer(text):
        at = title.start()
        if text[max(0, at - 1) : title.end()] in ORDINARY:  # 康师傅
            continue
        if title.group() == "总" and (_NO_TOTAL.match(text, title.end()) or text[at - 1 : at] in _NOT_BEFORE_TOTAL):
            continue
        if title.group() == "工" and (
            _NO_ENGINEER.match(text, title.end()) or text[at - 1 : at] in _NOT_BEFORE_ENGINEER
        ):
            continue
        if title.group() == "收" and _HAN.match(text, title.end()):  # 张翔收, but not 收到
            continue
        for length in (1,) if title.group() == "工" else (4, 3, 2, 1):
            if length <= at and (score := _titled(text, at - length, at, title.group())):
                yield at - length, at, score
                break
        if text[at - 2 : at - 1] == " " and _apart(text, at):
            yield at - 3, at, 0.7
    if _DOT.search(text):
        yield from ((*foreign.span(), 0.6) for foreign in _FOREIGN_NAME.finditer(text))


def _apart(text: str, at: int) -> bool:
    """Tell whether a name of two signs, set apart, ends here: 赵 强."""
    family, given, left = text[at - 3 : at - 2], text[at - 1], text[max(0, at - 4) : at - 3]
    return family in SURNAMES and family not in RARE and given in GIVEN and (left in _LEADS or not _HAN.match(left))


def _titled(text: str, start: int, end: int, title: str) -> float:
    """Return the score of text[start:end] as a name before a title, 0 where it is none."""
    name = text[start:end]
    family = 2 if name[:2] in COMPOUND else 1
    if not _HAN.fullmatch(name) or (family == 1 and (name[0] not in SURNAMES or len(name) > 3)):
        return 0
    if family == 1 and name[0] in RARE and not (name in _POLITELY and title in POLITE):
        return 0
    given, left = name[family:], text[max(0, start - 1) : start]
    free = not left or left in _LEADS or not _HAN.match(left)
    free = free or any(text[max(0, start - length) : start] in LABELS for length in (2, 3))  # 客户王总监
    if left and (left + name[0] in ORDINARY or left + name[0] in _COMMON or (name[0] == "万" and left.isdigit())):
        return 0
    if not given:
        if title == "收":
            return 0
        if name == "任" and title not in POLITE:  # 任经理 says as often that somebody became one
            return 0
        return (0.8 if title in POLITE else 0.6 if len(title) > 1 else 0.55) if free else 0
    if name in ORDINARY or name[:2] in ORDINARY or given in ORDINARY or name in OFFICES or name in LABELS:
        return 0
    if len(given) > 2 or given[-1] in "总副" or any(c in _STOPS for c in given):
        return 0
    known = all(c in GIVEN for c in given)
    if free:
        return 0.85 if known else 0.6 if title in POLITE else 0
    return 0.7 if known and len(given) == 2 and left in _BEHIND else 0


def _doers(text: str) -> Iterator[tuple[int, int, float]]:
    for lead in (*_DOING.finditer(text), *_NAMED.finditer(text)):
        if (end := _end(text, lead.end(), 0)) is not None:
            yield lead.end(), end, 0.65


def _actors(text: str) -> Iterator[tuple[int, int, float]]:
    """Yield who does something at the beginning of a sentence: 张伟提出离职, 李明与王芳参加了."""
    for act in _ACTING.finditer(text):
        end = act.start()
        while (start := _actor(text, end, act.group())) is not None:
            yield start, end, 0.55
            if text[max(0, start - 1) : start] not in _AND:
                break
            end = start - 1


def _actor(text: str, end: int, act: str) -> int | None:
    for length in (4, 3, 2):
        start = end - length
        if start >= 0 and _titled(text, start, end, act) >= 0.7:
            left = text[max(0, start - 1) : start]
            sure = (length > 2 or text[start] in FREQUENT) and text[end - 1] not in _SELF
            return start if sure and (left in _AND or left in _BEHIND or not _HAN.match(left)) else None
    return None


def _owners(text: str) -> Iterator[tuple[int, int, float]]:
    """Yield who has a phone or a card: 周强的手机号."""
    for owning in _OWNING.finditer(text):
        at = owning.start()
        for length in (4, 3, 2):
            if length <= at and (score := _titled(text, at - length, at, "的")):
                yield at - length, at, score
                break


def _alone(text: str, start: int) -> Iterator[tuple[int, int, float]]:
    """Yield a run that is nothing but a name, such as a table's cell: three signs, or two after another cell."""
    name, left = text[start:], text[max(0, start - 1) : start]
    if not 2 <= len(name) <= 4 or _HAN.match(left) or _end(text, start, 1) != len(text):
        return
    if name[-1] in _NO_NAME_ENDS[len(name) > 2]:
        return
    if len(name) > 2 or (name[0] in FREQUENT and left in "、|/\t *`"):
        yield start, len(text), 0.55 if len(name) > 2 else 0.5


def _end(text: str, at: int, trust: int) -> int | None:
    """Return where the name ends that begins here, None where none does; `trust` in 2 (after a colon), 1 and 0."""
    if foreign := _FOREIGN_NAME.match(text, at):
        return foreign.end()
    if trust and (spaced := _SPACED.match(text, at)) and spaced.group()[-1] in GIVEN:
        return spaced.end()
    if not (match := _NAME.match(text, at)):
        return None
    name = match.group()
    family = 2 if name[:2] in COMPOUND and len(name) > 2 else 1
    if family == 1 and name[0] in RARE and trust < 2:
        return None
    for length in range(min(len(name), family + 2), family, -1):
        given, after = name[family:length], text[at + length : at + length + 1]
        known = all(c in GIVEN for c in given)
        begun = name[:2] in ORDINARY and not (trust == 2 and known and length == 3)  # 联系人：马力强
        if name[:length] in ORDINARY or begun or name[:length] in CITIES or name[:2] in PROVINCES:
            continue
        if any(c in _STOPS for c in given) or text[at + length - 1 : at + length + 1] in FIELDS:
            continue
        ends = not "一" <= after <= "鿿" or after in _STOPS or text[at + length : at + length + 2] in FIELDS
        if (not ends and _COMPANY.match(text, at + length)) or _FIRM.match(text, at + length):
            return None
        if known and (ends or trust or len(given) == 2):
            return at + length
        if ends and trust == 2:
            return at + length
    return None
