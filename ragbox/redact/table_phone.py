"""What telephone numbers look like: China's by their own rules, the others as Google's phonenumbers knows them."""

from __future__ import annotations

from . import checks
from .rule import Rule
from .table_parts import FREE, MARKS, PHONE_WORDS, D, S

_EXTENSION = r"(?: {0,2}[(,-]? {0,2}(?:转|分机|ext\.?|x|#)[ .:]{0,2}\d{1,6}\)?|-\d{1,6})?(?!\d)"
_CHINA = rf"(?:\(?(?:\+|00)86\)?{S})?"
_AREA = r"0(?:10|2\d|[3-9][1-9]\d)"
_FREE = rf"(?:(?<![A-Za-z_])|(?<=(?i:tel|phone|mobile|cell|mob|call|fax|no))){FREE}"
"""No word or longer number in front, but "Tel010..."."""
_GROUPS = (
    rf"{_FREE}(?:\(0\)[ \-]?[1-9]\d{{1,3}}|\(0[1-9]\d{{1,3}}\)|0[1-9]\d{{0,3}}|(?:1 )?[2-9]\d\d)"
    r"(?:[ \-/]{1,2}\d{2,8}){1,4}(?!\d)(?![\-./]\d)"
)
_ANY = r"(?:\(\+?\d{1,5}\)|\+?\d)(?:[ .\-/()]{0,2}\d){4,14}"
_BEFORE = (
    r"(?:(?<![a-z])(?:tel(?:efon|ephone|efax)?|phone|mobile|cell(?:phone)?|fax|call|dial|whatsapp|reached?|answering"
    r"|text|ring)(?![a-z])|电话|手机|传真|座机|热线|致电|拨打|总机|联系方式)"
    r"(?:号码|号| ?(?:no\.?|number))?[ .:*_`]{0,3}(?:is|at|on|us|me|you|him|her|为|是)?(?: (?:at|on))?\.?" + MARKS
)
_NEEDS = (
    *"tel phone mobile cell fax call dial whatsapp reach answering text ring".split(),
    *"电话 手机 传真 座机 热线 致电 拨打 总机 联系方式".split(),
)

RULES = (
    Rule(
        entity="PHONE", name="Chinese mobile: operator's prefix, +86 or not",
        regex=rf"{_FREE}(?<![\da-f]{{4}}-)(?<!\(0\))(?:\(?(?:\+|00)?86\)?{S})?1(?:{D}){{10}}"
        r"(?![\da-wyzA-Z_])",
        check=checks.mobile, score=0.75, context=PHONE_WORDS, with_context=0.9, digits=11, wary=True,
    ),
    Rule(
        entity="PHONE", name="Chinese landline: area code set off, extension or not",
        regex=rf"{_FREE}{_CHINA}(?:\({_AREA}\)[ \-]{{0,3}}|{_AREA}[ \-]{{1,3}})[2-8](?:{D}){{6,7}}(?!\d){_EXTENSION}",
        check=checks.phone, score=0.7, context=PHONE_WORDS, with_context=0.9, digits=10, wary=True,
    ),
    Rule(
        entity="PHONE", name="Chinese landline in one or spaced anyhow",
        regex=rf"{_FREE}{_CHINA}0(?:{D}){{9,11}}(?!\d){_EXTENSION}", check=checks.landline, score=0.4,
        context=PHONE_WORDS, with_context=0.8, digits=10, wary=True,
    ),
    Rule(
        entity="PHONE", name="400 and 800 number set off",
        regex=rf"{_FREE}[48]00[ \-]{{1,3}}(?:\d{{3}}[ \-]\d{{4}}|\d{{4}}[ \-]\d{{3}}|\d{{7}})(?!\d)(?!-\d)",
        check=checks.phone, score=0.65, context=PHONE_WORDS, with_context=0.85, digits=10, wary=True,
    ),
    Rule(
        entity="PHONE", name="400 and 800 number in one or spaced anyhow",
        regex=rf"{_FREE}[48]{S}0{S}0(?:{D}){{7}}(?!\d)", check=checks.phone, score=0.3,
        context=(*PHONE_WORDS, "客服", "服务", "号码", "先打"), with_context=0.8, digits=10, wary=True,
    ),
    Rule(
        entity="PHONE", name="number with + and its country's code (phonenumbers)",
        regex=rf"(?<![\d+])\+ ?[1-9](?:[ .\-/()]{{0,3}}\d){{6,14}}(?!\d){_EXTENSION}", check=checks.international,
        score=0.7, context=PHONE_WORDS, with_context=0.9, digits=8,
    ),
    Rule(
        entity="PHONE", name="number with 00 and its country's code set off (phonenumbers)",
        regex=rf"{_FREE}00[1-9]\d{{0,2}}[ .\-/()](?:[ .\-/()]{{0,3}}\d){{6,12}}(?!\d){_EXTENSION}",
        check=checks.international, score=0.55, context=PHONE_WORDS, with_context=0.8, digits=10, wary=True,
    ),
    Rule(
        entity="PHONE", name="number with 00 and its country's code in one (phonenumbers)",
        regex=rf"{_FREE}00[1-9](?:{D}){{7,12}}(?!\d)", check=checks.international, score=0.4, context=PHONE_WORDS,
        with_context=0.8, digits=10, wary=True,
    ),
    Rule(
        entity="PHONE", name="North American number with brackets, dashes or dots",
        regex=rf"{_FREE}(?:1[ .\-])?(?:\([2-9]\d\d\)[ \-]{{0,2}}|[2-9]\d\d ?[\-.] ?)\d{{3}} ?[\-. ] ?\d{{4}}(?!\d)"
        rf"{_EXTENSION}(?!-\d)",
        check=checks.phone, score=0.65, context=PHONE_WORDS, with_context=0.9, digits=10, wary=True,
    ),
    Rule(
        entity="PHONE", name="American or British number in groups (phonenumbers)", regex=_GROUPS,
        check=checks.national("US", "GB"), score=0.55, context=PHONE_WORDS, with_context=0.85, digits=10, wary=True,
    ),
    Rule(
        entity="PHONE", name="French number in pairs (phonenumbers)",
        regex=rf"{_FREE}0[1-9](?:[ .\-]\d\d){{4}}(?![\-. ]?\d)", check=checks.national("FR"), score=0.55,
        context=PHONE_WORDS, with_context=0.85, digits=10, wary=True,
    ),
    Rule(
        entity="PHONE", name="German mobile number in two groups (phonenumbers)",
        regex=rf"{_FREE}01[5-7]\d{{1,2}}[ \-/]{{1,2}}\d{{7,8}}(?!\d)(?![\-./]\d){_EXTENSION}",
        check=checks.national("DE"), score=0.55, context=PHONE_WORDS, with_context=0.85, digits=11, wary=True,
    ),
    Rule(
        entity="PHONE", name="German number in groups (phonenumbers)", regex=_GROUPS,
        check=checks.national("DE"), score=0.4, context=PHONE_WORDS, with_context=0.8, digits=10, wary=True,
    ),
    Rule(
        entity="PHONE", name="American, British, German or French number in one (phonenumbers)",
        regex=rf"{_FREE}[02-9]\d{{9,11}}(?!\d)", check=checks.national("US", "GB", "DE", "FR"), score=0.3,
        context=PHONE_WORDS, with_context=0.75, digits=10, wary=True,
    ),
    Rule(
        entity="PHONE", name='number in any writing after a word such as "tel." or 座机',
        regex=rf"(?i){_BEFORE}(?P<value>{_ANY})(?!\d)(?!\.\d)", check=checks.after_phone_word, score=0.6, digits=7,
        needs=_NEEDS,
    ),
    Rule(
        entity="PHONE", name='number in any writing before a word such as "fax"',
        regex=rf"(?i){_FREE}(?P<value>{_ANY})(?=[ (\-]{{1,3}}(?:office|fax|mobile|cell|direct)(?![a-z]))",
        check=checks.after_phone_word, score=0.5, digits=7, wary=True,
        needs=("office", "fax", "mobile", "cell", "direct"),
    ),
)  # fmt: skip
