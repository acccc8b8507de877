"""Lines of financial statements: what else they are called, and which tables have the one that is asked for."""

from __future__ import annotations

import pytest

from ragbox.index.sparse import Analyzer
from ragbox.statements import LINES, LONGEST, Statements
from ragbox.types import CELL, ROW, Chunk, Kind
from ragbox.wording import MOST, checked
from tests.make import chunk


@pytest.fixture(scope="module")
def statements() -> Statements:
    analyzer = Analyzer()
    return Statements(analyzer.terms, analyzer.keywords)


def table(*rows: tuple[str, ...], head: str = "In millions | 2023 | 2022\n") -> Chunk:
    return chunk(head + ROW.join(CELL.join(row) for row in rows), kind=Kind.TABLE, head=len(head))


@pytest.mark.parametrize(
    ("question", "written", "other"),
    [
        ("What was Intel's R&D expenditure in Q1?", "R&D expenditure", "research and development"),
        ("How did the cash flow from operations change?", "cash flow from operations",
         "net cash provided by operating activities"),
        ("Total net sales of Microsoft?", "Total net sales", "revenue"),
        ("研发投入是多少？", "研发投入", "研发费用"),
        ("每股盈利", "每股盈利", "EPS"),
    ],
)  # fmt: skip
def test_a_line_is_found_by_any_of_its_names(statements: Statements, question: str, written: str, other: str) -> None:
    found = {name.written: name.others for name in statements.find(question)}
    assert other in found[written]
    assert written not in found[written]


def test_what_is_no_line_has_no_other_name(statements: Statements) -> None:
    assert statements.find("Who repairs the pump?") == ()


def test_the_built_in_rows_are_rows_of_a_glossary() -> None:
    rows = [[name.strip() for name in row.split("|")] for row in LINES.strip().splitlines()]
    assert all(checked(term, names).names for term, *names in rows)
    assert len(rows) < MOST


@pytest.mark.parametrize(
    ("question", "row", "worth"),
    [
        ("R&D expenditure in Q1 2023?", ("Research and development", "4,109", "4,362"), 1.0),
        ("How have total net sales evolved?", ("Total revenue", "52,747", "51,728"), 1.0),
        ("How did Data Center segment revenue grow?", ("Data Center", "4,284", "3,750"), 1.0),
        ("How did Services revenue grow?", ("Services", "20,907", "19,821"), 0.7),
        ("研发投入是多少？", ("研发费用", "1,234", "1,100"), 1.0),
        ("R&D expenditure in Q1 2023?", ("Marketing and sales", "1,303", "1,752"), 0.0),
        ("R&D expenditure in Q1 2023?", ("Research and development", "", "-"), 0.0),
        ("How did Services revenue grow?", ("", "20,907", "19,821"), 0.0),
        ("Pumps valves oils gears bolts nuts seals", ("pumps valves oils gears bolts nuts seals", "1", ""), 0.0),
    ],
)  # fmt: skip
def test_a_table_counts_by_the_row_that_is_asked_for(
    statements: Statements, question: str, row: tuple[str, ...], worth: float
) -> None:
    assert statements.asked(question, statements.find(question))(table(row)) == pytest.approx(worth)
    assert LONGEST < 7


def test_its_best_row_counts_and_its_header_does_not(statements: Statements) -> None:
    labelled = statements.asked("What was the gross margin?", statements.find("What was the gross margin?"))
    assert labelled(table(("Cost of sales", "7"), ("Gross profit", "9"))) == 1.0
    assert labelled(table(("Cost of sales", "7"), head="Gross margin | 2023\n")) == 0.0
    assert labelled(chunk("Gross margin | 9")) == 0.0  # no table


def test_the_words_of_labels_are_cut_once() -> None:
    analyzer, cut = Analyzer(), []

    def keywords(text: str) -> list[str]:
        cut.append(text)
        return analyzer.keywords(text)

    found, read = Statements(analyzer.terms, keywords), table(("Services", "20,907"), ("Data Center", "4,284"))
    assert [found.asked(f"How did Services revenue grow in {year}?", ())(read) for year in (2022, 2023)] == [0.7, 0.7]
    assert (cut.count("Services"), cut.count("Data Center")) == (1, 1)
