"""A long file's first pages leave its worker before the others; who hears them neither loses nor costs it time."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from ingest.sandbox import Sandbox
from ragbox.errors import Conflict, Rejected
from ragbox.settings import Settings
from ragbox.types import Parsed
from tests.test_sandbox import LIMITS, eventually, file, text_of

__all__ = ["file"]  # a fixture


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    pool = Sandbox(Settings(**LIMITS), parse="tests.parse_jobs:parse")
    pool.load()
    yield pool
    pool.close()


def test_the_first_pages_are_heard_while_the_worker_goes_on(sandbox: Sandbox, file: Path) -> None:
    heard: list[tuple[str, int]] = []

    def hear(parsed: Parsed) -> None:
        assert eventually(file.with_suffix(".on").exists)
        heard.append((text_of(parsed), parsed.pages))

    assert text_of(sandbox.parse(file, "early", "long.pdf", hear)) == "plain text"
    assert heard == [("the first page", 9)]
    assert text_of(sandbox.parse(file, "early", "long.pdf")) == "plain text"
    assert text_of(sandbox.parse(file, "plain", "short.pdf", hear)) == "plain text"
    assert len(heard) == 1


def test_the_time_of_who_hears_is_not_the_workers(file: Path) -> None:
    pool = Sandbox(Settings(**{**LIMITS, "parse_wall_seconds": 10.0}), parse="tests.parse_jobs:parse")
    pool.load()
    clock, started = time.monotonic, time.monotonic()
    with pytest.MonkeyPatch.context() as patch:
        assert (
            text_of(
                pool.parse(
                    file, "early", "long.pdf", lambda _: patch.setattr(time, "monotonic", lambda: clock() + 1000)
                )
            )
            == "plain text"
        )
    assert clock() - started < 60
    pool.close()


def test_who_does_not_want_the_rest_ends_the_worker_and_the_next_file_is_parsed(sandbox: Sandbox, file: Path) -> None:
    def hear(_: Parsed) -> None:
        raise Conflict("It was cancelled.")

    with pytest.raises(Conflict, match="cancelled"):
        sandbox.parse(file, "early", "long.pdf", hear)
    assert text_of(sandbox.parse(file, "plain", "next.txt")) == "plain text"


def test_a_worker_that_is_stopped_while_somebody_hears_costs_its_file_alone(sandbox: Sandbox, file: Path) -> None:
    with pytest.raises(Rejected, match=r"long\.pdf crashed its parser"):
        sandbox.parse(file, "early", "long.pdf", lambda _: sandbox.stop(threading.current_thread()))
    assert text_of(sandbox.parse(file, "plain", "next.txt")) == "plain text"


def test_first_pages_come_once(sandbox: Sandbox, file: Path) -> None:
    with pytest.raises(Rejected, match="nonsense"):
        sandbox.parse(file, "early twice", "long.pdf", lambda _: None)


def test_how_far_a_file_is_read_is_told_without_ocr_too(sandbox: Sandbox, file: Path) -> None:
    thread = threading.Thread(target=lambda: sandbox.parse(file, "stepwise", "in/long.pdf"))
    thread.start()
    for page in (1, 2, 3):
        assert eventually(lambda page=page: [(r.page, r.pages) for r in sandbox.reading()] == [(page, 3)])
        assert sandbox.progress(thread) == sandbox.reading()[0]
        file.with_suffix(f".{page}").touch()
    thread.join(60)
    assert sandbox.reading() == []
