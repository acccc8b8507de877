"""What is deleted leaves no byte behind once it is swept; what is over its time goes at night."""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ragbox.box import Box
from ragbox.db import Database
from ragbox.errors import Unavailable
from ragbox.index import leavings
from ragbox.index.dense import ChromaIndex
from ragbox.settings import Settings
from ragbox.sweep import Sweep
from ragbox.types import Actor
from tests.doors import program
from tests.fakes import FakeEncoder, FakeSandbox
from tests.make import drop
from tests.private import FakeFinder
from web.app import create_app

CANARY = "The Zirkonvogel turbine needs oil of grade ninety. 翡翠猫头鹰项目的预算是三百万元。"
WORDS = ("Zirkonvogel", "zirkonvogel", "翡翠", "猫头鹰")


def found(data: Path, *needles: bytes) -> dict[str, list[bytes]]:
    """Return the files of a data folder that hold a needle or a canary word, in UTF-8 or UTF-16, each with what."""
    wanted = [*needles, *(word.encode(code) for word in WORDS for code in ("utf-8", "utf-16-le", "utf-16-be"))]
    files = {p.relative_to(data).as_posix(): p.read_bytes() for p in data.rglob("*") if p.is_file()}
    return {name: hits for name, text in files.items() if (hits := [w for w in wanted if w in text])}


def sweep_at(box: Box, now: datetime) -> Sweep:
    box.sweep._now = lambda: now
    return box.sweep


@pytest.fixture
def made(box: Box, tmp_path: Path) -> str:
    """A document with the canary among ten others; it was asked about, and a page picture was kept of it."""
    notes = {f"n{i}.txt": f"# Note {i}\n\nPump {i} gets oil of grade {i * 7}." for i in range(10)}
    document = drop(box, tmp_path / "in", notes | {"c.txt": f"# Canary\n\n{CANARY}"})["c.txt"].document
    answer = list(box.dialogue.ask(box.auth.local(), "What oil does the turbine need?", "new"))[-1].answer
    assert "Zirkonvogel" in answer.text
    picture = box.originals.made(box.library.document(document).sha256) / "1-600-1.webp"
    picture.parent.mkdir(parents=True)
    picture.write_bytes(CANARY.encode())
    return document


def test_after_a_purge_no_file_holds_a_byte_of_a_deleted_document(box: Box, made: str, admin: Actor) -> None:
    data = box.settings.data
    vector = np.asarray(box.library.vectors([c.id for c in box.library.chunks_of(made)])[1], np.float32)[0].tobytes()
    places = found(data, vector)
    assert {name.split("/")[0] for name in places} >= {"originals", "ragbox.db-wal", "cache", "chroma"}
    box.shelf.remove(admin, [made], grace=3600)
    assert found(data, vector), "it can still be called back"
    swept = box.sweep.purge()
    assert (swept.collections, swept.log) == (1, True)
    assert found(data, vector) == {}
    assert (box.shelf.restore(admin, [made]), box.library.count()[0], box.indexer.disagreements()) == ([], 10, [])
    assert box.sweep.purge().collections == 0, "what is clean is not built anew"
    box.close()
    assert found(data, vector) == {}


@pytest.mark.usefixtures("made")
def test_a_dropped_collection_and_overwritten_content_leave_nothing_either(
    box: Box, admin: Actor, tmp_path: Path
) -> None:
    drop(box, tmp_path / "in", {"d.txt": f"{CANARY} Second."}, "other")
    box.shelf.drop(admin, "other")
    drop(box, tmp_path / "in", {"c.txt": "Nothing of interest."})
    box.sweep.sweep()
    assert found(box.settings.data) == {}


def test_a_moved_document_leaves_its_old_indexes(box: Box, made: str, admin: Actor) -> None:
    box.library.create_collection("other")
    moved = box.shelf.move(admin, [made], "other")[made]
    box.sweep.sweep()
    assert found(box.settings.data, made.encode()).keys() >= {"ragbox.db"}  # the trail names it
    assert not any(
        made.encode() in hits for name, hits in found(box.settings.data, made.encode()).items() if "/" in name
    )
    assert box.indexer.disagreements() == []
    assert box.library.document(moved).collection == "other"


def test_graphs_of_collections_that_are_gone_go(tmp_path: Path) -> None:
    index = ChromaIndex(tmp_path / "chroma")
    index.load()
    vectors = np.random.default_rng(7).normal(size=(2500, 8)).astype(np.float32)  # a graph is written from 1,000 on
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)  # as Chroma does for cosines
    every = {f"d{i}": ([f"d{i}-0"], vectors[i : i + 1]) for i in range(2500)}
    index.put("c", every)
    index.drop("c")
    del every["d7"]
    index.put("c", every)
    seventh = vectors[7].tobytes()
    assert found(tmp_path, seventh), "Chroma leaves the folder of a graph: if it no longer does, leavings.py may go"
    leavings.wipe(tmp_path / "chroma", threading.Event())
    assert found(tmp_path, seventh) == {}
    assert (index.count("c"), index.search("c", vectors[9], 1)[0][0]) == (2499, "d9-0")
    index.close()
    leavings.wipe(tmp_path / "nothing", threading.Event())


def test_chroma_is_searched_while_its_file_is_wiped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """SQLite's locks do not hold within a process: the file would be malformed soon if this one opened it."""
    index, stop, failures = ChromaIndex(tmp_path), threading.Event(), []
    index.load()
    vectors = np.random.default_rng(7).normal(size=(400, 16)).astype(np.float32)
    index.put("c", {f"d{i}": ([f"d{i}-0"], vectors[i : i + 1]) for i in range(400)})

    def search() -> None:
        try:
            while not stop.wait(0.002):
                assert len(index.search("c", vectors[0], 50)) == 50
                assert index.count("c", "d7") == 1
        except Exception as error:
            failures.append(error)

    thread = threading.Thread(target=search)
    thread.start()
    try:
        with monkeypatch.context() as patch:
            patch.setattr(sqlite3, "connect", failing)
            for _ in range(3):
                leavings.wipe(tmp_path, threading.Event())
    finally:
        stop.set()
        thread.join()
    index.close()
    with closing(sqlite3.connect(tmp_path / "chroma.sqlite3")) as connection:
        assert (failures, connection.execute("PRAGMA integrity_check").fetchall()) == ([], [("ok",)])


def test_what_could_not_be_wiped_waits(box: Box, made: str, admin: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    box.shelf.remove(admin, [made], grace=0)
    box.shelf.finish()
    with monkeypatch.context() as patch:
        patch.setattr(leavings.helper, "work", failing)
        with pytest.raises(Unavailable):
            box.sweep.sweep()
    assert box.sweep.waiting() == 1
    assert (box.sweep.sweep().collections, box.sweep.waiting()) == (1, 0)


def test_a_collection_that_cannot_be_built_keeps_no_other_from_it(
    box: Box, made: str, admin: Actor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = drop(box, tmp_path / "in", {"d.txt": "Second.", "e.txt": "Third."}, "other")["d.txt"].document
    box.shelf.remove(admin, [made, other], grace=0)
    box.shelf.finish()
    first = min(box.sweep._remains.collections())
    put = box.dense.put

    def full(collection: str, documents: Any) -> None:
        if collection == first:
            failing()
        put(collection, documents)

    with monkeypatch.context() as patch:
        patch.setattr(box.dense, "put", full)
        with pytest.raises(Unavailable):
            box.sweep.sweep()
    assert list(box.sweep._remains.collections()) == [first]
    assert len(box.indexer.disagreements()) == 1
    box.indexer.apply()
    assert box.indexer.disagreements() == []


def test_a_sweep_stops_between_two_batches(box: Box, made: str, admin: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ragbox.indexer.BATCH", 2)
    box.shelf.remove(admin, [made], grace=0)
    box.shelf.finish()
    put, puts = box.dense.put, []

    def close(collection: str, documents: Any) -> None:
        put(collection, documents)
        puts.append(len(documents))
        box.sweep._stop.set()

    with monkeypatch.context() as patch:
        patch.setattr(box.dense, "put", close)
        assert (box.sweep.sweep().collections, puts, box.sweep.waiting()) == (0, [2], 1)
    box.indexer.apply()
    assert box.indexer.disagreements() == []


def failing(*_: Any, **__: Any) -> None:
    raise Unavailable("The disk is full. Free some of it.")


def test_a_reader_keeps_the_log_from_being_emptied_and_it_is_said(
    box: Box, made: str, admin: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ragbox.remains.TRY_SECONDS", 0.0)
    other = Database(box.db.path)
    other._connection().execute("BEGIN")
    assert other.read("SELECT count(*) FROM documents")
    box.shelf.remove(admin, [made], grace=0)
    assert not box.sweep.purge().log
    other._connection().execute("COMMIT")
    other.close()
    assert box.sweep.purge().log


@pytest.fixture
def timed(tmp_path: Path) -> Iterator[Box]:
    settings = Settings(data=tmp_path / "data", history_days=30, unnamed_days=7, sweep_hour=4)
    box = Box(settings, encoder=FakeEncoder(), sandbox=FakeSandbox(), analyzer=FakeFinder)
    box.open()
    box.load()
    yield box
    box.close()


def test_conversations_and_unnamed_files_go_after_their_days(timed: Box) -> None:
    list(timed.dialogue.ask(timed.auth.local(), "Who lives there?", "new"))
    aside = timed.settings.data / "unnamed" / "ab"
    aside.parent.mkdir()
    aside.write_text("old")
    days = {0: (0, 0), 8: (0, 1), 29: (0, 0), 31: (1, 0)}
    for later, expected in days.items():
        swept = sweep_at(timed, datetime.now() + timedelta(days=later)).sweep()
        assert (swept.conversations, swept.unnamed) == expected, later
    assert timed.conversations.find(timed.auth.local()) == []


def test_nothing_goes_where_no_days_are_set(box: Box) -> None:
    list(box.dialogue.ask(box.auth.local(), "Who lives there?", "new"))
    aside = box.settings.data / "unnamed" / "ab"
    aside.parent.mkdir()
    aside.write_text("old")
    os.utime(aside, (0, 0))
    swept = sweep_at(box, datetime.now() + timedelta(days=9999)).sweep()
    assert (swept.conversations, swept.unnamed) == (0, 0)


def test_what_is_laid_aside_counts_from_then(timed: Box) -> None:
    before = timed.settings.data / "unnamed" / "ab"  # an older ragbox left the time of its copying
    before.parent.mkdir()
    before.write_text("old")
    os.utime(before, (0, 0))
    folder = timed.settings.data / "originals" / "cd"
    folder.mkdir(parents=True)
    (folder / ("cd" * 32)).write_text("of a newer record")
    os.utime(folder / ("cd" * 32), (0, 0))
    assert timed.originals.sweep(set()) == 1
    assert timed.sweep.sweep().unnamed == 0


def test_it_sweeps_at_its_hour(timed: Box) -> None:
    for now, hours in (
        (datetime(2026, 3, 1, 1, 30), 2.5),
        (datetime(2026, 3, 1, 4), 24),
        (datetime(2026, 3, 1, 23), 5),
    ):
        assert sweep_at(timed, now).wait_seconds() == hours * 3600


def test_it_starts_waits_and_ends(timed: Box) -> None:
    timed.sweep.start()
    timed.sweep.close()
    assert timed.sweep._thread is None


def test_an_admin_purges_over_http(box: Box, made: str, admin: Actor) -> None:
    app = create_app(box, pages=False)
    box.shelf.remove(admin, [made], grace=3600)
    reply = program(app, box, "admin").post("/api/admin/purge")
    looked = reply.json().pop("looked")
    assert (looked["pieces"], looked["found"], looked["unopened"]) == (1, [], [])
    assert reply.json() == {"conversations": 0, "unnamed": 0, "collections": 1, "log": True, "looked": looked}
    assert found(box.settings.data) == {}
