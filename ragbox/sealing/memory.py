"""A folder in memory in which sealed files are opened: gone with the machine's power, emptied at each start.

What other programs need as a file (parsers, model loaders) is opened there. It is on a tmpfs, which has no disk but the
machine's swap.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import tempfile
from pathlib import Path

from ..errors import Unavailable

KINDS = frozenset({"tmpfs", "ramfs"})


class Memory:
    """The folder of one data folder's owner, from `open` to `close`; holds the system's temporary files meanwhile."""

    def __init__(self, root: Path, data: Path) -> None:
        self._root = root
        owner = hashlib.sha256(str(data.absolute()).encode()).hexdigest()[:12]
        self._name = f"ragbox-{os.geteuid()}-{owner}-"
        self.folder = root / f"{self._name}{os.getpid()}"
        self._before: str | None = None
        self._open = False

    def open(self) -> None:
        """Make the folder, empty, and delete what a process of this data folder left that was killed.

        Raises:
            Unavailable: it would be on a disk, or belongs to somebody else.
        """
        if (kind := kind_of(self._root)) not in KINDS:
            raise Unavailable(
                f"{self._root} is no folder in memory (tmpfs) but {kind or 'missing'}, and sealed files are opened "
                "nowhere else. Mount a tmpfs, and name it in RAGBOX_SEAL_MEMORY."
            )
        try:
            for left in self._root.glob(f"{self._name}*"):
                if not _alive(left.name.removeprefix(self._name)):
                    shutil.rmtree(left, ignore_errors=True)
            self.folder.mkdir(mode=0o700)
        except OSError as error:
            raise Unavailable(
                f"{self.folder} cannot be made: {error.strerror}. Remove what is there, or set RAGBOX_SEAL_MEMORY."
            ) from error
        # Libraries and parsers write temporary files of what they read: those must not reach a disk either.
        self._before, tempfile.tempdir = tempfile.tempdir, str(self.folder)
        self._open = True

    def close(self) -> None:
        """Delete the folder."""
        if self._open:
            self._open = False
            tempfile.tempdir = self._before
            shutil.rmtree(self.folder, ignore_errors=True)


def _alive(number: str) -> bool:
    return number != str(os.getpid()) and Path("/proc", number).exists()


def kind_of(folder: Path, mounts: Path = Path("/proc/self/mounts")) -> str:
    """Return the kind of file system a folder is on, "" where it is missing or nothing says so."""
    if not folder.is_dir():
        return ""
    place, best, kind = str(folder.resolve()), "", ""
    for line in os.fsdecode(mounts.read_bytes()).split("\n")[:-1]:  # a name may hold U+2028 and the like
        _, mount, found, *_ = line.split(" ")
        mount = re.sub(r"\\([0-7]{3})", lambda octal: chr(int(octal[1], 8)), mount)  # blanks and line ends
        # Of several on one place the last is on top.
        if (place == mount or place.startswith(mount.rstrip("/") + "/")) and len(mount) >= len(best):
            best, kind = mount, found
    return kind
