"""The commands `ragbox adapter train` and `ragbox adapter trainings`."""

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

LOOK_SECONDS = 0.5


def adapter_train(
    name: Annotated[str, typer.Argument(help="What the adapter is to be called.")],
    file: Annotated[Path | None, typer.Argument(help="Lessons, JSONL; with neither option.")] = None,
    documents: Annotated[bool, typer.Option("--documents", help="Learn from questions made out of documents.")] = False,
    feedback: Annotated[bool, typer.Option("--feedback", help="Learn from answers that people marked good.")] = False,
    collection: Annotated[
        str, typer.Option("--collection", "-C", "-c", help="That of documents or answers; all if left out.")
    ] = "",
    most: Annotated[int, typer.Option("--most", min=1, help="Passages of documents that are asked about.")] = 300,
    rank: Annotated[int, typer.Option("--rank", min=1, max=1024, help="Rank of the adapter.")] = 16,
    rate: Annotated[float, typer.Option("--rate", help="Learning rate.")] = 2e-4,
    epochs: Annotated[int, typer.Option("--epochs", min=1, max=100, help="Times through the lessons.")] = 3,
    longest: Annotated[int, typer.Option("--longest", min=64, help="Most tokens of a lesson.")] = 4096,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with the last one of this name.")] = False,
    data: Data = None, as_json: AsJson = False,
) -> None:  # fmt: skip
    """Train an adapter of the model in use; what comes of it is a new version in the store."""
    if [file is not None, documents, feedback, resume].count(True) != 1:
        raise errors.BadInput("There are no lessons, or two kinds. Give a file, --documents, --feedback or --resume.")
    with connect(data) as client:
        _wait(client)
        if resume:
            begun = client.resume_training(_last(client, name)["id"])
        else:
            kind = "file" if file else "documents" if documents else "feedback"
            begun = client.train_adapter(
                name=name, kind=kind, file=str(file.expanduser().absolute()) if file else "", collection=collection,
                most=most, rank=rank, rate=rate, epochs=epochs, longest=longest,
            )  # fmt: skip
        with show.work(quiet=as_json) as advance:
            while (run := _of(client, begun["id"]))["running"]:
                advance(run | {"stage": run["state"]})
                time.sleep(LOOK_SECONDS)
    if run["state"] != "done":
        raise errors.Rejected(
            f"{name} was not trained: {run['error'] or 'it was broken off.'} With --resume it goes on where it ended."
        )
    if as_json:
        print(json.dumps(run, ensure_ascii=False))
        return
    print(f"{run['adapter']} is in the store. `ragbox adapter activate {name}` lets it answer.")
    print(", ".join(f"{count} {what}" for what, count in run["counts"].items()))
    show.values({name: round(value, 4) for name, value in run["figures"].items()}, as_json)


def adapter_trainings(data: Data = None, as_json: AsJson = False) -> None:
    """List the trainings, newest first, with the held-out loss before and after."""
    with connect(data, load=False) as client:
        found = client.trainings()
    if not as_json:
        for run in found["trainings"]:
            figures = run["figures"]
            run |= {"from": run["source"]["kind"], "before": f"{figures.get('loss_before', 0):.3f}" if figures else ""}
            run |= {"after": f"{figures['loss']:.3f}" if figures else "", "lessons": run["counts"].get("lessons", "")}
    columns = ("id", "name", "state", "from", "lessons", "before", "after", "adapter", "error")
    show.rows(found, "trainings", columns, as_json)


def _wait(client: Client) -> None:
    """Wait until the model that is being loaded is there: it is what is trained on."""
    while client.models()["model"]["state"] == "loading":
        time.sleep(LOOK_SECONDS)


def _of(client: Client, id: str) -> dict[str, Any]:
    found: dict[str, Any] = next(run for run in client.trainings()["trainings"] if run["id"] == id)
    return found


def _last(client: Client, name: str) -> dict[str, Any]:
    found: list[dict[str, Any]] = [run for run in client.trainings()["trainings"] if run["name"] == name]
    if not found:
        raise errors.NotFound(f"There is no training of {name!r}. `ragbox adapter trainings` lists them.")
    return found[0]
