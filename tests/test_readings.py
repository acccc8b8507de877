"""What an older ragbox has read: counted, read again in the queue by one call, over stops and refusals."""

from __future__ import annotations

import hashlib
import json
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from ingest import rereading
from ingest.chunk import chunks
from ingest.detect import detect
from ingest.parsers import Options, parse
from ingest.stages import fresh, understood
from ragbox.box import Box
from ragbox.catalogue import Catalogue
from ragbox.db import Database
from ragbox.doctor import examine
from ragbox.errors import Busy
from ragbox.profile import heading
from ragbox.readings import READING, Readings
from ragbox.settings import Settings
from tests.fakes import FakeEncoder, FakeSandbox
from tests.make import drop

As = Callable[[str], TestClient]
Run = Callable[..., tuple[int, str, str]]


def soon(check: Callable[[], Any]) -> None:
    until = time.monotonic() + 60
    while not check():
        assert time.monotonic() < until
        time.sleep(0.02)


def age(box: Box, *documents: str) -> None:
    """Let documents, or all, be of a ragbox that kept no reading yet."""
    with box.db.write() as db:
        some = ", ".join("?" * len(documents))
        db.execute(f"UPDATE documents SET reading = 0 {f'WHERE id IN ({some})' if some else ''}", documents)


def shelf(box: Box) -> list[str]:
    return [box.library.collection("papers").id]


@pytest.fixture
def old(box: Box, tmp_path: Path) -> Box:
    """A box with three documents that an older ragbox has read, and one that this one has."""
    made = drop(box, tmp_path / "in", {f"{n}.txt": f"All about {n}." for n in "abcd"})
    age(box, *(made[f"{n}.txt"].document for n in "abc"))
    box.sandbox.parsed.clear()
    return box


def status(older: int, waiting: int = 0) -> dict[str, int]:
    return {"older": older, "waiting": waiting}


def test_a_document_is_recorded_with_the_reading_of_now(box: Box, tmp_path: Path) -> None:
    drop(box, tmp_path, {"a.txt": "All about a.", "bad.txt": "REJECT"})
    assert {r["reading"] for r in box.db.read("SELECT reading FROM documents")} == {READING}
    assert box.rereading.status(box.auth.local()) == status(0)
    age(box)
    assert box.rereading.status(box.auth.local()) == status(2)  # the new one may take what that refused
    assert Catalogue(box.db).page(shelf(box), state="older").total == 2


def test_all_that_an_older_one_has_read_is_read_again_in_the_queue_and_nothing_else(old: Box) -> None:
    who = old.auth.local()
    assert old.rereading.begin(who)["older"] == 3
    soon(lambda: old.rereading.status(who) == status(0))
    assert sorted(old.sandbox.parsed) == ["a.txt", "b.txt", "c.txt"]
    jobs, _ = old.queue.jobs(old.auth.local(), waiting=9, ended=9)
    assert {(j.file, j.by) for j in jobs} == {(f"{n}.txt", who.name) for n in "abc"}
    soon(lambda: Readings(old.db).next() is None)


def test_what_cannot_be_read_any_more_keeps_its_passages_and_is_not_tried_for_ever(old: Box) -> None:
    known = old.library.find(shelf(old)[0], "a.txt")
    assert known is not None
    old.originals.path(known.sha256).write_text("REJECT")
    old.rereading.begin(old.auth.local())
    soon(lambda: old.rereading.status(old.auth.local()) == status(1))
    assert [c.text for c in old.library.chunks_of(known.id)] == ["All about a."]
    assert old.sandbox.parsed.count("a.txt") == 1


def test_the_next_start_goes_on_with_what_waits(settings: Settings, tmp_path: Path) -> None:
    def made() -> Box:
        box = Box(settings, encoder=FakeEncoder(), sandbox=FakeSandbox())
        box.open()
        return box

    box = made()
    box.load()
    drop(box, tmp_path / "in", {f"{n}.txt": f"All about {n}." for n in "ab"})
    box.close()
    box = made()  # its queue is not at work yet
    age(box)
    assert box.rereading.begin(box.auth.local()) == status(2, 2)
    box.close()
    box = made()
    box.load()
    soon(lambda: box.rereading.status(box.auth.local()) == status(0))
    assert sorted(box.sandbox.parsed) == ["a.txt", "b.txt"]
    box.close()


def test_a_document_that_waits_may_be_deleted_moved_or_called_back(old: Box) -> None:
    old.rereading.close()  # so that they wait
    who, other = old.auth.local(), old.library.create_collection("other")
    assert old.rereading.begin(who) == status(3, 3)
    a, b, c = (old.library.find(shelf(old)[0], f"{n}.txt") for n in "abc")
    assert a is not None
    old.pipeline.remove(who, a.id)
    assert b is not None
    new = old.shelf.move(who, [b.id], other.name)[b.id]
    assert c is not None
    old.shelf.remove(who, [c.id], grace=60)
    assert Readings(old.db).next() == (new, who.name)
    old.shelf.restore(who, [c.id])
    assert old.rereading.status(who) == status(2, 2)
    assert old.rereading.stop(who, other.name) == status(1, 0)
    assert old.rereading.status(who) == status(2, 1)


def test_a_full_queue_is_waited_for(old: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rereading, "LOOK_SECONDS", 0.01)
    tries, real = [], old.queue.reread

    def reread(*given: Any) -> Any:
        tries.append(1)
        if len(tries) < 3:
            raise Busy("Too many files wait.")
        return real(*given)

    monkeypatch.setattr(old.queue, "reread", reread)
    old.rereading.begin(old.auth.local())
    soon(lambda: old.rereading.status(old.auth.local()) == status(0))


def test_a_full_disk_is_waited_for(old: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rereading, "LOOK_SECONDS", 0.01)
    tries, real = [], Readings.done

    def done(self: Readings, document: str) -> None:
        tries.append(document)
        if len(tries) < 3:
            raise sqlite3.OperationalError("database or disk is full")
        real(self, document)

    monkeypatch.setattr(Readings, "done", done)
    old.rereading.begin(old.auth.local())
    soon(lambda: old.rereading.status(old.auth.local()) == status(0))


def test_what_one_document_costs_does_not_grow_with_those_that_wait(old: Box) -> None:
    old.rereading.close()
    readings, many = Readings(old.db), 3000
    with old.db.write() as db:
        db.executemany(
            """INSERT INTO documents (id, collection, sha256, title, kind, pages, size, language, status, reason,
                added_at, added_by) VALUES (?, ?, ?, '', 'txt', 1, 1, 'en', 'indexed', '', ?, 'kim')""",
            [(f"m{n:04}", *shelf(old), f"m{n:04}", f"3000-01-01T{n:04}") for n in range(many)],
        )
    readings.want(shelf(old), by="kim")
    seen, steps = [], 0

    def count() -> int:
        nonlocal steps
        steps += 1
        return 0

    connection = old.db._connection()
    for n in range(5):
        (document, _) = readings.next() or ("", "")
        with old.db.write() as db:
            db.execute("UPDATE documents SET reading = ? WHERE id = ?", (READING, document))
        connection.set_progress_handler(count if n else None, 100)
        readings.done(document)
        seen.append(document)
    assert seen == [f"m{many - n:04}" for n in range(1, 6)]  # the newest first
    assert steps < 20  # of 100 instructions


def test_what_others_have_read_does_not_wait_for_the_next_reading(old: Box) -> None:
    old.rereading.close()
    old.rereading.begin(old.auth.local())
    with old.db.write() as db:
        db.execute("UPDATE documents SET reading = ?", (READING,))
    assert Readings(old.db).next() is None
    assert old.db.read("SELECT * FROM rereads") == []


def test_who_may_write_reads_again_what_they_may_write(as_: As, box: Box) -> None:
    age(box)
    assert as_("rita").get("/api/rereading").json() == status(0)
    assert as_("rita").post("/api/rereading", json={}).json() == status(0)
    assert as_("rita").post("/api/rereading", json={"collection": "hr"}).status_code == 403
    assert as_("leo").get("/api/rereading?collection=hr").status_code == 404
    assert as_("edda").get("/api/rereading").json() == status(1)
    assert as_("admin").get("/api/rereading").json()["older"] == 2
    reply = as_("edda").post("/api/rereading", json={"collection": "hr"})
    assert reply.status_code == 202
    soon(lambda: as_("edda").get("/api/rereading").json() == status(0))
    assert as_("admin").get("/api/rereading").json() == status(1)


def test_who_cancels_all_jobs_cancels_what_waits_too(as_: As, box: Box) -> None:
    age(box)
    box.rereading.close()
    assert as_("edda").post("/api/rereading", json={}).json() == status(1, 1)
    as_("edda").delete("/api/jobs")  # of those that ended
    assert as_("edda").get("/api/rereading").json() == status(1, 1)
    as_("edda").delete("/api/jobs?ended=false")
    assert as_("edda").get("/api/rereading").json() == status(1)
    as_("edda").post("/api/rereading", json={})
    assert as_("edda").delete("/api/rereading").json() == status(1)


def test_the_doctor_counts_them_and_is_well(old: Box) -> None:
    (found,) = [c for c in examine(old) if c.part == "reading"]
    assert (found.well, found.finding[:11]) == (True, "3 documents")


READ = {
    "finance/Annual Report 2025.pdf": "6a7316d5bf36",
    "hr/Employee Handbook UK 2025.docx": "ad33e30b9aa1",
    "sales/Sales Kick-off 2026.pptx": "d36f121d3cec",
    "finance/Budget 2026 draft 2.xlsx": "62fe7463bfd3",
    "operations/安全生产管理制度.pdf": "d46f2de6bebc",
}
"""What this reading makes of samples, by the hash of its passages."""


def passages(file: str) -> str:
    path = Path(__file__).parent.parent / "data" / "samples" / file
    found = parse(path, detect(path, file), Options(ocr=False))
    about = heading(understood(fresh("shelf", "0" * 64, 1, file, "kim"), found))
    cut = chunks(found, document="d", title=about, encoder=FakeEncoder())
    read = [(c.kind, c.page, c.section, c.indexed_text, c.head, c.titles) for c in cut]
    return hashlib.sha256(repr(read).encode()).hexdigest()[:12]


def test_what_is_made_of_a_file_changes_with_the_number_of_the_reading() -> None:
    now = {file: passages(file) for file in READ}
    assert READING == 2  # since words that no reader sees are in no passage, though those of these samples are the same
    assert now == READ, (
        "Parsers, chunker or profile make something else of these samples than the documents that were taken in before "
        "have. Raise READING in ragbox/readings.py, once a release, and let READ say what is made of them now."
    )


def test_the_commands_say_how_many_and_read_them_again(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("All about a.")
    assert run("ingest", str(tmp_path / "a.txt"))[0] == 0
    db = Database(tmp_path / "data" / "ragbox.db")
    with db.write() as write:
        write.execute("UPDATE documents SET reading = 0")
    db.close()
    assert "1 documents were read by an older ragbox: `ragbox reread`" in run("documents")[1]
    assert json.loads(run("reread", "--json")[1]) == status(0)
