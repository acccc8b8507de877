"""The commands `ragbox seal`: they work on the data folder itself, while no server runs on it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from .. import show
from .common import AsJson, Data
from .common import settings as settings_of

app = typer.Typer(
    no_args_is_help=True, help="Seal what the box keeps on disk, so that it cannot be read without a key."
)


@app.command()
def init(
    path: Annotated[Path, typer.Argument(help="File to make, outside of the data folder.")], data: Data = None,
    as_json: AsJson = False,
) -> None:  # fmt: skip
    """Make a key, in a file that only you can read. Keep a copy apart: without it, nothing opens again."""
    from ..errors import BadInput
    from ..sealing import keys

    folder = settings_of(data).data
    if path.resolve().is_relative_to(folder.resolve()):
        raise BadInput(f"{path} is inside the data folder {folder}: who takes that has the key. Choose another place.")
    keys.make(path)
    if as_json:
        show.values({"key_file": str(path.absolute())}, as_json)
    else:
        print(f"Made the key file {path.absolute()}")
        print("Keep a copy apart from this machine: without it nothing opens again.")
        print(f"Set RAGBOX_SEAL_KEY_FILE={path.absolute()} and seal: ragbox seal on")


@app.command()
def status(data: Data = None, as_json: AsJson = False) -> None:
    """Show what is sealed and what is not; needs no key."""
    _tell(settings_of(data).data, as_json)


@app.command()
def on(data: Data = None, as_json: AsJson = False) -> None:
    """Seal the data folder with the key of the settings, or go on with it after a crash."""
    from ..sealing import whole

    _run(data, as_json, whole.on)


@app.command()
def rotate(
    key_file: Annotated[Path | None, typer.Option("--key-file", help="Let this key open it from now on.")] = None,
    passphrase_file: Annotated[
        Path | None, typer.Option("--passphrase-file", help='Or the passphrase in this file; "-" asks.')
    ] = None,
    everything: Annotated[bool, typer.Option("--everything", help="Seal all anew by a new data key.")] = False,
    data: Data = None, as_json: AsJson = False,
) -> None:  # fmt: skip
    """Change the key or passphrase, or with --everything the key that all is sealed by."""
    from ..errors import BadInput
    from ..sealing import whole
    from ..sealing.keys import Secret

    new = Secret(key_file=key_file, passphrase_file=passphrase_file)
    if bool(new) == everything:
        raise BadInput("Say one: --key-file or --passphrase-file for another key, or --everything.")
    if everything:
        _run(data, as_json, whole.rotate)
    else:
        with _alone(data) as settings:
            whole.rewrap(settings.data, settings.secret, new)
            _tell(settings.data, as_json)


@app.command()
def off(data: Data = None, as_json: AsJson = False) -> None:
    """Open the data folder for good, or go on with it after a crash."""
    from ..sealing import whole

    _run(data, as_json, whole.off)


@contextmanager
def _alone(data: Path | None) -> Iterator[Any]:
    """Yield the settings, with the data folder's lock held.

    Raises:
        Conflict: a server or command uses it.
    """
    from ..owner import Owner

    settings = settings_of(data)
    owner = Owner(settings.data)
    owner.acquire()
    try:
        yield settings
    finally:
        owner.release()


def _run(data: Path | None, as_json: bool, change: Callable[..., Iterator[tuple[int, int]]]) -> None:
    with _alone(data) as settings:
        with show.work(quiet=as_json) as advance:
            for done, total in change(settings.data, settings.secret):
                advance({"stage": "", "name": "files", "done": done, "total": total})
        _tell(settings.data, as_json)


def _tell(data: Path, as_json: bool) -> None:
    from ..sealing import keys, whole

    found = whole.status(data)
    if as_json:
        show.values(asdict(found) | {"open": list(found.open)}, as_json)
        return
    if found.state in keys.FINISH:
        print(f"The data folder: in the middle of {found.state}. {keys.FINISH[found.state]}")
    elif not found.lock and (found.record or found.sealed):
        print(
            f"The data folder: sealed or damaged, and {keys.FILE}, which would tell by what, is missing. Put it back."
        )
    else:
        print(f"The data folder: {'sealed' if found.lock else 'not sealed'}")
    if found.lock:
        print(f"Opened by: a {found.lock}; its data key: {found.key}")
    print(f"The record: {'sealed' if found.record else 'not sealed'}")
    print(f"Files: {found.sealed} sealed, {found.plain} not sealed")
    print(f"Never sealed: {', '.join(found.open) or 'nothing is here yet'}")
