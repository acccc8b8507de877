"""Pages are painted over where they hold personal data, and nowhere else; what cannot be judged is not shown."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image, ImageChops
from reportlab.pdfgen.canvas import Canvas

from ingest.render import Renderer
from ragbox.errors import Rejected
from ragbox.originals import Originals
from ragbox.redact.findings import Finding
from ragbox.redact.policy import Style
from ragbox.settings import Settings
from ragbox.types import Box, Document, Mark
from tests.desk import LINES, PHONE, RITA, Desk, furnished, paper
from tests.pdfs import draw, write

INK = (58, 62, 70)


@pytest.fixture
def desk(settings: Settings) -> Iterator[Desk]:
    with furnished(settings) as made:
        yield made


def boxes_of(desk: Desk, document: Document, words: str) -> list[Box]:
    """Return where the letters of some words stand on page 1, as the page tells."""
    for block in desk.renderer.look(document, 1).blocks:
        if (start := block.text.find(words)) >= 0:
            return [m.box for m in block.marks if start <= m.start < start + len(words) and m.box]
    raise AssertionError(words)


def crop(shown: Image.Image, box: Box) -> Image.Image:
    width, height = shown.size
    return shown.crop((int(box[0] * width), int(box[1] * height), int(box[2] * width), int(box[3] * height)))


def solid(shown: Image.Image) -> float:
    """Return the share of pixels that are the paint's; WebP blurs colours a little."""
    pixels = list(zip(*[iter(shown.tobytes())] * 3, strict=True))
    return sum(max(abs(a - b) for a, b in zip(p, INK, strict=True)) < 12 for p in pixels) / len(pixels)


def test_the_found_letters_lie_under_paint_and_the_other_lines_are_as_they_were(desk: Desk, tmp_path: Path) -> None:
    known = desk.put(paper(tmp_path / "a.pdf"))
    painted = desk.page(known)
    letters = boxes_of(desk, known, PHONE)
    assert len(letters) == len(PHONE)
    whole = (letters[0][0], letters[0][1], letters[-1][2], letters[-1][3])
    assert solid(crop(painted, whole)) > 0.7  # the rest is the word on it
    assert solid(crop(painted, letters[0])) > 0.95
    desk.privacy.rule = Style.OFF
    plain = desk.page(known)
    assert solid(plain) < 0.001
    for line in (LINES[0], LINES[2]):
        around = boxes_of(desk, known, line)
        box = (around[0][0], around[0][1], around[-1][2], around[-1][3])
        apart = ImageChops.difference(crop(painted, box), crop(plain, box)).convert("L").histogram()
        assert sum(apart[64:]) == 0  # WebP blurs a little


@pytest.mark.parametrize("style", [Style.MASK, Style.PSEUDONYM])
def test_under_every_policy_but_off_a_page_is_painted_alike(desk: Desk, tmp_path: Path, style: Style) -> None:
    known = desk.put(paper(tmp_path / "a.pdf"))
    redacted = desk.painter.page(RITA, known, 1, 800)
    desk.privacy.rule = style
    assert desk.painter.page(RITA, known, 1, 800) == redacted


def test_a_value_over_a_line_break_has_a_box_on_each_line(desk: Desk, tmp_path: Path) -> None:
    known = desk.put(paper(tmp_path / "a.pdf", "The number to call is 138", "1234", "5678 and no other."))
    painted = desk.page(known)
    for part in ("138", "1234", "5678"):
        assert all(solid(crop(painted, box)) > 0.5 for box in boxes_of(desk, known, part))
    assert solid(crop(painted, boxes_of(desk, known, "and no")[0])) < 0.3


@pytest.mark.parametrize("turn", [90, 180, 270])
def test_turned_pages_are_painted_where_their_words_are_shown(desk: Desk, tmp_path: Path, turn: int) -> None:
    def page(canvas: Canvas) -> None:
        canvas.setPageRotation(turn)
        canvas.setCropBox((30, 60, 560, 800))
        write(canvas, LINES, y=400, step=20)

    known = desk.put(draw(tmp_path / "a.pdf", page))
    painted = desk.page(known)
    letters = boxes_of(desk, known, PHONE)
    assert all(solid(crop(painted, box)) > 0.4 for box in letters)
    assert 0.001 < solid(painted) < 0.02


def test_what_only_the_passages_tell_is_painted_where_it_is_written(desk: Desk, tmp_path: Path) -> None:
    # In the order of the page's content the mail address is cut in two by another column.
    def page(canvas: Canvas) -> None:
        canvas.drawString(72, 700, "anna.li@ex")
        canvas.drawString(300, 700, "Second column")
        canvas.drawString(72, 680, "Secretary: Mei Li-Berg, and Mei Li-Bergen")

    path = draw(tmp_path / "a.pdf", page)
    known = desk.put(path, "Secretary of the board: mei.li.berg@x.y")
    desk.privacy.spans = lambda *given: [  # type: ignore[method-assign]
        Finding(start=m.start(), end=m.end(), entity="PERSON", score=1.0)
        for m in re.finditer(r"mei.li.berg", given[2])
    ]  # fmt: skip
    painted = desk.page(known)
    shown = boxes_of(desk, known, "Mei Li-Berg,")
    assert all(solid(crop(painted, box)) > 0.3 for box in shown[:3])
    assert solid(crop(painted, boxes_of(desk, known, "Bergen")[-1])) < 0.1  # part of a longer word


def test_a_value_that_another_column_cuts_in_two_is_painted_in_both_parts(desk: Desk, tmp_path: Path) -> None:
    one, two = "The night line is 138 1234", "5678 and it is free."

    def page(canvas: Canvas) -> None:  # in the order of its content: across both columns
        for y, line, beside in ((700, one, "Another column, in which"), (680, two, "5678 is no phone number.")):
            canvas.drawString(72, y, line)
            canvas.drawString(320, y, beside)

    marks = (
        Mark(start=0, end=len(one), page=1, box=(0.12, 0.15, 0.52, 0.175)),
        Mark(start=len(one) + 1, end=len(one) + 1 + len(two), page=1, box=(0.12, 0.176, 0.52, 0.2)),
    )
    known = desk.put(draw(tmp_path / "a.pdf", page), f"{one} {two}", marks=marks)
    painted = desk.page(known)
    for words, where, least, most in (
        ("138 1234", slice(0, 8), 0.4, 1.0), ("5678 and", slice(0, 4), 0.4, 1.0),
        ("night", slice(0, 5), 0.0, 0.1), ("and it", slice(0, 6), 0.0, 0.3), ("5678 is", slice(0, 4), 0.0, 0.1),
    ):  # fmt: skip
        assert all(least <= solid(crop(painted, box)) <= most for box in boxes_of(desk, known, words)[where]), words


def test_form_fields_and_notes_are_looked_at_although_they_are_no_text_of_the_page(desk: Desk, tmp_path: Path) -> None:
    def page(canvas: Canvas) -> None:
        write(canvas, ["A form to be filled in by everyone who applies."])
        canvas.acroForm.textfield(value=PHONE, x=72, y=600, width=200, height=24, fontName="Helvetica")

    known = desk.put(draw(tmp_path / "form.pdf", page))
    painted = desk.page(known)
    assert solid(crop(painted, (72 / 595, 1 - 620 / 842, 150 / 595, 1 - 604 / 842))) > 0.5


def scan(path: Path, *lines: str) -> Path:
    from tests.test_parsers_ocr import picture

    picture(lines).save(path)
    return path


@pytest.mark.slow
def test_a_scan_is_painted_from_what_ocr_reads(desk: Desk, tmp_path: Path) -> None:
    known = desk.put(scan(tmp_path / "a.png", "The pump was inspected", f"Call {PHONE} now"), kind="image")
    painted = desk.page(known, width=900)
    assert solid(painted.crop((175, 165, 400, 195))) > 0.5
    assert solid(painted.crop((0, 90, 900, 140))) < 0.01  # the greys of black letters


@pytest.mark.slow
def test_a_picture_within_a_page_of_text_is_read_too(desk: Desk, tmp_path: Path) -> None:
    path = scan(tmp_path / "a.png", f"Call {PHONE} now")

    def page(canvas: Canvas) -> None:
        write(canvas, [*LINES[::2], "The card of the person in charge is shown below."])
        canvas.drawImage(str(path), 72, 400, width=450, height=200)

    painted = desk.page(desk.put(draw(tmp_path / "a.pdf", page)))
    assert 0.005 < solid(painted) < 0.03


def test_without_ocr_a_scan_is_not_shown_and_a_picture_within_a_page_is_hidden(
    settings: Settings, desk: Desk, tmp_path: Path
) -> None:
    renderer = Renderer(settings.model_copy(update={"ocr": False}), Originals(settings.data / "originals"))
    renderer.load()
    desk.painter._renderer = renderer
    path = scan(tmp_path / "a.png", "Nothing here")
    with pytest.raises(Rejected, match=r"^Page 1 of a\.png is a picture.*RAGBOX_OCR"):
        desk.page(desk.put(path, kind="image"))

    def page(canvas: Canvas) -> None:
        write(canvas, LINES)
        canvas.drawImage(str(path), 72, 400, width=450, height=200)

    painted = desk.page(desk.put(draw(tmp_path / "a.pdf", page)))
    assert solid(crop(painted, (72 / 595, 1 - 600 / 842, 522 / 595, 1 - 400 / 842))) > 0.99
    renderer.close()


def test_a_page_that_cannot_be_judged_is_not_shown_and_its_name_is_not_told(desk: Desk, tmp_path: Path) -> None:
    known = desk.put(paper(tmp_path / "a.pdf", "BREAK"), files=(f"{PHONE}.pdf",))
    with pytest.raises(Rejected, match=r"^\[PHONE\]\.pdf cannot be looked over for personal data \(ValueError\)"):
        desk.page(known)
    looked = desk.renderer.look(known, 1)
    nowhere = replace(looked.blocks[0], text=PHONE, marks=(Mark(start=30, end=31, page=1, box=(0, 0, 1, 1)),))
    desk.renderer.look = lambda *_: replace(looked, blocks=(nowhere,))  # type: ignore[method-assign]
    with pytest.raises(Rejected, match=r"^Page 1 of \[PHONE\]\.pdf holds personal data whose place"):
        desk.page(known)


def test_a_page_is_judged_once_for_rules_that_are_the_same(desk: Desk, tmp_path: Path) -> None:
    known = desk.put(paper(tmp_path / "a.pdf"))
    desk.page(known)
    judged = desk.privacy.judged
    desk.page(known, width=700)
    assert desk.privacy.judged == judged + 1  # the file's name
    tags = {desk.painter.tag(RITA, known, 1, 700)}
    desk.privacy.version = "2"
    desk.page(known)
    assert desk.privacy.judged > judged + 2
    tags.add(desk.painter.tag(RITA, known, 1, 700))
    desk.privacy.rule = Style.OFF
    tags.add(desk.painter.tag(RITA, known, 1, 700))
    assert len(tags) == 3
