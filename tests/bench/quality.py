"""Does it find and quote the right page? ragbox beside the field's default recipe, the same files, one run.

    python -m tests.bench.quality [--evaldata DIR] [--set sec_10q localgpt gitlab_handbook contracts] [--cache DIR]
                                  [--limit N] [--failing N] [--json]

ragbox   the real box in this process, default settings but for RAGBOX_REDACT=off, no language model.
recipe   pypdf's text page by page -> RecursiveCharacterTextSplitter(1000, 100) -> all-MiniLM-L6-v2 -> cosine, top 5; it
         quotes the 3 sentences of those 5 that are nearest to the question.

What is counted stands in `quality_scores.py`; figures are means over the questions that ask for them, `n:` says how
many those are. Where the user's turn before is given, it stands before the question. Vectors and pypdf's texts are kept
in --cache by content: a second run encodes what is new, so times to encode are not measured here; `search_ms` and
`answer_ms` are p50 (p95 with :p95) with the question's own vector encoded anew, on a machine that may be busy.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sqlite3
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np

from ragbox.box import Box
from ragbox.encoders import make_encoder
from ragbox.events import Done
from ragbox.redact.policy import Style
from ragbox.settings import Settings
from ragbox.text import sentences
from ragbox.types import Status
from tests.conftest import EVALDATA

from .contracts import lay_out
from .quality_scores import FIRST, QUOTES, Asked, Found, Pages, Reply, Scores, score

SETS = "sec_10q", "localgpt", "gitlab_handbook", "contracts"
KINDS = ".pdf", ".txt", ".md"
LEAF = "\f"


class Cache:
    """Bytes by what they were made of, in one file; safe from several threads."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._db = sqlite3.connect(folder / "quality.db", check_same_thread=False, timeout=60)
        self._db.execute("CREATE TABLE IF NOT EXISTS kept (key BLOB PRIMARY KEY, value BLOB) WITHOUT ROWID")
        self._one = threading.Lock()

    def get(self, *parts: str) -> bytes | None:
        with self._one:
            row = self._db.execute("SELECT value FROM kept WHERE key = ?", (_key(parts),)).fetchone()
        return row[0] if row else None

    def put(self, made: Sequence[tuple[tuple[str, ...], bytes]]) -> None:
        with self._one, self._db:
            rows = [(_key(parts), value) for parts, value in made]
            self._db.executemany("INSERT OR REPLACE INTO kept VALUES (?, ?)", rows)


def _key(parts: Sequence[str]) -> bytes:
    return hashlib.sha256("\0".join(parts).encode("utf-8", "replace")).digest()


class Remembering:
    """An encoder that encodes no passage twice; questions are encoded each time, for they are timed."""

    def __init__(self, encoder: Any, cache: Cache) -> None:
        self._encoder, self._cache = encoder, cache

    def __getattr__(self, name: str) -> Any:
        return getattr(self._encoder, name)

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        identity = self._encoder.identity
        known = [self._cache.get(identity, text) for text in texts]
        missing = [text for text, value in zip(texts, known, strict=True) if value is None]
        if not missing:
            return np.array([np.frombuffer(v, np.float32) for v in known if v], np.float32)  # a copy: may be written
        made = iter(self._encoder.encode(missing))
        rows = [np.frombuffer(v, np.float32) if v is not None else next(made) for v in known]
        new = [((identity, t), r.tobytes()) for t, r, v in zip(texts, rows, known, strict=True) if v is None]
        self._cache.put(new)
        return np.array(rows, np.float32)


def folder_of(evaldata: Path, name: str, scratch: Path) -> Path:
    """Return a set's folder; the contracts' is laid out first."""
    if name != "contracts":
        return evaldata / "docs_qa" / name
    folder = scratch / name
    folder.mkdir()
    lay_out(evaldata, folder)
    return folder


def questions(folder: Path, limit: int) -> list[Asked]:
    rows = [json.loads(line) for line in (folder / "questions.jsonl").read_text("utf-8").splitlines()]
    rows = rows[:: max(1, len(rows) // limit)] if limit else rows
    return [
        Asked(
            id=r["id"], question=" ".join(filter(None, [r.get("context"), r["question"]])), answer=r["answer"],
            documents=tuple(dict.fromkeys(r["source_docs"])), expected=tuple(r.get("expected_strings", ())),
            evidence=tuple(
                (e["doc"], e["quote"]) for e in r.get("evidence", ()) if e["verbatim"] and e["doc"] in r["source_docs"]
            ),
        )
        for r in rows
    ]  # fmt: skip


def page_texts(folder: Path, cache: Cache) -> dict[str, list[str]]:
    """Return each document's pages as the recipe reads them, by its path in the set's folder; a text's end at \\f."""
    from pypdf import PdfReader, apply_configuration

    found = {}
    for path in sorted(p for p in folder.rglob("*") if p.suffix in KINDS):
        name = path.relative_to(folder).as_posix()
        if path.suffix != ".pdf":
            found[name] = path.read_text("utf-8", "replace").split(LEAF)
            continue
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        if (kept := cache.get("pypdf", digest)) is None:
            with apply_configuration(array_maximum_element_count=10_000_000):  # at 100,000 some filings are refused
                kept = json.dumps([page.extract_text() for page in PdfReader(path).pages]).encode()
            cache.put([(("pypdf", digest), kept)])
        found[name] = json.loads(kept)
    return found


# -- who takes part ----------------------------------------------------------------------------------------


@contextmanager
def ragbox(folder: Path, names: Sequence[str], encoder: Any) -> Iterator[Callable[[str], Reply]]:
    """Yield the box's way to answer."""
    with tempfile.TemporaryDirectory() as data:
        box = Box(Settings(data=Path(data), redact=Style.OFF, cache_answers=0), encoder=encoder)
        box.open()
        try:
            box.load()
            me = box.auth.local()
            box.library.create_collection("bench")
            results = list(box.pipeline.ingest_all(me, [(folder / n, n) for n in names], collection="bench"))
            if odd := [(r.file, r.reason) for r in results if r.status is not Status.INDEXED]:
                print(f"not indexed: {odd}")

            def ask(question: str) -> Reply:
                started = perf_counter()
                hits = box.retriever.search(me, question, collection="bench", k=10)
                found = perf_counter()
                events = box.answers.ask(me, question, collection="bench")
                answer = next(e.answer for e in events if isinstance(e, Done))
                return Reply(
                    hits=[(h.document.file, h.chunk.page, h.chunk.text) for h in hits], refused=answer.refused,
                    quotes=[(c.file, c.page, c.quote) for c in answer.citations],
                    search_s=found - started, answer_s=perf_counter() - found,
                )  # fmt: skip

            yield ask
        finally:
            box.close()


@contextmanager
def recipe(texts: dict[str, list[str]], encoder: Any) -> Iterator[Callable[[str], Reply]]:
    """Yield the recipe's way to answer."""
    from langchain_text_splitters import RecursiveCharacterTextSplitter

    encoder.load()
    splitter = RecursiveCharacterTextSplitter(chunk_size=1000, chunk_overlap=100, add_start_index=True)
    chunks = list[Found]()
    for name, pages in texts.items():
        # A PDF is split page by page, a text as a whole, as the loaders of the frameworks hand them out.
        for number, page in enumerate(pages if name.endswith(".pdf") else [LEAF.join(pages)], start=1):
            for piece in splitter.create_documents([page]):
                leaf = page.count(LEAF, 0, max(0, piece.metadata["start_index"]))
                chunks.append((name, number + leaf, piece.page_content))
    matrix = np.concatenate([encoder.encode([c[2] for c in chunks[i : i + 512]]) for i in range(0, len(chunks), 512)])

    def ask(question: str) -> Reply:
        started = perf_counter()
        vector = encoder.encode_queries([question])[0]
        hits = [chunks[i] for i in np.argsort(-(matrix @ vector))[:FIRST]]
        found = perf_counter()
        spans = [(d, p + t.count(LEAF, 0, a), t[a:b]) for d, p, t in hits for a, b in sentences(t) if t[a:b].strip()]
        near = np.argsort(-(encoder.encode([s[2] for s in spans]) @ vector))[:QUOTES] if spans else []
        return Reply(
            hits=hits, quotes=[spans[i] for i in near], search_s=found - started, answer_s=perf_counter() - started
        )

    yield ask


# -- the run -----------------------------------------------------------------------------------------------


def measure(asked: Sequence[Asked], ask: Callable[[str], Reply], pages: Pages, failing: int) -> dict[str, float]:
    """Ask all; return the figures, and show `failing` questions whose documents or evidence were not found."""
    rows: list[Scores] = []
    for a in asked:
        reply = ask(a.question)
        rows.append(score(a, reply, pages))
        if failing and min(v for k, v in rows[-1].items() if k.startswith(("document@", "all_doc", "evidence"))) < 1:
            failing -= 1
            print(f"  {a.id}: {a.question}\n    needs {a.documents}\n    found {[h[:2] for h in reply.hits[:FIRST]]}")
    made: dict[str, float] = {}
    for name in dict.fromkeys(name for row in rows for name in row):
        values = [row[name] for row in rows if name in row]
        if name.endswith("_ms"):
            made |= {name: float(np.median(values)), f"{name}:p95": float(np.quantile(values, 0.95))}
        else:
            made |= {name: float(np.mean(values)), f"n:{name}": len(values)}
    return {name: round(value, 4) for name, value in made.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--evaldata", type=Path, default=EVALDATA)
    parser.add_argument("--set", nargs="+", default=SETS, choices=SETS, dest="sets")
    parser.add_argument("--cache", type=Path, help="keep vectors and texts here; forgotten afterwards if left out")
    parser.add_argument("--limit", type=int, default=0, help="questions a set, evenly spaced; 0 for all")
    parser.add_argument("--failing", type=int, default=0, help="show so many questions that fail")
    parser.add_argument("--only", choices=("ragbox", "recipe"), help="one contender, while something is being mended")
    parser.add_argument("--json", action="store_true", help="end with one line of JSON")
    options = parser.parse_args()
    report: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as scratch:
        cache = Cache(options.cache or Path(scratch))
        encoder = Remembering(make_encoder(Settings(data=Path(scratch))), cache)
        for name in options.sets:
            folder = folder_of(options.evaldata, name, Path(scratch))
            texts, asked = page_texts(folder, cache), questions(folder, options.limit)
            pages = Pages(read=lambda d, p, texts=texts: texts[d][p - 1] if p <= len(texts.get(d, ())) else "")
            print(f"{name}: {len(asked)} questions, {len(texts)} documents", flush=True)
            for who in ("ragbox", "recipe"):
                if options.only in (None, who):
                    ways = ragbox(folder, list(texts), encoder) if who == "ragbox" else recipe(texts, encoder)
                    with ways as ask:
                        figures = measure(asked, ask, pages, options.failing)
                    print(f"  {who:8}", "  ".join(f"{k} {v:g}" for k, v in figures.items()), flush=True)
                    report |= {f"{name}:{who}:{key}": value for key, value in figures.items()}
    if options.json:
        print(json.dumps(report))


if __name__ == "__main__":
    main()
