"""The commands `ragbox document ...`."""

from __future__ import annotations

from typing import Annotated

import typer

from .. import show
from .common import AsJson, Data, connect

app = typer.Typer(no_args_is_help=True, help="From whom a document is hidden.")
Id = Annotated[str, typer.Argument(help="A document's id.")]
Users = Annotated[list[str] | None, typer.Option("--user", help="A user.")]
Groups = Annotated[list[str] | None, typer.Option("--group", help="A group.")]


@app.command("hide")
def document_hide(
    document: Id, user: Users = None, group: Groups = None, data: Data = None, as_json: AsJson = False
) -> None:
    """Hide a document from more users and groups; without any, show from whom it is hidden."""
    with connect(data, load=False) as client:
        found = client.hidden_from(document)
        if user or group:
            users, groups = {*found["users"], *(user or ())}, {*found["groups"], *(group or ())}
            found = client.hide(document, users=sorted(users), groups=sorted(groups))
    show.values(found, as_json)


@app.command("show")
def document_show(
    document: Id, user: Users = None, group: Groups = None, data: Data = None, as_json: AsJson = False
) -> None:
    """Hide a document from these no more; without any, from nobody."""
    with connect(data, load=False) as client:
        found = client.hidden_from(document)
        users = set(found["users"]) - set(user or ()) if user or group else set()
        groups = set(found["groups"]) - set(group or ()) if user or group else set()
        show.values(client.hide(document, users=sorted(users), groups=sorted(groups)), as_json)
