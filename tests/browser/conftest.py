"""A browser, and pages that remember every request and every complaint."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from ragbox.box import Box

from .serving import inside

PATIENCE = 30_000
"""Milliseconds until something counts as missing: the machine may be busy with much else."""
SILENT = [
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip


@dataclass
class Visit:
    """One person's page, where it went and what it complained about."""

    page: Page
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def hosts(self) -> set[str]:
        return {urlsplit(url).netloc for url in self.requests if not url.startswith(("data:", "blob:"))}

    def ask(self, question: str) -> str:
        """Type a question, press Enter, return the finished answer."""
        self.page.fill("#question", question)
        self.page.keyboard.press("Enter")
        self.page.wait_for_selector(".turn:last-child:not(.busy)")
        self.settle()
        return self.page.inner_text(".turn:last-child .answer")

    def settle(self) -> None:
        """Wait until nothing is under way: leaving a page in the middle of a stream is a complaint of its own."""
        self.page.wait_for_load_state("networkidle")


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
        made.page.on("request", lambda request: made.requests.append(request.url))
        made.page.on("pageerror", lambda error: made.complaints.append(str(error)))
        made.page.on("console", lambda line: line.type in ("error", "warning") and made.complaints.append(line.text))
        made.page.goto(url)
        made.settle()
        return made

    yield open_
    for context in contexts:
        context.close()


@pytest.fixture
def url(box: Box) -> Iterator[str]:
    """Serve the box of a test in this process; return its address."""
    with inside(box) as found:
        yield found
