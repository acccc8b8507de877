"""A browser, and pages that remember every request and every complaint."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import APIResponse, Browser, BrowserContext, Page, Request, Route, expect, sync_playwright

from ragbox.box import Box
from ragbox.settings import Settings
from tests.fakes import FakeEncoder, FakeSandbox
from web.guard import COOKIE

from .serving import inside

PATIENCE = 30_000
"""Milliseconds until something counts as missing: the machine may be busy with much else."""
STILL = 200
"""Milliseconds without a request after which a page counts as settled."""
SILENT = [
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip


@dataclass
class Visit:
    """One person's page, where it went and what it complained about."""

    page: Page
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    running: set[Request] = field(default_factory=set)
    """Requests without a reply so far."""

    def __post_init__(self) -> None:
        self.page.on("request", self._asked)
        self.page.on("requestfinished", self._ended)
        self.page.on("requestfailed", self._ended)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("console", lambda line: line.type in ("error", "warning") and self.complaints.append(line.text))

    def _asked(self, request: Request) -> None:
        self.requests.append(request.url)
        self.running.add(request)

    def _ended(self, request: Request) -> None:
        self.running.discard(request)

    def hosts(self) -> set[str]:
        return {urlsplit(url).netloc for url in self.requests if not url.startswith(("data:", "blob:"))}

    def ask(self, question: str) -> str:
        """Type a question, press Enter, return the finished answer."""
        self.page.fill("#question", question)
        self.page.keyboard.press("Enter")
        self.page.locator(".turn:last-child:not(.busy)", has_text=question).wait_for()
        self.settle()
        return self.page.inner_text(".turn:last-child .answer")

    def settle(self) -> None:
        """Wait until nothing is under way: leaving a page in the middle of a stream is a complaint of its own.

        Playwright's "networkidle" is for the load of a page: once it was reached, a second wait for it returns at once.
        """
        self.page.wait_for_load_state("networkidle")
        until, seen = monotonic() + PATIENCE / 1000, -1
        while self.running or len(self.requests) > seen:
            assert monotonic() < until, f"still under way: {[request.url for request in self.running]}"
            seen = len(self.requests)
            self.page.wait_for_timeout(STILL)


def until(page: Page, script: str, arg: Any = None) -> None:
    """Wait until a script yields something true: Playwright's own wait evaluates it as the page may not."""
    end = monotonic() + PATIENCE / 1000
    while not page.evaluate(script, arg):
        assert monotonic() < end, f"never true: {script}"
        page.wait_for_timeout(20)


class Held:
    """The next reply from an address, with what the box says when it is asked, kept back until the test lets it go."""

    def __init__(self, page: Page, address: str) -> None:
        self._page, self._address = page, address
        self._kept: list[tuple[Route, APIResponse]] = []
        page.route(address, lambda route: self._kept.append((route, route.fetch())), times=1)

    def taken(self) -> None:
        """Wait until the page has asked and the box has said it."""
        end = monotonic() + PATIENCE / 1000
        while not self._kept:
            assert monotonic() < end, f"never asked for: {self._address}"
            self._page.wait_for_timeout(20)

    def go(self) -> None:
        self.taken()
        route, answer = self._kept.pop()
        route.fulfill(response=answer)


def calm(page: Page) -> None:
    """Give a minute to call back what is deleted, from the next load on: ten seconds are soon over."""
    retime(page, "documents-list.js", "const GRACE = 10;", "const GRACE = 60;")


def retime(page: Page, name: str, was: str, now: str) -> None:
    """Change a time in a script of the page, from the next load on."""

    def other(route: Route) -> None:
        script = route.fetch().text()
        assert was in script
        route.fulfill(body=script.replace(was, now), content_type="text/javascript")

    page.route(f"**/{name}*", other)


# Not for the session: Playwright keeps an event loop running in this thread, and later tests need their own.
@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        pytest.skip("no Chromium: apt-get install chromium")
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=SILENT)
        yield browser
        browser.close()


@pytest.fixture
def visit(chromium: Browser) -> Iterator[Callable[..., Visit]]:
    """Return a function that opens an address in a browser of its own."""
    contexts: list[BrowserContext] = []

    def open_(url: str, *, locale: str = "en-GB", **options: Any) -> Visit:
        context = chromium.new_context(locale=locale, **options)
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        made = Visit(context.new_page())
        made.page.goto(url)
        made.settle()
        return made

    yield open_
    for context in contexts:
        context.close()


@pytest.fixture
def box(tmp_path: Path) -> Iterator[Box]:
    """An empty box without a parser; a file of tests that needs more has its own."""
    made = Box(Settings(data=tmp_path / "box"), encoder=FakeEncoder(), sandbox=FakeSandbox())
    made.open()
    made.load()
    yield made
    made.close()


@pytest.fixture
def url(box: Box) -> Iterator[str]:
    """Serve the box of a test in this process; return its address."""
    with inside(box) as found:
        yield found


@pytest.fixture
def at(visit: Callable[..., Visit], box: Box, url: str) -> Callable[[str], Visit]:
    """Return a function that opens a page of the box as its admin."""

    def open_(path: str) -> Visit:
        session = box.auth.sign_in(box.auth.new_login("admin"))
        cookie = {"name": COOKIE, "value": session, "url": url}
        return visit(f"{url}/en/{path}", storage_state={"cookies": [cookie], "origins": []})

    return open_
