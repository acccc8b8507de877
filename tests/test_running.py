"""Starting servers: one owner, errors that end the start, a command that uses the server that is there."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from ragbox.errors import Conflict
from ragbox.owner import ADDRESS, Owner, find
from ragbox.running import connect
from ragbox.settings import Settings
from tests.embeddings import PATH

ROOT = Path(__file__).parent.parent


@contextmanager
def serving(
    data: Path, *options: str, end: signal.Signals = signal.SIGINT, **environment: str
) -> Iterator[dict[str, Any]]:
    """Run `ragbox serve` until the block ends; yields what it printed when it was ready."""
    command = [sys.executable, "-m", "ragbox.cli", "serve", "--data", str(data), "--port", "0", "--json", *options]
    given = os.environ | {"RAGBOX_ENCODER": PATH} | environment
    with subprocess.Popen(command, cwd=ROOT, env=given, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield json.loads(process.stdout.readline())
        finally:
            process.send_signal(end)
            try:
                assert process.wait(120) == 0
            finally:
                process.kill()  # or one that does not end holds up all tests after it


def run(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a command to its end."""
    given = os.environ | {"RAGBOX_ENCODER": PATH} | environment
    return subprocess.run(
        [sys.executable, "-m", "ragbox.cli", *words], cwd=ROOT, env=given, capture_output=True, text=True, timeout=250
    )


@pytest.mark.slow
def test_a_server_is_found_used_and_gone_without_a_trace(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with serving(data) as made:
        assert httpx.get(made["url"] + "/readyz").status_code == 200
        assert made["login"].startswith(made["url"] + "/login?token=")
        address = find(data)
        assert address is not None
        assert address.url == made["url"]
        (tmp_path / "a.txt").write_text("The notice period is ninety days.")
        ended = run("ingest", str(tmp_path / "a.txt"), "--data", str(data), "--json")
        assert json.loads(ended.stdout)["status"] == "indexed"
        # The command and the server are one box: the server itself sees the file.
        with connect(Settings(data=data)) as client:
            assert client._address.url == made["url"]
            assert client.search("notice")["hits"][0]["file"] == "a.txt"
        second = run("serve", "--data", str(data), "--port", "0")
        assert second.returncode == Conflict.exit_code
        assert "belongs to a running ragbox" in second.stderr
        assert "Traceback" not in second.stderr
    assert find(data) is None
    assert not (data / ADDRESS).exists()


@pytest.mark.slow
def test_a_server_that_is_told_to_end_leaves_no_temporary_folder(tmp_path: Path) -> None:
    data, temporary = tmp_path / "data", tmp_path / "tmp"
    temporary.mkdir()
    with serving(data, end=signal.SIGTERM, TMPDIR=str(temporary)) as made:
        (tmp_path / "a.txt").write_text("The notice period is ninety days.")
        run("ingest", str(tmp_path / "a.txt"), "--data", str(data))
        assert list(temporary.glob("ragbox-parse-*"))
        shown = run("user", "login", "--data", str(data)).stdout
        assert shown.startswith(made["url"] + "/login?token=")
    assert list(temporary.glob("ragbox-parse-*")) == []
    assert not (data / ADDRESS).exists()


@pytest.mark.slow
@pytest.mark.parametrize("encoder", ["/no/such/folder", "no_such_module:Class"])
def test_a_server_whose_models_do_not_load_ends_with_the_reason(tmp_path: Path, encoder: str) -> None:
    started = time.monotonic()
    ended = run("serve", "--data", str(tmp_path / "data"), "--port", "0", RAGBOX_ENCODER=encoder)
    assert ended.returncode in (2, 7)
    assert "RAGBOX_ENCODER" in ended.stderr
    assert "Traceback" not in ended.stderr
    assert time.monotonic() - started < 240


def test_a_taken_port_is_a_conflict(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        ended = run("serve", "--data", str(tmp_path / "data"), "--port", str(taken.getsockname()[1]))
    assert ended.returncode == Conflict.exit_code
    assert "--port" in ended.stderr


def test_a_command_starts_its_own_server_and_lets_the_folder_go(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path / "data", encoder=PATH)
    with connect(settings) as client:
        assert client.status()["ready"]
        assert find(settings.data) is None  # nobody else is told of it
    with connect(settings, load=False) as client:
        assert not client.status()["ready"]
        assert client.collections() == {"collections": []}
    owner = Owner(settings.data)
    owner.acquire()
    with pytest.raises(Conflict), connect(settings):
        pass
    owner.release()
