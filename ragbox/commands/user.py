"""The commands `ragbox user ...`."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from .. import show
from .common import AsJson, Data, connect

app = typer.Typer(no_args_is_help=True, help="People, their tokens and sign-in links.")


@app.command("add")
def user_add(
    name: str, role: str = "reader",
    collection: Annotated[list[str] | None, typer.Option("--collection", "-C", "-c", help="Default: all.")] = None,
    data: Data = None, as_json: AsJson = False,
) -> None:  # fmt: skip
    """Add a person: admin, editor, reader or auditor."""
    with connect(data, load=False) as client:
        show.values(client.add_user(name, role, collection or ["*"]), as_json)


@app.command("token")
def user_token(name: Annotated[str, typer.Argument()] = "admin", data: Data = None, as_json: AsJson = False) -> None:
    """Make an API token and print it as the last line; it is shown only now."""
    with connect(data, load=False) as client:
        made = client.token(name)
    print(json.dumps(made) if as_json else made["token"])


@app.command("login")
def user_login(name: Annotated[str, typer.Argument()] = "admin", data: Data = None, as_json: AsJson = False) -> None:
    """Print a link that signs a person in, once."""
    with connect(data, start=False) as client:
        made = client.login_link(name)
    print(json.dumps(made) if as_json else made["url"])
    if not as_json and "elsewhere" in made:
        print(f"On another machine: {made['elsewhere']}")


@app.command("list")
def user_list(data: Data = None, as_json: AsJson = False) -> None:
    """List people, their roles and what is granted to them."""
    with connect(data, load=False) as client:
        show.rows(client.users(), "users", ("name", "role", "collections"), as_json)


@app.command("remove")
def user_remove(name: str, data: Data = None, as_json: AsJson = False) -> None:
    """Remove a person; tokens and sessions end at once."""
    with connect(data, load=False) as client:
        show.values(client.remove_user(name), as_json)
