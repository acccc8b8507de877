"""The commands `ragbox compliance ...`."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from ..compliance_words import COLOURS, STATES
from ..errors import BadInput
from ..paper import pdf
from .common import AsJson, Data, connect

app = typer.Typer(no_args_is_help=True, help="What those who audit the box ask for.")
KINDS = (".md", ".pdf")


@app.callback()
def group() -> None:
    """What those who audit the box ask for."""


@app.command("report")
def report(
    lang: Annotated[str, typer.Option("--lang", help="en or zh.")] = "en",
    out: Annotated[Path | None, typer.Option("--out", help="File to write: .md or .pdf; without, print it.")] = None,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Write the compliance checklist, filled from the settings and the record in use."""
    if out and out.suffix.lower() not in KINDS:
        raise BadInput(f"{out.name} is no {' or '.join(KINDS)}. Name the file so, or leave --out away.")
    with connect(data, load=False) as client:
        found = client.compliance(lang)
    if out:
        text = str(found["markdown"])
        colours = {word: COLOURS[state] for state, words in STATES.items() for word in words}
        _write(out, pdf(text, colours) if out.suffix.lower() == ".pdf" else text.encode())
    if as_json:
        print(json.dumps(found, ensure_ascii=False))
    else:
        print(f"Written to {out}." if out else found["markdown"])
    if out and lang == "zh" and out.suffix.lower() == ".pdf":
        print("The PDF has no fonts of its own: a machine without a Chinese font shows blanks.", file=sys.stderr)


def _write(out: Path, made: bytes) -> None:
    try:
        with out.open("xb") as file:
            file.write(made)
    except OSError as error:
        raise BadInput(f"{out} cannot be written: {error.strerror}. Give the path of a new file.") from error
