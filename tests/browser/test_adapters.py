"""The Admin page's tab Adapters: from the upload to the answer and back, refusals with reasons, and no barrier."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from ragbox.box import Box
from tests.adapter_box import LEAVE, LINES, QUESTION, TRAINS, adapter_box, archive
from tests.doors import furnish

from .conftest import Visit

pytestmark = pytest.mark.browser
Open = Callable[..., Visit]
PANEL = "#panel-adapters"


@pytest.fixture
def box(tmp_path: Path) -> Iterator[Box]:
    made, _ = adapter_box(tmp_path / "box")
    made.open()
    made.load()
    furnish(made)
    assert made.llm.wait(30).state == "ready"
    yield made
    made.close()


def enter(box: Box, url: str, visit: Open, language: str = "en", **options: object) -> Visit:
    made = visit(f"{url}/login?token={box.auth.new_login('admin')}", **options)
    made.page.goto(f"{url}/{language}/admin#adapters")
    expect(made.page.locator(f"{PANEL} .store h2")).to_be_visible()
    return made


def press(page: Page, name: str, within: str = PANEL) -> None:
    page.locator(within).get_by_role("button", name=name).click()


def upload(page: Page, file: Path) -> None:
    press(page, "Add an adapter")
    page.locator("dialog input[type=file]").set_input_files(file)
    press(page, "Add", "dialog")


def save_questions(page: Page) -> None:
    press(page, "Questions for the gate")
    lines = {"name": "questions.jsonl", "mimeType": "text/plain", "buffer": LINES.encode()}
    page.locator("dialog input[type=file]").set_input_files([lines])  # type: ignore[list-item]
    press(page, "Save", "dialog")
    expect(page.locator(f"{PANEL} .store")).to_contain_text("2 questions are saved for the gate.")


def answer(person: Visit, url: str) -> str:
    person.page.goto(f"{url}/en/")
    return person.ask(QUESTION)


def test_from_the_upload_to_the_answer_and_back(box: Box, url: str, visit: Open, tmp_path: Path) -> None:
    admin = enter(box, url, visit)
    page = admin.page
    summary = page.locator(f"{PANEL} .use .summary")
    expect(summary).to_have_text("The model answers as it is, without an adapter.")
    upload(page, archive(tmp_path, "rich"))
    row = page.get_by_role("table", name="Versions").get_by_role("row", name="rich")
    expect(row).to_contain_text("rank 4, 448 parameters")
    expect(page.locator(f"{PANEL} .store > [role=status]")).to_contain_text("is in the store. Activate it")
    save_questions(page)

    page.get_by_label("Question", exact=True).fill(QUESTION)
    page.get_by_label("Collection", exact=True).select_option("hr")
    press(page, "Ask both")
    left, right = (page.locator(f"{PANEL} .comparison article").nth(n) for n in range(2))
    expect(right.locator(".said")).to_contain_text(TRAINS)
    expect(left.locator(".said")).to_contain_text(LEAVE)
    expect(left.locator(".said")).not_to_contain_text(TRAINS)
    expect(right).to_contain_text("2 quotes · ")

    press(page, "Activate: rich")
    expect(page.locator(f"{PANEL} .work .summary")).to_contain_text("rich answers since")
    expect(page.locator(f"{PANEL} .ladder .done")).to_have_count(5)
    page.locator(f"{PANEL} .report > summary").click()
    expect(page.locator(f"{PANEL} .report")).to_contain_text("Better: 1")
    expect(summary).to_have_text("“rich” shapes the answers.")
    expect(row).to_contain_text("100%")
    expect(page.get_by_role("button", name="Remove: rich")).to_be_disabled()

    person = visit(f"{url}/login?token={box.auth.new_login('rita')}")
    assert TRAINS in answer(person, url)
    expect(person.page.locator(".took")).to_contain_text("Answered by fake-model · adapter rich")
    press(page, "Roll back to the bare model")
    expect(summary).to_have_text("The model answers as it is, without an adapter.")
    assert TRAINS not in answer(person, url)
    expect(person.page.locator(".took")).not_to_contain_text("adapter")
    expect(page.get_by_role("table", name="Records").get_by_role("row", name="roll back")).to_contain_text("admin")
    admin.settle()
    assert (admin.complaints, person.complaints) == ([], [])


def test_the_gate_refuses_a_worse_one_and_lets_it_through_for_a_reason(
    box: Box, url: str, visit: Open, tmp_path: Path
) -> None:
    poor = box.adapters.add(box.auth.local(), archive(tmp_path, "poor"))
    page = enter(box, url, visit).page
    save_questions(page)
    press(page, "Activate: poor")
    expect(page.locator(f"{PANEL} .work .summary")).to_have_text("The gate refuses “poor”, and nothing has changed.")
    expect(page.locator(f"{PANEL} .ladder .bad")).to_have_text("Gate")
    worse = page.locator(f"{PANEL} .changes li").first
    expect(worse).to_contain_text(LEAVE)
    expect(worse).to_contain_text("The documents do not answer this question.")
    press(page, "Activate all the same")
    page.get_by_role("dialog").get_by_label("Reason").fill("to see it fail")
    page.keyboard.press("Enter")
    expect(page.locator(f"{PANEL} .use .summary")).to_have_text("“poor” shapes the answers.")
    expect(page.get_by_role("table", name="Records")).to_contain_text("to see it fail")
    box.adapters.withdraw(poor.key, "41% of its sentences are not supported.")
    expect(page.locator(f"{PANEL} .alarm")).to_contain_text("the box went back to the bare model by itself. 41%")
    press(page, "Understood")
    expect(page.locator(f"{PANEL} .alarm")).to_have_count(0)


def test_what_is_wrong_with_a_file_stands_at_the_step_that_found_it(
    box: Box, url: str, visit: Open, tmp_path: Path
) -> None:
    page = enter(box, url, visit).page
    (tmp_path / "bad.zip").write_bytes(b"nothing")
    upload(page, tmp_path / "bad.zip")
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("alert")).to_contain_text("bad.zip is no .zip")
    expect(dialog.locator(".ladder .bad")).to_have_text("Check config, shapes, values, base model")
    expect(dialog.locator(".ladder .done")).to_have_text("Send")
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Add an adapter")).to_be_focused()
    expect(page.locator(f"{PANEL} .store")).to_contain_text("No adapters yet.")


def test_a_collection_gets_its_own_adapter(box: Box, url: str, visit: Open, tmp_path: Path) -> None:
    rich = box.adapters.add(box.auth.local(), archive(tmp_path, "rich"))
    page = enter(box, url, visit).page
    page.get_by_label("hr", exact=True).select_option("rich")
    expect(page.locator(f"{PANEL} .own [role=status]")).to_have_text("hr: rich")
    assert box.adapter_store.assigned() == {box.library.collection("hr").id: rich.key}
    expect(page.get_by_role("row", name="rich").first).to_contain_text("hr")
    expect(page.get_by_role("button", name="Remove: rich")).to_be_disabled()
    box.adapters.assign(box.auth.local(), "hr", "")  # taken back elsewhere, as the box does by itself
    expect(page.locator(f"{PANEL} .own [role=status]")).to_be_empty()


@pytest.mark.parametrize(("language", "scheme"), [("en", "light"), ("zh", "dark")])
def test_no_barrier_and_nothing_sideways_on_a_phone(
    box: Box, url: str, visit: Open, tmp_path: Path, language: str, scheme: str
) -> None:
    me = box.auth.local()
    rich, poor = (box.adapters.add(me, archive(tmp_path, name)) for name in ("rich", "poor"))
    box.adapters.keep_questions(me, LINES)
    box.adapters.assign(me, "legal", rich.key)
    box.adapters.activate(me, poor.name)
    admin = enter(box, url, visit, language, color_scheme=scheme, viewport={"width": 390, "height": 844})
    page = admin.page
    expect(page.locator(f"{PANEL} .changes")).to_be_visible()
    admin.settle()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert [v["id"] for v in Axe().run(page, PANEL).response["violations"]] == []
    assert admin.complaints == []
