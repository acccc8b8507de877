"""The main job with the keyboard alone: no mouse is touched, and at every stop one sees where one is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from time import monotonic

import pytest
from playwright.sync_api import Page, expect

from .conftest import PATIENCE, Visit, calm
from .serving import SAMPLES, Server, hosting, load

pytestmark = pytest.mark.browser
Open = Callable[..., Visit]
HANDBOOK = "Employee Handbook UK 2025.docx"
AGREEMENT = "Supply Agreement - Ferrandale Castings 2024.pdf"
LEAVE = "How many days of annual leave do employees get?"
FAR = 90
"""Tabs after which something counts as out of reach."""

# An outline, or the frame of the question around its field; and nothing see-through or outside of the window.
SEEN = """() => {
  const one = document.activeElement;
  const at = one.getBoundingClientRect();
  const inside = at.bottom > 0 && at.top < innerHeight && at.right > 0 && at.left < innerWidth && at.width > 1;
  const frame = one.closest(".composer");
  const style = getComputedStyle(one);
  const ring = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0;
  const framed = one.id === "question" && getComputedStyle(frame).boxShadow.includes("0px 0px 0px 1px");
  return one === document.body || (inside && (ring || framed) && one.checkVisibility({ opacityProperty: true }))
    ? "" : `${one.outerHTML.slice(0, 200)}: ${inside ? "no ring" : "outside"}`;
}"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with hosting(tmp_path_factory.mktemp("box")) as running:
        load(running, [HANDBOOK, AGREEMENT])
        running.client.create_collection("archive")
        running.client.add_user("rita", "reader", ["samples"])
        yield running


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def seen(page: Page) -> None:
    end = monotonic() + PATIENCE / 1000
    while wrong := page.evaluate(SEEN):
        assert monotonic() < end, wrong
        page.wait_for_timeout(20)


def reach(page: Page, wanted: str, key: str = "Tab") -> None:
    """Press Tab until the focus is on what a selector names; each stop on the way can be seen."""
    for _ in range(FAR):
        page.keyboard.press(key)
        seen(page)
        if page.evaluate("(wanted) => document.activeElement.matches(wanted)", wanted):
            return
    pytest.fail(f"{wanted} is not reached by {FAR} times {key}.")


def on(page: Page, wanted: str) -> None:
    expect(page.locator(wanted)).to_be_focused()
    seen(page)


def test_sign_in_ask_read_the_cited_page(server: Server, visit: Open) -> None:
    person = visit(server.link("rita"))
    page = person.page
    page.goto(server.link("admin"))  # somebody else is signed in here
    reach(page, "button")
    press(page, "Enter")
    on(page, "#question")
    reach(page, "#top nav a[aria-current]", "Shift+Tab")
    press(page, "/")
    on(page, "#question")

    page.route("**/api/ask", lambda _: None)  # an answer that never comes
    page.keyboard.type(LEAVE)
    press(page, "Enter")
    expect(page.locator("#stop")).to_be_visible()
    press(page, "Escape")
    expect(page.locator(".turn .stopped")).to_be_visible()
    on(page, "#question")
    page.unroute("**/api/ask")

    page.keyboard.type(LEAVE)
    press(page, "Enter")
    expect(page.locator(".turn:last-child .actions")).to_be_visible()
    press(page, "ArrowUp")
    on(page, ".turn:last-child a.cite >> nth=0")
    press(page, "ArrowRight")
    on(page, ".turn:last-child a.cite >> nth=1")
    press(page, "ArrowLeft", "Enter")
    expect(page.locator("#viewer mark").first).to_be_visible()
    on(page, "#viewer .rv-body")
    number = page.locator("#viewer .rv-number")
    first = int(number.input_value())
    step = ("ArrowRight", "ArrowLeft") if first == 1 else ("ArrowLeft", "ArrowRight")
    press(page, step[0])
    expect(number).not_to_have_value(str(first))
    press(page, step[1])
    expect(number).to_have_value(str(first))
    reach(page, "#viewer .rv-save")
    press(page, "Escape")
    expect(page.locator("#viewer")).to_be_hidden()
    on(page, ".turn:last-child a.cite >> nth=0")
    reach(page, ".turn:last-child .actions .wide")
    person.settle()
    assert person.complaints == []


def test_choose_where_to_search_and_rename_a_conversation(server: Server, visit: Open) -> None:
    person = visit(server.link("rita"))
    page = person.page
    reach(page, ".scope")
    press(page, "Enter")
    on(page, ".panel input")
    page.keyboard.type("handbook")
    expect(page.locator(".choices button")).to_have_count(1)
    press(page, "ArrowDown")
    on(page, ".choices button")
    press(page, "Enter")
    on(page, "#question")
    expect(page.locator(".scope")).to_contain_text(HANDBOOK)
    page.keyboard.type(LEAVE)
    press(page, "Enter")
    expect(page.locator("#chats li")).to_have_count(1)
    person.settle()
    reach(page, "#chats li summary", "Shift+Tab")
    press(page, "Enter")
    reach(page, "#chats .menu button")
    press(page, "Enter")
    on(page, "dialog input")
    press(page, "Control+a")
    page.keyboard.type("Holidays")
    press(page, "Enter")
    on(page, "#chats li > a")
    expect(page.locator("#chats li > a")).to_have_text("Holidays")
    person.settle()
    assert person.complaints == []


def test_add_delete_and_call_back_a_document(server: Server, visit: Open) -> None:
    person = visit(server.link("admin"))
    page = person.page
    paper = next(SAMPLES.rglob("IT Security Standard.md"))
    page.on("filechooser", lambda chooser: chooser.set_files(paper))  # asked for early: Chromium takes its time to tell
    calm(page)
    page.goto(f"{server.url}/en/documents")
    expect(page.locator("#documents tbody tr")).to_have_count(2)
    reach(page, "#into")
    page.keyboard.type("samples")
    expect(page.locator("#into")).to_have_value("samples")
    reach(page, ".drop .primary")
    press(page, "Enter")
    row = page.locator("tr", has_text=paper.name)
    expect(row).to_have_count(1)
    expect(page.locator("#queue-heading")).to_have_text("Added")
    person.settle()
    reach(page, "tr:has([aria-label='Select IT Security Standard.md']) summary")
    press(page, "Enter", "ArrowDown", "ArrowUp")
    expect(page.get_by_role("menuitem", name="Delete")).to_be_focused()
    press(page, "Enter")
    on(page, "#toast button")
    expect(row).to_have_count(0)
    press(page, "Enter")
    expect(row).to_have_count(1)
    on(page, "#documents tbody summary >> nth=1")  # where its neighbour stood while it was gone
    person.settle()
    assert person.complaints == []


def test_look_after_the_box(server: Server, visit: Open) -> None:
    person = visit(server.link("admin"))
    page = person.page
    page.goto(f"{server.url}/en/admin")
    expect(page.locator("#tab-health")).to_be_visible()
    reach(page, "#tab-health")
    reach(page, "#tab-people", "ArrowRight")
    expect(page.locator("#panel-people")).to_be_visible()
    reach(page, "#panel-people .primary")
    press(page, "Enter")
    on(page, "#admin dialog [name=name]")
    press(page, "Escape")
    on(page, "#panel-people .primary")
    person.settle()
    assert person.complaints == []
