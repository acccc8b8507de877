"""The command `ragbox reread`."""

from __future__ import annotations

from time import sleep
from typing import Annotated

import typer

from .. import show
from .common import AsJson, Data, Shelf, connect

POLL_SECONDS = 0.5


def reread(
    collection: Shelf = None,
    stop: Annotated[bool, typer.Option("--stop", help="Read no more of them again.")] = False,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Read again what an older ragbox has read; each document keeps its passages until the new ones are there."""
    with connect(data) as client:
        if stop:
            show.values(client.stop_rereading(collection=collection), as_json)
            return
        now = client.reread(collection=collection)
        with show.progress(now["waiting"], quiet=as_json) as advance:
            while now["waiting"]:
                sleep(POLL_SECONDS)
                before, now = now, client.rereading(collection=collection)
                for _ in range(before["waiting"] - now["waiting"]):
                    advance(None)
        show.values(now, as_json)
        if not as_json and now["older"]:
            print("Those that are left keep the passages they have. `ragbox reread` tries them again.")
