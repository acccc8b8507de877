"""Periods as papers and questions name them: quarters, fiscal years, months, days; English and Chinese. Pure rules.

Knows no document: which of several periods a paper is about is decided in `profile.py`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

MONTHS = {
    name: number
    for number, names in enumerate(
        ("january jan", "february feb", "march mar", "april apr", "may", "june jun", "july jul", "august aug",
         "september sep sept", "october oct", "november nov", "december dec"), start=1,
    )
    for name in names.split()
}  # fmt: skip
_ORDINAL = {"first": 1, "second": 2, "third": 3, "fourth": 4, "1st": 1, "2nd": 2, "3rd": 3, "4th": 4,
            "一": 1, "二": 2, "三": 3, "四": 4, "1": 1, "2": 2, "3": 3, "4": 4}  # fmt: skip
_HAN_DIGITS = str.maketrans("〇零○一二三四五六七八九", "000123456789")
_YEAR = r"(?:19|20)\d\d"
_SHORT = rf"(?:{_YEAR}|['’]?\d\d(?!\d))"
_MONTH = "|".join(sorted(MONTHS, key=len, reverse=True))
DATE_ZH = r"(?:19|20)\d\d\s*年\s*\d{1,2}\s*月\s*\d{1,2}\s*日"
_PERIOD = re.compile(
    "|".join(
        (
            # Q3 2022, third quarter of fiscal year 2022, Q1 FY23
            rf"(?<![a-z0-9])(?:q(?P<q1>[1-4])|(?P<o1>first|second|third|fourth|[1-4](?:st|nd|rd|th))[ -]+quarter)"
            rf"(?:[ ,_-]+|(?='))(?:of[ ]+)?(?:the[ ]+)?(?:calendar[ ]+|fiscal[ ]+|fy[ ]?)?(?:year[ ]+)?"
            rf"(?P<y1>{_SHORT})(?!\d)",
            rf"(?<![a-z0-9])(?P<q2>[1-4])q[ _-]?(?P<y2>{_SHORT})(?!\d)",  # 1Q23
            rf"(?<![a-z0-9])(?:fy[ ]?)?(?P<y3>{_YEAR}|(?<=fy)\d\d|(?<=fy )\d\d)[ _-]*q(?P<q3>[1-4])(?![0-9])",  # 2022Q3
            # 2022年第三季度; bounded, for two runs of white space side by side are quadratic
            rf"(?P<y4>{_YEAR})\s{{0,3}}年\s{{0,3}}(?:度\s{{0,3}})?第?\s{{0,3}}"
            rf"(?:(?P<o4>[一二三四1-4])\s*季|q(?P<q4>[1-4]))",
            rf"(?P<y5>{_YEAR})\s*年\s*(?P<h5>上|下|半)半?年",
            rf"(?<![a-z0-9])h(?P<h6>[12])[ _-]?(?P<y6>{_SHORT})(?!\d)",
            rf"(?<![a-z0-9])(?P<m7>{_MONTH})\.?[ ]+(?P<d7>[0-3]?\d)(?:st|nd|rd|th)?,?[ ]+(?P<y7>{_YEAR})",
            rf"(?<![a-z0-9])(?P<d8>[0-3]?\d)[ ]+(?P<m8>{_MONTH})\.?,?[ ]+(?P<y8>{_YEAR})",
            rf"(?<![a-z0-9])(?P<m9>{_MONTH})\.?,?[ _-]+(?P<y9>{_YEAR})(?!\d)",  # July 2022
            rf"(?P<y10>{_YEAR})\s*年\s*(?P<m10>1[0-2]|0?[1-9])\s*月(?:\s*(?P<d10>[0-3]?\d)\s*日)?",
            rf"(?<!\d)(?P<y11>{_YEAR})(?P<s11>[-_./]?)(?P<m11>1[0-2]|0[1-9])(?:(?P=s11)(?P<d11>[0-3]\d))(?!\d)",
            rf"(?<![\d.])(?P<y12>{_YEAR})[-_](?P<m12>1[0-2]|0[1-9])(?![a-z\d-])",  # 2022-06
            rf"(?<![a-z0-9])(?:fy|fiscal(?:[ ]+year)?|financial[ ]+year)[ _-]*(?P<y13>{_SHORT})(?!\d)",
            rf"(?<![\d.,$€£¥])(?P<y14>{_YEAR})(?![\d.]*\d|,\d|%|/[a-z])",
        )
    ),
    re.I,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Period:
    """A time that a paper covers. `part` is Q1 to Q4, H1, H2 or "" (the whole year, or what `end` says).

    `year` is the fiscal year as it is stated; `end` is the last day (2022-06-25) or month (2022-06), where one is said.
    """

    year: int = 0
    part: str = ""
    end: str = ""

    @property
    def label(self) -> str:
        """Return it as lists show it: Q3 2022, 2022, or the end where nothing else is known; "" for none."""
        return f"{self.part} {self.year}".strip() if self.year and (self.part or not self.end) else self.end

    @property
    def order(self) -> int:
        """Return a number that grows with time: year and month of the end, else of the stated period's."""
        if self.end:
            return int(self.end[:4]) * 12 + int(self.end[5:7])
        last = {"Q1": 3, "Q2": 6, "Q3": 9, "H1": 6}.get(self.part, 12)
        return self.year * 12 + last


def find(text: str) -> Iterator[tuple[int, int, Period]]:
    """Yield (start, end, period) of all periods named in a text, in order; a bare year is one too."""
    text = re.sub(r"[二一][〇零○一二三四五六七八九]{3}(?=年)", lambda m: m[0].translate(_HAN_DIGITS), text)
    for m in _PERIOD.finditer(text):
        found = {name.rstrip("0123456789"): value for name, value in m.groupdict().items() if value}
        if (made := _period(found)) is not None:
            yield m.start(), m.end(), made


def parse(label: str) -> Period:
    """Return the first period that a text names; an empty one where it names none."""
    return next((p for _, _, p in find(label)), Period())


def _period(found: dict[str, str]) -> Period | None:
    year = int(found["y"].lstrip("'’"))
    year += 0 if year > 99 else 2000
    if "m" in found:
        month = MONTHS.get(found["m"].casefold()) or int(found["m"])
        day = int(found.get("d", 0))
        return None if day > 31 else Period(year=year, end=f"{year}-{month:02}" + (f"-{day:02}" if day else ""))
    if "q" in found or "o" in found:
        quarter = int(found["q"]) if "q" in found else _ORDINAL[found["o"].casefold()]
        return Period(year=year, part=f"Q{quarter}")
    if "h" in found:
        return Period(year=year, part="H" + {"上": "1", "半": "1", "下": "2"}.get(found["h"], found["h"]))
    return Period(year=year)
