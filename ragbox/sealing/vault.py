"""Opens and seals the files of one data folder; where the folder is not sealed, files are what they are.

Knows which keys there are and where files are opened, not what they are.
"""

from __future__ import annotations

import io
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, cast

from ..errors import Conflict, Unavailable
from . import keys, record
from .keys import Ring, Secret
from .memory import Memory
from .stream import Key, Reader, Writer

PIECE = 1 << 20
ORIGINAL, INCOMING, RUN, VERSION = "original", "incoming", "run", "version/"
"""What dropped files, those that wait to be taken in, kept runs, and the files (by name) of models and adapters are
sealed under."""
IN_THE_OPEN = frozenset({"manifest.json", "README.md"})
"""Of models and adapters, what is read to list them."""
_WAITING = "uploads", "queue"


class Vault:
    """What reads and writes sealed files. Safe to call from several threads, each file from one at a time."""

    def __init__(self, data: Path, secret: Secret | None = None, memory: Path = Path("/dev/shm")) -> None:
        self._data = data
        self._secret = secret or Secret()
        self._memory = Memory(memory, data)
        self._ring: Ring | None = None
        self.lock = ""
        """What opens it: "key file" or "passphrase", "" where it is not sealed."""

    def open(self) -> None:
        """Get the keys ready, if the folder is sealed.

        Raises:
            NoKey: there is no key, or it is not the one that sealed the folder.
            Conflict: a key is given and nothing is sealed, the sealing was broken off, or `seal.json` is missing.
            Unavailable: there is no folder in memory.
        """
        seal = keys.read(self._data)
        if seal is None:
            if record.is_sealed(self._data):
                raise Conflict(
                    f"{self._data / record.RECORD} is sealed or damaged, and {keys.FILE}, which would tell by what it "
                    "is sealed, is missing. Nothing was opened. Put back what is missing from a backup."
                )
            if self._secret:
                raise Conflict(
                    f"A key is set and {self._data} is not sealed, so nothing was opened. Seal it: `ragbox seal on`. "
                    "Or take RAGBOX_SEAL_KEY_FILE and RAGBOX_SEAL_PASSPHRASE_FILE away."
                )
            return
        if seal.state != keys.ON:
            raise Conflict(f"The sealing of {self._data} was broken off. {keys.FINISH[seal.state]}")
        ring = keys.unlock(self._data, seal, self._secret)
        self._memory.open()
        self._ring, self.lock = ring, str(seal.lock["kind"])

    def close(self) -> None:
        """Forget the keys and delete what is opened."""
        self._ring = None
        self._memory.close()

    def use(self, ring: Ring | None) -> None:
        """Seal and open with these keys, None for none."""
        self._ring = ring

    @property
    def sealed(self) -> bool:
        """Tell whether files are sealed."""
        return self._ring is not None

    @property
    def key(self) -> Key | None:
        """Return the data key, None where nothing is sealed."""
        return self._ring.current if self._ring else None

    def create(self, path: Path, name: str) -> BinaryIO:
        """Open a new file to be written; what is sealed opens only under this name, and once it was closed."""
        return self._writer(path, name)

    def read(self, path: Path, name: str) -> BinaryIO:
        """Open a file that was sealed under a name, at its beginning.

        Raises:
            Broken: it was changed, cut off, put there unsealed, or sealed under another name.
            OSError: as `open` raises it.
        """
        return self._reader(path.open("rb"), name)

    def create_version(self, path: Path) -> BinaryIO:
        """Open a new file of a model or adapter to be written."""
        return self._writer(path, "" if in_the_open(path) else VERSION + path.name)

    def read_version(self, source: BinaryIO, name: str) -> BinaryIO:
        """Return a stream of a model's or adapter's file, of which the stored one is open; raises as `read`."""
        return self._reader(source, "" if in_the_open(Path(name)) else VERSION + name)

    def source(self, path: Path) -> BinaryIO:
        """Open a file that is to be taken in: one that waits in the data folder is sealed, any other is somebody's."""
        return self.read(path, INCOMING) if self._waits(path) else path.open("rb")

    def size(self, path: Path) -> int:
        """Return the bytes that `source` will read."""
        if not self._waits(path):
            return path.stat().st_size
        with self.source(path) as stream:
            return stream.seek(0, os.SEEK_END)

    def get(self, path: Path, name: str) -> bytes:
        """Return a small file; raises as `read`."""
        with self.read(path, name) as stream:
            return stream.read()

    def put(self, path: Path, name: str, data: bytes) -> None:
        """Write a small file."""
        with self.create(path, name) as stream:
            stream.write(data)

    @contextmanager
    def lend(self, path: Path, name: str, check: Callable[[bytes], object] = lambda _: None) -> Iterator[Path]:
        """Yield where a file can be read as it is: itself, or opened in memory until the block ends.

        `check` hears all of an opened file, piece by piece.

        Raises:
            Broken: as `read`.
            Unavailable: memory has no room for it.
        """
        if self._ring is None:
            yield path
            return
        place = self._memory.folder / f"lent-{os.urandom(8).hex()}"
        try:
            self.unseal(path, name, place, check)
            yield place
        finally:
            place.unlink(missing_ok=True)

    def unseal(self, path: Path, name: str, place: Path, check: Callable[[bytes], object] = lambda _: None) -> None:
        """Write a sealed file, opened, to a place in memory; raises as `lend`."""
        with self.read(path, name) as stream:
            try:
                with os.fdopen(os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as copy:
                    while piece := stream.read(PIECE):
                        check(piece)
                        copy.write(piece)
            except OSError as error:
                with suppress(OSError):
                    place.unlink()
                raise Unavailable(
                    f"{path} cannot be opened in {place.parent}: {error.strerror}. Give that tmpfs more room "
                    "(RAGBOX_SEAL_MEMORY names it; in a container, its size of /dev/shm)."
                ) from error

    def scratch(self, folder: Path) -> Path:
        """Return where files may lie that are not sealed while they are worked on: there, or in memory."""
        return self._memory.folder / folder.name if self._ring else folder

    def lodge(self, version: Path) -> Path:
        """Open all files of a model or adapter in a new folder in memory, named as the version is, and return that.

        Raises:
            Broken: as `read`.
            Unavailable: memory has no room for it.
        """
        place = self._memory.folder / os.urandom(8).hex() / version.parent.name / version.name
        place.mkdir(mode=0o700, parents=True)
        try:
            for path in sorted(p for p in version.iterdir() if p.is_file()):
                if in_the_open(path):
                    shutil.copyfile(path, place / path.name)
                else:
                    self.unseal(path, VERSION + path.name, place / path.name)
        except BaseException:
            self.dislodge(place)
            raise
        return place

    def dislodge(self, place: Path) -> None:
        """Delete a folder that `lodge` made."""
        shutil.rmtree(place.parent.parent, ignore_errors=True)

    def _writer(self, path: Path, name: str) -> BinaryIO:
        target = path.open("wb")
        return cast(BinaryIO, Writer(target, self._ring.current, name)) if self._ring and name else target

    def _reader(self, source: BinaryIO, name: str) -> BinaryIO:
        if self._ring is None or not name:
            return source
        try:
            return io.BufferedReader(Reader(source, self._ring.keys, name), PIECE)
        except BaseException:
            source.close()
            raise

    def _waits(self, path: Path) -> bool:
        return self._ring is not None and any(path.is_relative_to(self._data / name) for name in _WAITING)


def in_the_open(path: Path) -> bool:
    """Tell whether a file of a model or adapter is never sealed."""
    return path.name in IN_THE_OPEN or path.name.startswith(".")


PLAIN = Vault(Path())
"""Of a folder that is not sealed."""
