"""The figures of a run: of each question what it counts for, and their means. Knows no file and no page."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import quantiles
from typing import Any

from ..text import language
from .calibration import Bin, curve, error
from .ranking import hit, reciprocal
from .run import Outcome

Json = dict[str, Any]
K = (1, 3, 5, 10)
NEEDED = ("document_hit@5", "hit@5", "page_cited", "quote_accuracy", "evidence_quoted", "refusal_recall")
"""What a question must have, of those that it counts for; else it fails."""
LESS_IS_BETTER = ("false_refusals", "seconds")


def measures(o: Outcome) -> dict[str, float]:
    """Return what a question counts for, 0 to 1 but for `seconds`; what it does not ask for is left out.

    So are the `seconds` of an answer out of the cache, 4 ms: the second of two runs would seem 50 times as quick.

    A figure is the mean over the questions that have it. Answerable questions count for pages (as far as gold pages
    are known), documents, answers and `false_refusals`, the others for `refusal_recall`.
    """
    q, found = o.question, dict[str, float]()
    if q.unanswerable:
        found["refusal_recall"] = float(o.refused)
    else:
        if q.gold:
            found |= {f"hit@{k}": hit(o.rank, k) for k in K} | {"mrr": reciprocal(o.rank), "ndcg@10": o.ndcg}
        if q.documents:
            found |= {f"document_hit@{k}": hit(o.document_rank, k) for k in K}
            found["document_mrr"] = reciprocal(o.document_rank)
        if q.answers:
            found["quote_accuracy"] = float(o.quoted)
        if q.gold:
            found["page_cited"] = float(o.page_cited)
        if q.evidence:
            found["evidence_quoted"] = float(o.evident)
        if q.spans:
            found |= {"exact_match": float(o.exact), "token_f1": o.f1}
        found["false_refusals"] = float(o.refused)
    if o.refused:
        found["refusal_precision"] = float(q.unanswerable)
    checked = [quote.true for quote in o.quotes if quote.true is not None]
    if checked and not o.refused:
        found["citation_precision"] = sum(checked) / len(checked)
    return found if o.cached else found | {"seconds": o.seconds}


def fails(counted: dict[str, float]) -> list[str]:
    """Return what a question does not have of what it needs."""
    lacking = [name for name in NEEDED if counted.get(name, 1.0) < 1]
    return [*lacking, "false_refusals"] if counted.get("false_refusals") else lacking


def report(outcomes: Sequence[Outcome]) -> dict[str, Json]:
    """Return the figures: shares from 0 to 1, latency in seconds by stage; all and by language."""
    languages = {"all": list(outcomes)}
    for outcome in outcomes:
        languages.setdefault(language(outcome.question.question) or "en", []).append(outcome)
    return {name: _figures(group) for name, group in languages.items()}


def judged(outcomes: Sequence[Outcome]) -> list[tuple[float, bool]]:
    """Return (stated risk, 1 for none, and whether the answer is wrong) of each question that can be judged."""
    return [
        (1.0 if o.risk is None or o.refused else o.risk, o.question.unanswerable or not o.quoted) for o in outcomes
        if o.question.unanswerable or o.question.answers
    ]  # fmt: skip


def risks(outcomes: Sequence[Outcome]) -> list[Bin]:
    """Return the calibration curve of the answers that were given with a risk and can be judged."""
    return curve(
        [
            (o.risk, o.question.unanswerable or not o.quoted) for o in outcomes
            if o.risk is not None and not o.refused and (o.question.unanswerable or o.question.answers)
        ]
    )  # fmt: skip


def _figures(outcomes: Sequence[Outcome]) -> Json:
    rows, timed = [measures(o) for o in outcomes], [o for o in outcomes if not o.cached]
    order = [*(f"hit@{k}" for k in K), "mrr", "ndcg@10", *(f"document_hit@{k}" for k in K), "document_mrr",
             "quote_accuracy", "page_cited", "evidence_quoted", "exact_match", "token_f1", "citation_precision",
             "refusal_precision", "refusal_recall", "false_refusals"]  # fmt: skip
    return {
        "questions": len(outcomes),
        "unanswerable": sum(o.question.unanswerable for o in outcomes),
        **{name: _mean([row[name] for row in rows if name in row]) for name in order},
        "risk_error": _rounded(error(risks(outcomes))),
        "cached": len(outcomes) - len(timed),
        **_latency("", [o.seconds for o in timed]),
        **_stages(timed),
    }


def _mean(values: Sequence[float]) -> float | None:
    return round(sum(values) / len(values), 4) if values else None


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)


def _stages(outcomes: Sequence[Outcome]) -> Json:
    stages = dict.fromkeys(stage for o in outcomes for stage in o.timings if stage != "total")
    made: Json = {}
    for stage in stages:
        made |= _latency(f"{stage}_", [o.timings[stage] for o in outcomes if stage in o.timings])
    return made


def _latency(stage: str, seconds: Sequence[float]) -> Json:
    if len(seconds) < 2:
        only = round(seconds[0], 4) if seconds else None
        return {f"{stage}p50_s": only, f"{stage}p95_s": only}
    cuts = quantiles(seconds, n=100, method="inclusive")
    return {f"{stage}p50_s": round(cuts[49], 4), f"{stage}p95_s": round(cuts[94], 4)}
