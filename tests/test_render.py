"""Pages are drawn as they are read: boxes lie on their words, bad files cost a worker, what is kept is bounded."""

from __future__ import annotations

import io
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PIL import Image

from ingest.parsers import Options, image, pdf
from ingest.parsers.draw import draw as draw_page
from ingest.render import Renderer
from ragbox.errors import NotFound, Rejected
from ragbox.originals import Originals
from ragbox.settings import Settings
from ragbox.types import Box, Document, Status
from tests import make
from tests.pdfs import draw, hostile, stream, write
from tests.test_parsers_ocr import picture, saved

WORDS = ["The buyer pays within thirty days.", "Risk passes when the goods are unloaded."]
Put = Callable[..., Document]


@pytest.fixture
def originals(settings: Settings) -> Originals:
    return Originals(settings.data / "originals")


@pytest.fixture
def renderer(settings: Settings, originals: Originals) -> Iterator[Renderer]:
    made = Renderer(settings.model_copy(update={"page_seconds": 120.0}), originals)
    made.load()
    yield made
    made.close()


@pytest.fixture
def put(originals: Originals) -> Put:
    """Return a function that keeps a file as a document's original."""

    def put(path: Path, **given: object) -> Document:
        sha256, _ = originals.add(path)
        originals.settle(sha256)
        return make.document(**{"files": (f"in/{path.name}",), "kind": "pdf", "sha256": sha256} | given)

    return put


def opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data)).convert("L")


def ink(shown: Image.Image, box: Box | None = None) -> float:
    """Return the share of dark pixels, of the page or within a box."""
    width, height = shown.size
    if box:
        shown = shown.crop((int(box[0] * width), int(box[1] * height), round(box[2] * width), round(box[3] * height)))
    return sum(shown.histogram()[:128]) / (shown.width * shown.height)


def without(shown: Image.Image, boxes: list[Box]) -> Image.Image:
    """Return the page with the boxes painted over, and a pixel around them for what the drawing blurs."""
    for left, top, right, bottom in boxes:
        sides = (left * shown.width - 1, top * shown.height - 1, right * shown.width + 1, bottom * shown.height + 1)
        shown.paste(255, tuple(round(side) for side in sides))
    return shown


def boxes(path: Path, kind: str = "pdf") -> list[Box]:
    parsed = (image if kind == "image" else pdf).parse(path, Options())
    return [mark.box for block in parsed.blocks for mark in block.marks if mark.box]


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_the_boxes_of_a_pdf_hold_all_ink_of_its_drawing(
    renderer: Renderer, put: Put, tmp_path: Path, turn: int
) -> None:
    def page(canvas: object) -> None:
        canvas.setPageRotation(turn)  # type: ignore[attr-defined]
        canvas.setCropBox((30, 60, 560, 800))  # type: ignore[attr-defined]
        write(canvas, WORDS, y=400)  # type: ignore[arg-type]  # on the page however it lies

    path = draw(tmp_path / "a.pdf", page)
    shown = opened(renderer.page(put(path), 1, 1000))
    found = boxes(path)
    assert shown.width == 1000
    assert len(found) == 2
    assert all(ink(shown, box) > 0.05 for box in found)
    assert ink(without(shown, found)) == 0


def test_the_box_of_one_line_leaves_the_other_lines_out(renderer: Renderer, put: Put, tmp_path: Path) -> None:
    path = draw(tmp_path / "a.pdf", lambda canvas: write(canvas, WORDS, step=16))
    shown = opened(renderer.page(put(path), 1, 1400))
    first, second = boxes(path)
    assert first[3] < second[1]
    parts = [ink(without(shown.copy(), [box])) for box in (first, second)]
    assert min(parts) > 0.3 * ink(shown)
    assert sum(parts) == pytest.approx(ink(shown), rel=0.02)


@pytest.mark.parametrize("turn", [0, 90])
def test_the_boxes_of_a_picture_hold_its_ink(renderer: Renderer, put: Put, tmp_path: Path, turn: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6 if turn else 1  # to be shown turned clockwise by 90 degrees
    path = saved(picture().rotate(turn, expand=True), tmp_path / "photo.jpg", exif=exif, quality=95)
    shown = opened(renderer.page(put(path, kind="image"), 1, 600))
    assert shown.size == (600, round(600 * 400 / 900))
    assert ink(without(shown, boxes(path, "image"))) < 0.0005


def test_each_page_of_a_tiff_is_drawn_and_thin_print_in_one_bit_stays_grey(
    renderer: Renderer, put: Put, tmp_path: Path
) -> None:
    page = picture().resize((2480, 1100)).convert("1")
    path = saved(page, tmp_path / "fax.tiff", save_all=True, append_images=[Image.new("1", (2480, 1100), 1)])
    fax = put(path, kind="image", pages=2)
    shown = opened(renderer.page(fax, 1, 600))
    assert len(set(shown.tobytes())) > 20
    assert ink(opened(renderer.page(fax, 2, 600))) == 0


@pytest.mark.parametrize("size", [(200, 14_000), (14_000, 200)])
def test_a_strip_of_paper_is_no_larger_than_a_page(tmp_path: Path, size: tuple[int, int]) -> None:
    path = tmp_path / "a.pdf"
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 %d %d]/Contents 4 0 R/Resources<<>>>>" % size
    catalog, pages = b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>"
    path.write_bytes(hostile(catalog, pages, page, stream(b"0 0 100 100 re f")))
    width, height = Image.open(io.BytesIO(draw_page(path, "pdf", 1, 2000))).size
    assert width <= 2000
    assert height <= 8000
    assert width * height < 12_100_000


def test_what_is_no_page_is_told_apart_from_what_cannot_be_drawn(renderer: Renderer, put: Put, tmp_path: Path) -> None:
    path = draw(tmp_path / "a.pdf", lambda canvas: write(canvas, WORDS))
    for page in (0, 2):
        with pytest.raises(NotFound, match=r"a\.pdf has 1 pages, and no page"):
            renderer.page(put(path), page, 1000)
    with pytest.raises(Rejected, match=r"a\.pdf has 1 pages"):  # the record is wrong
        renderer.page(put(path, pages=9), 9, 1000)
    for given in ({"kind": "docx"}, {"status": Status.REJECTED}):
        with pytest.raises(NotFound, match="no page images"):
            renderer.page(put(path, **given), 1, 1000)
    broken = tmp_path / "b.pdf"
    broken.write_bytes(b"%PDF-1.7\n" + os.urandom(400))
    with pytest.raises(Rejected, match=r"^b\.pdf is damaged"):
        renderer.page(put(broken), 1, 1000)
    assert opened(renderer.page(put(path), 1, 1000)).width == 1000


def test_a_page_that_takes_too_long_is_stopped_and_the_next_is_drawn(
    settings: Settings, originals: Originals, put: Put, tmp_path: Path
) -> None:
    # One pattern of 2,000 cells that is painted 20,000 times over: minutes of drawing in a file of 1 kB.
    loop = b"/P cs /p scn " + b"0 0 5000 5000 re f " * 20_000
    cell = b"0 0 1 1 re f " * 2000
    path = tmp_path / "slow.pdf"
    pattern = b"<</Type/Pattern/PatternType 1/PaintType 1/TilingType 1/BBox[0 0 1 1]/XStep .3/YStep .3/Resources<<>>"
    objects = (
        b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 5000 5000]/Contents 4 0 R/Resources<</ColorSpace<</P/Pattern>>"
        b"/Pattern<</p 5 0 R>>>>>>",
        stream(loop), pattern + stream(cell)[2:],
    )  # fmt: skip
    path.write_bytes(hostile(*objects))
    renderer = Renderer(settings.model_copy(update={"page_seconds": 1.5}), originals)
    renderer.load()
    with pytest.raises(Rejected, match=r"^Page 1 of slow\.pdf took more than 1\.5 seconds.*RAGBOX_PAGE_SECONDS"):
        renderer.page(put(path), 1, 2000)
    sound = draw(tmp_path / "a.pdf", lambda canvas: write(canvas, WORDS))
    renderer._sandbox._settings = settings  # the start of the next worker counts too
    assert renderer.page(put(sound), 1, 600)
    renderer.close()


def files(settings: Settings) -> dict[str, int]:
    return {p.name: p.stat().st_size for p in (settings.data / "cache" / "pages").rglob("*") if p.is_file()}


def test_a_drawn_page_is_kept_until_its_file_goes(
    settings: Settings, renderer: Renderer, originals: Originals, put: Put, tmp_path: Path
) -> None:
    known = put(draw(tmp_path / "a.pdf", lambda canvas: write(canvas, WORDS)))
    first = renderer.page(known, 1, 600)
    renderer._sandbox.close()  # nothing is drawn from now on
    assert renderer.page(known, 1, 600) == first
    assert len({renderer.tag(known, page, width) for page in (1, 2) for width in (600, 700)}) == 4
    again = Renderer(settings, originals)  # as after a restart
    again.load()
    again._sandbox.close()
    assert again.page(known, 1, 600) == first
    originals.remove(known.sha256)
    assert files(settings) == {}


def test_a_page_drawn_while_its_file_is_deleted_is_not_kept(
    settings: Settings, renderer: Renderer, originals: Originals, put: Put, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    known = put(draw(tmp_path / "a.pdf", lambda canvas: write(canvas, WORDS)))
    drawn = renderer._sandbox.draw

    def deleted_meanwhile(*given: object, **named: object) -> bytes:
        data = drawn(*given, **named)  # type: ignore[arg-type]
        originals.remove(known.sha256)
        return data

    monkeypatch.setattr(renderer._sandbox, "draw", deleted_meanwhile)
    assert renderer.page(known, 1, 600)
    assert files(settings) == {}


def test_pages_unused_longest_go_when_there_is_no_room(
    settings: Settings, originals: Originals, put: Put, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = put(draw(tmp_path / "a.pdf", *[lambda canvas: write(canvas, WORDS)] * 6), pages=6)
    made = Renderer(settings.model_copy(update={"page_cache_mb": 1}), originals)
    made.load()
    monkeypatch.setattr(made._sandbox, "draw", lambda *_, page, **__: bytes([page]) * 300_000)
    for page in (1, 2, 3, 1, 4):
        made.page(known, page, 600)
    assert sorted(name[0] for name in files(settings)) == ["1", "3", "4"]
    small = Renderer(settings.model_copy(update={"page_cache_mb": 0}), originals)
    small.load()
    assert files(settings) == {}
    made.close()
    small.close()
