"""Words within a cell that look other than the cell does: what nobody sees is found, the rest stays."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import openpyxl
import pytest
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.styles import Color, Font, PatternFill

from tests.test_unseen import told
from tests.test_unseen_sheets import LONG, NAVY, below, ruled, tabled

BLACK, WHITE = InlineFont(color="FF000000"), InlineFont(color="FFFFFFFF")
SPACE = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
HEAD = "Sheet\nItem | Cost\nPaper | 12\n"


def share(path: Path) -> None:
    """Put the texts of a workbook's cells into the part that its cells share, as Excel does."""
    with ZipFile(path) as archive:
        parts = {name: archive.read(name).decode() for name in archive.namelist()}
    texts: list[str] = []

    def shared(cell: re.Match[str]) -> str:
        texts.append(f"<si>{cell[2]}</si>")
        return f'<c{cell[1]} t="s"><v>{len(texts) - 1}</v></c>'

    inline = r'<c((?: (?!t=)\w+="[^"]*")*) t="inlineStr"><is>(.*?)</is></c>'
    parts["xl/worksheets/sheet1.xml"] = re.sub(inline, shared, parts["xl/worksheets/sheet1.xml"])
    assert len(texts) == 4
    parts["xl/sharedStrings.xml"] = f'<sst xmlns="{SPACE}">{"".join(texts)}</sst>'
    kind = '<Override PartName="/xl/sharedStrings.xml" ContentType="application/vnd.openxmlformats-officedocument.'
    kind += 'spreadsheetml.sharedStrings+xml"/></Types>'
    parts["[Content_Types].xml"] = parts["[Content_Types].xml"].replace("</Types>", kind)
    rewritten(path, parts)


def rewritten(path: Path, parts: Mapping[str, str | bytes]) -> None:
    with ZipFile(path, "w") as archive:
        for name, data in parts.items():
            archive.writestr(name, data)


def saved(
    tmp_path: Path, *runs: str | tuple[InlineFont, str], cell: dict[str, Any] | None = None, extra: Any = None
) -> Path:
    """Save a sheet of two rows, and a cell under them with these runs, each in its own letters or the cell's."""
    book = openpyxl.Workbook()
    sheet = book.active
    for row in (["Item", "Cost"], ["Paper", 12]):
        sheet.append(row)
    sheet["A3"] = CellRichText([run if isinstance(run, str) else TextBlock(*run) for run in runs])
    for name, style in (cell or {}).items():
        setattr(sheet["A3"], name, style)
    if extra is not None:
        extra(sheet)
    book.save(path := tmp_path / "a.xlsx")
    return path


@pytest.mark.parametrize("as_excel", [True, False], ids=["shared", "inline"])
@pytest.mark.parametrize(
    ("how", "letters", "cell"),
    [
        ("colour", WHITE, {}), ("colour", InlineFont(color=Color(theme=0)), {}), ("tiny", InlineFont(sz=1), {}),
        ("colour", InlineFont(color=Color(theme=1, tint=0.99)), {}), ("colour", InlineFont(color=Color(indexed=9)), {}),
        ("colour", InlineFont(color=NAVY), {"fill": PatternFill("solid", fgColor="FF04048A")}),
    ],
)  # fmt: skip
def test_words_within_a_cell_are_found_and_the_rest_stays(
    tmp_path: Path, as_excel: bool, how: str, letters: InlineFont, cell: dict[str, Any]
) -> None:
    path = saved(tmp_path, "Pens ", (letters, "zebra "), (InlineFont(b=True), "and ink"), cell=cell)
    if as_excel:
        share(path)
    seen, hidden = told(path, "xlsx")
    assert hidden == [(how, "zebra")]
    assert " ".join(seen.split()) == " ".join((HEAD + "Pens and ink").split())


@pytest.mark.parametrize(
    ("runs", "cell", "text"),
    [
        (("Pens ", (BLACK, "ink")), {}, "Pens ink"),
        (((BLACK, "Pens "), (InlineFont(b=True), "ink")), {"font": Font(color="FFFFFFFF")}, "Pens ink"),
        (("Pens ", (WHITE, "ink")), {"fill": PatternFill("solid", fgColor=NAVY)}, "Pens ink"),
        (("Pens ", (WHITE, "ink")), {"fill": PatternFill("lightUp", fgColor=NAVY)}, "Pens ink"),
        (("Pens ", (WHITE, "12")), {}, "Pens 12"), (("Pens ", (InlineFont(sz=2), "ink")), {}, "Pens ink"),
        (("Pens\n", (BLACK, "  ink")), {}, "Pens\n ink"),
    ],
)  # fmt: skip
def test_words_that_are_seen_stay(tmp_path: Path, runs: Any, cell: dict[str, Any], text: str) -> None:
    seen, hidden = told(saved(tmp_path, *runs, cell=cell), "xlsx")
    assert hidden == []
    assert " ".join(seen.split()).startswith(" ".join((HEAD + text).split()))


def test_a_cell_of_hidden_runs_alone_is_empty_and_words_in_pieces_are_told_as_one(tmp_path: Path) -> None:
    seen, hidden = told(saved(tmp_path, *((WHITE, letter) for letter in "zebra")), "xlsx")
    assert (seen, hidden) == (HEAD.strip(), [("colour", "zebra")])
    (tmp_path / "b").mkdir()
    both = saved(tmp_path / "b", (WHITE, "z"), "Pens", (InlineFont(sz=1), "lion"), (WHITE, "ebra"))
    assert told(both, "xlsx")[1] == [("colour", "z ebra"), ("tiny", "lion")]


def test_a_format_that_shows_nothing_hides_all_runs(tmp_path: Path) -> None:
    path = saved(tmp_path, "Pens ", (BLACK, "zebra"), cell={"number_format": ";;;"})
    assert told(path, "xlsx") == (HEAD.strip(), [("marked", "Pens zebra")])


@pytest.mark.parametrize("rule", [tabled, below])
def test_few_white_words_are_seen_where_a_table_or_a_rule_may_fill_and_many_are_not(tmp_path: Path, rule: Any) -> None:
    assert told(saved(tmp_path, "Pens ", (WHITE, "zebra"), extra=rule), "xlsx")[1] == []
    assert told(saved(tmp_path, "Pens ", (WHITE, LONG), extra=rule), "xlsx")[1] == [("colour", LONG)]


def test_many_are_seen_where_the_rule_is(tmp_path: Path) -> None:
    seen, hidden = told(saved(tmp_path, "Pens ", (WHITE, LONG), extra=ruled), "xlsx")
    assert hidden == []
    assert f"Pens {LONG}" in seen


def test_rows_that_a_file_leaves_out_or_has_past_its_own_end_are_read(tmp_path: Path) -> None:
    def gap(sheet: Any) -> None:
        sheet["A7"], sheet["B7"], sheet["A8"], sheet["B8"] = "Late", "Sum", "Ink", 7

    path = saved(tmp_path, "Pens ", (BLACK, "ink"), extra=gap)
    with ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    sheet = parts["xl/worksheets/sheet1.xml"]
    parts["xl/worksheets/sheet1.xml"] = re.sub(rb'<dimension ref="[^"]*"', b'<dimension ref="A1:A2"', sheet)
    rewritten(path, parts)
    seen, _ = told(path, "xlsx")
    assert seen.endswith("Pens ink\nLate | Sum\nInk | 7") or seen.endswith("Pens ink | \nLate | Sum\nInk | 7")


def test_a_workbook_whose_sheets_are_gone_is_read_as_empty(tmp_path: Path) -> None:
    share(path := saved(tmp_path, "Pens ", (WHITE, "zebra")))
    with ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    del parts["xl/worksheets/sheet1.xml"]
    rewritten(path, parts)
    assert told(path, "xlsx") == ("", [])


def test_letters_that_say_nothing_or_more_than_is_known_are_read(tmp_path: Path) -> None:
    path = saved(tmp_path, "Pens ", (InlineFont(sz=1, color="FFFFFFFF"), "zebra"), (BLACK, " ink"))
    share(path)
    with ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    texts = parts["xl/sharedStrings.xml"].replace(b'<sz val="1" />', b"<sz />").replace(b'<sz val="1"/>', b"<sz/>")
    assert texts != parts["xl/sharedStrings.xml"]
    parts["xl/sharedStrings.xml"] = texts.replace(b"<color ", b'<color xmlns:x="urn:x" x:of="y" ')
    rewritten(path, parts)
    assert told(path, "xlsx")[1] == [("colour", "zebra")]
