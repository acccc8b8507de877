"""The commands `ragbox model ...`."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from .. import errors, show
from .common import AsJson, Data, connect

if TYPE_CHECKING:
    from ..client import Client

app = typer.Typer(no_args_is_help=True, help="Language models: add, check, choose.")
Name = Annotated[str, typer.Argument(help="As the list names it.")]
Which = Annotated[str, typer.Argument(help="A version; the newest if left out.")]
LOOK_SECONDS = 0.5


@app.command("add")
def model_add(
    source: Annotated[str, typer.Argument(help="Folder or .gguf file, or OWNER/NAME of the Hugging Face hub.")],
    name: Annotated[str, typer.Option("--name", help="What to call it.")] = "",
    file: Annotated[str, typer.Option("--file", help="The one .gguf file that is wanted of the hub's model.")] = "",
    data: Data = None, as_json: AsJson = False,
) -> None:  # fmt: skip
    """Copy a model into the store, from a path, or from the hub by its name: then it is downloaded."""
    path = Path(source).expanduser()
    with connect(data, load=False) as client:
        client.add_model(str(path.absolute()) if path.exists() else source, name=name, file=file)
        _follow(client, as_json)


@app.command("practice")
def model_practice(
    questions: Annotated[Path | None, typer.Argument(help="Question file; the samples' if left out.")] = None,
    collection: Annotated[
        str, typer.Option("--collection", "-C", "-c", help="Collection with the documents asked about.")
    ] = "samples",
    seconds: Annotated[float, typer.Option("--seconds", min=1, max=3600, help="How long to train at most.")] = 220.0,
    data: Data = None, as_json: AsJson = False,
) -> None:  # fmt: skip
    """Train a tiny model on the sample papers, to try things out; it knows nothing else."""
    with connect(data) as client:
        client.practise(
            collection=collection, questions=str(questions.absolute()) if questions else "", seconds=seconds
        )
        _follow(client, as_json)


@app.command("list")
def model_list(data: Data = None, as_json: AsJson = False) -> None:
    """List the versions in the store, and how the model in use stands."""
    with connect(data, load=False) as client:
        found = client.models()
    if not as_json:
        for row in found["models"]:
            row |= {"active": "yes" if row["active"] else "", "GB": f"{row['size'] / 1e9:.2f}"}
            row["parameters"] = f"{row['parameters'] / 1e9:.3g} B"
    show.rows(
        found, "models", ("name", "version", "active", "kind", "parameters", "GB", "licence", "source"), as_json
    )  # fmt: skip
    if not as_json:
        state = found["model"]
        print(" ".join(filter(None, ("Model in use:", state["state"], state["name"], state["reason"]))))


@app.command("verify")
def model_verify(name: Name, version: Which = "", data: Data = None, as_json: AsJson = False) -> None:
    """Read every file of a version and compare its SHA-256; ends with 6 if one differs."""
    with connect(data, load=False) as client:
        found = client.verify_model(*_pick(client, name, version))
    show.values(found, as_json)
    if not found["well"]:
        raise errors.Rejected(f"The model {name} is not as it was added. Remove it and add it again.")


@app.command("activate")
def model_activate(name: Name, version: Which = "", data: Data = None, as_json: AsJson = False) -> None:
    """Make a version the one that answers; a running server loads it at once."""
    with connect(data, load=False) as client:
        _active(client.activate_model(*_pick(client, name, version)), as_json)


@app.command("rollback")
def model_rollback(data: Data = None, as_json: AsJson = False) -> None:
    """Make the version active again that was so before."""
    with connect(data, load=False) as client:
        _active(client.rollback_model(), as_json)


@app.command("remove")
def model_remove(
    name: Name, version: Annotated[str, typer.Argument(help="The version.")], data: Data = None, as_json: AsJson = False
) -> None:
    """Delete a version that is not active."""
    with connect(data, load=False) as client:
        show.values(client.remove_model(name, version), as_json)


def _pick(client: Client, name: str, version: str) -> tuple[str, str]:
    """Return a name and version, the newest where none is given."""
    found = [m for m in client.models()["models"] if m["name"] == name and version in ("", m["version"])]
    return name, found[-1]["version"] if found else version or "any"


def _active(found: dict[str, Any], as_json: bool) -> None:
    if as_json:
        print(json.dumps(found, ensure_ascii=False))
    elif now := found["active"]:
        print(f"{now['name']} {now['version']} is active.")
    else:
        print("No model is active: answers are quotes.")


def _follow(client: Client, as_json: bool) -> None:
    """Show how far the work is until it ends, and print the version that came of it.

    Raises:
        Rejected: it failed.
    """
    with show.work(quiet=as_json) as advance:
        while (work := client.models()["work"])["running"]:
            advance(work)
            time.sleep(LOOK_SECONDS)
    if work["stage"] == "failed":
        raise errors.Rejected(f"{work['name']} was not added: {work['error']}")
    if as_json:
        print(json.dumps(work, ensure_ascii=False))
        return
    print(f"{work['name']} {work['version']} is in the store. `ragbox model activate {work['name']}` lets it answer.")
    if work["figures"]:
        print(", ".join(f"{name} {value:g}" for name, value in work["figures"].items()))
