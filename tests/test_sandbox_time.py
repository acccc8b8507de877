"""How long a file may take, and each of its pages: what takes longer is stopped, and the next is read."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest

from ingest.sandbox import Reading, Sandbox
from ragbox.errors import Rejected
from ragbox.settings import Settings
from tests.test_sandbox import LIMITS, eventually, file, gone, text_of

__all__ = ["file"]  # a fixture


def hurry(pool: Sandbox, seconds: float) -> None:
    """Let the pool's worker take so long for a file; what its start takes, on a busy machine longer, is over."""
    (worker,) = pool._live
    worker._settings = worker._settings.model_copy(update={"parse_wall_seconds": seconds})


def test_a_file_that_takes_too_long_is_stopped_with_all_it_started(file: Path) -> None:
    pool = Sandbox(Settings(**LIMITS), parse="tests.parse_jobs:parse")
    pool.load()
    assert text_of(pool.parse(file, "plain", "first.txt")) == "plain text"
    hurry(pool, 1.5)
    start = time.monotonic()
    with pytest.raises(Rejected, match=r"1.5 seconds.*RAGBOX_PARSE_WALL_SECONDS"):
        pool.parse(file, "grandchild", "slow.doc")
    assert time.monotonic() - start < 50
    assert eventually(lambda: gone(int(file.with_suffix(".pid").read_text())))
    assert text_of(pool.parse(file, "plain", "next.txt")) == "plain text"
    pool.close()


@pytest.mark.clock
def test_each_page_of_a_scan_has_the_limits_of_a_file_and_is_told(file: Path) -> None:
    pool = Sandbox(Settings(**{**LIMITS, "parse_wall_seconds": 2.8}), parse="tests.parse_jobs:parse")  # cpu: 1
    pool.load()
    assert text_of(pool.parse(file, "plain", "a.txt")) == "plain text"  # what a start takes is no page's time
    seen, told = set[int](), set[int]()
    thread = threading.Thread(target=lambda: seen.add(-pool.parse(file, "pages", "in/scan.pdf").pages))
    thread.start()
    while thread.is_alive():
        seen |= {r.page for r in pool.reading() if r == Reading(file="in/scan.pdf", page=r.page, pages=6)}
        told |= {r.page for r in [pool.progress(thread)] if r}
        assert pool.progress(threading.current_thread()) is None
        time.sleep(0.05)
    assert seen >= {2, 3, 4, 5, 6, -2}
    assert told >= {2, 3, 4, 5, 6}
    assert pool.reading() == []
    pool.close()


@pytest.mark.parametrize(("kind", "ocr"), [("page for ever", 3600.0), ("pages", 0.1)])
def test_a_page_that_takes_too_long_ends_the_file_and_pages_beyond_all_time_do(
    file: Path, kind: str, ocr: float
) -> None:
    limits = {**LIMITS, "parse_wall_seconds": 1.0, "ocr_seconds": ocr}
    pool = Sandbox(Settings(**limits), parse="tests.parse_jobs:parse")
    pool.load()
    with pytest.raises(Rejected, match=r"1 seconds.*RAGBOX_PARSE_WALL_SECONDS"):
        pool.parse(file, kind, "scan.pdf")
    assert pool.reading() == []
    pool.close()
