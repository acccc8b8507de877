"""The Admin page's tab Collections: where a collection refuses is shown, and taken back."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from ragbox.box import Box

from .conftest import Visit

pytestmark = pytest.mark.browser
Open = Callable[..., Visit]


def test_a_calibrated_border_is_shown_and_taken_back(box: Box, url: str, visit: Open) -> None:
    me = box.auth.local()
    box.library.create_collection("hr")
    bases = [box.calibrations._basis(box.library.collection("hr").encoder)]
    box.calibrations.fit(me, "hr", 0.05, [(0.1, False)] * 100, bases=bases, file="questions.jsonl")
    page = visit(f"{url}/login?token={box.auth.new_login('admin')}", viewport={"width": 390, "height": 844}).page
    page.goto(f"{url}/en/admin#collections")
    row = page.locator("#panel-collections tbody tr")
    expect(row).to_contain_text("at most 5% of wrong answers")
    expect(row).to_contain_text("100 questions of questions.jsonl")
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0
    row.locator("[data-key='border hr']").click()
    page.locator("dialog [type=submit]").click()
    expect(row).to_contain_text("as built in")
    assert box.calibrations.all(me) == []
    page.goto(f"{url}/en/admin#settings")  # the same page, another address: as by a link or the history
    expect(page.locator("#panel-settings")).to_be_visible()
