"""Tables without borders, from lines of print: heads on several levels, what stands under them, what goes on below."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ingest.parsers.pdf_blocks import Builder, PagePart
from ingest.parsers.pdf_furniture import without_furniture
from ingest.parsers.pdf_grid import ruled
from ingest.parsers.pdf_layout import Flow
from ingest.parsers.pdf_lines import Line
from ingest.parsers.pdf_rows import Row, Table
from ingest.parsers.pdf_tables import aligned
from ingest.parsers.pdf_words import Rule, Sheet, Word

SIZE = 10.0


def row(base: float, *cells: tuple[str, float]) -> list[Line]:
    """Return cells as (text, middle), each as wide as 5 points a letter; the first one begins there."""
    made = []
    for n, (text, at) in enumerate(cells):
        left = at if n == 0 and at < 100 else at - 2.5 * len(text)
        made.append(Line(text, left, base - 8.5, left + 5 * len(text), base + 2.2, base, SIZE, bold=False))
    return made


def tables(*rows: list[Line]) -> list[Table]:
    return [item for item in aligned(rows) if isinstance(item, Table)]


def test_heads_keep_their_table_across_white_space_and_labels() -> None:
    (table,) = tables(
        row(80, ("(In Millions)", 30), ("Apr 1, 2023", 300), ("Dec 31, 2022", 400)),
        row(114, ("Assets", 30)),
        row(128, ("Current assets:", 30)),
        row(142, ("Cash and cash equivalents", 40), ("8,232", 300), ("11,144", 400)),
        row(156, ("Inventories", 40), ("12,993", 300), ("13,224", 400)),
    )
    assert table.header_rows == 1
    assert table.rows[0].cells == ["(In Millions)", "Apr 1, 2023", "Dec 31, 2022"]
    assert table.rows[1].cells == ["Assets", "", ""]


def levels(upper: str) -> Table:
    """A table of two dates with three levels and a total each, and a head over the levels on three lines."""
    places = [220, 270, 320, 370, 430, 480, 530, 580]
    figures = [("1,806", x) for x in places]
    (table,) = tables(
        row(80, ("Apr 1, 2023", 295), ("Dec 31, 2022", 505)),
        row(92, (upper, 270), (upper, 480)),
        row(104, ("Date Using", 270), ("Date Using", 480)),
        row(118, ("(In Millions)", 30), *zip(["Level 1", "Level 2", "Level 3", "Total"] * 2, places, strict=True)),
        row(132, ("Assets", 30)),
        *[row(146 + 14 * n, (f"Government debt {n}", 30), *figures) for n in range(4)],
    )
    return table


def test_a_head_stands_over_the_columns_that_it_is_centred_on() -> None:
    table = levels("Fair Value at the Report")
    assert table.header_rows == 2  # as one row it would be long, and stand on each part of the table
    dated = "Fair Value at the Report Date Using"
    assert table.rows[0].cells == ["", f"Apr 1, 2023 {dated}", "", "", "", f"Dec 31, 2022 {dated}", "", "", ""]
    assert table.rows[1].cells == ["(In Millions)", *["Level 1", "Level 2", "Level 3", "Total"] * 2]


def test_rows_without_a_header_go_on_with_the_table_above() -> None:
    (table,) = tables(
        row(80, ("Three Months Ended", 350)),
        row(92, ("2021", 300), ("2022", 400)),
        row(106, ("Free cash flow", 30), ("$2,552", 300), ("$(19,686)", 400)),
        row(120, ("Purchases", 30), ("(52,119)", 300), ("(59,351)", 400)),
        row(160, ("Net cash from investing", 30), ("(62,611)", 300), ("(39,360)", 400)),
        row(174, ("Net cash from financing", 30), ("7,575", 300), ("6,532", 400)),
    )
    assert table.header_rows == 1
    assert [r.cells[0] for r in table.rows[1:]] == [
        "Free cash flow", "Purchases", "Net cash from investing", "Net cash from financing",
    ]  # fmt: skip


def test_a_bordered_table_has_as_many_header_rows_as_stand_over_its_figures() -> None:
    cells = [
        ["", "Three Months", ""],
        ["", "2023", "2022"],
        ["Products", "60,584", "63,355"],
        ["Services", "21,213", "19,604"],
    ]
    words = [
        Word(text, 30 + 150 * c, 92 + 20 * r, 80 + 150 * c, 103 + 20 * r, 100 + 20 * r, SIZE, bold=False)
        for r, line in enumerate(cells)
        for c, text in enumerate(line)
        if text
    ]
    across, down = [Rule(88 + 20 * n, 20, 470) for n in range(5)], [Rule(20 + 150 * n, 88, 168) for n in range(4)]
    (table,), rest = ruled(Sheet(600, 800, words=words, across=across, down=down))
    assert (table.header_rows, rest) == (2, [])
    assert [r.cells for r in table.rows] == cells


def test_a_head_flush_with_its_last_column_heads_all_under_which_the_years_repeat() -> None:
    (table,) = tables(
        row(80, ("Three Months Ended", 345), ("Six Months Ended", 550)),
        row(92, ("(In millions)", 30), ("December 31,", 360), ("December 31,", 560)),
        row(104, ("2022", 280), ("2021", 380), ("2022", 480), ("2021", 580)),
        row(118, ("Product", 30), ("16,517", 275), ("20,779", 375), ("32,258", 475), ("37,410", 575)),
        row(132, ("Service", 30), ("36,230", 275), ("30,949", 375), ("70,611", 475), ("59,635", 575)),
    )
    spans = [f"{months} Months Ended December 31, {year}" for months in ("Three", "Six") for year in (2022, 2021)]
    assert table.rows[0].cells == ["(In millions)", *spans]


def test_another_header_begins_another_table() -> None:
    first, second = tables(
        row(80, ("2023", 300), ("2022", 400)),
        row(94, ("Operating lease cost", 30), ("684", 300), ("469", 400)),
        row(108, ("Finance lease cost", 30), ("576", 300), ("371", 400)),
        row(122, ("Cash paid", 30)),
        row(136, ("(In millions)", 30), ("June 30, 2023", 300), ("June 30, 2022", 400)),
        row(150, ("Operating leases", 30), ("645", 300), ("441", 400)),
        row(164, ("Finance leases", 30), ("262", 300), ("222", 400)),
    )
    assert [r.cells[0] for r in first.rows] == ["", "Operating lease cost", "Finance lease cost"]
    assert second.rows[0].cells == ["(In millions)", "June 30, 2023", "June 30, 2022"]
    assert (first.header_rows, second.header_rows) == (1, 1)


def test_terms_in_years_are_no_heads() -> None:
    (table,) = tables(
        row(80, ("December 31, 2022", 300), ("June 30, 2023", 420)),
        row(94, ("Remaining term", 30), ("11.6 years", 300), ("11.5 years", 420)),
        row(108, ("Discount rate", 30), ("2.8 %", 300), ("3.1 %", 420)),
        row(122, ("Finance rate", 30), ("2.3 %", 300), ("2.4 %", 420)),
    )
    assert [r.cells for r in table.rows[:2]] == [
        ["", "December 31, 2022", "June 30, 2023"], ["Remaining term", "11.6 years", "11.5 years"],
    ]  # fmt: skip


def test_labels_on_many_lines_are_a_form_and_no_header() -> None:
    found = tables(
        *[row(80 + 14 * n, (f"Field {n}:", 30), (f"said {n}", 300), (f"Other {n}:", 420)) for n in range(4)],
        row(136, ("Seats:", 30), ("2", 300), ("Engines:", 420)),
        row(150, ("Weight:", 30), ("1,800", 300), ("Power:", 420)),
        row(164, ("Hours:", 30), ("160", 300), ("Year:", 420)),
    )
    assert all("Field 0: Field 1:" not in r.cells[0] for t in found for r in t.rows)


def block_of(rows: list[list[str]], page: int, header: int) -> PagePart:
    made = [Row(cells, 30, 80 + 14.0 * n, 470, 90 + 14.0 * n) for n, cells in enumerate(rows)]
    return PagePart(page, Sheet(600, 800), Flow([Table(made, header, [(30, 200), (300, 470)])], 30, 470))


def test_a_table_goes_on_over_the_page_with_its_header_and_the_label_of_the_row_that_was_cut() -> None:
    parts = [
        block_of([["Measure", "Definition"], ["Gross margin", "Adjusted for"]], 3, 1),
        block_of([["", "acquisition costs"], ["Net income", "Adjusted for gains"]], 4, 0),
    ]
    (block,) = Builder(parts, {}).blocks()
    assert block.text == (
        "Measure | Definition\nGross margin | Adjusted for\nGross margin | acquisition costs\n"
        "Net income | Adjusted for gains"
    )
    assert [block.text[m.start : m.end] for m in block.marks] == block.text.split("\n")
    assert [m.page for m in block.marks] == [3, 3, 4, 4]
    assert len(Builder([parts[0], replace(parts[1], page=5)], {}).blocks()) == 2


def test_a_table_goes_on_over_many_pages() -> None:
    parts = [block_of([["Item", "Cost"], ["Pump", "5"]], 1, 1)]
    parts += [block_of([["", "and on"], [f"Hose {n}", "7"]], n, 0) for n in (2, 3)]
    (block,) = Builder(parts, {}).blocks()
    assert block.text == "Item | Cost\nPump | 5\nPump | and on\nHose 2 | 7\nHose 2 | and on\nHose 3 | 7"
    assert block.text == "\n".join(" | ".join(cells) for cells in block.rows)
    assert [block.text[m.start : m.end] for m in block.marks] == block.text.split("\n")
    assert [m.page for m in block.marks] == [1, 1, 2, 2, 3, 3]


def test_a_form_on_the_next_page_is_not_headed_by_the_table_before_it() -> None:
    figures = block_of([["Year", "Net sales"], ["2022", "4,115"], ["2023", "5,230"]], 1, 1)
    form = block_of([["Name", "Ann Lee"], ["Age", "42"], ["City", "Bergen"]], 2, 0)
    assert [b.header_rows for b in Builder([figures, form], {}).blocks()] == [1, 0]
    more = block_of([["2024", "—"], ["2025", "6,001"], ["Later", ""]], 2, 0)
    assert len(Builder([figures, more], {}).blocks()) == 1
    heads = replace(figures, flow=Flow([Table(figures.flow.items[0].rows[:1], 1, [(30, 200), (300, 470)])], 30, 470))
    assert len(Builder([heads, more], {}).blocks()) == 1


def test_a_sign_stands_close_to_its_figure() -> None:
    (block,) = Builder([block_of([["Item", "Value"], ["Rate", "54.8 %"], ["Cost", "$ 1,395"]], 1, 1)], {}).blocks()
    assert [r[1] for r in block.rows] == ["Value", "54.8%", "$1,395"]


def test_a_foot_that_counts_the_pages_goes_wherever_the_text_above_it_ends() -> None:
    pages = []
    for n in range(6):
        body = [row(80 + 14 * k, ("abcdef"[n] * (k + 2), 30))[0] for k in range(3 + 4 * n)]
        foot = row(body[-1].base + 14, (f"Apple Inc. | Q3 2022 Form 10-Q | {n + 1}", 30))
        pages.append((800.0, [*body, *foot], False))
    for (_, lines, _), kept in zip(pages, without_furniture(pages), strict=True):
        assert kept == lines[:-1]


@pytest.mark.parametrize("top", [False, True])
@pytest.mark.parametrize(
    "said", ["Total for 202{n}", "Total – 202{n}", "Lesson {n}", "Invoice No. 100{n}", "Subtotal carried to note {n}"]
)
def test_a_row_of_the_body_that_ends_in_a_number_stays_though_that_grows_by_one(said: str, top: bool) -> None:
    pages = []
    for n in range(5):
        body = [row(150 + 14 * k, ("abcde"[n] * (k + 2), 30))[0] for k in range(3 + 4 * n)]
        base = body[0].base - 14 if top else body[-1].base + 14
        pages.append((842.0, sorted([*body, *row(base, (said.format(n=n), 30))], key=lambda line: line.base), False))
    assert without_furniture(pages) == [lines for _, lines, _ in pages]


def test_a_row_of_a_table_that_begins_with_a_number_is_no_foot() -> None:
    pages = []
    for n in range(5):
        body = [row(150 + 14 * k, ("abcde"[n] * (k + 2), 30))[0] for k in range(3 + 4 * n)]
        last = row(body[-1].base + 14, (f"{n + 1}", 30), (f"Scope {'abcde'[n]}", 300))
        pages.append((842.0, [*body, *last], False))
    assert without_furniture(pages) == [lines for _, lines, _ in pages]


FORM = [
    row(80, ("Insured name", 30), ("Ann Lee", 200), ("Year", 330), ("2025", 430)),
    row(94, ("Claim", 30), ("999", 260), ("Make", 330), ("Jeep", 430)),
    row(108, ("Policy", 30), ("POL-2022", 202), ("Model", 332), ("Cherokee", 440)),
    row(122, ("Email", 30), ("ann@example.com", 220), ("VIN", 328), ("XYZ", 428)),
]


def flush(line: list[Line]) -> list[Line]:
    """Return a form's row with its cells set flush left, but a figure."""
    for cell, left in zip(line, (30, 180, 320, 420), strict=True):
        if cell.text != "999":
            cell.left, cell.right = left, left + 5 * len(cell.text)
    return line


def test_a_form_of_words_with_a_few_figures_is_a_table_and_its_rows_stay_apart() -> None:
    last = [Line("Color", 320, 127.5, 345, 138.2, 136, SIZE, bold=False)]
    last.append(Line("Black", 420, 127.5, 445, 138.2, 136, SIZE, bold=False))
    (table,) = tables(*[flush(line) for line in FORM], last)
    assert [r.cells for r in table.rows] == [
        ["Insured name", "Ann Lee", "Year", "2025"],
        ["Claim", "999", "Make", "Jeep"],
        ["Policy", "POL-2022", "Model", "Cherokee"],
        ["Email", "ann@example.com", "VIN", "XYZ"],
        ["", "", "Color", "Black"],
    ]


def test_cells_printed_half_a_line_lower_belong_to_the_row_beside_them() -> None:
    (table,) = tables(
        row(80, ("Name:", 30), ("Premier Group", 200)),
        row(86, ("Billing type:", 350), ("Net 30", 450)),
        row(92, ("Contact:", 30), ("Michael Chen", 200)),
        row(98, ("Commission:", 350), ("10%", 450)),
        row(104, ("Payer:", 30), ("Ann Lee Branch", 200)),
        row(110, ("Terms:", 350), ("Corporate", 450)),
    )
    assert [r.cells for r in table.rows] == [
        ["Name:", "Premier Group", "Billing type:", "Net 30"],
        ["Contact:", "Michael Chen", "Commission:", "10%"],
        ["Payer:", "Ann Lee Branch", "Terms:", "Corporate"],
    ]


def test_a_larger_line_heads_the_next_table_and_is_no_row() -> None:
    heading = row(112, ("Totals", 30))
    heading[0].size = 1.25 * SIZE
    first, second = tables(
        row(80, ("Start", 30), ("Shows", 200), ("Amount", 300)),
        row(94, ("12/20/24", 30), ("48", 200), ("$12,500", 300)),
        heading,
        row(130, ("Month", 30), ("Shows", 220), ("Occupancy", 420)),
        row(144, ("December", 30), ("48", 220), ("85%", 420)),
    )
    assert [r.cells for r in first.rows] == [["Start", "Shows", "Amount"], ["12/20/24", "48", "$12,500"]]
    assert [r.cells for r in second.rows] == [["Month", "Shows", "Occupancy"], ["December", "48", "85%"]]


def test_bold_heads_that_only_a_shade_parts_from_the_first_row_are_a_row() -> None:
    cells = [("Item", "Before", "After"), ("Class", "Group one", "Level one"), ("Reason", "Old law", "New law")]
    words = [
        Word(text, 75 + 100 * n, at - 8, 75 + 100 * n + 4 * len(text), at + 2, at, 9, at == 90)
        for at, line in zip((90, 104, 130), cells, strict=True)
        for n, text in enumerate(line)
    ]
    across = [Rule(at, 70, 370) for at in (80, 115, 140)]
    down = [Rule(at, 80, 140) for at in (70, 170, 270, 370)]
    (table,), _ = ruled(Sheet(600, 800, words=words, across=across, down=down))
    assert [tuple(r.cells) for r in table.rows] == cells
