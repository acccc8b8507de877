"""What papers, plates and accounts of mainland China, Hong Kong, Macau and Taiwan look like."""

from __future__ import annotations

from . import checks
from .rule import Rule
from .table_parts import ALONE, END, FREE, ID_WORDS, MARKS, TO, D, S

_CODE = "0-9A-HJ-NP-RTUW-Y"
_PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼使"
_PASSPORT = rf"E{S}[A-HJ-NP-Z](?:{D}){{7}}|[EGDSPHK](?:{D}){{8}}|1[45](?:{D}){{7}}"
_BEHIND = r" ?号(?!码)[^\d,。;:!?]{0,8}"
"""What may stand between a number and its label behind it: in one sentence, near."""

RULES = (
    Rule(
        entity="ID", name="resident ID of 18 signs (GB 11643): province, birth date, check sign",
        regex=rf"{FREE}[1-8](?:{D}){{16}}{S}[\dXx]{END}", check=checks.resident_id, score=1.0, digits=17,
    ),
    Rule(
        entity="ID", name="resident ID of 15 digits: province, birth date",
        regex=rf"{FREE}[1-8](?:{D}){{14}}(?!\d)", check=checks.old_resident_id, score=0.3, context=ID_WORDS,
        with_context=0.85, digits=15,
    ),
    Rule(
        entity="ID", name="Hong Kong identity card: check sign in brackets",
        regex=rf"{ALONE}[A-Za-z]{{1,2}}(?:{D}){{6}} ?\( ?[\dAa] ?\)", check=checks.hong_kong_id, score=0.8, digits=6,
    ),
    Rule(
        entity="ID", name="Hong Kong identity card without brackets: check sign",
        regex=rf"{ALONE}[A-Za-z]{{1,2}}(?:{D}){{6}}{S}[\dAa]{END}", check=checks.hong_kong_id, score=0.3,
        context=(*ID_WORDS, "香港"), with_context=0.8, digits=6,
    ),
    Rule(
        entity="ID", name="Macau identity card",
        regex=rf"{FREE}[1578](?:{D}){{6}} ?(?:\( ?\d ?\)|[/\-]\d)(?!\d)", score=0.2, context=("macau", "macao", "澳门"),
        with_context=0.8, digits=8,
    ),
    Rule(
        entity="ID", name="national ID of Taiwan: check digit",
        regex=rf"{ALONE}[A-Za-z]{S}[1289](?:{D}){{8}}{END}", check=checks.taiwan_id, score=0.3,
        context=(*ID_WORDS, "taiwan", "台湾"), with_context=0.8, digits=9,
    ),
    Rule(
        entity="COMPANY_CODE", name="unified social credit code (GB 32100): check sign",
        regex=rf"(?i){ALONE}[1-9ANY]{S}[1-9A-GJNY](?:{D}){{6}}(?:{S}[{_CODE}]){{10}}{END}",
        check=checks.company_code, score=0.9, digits=7,
    ),
    Rule(
        entity="PASSPORT", name="Chinese passport",
        regex=rf"(?i){ALONE}(?:{_PASSPORT}){END}", score=0.3,
        context=("passport", "passports", "护照"), with_context=0.85, digits=7,
    ),
    Rule(
        entity="PERMIT", name="permit for Hong Kong, Macau or Taiwan: letter and digits",
        regex=rf"(?i){ALONE}(?:[CWHMTL](?:{D}){{8,10}}|C{S}[A-HJ-NP-Z](?:{D}){{7}}){END}", score=0.3,
        context=(
            *("permit", "permits", "通行证", "回乡证", "返乡证", "港澳证", "台胞证", "台胞", "来往内地", "来往大陆"),
            "旅行证",
        ),
        with_context=0.85, digits=7,
    ),
    Rule(
        entity="PERMIT", name="permit of people from Taiwan: digits only",
        regex=rf"{FREE}\d(?:{D}){{7}}(?:(?:{D}){{2}})?(?: ?\([A-Z0-9]\))?{END}", check=checks.phone, score=0.2,
        context=("台胞证", "台湾居民来往大陆通行证", "来往大陆通行证", "taiwan permit", "mainland travel permit"),
        with_context=0.8, digits=8,
    ),
    Rule(
        entity="PERMIT", name='number before its label: "C12345678号港澳通行证"',
        regex=rf"(?i){ALONE}(?P<value>[CWHMTL](?:{D}){{8,10}}|C{S}[A-HJ-NP-Z](?:{D}){{7}})(?={_BEHIND}"
        r"(?:通行证|回乡证|返乡证|台胞证|港澳证|旅行证))",
        score=0.8, digits=7, needs=("通行证", "回乡证", "返乡证", "台胞证", "港澳证", "旅行证"),
    ),
    Rule(
        entity="PASSPORT", name='Chinese number before its label: "E12345678号护照"',
        regex=rf"(?i){ALONE}(?P<value>{_PASSPORT})(?={_BEHIND}护照)", score=0.8, digits=7, needs=("护照",),
    ),
    Rule(
        entity="PLATE", name="Chinese plate: province, letter, 5 signs or 6 of a new-energy car",
        regex=rf"[{_PROVINCES}](?i:[ \-]?[A-HJ-NP-Z][ ·•.\-]{{0,3}}(?:[A-HJ-K][ \-]?[A-HJ-NP-Z0-9][ \-]?"
        r"(?:\d[ \-]?){3}\d|(?:\d[ \-]?){5}[A-HJ-K]|(?:[A-HJ-NP-Z0-9][ \-]?){4}[A-HJ-NP-Z0-9学警港澳挂领试超]))" + END,
        check=checks.plate, score=0.8, digits=2,
    ),
    Rule(
        entity="WECHAT", name="account after its label",
        regex=r"(?i)(?:微信(?:号码|号|账号|帐号|id)|微信(?! ?(?:支付|公众|群|小程序|登录))"
        r"|(?<![a-z])(?:wechat|weixin|vx|wx)(?: ?(?:id|account|no\.?|number|号)"
        rf"|(?=[ *_`]{{0,3}}[:=|]{MARKS}[a-z]*[\d_\-])))"
        r"[ :*_`]{0,4}(?:is|为|是)?" + MARKS + r"(?P<value>[a-z][a-z0-9_\-]{5,19})(?![a-z0-9_\-@])(?!\.[a-z])",
        score=0.8, needs=("微信", "wechat", "weixin", "vx", "wx"),
    ),
    Rule(
        entity="WECHAT", name='account with a digit or an underscore after "on WeChat as" or in brackets',
        regex=r"(?i)(?<![a-z])(?:wechat|weixin)(?: (?:as|at|under)(?![a-z])|(?= ?[(\[<\"'`*]))" + MARKS
        + r"(?P<value>(?=[a-z\-]{1,19}[\d_])[a-z][a-z0-9_\-]{5,19})(?![a-z0-9_\-@])(?!\.[a-z])",
        score=0.7, needs=("wechat", "weixin"),
    ),
    Rule(
        entity="QQ", name="number after its label",
        regex=rf"(?i)(?<![a-z])qq(?:群号?|账号)?(?: (?:id|account))?{TO}(?P<value>[1-9](?:{D}){{4,10}})(?!\d)(?!@)",
        score=0.85, needs=("qq",), digits=5,
    ),
)  # fmt: skip
