"""What a document is, by rules: company and what else it is called, kind of paper, period. Reads name, title, cover.

Knows no record and no question. What a person says of a document stands above it (`ragbox/profiles.py`).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath

from . import periods
from .periods import Period
from .text import HAN
from .types import Document, Profile

COVER = 6_000
"""Characters that count as cover and first page: what a paper is about stands there."""
OPENING = 1_500
"""Characters in which a contract names its parties."""
BODY = 20_000
"""Characters in which a company's name is counted: the first ten pages or so."""

FORMS: tuple[tuple[str, str, str], ...] = (
    # (kind of paper, in a name or title, on a cover); the first that fits wins
    ("10-Q", r"\b10[- ]?qs?\b", r"form\s+10-q\b"),
    ("10-K", r"\b10[- ]?ks?\b", r"form\s+10-k\b"),
    ("8-K", r"\b8[- ]?k\b", r"form\s+8-k\b"),
    ("20-F", r"\b20[- ]?f\b", r"form\s+20-f\b"),
    (
        "half-year report", r"half[- ]?year(?:ly)? report|interim report|半年度?报告|中期报告|中报",
        r"半年度报告|half-year report",
    ),
    ("quarterly report", r"quarterly (?:report|filing)|季度?报告|季报", r"第[一二三四]季度报告|quarterly report"),
    ("annual report", r"annual (?:report|filing)|年度报告|年报", r"年度报告|annual report"),
    (
        "earnings release", r"earnings|业绩(?:快报|公告)",
        r"(?:reports|announces) .{0,40}(?:quarter|full[- ]year).{0,20}results",
    ),
    ("minutes", r"\bminutes\b|会议?纪要|会议记录", r"minutes of (?:the )?meeting|会议纪要"),
    ("invoice", r"\binvoice\b|发票|账单", r"发票号码"),
    (
        "contract",  # contract liabilities and lease costs are figures of a report
        r"\b(?:agreement|contract|lease|nda|amendment)\b(?![ -](?:liabilit|assets?\b|revenue|costs\b|expenses?\b))|"
        r"合同(?!负债|资产|收入|成本)|协议", r"this agreement\b|甲方|本合同",
    ),
    ("policy", r"\b(?:policy|policies)\b|制度|办法|规定|条例", r"管理制度|管理办法"),
    ("manual", r"\b(?:manual|handbook|guide)\b|手册|指南|说明书", r"\b(?:user|service|operating) manual\b|说明书"),
    ("protocol", r"\b(?:protocol|prot|sap|icf)\b|试验方案", r"clinical (?:study )?protocol"),
    ("report", r"\breport\b|报告", r"^[^\w\n]*(?:\w+ ){0,4}report[^\w\n]*$"),
)  # fmt: skip
KIN = (frozenset({"10-Q", "quarterly report"}), frozenset({"10-K", "20-F", "annual report"}))
"""Kinds of paper that people call by each other's names."""
REPORTS = frozenset("10-Q,10-K,8-K,20-F,half-year report,quarterly report,annual report,earnings release".split(","))
"""Kinds of paper that a company gives out, each for its period."""
_FORMS = [(form, re.compile(name, re.I), re.compile(cover, re.I | re.M)) for form, name, cover in FORMS]
_EXHIBIT = re.compile(r"(?<![a-z])ex(?:hibit)?[ .-]?\d", re.I)

_LEGAL = (
    r"Limited Liability Company|LIMITED LIABILITY COMPANY|Limited Partnership|LIMITED PARTNERSHIP|"
    r"Inc|Incorporated|Corp|Corporation|Company|Co|Ltd|Limited|LLC|L\.L\.C|LLP|LP|L\.P|PLC|plc|GmbH|AG|S\.A|SA|SE|"
    r"INC|CORP|CORPORATION|COMPANY|LIMITED|LTD|N\.V|NV|B\.V|BV|S\.p\.A|Oy|AB|ASA|A/S|KK|Pte|Pty|Holdings|Group"
)
_FIRM = re.compile(
    rf"(?<![\w.])((?:[A-Z0-9][\w.&'’-]{{0,40}},?[ ]+(?:(?:of|and|the|&|de)[ ]+)?){{1,5}}?(?:{_LEGAL})\b\.?)(?![a-z])"
)
# Atomic: with two ways to take a sign (Inc and INC, a dot of this form or before the next), 40 forms take 2^40 steps.
_TAIL = re.compile(rf"(?:[,.\s]+(?>(?:{_LEGAL})\b|&[ ]*Co\b|/\w{{2}}/?))++\W*$", re.I)
_KIND_OF = re.compile(r"\ban? $", re.I)
"""What stands before "Delaware corporation", which is no firm."""
_BEFORE = re.compile(
    r"^.*(?:\b(?:the|by|between|among|with|whereas|agreement)\b,?|(?:,|\d{4})\s+and)\s+(?=\S+\s)|^(?:[\d,.]+\s+)+", re.I
)
"""What a sentence puts before a firm's name and looks like a part of it."""
_REGISTRANT = re.compile(r"\(\s*Exact name of registrant", re.I)
_SYMBOL = re.compile(r"(?:\(|\b)(?:nasdaq|nyse|amex|lse|sehk|tsx)(?:\s*gs)?\s*[:：]\s*([A-Z]{1,5}(?:\.[A-Z])?)\b", re.I)
_TRADED = re.compile(
    r"(?:common (?:stock|shares)|ordinary shares|class a)[^\n]{0,80}?[\s|]([A-Z]{1,5})[\s|]+(?:the )?"
    r"(?:nasdaq|new york stock|nyse)", re.I,
)  # fmt: skip
_HAN_FIRM = re.compile(rf"[{HAN}（）()]{{2,24}}?(?:股份有限公司|有限责任公司|有限公司|集团公司|事务所)")
_HAN_SHORT = re.compile(
    rf"(?:证券简称|股票简称|公司简称|以下简称|下称|简称)[：:\s]*[“\"「『]?([{HAN}A-Za-z0-9]{{2,10}})"
)
_HAN_CODE = re.compile(r"(?:证券代码|股票代码)[：:\s]*(\d{4,6})")
_HAN_TAIL = re.compile(r"(?:股份有限公司|有限责任公司|有限公司|集团|公司)+$")
_HAN_HEAD = re.compile(
    rf"^(?:[{HAN}]{{2,3}}(?:省|市|自治区))+|^(?:本公司|本合同)?(?:甲方|乙方|出租方|承租方|公司名称)?[：:]?"
)
_PARTIES = frozenset("甲方 乙方 本公司 公司 我公司 贵公司 该公司".split())
_ENDED = re.compile(
    r"(?P<span>quarter(?:ly period)?|(?:fiscal |financial )?year|(?:three|six|nine|twelve) months|period|"
    r"(?:thirteen|twenty-six|thirty-nine|fifty-two|fifty-three|1[34]|26|39|5[23])[ -]weeks?(?: period)?)\s+"
    r"end(?:ed|ing)\s*:?\s*", re.I,
)  # fmt: skip
_FISCAL = re.compile(r"(?:(first|second|third|fourth) quarter (?:of )?)?fiscal (?:year )?((?:19|20)\d\d)", re.I)
_WORD = re.compile(rf"[{HAN}]+|[^\W_{HAN}]+")
_JOINED = re.compile(r"_|(?<=[a-z])(?=[A-Z])|(?<=[a-z]{3})(?=\d)")


def describe(file: str, title: str, texts: Sequence[str]) -> Profile:
    """Return what a document is by its file's name, its title and the texts of its first blocks, in order."""
    # One space for each run of white space: the rules stay linear in what a hostile file is full of.
    stem, title, body = _plain(PurePosixPath(file).stem), _plain(title), _plain("\n".join(texts)[:BODY])
    named = f"{spaced(stem)}\n{title}"
    form = _form(named, body[:COVER])
    company, aliases = _company(title, body, form)
    period = _period(f"{PurePosixPath(file).parent.name} {stem}\n{title}", body[:COVER], body, form)
    code = _left_over(stem) if company or form in REPORTS else ""  # "IT policy" is not called IT
    if code and code.casefold() not in (company.casefold(), core(company).casefold()):
        aliases = (*aliases, code)
    stated = Period(year=period.year) if form in KIN[1] and not period.part else period
    kept = dict.fromkeys(a for a in aliases if a.casefold() != core(company).casefold())
    return Profile(company=company, aliases=tuple(kept)[:6], form=form, period=stated.label, ends=period.end)


def core(company: str) -> str:
    """Return a company's name without its legal form: Apple for Apple Inc., 腾讯 for 腾讯有限公司."""
    name = _HAN_TAIL.sub("", company.strip()) or company
    short = _TAIL.sub("", name).strip(" ,.")
    short = re.sub(r"^the\s+", "", short, flags=re.I)
    return re.sub(r"\.com$", "", short, flags=re.I) or name


def heading(document: Document) -> str:
    """Return what heads each passage's context: file name and title, and what these do not say of whose and when."""
    stem, about = PurePosixPath(document.file).stem, document.profile
    line = document.title if stem.casefold() in document.title.casefold() else f"{stem}: {document.title}"
    for part in (about.company, about.form if any(map(str.isdigit, about.form)) else "", about.period):
        if not set(_WORD.findall(core(part).casefold())) <= set(_WORD.findall(line.casefold())):
            line = f"{line}, {part}"
    return line


def spaced(stem: str) -> str:
    """Return a file's name with those words apart that it writes together: Supply Agreement 2 for SupplyAgreement2."""
    return _JOINED.sub(" ", stem)


def kind(text: str) -> str:
    """Return the kind of paper that a text is the Chinese name of, as the rules call it; any other text as it is."""
    found = (form for form, name, _ in _FORMS if not text.isascii() and name.fullmatch(text))
    return next(found, text)


def forms(text: str) -> Iterator[str]:
    """Yield the kinds of paper that a question or a name speaks of."""
    for form, name, _ in _FORMS:
        if name.search(text):
            yield form


def _plain(text: str) -> str:
    return re.sub(r"\s*\n\s*", "\n", re.sub(r"[^\S\n]+", " ", text))


def parties(cover: str) -> tuple[str, ...]:
    """Return the firms that a contract's first lines name, as they stand there; it is called by both."""
    text = cover[:OPENING]
    found = [
        m[1] for m in _FIRM.finditer(text)
        if not _KIND_OF.search(text[max(0, m.start() - 4) : m.start()]) and not text.startswith(" Act", m.end())
    ]  # fmt: skip
    found = [" ".join(_BEFORE.sub("", name).split()) for name in found]
    found += [_HAN_HEAD.sub("", m[0]) for m in _HAN_FIRM.finditer(text)]
    return tuple({core(name).casefold(): name for name in reversed(found) if core(name).casefold() != "the"}.values())


def _form(named: str, cover: str) -> str:
    for form, _, on_cover in _FORMS[:4]:  # a filing says itself what it is, whatever it is called
        if on_cover.search(cover):
            return form
    by_name = list(forms(named))
    if "contract" in by_name and by_name[0] in REPORTS and _exhibit(named, cover, by_name[0]):
        return "contract"
    return next(iter(by_name), "") or next((form for form, _, on_cover in _FORMS[4:] if on_cover.search(cover)), "")


def _exhibit(named: str, cover: str, report: str) -> bool:
    """Tell an agreement that was filed with a report from an amended one, and from that of a firm called Lease."""
    found = {form: (name, on_cover) for form, name, on_cover in _FORMS}
    if not _EXHIBIT.search(named) and not found["contract"][1].search(cover):
        return False
    return any(_last(found["contract"][0], line) > _last(found[report][0], line) for line in named.split("\n"))


def _last(form: re.Pattern[str], line: str) -> int:
    return max((m.end() for m in form.finditer(line)), default=0)


def _company(title: str, body: str, form: str) -> tuple[str, tuple[str, ...]]:
    """Return the company that a paper is of and what else it is called; "" where several share it."""
    cover = body[:COVER]
    symbols = [m[1] for m in (*_SYMBOL.finditer(cover), *_TRADED.finditer(cover)) if m[1].isupper()]
    if found := _REGISTRANT.search(cover):
        before = cover[max(0, found.start() - 200) : found.start()].rstrip(" \n_|-")
        name = re.split(r"[\n|]", before)[-1].strip(" _-")
        if 2 <= len(name) <= 80 and not name.islower():
            return " ".join(name.split()), tuple(dict.fromkeys(symbols))
    short = [m[1] for m in _HAN_SHORT.finditer(cover) if m[1] not in _PARTIES and not m[1].endswith("公司")]
    codes = [m[1] for m in _HAN_CODE.finditer(cover)]
    if form in ("contract", "invoice", "minutes"):  # of two parties neither is whose paper it is
        return "", parties(cover) if form == "contract" else ()
    if named := _FIRM.search(title) or _HAN_FIRM.search(title):
        return " ".join(_HAN_HEAD.sub("", named[named.lastindex or 0]).split()), tuple(
            dict.fromkeys([*short[:1], *codes[:1], *symbols])
        )
    counts = Counter(_HAN_HEAD.sub("", m[0]) for m in _HAN_FIRM.finditer(body))
    counts.update(m[1].strip(" ,") for m in _FIRM.finditer(body))
    best = counts.most_common(2)
    if best and best[0][1] >= 3 and (len(best) == 1 or best[0][1] >= 2 * best[1][1]):
        return " ".join(best[0][0].split()), tuple(dict.fromkeys([*short[:1], *codes[:1], *symbols[:2]]))
    return "", ()


def _period(named: str, cover: str, body: str, form: str) -> Period:
    """Return the period: as the name states it, else as the cover does; with its end where the cover says that."""
    stated = [p for _, _, p in periods.find(named)]
    stated.sort(key=lambda p: (not p.part, not p.end))
    ended = next(
        (p for m in _ENDED.finditer(cover) for _, _, p in [_first(cover[m.end() : m.end() + 40])] if p.end), Period()
    )
    if not ended.end and (found := re.search(rf"截[至止]\s*({periods.DATE_ZH})", cover)):
        ended = periods.parse(found[1])
    label = stated[0] if stated else Period()
    if not label.year or (label.end and ended.end):
        label = _fiscal(body, ended, form)
    end = (
        ended.end
        if ended.end and abs(ended.order - Period(year=label.year, part=label.part).order) <= 24
        else label.end
    )
    return Period(year=label.year, part=label.part, end=end)


def _fiscal(body: str, ended: Period, form: str) -> Period:
    """Return the fiscal period that a paper is in whose cover names an end: "third quarter of fiscal 2023"."""
    if not ended.end:
        return (
            Period()
            if form not in ("minutes", "invoice")
            else next((p for _, _, p in periods.find(body[:800]) if p.end), Period())
        )
    annual = form in KIN[1]
    said = Counter(
        (m[1] or "").lower() + " " + m[2] for m in _FISCAL.finditer(body)
        if abs(int(m[2]) - ended.year) <= 1 and (annual or m[1])
    )  # fmt: skip
    if said:
        quarter, _, year = said.most_common(1)[0][0].partition(" ")
        return periods.parse(f"{quarter} quarter {year}" if quarter and not annual else f"FY{year}")
    quarter = (int(ended.end[5:7]) + 2) // 3
    return Period(year=ended.year, part="" if annual else f"Q{quarter}")


def _first(text: str) -> tuple[int, int, Period]:
    return next(iter(periods.find(text)), (0, 0, Period()))


def _left_over(stem: str) -> str:
    """Return what a file's name has beside period and kind where that is one short word: AAPL in "2022 Q3 AAPL"."""
    text, taken = stem.replace("_", " "), False
    for start, end, _ in reversed(list(periods.find(text))):
        text, taken = f"{text[:start]} {text[end:]}", True
    for _, name, _ in _FORMS:
        text, count = name.subn(" ", text)
        taken = taken or bool(count)
    words = [w for w in _WORD.findall(text) if not w.isdigit()]
    code = words[0] if taken and len(words) == 1 else ""
    return code if code.isascii() and 1 < len(code) <= 24 and code == code.upper() else ""
