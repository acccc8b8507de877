"""What a sentence states: numbers, dates and names in any writing, negations."""

from __future__ import annotations

import pytest

from ragbox.facts import figures
from ragbox.facts.claims import cleaned, negations, refuses, statement
from ragbox.facts.figures import Figures
from ragbox.facts.numerals import plain


def read(text: str) -> Figures:
    return statement(text).figures


def same(one: str, other: str) -> bool:
    """Tell whether the first thing counted or dated in two texts is the same."""
    mine, its = read(one), read(other)
    if mine.dates and its.dates:
        return mine.dates[0].same(its.dates[0])
    return mine.figures[0].same(its.figures[0])


@pytest.mark.parametrize(
    "writings",
    [
        ("1,000 items", "1000 items", "one thousand items", "a thousand items", "一千件", "1千件", "1'000 items"),
        ("2 million", "2,000,000", "two million", "200万", "二百万", "$2m"),
        ("1.2 billion", "12亿", "十二亿", "1,200,000,000"),
        ("12.5万元", "125,000 yuan", "RMB 125,000", "CNY 125,000"),
        ("5%", "5 percent", "five per cent", "百分之五", "5 %"),
        ("15天", "十五天", "15 days", "fifteen days", "a 15-day limit"),
        ("two weeks", "14 days", "14天", "两周"),
        ("12 months", "one year", "1年", "十二个月"),
        ("£4,200", "GBP 4,200", "4,200 pounds"),
        ("three quarters of them", "3 quarters"),
        ("2:30 pm", "14:30", "14:30:00"),
        ("two-thirds", "三分之二"),
        ("the 21st century", "21世纪"),
        ("人民币壹佰万元", "100万元"),
        ("twenty-five", "25", "二十五"),
        ("half a million", "500,000", "五十万"),
        ("a dozen", "12"),
    ],
)
def test_a_number_is_the_same_however_it_is_written(writings: tuple[str, ...]) -> None:
    for other in writings[1:]:
        assert same(writings[0], other), other
        assert same(other, writings[0]), other


@pytest.mark.parametrize(
    "writings",
    [
        (
            "1 May 2023",
            "May 1, 2023",
            "2023-05-01",
            "2023/5/1",
            "2023年5月1日",
            "二〇二三年五月一日",
            "1st of May 2023",
        ),
        ("May 2023", "2023年5月", "2023-05-17", "二〇二三年五月"),
        ("3 December", "December 3rd", "12月3日", "Dec. 3"),
        ("01/02/2024", "1 February 2024", "2 January 2024"),
    ],
)
def test_a_date_is_the_same_however_it_is_written(writings: tuple[str, ...]) -> None:
    for other in writings[1:]:
        assert same(writings[0], other), other


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("1,000", "1,001"), ("15 days", "15 weeks"), ("15 days", "15 working days"), ("5%", "5 percentage points"),
        ("$5", "€5"), ("5 km", "5 miles"), ("1 May 2023", "1 May 2024"), ("1 May 2023", "2 May 2023"),
        ("5月1日", "6月1日"), ("3 million", "3 billion"), ("三百", "三千"), ("5公里", "5米"),
        ("15/01/2024", "1 May 2024"),
        ("about 1,000", "1,500"),
    ],
)  # fmt: skip
def test_other_numbers_units_and_dates_are_not(one: str, other: str) -> None:
    assert not same(one, other)


def test_a_dot_before_three_digits_is_read_both_ways() -> None:
    assert same("1.000", "1,000")
    assert same("1.000", "1.0")
    assert same("1.234.567,50", "1,234,567.5")


def test_a_range_gives_both_its_ends_the_unit_and_scale_of_one() -> None:
    for text, low, high in (
        ("10 to 15 days", "10 days", "15 days"), ("$2-3 million", "$2,000,000", "$3,000,000"),
        ("between five and ten years", "5 years", "10 years"), ("100万至200万元", "100万元", "200万元"),
    ):  # fmt: skip
        found = read(text).figures
        assert found[0].same(read(low).figures[0]), text
        assert found[1].same(read(high).figures[0]), text


def test_a_rounded_number_may_be_off_by_half_its_last_digit() -> None:
    exact = read("2,870,000 people").figures[0]
    assert read("about 3 million people").figures[0].same(exact)
    assert not read("3 million people").figures[0].same(exact)


def test_words_that_are_mostly_no_numbers_are_not_asked_for() -> None:
    for text in ("the one who pays", "一个人", "统一管理", "first of all", "Second, it pays"):
        assert not any(f.firm for f in read(text).figures), text
    assert read("one year").figures[0].firm


def test_codes_are_names_and_no_numbers() -> None:
    says = statement("The MX-220 needs form ISO9001 and COVID-19 rules, 5 of them.")
    assert [n.written for n in says.names if n.code] == ["MX-220", "ISO9001", "COVID-19"]
    assert [f.written for f in says.figures.figures] == ["5"]


@pytest.mark.parametrize(
    ("text", "sure"),
    [
        ("Payment falls to Ferrandale Castings.", ["Ferrandale", "Castings"]),
        ("Barack Obama visited Germany's WHO office in the U.S. on 3 March 2020.",
         ["Barack", "Obama", "Germany", "WHO", "U.S"]),
        ("The supplier pays. However, it may not.", []),
        ("供应商Ferrandale负责", ["Ferrandale"]),
    ],
)  # fmt: skip
def test_a_capital_makes_a_name_but_not_at_a_beginning(text: str, sure: list[str]) -> None:
    assert [n.written for n in statement(text).names if n.sure] == sure


def test_chinese_names_are_those_that_the_dictionary_tells() -> None:
    says = statement("由王小明在上海簽署", ["王小明", "上海"])
    assert [(n.written, n.start) for n in says.names] == [("王小明", 1), ("上海", 5)]


def test_citations_list_marks_and_emphasis_claim_nothing() -> None:
    assert cleaned("1. **Ten** days [1][2]") == "Ten days"
    assert cleaned("- Ten days 【3】") == "Ten days"
    assert cleaned("## Ten `days` [1, 2].") == "Ten days."


@pytest.mark.parametrize(
    "text", ["It is not due.", "It never is.", "isn't due", "不得转让", "没有到期", "未经同意", "无权"]
)
def test_negations_are_found(text: str) -> None:
    assert negations(text)
    assert refuses(text)


@pytest.mark.parametrize(
    "text", ["not only this", "no later than May", "no. 5", "不仅如此", "不同", "非常", "未来", "无论"]
)
def test_words_that_only_look_so_are_none(text: str) -> None:
    assert not negations(text)


def test_plain_keeps_every_sign_in_its_place() -> None:
    text = "個人於１９９８年－在臺灣"
    assert len(plain(text)) == len(text)
    assert plain(text) == "个人于1998年-在台湾"


def test_a_long_run_of_digits_or_signs_takes_no_time() -> None:
    for text in ("1" * 50_000, "一" * 50_000, "1," * 25_000, "a " * 25_000, "-" * 50_000):
        figures.read(text)
