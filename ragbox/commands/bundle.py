"""The command `ragbox bundle`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, closing
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer

from .. import show
from ..bundle import bundle as collect
from ..errors import Conflict
from .common import AsJson, Data
from .common import settings as settings_of

_V = TypeVar("_V")
NAMED = "model", "encoder", "reranker", "redact_ner"
"""Settings that may name a model outside the data folder."""


def bundle(
    out: Annotated[Path, typer.Argument(help="Folder to make.")],
    source: Annotated[Path, typer.Option("--source", help="The checkout that is to be installed.")] = Path(),
    models: Annotated[
        bool, typer.Option("--models", help="Take the models of the data folder and of the settings along.")
    ] = False,
    adapters: Annotated[bool, typer.Option("--adapters", help="Take the adapters of the data folder along.")] = False,
    unsealed: Annotated[
        bool, typer.Option("--unsealed", help="Of a sealed data folder, let them lie open in the bundle.")
    ] = False,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Collect wheels, samples, models and adapters for a machine without a network, with hashes and install.sh."""
    from ..adapters.store import AdapterStore
    from ..models import Store
    from ..sealing.vault import Vault

    settings = settings_of(data)
    with closing(Vault(settings.data, settings.secret, settings.seal_memory)) as vault:
        if models or adapters:
            vault.open()
        if vault.sealed and not unsealed:
            raise Conflict(
                f"What {settings.data} keeps is sealed, and a bundle holds models and adapters open. Say --unsealed "
                "if they may lie so, and keep the bundle as you keep the key."
            )
        store, learned = Store(settings.data / "models", vault), AdapterStore(settings.data / "adapters", vault)
        versions = store.list() if models else ()
        named = _named(settings) if models else {}
        gguf = any(v.kind == "gguf" for v in versions) or any(_gguf(path) for path in named.values())
        made = collect(
            out, source, _each(versions, store.check, store.lend),
            _each(learned.list() if adapters else (), learned.check, lambda a: learned.versions.lend(a.folder)),
            named=named, extras=["gguf"] if gguf else [],
        )  # fmt: skip
    said = {"folder": str(made.folder), "wheels": made.wheels, "models": made.models, "adapters": made.adapters}
    show.values(said | {"files": made.files, "size": made.size}, as_json)


def _each(
    versions: Iterable[_V], check: Callable[[_V], None], lend: Callable[[_V], AbstractContextManager[Path]]
) -> Iterator[Path]:
    """Yield the folder of one whole version after the other: while it is out, memory holds a sealed one."""
    for version in versions:
        check(version)
        with lend(version) as folder:
            yield folder


def _gguf(path: Path) -> bool:
    return path.suffix == ".gguf" or any(path.glob("*.gguf"))


def _named(settings: Any) -> dict[str, Path]:
    """Return what is there of the models that settings name by a path, by the settings' variables."""
    found = {f"RAGBOX_{name.upper()}": Path(getattr(settings, name)) for name in NAMED if getattr(settings, name)}
    return {variable: path for variable, path in found.items() if path.exists()}
