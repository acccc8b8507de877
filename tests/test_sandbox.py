"""A bad file costs a worker, never the process or the next file; nothing is left running."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ingest.sandbox import Sandbox
from ragbox.errors import Rejected, Unavailable
from ragbox.settings import Settings
from ragbox.types import Parsed
from tests import parse_jobs

LIMITS = {
    "parse_workers": 1, "parse_memory_mb": 1024, "parse_cpu_seconds": 1, "parse_wall_seconds": 200.0,
    "parse_output_mb": 1,
}  # fmt: skip
ROOT = Path(__file__).parents[1]


@pytest.fixture(autouse=True)
def _nobody_elses_data_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)  # "data" is then not the folder of a box that runs in this checkout


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    pool = Sandbox(Settings(**LIMITS), parse="tests.parse_jobs:parse")
    pool.load()
    yield pool
    pool.close()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "file"
    path.write_text("plain text")
    return path


def text_of(parsed: Parsed) -> str:
    return parsed.blocks[0].text


def gone(pid: int) -> bool:
    """Say whether a process ended (a zombie that nobody reaps yet has ended too)."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z"
    except FileNotFoundError:
        return True


def eventually(check: Callable[[], bool], seconds: float = 60) -> bool:
    end = time.monotonic() + seconds
    while not check() and time.monotonic() < end:
        time.sleep(0.02)
    return check()


def test_a_parsed_file_crosses_whole(sandbox: Sandbox, file: Path) -> None:
    from ingest.parsers import Options

    assert sandbox.parse(file, "plain", "a.txt") == parse_jobs.parse(file, "plain", Options())


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        ("memory", "1024 MB of memory.*RAGBOX_PARSE_MEMORY_MB"),
        ("native", "1024 MB of memory.*RAGBOX_PARSE_MEMORY_MB"),
        ("spin", "1 processor seconds.*RAGBOX_PARSE_CPU_SECONDS"),
        ("flood", "1 MB of output.*RAGBOX_PARSE_OUTPUT_MB"),
        ("die", "exit status 3"),
        ("crash", "SIGABRT"),
        ("reject", "letter.doc: It is not to be read."),
        ("raise", "KeyError.*rId7"),
        ("resolve", "PermissionError.*no network name"),
    ],
)
def test_a_bad_file_is_rejected_with_the_reason_and_the_next_is_parsed(
    sandbox: Sandbox, file: Path, kind: str, reason: str
) -> None:
    with pytest.raises(Rejected, match=reason) as refusal:
        sandbox.parse(file, kind, "inbox/letter.doc")
    assert str(refusal.value).startswith("letter.doc")
    assert text_of(sandbox.parse(file, "plain", "next.txt")) == "plain text"


def test_what_would_be_millions_of_objects_is_refused_before_they_are_made(sandbox: Sandbox, file: Path) -> None:
    file.write_text("65000")
    assert len(sandbox.parse(file, "cells", "a.csv").blocks[0].rows[0]) == 65_000  # commas of a text are no values
    file.write_text("66000")
    with pytest.raises(Rejected, match=r"^a\.csv took more than 65,536 cells.*RAGBOX_PARSE_OUTPUT_MB"):
        sandbox.parse(file, "cells", "a.csv")


def test_a_file_is_opened_and_told_apart_in_the_child_alone(
    sandbox: Sandbox, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ingest.detect.detect", None)
    monkeypatch.setattr("ingest.archive.zip_kind", None)
    assert sandbox.detect(file, "notes.md") == "markdown"
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("../x", "x")
    with pytest.raises(Rejected, match=r"^notes\.docx has a part with an unsafe name"):
        sandbox.detect(file, "in/notes.docx")


def test_no_connection_leaves_a_worker(sandbox: Sandbox, file: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        file.write_text(str(server.getsockname()[1]))
        with pytest.raises(Rejected, match="no network"):
            sandbox.parse(file, "connect", "a.html")
        server.settimeout(0.05)
        with pytest.raises(TimeoutError):
            server.accept()
    assert sandbox.parse(file, "local", "a.html").pages == 2


def test_a_worker_sees_nothing_of_the_servers_environment_and_gives_way(
    sandbox: Sandbox, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RAGBOX_SECRET", "x")
    pid, session, nice, *rest = text_of(sandbox.parse(file, "process", "a.txt")).split(" ")
    assert pid == session
    assert int(nice) >= os.nice(0) + 10 or int(nice) == 19
    assert "RAGBOX_SECRET" not in " ".join(rest)
    folder = Path(rest[-1])
    assert folder.is_dir()
    sandbox.close()
    assert gone(int(pid))
    assert not folder.exists()


def test_a_worker_is_kept_and_after_its_share_of_files_replaced(
    sandbox: Sandbox, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ingest.sandbox.FILES_PER_WORKER", 2)
    pids = [text_of(sandbox.parse(file, "process", "a.txt")).split(" ")[0] for _ in range(3)]
    assert pids[0] == pids[1] != pids[2]
    assert gone(int(pids[0]))


@pytest.mark.parametrize("kind", ["worn", "raise"])
def test_a_worker_near_its_memory_limit_or_after_a_failure_is_replaced(sandbox: Sandbox, file: Path, kind: str) -> None:
    first = text_of(sandbox.parse(file, "process", "a.txt")).split(" ")[0]
    with contextlib.suppress(Rejected):
        sandbox.parse(file, kind, "a.txt")
    assert text_of(sandbox.parse(file, "process", "a.txt")).split(" ")[0] != first


def test_the_settings_reach_the_parser(file: Path) -> None:
    pool = Sandbox(Settings(**LIMITS, ocr=False, ocr_max_pages=7), parse="tests.parse_jobs:parse")
    pool.load()
    assert "ocr=False, ocr_max_pages=7" in text_of(pool.parse(file, "options", "a.txt"))
    pool.close()


def test_threads_share_the_workers(file: Path) -> None:
    pool = Sandbox(Settings(**{**LIMITS, "parse_workers": 2}), parse="tests.parse_jobs:parse")
    pool.load()
    found: list[str] = []
    threads = [
        threading.Thread(target=lambda: found.append(text_of(pool.parse(file, "process", "a")))) for _ in range(6)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 6
    assert len({text.split(" ")[0] for text in found}) <= 2
    pool.close()


def test_closing_ends_a_running_parse_as_unavailable_not_as_a_bad_file(sandbox: Sandbox, file: Path) -> None:
    raised: list[BaseException] = []

    def work() -> None:
        try:
            sandbox.parse(file, "sleep", "a.txt")
        except Unavailable as error:
            raised.append(error)

    threads = [threading.Thread(target=work) for _ in range(2)]  # one parses, one waits for the only worker
    for thread in threads:
        thread.start()
    time.sleep(0.4)
    sandbox.close()
    for thread in threads:
        thread.join(60)
    assert len(raised) == 2
    with pytest.raises(Unavailable):
        sandbox.parse(file, "plain", "a.txt")
    sandbox.load()
    assert text_of(sandbox.parse(file, "plain", "a.txt")) == "plain text"


def test_a_killed_server_leaves_no_process_behind(file: Path) -> None:
    program = (
        "import sys; from pathlib import Path\n"
        "from ingest.sandbox import Sandbox; from ragbox.settings import Settings\n"
        "box = Sandbox(Settings(parse_workers=1), parse='tests.parse_jobs:parse'); box.load()\n"
        "path = Path(sys.argv[1])\n"
        "print(box.parse(path, 'process', 'a').blocks[0].text.split()[0], flush=True)\n"
        "box.parse(path, 'grandchild', 'a')\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program, str(file)],
        stdout=subprocess.PIPE, text=True, cwd=file.parent, env={"PYTHONPATH": str(ROOT)},
    ) as server:  # fmt: skip
        assert server.stdout is not None
        worker = int(server.stdout.readline())
        pid = file.with_suffix(".pid")
        assert eventually(lambda: pid.exists() and pid.read_text() != "")
        server.send_signal(signal.SIGKILL)
    assert eventually(lambda: gone(worker) and gone(int(pid.read_text())))


def test_what_a_killed_server_left_is_swept_by_the_next_on_its_folder_alone(
    sandbox: Sandbox, file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    sandbox.parse(file, "plain", "a.txt")
    other = Sandbox(Settings(**LIMITS, data=tmp_path / "other"), parse="tests.parse_jobs:parse")
    other.load()
    assert len(list(tmp_path.glob("ragbox-parse-*"))) == 1
    other.close()
    Sandbox(Settings(**LIMITS), name="draw").load()  # the same box's pool that draws
    assert len(list(tmp_path.glob("ragbox-parse-*"))) == 1
    Sandbox(Settings(**LIMITS)).load()
    assert list(tmp_path.glob("ragbox-parse-*")) == []


def test_starting_the_pool_starts_no_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subprocess, "Popen", None)
    pool = Sandbox(Settings())
    pool.load()
    pool.close()


def test_a_worker_that_died_while_idle_costs_no_file(sandbox: Sandbox, file: Path) -> None:
    pid = int(text_of(sandbox.parse(file, "process", "a.txt")).split(" ")[0])
    os.kill(pid, signal.SIGKILL)
    assert eventually(lambda: gone(pid))
    assert text_of(sandbox.parse(file, "plain", "a.txt")) == "plain text"
