"""What holds on every page: no barrier that axe-core finds, nothing from other hosts, no complaint, quick enough."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from time import perf_counter
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe

from ragbox.client import Client

from .conftest import Visit
from .serving import Server, hosting, load

pytestmark = [pytest.mark.browser, pytest.mark.slow]
Open = Callable[..., Visit]

PAPERS = ["Employee Handbook UK 2025.docx", "Supply Agreement*.pdf", "员工手册2025版.pdf"]
QUESTION = {"en": "How many days of annual leave do employees get?", "zh": "婚假有几天？"}
GRAVE = ("serious", "critical")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with hosting(tmp_path_factory.mktemp("box")) as running:
        load(running, PAPERS)
        yield running


def barriers(visit: Visit) -> list[str]:
    """Return what axe-core finds grave on the page as it stands."""
    found = Axe().run(visit.page).response["violations"]
    return [
        f"{v['id']}: {node['html'][:160]} ({node['failureSummary']})"
        for v in found
        if v["impact"] in GRAVE
        for node in v["nodes"]
    ]


@pytest.mark.parametrize(("language", "locale", "theme"), [("en", "en-GB", "light"), ("zh", "zh-CN", "dark")])
def test_no_page_has_a_barrier(server: Server, visit: Open, language: str, locale: str, theme: str) -> None:
    person = visit(server.link("admin"), locale=locale, color_scheme=theme)
    page = person.page
    base = server.url
    assert barriers(person) == []  # the empty Ask page
    page.fill("#question", QUESTION[language])
    page.keyboard.press("Enter")
    page.wait_for_selector(".turn:not(.busy) .cite")
    person.settle()
    assert barriers(person) == []
    page.click(".turn .cite >> nth=0")
    page.wait_for_selector("#viewer img, #viewer mark")
    person.settle()
    assert barriers(person) == []
    for path in ("documents", "admin"):
        page.goto(f"{base}/{language}/{path}")
        page.wait_for_selector("h1")
        person.settle()
        assert barriers(person) == [], path
    for tab in page.locator("[role=tab]").all():
        tab.click()
        person.settle()
        assert barriers(person) == [], tab.inner_text()
    assert person.complaints == []
    assert person.hosts() == {urlsplit(base).netloc}


def test_the_sign_in_page_has_no_barrier(server: Server, visit: Open) -> None:
    stranger = visit(server.url)
    assert barriers(stranger) == []
    assert stranger.hosts() == {urlsplit(server.url).netloc}


@pytest.mark.clock
def test_the_first_page_can_be_used_soon(server: Server, visit: Open) -> None:
    """A browser without a cache; 2.5 s is the aim on an idle machine (tests/bench/pages.py), twice that the alarm."""
    link = server.link("admin")
    started = perf_counter()
    person = visit("about:blank")
    person.page.goto(link, wait_until="commit")
    person.page.wait_for_selector("#question", state="visible")
    assert perf_counter() - started < 5


def test_thirty_people_ask_at_once(server: Server) -> None:
    def ask(n: int) -> str:
        with Client(server.address) as client:
            return str(client.ask(QUESTION["zh" if n % 2 else "en"])["citations"][0]["file"])

    with ThreadPoolExecutor(30) as crowd:
        files = list(crowd.map(ask, range(30)))
    assert len(files) == 30
    assert len(set(files)) <= 4
