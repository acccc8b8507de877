"""Sets slide decks, as PowerPoint and as a landscape PDF export."""

from pathlib import Path

from pptx import Presentation
from pptx.dml.color import RGBColor
from pptx.slide import Slide
from pptx.util import Inches, Pt
from reportlab.lib import colors
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Paragraph, Table, TableStyle

from .blocks import Block, Paper
from .pdf import BLUE
from .stable import DATE, freeze

DECK = (254 * mm, 142.9 * mm)


def pages(paper: Paper) -> list[tuple[str, list[Block]]]:
    """The slides of a deck: title and blocks; every level-1 heading opens one."""
    slides: list[tuple[str, list[Block]]] = []
    for block in paper.blocks:
        if block.kind == "heading" and block.level == 1:
            slides.append((block.text, []))
        else:
            slides[-1][1].append(block)
    return slides


def write_pptx(paper: Paper, path: Path) -> None:
    """Write a deck as a .pptx file with speaker notes."""
    deck = Presentation()
    deck.slide_width, deck.slide_height = Inches(13.333), Inches(7.5)
    core = deck.core_properties
    core.title, core.author = paper.meta["title"], paper.meta["author"]
    core.created = core.modified = DATE
    for number, (title, blocks) in enumerate(pages(paper)):
        _slide(deck, number == 0, title, blocks)
    deck.save(str(path))
    freeze(path)


def _slide(deck: Presentation, opening: bool, title: str, blocks: list[Block]) -> None:
    """One slide: title, bullets or subtitle, table, notes."""
    has_table = any(block.kind == "table" for block in blocks)
    slide = deck.slides.add_slide(deck.slide_layouts[0 if opening else 5 if has_table else 1])
    slide.shapes.title.text = title
    slide.shapes.title.left, slide.shapes.title.width = Inches(0.7), Inches(11.9)
    for paragraph in slide.shapes.title.text_frame.paragraphs:
        paragraph.font.size, paragraph.font.bold = Pt(34), True
        paragraph.font.color.rgb = RGBColor(0x17, 0x40, 0x6D)
    lines = [block.text for block in blocks if block.kind in ("bullet", "text")]
    if lines:
        _lines(slide, lines, has_table)
    for block in blocks:
        if block.kind == "table":
            _grid(slide, block)
    notes = [block.text for block in blocks if block.kind == "note"]
    if notes:
        slide.notes_slide.notes_text_frame.text = "\n".join(notes)


def _lines(slide: Slide, lines: list[str], has_table: bool) -> None:
    """Bullets in the body, or a line of text under a table."""
    if has_table:
        box = slide.shapes.add_textbox(Inches(0.7), Inches(6.0), Inches(11.9), Inches(1.2))
    else:
        box = slide.placeholders[1]
        box.left, box.width = Inches(0.7), Inches(11.9)
        box.top, box.height = Inches(1.7), Inches(5.2)
    box.text_frame.word_wrap = True
    box.text_frame.text = "\n".join(lines)
    for paragraph in box.text_frame.paragraphs:
        paragraph.font.size = Pt(16 if has_table else 22)


def _grid(slide: Slide, block: Block) -> None:
    """A table on a slide."""
    height = Inches(0.5) * len(block.rows)
    frame = slide.shapes.add_table(len(block.rows), len(block.rows[0]), Inches(0.7), Inches(1.6), Inches(11.9), height)
    for r, row in enumerate(block.rows):
        for c, text in enumerate(row):
            frame.table.cell(r, c).text = text


def write_pdf(paper: Paper, path: Path) -> None:
    """Write a deck as the PDF that a presentation program would export."""
    width, height = DECK
    canvas = Canvas(str(path), pagesize=DECK, invariant=1)
    canvas.setTitle(paper.meta["title"])
    bullet = ParagraphStyle("bullet", fontName="Helvetica", fontSize=16, leading=22, leftIndent=16)
    for number, (title, blocks) in enumerate(pages(paper), 1):
        canvas.setFillColor(BLUE)
        canvas.rect(0, height - 24 * mm, width, 24 * mm, stroke=0, fill=1)
        canvas.setFillColor(colors.white)
        canvas.setFont("Helvetica-Bold", 24)
        canvas.drawString(14 * mm, height - 16 * mm, title)
        y = height - 33 * mm
        for block in blocks:
            item = _deck_table(block) if block.kind == "table" else Paragraph(block.text, bullet, "•")
            _, used = item.wrapOn(canvas, width - 28 * mm, height)
            item.drawOn(canvas, 14 * mm, y - used)
            y -= used + 8
        canvas.setFillColor(colors.grey)
        canvas.setFont("Helvetica", 9)
        canvas.drawString(14 * mm, 6 * mm, paper.meta["footer"])
        canvas.drawRightString(width - 14 * mm, 6 * mm, str(number))
        canvas.showPage()
    canvas.save()


def _deck_table(block: Block) -> Table:
    """A table for the exported deck."""
    width = (DECK[0] - 28 * mm) / len(block.rows[0])
    return Table(
        block.rows,
        [width] * len(block.rows[0]),
        24,
        style=TableStyle(
            [
                ("FONT", (0, 0), (-1, 0), "Helvetica-Bold", 13),
                ("FONT", (0, 1), (-1, -1), "Helvetica", 13),
                ("BACKGROUND", (0, 0), (-1, 0), colors.HexColor("#dfe7f1")),
                ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
                ("LINEBELOW", (0, 0), (-1, -1), 0.5, colors.grey),
            ]
        ),
    )
