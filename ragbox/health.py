"""Says in a few milliseconds how each part of a box is. Changes nothing and measures nothing: that is the doctor's."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from . import silence
from .box import Box
from .doctor import GIB
from .suspicions import Suspicions

LOW_DISK, FULL_DISK = 5 * GIB, GIB
LOW_MEMORY, NO_MEMORY = 3 * GIB, GIB
"""Below the first a light is yellow, below the second red: a parser child may use 2 GB (`parse_memory_mb`)."""


@dataclass(frozen=True, kw_only=True)
class Part:
    """One part: its light ("good", "warn", "bad", "off") and what to say: a `state` with its `figures`.

    Sizes are bytes.
    """

    part: str
    light: str
    state: str
    figures: dict[str, int | str] = field(default_factory=dict)


def look(box: Box) -> Iterator[Part]:
    """Yield how each part is, the record first."""
    yield _record(box)
    yield _index(box, "dense", box.dense.count, box.settings.index_folder / "chroma")
    yield _index(box, "sparse", box.sparse.count, box.settings.index_folder / "tantivy")
    yield _encoder(box)
    yield _engine(box)
    yield _queue(box)
    yield _mirrors(box)
    yield _suspicions(box)
    yield _room("disk", box.originals.free_bytes(), LOW_DISK, FULL_DISK, folder=str(box.settings.data))
    yield _memory()
    yield _network()


def status(box: Box) -> dict[str, Any]:
    """Return what the box holds and whether it is ready, as plain JSON."""
    documents, chunks = box.library.count()
    return {
        "ready": box.ready,
        "documents": documents,
        "chunks": chunks,
        "collections": [c.name for c in box.library.collections()],
        "engine": box.engine.name,
        "encoder": box.encoder.identity if box.ready else box.settings.encoder,
        "pending": len(box.library.pending()),
        "reading": [asdict(r) for r in box.sandbox.reading()],
        "mirrors": box.mirror.status(),
        "data": str(box.settings.data),
    }


def _record(box: Box) -> Part:
    documents, chunks = box.library.count()
    size = sum(path.stat().st_size for path in box.settings.data.glob("ragbox.db*"))
    figures: dict[str, int | str] = {"size": size, "documents": documents, "passages": chunks}
    return Part(part="record", light="good", state="well", figures=figures | {"schema": box.db.version()})


def _index(box: Box, part: str, count: Callable[[str], int], folder: Path) -> Part:
    """Return whether an index has the record's passages; what the outbox still holds is its lag."""
    if not box.ready:
        return Part(part=part, light="warn", state="loading")
    differing = 0
    total = wanted = 0
    for shelf in box.library.collections():
        record, found = box.library.count(shelf.id)[1], count(shelf.id)
        differing += record != found
        total, wanted = total + found, wanted + record
    pending = len(box.library.pending())
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    light, state = ("warn", "behind") if pending else ("bad", "wrong") if differing else ("good", "well")
    figures: dict[str, int | str] = {"count": total, "wanted": wanted, "pending": pending, "size": size}
    return Part(part=part, light=light, state=state, figures=figures)


def _encoder(box: Box) -> Part:
    if not box.ready:
        return Part(part="encoder", light="warn", state="loading", figures={"name": box.settings.encoder})
    identity = box.encoder.identity
    others = [c.name for c in box.library.collections() if c.encoder not in ("", identity)]
    figures: dict[str, int | str] = {"name": identity, "collections": ", ".join(others)}
    return Part(part="encoder", light="bad" if others else "good", state="other" if others else "well", figures=figures)


def _engine(box: Box) -> Part:
    """Return what answers; a model or adapter that should and does not is a fault, though its place is taken."""
    model = box.llm.state
    light, state = {"loading": ("warn", "loads"), "failed": ("bad", "failed")}.get(model.state, ("good", "well"))
    reason = model.reason
    if state == "well" and (problem := box.scorers.status()[1] or box.adapter_store.problem()):
        light, state, reason = "bad", "adapter", problem
    if not box.ready:
        light, state = "warn", "loading"
    figures: dict[str, int | str] = {"name": box.engine.name, "model": model.name, "reason": reason}
    return Part(part="engine", light=light, state=state, figures=figures)


def _queue(box: Box) -> Part:
    _, counts = box.queue.jobs(box.auth.local(), waiting=0, ended=0)
    state = "busy" if counts["running"] or counts["waiting"] else "idle"
    return Part(part="queue", light="good", state=state, figures=dict(counts))


def _mirrors(box: Box) -> Part:
    mirrors = box.mirror.status()
    alarms = [m["folder"] for m in mirrors if m["alarm"]]
    if not mirrors:
        return Part(part="mirrors", light="off", state="none")
    figures: dict[str, int | str] = {
        "folders": len(mirrors), "files": sum(m["files"] for m in mirrors), "alarms": ", ".join(alarms),
        "refused": sum(m["refused"] for m in mirrors),
    }  # fmt: skip
    if alarms:
        return Part(part="mirrors", light="bad", state="alarm", figures=figures)
    refused = bool(figures["refused"])
    return Part(
        part="mirrors", light="warn" if refused else "good", state="refused" if refused else "well", figures=figures
    )


def _suspicions(box: Box) -> Part:
    """Return how many documents hide words or give orders: none of it is a fault of the box."""
    hidden, ordering = Suspicions(box.db).count()
    figures: dict[str, int | str] = {"hidden": hidden, "ordering": ordering}
    some = bool(hidden or ordering)
    return Part(
        part="suspicions", light="warn" if ordering else "good", state="some" if some else "none", figures=figures
    )


def _memory() -> Part:
    import psutil

    memory = psutil.virtual_memory()
    return _room("memory", memory.available, LOW_MEMORY, NO_MEMORY, total=memory.total)


def _room(part: str, free: int, low: int, none: int, **figures: int | str) -> Part:
    light, state = ("bad", "none") if free < none else ("warn", "low") if free < low else ("good", "well")
    return Part(part=part, light=light, state=state, figures={"free": free, **figures})


def _network() -> Part:
    tried = silence.tried()
    hosts = ", ".join(f"{host} ({n})" for host, n in sorted(tried.items()))
    return Part(
        part="network", light="bad" if tried else "good", state="called" if tried else "well", figures={"hosts": hosts}
    )
