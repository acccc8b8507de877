"""Reading pictures: scanned pages, images, their turns and limits, by the real models that come with the package."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image, ImageDraw, ImageFont

from ingest.parsers import Options, image, ocr, pdf
from ingest.parsers.pdf_words import Sheet
from ragbox.errors import Rejected
from ragbox.types import Parsed

pytestmark = pytest.mark.slow

LINES = ("The pump was inspected in March", "and found free of any fault.")


def picture(lines: tuple[str, ...] = LINES) -> Image.Image:
    """Draw lines of large print."""
    drawn = Image.new("RGB", (900, 400), "white")
    font = ImageFont.load_default(size=40)
    for n, line in enumerate(lines):
        ImageDraw.Draw(drawn).text((80, 100 + 60 * n), line, fill="black", font=font)
    return drawn


def saved(drawn: Image.Image, path: Path, **options: object) -> Path:
    drawn.save(path, **options)
    return path


def letters(parsed: Parsed) -> str:
    return "".join("".join(block.text for block in parsed.blocks).split())


def assert_boxes_hold_the_ink(parsed: Parsed, shown: Image.Image) -> None:
    boxes = [mark.box for block in parsed.blocks for mark in block.marks if mark.box]
    ink = shown.convert("L").point(lambda v: 255 if v < 128 else 0).getbbox()
    assert boxes
    assert ink is not None
    width, height = shown.size
    assert min(box[0] for box in boxes) == pytest.approx(ink[0] / width, abs=0.03)
    assert min(box[1] for box in boxes) == pytest.approx(ink[1] / height, abs=0.05)
    assert max(box[2] for box in boxes) == pytest.approx(ink[2] / width, abs=0.03)
    assert max(box[3] for box in boxes) == pytest.approx(ink[3] / height, abs=0.05)


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_a_picture_is_read_whichever_way_it_was_laid(tmp_path: Path, turn: int) -> None:
    shown = picture().rotate(turn, expand=True)
    parsed = image.parse(saved(shown, tmp_path / "scan.png"), Options())
    assert letters(parsed) == "".join("".join(LINES).split())
    assert_boxes_hold_the_ink(parsed, shown)


def test_a_photograph_is_turned_as_its_exif_says(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # to be shown turned clockwise by 90 degrees
    path = saved(picture().rotate(90, expand=True), tmp_path / "photo.jpg", exif=exif, quality=95)
    parsed = image.parse(path, Options())
    assert "inspected" in letters(parsed)
    assert_boxes_hold_the_ink(parsed, picture())


def test_a_scanned_page_of_a_pdf_is_read(tmp_path: Path) -> None:
    path = saved(picture(), tmp_path / "scan.pdf")
    parsed = pdf.parse(path, Options())
    assert "inspectedinMarch" in letters(parsed)
    assert parsed.warnings == ()
    assert_boxes_hold_the_ink(parsed, picture())


def test_each_frame_is_a_page_and_those_beyond_the_limit_are_named(tmp_path: Path) -> None:
    frames = [picture((f"This is sheet number {n}",)) for n in (1, 2, 3)]
    path = saved(frames[0], tmp_path / "fax.tiff", save_all=True, append_images=frames[1:])
    parsed = image.parse(path, Options(ocr_max_pages=2))
    assert [(block.page, block.text[-1]) for block in parsed.blocks] == [(1, "1"), (2, "2")]
    assert parsed.pages == 3
    assert parsed.warnings == ("Page 3 without text left unread: more than 2 (RAGBOX_OCR_MAX_PAGES).",)


def test_pages_of_a_pdf_beyond_the_limit_are_named(tmp_path: Path) -> None:
    path = saved(picture(), tmp_path / "scan.pdf", save_all=True, append_images=[picture()] * 2)
    parsed = pdf.parse(path, Options(ocr_max_pages=1))
    assert {block.page for block in parsed.blocks} == {1}
    assert parsed.warnings == ("Pages 2-3 without text left unread: more than 1 (RAGBOX_OCR_MAX_PAGES).",)


def test_pages_that_there_was_no_time_for_are_named_and_the_others_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[tuple[int, int]] = []
    monkeypatch.setattr("ingest.parsers.pdf_pages.time.monotonic", lambda: len(begun))
    options = Options(ocr_until=2, begin=lambda page, pages: begun.append((page, pages)))
    scan = saved(picture(), tmp_path / "scan.pdf", save_all=True, append_images=[picture()] * 3)
    fax = saved(picture(), tmp_path / "fax.tiff", save_all=True, append_images=[picture()] * 3)
    for parse, path in ((pdf.parse, scan), (image.parse, fax)):
        begun.clear()
        parsed = parse(path, options)
        assert begun == [(1, 4), (2, 4)]
        assert {block.page for block in parsed.blocks} == {1, 2}
        assert parsed.pages == 4
        assert parsed.warnings == ("Pages 3-4 without text left unread: no time was left (RAGBOX_OCR_SECONDS).",)


def test_a_scan_that_there_was_no_time_for_at_all_is_refused_for_that(tmp_path: Path) -> None:
    for name, parse in (("scan.pdf", pdf.parse), ("fax.tiff", image.parse)):
        with pytest.raises(Rejected, match=rf"{name}.*Page 1 without text left unread.*RAGBOX_OCR_SECONDS"):
            parse(saved(picture(), tmp_path / name), Options(ocr_until=0))


def test_a_page_that_ocr_fails_on_is_named_and_does_not_cost_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read, turn = ocr.read, iter([True, False, True, False, False])

    def failing(pixels: ocr.Pixels) -> Sheet:
        if next(turn):
            return read(pixels)
        raise RuntimeError("bad allocation")

    monkeypatch.setattr(ocr, "read", failing)
    scan = saved(picture(), tmp_path / "scan.pdf", save_all=True, append_images=[picture()] * 2)
    parsed = pdf.parse(scan, Options())
    assert {block.page for block in parsed.blocks} == {1, 3}
    assert parsed.warnings == ("Page 2 could not be read by OCR.",)
    with pytest.raises(RuntimeError, match="bad allocation"):  # the sandbox tells want of memory from damage
        pdf.parse(saved(picture(), tmp_path / "one.pdf"), Options())


@pytest.mark.parametrize(
    ("first", "title"),
    [
        ("Supply Agreement", "Supply Agreement"),
        ("~ i'1 .|-", ""),
        ("RECEIVED 03/11", ""),
        ("", ""),
    ],
)
def test_a_scan_is_called_by_its_first_line_only_if_that_is_a_heading(tmp_path: Path, first: str, title: str) -> None:
    page = Image.new("RGB", (900, 700), "white")
    draw = ImageDraw.Draw(page)
    draw.text((80, 60), first, fill="black", font=ImageFont.load_default(size=64))
    for n in range(8):
        draw.text((80, 200 + 50 * n), LINES[n % 2], fill="black", font=ImageFont.load_default(size=30))
    assert image.parse(saved(page, tmp_path / "scan.png"), Options()).title == title


def test_a_transparent_picture_is_read_on_white(tmp_path: Path) -> None:
    clear = picture().convert("RGBA")
    clear.putalpha(clear.convert("L").point(lambda v: 255 - v))
    assert "inspected" in letters(image.parse(saved(clear, tmp_path / "clear.png"), Options()))


def test_a_narrow_strip_is_read_in_its_place(tmp_path: Path) -> None:
    strip = Image.new("RGB", (2400, 60), "white")
    ImageDraw.Draw(strip).text((60, 10), LINES[0], fill="black", font=ImageFont.load_default(size=36))
    parsed = image.parse(saved(strip, tmp_path / "strip.png"), Options())
    assert letters(parsed) == "".join(LINES[0].split())
    (mark,) = parsed.blocks[0].marks
    assert mark.box is not None
    assert mark.box[3] > 0.6
    assert mark.box[2] < 0.5


def test_a_picture_is_refused_when_ocr_is_off(tmp_path: Path) -> None:
    with pytest.raises(Rejected, match=r"scan\.png is a picture and OCR is switched off"):
        image.parse(saved(picture(), tmp_path / "scan.png"), Options(ocr=False))


def test_a_picture_without_text_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Rejected, match="shows no text"):
        image.parse(saved(Image.new("RGB", (300, 300), "white"), tmp_path / "blank.png"), Options())


@pytest.mark.parametrize("data", [b"", b"no picture", b"\x89PNG\r\n\x1a\n" + b"\0" * 40])
def test_a_broken_picture_is_refused(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "broken.png"
    path.write_bytes(data)
    with pytest.raises(Rejected, match=r"broken\.png"):
        image.parse(path, Options())


def test_a_truncated_picture_is_refused_or_read(tmp_path: Path) -> None:
    data = saved(picture(), tmp_path / "whole.jpg").read_bytes()
    path = tmp_path / "cut.jpg"
    path.write_bytes(data[: len(data) // 2])
    with pytest.raises(Rejected, match=r"cut\.jpg is damaged"):
        image.parse(path, Options())


def test_a_picture_of_far_too_many_pixels_is_refused_before_it_is_unpacked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = saved(picture(), tmp_path / "bomb.png")
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 1000)
    with pytest.raises(Rejected, match="too many pixels"):
        image.parse(path, Options())
