"""Notes under a table: how they begin, and which rows bear their mark."""

from __future__ import annotations

from time import process_time

import pytest

from ingest.notes import mark


@pytest.mark.parametrize(
    ("note", "row"),
    [
        ("(1) Excludes stock-based compensation.", "Operating income (1) | 4,115 | 3,120"),
        ("(1) Excludes stock-based compensation.", "Operating income | 4,115 (1) | 3,120"),
        ("(a) Includes billings to resellers.", "United States (a) | $26,976"),
        ("1 Over 90% are restricted.", "Marketable equity securities1 | $1,421"),
        ("² Level 1 investments are Treasury securities.", "Government debt² | 233"),
        ("* Restated.", "Revenue* | 12"),
        ("Note: in constant currency.", "Revenue | 12"),
        ("注：不含税", "营业收入 | 12"),
    ],
)
def test_a_note_finds_the_rows_that_bear_its_mark(note: str, row: str) -> None:
    found = mark(note)
    assert found is not None
    assert found.search(row)


@pytest.mark.parametrize(
    ("note", "row"),
    [
        ("(1) Excludes stock-based compensation.", "Unrealized losses | (1) | (12)"),
        ("(1) Excludes stock-based compensation.", "Operating income (2) | 4,115"),
        ("(1) Excludes stock-based compensation.", "Unrealized losses | $(1) | $ (1)"),
        ("1 Over 90% are restricted.", "Unrealized losses | $(1) | ￥ (1)"),
        ("1 Over 90% are restricted.", "Cash | 1 | 1,421"),
        ("1 Over 90% are restricted.", "Level 1 | 12"),
        ("* Restated.", "Revenue** | 12"),
    ],
)
def test_a_negative_figure_or_another_mark_is_not_a_notes(note: str, row: str) -> None:
    found = mark(note)
    assert found is not None
    assert not found.search(row)


@pytest.mark.parametrize("text", ["We lease offices.", "2023 was a good year.", "", "3.1 Terms"])
def test_other_text_is_no_note(text: str) -> None:
    assert mark(text) is None


@pytest.mark.parametrize("note", ["(1) Excludes stock-based compensation.", "1 Over 90% are restricted."])
@pytest.mark.parametrize("text", ["x" * 40_000, "x" + " " * 40_000], ids=["a word", "white space"])
def test_a_mark_is_looked_for_in_time_linear_in_the_text(note: str, text: str) -> None:
    found = mark(note)
    assert found is not None
    start = process_time()
    assert not found.search(text)
    assert process_time() - start < 0.5  # quadratic: over 2 s
