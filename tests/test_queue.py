"""The queue: people take turns, what waits or runs can be cancelled, what was answered outlives a crash."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from ingest import jobs as jobs_module
from ingest.jobs import Job, Task
from ingest.pace import Reading
from ingest.sandbox import Sandbox
from ingest.spool import Spool
from ragbox.box import Box
from ragbox.errors import Busy, NotFound, NotPermitted, Rejected, Unavailable
from ragbox.settings import Settings
from ragbox.types import Actor, Parsed, Status
from tests.fakes import FakeEncoder, FakeSandbox
from tests.make import drop

READER = Actor(name="rita", role="reader", collections=("papers",))


class SlowSandbox(FakeSandbox):
    """Parses when told to; a thread that is stopped gets the end of its parser."""

    def __init__(self) -> None:
        super().__init__()
        self.begun = threading.Semaphore(0)
        self.go = threading.Event()
        self.stopped: list[threading.Thread] = []
        self.at: dict[threading.Thread, Reading] = {}

    def progress(self, thread: threading.Thread) -> Reading | None:
        return self.at.get(thread)

    def parse(self, path: Path, kind: str, file: str, *rest: Any) -> Parsed:
        if not self.at:
            self.at[threading.current_thread()] = Reading(file=file, page=3, pages=9)
        self.begun.release()
        until = time.monotonic() + 60
        while not self.go.wait(0.02) and threading.current_thread() not in self.stopped:
            assert time.monotonic() < until
        return super().parse(path, kind, file, *rest)

    def stop(self, thread: threading.Thread) -> None:
        self.stopped.append(thread)


def made(settings: Settings) -> Box:
    box = Box(settings.model_copy(update={"parse_workers": 1}), encoder=FakeEncoder(), sandbox=SlowSandbox())
    box.open()
    if "papers" not in [c.name for c in box.library.collections()]:
        box.library.create_collection("papers")
    box.load()
    return box


@pytest.fixture
def slow(settings: Settings) -> Iterator[Box]:
    """A box with two threads that parse when they are let."""
    box = made(settings)
    yield box
    box.sandbox.go.set()
    box.close()


def add(box: Box, folder: Path, name: str, text: str = "", actor: Actor | None = None, **given: Any) -> Any:
    path = folder / f"upload-{name.replace('/', '-')}"
    path.write_text(text or f"All about {name}.")
    who = actor or box.auth.local()
    return box.queue.add(who, path, file=name, collection="papers", **{"size": path.stat().st_size} | given)


def jobs(box: Box) -> dict[str, Job]:
    found, _ = box.queue.jobs(box.auth.local(), waiting=99, ended=99)
    return {job.file: job for job in found}


def soon(true: Callable[[], object]) -> None:
    until = time.monotonic() + 60
    while not true():
        assert time.monotonic() < until
        time.sleep(0.02)


def test_a_file_goes_through_its_stages_and_ends_in_the_record(slow: Box, tmp_path: Path) -> None:
    job, future = add(slow, tmp_path, "a.txt")
    assert (job.stage, job.status, job.collection, job.by) == ("wait", "", "papers", "admin")
    soon(lambda: jobs(slow)["a.txt"].stage == "read")
    slow.sandbox.go.set()
    assert future.result(60).status is Status.INDEXED
    ended = jobs(slow)["a.txt"]
    assert (ended.id, ended.stage, ended.status) == (job.id, "end", "indexed")
    assert slow.library.document(ended.document).files == ("a.txt",)
    assert not list((slow.settings.data / "queue").iterdir())
    assert slow.queue.clear(slow.auth.local(), ended=True) == 1
    assert jobs(slow) == {}


def test_while_people_ask_the_files_of_who_sends_rejected_ones_wait_and_those_of_others_do_not(
    slow: Box, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs_module, "REFUSED_SECONDS", 600.0)
    kim = slow.auth.create_user("kim", "editor", ["papers"])
    slow.sandbox.go.set()
    slow.metrics.asked()
    for number in range(6):
        assert add(slow, tmp_path, f"{number}.txt", f"REJECT {number}")[1].result(60).status is Status.REJECTED
    _, waiting = add(slow, tmp_path, "a.txt")
    assert add(slow, tmp_path, "b.txt", actor=kim)[1].result(60).status is Status.INDEXED
    assert jobs(slow)["a.txt"].stage == "wait"
    monkeypatch.setattr(slow.metrics, "_counts", deque())  # nobody asks any more
    add(slow, tmp_path, "c.txt", actor=kim)
    assert waiting.result(60).status is Status.INDEXED


def test_of_two_files_of_one_name_each_has_its_own_progress(slow: Box, tmp_path: Path) -> None:
    first, _ = add(slow, tmp_path, "scan.txt", "One.")
    assert slow.sandbox.begun.acquire(timeout=60)
    second, _ = add(slow, tmp_path, "scan.txt", "Two.")
    assert slow.sandbox.begun.acquire(timeout=60)
    found, _ = slow.queue.jobs(slow.auth.local(), waiting=9, ended=9)
    assert {j.id: (j.done, j.total) for j in found} == {first.id: (2, 9), second.id: (0, 0)}


def test_each_file_ends_with_its_own_reason(slow: Box, tmp_path: Path) -> None:
    slow.sandbox.go.set()
    for name, reason, given in [
        ("no.txt", "asks to be rejected", {}),
        ("../../x", "no name for a file", {}),
        ("big.txt", "larger than 200 MB", {"size": 300 << 20, "sha256": "0" * 64}),
    ]:
        assert reason in add(slow, tmp_path, name, "REJECT this", **given)[1].result(60).reason
    soon(lambda: {job.status for job in jobs(slow).values()} == {"rejected"})


def test_what_waits_and_what_runs_can_be_cancelled_and_leaves_nothing(slow: Box, tmp_path: Path) -> None:
    futures = [add(slow, tmp_path, f"{n}.txt", keep=True)[1] for n in range(3)]
    for _ in range(2):
        assert slow.sandbox.begun.acquire(timeout=60)
    admin = slow.auth.local()
    for name in ("2.txt", "0.txt"):
        slow.queue.cancel(admin, jobs(slow)[name].id)
    assert "was cancelled" in futures[2].result(60).reason
    assert futures[0].result(60).status is Status.REJECTED
    assert {n: jobs(slow)[n].status for n in ("0.txt", "2.txt")} == {"0.txt": "cancelled", "2.txt": "cancelled"}
    assert jobs(slow)["1.txt"].stage == "read"  # not the other one's parser
    slow.sandbox.go.set()
    assert futures[1].result(60).status is Status.INDEXED
    assert [d.file for d in slow.library.documents()] == ["1.txt"]
    soon(lambda: not list((slow.settings.data / "queue").iterdir()))
    assert {p.name for p in (slow.settings.data / "originals").rglob("*") if p.is_file()} == slow.library.hashes()


def test_all_of_ones_own_are_cancelled_at_once(slow: Box, tmp_path: Path) -> None:
    kim = slow.auth.create_user("kim", "editor", ["papers"])
    futures = {n: add(slow, tmp_path, n, actor=kim if n == "kim.txt" else None)[1] for n in ("kim.txt", "b", "c", "d")}
    assert slow.queue.clear(slow.auth.local(), ended=False) == 3
    slow.sandbox.go.set()
    assert futures["kim.txt"].result(60).status is Status.INDEXED
    assert all(futures[n].result(60).status is Status.REJECTED for n in "bcd")


def test_who_may_not_write_cancels_nothing_and_who_may_not_read_sees_nothing(slow: Box, tmp_path: Path) -> None:
    job, _ = add(slow, tmp_path, "a.txt")
    with pytest.raises(NotPermitted):
        slow.queue.cancel(READER, job.id)
    for actor, id in [(Actor(name="leo", role="editor", collections=("other",)), job.id), (READER, "none")]:
        with pytest.raises(NotFound, match="no job"):
            slow.queue.cancel(actor, id)
    with pytest.raises(NotPermitted):
        add(slow, tmp_path, "b.txt", actor=READER)
    assert slow.queue.jobs(Actor(name="new", role="reader"), waiting=9, ended=9)[0] == []


def test_rights_count_when_a_files_turn_comes(slow: Box, tmp_path: Path) -> None:
    kim = slow.auth.create_user("kim", "editor", ["papers"])
    for n in range(2):
        add(slow, tmp_path, f"{n}.txt")
    for _ in range(2):
        assert slow.sandbox.begun.acquire(timeout=60)
    _, future = add(slow, tmp_path, "late.txt", actor=kim)
    slow.auth.remove_user("kim")
    slow.sandbox.go.set()
    with pytest.raises(NotFound):
        future.result(60)
    assert jobs(slow)["late.txt"].status == "rejected"


def test_a_kept_upload_outlives_a_stop_and_one_that_is_waited_for_does_not(settings: Settings, tmp_path: Path) -> None:
    box = made(settings)
    futures = [add(box, tmp_path, f"{n}.txt", keep=n != 3)[1] for n in range(4)]
    box.queue.stop()
    for future in futures[2:]:
        with pytest.raises(Unavailable):
            future.result(60)
    with pytest.raises(Unavailable):
        add(box, tmp_path, "late.txt")
    box.sandbox.go.set()
    box.close()
    (settings.data / "queue" / "stray").write_text("of a crash")
    box = made(settings)
    box.sandbox.go.set()
    soon(lambda: not list((settings.data / "queue").iterdir()))
    assert {d.file for d in box.library.documents()} == {"0.txt", "1.txt", "2.txt"}
    box.close()


def test_the_queue_has_an_end(slow: Box, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs_module, "MOST", 1)
    for n in range(2):
        add(slow, tmp_path, f"{n}.txt")
        assert slow.sandbox.begun.acquire(timeout=60)
    add(slow, tmp_path, "2.txt")
    with pytest.raises(Busy, match="wait already"):
        add(slow, tmp_path, "3.txt")
    assert len(list((slow.settings.data / "queue").iterdir())) == 3


def test_a_document_is_read_anew_and_keeps_what_it_has_where_that_fails(box: Box, tmp_path: Path) -> None:
    result = drop(box, tmp_path, {"a.txt": "One. Two."})["a.txt"]
    box.queue.reread(box.auth.local(), [result.document])
    soon(lambda: jobs(box)["a.txt"].stage == "end")
    assert box.sandbox.parsed == ["a.txt", "a.txt"]
    assert (jobs(box)["a.txt"].status, box.library.document(result.document).files) == ("indexed", ("a.txt",))
    box.queue.clear(box.auth.local(), ended=True)
    box.originals.path(box.library.document(result.document).sha256).write_text("REJECT")
    box.queue.reread(box.auth.local(), [result.document])
    soon(lambda: jobs(box)["a.txt"].stage == "end")
    assert "asks to be rejected" in jobs(box)["a.txt"].reason
    assert box.library.document(result.document).status is Status.INDEXED
    with pytest.raises(NotPermitted):
        box.queue.reread(READER, [result.document])


def test_a_document_deleted_while_it_is_read_anew_stays_deleted(slow: Box, tmp_path: Path, admin: Actor) -> None:
    slow.sandbox.go.set()
    document = drop(slow, tmp_path, {"a.txt": "One."})["a.txt"].document
    slow.sandbox.go.clear()
    while slow.sandbox.begun.acquire(blocking=False):
        pass
    slow.queue.reread(admin, [document])
    assert slow.sandbox.begun.acquire(timeout=60)
    slow.shelf.remove(admin, [document], grace=60)
    slow.sandbox.go.set()
    soon(lambda: jobs(slow)["a.txt"].stage == "end")
    assert jobs(slow)["a.txt"].reason.startswith("a was moved or deleted meanwhile. Moved, it is read where it is now;")
    assert slow.library.documents() == []


def test_a_damaged_note_stops_no_start_and_loses_nothing(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "queue")
    assert spool.load() == []
    (tmp_path / "f").write_text("x")
    task = Task(file="a.txt", collection="c", by="kim", size=1)
    spool.take(task, tmp_path / "f", keep=True)
    (tmp_path / "queue" / "bad.json").write_text("{")
    (tmp_path / "queue" / "bad").write_text("y")
    assert [t.id for t in spool.load()] == [task.id]
    assert spool.path(task).read_text() == "x"
    assert (tmp_path / "queue" / "bad").read_text() == "y"


def test_a_parser_is_killed_under_the_thread_that_waits_for_it_alone(tmp_path: Path) -> None:
    pool = Sandbox(Settings(data=tmp_path / "data", parse_workers=2), parse="tests.parse_jobs:parse")
    pool.load()
    path, failures = tmp_path / "a.txt", []
    path.write_text("x")

    def wait() -> None:
        try:
            pool.parse(path, "page for ever", "a.txt")
        except Rejected as error:
            failures.append(str(error))

    thread = threading.Thread(target=wait, daemon=True)
    thread.start()
    soon(pool.reading)
    pool.stop(threading.current_thread())
    assert pool.reading()
    pool.stop(thread)
    thread.join(60)
    assert len(failures) == 1
    pool.stop(thread)
    assert pool.parse(path, "text", "a.txt").blocks[0].text == "x"
    pool.close()
