"""The Chinese rules of `ragbox/followup.py`: "那2024年呢？", "它多少钱？", "为什么？".

Closed lists of words and no dictionary; only names are known by the lexicon.
"""

from __future__ import annotations

import re
from collections.abc import Callable

LONGEST_PIECE = 14
"""Characters of a piece without a verb that is put into the former question: 南通工厂的正式员工."""
_LEAD = re.compile(
    # Of 那 alone it takes more to tell that it leads: 那不勒斯 is a town.
    r"(?:那么|那(?=[，,0-9A-Za-z]|.*呢\Z|如果|要是|之后|以后|为什么|怎么|什么|谁|多少|几|有没有|是不是|[它他她])|"
    r"还有|另外|然后|所以|但是|可是|不过|请问|嗯|好的|好|再问一下|谢谢)[，,、。\s]*"
)
_END = re.compile(r"[\s?？.!。！]+\Z")
_ASK = (
    r"(?:是|有|要|需要|应该|可以|能|会|得|为|在|到|花|收|付|最多|最少|最低|最高|至少|大概|一共|总共|提前|等){0,3}"
    r"(?:多少钱?|多久|多长时间|多长|多大|多高|多重|多远|多快|几[个天次年月位件台小时]*|什么时候|什么|哪[里儿些个位家天年]?|谁|"
    r"怎么样?|怎样|如何|为什么|为何|是否|吗|呢|啥)"
)
_QUESTION = re.compile(_ASK)
# What says what is asked, never about what: a question with nothing else has its subject before it.
_GENERIC = re.compile(
    rf"(?:{_ASK}|价格|单价|费用|金额|有效期|期限|时间|日期|地址|地点|电话|号码|联系人|联系方式|负责人|原因|理由|条件|流程|步骤|"
    r"例外|限制|上限|下限|罚款|后果|区别|单位|名字|名称|长度|数量|总共|一共|具体|之后|之前|以后|以前|还|也|又|都|再|就|才|由|向|从|跟|和|对|给|找|"
    r"是|有|要|能|会|可以|需要|应该|必须|得|在|到|去|来|不|没有?|负责|批准|审批|签字|付款|付|收|赔|罚|算|办|做|用|说|"
    r"生效|到期|开始|结束|截止|执行|延长|提前|呀|啊|吧|的|了|这样|那样|天|年|个月|月|小时|钱|规定)"
)
_NOUNS = "合同 协议 文件 产品 设备 公司 项目 报价 订单 员工 供应 客户 制度 规定 机器 人员 条款 费用".split()
_PRONOUN = re.compile(
    r"(?<!其)[它她他](?!人|国|乡|处|日)们?|(?:这|那)(?:个|些|种|东西|件事)(?=[的呢吗是要有多能可需会怎什在由谁，]|什么|\Z)|"
    r"(?:这|那)(?=[是要会能需有多])|其(?![他它中实次余间])|[该此](?=[一-鿿])|"
    rf"(?:这|那)[个份家批台位项款次种条](?=(?:{'|'.join(_NOUNS)})(?![一-鿿]{{0,3}}[A-Z0-9]))"
)
# What may stand before a pronoun without being what it stands for.
_EMPTY = re.compile(
    rf"{_ASK}|如果|要是|关于|对于|为了|根据|按照|请|给|向|从|由|和|跟|与|对|把|被|在|用|到|让|是|有|要|会|能|可以|需要|应该|"
    r"必须|还|也|又|都|再|就|才|的|了|我们?|你们?|您|想|知道|问|买|卖|不|没"
)
_YEARISH = re.compile(
    r"(?:\d{4}年?(?:第?[一二三四1-4]季度|上半年|下半年|\d{1,2}月份?|[春夏秋冬]季)?|[去今明前]年|\d{1,2}月份?|"
    r"第?[一二三四]季度|上半年|下半年|[上下本]个?月)"
)
_CODE = re.compile(r"(?<![A-Za-z0-9])(?=[A-Za-z0-9/-]*\d)(?=[A-Za-z0-9/-]*[A-Za-z])[A-Za-z0-9][A-Za-z0-9/-]*")
_LIMIT = re.compile(r"(?<=..)(?:一[年天月次件]|每[年天月次人件台班]|可以|最多|最少|最晚|最低|最高|必须|应该|需要).*")
_DOER = re.compile(r"\A(?:在|来|去|要|能|可以|管理|保管|管|负责|批准|审批|签)+")
_WORDS = re.compile(
    r"[的，,、和与对给在从向到由为把被用去来是有要能会]|[一-鿿]+?(?=[的，,、和与对给在从向到由为把被用去来是有要能会]|\Z)|[^一-鿿，,、]+"
)


def resolve(asked: str, before: str, *, names: Callable[[str], list[str]], about: str = "") -> str:
    """Return the question made whole by the one before it, or "" where it is whole.

    `about` is what the one before was about, where that one was in another language.
    """
    body = _END.sub("", asked)
    lead = _LEAD.match(body)
    rest = body[lead.end() :] if lead else body
    if not rest:
        return ""
    piece = re.sub(r"呢\Z", "", rest).rstrip("，, ")
    opened = rest.endswith("呢") or lead is not None
    if opened and piece and len(piece) <= LONGEST_PIECE and not (_QUESTION.search(piece) or _PRONOUN.search(piece)):
        piece = re.sub(r"\A(?:换成|改成|如果是|要是|对于|关于)", "", piece)
        return f"{piece}：{before}？" if about else _put(piece, before, names)
    if found := _PRONOUN.search(rest):
        if not _EMPTY.sub("", rest[: found.start()]).strip("，, "):
            return f"{rest[: found.start()]}{_replaced(before, about, found[0], rest[found.end() :])}？"
        return ""
    if not _GENERIC.sub("", rest).strip("，,、 "):
        if re.match(r"为什么|为何|怎么|如何|多少|几|谁|哪|什么时候|多久", rest) and len(rest) <= 4:
            return f"{before}，{rest}？"
        return f"{about or subject(before)}，{rest}？"
    return ""


def _put(piece: str, before: str, names: Callable[[str], list[str]]) -> str:
    """Return the former question with the piece in the place of its like; added where there is none."""
    for like in (_YEARISH, _CODE):
        new, old = like.match(piece), list(like.finditer(before))
        if new and old:
            rest = piece[new.end() :].lstrip("的份")
            if not rest:
                tail = "年" if old[-1][0].endswith("年") and new[0][-1].isdigit() and like is _YEARISH else ""
                return f"{before[: old[-1].start()]}{new[0]}{tail}{before[old[-1].end() :]}？"
    here = names(before)
    if len(here) == 1 and names(piece) == [piece]:
        return f"{before.replace(here[0], piece)}？"
    last = piece[-2:] if len(piece) > 2 else piece[-1:]
    if piece[-1:] > "\u3400":
        same = [m for m in _WORDS.finditer(subject(before)) if len(m[0]) > 1 and m[0].endswith((last, piece[-1]))]
        offset = before.find(subject(before))
        if same:
            start, end = offset + same[-1].start(), offset + same[-1].end()
            start = end - 2 if len(piece) == 2 else start  # 一期 in the place of 江澜 | 二期
            return f"{before[:start]}{piece}{before[end:]}？"
    return f"{piece}：{before}？"


def _replaced(before: str, about: str, pronoun: str, following: str) -> str:
    """Return what follows a pronoun with what it stands for before it: of "A的B" A where something of A is asked."""
    thing = about or subject(before)
    owner, _, owned = thing.rpartition("的")
    of_it = following.startswith(("的", "多少钱", "卖")) or pronoun == "其" or _GENERIC.fullmatch(owned)
    if owner and owned and of_it and thing in before and not _QUESTION.match(before):
        thing = owner
    noun = following[:2]
    if pronoun in ("该", "此") or noun in _NOUNS:
        return thing + following[2:] if noun in thing else f"{thing}的{following}"
    return f"{thing}的{following}" if pronoun == "其" else thing + following


def subject(before: str) -> str:
    """Return what a question is about: what stands before its question word, or after one it begins with."""
    found = _QUESTION.search(before)
    if found is None:
        return before
    ahead = re.sub(r"\A(?:请问|那么|关于)", "", before[: found.start()]).strip("，, ")
    if len(ahead) >= 2:
        return _LIMIT.sub("", ahead)
    return _DOER.sub("", _QUESTION.sub("", before).strip("，, ")) or before
