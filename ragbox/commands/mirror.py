"""The commands `ragbox mirror ...`."""

from __future__ import annotations

import typer

from .. import show
from .common import AsJson, Data, connect

app = typer.Typer(no_args_is_help=True, help="Mirrored folders and their alarms.")


@app.command("list")
def mirror_list(data: Data = None, as_json: AsJson = False) -> None:
    """List the mirrored folders with their files and alarms."""
    with connect(data, load=False) as client:
        found = {"mirrors": client.status()["mirrors"]}
    if not as_json:
        for mirror in found["mirrors"]:
            mirror["alarm"] = mirror["alarm"] and mirror["alarm"]["text"]
    show.rows(found, "mirrors", ("folder", "collection", "files", "waiting", "refused", "alarm"), as_json)


@app.command("confirm")
def mirror_confirm(folder: str, data: Data = None, as_json: AsJson = False) -> None:
    """Let the files be deleted that an alarm keeps, or a folder whose collection was deleted be mirrored anew."""
    with connect(data) as client:
        show.values(client.confirm(folder), as_json)
