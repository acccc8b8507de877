"""Every odd, broken, encrypted and fuzzed file at hand ends as parsed or as rejected with a reason."""

from __future__ import annotations

import contextlib
import os
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from ingest.sandbox import Sandbox
from ragbox.errors import Rejected
from ragbox.settings import Settings

DATA = Path(os.environ.get("RAGBOX_EVALDATA", Path(__file__).parents[3] / "shared" / "evaldata"))
MEMORY_MB = 2048
SUPPORT = {"manifest.jsonl", "pairs.jsonl"}

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    limits = Settings(
        data=tmp_path_factory.mktemp("data"), ocr=False, parse_memory_mb=MEMORY_MB, parse_wall_seconds=200,
        parse_cpu_seconds=60,
    )  # fmt: skip
    pool = Sandbox(limits)
    pool.load()
    yield pool
    pool.close()


@pytest.mark.timeout(1800)
@pytest.mark.parametrize("folder", ["hostile", "parsing"])
def test_every_file_ends_as_parsed_or_rejected_with_a_reason(folder: str, sandbox: Sandbox) -> None:
    if not (DATA / folder).is_dir():
        pytest.skip(f"no evaluation data at {DATA} (set RAGBOX_EVALDATA)")
    ended: Counter[str] = Counter()
    slowest, largest = (0.0, ""), 0
    found = sorted(p for p in (DATA / folder).rglob("*") if p.is_file() and p.name not in SUPPORT)
    for path in found[:: 1 if folder == "hostile" else 3]:  # all of them take a minute more
        start = time.monotonic()
        try:
            kind = sandbox.detect(path, path.name)
            parsed = sandbox.parse(path, kind, path.name)
            ended[kind] += 1
            assert parsed.pages >= 0
            assert all(block.text and block.marks for block in parsed.blocks), path.name
        except Rejected as refusal:
            reason = str(refusal)
            ended["rejected"] += 1
            assert reason.startswith(path.name), reason
            assert len(reason) > len(path.name) + 10
            print(f"{path.relative_to(DATA)}: {reason}")
        slowest, largest = max(slowest, (time.monotonic() - start, path.name)), max(largest, peak())
    print(dict(ended), "slowest", slowest)
    assert sum(ended.values()) > 25
    assert 0 < largest < MEMORY_MB * 1024


def peak() -> int:
    """Return the most memory, in kB, that a process below this one has held; 0 where there is none."""
    found = [0]
    for child in psutil.Process().children(recursive=True):
        with contextlib.suppress(OSError):  # it has ended
            status = Path(f"/proc/{child.pid}/status").read_text()
            found += [int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM")]
    return max(found)
