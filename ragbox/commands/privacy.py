"""The commands `ragbox privacy ...`."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from .. import show
from ..errors import BadInput, NotFound
from .common import AsJson, Data, connect

app = typer.Typer(no_args_is_help=True, help="Who is shown personal data, and what is taken out.")
Style = Annotated[str, typer.Argument(help="redact, pseudonym, mask or off; none: no policy of its own.")]
NONE = "none"


@app.command("show")
def privacy_show(data: Data = None, as_json: AsJson = False) -> None:
    """List policies, and how much was taken out in the last 90 days."""
    with connect(data, load=False) as client:
        found = client.privacy()
    if as_json:
        print(json.dumps(found, ensure_ascii=False))
        return
    print(f"Where no policy is set: {found['default']} (RAGBOX_REDACT)")
    for role, style in found["roles"].items():
        print(f"Role {role}: {style}")
    for collection in found["collections"]:
        print(f"Collection {collection['name']}: {collection['style'] or '-'}")
    for row in found["removed"]:
        print(f"{row['day']}  {row['count']:7}  {row['entity']:13} {row['name'] or '(several)'}")
    for row in found["open"]:
        print(f"{row['day']}  {row['answers']:7}  answers with all they say, to {row['role']}, from {row['name']}")


@app.command("role")
def privacy_role(role: str, style: Style, data: Data = None, as_json: AsJson = False) -> None:
    """Set the policy of a role: admin, editor or reader."""
    with connect(data, load=False) as client:
        show.values(client.set_role_privacy(role, _style(style)), as_json)


@app.command("collection")
def privacy_collection(name: str, style: Style, data: Data = None, as_json: AsJson = False) -> None:
    """Set the policy of a collection: nobody is shown more of it."""
    with connect(data, load=False) as client:
        ids = {c["name"]: c["id"] for c in client.collections()["collections"]}
        if name not in ids:
            raise NotFound(f"There is no collection {name!r}. `ragbox collections` lists them.")
        show.values(client.set_collection_privacy(ids[name], _style(style)), as_json)


@app.command("custom")
def privacy_custom(
    file: Annotated[
        Path, typer.Argument(help='JSON with the lists "patterns", "deny", "allow" and "keep"; - is stdin.')
    ],
    data: Data = None, as_json: AsJson = False,
) -> None:  # fmt: skip
    """Replace the patterns and words that were added to the rules."""
    try:
        found: Any = json.loads(_read(file))
    except ValueError as error:
        raise BadInput(f"{file} is no JSON: {error}. Correct it.") from None
    with connect(data, load=False) as client:
        made = client.set_custom_privacy(found)
    if as_json:
        print(json.dumps(made, ensure_ascii=False))
    else:
        print(", ".join(f"{name}: {len(found)}" for name, found in made.items()))


@app.command("try")
def privacy_try(
    file: Annotated[Path, typer.Argument(help="A text; - is stdin.")], data: Data = None, as_json: AsJson = False
) -> None:
    """Show what is found in a text, and the text under each style."""
    with connect(data, load=False) as client:
        found = client.try_privacy(_read(file))
    if as_json:
        print(json.dumps(found, ensure_ascii=False))
        return
    for span in found["spans"]:
        print(f"{span['start']:6} - {span['end']:<6} {span['entity']:13} {span['score']:.2f}")
    for style, text in found["shown"].items():
        print(f"\n{style}:\n{text}")


def _style(given: str) -> str:
    return "" if given == NONE else given


def _read(file: Path) -> str:
    try:
        return sys.stdin.read() if str(file) == "-" else file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(f"{file} cannot be read: {error}. Give a text file in UTF-8, or - for stdin.") from error
