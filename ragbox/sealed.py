"""Folders whose files are sealed by a manifest with the SHA-256 of each. Knows nothing of what the files are."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

from .sealing.stream import Broken
from .sealing.vault import PLAIN, Vault

MANIFEST = "manifest.json"
PIECE = 4 << 20

Progress = Callable[[int, int], None]
"""Told (bytes done, bytes in all); what it raises breaks the work off."""
Looks = dict[str, list[int]]
"""Of each file its size, time in ns and inode: what stays while nobody touches it."""


def copy_in(files: Iterable[Path], folder: Path, progress: Progress, vault: Vault = PLAIN) -> dict[str, str]:
    """Copy files into a folder, read-only and forced to disk; return each name's SHA-256 in hex."""
    files = list(files)
    hashes, done, total = {}, 0, sum(p.stat().st_size for p in files)
    for path in files:
        digest = hashlib.sha256()
        with vault.create_version(folder / path.name) as copy:
            for piece in _pieces(_open(path)):
                digest.update(piece)
                copy.write(piece)
                done += len(piece)
                progress(done, total)
            copy.flush()
            os.fsync(copy.fileno())
        (folder / path.name).chmod(0o444)
        hashes[path.name] = digest.hexdigest()
    return hashes


def seal(folder: Path, hashes: dict[str, str], about: dict[str, Any]) -> None:
    """Write the manifest: what is to be said of the whole, and of each file its size and hash."""
    listed = {name: {"sha256": value, "size": (folder / name).stat().st_size} for name, value in hashes.items()}
    write(folder / MANIFEST, about | {"files": listed})


def manifest(folder: Path) -> dict[str, Any]:
    """Return what the manifest says."""
    said: dict[str, Any] = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    return said


def digest_of(hashes: dict[str, str]) -> str:
    """Return 12 hex digits that stand for these files: 48 bits, so that a changed manifest is told by its name."""
    lines = "".join(f"{value}  {name}\n" for name, value in sorted(hashes.items()))
    return hashlib.sha256(lines.encode()).hexdigest()[:12]


def problems(folder: Path, digest: str, progress: Progress | None = None, vault: Vault = PLAIN) -> list[str]:
    """Read every file, and return what is not as it was sealed, a sentence each; `digest` is that of `digest_of`."""
    try:
        listed = {str(name): (str(f["sha256"]), int(f["size"])) for name, f in manifest(folder)["files"].items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        return [f"{MANIFEST} cannot be read: {error}."]
    wrong = [
        f"{name} was put there later." for name in sorted({p.name for p in folder.iterdir()} - {*listed, MANIFEST})
    ]
    if digest_of({name: value for name, (value, _) in listed.items()}) != digest:
        wrong.append(f"{MANIFEST} was changed.")
    done, total = 0, sum(size for _, size in listed.values())
    for name, (sealed, _) in listed.items():
        try:
            found = hashlib.sha256()
            for piece in _pieces(vault.read_version(_open(folder / name), name)):
                found.update(piece)
                done += len(piece)
                if progress:
                    progress(done, total)
        except OSError as error:
            wrong.append(f"{name} cannot be read: {error.strerror}.")
            continue
        except Broken:
            wrong.append(f"{name} was changed: it does not open by the key of this data folder.")
            continue
        if found.hexdigest() != sealed:
            wrong.append(f"{name} was changed: its SHA-256 is {found.hexdigest()}, not {sealed}.")
    return wrong


def look(folder: Path) -> Looks:
    """Return how the files of a folder look, without reading them."""
    found = {p.name: p.lstat() for p in sorted(folder.iterdir())}
    return {name: [s.st_size, s.st_mtime_ns, s.st_ino] for name, s in found.items()}


def write(path: Path, content: Any, vault: Vault = PLAIN, name: str = "") -> None:
    """Write JSON, the whole of it or nothing; under a name what is sealed in a sealed box."""
    made = path.with_name(f".{path.name}.new")
    with vault.create(made, name) as stream:
        stream.write(json.dumps(content, indent=1, ensure_ascii=False).encode())
        stream.flush()
        os.fsync(stream.fileno())
    made.replace(path)
    sync(path.parent)


def sync(folder: Path) -> None:
    """Force a folder's names to disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _open(path: Path) -> BinaryIO:
    # A file that was swapped for a link since it was looked at is not followed.
    return os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW), "rb")


def _pieces(stream: BinaryIO) -> Iterator[bytes]:
    with stream:
        while piece := stream.read(PIECE):
            yield piece
