"""How long does a search take, and how much memory, as a collection grows? One collection, filled up size by size.

    python -m tests.bench.query [--sizes 5000 20000 50000] [--folder DIR] [--questions FILE ...] [--asked N] [--read N]
                                [--rounds N] [--data DIR] [--cache DIR] [--curve FILE.svg] [--json]

Real papers (the samples and --folder) are ingested as ever. Then copies of them are recorded and indexed by the same
two calls, until the collection has so many chunks: each copy has other names, years, numbers and some other words of
the same length, drawn by a seed, so that each text is its own and looks real. Copies are not encoded: their vectors
are the originals' with noise (`growth.py`), which is what 500,000 chunks at 25 a second leave no other choice of.

Each size is asked about by a new process, as after a restart: `load_s` is the start of the box, `first_ms` the first
search; then all questions are asked in rounds. `_ms` are all times by the clock, `_least_ms` the least of each
question's rounds, from which most of what else a busy machine does has fallen out. `_cpu` is processor time: of the
whole process for `search` and `read`, of its own thread for a stage. Stages run side by side, so their sum is no
total. `read` is the quoting engine's reading of the 8 passages. `anonymous_mb` is the process's own memory at the
end, `mapped_mb` what it has mapped of files; per 100,000 chunks it is the slope over the sizes. `recall` is the share
of the exact 50 nearest that the dense index finds, over 20 questions.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import threading
from collections import defaultdict
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from time import perf_counter, process_time, thread_time
from typing import Any

import numpy as np

from ragbox.box import Box
from ragbox.encoders import make_encoder
from ragbox.redact.policy import Style
from ragbox.settings import Settings

from .growth import copies
from .growth_curve import drawn
from .quality import KINDS, Cache, Remembering

SAMPLES = Path(__file__).parents[2] / "data" / "samples"
SHELF = "grown"
PIECE = 20
"""Copies that are indexed at once."""
NEAREST = 50
QUANTILES = {"p50": 0.5, "p95": 0.95, "p99": 0.99}


@contextmanager
def opened(data: Path, encoder: Any = None) -> Iterator[Box]:
    box = Box(Settings(data=data, redact=Style.OFF, cache_answers=0), encoder=encoder)
    box.open()
    try:
        box.load()
        yield box
    finally:
        box.close()


def fill(data: Path, folders: Sequence[Path], cache: Path, size: int) -> dict[str, float]:
    """Let the collection have at least so many chunks; return how long that took."""
    encoder = Remembering(make_encoder(Settings(data=data)), Cache(cache))
    with opened(data, encoder) as box:
        started, used, before = perf_counter(), process_time(), box.library.count()[1]
        if not before:
            box.library.create_collection(SHELF)
            for folder in folders:
                found = [p for p in sorted(folder.rglob("*")) if p.is_file() and p.suffix in (*KINDS, ".docx", ".pptx")]
                files = [(p, p.relative_to(folder).as_posix()) for p in found if p.suffix not in (".jsonl", ".py")]
                list(box.pipeline.ingest_all(box.auth.local(), files, collection=SHELF))
        shelf, held = box.library.collection(SHELF).id, box.library.count()[1]
        for number, (copy, chunks, vectors) in enumerate(copies(box.library, shelf), start=1):
            if held >= size:
                break
            box.library.put(copy, shelf, chunks, vectors)
            held += len(chunks)
            if number % PIECE == 0:
                box.indexer.apply()
        box.indexer.apply()
        documents, held = box.library.count()
        return {
            "documents": documents, "chunks": held, "fill_s": perf_counter() - started,
            "fill_cpu_ms_a_chunk": 1000 * (process_time() - used) / max(1, held - before),
        }  # fmt: skip


class Watch:
    """Milliseconds, and those of processor time, that each stage of the search now under way has taken."""

    def __init__(self) -> None:
        self._spent: dict[str, float] = defaultdict(float)
        self._one = threading.Lock()

    def over(self, owner: Any, name: str, stage: str) -> None:
        """Time a method from now on; within one document a search is another stage."""
        inner = getattr(owner, name)

        def timed(*given: Any) -> Any:
            started, used = perf_counter(), thread_time()
            try:
                return inner(*given)
            finally:
                name = "keyword_named" if stage == "keyword" and len(given) > 3 and given[3] is not None else stage
                with self._one:
                    self._spent[name] += 1000 * (perf_counter() - started)
                    self._spent[f"{name}_cpu"] += 1000 * (thread_time() - used)

        setattr(owner, name, timed)

    def taken(self) -> dict[str, float]:
        """Return the stages since the last call."""
        spent, self._spent = dict(self._spent), defaultdict(float)
        return spent


def watched(box: Box) -> Watch:
    watch = Watch()
    for owner, name, stage in (
        (box.encoder, "encode_queries", "encode"), (box.dense, "search", "dense"), (box.sparse, "search", "keyword"),
        (box.retriever, "_nearest", "dense_named"), (box.retriever, "check", "check"),
        (box.retriever, "_hits", "record"), (box.retriever._steering, "course", "steering"),
    ):  # fmt: skip
        watch.over(owner, name, stage)
    return watch


def ask(data: Path, questions: Sequence[str], rounds: int, read: int) -> dict[str, float]:
    """Return the figures of a new process over the collection as it is."""
    started = perf_counter()
    with opened(data) as box:
        loaded, me, watch = perf_counter() - started, box.auth.local(), watched(box)

        def searched(question: str) -> dict[str, float]:
            begun, used = perf_counter(), process_time()
            hits = box.retriever.search(me, question, collection=SHELF)
            row = {"search": 1000 * (perf_counter() - begun), "search_cpu": 1000 * (process_time() - used)}
            row |= watch.taken()
            if question in reading:
                begun, used = perf_counter(), process_time()
                list(box.quoting.answer(question, hits))
                row |= {"read": 1000 * (perf_counter() - begun), "read_cpu": 1000 * (process_time() - used)}
            return row

        reading = set[str]()
        figures = {"load_s": loaded, "first_ms": searched(questions[0])["search"], "asked": len(questions) - 1}
        reading |= set(questions[1 : read + 1])
        rows = [[searched(question) for question in questions[1:]] for _ in range(rounds)]
        figures |= _memory() | _quantiles("ms", [row for made in rows for row in made])
        least = [
            {stage: min(row.get(stage, 0.0) for row in same) for stage in same[0]} for same in zip(*rows, strict=True)
        ]
        figures |= _quantiles("least_ms", least)
        figures["recall"] = _recall(box, questions[1:21])
        return figures


def _quantiles(unit: str, rows: Sequence[dict[str, float]]) -> dict[str, float]:
    figures = dict[str, float]()
    for stage in dict.fromkeys(stage for row in rows for stage in row):
        # A stage that a question does not have took no time; passages are read of some questions only.
        values = [row.get(stage, 0.0) for row in rows if not stage.startswith("read") or stage in row]
        figures |= {f"{stage}_{unit}:{name}": float(np.quantile(values, q)) for name, q in QUANTILES.items()}
    return figures


def _memory() -> dict[str, float]:
    lines = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    return {
        name: int(lines[field].split()[0]) / 1024
        for name, field in (("anonymous_mb", "RssAnon"), ("mapped_mb", "RssFile"))
    }


def _recall(box: Box, questions: Sequence[str]) -> float:
    asked = box.encoder.encode_queries(questions)
    nearest = [list[tuple[float, str]]() for _ in questions]
    shelf = box.library.collection(SHELF).id
    for document in box.library.documents(shelf):
        ids, rows = box.library.vectors_of(document.id)
        for best, cosines in zip(nearest, (rows @ asked.T).T if ids else (), strict=False):
            best[:] = sorted([*best, *zip(map(float, cosines), ids, strict=True)], reverse=True)[:NEAREST]
    found = [{i for i, _ in box.dense.search(shelf, vector, NEAREST)} for vector in asked]
    return float(np.mean([len(f & {i for _, i in b}) / NEAREST for f, b in zip(found, nearest, strict=True)]))


def _disk(data: Path) -> dict[str, float]:
    where = {"chroma": data / "chroma", "tantivy": data / "tantivy"}
    sizes = {name: sum(p.stat().st_size for p in at.rglob("*") if p.is_file()) for name, at in where.items()}
    sizes["record"] = sum(p.stat().st_size for p in data.glob("ragbox.db*"))
    return {f"{name}_disk_mb": size / 2**20 for name, size in sizes.items()}


def alone(work: Any) -> dict[str, float]:
    """Return what a new process makes of it."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as process:
        figures: dict[str, float] = process.submit(work).result()
        return figures


def slopes(rows: Sequence[dict[str, float]]) -> dict[str, float]:
    """Return how many MB each 100,000 chunks more take, by a line through the sizes."""
    if len(rows) < 2:
        return {}
    names = [name for name in rows[0] if name.endswith("_mb")]
    chunks = [row["chunks"] / 100_000 for row in rows]
    return {f"{n}_per_100k": float(np.polyfit(chunks, [row[n] for row in rows], 1)[0]) for n in names}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[5_000, 20_000, 50_000])
    parser.add_argument("--folder", type=Path, help="more real papers to grow from")
    parser.add_argument("--questions", type=Path, nargs="*", default=[SAMPLES / "questions.jsonl"])
    parser.add_argument("--asked", type=int, default=400, help="most questions that are asked at each size")
    parser.add_argument("--rounds", type=int, default=3, help="how often each is asked, in turn")
    parser.add_argument("--read", type=int, default=40, help="of how many the passages are read too")
    parser.add_argument("--data", type=Path, help="grow this box, and keep it; a scratch one if left out")
    parser.add_argument("--cache", type=Path, help="keep the real papers' vectors here")
    parser.add_argument("--curve", type=Path, help="draw the curve into this SVG file")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    sets = [[json.loads(line)["question"] for line in f.read_text("utf-8").splitlines()] for f in options.questions]
    asked = [q for questions in sets for q in questions]
    asked = asked[:: max(1, len(asked) // (options.asked + 1))][: options.asked + 1]
    rows = []
    with tempfile.TemporaryDirectory() as scratch:
        data, cache = options.data or Path(scratch) / "box", options.cache or Path(scratch)
        for size in sorted(options.sizes):
            folders = [SAMPLES, *filter(None, [options.folder])]
            row = alone(partial(fill, data, folders, cache, size))
            row |= alone(partial(ask, data, asked, options.rounds, options.read)) | _disk(data)
            rows.append({name: round(value, 2) for name, value in row.items()})
            print("  ".join(f"{name} {value:g}" for name, value in rows[-1].items()), flush=True)
    report = {"sizes": rows, **{name: round(value, 1) for name, value in slopes(rows).items()}}
    if options.curve:
        options.curve.write_text(drawn(rows), "utf-8")
    print(json.dumps(report) if options.json else report)


if __name__ == "__main__":
    main()
