"""Spoils the samples at random and gives them to a running server: how many does it read, refuse, and fail on?

    python -m tests.bench.fuzz [--minutes 30] [--seed 8] [--state FOLDER] [--folder DIR ...] [--json]

A server of its own runs as a process of its own; after each file it is asked a question. With --state a run that was
broken off goes on where it was; files that crash a parser or fail the server stay there. Of a parser that dies the
file's reason tells; it is expected to be none, and costs one parser.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.browser.serving import Server, load, serving
from tests.hostile.fuzzing import CRASHED, FAILED, Fuzzing
from tests.hostile.mutate import SAMPLES, mutant, samples

SHELF = "fuzz"
QUESTION = "How many characters do passwords have?"


def main() -> None:
    """Print the counts."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=30.0)
    parser.add_argument("--seed", type=int, default=8)
    parser.add_argument("--state", type=Path)
    parser.add_argument("--folder", type=Path, nargs="*", default=[])
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = fuzz(Path(folder), given.state or Path(folder) / "state", given)
    print(json.dumps(found) if given.json else "\n".join(f"{k:24} {v}" for k, v in found.items()))


def fuzz(folder: Path, state: Path, given: argparse.Namespace) -> dict[str, Any]:
    """Spoil files until the time is over; return how many ended how, in all runs of this state."""
    known = state / f"{given.seed}.json"
    before = json.loads(known.read_text()) if known.is_file() else {"files": 0, "minutes": 0.0, "ended": {}}
    with serving(folder / "data") as server:
        load(server, ["*.md"])
        server.client.create_collection(SHELF)
        started, numbers = time.monotonic(), iter(range(before["files"], 1 << 40))
        fuzzing = Fuzzing(_taking(server), lambda: _use(server), folder, state)

        def files() -> Iterator[tuple[str, bytes]]:
            found = samples(SAMPLES, *given.folder)
            while time.monotonic() - started < given.minutes * 60:
                yield mutant(found, given.seed, next(numbers))

        fuzzing.run(files())
        minutes = before["minutes"] + (time.monotonic() - started) / 60
    ended = Counter(before["ended"]) + fuzzing.ended
    total = {
        "seed": given.seed, "files": ended.total(), "ended": dict(ended),
        "minutes": round(minutes, 1),
    }  # fmt: skip
    state.mkdir(parents=True, exist_ok=True)
    known.write_text(json.dumps(total))
    return total | {
        "crashes of the service": ended[FAILED], "crashes of a parser": ended[CRASHED], "failing": fuzzing.failing,
        "reasons": dict(fuzzing.reasons.most_common(25)),
    }  # fmt: skip


def _taking(server: Server) -> Any:
    def take(path: Path, name: str) -> tuple[str, str]:
        (result,) = server.client.ingest([(path, name)], collection=SHELF)
        if result["document"]:
            server.client.remove(result["document"])
        return result["status"], result["reason"]

    return take


def _use(server: Server) -> None:
    assert "14 characters" in json.dumps(server.client.ask(QUESTION)["citations"])


if __name__ == "__main__":
    main()
