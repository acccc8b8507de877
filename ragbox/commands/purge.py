"""The command `ragbox purge`."""

from __future__ import annotations

from .. import show
from .common import AsJson, Data, connect


def purge(data: Data = None, as_json: AsJson = False) -> None:
    """Delete for good what can still be called back, and wipe what deleted documents left in files."""
    with connect(data) as client:
        swept = client.purge()
    if as_json:
        show.values(swept, as_json)
        return
    print(f"Conversations over their time, deleted: {swept['conversations']}")
    print(f"Files that the record does not know, over their time, deleted: {swept['unnamed']}")
    print(f"Collections whose indexes were built anew: {swept['collections']}")
    if swept["log"]:
        print("The record's log: emptied")
    else:
        print("The record's log: not empty, for somebody was reading all the time. Run it again.")
    if looked := swept["looked"]:
        where = f"{looked['files']} files (sealed: {looked['opened']}; {looked['megabytes']} MB)"
        print(f"Looked in {where} for what was deleted (pieces: {looked['pieces']}). Still in: {len(looked['found'])}.")
        for name in looked["found"]:
            print(
                f"  {name}: still holds a piece. A question, a note or a kept run may quote it; else tell the makers."
            )
        for name in looked["unopened"]:
            print(f"  {name}: cannot be opened, so nobody can look into it. Put it back from a backup, or delete it.")
