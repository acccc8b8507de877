"""Places where somebody who is new here hesitated (docs/walk.md), each as it is now."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from .conftest import Visit, until
from .serving import Server, hosting

pytestmark = pytest.mark.browser
Open = Callable[..., Visit]
NEW = """(question) => fetch("/api/ask", {
  method: "POST", headers: { "Content-Type": "application/json" },
  body: JSON.stringify({ question, conversation: "new" }) }).then((reply) => reply.text())"""
PARKING = "# Parking\n\nVisitors park on level 3 of the Lagune garage.\n"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with hosting(tmp_path_factory.mktemp("box")) as running:
        running.client.add_user("rita", "reader", [])
        yield running


@pytest.fixture
def office(server: Server, tmp_path: Path) -> None:
    """Let there be one collection with one document."""
    if not server.client.collections()["collections"]:
        server.client.create_collection("Office")
    (tmp_path / "parking.md").write_text(PARKING, "utf-8")
    (result,) = server.client.ingest([(tmp_path / "parking.md", "parking.md")], collection="Office")
    assert result["status"] in ("indexed", "unchanged")


def whole(page: Page, selector: str) -> None:
    """Wait until something lies in the window with both its ends."""
    until(
        page,
        """(wanted) => {
          const at = document.querySelector(wanted)?.getBoundingClientRect();
          return at?.height && at.top >= 0 && at.bottom <= innerHeight + 1;
        }""",
        selector,
    )


def test_from_an_empty_box_to_the_first_answer_on_a_straight_way(server: Server, visit: Open, tmp_path: Path) -> None:
    person = visit(server.link("admin"))
    page = person.page
    expect(page.locator(".welcome h1")).to_have_text("The box is empty")
    page.click("text=Add documents")
    expect(page.locator("#documents .empty")).to_contain_text("Name a collection above")
    expect(page.locator("#documents .filters")).to_be_hidden()
    expect(page.locator("#first-shelf-rules")).to_contain_text("Letters, digits, spaces")
    page.fill("#first-shelf", "Office")
    page.keyboard.press("Enter")
    expect(page.locator("#into")).to_have_value("Office")
    expect(page.locator(".drop .primary")).to_be_focused()
    (tmp_path / "parking.md").write_text(PARKING, "utf-8")
    page.set_input_files("#documents input[type=file] >> nth=0", tmp_path / "parking.md")
    page.click("text=Ask about them")
    expect(page.locator(".welcome p").first).to_contain_text("the 1 document you may read")
    expect(page.locator("#top .facts")).to_have_text("1 document · quotes word for word")
    assert "level 3" in person.ask("Where do visitors park?")
    assert person.complaints == []


@pytest.mark.usefixtures("office")
def test_a_move_that_has_nowhere_to_go_says_what_to_do(server: Server, visit: Open) -> None:
    person = visit(server.link("admin"))
    page = person.page
    page.goto(f"{server.url}/en/documents")
    page.get_by_label("Actions for parking.md").click()
    page.get_by_role("menuitem", name="Move").click()
    expect(page.locator("#toast")).to_contain_text("Make one first, under Collections")
    assert person.complaints == []


@pytest.mark.usefixtures("office")
def test_who_may_read_nothing_is_not_told_that_the_box_is_empty(server: Server, visit: Open) -> None:
    reader = visit(server.link("rita"))
    expect(reader.page.locator(".welcome")).to_contain_text("Nothing to ask yet")
    expect(reader.page.locator(".welcome")).to_contain_text("Ask your admin")
    admin = visit(server.link("admin"))
    page = admin.page
    page.goto(f"{server.url}/en/admin#people")
    page.get_by_role("button", name="Add a person").click()
    warning = page.locator("dialog", has_text="Without a collection, there is nothing to ask.").locator("p.note").last
    expect(warning).to_be_visible()
    page.get_by_label("Office").check()
    expect(warning).to_be_hidden()
    assert reader.complaints + admin.complaints == []


@pytest.mark.usefixtures("office")
def test_a_menu_at_the_foot_of_a_list_is_whole(server: Server, visit: Open) -> None:
    person = visit(server.link("admin"), viewport={"width": 1100, "height": 420})
    page = person.page
    person.ask("Where do visitors park?")
    for n in range(6):
        page.evaluate(NEW, f"Where do visitors park, question {n}?")
    page.reload()
    last = page.locator("#chats li").last
    last.hover()
    last.locator("summary").click()
    whole(page, "#chats .more[open] .menu")
    page.goto(f"{server.url}/en/documents")
    page.locator("#documents tbody summary").last.click()
    whole(page, "#documents .menu[open] > div")
    assert person.complaints == []


@pytest.mark.usefixtures("office")
def test_a_correction_begins_with_the_page_that_is_open(server: Server, visit: Open) -> None:
    person = visit(server.link("admin"))
    page = person.page
    person.ask("Where do visitors park?")
    page.click(".turn .cite")
    expect(page.locator("#viewer mark").first).to_be_visible()
    page.click("text=The right page is")
    expect(page.locator(".right [name=file]")).to_have_value("parking.md")
    expect(page.locator(".right [name=page]")).to_have_value("1")
    assert person.complaints == []


def test_whose_session_ended_is_told_so(server: Server, visit: Open) -> None:
    reader = visit(server.link("rita"))
    page = reader.page
    page.fill("#question", "Where do visitors park?")
    page.context.clear_cookies()  # last: the page's own calls meet the ended session too, and leave at once
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{server.url}/login#ended")
    expect(page.locator("#ended")).to_be_visible()
    page.goto("about:blank")
    page.goto(f"{server.url}/login")
    expect(page.locator("#ended")).to_be_hidden()
    page.goto(server.link("rita"))
    expect(page.locator("#question")).to_have_value("Where do visitors park?")
    page.reload()
    expect(page.locator("#question")).to_have_value("")


def ended(page: Page) -> None:
    """End the session where the page's own calls meet it, whatever is in the box of the question."""
    page.context.clear_cookies()
    page.evaluate(
        "() => void import('/static/kit.js').then(({ call }) => call('GET', '/api/conversations')).catch(() => {})"
    )
    page.wait_for_url("**/login#ended")


def test_a_question_half_typed_when_the_session_ends_is_there_again(server: Server, visit: Open) -> None:
    page = visit(server.link("rita")).page
    page.fill("#question", "Where do visi")
    ended(page)
    page.goto(server.link("rita"))
    expect(page.locator("#question")).to_have_value("Where do visi")


def test_a_question_that_met_an_ended_session_is_shown_to_nobody_else(server: Server, visit: Open) -> None:
    reader = visit(server.link("rita"))
    page = reader.page
    page.fill("#question", "Where do visitors park?")
    ended(page)
    for name in ("admin", "rita"):
        page.goto(server.link(name))
        if page.url.startswith(f"{server.url}/login"):
            page.click("form button")
        expect(page.locator("#question")).to_have_value("")
