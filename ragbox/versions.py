"""Immutable versions of things on disk, each a sealed folder. Knows files, not what they are for.

    <folder>/<name>/<day>-<digest>/     the files and manifest.json with the SHA-256 of each

A version is named by its day and content: the same files twice are one version. It is written to a folder beside and
renamed when it is whole. Safe to call from several threads of the process that owns the data folder.
"""

from __future__ import annotations

import json
import re
import shutil
import threading
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from . import sealed
from .errors import BadInput, Rejected, Unavailable
from .sealed import MANIFEST, Looks, Progress
from .sealing.vault import PLAIN, Vault

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,62}")
_TRANSIENT = ".incoming-", ".leaving-"


class Versions:
    """The versions in one folder; `thing` is what an error calls one of them ("model")."""

    def __init__(self, folder: Path, thing: str, vault: Vault = PLAIN) -> None:
        self.folder = folder
        self._thing = thing
        self.vault = vault
        self._open: dict[Path, Path] = {}
        self._adding = threading.Lock()
        self._moving = threading.Lock()

    def folders(self) -> list[Path]:
        """Return the folders of all versions that are whole."""
        return [path.parent for path in self.folder.glob(f"[!.]*/*/{MANIFEST}")]

    def check_name(self, name: str) -> None:
        """Return if this can name a version; raises BadInput."""
        if not _NAME.fullmatch(name):
            say = "Choose up to 63 of a-z, A-Z, 0-9, dot, dash, underscore."
            raise BadInput(f"{name!r} cannot name {self._a} {self._thing}. {say}")

    def put(
        self,
        name: str,
        files: Sequence[Path],
        about: Callable[[Path], dict[str, Any]],
        progress: Progress | None = None,
    ) -> Path:
        """Copy files in as a version and return its folder, that of the same files of this name if they are there.

        `about` is given the folder of the copies and returns what the manifest says of them; it may raise.

        Raises:
            BadInput: the name cannot name a version.
            Unavailable: the disk has no room.
        """
        self.check_name(name)
        with self._adding:
            self._make_room(name, sum(p.stat().st_size for p in files))
            coming = self.folder / f".incoming-{uuid.uuid4().hex}"
            coming.mkdir()
            try:
                hashes = _copy_in(files, coming, progress or (lambda _done, _total: None), self.vault)
                digest = sealed.digest_of(hashes)
                for old in self.folders():
                    if old.parent.name == name and digest_of(old) == digest:
                        return old
                now = datetime.now(UTC)
                with self.lend(coming) as copies:
                    said = about(copies)
                sealed.seal(coming, hashes, said | {"added_at": now.isoformat()})
                place = self.folder / name / f"{now:%Y%m%d}-{digest}"
                with self._moving:
                    place.parent.mkdir(exist_ok=True)
                    coming.rename(place)
                sealed.sync(place.parent)
                sealed.sync(self.folder)
            finally:
                shutil.rmtree(coming, ignore_errors=True)
        self._note(place)
        return place

    def drop(self, version: Path) -> None:
        """Delete a version; it is never half there."""
        self.shut(version)
        going = self.folder / f".leaving-{uuid.uuid4().hex}"
        with self._moving:
            version.rename(going)
            self._noted(version).unlink(missing_ok=True)
            with suppress(OSError):  # other versions of the name
                version.parent.rmdir()
        shutil.rmtree(going)

    def opened(self, version: Path) -> Path:
        """Return the folder in which a version's files can be read as they are, until `shut`: itself, or in memory.

        Raises:
            Broken: a file was changed.
            Unavailable: memory has no room for it.
        """
        if not self.vault.sealed:
            return version
        with self._moving:
            place = self._open.get(version)
            if place is None or not place.is_dir():
                place = self._open[version] = self.vault.lodge(version)
            return place

    def shut(self, *versions: Path) -> None:
        """Take back what `opened` opened of these versions."""
        with self._moving:
            for place in [self._open.pop(version) for version in versions if version in self._open]:
                self.vault.dislodge(place)

    @contextmanager
    def lend(self, version: Path) -> Iterator[Path]:
        """Yield a folder as `opened` returns it, until the block ends; raises the same."""
        if not self.vault.sealed:
            yield version
            return
        place = self.vault.lodge(version)
        try:
            yield place
        finally:
            self.vault.dislodge(place)

    def is_of(self, folder: Path) -> bool:
        """Tell whether a folder is a version's, or what one was opened in."""
        with self._moving:
            return folder.is_relative_to(self.folder) or folder in self._open.values()

    def opened_now(self) -> list[Path]:
        """Return the versions that are open."""
        with self._moving:
            return list(self._open)

    def verify(self, version: Path, progress: Progress | None = None) -> tuple[str, ...]:
        """Read every file of a version and return what is wrong, a sentence each; nothing if it is whole."""
        before = sealed.look(version)
        wrong = sealed.problems(version, digest_of(version), progress, self.vault)
        if wrong:
            self._noted(version).unlink(missing_ok=True)
        else:
            self._note(version, before)
        return tuple(wrong)

    def check(self, version: Path) -> None:
        """Return if the version is whole, as is done before each load.

        What was read and found whole is not read again while each file's size, time and inode stay: that takes
        milliseconds, where hashing 16 GB takes half a minute. It finds damage and mistakes; against somebody who may
        write the data folder and sets the times back, only `verify` helps.

        Raises:
            Rejected: files are not as they were added.
        """
        try:
            noted = json.loads(self._noted(version).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            noted = None
        if noted != sealed.look(version) and (wrong := self.verify(version)):
            named = f"{self._thing} {version.parent.name} {version.name}"
            raise Rejected(f"The {named} is not as it was added: {wrong[0]} Remove it and add it again.")

    @property
    def _a(self) -> str:
        return "an" if self._thing[0] in "aeiou" else "a"

    def _noted(self, version: Path) -> Path:
        return self.folder / ".checked" / f"{version.parent.name} {version.name}.json"

    def _note(self, version: Path, found: Looks | None = None) -> None:
        self._noted(version).parent.mkdir(exist_ok=True)
        sealed.write(self._noted(version), found or sealed.look(version))

    def _make_room(self, name: str, size: int) -> None:
        """Delete what a crash left half copied or half removed, and see that the disk holds so many bytes more."""
        self.folder.mkdir(parents=True, exist_ok=True)
        for left in (p for start in _TRANSIENT for p in self.folder.glob(f"{start}*")):
            shutil.rmtree(left, ignore_errors=True)
        free = shutil.disk_usage(self.folder).free
        if free < size:
            need = f"it needs {size / 1e9:.2f} GB and {free / 1e9:.2f} GB are free"
            raise Unavailable(
                f"{self.folder} has no room for {name}: {need}. Remove {self._a} {self._thing}, or add disk."
            )


def digest_of(version: Path) -> str:
    """Return the digest that a version's name ends with."""
    return version.name.rpartition("-")[2]


def _copy_in(files: Sequence[Path], folder: Path, progress: Progress, vault: Vault) -> dict[str, str]:
    try:
        return sealed.copy_in(files, folder, progress, vault)
    except OSError as error:
        where = error.filename or folder
        raise Unavailable(
            f"{where} cannot be copied: {error.strerror}. See to its permissions and the disk."
        ) from error
