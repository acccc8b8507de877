"""Seals a whole data folder, opens it for good, or seals it anew by another key; nobody else uses it meanwhile.

Each file is written anew beside itself and takes its place when it is whole, and `seal.json` says beforehand what is
under way. So after a crash the same is begun again and goes on where it was: a header says by which key a file is
sealed. While something is under way the box does not start.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from ..errors import Conflict
from . import keys, record
from .keys import Ring, Seal, Secret
from .record import RECORD
from .stream import HEADER, Broken, Key, Reader, Writer, sealed_by
from .vault import INCOMING, ORIGINAL, PIECE, RUN, VERSION, in_the_open

NOT_SEALED = (
    "chroma", "tantivy", "inbox", "questions", "trainings", "adapters/questions.jsonl", "audit.head", "server.json",
)  # fmt: skip
"""What may lie in the data folder and is never sealed; `docs/security.md` says what each holds."""
_DRAFT = ".reseal"
_LEFT = (
    "cache/pages", "uploads", "models/.practice", "models/.incoming-*", "models/.leaving-*", "adapters/.incoming-*",
    "adapters/.leaving-*", "adapters/.unpacking-*", "trainings/*/lessons.jsonl", "trainings/*/adapter",
    "trainings/*/checkpoint.safetensors", "trainings/*/.checkpoint.safetensors.new", "originals/.*.part",
    f".{RECORD}.new*",
)  # fmt: skip
"""What can be made again, and what a killed server or command left: deleted, not sealed."""


@dataclass(frozen=True, kw_only=True)
class Status:
    """How a data folder stands: files sealed and not among those that are to be, and `open`: what is never sealed.

    `state` is "off", "on", or what was broken off: "sealing", "unsealing", "rotating". `record` tells of the record.
    """

    state: str
    lock: str
    key: str
    sealed: int
    plain: int
    record: bool
    open: tuple[str, ...]


def status(data: Path) -> Status:
    """Return how a data folder stands; reads headers only, and needs no key."""
    seal = keys.read(data)
    found = Counter(_header(path) is not None for path, _ in _files(data))
    return Status(
        state=seal.state if seal else "off", lock=seal.lock["kind"] if seal else "", key=seal.current if seal else "",
        sealed=found[True], plain=found[False], record=record.is_sealed(data),
        open=tuple(name for name in NOT_SEALED if (data / name).exists()),
    )  # fmt: skip


def on(data: Path, secret: Secret) -> Iterator[tuple[int, int]]:
    """Seal a data folder, or go on with it; yields files done and in all.

    Raises:
        BadInput, NoKey: there is no key to be used.
        Conflict: it is sealed, or something else was broken off, or what tells by which key it is sealed is missing.
    """
    if keys.read(data) is None:
        if (sealed := _sealed_already(data)) is not None:
            raise Conflict(
                f"{sealed} is sealed already, and {data / keys.FILE}, which tells by what, is missing. Nothing was "
                "changed. Put it back from a backup; or, if it is not known, delete or move away what is sealed."
            )
        seal, ring = keys.begin(secret)
        data.mkdir(parents=True, exist_ok=True, mode=0o700)
        keys.write(data, seal)
    else:
        seal = _expect(data, keys.SEALING)
        ring = keys.unlock(data, seal, secret)
    yield from _change(data, ring, ring.current, half=True)
    keys.write(data, replace(seal, state=keys.ON))


def off(data: Path, secret: Secret) -> Iterator[tuple[int, int]]:
    """Open a data folder for good, or go on with it, or take back a sealing; yields and raises as `on`."""
    seal = _expect(data, keys.UNSEALING, keys.ON, keys.SEALING)
    ring = keys.unlock(data, seal, secret)
    keys.write(data, replace(seal, state=keys.UNSEALING))
    yield from _change(data, ring, None, half=True)
    keys.write(data, None)


def rotate(data: Path, secret: Secret) -> Iterator[tuple[int, int]]:
    """Seal everything anew by a new data key, or go on with it; yields and raises as `on`. The old key is forgotten."""
    seal = _expect(data, keys.ROTATING, keys.ON)
    ring = keys.unlock(data, seal, secret)
    if seal.state == keys.ON:
        seal, ring = keys.renew(seal, ring, secret)
        keys.write(data, seal)
    yield from _change(data, ring, ring.current, half=False)
    keys.write(data, replace(seal, state=keys.ON, keys={seal.current: seal.keys[seal.current]}))


def rewrap(data: Path, secret: Secret, new: Secret) -> None:
    """Let another key file or passphrase open a sealed data folder from now on; no file is written anew.

    Raises:
        BadInput, NoKey: there is no key to be used, old or new.
        Conflict: the folder is not sealed, or something was broken off.
    """
    seal = _expect(data, keys.ON)
    keys.write(data, keys.rewrap(seal, keys.unlock(data, seal, secret), new))


def _expect(data: Path, *states: str) -> Seal:
    """Return the sealing if it is in one of these states."""
    seal = keys.read(data)
    if seal and seal.state in states:
        return seal
    if seal is None:
        raise Conflict(f"{data} is not sealed. Seal it with `ragbox seal on`.")
    if seal.state == keys.ON:
        raise Conflict(f"{data} is sealed already. `ragbox seal status` says by what.")
    raise Conflict(f"{data} is in the middle of {seal.state}. {keys.FINISH[seal.state]}")


def _change(data: Path, ring: Ring, after: Key | None, *, half: bool) -> Iterator[tuple[int, int]]:
    """Bring record and files to one key (None: plain); with `half` some may be plain on the way."""
    for path in [path for pattern in _LEFT for path in data.glob(pattern)]:
        shutil.rmtree(path, ignore_errors=True) if path.is_dir() else path.unlink()
    if (data / RECORD).is_file():
        before = record.sealed_by(data / RECORD, list(ring.keys.values()))
        if before != after:
            record.rewrite(data / RECORD, before, after)
    for leaving in data.rglob(f".*{_DRAFT}"):
        leaving.unlink()
    files = list(_files(data))
    for done, (path, name) in enumerate(files):
        yield done, len(files)
        _renew(path, name, ring, after, half=half)
    yield len(files), len(files)


def _renew(path: Path, name: str, ring: Ring, after: Key | None, *, half: bool) -> None:
    by = _header(path)
    if by not in ring.keys and not half:
        raise Broken(f"{path} is not sealed by the key of this data folder. Put it back from a backup, or delete it.")
    if (by if by in ring.keys else None) == (after.id if after else None):
        return
    draft = path.with_name(f".{path.name}{_DRAFT}")
    mode = path.stat().st_mode & 0o777
    with path.open("rb") as raw:
        source = Reader(raw, ring.keys, name) if by in ring.keys else raw
        target = draft.open("xb")
        with Writer(target, after, name) if after else target as copy:
            while piece := source.read(PIECE):
                copy.write(piece)
    draft.chmod(mode)
    _flush(draft)
    draft.replace(path)
    keys.flush(path.parent)


def _flush(path: Path) -> None:
    with path.open("rb") as stream:
        os.fsync(stream.fileno())


def _files(data: Path) -> Iterator[tuple[Path, str]]:
    """Yield what is to be sealed, and the name it is sealed under."""
    for pattern in ("originals/*/*", "unnamed/*"):
        yield from ((path, ORIGINAL) for path in sorted(data.glob(pattern)) if _kept(path))
    yield from ((path, INCOMING) for path in sorted(data.glob("queue/*")) if _kept(path) and path.suffix != ".json")
    yield from ((path, RUN) for path in sorted(data.glob("quality/*.json")) if _kept(path))
    for pattern in ("models/*/*/*", "adapters/*/*/*"):
        yield from ((path, VERSION + path.name) for path in sorted(data.glob(pattern)) if _kept(path))


def _kept(path: Path) -> bool:
    return path.is_file() and not path.is_symlink() and not path.name.endswith(".part") and not in_the_open(path)


def _header(path: Path) -> bytes | None:
    with path.open("rb") as stream:
        return sealed_by(stream.read(HEADER.size))


def _sealed_already(data: Path) -> Path | None:
    """Return something that is sealed, None where nothing is."""
    if record.is_sealed(data):
        return data / RECORD
    return next((path for path, _ in _files(data) if _header(path) is not None and not _dropped_so(path)), None)


def _dropped_so(path: Path) -> bool:
    """Tell whether an original has its header from who dropped it: it is named after the hash of its bytes."""
    with path.open("rb") as stream:
        return path.name.endswith(hashlib.file_digest(stream, "sha256").hexdigest())
