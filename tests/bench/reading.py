"""Reading comprehension sets as retrieval and quoting: gold paragraph hit@5, best quoted sentence holds the answer.

    python -m tests.bench.reading SQUAD_JSON... [--limit N] [--json]

Every paragraph is one chunk with the article's title as context. Reported beside: dense alone, keyword alone.
"""

from __future__ import annotations

import argparse
import gzip
import json
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from ragbox.box import Box
from ragbox.engines.extractive import MOST
from ragbox.ranking import fuse
from ragbox.redact.policy import Style
from ragbox.retriever import FOREIGN_DENSE
from ragbox.settings import Settings
from ragbox.text import language
from ragbox.types import Chunk, Document, Hit, Kind, Status

DEEP = 10
"""Hits kept of each question: two more than an answer is written from, for when one is taken out."""


def paragraphs_of(path: Path) -> list[tuple[str, str, list[dict]]]:
    """Return (article title, paragraph, questions) of a set."""
    data = json.loads(gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes())["data"]
    return [(a.get("title", ""), p["context"], p["qas"]) for a in data for p in a["paragraphs"]]


def searched(box: Box, paragraphs: list, limit: int = 0, legs: bool = False) -> Iterator[tuple]:
    """Index the paragraphs; yield (question, answers, gold chunk id, hits), with `legs` each leg's ranking too."""
    shelf = f"r{len(paragraphs)}"
    chunks = [
        Chunk(
            id=f"p{n}",
            document=shelf,
            ordinal=n,
            page=1,
            kind=Kind.TEXT,
            section="",
            context=title,
            text=text,
            marks=(),
        )
        for n, (title, text, _) in enumerate(paragraphs)
    ]
    document = replace(BLANK, id=shelf, collection_id=shelf)
    box.sparse.put(shelf, {shelf: chunks})
    matrix = box.encoder.encode([c.indexed_text for c in chunks])
    questions = [(n, q) for n, (_, _, qas) in enumerate(paragraphs) for q in qas]
    questions = questions[:: max(1, len(questions) // limit) if limit else 1]
    vectors = box.encoder.encode_queries([q["question"] for _, q in questions])
    for (n, q), vector in zip(questions, vectors, strict=True):
        cosines = matrix @ vector
        dense = [(f"p{i}", float(cosines[i])) for i in np.argsort(-cosines)[:50]]
        words = box.sparse.search(shelf, q["question"], 50)
        weight = 1.0 if language(q["question"]) in box.settings.encoder_languages else FOREIGN_DENSE
        fused = fuse([(weight, dense), (1.0, words)])
        hits = [
            Hit(rank=r, score=s, cosine=float(cosines[int(i[1:])]), chunk=chunks[int(i[1:])], document=document)
            for r, (i, s) in enumerate(fused[:DEEP], start=1)
        ]
        found = (q["question"], tuple(a["text"] for a in q["answers"]), f"p{n}", hits)
        yield (*found, dense, words) if legs else found


BLANK = Document(
    id="", collection="", files=("",), title="", kind="text", pages=1, chunks=0, size=0, language="",
    status=Status.INDEXED, reason="", sha256="", added_at=datetime.now(UTC), added_by="",
)  # fmt: skip


def run(box: Box, path: Path, limit: int) -> dict[str, float | str]:
    """Return the figures of one set, over its answerable questions."""
    paragraphs = paragraphs_of(path)
    found = dict.fromkeys(("hybrid", "dense", "sparse", "best1", "best3"), 0)
    total = 0
    for question, answers, gold, hits, dense, words in searched(box, paragraphs, limit, legs=True):
        if not answers:
            continue
        total += 1
        found["hybrid"] += any(h.chunk.id == gold for h in hits[:5])
        found["dense"] += any(i == gold for i, _ in dense[:5])
        found["sparse"] += any(i == gold for i, _ in words[:5])
        ranked = box.quoting.rank(question, hits[:5])[:MOST]
        holds = [any(a in c.span.shown for a in answers) for c in ranked]
        found["best1"] += any(holds[:1])
        found["best3"] += any(holds)
    return {"paragraphs": len(paragraphs), "questions": total, **{k: round(v / total, 4) for k, v in found.items()}}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--limit", type=int, default=0, help="questions a file (evenly spaced); 0 for all")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        box = Box(Settings(data=Path(folder), redact=Style.OFF))
        box.open()
        box.load()
        reports = {}
        for file in options.files:
            reports[file.name] = run(box, file, options.limit)
            print(file.name, "  ".join(f"{k} {v}" for k, v in reports[file.name].items()), flush=True)
        box.close()
    if options.json:
        print(json.dumps({f"{name}:{k}": v for name, report in reports.items() for k, v in report.items()}))


if __name__ == "__main__":
    main()
