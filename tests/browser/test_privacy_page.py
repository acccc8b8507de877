"""A reader's view of a page with an ID on it: painted over on the screen, and the file behind it not handed out."""

from __future__ import annotations

import io
from base64 import b64decode
from collections.abc import Callable
from pathlib import Path

import pypdfium2
import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.pdfs import draw, write

from .conftest import Visit
from .serving import hosting

pytestmark = pytest.mark.browser
ID = "11010519491231002X"
LINES = ["The holder of this card may enter the building.", f"ID card number: {ID}", "Doors open at eight."]
INK = (58, 62, 70)
PIXELS = """() => {
  const shown = document.querySelector("#viewer .rv-image");
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [shown.naturalWidth, shown.naturalHeight];
  canvas.getContext("2d").drawImage(shown, 0, 0);
  return canvas.toDataURL("image/png");
}"""
"""Gives the picture that is on the screen, whole, however much of it is scrolled away."""


def dark(shown: Image.Image, path: Path, words: str) -> float:
    """Return the share of pixels that are painted over, where some words of a PDF's first page stand."""
    page = pypdfium2.PdfDocument(path)[0]
    text = page.get_textpage()
    found = text.search(words).get_next()
    assert found
    left, bottom, right, top = text.get_rect(text.count_rects(*found) - 1)
    across, down = shown.width / page.get_width(), shown.height / page.get_height()
    part = shown.crop((
        round(left * across), round(shown.height - top * down), round(right * across),
        round(shown.height - bottom * down),
    )).convert("RGB")  # fmt: skip
    pixels = list(zip(*[iter(part.tobytes())] * 3, strict=True))
    return sum(max(abs(a - b) for a, b in zip(p, INK, strict=True)) < 16 for p in pixels) / len(pixels)


def test_an_id_is_painted_over_and_the_original_withheld_until_the_policy_is_off(
    visit: Callable[..., Visit], tmp_path: Path
) -> None:
    path = draw(tmp_path / "badge.pdf", lambda canvas: write(canvas, LINES, step=24))
    plain = draw(tmp_path / "hours.pdf", lambda canvas: write(canvas, LINES[::2]))
    with hosting(tmp_path / "box") as server:
        server.client.create_collection("staff")
        found = server.client.ingest([(p, p.name) for p in (path, plain)], collection="staff")
        named = {r["file"]: r["document"] for r in found}
        badge, hours = named[path.name], named[plain.name]
        server.client.add_user("rita", "reader", ["staff"])
        reader = visit(server.link("rita"))
        page = reader.page

        def look(document: str) -> Image.Image:
            page.evaluate(f"ragbox.viewer.open({{document: {document!r}}})")
            expect(page.locator("#viewer .rv-image")).to_be_visible()
            reader.settle()
            picture = page.evaluate(PIXELS).partition(",")[2]
            return Image.open(io.BytesIO(b64decode(picture)))

        shown = look(badge)
        assert dark(shown, path, ID) > 0.7  # the rest is the word on it
        assert max(dark(shown, path, line) for line in LINES[::2]) < 0.1  # the greys of black letters
        page.click("#viewer .rv-save")
        expect(page.get_by_role("alert")).to_contain_text("The original is withheld")
        reply = page.request.get(f"{server.url}/api/documents/{badge}/original")
        assert (reply.status, ID in reply.text()) == (403, False)
        look(hours)
        expect(page.get_by_role("alert")).to_be_hidden()
        with page.expect_download() as download:
            page.click("#viewer .rv-save")
        assert Path(download.value.path()).read_bytes() == plain.read_bytes()

        (staff,) = server.client.collections()["collections"]
        server.client.set_collection_privacy(staff["id"], "off")
        server.client.set_role_privacy("reader", "off")
        assert dark(look(badge), path, ID) < 0.1
        with page.expect_download() as download:
            page.click("#viewer .rv-save")
        assert Path(download.value.path()).read_bytes() == path.read_bytes()
