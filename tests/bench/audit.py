"""What the audit trail costs: a page of text with and without it, in turns in one run; deeds; a check of the whole.

python -m tests.bench.audit [--requests 300] [--entries 100000] [--json]
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Callable
from pathlib import Path
from statistics import median
from time import perf_counter, thread_time
from unittest.mock import patch

from ragbox.audit_event import Event
from ragbox.audit_trail import Wanted
from ragbox.box import Box
from ragbox.settings import Settings
from tests.doors import furnish, program
from tests.fakes import FakeEncoder, FakeSandbox
from tests.private import FakeFinder
from web import deeds
from web.app import create_app


def main() -> None:
    """Print medians in milliseconds, on the clock, and in processor time where it says so."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=300)
    parser.add_argument("--entries", type=int, default=100_000)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        box = Box(Settings(data=Path(folder)), encoder=FakeEncoder(), sandbox=FakeSandbox(), analyzer=FakeFinder)
        box.open()
        box.load()
        furnish(box)
        found = _costs(box, given.requests, given.entries)
        box.close()
    print(json.dumps(found) if given.json else "\n".join(f"{name:36} {value:10.4f}" for name, value in found.items()))


def _costs(box: Box, requests: int, entries: int) -> dict[str, float]:
    client = program(create_app(box, pages=False), box)
    document = box.library.documents(box.library.collection("hr").id)[0].id
    path = f"/api/documents/{document}/passages"
    with_, without = [], []
    for _ in range(requests):
        with_.append(_ms(lambda: client.get(path)))
        with patch.object(deeds, "DEEDS", {}):
            without.append(_ms(lambda: client.get(path)))
    seen = [_ms(lambda: box.audit.seen("rita", "page.read", document, page=1), thread_time) for _ in range(requests)]
    noted = [_ms(lambda: box.audit.note("admin", "user.make", "kim", role="reader")) for _ in range(requests)]
    started = thread_time()
    for _ in range(entries // 1000):
        box.audit.record([Event(actor="rita", act="page.read", object=document, detail={"page": 1})] * 1000)
    recorded = thread_time() - started
    admin = box.auth.local()
    listed = _ms(lambda: box.trail.page(admin, Wanted(actor="admin")))
    checked = _ms(lambda: box.trail.check(admin), thread_time)
    return {
        "a page with its entry": median(with_), "the same without": median(without),
        "difference of medians": median(with_) - median(without), "of it to note reading (processor)": median(seen),
        "a deed's entry, of its own": median(noted), f"{entries} entries recorded (processor)": 1000 * recorded,
        "the chain checked (processor)": checked, "a page of the list": listed,
    }  # fmt: skip


def _ms(act: Callable[[], object], clock: Callable[[], float] = perf_counter) -> float:
    started = clock()
    act()
    return 1000 * (clock() - started)


if __name__ == "__main__":
    main()
