"""Presses of which nobody sees the end, replies that fail or never come: nothing is lost, no page waits for ever."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Route, expect

from ragbox.box import Box
from tests.doors import furnish
from web.strings_why import WHY

from .conftest import Held, Visit, retime

pytestmark = pytest.mark.browser
Open = Callable[[str], Visit]
LEAVE = "How many days of annual leave do staff get?"
OFFICE = "Which office books the trains?"
LONGEST = "const LONGEST = 3000;"


@pytest.fixture
def box(box: Box) -> Box:
    furnish(box)
    return box


def failing(kind: str, status: int) -> dict[str, Any]:
    return {"status": status, "json": {"error": {"type": kind, "message": "It is not there for now."}}}


# -- presses -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("button", "target"), [("right", "tbody tr .file >> nth=0"), ("left", "select[data-filter=kind]")]
)
def test_what_opens_something_of_the_browser_keeps_no_list_back(at: Open, button: Any, target: str) -> None:
    person = at("documents")
    page, rows = person.page, person.page.locator("#documents tbody tr")
    retime(page, "kit.js", LONGEST, "const LONGEST = 60_000;")
    page.reload()
    expect(rows.nth(1)).to_be_visible()
    later = Held(page, "**/api/documents?*")
    page.fill("#documents input[type=search]", "handbook")
    later.taken()
    page.hover(f"#documents {target}")
    page.mouse.down(button=button)
    later.go()
    expect(rows).to_have_count(1)
    page.mouse.up(button=button)


def test_a_press_without_an_end_keeps_a_list_back_for_a_while_only(at: Open, box: Box) -> None:
    page = at("admin#people").page
    retime(page, "kit.js", LONGEST, "const LONGEST = 300;")
    page.reload()
    page.get_by_role("button", name="Edit: rita").hover()
    page.mouse.down()
    box.auth.create_user("zora", "reader")
    page.evaluate("document.querySelector('#tab-people').click()")
    expect(page.locator("#panel-people tbody tr", has_text="zora")).to_be_visible()
    page.mouse.up()


# -- the Ask page ------------------------------------------------------------------------------------------------


def test_a_question_whose_conversation_cannot_be_opened_stays_in_its_field(at: Open) -> None:
    person = at("")
    page, question = person.page, person.page.locator("#question")
    person.ask(LEAVE)
    gone = page.url.rpartition("c=")[2]
    assert page.evaluate("async (id) => (await fetch(`/api/conversations/${id}`, { method: 'DELETE' })).ok", gone)
    opened = Held(page, f"**/api/conversations/{gone}")
    page.reload()
    opened.taken()
    question.fill(OFFICE)
    question.press("Enter")
    page.keyboard.press("Escape")  # stopped while it still waits
    expect(page.locator("#ask")).to_be_visible()
    expect(question).to_have_value(OFFICE)
    question.press("Enter")
    expect(page.locator("#stop")).to_be_visible()
    opened.go()  # and there is none any more
    expect(page.locator(".turns .problem")).to_be_visible()
    expect(page.locator("#ask")).to_be_visible()
    expect(question).to_have_value(OFFICE)
    person.settle()
    assert sum(address.endswith("/api/ask") for address in person.requests) == 1
    question.press("Enter")  # now it is one of its own
    expect(page.locator(".turn:not(.busy) .asked")).to_have_text([OFFICE])
    expect(question).to_have_value("")
    person.settle()


# -- the Documents and the Admin page ----------------------------------------------------------------------------


def test_what_is_read_again_is_followed_while_the_box_starts_anew_and_not_once_it_is_forbidden(at: Open) -> None:
    person = at("documents")
    page = person.page
    busy, count = {"json": {"older": 3, "waiting": 3}}, {"json": {"older": 3, "waiting": 2}}
    replies = [busy, failing("Unavailable", 503), count]

    def answer(route: Route) -> None:
        route.fulfill(**(replies.pop(0) if len(replies) > 1 else replies[0]))

    retime(page, "documents-older.js", "const LOOK = 3000;", "const LOOK = 100;")
    page.route("**/api/rereading", answer)
    page.reload()
    expect(page.locator("#documents .older")).to_contain_text("2")
    replies[:] = [failing("NotPermitted", 403)]
    expect(page.get_by_text("It is not there for now.")).to_be_visible()
    person.settle()  # or it would look on, ten times a second


def test_runs_are_shown_when_nobody_can_say_what_is_under_way(at: Open) -> None:
    page = at("admin#settings").page
    page.route("**/api/admin/quality/work", lambda route: route.fulfill(**failing("Unavailable", 503)))
    page.click("#tab-quality")
    expect(page.locator("#panel-quality > .problem")).to_contain_text("It is not there for now.")
    expect(page.locator("[data-key=run]")).to_be_enabled()


def test_records_have_no_hole_when_more_than_a_page_of_new_ones_came(at: Open) -> None:
    page = at("admin#settings").page
    newest = 40

    def answer(route: Route) -> None:
        first = int(route.request.url.partition("before=")[2] or newest + 1) - 1
        record = {
            "at": "2026-05-04T10:00:00+00:00",
            "actor": "kim",
            "act": "questions",
            "detail": {},
            "result": "done",
            "reason": "",
        }
        route.fulfill(
            json={"records": [{"seq": seq, "object": "-", **record} for seq in range(first, max(0, first - 20), -1)]}
        )

    page.route("**/api/adapters/records?*", answer)
    page.click("#tab-quality")
    rows, more = page.locator("#panel-quality .records tbody tr"), page.locator("#panel-quality [data-key=older]")
    expect(rows).to_have_count(20)
    more.click()
    expect(rows).to_have_count(40)
    newest = 45
    page.click("#tab-quality")
    expect(rows).to_have_count(45)
    newest = 99
    page.click("#tab-quality")
    expect(rows).to_have_count(20)
    for count in (40, 60, 80, 99):
        more.click()
        expect(rows).to_have_count(count)
    expect(more).to_be_hidden()


# -- words from outside ------------------------------------------------------------------------------------------


def test_a_reason_that_fits_many_sentences_is_put_into_chinese_in_no_time(at: Open) -> None:
    script = """async ([pairs, said]) => {
        const { teach, told } = await import("/static/reasons.js?anew");
        teach(pairs);
        const began = performance.now();
        return [...said.map((s) => told(s, "")), performance.now() - began];
    }"""
    said = "The model server x answers 500: " + "a failed: b. Look at its log. sent " * 12
    busy = "The model server x answers 429: slow down. It has too much to do. Ask again in 5 s."
    first, second, took = at("documents").page.evaluate(script, [list(WHY.items()), [said, busy]])
    assert first == ""
    assert second == "模型服务器 x 返回 429：slow down。它过于繁忙。请在 5 秒后再提问。"
    assert took < 5000  # ms; 20 are usual, and five minutes if parts were looked for anew each time
