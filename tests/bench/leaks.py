"""Counts leaks: cases at random of somebody, what is granted to and hidden from them, a question, some doors to try.

    python -m tests.bench.leaks --cases 10000 --json

With the real indexes; encoder, engine and parsers are fakes. Ends with 1 if there is a leak.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from pathlib import Path
from time import process_time

from tests.leaks import DOORS, world


def main() -> None:
    """Try the cases, print what leaked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=1000)
    parser.add_argument("--doors", type=int, default=2, help="doors tried in each case beside search and list")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    wrong = list[str]()
    began = process_time()
    with tempfile.TemporaryDirectory() as folder, world(Path(folder), given.seed) as made:
        for _ in range(given.cases):
            made.change()
            wrong += made.ask(given.doors)
        doors = sorted(DOORS)
    told = {"cases": given.cases, "doors": doors, "wrong": len(wrong), "seconds": round(process_time() - began, 1)}
    print(json.dumps(told | {"first": wrong[:20]}) if given.json else "\n".join([*wrong, str(told)]))
    raise SystemExit(bool(wrong))


if __name__ == "__main__":
    main()
