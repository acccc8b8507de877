"""Sets papers as Word files: heading styles, lists, tables, header and footer, real footnotes."""

import re
from pathlib import Path
from xml.sax.saxutils import escape

from docx import Document
from docx.document import Document as WordDocument
from docx.enum.text import WD_BREAK
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Pt
from docx.text.paragraph import Paragraph

from .blocks import Block, Paper
from .stable import DATE, freeze

MAIN = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
NOTES_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"


def write(paper: Paper, path: Path) -> None:
    """Write a paper as a .docx file."""
    document = Document()
    meta = paper.meta
    _fonts(document, "SimSun" if paper.chinese else "Calibri")
    core = document.core_properties
    core.title, core.author, core.created, core.modified = meta["title"], meta.get("author", ""), DATE, DATE
    section = document.sections[0]
    section.header.paragraphs[0].text = meta["header"]
    _footer(section.footer.paragraphs[0], meta["footer"])
    document.add_heading(meta["title"], 0)
    if "subtitle" in meta:
        document.add_paragraph(meta["subtitle"], "Subtitle")
    for block in paper.blocks:
        _add(document, block)
    notes = [block for block in paper.blocks if block.kind == "footnote"]
    if notes:
        part = Part(PackURI("/word/footnotes.xml"), NOTES_TYPE, _footnotes(notes), document.part.package)
        document.part.relate_to(part, RELATIONSHIP_TYPE.FOOTNOTES)
    document.save(str(path))
    freeze(path)


def _fonts(document: WordDocument, name: str) -> None:
    """Set the font of every style in use, for Chinese letters too."""
    for style in ("Normal", "Title", "Subtitle", "Heading 1", "Heading 2", "Heading 3"):
        font = document.styles[style].font
        font.name = name
        font.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), name)
    document.styles["Normal"].font.size = Pt(10.5)


def _footer(paragraph: Paragraph, text: str) -> None:
    """A footer with the page number as a field."""
    paragraph.add_run(f"{text}    ")
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), "PAGE")
    paragraph._p.append(field)


def _add(document: WordDocument, block: Block) -> None:
    """Add one block to the document."""
    match block.kind:
        case "heading":
            document.add_heading(block.text, block.level)
        case "bullet":
            _runs(document.add_paragraph(style="List Bullet"), block.text)
        case "number":
            _runs(document.add_paragraph(style="List Number"), block.text)
        case "page":
            document.paragraphs[-1].add_run().add_break(WD_BREAK.PAGE)
        case "table":
            table = document.add_table(0, len(block.rows[0]), "Light Grid Accent 1")
            for row in block.rows:
                for cell, text in zip(table.add_row().cells, row, strict=True):
                    cell.text = text
            document.add_paragraph()
        case "text":
            _runs(document.add_paragraph(), block.text)


def _runs(paragraph: Paragraph, text: str) -> None:
    """Fill a paragraph, turning **bold** and [^1] into runs."""
    for piece in re.split(r"(\*\*.+?\*\*|\[\^\d+\])", text):
        if piece.startswith("**"):
            paragraph.add_run(piece[2:-2]).bold = True
        elif piece.startswith("[^"):
            run = paragraph.add_run()
            run.font.superscript = True
            reference = OxmlElement("w:footnoteReference")
            reference.set(qn("w:id"), piece[2:-1])
            run._r.append(reference)
        elif piece:
            paragraph.add_run(piece)


def _footnotes(notes: list[Block]) -> bytes:
    """The footnotes part; the two separators are required by the format."""
    special = "".join(
        f'<w:footnote w:type="{kind}" w:id="{number}"><w:p><w:r><w:{kind}/></w:r></w:p></w:footnote>'
        for kind, number in (("separator", -1), ("continuationSeparator", 0))
    )
    mark = '<w:r><w:rPr><w:vertAlign w:val="superscript"/></w:rPr><w:footnoteRef/></w:r>'
    body = "".join(
        f'<w:footnote w:id="{note.level}"><w:p>{mark}<w:r><w:t xml:space="preserve"> '
        f"{escape(note.text)}</w:t></w:r></w:p></w:footnote>"
        for note in notes
    )
    head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    return f'{head}<w:footnotes xmlns:w="{MAIN}">{special}{body}</w:footnotes>'.encode()
