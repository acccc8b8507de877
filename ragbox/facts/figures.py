"""The numbers, amounts, shares and dates of a text, comparable however they are written. Knows no passage.

1,000 is one thousand is 一千; 5 % is five percent is 百分之五; 1 May 2023 is 2023-05-01 is 二〇二三年五月一日.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest
from typing import Any

from . import numerals
from .numerals import DIGITS, FRACTIONS, ORDINAL, SCALES, SIGNS, WORDS
from .units import AFTER, BEFORE
from .units import unit as unit_of

_MONTHS = {m: n // 2 + 1 for n, m in enumerate(
    "january jan february feb march mar april apr may may june jun july jul august aug september sep october oct "
    "november nov december dec".split()
)} | {"sept": 9}  # fmt: skip
_MONTH = rf"\b(?P<month>(?:{'|'.join(sorted((m.capitalize() for m in _MONTHS), key=len, reverse=True))})\b|" + (
    rf"(?:{'|'.join(m.upper() for m in _MONTHS)})\b)\.?"
)
_DAY = r"(?P<day>[0-3]?\d)(?:st|nd|rd|th)?"
_YEAR = r"(?P<year>[12]\d{3})"
_SIGN = r"[零〇一二三四五六七八九十]"
_DATES = tuple(re.compile(p) for p in (
    rf"(?<![\d.-]){_YEAR}(?P<gap>[-/.])(?P<month>[01]?\d)(?P=gap)(?P<day>[0-3]?\d)(?![\d-])",
    rf"(?<![\d.-])(?P<one>[0-3]?\d)(?P<gap>[-/.])(?P<two>[0-3]?\d)(?P=gap){_YEAR}(?!\d)",
    rf"(?<![\d.,]){_DAY}(?:\ of)?[ -]{_MONTH}(?:,?[ -]{_YEAR}(?!\d))?",
    rf"{_MONTH}\ {_DAY}(?![\d%]|[.,]\d|\ ?(?:per|million))(?:,?\ {_YEAR}(?!\d))?",
    rf"{_MONTH},?\ (?:of\ )?{_YEAR}(?!\d)",
    rf"(?<!\d)(?P<year>[12]\d{{3}}|[一二][零〇一二三四五六七八九]{{3}})\ ?年"
    rf"(?:\ ?(?P<month>[01]?\d|{_SIGN}{{1,2}})\ ?月(?:份|\ ?(?P<day>[0-3]?\d|{_SIGN}{{1,3}})\ ?[日号])?)?",
    rf"(?<!\d)(?P<month>[01]?\d|{_SIGN}{{1,2}})\ ?月(?:份|\ ?(?P<day>[0-3]?\d|{_SIGN}{{1,3}})\ ?[日号])?",
))  # fmt: skip
_TIME = re.compile(r"(?<![\d:.])(?P<hour>[0-2]?\d)(?::(?P<minute>[0-5]\d))(?::[0-5]\d)?\s?(?P<half>[ap]\.?m\b)?|"
                   r"(?<![\d:.])(?P<hour2>1?\d)\s?(?P<half2>[ap]\.?m\b)", re.I)  # fmt: skip
_NUMBER = re.compile(
    r"(?=[\d零〇一二三四五六七八九两十百千万亿]|\b[aefhnostz])(?:"  # first: without it, seven times as slow
    rf"(?P<of>百分之|千分之|万分之|(?P<parts>{SIGNS})分之)(?P<share>{SIGNS}|{DIGITS})"
    rf"|(?P<fraction>\b(?:one|two|three|an?|\d)[- ](?:{'|'.join(FRACTIONS)})s?\b)"
    rf"|(?P<ordinal>\b(?:{ORDINAL})\b)"
    rf"|(?P<digits>(?<![\d.,]){DIGITS})"
    rf"|(?P<words>\b(?:{WORDS})\b)"
    rf"|(?P<signs>{SIGNS}))"
    rf"(?P<short>(?:bn|m|k)\b)?(?P<scales>(?:[ -]?(?:{'|'.join(SCALES)})(?![a-z]))*)[多余来几]?"
    rf"(?P<unit>{AFTER})?",
    re.IGNORECASE,
)
_BEFORE = re.compile(rf"(?:{BEFORE})\s?\Z", re.IGNORECASE)
_RANGE = re.compile(r"\s*(?:to|and|or|-|~|至|到|和|或)\s*", re.IGNORECASE)
_ABOUT = re.compile(
    r"(?:about|around|approximately|roughly|nearly|almost|some|over|more than|约|近|超过|逾)\W*\Z", re.IGNORECASE
)
MOST_OFF = 0.05
"""Share of a rounded number that it may be off: "about 3 million" for 2,870,000, but not "about 1,000" for 1,500."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Figure:
    """A number as the text has it, what it may mean in its base unit, and where it stands in `numerals.plain(text)`.

    `firm` is false for words that are mostly no numbers ("one", 一, "first"): they support, but are not asked for.
    """

    written: str
    values: frozenset[float]
    unit: str
    start: int
    end: int
    firm: bool = True
    about: float = 0.0
    """How far off the value may be: half of its last digit and at most MOST_OFF, where the text says it is rounded."""
    factor: float = 1.0
    """What the number as written was multiplied by: its unit in base units, times its scale."""
    cell: bool = False
    """Whether it fills a table's cell: its unit, "days" or "GBP m", then stands in the header, or nowhere."""

    def same(self, other: Figure) -> bool:
        """Tell whether both say the same; a unit that one leaves out may be any."""
        if self.unit and other.unit and self.unit != other.unit:
            return False
        if self.cell != other.cell and self.factor != other.factor:
            counted, cell = (other, self) if self.cell else (self, other)
            if any(abs(v / counted.factor - b) <= 1e-9 * abs(b) for v in counted.values for b in cell.values):
                return True
        return any(abs(a - b) <= max(self.about, 1e-9 * abs(b)) for a in self.values for b in other.values)


@dataclass(frozen=True, kw_only=True, slots=True)
class Date:
    """A date, or a part of one (0: not said). `other` is the month and day that 3/4/2023 means elsewhere."""

    written: str
    year: int
    month: int
    day: int
    start: int
    end: int
    other: tuple[int, int] = (0, 0)

    def same(self, other: Date) -> bool:
        """Tell whether both name the same day, month or year, as far as both say."""
        return any(
            all(not a or not b or a == b for a, b in zip((self.year, *mine), (other.year, *its), strict=True))
            for mine in self._readings()
            for its in other._readings()
        )

    def _readings(self) -> tuple[tuple[int, int], ...]:
        return ((self.month, self.day), self.other) if self.other[0] else ((self.month, self.day),)


@dataclass(frozen=True, kw_only=True, slots=True)
class Figures:
    """All that a text counts and dates. Each date's year stands among the figures too."""

    figures: tuple[Figure, ...] = ()
    dates: tuple[Date, ...] = ()

    def __add__(self, other: Figures) -> Figures:
        return Figures(figures=self.figures + other.figures, dates=self.dates + other.dates)

    @property
    def loose(self) -> Figures:
        """Return the same without what fills a table's cell."""
        return Figures(figures=tuple(f for f in self.figures if not f.cell), dates=self.dates)


def read(text: str) -> Figures:
    """Return the figures and dates of a text that is `numerals.plain` already; codes have been taken out of it."""
    dates, rest = list[Date](), text
    for pattern in _DATES:
        for m in pattern.finditer(rest):
            if (date := _date(m)) is not None:
                dates.append(date)
                rest = _blank(rest, m)
    figures = list[Figure]()
    for m in _TIME.finditer(rest):
        figures.append(_time(m))
        rest = _blank(rest, m)
    figures += _ranged(text, [_figure(m, rest) for m in _NUMBER.finditer(rest)])
    years = [_plain(d.written, d.year, d.start, d.end) for d in dates if d.year]
    return Figures(figures=(*figures, *years), dates=tuple(dates))


def _blank(text: str, m: re.Match[str]) -> str:
    return text[: m.start()] + "\x00" * (m.end() - m.start()) + text[m.end() :]


def _date(m: re.Match[str]) -> Date | None:
    found = m.groupdict()

    def part(name: str) -> int:
        written = found.get(name) or "0"
        if written.casefold() in _MONTHS:
            return _MONTHS[written.casefold()]
        return int(written) if written.isdecimal() else int(numerals.of_signs(written))

    other = (0, 0)
    month, day = part("month"), part("day")
    if "one" in found:
        day, month = part("one"), part("two")
        if month > 12 or day <= 12:
            other = (day, month)
        if month > 12:
            (month, day), other = other, (0, 0)
    if month > 12 or day > 31:
        return None
    return Date(written=m[0].strip(), year=part("year"), month=month, day=day, start=m.start(), end=m.end(),
                other=other)  # fmt: skip


def _time(m: re.Match[str]) -> Figure:
    hour, half = int(m["hour"] or m["hour2"]), (m["half"] or m["half2"] or "").casefold()
    minutes = hour % 12 * 60 if half else hour * 60
    minutes += int(m["minute"] or 0) + 720 * half.startswith("p")
    values = {float(minutes)} | ({float(minutes + 720)} if not half and hour < 12 else set())
    return Figure(written=m[0].strip(), values=frozenset(values), unit="clock", start=m.start(), end=m.end())


def _figure(m: re.Match[str], text: str) -> Figure:
    firm, unit, factor = True, "", 1.0
    if m["of"]:
        parts = {"百分之": 1e2, "千分之": 1e3, "万分之": 1e4}.get(m["of"]) or numerals.of_signs(m["parts"])
        values = {v / parts for v in _values(m["share"])}
        unit = "%" if m["of"] != f"{m['parts']}分之" else ""
        values |= {v * 100 for v in values} if parts == 1e2 else set()
        return _made(m, values, unit)
    if m["fraction"]:
        top, _, bottom = m["fraction"].casefold().replace("-", " ").rpartition(" ")
        below = FRACTIONS[bottom if bottom in FRACTIONS else bottom.removesuffix("s")]
        over = 1.0 if top in ("a", "an") else float(top) if top.isdigit() else numerals.of_words(top)
        return _made(m, {over / below}, "", firm=top not in ("a", "an"))
    if m["ordinal"]:
        values, firm = {numerals.of_ordinal(m["ordinal"].casefold())}, True
        begins = not text[: m.start()].strip()
        firm = not (m["ordinal"].casefold() == "first" or (m["ordinal"].isalpha() and begins))
    elif m["digits"]:
        values = set(_values(m["digits"]))
    elif m["words"]:
        values = {numerals.of_words(m["words"].casefold())}
    else:
        values = {numerals.of_signs(m["signs"])}
    before = _BEFORE.search(text, max(0, m.start() - 6), m.start())
    if named := before[0] if before else m["unit"]:
        unit, factor = unit_of(named)
    if not m["digits"]:
        lone = next(iter(values)) <= 1 or len(m["signs"] or "  ") == 1
        firm = firm and (bool(unit) or not lone)
    scale = math.prod(SCALES[s] for s in re.findall("|".join(SCALES), (m["scales"] or "").casefold()))
    if m["short"]:
        short = {"k": 1e3, "m": 1e6, "bn": 1e9}[m["short"].casefold()]
        if m["short"] == "m" and not before:
            unit = "m"  # metres
        else:
            scale *= short
    if unit == "%":
        values |= {v / 100 for v in values}
    factor *= scale
    about = 0.0
    if m["digits"] and _ABOUT.search(text, max(0, m.start() - 20), m.start()):
        about = min(_last_digit(m["digits"]) / 2, MOST_OFF * min(values)) * factor
    beside = {text[max(0, m.start() - 3) : m.start()].rstrip(" ")[-1:], text[m.end() : m.end() + 3].lstrip(" ")[:1]}
    cell = not unit and "|" in beside and beside <= {"|", "\n", ""}
    made = _made(m, {v * factor for v in values}, unit, firm=firm, about=about, factor=factor, cell=cell)
    return replace(made, written=f"{before[0]}{made.written}") if before else made


def _values(written: str) -> frozenset[float]:
    return numerals.of_digits(written) if written[0].isdecimal() else frozenset({numerals.of_signs(written)})


def _last_digit(digits: str) -> float:
    """Return what the last digit that is not 0 counts: 100 for "1,200", 0.1 for "1.2"."""
    whole, _, decimals = digits.replace(",", "").partition(".")
    return 10.0 ** (-len(decimals) if decimals else len(whole) - len(whole.rstrip("0")))


def _made(m: re.Match[str], values: set[float], unit: str, **more: Any) -> Figure:
    return Figure(
        written=m[0].strip(" \x00-."), values=frozenset(values), unit=unit, start=m.start(), end=m.end(), **more
    )


def _plain(written: str, value: int, start: int, end: int) -> Figure:
    return Figure(written=written, values=frozenset({float(value)}), unit="", start=start, end=end, firm=False)


def _ranged(text: str, found: Sequence[Figure]) -> Iterator[Figure]:
    """Give both ends of a range the unit and scale that one has: "10 to 15 days", "$2 to 3 million"."""
    unit = ""
    for figure, after in zip_longest(found, found[1:]):
        figure, unit = replace(figure, unit=figure.unit or unit), ""
        if after is not None and _RANGE.fullmatch(text, figure.end, after.start):
            if not after.unit:
                unit = figure.unit
            if not figure.unit or (not after.unit and figure.factor == 1):
                scaled = {v * after.factor for v in figure.values} if figure.factor == 1 else set()
                figure = replace(figure, unit=figure.unit or after.unit, values=figure.values | scaled)
        yield figure
