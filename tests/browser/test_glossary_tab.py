"""The Admin page's tab Glossary: terms added, refused with the reason, changed, deleted, to and from CSV."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from ragbox.box import Box

from .conftest import Visit

pytestmark = pytest.mark.browser
Open = Callable[..., Visit]


@pytest.mark.parametrize(
    ("language", "refused"), [("en", "names itself"), ("zh", "术语 'PTO' 的其他名称中含有它自己。请将其删去。")]
)
def test_terms_are_added_changed_deleted_and_taken_in_from_a_file(
    box: Box, url: str, visit: Open, tmp_path: Path, language: str, refused: str
) -> None:
    page = visit(f"{url}/login?token={box.auth.new_login('admin')}", viewport={"width": 390, "height": 844}).page
    page.goto(f"{url}/{language}/admin#glossary")
    panel, dialog = page.locator("#panel-glossary"), page.locator("dialog")
    panel.locator("[data-key=add]").click()
    dialog.locator("[name=term]").fill("PTO")
    dialog.locator("[name=names]").fill("pto\n\npaid time off")
    dialog.locator("[type=submit]").click()
    expect(dialog.locator(".problem")).to_contain_text(refused)
    dialog.locator("[name=names]").fill("paid time off\n")
    dialog.locator("[type=submit]").click()
    expect(panel.locator(".terms tbody tr")).to_have_count(1)
    panel.locator("[data-key^=edit]").click()
    dialog.locator("[name=names]").fill("paid time off\nannual leave")
    dialog.locator("[type=submit]").click()
    expect(panel.locator(".terms tbody td").first).to_contain_text("annual leave")
    file = tmp_path / "terms.csv"
    file.write_text("年假,带薪休假\n", "utf-8")
    panel.locator("[data-key=import]").click()
    dialog.locator("[type=file]").set_input_files(file)
    dialog.locator("[name=replace]").check()
    dialog.locator("[type=submit]").click()
    expect(panel.locator("[role=status]")).to_contain_text("1")
    expect(panel.locator(".terms tbody th")).to_have_text(["年假"])
    with page.expect_download() as got:
        panel.locator("a[download]").click()
    assert got.value.path().read_text("utf-8-sig") == "term,other names\n年假,带薪休假\n"
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0
    panel.locator("[data-key^=delete]").click()
    dialog.locator("[type=submit]").click()
    expect(panel.locator(".terms tbody tr")).to_have_count(0)
    done = ["删除", "保存"] if language == "zh" else ["delete glossary row", "glossary row"]
    expect(panel.locator(".records tbody tr").first).to_contain_text(done[0])
    expect(panel.locator(".records tbody tr").last).to_contain_text(done[1])
    assert box.glossary.rows(box.auth.local()) == []
