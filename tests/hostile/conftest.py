"""A box with real parsers that takes hostile files in, and what must hold after each of them."""

from __future__ import annotations

import re
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path

import psutil
import pytest

from ragbox.audit_trail import Wanted
from ragbox.box import Box
from ragbox.settings import Settings
from ragbox.types import Actor, IngestResult, Status
from tests.fakes import FakeEncoder
from tests.private import FakeFinder
from web.strings_reasons import REASONS

MEMORY_MB = 1024
SECONDS, PATIENCE = 5, 200
"""Of the processor, and by the clock: others may be busy on the machine."""
GOOD = "The lamp of the lobby is number {}."


class Post:
    """Where files come in, one after the other."""

    def __init__(self, box: Box, folder: Path) -> None:
        self.box, self._folder, self._good = box, folder, 0
        self.admin: Actor = box.auth.local()
        box.library.create_collection("post")

    def take(self, name: str, data: bytes) -> IngestResult:
        """Take a file in; whatever comes of it, limits held, nothing lies about and the next file is read."""
        path = self._folder / "file"
        path.write_bytes(data)
        before, start = len(self._entries()), time.monotonic()
        result = self.box.pipeline.ingest(self.admin, path, file=name, collection="post")
        assert time.monotonic() - start < PATIENCE + 10
        assert peak() < MEMORY_MB << 10
        assert len(self._entries()) == before + 1
        assert self.left() == []
        return result

    def refused(self, name: str, data: bytes, reason: str) -> None:
        """Take a file in that must be rejected, for a reason that is told in both languages."""
        result = self.take(name, data)
        assert result.status is Status.REJECTED, result
        assert re.search(reason, result.reason), result.reason
        assert result.reason.startswith(Path(name).name), result.reason
        assert chinese(result.reason), result.reason
        assert self.box.library.chunks_of(result.document) == []
        self.up()

    def read(self, name: str, data: bytes) -> str:
        """Take a file in that must be read; return its text."""
        result = self.take(name, data)
        assert result.status is Status.INDEXED, result
        self.up()
        return "\n".join(chunk.text for chunk in self.box.library.chunks_of(result.document))

    def up(self) -> None:
        """Take a good file in and find what it says."""
        self._good += 1
        result = self.take("good.txt", GOOD.format(self._good).encode())
        assert result.status is Status.INDEXED
        (hit,) = self.box.retriever.search(self.admin, GOOD.format(self._good), document=result.document)
        assert f"number {self._good}." in hit.chunk.text

    def left(self) -> list[Path]:
        """Return what a parser left in its folder, and what in the data folder no record names."""
        found = [p for top in Path(tempfile.gettempdir()).glob(f"{self.box.sandbox._prefix}*") for p in top.rglob("*")]
        originals = [p for p in (self.box.settings.data / "originals").rglob("*") if p.is_file()]
        return found + [p for p in originals if p.name not in self.box.library.hashes()]

    def _entries(self) -> list[object]:
        """Return the trail's entries of documents that were taken in or rejected."""
        wanted = [Wanted(act=f"document.{act}") for act in ("indexed", "rejected")]
        return [entry for one in wanted for entry in self.box.trail.page(self.admin, one, limit=1000)[0]]


@pytest.fixture(scope="module")
def ocr() -> bool:
    """Say whether pictures are read; a file of tests may have its own."""
    return False


@pytest.fixture(scope="module")
def post(tmp_path_factory: pytest.TempPathFactory, ocr: bool) -> Iterator[Post]:
    folder = tmp_path_factory.mktemp("post")
    settings = Settings(
        data=folder / "data", ocr=ocr, parse_memory_mb=MEMORY_MB, parse_wall_seconds=PATIENCE,
        parse_cpu_seconds=SECONDS, parse_workers=1,
    )  # fmt: skip
    made = Box(settings, encoder=FakeEncoder(), analyzer=FakeFinder)
    made.open()
    made.load()
    yield Post(made, folder)
    made.close()


def peak() -> int:
    """Return the most memory, in kB, that a process below this one holds or has held; 0 where there is none."""
    return max([held(process) for process in psutil.Process().children(recursive=True)], default=0)


def held(process: psutil.Process) -> int:
    with suppress(OSError):  # it has ended
        status = Path(f"/proc/{process.pid}/status").read_text()
        return max([int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM")], default=0)
    return 0


@cache
def _rules() -> list[re.Pattern[str]]:
    """Return the sentences that have Chinese, as `web/static/reasons.js` matches them."""
    made = []
    for english in sorted(REASONS, key=len, reverse=True):
        if re.search(r"[.:]( |$)", english):
            rule = "(.*?)".join(map(re.escape, english.split("{}")))
            more = "(?P<rest>)" if english.endswith("{}") else "(?: (?P<rest>.+))?"
            made.append(re.compile(rule + more, re.S))
    return made


def chinese(reason: str) -> bool:
    """Say whether each sentence of a reason has its Chinese, also behind a name and a colon."""
    for rule in _rules():
        if (found := rule.fullmatch(reason)) and (not found["rest"] or chinese(found["rest"])):
            return True
    name, colon, said = reason.partition(": ")
    return bool(colon) and ":" not in name and chinese(said)
