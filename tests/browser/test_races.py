"""Replies that come late, are overtaken or meet a press: what the pages show in the end is what the box holds."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect

from ragbox.box import Box
from tests.doors import furnish

from .conftest import STILL, Held, Visit, retime

pytestmark = pytest.mark.browser
Open = Callable[[str], Visit]
LEAVE = "How many days of annual leave do staff get?"
OFFICE = "Which office books the trains?"


@pytest.fixture
def box(box: Box) -> Box:
    furnish(box)
    return box


def button(page: Page, name: str) -> None:
    page.get_by_role("button", name=name).click()


def file(name: str) -> dict[str, object]:
    return {"name": name, "mimeType": "text/plain", "buffer": f"What is told in {name}.".encode()}


# -- the Admin page ----------------------------------------------------------------------------------------------


def test_an_older_list_does_not_come_over_a_newer_one(at: Open, box: Box) -> None:
    admin = at("admin#health")
    page, row = admin.page, admin.page.locator("#panel-people tbody tr", has_text="kim")
    older = Held(page, "**/api/admin/users")
    page.click("#tab-people")
    older.taken()
    box.auth.create_user("kim", "reader")
    page.click("#tab-people")
    expect(row).to_be_visible()
    older.go()
    admin.settle()
    expect(row).to_be_visible()


def test_a_press_survives_a_list_that_comes_while_it_is_held(at: Open, box: Box) -> None:
    admin = at("admin#people")
    page, row = admin.page, admin.page.locator("#panel-people tbody tr", has_text="zora")
    retime(page, "kit.js", "const LONGEST = 3000;", "const LONGEST = 60_000;")
    page.reload()
    edit = page.get_by_role("button", name="Edit: rita")
    expect(edit).to_be_visible()
    box.auth.create_user("zora", "reader")
    later = Held(page, "**/api/admin/users")
    page.click("#tab-people")
    later.taken()
    edit.hover()
    page.mouse.down()
    later.go()
    admin.settle()
    page.mouse.up()
    expect(page.get_by_role("dialog")).to_contain_text("rita")
    expect(row).to_have_count(1)


def test_two_quick_presses_open_one_dialog(at: Open) -> None:
    admin = at("admin#people")
    page, add = admin.page, admin.page.get_by_role("button", name="Add a person")
    expect(page.locator("#panel-people tbody tr").first).to_be_visible()
    shelves = Held(page, "**/api/collections")
    add.dblclick()
    shelves.go()
    expect(page.get_by_role("dialog")).to_be_visible()
    admin.settle()
    expect(page.get_by_role("dialog")).to_have_count(1)


@pytest.mark.parametrize(("tab", "asks", "key"), [("quality", "quality", "run"), ("groups", "groups", "add-group")])
def test_a_button_waits_for_what_its_dialog_shows(at: Open, tab: str, asks: str, key: str) -> None:
    admin = at("admin#settings")
    page = admin.page
    found = Held(page, f"**/api/admin/{asks}")
    page.click(f"#tab-{tab}")
    found.taken()
    expect(page.locator(f"[data-key={key}]")).to_be_disabled()
    found.go()
    page.click(f"[data-key={key}]")
    expect(page.get_by_role("dialog")).to_be_visible()
    assert admin.complaints == []


def test_what_was_cancelled_after_it_was_sent_is_shown_once_it_is_done(at: Open) -> None:
    page = at("admin#glossary").page
    button(page, "Add a term")
    page.locator("dialog [name=term]").fill("PTO")
    page.locator("dialog [name=names]").fill("paid time off")
    sent = Held(page, "**/api/glossary")
    page.locator("dialog [type=submit]").click()
    sent.taken()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    sent.go()
    expect(page.locator("#panel-glossary tbody tr", has_text="PTO").first).to_be_visible()


def test_what_is_typed_after_it_was_saved_stays(at: Open) -> None:
    page = at("admin#privacy").page
    button(page, "Add a pattern")
    page.locator(".pattern .name").fill("STAFF_NO")
    page.locator(".pattern .regex").fill("E-[0-9]{5}")
    page.locator("form.rules [type=submit]").click()
    expect(page.locator("form.rules")).to_contain_text("Saved; it holds from now on.")
    button(page, "Add a pattern")
    page.locator(".pattern .name").last.fill("ROOM")
    page.get_by_label("auditor").select_option("mask")
    expect(page.locator("#panel-privacy .records")).to_contain_text("auditor: none of its own → masked")
    expect(page.locator(".pattern .name").last).to_have_value("ROOM")


def test_older_entries_are_not_put_under_those_of_another_filter(at: Open, box: Box) -> None:
    for n in range(101):
        box.audit.note("kim", "user.make", f"u{n}", role="reader")
    box.audit.note("lin", "user.make", "u101", role="reader")
    admin = at("admin#audit")
    page, rows = admin.page, admin.page.locator("#panel-audit tbody tr")
    older = Held(page, "**/api/admin/audit?before=*")
    page.click("[data-key=older]")
    older.taken()
    page.locator("#panel-audit [name=actor]").fill("lin")
    page.locator("#panel-audit [type=submit]").click()
    expect(rows).to_have_count(1)
    older.go()
    admin.settle()
    expect(rows).to_have_count(1)


# -- the Ask page ------------------------------------------------------------------------------------------------


def test_a_question_asked_while_its_conversation_is_opened_stands_under_it(at: Open) -> None:
    person = at("")
    page = person.page
    person.ask(LEAVE)
    opened = Held(page, "**/api/conversations/*")
    page.reload()
    opened.taken()
    page.fill("#question", OFFICE)
    page.keyboard.press("Enter")
    opened.go()
    expect(page.locator(".turn .asked")).to_have_text([LEAVE, OFFICE])
    expect(page.locator(".turn:not(.busy)")).to_have_count(2)
    person.settle()


def test_a_conversation_that_fails_late_leaves_the_one_that_was_opened_since(at: Open) -> None:
    person = at("")
    page = person.page
    person.ask(LEAVE)
    gone = Held(page, "**/api/conversations/nothing")
    page.goto(f"{page.url.partition('?')[0]}?c=nothing")
    gone.taken()
    page.locator("#chats li > a").first.click()
    expect(page.locator(".turn .asked")).to_have_text([LEAVE])
    gone.go()
    person.settle()
    expect(page.locator(".turn .asked")).to_have_text([LEAVE])


def test_a_deleted_conversation_does_not_come_back_with_an_older_list(at: Open) -> None:
    person = at("")
    page = person.page
    person.ask("How many days of notice end the contract?")
    row = page.locator("#chats li", has_text="notice")
    older = Held(page, "**/api/conversations?*")
    page.fill("#chats input", "notice")
    older.taken()
    row.hover()
    row.locator("summary").click()
    row.locator("text=Delete").click()
    page.click("dialog button[type=submit]")
    expect(row).to_have_count(0)
    older.go()
    person.settle()
    expect(row).to_have_count(0)


def test_the_last_of_two_judgements_holds(at: Open) -> None:
    person = at("")
    page = person.page
    person.ask(LEAVE)
    first = Held(page, "**/feedback")
    page.click("[aria-label='Good answer']")
    first.taken()
    page.click("[aria-label='Poor answer']")
    page.wait_for_timeout(STILL)
    assert sum(address.endswith("/feedback") for address in person.requests) == 1  # the other waits for it
    first.go()
    expect(page.locator("[aria-label='Poor answer']")).to_have_attribute("aria-pressed", "true")
    person.settle()
    expect(page.locator("[aria-label='Good answer']")).to_have_attribute("aria-pressed", "false")


def test_a_document_is_offered_once_however_often_the_choice_is_opened(at: Open) -> None:
    person = at("")
    page = person.page
    scope, choices = page.locator(".scope"), page.locator(".choices button .name")
    older = Held(page, "**/api/documents?*")
    scope.click()
    older.taken()
    scope.click()
    scope.click()
    expect(choices.filter(has_text="handbook")).to_have_count(1)
    older.go()
    person.settle()
    expect(choices.filter(has_text="handbook")).to_have_count(1)


# -- the Documents page ------------------------------------------------------------------------------------------


def test_a_file_that_is_done_before_the_page_first_looks_is_listed(at: Open, url: str) -> None:
    page = at("").page
    waiting: list[Route] = []
    page.route("**/api/jobs?*", lambda route: waiting.append(route), times=1)
    page.goto(f"{url}/en/documents")
    expect(page.locator("#documents tbody tr").first).to_be_visible()
    sent = page.evaluate(
        """async () => {
          const form = new FormData();
          form.append("collection", "hr");
          form.append("files", new File(["It was done early."], "early.txt"));
          return (await fetch("/api/documents", { method: "POST", body: form })).status;
        }"""
    )
    assert sent == 200
    expect(page.locator("#documents .queue")).to_be_hidden()
    waiting[0].continue_()
    expect(page.locator("#documents tbody tr", has_text="early.txt")).to_be_visible()


def test_a_menu_stays_open_when_the_list_is_drawn_anew(at: Open) -> None:
    page = at("documents").page
    page.locator("#documents tbody summary").first.click()
    page.set_input_files("#documents input[type=file] >> nth=0", [file("anew.txt")])
    expect(page.locator("#documents tbody tr", has_text="anew.txt")).to_be_visible()
    page.get_by_role("menuitem", name="Preview").click()
    expect(page.locator("#viewer")).to_be_visible()
