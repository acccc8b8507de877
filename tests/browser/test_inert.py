"""Whatever a model or a document says stays text in the browser: nothing is loaded, run or linked but citations."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

import pytest

from ragbox.box import Box
from ragbox.events import Piece, Text
from ragbox.settings import Settings
from ragbox.types import Hit, Quote
from tests.conftest import EVALDATA
from tests.doors import furnish
from tests.fakes import FakeEncoder, FakeSandbox
from tests.make import drop
from tests.payloads import AT, PAYLOADS, known

from .conftest import Visit
from .serving import inside

pytestmark = pytest.mark.browser
AT_ONCE = 24
"""Payloads in one answer."""
ALIVE = ":is(img, script, style, iframe, object, embed, form, base, link, meta, svg, video, a:not(.cite))"


class Watcher:
    """A server on another port that remembers who called."""

    def __init__(self) -> None:
        self.calls: list[str] = []
        calls = self.calls

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                calls.append(self.path)
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                return

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


class Hostile:
    """An engine that quotes a passage, and then says one of these by the question's number."""

    name = "hostile"

    def __init__(self, said: Sequence[str]) -> None:
        self._said = said

    def load(self) -> None:
        return

    def close(self) -> None:
        return

    def answer(self, question: str, hits: Sequence[Hit], adapter: str = "") -> Iterator[Piece]:  # noqa: ARG002
        yield Quote(hit=hits[0], start=0, end=len(hits[0].chunk.text))
        yield Text(text=f"\n\n{self._said[int(question.partition('in case ')[2].rstrip('?'))]}")


@pytest.fixture(scope="module")
def watcher() -> Iterator[Watcher]:
    made = Watcher()
    yield made
    made.close()


@pytest.fixture(scope="module")
def said(watcher: Watcher) -> list[str]:
    """Answers, each of many payloads: our own, which call the watcher, and known ones where there are any."""
    own = [text.replace(AT, f"{watcher.url}/taken") for text in PAYLOADS]
    every = [*own, *(known(EVALDATA) if EVALDATA.is_dir() else [])]
    return ["\n\n".join(every[at : at + AT_ONCE]) for at in range(0, len(every), AT_ONCE)]


@pytest.fixture(scope="module")
def box(tmp_path_factory: pytest.TempPathFactory, said: list[str]) -> Iterator[Box]:
    settings = Settings(data=tmp_path_factory.mktemp("box"))
    made = Box(settings, encoder=FakeEncoder(), sandbox=FakeSandbox(), engine=Hostile(said))
    made.open()
    made.load()
    furnish(made)
    files = {f"<img src=x onerror=alert(1)> {n}.txt": f"Pumps of case {n}.\n\n{text}" for n, text in enumerate(said)}
    hidden = {"hidden.txt": f"Nothing.\n\n~{PAYLOADS[0]}\n\n~{PAYLOADS[2]}"}
    drop(made, settings.data / "in", {n.replace("/", "-"): t for n, t in files.items()} | hidden, collection="hr")
    yield made
    made.close()


@pytest.fixture
def page(visit: Callable[..., Visit], box: Box, watcher: Watcher) -> Iterator[Visit]:
    with inside(box) as url:
        made = visit(f"{url}/login?token={box.auth.new_login('edda')}")
        dialogs: list[str] = []
        made.page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
        yield made
        made.settle()
        assert made.hosts() == {urlsplit(url).netloc}
        assert watcher.calls == []
        assert dialogs == []
        assert made.complaints == []


def test_an_answer_of_payloads_is_text_now_and_in_the_history(page: Visit, said: list[str]) -> None:
    shown = page.page
    for number in range(len(said)):
        page.ask(f"How much annual leave do staff get in case {number}?")
    for _ in range(2):
        assert shown.locator(".turn").count() == len(said)
        assert shown.locator(f".turn .text {ALIVE}").count() == 0
        assert shown.locator(".turn .text a.cite").count() >= len(said)
        assert "alert(1)" in shown.inner_text(".turn .text >> nth=0")
        shown.reload()
        page.settle()


def test_payloads_in_documents_are_text_where_they_are_read(page: Visit) -> None:
    shown = page.page
    base = shown.url.split("/en")[0]
    shown.goto(f"{base}/en/documents")
    page.settle()
    shown.click("button.suspect")
    assert PAYLOADS[2] in shown.inner_text("dialog.box")
    assert shown.locator(f"dialog.box .unseen-words {ALIVE}").count() == 0
    shown.keyboard.press("Escape")
    assert shown.locator("#documents .list td.name :is(img, script)").count() == 0
    for opener in range(2):
        shown.locator("#documents button.file").nth(opener).click()
        shown.wait_for_selector("#viewer.rv-open")
        page.settle()
        assert shown.locator("#viewer :is(script, iframe, object, form, base)").count() == 0
        shown.keyboard.press("Escape")


def test_the_watcher_sees_who_calls(visit: Callable[..., Visit], watcher: Watcher) -> None:
    made = visit(f"{watcher.url}/here")
    assert watcher.calls[0] == "/here"
    assert made.hosts() == {urlsplit(watcher.url).netloc}
