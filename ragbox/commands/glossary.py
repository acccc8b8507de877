"""The commands `ragbox glossary ...`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from .. import show
from ..errors import BadInput, NotFound
from ..wording import Entry, key, write_csv
from .common import AsJson, Data, connect

app = typer.Typer(no_args_is_help=True, help="What the company calls things: abbreviations and other names.")
Term = Annotated[str, typer.Argument(help="A term, as PTO.")]


@app.command("list")
def glossary_list(data: Data = None, as_json: AsJson = False) -> None:
    """List the terms with their other names."""
    with connect(data, load=False) as client:
        show.rows(client.glossary(), "rows", ("term", "names", "by", "at"), as_json)


@app.command("add")
def glossary_add(
    term: Term,
    names: Annotated[list[str], typer.Argument(help="Its other names, as 'paid time off'.")],
    data: Data = None, as_json: AsJson = False,
) -> None:  # fmt: skip
    """Add a term, or give one that is there further names."""
    with connect(data, load=False) as client:
        if (row := _row(client.glossary(), term)) is None:
            made = client.add_term(term, names)
        else:
            made = client.change_term(row["id"], row["term"], [*row["names"], *names])
    show.rows({"rows": [made]}, "rows", ("term", "names"), as_json)


@app.command("remove")
def glossary_remove(term: Term, data: Data = None, as_json: AsJson = False) -> None:
    """Delete a term with its other names."""
    with connect(data, load=False) as client:
        if (row := _row(client.glossary(), term)) is None:
            raise NotFound(f"The term {term!r} is not in the glossary. `ragbox glossary list` lists them.")
        show.values(client.remove_term(row["id"]), as_json)


@app.command("import")
def glossary_import(
    file: Annotated[Path, typer.Argument(help="CSV in UTF-8: a term and its other names, a cell each; - is stdin.")],
    replace: Annotated[bool, typer.Option("--replace", help="Delete the terms that are not in it.")] = False,
    data: Data = None, as_json: AsJson = False,
) -> None:  # fmt: skip
    """Take terms in from a CSV; those that are there get its names. All of it or, if a line is wrong, nothing."""
    try:
        text = sys.stdin.read() if str(file) == "-" else file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(f"{file} cannot be read: {error}. Give a CSV in UTF-8, or - for stdin.") from error
    with connect(data, load=False) as client:
        show.values(client.import_glossary(text, replace=replace), as_json)


@app.command("export")
def glossary_export(
    file: Annotated[Path, typer.Argument(help="CSV to write; - is stdout.")],
    data: Data = None, as_json: AsJson = False,
) -> None:  # fmt: skip
    """Write the glossary as a CSV, which can be taken in again; a file that is there is left as it is."""
    with connect(data, load=False) as client:
        rows = client.glossary()["rows"]
    text = write_csv(Entry(term=row["term"], names=tuple(row["names"])) for row in rows)
    if str(file) == "-":
        print(text.removeprefix("\ufeff"), end="")
        return
    try:
        with file.open("x", encoding="utf-8", newline="") as made:
            made.write(text)
    except OSError as error:
        raise BadInput(f"{file} cannot be written: {error.strerror}. Choose another file.") from error
    show.values({"file": str(file), "terms": len(rows)}, as_json)


def _row(found: dict[str, Any], term: str) -> dict[str, Any] | None:
    return next((row for row in found["rows"] if key(row["term"]) == key(term)), None)
