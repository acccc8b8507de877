"""The Admin page's tab People: where somebody comes from, and how an admin binds and unbinds."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from ragbox.box import Box
from ragbox.directory.external import External
from ragbox.settings import Settings
from tests.fakes import FakeEncoder, FakeSandbox
from web.strings import say

from .conftest import Visit
from .test_every_page import barriers

pytestmark = pytest.mark.browser
Open = Callable[..., Visit]
ISSUER = "ldap:dc=corp"


@pytest.fixture
def box(tmp_path: Path) -> Iterator[Box]:
    """A box with a directory, which nobody asks here, and users who come from everywhere."""
    settings = Settings(data=tmp_path / "box", ldap_url="ldaps://127.0.0.1:1", oidc_issuer="https://127.0.0.1:1")
    made = Box(settings, encoder=FakeEncoder(), sandbox=FakeSandbox())
    made.open()
    made.load()
    for name in ("rita", "edda", "kim", "lin"):
        made.auth.create_user(name, "reader")
    made.signin.set("rita", "four lamps beside windows")
    made.directory.expect("edda", "oidc")
    for name in ("kim", "lin"):
        made.directory.expect(name, "ldap")
        made.directory.admit(External(source="ldap", issuer=ISSUER, subject=name, name=name, groups=frozenset()))
    made.directory._identities.settle("ldap", ISSUER, {"lin": None})
    yield made
    made.close()


@pytest.mark.parametrize(("language", "width"), [("en", 1360), ("zh", 390)])
def test_an_admin_sees_where_people_come_from_and_binds_and_unbinds(
    box: Box, url: str, visit: Open, language: str, width: int
) -> None:
    def word(key: str, **values: str) -> str:
        return say(language, f"people.{key}", **values)

    person = visit(f"{url}/login?token={box.auth.new_login('admin')}", viewport={"width": width, "height": 850})
    page = person.page
    page.goto(f"{url}/{language}/admin#people")
    panel = page.locator("#panel-people")

    def row(name: str) -> str:
        return panel.locator("tbody tr", has=page.locator(f"[data-key$=' {name}']")).inner_text()

    expect(panel.locator("tbody tr")).to_have_count(5)
    directory, provider = word("from.ldap"), word("from.oidc")
    for name, words in (
        ("admin", word("from.link")), ("rita", word("from.password")), ("kim", directory),
        ("edda", word("from.awaited", place=provider)), ("lin", word("from.gone", place=directory)),
    ):  # fmt: skip
        assert words in row(name), name
    assert panel.locator("[data-key='bind admin'], [data-key='unbind admin']").count() == 0
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert barriers(person) == []
    panel.locator("[data-key='bind rita']").click()
    dialog = page.locator("dialog")
    expect(dialog).to_contain_text(word("bind.title", name="rita"))
    dialog.locator("select").select_option("oidc")
    assert barriers(person) == []
    dialog.locator("[type=submit]").click()
    expect(panel.locator("[data-key='unbind rita']")).to_be_visible()
    assert word("from.awaited", place=provider) in row("rita")
    assert (box.accounts.get("rita").source, box.accounts.get("rita").password) == ("oidc", False)
    panel.locator("[data-key='unbind kim']").click()
    dialog.locator("[type=submit]").click()
    expect(panel.locator("[data-key='bind kim']")).to_be_visible()
    assert box.accounts.get("kim").source == ""
    assert [c for c in person.complaints if "401" not in c] == []
