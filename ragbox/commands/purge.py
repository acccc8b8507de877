"""The command `ragbox purge`."""

from __future__ import annotations

from .. import show
from .common import AsJson, Data, connect


def purge(data: Data = None, as_json: AsJson = False) -> None:
    """Delete for good what can still be called back, and wipe what deleted documents left in files."""
    with connect(data) as client:
        swept = client.purge()
    looked = None if as_json else swept.pop("looked")
    show.values(swept, as_json)
    if as_json:
        return
    if not swept["log"]:
        print("Somebody was reading all the time: the record's log is not empty. Run it again.")
    if looked:
        where = f"{looked['files']} files (sealed: {looked['opened']}; {looked['megabytes']} MB)"
        print(f"Looked in {where} for what was deleted (pieces: {looked['pieces']}). Still in: {len(looked['found'])}.")
        for name in looked["found"]:
            print(
                f"  {name}: still holds a piece. A question, a note or a kept run may quote it; else tell the makers."
            )
        for name in looked["unopened"]:
            print(f"  {name}: cannot be opened, so nobody can look into it. Put it back from a backup, or delete it.")
