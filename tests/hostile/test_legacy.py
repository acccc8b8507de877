"""Old Office files over which LibreOffice hangs or leaves processes behind (row 8): none of them is left."""

from __future__ import annotations

import re
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from ingest import child
from ingest.sandbox import Sandbox
from ragbox.errors import Rejected
from ragbox.settings import Settings
from tests.test_sandbox import eventually
from tests.test_sandbox_time import hurry

pytestmark = pytest.mark.slow

SECONDS = 2.0
HANGS = "sleep 997 & setsid sleep 997 & (setsid sleep 997 &) ; {end}"
"""A child, one in a session of its own, and a daemon whose parent is gone."""


@pytest.fixture
def convert(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str, float], str]]:
    """Return a function that has a stand-in for LibreOffice convert a file, and gives the reason of the refusal."""
    environment, folder = child._environment, tmp_path / "bin"
    monkeypatch.setattr(
        child, "_environment", lambda home: (known := environment(home)) | {"PATH": f"{folder}:{known['PATH']}"}
    )
    pool = Sandbox(Settings(data=tmp_path / "data", parse_workers=1, ocr=False))
    pool.load()
    folder.mkdir()

    def call(script: str, seconds: float) -> str:
        program, file = folder / "soffice", tmp_path / "file"
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(0o755)
        file.write_bytes(b"old")
        pool.detect(file, "warm.txt")
        hurry(pool, seconds)
        with pytest.raises(Rejected) as refusal:
            pool.parse(file, "doc", "letter.doc")
        return str(refusal.value)

    yield call
    pool.close()


def sleeping() -> list[int]:
    return [p.pid for p in psutil.process_iter(["cmdline"]) if p.info["cmdline"] == ["sleep", "997"]]


@pytest.mark.skipif(shutil.which("setsid") is None, reason="no setsid")
@pytest.mark.parametrize(
    ("end", "reason"), [("sleep 997", "2 seconds.*RAGBOX_PARSE_WALL_SECONDS"), ("exit 0", "LibreOffice cannot read it")]
)
def test_none_of_what_libreoffice_started_is_left(convert: Callable[[str, float], str], end: str, reason: str) -> None:
    start = time.monotonic()
    assert re.search(reason, convert(HANGS.format(end=end), SECONDS if "sleep" in end else 200))
    assert time.monotonic() - start < SECONDS + 60
    assert eventually(lambda: sleeping() == [])
