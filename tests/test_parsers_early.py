"""What a parser tells before it is done: the first pages of a long file, and how far it is."""

from __future__ import annotations

from dataclasses import replace
from email.message import EmailMessage
from pathlib import Path

import pytest
from PIL import Image
from reportlab.pdfgen.canvas import Canvas

from ingest.parsers import Options, image, mail, ocr, pdf, pdf_pages
from ingest.parsers.pdf_words import Sheet, Word
from ragbox.types import Parsed
from tests.pdfs import NO_OCR, PROSE, Draw, draw, wrapped, write


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> list[Parsed]:
    """Let a PDF of more than 4 pages be long, and two of its pages or one of more than 3 scans be told early."""
    monkeypatch.setattr(pdf, "FIRST", 2)
    monkeypatch.setattr(pdf, "LONG", 4)
    monkeypatch.setattr(pdf_pages, "FIRST_SCANS", 1)
    monkeypatch.setattr(pdf_pages, "MANY_SCANS", 3)
    return []


@pytest.fixture
def fake_ocr(monkeypatch: pytest.MonkeyPatch) -> None:
    word = Word("scanned", 10, 10, 90, 20, 20, 10, False)
    monkeypatch.setattr(ocr, "read", lambda _: Sheet(100, 100, words=[word]))


def page(number: int) -> Draw:
    return lambda canvas: write(canvas, wrapped(f"Page{number} says this. {PROSE}", 80))


def scanned(canvas: Canvas) -> None:
    canvas.drawInlineImage(Image.new("RGB", (60, 80), "grey"), 0, 0, 595, 842)


def numbers(parsed: Parsed) -> set[int]:
    return {block.page for block in parsed.blocks}


@pytest.mark.parametrize(("pages", "told"), [(4, []), (5, [{1, 2}])])
def test_the_first_pages_of_a_long_pdf_are_told_and_change_nothing(
    tmp_path: Path, heard: list[Parsed], pages: int, told: list[set[int]]
) -> None:
    path = draw(tmp_path / "long.pdf", *[page(n) for n in range(1, pages + 1)])
    whole = pdf.parse(path, replace(NO_OCR, early=heard.append))
    assert [numbers(parsed) for parsed in heard] == told
    assert all(parsed.pages == pages for parsed in heard)
    assert whole == pdf.parse(path, NO_OCR)


def test_how_far_it_is_is_told_page_by_page(tmp_path: Path) -> None:
    reached: list[tuple[int, int]] = []
    path = draw(tmp_path / "some.pdf", *[page(n) for n in range(3)])
    pdf.parse(path, replace(NO_OCR, reach=lambda *at: reached.append(at)))
    assert reached == [(1, 3), (2, 3), (3, 3)]


@pytest.mark.usefixtures("fake_ocr")
def test_of_many_scans_the_first_are_told_before_the_others_are_read(tmp_path: Path, heard: list[Parsed]) -> None:
    begun: list[int] = []
    early: list[int] = []
    options = Options(
        begin=lambda page, _: begun.append(page), early=lambda parsed: (heard.append(parsed), early.append(len(begun)))
    )
    path = draw(tmp_path / "scan.pdf", *[scanned] * 4, page(5))
    assert numbers(pdf.parse(path, options)) == {1, 2, 3, 4, 5}
    Image.new("RGB", (60, 80)).save(
        fax := tmp_path / "fax.tiff", save_all=True, append_images=[Image.new("RGB", (60, 80))] * 3
    )
    assert numbers(image.parse(fax, options)) == {1, 2, 3, 4}
    assert [numbers(parsed) for parsed in heard] == [{1}, {1}]
    assert early == [1, 5]


@pytest.mark.usefixtures("fake_ocr")
def test_first_pages_are_told_once_and_not_where_nothing_stands_on_them(tmp_path: Path, heard: list[Parsed]) -> None:
    path = draw(tmp_path / "mixed.pdf", page(1), *[scanned] * 5)
    pdf.parse(path, Options(early=heard.append))
    assert [numbers(parsed) for parsed in heard] == [{1}]
    few = draw(tmp_path / "few.pdf", scanned, scanned, *[page(n) for n in range(3, 7)])
    pdf.parse(few, Options(early=heard.append))
    assert len(heard) == 1


def test_an_attachments_first_pages_are_not_told_as_those_of_the_message(tmp_path: Path, heard: list[Parsed]) -> None:
    message = EmailMessage()
    message["Subject"] = "Two reports"
    message.set_content("Both are attached.")
    for name in ("one", "two"):
        data = draw(tmp_path / f"{name}.pdf", *[page(n) for n in range(1, 6)]).read_bytes()
        message.add_attachment(data, maintype="application", subtype="pdf", filename=f"{name}.pdf")
    (tmp_path / "both.eml").write_bytes(bytes(message))
    whole = mail.parse(tmp_path / "both.eml", replace(NO_OCR, early=heard.append))
    assert not heard
    assert sum("Page5 says" in block.text for block in whole.blocks) == 2
