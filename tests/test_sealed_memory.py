"""What a sealed box keeps in memory stays there: no core dump, no temporary file elsewhere; open swap is named."""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import sqlite3
import stat
import subprocess
import sys
import tempfile
import threading
from contextlib import closing
from pathlib import Path

import pytest

from ragbox.box import Box
from ragbox.doctor import examine
from ragbox.index import leavings
from ragbox.sealing import keys, whole
from ragbox.sealing.keys import Secret
from ragbox.sealing.memory import open_swap
from ragbox.sealing.vault import Vault
from ragbox.settings import Settings
from tests.fakes import FakeEncoder, FakeSandbox
from tests.private import FakeFinder

PATTERN = Path("/proc/sys/kernel/core_pattern")
DIE = """
import os, resource, sys
from pathlib import Path
from ragbox.sealing.keys import Secret
from ragbox.sealing.vault import Vault
resource.setrlimit(resource.RLIMIT_CORE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
if sys.argv[1] == "sealed":
    Vault(Path(sys.argv[2]), Secret(key_file=Path(sys.argv[3]))).open()
resource.setrlimit(resource.RLIMIT_CORE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))  # as where a pipe heeds none
os.abort()
"""


@pytest.fixture
def sealed(tmp_path: Path) -> tuple[Path, Secret]:
    """An empty data folder that is sealed, and what opens it."""
    keys.make(tmp_path / "key")
    secret = Secret(key_file=tmp_path / "key")
    for _ in whole.on(tmp_path / "data", secret):
        pass
    return tmp_path / "data", secret


def test_temporary_files_go_to_memory_and_nothing_is_dumped_while_it_is_open(sealed: tuple[Path, Secret]) -> None:
    def state() -> tuple[str, str, int, int]:
        core = resource.getrlimit(resource.RLIMIT_CORE)[0]
        return (
            os.environ.get("TMPDIR") or tempfile.gettempdir(),
            tempfile.gettempdir(),
            core,
            ctypes.CDLL(None).prctl(3, 0, 0, 0, 0),
        )

    before = state()
    vault = Vault(*sealed)
    vault.open()
    inside = os.environ["TMPDIR"]
    assert inside.startswith("/dev/shm/ragbox-")
    assert state() == (inside, inside, 0, 0)
    told = "import os, resource, tempfile; print(tempfile.gettempdir(), *resource.getrlimit(resource.RLIMIT_CORE)[:1])"
    assert subprocess.run([sys.executable, "-c", told], capture_output=True, text=True).stdout.split() == [inside, "0"]
    vault.close()
    assert state() == before
    plain = Vault(sealed[0].parent / "plain")
    plain.open()
    assert state() == before
    plain.close()


SPY = """
import builtins, os, pathlib
importing = builtins.__import__
def look():
    with open(os.environ["SEEN"], "a") as seen:
        for handle in pathlib.Path("/proc/self/fd").iterdir():
            if handle.is_symlink() and "etilqs_" in (name := os.readlink(handle)):
                print(name, file=seen)
def watched(name, *given, **more):
    module = importing(name, *given, **more)
    if name == "sqlite3":  # not imported here: its library reads the environment then
        class Connection(module.Connection):
            def __init__(self, *given, **more):
                super().__init__(*given, **more)
                self.set_progress_handler(look, 100)
        module.connect = Connection
    return module
builtins.__import__ = watched
"""


def test_chromas_file_is_written_anew_beside_it_for_memory_may_have_no_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    memory, chroma = tmp_path / "memory", tmp_path / "indexes" / "chroma"
    for folder in (memory, chroma):
        folder.mkdir(parents=True)
    with closing(sqlite3.connect(chroma / leavings.FILE, isolation_level=None)) as connection:
        connection.execute("CREATE TABLE segments (id TEXT)")
        connection.execute("CREATE TABLE note (data BLOB)")
        connection.executemany("INSERT INTO note VALUES (?)", [(bytes(3000),)] * 2000)  # SQLite keeps 2 MB in memory
    (tmp_path / "sitecustomize.py").write_text(SPY)
    for name, value in {"PYTHONPATH": tmp_path, "SEEN": tmp_path / "seen", "TMPDIR": memory}.items():
        monkeypatch.setenv(name, str(value))
    leavings.wipe(chroma, threading.Event())
    assert {str(Path(line).parent) for line in (tmp_path / "seen").read_text().splitlines()} == {str(chroma)}


@pytest.mark.parametrize("how", ["plain", "sealed"])
def test_a_sealed_server_that_crashes_leaves_no_core(how: str, sealed: tuple[Path, Secret], tmp_path: Path) -> None:
    if PATTERN.read_text().strip() not in ("core", "core.%p"):
        pytest.skip("core dumps do not go to the working folder here")
    if resource.getrlimit(resource.RLIMIT_CORE)[1] != resource.RLIM_INFINITY:
        pytest.skip("core dumps are not allowed here")
    (tmp_path / "work").mkdir()
    done = subprocess.run(
        [sys.executable, "-c", DIE, how, str(sealed[0]), str(tmp_path / "key")], cwd=tmp_path / "work",
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[1])},
    )  # fmt: skip
    assert done.returncode == -signal.SIGABRT
    cores = list((tmp_path / "work").iterdir())
    assert bool(cores) == (how == "plain")


def test_swap_counts_as_open_unless_it_is_in_memory_or_encrypted(tmp_path: Path) -> None:
    blocks = tmp_path / "blocks"
    for name, uuid, below in (
        ("dm-0", "CRYPT-LUKS2-ab-swap\n", ()), ("dm-1", "LVM-cd\n", ("dm-0",)), ("dm-2", "LVM-ef\n", ("dm-0", "sda3")),
        ("sda3", "", ()),
    ):  # fmt: skip
        (blocks / name / "slaves").mkdir(parents=True)
        for other in below:
            (blocks / name / "slaves" / other).mkdir()
        if uuid:
            (blocks / name / "dm").mkdir()
            (blocks / name / "dm" / "uuid").write_text(uuid)
    swaps = tmp_path / "swaps"
    names = ("/dev/dm-0", "/dev/dm-1", "/dev/dm-2", "/dev/sda3", "/dev/zram0", "/swap\\040file")
    lines = [f"{name} partition 1024 0 -2\n" for name in names]
    swaps.write_text("Filename Type Size Used Priority\n" + "".join(lines))
    assert open_swap(swaps, blocks) == ["/dev/dm-2", "/dev/sda3", "/swap\\040file"]
    swaps.write_text("Filename Type Size Used Priority\n")
    assert open_swap(swaps, blocks) == []
    assert open_swap(tmp_path / "none", blocks) == []


def test_the_doctor_names_swap_that_is_open(
    box: Box, sealed: tuple[Path, Secret], monkeypatch: pytest.MonkeyPatch
) -> None:
    def finding() -> str:
        return next(c.finding for c in examine(box) if c.part == "sealing")

    monkeypatch.setattr("ragbox.doctor.open_swap", lambda: ["/dev/sda3"])
    assert "/dev/sda3" not in finding(), "nothing is sealed"
    vault = Vault(*sealed)
    vault.open()
    monkeypatch.setattr(box, "vault", vault)
    assert "may be swapped out to /dev/sda3: encrypt that, or switch it off." in finding()
    monkeypatch.setattr("ragbox.doctor.open_swap", list)
    assert finding().endswith("There is no swap that is not encrypted.")
    vault.close()


def test_nobody_else_can_enter_indexes_that_lie_where_all_may_look(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path / "data", indexes=str(tmp_path / "shared"))
    for name in ("chroma", "tantivy"):
        (tmp_path / "shared" / name).mkdir(parents=True, mode=0o755)
    box = Box(settings, encoder=FakeEncoder(), sandbox=FakeSandbox(), analyzer=FakeFinder)
    box.open()
    box.load()
    modes = {p.name: stat.S_IMODE(p.stat().st_mode) for p in (tmp_path / "shared").iterdir()}
    box.close()
    assert modes == {"chroma": 0o700, "tantivy": 0o700}
