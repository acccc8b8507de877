"""Reading order, running headers, headings and tables of PDFs drawn here."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from ingest.parsers.pdf import parse
from ragbox.types import Block, Kind, Parsed
from tests.pdfs import NO_OCR, PROSE, assert_sound, draw, texts, wrapped, write

WIDTH, HEIGHT = A4


@pytest.fixture
def made(tmp_path: Path) -> Callable[..., Path]:
    """Return a function that draws a PDF of the pages given, each a function of the canvas."""
    return lambda *pages: draw(tmp_path / "made.pdf", *pages)


def only_table(parsed: Parsed) -> Block:
    (table,) = [block for block in parsed.blocks if block.kind is Kind.TABLE]
    return table


class TestOrder:
    def test_two_columns_are_read_one_after_the_other(self, made: Callable[..., Path]) -> None:
        left, right = wrapped(f"Left begins. {PROSE} Left ends.", 42), wrapped(f"Right begins. {PROSE} Right ends.", 42)

        def page(canvas: Canvas) -> None:
            canvas.drawCentredString(WIDTH / 2, 780, "A title that runs across both of the columns of this page")
            for n in range(max(len(left), len(right))):  # drawn line by line across, as some programs do
                for x, column in ((72, left), (312, right)):
                    if n < len(column):
                        canvas.drawString(x, 740 - 12 * n, column[n])

        joined = " ".join(texts(parse(made(page), NO_OCR)))
        places = [
            joined.index(piece) for piece in ("A title", "Left begins", "Left ends", "Right begins", "Right ends")
        ]
        assert places == sorted(places)

    def test_text_drawn_in_another_order_is_read_from_top_to_bottom(self, made: Callable[..., Path]) -> None:
        def page(canvas: Canvas) -> None:
            write(canvas, ["Third paragraph ends here."], y=600)
            write(canvas, ["First paragraph ends here."], y=740)
            write(canvas, ["Second paragraph ends here."], y=670)

        assert [text.split()[0] for text in texts(parse(made(page), NO_OCR))] == ["First", "Second", "Third"]


class TestFurniture:
    def test_running_header_footer_and_page_number_are_dropped(self, made: Callable[..., Path]) -> None:
        def page(n: int) -> Callable[[Canvas], None]:
            def draw(canvas: Canvas) -> None:
                canvas.drawString(72, 810, "Supply agreement, confidential")
                canvas.drawString(72, 30, f"Page {n} of 5")
                write(canvas, wrapped(" ".join(PROSE.split()[n * 5 :]), 80))

            return draw

        parsed = parse(made(*map(page, range(1, 6))), NO_OCR)
        assert len(parsed.blocks) == 5
        assert not re.search(r"confidential|Page \d", " ".join(texts(parsed)))

    def test_a_table_head_repeated_on_every_page_stays(self, made: Callable[..., Path]) -> None:
        def draw(canvas: Canvas) -> None:
            for n, row in enumerate([("Part", "Price", "Stock"), ("NC-1", "14.50", "12"), ("NC-2", "9.80", "7")]):
                for x, cell in zip((72, 250, 350), row, strict=True):
                    canvas.drawString(x, 740 - 14 * n, cell)
            write(canvas, wrapped(PROSE, 80), y=600)

        tables = [b for b in parse(made(draw, draw, draw, draw), NO_OCR).blocks if b.kind is Kind.TABLE]
        assert [table.rows[0] for table in tables] == [("Part", "Price", "Stock")] * 4

    def test_a_heading_that_repeats_at_changing_heights_stays(self, made: Callable[..., Path]) -> None:
        def page(n: int) -> Callable[[Canvas], None]:
            return lambda c: write(c, ["Performance indicators", "", *wrapped(PROSE[n * 40 :], 80)], y=740 - 40 * n)

        found = texts(parse(made(*map(page, range(5))), NO_OCR))
        assert found.count("Performance indicators") == 5

    def test_a_header_of_one_chapter_is_dropped_too(self, made: Callable[..., Path]) -> None:
        def page(n: int) -> Callable[[Canvas], None]:
            def draw(canvas: Canvas) -> None:
                if n >= 14:
                    canvas.drawString(72, 810, "Annex: prices")
                write(canvas, wrapped(PROSE[n * 15 :], 80))

            return draw

        assert "Annex: prices" not in texts(parse(made(*map(page, range(20))), NO_OCR))

    def test_pages_that_are_alike_altogether_keep_their_text(self, made: Callable[..., Path]) -> None:
        parsed = parse(made(*[lambda c: write(c, ["A single line of text."])] * 4), NO_OCR)
        assert texts(parsed) == ["A single line of text."] * 4


class TestHeadings:
    def test_size_and_weight_make_levels(self, made: Callable[..., Path]) -> None:
        def page(canvas: Canvas) -> None:
            for y, font, size, text in (
                (780, "Helvetica-Bold", 20, "Supply Agreement"),
                (740, "Helvetica-Bold", 14, "Delivery"),
                (640, "Helvetica-Bold", 10, "Delay of a delivery"),
            ):
                canvas.setFont(font, size)
                canvas.drawString(72, y, text)
            canvas.setFont("Helvetica", 10)
            write(canvas, wrapped(PROSE, 80), y=720)
            write(canvas, wrapped(PROSE, 80), y=620)

        parsed = parse(made(page), NO_OCR)
        assert [(b.text, b.level) for b in parsed.blocks if b.kind is Kind.TITLE] == [
            ("Supply Agreement", 1),
            ("Delivery", 2),
            ("Delay of a delivery", 3),
        ]
        assert parsed.title == "Supply Agreement"

    def test_the_outline_names_headings_that_look_like_text(self, made: Callable[..., Path]) -> None:
        def page(canvas: Canvas) -> None:
            canvas.bookmarkPage("here")
            canvas.addOutlineEntry("Warranty", "here", level=0)
            write(canvas, ["Warranty"])
            write(canvas, wrapped(PROSE, 80), y=700)

        first = parse(made(page), NO_OCR).blocks[0]
        assert (first.kind, first.level, first.text) == (Kind.TITLE, 1, "Warranty")

    @pytest.mark.parametrize("left_by_program", ["Microsoft Word - draft7.doc", "untitled", "report_final_v2"])
    def test_a_title_left_by_a_program_is_not_taken(self, made: Callable[..., Path], left_by_program: str) -> None:
        def page(canvas: Canvas) -> None:
            canvas.setTitle(left_by_program)
            write(canvas, wrapped(PROSE, 80))

        assert parse(made(page), NO_OCR).title == ""

    def test_a_title_that_a_person_wrote_is_taken(self, made: Callable[..., Path]) -> None:
        def page(canvas: Canvas) -> None:
            canvas.setTitle("Travel policy of the group")
            write(canvas, wrapped(PROSE, 80))

        assert parse(made(page), NO_OCR).title == "Travel policy of the group"


def statement(canvas: Canvas) -> None:
    """Draw an income statement as filings have it: spans, currency signs apart, negative figures, wrapped labels."""
    write(canvas, ["The results of the quarter (in millions) were as follows:"], y=740)
    canvas.drawCentredString(350, 715, "Three Months Ended")
    canvas.drawCentredString(490, 715, "Nine Months Ended")
    for x, text in ((325, "2022"), (395, "2023"), (465, "2022"), (535, "2023")):
        canvas.drawRightString(x, 700, text)
    rows = [
        ("Net sales", "$", ("1,234", "1,345", "3,702", "4,035")),
        ("Cost of sales, including the", "", ()),
        ("amortization of licences", "", ("(987)", "(1,001)", "(2,961)", "(3,003)")),
        ("Other income", "", ("—", "12", "7", "36")),
        ("Net income", "$", ("247", "356", "748", "1,068")),
    ]
    for n, (label, sign, figures) in enumerate(rows):
        y = 684 - 13 * n
        canvas.drawString(72, y, label)
        for x, figure in zip((325, 395, 465, 535), figures, strict=False):
            canvas.drawRightString(x, y, figure)
            canvas.drawString(x - 45, y, sign)
    write(canvas, wrapped(PROSE, 80), y=560)


class TestTables:
    def test_a_statement_without_borders_is_read_cell_by_cell(self, made: Callable[..., Path]) -> None:
        parsed = parse(made(statement), NO_OCR)
        table = only_table(parsed)
        assert table.rows[1:] == (
            ("Net sales", "$1,234", "$1,345", "$3,702", "$4,035"),
            ("Cost of sales, including the amortization of licences", "(987)", "(1,001)", "(2,961)", "(3,003)"),
            ("Other income", "—", "12", "7", "36"),
            ("Net income", "$247", "$356", "$748", "$1,068"),
        )
        assert_sound(parsed)

    def test_heads_over_several_columns_are_repeated_in_each(self, made: Callable[..., Path]) -> None:
        table = only_table(parse(made(statement), NO_OCR))
        assert table.header_rows == 1
        three, nine = "Three Months Ended", "Nine Months Ended"
        assert table.rows[0] == ("", f"{three} 2022", f"{three} 2023", f"{nine} 2022", f"{nine} 2023")

    def test_the_text_around_a_table_stays_outside(self, made: Callable[..., Path]) -> None:
        kinds = [block.kind for block in parse(made(statement), NO_OCR).blocks]
        assert kinds == [Kind.TEXT, Kind.TABLE, Kind.TEXT]

    def test_a_bordered_table_keeps_wrapped_cells_together(self, made: Callable[..., Path]) -> None:
        def page(canvas: Canvas) -> None:
            canvas.grid([72, 200, 400, 520], [740, 715, 680, 645])
            for x, y, text in (
                (76, 723, "Clause"), (204, 723, "What it says"), (404, 723, "Owner"),
                (76, 702, "Delivery"), (204, 702, "The goods are delivered to the"),
                (204, 688, "address in the order."),
                (404, 702, "Logistics"), (76, 667, "Warranty"), (204, 667, "Faults are mended for"),
                (204, 653, "twenty-four months."), (404, 667, "Quality"),
            ):  # fmt: skip
                canvas.drawString(x, y, text)

        assert only_table(parse(made(page), NO_OCR)).rows == (
            ("Clause", "What it says", "Owner"),
            ("Delivery", "The goods are delivered to the address in the order.", "Logistics"),
            ("Warranty", "Faults are mended for twenty-four months.", "Quality"),
        )

    def test_a_caption_is_told_from_text(self, made: Callable[..., Path]) -> None:
        lines = [
            "Table 3: Prices of castings from 2024 to 2025",
            "",
            "Table 3 shows the prices that both sides agreed.",
        ]
        parsed = parse(made(lambda c: write(c, lines, step=20)), NO_OCR)
        assert [block.kind for block in parsed.blocks] == [Kind.CAPTION, Kind.TEXT]

    @pytest.mark.parametrize(
        "lines",
        [
            wrapped(PROSE * 3, 80),
            ["1.    The first duty is to deliver the goods on time.", "2.    The second duty is to deliver them whole."]
            * 3,
            ["In 2022 sales were 1,234 and in 2023 they were 1,345, a gain of 9 per cent."] * 4,
        ],
    )
    def test_prose_and_lists_are_no_table(self, made: Callable[..., Path], lines: list[str]) -> None:
        parsed = parse(made(lambda c: write(c, lines)), NO_OCR)
        assert all(block.kind is not Kind.TABLE for block in parsed.blocks)
