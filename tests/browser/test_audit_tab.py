"""The Admin page's tab Audit: whether the chain holds, entries by filter, export; on a narrow page too."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from ragbox.box import Box

from .conftest import Visit

pytestmark = pytest.mark.browser
Open = Callable[..., Visit]
DOCUMENT = "0123456789abcdef01234567"


@pytest.mark.parametrize(
    ("language", "whole", "amiss", "told", "act"),
    [
        ("en", "Whole: ", "Entry 2 does", "role: reader", "saw a page"),
        ("zh", "完整：", "第 2 条", "角色: 读者", "查看页面"),
    ],
)
def test_an_auditor_checks_filters_and_takes_the_trail_along(
    box: Box, url: str, visit: Open, language: str, whole: str, amiss: str, told: str, act: str
) -> None:
    box.audit.note("kim", "document.indexed", DOCUMENT, file="Rules of the house.pdf")
    box.audit.note("kim", "page.show", DOCUMENT, page=2)
    for n in range(120):
        box.audit.note("kim", "user.make", f"u{n}", role="reader")
    name = f"auditor-{language}"
    box.auth.create_user(name, "auditor", [])
    page = visit(f"{url}/login?token={box.auth.new_login(name)}", viewport={"width": 390, "height": 844}).page
    page.goto(f"{url}/{language}/admin#audit")
    panel = page.locator("#panel-audit")
    expect(panel.locator("[role=status]")).to_contain_text(whole)
    panel.locator("[name=actor]").fill("kim")
    panel.locator("[name=act]").select_option("user.")
    panel.locator("[type=submit]").click()
    expect(panel.locator("tbody tr")).to_have_count(100)
    panel.locator("[data-key=older]").click()
    panel.locator("[name=object]").fill("u7")
    panel.locator("[type=submit]").click()
    expect(panel.locator("tbody tr").first).to_contain_text(told)
    with page.expect_download() as got:
        panel.locator("a[download$=jsonl]").click()
    assert '"object": "u7"' in got.value.path().read_text("utf-8")
    panel.locator("[name=act]").select_option("page.show")
    panel.locator("[name=object]").fill(DOCUMENT)
    panel.locator("[type=submit]").click()
    for words in (act, "Rules of the house.pdf", DOCUMENT):
        expect(panel.locator("tbody tr").first).to_contain_text(words)
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0
    with box.db.write() as raw:
        raw.execute("DROP TRIGGER audit_unchanged")
        raw.execute("UPDATE audit SET actor = actor || 'x' WHERE seq = 2")
    panel.locator("[data-key=check]").click()
    expect(panel.locator("[role=status]")).to_contain_text(amiss)
    with box.db.write() as raw:
        raw.execute("UPDATE audit SET actor = substr(actor, 1, length(actor) - 1) WHERE seq = 2")
        raw.execute(
            "CREATE TRIGGER audit_unchanged BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'never changed'); END"
        )
