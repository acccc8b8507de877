"""What every command takes and how it reaches the box. Knows no command."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from ..client import Client

Data = Annotated[Path | None, typer.Option("--data", help="Data folder (default: RAGBOX_DATA or ./data).")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")]
Shelf = Annotated[str | None, typer.Option("--collection", "-C", "-c", help="Collection; all if left out.")]


def settings(data: Path | None, **given: Any) -> Any:
    """Return the settings; those that are None are left to the environment.

    Raises:
        BadInput: a setting is wrong.
    """
    from pydantic import ValidationError
    from pydantic_settings import SettingsError

    from ..errors import BadInput
    from ..settings import Settings

    try:
        chosen = {k: v for k, v in {"data": data, **given}.items() if v is not None}
        return Settings(**chosen)
    except SettingsError as error:  # of an environment variable that is not JSON
        raise BadInput(f"A setting of the environment is wrong: {error}. Write it as JSON.") from None
    except ValidationError as error:
        first = error.errors()[0]
        name = "RAGBOX_" + "_".join(map(str, first["loc"][:1])).upper()
        raise BadInput(f"The setting {name} is wrong: {first['msg']}. Correct it in the environment.") from None


@contextmanager
def connect(data: Path | None, *, load: bool = True, start: bool = True) -> Iterator[Client]:
    """Talk to the server that owns the data folder, or to one started for as long as it takes."""
    from ..running import connect as reach

    with reach(settings(data), load=load, start=start) as client:
        yield client
