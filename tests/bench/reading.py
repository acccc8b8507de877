"""Reading comprehension sets as retrieval and quoting: gold paragraph hit@5, best quoted sentence holds the answer.

    python tests/bench/reading.py SQUAD_JSON... [--limit N] [--json]

Every paragraph is one chunk with the article's title as context. Reported beside: dense alone, keyword alone.
"""

from __future__ import annotations

import argparse
import gzip
import json
import tempfile
from pathlib import Path
from types import SimpleNamespace

import numpy as np

from ragbox.encoders import make_encoder
from ragbox.engines.extractive import ExtractiveEngine
from ragbox.index.sparse import TantivyIndex
from ragbox.retriever import FOREIGN_DENSE, fuse
from ragbox.settings import Settings
from ragbox.text import language
from ragbox.types import Chunk, Hit, Kind


def load(path: Path):
    opened = gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8")
    with opened as stream:
        data = json.load(stream)["data"]
    return [(a.get("title", ""), p["context"], p["qas"]) for a in data for p in a["paragraphs"]]


def run(path: Path, settings: Settings, encoder, limit: int) -> dict:
    paragraphs = load(path)
    chunks = [
        Chunk(
            id=f"p{n}", document="d", ordinal=n, page=1, kind=Kind.TEXT, section="", context=title, text=text, marks=()
        )
        for n, (title, text, _) in enumerate(paragraphs)
    ]
    sparse = TantivyIndex(Path(tempfile.mkdtemp()))
    sparse.load()
    sparse.put("c", {"d": chunks})
    matrix = encoder.encode([c.indexed_text for c in chunks])
    engine = ExtractiveEngine(encoder, sparse, settings.encoder_languages)
    document = SimpleNamespace(collection_id="c")
    questions = [(n, q) for n, (_, _, qas) in enumerate(paragraphs) for q in qas]
    step = max(1, len(questions) // limit) if limit else 1
    questions = questions[::step]
    answerable = [(n, q) for n, q in questions if q["answers"]]
    rows = encoder.encode([q["question"] for _, q in answerable])
    found = dict.fromkeys(("hybrid", "dense", "sparse", "best1", "best3"), 0)
    records = []
    for (n, q), vector in zip(answerable, rows, strict=True):
        cosines = matrix @ vector
        dense = [(f"p{i}", float(cosines[i])) for i in np.argsort(-cosines)[:50]]
        words = sparse.search("c", q["question"], 50)
        weight = 1.0 if language(q["question"]) in settings.encoder_languages else FOREIGN_DENSE
        fused = fuse([(weight, dense), (1.0, words)])
        for name, ranking in (("hybrid", fused), ("dense", dense), ("sparse", words)):
            found[name] += f"p{n}" in [i for i, _ in ranking[:5]]
        hits = [
            Hit(rank=r, score=s, cosine=float(cosines[int(i[1:])]), chunk=chunks[int(i[1:])], document=document)
            for r, (i, s) in enumerate(fused[:5], start=1)
        ]
        ranked = engine.rank(q["question"], hits)
        answers = [a["text"] for a in q["answers"]]
        holds = [any(a in c.text for a in answers) for c in ranked[:3]]
        found["best1"] += bool(holds and holds[0])
        found["best3"] += any(holds)
        records.append((q, ranked[:3], holds))
    total = len(answerable)
    return {
        "file": path.name,
        "paragraphs": len(chunks),
        "questions": total,
        **{k: round(v / total, 4) for k, v in found.items()},
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--limit", type=int, default=0, help="questions a file (evenly spaced); 0 for all")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    settings = Settings()
    encoder = make_encoder(settings)
    encoder.load()
    reports = []
    for file in options.files:
        report = run(file, settings, encoder, options.limit)
        reports.append(report)
        print("  ".join(f"{k} {v}" for k, v in report.items()), flush=True)
    if options.json:
        print(json.dumps({f"{r['file']}:{k}": v for r in reports for k, v in r.items() if k != "file"}))


if __name__ == "__main__":
    main()
