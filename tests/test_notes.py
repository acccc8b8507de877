"""Notes under a table or at a page's foot: how they begin, what bears their mark, and which chunks carry them."""

from __future__ import annotations

from time import process_time

import pytest

from ingest.chunk import chunks
from ingest.notes import mark
from ragbox.types import CELL, ROW, Block, Box, Chunk, Kind, Mark
from tests.fakes import FakeEncoder
from tests.make import parsed

FOOT: Box = (0.1, 0.9, 0.9, 0.95)


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


@pytest.mark.clock
@pytest.mark.parametrize("note", ["(1) Excludes stock-based compensation.", "1 Over 90% are restricted."])
@pytest.mark.parametrize("text", ["x" * 40_000, "x" + " " * 40_000], ids=["a word", "white space"])
def test_a_mark_is_looked_for_in_time_linear_in_the_text(note: str, text: str) -> None:
    found = mark(note)
    assert found is not None
    start = process_time()
    assert not found.search(text)
    assert process_time() - start < 0.5  # quadratic: over 2 s


@pytest.mark.parametrize(
    ("note", "text"),
    [
        ("1 Restated for the merger.", "Sales of the segment ¹ grew."),
        ("3) Restated.", "시행된 ³⁾ 법률"),
        ("¹² Restated.", "Sales grew.¹² Costs fell."),
        ("* Restated.", "Sales* grew."),
    ],
)
def test_a_raised_number_or_a_sign_marks_running_text(note: str, text: str) -> None:
    found = mark(note, prose=True)
    assert found is not None
    assert found.search(text)


@pytest.mark.parametrize(
    ("note", "text"),
    [
        ("1 Restated.", "In Q1 (1) sales grew and (2) costs fell to 1."),
        ("2 Restated.", "About 10² units and note ¹² too."),
        ("* Restated.", "Three * four and Sales** too."),
    ],
)
def test_a_name_an_enumeration_or_a_power_is_no_mark_in_running_text(note: str, text: str) -> None:
    found = mark(note, prose=True)
    assert found is not None
    assert not found.search(text)


def block(kind: Kind, text: str, page: int = 1, box: Box | None = None) -> Block:
    return Block(kind=kind, text=text, page=page, marks=(Mark(start=0, end=len(text), page=page, box=box),))


def cut(*blocks: Block) -> list[Chunk]:
    made = chunks(parsed(*blocks), document="d1", title="Plan", encoder=FakeEncoder())
    assert max(FakeEncoder().count_tokens([c.indexed_text for c in made])) <= FakeEncoder().window
    return made


LONG = [block(Kind.TEXT, f"Paragraph {n} speaks of deliveries and of what the buyer owes. " * 5) for n in range(20)]
NOTE = block(Kind.NOTE, "¹ Restated for the merger.", box=FOOT)


def test_the_chunk_with_the_mark_carries_the_note_which_keeps_its_place_and_its_box() -> None:
    made = cut(LONG[0], block(Kind.TEXT, "Sales of the segment ¹ grew."), *LONG[1:], NOTE)
    bearing = [c for c in made if NOTE.text in c.text]
    assert len(made) > 3
    assert [("segment ¹" in c.text) for c in bearing] == [True, False]
    first, own = bearing
    assert first.text.endswith(f"\n\n{NOTE.text}")
    assert own is made[-1]
    for chunk in bearing:
        (place,) = [m for m in chunk.marks if m.box == FOOT]
        assert chunk.text[place.start : place.end] == NOTE.text


def test_a_note_beside_its_mark_is_said_once_and_one_of_another_page_not_at_all() -> None:
    (first, second) = cut(
        block(Kind.TEXT, "Sales ¹ grew."), NOTE, block(Kind.TEXT, "Sales ² grew.", 2), block(Kind.NOTE, "¹ Two.", 2)
    )
    assert first.text.count(NOTE.text) == 1
    assert NOTE.text not in second.text


def grid(*labels: str) -> Block:
    rows = (("Item", "2023"), *((label, "12") for label in labels))
    text = ROW.join(CELL.join(row) for row in rows)
    return Block(kind=Kind.TABLE, text=text, rows=rows, header_rows=1, marks=(Mark(start=0, end=len(text), page=1),))


def test_a_row_finds_its_note_at_the_pages_foot_too() -> None:
    made = cut(grid("Sales ¹", "Costs"), block(Kind.TEXT, "We sold more."), NOTE)
    assert [NOTE.text in c.text for c in made] == [True, True]


@pytest.mark.parametrize(("above", "carried"), [((), True), ((block(Kind.CAPTION, "Table 1: Sales"),), False)])
def test_a_caption_below_a_table_without_one_is_the_tables(above: tuple[Block, ...], carried: bool) -> None:
    caption = block(Kind.CAPTION, "Table 2: Sales of the group")
    first = cut(*above, grid("Sales"), caption)[0]
    assert (caption.text in first.text) is carried


def test_a_caption_between_two_tables_is_the_lower_ones() -> None:
    caption = block(Kind.CAPTION, "Table 2: Sales of the group")
    first, second = cut(grid("Sales"), caption, grid("Costs"))
    assert (caption.text in first.text, caption.text in second.text) == (False, True)
