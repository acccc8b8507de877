"""The Admin page's tab Groups, what an auditor is shown of the page, and the dialog that hides a document."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from ragbox.box import Box

from .conftest import Visit

pytestmark = pytest.mark.browser
Open = Callable[..., Visit]


@pytest.mark.parametrize(("language", "manage"), [("en", "office: manage"), ("zh", "office: 管理")])
def test_a_group_is_made_granted_a_collection_and_a_document_hidden_from_it(
    box: Box, url: str, visit: Open, tmp_path: Path, language: str, manage: str
) -> None:
    if "office" not in [c.name for c in box.library.collections()]:
        box.library.create_collection("office")
        box.auth.create_user("rita", "reader", [])
    path = tmp_path / f"parking-{language}.md"
    path.write_text(f"# Parking\n\nVisitors park on level 3 ({language}).\n", "utf-8")
    document = box.pipeline.ingest(box.auth.local(), path, file=path.name, collection="office").document
    group = f"staff-{language}"
    page = visit(f"{url}/login?token={box.auth.new_login('admin')}", viewport={"width": 390, "height": 844}).page
    page.goto(f"{url}/{language}/admin#groups")
    panel = page.locator("#panel-groups")
    panel.locator("[data-key=add-group]").click()
    form = page.locator("dialog form")
    form.locator("[name=name]").fill(group)
    form.locator("[name=member][value=rita]").check()
    form.locator("[name='level office']").select_option("manage")
    form.locator("[type=submit]").click()
    expect(panel.locator("tbody tr", has_text=group).first).to_contain_text(manage)
    assert box.auth.user("rita").managed == ("office",)
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0
    page.goto(f"{url}/{language}/documents")
    page.locator(f"summary[data-key=menu-{document}]").click()
    page.locator("[role=menuitem]").nth(-2).click()  # before "Delete"
    page.locator("dialog [name=groups]").fill(f"{group},")
    with page.expect_response("**/hidden"):
        page.locator("dialog [type=submit]").click()
    expect(page.locator("dialog")).to_have_count(0)
    expect(page.locator(f"summary[data-key=menu-{document}]")).to_be_visible()
    assert box.access.hidden_from(box.auth.local(), document).groups == (group,)


def test_an_auditor_has_four_tabs(box: Box, url: str, visit: Open) -> None:
    box.auth.create_user("ada", "auditor", [])
    page = visit(f"{url}/login?token={box.auth.new_login('ada')}").page
    page.goto(f"{url}/en/admin")
    expect(page.locator("[role=tab]")).to_have_text(["Health", "Activity", "Audit", "Settings"])
    for name in ("health", "activity", "audit", "settings"):
        page.click(f"#tab-{name}")
        expect(page.locator(f"#panel-{name}")).to_be_visible()
        expect(page.locator(f"#panel-{name} > .problem")).to_have_count(0)
