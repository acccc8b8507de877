"""The dropped files themselves, named by the hash of their bytes. Knows nothing of documents or collections."""

from __future__ import annotations

import hashlib
import os
import shutil
from pathlib import Path

from .errors import NotFound

ASIDE = "unnamed"
"""Folder beside it for files that no document names any more; an admin may empty it."""


class Originals:
    """A folder of files, each written whole or not at all."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def path(self, sha256: str) -> Path:
        """Return where a stored file lies.

        Raises:
            NotFound: nothing with this hash is stored.
        """
        if not self.has(sha256):
            raise NotFound(f"The original {sha256[:12]} is missing from {self._folder}. Drop the file again.")
        return self._place(sha256)

    def has(self, sha256: str) -> bool:
        """Tell whether a file with this hash is stored."""
        return self._place(sha256).is_file()

    def add(self, source: Path) -> tuple[str, int]:
        """Copy a file in; return the SHA-256 of the bytes that were copied, in hex, and their number."""
        self._folder.mkdir(parents=True, exist_ok=True)
        temporary = self._folder / f".{os.getpid()}-{os.urandom(6).hex()}.part"
        digest, size = hashlib.sha256(), 0
        try:
            with source.open("rb") as stream, temporary.open("wb") as copy:
                while piece := stream.read(1 << 20):
                    digest.update(piece)
                    size += len(piece)
                    copy.write(piece)
                copy.flush()
                os.fsync(copy.fileno())
            target = self._place(digest.hexdigest())
            target.parent.mkdir(exist_ok=True)
            temporary.replace(target)
        finally:
            temporary.unlink(missing_ok=True)
        return digest.hexdigest(), size

    def digest(self, source: Path) -> tuple[str, int]:
        """Return what `add` would, and keep nothing: for a file that is too large to be kept."""
        with source.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest(), stream.tell()

    def remove(self, sha256: str) -> None:
        """Delete a stored file; one that is not there is no error."""
        self._place(sha256).unlink(missing_ok=True)

    def sweep(self, keep: set[str]) -> int:
        """Delete half-written files of a crash and lay files nobody names aside; return how many it was.

        Aside, not away: when an older record was put back, they are all there is left of the newer documents.
        """
        if not self._folder.is_dir():
            return 0
        aside = self._folder.parent / ASIDE
        strays = [p for p in self._folder.rglob("*") if p.is_file() and p.name not in keep]
        for path in strays:
            if path.suffix == ".part":
                path.unlink()
            else:
                aside.mkdir(exist_ok=True)
                path.replace(aside / path.name)
        return len(strays)

    def free_bytes(self) -> int:
        """Return the free space of the disk they lie on."""
        return shutil.disk_usage(self._folder if self._folder.is_dir() else self._folder.parent).free

    def _place(self, sha256: str) -> Path:
        return self._folder / sha256[:2] / sha256
