"""The Ask page: conversations, answers and refusals, what can be done with them, by hand and by keyboard."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from .conftest import Visit
from .serving import Server, hosting, load

pytestmark = pytest.mark.browser
Open = Callable[..., Visit]

PAPERS = ["Employee Handbook UK 2025.docx", "Annual Report 2025.pdf", "员工手册2025版.pdf"]
LEAVE = "How many days of annual leave do employees get?"
NOWHERE = "Who won the chess championship in 1987?"
HOSTILE = "<img src=x onerror=alert(1)> [x](javascript:alert(1)) ![y](https://evil.example/y.png)"
DRAW = r"""async (evil) => {
  const { body, marked } = await import("/static/text.js");
  const draw = (text, cited = [], citations = []) => {
    const made = document.createElement("div");
    made.append(...body(marked(text, cited), new Map(citations.map((c) => [c.n, c]))));
    return made;
  };
  const one = [{ n: 1, document: "d", file: "f", page: 7 }];
  const hostile = draw(evil);
  const rows = "Item | Price\nPump | 4 [1]\n\nItem | Price\nValve | 3\n\nBoth.\n\nItem | Stock\nPump | 9";
  const table = draw(rows, [{ offset: rows.indexOf("[1]"), n: 1 }], one);
  const blank = draw(" | 2024 | 2025\nSales | 4 | 5\n\n | 2024 | 2025\nCosts | 3 | 4");
  const note = "😀 See note [1] or \u00029\u0003 [1].";
  const own = draw(note, [{ offset: Array.from(note).lastIndexOf("["), n: 1 }], one);
  const list = draw("# Steps\n3. **Stop** the `pump`\n4. Wait\n\n- one\n- two");
  return {
    evil: [hostile.textContent, hostile.querySelectorAll("img, a, script").length],
    tables: [...table.querySelectorAll("table")].map((t) => t.rows.length),
    blank: [...blank.querySelectorAll("table")].map((t) => [t.rows.length, t.rows[0].cells.length]),
    cite: table.querySelector("td a.cite").dataset.page,
    own: [own.textContent, own.querySelectorAll("a.cite").length],
    list: [list.querySelector("ol").start, ...["li", "strong", "code"].map((tag) => list.querySelectorAll(tag).length)],
  };
}"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with hosting(tmp_path_factory.mktemp("box")) as running:
        load(running, PAPERS)
        for n in range(9):
            running.client.add_user(f"rita{n}", "reader", ["samples"])
        yield running


@pytest.fixture
def ask(server: Server, visit: Open, request: pytest.FixtureRequest) -> Iterator[Visit]:
    """Return the Ask page of somebody who never asked before."""
    options = getattr(request, "param", {})
    ask.count = getattr(ask, "count", -1) + 1  # type: ignore[attr-defined]
    person = visit(server.link(f"rita{ask.count}"), **options)  # type: ignore[attr-defined]
    yield person
    assert person.complaints == []
    assert person.hosts() == {urlsplit(person.page.url).netloc}


def test_a_starter_is_answered_and_the_conversation_survives_a_reload(ask: Visit) -> None:
    page = ask.page
    expect(page.locator(".welcome")).to_contain_text("3 documents")
    starters = page.locator(".starters button")
    starters.first.click()
    expect(page.locator(".turn .cite").first).to_be_visible()
    ask.settle()
    assert re.search(r"\?c=\w+$", page.url)
    ask.ask("And in 2024?")
    expect(page.locator(".understood").last).to_contain_text("Understood as: ")
    said = page.locator(".turn .text").all_inner_texts()
    page.reload()
    expect(page.locator(".turn")).to_have_count(2)
    assert page.locator(".turn .text").all_inner_texts() == said
    expect(page.locator(".understood").last).to_contain_text("Understood as: ")
    expect(page.locator("#chats [aria-current=page]")).to_have_count(1)


def test_a_refusal_is_no_answer_and_offers_what_comes_nearest(ask: Visit) -> None:
    page = ask.page
    assert "do not answer" in ask.ask(NOWHERE)
    for _ in range(2):  # as it came, and as it was kept
        expect(page.locator(".turn .refused")).to_be_visible()
        expect(page.locator(".turn .cite")).to_have_count(0)
        page.click("text=Show the nearest passages")
        expect(page.locator(".refused .source")).to_have_count(5)
        page.reload()
    ask.settle()


@pytest.mark.parametrize(
    ("status", "body", "told"),
    [
        (503, '{"error": {"type": "Unavailable", "message": "Still <b>loading</b>."}}', "Still <b>loading</b>."),
        (200, 'data: {"event": "stage", "name": "search", "count": 1204}\n\n', "cannot be reached"),
        (200, 'data: {"event": "error", "error": {"type": "RagboxError", "message": "It broke."}}\n\n', "It broke."),
    ],
    ids=["refused", "cut off", "broken on the way"],
)
def test_an_error_is_told_with_a_way_on(visit: Open, server: Server, status: int, body: str, told: str) -> None:
    person = visit(server.link("admin"))
    page = person.page
    page.route("**/api/ask", lambda route: route.fulfill(status=status, body=body))
    page.fill("#question", LEAVE)
    page.keyboard.press("Enter")
    expect(page.locator(".turn .problem")).to_contain_text(told)
    expect(page.locator("#ask")).to_be_visible()
    page.unroute("**/api/ask")
    page.click(".problem button")
    expect(page.locator(".turn:last-child .cite").first).to_be_visible()
    person.settle()


def test_conversations_are_found_renamed_exported_and_deleted(ask: Visit) -> None:
    page = ask.page
    ask.ask(LEAVE)
    page.click("text=New conversation")
    ask.ask(NOWHERE)
    expect(page.locator("#chats li > a")).to_have_text([NOWHERE, LEAVE])
    page.fill("#chats input", "public holidays")  # words of an answer
    expect(page.locator("#chats li")).to_have_count(1)
    page.fill("#chats input", "zebra")
    expect(page.locator("#chats")).to_contain_text("No conversation has these words.")
    page.fill("#chats input", "")
    row = page.locator("#chats li", has_text="annual leave")
    row.hover()
    row.locator("summary").click()
    with page.expect_download() as download:
        row.locator("text=Export as Markdown").click()
    assert LEAVE in download.value.path().read_text("utf-8")
    row.locator("summary").click()
    row.locator("text=Rename").click()
    page.fill("dialog input", "Holidays")
    page.keyboard.press("Enter")
    row = page.locator("#chats li", has_text="Holidays")
    row.locator("a").first.click()
    expect(page.locator(".turn .asked")).to_have_text(LEAVE)
    row.locator("summary").click()
    row.locator("text=Delete").click()
    page.click("dialog >> text=Cancel")
    expect(row).to_have_count(1)
    row.locator("summary").click()
    row.locator("text=Delete").click()
    page.click("dialog button[type=submit]")
    expect(page.locator("#chats li")).to_have_count(1)
    expect(page.locator(".welcome")).to_be_visible()
    page.go_back()
    ask.settle()
    ask.complaints.clear()  # the browser's own line about the conversation that is gone


@pytest.mark.parametrize("ask", [{"permissions": ["clipboard-read", "clipboard-write"]}], indirect=True)
def test_an_answer_is_copied_judged_and_put_right(ask: Visit) -> None:
    page = ask.page
    ask.ask(LEAVE)
    page.click("[aria-label='Copy with citations']")
    expect(page.locator(".said")).to_have_text("Copied")
    text = page.evaluate("navigator.clipboard.readText()")
    assert "26 days of paid leave" in text
    assert "[1] hr/Employee Handbook UK 2025.docx, page 2: “" in text
    page.click("[aria-label='Good answer']")
    expect(page.locator("[aria-label='Good answer']")).to_have_attribute("aria-pressed", "true")
    page.click("text=The right page is")
    page.fill("form.right input[type=number]", "1")
    page.click("form.right button")
    expect(page.locator(".turn")).to_contain_text("Thank you")
    page.reload()
    expect(page.locator("[aria-label='Good answer']")).to_have_attribute("aria-pressed", "true")
    page.click("text=The right page is")
    expect(page.locator("form.right input[type=number]")).to_have_value("1")
    page.click("[aria-label='Ask again']")
    expect(page.locator(".turn:not(.busy)")).to_have_count(2)
    ask.settle()


def test_a_question_stays_within_the_chosen_document(ask: Visit) -> None:
    page = ask.page
    page.click(".scope")
    page.fill(".panel input", "员工手册")
    page.click(".choices button:has-text('员工手册')")
    expect(page.locator(".scope")).to_contain_text("员工手册2025版.pdf")
    expect(page.locator("#question")).to_be_focused()
    ask.ask("年休假有多少天？")
    assert set(page.locator(".sources .file").all_inner_texts()) == {"员工手册2025版.pdf"}
    page.click(".scope")
    page.click(".choices button >> nth=0")
    expect(page.locator(".scope")).to_contain_text("All collections")
    ask.settle()


def test_by_keyboard_alone(ask: Visit) -> None:
    page = ask.page
    expect(page.locator("#question")).to_be_focused()
    page.keyboard.type("How many days")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("of annual leave do employees get?")
    expect(page.locator(".turn")).to_have_count(0)
    page.keyboard.press("Enter")
    expect(page.locator(".actions")).to_be_visible()
    page.locator(".turn .answer").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(page.locator(".cite >> nth=1")).to_be_focused()
    page.keyboard.press("ArrowLeft")
    expect(page.locator(".cite >> nth=0")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#viewer mark").first).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#viewer")).to_be_hidden()
    expect(page.locator(".cite >> nth=0")).to_be_focused()
    page.keyboard.press("/")
    expect(page.locator("#question")).to_be_focused()
    expect(page.locator("#question")).to_have_value("")
    ask.settle()


def test_language_and_theme_are_remembered(ask: Visit) -> None:
    page = ask.page
    for theme in ("light", "dark"):
        page.click("#top .icon")
        assert page.evaluate("document.documentElement.dataset.theme") == theme
    paper = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.click("[data-language=zh]")
    page.wait_for_url("**/zh/")
    page.goto(page.url.replace("/zh/", "/"))
    assert page.url.endswith("/zh/")
    assert page.evaluate("document.documentElement.lang") == "zh"
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == paper
    assert page.evaluate("document.body.classList.contains('dark')")
    ask.settle()


@pytest.mark.parametrize("ask", [{"viewport": {"width": 390, "height": 844}}], indirect=True)
def test_on_a_phone_the_conversations_are_a_drawer(ask: Visit) -> None:
    page = ask.page
    expect(page.locator("#chats")).to_be_hidden()
    ask.ask(LEAVE)
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    page.click("#show-chats")
    expect(page.locator("#chats li")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#chats")).to_be_hidden()
    page.click("#show-chats")
    page.click("text=New conversation")
    expect(page.locator("#chats")).to_be_hidden()
    expect(page.locator(".welcome")).to_be_visible()
    ask.settle()


def test_what_an_answer_says_is_put_in_order_and_stays_text(ask: Visit) -> None:
    drawn = ask.page.evaluate(DRAW, HOSTILE)
    assert drawn["evil"] == [HOSTILE, 0]
    assert drawn["tables"] == [3, 2]  # rows under one header are one table
    assert drawn["blank"] == [[3, 3]]  # the heading over the labels is empty
    assert drawn["cite"] == "7"
    assert drawn["own"] == ["😀 See note [1] or 9\u20601.", 1]  # a document's own signs are no marks
    assert drawn["list"] == [3, 4, 1, 1]
