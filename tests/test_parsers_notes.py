"""Notes of running text, and captions: told by their marks in PDF, Word, HTML and Markdown."""

from __future__ import annotations

from pathlib import Path

import docx
import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from reportlab.pdfgen.canvas import Canvas

from ingest.parsers import Options, parse
from ingest.parsers.blocks import alt, raised_after
from ingest.parsers.web import html, markdown
from ragbox.types import Block, Kind, Parsed
from tests.pdfs import NO_OCR, PROSE, assert_sound, draw, texts, wrapped, write


def noted(canvas: Canvas, text: str, mark: str, after: str = "", y: float = 740) -> None:
    """Write a line with a small raised mark in it."""
    line = canvas.beginText(72, y)
    for words, size, rise in ((text, 10, 0), (mark, 6, 4), (after, 10, 0)):
        line.setFont("Helvetica", size)
        line.setRise(rise)
        line.textOut(words)
    canvas.drawText(line)


def kinds(blocks: list[Block]) -> list[tuple[str, str]]:
    return [(block.kind.value, block.text) for block in blocks]


def footed(tmp_path: Path) -> Parsed:
    """A page whose last line goes on overleaf, with a note at its foot."""

    def first(canvas: Canvas) -> None:
        noted(canvas, "Sales of the segment", "1", " are those to customers outside of the group.")
        canvas.setFont("Helvetica", 10)
        write(
            canvas, [*wrapped(PROSE, 90), "The buyer that has not paid by the end of the month after delivery,"], y=716
        )
        canvas.setFont("Helvetica", 7)
        write(canvas, ["1 Restated for the merger of March."], y=90)

    def second(canvas: Canvas) -> None:
        write(canvas, ["owes interest from that day on.", "", *wrapped(PROSE, 90)])

    return parse(draw(tmp_path / "file.pdf", first, second), "pdf", NO_OCR)


def test_a_small_raised_number_is_told_from_the_word_before_it(tmp_path: Path) -> None:
    assert texts(footed(tmp_path))[0].startswith("Sales of the segment ¹ are those to customers")


def test_small_print_at_the_foot_is_a_note_and_parts_no_paragraph(tmp_path: Path) -> None:
    parsed = footed(tmp_path)
    assert_sound(parsed)
    assert [(b.text, b.page) for b in parsed.blocks if b.kind is Kind.NOTE] == [
        ("1 Restated for the merger of March.", 1)
    ]
    assert any("by the end of the month after delivery, owes interest from that day on." in t for t in texts(parsed))


def test_lowered_numbers_and_exponents_stay_with_their_word(tmp_path: Path) -> None:
    def page(canvas: Canvas) -> None:
        noted(canvas, "An area of 12 m", "2", " was let.")
        noted(canvas, "About 10", "6", " units were sold.", y=700)
        line = canvas.beginText(72, 660)
        for words, size, rise in (("We emit less CO", 10, 0), ("2", 6, -2), (" now.", 10, 0)):
            line.setFont("Helvetica", size)
            line.setRise(rise)
            line.textOut(words)
        canvas.drawText(line)

    read = " ".join(texts(parse(draw(tmp_path / "file.pdf", page), "pdf", NO_OCR)))
    assert read == "An area of 12 m² was let. About 10⁶ units were sold. We emit less CO2 now."


def test_a_sentence_that_speaks_of_a_figure_at_a_lines_beginning_is_no_caption(tmp_path: Path) -> None:
    def page(canvas: Canvas) -> None:
        write(canvas, ["The growth of the market over the last ten years in all regions is shown in"])
        write(canvas, ["Figure 3. It was the largest in the north of the country, where we sold most."], y=728)
        write(canvas, ["Figure 4: Growth by region"], y=640)

    blocks = parse(draw(tmp_path / "file.pdf", page), "pdf", NO_OCR).blocks
    assert [b.kind for b in blocks] == [Kind.TEXT, Kind.CAPTION]


@pytest.mark.parametrize(
    ("text", "marked"),
    [
        ("shares", " ¹"),
        ("营业收入", " ¹"),
        ("of 2022", " ¹"),
        ("4,115", " ¹"),
        ("the end.", "¹"),
        ("10", "¹"),
        ("m", "¹"),
    ],
)
def test_a_mark_stands_apart_from_a_word_it_would_be_searched_with(text: str, marked: str) -> None:
    assert raised_after(text, "1") == marked


@pytest.mark.parametrize("text", ["Grafik.PNG", "Picture 12", "https://example.com/a", "", "图片 1"])
def test_a_name_that_a_program_gave_a_picture_says_nothing(text: str) -> None:
    assert alt(text) == []


def test_links_to_footnotes_are_marks_and_the_notes_begin_with_them() -> None:
    source = (
        "<p>Sales grew<sup><a href='#fn1'>1</a></sup> in 2023.<sup>[<a href='#fn:2'>2</a>]</sup> Costs"
        "<a href='#fn3'>*</a></p><ol><li id='fn1'>Restated <i>now</i>. <a href='#r1'>↩</a></li>"
        "<li id='fn:2'><p>Second note.</p></li><li>An item</li></ol><p id='fn3'>* By weight.</p>"
    )
    assert kinds(html(source)[1]) == [
        ("text", "Sales grew ¹ in 2023.² Costs*"),
        ("note", "¹ Restated now."),
        ("note", "² Second note."),
        ("list_item", "3. An item"),
        ("note", "* By weight."),
    ]


def test_a_note_loses_its_way_back_and_no_other_link() -> None:
    source = (
        "<p id='p'>Sales<sup id='r1'><a href='#fn1'>1</a></sup> and down<a name='r2' href='#fn2'>2</a>.</p>"
        "<p id='fn1'><a href='#r1'>1</a> See <a href='#p'>above</a> and note <a href='#fn2'>2</a>."
        " <a href='#x'>^</a></p>"
        "<p id='fn2'><a href='#r2'>Back</a> Section <a href='#a'>3.2</a> of <a href='#b'>Act</a>.</p>"
    )
    assert kinds(html(source)[1]) == [
        ("text", "Sales ¹ and down ²."),
        ("note", "¹ See above and note ²."),
        ("note", "² Section 3.2 of Act."),
    ]


def test_other_links_within_a_page_stay_as_they_are() -> None:
    assert kinds(html("<p>See <a href='#s2'>2</a> and <a href='#fn9'>9</a>.</p><p id='s2'>Part two</p>")[1]) == [
        ("text", "See 2 and 9."),
        ("text", "Part two"),
    ]


def test_footnotes_of_markdown_are_numbered_as_they_are_cited() -> None:
    source = "Sales grew[^m] in 2023.[^2] Now [^x].\n\n[^2]: Second\n  goes on.\n[^m]: Restated *now*.\n\nMore.\n"
    assert kinds(markdown(source)[1]) == [
        ("text", "Sales grew ¹ in 2023.² Now [^x]."),
        ("note", "² Second goes on."),
        ("note", "¹ Restated now."),
        ("text", "More."),
    ]


def test_what_a_figure_is_called_is_a_caption() -> None:
    source = (
        "<figure><img src='a.png' alt='A lake'><figcaption>By <b>year</b></figcaption></figure><p>图 3 各地区收入</p>"
    )
    assert kinds(html(source)[1]) == [("caption", "A lake"), ("caption", "By year"), ("caption", "图 3 各地区收入")]


def test_a_caption_in_word_needs_no_style_and_a_picture_says_what_it_shows(tmp_path: Path) -> None:
    document = docx.Document()
    document.add_paragraph("Figure 1: Sales by region")
    shown = (
        f'<w:p {nsdecls("w", "wp")}><w:r><w:drawing><wp:inline><wp:docPr id="1" name="x" descr="A map"/></wp:inline>'
    )
    document.element.body.insert(0, parse_xml(f"{shown}</w:drawing></w:r></w:p>"))
    document.save(str(tmp_path / "file"))
    blocks = parse(tmp_path / "file", "docx", Options()).blocks
    assert kinds(list(blocks)) == [("caption", "A map"), ("caption", "Figure 1: Sales by region")]
