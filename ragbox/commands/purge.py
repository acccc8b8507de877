"""The command `ragbox purge`."""

from __future__ import annotations

from .. import show
from .common import AsJson, Data, connect


def purge(data: Data = None, as_json: AsJson = False) -> None:
    """Delete for good what can still be called back, and wipe what deleted documents left in files."""
    with connect(data) as client:
        swept = client.purge()
    show.values(swept, as_json)
    if not as_json and not swept["log"]:
        print("Somebody was reading all the time: the record's log is not empty. Run it again.")
