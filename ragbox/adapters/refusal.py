"""How an adapter is refused: the file, the cause and the remedy, in that order. Knows no rule."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from ..errors import Rejected

SMALL_JSON = 1 << 20
"""Bytes: peft writes 1 kB, and up to 100 kB where each module has a rank of its own."""


NO_OP = (
    "is a no-op adapter: in each module one of the two matrices is all zeros, so that it changes nothing",
    "Train it before it is added.",
)


def refuse(file: str, cause: str, remedy: str) -> Rejected:
    """Return the error to raise; the file is named without its folder, which is a copy's."""
    return Rejected(f"{file} of the adapter {cause}. {remedy}")


def read_json(path: Path) -> dict[str, Any]:
    """Return the object in a small JSON file.

    Raises:
        Rejected: it is too large, none, or says a key twice, which readers understand differently.
    """
    with path.open("rb") as stream:
        text = stream.read(SMALL_JSON + 1)
    if len(text) > SMALL_JSON:
        raise refuse(path.name, f"is larger than {SMALL_JSON >> 20} MiB", "Save the adapter again with peft.")
    return parse_json(path.name, text)


def parse_json(file: str, text: bytes) -> dict[str, Any]:
    """Return the object that a JSON text is; raises as `read_json` does."""
    try:
        found = json.loads(text, object_pairs_hook=_once)
        if not isinstance(found, dict):
            raise ValueError("it is no object")
    except (ValueError, RecursionError) as error:
        raise refuse(
            file, f"has no readable JSON ({error})", "Copy the file again, or save the adapter again."
        ) from error
    return found


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise ValueError(f"the key {name[:80]!r} stands there twice")
        found[name] = value
    return found
