"""An answer that a language model wrote: what no passage supports, what it thought, what stands in for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from ragbox.box import Box
from ragbox.errors import Unavailable
from ragbox.generation import Request
from ragbox.llm import Llm
from ragbox.models import Store
from ragbox.settings import Settings
from tests.doors import furnish
from tests.fake_model import FakeModel
from tests.fakes import FakeEncoder, FakeSandbox

from .conftest import Visit
from .serving import inside

pytestmark = pytest.mark.browser
LEAVE = "How many days of annual leave do staff get?"
SAID = {
    LEAVE: "<think>The handbook says so.</think>Staff get 30 days of annual leave [1]. Pensioners get 77 gold coins."
    "\n| Kind | Length |\n|---|---|\n| annual leave | 30 days | [1]\n| gold | 88 |\nSo be it [9].",
    "How much sick leave?": "Staff get 99 days of sick leave [1].",
}


def say(request: Request) -> str:
    asked = request.messages[-1].content
    for question, said in SAID.items():
        if f"Question: {question}" in asked:
            return said
    raise Unavailable("The GPU is gone. Restart it.")


@pytest.fixture(scope="module")
def box(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Box]:
    settings = Settings(data=tmp_path_factory.mktemp("box"))
    store = Store(settings.data / "models")
    llm = Llm(settings, store, make=lambda *_: FakeModel(say, name="tiny 1", delay=0.01))
    made = Box(settings, encoder=FakeEncoder(), sandbox=FakeSandbox(), llm=llm)
    made.open()
    made.load()
    furnish(made)
    assert llm.wait(30).state == "ready"
    yield made
    made.close()


@pytest.fixture(scope="module")
def url(box: Box) -> Iterator[str]:
    with inside(box) as found:
        yield found


@pytest.fixture
def ask(visit: Callable[..., Visit], box: Box, url: str) -> Iterator[Visit]:
    made = visit(f"{url}/login?token={box.auth.new_login('rita')}")
    yield made
    assert made.complaints == []


def test_what_no_passage_supports_is_marked_and_stays_marked(ask: Visit) -> None:
    page = ask.page
    ask.ask(LEAVE)
    for reason in ("77", ""):  # as it came, and as it was kept, without reasons
        expect(page.locator(".turn .doubt").first).to_contain_text("Pensioners get 77 gold coins.")
        expect(page.locator(".turn .doubt .unseen").first).to_contain_text("No passage supports this sentence.")
        assert reason in str(page.locator(".turn .doubt").first.get_attribute("title"))
        assert page.locator(".turn td .doubt").all_inner_texts()[1].startswith("88")
        expect(page.locator(".turn .grid tr")).to_have_count(3)
        expect(page.locator(".turn .text p .cite")).to_have_count(1)
        expect(page.locator(".turn td .cite")).to_have_count(1)
        expect(page.locator(".turn .about")).to_contain_text("Underlined with dots")
        expect(page.locator(".turn .took")).to_contain_text("Answered by tiny 1 · ")
        if reason:
            expect(page.locator(".turn .about li").first).to_contain_text(reason)
            problems = Axe().run(page, ".turn").response["violations"]
            assert [v["id"] for v in problems] == []
            ask.settle()
            page.reload()
    ask.settle()


def test_what_the_model_thought_is_folded_away_and_not_kept(ask: Visit) -> None:
    page = ask.page
    ask.ask(LEAVE)
    expect(page.locator(".turn .thinking p")).to_be_hidden()
    page.click(".turn .thinking summary")
    expect(page.locator(".turn .thinking p")).to_have_text("The handbook says so.")
    page.reload()
    expect(page.locator(".turn .took")).to_be_visible()
    expect(page.locator(".turn .thinking")).to_be_hidden()
    ask.settle()


def test_an_answer_without_support_is_a_refusal_with_the_nearest_passages(ask: Visit) -> None:
    page = ask.page
    assert "99" not in ask.ask("How much sick leave?")
    page.click("text=Show the nearest passages")
    expect(page.locator(".refused .source").first).to_be_visible()
    ask.settle()


def test_where_the_model_fails_quotes_stand_in_and_say_why(ask: Visit) -> None:
    page = ask.page
    ask.ask("How many days of annual leave?")
    for _ in range(2):
        expect(page.locator(".turn .about")).to_contain_text(
            "passages are quoted instead. The GPU is gone. Restart it."
        )
        expect(page.locator(".turn .took")).to_contain_text("Quoted, without a language model")
        expect(page.locator(".turn .cite").first).to_be_visible()
        page.reload()
    ask.settle()


@pytest.mark.clock
def test_a_closed_page_frees_the_row_within_a_second(ask: Visit, box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    page = ask.page
    monkeypatch.setitem(SAID, LEAVE, "Nothing of this is so. " * 400)
    page.fill("#question", LEAVE)
    page.keyboard.press("Enter")
    expect(page.locator(".stage")).to_contain_text("checking")
    assert box.llm.state.load.running == 1
    page.goto("about:blank")
    page.wait_for_timeout(1000)
    assert box.llm.state.load.running == 0
