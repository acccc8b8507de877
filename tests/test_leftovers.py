"""What is left of a deleted document is found, in sealed files too, and what stays by right is not called left."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from ragbox.box import Box
from ragbox.index import leavings
from ragbox.index.dense import ChromaIndex
from ragbox.leftovers import Looked, Pieces, _search
from ragbox.sealing import keys, whole
from ragbox.sealing.vault import ORIGINAL, RUN
from ragbox.settings import Settings
from ragbox.types import Actor
from tests.conftest import Run
from tests.fakes import FakeEncoder, FakeSandbox
from tests.make import drop
from tests.private import FakeFinder

if TYPE_CHECKING:
    from ragbox.ports import Vectors

WORDS = "The Zirkonvogel turbine needs oil of grade ninety. 翡翠猫头鹰项目的预算是三百万元。"


class Uneven(FakeEncoder):
    """Makes vectors without zeros, as real encoders do."""

    def encode(self, texts: Sequence[str]) -> Vectors:
        rows = super().encode(texts) + np.sin(np.arange(self.dimension, dtype=np.float32) + 1)
        found: Vectors = rows / np.linalg.norm(rows, axis=1, keepdims=True)
        return found


@pytest.fixture(params=["plain", "sealed"])
def box(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Box]:
    """A plain and a sealed box."""
    settings = Settings(data=tmp_path / "data")
    if request.param == "sealed":
        keys.make(tmp_path / "key")
        given = {"seal_key_file": str(tmp_path / "key"), "indexes": str(tmp_path / "indexes")}
        settings = settings.model_copy(update=given)
        for _ in whole.on(settings.data, settings.secret):
            pass
    made = Box(settings, encoder=Uneven(dimension=16), sandbox=FakeSandbox(), analyzer=FakeFinder)
    made.open()
    made.load()
    yield made
    made.close()


def deleted(box: Box, admin: Actor, folder: Path, text: str = WORDS) -> None:
    document = drop(box, folder, {"a.txt": f"# A\n\n{text}", "b.txt": "# B\n\nPumps."})["a.txt"].document
    box.shelf.remove(admin, [document], grace=0)
    box.shelf.finish()


def looked(box: Box) -> Looked:
    found = box.sweep.sweep().looked
    assert found is not None
    return found


def soon(true: Callable[[], object]) -> None:
    until = time.monotonic() + 60
    while not true():
        assert time.monotonic() < until, "waited in vain"
        time.sleep(0.01)


def test_pieces_are_found_wherever_they_begin_and_however_they_are_written() -> None:
    chance = random.Random(4)
    raw = [chance.randbytes(32) for _ in range(200)]
    words = "turbine 翡翠猫头鹰 needs oil"
    pieces = Pieces([f"v{piece.hex()}" for piece in raw] + [f"t{words.encode().hex()}"])
    for n in chance.sample(range(200), 40):
        data = chance.randbytes(n * 7) + raw[n] + chance.randbytes(n)
        assert pieces.within(data) == {n}
        place = n * 7 + chance.randrange(32)
        assert pieces.within(data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]) == set()
    for form in (words.encode(), words.encode("utf-16-le"), json.dumps(words).encode()):
        assert pieces.within(b"x" * 5 + form + b"y") == {200}
    for length in range(12):
        assert pieces.within(b"z" * length) == set()
    text = chance.randbytes(900) + raw[7] + chance.randbytes(900)
    for size in (1, 31, 33, 500):
        parts = (text[at : at + size] for at in range(0, len(text), size))
        assert _search(parts, pieces, threading.Event()) == ({7}, len(text)), size
    assert Pieces([f"v{bytes(32).hex()}", f"t{(b'-' * 32).hex()}"]).known == [], "too common"


def test_a_purge_says_what_it_looked_through_and_that_nothing_is_left(box: Box, admin: Actor, tmp_path: Path) -> None:
    deleted(box, admin, tmp_path / "in")
    found = looked(box)
    assert (found.found, found.unopened, found.shared, found.pieces) == ((), (), 0, 2)
    assert found.files >= 4
    assert found.opened in ((1, 2) if box.vault.sealed else (0,)), "the record, and its log if there is any again"
    assert found.megabytes > 0.1
    assert box.sweep.sweep().looked is None, "nothing was wiped"


def test_what_is_left_in_any_kind_of_file_is_named(box: Box, admin: Actor, tmp_path: Path) -> None:
    data, vault = box.settings.data, box.vault
    for folder in ("unnamed", "quality", "cache/pages/ab"):
        (data / folder).mkdir(parents=True)
    with box.db.write() as db:
        db.execute("CREATE TABLE note (text TEXT)")
        db.execute("INSERT INTO note VALUES (?)", (f"{'x' * 9000} {WORDS}",))
    deleted(box, admin, tmp_path / "in")
    vault.put(data / "unnamed" / "cd", ORIGINAL, WORDS.encode())
    vault.put(data / "quality" / "r.json", RUN, json.dumps({"name": "r", "rows": [], "note": WORDS}).encode())
    vault.put(data / "cache" / "pages" / "ab" / "1.webp", "ab/1.webp", WORDS.encode("utf-16-le"))
    (data / "notes.txt").write_text(WORDS)
    (data / "inbox" / "papers").mkdir(parents=True)
    (data / "inbox" / "papers" / "a.txt").write_text(WORDS)
    (box.settings.index_folder / "chroma" / "left.bin").write_text(WORDS)
    found = looked(box)
    assert set(found.found) == {
        "unnamed/cd", "quality/r.json", "cache/pages/ab/1.webp", "notes.txt", "chroma/left.bin", "ragbox.db"
    }  # fmt: skip
    assert found.opened in ((4, 5) if vault.sealed else (0,))


def test_a_vector_that_is_left_is_named(box: Box, admin: Actor, tmp_path: Path) -> None:
    document = drop(box, tmp_path / "in", {"a.txt": f"# A\n\n{WORDS}"})["a.txt"].document
    vector = box.library.vectors([c.id for c in box.library.chunks_of(document)])[1].tobytes()
    box.shelf.remove(admin, [document], grace=0)
    box.shelf.finish()
    (box.settings.index_folder / "chroma" / "left.bin").write_bytes(b"abc" + vector)
    assert looked(box).found == ("chroma/left.bin",)


def test_freed_pages_of_the_record_are_looked_through(box: Box, admin: Actor, tmp_path: Path) -> None:
    """The record is written with secure_delete; were it not, this is where words would stay."""
    connection = box.db._connection()
    connection.execute("PRAGMA secure_delete = OFF")
    connection.execute("CREATE TABLE note (text TEXT)")
    connection.execute("INSERT INTO note VALUES (?)", (f"{'x' * 9000} {WORDS} {'y' * 9000}",))
    connection.execute("DELETE FROM note")
    deleted(box, admin, tmp_path / "in")
    assert looked(box).found == ("ragbox.db",)


def test_the_log_of_the_record_is_looked_through(
    box: Box, admin: Actor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    deleted(box, admin, tmp_path / "in")
    monkeypatch.setattr(box.db, "truncate", lambda: False)
    monkeypatch.setattr("ragbox.remains.TRY_SECONDS", 0.0)
    assert "ragbox.db-wal" in looked(box).found


def test_what_other_documents_say_too_is_not_left(box: Box, admin: Actor, tmp_path: Path) -> None:
    deleted(box, admin, tmp_path / "in")
    drop(box, tmp_path / "in", {"c.txt": f"# C\n\n{WORDS} And more."})
    found = looked(box)
    assert (found.found, found.shared) == ((), 1)


def test_of_a_long_document_a_few_pieces_are_kept_and_looked_for(
    box: Box, admin: Actor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "\n\n".join(f"Pump {n} of hall {n * 7} needs oil of grade {n * 11}. " * 20 for n in range(40))
    deleted(box, admin, tmp_path / "in", text)
    traces = box.sweep._remains.traces(box.sweep._remains.collections())
    assert (len(traces), len({*traces}), {t[0] for t in traces}) == (6, 6, {"t", "v"})
    monkeypatch.setattr("ragbox.leftovers.MOST", 2)
    assert looked(box).pieces == 2


def test_a_sealed_file_that_does_not_open_is_named(box: Box, admin: Actor, tmp_path: Path) -> None:
    if not box.vault.sealed:
        pytest.skip("nothing is sealed")
    deleted(box, admin, tmp_path / "in")
    path = box.settings.data / "unnamed" / "cd"
    path.parent.mkdir()
    path.write_text(WORDS)
    assert looked(box).unopened == ("unnamed/cd",)


def test_what_cannot_be_read_for_want_of_a_program_is_named(box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    found = box.sweep._leftovers.look([f"t{WORDS.encode()[:32].hex()}"], threading.Event())
    assert found
    assert {*found.unopened} >= {"ragbox.db", "chroma/chroma.sqlite3"}


def test_a_server_that_ends_before_it_has_looked_looks_the_next_night(
    box: Box, admin: Actor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    deleted(box, admin, tmp_path / "in")
    with monkeypatch.context() as patch:
        patch.setattr(leavings, "wipe", lambda _, stop: stop.set())
        assert (box.sweep.sweep().looked, box.sweep.waiting()) == (None, 1)
    box.sweep._stop.clear()
    assert (looked(box).pieces, box.sweep.waiting()) == (2, 0)


def test_the_locks_of_the_record_hold_while_it_is_looked_through(box: Box) -> None:
    """SQLite's locks of a process end when it closes any descriptor of the file."""
    traces = [f"t{WORDS.encode()[:32].hex()}"]
    connection = box.db._connection()
    connection.execute("BEGIN IMMEDIATE")
    for name in ("ragbox.db", "ragbox.db-wal", "ragbox.db-shm"):
        (box.settings.data / name).touch()
    assert box.sweep._leftovers.look(traces, threading.Event())
    shm = os.fspath(box.settings.data / "ragbox.db-shm")
    other = f"import fcntl; f = open({shm!r}, 'r+b'); fcntl.lockf(f, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, 120)"
    done = subprocess.run([sys.executable, "-c", other], capture_output=True, text=True)
    connection.execute("ROLLBACK")
    assert "BlockingIOError" in done.stderr, "the write lock (byte 120 of the index of the log) was lost"
    assert subprocess.run([sys.executable, "-c", other], check=False).returncode == 0, "now nobody has it"


def test_nights_without_the_server_are_made_up_for(
    box: Box, admin: Actor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ragbox.sweep.BEGIN_SECONDS", 0.01)
    sweep, expire = box.sweep.sweep, box.sweep._expire
    old = [box.settings.data / name / "of before" for name in ("chroma", "tantivy")]
    for path in old:
        path.mkdir(parents=True)
    monkeypatch.setattr(box.sweep, "sweep", lambda: (sweep(), ran.append("sweep")))
    monkeypatch.setattr(box.sweep, "_expire", lambda: (expire(), ran.append("expire"))[0])
    ran: list[str] = []

    def start(acts: int) -> list[str]:
        ran.clear()
        box.sweep.start()
        soon(lambda: len(ran) == acts)
        box.sweep.close()
        return ran

    assert start(1) == ["expire"]
    elsewhere = bool(box.settings.indexes)
    assert [path.is_dir() for path in old] == [not elsewhere] * 2, "indexes that lie elsewhere now"
    deleted(box, admin, tmp_path / "in")
    assert (box.sweep.missed(), start(1), box.sweep.waiting()) == (False, ["expire"], 1)
    now = datetime.now() + timedelta(hours=25)
    monkeypatch.setattr(box.sweep, "_now", lambda: now)
    assert (box.sweep.missed(), start(2)) == (True, ["expire", "sweep"])
    assert (box.sweep.waiting(), box.sweep.missed()) == (0, False)


def test_deletions_of_before_that_was_kept_are_made_up_for(box: Box) -> None:
    with box.db.write() as db:
        db.execute("INSERT INTO remains (collection) VALUES ('c')")
    assert box.sweep._remains.oldest() == datetime(1, 1, 2, tzinfo=UTC)
    assert box.sweep.missed()


def test_room_in_a_new_graph_holds_no_deleted_vectors(tmp_path: Path) -> None:
    """Chroma writes it as it finds it in memory: a deleted vector is there by chance, so the test puts one there."""
    index = ChromaIndex(tmp_path)
    index.load()
    vectors = np.eye(16, dtype=np.float32)
    index.put("c", {f"d{i}": ([f"d{i}-0"], vectors[i : i + 1]) for i in range(16)})
    (graph,) = tmp_path.glob("*/data_level0.bin")
    size = graph.stat().st_size
    deleted = np.full(16, 0.4321, np.float32).tobytes()
    for place in (0, size // 2, size - len(deleted)):
        with graph.open("r+b") as stream:
            stream.seek(place)
            stream.write(deleted)
        leavings.wipe(tmp_path, threading.Event())
        assert (deleted in graph.read_bytes(), graph.stat().st_size) == (False, size)
    index.close()
    index.load()
    assert [index.search("c", vectors[n], 1)[0][0] for n in range(16)] == [f"d{n}-0" for n in range(16)]
    index.close()


@pytest.mark.slow
def test_the_command_purges_where_no_server_runs(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(f"# A\n\n{WORDS}")
    assert run("ingest", str(tmp_path / "a.txt"), "-C", "papers")[0] == 0
    (document,) = json.loads(run("documents", "--json")[1])["documents"]
    assert run("remove", document["id"])[0] == 0
    (tmp_path / "data" / "left.txt").write_text(WORDS)
    code, told, _ = run("purge")
    assert (code, "were built anew: 1\n" in told, "(pieces: 1). Still in: 1.\n  left.txt: " in told) == (0, True, True)
    assert "The record's log: emptied\n" in told
    assert json.loads(run("purge", "--json")[1])["looked"] is None
