"""What the queue does when the box fails or closes: what was answered as safe is tried again at the next start."""

from __future__ import annotations

import errno
import time
from pathlib import Path

import pytest

from ingest import queue
from ragbox.box import Box
from ragbox.errors import Conflict, NotPermitted, Unavailable
from ragbox.settings import Settings
from tests.test_pipeline_faults import fail
from tests.test_queue import add, jobs, made, slow, soon

__all__ = ["slow"]  # a fixture


def waiting(settings: Settings) -> int:
    return len(list((settings.data / "queue").iterdir()))


@pytest.mark.parametrize(
    ("part", "error"),
    [
        ("originals.add", OSError(errno.ENOSPC, "No space left on device")),
        ("library.put", ValueError("disk I/O error")),
        ("library.put", Unavailable("The encoder is not there.")),
        ("library.claim_encoder", Conflict("Another encoder made the vectors.")),
        ("pipeline.ingest", ValueError("a fault of ours")),
    ],
)
def test_a_kept_upload_outlives_what_the_box_fails_at(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, part: str, error: Exception
) -> None:
    box = made(settings)
    box.sandbox.go.set()
    with monkeypatch.context() as patch:
        owner, method = part.split(".")
        patch.setattr(getattr(box, owner), method, fail(error))
        for name, keep in (("kept.txt", True), ("awaited.txt", False)):
            add(box, tmp_path, name, keep=keep)
            soon(lambda name=name: jobs(box)[name].status == "rejected")
    assert waiting(settings) == 2  # the kept one and its note: who waits for the other is told, and sends it again
    box.close()
    box = made(settings)
    box.sandbox.go.set()
    soon(lambda: jobs(box)["kept.txt"].status == "indexed")
    assert waiting(settings) == 0
    box.close()


@pytest.mark.parametrize("text", ["REJECT", "All is well."])
def test_a_file_that_is_recorded_waits_no_more(slow: Box, tmp_path: Path, text: str) -> None:
    slow.sandbox.go.set()
    assert add(slow, tmp_path, "a.txt", text, keep=True)[1].result(60).document
    assert waiting(slow.settings) == 0


def test_files_of_who_is_disabled_are_not_taken_in(slow: Box, tmp_path: Path) -> None:
    kim = slow.auth.create_user("kim", "editor", ["papers"])
    for n in range(2):
        add(slow, tmp_path, f"{n}.txt")
        assert slow.sandbox.begun.acquire(timeout=60)
    _, future = add(slow, tmp_path, "late.txt", actor=kim, keep=True)
    slow.accounts.change("kim", disabled=True)
    slow.sandbox.go.set()
    with pytest.raises(NotPermitted, match="disabled"):
        future.result(60)
    soon(lambda: waiting(slow.settings) == 0)
    assert {d.file for d in slow.library.documents()} == {"0.txt", "1.txt"}


def test_a_file_under_way_stops_at_its_next_stage_when_the_box_closes(settings: Settings, tmp_path: Path) -> None:
    box = made(settings)
    _, future = add(box, tmp_path, "a.txt", keep=True)
    assert box.sandbox.begun.acquire(timeout=60)
    box.queue.stop()
    box.sandbox.go.set()
    with pytest.raises(Unavailable, match="closing"):
        future.result(60)
    assert (box.library.documents(), box.encoder.encoded, waiting(settings)) == ([], [], 2)
    box.close()


@pytest.mark.clock
def test_closing_waits_once_for_all_threads(slow: Box, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue, "STOP_SECONDS", 2.0)
    for n in range(2):
        add(slow, tmp_path, f"{n}.txt")
        assert slow.sandbox.begun.acquire(timeout=60)
    began = time.monotonic()
    slow.queue.close()
    assert 1.9 < time.monotonic() - began < 3.7
