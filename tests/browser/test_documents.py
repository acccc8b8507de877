"""The Documents page: files go in and tell how far they are; what is deleted answers nothing until it is back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, Route, expect

from .conftest import Visit, calm, until
from .serving import SAMPLES, Server, hosting

pytestmark = pytest.mark.browser
Open = Callable[..., Visit]
FILES = ("Distributor Programme.pdf", "Board minutes 2025-11-20.docx", "Sales Kick-off 2026.pptx")
HARBOUR = "# Crane\n\nThe harbour crane of Bergen lifts 40 tonnes and was built in 1987."
QUESTION = "How many tonnes does the harbour crane of Bergen lift?"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with hosting(tmp_path_factory.mktemp("box")) as running:
        running.client.create_collection("samples")
        running.client.create_collection("archive")
        running.client.add_user("rita", "reader", ["samples"])
        yield running


def documents(server: Server, visit: Open, who: str = "admin", *, path: str = "", **options: object) -> Visit:
    """Sign somebody in and open the page."""
    made = visit(server.link(who), **options)
    language = "zh" if str(options.get("locale", "")).startswith("zh") else "en"
    made.page.goto(f"{server.url}/{language}/documents{path}")
    expect(made.page.locator("#documents .list :is(table, .empty)")).to_be_attached()
    return made


def put(server: Server, folder: Path, name: str, text: str, collection: str = "samples") -> str:
    path = folder / Path(name).name
    path.write_text(text, "utf-8")
    (result,) = server.client.ingest([(path, name)], collection=collection)
    assert result["status"] in ("indexed", "unchanged"), result
    return str(result["document"])


def row(page: Page, file: str) -> object:
    return page.locator("#documents tbody tr", has=page.get_by_text(file, exact=True))


def act(page: Page, file: str, word: str) -> None:
    page.get_by_label(f"Actions for {file}").click()
    page.get_by_role("menuitem", name=word).click()


def quiet(server: Server, *visits: Visit) -> None:
    for visit in visits:
        visit.settle()
        assert visit.complaints == []
        assert visit.hosts() == {urlsplit(server.url).netloc}


def test_files_tell_how_far_they_are_and_why_one_is_not_taken_in(server: Server, visit: Open, tmp_path: Path) -> None:
    admin = documents(server, visit)
    page = admin.page
    (tmp_path / "broken.pdf").write_bytes(b"%PDF-1.7\n" + bytes(range(256)) * 20)
    paths = [next(SAMPLES.rglob(name)) for name in FILES]
    page.locator("#into").select_option("samples")
    page.set_input_files("#documents input[type=file]:not([webkitdirectory])", [*paths, tmp_path / "broken.pdf"])
    expect(page.locator("#queue-heading")).to_have_text("Being added")
    expect(page.locator("#documents .queue li progress").first).to_be_attached()
    for name in FILES:
        expect(page.locator("#documents .queue li.good", has_text=name)).to_contain_text("ready")
    broken = page.locator("#documents .queue li.bad")
    expect(broken).to_contain_text("broken.pdf")
    expect(broken).to_contain_text("not taken in ·")
    expect(page.locator("#queue-heading")).to_have_text("Added")
    expect(page.locator("#documents tbody tr")).to_have_count(4)
    expect(page.locator("#documents tr.rejected")).to_contain_text("broken.pdf")
    expect(page.locator("#top .facts")).to_contain_text("3 documents")
    with page.expect_response("**/api/documents/reindex"):
        page.get_by_label("Try broken.pdf again").click()
    until(page, "fetch('/api/jobs').then((r) => r.json()).then(({ counts: c }) => c.running + c.waiting === 0)")
    expect(page.locator("#queue-heading")).to_have_text("Added")
    page.get_by_role("button", name="Clear list").click()
    expect(page.locator("#documents .queue")).to_be_hidden()
    quiet(server, admin)


def test_a_folder_that_is_dropped_keeps_its_paths_and_leaves_rubbish_out(
    server: Server, visit: Open, tmp_path: Path
) -> None:
    folder = tmp_path / "year 2026"
    (folder / "in").mkdir(parents=True)
    (folder / "in" / "plan.txt").write_text("The plan of the year is a bridge over the fjord.")
    (folder / "Thumbs.db").write_text("x")
    admin = documents(server, visit)
    admin.page.set_input_files("#documents input[webkitdirectory]", folder)
    expect(admin.page.locator("#documents .queue li.good")).to_contain_text("year 2026/in/plan.txt")
    expect(admin.page.locator("#documents [role=status]").last).to_contain_text("year 2026/in/plan.txt: ready")
    assert "Thumbs.db" not in admin.page.inner_text("#documents")
    quiet(server, admin)


def test_what_is_deleted_answers_nothing_until_it_is_called_back(server: Server, visit: Open, tmp_path: Path) -> None:
    put(server, tmp_path, "crane.md", HARBOUR)
    assert "40 tonnes" in server.client.ask(QUESTION)["answer"]
    admin = documents(server, visit)
    page = admin.page
    calm(page)
    admin.settle()
    page.reload()
    act(page, "crane.md", "Delete")
    expect(row(page, "crane.md")).to_have_count(0)
    assert "40 tonnes" not in server.client.ask(QUESTION)["answer"]
    page.get_by_role("button", name="Undo").click()
    expect(row(page, "crane.md")).to_have_count(1)
    assert "40 tonnes" in server.client.ask(QUESTION)["answer"]
    page.unroute("**/documents-list.js*")
    admin.settle()
    page.reload()
    act(page, "crane.md", "Delete")
    expect(page.locator("#toast")).to_contain_text("“crane.md” deleted")
    expect(page.locator("#toast")).to_have_count(0)  # the time is over
    assert server.client.documents(search="crane")["total"] == 0
    quiet(server, admin)


def test_the_list_is_searched_sorted_filtered_and_moved(server: Server, visit: Open, tmp_path: Path) -> None:
    put(server, tmp_path, "alpha.txt", "Alpha was first." * 40)
    put(server, tmp_path, "beta.txt", "Beta was second.")
    admin = documents(server, visit)
    page = admin.page
    names = page.locator("#documents tbody .file")
    page.get_by_label("Find by name or title").fill("ta.t")
    expect(names).to_have_text(["beta.txt"])
    page.get_by_label("Find by name or title").fill("a.txt")
    expect(names).to_have_count(2)
    page.get_by_role("button", name="Name").click()
    expect(names).to_have_text(["alpha.txt", "beta.txt"])
    expect(page.locator("th[aria-sort=ascending]")).to_contain_text("Name")
    page.get_by_role("button", name="Size").click()
    expect(names).to_have_text(["alpha.txt", "beta.txt"])
    page.get_by_label("Select all on this page").check()
    page.locator(".bulk").get_by_role("button", name="Move").click()
    page.locator("dialog select").select_option("archive")
    page.locator("dialog").get_by_role("button", name="Move").click()
    expect(page.locator("#toast")).to_contain_text("2 moved to archive")
    expect(page.locator("#documents tbody .shelf")).to_have_text(["archive", "archive"])
    page.get_by_label("Collection", exact=True).select_option("samples")
    expect(page.locator("#documents .empty")).to_contain_text("No document fits")
    assert page.url.endswith("#in=samples")
    quiet(server, admin)


def test_collections_are_made_renamed_and_deleted(server: Server, visit: Open) -> None:
    admin = documents(server, visit, path="#collections")
    page = admin.page
    page.get_by_label("New collection").fill("合同 2026")
    page.get_by_role("button", name="Create").click()
    expect(page.get_by_role("link", name="合同 2026")).to_be_visible()
    page.get_by_label("Rename: 合同 2026").click()
    page.locator("dialog input").fill("Contracts 2026")
    page.locator("dialog").get_by_role("button", name="Rename").click()
    expect(page.get_by_role("link", name="Contracts 2026")).to_be_visible()
    page.get_by_label("Delete: Contracts 2026").click()
    expect(page.locator("dialog")).to_contain_text("0 documents are deleted for good")
    page.locator("dialog").get_by_role("button", name="Delete").click()
    expect(page.get_by_role("link", name="Contracts 2026")).to_have_count(0)
    page.get_by_role("link", name="archive").click()
    expect(page.locator("#documents h1")).to_have_text("archive")
    expect(page.locator("#into")).to_have_value("archive")
    page.evaluate("location.hash = '#in=%E0%A4%A'")  # a link that was cut off
    expect(page.locator("#documents h1")).to_have_text("Documents")
    page.go_back()
    assert {c["name"] for c in server.client.collections()["collections"]} == {"samples", "archive"}
    quiet(server, admin)


def test_readers_see_and_change_nothing(server: Server, visit: Open, tmp_path: Path) -> None:
    put(server, tmp_path, "log <b>x<b> ${1}.txt", "The lighthouse log of the year.")
    put(server, tmp_path, "secret.txt", "The secret of the archive.", "archive")
    rita = documents(server, visit, "rita", locale="zh-CN")
    page = rita.page
    expect(row(page, "log <b>x<b> ${1}.txt")).to_have_count(1)
    assert "secret.txt" not in page.content()
    expect(page.locator("#documents .drop:visible, #documents [type=checkbox]")).to_have_count(0)
    page.get_by_role("button", name="log <b>x<b> ${1}.txt").click()
    expect(page.locator("#viewer")).to_contain_text("lighthouse log")
    page.keyboard.press("Escape")
    page.get_by_label("log <b>x<b> ${1}.txt 的操作").click()
    expect(page.get_by_role("menuitem")).to_have_text(["预览"])
    quiet(server, rita)


def test_all_can_be_done_by_keyboard_and_nothing_scrolls_sideways(server: Server, visit: Open, tmp_path: Path) -> None:
    put(server, tmp_path, "a-very-long-name-without-any-space-as-scanners-give-them-every-day.txt", "Scanned text.")
    admin = documents(server, visit, viewport={"width": 390, "height": 844})
    page = admin.page
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0
    page.get_by_label("Actions for a-very-long").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_role("menuitem", name="Preview")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("menuitem", name="Preview")).to_be_hidden()
    expect(page.get_by_label("Actions for a-very-long")).to_be_focused()
    quiet(server, admin)


def test_why_a_file_is_not_in_is_said_in_chinese_on_the_chinese_page(server: Server, visit: Open) -> None:
    made = documents(server, visit, locale="zh-CN")
    empty = {"name": "空. 白.txt", "mimeType": "text/plain", "buffer": b""}
    made.page.locator("#documents input[type=file]").first.set_input_files([empty])
    expect(made.page.locator("#documents .queue")).to_contain_text("空. 白.txt 是空文件（0 字节）。")
    expect(made.page.locator("#documents tbody")).to_contain_text("请从来源重新复制。")
    told = made.page.evaluate(
        'async (said) => { const { told } = await import("/static/reasons.js"); return said.map((s) => told(s, "")); }',
        [
            "Pages 3, 7-9 could not be opened. Page 12 could not be read by OCR.",
            "x.mp3 is not a document ragbox reads (it looks like an audio file (MP3)). Drop PDF, Word, PowerPoint, "
            "Excel, HTML, Markdown, text, CSV, e-mail, EPUB, ODT, RTF or image files instead.",
            "Attachment a.xls: The workbook is damaged. Open it in Excel and save it again. Chapter 2 is missing or "
            "damaged.",
            "This was never said. By anybody.",
        ],
    )
    assert told[0] == "第 3, 7-9 页无法打开。第 12 页无法通过 OCR 识别。"
    assert told[1].startswith("ragbox 无法读取 x.mp3（看起来是音频文件（MP3））。请改用")
    assert told[2] == "附件 a.xls：工作簿已损坏。请用 Excel 打开并重新保存。第 2 章缺失或损坏。"
    assert told[3] == ""
    quiet(server, made)


def test_files_for_which_there_is_no_room_are_sent_later(server: Server, visit: Open) -> None:
    made, asked = documents(server, visit), []

    def full(route: Route) -> None:
        asked.append(route)
        body = '{"error": {"type": "Busy", "message": "5,000 files wait already."}}'
        route.fulfill(status=429, body=body) if len(asked) == 1 else route.continue_()

    made.page.route(f"{server.url}/api/documents", full)
    file = {"name": "later.txt", "mimeType": "text/plain", "buffer": b"The late train leaves at nine."}
    made.page.locator("#documents input[type=file]").first.set_input_files([file])
    expect(made.page.locator("#documents .queue")).to_contain_text("waiting to be sent")
    expect(row(made.page, "later.txt")).to_be_attached()
    assert len(asked) == 2


def test_a_kind_of_paper_is_said_and_written_in_chinese_on_the_chinese_page(
    server: Server, visit: Open, tmp_path: Path
) -> None:
    put(server, tmp_path, "pump contract.txt", "This agreement is about two pumps.")
    made = documents(server, visit, locale="zh-CN")
    page = made.page
    about = page.locator("#documents tr", has_text="pump contract.txt").locator(".about")
    expect(about).to_have_text("合同")
    page.get_by_label("pump contract.txt 的操作").click()
    page.get_by_role("menuitem", name="文档信息").click()
    expect(page.get_by_label("文书类别")).to_have_value("合同")
    page.get_by_label("文书类别").fill("会议纪要")
    page.get_by_role("button", name="保存").click()
    expect(about).to_have_text("会议纪要")
    (listed,) = server.client.documents(search="pump contract")["documents"]
    assert listed["profile"]["form"] == "minutes"
    quiet(server, made)


def test_what_an_older_version_has_read_is_read_again_by_one_click(server: Server, visit: Open) -> None:
    admin = documents(server, visit)
    page, line = admin.page, admin.page.locator("#documents .older")
    expect(line).to_be_hidden()
    says = {"GET": {"older": 3, "waiting": 0}, "POST": {"older": 3, "waiting": 3}, "DELETE": {"older": 0, "waiting": 0}}

    def answer(route: Route) -> None:
        says["GET"] = says[route.request.method]  # as it stands from now on
        route.fulfill(json=says["GET"])

    page.route("**/api/rereading", answer)
    page.reload()
    expect(line).to_contain_text("3 documents were read by an older version")
    line.get_by_role("button", name="Read all again").click()
    expect(line).to_contain_text("Reading again in the background")
    line.get_by_role("button", name="Stop").click()
    expect(line).to_be_hidden()
    page.unroute("**/api/rereading")
    quiet(server, admin)
