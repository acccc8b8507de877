"""Fits the weights of `ragbox/engines/evidence.py`: which sentence answers, and whether any does.

    python -m tests.bench.calibrate QUESTIONS DOCUMENTS READING_JSON... [--limit N] [--json]

QUESTIONS and DOCUMENTS are a question file and its folder (data/samples); READING_JSON are SQuAD-style sets. Pairs of
(right span, wrong span) of the same question are told apart by logistic regression; every second question of each set
is held out for the figures printed, the weights printed are fitted on all. For refusal the positives are answerable
questions, the negatives the unanswerable ones and questions whose gold paragraph was taken out of the index.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold

from ingest.walk import files
from ragbox.box import Box
from ragbox.engines import evidence
from ragbox.engines.extractive import MOST, Candidate
from ragbox.evaluation.matching import holds as held
from ragbox.evaluation.questions import load
from ragbox.redact.policy import Style
from ragbox.settings import Settings
from ragbox.text import language

from .reading import paragraphs_of, searched

PAIRS = 10
"""Wrong spans a right one is compared with: the best by the present weights."""


@dataclass(frozen=True, kw_only=True)
class Row:
    """One question: its ranked candidates, which of them hold the answer, and the figures for refusal."""

    known: bool
    unanswerable: bool
    figures: np.ndarray
    holds: np.ndarray
    doubts: tuple[float, ...]


def row(box: Box, question: str, hits, answers, on_gold, unanswerable: bool) -> Row | None:
    ranked: list[Candidate] = box.quoting.rank(question, hits)
    if not ranked:
        return None
    holds = [not unanswerable and on_gold(c.span.hit) and held(c.span.shown, answers) for c in ranked]
    return Row(
        known=language(question) in box.settings.encoder_languages, unanswerable=unanswerable,
        figures=np.array([c.figures for c in ranked]), holds=np.array(holds),
        doubts=box.quoting.doubts(question, ranked),
    )  # fmt: skip


def samples(box: Box, questions: Path, documents: Path) -> list[Row]:
    me = box.auth.local()
    box.library.create_collection("samples")
    found = list(files([documents], box.settings.ignore))
    list(box.pipeline.ingest_all(me, found, collection="samples"))
    rows = []
    for q in load(questions):
        hits = box.retriever.search(me, q.question, collection="samples", k=box.settings.hits)
        gold = set(q.gold)
        rows.append(
            row(
                box, q.question, hits, q.answers, lambda h, g=gold: (h.document.file, h.chunk.page) in g, q.unanswerable
            )
        )
    return [r for r in rows if r]


def strangers(box: Box, path: Path, count: int = 60) -> list[Row]:
    """Ask the samples what another set's questions ask: none of it is in them."""
    me, asked = box.auth.local(), [q["question"] for _, _, qas in paragraphs_of(path) for q in qas]
    rows = []
    for question in asked[:: max(1, len(asked) // count)]:
        hits = box.retriever.search(me, question, collection="samples", k=box.settings.hits)
        rows.append(row(box, question, hits, (), lambda _: False, True))
    return [r for r in rows if r]


def reading(box: Box, path: Path, limit: int) -> list[Row]:
    rows = []
    for number, (question, answers, gold, hits) in enumerate(searched(box, paragraphs_of(path), limit)):
        here = hits[: box.settings.hits]
        rows.append(row(box, question, here, answers, lambda h, gold=gold: h.chunk.id == gold, not answers))
        if answers and number % 3 == 0:
            without = [h for h in hits if h.chunk.id != gold][: box.settings.hits]
            rows.append(row(box, question, without, (), lambda _: False, True))
    return [r for r in rows if r]


def top(rows: list[Row], weights: np.ndarray, k: int) -> float:
    answerable = [r for r in rows if not r.unanswerable]
    return round(float(np.mean([r.holds[np.argsort(-(r.figures @ weights))[:k]].any() for r in answerable])), 3)


def fit_spans(sets: dict[str, list[Row]], half: int | None) -> np.ndarray:
    """Return the weights; sets count alike however large, the samples (tables, contracts, mail) three times."""
    differences, importance = [], []
    for name, rows in sets.items():
        found = []
        for r in rows[::1] if half is None else rows[half::2]:
            if not r.holds.any():
                continue
            wrong = r.figures[~r.holds][:PAIRS]
            found += [right - w for right in r.figures[r.holds][:2] for w in wrong]
        differences += found
        importance += [(3 if name == "samples" else 1) / len(found)] * len(found)
    x = np.array(differences)
    y = np.r_[np.ones(len(x)), np.zeros(len(x))]
    w = np.tile(np.array(importance) / np.mean(importance), 2)
    model = LogisticRegression(C=0.3, fit_intercept=False, max_iter=1000).fit(np.r_[x, -x], y, sample_weight=w)
    return model.coef_[0]


def fit_refusal(near: list[Row], foreign: list[Row], most_false: float = 0.06) -> tuple[np.ndarray, float, float]:
    """Return the weights (bias first; 0.5 is the border), and cross-validated recall (near misses), false refusals.

    What the rule on names refuses (figure 3 is 0) is not fitted, but counted. The border of each fold is that of its
    training part.
    """
    rows = near + foreign
    x, y = np.array([r.doubts for r in rows]), np.array([not r.unanswerable for r in rows])
    mean, scale = x.mean(0), x.std(0).clip(1e-6)
    z, ruled = (x - mean) / scale, x[:, 2 + 1] == 0
    # Near misses are few and hard: they weigh three times what a question from elsewhere does.
    weigh = np.where(y, 1.0, np.r_[np.full(len(near), 3.0), np.ones(len(foreign))])
    model = LogisticRegression(C=0.3, max_iter=1000)

    def border(part: np.ndarray) -> float:
        model.fit(z[part], y[part], sample_weight=weigh[part])
        return float(np.quantile(model.decision_function(z[part])[y[part]], most_false))

    refused = ruled.copy()
    for train, test in StratifiedKFold(10, shuffle=True, random_state=0).split(x, y):
        least = border(train[~ruled[train]])
        refused[test] |= model.decision_function(z[test]) < least
    least = border(np.flatnonzero(~ruled))
    weights = model.coef_[0] / scale
    bias = model.intercept_[0] - float(weights @ mean) - least
    print("  questions from elsewhere refused", round(float(np.mean(refused[len(near) :])), 3))
    missed = ~y[: len(near)]
    return np.r_[bias, weights], float(np.mean(refused[: len(near)][missed])), float(np.mean(refused[y]))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("questions", type=Path)
    parser.add_argument("documents", type=Path)
    parser.add_argument("reading", nargs="*", type=Path)
    parser.add_argument("--limit", type=int, default=400, help="questions of a reading set, evenly spaced")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    box = Box(Settings(data=Path(tempfile.mkdtemp()), redact=Style.OFF))
    box.open()
    box.load()
    sets = {"samples": samples(box, options.questions, options.documents)}
    foreign = [r for p in options.reading for r in strangers(box, p)]
    sets |= {p.name: reading(box, p, options.limit) for p in options.reading}
    report: dict[str, float] = {}
    for known in (True, False):
        groups = {name: [r for r in rows if r.known is known] for name, rows in sets.items()}
        groups = {name: rows for name, rows in groups.items() if len(rows) > 20}
        old = np.array(evidence.WEIGHTS[known])
        for half in (0, 1):
            weights = fit_spans(groups, half)
            for name, rows in groups.items():
                for k in (1, MOST):
                    report[f"{name}/{'known' if known else 'unknown'}/top{k}/half{half}"] = top(
                        rows[1 - half :: 2], weights, k
                    )
        weights = fit_spans(groups, None)
        print(f"WEIGHTS[{known}]", tuple(weights.round(1).tolist()))
        for name, rows in groups.items():
            print(
                f"  {name}: fitted on all",
                [top(rows, weights, k) for k in (1, MOST)],
                "in use",
                [top(rows, old, k) for k in (1, MOST)],
            )
        for name, extra in (("samples", [r for r in foreign if r.known is known]),):
            found, recall, false = fit_refusal(groups[name], extra)
            print(
                f"EVIDENCE_WEIGHTS[{known}] on {name}",
                tuple(found.round(2).tolist()),
                "cross-validated recall",
                round(recall, 3),
                "false",
                round(false, 3),
            )
            report[f"{name}/{'known' if known else 'unknown'}/refusal_recall"] = round(recall, 3)
            report[f"{name}/{'known' if known else 'unknown'}/false_refusals"] = round(false, 3)
    for name, value in report.items():
        print(name, value)
    box.close()
    if options.json:
        print(json.dumps(report))


if __name__ == "__main__":
    main()
