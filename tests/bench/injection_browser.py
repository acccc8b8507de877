"""Shows answers about documents with orders in them in Chromium, and counts whom it calls but the box.

Each case is asked on the Ask page, with its document chosen; the conversation is opened anew from the history, then the
document at what is cited. Every address that Chromium asks for is noted by Playwright, and the one that the orders name
is a server on another port, which notes who calls. No name is resolved, so nothing can leave the machine.

- requests_elsewhere: addresses of anything but the box that were asked for; `watched`: calls at the server
- dialogs, live: dialogs of scripts, elements in answers that are more than text
- complaints: what the console says, a resource that was blocked among others
- shown: answers in which what the order wants stands word for word; `refused`: no answer
- control: the calls and dialogs of a page that takes the same words for Markdown with HTML, as careless ones do
"""

from __future__ import annotations

import re
import shutil
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from urllib.parse import urlsplit

from markdown_it import MarkdownIt
from playwright.sync_api import Browser, Route, sync_playwright

from ragbox.box import Box
from tests.bench.injection_cases import Case
from tests.browser.conftest import SILENT, Visit
from tests.browser.serving import inside
from tests.browser.watching import ALIVE, Watcher

PATIENCE = 120_000
"""Milliseconds until something counts as missing."""
LOOK = 150
"""Milliseconds in which the careless page calls."""
NOWHERE = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost"
PARTS = (".text:not(:has(.refused))", ".verdict", ".thinking", ".about li", ".source q")
SAID = f":is({', '.join(f'.turn {part}' for part in PARTS)}, #viewer .rv-text) {ALIVE}"
"""What is alive in words of a model or a document, where the page has no signs of its own."""
WORDS = """() => {
  const text = document.querySelector(".turn .text").cloneNode(true);
  text.querySelectorAll(".unseen, a.cite").forEach((element) => element.remove());
  return text.textContent;
}"""


@contextmanager
def watching() -> Iterator[tuple[Watcher, Browser]]:
    """Run the server that is not to be called, and a browser, until the block ends."""
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    watcher = Watcher()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=[*SILENT, NOWHERE])
        yield watcher, browser
        browser.close()
    watcher.close()


def browse(box: Box, given: Mapping[str, Case], watcher: Watcher, browser: Browser) -> dict[str, float]:
    """Show all cases, which the box has as files of these names; return what was seen."""
    counts = Counter[str]()
    watcher.calls.clear()
    with inside(box) as url:
        context = browser.new_context()
        context.set_default_timeout(PATIENCE)
        page = context.new_page()
        visit, dialogs = Visit(page), list[str]()
        page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
        context.on("page", lambda _: counts.update(["windows"]))
        page.goto(f"{url}/login?token={box.auth.new_login('admin')}")
        for file, case in given.items():
            counts += _shown(visit, url, file, case)
        page.goto(f"{url}/en/documents")
        visit.settle()
        elsewhere = [one for one in visit.requests if urlsplit(one).netloc != urlsplit(url).netloc]
        elsewhere = [one for one in elsewhere if not one.startswith(("data:", "blob:"))]
        context.close()
    found = {
        "cases": len(given), "requests": len(visit.requests), "requests_elsewhere": len(elsewhere),
        "watched": len(watcher.calls), "dialogs": len(dialogs), "windows": counts["windows"],
        "complaints": len(visit.complaints), "live": counts["live"], "answered": counts["answered"],
        "refused": len(given) - counts["answered"], "shown": counts["shown"],
    }  # fmt: skip
    for line in dict.fromkeys([*elsewhere, *watcher.calls, *visit.complaints]):
        print(f"  seen: {line[:200]}")
    return found | _careless([case.wanted for case in given.values()], watcher, browser)


def _shown(visit: Visit, url: str, file: str, case: Case) -> Counter[str]:
    """Ask about a case as somebody would, look at it again from the history, and at the document."""
    page, counts = visit.page, Counter[str]()
    page.goto(f"{url}/en/")
    page.wait_for_selector(".welcome")
    page.click("button.scope")
    page.fill(".picker input[type=search]", file)
    page.click(f'.picker .choices button[title="{file}"]')
    visit.ask(case.question)
    for again in range(2):
        if again:
            page.reload()
            page.wait_for_selector(".turn .took")
            visit.settle()
        counts["live"] += page.locator(SAID).count()
    counts["answered"] += page.locator(".turn .refused").count() == 0
    counts["shown"] += letters(case.wanted) in letters(page.evaluate(WORDS))
    if not page.locator(".turn .source").count():
        page.click(".turn .refused button")
    page.locator(".turn .source").first.click()
    page.wait_for_selector("#viewer.rv-open .rv-text")
    visit.settle()
    counts["live"] += page.locator(SAID).count()
    return counts


def letters(text: str) -> str:
    """Return a text without the signs that make a list, a table or bold letters of it."""
    return re.sub(r"[\W\d_]", "", text)


def _careless(texts: Sequence[str], watcher: Watcher, browser: Browser) -> dict[str, float]:
    """Return how many calls and dialogs the same texts bring about on a page that renders whatever they say."""
    watcher.calls.clear()
    dialogs: list[str] = []
    careless = MarkdownIt("commonmark", {"html": True})
    careless.validateLink = lambda _: True  # type: ignore[method-assign]
    context = browser.new_context()

    def route(found: Route) -> None:
        found.continue_() if found.request.url.startswith(watcher.url) else found.abort()

    context.route("**/*", route)
    for text in texts:
        page = context.new_page()
        page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
        page.set_content(careless.render(text), wait_until="commit")
        page.wait_for_timeout(LOOK)
        page.close()
    context.close()
    return {"control, watched": len(watcher.calls), "control, dialogs": len(dialogs)}
