"""A mirrored folder at hand: files in, passes made, what the box then holds."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path
from typing import Any

from ragbox.box import Box
from ragbox.settings import Settings
from tests.fakes import FakeEncoder, FakeSandbox


def mirrored(settings: Settings, **given: Any) -> Box:
    """Return an open, loaded box whose files need not stand still."""
    made = Box(
        settings.model_copy(update={"mirror_settle_seconds": 0.0} | given), encoder=FakeEncoder(), sandbox=FakeSandbox()
    )
    made.open()
    made.load()
    return made


def write(folder: Path, files: dict[str, str]) -> None:
    """Write files, with the folders they need."""
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")


def follow(box: Box, **how: Any) -> None:
    """Make passes until everything is taken in."""
    box.follower.pool = box.follower.pool or ThreadPoolExecutor(2)
    for _ in range(20):
        box.follower.look(**how)
        if not (running := box.follower.taking()) and not box.follower.due():
            return
        wait(running.values(), 20)
    raise AssertionError("the mirror does not come to rest")


def held(box: Box, collection: str = "papers") -> dict[str, str]:
    """Return the text that stands under each name, having checked that record, indexes and originals agree."""
    assert box.indexer.disagreements() == []
    assert box.library.pending() == []
    originals = {p.name for p in (box.settings.data / "originals").rglob("*") if p.is_file()}
    assert originals == box.library.hashes()
    if collection not in [c.name for c in box.library.collections()]:
        return {}
    found = box.library.documents(box.library.collection(collection).id)
    texts = {d.id: " ".join(c.text for c in box.library.chunks_of(d.id)) for d in found}
    names = [(f, texts[d.id]) for d in found for f in d.files]
    assert len(dict(names)) == len(names)
    return dict(names)


def alarm(box: Box) -> str:
    """Return the kind of the one mirror's alarm."""
    (shown,) = box.mirror.status()
    return str((shown["alarm"] or {}).get("kind", ""))


def written(box: Box) -> tuple[object, ...]:
    """Return what changes when anything is written to the record, the originals or an index."""
    log = (box.settings.data / "ragbox.db-wal").stat()
    kept = [p for name in ("tantivy", "originals") for p in sorted((box.settings.data / name).rglob("*"))]
    return log.st_size, log.st_mtime_ns, [(p, p.stat().st_mtime_ns) for p in kept]


def rested(box: Box, seconds: float = 60) -> tuple[object, ...]:
    """Wait until nothing has been written for a second, and return what `written` does.

    The threads that merge an index's segments end some time after the commit that began them.
    """
    seen: list[tuple[object, ...]] = []

    def same() -> bool:
        time.sleep(1)
        with contextlib.suppress(FileNotFoundError):  # a merged segment's files go while they are listed
            seen.append(written(box))
        return len(seen) > 1 and seen[-1] == seen[-2]

    until(same, seconds)
    return seen[-1]


def calm(box: Box, files: int, seconds: float = 60) -> None:
    """Wait until that many files are taken in and nothing is under way."""

    def rests() -> bool:
        with box.follower._looking:
            quiet = not box.follower.taking() and not any(box.follower.waiting.values())
        return quiet and not box.library.pending() and sum(m.files for m in box.mirrors.all()) == files

    until(rests, seconds)


def until(holds: Callable[[], bool], seconds: float = 60) -> float:
    """Wait until something holds; return how long that took."""
    started = time.monotonic()
    while not holds():
        assert time.monotonic() < started + seconds, "waited in vain"
        time.sleep(0.02)
    return time.monotonic() - started
