"""What personal data looks like that is much the same in all countries, and some papers of the US and Britain."""

from __future__ import annotations

from . import checks
from .rule import Rule
from .table_parts import ALONE, CARD_WORDS, END, FREE, TO, D, S

_IBAN = "|".join(
    rf"(?:{'|'.join(S.join(country) for country in countries)})(?:{D}){{2}}(?:{S}[A-Z0-9]){{{length - 4}}}"
    for length, countries in checks.IBAN_COUNTRIES.items()
)
_WORD = r"[a-z0-9\-]{1,63}"
_AT, _DOT = r" {0,2}[(\[{<] ?at ?[)\]}>] {0,2}", r" {0,2}[(\[{<] ?dot ?[)\]}>] {0,2}"

_YEAR, _MONTH = r"(?:1 ?[89]|2 ?0) ?\d ?\d", r"(?:1 ?[0-2]|0 ?[1-9]|[1-9])"
_DAY = r"(?:3 ?[01]|[12] ?\d|0 ?[1-9]|[1-9])"
_NAMED = r"(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]{0,6}\.?"
_TH = r"(?:st|nd|rd|th)?"
_HAN = "一二三四五六七八九十"
_DATE = "|".join(
    (
        rf"{_YEAR} {{0,2}}[\-/.年] {{0,2}}{_MONTH} {{0,2}}[\-/.月] {{0,2}}{_DAY}(?: ?[日号])?",
        rf"{_YEAR} ?年 ?{_MONTH} ?月|\d ?\d ?年 ?{_MONTH} ?月 ?{_DAY} ?[日号]",
        rf"{_YEAR}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])",
        rf"{_DAY} ?[\-/. ] ?{_DAY} ?[\-/. ] ?(?:{_YEAR}|\d\d)",
        rf"{_NAMED} {{0,2}}{_DAY}{_TH} ?,? {{0,2}}{_YEAR}",
        rf"{_DAY}{_TH}(?: of)?[ \-]{{0,2}}{_NAMED}[ ,\-]{{0,3}}(?:{_YEAR}|\d\d)",
        rf"{_YEAR}[ ,\-]{{1,2}}{_NAMED}[ \-]{_DAY}",
        rf"[一二][〇零○{_HAN}]{{3}}年[{_HAN}]{{1,2}}月[{_HAN}]{{1,3}}日",
    )
)
_BORN = r"(?:(?<![a-z])(?:born|date of birth|d\.?o\.?b\.?|birth ?date|birth ?day)(?![a-z])|出生|生日|生于|诞生)"
_OTHER_DATES = "入职|签|有效|颁|发证|hire|join|issue|start|since|until|expir|valid"

_IPV4 = r"(?<![\d.vV])(?<!\w/)(?:\d{1,3}\.){3}\d{1,3}(?:/\d{1,2}(?!\d)|:\d{2,5}(?!\d))?(?!\d)(?!\.\d)"
_HOST = (
    r"(?:(?<![a-z])(?:ip|ipv4|address|addr|hosts?|servers?|client|gateway|dns|subnet|network|ping|ssh|login|peer|remote)"
    r"(?![a-z])|地址|服务器|主机|网关|登录|网段|客户端|终端|来源)"
)
_HEX = "[0-9A-Fa-f]"

RULES = (
    Rule(
        entity="EMAIL", name="e-mail address",
        regex=r"[\p{Latin}0-9_][\p{Latin}0-9._%+\-']{0,63} {0,3}@ {0,3}(?:[\p{Latin}0-9\-]{1,63}\.){1,8}"
        r"(?:xn--[a-z0-9\-]{2,59}|\p{Latin}{2,24})",
        score=0.95, needs=("@",),
    ),
    Rule(
        entity="EMAIL", name='e-mail address with "(at)", or with "at" and "dot"',
        regex=rf"(?i){ALONE}[a-z0-9][a-z0-9._+\-]{{0,63}}(?:{_AT}{_WORD}(?:(?:\.|{_DOT}| dot ){_WORD}){{1,6}}"
        rf"| at {_WORD}(?:(?: dot |{_DOT}){_WORD}){{1,6}}){END}",
        score=0.85, needs=("at)", "at]", "at}", "at>", "at )", "at ]", " dot ", "dot)", "dot]", "dot}"),
    ),
    *(
        Rule(
            entity="CARD", name=f"card of {length} digits: issuer, check digit",
            regex=rf"{FREE}{first}(?:{D}){{{length - 1}}}(?!\d)", check=checks.card, score=0.9, context=CARD_WORDS,
            with_context=0.95, digits=length, wary=True,
        )
        for length, first in ((16, "[2-6]"), (15, "3"), (14, "3"), (17, "6"), (18, "6"), (19, "[46]"))
    ),
    *(
        Rule(
            entity="CARD", name=f"card of {length} digits of another issuer: check digit",
            regex=rf"{FREE}[1-9](?:{D}){{{length - 1}}}(?!\d)", check=checks.any_card, score=0.3, context=CARD_WORDS,
            with_context=0.8, digits=length, wary=True,
        )
        for length in (13, 16, 17, 18, 19)
    ),
    Rule(
        entity="IBAN", name="IBAN: country, its length, check digits",
        regex=rf"(?i){ALONE}(?:{_IBAN}){END}", check=checks.iban, score=1.0, digits=8,
    ),
    Rule(
        entity="SSN", name="US social security number with dashes: parts that are issued",
        regex=r"(?<!\d)(?<!\d[.\-/])(?:\d ?){3}- ?(?:\d ?){2}-(?: ?\d){4}(?!\d)(?!-\d)", check=checks.ssn, score=0.6,
        context=("ssn", "ssns", "social security", "taxpayer"), with_context=0.95, digits=9, wary=True,
    ),
    Rule(
        entity="SSN", name="US social security number in its groups with dots or spaces: parts that are issued",
        regex=r"(?<!\d)(?<!\d[.,\-/ ])\d{3}[ .\-]{1,5}\d{2}[ .\-]{1,5}\d{4}(?!\d)(?![.,\-/ ]\d)",
        check=checks.ssn, score=0.55,
        context=("ssn", "ssns", "social security", "taxpayer"), with_context=0.9, digits=9, wary=True,
    ),
    Rule(
        entity="SSN", name="US social security number in any writing: parts that are issued",
        regex=rf"{FREE}\d(?:{D}){{8}}(?!\d)(?!-\d)", check=checks.ssn, score=0.2,
        context=("ssn", "ssns", "social security", "社会安全号"), with_context=0.9, digits=9,
    ),
    Rule(
        entity="ID", name="British national insurance number",
        regex=rf"(?i){ALONE}(?!BG|GB|KN|NK|NT|TN|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z](?:{D}){{6}}{S}[A-D]{END}",
        score=0.55, context=("insurance", "nino", "ni"), with_context=0.9, digits=6, wary=True,
    ),
    Rule(
        entity="ID", name="driver's licence, tax, health or social insurance number after its label",
        regex=r"(?i)(?:driv(?:er'?s?|ing) licen[cs]e|(?:national|personal) id|id card|identity card|nhs"
        rf"|tax(?:payer)? id|驾驶证|军官证|社保卡?|医保卡?){TO}"
        rf"(?P<value>(?=[a-z]{{0,5}}\d)[a-z0-9](?:[ \-]?[a-z0-9]){{4,18}}){END}",
        check=checks.document, score=0.55, digits=5,
        needs=("licen", "id", "identity", "nhs", "驾驶证", "军官证", "社保", "医保"),
    ),
    Rule(
        entity="PASSPORT", name="passport of any country after its label",
        regex=rf"(?i)(?:passport|护照){TO}(?P<value>[A-Z]{{0,2}}\d(?:{D}){{5,8}}[A-Z]?"
        rf"|[CFGHJK]\d[CFGHJ-NPRTV-Z0-9]{{6}}\d){END}", score=0.8, digits=3,
        needs=("passport", "护照"),
    ),
    Rule(
        entity="IP", name="IPv4 whose four numbers add up to 100 or more: versions and sections do not",
        regex=_IPV4, check=checks.likely_ipv4, score=0.6, digits=4, wary=True,
    ),
    Rule(
        entity="IP", name='any IPv4 after a word such as "address" or 服务器',
        regex=rf"(?i){_HOST}(?:(?!\. )[^\d。;!?]){{0,20}}?(?P<value>{_IPV4})", check=checks.ipv4, score=0.8, digits=4,
        wary=True,
    ),
    Rule(
        entity="IP", name="IPv6",
        regex=rf"(?<![A-Za-z0-9_.])(?<!{ALONE}{_HEX}{{1,4}}:)(?<!::)(?:{_HEX}{{1,4}}|(?=::)):"
        rf"(?:{_HEX}{{0,4}}:){{1,6}}(?:(?:\d{{1,3}}\.){{3}}\d{{1,3}}|{_HEX}{{1,4}})?"
        r"(?:%\w{1,16})?(?:/\d{1,3})?(?![A-Za-z0-9_:])(?!\.\d)",
        check=checks.ipv6, score=0.8, needs=(":",), digits=1,
    ),
    Rule(
        entity="MAC", name="six pairs with colons or dashes",
        regex=rf"(?<![0-9A-Za-z])(?<!{ALONE}{_HEX}{{2}}[:\-]){_HEX}{{2}}([:\-])(?:{_HEX}{{2}}\1){{4}}{_HEX}{{2}}"
        r"(?![0-9A-Fa-f:\-])",
        check=checks.mac, score=0.85, digits=2, needs=(":", "-"),
    ),
    Rule(
        entity="MAC", name="three groups with dots, of which one has a letter",
        regex=rf"(?<![0-9A-Za-z.])(?=[\d.]{{0,13}}[A-Fa-f])(?:{_HEX}{{4}}\.){{2}}{_HEX}{{4}}"
        r"(?!\.?[0-9A-Za-z])",
        check=checks.mac, score=0.7, digits=1, wary=True,
    ),
    Rule(
        entity="MAC", name="three groups with dots, or twelve signs in one, after its label",
        regex=rf"(?i)(?<![a-z])(?:mac|物理地址|硬件地址)\D{{0,12}}?(?<![0-9a-f.])(?P<value>(?:{_HEX}{{4}}\.){{2}}{_HEX}{{4}}"
        rf"|{_HEX}{{12}}|(?:{_HEX}{{2}} ){{5}}{_HEX}{{2}})(?!\.?[0-9a-f])",
        check=checks.mac, score=0.8, digits=1, needs=("mac", "物理地址", "硬件地址"),
    ),
    Rule(
        entity="BIRTH_DATE", name='date after a word such as "born" or 出生',
        regex=rf"(?i){_BORN}(?:(?!{_OTHER_DATES}|\. )[^\d。;!?]){{0,30}}?(?<!\d)(?P<value>{_DATE})(?!\d)",
        check=checks.birth_date, score=0.8, latin=False,
        needs=("born", "birth", "dob", "d.o.b", "出生", "生日", "生于", "诞生"),
    ),
    Rule(
        entity="BIRTH_DATE", name='date before 出生 or "(DOB)"',
        regex=rf"(?i)(?<!\d)(?P<value>{_DATE})(?= {{0,2}}(?:出生|生(?![产效成活命])|\(?(?:d\.?o\.?b|born|birth)))",
        check=checks.birth_date,
        score=0.8, needs=("出生", "日生", "月生", "号生", " 生", "dob", "d.o.b", "born", "birth"),
    ),
)  # fmt: skip
