"""Ingest is killed at ten moments, of all stages; afterwards nothing is lost and nothing is double."""

from __future__ import annotations

import hashlib
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing, suppress
from pathlib import Path

import pytest

from ragbox.box import Box
from ragbox.settings import Settings
from ragbox.types import Status
from tests.embeddings import PATH

ROOT = Path(__file__).parents[2]
KILLS = 10
SLOW = {"seconds": 0.004}
"""Seconds the encoder takes for a text: without them encoding is too short to be hit."""
WORDS = "pump valve oil notice period holiday travel price contract delivery warranty safety audit budget".split()


def command(inbox: Path, data: Path) -> subprocess.Popen[str]:
    words = ["ingest", str(inbox), "--collection", "papers", "--data", str(data), "--json"]
    given = os.environ | {"RAGBOX_ENCODER": PATH, "RAGBOX_ENCODER_ARGS": json.dumps(SLOW)}
    return subprocess.Popen([sys.executable, "-m", "ragbox.cli", *words], cwd=ROOT, env=given,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)  # fmt: skip


def write(inbox: Path, turn: int, chance: random.Random) -> None:
    """Add new files, a copy of one under a second name, and new content under old names."""
    old = sorted(inbox.iterdir())
    names = [f"{turn}-{n}.txt" for n in range(4)] + [p.name for p in chance.sample(old, min(3, len(old)))]
    for n, name in enumerate(names):
        code = f"CODE{turn:02}{n:02}X"
        prose = [" ".join(chance.choices(WORDS, k=12)) + "." for _ in range(chance.choice([3, 60]))]
        (inbox / name).write_text(
            f"# Paper {code}\n\nThe secret code of this paper is {code}.\n\n" + "\n\n".join(prose)
        )
    (inbox / f"{turn}-copy.txt").write_bytes((inbox / names[0]).read_bytes())


def interrupt(inbox: Path, data: Path, chance: random.Random) -> int:
    """Kill an ingest after some results and a moment more; return how many results there were."""
    process, seen = command(inbox, data), 0
    assert process.stdout is not None
    assert process.stderr is not None
    with process, process.stdout, process.stderr:
        for _ in range(chance.choice([0, 0, 1, 2, 5, 8, 12])):
            seen += bool(process.stdout.readline())
        # Up to 1.2 s where nothing has come yet, which is the start with its drain; between results a file takes 0.1 s.
        time.sleep(chance.uniform(0, 0.15) if seen else chance.uniform(0.4, 2.0))
        process.send_signal(signal.SIGKILL)
        rest, errors = process.stdout.read(), process.stderr.read()
    assert process.returncode in (-signal.SIGKILL, 0), errors
    return seen + rest.count("\n")


@pytest.mark.slow
def test_ten_kills_lose_nothing_and_double_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    inbox, data, chance = tmp_path / "in", tmp_path / "data", random.Random(20)
    inbox.mkdir()
    short = 0
    left: list[tuple[int, int]] = []
    for turn in range(KILLS):
        write(inbox, turn, chance)
        short += interrupt(inbox, data, chance) < len(list(inbox.iterdir()))
        left.append(unfinished(data))
    assert short > KILLS / 2  # else the kills came too late to test anything
    with capsys.disabled():
        pending, strays = sum(p > 0 for p, _ in left), sum(s > 0 for _, s in left)
        print(f"\n{KILLS} kills, {short} in mid-work; {pending} left an outbox, {strays} left originals behind")
    process = command(inbox, data)
    out, err = process.communicate(timeout=250)
    assert process.returncode == 0, err
    assert {json.loads(line)["status"] for line in out.splitlines()} <= {"indexed", "unchanged"}
    box = Box(Settings(data=data, encoder=PATH, encoder_args=SLOW))
    box.open()
    box.load()
    try:
        check(box, inbox)
    finally:
        box.close()


@pytest.mark.slow
def test_a_kill_between_two_parts_leaves_no_half_file(tmp_path: Path) -> None:
    inbox, data, chance = tmp_path / "in", tmp_path / "data", random.Random(1)
    inbox.mkdir()
    sentences = [" ".join(chance.choices(WORDS, k=12)) + "." for _ in range(4800)]  # some 300 passages
    (inbox / "long.txt").write_text("# Paper CODE1X\n\nThe secret code is CODE1X.\n\n" + "\n\n".join(sentences))
    for name in ("a.txt", "b.txt"):
        (inbox / name).write_text("# Paper CODE2X\n\nThe secret code of this paper is CODE2X.")
    process, until = command(inbox, data), time.monotonic() + 120
    while not rows(data, "begun") and process.poll() is None:
        assert time.monotonic() < until
        time.sleep(0.05)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert process.returncode == -signal.SIGKILL
    assert rows(data, "begun") == 1
    process = command(inbox, data)
    _, err = process.communicate(timeout=250)
    assert process.returncode == 0, err
    assert rows(data, "begun") == 0
    box = Box(Settings(data=data, encoder=PATH, encoder_args=SLOW))
    box.open()
    box.load()
    try:
        check(box, inbox)
    finally:
        box.close()


def rows(data: Path, table: str) -> int:
    """Return how many rows a table of a record has, 0 while there is no record."""
    with suppress(sqlite3.OperationalError), closing(sqlite3.connect(f"file:{data}/ragbox.db?mode=ro", uri=True)) as db:
        return int(db.execute(f"SELECT count(*) FROM {table}").fetchone()[0])
    return 0


def unfinished(data: Path) -> tuple[int, int]:
    """Return how many outbox rows and unrecorded originals a killed process left."""
    if not (data / "ragbox.db").exists():
        return 0, 0
    done = subprocess.run(
        [sys.executable, "-c", "import sqlite3, sys; db = sqlite3.connect(f'file:{sys.argv[1]}?mode=ro', uri=True);"
         "print(db.execute('SELECT count(*) FROM outbox').fetchone()[0]);"
         "print(*[r[0] for r in db.execute('SELECT sha256 FROM documents')])", str(data / "ragbox.db")],
        capture_output=True, text=True,
    )  # fmt: skip
    if done.returncode:  # killed before the first schema was written
        return 0, 0
    rows, _, hashes = done.stdout.partition("\n")
    kept = {p.name for p in (data / "originals").rglob("*") if p.is_file()}
    return int(rows), len(kept - set(hashes.split()))


def check(box: Box, inbox: Path) -> None:
    """Check record, indexes and originals against the files as they are now."""
    files = {p.name: p.read_bytes() for p in inbox.iterdir()}
    shelf = box.library.collection("papers").id
    documents = box.library.documents()
    assert {d.status for d in documents} == {Status.INDEXED}
    assert sorted(f for d in documents for f in d.files) == sorted(files)
    assert {f: d.sha256 for d in documents for f in d.files} == {
        name: hashlib.sha256(text).hexdigest() for name, text in files.items()
    }
    assert len(documents) == len(set(files.values())) < len(files)
    total = sum(d.chunks for d in documents)
    assert box.library.count() == (len(documents), total)
    assert (box.dense.count(shelf), box.sparse.count(shelf)) == (total, total)
    for d in documents:
        assert (
            box.dense.count(shelf, d.id)
            == box.sparse.count(shelf, d.id)
            == d.chunks
            == len(box.library.chunks_of(d.id))
        )
        text = " ".join(files[d.file].decode().split())
        assert " ".join(" ".join(c.text for c in box.library.chunks_of(d.id)).split()) == text
        code = text.split()[2]
        [(found, _)] = box.sparse.search(shelf, code, 5)
        assert code in box.library.chunks([found])[found].text
        ids, vectors = box.library.vectors([c.id for c in box.library.chunks_of(d.id)])
        assert [box.dense.search(shelf, v, 1)[0][1] for v in vectors] == pytest.approx([1] * len(ids), abs=1e-3)
        assert d.id in [h.document.id for h in box.answers.search(box.auth.local(), code)]
    assert box.library.pending() == []
    assert {p.name for p in (box.settings.data / "originals").rglob("*") if p.is_file()} == box.library.hashes()
    assert [tuple(r) for r in box.db.read("PRAGMA integrity_check")] == [("ok",)]
    assert box.db.read("PRAGMA foreign_key_check") == []
