"""What a reader adds to the hand-made score of quotes, on articles that neither was trained on; and what it costs.

    OMP_NUM_THREADS=1 python -m tests.bench.reader READING_JSON... --reader FOLDER [--limit N] [--write] [--json]

Of each set the articles that `reader_train.py` leaves out are asked, every paragraph of the set a passage; texts longer
than a chunk (CUAD's contracts) are cut to passages and searched one by one. The reader's figures count beside the
hand-made score by logistic regression on pairs (right span, wrong span of one question), fitted on every second unseen
article and judged on the others, and the other way round. `--write` puts `scorer.json` beside the weights, fitted on
all of them: with it the folder is what `ragbox adapter add` takes. The built-in weights were fitted with these sets in
sight, the reader's were not, so the difference is no flattery.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression

from ragbox.adapters import reading, scorer
from ragbox.box import Box
from ragbox.encoders import SentenceEncoder
from ragbox.engines.evidence import BUILT_IN, EVIDENCE, FEATURES, READING
from ragbox.engines.extractive import MOST
from ragbox.engines.span_reader import SpanReader
from ragbox.redact.policy import Style
from ragbox.settings import Settings
from ragbox.text import sentences

from .reader_data import clause, halves, load
from .reading import searched

FIRST = 5
"""Passages that are quoted from."""
PASSAGE = 900
"""Characters of a passage of a text that is longer than three of them."""
EACH = 3
"""Questions of a long text, with a limit: to encode a contract takes longer than to ask it."""
DRAWS = 2_000
LEAST, MOST_WEIGHT = 0.1, 50.0
"""What the hand-made score counts where it tells nothing of a set, and the most that a figure of a reader counts."""


@dataclass(frozen=True, kw_only=True)
class Row:
    """One question: of its spans the hand-made scores, own cosines, what the reader says, which hold the answer."""

    set: str
    article: int
    unanswerable: bool
    scores: np.ndarray
    cosines: np.ndarray
    read: np.ndarray
    holds: np.ndarray
    seconds: float
    built: float


def rows(box: Box, reader: SpanReader, path: Path, limit: int) -> Iterator[Row]:
    articles = load(path)
    unseen = {a["title"] for a in halves(articles)[1]}
    long = any(len(p["context"]) > 3 * PASSAGE * FIRST for a in articles for p in a["paragraphs"])
    groups = [[a] for a in articles if a["title"] in unseen] if long else [articles]
    if limit and long:
        groups = groups[:: max(1, len(groups) * EACH // limit)]
    share = max(1, limit // len(groups)) if limit else 0
    for number, group in enumerate(groups):
        paragraphs = [p for a in group for p in (_cut(a) if long else _asked(a, unseen))]
        titles = sorted(unseen)
        for question, answers, gold, hits in searched(box, paragraphs, share):
            ranked = box.quoting.rank(question, hits[:FIRST])
            if not ranked:
                continue
            places = [(c.span.hit.chunk.text, c.span.start, c.span.end) for c in ranked]
            began = time.thread_time()
            read = reader.read(question, places)
            seconds = time.thread_time() - began
            holds = [any(_meets(a, c.span.shown, long) for a in answers) for c in ranked]
            yield Row(
                set=path.name, article=number if long else titles.index(paragraphs[int(gold[1:])][0]),
                unanswerable=not answers, scores=np.array([c.score for c in ranked]),
                cosines=np.array([c.figures[0] for c in ranked]), read=np.array(read),
                holds=np.array(holds), seconds=seconds, built=box.quoting.evidence(question, ranked),
            )  # fmt: skip


def _asked(article: dict[str, Any], unseen: set[str]) -> list[tuple[str, str, list[dict]]]:
    """Return the paragraphs; those of articles that were learned from are searched, not asked about."""
    mine = article["title"] in unseen
    return [(article["title"], p["context"], p["qas"] if mine else []) for p in article["paragraphs"]]


def _cut(article: dict[str, Any]) -> list[tuple[str, str, list[dict]]]:
    """Return a long text in passages of whole sentences, its answerable questions with the first."""
    (paragraph,) = article["paragraphs"]
    text, starts = paragraph["context"], [0]
    for start, end in sentences(text):
        if end - starts[-1] > PASSAGE and start > starts[-1]:
            starts.append(start)
    pieces = [text[a:b] for a, b in zip(starts, [*starts[1:], len(text)], strict=True)]
    asked = [qa | {"question": clause(qa["question"])} for qa in paragraph["qas"] if qa["answers"]]
    return [(article["title"], piece, asked if not n else []) for n, piece in enumerate(pieces)]


def _meets(answer: str, quote: str, overlaps: bool) -> bool:
    """Tell whether a quote holds an answer; a clause, which is longer than a quote, need only overlap."""
    return answer in quote or (overlaps and len(quote) > 20 and quote in answer)


def mix(rows: Sequence[Row]) -> np.ndarray:
    """Return what each figure of READING counts beside a hand-made score of 1."""
    differences = []
    for row in rows:
        figures = np.c_[row.scores, row.read]
        for right in figures[row.holds][:2]:
            differences += [right - wrong for wrong in figures[~row.holds]]
    if not differences:
        raise SystemExit("No question has both a right and a wrong span. Ask more of them.")
    x = np.array(differences)
    model = LogisticRegression(C=0.3, fit_intercept=False, max_iter=1000)
    found = model.fit(np.r_[x, -x], np.r_[np.ones(len(x)), np.zeros(len(x))]).coef_[0]
    return np.clip(found[1:] / max(found[0], LEAST), -MOST_WEIGHT, MOST_WEIGHT)


def right(row: Row, scores: np.ndarray, k: int) -> bool:
    return bool(row.holds[np.argsort(-scores, kind="stable")[:k]].any())


def f1_unanswerable(rows: Sequence[Row], doubts: Sequence[float]) -> float:
    """Return the best F1 of "the texts do not say" over borders of a figure that is high where they do."""
    missing, best = np.array([r.unanswerable for r in rows]), 0.0
    for border in np.quantile(doubts, np.linspace(0.02, 0.98, 49)):
        said = np.array(doubts) < border
        best = max(best, 2 * float((said & missing).sum()) / max(1, int(said.sum() + missing.sum())))
    return best


def figures(found: Sequence[Row]) -> dict[str, float]:
    """Return hand-made, read and mixed side by side; mixed by weights of the other articles."""
    weights = [mix([r for r in found if r.article % 2 != half and not r.unanswerable]) for half in (0, 1)]
    mixed = [r.scores + r.read @ weights[r.article % 2] for r in found]
    told: dict[str, float] = {}
    asked = [(r, m) for r, m in zip(found, mixed, strict=True) if not r.unanswerable]
    told["questions"] = len(asked)
    for k in (1, MOST):
        hand = np.array([right(r, r.scores, k) for r, _ in asked])
        both = np.array([right(r, m, k) for r, m in asked])
        told[f"cosine_top{k}"] = float(np.mean([right(r, r.cosines, k) for r, _ in asked]))
        told[f"hand_top{k}"], told[f"mixed_top{k}"] = float(hand.mean()), float(both.mean())
        told[f"reader_top{k}"] = float(np.mean([right(r, r.read[:, 0] + r.read[:, 1], k) for r, _ in asked]))
        draws = np.random.default_rng(0).integers(0, len(asked), (DRAWS, len(asked)))
        gains = (both.astype(float) - hand)[draws].mean(1)
        told[f"gain_top{k}_low"], told[f"gain_top{k}_high"] = (float(q) for q in np.quantile(gains, (0.025, 0.975)))
    if any(r.unanswerable for r in found):
        told["unanswerable"] = sum(r.unanswerable for r in found)
        told["f1_hand"] = f1_unanswerable(found, [r.built for r in found])
        told["f1_reader"] = f1_unanswerable(found, [float(r.read[:, 0].max()) for r in found])
        told["f1_mixed"] = f1_unanswerable(found, [float(m.max()) for m in mixed])
    told["processor_ms"] = 1000 * float(np.median([r.seconds for r in found]))
    return told


def write(folder: Path, found: Sequence[Row], encoder: str, told: dict[str, dict[str, float]]) -> None:
    """Write `scorer.json`: built-in weights, the mix fitted on all, the border moved by what the reader adds."""
    answerable = [r for r in found if not r.unanswerable]
    counts = mix(answerable)
    added = np.mean([(r.scores + r.read @ counts).max() - r.scores.max() for r in answerable])
    evidence = {known: dict(zip(EVIDENCE, row, strict=True)) for known, row in BUILT_IN.evidence.items()}
    evidence[True]["bias"] -= float(added) * evidence[True]["score"]
    named = {True: "known", False: "unknown"}
    said = {
        "format": scorer.FORMAT, "encoder": encoder,
        "weights": {named[k]: dict(zip(FEATURES, row, strict=True)) for k, row in BUILT_IN.weights.items()},
        "calibration": {named[k]: row for k, row in evidence.items()},
        "reader": dict(zip(READING, (round(float(w), 3) for w in counts), strict=True)),
        "card": {
            "data": f"The reader: every second article of {', '.join(told)} by tests/bench/reader_train.py; what it "
            "counts: the other articles, by tests/bench/reader.py.",
            "count": len(answerable),
            "figures": {f"{name} {k}"[:80]: round(v, 4) for name, row in told.items() for k, v in row.items()},
        },
    }  # fmt: skip
    (folder / scorer.NAME).write_text(json.dumps(said, indent=1) + "\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("reading", nargs="+", type=Path)
    parser.add_argument("--reader", type=Path, required=True, help="folder with reader.safetensors")
    parser.add_argument("--limit", type=int, default=0, help="questions of a set, evenly spaced; 0 for all")
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as data:
        box = Box(Settings(data=Path(data), redact=Style.OFF))
        box.open()
        box.load()
        assert isinstance(box.encoder, SentenceEncoder)
        base = box.encoder.folder
        reader = SpanReader(options.reader / reading.NAME, lambda: base)
        found = {path.name: list(rows(box, reader, path, options.limit)) for path in options.reading}
        report = {name: figures(its) for name, its in found.items()}
        if options.write:
            write(options.reader, [r for its in found.values() for r in its], box.encoder.identity, report)
        box.close()
    for name, told in report.items():
        print(name, "  ".join(f"{k} {round(v, 4)}" for k, v in told.items()))
    if options.json:
        print(json.dumps({f"{name}:{k}": v for name, told in report.items() for k, v in told.items()}))


if __name__ == "__main__":
    main()
