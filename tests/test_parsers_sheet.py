"""Workbooks and CSV: a page a sheet, cells as they are shown, tables parted where a person sees them parted."""

from __future__ import annotations

import csv
import datetime
from pathlib import Path

import openpyxl
import pytest

from ingest.parsers import Options, parse
from ingest.parsers.sheet import shown
from ragbox.errors import Rejected
from ragbox.types import Parsed


def workbook(tmp_path: Path, **sheets: list[list[object]]) -> Parsed:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    path = tmp_path / "file"
    book.save(path)
    return parse(path, "xlsx", Options())


def text(tmp_path: Path, data: bytes | str) -> Parsed:
    path = tmp_path / "file"
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return parse(path, "csv", Options())


def test_each_sheet_is_a_page_under_its_name(tmp_path: Path) -> None:
    result = workbook(tmp_path, 预算=[["项目", "金额"], ["差旅", 1200]], Staff=[["Name", "City"], ["Ana", "Bonn"]])
    assert [(b.kind.value, b.text, b.page, b.header_rows) for b in result.blocks] == [
        ("title", "预算", 1, 0),
        ("table", "项目 | 金额\n差旅 | 1200", 1, 1),
        ("title", "Staff", 2, 0),
        ("table", "Name | City\nAna | Bonn", 2, 1),
    ]
    assert result.pages == 2


def test_blank_rows_part_tables_and_lone_cells_are_text(tmp_path: Path) -> None:
    rows: list[list[object]] = [["Prices 2024"], ["A", "B"], ["x", 1], [], ["C", "D"], ["y", 2], ["Source: ledger"]]
    result = workbook(tmp_path, S=rows)
    assert [(b.kind.value, b.text) for b in result.blocks] == [
        ("title", "S"),
        ("text", "Prices 2024"),
        ("table", "A | B\nx | 1"),
        ("table", "C | D\ny | 2"),
        ("text", "Source: ledger"),
    ]


def test_tables_side_by_side_are_two(tmp_path: Path) -> None:
    rows: list[list[object]] = [["A", "B", None, "C", "D"], ["x", 1, None, "y", 2]]
    assert [b.text for b in workbook(tmp_path, S=rows).blocks[1:]] == ["A | B\nx | 1", "C | D\ny | 2"]


def test_a_default_sheet_name_is_no_title_of_the_file(tmp_path: Path) -> None:
    assert workbook(tmp_path, Sheet1=[["A", "B"], ["x", "y"]]).title == ""


def test_the_name_of_the_first_of_several_sheets_is_no_title_of_the_file(tmp_path: Path) -> None:
    rows: list[list[object]] = [["A", "B"], ["x", "y"]]
    assert workbook(tmp_path, Index=rows).title == "Index"
    assert workbook(tmp_path, Index=rows, Costs=rows).title == ""


def test_a_header_above_a_blank_row_heads_the_figures_below(tmp_path: Path) -> None:
    rows: list[list[object]] = [
        ["In millions", None, "January-June 2023"], [None, "Sales", "Profit"], [], ["Zone A", 12, 2], ["Zone B", 9, 1],
    ]  # fmt: skip
    [_, table] = workbook(tmp_path, S=rows).blocks
    assert (table.header_rows, len(table.rows)) == (2, 4)
    assert table.rows[2] == ("Zone A", "12", "2")


@pytest.mark.parametrize(
    "below",
    [
        [["C", "D"], ["y", 2]],  # has a header of its own
        [["y", 2, 5, 7]],  # has other columns
        [["Total", 2], ["of it late", "none"]],
        [["2 pumps"]],
    ],
)
def test_a_table_of_words_above_another_table_stays_one(tmp_path: Path, below: list[list[object]]) -> None:
    [_, first, *_] = workbook(tmp_path, S=[["Name", "Role"], ["Ana", "Lead"], [], *below]).blocks
    assert first.text == "Name | Role\nAna | Lead"


@pytest.mark.parametrize(
    ("value", "style", "seen"),
    [
        (0.25, "0%", "25%"),
        (0.1234, "0.0%", "12.3%"),
        (1234567.5, "#,##0.00", "1,234,567.50"),
        (-1200, '"$"#,##0', "-$1,200"),
        (99.5, "[$€-407]#,##0.00", "€99.50"),
        (1500, "[$CHF] #,##0", "CHF 1,500"),
        (0.1 + 0.2, "General", "0.3"),
        (12345678901, "General", "12345678901"),
        (0.0004, "0.00", "0.0004"),
        (True, "General", "TRUE"),
        (datetime.datetime(2024, 3, 31), "yyyy-mm-dd", "2024-03-31"),
        (datetime.datetime(2024, 3, 31, 14, 5), "yyyy-mm-dd hh:mm", "2024-03-31 14:05"),
        (datetime.time(9, 30), "h:mm", "09:30:00"),
        ("#REF!", "General", "#REF!"),
    ],
)
def test_a_cell_reads_as_it_is_shown(value: object, style: str, seen: str) -> None:
    assert shown(value, style) == seen


def test_formats_reach_the_blocks(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["Share", "Day"])
    book.active.append([0.5, datetime.date(2024, 1, 2)])
    book.active["A2"].number_format = "0%"
    path = tmp_path / "file"
    book.save(path)
    assert parse(path, "xlsx", Options()).blocks[1].rows[1] == ("50%", "2024-01-02")


def test_noise_is_rejected(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"PK\x03\x04 noise")
    with pytest.raises(Rejected, match="damaged"):
        parse(path, "xlsx", Options())


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found(tmp_path: Path, delimiter: str) -> None:
    rows = [["name", "note"], ["Ana", f'says "a{delimiter}b"'], ["Bo", "x, y; z"]]
    path = tmp_path / "made"
    with path.open("w", newline="") as out:
        csv.writer(out, delimiter=delimiter).writerows(rows)
    (block,) = text(tmp_path, path.read_bytes()).blocks
    assert block.rows == tuple(tuple(cell.replace("\t", " ") for cell in row) for row in rows)
    assert block.header_rows == 1


def test_quoted_line_ends_stay_in_their_cell(tmp_path: Path) -> None:
    (block,) = text(tmp_path, 'a,b\n"one\ntwo",3\n').blocks
    assert block.rows[1] == ("one two", "3")


def test_chinese_csv_in_gb18030(tmp_path: Path) -> None:
    (block,) = text(tmp_path, "姓名,城市\n张伟,北京\n李娜,上海\n".encode("gb18030")).blocks
    assert block.rows[1] == ("张伟", "北京")


def test_the_csv_limit_of_other_libraries_is_not_lowered(tmp_path: Path) -> None:
    text(tmp_path, "a,b\n")
    assert csv.field_size_limit() >= 131_072


@pytest.mark.parametrize("data", [b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x55" * 3000, b"\x09\x08\x10\x00\x00\x06"])
def test_a_damaged_old_workbook_is_rejected(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "file"
    path.write_bytes(data)
    with pytest.raises(Rejected, match="encrypted or damaged"):
        parse(path, "xls", Options())


def test_what_people_wrote_beside_cells_is_read(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for row in (["Pump", "42"], ["Valve", "7"]):
        book.active.append(row)
    book.active["B2"].comment = openpyxl.comments.Comment("Why so few?", "Ana")
    book.active["A1"].comment = openpyxl.comments.Comment("[Threaded comment] Not for this version.", "tc={1}")
    book.save(tmp_path / "file")
    result = parse(tmp_path / "file", "xlsx", Options())
    assert [(b.kind.value, b.text) for b in result.blocks if b.kind.value == "note"] == [("note", "B2: Why so few?")]
