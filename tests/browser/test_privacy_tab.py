"""The Admin page's tab Privacy: policies that hold at once, rules tried before they are saved, counts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from ragbox.box import Box
from ragbox.settings import Settings
from tests.doors import furnish
from tests.fakes import FakeEncoder, FakeSandbox

from .conftest import Visit

pytestmark = pytest.mark.browser
Open = Callable[..., Visit]
PANEL = "#panel-privacy"
LETTER = b"# Contact\n\nCall the office in Bergen at 138 1234 5678 about staff number E-12345 or trains."


@pytest.fixture
def box(tmp_path: Path) -> Iterator[Box]:
    made = Box(Settings(data=tmp_path / "box"), encoder=FakeEncoder(), sandbox=FakeSandbox())
    made.open()
    made.load()
    furnish(made)
    (tmp_path / "letter.txt").write_bytes(LETTER)
    made.pipeline.ingest(made.auth.local(), tmp_path / "letter.txt", file="letter.txt", collection="hr")
    yield made
    made.close()


def enter(box: Box, url: str, visit: Open, language: str = "en", **options: object) -> Visit:
    made = visit(f"{url}/login?token={box.auth.new_login('admin')}", **options)
    made.page.goto(f"{url}/{language}/admin#privacy")
    expect(made.page.locator(f"{PANEL} .policies h2")).to_be_visible()
    return made


def press(page: Page, name: str, within: str = PANEL) -> None:
    page.locator(within).get_by_role("button", name=name, exact=True).click()


def test_a_policy_holds_from_the_next_question_on_and_is_counted(box: Box, url: str, visit: Open) -> None:
    admin = enter(box, url, visit)
    page, person = admin.page, visit(f"{url}/login?token={box.auth.new_login('rita')}")
    assert "[PHONE]" in person.ask("Which number has the office in Bergen?")
    policies = page.get_by_role("table", name="Who sees personal data, and how")
    policies.get_by_label("reader").select_option("mask")
    expect(page.locator(f"{PANEL} .policies [role=status]")).to_have_text("reader: masked, but for the last four")
    person.page.goto(f"{url}/en/")
    assert "5678" in person.ask("Which number has the office in Bergen?")
    policies.get_by_label("Collection hr").select_option("redact")
    expect(page.locator(f"{PANEL} .policies [role=status]")).to_have_text("Collection hr: redacted")
    person.page.goto(f"{url}/en/")
    assert "5678" not in person.ask("Which number has the office in Bergen?")
    policies.get_by_label("admin").select_option("off")
    expect(page.get_by_role("dialog")).to_contain_text("Show personal data to admin?")
    press(page, "Show personal data", "dialog")
    changed = page.get_by_role("table", name="Changes")
    expect(changed).to_contain_text("reader: none of its own → masked, but for the last four")
    expect(changed).to_contain_text("Collection hr: none of its own → redacted")
    expect(changed).to_contain_text("admin: none of its own → shown")
    page.reload()
    expect(page.get_by_role("table", name="Kind").get_by_role("row", name="PHONE")).to_be_visible()
    admin.settle()
    assert (admin.complaints, person.complaints) == ([], [])


def test_a_pattern_is_tried_then_saved_and_a_document_shown_under_each_policy(box: Box, url: str, visit: Open) -> None:
    page = enter(box, url, visit).page
    press(page, "Add a pattern")
    page.get_by_label("Name", exact=True).fill("STAFF_NO")
    page.get_by_label("Regular expression").fill("E-[0-9")
    page.get_by_label("Text to try").fill("Staff number E-12345 of Bergen")
    press(page, "Try")
    expect(page.locator(f"{PANEL} .problem")).to_contain_text("STAFF_NO is no regular expression")
    page.get_by_label("Regular expression").fill("E-[0-9]{5}")
    press(page, "Try")
    expect(page.locator(f"{PANEL} .tested mark")).to_have_text("E-12345")
    expect(page.locator(f"{PANEL} .tested")).to_contain_text("Staff number [STAFF_NO] of Bergen")
    press(page, "Save")
    expect(page.locator(f"{PANEL} .rules")).to_contain_text("Saved; it holds from now on.")
    page.reload()
    expect(page.get_by_label("Regular expression")).to_have_value("E-[0-9]{5}")
    letter = page.get_by_label("Document").locator("option", has_text="letter")
    page.get_by_label("Document").select_option(letter.get_attribute("value"))
    press(page, "Show")
    expect(page.locator(f"{PANEL} .passage").first).to_contain_text("staff number [STAFF_NO]")
    expect(page.locator(f"{PANEL} .passage").first).to_contain_text("[PHONE]")
    expect(page.locator(f"{PANEL} .trial")).to_contain_text("Your own policy for this document is “redacted”")
