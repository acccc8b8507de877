"""A thousand files in a folder that people work in: every one ends in the box once and complete."""

from __future__ import annotations

import hashlib
import os
import random
import shutil
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from ragbox.box import Box
from ragbox.settings import Settings
from ragbox.types import Status
from tests.embeddings import PATH
from tests.mirrors import alarm, calm, held, rested, until, write, written

FILES = 1000
PAUSE = 4.0
"""Seconds that a slow writer rests in mid-file: twice as long as a file has to stand still."""
IGNORED = (".part", ".crdownload", ".tmp", ".swp")


@pytest.fixture
def box(tmp_path: Path) -> Iterator[Box]:
    made = Box(Settings(data=tmp_path / "data", encoder=PATH))
    made.open()
    made.load()
    made.mirror.start()
    yield made
    made.close()


def text(name: str) -> str:
    return f"# Paper {name}\n\nThe secret code of this paper is CODE{hashlib.sha256(name.encode()).hexdigest()[:12]}.\n"


def on_disk(folder: Path) -> dict[str, str]:
    """Return the hash of each file that counts, by its name in the collection."""
    return {
        p.relative_to(folder).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest()
        for p in folder.rglob("*")
        if p.is_file() and not p.is_symlink() and not p.name.startswith(("~$", ".")) and p.suffix not in IGNORED
    }


def in_box(box: Box, collection: str) -> dict[str, str]:
    held(box, collection)  # checks that record, indexes and originals agree
    documents = box.library.documents(box.library.collection(collection).id)
    assert {d.status for d in documents} == {Status.INDEXED}
    return {f: d.sha256 for d in documents for f in d.files}


def slowly(path: Path, *, stays_open: bool) -> None:
    """Write a file in two halves with a pause, as a scanner or a copy over a slow line does."""
    whole = text(path.name)
    with path.open("w") as stream:
        stream.write(whole[:30])
        stream.flush()
        if stays_open:
            time.sleep(PAUSE)
            stream.write(whole[30:])
            return
    time.sleep(PAUSE)
    with path.open("a") as stream:
        stream.write(whole[30:])


def work(inbox: Path, chance: random.Random) -> None:
    """Do to the files what people do: rename, move, change, copy, delete, save by way of temporary names."""
    files = sorted(p for p in inbox.rglob("*.txt") if p.name.startswith("n"))
    chance.shuffle(files)
    for number, path in enumerate(files[:300]):
        match number % 6:
            case 0:
                path.rename(path.with_name(f"renamed-{path.name}"))
            case 1:
                path.rename(path.with_name(path.name.upper()))
            case 2:
                (path.parent / "moved").mkdir(exist_ok=True)
                path.rename(path.parent / "moved" / path.name)
            case 3:
                path.unlink()
            case 4:
                temporary = path.with_name(f"{path.name}.tmp")
                temporary.write_text(text(f"new {path.name}"))
                temporary.replace(path)
            case 5:
                shutil.copy2(path, path.with_name(f"copy-{path.name}"))
        time.sleep(0.01)


@pytest.mark.slow
def test_a_thousand_files_at_work_are_each_in_the_box_once_and_complete(
    box: Box, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    chance, root = random.Random(7), box.settings.data / "inbox"
    (root / "papers").mkdir(parents=True)
    (root / "合同").mkdir()
    (root / "papers" / "slow").mkdir()
    slow = [root / "papers" / "slow" / f"{n}.txt" for n in range(20)]
    writers = [
        threading.Thread(target=slowly, args=(path,), kwargs={"stays_open": n % 2 == 0}) for n, path in enumerate(slow)
    ]
    started = time.monotonic()
    for writer in writers:
        writer.start()
    write(root / "papers", {f"{n % 7}/{n % 3}/n{n}.txt": text(f"n{n}") for n in range(FILES - 200)})
    write(root / "合同", {f"年假/n合同{n}.txt": text(f"合同{n}") for n in range(200)})
    write(root / "papers", {f"~$n{n}.docx": "lock" for n in range(30)})
    write(root / "papers", {f"n{n}{IGNORED[n % 4]}": "half" for n in range(30)})
    until(lambda: box.library.count()[0] > FILES / 5, 120)  # in the midst of the intake
    work(root, chance)
    for writer in writers:
        writer.join(60)
    expected = {name: on_disk(root / name) for name in ("papers", "合同")}
    total = sum(map(len, expected.values()))
    assert total > FILES
    calm(box, total, 240)
    taken = time.monotonic() - started
    assert {name: in_box(box, name) for name in expected} == expected

    parsed = box.library.count()
    box.follower.look(retry=True)  # what the hourly scan does
    before, started = rested(box), time.monotonic()
    box.follower.look(retry=True)
    scan = time.monotonic() - started
    assert (written(box), box.library.count(), box.follower.taking()) == (before, parsed, {})

    (root / "papers").rename(tmp_path / "away")
    until(lambda: any(m.alarm == "vanished" for m in box.mirrors.all()))
    assert in_box(box, "papers") == expected["papers"]
    (tmp_path / "away").rename(root / "papers")
    until(lambda: not any(m.alarm for m in box.mirrors.all()))
    calm(box, total)
    assert {name: in_box(box, name) for name in expected} == expected
    with capsys.disabled():
        print(f"\n{total} names in {taken:.0f} s with work and pauses; a second scan takes {scan * 1000:.0f} ms")


@pytest.mark.slow
def test_a_share_that_is_unmounted_deletes_nothing(box: Box, tmp_path: Path) -> None:
    share, inbox = tmp_path / "share", box.settings.data / "inbox" / "papers"
    write(share, {f"{n}.txt": text(str(n)) for n in range(5)})
    inbox.mkdir(parents=True)

    def mount() -> bool:
        return subprocess.run(["mount", "--bind", share, inbox], capture_output=True).returncode == 0

    if os.geteuid() != 0 or not mount():
        pytest.skip("only root may mount")
    try:
        calm(box, 5)
        for _ in range(2):
            subprocess.run(["umount", "--lazy", inbox], check=True)
            until(lambda: alarm(box) == "empty")
            assert len(held(box)) == 5
            (share / "4.txt").write_text(text("changed while nobody looked"))
            assert mount()
            until(lambda: alarm(box) == "")
        calm(box, 5)
        (share / "0.txt").unlink()
        calm(box, 4)
        assert in_box(box, "papers") == on_disk(share)
    finally:
        subprocess.run(["umount", "--lazy", inbox], capture_output=True)
