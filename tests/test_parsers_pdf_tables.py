"""Tables without borders, from lines of print: heads on several levels, what stands under them, what goes on below."""

from __future__ import annotations

from ingest.parsers.pdf_grid import ruled
from ingest.parsers.pdf_lines import Line
from ingest.parsers.pdf_rows import Table
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
