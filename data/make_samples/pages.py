"""Reads the written samples back as text, page by page, to place and to check the answers.

A Word file's pages follow its explicit page breaks; an e-mail is one page, and the pages of its attachments follow.
The scan has no text, so its page is the text that it was drawn from.
"""

import csv
import re
from collections.abc import Iterator
from email import message_from_bytes, policy
from io import BytesIO
from pathlib import Path

import pypdfium2
from docx import Document
from docx.oxml.ns import qn
from openpyxl import load_workbook
from pptx import Presentation
from pptx.slide import Slide

from .blocks import CONTENT

GAP = r"[\s\u00ad\ufffe\u0002]*"  # white space and what PDF readers make of a hyphen at the end of a line


def squeeze(text: str) -> str:
    """A text without white space and line-end hyphens, in lower case, to compare across line breaks."""
    return re.sub(GAP, "", text).lower()


def holds(text: str, answer: str) -> bool:
    """Whether a page holds an answer, across line breaks; a number must not be a part of a longer one."""
    pattern = GAP.join(map(re.escape, squeeze(answer)))
    before = r"(?<![\d.,])" if answer[0].isdigit() else ""
    after = r"(?![.,]?\d)" if answer[-1].isdigit() else ""
    return bool(re.search(before + pattern + after, text, re.IGNORECASE))


def pages(path: Path) -> list[str]:
    """The text of every page of a file."""
    if path.name.startswith("Scan "):
        return [(CONTENT / "landlord.txt").read_text(encoding="utf-8")]
    return _pages(path.suffix, path.read_bytes())


def _pages(suffix: str, data: bytes) -> list[str]:
    match suffix:
        case ".pdf":
            with pypdfium2.PdfDocument(data) as document:
                return [page.get_textpage().get_text_bounded() for page in document]
        case ".docx":
            return _docx(data)
        case ".pptx":
            return ["\n".join(_slide(slide)) for slide in Presentation(BytesIO(data)).slides]
        case ".xlsx":
            book = load_workbook(BytesIO(data))
            return [
                "\n".join(str(cell) for row in sheet.iter_rows(values_only=True) for cell in row if cell is not None)
                for sheet in book
            ]
        case ".eml":
            return list(_mail(data))
        case ".html":
            return [re.sub(r"<[^>]+>", " ", data.decode())]
        case ".csv":
            return ["\n".join(" ".join(row) for row in csv.reader(data.decode().splitlines()))]
    return [data.decode()]


def _docx(data: bytes) -> list[str]:
    """Body text split at page breaks; footnotes go to the page that refers to them."""
    document = Document(BytesIO(data))
    notes = {}
    for part in document.part.package.iter_parts():
        if str(part.partname) == "/word/footnotes.xml":
            for number, text in re.findall(rb'<w:footnote w:id="(\d+)">(.*?)</w:footnote>', part.blob):
                notes[number.decode()] = re.sub(r"<[^>]+>", "", text.decode())
    texts = [""]
    for node in document.element.body.iter():
        if node.tag == qn("w:br") and node.get(qn("w:type")) == "page":
            texts.append("")
        elif node.tag == qn("w:t"):
            texts[-1] += node.text or ""
        elif node.tag == qn("w:footnoteReference"):
            texts[-1] += f" {notes[node.get(qn('w:id'))]} "
        elif node.tag == qn("w:p"):
            texts[-1] += "\n"
    return texts


def _slide(slide: Slide) -> Iterator[str]:
    """The texts of a slide: boxes, tables, speaker notes."""
    for shape in slide.shapes:
        if shape.has_text_frame:
            yield shape.text_frame.text
        if shape.has_table:
            for row in shape.table.rows:
                yield " ".join(cell.text for cell in row.cells)
    if slide.has_notes_slide:
        yield slide.notes_slide.notes_text_frame.text


def _mail(data: bytes) -> Iterator[str]:
    """The pages of an e-mail: head and body, then those of each attachment."""
    message = message_from_bytes(data, policy=policy.default)
    head = [str(message[name]) for name in ("From", "To", "Cc", "Subject", "Date")]
    yield "\n".join([*head, message.get_body().get_content()])
    for attachment in message.iter_attachments():
        yield from _pages(Path(attachment.get_filename()).suffix, attachment.get_content())
