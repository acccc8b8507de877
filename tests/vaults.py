"""An open vault over a data folder that is sealed with a key file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from ragbox.sealing import keys, whole
from ragbox.sealing.keys import Secret
from ragbox.sealing.vault import Vault


def opened(folder: Path) -> Iterator[Vault]:
    """Seal `folder`/data, open it, and close it at the end."""
    keys.make(folder / "key")
    secret = Secret(key_file=folder / "key")
    for _ in whole.on(folder / "data", secret):
        pass
    vault = Vault(folder / "data", secret)
    vault.open()
    yield vault
    vault.close()
