"""Guess passwords at a running box over HTTP: how many guesses are looked at, and whether time tells who exists.

    python -m tests.bench.login --json

It serves a box with the real cost of a hash on 127.0.0.1. The gap is the difference of the medians of refusals of known
and unknown users, tried in turn; each address and account keeps within the bounds there, so that each try is hashed.
The same of processor time, of server and client together, is little moved by what else the machine does.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import tempfile
import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

import httpx
import uvicorn

from ragbox.box import Box
from ragbox.settings import Settings
from web.app import create_app

GOOD = "four lamps beside windows"
SAME = {"Sec-Fetch-Site": "same-origin"}
LOOKED_AT, THROTTLED = 401, 429
KINDS = ("known", "unknown", "without", "disabled")


@contextmanager
def serving(box: Box) -> Iterator[str]:
    """Serve the routes of a box; its pages are not needed. Yields the address."""
    config = uvicorn.Config(create_app(box, pages=False), port=0, log_level="warning")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=lambda: asyncio.run(server.serve()), daemon=True)
    thread.start()
    while not server.started:
        thread.join(0.05)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join(20)


def guess(client: httpx.Client, name: str, password: str, address: str) -> tuple[int, float, float]:
    """Try a password; returns the status, the milliseconds it took, and those of processor time of this process."""
    begun, worked = perf_counter(), process_time()
    # The server takes the address from a proxy on the same machine, as which this counts.
    reply = client.post(
        "/login", data={"name": name, "password": password}, headers={**SAME, "X-Forwarded-For": address}
    )
    return reply.status_code, (perf_counter() - begun) * 1000, (process_time() - worked) * 1000


def flood(url: str, guesses: int) -> dict[str, Any]:
    """Guess at three accounts, one of which is none, from 50 addresses, four at a time."""
    names = ("user0", "admin", "nobody")
    looked_at: Counter[str] = Counter()
    statuses: Counter[int] = Counter()
    begun = perf_counter()
    with httpx.Client(base_url=url, timeout=60, trust_env=False) as client, ThreadPoolExecutor(4) as pool:
        made = pool.map(
            lambda n: (names[n % 3], guess(client, names[n % 3], f"guess {n}", f"10.1.0.{n % 50}")[0]), range(guesses)
        )
        for name, status in made:
            statuses[status] += 1
            looked_at[name] += status == LOOKED_AT
    return {
        "guesses": guesses, "seconds": round(perf_counter() - begun, 1), "looked_at": dict(looked_at),
        "statuses": {str(status): count for status, count in sorted(statuses.items())},
        "most_an_account": max(looked_at.values()),
    }  # fmt: skip


def timing(url: str, each: int) -> dict[str, Any]:
    """Try a wrong password of users who exist, do not, have none and are disabled, in turn."""
    took: dict[str, list[float]] = {kind: [] for kind in KINDS}
    worked: dict[str, list[float]] = {kind: [] for kind in KINDS}
    with httpx.Client(base_url=url, timeout=60, trust_env=False) as client:
        for n in range(each):
            for kind in KINDS if n % 2 else KINDS[::-1]:
                status, ms, busy = guess(client, f"{kind}{n % 40}", f"wrong {n}", f"10.2.{n % 200}.{n // 200}")
                assert status == LOOKED_AT, (status, kind, n)
                took[kind].append(ms)
                worked[kind].append(busy)
    medians = {kind: statistics.median(values) for kind, values in took.items()}
    processor = {kind: statistics.median(values) for kind, values in worked.items()}
    return {
        "each": each, "median_ms": {kind: round(ms, 2) for kind, ms in medians.items()},
        "gap_ms": round(abs(medians["known"] - medians["unknown"]), 2),
        "widest_gap_ms": round(max(medians.values()) - min(medians.values()), 2),
        "processor_ms": {kind: round(ms, 2) for kind, ms in processor.items()},
        "processor_gap_ms": round(abs(processor["known"] - processor["unknown"]), 2),
        "quartiles_ms": {kind: [round(q, 1) for q in statistics.quantiles(values)] for kind, values in took.items()},
    }  # fmt: skip


def measure(folder: Path, guesses: int, each: int) -> dict[str, Any]:
    """Return both measurements on a new box."""
    box = Box(Settings(data=folder))
    box.open()
    try:
        for name in ("user0", *(f"{kind}{n}" for kind in KINDS if kind != "unknown" for n in range(40))):
            box.auth.create_user(name, "reader")
            if not name.startswith("without"):
                box.signin.set(name, GOOD)
            if name.startswith("disabled"):
                box.accounts.change(name, disabled=True)
        with serving(box) as url:
            return {"flood": flood(url, guesses), "timing": timing(url, each)}
    finally:
        box.close()


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--guesses", type=int, default=10_000)
    parser.add_argument("--each", type=int, default=200, help="tries of each kind of user that are timed, at most 400")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = measure(Path(folder) / "data", given.guesses, given.each)
    print(json.dumps(found, indent=None if given.json else 2))


if __name__ == "__main__":
    main()
