"""The Admin page's tab Quality: runs begun and kept, what fails in them, two compared, questions of real use."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from ragbox.box import Box
from ragbox.evaluation.asking import Asking
from ragbox.evaluation.runs import shape
from ragbox.settings import Settings
from tests.doors import furnish, program
from tests.fakes import FakeEncoder, FakeSandbox
from tests.mirrors import until
from tests.test_evaluation_runs import outcome
from web.app import create_app

from .conftest import Visit

pytestmark = pytest.mark.browser
Open = Callable[..., Visit]
PANEL = "#panel-quality"
LEAVE = "How many days of annual leave do staff get?"


@pytest.fixture
def box(tmp_path: Path) -> Iterator[Box]:
    made = Box(Settings(data=tmp_path / "box"), encoder=FakeEncoder(), sandbox=FakeSandbox())
    made.open()
    made.load()
    furnish(made)
    for name, ranks in (("before", (9, 1)), ("after", (1, 1))):
        run = shape([outcome(str(n), rank=rank) for n, rank in enumerate(ranks)])
        made.quality.save(made.auth.local(), name, json.loads(json.dumps(run)))
    yield made
    made.close()


@pytest.mark.parametrize("language", ["en", "zh"])
def test_runs_are_shown_and_compared_and_a_judged_answer_joins_the_gate(
    box: Box, url: str, visit: Open, language: str
) -> None:
    rita = program(create_app(box, pages=False), box, "rita")
    turn = rita.post("/api/ask", json={"question": LEAVE, "conversation": "new"}).json()["turn"]
    rita.post(f"/api/turns/{turn}/feedback", json={"thumb": "down", "file": "handbook.txt", "page": 1})
    page = visit(f"{url}/login?token={box.auth.new_login('admin')}").page
    page.goto(f"{url}/{language}/admin#quality")
    panel = page.locator(PANEL)
    expect(panel.locator(".runs table").first.locator("tbody tr")).to_have_count(2)
    panel.locator("[data-key=show-before]").click()
    expect(panel.locator(".runs .failed h4")).to_have_text("Who <b>?")
    panel.locator(".versus select[name=left]").select_option("before")
    panel.locator(".versus select[name=right]").select_option("after")
    panel.locator(".versus button[type=submit]").click()
    expect(panel.locator(".versus .failed .pair article")).to_have_count(2)
    panel.locator(f".judged input[value='{turn}']").check()
    panel.locator(".judged button[type=submit]").click()
    expect(panel.locator(".judged > [role=status]")).to_contain_text("1")
    expect(panel.locator(".judged form")).to_be_hidden()
    assert [q.id for q in box.gate_questions.load()] == [turn]
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0


def begin(page: Page, name: str) -> None:
    page.locator(PANEL).locator("[data-key=run]").click()
    page.locator("dialog input[name=name]").fill(name)
    page.locator("dialog button[type=submit]").click()


def test_a_run_that_ends_while_the_page_fetches_the_runs_can_be_compared(
    box: Box, url: str, visit: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    go, ask = threading.Event(), Asking.ask
    monkeypatch.setattr(Asking, "ask", lambda *given: go.wait(60) and ask(*given))
    go.set()
    box.gate_questions.keep(json.dumps({"id": "1", "question": "Who <b>?"}))
    page = visit(f"{url}/login?token={box.auth.new_login('admin')}").page
    page.goto(f"{url}/en/admin#quality")
    begin(page, "own")
    expect(page.locator("[data-key=show-own]")).to_be_visible()

    def slow(route: Route) -> None:
        answer = route.fetch()
        go.set()
        until(lambda: not box.quality.work(box.auth.local()).running)
        route.fulfill(response=answer)

    go.clear()
    page.route("**/api/admin/quality", slow)
    begin(page, "again")
    expect(page.locator("[data-key=show-again]")).to_be_visible()
    expect(page.locator("[data-key=run-compare]")).to_be_visible()


def test_a_run_is_begun_followed_over_a_reload_and_compared(
    box: Box, url: str, visit: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    go, ask = threading.Event(), Asking.ask
    monkeypatch.setattr(Asking, "ask", lambda *given: go.wait(60) and ask(*given))
    box.gate_questions.keep("\n".join(json.dumps({"id": str(n), "question": "Who <b>?"}) for n in range(2)))
    seen = visit(f"{url}/login?token={box.auth.new_login('admin')}")
    page, panel = seen.page, seen.page.locator(PANEL)
    page.goto(f"{url}/zh/admin#quality")
    begin(page, "own")
    expect(panel.locator(".work [role=status]")).to_contain_text("own")
    begin(page, "other")
    expect(page.locator("dialog .problem")).to_contain_text("评测 own 正在进行")  # why, in Chinese too
    page.keyboard.press("Escape")
    page.reload()
    expect(panel.locator(".work progress")).to_be_visible()
    go.set()
    expect(panel.locator("[data-key=show-own]")).to_be_visible()
    expect(panel.locator(".work progress")).to_be_hidden()  # a run is kept a moment before the next may begin
    begin(page, "again")
    panel.locator("[data-key=run-compare]").click()
    expect(panel.locator(".versus tbody tr").first).to_be_visible()
    expect(panel.locator(".versus select[name=left]")).to_have_value("own")
    expect(panel.locator(".versus select[name=right]")).to_have_value("again")
    expect(panel.locator(".work progress")).to_be_hidden()
    go.clear()
    begin(page, "third")
    panel.locator("[data-key=run-cancel]").click()
    go.set()
    expect(panel.locator(".work [role=status]")).to_contain_text("third")
    expect(panel.locator(".work progress")).to_be_hidden()
    expect(panel.locator("[data-key=show-third]")).to_have_count(0)
    refused = [line for line in seen.complaints if "409" not in line]
    assert refused == []
    seen.settle()
