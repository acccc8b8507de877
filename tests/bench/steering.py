"""Fits what a named document gains (`Weights` of `ragbox/papers.py`), cross-validated; and what steering costs.

    python -m tests.bench.steering [--evaldata DIR] [--cache DIR] [--draws N] [--folds N] [--json]
    python -m tests.bench.steering --cost 10000

Questions: docs_qa/sec_10q (right document, and all needed ones, among the first 5), localgpt and gitlab_handbook (right
document), the samples (right page). Each set counts the same. `--draws` weights are drawn from a grid; those that are
best on the training folds are scored on the fold left out. `now` are the weights in the code, `off` is
without gains; papers that are compared still take turns.
"""

from __future__ import annotations

import argparse
import json
import random
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from functools import cache
from pathlib import Path
from time import process_time
from typing import Any

import numpy as np

from ragbox.box import Box
from ragbox.db import Database
from ragbox.encoders import make_encoder
from ragbox.library import Library
from ragbox.papers import Weights
from ragbox.profile import describe
from ragbox.redact.policy import Style
from ragbox.settings import Settings
from ragbox.steering import WEIGHTS, Steering
from ragbox.types import Hit, Profile
from tests.conftest import EVALDATA
from tests.make import document

from .quality import KINDS, Cache, Remembering, questions

SAMPLES = Path(__file__).parents[2] / "data" / "samples"
GRID = {"name": (0.02, 0.04, 0.06, 0.09, 0.12), "period": (0.02, 0.04, 0.06, 0.09, 0.12), "form": (0.0, 0.01, 0.02),
        "title": (0.0, 0.005, 0.01, 0.02, 0.05)}  # fmt: skip
SETS = "sec_10q", "localgpt", "gitlab_handbook", "samples"
OFF = Weights(name=0, period=0, form=0, title=0)
Case = tuple[str, str, Callable[[Sequence[Hit]], float]]
"""Collection, question, and what its first five hits score."""


class Asking(Remembering):
    """Encodes no question twice either: the same ones are asked for each weights."""

    def __init__(self, encoder: Any, kept: Cache) -> None:
        super().__init__(encoder, kept)
        self._asked: dict[str, np.ndarray] = {}

    def encode_queries(self, texts: Sequence[str]) -> np.ndarray:
        for text in texts:
            if text not in self._asked:
                self._asked[text] = self._encoder.encode_queries([text])[0]
        return np.stack([self._asked[text] for text in texts])


def cases(evaldata: Path, sets: Sequence[str]) -> dict[str, list[Case]]:
    """Return the questions by set."""

    def documents(needed: Sequence[str], every: bool) -> Callable[[Sequence[Hit]], float]:
        def judge(hits: Sequence[Hit]) -> float:
            found = {h.document.file for h in hits}
            return float(found >= set(needed) if every else bool(found & set(needed)))

        return judge

    def pages(gold: Sequence[dict[str, Any]]) -> Callable[[Sequence[Hit]], float]:
        right = {(g["file"], g["page"]) for g in gold}
        return lambda hits: float(any((h.document.file, h.chunk.page) in right for h in hits))

    made: dict[str, list[Case]] = {}
    for name in (s for s in sets if s != "samples"):
        asked = questions(evaldata / "docs_qa" / name, 0)
        made[name] = [(name, a.question, documents(a.documents, False)) for a in asked]
        if name == "sec_10q":
            several = [a for a in asked if len(a.documents) > 1]
            made["sec_10q, all"] = [(name, a.question, documents(a.documents, True)) for a in several]
    if "samples" in sets:
        rows = [json.loads(line) for line in (SAMPLES / "questions.jsonl").read_text("utf-8").splitlines()]
        made["samples"] = [("samples", r["question"], pages(r["gold"])) for r in rows if not r["unanswerable"]]
    return made


@contextmanager
def stocked(evaldata: Path, sets: Sequence[str], kept: Cache, data: Path) -> Iterator[Box]:
    encoder = Asking(make_encoder(Settings(data=data)), kept)
    box = Box(Settings(data=data, redact=Style.OFF), encoder=encoder)
    box.open()
    try:
        box.load()
        for name in sets:
            folder = SAMPLES if name == "samples" else evaldata / "docs_qa" / name
            box.library.create_collection(name)
            found = [p for p in sorted(folder.rglob("*")) if p.is_file() and (name == "samples" or p.suffix in KINDS)]
            files = [(p, p.relative_to(folder).as_posix()) for p in found if p.suffix not in (".jsonl", ".py")]
            list(box.pipeline.ingest_all(box.auth.local(), files, collection=name))
        yield box
    finally:
        box.close()


def scores(box: Box, weights: Weights, asked: dict[str, list[Case]]) -> dict[str, list[float]]:
    """Return each question's score under these weights."""
    box.retriever._steering = Steering(box.db, weights)
    me = box.auth.local()
    first = cache(lambda shelf, question: box.retriever.search(me, question, collection=shelf, k=8)[:5])
    return {name: [judge(first(shelf, q)) for shelf, q, judge in rows] for name, rows in asked.items()}


def cost(documents: int) -> dict[str, float]:
    """Return milliseconds of processor time a question over so many papers takes, the first of which builds the map."""
    with tempfile.TemporaryDirectory() as folder:
        db = Database(Path(folder) / "ragbox.db")
        db.load()
        library = Library(db)
        shelf = library.create_collection("papers").id
        with db.write():
            for n in range(documents):
                file = f"{2000 + n % 24} Q{n % 4 + 1} Firm{n // 96}.pdf"
                about = describe(file, f"Form 10-Q of Firm{n // 96}", ())
                profile = Profile(company=f"Firm{n // 96} Inc.", form="10-Q", period=about.period)
                library.put(document(f"d{n}", files=(file,), title=file, profile=profile, sha256=f"{n:064}"), shelf)
        steering, times = Steering(db), []
        for n in range(101):
            started = process_time()
            steering.course(f"How did Firm{n}'s net sales change between Q1 2019 and Q3 2020?", [shelf])
            times.append(1000 * (process_time() - started))
        db.close()
    return {"first_ms": times[0], "p50_ms": float(np.median(times[1:])), "max_ms": max(times[1:])}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--evaldata", type=Path, default=EVALDATA)
    parser.add_argument("--set", nargs="+", default=SETS, choices=SETS, dest="sets")
    parser.add_argument("--cache", type=Path)
    parser.add_argument("--draws", type=int, default=16)
    parser.add_argument("--folds", type=int, default=5)
    parser.add_argument("--cost", type=int, default=0, help="only measure what steering over so many documents costs")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    if options.cost:
        print(json.dumps({k: round(v, 2) for k, v in cost(options.cost).items()}))
        return
    drawn = random.Random(7)
    tried = [WEIGHTS, OFF, *(Weights(**{k: drawn.choice(v) for k, v in GRID.items()}) for _ in range(options.draws))]
    asked = cases(options.evaldata, options.sets)
    made = []
    with (
        tempfile.TemporaryDirectory() as scratch,
        stocked(options.evaldata, options.sets, Cache(options.cache or Path(scratch)), Path(scratch) / "box") as box,
    ):
        for weights in tried:
            made.append(scores(box, weights, asked))
            means = {name: float(np.mean(row)) for name, row in made[-1].items()}
            print(asdict(weights), {k: round(v, 3) for k, v in means.items()}, flush=True)
    fold = {name: np.arange(len(rows)) % options.folds for name, rows in asked.items()}
    held: dict[str, list[float]] = {name: [] for name in asked}
    for left in range(options.folds):
        trained = [np.mean([np.mean(np.array(m[n])[fold[n] != left]) for n in asked]) for m in made]
        best = made[int(np.argmax(trained))]
        for name in asked:
            held[name] += list(np.array(best[name])[fold[name] == left])
    report = {
        who: {name: round(float(np.mean(row)), 4) for name, row in found.items()}
        for who, found in (("now", made[0]), ("off", made[1]), ("cross-validated", held))
    }  # fmt: skip
    print(json.dumps(report) if options.json else "\n".join(f"{who}: {row}" for who, row in report.items()))


if __name__ == "__main__":
    main()
