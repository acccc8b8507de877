"""What every test gets: a temporary data folder, a clean environment, no network but this machine's own."""

from __future__ import annotations

import ipaddress
import os
import shutil
import socket
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from starlette.testclient import TestClient

pytest.register_assert_rewrite("tests.contracts")

from ragbox import cli, logs, silence  # noqa: E402
from ragbox.box import Box  # noqa: E402
from ragbox.encoders import SentenceEncoder  # noqa: E402
from ragbox.redact import stream  # noqa: E402
from ragbox.redact.deadline import Deadline  # noqa: E402
from ragbox.settings import Settings  # noqa: E402
from ragbox.types import Actor  # noqa: E402
from tests.doors import furnish, program  # noqa: E402
from tests.embeddings import PATH  # noqa: E402
from tests.fakes import FakeEncoder, FakeSandbox  # noqa: E402
from tests.lasting import ENCODER  # noqa: E402
from tests.private import FakeFinder  # noqa: E402
from web.app import create_app  # noqa: E402

# Read before the environment is cleaned for the tests.
EVALDATA = Path(os.environ.get("RAGBOX_EVALDATA") or Path(__file__).parents[2] / "shared" / "evaldata")
# Two cores shared with others: deadlines, and a health check after 1 s for ten examples, would measure them.
hypothesis_settings.register_profile(
    "ragbox", deadline=None, max_examples=60, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
hypothesis_settings.load_profile("ragbox")
# Nor must `[REDACTED]` be made of what is merely slow: 2 s for 2 ms are little on a machine that stands still for 3.
DEADLINE, stream._DEADLINE = stream._DEADLINE, Deadline(60)

RAM, ROOM = Path("/dev/shm"), 4 * 2**30
"""Where temporary files are kept if there is so much room, in bytes; a run of all tests leaves less than a tenth."""
if "TMPDIR" not in os.environ and RAM.is_dir() and shutil.disk_usage(RAM).free > ROOM:
    # A box is opened and filled some 2,000 times, and waits for the disk in 60 places: 0.16 s of processor time and
    # 0.7 s on a busy disk, here 0.09 s and 0.2 s.
    os.environ["TMPDIR"] = tempfile.tempdir = str(RAM)

Run = Callable[..., tuple[int, str, str]]
_reached: list[str] = []


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the files that take long: one that comes last is waited for by one process alone, for minutes."""
    long = {item.path for item in items if item.get_closest_marker("slow") or item.get_closest_marker("browser")}
    # By name, those that wait for a browser and those that compute come in turns.
    items.sort(key=lambda item: (0, item.path.name, item.path) if item.path in long else (1, "", RAM))


def outside(address: Any) -> bool:
    """Tell whether a socket address or host name is not this machine's own."""
    host = address[0] if isinstance(address, tuple) else address
    host = host.decode() if isinstance(host, bytes) else host
    if host in (None, "", "localhost"):
        return False
    try:
        found = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return True
    return not (found.is_loopback or found.is_unspecified)


def _refuse(host: object) -> None:
    _reached.append(repr(host))
    raise RuntimeError(f"A test tried to reach {host!r}. Tests use nothing but this machine.")


@pytest.fixture(scope="session", autouse=True)
def _no_network() -> Iterator[None]:
    silence.keep()
    lookup = socket.getaddrinfo
    with pytest.MonkeyPatch.context() as patch:
        for name in ("connect", "connect_ex"):
            original = getattr(socket.socket, name)

            def guarded(self: socket.socket, address: Any, original: Any = original) -> Any:
                if self.family != socket.AF_UNIX and outside(address):
                    _refuse(address)
                return original(self, address)

            patch.setattr(socket.socket, name, guarded)

        def find(host: Any, *rest: Any, **options: Any) -> Any:
            if outside(host):
                _refuse(host)
            return lookup(host, *rest, **options)

        patch.setattr(socket, "getaddrinfo", find)
        yield


@pytest.fixture(autouse=True)
def _clean(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Take RAGBOX_* out of the environment, and fail a test that reached out even if the code swallowed the refusal."""
    for name in [n for n in os.environ if n.startswith("RAGBOX_")]:
        monkeypatch.delenv(name)
    _reached.clear()
    yield
    logs.remove()  # a server in a test's own process has its log cleaned, and the next test's with it
    assert not _reached, f"reached out to {_reached}"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings of a box in a temporary folder."""
    return Settings(data=tmp_path / "data")


@pytest.fixture
def admin() -> Actor:
    """Someone who may do all."""
    return Actor(name="admin", role="admin", collections=("*",))


@pytest.fixture
def box(settings: Settings) -> Iterator[Box]:
    """An open and loaded box with the real record, indexes and engine; encoder, parsers and rules are fakes."""
    made = Box(settings, encoder=FakeEncoder(), sandbox=FakeSandbox(), analyzer=FakeFinder)
    made.open()
    made.load()
    yield made
    made.close()


@pytest.fixture
def app(box: Box) -> FastAPI:
    """The API over a box with two collections, three users and a document in each collection."""
    furnish(box)
    return create_app(box, pages=False)


@pytest.fixture
def as_(app: FastAPI, box: Box) -> Callable[[str], TestClient]:
    """Return a function that gives a user's client."""
    return lambda name: program(app, box, name)


@pytest.fixture(scope="session")
def real_encoder() -> SentenceEncoder:
    """The bundled encoder, loaded once."""
    ENCODER.load()
    return ENCODER


@pytest.fixture(scope="session")
def evaldata() -> Path:
    """The folder of evaluation data, which is no part of the project."""
    if not EVALDATA.is_dir():
        pytest.skip("no evaluation data: set RAGBOX_EVALDATA to its folder")
    return EVALDATA


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command in this process on a data folder of its own; returns exit code, stdout and stderr."""
    monkeypatch.setenv("RAGBOX_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("RAGBOX_ENCODER", PATH)
    monkeypatch.setenv("COLUMNS", "200")

    def call(*words: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["ragbox", *words])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        shown = capsys.readouterr()
        return int(ended.value.code or 0), shown.out, shown.err

    return call
