"""The whole trip in a browser: sign in by link, drop files, ask in two languages, see the quoted page."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from .conftest import Visit
from .serving import Server, serving

pytestmark = pytest.mark.browser
Open = Callable[..., Visit]

ENGLISH = """# Parking at the Bergen office

Visitors park on level 3 of the Lagune garage. The office pays for the first four hours.
"""
CHINESE = """# 会议室管理规定

预订会议室须提前两个工作日提交申请。超过二十人的会议使用三楼报告厅。
"""
EVIL = """The lighthouse keeper <img src=x onerror="window.hacked=1"> writes ${window.hacked=1} {{window.hacked}}
and ![x](https://evil.example/x.png) in the lighthouse log every evening.
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(tmp_path_factory.mktemp("box")) as running:
        running.client.create_collection("office")
        running.client.create_collection("secret")
        running.client.add_user("rita", "reader", ["office"])
        running.client.add_user("leo", "reader", ["secret"])
        yield running


def put(server: Server, folder: Path, collection: str, name: str, text: str) -> None:
    path = folder / name
    path.write_text(text, "utf-8")
    (result,) = server.client.ingest([(path, name)], collection=collection)
    assert result["status"] in ("indexed", "unchanged"), result


def quiet(server: Server, *visits: Visit) -> None:
    for visit in visits:
        assert visit.complaints == []
        assert visit.hosts() == {urlsplit(server.url).netloc}


def test_files_are_dropped_and_questions_answered_in_both_languages(
    server: Server, visit: Open, tmp_path: Path
) -> None:
    files = {"parking.md": ENGLISH.encode(), "会议室.md": CHINESE.encode(), "noise.bin": bytes(range(256)) * 9}
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    admin = visit(server.link("admin"))
    page = admin.page
    assert urlsplit(page.url)[2:] == ("/en/", "", "")
    page.click("text=Documents")
    page.wait_for_selector(".drop", state="visible")
    page.set_input_files(".drop input", [tmp_path / name for name in files])
    expect(page.locator("#documents .queue .good")).to_have_count(2)
    expect(page.locator("#documents .queue .bad")).to_contain_text("noise.bin")
    expect(page.locator("#documents tbody")).to_contain_text("parking.md")
    expect(page.locator("#documents tbody")).to_contain_text("会议室.md")

    admin.settle()
    page.click("text=Ask")
    answer = admin.ask("Where do visitors park?")
    assert "level 3 of the Lagune garage" in answer
    expect(page.locator(".sources li").first).to_contain_text("parking.md")
    expect(page.locator(".source").first).to_contain_text("Visitors park on level 3")
    expect(page.locator(".source").first).to_contain_text("page 1")

    page.click("text=中文")
    page.wait_for_url("**/zh/?c=*")
    expect(page.locator(".turn .text")).to_contain_text("Lagune garage")
    page.click("text=新对话")
    assert "两个工作日" in admin.ask("会议室要提前多久预订？")
    expect(page.locator(".sources li").first).to_contain_text("会议室.md")
    expect(page.locator(".source").first).to_contain_text("第 1 页")
    page.goto(server.url)
    assert page.url.endswith("/zh/")  # what was chosen is remembered, whatever the browser asks for
    quiet(server, admin)


def test_two_people_see_each_their_own(server: Server, visit: Open, tmp_path: Path) -> None:
    put(server, tmp_path, "office", "parking.md", ENGLISH)
    put(server, tmp_path, "secret", "merger.md", "# Merger\n\nThe merger with Nordlys Shipping closes on 4 March.")
    rita, leo = visit(server.link("rita")), visit(server.link("leo"))
    question = "When does the merger with Nordlys close?"
    for person in (rita, leo):
        person.page.fill("#question", question)
    for person in (rita, leo):
        person.page.keyboard.press("Enter")
    expect(leo.page.locator(".turn .text")).to_contain_text("4 March")
    expect(rita.page.locator(".turn .refused")).to_be_visible()
    rita.settle()
    assert "Nordlys Shipping" not in rita.page.content()
    expect(rita.page.locator("#top .person")).to_have_text("rita")
    rita.page.click(".scope")
    expect(rita.page.locator(".choices")).to_contain_text("parking.md")
    for hidden in ("secret", "merger.md"):
        expect(rita.page.locator(".choices")).not_to_contain_text(hidden)
    conversation = urlsplit(leo.page.url).query
    rita.page.goto(f"{server.url}/en/?{conversation}")
    expect(rita.page.locator(".problem")).to_be_visible()
    assert "4 March" not in rita.page.content()
    for person in (rita, leo):
        person.settle()
    rita.complaints.clear()  # the browser's own line about the 404
    for person, own, others in ((rita, "parking.md", "merger.md"), (leo, "merger.md", "parking.md")):
        person.page.goto(f"{server.url}/en/documents")
        expect(person.page.locator("#documents tbody")).to_contain_text(own)
        assert others not in person.page.content()
        expect(person.page.locator(".drop")).to_have_count(0)
        expect(person.page.locator("#documents [type=checkbox]")).to_have_count(0)
    quiet(server, rita, leo)


def test_a_document_cannot_put_anything_into_the_page(server: Server, visit: Open, tmp_path: Path) -> None:
    put(server, tmp_path, "office", "log <b>x<b> ${1}.txt", EVIL)
    rita = visit(server.link("rita"))
    answer = rita.ask("What does the lighthouse keeper write?")
    assert "${window.hacked=1} {{window.hacked}}" in answer
    expect(rita.page.locator(".turn img")).to_have_count(0)
    assert rita.page.evaluate("window.hacked") is None
    rita.page.goto(f"{server.url}/en/documents")
    expect(rita.page.locator("#documents tbody")).to_contain_text("log <b>x<b> ${1}.txt")
    assert rita.page.evaluate("window.hacked") is None
    quiet(server, rita)


def test_nothing_scrolls_sideways_on_a_phone(server: Server, visit: Open, tmp_path: Path) -> None:
    put(server, tmp_path, "office", "a-very-long-name-without-any-space-in-it-at-all-as-scanners-give-them.md", ENGLISH)
    admin = visit(server.link("admin"), viewport={"width": 390, "height": 844})

    def overhang() -> int:
        return int(admin.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))

    assert overhang() == 0
    admin.ask("Where do visitors park?")
    expect(admin.page.locator(".source").first).to_be_visible()
    assert overhang() == 0
    admin.page.click("text=Documents")
    expect(admin.page.locator("#documents tbody")).to_contain_text("office")
    admin.settle()
    assert overhang() == 0


def test_a_link_from_another_site_opens_the_page_signed_in(server: Server, visit: Open) -> None:
    rita = visit(server.link("rita"))
    rita.page.route(
        "http://wiki.example/",
        lambda route: route.fulfill(body=f'<a href="{server.url}/en/documents">box</a>', content_type="text/html"),
    )
    rita.page.goto("http://wiki.example/")
    rita.page.click("a")
    expect(rita.page.locator("#top .person")).to_have_text("rita")
    assert rita.page.url == f"{server.url}/en/documents"


def test_a_used_link_and_a_signed_out_browser_get_the_login_page(server: Server, visit: Open) -> None:
    link = server.link("rita")
    rita = visit(link, locale="zh-CN")
    assert rita.page.url == f"{server.url}/zh/"
    rita.page.click("#top summary")
    rita.page.click("text=退出")
    rita.page.wait_for_url("**/login")
    rita.page.goto(f"{server.url}/zh/")
    assert rita.page.url == f"{server.url}/login"
    stranger = visit(link)
    expect(stranger.page.locator("body")).to_contain_text("This link has been used")
