"""Which row of a table is the label of those below it, and which sums them up."""

from __future__ import annotations

import pytest

from ragbox.tables import labels, total

FIGURES = [f"Line {n} | {n} | 5" for n in range(4)]


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("Net sales: |  | ", "Net sales:"),
        ("流动资产： | ", "流动资产："),
        ("Products | 60,584 | ", ""),
        ("Remarks | ", ""),  # a form's open field
        (" |  | ", ""),
        ("A line of text", ""),
    ],
)
def test_a_row_with_a_colon_and_nothing_else_is_a_label(row: str, said: str) -> None:
    assert labels([row, *FIGURES]) == [said, "", "", "", ""]


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (["Current assets |  |  ", *FIGURES], "Current assets"),
        (["Valve |  |  ", *FIGURES[:3]], ""),  # a quarter of the rows: values are missing
        (["Valve |  |  ", "Tap |  |  ", *FIGURES * 3], ""),
        (["Valve |  |  ", *FIGURES * 3, "Tap |  |  "], ""),  # nothing stands below it
    ],
)
def test_without_a_colon_a_row_may_be_one_whose_values_are_missing(rows: list[str], said: str) -> None:
    assert "".join(labels(rows)) == said


def test_a_colon_counts_even_where_values_are_missing() -> None:
    assert labels(["Net sales: |  | ", "Valve |  |  ", "Tap |  |  "]) == ["Net sales:", "", ""]


@pytest.mark.parametrize("row", ["Total net sales | 81,797", "Subtotal | 3", "合计 | 12", "小 计 | 4", "總計 | 9"])
def test_a_total_ends_what_a_label_holds_for(row: str) -> None:
    assert total(row)
    assert not total(f"Not a {row}")
