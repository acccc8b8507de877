"""A sealed server at work, and killed: no word of a document is on the disk, whichever way the document came in."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ragbox.box import Box
from ragbox.client import Client
from ragbox.owner import find
from ragbox.sealing import keys, memory, whole
from ragbox.sealing.memory import KINDS, kind_of
from ragbox.settings import Settings
from tests.embeddings import PATH
from tests.pdfs import draw, write

ROOT = Path(__file__).parents[2]
WORD = b"Zirkonvogel"
MEGABYTES = 20
RAM = Path("/dev/shm")


class Watch:
    """Looks into all files of some folders again and again; `seen` are those that held the word at any time."""

    def __init__(self, *folders: Path) -> None:
        self._folders = folders
        self.seen: set[str] = set()
        self.looks = 0
        self._known: dict[Path, tuple[int, int]] = {}
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run)

    def __enter__(self) -> Watch:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()
        self.look()

    def look(self) -> None:
        """Look once."""
        walks = (walk for folder in self._folders for walk in os.walk(folder))  # passes over what goes meanwhile
        for path in (Path(folder, name) for folder, _, names in walks for name in names):
            try:
                if not path.is_file() or self._known.get(path) == (state := _state(path)):
                    continue
                self._known[path] = state
                if WORD in path.read_bytes():
                    self.seen.add(str(path))
            except FileNotFoundError:
                continue
        self.looks += 1

    def _run(self) -> None:
        while not self._stop.wait(0.02):
            self.look()


def _state(path: Path) -> tuple[int, int]:
    stat = path.stat()
    return stat.st_size, stat.st_mtime_ns


def soon(true: Callable[[], object], seconds: float = 60) -> None:
    until = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < until, "waited in vain"
        time.sleep(0.02)


@pytest.fixture
def indexes(tmp_path: Path) -> Iterator[Path]:
    """A folder in memory."""
    if kind_of(RAM) not in KINDS:
        pytest.skip("no folder in memory")
    folder = RAM / f"ragbox-test-{os.getpid()}-{tmp_path.name}"
    yield folder
    subprocess.run(["rm", "-rf", str(folder)], check=True)


@pytest.mark.slow
def test_no_word_reaches_the_disk_while_files_come_in_nor_after_a_kill(tmp_path: Path, indexes: Path) -> None:
    keys.make(tmp_path / "key")
    mirror, temporary, data = tmp_path / "mirror", tmp_path / "tmp", tmp_path / "data"
    mirror.mkdir()
    temporary.mkdir()
    settings = Settings(
        data=data, seal_key_file=str(tmp_path / "key"), indexes=str(indexes), mirrors={mirror: "mirrored"},
        encoder=PATH, mirror_settle_seconds=0.0,
    )  # fmt: skip
    for _ in whole.on(data, settings.secret):
        pass
    given = {
        "RAGBOX_SEAL_KEY_FILE": str(tmp_path / "key"), "RAGBOX_INDEXES": str(indexes), "RAGBOX_ENCODER": PATH,
        "RAGBOX_MIRRORS": json.dumps({str(mirror): "mirrored"}), "RAGBOX_MIRROR_SETTLE_SECONDS": "0",
        "TMPDIR": str(temporary),
    }  # fmt: skip
    command = [sys.executable, "-m", "ragbox.cli", "serve", "--data", str(data), "--port", "0", "--json"]
    with (
        Watch(data, temporary) as watch,
        subprocess.Popen(command, cwd=ROOT, env=os.environ | given, stdout=subprocess.PIPE, text=True) as server,
    ):
        assert server.stdout is not None
        try:
            assert json.loads(server.stdout.readline())["url"]
            before = temporary.stat().st_mtime_ns  # Python tries at its start whether it can write there
            inside = Path(f"{memory.Memory(RAM, data).folder}".removesuffix(str(os.getpid())) + str(server.pid))
            at_work(data, mirror, tmp_path)
            lent = kill_while_parsing(server, data, inside, tmp_path)
        finally:
            server.kill()
    assert watch.looks > 20
    assert watch.seen == set()
    assert temporary.stat().st_mtime_ns == before, "something was made in the system's temporary folder"
    assert any(WORD in path.read_bytes() for path in lent), "the kill came when nothing was open: it showed nothing"
    started_anew(settings, inside)
    watch.look()
    assert watch.seen == set()


def at_work(data: Path, mirror: Path, folder: Path) -> None:
    """Mirror a file, upload one of 20 MB and one with pages, ask, and have a page drawn."""
    address = find(data)
    assert address is not None
    line = WORD + b" turbines need oil of grade ninety.\n"
    (mirror / "m.txt").write_bytes(b"# Mirrored\n\nThe " + line)
    big = folder / "big.html"
    text = line * (MEGABYTES * 1_000_000 // len(line))
    big.write_bytes(b"<html><body><h1>Oil</h1><p>The " + line + b"</p><!--" + text + b"--></body></html>")
    paged = draw(folder / "paged.pdf", lambda canvas: write(canvas, [line.decode().strip()]))
    with Client(address) as client:
        client.create_collection("papers")
        results = list(client.ingest([(p, p.name) for p in (big, paged)], collection="papers"))
        assert [r["status"] for r in results] == ["indexed"] * 2, results
        assert WORD.decode() in str(client.ask("What oil do turbines need?"))
        soon(lambda: client.documents(collection="mirrored")["documents"])
        drawn = next(d for d in client.documents(collection="papers")["documents"] if d["kind"] == "pdf")
        assert client._call("GET", f"/api/documents/{drawn['id']}/passages")
        picture = client._connection.get(f"/api/documents/{drawn['id']}/pages/1?width=800")  # type: ignore[union-attr]
        assert picture.status_code == 200
    assert list((data / "cache").rglob("*.webp")), "a page was drawn and kept"


def kill_while_parsing(server: subprocess.Popen[str], data: Path, inside: Path, folder: Path) -> list[Path]:
    """Drop a long file without waiting, kill the server while it is parsed, and return what is left in memory."""
    address = find(data)
    assert address is not None
    line = b"<p>" + WORD + b" turbines need oil of grade %d.</p>\n"
    (folder / "long.html").write_bytes(b"<html><body>" + b"".join(line % n for n in range(20_000)) + b"</body></html>")
    with Client(address) as client:
        known = client._connection
        assert known is not None
        with (folder / "long.html").open("rb") as stream:
            form = {"collection": "papers", "wait": "no"}
            sent = known.post("/api/documents", data=form, files=[("files", ("long.html", stream))])
        assert sent.status_code == 202
        soon(lambda: any(p.stat().st_size > 1000 for p in inside.glob("lent-*")))
    server.send_signal(signal.SIGKILL)
    server.wait()
    return list(inside.glob("lent-*"))


def started_anew(settings: Settings, inside: Path) -> None:
    """Start on the data folder: what lay in memory goes, and the file that waited is taken in."""
    assert inside.is_dir()
    box = Box(settings)
    box.open()
    try:
        assert not inside.exists()
        box.load()
        jobs, _ = box.queue.jobs(box.auth.local(), waiting=9, ended=9)
        assert "long.html" in [job.file for job in jobs]
    finally:
        box.close()
    assert not list(inside.parent.glob(f"{inside.name.rpartition('-')[0]}*"))
