"""The Admin page's tab Quality: kept runs, what fails in them, two compared, questions of real use for the gate."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from ragbox.box import Box
from ragbox.evaluation.runs import shape
from ragbox.settings import Settings
from tests.doors import furnish, program
from tests.fakes import FakeEncoder, FakeSandbox
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
