"""The adapter store: immutable versions of adapters on disk, one active for each engine. Knows files, loads nothing.

    data/adapters/<name>/<version>/         the adapter's files and manifest.json with the SHA-256 of each
    data/adapters/.active.json              which key is active, what was before it, which collection has its own
    data/adapters/.active-extractive.json   the same for the quoting engine, whose adapters are scorers

Such a file is replaced at once, so that after any crash it says what it said before or what it says now.
An adapter's key is "name@version"; "" is the engine as it is: the bare model, the built-in scorer. Safe to call from
several threads of the process that owns the data folder.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import Any, Literal, get_args

from .. import sealed
from ..errors import Conflict, NotFound, Rejected, Unavailable
from ..sealing.vault import PLAIN, Vault
from ..versions import Versions
from . import check, pointer, unpack
from .pointer import EXTRACTIVE, MODEL, Engine, Step

_TAKEN_BY: dict[str, Engine] = {"lora": MODEL, "gguf": MODEL, "scorer": EXTRACTIVE}
"""Which engine takes a kind of version."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Adapter:
    """One version of an adapter.

    `base` is what its config calls the model it was made for, `base_digest` the digest of the model that it fitted when
    it came in ("" where unknown). `targets` are the modules it changes, `size` is in bytes, `alpha` its scale before
    it is divided by the rank. `figures` are those of its training.
    """

    name: str
    version: str
    folder: Path
    kind: Literal["lora", "gguf", "scorer"] = "lora"
    base: str = ""
    base_digest: str = ""
    rank: int = 0
    alpha: float = 0.0
    targets: tuple[str, ...] = ()
    parameters: int = 0
    size: int = 0
    source: str = ""
    added_at: str = ""
    figures: Mapping[str, float] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """What a request, the caches and the page call it: "name@version"."""
        return f"{self.name}@{self.version}"

    @property
    def engine(self) -> Engine:
        """Which engine takes it."""
        return _TAKEN_BY.get(self.kind, MODEL)


class AdapterStore:
    """The adapters of one box."""

    def __init__(self, folder: Path, vault: Vault = PLAIN) -> None:
        self.folder = folder
        self.versions = Versions(folder, "adapter", vault)
        self._adding = threading.Lock()
        self._changing = threading.RLock()

    # -- what there is -------------------------------------------------------------------------------------

    def list(self) -> tuple[Adapter, ...]:
        """Return all versions, by name and then the oldest first."""
        return self._among(self.versions.folders())

    def get(self, name: str, version: str = "") -> Adapter:
        """Return a version, the newest where none is named.

        Raises:
            NotFound: there is none.
        """
        named = [p for p in self.versions.folders() if p.parent.name == name and version in ("", p.name)]
        found = self._among(named)
        if not found:
            wanted = f"adapter {name!r}" + (f" of version {version!r}" if version else "")
            raise NotFound(f"There is no {wanted}. `ragbox adapter list` lists them.")
        return found[-1]

    def _among(self, folders: Iterable[Path]) -> tuple[Adapter, ...]:
        found = []
        for folder in folders:
            with suppress(FileNotFoundError):  # removed since
                found.append(_read(folder))
        return tuple(sorted(found, key=lambda a: (a.name.casefold(), a.added_at, a.version)))

    def find(self, key: str) -> Adapter:
        """Return the version that a key names; of a name alone the newest.

        Raises:
            NotFound: there is none.
        """
        name, _, version = key.partition("@")
        return self.get(name, version)

    def check_name(self, name: str) -> None:
        """Return if this can name an adapter; raises BadInput."""
        self.versions.check_name(name)

    def card(self, adapter: Adapter) -> str:
        """Return the adapter's README.md, at most 100,000 characters; "" if it has none."""
        try:
            with (adapter.folder / check.CARD).open(encoding="utf-8", errors="replace") as stream:
                return stream.read(100_000)
        except FileNotFoundError:
            return ""

    # -- in and out ----------------------------------------------------------------------------------------

    def add(
        self, source: Path, *, name: str = "", origin: str = "", base: Path | None = None, base_digest: str = "",
        encoder: str = "", figures: Mapping[str, float] | None = None, progress: sealed.Progress | None = None,
    ) -> Adapter:  # fmt: skip
        """Copy the adapter at a path (a folder, a .zip or a .gguf file) in; the same files again change nothing.

        The copy is checked, not the source, which others may be writing; no model is touched.

        Args:
            name: what to call it; the folder's or file's own name if left out.
            origin: where it is from; the path if left out.
            base: folder or GGUF file of the model that it must fit; not checked where None.
            base_digest: that model's digest; an adapter that says another is refused.
            encoder: the identity of the encoder; a scorer that was fitted for another is refused.

        Raises:
            NotFound: there is nothing at the path.
            Rejected: the adapter may not come in; the message names the file, the cause and the remedy.
            BadInput: the name cannot name an adapter.
            Unavailable: the disk has no room.
        """
        name = name or (source.stem if source.suffix.lower() in (".zip", ".gguf") else source.resolve().name)
        origin = origin or str(source.resolve())
        with self._adding, unpack.opened(source, self.versions.vault.scratch(self.folder)) as folder:
            digest = check.made_for(folder, base_digest)

            def about(copy: Path) -> dict[str, Any]:
                facts = asdict(check.inspect(copy, base, digest, encoder))
                return facts | {"source": origin, "figures": facts["figures"] | dict(figures or {})}

            return _read(self.versions.put(name, check.files(folder), about, progress))

    def remove(self, name: str, version: str) -> None:
        """Delete a version.

        Raises:
            NotFound: there is none.
            Conflict: it is the active one, or a collection's own.
        """
        with self._changing:
            found = self.get(name, version)
            states = {engine: self._state(engine) for engine in get_args(Engine)}  # a damaged one has lost its kind
            if any(found.key == state.active for state in states.values()):
                raise Conflict(f"{found.key} is active. Activate another version, or `ragbox adapter rollback`.")
            if used := sorted(c for c, key in states[MODEL].assigned.items() if key == found.key):
                raise Conflict(f"{found.key} is assigned to {len(used)} collections. Take it away from them first.")
            for engine, state in states.items():
                if found.key in state.earlier:
                    earlier = [key for key in state.earlier if key != found.key]
                    pointer.write(self.folder, engine, state.back_through(earlier))
            self.versions.drop(found.folder)

    # -- which one answers ---------------------------------------------------------------------------------

    def active(self, engine: Engine = MODEL) -> Adapter | None:
        """Return the version that is to answer; None for the engine as it is.

        Raises:
            Unavailable: its folder is gone.
        """
        if not (key := self.current(engine)):
            return None
        try:
            return self.find(key)
        except NotFound as error:
            if self.current(engine) != key:  # another was activated in between, and this one removed
                return self.active(engine)
            raise Unavailable(
                f"The active adapter {key} is gone from {self.folder}. Activate another: `ragbox adapter list`."
            ) from error

    def current(self, engine: Engine = MODEL) -> str:
        """Return the key that is active, "" for the engine as it is; whether its folder is there is not looked at."""
        return self._state(engine).active

    def problem(self, engine: Engine = MODEL) -> str:
        """Return why nothing can be active, as long as nothing new is activated; "" if all is well."""
        return self._state(engine).problem

    def activate(self, key: str | None, engine: Engine = MODEL) -> Adapter | None:
        """Make a version the one that is to answer, or `engine` as it is where the key is None or ""; return it.

        Raises:
            NotFound: there is none.
            Rejected: its files are not as they were added.
        """
        with self._changing:
            found = self.find(key) if key else None
            if found is not None:
                self.check(found)
            engine, now = (found.engine, found.key) if found else (engine, "")
            state = self._state(engine)
            if now != state.active or state.problem:
                pointer.write(self.folder, engine, state.switched(now, [*state.earlier, state.active]))
            return found

    def rollback(self, engine: Engine = MODEL) -> Adapter | None:
        """Make the version active that was so before the present one, and return it; None for the engine as it is.

        Raises:
            Conflict: nothing was active before.
            Rejected: its files are not as they were added.
        """
        with self._changing:
            state = self._state(engine)
            if not state.earlier:
                raise Conflict("No other adapter was active before. Activate one: `ragbox adapter list` lists them.")
            *earlier, back = state.earlier
            if (found := self.find(back) if back else None) is not None:
                self.check(found)
            pointer.write(self.folder, engine, state.switched(back, earlier))
            return found

    def earlier(self, engine: Engine = MODEL) -> tuple[str, ...]:
        """Return the keys that `rollback` goes back to, the next one last; "" for the engine as it is."""
        return self._state(engine).earlier

    def history(self, engine: Engine = MODEL) -> tuple[Step, ...]:
        """Return what was active since when, the latest last."""
        return self._state(engine).history

    def assign(self, collection_id: str, key: str) -> None:
        """Give a collection an adapter of its own; "" takes it away. Of a name alone the present newest is kept.

        Raises:
            NotFound: there is no such adapter.
            Rejected: its files are not as they were added, or it is none of the language model.
            Conflict: the file that says which one answers is damaged.
        """
        with self._changing:
            if (state := self._state(MODEL)).problem:  # written anew it would look well, with nothing active
                raise Conflict(state.problem)
            assigned = {c: k for c, k in state.assigned.items() if c != collection_id}
            if key:
                found = self.find(key)
                if found.engine != MODEL:
                    raise Rejected(f"{found.key} is a {found.kind}, which is for the whole box. Activate it instead.")
                self.check(found)
                assigned[collection_id] = found.key
            pointer.write(self.folder, MODEL, replace(state, assigned=assigned))

    def assigned(self) -> Mapping[str, str]:
        """Return the key of each collection (its id) that has its own."""
        return self._state(MODEL).assigned

    # -- are they whole ------------------------------------------------------------------------------------

    def verify(self, name: str, version: str = "", *, progress: sealed.Progress | None = None) -> tuple[str, ...]:
        """Read every file of a version and return what is wrong, a sentence each; nothing if it is whole.

        Raises:
            NotFound: there is no such version.
        """
        return self.versions.verify(self.get(name, version).folder, progress)

    def check(self, adapter: Adapter) -> None:
        """Return if the version is whole, as is done before each load; see `Versions.check`.

        Raises:
            Rejected: files are not as they were added.
        """
        self.versions.check(adapter.folder)

    def _state(self, engine: Engine) -> pointer.State:
        return pointer.read(self.folder, engine)


def _read(folder: Path) -> Adapter:
    """Return a version; of one whose manifest is damaged where it lies, so that it can be removed."""
    place: dict[str, Any] = {"name": folder.parent.name, "version": folder.name, "folder": folder}
    try:
        said = sealed.manifest(folder)
        known = {f.name: said[f.name] for f in fields(Adapter) if f.name not in place}
        return Adapter(**place, **(known | {"targets": tuple(said["targets"])}))
    except (ValueError, KeyError, TypeError):
        return Adapter(**place)
