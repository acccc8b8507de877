"""The commands `ragbox group ...`."""

from __future__ import annotations

from typing import Annotated

import typer

from .. import show
from .common import AsJson, Data, connect

app = typer.Typer(no_args_is_help=True, help="People to whom things are granted together.")


@app.command("add")
def group_add(
    name: str, member: Annotated[list[str] | None, typer.Option("--member", "-m", help="Name of a user.")] = None,
    data: Data = None, as_json: AsJson = False,
) -> None:  # fmt: skip
    """Make a group."""
    with connect(data, load=False) as client:
        show.values(client.add_group(name, member or []), as_json)


@app.command("list")
def group_list(data: Data = None, as_json: AsJson = False) -> None:
    """List groups, their members and what is granted to them."""
    with connect(data, load=False) as client:
        show.rows(client.groups(), "groups", ("name", "members", "grants"), as_json)


@app.command("rename")
def group_rename(name: str, new_name: str, data: Data = None, as_json: AsJson = False) -> None:
    """Give a group another name."""
    with connect(data, load=False) as client:
        show.values(client.change_group(name, name=new_name), as_json)


@app.command("members")
def group_members(
    name: str, members: Annotated[list[str] | None, typer.Argument(help="All that are to be in it.")] = None,
    data: Data = None, as_json: AsJson = False,
) -> None:  # fmt: skip
    """Put these people into a group, and take all others out."""
    with connect(data, load=False) as client:
        show.values(client.change_group(name, members=members or []), as_json)


@app.command("remove")
def group_remove(name: str, data: Data = None, as_json: AsJson = False) -> None:
    """Delete a group, unless documents are hidden from it."""
    with connect(data, load=False) as client:
        show.values(client.remove_group(name), as_json)
