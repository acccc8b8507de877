"""The Admin page in a browser: health, plots, people, tokens, rebuild; by keyboard, on a phone, in both languages."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Locator, Page, expect

from .conftest import Visit
from .serving import Server, hosting

pytestmark = pytest.mark.browser
Open = Callable[..., Visit]
TABS = [
    "health", "activity", "models", "adapters", "privacy", "quality", "glossary", "people", "groups", "tokens",
    "collections", "audit", "settings",
]  # fmt: skip


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    data = tmp_path_factory.mktemp("box")
    with hosting(data) as running:
        running.client.create_collection("office")
        running.client.add_user("rita", "reader", ["office"])
        running.client.add_user("edda", "editor", ["office"])
        path = data / "parking.md"
        path.write_text("# Parking\n\nVisitors park on level 3 of the Lagune garage.\n", "utf-8")
        (result,) = running.client.ingest([(path, "parking.md")], collection="office")
        assert result["status"] == "indexed", result
        yield running


def enter(server: Server, visit: Open, name: str = "admin", language: str = "en", **options: object) -> Visit:
    """Sign someone in and go to the Admin page."""
    made = visit(server.link(name), **options)
    made.page.goto(f"{server.url}/{language}/admin")
    return made


def tab(page: Page, name: str) -> None:
    page.click(f"#tab-{name}")
    expect(page.locator(f"#panel-{name}")).to_be_visible()


def quiet(server: Server, visit: Visit, *, but: str = "") -> None:
    assert [text for text in visit.complaints if not but or but not in text] == []
    assert visit.hosts() == {urlsplit(server.url).netloc}


def row(page: Page, name: str) -> Locator:
    return page.locator("tbody tr", has=page.get_by_role("rowheader", name=name, exact=True))


def test_health_shows_lights_and_a_rebuild_runs_to_its_end(server: Server, visit: Open) -> None:
    admin = enter(server, visit)
    page = admin.page
    expect(page.locator("#admin .parts li")).to_have_count(11)
    expect(page.locator("#admin .parts li").first).to_contain_text("Documents: 1. Passages: 1.")
    page.check("#rebuild-encode")
    page.click("#panel-health .rebuild button")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("answers may miss documents")
    dialog.get_by_role("button", name="Rebuild").click()
    expect(page.locator("#admin .rebuild [role=status]")).to_contain_text("Rebuilt: 1 documents")
    expect(dialog).to_have_count(0)
    quiet(server, admin)


def test_a_mirror_that_vanishes_raises_an_alarm_here_and_is_confirmed_here(server: Server, visit: Open) -> None:
    inbox = server.data / "inbox" / "drawings"
    inbox.mkdir(parents=True)
    (inbox / "plan.md").write_text("# Plan\n\nThe drawing shows two bays.\n", "utf-8")
    admin = enter(server, visit)
    page = admin.page
    mirrors = page.locator("#admin .parts li", has_text="Mirrored folders")
    expect(mirrors).to_contain_text("Files: 1, all taken in.")
    (inbox / "plan.md").unlink()
    inbox.rmdir()
    alarm = page.locator("#admin .alarm")
    expect(alarm).to_contain_text("inbox/drawings is gone")
    expect(page.locator("#admin .summary")).to_have_text("Something needs you.")
    alarm.get_by_role("button").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete its documents").click()
    expect(alarm).to_have_count(0)
    quiet(server, admin)


def test_activity_draws_what_was_asked_with_words_for_those_who_do_not_see(server: Server, visit: Open) -> None:
    for _ in range(3):
        server.client.ask("Where do visitors park?")
    admin = enter(server, visit)
    page = admin.page
    tab(page, "activity")
    plot = page.locator("#panel-activity svg[role=img]")
    expect(plot).to_be_visible()
    assert "in the last hour" in str(plot.get_attribute("aria-label"))
    expect(plot.locator("rect")).to_have_count(60)
    expect(page.get_by_role("row", name="Whole answer")).to_contain_text(" s")
    page.click("#panel-activity summary")
    counts = page.locator("#panel-activity details .count").all_inner_texts()
    assert sum(map(int, counts)) >= 3
    quiet(server, admin)


def test_a_person_is_added_gets_a_link_is_disabled_and_removed(server: Server, visit: Open) -> None:
    admin = enter(server, visit)
    page = admin.page
    tab(page, "people")
    page.get_by_role("button", name="Add a person").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name").fill("rita")
    dialog.get_by_role("button", name="Add a person").click()
    expect(dialog.get_by_role("alert")).to_contain_text("There is a user 'rita' already")
    dialog.get_by_label("Name").fill("kim")
    dialog.get_by_label("office").check()
    dialog.get_by_role("button", name="Add a person").click()
    link = page.get_by_label("Link", exact=True)
    expect(link).to_be_visible()
    kim = visit(link.input_value())
    assert kim.page.evaluate("fetch('/api/status').then((reply) => reply.status)") == 200
    page.keyboard.press("Escape")
    expect(row(page, "kim")).to_contain_text("office")

    page.get_by_role("button", name="Disable: kim").click()
    dialog.get_by_role("button", name="Disable").click()
    expect(row(page, "kim")).to_contain_text("disabled")
    assert kim.page.evaluate("fetch('/api/status').then((reply) => reply.status)") == 401
    page.get_by_role("button", name="Enable: kim").click()
    expect(row(page, "kim")).to_contain_text("active")
    page.get_by_role("button", name="Edit: kim").click()
    dialog.get_by_label("Role").select_option("editor")
    dialog.get_by_role("button", name="Save").click()
    expect(row(page, "kim")).to_contain_text("editor")
    page.get_by_role("button", name="Remove: kim").click()
    dialog.get_by_role("button", name="Remove").click()
    expect(row(page, "kim")).to_have_count(0)
    quiet(server, admin, but="409")


def test_a_token_is_shown_once_and_revoked(server: Server, visit: Open) -> None:
    admin = enter(server, visit)
    page = admin.page
    tab(page, "tokens")
    page.get_by_role("button", name="New token").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("User").select_option("rita")
    dialog.get_by_role("button", name="Create").click()
    secret = dialog.get_by_label("Token").input_value()
    dialog.get_by_role("button", name="Close").click()
    expect(dialog).to_have_count(0)
    assert secret not in page.content()
    listed = row(page, f"{secret[:6]}…")
    expect(listed).to_contain_text("rita")
    page.get_by_role("button", name=f"Revoke: {secret[:6]}… (rita)").click()
    dialog.get_by_role("button", name="Revoke").click()
    expect(listed).to_have_count(0)
    quiet(server, admin)


def test_the_tabs_work_by_keyboard_alone_and_are_remembered(server: Server, visit: Open) -> None:
    admin = enter(server, visit)
    page = admin.page
    page.focus("#tab-health")
    for name in TABS[1:]:
        page.keyboard.press("ArrowRight")
        expect(page.locator(f"#tab-{name}")).to_be_focused()
        expect(page.locator(f"#panel-{name}")).to_be_visible()
    page.keyboard.press("Home")
    expect(page.locator("#tab-health")).to_be_focused()
    for _ in range(TABS.index("people")):
        page.keyboard.press("ArrowRight")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog").get_by_label("Name")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Add a person")).to_be_focused()
    page.reload()
    expect(page.locator("#panel-people")).to_be_visible()
    quiet(server, admin)


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_scrolls_sideways_on_a_phone(server: Server, visit: Open, language: str, scheme: str) -> None:
    size = {"width": 390, "height": 844}
    admin = enter(server, visit, language=language, viewport=size, color_scheme=scheme)
    page = admin.page
    for name in TABS:
        tab(page, name)
        admin.settle()
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, name
    quiet(server, admin)


@pytest.mark.parametrize("name", ["rita", "edda"])
def test_others_are_led_home_and_see_no_way_in(server: Server, visit: Open, name: str) -> None:
    other = enter(server, visit, name)
    assert urlsplit(other.page.url).path == "/en/"
    other.settle()
    expect(other.page.get_by_role("link", name="Admin")).to_have_count(0)
    assert other.page.evaluate("fetch('/api/admin/users').then((reply) => reply.status)") == 403
    quiet(server, other, but="403")
