"""The PDF parser's trip on PDFs drawn here: text, boxes, refusals. Real files only where they are at hand."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pypdfium2
import pytest
from pypdf import PdfReader, PdfWriter
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from ingest.parsers.pdf import parse
from ragbox.errors import Rejected
from ragbox.types import Kind
from tests.conftest import EVALDATA
from tests.pdfs import NO_OCR, PROSE, assert_sound, draw, hostile, stream, texts, wrapped, write


@pytest.fixture
def made(tmp_path: Path) -> Callable[..., Path]:
    """Return a function that draws a PDF of the pages given, each a function of the canvas."""
    return lambda *pages: draw(tmp_path / "made.pdf", *pages)


class TestText:
    def test_lines_of_a_paragraph_are_one_block_with_a_mark_each(self, made: Callable[..., Path]) -> None:
        lines = wrapped(PROSE, 80)
        parsed = parse(made(lambda c: write(c, lines)), NO_OCR)
        assert texts(parsed) == [" ".join(lines)]
        (block,) = parsed.blocks
        assert [block.text[m.start : m.end] for m in block.marks] == lines
        assert_sound(parsed)

    def test_white_space_parts_paragraphs(self, made: Callable[..., Path]) -> None:
        def page(canvas: Canvas) -> None:
            write(canvas, wrapped(PROSE, 80))
            write(canvas, wrapped("Second one. " + PROSE, 80), y=640)

        assert [text[:6] for text in texts(parse(made(page), NO_OCR))] == ["The su", "Second"]

    def test_a_hyphen_that_only_breaks_the_line_goes_and_a_real_one_stays(self, made: Callable[..., Path]) -> None:
        lines = [
            "This agreement covers the long-term supply of castings, and the agree-",
            "ment is renewed each year. Both sides want a long-",
            "term relation that outlives the single order, from which each of them gains.",
        ]
        (text,) = texts(parse(made(lambda c: write(c, lines)), NO_OCR))
        assert "and the agreement is renewed" in text
        assert "a long-term relation" in text

    def test_chinese_lines_join_without_a_space_and_full_width_digits_become_plain(
        self, made: Callable[..., Path]
    ) -> None:
        pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))

        def page(canvas: Canvas) -> None:
            canvas.setFont("STSong-Light", 12)
            write(
                canvas,
                [
                    "甲方应当在收到货物之后的三十日以内向乙方支付合同约定的全",
                    "部价款２０２５元，逾期每日按万分之五支付违约金。",
                ],
                step=18,
            )

        (text,) = texts(parse(made(page), NO_OCR))
        assert (
            text
            == "甲方应当在收到货物之后的三十日以内向乙方支付合同约定的全部价款2025元，逾期每日按万分之五支付违约金。"
        )

    def test_list_items_are_blocks_of_their_own(self, made: Callable[..., Path]) -> None:
        lines = ["The buyer may:", "(a) cancel the order;", "(b) lower the price;", "• return the goods."]
        parsed = parse(made(lambda c: write(c, lines)), NO_OCR)
        assert [(b.kind, b.text) for b in parsed.blocks[1:]] == [(Kind.LIST_ITEM, line) for line in lines[1:]]

    def test_a_paragraph_cut_by_the_page_border_is_one_block_with_marks_on_both_pages(
        self, made: Callable[..., Path]
    ) -> None:
        lines = wrapped(PROSE * 2, 80)
        parsed = parse(made(lambda c: write(c, lines[:4], y=110), lambda c: write(c, lines[4:])), NO_OCR)
        assert texts(parsed) == [" ".join(lines)]
        assert [mark.page for mark in parsed.blocks[0].marks] == [1] * 4 + [2] * (len(lines) - 4)
        assert_sound(parsed)

    def test_a_finished_paragraph_is_not_joined_to_the_next_page(self, made: Callable[..., Path]) -> None:
        page = wrapped(PROSE.strip(), 80)
        assert len(parse(made(lambda c: write(c, page), lambda c: write(c, page)), NO_OCR).blocks) == 2


class TestBoxes:
    @pytest.mark.parametrize("rotation", [0, 90, 180, 270])
    @pytest.mark.parametrize("cropped", [False, True])
    def test_boxes_hold_the_ink_of_the_rendered_page(
        self, made: Callable[..., Path], tmp_path: Path, rotation: int, cropped: bool
    ) -> None:
        writer = PdfWriter(clone_from=PdfReader(made(lambda c: write(c, ["Boxes fit the ink"], x=200, y=500))))
        page = writer.pages[0]
        if cropped:
            page.cropbox.lower_left, page.cropbox.upper_right = (150, 300), (450, 600)
        page.rotate(rotation)
        path = tmp_path / "turned.pdf"
        writer.write(path)
        (block,) = parse(path, NO_OCR).blocks
        assert block.text == "Boxes fit the ink"
        left, top, right, bottom = block.marks[0].box or (0, 0, 0, 0)
        with pypdfium2.PdfDocument(path) as document:
            image = document[0].render(scale=3).to_pil().convert("L").point(lambda v: 255 if v < 128 else 0)
        ink = image.getbbox()
        assert ink is not None
        width, height = image.size
        slack = 0.006 if not cropped else 0.012
        assert left - slack <= ink[0] / width
        assert ink[2] / width <= right + slack
        assert top - slack <= ink[1] / height
        assert ink[3] / height <= bottom + slack
        area = (right - left) * (bottom - top) * width * height
        assert (ink[2] - ink[0]) * (ink[3] - ink[1]) > 0.4 * area

    def test_a_page_whose_text_stands_sideways_is_read_upright(self, made: Callable[..., Path]) -> None:
        def page(canvas: Canvas) -> None:
            canvas.translate(300, 100)
            canvas.rotate(90)
            write(canvas, wrapped(PROSE, 60), x=0, y=0)

        parsed = parse(made(page), NO_OCR)
        assert texts(parsed) == [PROSE.strip()]
        assert_sound(parsed)


class TestRefusals:
    def test_a_file_with_a_user_password_is_refused_with_the_remedy(
        self, made: Callable[..., Path], tmp_path: Path
    ) -> None:
        path = tmp_path / "locked.pdf"
        writer = PdfWriter(clone_from=PdfReader(made(lambda c: write(c, ["Secret."]))))
        writer.encrypt("open sesame", algorithm="RC4-128")
        writer.write(path)
        with pytest.raises(Rejected, match=r"locked\.pdf is protected by a password\. Remove the protection"):
            parse(path, NO_OCR)

    def test_a_file_with_only_an_owner_password_is_read(self, made: Callable[..., Path], tmp_path: Path) -> None:
        path = tmp_path / "owned.pdf"
        writer = PdfWriter(clone_from=PdfReader(made(lambda c: write(c, ["Free to read."]))))
        writer.encrypt("", owner_password="owner", algorithm="RC4-128")
        writer.write(path)
        assert texts(parse(path, NO_OCR)) == ["Free to read."]

    @pytest.mark.parametrize("data", [b"", b"%PDF-1.7\n", b"not a pdf at all", b"%PDF-1.4\n%%EOF"])
    def test_broken_files_are_refused(self, tmp_path: Path, data: bytes) -> None:
        path = tmp_path / "broken.pdf"
        path.write_bytes(data)
        with pytest.raises(Rejected, match=r"broken\.pdf is damaged or no PDF"):
            parse(path, NO_OCR)

    def test_every_truncation_of_a_file_ends_in_blocks_or_a_refusal(
        self, made: Callable[..., Path], tmp_path: Path
    ) -> None:
        data = made(*[lambda c: write(c, wrapped(PROSE, 80))] * 3).read_bytes()
        path = tmp_path / "cut.pdf"
        for end in range(0, len(data), len(data) // 20):
            path.write_bytes(data[:end])
            with suppress(Rejected):
                assert parse(path, NO_OCR).blocks

    def test_an_empty_page_is_no_text_at_all(self, made: Callable[..., Path]) -> None:
        with pytest.raises(Rejected, match="has no text at all"):
            parse(made(Canvas.saveState), NO_OCR)

    def test_a_picture_without_ocr_is_named_as_the_reason(self, made: Callable[..., Path]) -> None:
        with pytest.raises(Rejected, match=r"has no text and OCR is switched off \(RAGBOX_OCR\)"):
            parse(made(lambda c: c.rect(100, 100, 200, 200, fill=1)), NO_OCR)

    def test_pages_left_out_are_named(self, made: Callable[..., Path]) -> None:
        def scan(canvas: Canvas) -> None:
            canvas.rect(100, 100, 200, 200, fill=1)

        parsed = parse(made(lambda c: write(c, [PROSE[:80]]), scan, scan, scan), NO_OCR)
        assert parsed.pages == 4
        assert parsed.warnings == ("Pages 2-4 without text left unread: OCR is off (RAGBOX_OCR).",)

    def test_an_outline_that_loops_and_a_page_of_200_inches_do_not_hang(self, tmp_path: Path) -> None:
        path = tmp_path / "hostile.pdf"
        path.write_bytes(
            hostile(
                b"<</Type/Catalog/Pages 2 0 R/Outlines 6 0 R>>",
                b"<</Type/Pages/Kids[3 0 R]/Count 100000>>",
                b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 14400 14400]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>",
                stream(b"BT /F 12 Tf 72 700 Td (A line on a very large page.) Tj ET"),
                b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
                b"<</First 7 0 R/Last 8 0 R/Count 2>>",
                b"<</Title(One)/Parent 6 0 R/Next 8 0 R/First 7 0 R>>",
                b"<</Title(Two)/Parent 6 0 R/Next 7 0 R>>",
            )
        )
        assert texts(parse(path, NO_OCR)) == ["A line on a very large page."]


def real(*parts: str) -> Path:
    path = EVALDATA.joinpath(*parts)
    if not path.exists():
        pytest.skip(f"no evaluation data at {EVALDATA}")
    return path


class TestRealFiles:
    def test_a_balance_sheet_of_a_filing_is_read_row_by_row(self) -> None:
        parsed = parse(real("docs_qa", "sec_10q", "docs", "2023 Q1 MSFT.pdf"), NO_OCR)
        assert_sound(parsed)
        (table,) = [b for b in parsed.blocks if b.page == 5 and b.kind is Kind.TABLE]
        assert table.rows[0] == ("", "December 31, 2022", "June 30, 2022")
        assert ("Cash and cash equivalents", "$15,646", "$13,931") in table.rows
        assert ("Total assets", "$364,552", "$364,840") in table.rows

    def test_hostile_and_odd_files_end_in_blocks_or_a_refusal(self) -> None:
        found = [*real("hostile").rglob("*.pdf"), *real("parsing", "py_pdf_samples").rglob("*.pdf")]
        for path in found:
            with suppress(Rejected):
                assert_sound(parse(path, NO_OCR))
