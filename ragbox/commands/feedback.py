"""The commands `ragbox feedback ...`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from ..errors import BadInput
from .common import AsJson, Data, connect

app = typer.Typer(no_args_is_help=True, help="What people thought of answers.")


@app.command("export")
def feedback_export(
    file: Annotated[Path, typer.Argument(help="Question file to write, JSONL.")],
    data: Data = None, as_json: AsJson = False,
) -> None:  # fmt: skip
    """Write the answers that people judged as a question file, which `ragbox eval` reads."""
    with connect(data, load=False) as client:
        found = client.feedback()
    lines = "".join(json.dumps(question, ensure_ascii=False) + "\n" for question in found["questions"])
    try:
        with file.open("x", encoding="utf-8") as made:  # a question file is often corrected by hand
            made.write(lines)
    except OSError as error:
        raise BadInput(f"{file} cannot be written: {error.strerror}. Choose another file.") from error
    if as_json:
        print(json.dumps(found, ensure_ascii=False))
    else:
        print(f"{len(found['questions'])} questions in {file}. `ragbox eval {file}` scores the box by them.")
