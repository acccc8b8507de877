"""Takes the pictures of the README: every page in both languages, from a box with the sample papers.

python -m tests.browser.shots [FOLDER]      (FOLDER: docs/img if left out)
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

from PIL import Image
from playwright.sync_api import Page, sync_playwright

from .conftest import PATIENCE, SILENT
from .serving import load, serving

IMAGES = Path(__file__).parents[2] / "docs" / "img"
QUESTIONS = {
    "en": ("en-GB", "What does Ferrandale pay for each week a delivery is late?"),
    "zh": ("zh-CN", "铭川铸造逾期交货要付多少违约金？"),
}


def shoot(page: Page, folder: Path, language: str, question: str) -> None:
    """Take the pictures of one language; the page is signed in."""
    base = "{0.scheme}://{0.netloc}".format(urlsplit(page.url))

    def take(name: str) -> None:
        page.wait_for_load_state("networkidle")
        page.mouse.move(0, 0)
        page.wait_for_timeout(400)  # transitions
        shot = folder / f"{name}-{language}.png"
        page.screenshot(path=shot)
        with Image.open(shot) as whole:  # 256 colours do for pages, and take 40 % of the bytes
            small = whole.convert("RGB").quantize(256, dither=Image.Dither.NONE)
        small.save(shot, optimize=True)

    page.goto(f"{base}/{language}/")
    page.wait_for_selector("#question")
    page.fill("#question", question)
    page.keyboard.press("Enter")
    page.wait_for_selector(".turn:not(.busy) .cite")
    page.click(".turn .cite >> nth=0")
    page.wait_for_selector("#viewer img, #viewer mark")
    take("ask")
    page.goto(f"{base}/{language}/documents")
    page.wait_for_selector("h1")
    take("documents")
    page.goto(f"{base}/{language}/admin")
    page.wait_for_selector("h1")
    take("admin")


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else IMAGES
    folder.mkdir(parents=True, exist_ok=True)
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    with (
        tempfile.TemporaryDirectory() as data,
        serving(Path(data)) as server,
        sync_playwright() as playwright,
        playwright.chromium.launch(executable_path=path, args=SILENT) as browser,
    ):
        load(server, ["*"])
        for language, (locale, question) in QUESTIONS.items():
            context = browser.new_context(locale=locale, viewport={"width": 1360, "height": 850}, color_scheme="light")
            context.set_default_timeout(PATIENCE)
            page = context.new_page()
            page.goto(server.link("admin"))
            shoot(page, folder, language, question)
            context.close()


if __name__ == "__main__":
    main()
