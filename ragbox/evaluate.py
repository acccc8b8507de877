"""Runs a question file and scores the answers: right page, quote, refusal, latency. Knows no server and no model.

Question files are JSONL: {id, question, answer (string or list), gold: [{file, page}], unanswerable}.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import quantiles
from time import perf_counter
from typing import Any

from .errors import BadInput, NotFound
from .text import language

Json = dict[str, Any]
K = (1, 3, 5, 10)
_THOUSANDS = re.compile(r"(?<=\d)[,\u00a0\u2009\u202f](?=\d{3}(?!\d))")  # 2,085 is 2085
_NARROW = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_LATIN, _HAN_NUMERAL = "[a-z\u00df-\u024f]", "[\\d零〇一二两三四五六七八九十百千万亿]"
_BORDERS = {
    # What an answer begins or ends with: what must not stand before it, and after it. Chinese has no word borders,
    # but 五天 is not in 十五天; 5 is not in 5.2, but in 5.00; 500 is not in 500万, but in 500千米.
    r"\d": (r"(?<!\d)(?<!\d\.)", r"(?!\d|\.(?!0+(?!\d))\d|\s*[百千万亿](?![米克瓦帕]))"),
    _HAN_NUMERAL: (rf"(?<!{_HAN_NUMERAL})(?<!{_HAN_NUMERAL}点)", rf"(?!点?{_HAN_NUMERAL})"),
    _LATIN: (rf"(?<!{_LATIN})", rf"(?!{_LATIN})"),
}


@dataclass(frozen=True, kw_only=True)
class Question:
    """One line of a question file; `gold` holds (file, page) pairs."""

    id: str
    question: str = field(repr=False)
    answers: tuple[str, ...] = field(repr=False)
    gold: tuple[tuple[str, int], ...]
    unanswerable: bool


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What came of one question. `rank` is that of the first hit on a gold page, 0 if none was among the hits."""

    question: Question
    rank: int
    refused: bool
    quoted: bool
    page_cited: bool
    seconds: float


def load(path: Path) -> list[Question]:
    """Read a question file.

    Raises:
        NotFound: there is no such file.
        BadInput: a line is not a question; names the line.
    """
    if not path.is_file():
        raise NotFound(f"There is no question file {path}. Check the path.")
    questions = []
    for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            answer = row.get("answer", "")
            questions.append(
                Question(
                    id=str(row.get("id", number)), question=row["question"],
                    answers=tuple(a for a in ([answer] if isinstance(answer, str) else answer) if a),
                    gold=tuple((g["file"], int(g["page"])) for g in row.get("gold", [])),
                    unanswerable=bool(row.get("unanswerable", False)),
                )
            )  # fmt: skip
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise BadInput(
                f"Line {number} of {path} is not a question ({error!r}). Each line is "
                '{"id", "question", "answer", "gold": [{"file", "page"}], "unanswerable"}.'
            ) from error
    return questions


def run(
    questions: Sequence[Question], search: Callable[[str, int], list[Json]], ask: Callable[[str], Json]
) -> Iterator[Outcome]:
    """Ask each question; `search(question, k)` returns hits and `ask(question)` an answer in the API's shapes."""
    for q in questions:
        hits = search(q.question, max(K))
        started = perf_counter()
        answer = ask(q.question)
        seconds = perf_counter() - started
        quotes = [answer["answer"], *(c["quote"] for c in answer["citations"])]
        yield Outcome(
            question=q,
            rank=next((n for n, h in enumerate(hits, start=1) if is_gold(q, h["file"], h["page"])), 0),
            refused=answer["refused"],
            quoted=not answer["refused"] and any(holds(quote, q.answers) for quote in quotes),
            page_cited=any(is_gold(q, c["file"], c["page"]) for c in answer["citations"]),
            seconds=seconds,
        )


def report(outcomes: Sequence[Outcome]) -> Json:
    """Return the figures: shares from 0 to 1, latency in seconds, all and by language."""
    languages = {"all": list(outcomes)}
    for outcome in outcomes:
        languages.setdefault(language(outcome.question.question) or "en", []).append(outcome)
    return {name: _figures(group) for name, group in languages.items()}


def _figures(outcomes: Sequence[Outcome]) -> Json:
    answerable = [o for o in outcomes if not o.question.unanswerable]
    unanswerable = [o for o in outcomes if o.question.unanswerable]
    refused = [o for o in outcomes if o.refused]
    return {
        "questions": len(outcomes),
        "unanswerable": len(unanswerable),
        **{f"hit@{k}": _share(answerable, lambda o: 0 < o.rank <= k) for k in K},  # noqa: B023  called at once
        "mrr": round(sum(1 / o.rank for o in answerable if o.rank) / len(answerable), 4) if answerable else None,
        "quote_accuracy": _share([o for o in answerable if o.question.answers], lambda o: o.quoted),
        "page_cited": _share(answerable, lambda o: o.page_cited),
        "refusal_precision": _share(refused, lambda o: o.question.unanswerable),
        "refusal_recall": _share(unanswerable, lambda o: o.refused),
        "false_refusals": _share(answerable, lambda o: o.refused),
        **_latency([o.seconds for o in outcomes]),
    }


def _share(outcomes: Sequence[Outcome], counts: Callable[[Outcome], bool]) -> float | None:
    return round(sum(map(counts, outcomes)) / len(outcomes), 4) if outcomes else None


def _latency(seconds: Sequence[float]) -> Json:
    if len(seconds) < 2:
        return {"p50_s": seconds[0] if seconds else None, "p95_s": seconds[0] if seconds else None}
    cuts = quantiles(seconds, n=100, method="inclusive")
    return {"p50_s": round(cuts[49], 4), "p95_s": round(cuts[94], 4)}


def is_gold(question: Question, file: str, page: int) -> bool:
    """Tell whether a page is a gold page; a question file may name files from further down or up the tree."""
    return any(page == p and (file == f or file.endswith("/" + f) or f.endswith("/" + file)) for f, p in question.gold)


def holds(text: str, answers: Sequence[str]) -> bool:
    """Tell whether a text has one of the answers, not as a part of a longer word or number.

    White space, case, thousands separators, full-width forms and the zeros of "850.00" make no difference.
    """
    plain = _plain(text)
    return any(_pattern(_plain(answer)).search(plain) for answer in answers)


def _plain(text: str) -> str:
    return _THOUSANDS.sub("", text.translate(_NARROW)).casefold()


def _pattern(answer: str) -> re.Pattern[str]:
    signs = "".join(answer.split())
    before = next((rule for kind, (rule, _) in _BORDERS.items() if re.match(kind, signs[:1])), "")
    after = next((rule for kind, (_, rule) in _BORDERS.items() if re.match(kind, signs[-1:])), "")
    return re.compile(before + r"\s*".join(map(re.escape, signs)) + after)
