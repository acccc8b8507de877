"""The model store: immutable versions of models on disk, one of them active. Knows files, loads no model.

    data/models/<name>/<version>/     the model's files and manifest.json with the SHA-256 of each
    data/models/.active.json          which version is active, and which were before it

A version is named by its day and content: the same files twice are one version. It is written to a folder beside and
renamed when it is whole. Safe to call from several threads of the process that owns the data folder.
"""

from __future__ import annotations

import json
import re
import shutil
import threading
import uuid
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from pathlib import Path

from . import sealed, weights
from .errors import BadInput, Conflict, NotFound, Rejected, Unavailable
from .sealed import MANIFEST, Looks, Progress

EARLIER = 20
"""How many steps `rollback` can go back."""
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,62}")
_Key = tuple[str, str]
_Keys = list[_Key | None]


@dataclass(frozen=True, kw_only=True, slots=True)
class Version:
    """One version of a model; `size` in bytes, the rest as `weights.Facts` has it."""

    name: str
    version: str
    folder: Path
    kind: str
    licence: str
    source: str
    size: int
    parameters: int
    embedding: int = 0
    layers: int = 0
    kv_heads: int = 0
    head_dim: int = 0
    context: int = 0
    added_at: str = ""

    @property
    def key(self) -> _Key:
        """Name and version."""
        return self.name, self.version


class Store:
    """The models of one box."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._adding = threading.Lock()
        self._changing = threading.RLock()

    # -- what there is -------------------------------------------------------------------------------------

    def list(self) -> tuple[Version, ...]:
        """Return all versions, by name and then the oldest first."""
        found = []
        for path in self.folder.glob(f"[!.]*/*/{MANIFEST}"):
            with suppress(FileNotFoundError):  # removed since
                found.append(_read(path.parent))
        return tuple(sorted(found, key=lambda v: (v.name.casefold(), v.added_at, v.version)))

    def get(self, name: str, version: str = "") -> Version:
        """Return a version, the newest where none is named.

        Raises:
            NotFound: there is none.
        """
        found = [v for v in self.list() if v.name == name and version in ("", v.version)]
        if not found:
            named = f"model {name!r}" + (f" of version {version!r}" if version else "")
            raise NotFound(f"There is no {named}. `ragbox model list` lists them.")
        return found[-1]

    def active(self) -> Version | None:
        """Return the version that is to answer; None where none is.

        Raises:
            Unavailable: its folder is gone.
        """
        now = self._pointer()[0]
        if now is None:
            return None
        try:
            return self.get(*now)
        except NotFound as error:
            raise Unavailable(
                f"The active model is gone from {self.folder.joinpath(*now)}. Activate another: `ragbox model list`."
            ) from error

    def earlier(self) -> tuple[str, ...]:
        """Return what was active before the active version, "name version" each, the latest last; "" for none."""
        return tuple("" if key is None else " ".join(key) for key in self._pointer()[1])

    # -- in and out ----------------------------------------------------------------------------------------

    def add(
        self, source: Path, *, name: str = "", origin: str = "", licence: str = "", progress: Progress | None = None
    ) -> Version:
        """Copy the model at a path (a folder of safetensors, or a .gguf file) in; the same files again change nothing.

        Args:
            name: what to call it; the folder's or file's own name if left out.
            origin: where it is from; the path if left out.
            licence: the licence, where the files do not say.

        Raises:
            NotFound: there is nothing at the path.
            Rejected: a file may not come in (a pickle, code, a link), is damaged or missing.
            BadInput: the name cannot name a model.
            Unavailable: the disk has no room.
        """
        kept = weights.files(source)
        name = name or (source.stem if source.is_file() else source.resolve().name)
        if not _NAME.fullmatch(name):
            raise BadInput(f"{name!r} cannot name a model. Choose up to 63 of a-z, A-Z, 0-9, dot, dash, underscore.")
        facts = asdict(weights.facts(source, kept))
        about = facts | {
            "licence": facts["licence"] or licence,
            "source": origin or str(source.resolve()),
            "size": sum(p.stat().st_size for p in kept),
        }
        with self._adding:
            self._make_room(name, about["size"])
            coming = self.folder / f".incoming-{uuid.uuid4().hex}"
            coming.mkdir()
            try:
                hashes = sealed.copy_in(kept, coming, progress or (lambda _done, _total: None))
                digest = sealed.digest_of(hashes)
                for old in self.list():
                    if old.name == name and _digest(old) == digest:
                        return old
                now = datetime.now(UTC)
                sealed.seal(coming, hashes, about | {"added_at": now.isoformat()})
                place = self.folder / name / f"{now:%Y%m%d}-{digest}"
                place.parent.mkdir(exist_ok=True)
                coming.rename(place)
                sealed.sync(place.parent)
                sealed.sync(self.folder)
            finally:
                shutil.rmtree(coming, ignore_errors=True)
        added = _read(place)
        self._note(added)
        return added

    def remove(self, name: str, version: str) -> None:
        """Delete a version.

        Raises:
            NotFound: there is none.
            Conflict: it is the active one.
        """
        with self._changing:
            found = self.get(name, version)
            now, earlier = self._pointer()
            if now == found.key:
                raise Conflict(f"{name} {version} is active. Activate another version, or `ragbox model rollback`.")
            self._point(now, [key for key in earlier if key != found.key])
            going = self.folder / f".leaving-{uuid.uuid4().hex}"
            found.folder.rename(going)  # so that it is never half there
            self._noted(found).unlink(missing_ok=True)
            if not any(found.folder.parent.iterdir()):
                found.folder.parent.rmdir()
        shutil.rmtree(going)

    # -- which one answers ---------------------------------------------------------------------------------

    def activate(self, name: str, version: str = "") -> Version:
        """Make a version (the newest where none is named) the one that is to answer, and return it.

        Raises:
            NotFound: there is none.
            Rejected: its files are not as they were added.
        """
        with self._changing:
            found = self.get(name, version)
            self.check(found)
            now, earlier = self._pointer()
            if now != found.key:
                self._point(found.key, [*earlier, now][-EARLIER:])
            return found

    def rollback(self) -> Version | None:
        """Make the version active that was so before the present one, and return it; None where there was none.

        Raises:
            Conflict: nothing was active before.
            Rejected: its files are not as they were added.
        """
        with self._changing:
            _, earlier = self._pointer()
            if not earlier:
                raise Conflict("No other model was active before. Activate one: `ragbox model list` lists them.")
            back = earlier[-1]
            if back is not None:
                self.check(self.get(*back))
            self._point(back, earlier[:-1])
            return self.active()

    # -- are they whole ------------------------------------------------------------------------------------

    def verify(self, name: str, version: str = "", *, progress: Progress | None = None) -> tuple[str, ...]:
        """Read every file of a version and return what is wrong, a sentence each; nothing if it is whole.

        Raises:
            NotFound: there is no such version.
        """
        found = self.get(name, version)
        before = sealed.look(found.folder)
        wrong = sealed.problems(found.folder, _digest(found), progress)
        if wrong:
            self._noted(found).unlink(missing_ok=True)
        else:
            self._note(found, before)
        return tuple(wrong)

    def check(self, version: Version) -> None:
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
        if noted != sealed.look(version.folder) and (wrong := self.verify(*version.key)):
            named = f"{version.name} {version.version}"
            raise Rejected(f"The model {named} is not as it was added: {wrong[0]} Remove it and add it again.")

    def _noted(self, version: Version) -> Path:
        return self.folder / ".checked" / f"{version.name} {version.version}.json"

    def _note(self, version: Version, found: Looks | None = None) -> None:
        self._noted(version).parent.mkdir(exist_ok=True)
        sealed.write(self._noted(version), found or sealed.look(version.folder))

    # -- files ---------------------------------------------------------------------------------------------

    def _pointer(self) -> tuple[_Key | None, _Keys]:
        """Return which version is active, and which were before, the latest last."""
        try:
            said = json.loads((self.folder / ".active.json").read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None, []
        now, *earlier = (None if key is None else (str(key[0]), str(key[1])) for key in said)
        return now, earlier

    def _point(self, now: _Key | None, earlier: Iterable[_Key | None]) -> None:
        sealed.write(self.folder / ".active.json", [now, *earlier])

    def _make_room(self, name: str, size: int) -> None:
        """Delete what a crash left half copied or half removed, and see that the disk holds so many bytes more."""
        self.folder.mkdir(parents=True, exist_ok=True)
        for left in (*self.folder.glob(".incoming-*"), *self.folder.glob(".leaving-*")):
            shutil.rmtree(left, ignore_errors=True)
        free = shutil.disk_usage(self.folder).free
        if free < size:
            need = f"it needs {size / 1e9:.2f} GB and {free / 1e9:.2f} GB are free"
            raise Unavailable(f"{self.folder} has no room for {name}: {need}. Remove a model, or add disk.")


def _digest(version: Version) -> str:
    return version.version.rpartition("-")[2]


def _read(folder: Path) -> Version:
    """Return a version; of one whose manifest is damaged no more than where it lies, so that it can be removed."""
    try:
        said = sealed.manifest(folder)
        known = {f.name: said[f.name] for f in fields(Version) if f.name not in ("name", "version", "folder")}
    except (ValueError, KeyError, TypeError):
        known = {"kind": "", "licence": "", "source": "", "size": 0, "parameters": 0}
    return Version(name=folder.parent.name, version=folder.name, folder=folder, **known)
