"""A folder in memory in which sealed files are opened: gone with the machine's power, emptied at each start.

What other programs need as a file (parsers, model loaders) is opened there. It is on a tmpfs, which has no disk but the
machine's swap. Meanwhile the process leaves no core dump, which would be all of its memory as a file.
"""

from __future__ import annotations

import ctypes
import hashlib
import os
import re
import resource
import shutil
import tempfile
from pathlib import Path

from ..errors import Unavailable

KINDS = frozenset({"tmpfs", "ramfs"})
_GET_DUMPABLE, _SET_DUMPABLE = 3, 4  # prctl of Linux


class Memory:
    """The folder of one data folder's owner, from `open` to `close`; holds the system's temporary files meanwhile."""

    def __init__(self, root: Path, data: Path) -> None:
        self._root = root
        owner = hashlib.sha256(str(data.absolute()).encode()).hexdigest()[:12]
        self._name = f"ragbox-{os.geteuid()}-{owner}-"
        self.folder = root / f"{self._name}{os.getpid()}"
        self._before: tuple[str, int, int] = "", 0, 0
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
        soft, hard = resource.getrlimit(resource.RLIMIT_CORE)
        self._before = tempfile.gettempdir(), soft, _dumpable()
        # Libraries and parsers write temporary files of what they read: those must not reach a disk either. The name in
        # the environment is for native ones (Chroma's SQLite sorts in files) and for child processes.
        self._keep_files_in(str(self.folder))
        resource.setrlimit(resource.RLIMIT_CORE, (0, hard))
        _dumpable(0)  # a core_pattern that is a pipe heeds no limit; children inherit the limit alone
        self._open = True

    def close(self) -> None:
        """Delete the folder."""
        if self._open:
            self._open = False
            folder, soft, dumpable = self._before
            self._keep_files_in(folder)
            resource.setrlimit(resource.RLIMIT_CORE, (soft, resource.getrlimit(resource.RLIMIT_CORE)[1]))
            _dumpable(dumpable)
            shutil.rmtree(self.folder, ignore_errors=True)

    @staticmethod
    def _keep_files_in(folder: str) -> None:
        tempfile.tempdir = folder
        os.environ.update(TMPDIR=folder)


def open_swap(swaps: Path = Path("/proc/swaps"), blocks: Path = Path("/sys/class/block")) -> list[str]:
    """Return the files and devices that memory may be swapped out to, but for those in memory and encrypted ones.

    Of a file nobody can say whether the disk below is encrypted: it counts as open.
    """
    names = [line.split()[0] for line in swaps.read_text().splitlines()[1:]] if swaps.is_file() else []
    devices = {name: Path(name).resolve().name for name in names}  # /dev/mapper/swap is a link to /dev/dm-1
    return [n for n, device in devices.items() if not device.startswith("zram") and not _encrypted(blocks / device)]


def _encrypted(block: Path) -> bool:
    """Tell whether a block device is dm-crypt's, or all that it lies on is."""
    kind = block / "dm" / "uuid"
    if kind.is_file() and kind.read_text().startswith("CRYPT-"):
        return True
    below = [blocks.name for blocks in (block / "slaves").glob("*")]
    return bool(below) and all(_encrypted(block.parent / name) for name in below)


def _dumpable(to: int | None = None) -> int:
    """Return whether this process may be dumped, and by other processes of its user be read; set it, if said."""
    libc = ctypes.CDLL(None)
    before: int = libc.prctl(_GET_DUMPABLE, 0, 0, 0, 0)
    if to is not None:
        libc.prctl(_SET_DUMPABLE, to, 0, 0, 0)
    return before


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
