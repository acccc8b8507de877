"""Periods in names, covers and questions, English and Chinese."""

from __future__ import annotations

import pytest

from ragbox.periods import Period, find, parse


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("How did costs develop in Q1 2023?", "Q1 2023"), ("2023 Q1 AAPL", "Q1 2023"), ("AMCOR_2023Q2_10Q", "Q2 2023"),
        ("the third quarter of fiscal year 2022", "Q3 2022"), ("second quarter 2023 results", "Q2 2023"),
        ("Q1 FY23", "Q1 2023"), ("1Q23", "Q1 2023"), ("FY2018 capital expenditure", "2018"), ("3M_2018_10K", "2018"),
        ("fiscal year 2019", "2019"), ("FY 19", "2019"), ("2023年第三季度报告", "Q3 2023"), ("2023年一季度", "Q1 2023"),
        ("二〇二三年度报告", "2023"), ("2023年半年度报告", "H1 2023"),
        ("2023年下半年", "H2 2023"), ("H1 2024", "H1 2024"),
        ("the quarterly period ended July 30, 2022", "2022-07-30"), ("25 June 2022", "2022-06-25"),
        ("minutes of May 2023", "2023-05"), ("会议纪要 2023年5月12日", "2023-05-12"), ("2023年5月", "2023-05"),
        ("aapl-20220625", "2022-06-25"), ("board 2022-06", "2022-06"), ("Supply Agreement 2024", "2024"),
    ],
)  # fmt: skip
def test_a_period_is_read_however_it_is_written(text: str, label: str) -> None:
    assert parse(text).label == label


@pytest.mark.parametrize(
    "text",
    ["", "AX-2040/B", "1,250 kg", "a total of 12.5", "$2,019.50", "page 12", "20223", "iso 900120", "version 3.2024"],
)
def test_what_is_no_period_is_none(text: str) -> None:
    assert parse(text) == Period()


def test_all_periods_of_a_question_come_in_order() -> None:
    found = [p.label for _, _, p in find("between Q3 2022 and the second quarter of 2023, and in FY2021")]
    assert found == ["Q3 2022", "Q2 2023", "2021"]


def test_periods_are_in_order_of_time() -> None:
    labels = ["2021", "Q1 2022", "2022-05-03", "H1 2022", "Q3 2022", "2022"]
    assert sorted(labels, key=lambda text: parse(text).order) == labels
