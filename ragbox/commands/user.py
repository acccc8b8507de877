"""The commands `ragbox user ...`."""

from __future__ import annotations

import json
import sys
from enum import StrEnum
from typing import Annotated

import typer

from .. import show
from .common import AsJson, Data, connect


class Source(StrEnum):
    """Where a person is known."""

    LDAP = "ldap"
    OIDC = "oidc"
    NONE = "none"


app = typer.Typer(no_args_is_help=True, help="People, their tokens and sign-in links.")


@app.command("add")
def user_add(
    name: str, role: str = "reader",
    collection: Annotated[list[str] | None, typer.Option(
        "--collection", "-C", "-c", help="Default: all; none of an auditor."
    )] = None,
    data: Data = None, as_json: AsJson = False,
) -> None:  # fmt: skip
    """Add a person: admin, editor, reader or auditor."""
    with connect(data, load=False) as client:
        # An auditor looks at the box; documents are for those whom somebody lets read them.
        show.values(client.add_user(name, role, collection or ([] if role == "auditor" else ["*"])), as_json)


@app.command("token")
def user_token(
    name: Annotated[str, typer.Argument()] = "admin",
    scope: Annotated[str, typer.Option(help="ask, read, write, or admin for all that the person may.")] = "admin",
    days: Annotated[int, typer.Option(min=1, max=3650, help="Days it works.")] = 90,
    forever: Annotated[bool, typer.Option("--forever", help="Let it work until it is revoked.")] = False,
    listed: Annotated[bool, typer.Option("--list", help="List the tokens there are, and make none.")] = False,
    data: Data = None, as_json: AsJson = False,
) -> None:  # fmt: skip
    """Make an API token and print it as the last line; it is shown only now."""
    with connect(data, load=False) as client:
        if listed:
            columns = ("prefix", "user", "scope", "created_at", "used_at", "expires_at")
            show.rows(client.tokens(), "tokens", columns, as_json)
            return
        made = client.token(name, scope=scope, days=None if forever else days)
    print(json.dumps(made) if as_json else made["token"])


@app.command("password")
def user_password(name: Annotated[str, typer.Argument()] = "admin", data: Data = None, as_json: AsJson = False) -> None:
    """Give a person a password: asked for, or a line of standard input. Their sessions and unused links end."""
    # Never an argument: those of a process can be read by all who are on the machine.
    asked = sys.stdin.isatty()
    password = typer.prompt("Password", hide_input=True, confirmation_prompt=True) if asked else sys.stdin.readline()
    with connect(data, load=False) as client:
        show.values(client.set_password(name, password.rstrip("\r\n")), as_json)


@app.command("login")
def user_login(name: Annotated[str, typer.Argument()] = "admin", data: Data = None, as_json: AsJson = False) -> None:
    """Print a link that signs a person in, once."""
    with connect(data, start=False) as client:
        made = client.login_link(name)
    print(json.dumps(made) if as_json else made["url"])
    if not as_json and "elsewhere" in made:
        print(f"On another machine: {made['elsewhere']}")


@app.command("bind")
def user_bind(
    name: str, source: Annotated[Source, typer.Argument()], data: Data = None, as_json: AsJson = False
) -> None:  # fmt: skip
    """Let a person of the company's directory (ldap) or provider (oidc) be this user: the next who is called so."""
    with connect(data, load=False) as client:
        show.values(client.bind(name, "" if source == Source.NONE else source.value), as_json)


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
