"""How much longer do others wait for answers while hostile files are parsed? In turns, in one run.

    python -m tests.bench.hostile [--rounds 6] [--seconds 20] [--uploaders 2] [--pause 0] [--json]

A server runs as a process of its own over the Markdown and Word samples. Somebody asks it one question after the other,
by turns while nothing else happens and while another one uploads hostile files without a pause. `growth` is of the
95th percentile over all quiet turns to that over all others; `each` has it by pairs of turns, which tells how much of
it is the machine's own unrest. No answer comes out of the cache: each question is asked in words of its own.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from itertools import count, cycle
from multiprocessing import get_context
from pathlib import Path
from statistics import quantiles
from time import perf_counter
from typing import Any

from ragbox.client import Client
from ragbox.owner import Address
from tests.browser.serving import SAMPLES, Server, load, serving
from tests.hostile.test_packages import INFLATING, wide
from tests.hostile.test_pages import REFUSED
from tests.hostile.test_seeming import DEEP, PICTURES

SHELF = "hostile"
LIMITS = {"RAGBOX_PARSE_WALL_SECONDS": "20", "RAGBOX_PARSE_MEMORY_MB": "1024"}
"""Or a turn would end with one file: those for whom 600 s are allowed take them."""


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=6)
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--uploaders", type=int, default=2)
    parser.add_argument("--pause", type=float, default=0.0, help="seconds between an uploader's files")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = measure(Path(folder), given.rounds, given.seconds, given.uploaders, given.pause)
    print(json.dumps(found) if given.json else "\n".join(f"{k:24} {v}" for k, v in found.items()))


def measure(folder: Path, rounds: int, seconds: float, uploaders: int, pause: float) -> dict[str, Any]:
    """Return percentiles of answers in milliseconds, quiet and disturbed, and how the hostile files ended."""
    files = list(written(folder))
    questions = asked()
    quiet, disturbed, each = list[float](), list[float](), list[float]()
    ended: Counter[str] = Counter()
    os.environ |= LIMITS
    with serving(folder / "data") as server:
        load(server, ["*.md", "*.docx"])
        server.client.create_collection(SHELF)
        times(server, questions, seconds)  # warms what is warm later
        for _ in range(rounds):
            one = times(server, questions, seconds)
            with disturbing(server, [files[n::uploaders] for n in range(uploaders)], pause, ended):
                two = times(server, questions, seconds)
            each.append(round(p95(two) / p95(one) - 1, 3))
            quiet, disturbed = quiet + one, disturbed + two
    return {
        "answers, quiet": len(quiet), "answers, disturbed": len(disturbed), "hostile files": dict(ended),
        "p50 quiet": middle(quiet), "p50 disturbed": middle(disturbed), "p95 quiet": round(p95(quiet), 1),
        "p95 disturbed": round(p95(disturbed), 1), "growth": round(p95(disturbed) / p95(quiet) - 1, 3), "each": each,
    }  # fmt: skip


def written(folder: Path) -> Iterator[tuple[Path, str]]:
    """Write the hostile files that take their parser longest, and some that it refuses at once."""
    made = {f"{n}.docx": data for n, (data, _) in INFLATING.items()} | {f"{kind}.{kind}": wide(kind) for kind in KINDS}
    made |= {f"{n}.pdf": make() for n, (make, _) in REFUSED.items()} | {n: make() for n, (make, _) in PICTURES.items()}
    made |= DEEP
    for number, (name, data) in enumerate(made.items()):
        path = folder / f"file-{number}"
        path.write_bytes(data)
        yield path, name


KINDS = ("docx", "xlsx")


def asked() -> Iterator[str]:
    """Yield the samples' questions, over and over, each time in other words."""
    lines = (SAMPLES / "questions.jsonl").read_text("utf-8").splitlines()
    known = [json.loads(line)["question"] for line in lines]
    for turn in count():
        yield from (f"{question} ({turn})" for question in known)


def times(server: Server, questions: Iterator[str], seconds: float) -> list[float]:
    """Ask for so long; return how long each answer took, in milliseconds."""
    found, end = list[float](), perf_counter() + seconds
    while perf_counter() < end:
        question = next(questions)
        started = perf_counter()
        server.client.ask(question)
        found.append(1000 * (perf_counter() - started))
    return found


@contextmanager
def disturbing(
    server: Server, shares: Sequence[Sequence[tuple[Path, str]]], pause: float, ended: Counter[str]
) -> Iterator[None]:
    """Let a process for each share upload its hostile files until the block ends."""
    spawn = get_context("spawn")
    with spawn.Manager() as manager, ProcessPoolExecutor(len(shares), mp_context=spawn) as pool:
        over = manager.Event()
        running = [pool.submit(upload, server.address, share, pause, over) for share in shares]
        try:
            yield
        finally:
            over.set()
            for one in running:
                ended.update(one.result(120))


def upload(address: Address, files: Sequence[tuple[Path, str]], pause: float, over: Any) -> Counter[str]:
    """Upload them again and again, each taken out again: what is known is not parsed twice. Return how they ended.

    At the lowest priority and in a process of its own: it stands for machines of which the box's takes no notice.
    """
    os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
    ended: Counter[str] = Counter()
    with Client(address) as client:
        for path, name in cycle(files):
            if over.wait(pause):
                return ended
            (result,) = client.ingest([(path, name)], collection=SHELF)
            ended[result["status"]] += 1
            if result["document"]:
                client.remove(result["document"])
    return ended


def p95(found: list[float]) -> float:
    return quantiles(found, n=20)[-1]


def middle(found: list[float]) -> float:
    return round(quantiles(found, n=2)[0], 1)


if __name__ == "__main__":
    main()
