"""Signing in by a password and changing it, as a person does: on a phone, in both languages, and without a script."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import expect

from ragbox.box import Box
from ragbox.settings import Settings
from tests.fakes import FakeEncoder, FakeSandbox
from web.strings import say

from .conftest import Visit
from .serving import inside
from .test_every_page import barriers

pytestmark = [pytest.mark.browser, pytest.mark.slow]
Open = Callable[..., Visit]
GOOD, BETTER = "four lamps beside windows", "five chairs under clouds"
PHONE = {"width": 390, "height": 844}


@pytest.fixture(scope="module")
def box(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Box]:
    made = Box(Settings(data=tmp_path_factory.mktemp("box")), encoder=FakeEncoder(), sandbox=FakeSandbox())
    made.open()
    made.load()
    yield made
    made.close()


@pytest.fixture(scope="module")
def url(box: Box) -> Iterator[str]:
    with inside(box) as found:
        yield found


@pytest.mark.parametrize(("language", "locale"), [("en", "en-GB"), ("zh", "zh-CN")])
def test_one_signs_in_and_changes_the_password_on_a_phone(
    url: str, box: Box, visit: Open, language: str, locale: str
) -> None:
    name = f"lin-{language}"
    box.auth.create_user(name, "reader")
    box.signin.set(name, GOOD)
    person = visit(f"{url}/login", locale=locale, viewport=PHONE)
    page = person.page

    def fits() -> None:
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
        assert barriers(person) == []

    expect(page.get_by_label(say(language, "login.name"))).to_be_focused()
    fits()
    page.keyboard.type(name)
    page.keyboard.press("Tab")
    page.keyboard.type("wrong")
    page.keyboard.press("Enter")
    expect(page.get_by_text(say(language, "login.wrong"))).to_be_visible()
    expect(page.get_by_label(say(language, "login.name"))).to_have_value(name)
    fits()
    page.keyboard.type(GOOD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{url}/{language}/")
    person.settle()
    page.locator("#top details summary").click()
    page.get_by_role("link", name=say(language, "nav.password")).click()
    fits()
    for label, text in (("old", GOOD), ("new", "passwordpassword"), ("again", "passwordpassword")):
        page.get_by_label(say(language, f"password.{label}"), exact=True).fill(text)
    page.keyboard.press("Enter")
    expect(page.get_by_text(say(language, "password.easy"))).to_be_visible()
    fits()
    for label, text in (("old", GOOD), ("new", BETTER), ("again", BETTER)):
        page.get_by_label(say(language, f"password.{label}"), exact=True).fill(text)
    page.keyboard.press("Enter")
    expect(page.get_by_text(say(language, "password.done"))).to_be_visible()
    assert box.signin.by_password(name, BETTER, address="").name == name
    assert [c for c in person.complaints if "401" not in c and "400" not in c] == []


def test_one_signs_in_without_a_script_and_reads_the_page_in_the_other_language(
    url: str, box: Box, visit: Open
) -> None:
    box.signin.set("admin", GOOD)
    page = visit(f"{url}/login", java_script_enabled=False).page
    page.get_by_role("link", name="中文").click()
    expect(page.get_by_role("heading", name="登录")).to_be_visible()
    page.get_by_label("用户名").fill("admin")
    page.get_by_label("密码").fill(GOOD)
    page.get_by_role("button", name="登录").click()
    page.wait_for_url(f"{url}/zh/")
