"""An answer that nobody waits for any more stops being written."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.sync_api import expect

from ragbox.box import Box
from ragbox.events import Text
from ragbox.settings import Settings
from tests.doors import furnish
from tests.fakes import FakeEncoder, FakeEngine, FakeSandbox

from .conftest import Visit
from .serving import inside

pytestmark = pytest.mark.browser
WORD_SECONDS = 0.05


@dataclass
class Endless(FakeEngine):
    """Writes a word every 50 ms until it is closed (port: Engine)."""

    closed: threading.Event = field(default_factory=threading.Event)

    def answer(self, *_: Any) -> Iterator[Text]:
        self.closed.clear()
        pause = threading.Event()
        try:
            while True:
                pause.wait(WORD_SECONDS)
                yield Text(text="word ")
        finally:
            self.closed.set()


@pytest.fixture(scope="module")
def engine() -> Endless:
    return Endless()


@pytest.fixture(scope="module")
def box(tmp_path_factory: pytest.TempPathFactory, engine: Endless) -> Iterator[Box]:
    settings = Settings(data=tmp_path_factory.mktemp("box"), redact="off")
    made = Box(settings, encoder=FakeEncoder(), sandbox=FakeSandbox(), engine=engine)
    made.open()
    made.load()
    furnish(made)
    yield made
    made.close()


@pytest.fixture(scope="module")
def url(box: Box) -> Iterator[str]:
    with inside(box) as found:
        yield found


@pytest.fixture
def asking(visit: Callable[..., Visit], box: Box, url: str) -> Visit:
    """Return a page on which an endless answer is being written."""
    made = visit(f"{url}/login?token={box.auth.new_login('rita')}")
    made.page.fill("#question", "How many days of leave?")
    made.page.keyboard.press("Enter")
    expect(made.page.locator(".turn .text")).to_contain_text("word word word")
    return made


@pytest.mark.parametrize("how", ["button", "key"])
def test_stop_ends_the_writing_and_keeps_what_is_there(asking: Visit, engine: Endless, how: str) -> None:
    page = asking.page
    assert not engine.closed.is_set()
    expect(page.locator(".stage")).to_have_count(0)  # stages go when text comes
    if how == "button":
        page.click("#stop")
    else:
        page.keyboard.press("Escape")
    assert engine.closed.wait(30)
    expect(page.locator(".turn .stopped")).to_be_visible()
    expect(page.locator("#ask")).to_be_visible()
    expect(page.locator(".turn .text")).to_contain_text("word word word")
    page.reload()
    expect(page.locator(".turn .stopped")).to_be_visible()  # without words that rest on no citation yet
    assert asking.complaints == []


def test_leaving_the_page_ends_the_writing(asking: Visit, engine: Endless) -> None:
    assert not engine.closed.is_set()
    asking.page.close()
    assert engine.closed.wait(30)
