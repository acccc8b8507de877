"""Chinese addresses: 江苏省南通市崇川区学田新村27幢402室, as a chain of parts that each end in a unit. Knows no stream.

A chain counts where a road, a village or a building stands before a number with its unit, or where a label (住址：)
leads to a district; a city or a country alone is no address.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import regex

from .found import Found
from .words_zh import CITIES, PROVINCES

_NUMBER = (
    r"(?:[0-9]{1,5}[A-Za-z]?(?:[-之/][0-9]{1,4})?|[A-Za-z](?:-?[0-9]{1,4})?|[甲乙丙丁][0-9]{0,4}"
    r"|[一二三四五六七八九十百零〇]{1,5}|[东西南北])"
)
_STOPS = "的在于是和与及或为已被将曾向把以从到至往由了也各每该本此其第、，,。；;：:()（）|\"'"
_NAME = rf"[一-鿿A-Za-z0-9--[{_STOPS}省市区县]]"
_KNOWN = "|".join(sorted(CITIES | PROVINCES, key=lambda word: (-len(word), word)))
_FIRST = "".join(sorted({word[0] for word in CITIES | PROVINCES}))
_REGION = (
    rf"(?=[{_FIRST}])(?:{_KNOWN})(?:壮族自治区|维吾尔自治区|回族自治区|自治区|特别行政区|[省市县区])?+(?![东西南北中一二]?(?:大道|大街|[路街道巷]))"
    rf"|市[南北中]区|{_NAME}{{1,8}}?(?:特别行政区|自治[区州县旗]|开发区|高新区|新区|地区|[省市区县盟旗])"
)
_TOWN = rf"{_NAME}{{1,8}}?(?:街道(?!办)|镇|乡|苏木)"
_ROAD = (
    rf"(?:市府|市政|市民|县前|县府|区府|和平|和谐)?{_NAME}{{0,10}}?(?<=[一-鿿])(?:大道|大街|公路|胡同|[路街巷弄道里])"
    r"(?:[东西南北中][一二三]?[段路街]|[一二三四五六七八九十]段)?"
)
_PLACE = (
    rf"{_NAME}{{1,10}}?(?:新村|小区|花园|花苑|家园|公寓|别墅|大厦|大楼|广场|中心|工业园|产业园|科技园|软件园|园区|创业园"
    r"|国际|公馆|名苑|雅苑|[村苑园庄府城邨组屯社队寨])"
    rf"|(?<=[号弄院] ?)[一-鿿--[{_STOPS}]]{{2,8}}?(?=[0-9]{{1,3}}(?:号楼|[栋幢座]))"
)
_UNIT = (
    rf"(?:{_NUMBER})(?:号 ?楼|号 ?院|号门|单元|号(?![线机文令炉泵阀井仓车门公])|[弄幢栋座室户层楼房]|[Ff](?![A-Za-z]))"
    r"|(?<=[号楼栋幢座元层室厦寓-])[0-9]{2,5}(?![0-9年月日元个台件])"
)
_PART = regex.compile(
    rf"(?V1)(?P<unit>{_UNIT})|(?P<region>{_REGION})|(?P<town>{_TOWN})|(?P<road>{_ROAD})|(?P<place>{_PLACE})"
)
_CITY = regex.compile(_KNOWN)
_LABEL = regex.compile(
    r"(?:地址|住址|住所地?|居住地|现居|户籍所?在?地?|户口所在地|送货至?|收货地|寄往|寄送至?|邮寄至?|家住|住在)"
    r"(?:[为是在至于]|[ \t|]*[：:|]|)[ \t|]*$"
)
_ANCHOR = regex.compile(
    r"[0-9](?:[号弄幢栋座室楼层院]|单元)|[一二三四五六七八九十甲乙丙A-Za-z](?:[号弄幢栋室]|单元)|[址寄]|住[在所]|户籍|户口|[收送]货"
)
"""What a stretch between commas must hold to be looked at: looking costs 5 ms for 1,000 characters."""
_STRETCH = regex.compile(r"[^，。；！？,;!?]+")
_LEAD = regex.compile(
    r".*(?:地址|住址|住所地?|居住地|所在地|注册地|办公地点?|地点|场所|位于|坐落|家住|住在|送货|寄送|邮寄|寄|搬|迁|住|我司|公司|工厂"
    r"|现居|法院|单位)"
)
_POSTCODE = regex.compile(
    r"[ ,，;；]{0,3}(?:(?:邮编|邮政编码)[ ：:]{0,3})?(?<![0-9])[0-9]{6}(?![0-9])"
    r"|[（(](?:(?:邮编|邮政编码)[ ：:]{0,3})?[0-9]{6}[)）]"
)
_CODE = regex.compile(r"(?<=(?:邮编|邮政编码|邮码)[为是]?[ \t：:|]{0,4})[0-9]{6}(?![0-9])")
_BOX = regex.compile(
    rf"(?V1){_NAME}{{0,8}}?[市省区县]?(?:邮政)?第?[0-9]{{1,5}}(?:-[0-9]{{1,4}})?号?(?:邮政)?信箱(?:[0-9]{{1,4}}分箱)?"
    r"|信箱[：: ]?[0-9]{1,5}号?"
)
_NO_ROAD = regex.compile(
    r".*(?:[电管线气油水回支通短铁道公思网环]路|[国省县]道|高速|地铁|[通管轨渠频车隧地航味街轨报知]道|哪里|这里|那里|公里|[此该家]里|手里)"
)
"""What ends like a road, and is none: 电路3号, 铁路10号."""


def addresses(text: str, before: str = "") -> Iterator[Found]:
    """Yield each address in a folded text from its first to its last part; `before` is what stands in front of it."""
    whole, offset = before + text, len(before)
    stretches = (s.span() for s in _STRETCH.finditer(whole) if s.end() > offset and _ANCHOR.search(s.group()))
    found = [judged for span in stretches for chain in _chains(whole, *span) if (judged := _judged(whole, chain))]
    patterns = [pattern for word, pattern in (("邮", _CODE), ("信箱", _BOX)) if word in whole]
    found += [(*match.span(), 0.6) for pattern in patterns for match in pattern.finditer(whole, offset)]
    last = offset
    for start, end, score in sorted(found):
        if end > last and (start >= last or last == offset):
            yield Found(max(start, offset) - offset, end - offset, score)
            last = end


def _chains(text: str, start: int, end: int) -> Iterator[list[regex.Match[str]]]:
    """Yield each stretch of parts that follow each other at once, or with a space between."""
    chain: list[regex.Match[str]] = []
    for part in _PART.finditer(text, start, end):
        if chain and text[chain[-1].end() : part.start()] not in ("", " "):
            yield chain
            chain = []
        chain.append(part)
    if chain:
        yield chain


def _judged(text: str, chain: list[regex.Match[str]]) -> tuple[int, int, float] | None:
    """Return where the address in a chain begins and ends, and the score; None where there is none."""
    kinds = [part.lastgroup for part in chain]
    while kinds and kinds[0] == "unit":
        kinds, chain = kinds[1:], chain[1:]
    if not chain:
        return None
    start, first = chain[0].span()
    known = _CITY.search(text, start, chain[-1].end())
    if known and known.start() < first:
        start = known.start()
    elif lead := _LEAD.match(text, start, first - 1):
        start = lead.end()
    labelled = _LABEL.search(text, max(0, start - 12), start) is not None
    numbered = any(_numbers(one, two) for one, two in pairwise(chain))
    end = chain[-1].end()
    regions = kinds.count("region") + kinds.count("town")
    if numbered:
        anchored = known or regions or labelled or "road" in kinds or kinds.count("unit") > 1
        score = 0.85 if regions or known else 0.65 if anchored else 0.4
    elif labelled and regions and len(kinds) > regions - kinds.count("town") + (regions < 2):
        score = 0.6
    else:
        return None
    if code := _POSTCODE.match(text, end):
        end = code.end()
    return start, end, score


def _numbers(part: regex.Match[str], unit: regex.Match[str]) -> bool:
    """Tell whether a part is a street, a place or a region, and the next one its number."""
    if unit.lastgroup != "unit" or part.lastgroup == "unit":
        return False
    if part.lastgroup == "region":  # 台北一座公寓 has none
        return unit.group()[0].isdecimal() and unit.group()[-1] in "号弄"
    return not (part.lastgroup == "road" and _NO_ROAD.fullmatch(part.group()))
