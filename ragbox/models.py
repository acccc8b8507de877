"""The model store: immutable versions of models on disk, one of them active. Knows files, loads no model.

    data/models/<name>/<version>/     the model's files and manifest.json with the SHA-256 of each
    data/models/.active.json          which version is active, and which were before it

Safe to call from several threads of the process that owns the data folder.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterable
from contextlib import AbstractContextManager, suppress
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from . import sealed, weights
from .errors import Conflict, NotFound, Unavailable
from .sealed import Progress
from .sealing.vault import PLAIN, Vault
from .versions import Versions

EARLIER = 20
"""How many steps `rollback` can go back."""
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

    def __init__(self, folder: Path, vault: Vault = PLAIN) -> None:
        self.folder = folder
        self.vault = vault
        self._versions = Versions(folder, "model", vault)
        self._changing = threading.RLock()

    # -- what there is -------------------------------------------------------------------------------------

    def list(self) -> tuple[Version, ...]:
        """Return all versions, by name and then the oldest first."""
        found = []
        for path in self._versions.folders():
            with suppress(FileNotFoundError):  # removed since
                found.append(_read(path))
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
            if self._pointer()[0] != now:  # another was activated in between, and this one removed
                return self.active()
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
        facts = asdict(weights.facts(source, kept))
        about = facts | {
            "licence": facts["licence"] or licence,
            "source": origin or str(source.resolve()),
            "size": sum(p.stat().st_size for p in kept),
        }
        return _read(self._versions.put(name, kept, lambda _copy: about, progress))

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
            self._versions.drop(found.folder)

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
        return self._versions.verify(self.get(name, version).folder, progress)

    def check(self, version: Version) -> None:
        """Return if the version is whole, as is done before each load; see `Versions.check`.

        Raises:
            Rejected: files are not as they were added.
        """
        self._versions.check(version.folder)

    def opened(self, version: Version) -> Path:
        """Return the folder to load a version from; of a sealed one in memory, until another is opened.

        Raises:
            Broken: a file was changed.
            Unavailable: memory has no room for it.
        """
        self._versions.shut(*(folder for folder in self._versions.opened_now() if folder != version.folder))
        return self._versions.opened(version.folder)

    def lend(self, version: Version) -> AbstractContextManager[Path]:
        """Return a context with such a folder, for its time; raises as `opened`."""
        return self._versions.lend(version.folder)

    def is_of(self, folder: Path) -> bool:
        """Tell whether a folder is a version's, or what one was opened in."""
        return self._versions.is_of(folder)

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


def _read(folder: Path) -> Version:
    """Return a version; of one whose manifest is damaged no more than where it lies, so that it can be removed."""
    try:
        said = sealed.manifest(folder)
        known = {f.name: said[f.name] for f in fields(Version) if f.name not in ("name", "version", "folder")}
    except (ValueError, KeyError, TypeError):
        known = {"kind": "", "licence": "", "source": "", "size": 0, "parameters": 0}
    return Version(name=folder.parent.name, version=folder.name, folder=folder, **known)
