"""The Admin page's tab Models: what answers; adding, checking, activating, switching, removing; what goes wrong."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from ragbox.box import Box
from ragbox.errors import Unavailable
from ragbox.llm import Llm
from ragbox.models import Store
from ragbox.ports import LanguageModel
from ragbox.settings import Settings
from tests.fake_model import FakeModel
from tests.fakes import FakeEncoder, FakeSandbox
from tests.model_files import gguf
from tests.tiny_lm import tiny_lm

from .conftest import Visit, until
from .serving import hosting

pytestmark = pytest.mark.browser
Open = Callable[..., Visit]
ASKED = "performance.getEntriesByType('resource').filter((e) => e.name.endsWith('/api/models')).map((e) => e.startTime)"


@pytest.fixture
def box(tmp_path: Path) -> Iterator[Box]:
    """A loaded box that takes every model in its store for a fake one, but for the one called "broken"."""
    settings = Settings(data=tmp_path / "box")
    store = Store(settings.data / "models")

    def make(_: Settings, there: Store) -> LanguageModel | None:
        found = there.active()
        if found and found.name == "broken":
            raise Unavailable("Memory ran out. Choose a smaller model.")
        return FakeModel(name=f"{found.name} {found.version}") if found else None

    made = Box(settings, encoder=FakeEncoder(), sandbox=FakeSandbox(), llm=Llm(settings, store, make=make))
    made.open()
    made.load()
    yield made
    made.close()


def enter(box: Box, url: str, visit: Open, language: str = "en", **options: object) -> Visit:
    made = visit(f"{url}/login?token={box.auth.new_login('admin')}", **options)
    made.page.goto(f"{url}/{language}/admin#models")
    expect(made.page.locator("#panel-models .store h2")).to_be_visible()
    return made


def summary(page: Page, text: str) -> None:
    expect(page.locator("#panel-models .summary")).to_contain_text(text)


def press(page: Page, name: str, within: str = "#panel-models") -> None:
    page.locator(within).get_by_role("button", name=name).click()


def test_without_a_model_the_tab_says_who_answers_and_what_to_do(box: Box, url: str, visit: Open) -> None:
    admin = enter(box, url, visit)
    page = admin.page
    summary(page, "No language model is loaded.")
    expect(page.locator("#panel-models .words")).to_contain_text("quoting the documents word for word. To have answers")
    expect(page.locator("#panel-models .store")).to_contain_text("No models yet.")
    expect(page.get_by_role("button", name="Break off")).to_be_hidden()
    press(page, "Train the practice model")
    expect(page.get_by_role("dialog")).to_contain_text("For practice only.")
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Train the practice model")).to_be_focused()
    admin.settle()
    assert admin.complaints == []


def test_why_a_model_was_not_added_stands_where_it_was_added(box: Box, url: str, visit: Open, tmp_path: Path) -> None:
    (tmp_path / "model.bin").write_bytes(b"x")
    admin = enter(box, url, visit)
    page = admin.page
    press(page, "Add a model")
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Where it is").fill("tiny")
    page.keyboard.press("Enter")
    expect(dialog.get_by_role("alert")).to_contain_text("is neither an absolute path")
    dialog.get_by_label("Where it is").fill(str(tmp_path / "model.bin"))
    page.keyboard.press("Enter")
    expect(page.locator("#panel-models .work [role=alert]")).to_contain_text("model.bin was not added. ")
    expect(page.locator("#panel-models .work [role=alert]")).to_contain_text("is a pickle")


def test_a_model_that_cannot_be_loaded_says_why_and_is_rolled_back(
    box: Box, url: str, visit: Open, tmp_path: Path
) -> None:
    well = box.store.add(gguf(tmp_path / "well.gguf"))
    broken = box.store.add(gguf(tmp_path / "broken.gguf"))
    box.store.activate("well")
    admin = enter(box, url, visit)
    page = admin.page
    press(page, "Activate: broken")
    press(page, "Activate", "dialog")
    summary(page, "could not be loaded")
    expect(page.locator("#panel-models .words [role=alert]")).to_have_text("Memory ran out. Choose a smaller model.")
    press(page, "Roll back")
    expect(page.get_by_role("dialog")).to_contain_text(f"Make well {well.version} active again?")
    press(page, "Roll back", "dialog")
    summary(page, f"“well {well.version}” writes the answers.")
    expect(page.locator("#top .facts")).to_have_text(re.compile("· well$"))
    expect(page.locator("#top .facts")).to_have_attribute("title", re.compile(f"· well {well.version}$"))
    (broken.folder / "evil.py").write_text("x", encoding="utf-8")
    press(page, "Verify: broken")
    expect(page.locator("#panel-models .store [role=alert]")).to_contain_text("evil.py was put there later.")
    admin.settle()
    assert admin.complaints == []


@pytest.mark.parametrize(("language", "scheme"), [("en", "light"), ("zh", "dark")])
def test_no_barrier_and_nothing_sideways_on_a_phone(
    box: Box, url: str, visit: Open, tmp_path: Path, language: str, scheme: str
) -> None:
    box.store.activate(box.store.add(gguf(tmp_path / "well.gguf")).name)
    box.llm.load()
    assert box.llm.wait(20).state == "ready"
    admin = enter(box, url, visit, language, color_scheme=scheme, viewport={"width": 390, "height": 844})
    page = admin.page
    expect(page.locator("#panel-models .figures dd")).to_have_count(10)
    admin.settle()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert [v["id"] for v in Axe().run(page, "#panel-models").response["violations"]] == []
    assert admin.complaints == []


def test_every_two_seconds_is_asked_and_nothing_while_the_tab_is_closed(box: Box, url: str, visit: Open) -> None:
    admin = enter(box, url, visit)
    page = admin.page
    until(page, f"{ASKED}.length >= 3")
    times = page.evaluate(ASKED)  # by the page's own clock, however busy the machine is
    assert min(later - earlier for earlier, later in pairwise(times)) > 1900
    page.click("#tab-tokens")
    admin.settle()
    before = len(admin.requests)
    page.wait_for_timeout(4500)
    assert [address for address in admin.requests[before:] if address.endswith("/api/models")] == []


@pytest.mark.slow
def test_a_real_model_is_added_loaded_switched_unloaded_and_removed(visit: Open, tmp_path: Path) -> None:
    tiny = tiny_lm(tmp_path / "tiny")
    with hosting(tmp_path / "box") as server:
        admin = visit(server.link("admin"))
        page = admin.page
        page.goto(f"{server.url}/en/admin#models")
        page.set_default_timeout(90_000)
        press(page, "Add a model")
        page.get_by_label("Where it is").fill(str(tiny))
        page.keyboard.press("Enter")
        expect(page.locator("#panel-models .work")).to_contain_text("is in the store. Activate it", timeout=90_000)
        press(page, "Verify: tiny")
        expect(page.locator("#panel-models .store")).to_contain_text("every file is as it was added.")
        press(page, "Activate: tiny")
        press(page, "Activate", "dialog")
        expect(page.locator("#panel-models .summary")).to_contain_text("writes the answers.", timeout=90_000)
        expect(page.get_by_role("button", name="Remove: tiny")).to_be_disabled()
        formats = page.get_by_role("table", name="Number formats")
        expect(formats.get_by_role("row", name="int8")).to_contain_text("GB")
        press(page, "Switch to int8")
        expect(page.get_by_role("dialog")).to_contain_text("GB (computed)")
        press(page, "Switch to int8", "dialog")
        expect(formats.get_by_role("row", name="int8")).to_contain_text("in use", timeout=90_000)
        expect(page.locator("#panel-models .figures")).to_contain_text("cpu")
        press(page, "Unload")
        press(page, "Unload", "dialog")
        summary(page, "No language model is loaded.")
        expect(page.locator("#panel-models .words")).to_contain_text("is active: load it.")
        press(page, "Roll back")
        press(page, "Roll back", "dialog")
        press(page, "Remove: tiny")
        press(page, "Remove", "dialog")
        expect(page.locator("#panel-models .store")).to_contain_text("No models yet.")
        admin.settle()
        assert admin.complaints == []
