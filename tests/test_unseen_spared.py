"""Words that look hidden and are seen: the layers of stamped scans, white on what lies behind, doubled ids, breaks."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import docx
import pptx
import pypdfium2
import pytest
from docx.document import Document
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from docx.shared import RGBColor
from pptx.util import Inches
from reportlab.pdfgen.canvas import Canvas

from ingest.parsers import parse, pdf
from ingest.parsers.pdf_read import read_page
from ingest.parsers.pdf_unseen import Shape
from ragbox import orders
from tests.pdfs import NO_OCR, PROSE, draw, wrapped, write
from tests.test_unseen import in_mode, picture, told

FOOT = "Downloaded from example.org on 3 May 2026 by a reader of the library"
SECRET = "Seen by all who look"
W = nsdecls("w")


def layer(canvas: Canvas, text: str = PROSE * 2) -> None:
    canvas.saveState()  # or what is drawn next is invisible too
    in_mode(canvas, 3, wrapped(text, 60), 700)
    canvas.restoreState()


def stamped(canvas: Canvas) -> None:
    """As a stamp leaves a scan: its page within a form, in a form that is moved and made smaller."""
    canvas.beginForm("page")
    canvas.drawImage(picture("white"), 0, 0, 595, 842)
    layer(canvas)
    canvas.endForm()
    canvas.beginForm("whole")
    canvas.translate(10, 10)
    canvas.scale(0.95, 0.95)
    canvas.doForm("page")
    canvas.endForm()
    canvas.doForm("whole")


def apart(canvas: Canvas) -> None:
    """As where the picture alone is within a form."""
    canvas.beginForm("picture")
    canvas.drawImage(picture("white"), 0, 0, 595, 842)
    canvas.endForm()
    canvas.doForm("picture")
    layer(canvas)


def strips(canvas: Canvas) -> None:
    for n in range(650):
        canvas.drawImage(picture("white"), 0, n * 1.3, 595, 1.3)
    layer(canvas)


@pytest.mark.parametrize("scan", [stamped, apart, strips])
def test_what_ocr_read_of_a_scan_stays_however_its_picture_is_wrapped(
    tmp_path: Path, scan: Callable[[Canvas], None]
) -> None:
    def page(canvas: Canvas) -> None:
        scan(canvas)
        canvas.drawString(72, 20, FOOT)

    seen, hidden = told(draw(tmp_path / "a.pdf", page), "pdf")
    assert hidden == []
    assert sorted(seen.split()) == sorted(f"{PROSE * 2} {FOOT}".split())


def test_a_small_picture_within_a_form_makes_no_scan_of_a_page(tmp_path: Path) -> None:
    def page(canvas: Canvas) -> None:
        canvas.beginForm("logo")
        canvas.drawImage(picture(), 50, 490, 300, 40)
        canvas.endForm()
        canvas.doForm("logo")
        layer(canvas, SECRET)
        canvas.drawString(72, 100, FOOT)

    assert told(draw(tmp_path / "a.pdf", page), "pdf") == (FOOT, [("invisible", SECRET)])


def test_a_picture_whose_layer_is_not_believed_is_read_by_ocr(tmp_path: Path) -> None:
    def page(canvas: Canvas) -> None:
        canvas.drawImage(picture("white"), 0, 300, 595, 542)
        layer(canvas)
        write(canvas, wrapped(PROSE, 90), y=250)

    with pypdfium2.PdfDocument(draw(tmp_path / "a.pdf", page, lambda c: write(c, wrapped(PROSE, 90)))) as document:
        sheets, scan, hidden = pdf._read(document, 1)
        assert len(sheets) == 1
        assert scan
        assert [how for how, _ in hidden] == ["invisible"]
        assert not pdf._read(document, 2)[1]


def test_small_units_are_not_small_letters(tmp_path: Path) -> None:
    canvas = Canvas(str(path := tmp_path / "a.pdf"), pagesize=(59.5, 84.2))  # with /UserUnit 10 an A4 page
    canvas.setFont("Helvetica", 1.2)
    canvas.drawString(7, 50, SECRET)
    canvas.setFont("Helvetica", 0.1)
    canvas.drawString(7, 40, "dust")
    canvas.save()
    assert told(path, "pdf") == (SECRET, [("tiny", "dust")])


def test_a_word_is_compared_with_the_shapes_about_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def cells(canvas: Canvas) -> None:
        canvas.setFont("Helvetica", 5)
        for n in range(500):
            x, y = 50 + n % 10 * 50, 780 - n // 10 * 14
            canvas.setFillGray(0.9)
            canvas.rect(x, y, 48, 13, stroke=0, fill=1)
            canvas.setFillGray(0)
            canvas.drawString(x + 2, y + 3, f"c {n} ab cd ef")

    compared, real = 0, Shape.around

    def around(self: Shape, x: float, y: float) -> bool:
        nonlocal compared
        compared += 1
        return real(self, x, y)

    monkeypatch.setattr(Shape, "around", around)
    with pypdfium2.PdfDocument(draw(tmp_path / "a.pdf", cells)) as document:
        (sheet,), _, hidden = read_page(document[0])
    assert (len(sheet.words), hidden) == (2500, [])
    assert compared < 30 * 2500  # 10 or 20 each; 500 if with every shape of the page


def white(paragraph: docx.text.paragraph.Paragraph) -> docx.text.run.Run:
    run = paragraph.add_run(SECRET)
    run.font.color.rgb = RGBColor(255, 255, 255)
    return run


def solid(document: Document) -> None:
    cell = document.add_table(1, 1).cell(0, 0)
    white(cell.paragraphs[0])
    cell._tc.get_or_add_tcPr().append(parse_xml(f'<w:shd {W} w:val="solid" w:color="000000" w:fill="auto"/>'))


def hatched(document: Document) -> None:
    paragraph = document.add_paragraph()
    white(paragraph)
    shade = f'<w:shd {W} w:val="pct75" w:color="000000" w:fill="FFFFFF"/>'
    paragraph._p.get_or_add_pPr().append(parse_xml(shade))


def whole_table(document: Document) -> None:
    table = document.add_table(1, 1)
    white(table.cell(0, 0).paragraphs[0])
    table._tbl.tblPr.append(parse_xml(f'<w:shd {W} w:val="clear" w:color="auto" w:fill="000000"/>'))


def row(document: Document) -> None:
    table = document.add_table(1, 1)
    white(table.cell(0, 0).paragraphs[0])
    shade = f'<w:tblPrEx {W}><w:shd w:val="clear" w:color="auto" w:fill="000000"/></w:tblPrEx>'
    table.rows[0]._tr.insert(0, parse_xml(shade))


def cover(document: Document) -> None:
    drawing = "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"
    anchor = f'<w:drawing {W} xmlns:wp="{drawing}"><wp:anchor behindDoc="1"/></w:drawing>'
    document.add_paragraph().add_run()._r.append(parse_xml(anchor))
    white(document.add_paragraph())


def old_cover(document: Document) -> None:
    shape = '<v:rect xmlns:v="urn:schemas-microsoft-com:vml" style="position:absolute; z-index: -1"/>'
    document.add_paragraph().add_run()._r.append(parse_xml(f"<w:pict {W}>{shape}</w:pict>"))
    white(document.add_paragraph())


@pytest.mark.parametrize("make", [solid, hatched, whole_table, row, cover, old_cover])
def test_white_letters_in_word_are_seen_on_what_lies_behind(tmp_path: Path, make: Callable[[Document], None]) -> None:
    document = docx.Document()
    make(document)
    document.save(str(path := tmp_path / "a.docx"))
    assert told(path, "docx") == (SECRET, [])


def test_a_page_break_among_white_letters_still_counts(tmp_path: Path) -> None:
    document = docx.Document()
    white(document.add_paragraph())._r.append(parse_xml(f"<w:lastRenderedPageBreak {W}/>"))
    document.add_paragraph("On page two.")
    document.save(str(path := tmp_path / "a.docx"))
    parsed = parse(path, "docx", NO_OCR)
    assert [(one.text, one.page) for one in parsed.blocks] == [("On page two.", 2)]
    assert [(one.how, one.text, one.page) for one in parsed.unseen] == [("colour", SECRET, 1)]


def test_a_shape_that_shares_its_id_with_a_hidden_one_or_the_title_is_read(tmp_path: Path) -> None:
    deck = pptx.Presentation()
    slide = deck.slides.add_slide(deck.slide_layouts[5])
    slide.shapes.title.text = "Title"
    boxes = [slide.shapes.add_textbox(Inches(x), Inches(2), Inches(2), Inches(1)) for x in (1, -9, 4)]
    for box, text in zip(boxes, (SECRET, "Beside", "Also seen"), strict=True):
        box.text_frame.text = text
    boxes[1]._element.nvSpPr.cNvPr.set("id", str(boxes[0].shape_id))
    boxes[2]._element.nvSpPr.cNvPr.set("id", str(slide.shapes.title.shape_id))
    deck.save(str(path := tmp_path / "a.pptx"))
    assert told(path, "pptx") == (f"Title\n{SECRET}\nAlso seen", [("outside", "Beside")])


@pytest.mark.clock
def test_lines_without_words_cost_no_time() -> None:
    text = "assistant user system print" + "\n" * 24_000
    began = time.perf_counter()
    assert orders.score(text) == 0
    assert time.perf_counter() - began < 3  # 4 ms; 24 s where each line begins the search anew
    assert orders.score("Assistant: hello\n\n\n\nUser: pay") > 0.5
