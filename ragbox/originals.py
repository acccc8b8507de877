"""The dropped files themselves, named by the hash of their bytes. Knows nothing of documents or collections.

A file that the record may not name, not yet or not any more, is called `pending-` and its hash. So after a crash such
a file is told from one of a newer record, and an ingest or removal that broke off leaves no copy behind.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from .errors import NotFound
from .sealing.stream import Broken
from .sealing.vault import ORIGINAL, PLAIN, Vault

ASIDE = "unnamed"
"""Folder beside it for files that no document names any more; an admin may empty it."""
MADE = Path("cache", "pages")
"""Folder beside it for what was made of files and can be made again."""
_PENDING = "pending-"


class Originals:
    """A folder of files, each written whole or not at all."""

    def __init__(self, folder: Path, vault: Vault = PLAIN) -> None:
        self._folder = folder
        self.vault = vault
        self._aside = folder.parent / ASIDE
        self._made = folder.parent / MADE

    def path(self, sha256: str) -> Path:
        """Return where a stored file lies; `settle`, `doubt` and `remove` move it.

        Raises:
            NotFound: nothing with this hash is stored.
        """
        for place in (self._place(sha256), self._place(sha256, _PENDING)):
            if place.is_file():
                return place
        raise NotFound(f"The original {sha256[:12]} is missing from {self._folder}. Drop the file again.")

    @contextmanager
    def lend(self, path: Path) -> Iterator[Path]:
        """Yield where the file that `path` named can be read until the block ends: itself, or opened in memory.

        Raises:
            Broken: it is sealed and was changed, or changed places with another.
            Unavailable: memory has no room for it.
        """
        digest = hashlib.sha256()
        with self.vault.lend(path, ORIGINAL, digest.update) as place:
            if place != path:
                _same(path, digest.hexdigest())
            yield place

    def read(self, path: Path) -> BinaryIO:
        """Open the file that `path` named, at its beginning; a sealed one is gone through once before.

        Raises:
            Broken: as `lend`.
        """
        stream = self.vault.read(path, ORIGINAL)
        try:
            if self.vault.sealed:
                _same(path, hashlib.file_digest(stream, "sha256").hexdigest())  # type: ignore[arg-type]
                stream.seek(0)
        except BaseException:
            stream.close()
            raise
        return stream

    def has(self, sha256: str) -> bool:
        """Tell whether a file with this hash is stored."""
        return self._place(sha256).is_file() or self._place(sha256, _PENDING).is_file()

    def add(self, source: Path) -> tuple[str, int]:
        """Copy a file in, pending; return the SHA-256 of the bytes that were copied, in hex, and their number."""
        self._folder.mkdir(parents=True, exist_ok=True)
        temporary = self._folder / f".{os.getpid()}-{os.urandom(6).hex()}.part"
        digest, size = hashlib.sha256(), 0
        try:
            with self.vault.source(source) as stream, self.vault.create(temporary, ORIGINAL) as copy:
                while piece := stream.read(1 << 20):
                    digest.update(piece)
                    size += len(piece)
                    copy.write(piece)
                copy.flush()
                os.fsync(copy.fileno())
            settled = self._place(digest.hexdigest())
            settled.parent.mkdir(exist_ok=True)
            temporary.replace(settled if settled.is_file() else self._place(digest.hexdigest(), _PENDING))
            for folder in (settled.parent, self._folder):  # else a power cut takes the name of what the record has
                _flush(folder)
        finally:
            temporary.unlink(missing_ok=True)
        return digest.hexdigest(), size

    def made(self, sha256: str) -> Path:
        """Return the folder for what is made of a stored file and can be made again; it goes when the file goes."""
        return self._made / sha256

    def digest(self, source: Path) -> tuple[str, int]:
        """Return what `add` would, and keep nothing: for a file that is too large to be kept."""
        with self.vault.source(source) as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest(), stream.tell()  # type: ignore[arg-type]

    def size(self, source: Path) -> int:
        """Return how many bytes `add` would copy."""
        return self.vault.size(source)

    def settle(self, sha256: str) -> None:
        """Mark a stored file as one that the record names; one that is marked already is no error."""
        pending = self._place(sha256, _PENDING)
        if pending.is_file():
            pending.replace(self._place(sha256))
            (self._aside / sha256).unlink(missing_ok=True)  # its document is back

    def doubt(self, sha256: str) -> None:
        """Mark a stored file as pending, before the record lets go of it; one that is not there is no error."""
        settled = self._place(sha256)
        if settled.is_file():
            settled.replace(self._place(sha256, _PENDING))

    def remove(self, sha256: str) -> None:
        """Delete a stored file; one that is not there is no error."""
        self._place(sha256).unlink(missing_ok=True)
        self._place(sha256, _PENDING).unlink(missing_ok=True)
        shutil.rmtree(self.made(sha256), ignore_errors=True)

    def sweep(self, keep: AbstractSet[str]) -> int:
        """Make the folder agree with the record, which names `keep`; return how many files went from it.

        What a crash left half-written or pending is deleted. Other files nobody names are laid aside: when an older
        record was put back, they are all there is left of the newer documents. When that one comes back, so do they.
        """
        for made in self._made.iterdir() if self._made.is_dir() else ():
            if made.name not in keep:
                shutil.rmtree(made, ignore_errors=True)
        if not self._folder.is_dir():
            return 0
        gone = 0
        for path in [p for p in self._folder.rglob("*") if p.is_file()]:
            sha256 = path.name.removeprefix(_PENDING)
            if sha256 in keep:
                self.settle(sha256)
                continue
            gone += 1
            if path.suffix == ".part" or path.name != sha256:
                path.unlink()
            else:
                self._aside.mkdir(exist_ok=True)
                path.replace(self._aside / sha256)
                os.utime(self._aside / sha256)  # `expire` counts from here: to rename sets no ctime on some disks
        for path in self._aside.iterdir() if self._aside.is_dir() else ():
            if path.name in keep and not self.has(path.name):
                self._place(path.name).parent.mkdir(exist_ok=True)
                path.replace(self._place(path.name))
        return gone

    def unnamed(self) -> int:
        """Return how many files are laid aside."""
        return sum(1 for _ in self._aside.glob("*"))

    def expire(self, before: float) -> int:
        """Delete what was laid aside before a time, in seconds since the epoch; return how many files."""
        # Not mtime: of what was laid aside before there was `expire`, that is when it was copied in.
        old = [p for p in self._aside.glob("*") if p.stat().st_ctime < before]
        for path in old:
            path.unlink(missing_ok=True)
        return len(old)

    def free_bytes(self) -> int:
        """Return the free space of the disk they lie on."""
        return shutil.disk_usage(self._folder if self._folder.is_dir() else self._folder.parent).free

    def _place(self, sha256: str, mark: str = "") -> Path:
        return self._folder / sha256[:2] / f"{mark}{sha256}"


def _same(path: Path, digest: str) -> None:
    if digest != path.name.removeprefix(_PENDING):
        raise Broken(f"{path} holds another file than the one it is named after. Put it back from a backup.")


def _flush(folder: Path) -> None:
    opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
