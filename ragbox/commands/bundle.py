"""The command `ragbox bundle`."""

from __future__ import annotations

from contextlib import ExitStack, closing
from pathlib import Path
from typing import Annotated

import typer

from .. import show
from ..bundle import bundle as collect
from .common import AsJson, Data
from .common import settings as settings_of


def bundle(
    out: Annotated[Path, typer.Argument(help="Folder to make.")],
    source: Annotated[Path, typer.Option("--source", help="The checkout that is to be installed.")] = Path(),
    models: Annotated[bool, typer.Option("--models", help="Take the models of the data folder along.")] = False,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Collect wheels, samples and models for a machine without a network, with hashes and install.sh."""
    from ..models import Store
    from ..sealing.vault import Vault

    settings = settings_of(data)
    with closing(Vault(settings.data, settings.secret, settings.seal_memory)) as vault, ExitStack() as lent:
        if models:
            vault.open()
        store = Store(settings.data / "models", vault)
        versions = [lent.enter_context(store.lend(version)) for version in store.list()] if models else []
        made = collect(out, source, versions)
    said = {"folder": str(made.folder), "wheels": made.wheels, "models": made.models, "files": made.files}
    show.values(said | {"size": made.size}, as_json)
