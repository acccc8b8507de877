"""Which row of a table is the label of those below it, and which sums them up."""

from __future__ import annotations

import pytest

from ragbox.tables import label, total


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("Net sales: |  | ", "Net sales:"),
        ("流动资产： | ", "流动资产："),
        ("Current assets |  |  | ", "Current assets"),
        ("Products | 60,584 | ", ""),
        ("Remarks | ", ""),  # a form's open field
        (" |  | ", ""),
        ("A line of text", ""),
    ],
)
def test_a_label_without_figures_heads_the_rows_below(row: str, said: str) -> None:
    assert label(row) == said


@pytest.mark.parametrize("row", ["Total net sales | 81,797", "Subtotal | 3", "合计 | 12", "小 计 | 4", "總計 | 9"])
def test_a_total_ends_what_a_label_holds_for(row: str) -> None:
    assert total(row)
    assert not total(f"Not a {row}")
