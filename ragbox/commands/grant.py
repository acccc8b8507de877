"""The commands `ragbox grant ...`."""

from __future__ import annotations

from typing import Annotated

import typer

from .. import show
from .common import AsJson, Data, connect

app = typer.Typer(no_args_is_help=True, help="Who may read, write or manage which collection.")
User = Annotated[str, typer.Option("--user", help="Whose.")]
Group = Annotated[str, typer.Option("--group", help="Which group's.")]
Collection = Annotated[str, typer.Argument(help='A collection, "*" for all.')]


@app.command("list")
def grant_list(data: Data = None, as_json: AsJson = False) -> None:
    """List grants."""
    with connect(data, load=False) as client:
        people, groups = client.accounts()["users"], client.groups()["groups"]
    found = [
        {"to": one["name"], "kind": kind, "collection": collection, "level": level}
        for kind, them in (("user", people), ("group", groups))
        for one in them
        for collection, level in one["grants"].items()
    ]
    show.rows({"grants": found}, "grants", ("to", "kind", "collection", "level"), as_json)


@app.command("set")
def grant_set(
    collection: Collection, level: Annotated[str, typer.Argument(help="read, write or manage.")],
    user: User = "", group: Group = "", data: Data = None, as_json: AsJson = False,
) -> None:  # fmt: skip
    """Grant a collection to a user or a group."""
    with connect(data, load=False) as client:
        show.values(client.grant(collection, level, user=user, group=group), as_json)


@app.command("remove")
def grant_remove(
    collection: Collection, user: User = "", group: Group = "", data: Data = None, as_json: AsJson = False
) -> None:
    """Take a grant away; it counts from the next request on, and cuts answers that are being written."""
    with connect(data, load=False) as client:
        show.values(client.grant(collection, "", user=user, group=group), as_json)
