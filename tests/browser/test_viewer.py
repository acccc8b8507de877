"""The page viewer in a browser: boxes on the quoted words, text with the quote marked, keys, a phone, errors."""

from __future__ import annotations

import html
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pypdfium2
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, Route, expect

from ragbox.client import Client
from tests.pdfs import draw, write
from web.pages import viewer

from .conftest import Held, Visit, until
from .serving import hosting

pytestmark = pytest.mark.browser
Open = Callable[..., Visit]
LEAVE = "Staff get 30 days of annual leave."
EVIL = '<img src=x onerror="window.hacked=1"> is what the lighthouse keeper writes.'
"""A line of a document that would act if it were read as HTML."""
NOTES = "# Lighthouse\n\nLamps burn at night.\n\n| Lamp | Hours |\n|---|---|\n| North | 4711 |\n| South | 12 |\n"


@dataclass
class Shelf:
    """A running box, its documents by name, and how to sign in."""

    url: str
    client: Client
    files: dict[str, str]

    def cites(self, *questions: str) -> str:
        """Return an answer with the first citation of each question, as the Ask page writes them."""
        found = [self.client.ask(question)["citations"][0] for question in questions]
        return "".join(
            f'<a class="cite" href="#" data-document="{c["document"]}" data-page="{c["page"]}" data-n="{n}" '
            f'data-boxes="{json.dumps([[b["page"], *b["box"]] for b in c["boxes"]])}" '
            f'data-quote="{html.escape(c["quote"])}">{n}</a> '
            for n, c in enumerate(found, start=1)
        )


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shelf]:
    folder = tmp_path_factory.mktemp("files")
    filler = [f"This line {n} of the handbook is about something else." for n in range(30)]
    handbook = draw(
        folder / "handbook.pdf",
        lambda canvas: write(canvas, filler),
        lambda canvas: write(canvas, [*filler[:25], LEAVE, "Unused days lapse in March of the year that follows."]),
        lambda canvas: write(canvas, filler),
    )
    notes = folder / "notes.md"
    notes.write_text(NOTES, "utf-8")
    evil = folder / "evil.txt"
    evil.write_text(f"{EVIL}\n\nNobody reads it.\n", "utf-8")
    with hosting(tmp_path_factory.mktemp("box")) as server:
        server.client.create_collection("samples")
        results = server.client.ingest([(path, path.name) for path in (handbook, notes, evil)], collection="samples")
        yield Shelf(server.address.url, server.client, {r["file"]: r["document"] for r in results})


@pytest.fixture
def at(shelf: Shelf, visit: Open) -> Callable[..., Visit]:
    """Return a function that opens a page with an answer and the viewer, and nothing else."""

    def open_(answer: str = "", *, docked: bool = True, language: str = "en", **options: Any) -> Visit:
        made = visit(shelf.client.login_link("admin")["url"], **options)
        aside = '<aside id="viewer" style="width: 45%; height: 100vh"></aside>' if docked else ""
        body = (
            f'<!doctype html><html lang="{language}"><head><title>t</title>'
            f'<link rel="stylesheet" href="/static/tokens.css">{viewer.head(language)}</head>'
            '<body style="display: flex; margin: 0"><main style="flex: 1"><input aria-label="other">'
            f'<div class="answer" tabindex="-1">Quoted {answer}</div></main>{aside}</body></html>'
        )

        def page(route: Route) -> None:
            route.fulfill(body=body, content_type="text/html; charset=utf-8")

        made.page.route("**/viewer-alone", page)
        made.page.goto(f"{shelf.url}/viewer-alone")
        made.settle()
        return made

    return open_


def shown(page: Page, number: int) -> None:
    expect(page.locator("#viewer .rv-image")).to_have_attribute("alt", f"Page {number} of handbook.pdf")


def quiet(shelf: Shelf, visit: Visit) -> None:
    visit.settle()
    assert visit.complaints == []
    assert visit.hosts() == {urlsplit(shelf.url).netloc}


def barriers(page: Page) -> list[str]:
    """Return what axe-core finds grave in the viewer as it stands."""
    found = Axe().run(page, context="#viewer").response["violations"]
    return [f"{v['id']}: {v['nodes'][0]['html'][:160]}" for v in found if v["impact"] in ("serious", "critical")]


def place(data: bytes, page: int, words: str) -> tuple[float, float, float, float]:
    """Return where words stand on a PDF's page, as pdfium finds them: left, top, right, bottom, as fractions."""
    shown = pypdfium2.PdfDocument(data)[page - 1]
    width, height = shown.get_size()
    text = shown.get_textpage()
    found = text.search(words).get_next()
    assert found
    rects = [text.get_rect(n) for n in range(text.count_rects(*found))]
    left, right = min(r[0] for r in rects), max(r[2] for r in rects)
    return left / width, 1 - max(r[3] for r in rects) / height, right / width, 1 - min(r[1] for r in rects) / height


def test_a_click_shows_the_page_with_a_box_on_exactly_the_quoted_words(shelf: Shelf, at: Callable[..., Visit]) -> None:
    visit = at(shelf.cites("How many days of annual leave do staff get?"))
    page = visit.page
    page.click("a.cite")
    shown(page, 2)
    expect(page.locator("#viewer .rv-box")).to_have_count(1)
    sheet, box = (page.locator(f"#viewer {part}").bounding_box() for part in (".rv-page", ".rv-box"))
    assert sheet
    assert box
    original = page.request.get(f"{shelf.url}/api/documents/{shelf.files['handbook.pdf']}/original").body()
    left, top, right, bottom = place(original, 2, LEAVE)
    words = {
        "left": sheet["x"] + left * sheet["width"], "top": sheet["y"] + top * sheet["height"],
        "right": sheet["x"] + right * sheet["width"], "bottom": sheet["y"] + bottom * sheet["height"],
    }  # fmt: skip
    pixels = 3.0
    assert box["x"] - pixels < words["left"] < box["x"] + pixels
    assert box["x"] + box["width"] - pixels < words["right"] < box["x"] + box["width"] + pixels
    assert box["y"] < words["top"] < words["bottom"] < box["y"] + box["height"] + 1
    assert box["height"] < 2.2 * (words["bottom"] - words["top"])  # one line, not its neighbours
    frame = page.locator("#viewer .rv-body").bounding_box()
    assert frame
    assert frame["y"] < box["y"] < frame["y"] + frame["height"]  # scrolled to
    assert barriers(page) == []
    quiet(shelf, visit)


def test_pages_are_turned_by_button_number_and_key_and_the_focus_comes_back(
    shelf: Shelf, at: Callable[..., Visit]
) -> None:
    visit = at(shelf.cites("How many days of annual leave do staff get?"))
    page = visit.page
    page.click("a.cite")
    shown(page, 2)
    assert page.evaluate("document.activeElement.closest('#viewer') !== null")
    page.keyboard.press("ArrowRight")
    shown(page, 3)
    expect(page.locator("#viewer .rv-box")).to_have_count(0)
    expect(page.get_by_label("Next page")).to_be_disabled()
    page.get_by_label("Previous page").click()
    shown(page, 2)
    page.fill("#viewer .rv-number", "1")
    page.keyboard.press("Enter")
    shown(page, 1)
    page.fill("#viewer .rv-number", "999")
    page.keyboard.press("Enter")
    shown(page, 3)
    page.click("text='100 %'")
    until(page, "document.querySelector('#viewer .rv-page')?.offsetWidth === 1000")
    page.keyboard.press("Escape")
    expect(page.locator("#viewer")).to_be_hidden()
    expect(page.locator("a.cite")).to_be_focused()
    quiet(shelf, visit)


def test_a_key_pressed_before_the_number_of_pages_is_known_turns_none(shelf: Shelf, at: Callable[..., Visit]) -> None:
    visit = at(shelf.cites("How many days of annual leave do staff get?"))
    page = visit.page
    document = Held(page, f"**/api/documents/{shelf.files['handbook.pdf']}")
    page.click("a.cite")
    document.taken()
    page.keyboard.press("ArrowRight")
    document.go()
    shown(page, 2)
    expect(page.locator("#viewer .rv-of")).to_have_text("of 3")
    page.keyboard.press("ArrowRight")
    shown(page, 3)
    quiet(shelf, visit)


def test_text_has_the_quote_marked_tables_as_tables_and_no_markup_of_its_own(
    shelf: Shelf, at: Callable[..., Visit]
) -> None:
    visit = at(shelf.cites("What does the lighthouse keeper write?", "How many hours does the lamp North have?"))
    page = visit.page
    page.click("a.cite >> nth=0")
    expect(page.locator("#viewer mark")).to_have_text(EVIL)
    page.click("a.cite >> nth=1")
    expect(page.locator("#viewer h3")).to_have_text("Lighthouse")
    expect(page.locator("#viewer mark").first).to_be_visible()
    marked = page.locator("#viewer td mark").all_inner_texts()
    assert "4711" in marked
    assert "12" not in marked
    assert page.locator("#viewer th").all_inner_texts() == ["Lamp", "Hours"]
    assert barriers(page) == []
    assert page.evaluate("window.hacked") is None
    page.evaluate(f"ragbox.viewer.open({{document: {json.dumps(shelf.files['handbook.pdf'])}, page: 2}})")
    shown(page, 2)
    page.click("text='As text'")
    expect(page.locator("#viewer .rv-text")).to_contain_text(LEAVE)
    quiet(shelf, visit)


def test_hovering_shows_the_quote_and_arrows_walk_with_an_open_viewer(shelf: Shelf, at: Callable[..., Visit]) -> None:
    visit = at(shelf.cites("How many days of annual leave do staff get?", "What does the lighthouse keeper write?"))
    page = visit.page
    page.hover("a.cite >> nth=0")
    card = page.get_by_role("tooltip")
    expect(card).to_contain_text(LEAVE)
    expect(card).to_contain_text("page 2")
    page.keyboard.press("Escape")
    expect(card).to_be_hidden()
    page.focus(".answer")
    page.keyboard.press("ArrowRight")
    expect(page.locator("a.cite >> nth=0")).to_be_focused()
    expect(card).to_be_visible()
    page.keyboard.press("Enter")
    shown(page, 2)
    page.focus("a.cite >> nth=0")
    page.keyboard.press("ArrowRight")
    expect(page.locator("#viewer mark")).to_have_text(EVIL)
    expect(page.locator("a.cite >> nth=1")).to_be_focused()
    page.keyboard.press("Escape")  # the card
    page.keyboard.press("Escape")
    expect(page.locator("#viewer")).to_be_hidden()
    page.get_by_label("other").focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_label("other")).to_be_focused()
    quiet(shelf, visit)


def test_on_a_phone_it_is_a_sheet_over_the_page_that_keeps_the_focus(shelf: Shelf, at: Callable[..., Visit]) -> None:
    answer = shelf.cites("How many days of annual leave do staff get?")
    visit = at(answer, docked=False, language="zh", color_scheme="dark", viewport={"width": 390, "height": 844})
    page = visit.page
    page.click("a.cite")
    expect(page.locator("#viewer .rv-box")).to_have_count(1)
    assert page.locator("#viewer").bounding_box() == {"x": 0, "y": 0, "width": 390, "height": 844}
    assert page.evaluate("document.querySelector('#viewer .rv-body').scrollWidth <= 390")
    expect(page.get_by_role("dialog", name="引用页面")).to_be_visible()
    assert barriers(page) == []
    for _ in range(12):
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.closest('#viewer') !== null")
    ink, paper = page.evaluate(
        "[getComputedStyle(document.querySelector('.rv-shell')).color, "
        "getComputedStyle(document.querySelector('#viewer')).backgroundColor]"
    )
    assert sum(map(int, ink[4:-1].split(", "))) > sum(map(int, paper[4:-1].split(", "))) + 300  # light on dark
    page.get_by_label("关闭").click()
    expect(page.locator("#viewer")).to_be_hidden()
    quiet(shelf, visit)


def test_what_cannot_be_shown_says_so_and_can_be_tried_again(shelf: Shelf, at: Callable[..., Visit]) -> None:
    page = at().page
    page.evaluate("ragbox.viewer.open({document: 'nothing', page: 1})")
    expect(page.get_by_role("alert")).to_contain_text("no such document")
    tries = []

    def broken(route: Route) -> None:
        tries.append(route.request.url)
        if len(tries) > 1:
            route.continue_()
            return
        error = {"type": "Rejected", "message": "Page 1 of handbook.pdf took too long."}
        route.fulfill(status=422, json={"error": error})

    page.route("**/pages/1?*", broken)
    page.evaluate(f"ragbox.viewer.open({{document: {json.dumps(shelf.files['handbook.pdf'])}}})")
    expect(page.get_by_role("alert")).to_contain_text("took too long")
    page.click("text='Try again'")
    shown(page, 1)


def test_every_word_of_the_viewer_is_used_by_its_scripts() -> None:
    static = Path(viewer.__file__).parents[1] / "static"
    scripts = "".join((static / f"{name}.js").read_text("utf-8") for name in ("viewer", "citations"))
    keys = {key.partition(".")[2] for key in viewer.STRINGS if key.startswith("viewer.")}
    assert [key for key in keys if f'"{key}"' not in scripts and f'"viewer.{key}"' not in scripts] == []
