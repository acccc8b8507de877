"""How long people wait in front of the pages: a box with the sample papers, Chromium beside it, all on this machine.

    python -m tests.bench.pages [--json]

Three figures, all in seconds. `first_page`: from a sign-in link to a question that can be typed, each time in a browser
with an empty cache. `first_text`: from Enter to the first words of the answer on the screen, one browser, the engine
that quotes. `crowd`: the first words over HTTP when 30 people ask at the same moment, without a browser.

`others_cores` is how many cores the rest of the machine kept busy meanwhile: figures of runs where it is not near 0 say
little. The aims (2.5 s, 0.7 s, no error) are for an idle machine with 2 cores.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from statistics import quantiles
from threading import Barrier
from time import perf_counter

import psutil
from playwright.sync_api import Browser, sync_playwright

from ragbox.client import Client
from ragbox.errors import RagboxError
from tests.bench.ingest import busy
from tests.browser.conftest import until
from tests.browser.serving import SAMPLES, Server, load, serving

PATIENCE = 120_000
"""Milliseconds until something counts as missing."""
PAGES, QUESTIONS, CROWD = 5, 10, 30
SILENT = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
# Counts from the key to the first frame after words stand in the last answer.
WATCH = """() => {
  window.took = 0;
  let from = 0;
  document.addEventListener("keydown", (event) => { if (event.key === "Enter") from = performance.now(); }, true);
  new MutationObserver(() => {
    if (!from || !document.querySelector(".turn:last-child .text")?.textContent) return;
    const began = from;
    from = 0;
    requestAnimationFrame(() => { window.took = performance.now() - began; });
  }).observe(document.body, { childList: true, subtree: true, characterData: true });
}"""


def first_page(browser: Browser, server: Server) -> list[float]:
    """Return the seconds until the question can be typed, for each of five new browsers."""
    took = []
    for _ in range(PAGES):
        link = server.link("admin")
        context = browser.new_context()
        context.set_default_timeout(PATIENCE)
        page = context.new_page()
        started = perf_counter()
        page.goto(link, wait_until="commit")
        page.wait_for_selector("#question", state="visible")
        took.append(perf_counter() - started)
        page.wait_for_load_state("networkidle")
        context.close()
    return took


def first_text(browser: Browser, server: Server, questions: list[str]) -> list[float]:
    """Return the seconds from Enter to the first words, for each question, the first of them left out."""
    context = browser.new_context()
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    page.goto(server.link("admin"))
    took = []
    for question in questions:
        page.goto(f"{server.url}/en/")
        page.wait_for_selector(".welcome")
        page.evaluate(WATCH)
        page.fill("#question", question)
        page.keyboard.press("Enter")
        until(page, "window.took")
        took.append(page.evaluate("window.took") / 1000)
        page.wait_for_selector(".turn:not(.busy)")
    context.close()
    return took[1:]


def crowd(server: Server, questions: list[str]) -> tuple[list[float], int]:
    """Return the seconds to the first words for 30 who ask at once, and how many met an error."""
    together = Barrier(CROWD)

    def ask(n: int) -> float | None:
        with Client(server.address) as client:
            together.wait(60)
            started = perf_counter()
            try:
                found = None
                for event in client.ask_stream(questions[n % len(questions)]):
                    if found is None and event["event"] == "text":
                        found = perf_counter() - started
            except RagboxError as error:
                print(f"asker {n}: {error}")
                return None
            return found

    with ThreadPoolExecutor(CROWD) as pool:
        took = list(pool.map(ask, range(CROWD)))
    return [t for t in took if t is not None], took.count(None)


def own() -> float:
    """Return the processor seconds of this process and all that it started."""
    total = 0.0
    for process in (psutil.Process(), *psutil.Process().children(recursive=True)):
        with suppress(psutil.Error):
            total += sum(process.cpu_times()[:4])
    return total


@contextmanager
def watched(report: dict[str, float], name: str) -> Iterator[None]:
    """Note how many cores others kept busy while the block ran."""
    mine, all_, started = own(), busy(), perf_counter()
    yield
    spent = (busy() - all_) - (own() - mine)
    report[f"{name}:others_cores"] = max(0.0, spent / (perf_counter() - started))


def spread(report: dict[str, float], name: str, took: list[float]) -> None:
    cut = quantiles(took, n=100, method="inclusive")
    report |= {f"{name}:n": len(took), f"{name}:p50": cut[49], f"{name}:p95": cut[94]}
    figures = {key.partition(":")[2]: value for key, value in report.items() if key.startswith(f"{name}:")}
    print(f"{name:10}", "  ".join(f"{key} {value:.3g}" for key, value in figures.items()), flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true", help="end with one line of JSON")
    options = parser.parse_args()
    lines = (SAMPLES / "questions.jsonl").read_text("utf-8").splitlines()
    known = [q for q in map(json.loads, lines) if not q.get("unanswerable")]
    questions = [q["question"] for q in known[:: len(known) // 60]]  # in both languages, no two alike
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    report: dict[str, float] = {"cores": os.cpu_count() or 0}
    parts: list[tuple[str, Callable[[Browser, Server], list[float]]]] = [
        ("first_page", first_page),
        ("first_text", lambda browser, server: first_text(browser, server, questions[: QUESTIONS + 1])),
    ]
    with (
        tempfile.TemporaryDirectory() as data,
        serving(Path(data)) as server,
        sync_playwright() as playwright,
        playwright.chromium.launch(executable_path=path, args=SILENT) as browser,
    ):
        load(server, ["*"])
        for name, measure in parts:
            with watched(report, name):
                took = measure(browser, server)
            spread(report, name, took)
        with watched(report, "crowd"):
            took, report["crowd:errors"] = crowd(server, questions[QUESTIONS + 1 :])
        spread(report, "crowd", took)
    if options.json:
        print(json.dumps({key: round(value, 3) for key, value in report.items()}))


if __name__ == "__main__":
    main()
