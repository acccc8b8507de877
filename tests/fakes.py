"""One fake for each seam of `ragbox/ports.py`: small, deterministic, without files, threads or models."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING
from zlib import crc32

import numpy as np

from ingest.detect import detect
from ingest.pace import Reading
from ingest.parsers.unseen import parted
from ragbox.errors import Rejected, Unavailable
from ragbox.events import Text
from ragbox.ports import Scored
from ragbox.text import sentences
from ragbox.types import CELL, ROW, Block, Chunk, Hit, Kind, Mark, Parsed, Quote
from ragbox.wording import SHARE, Expansion

if TYPE_CHECKING:
    from ragbox.ports import Vectors

_WORD = re.compile(r"[\u3400-\u9fff]|[^\W_\u3400-\u9fff]+(?:[-.,/][^\W_\u3400-\u9fff]+)*")
_COMMON = frozenset(
    "a an and are by do does for how in is it of on or that the to was what when where which who 的 是".split()
)


def words(text: str) -> list[str]:
    """Return lower-case words without a plural s; each ideograph is one."""
    found = [w.casefold().replace(",", "") for w in _WORD.findall(text)]
    return [w[:-1] if len(w) > 3 and w.endswith("s") else w for w in found]


class FakeEncoder:
    """Hashed bags of words (port: Encoder): texts that share words are near."""

    def __init__(self, name: str = "fake", dimension: int = 256, window: int = 254) -> None:
        self.name, self.dimension, self.window = name, dimension, window
        self.encoded: list[str] = []
        self.asked: list[str] = []
        self.loads = 0

    @property
    def identity(self) -> str:
        return f"{self.name}:{self.dimension}:0"

    def load(self) -> None:
        self.loads += 1

    def close(self) -> None:
        return

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [len(re.findall(r"[\u3400-\u9fff]|\w+|[^\w\s]", t)) for t in texts]

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        self.asked.extend(texts)
        return self.encode(texts)

    def encode(self, texts: Sequence[str]) -> Vectors:
        self.encoded.extend(texts)
        rows = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for row, text in zip(rows, texts, strict=True):
            for word in words(text):
                if word not in _COMMON:
                    row[crc32(word.encode("utf-8", "replace")) % self.dimension] += 1
            if not row.any():
                row[0] = 1
            row /= np.linalg.norm(row)
        return rows


class FakeDense:
    """All vectors in a dictionary (port: DenseIndex). `writes` counts; `broken` makes a write fail."""

    def __init__(self) -> None:
        self.held: dict[str, dict[str, tuple[list[str], Vectors]]] = {}
        self.writes = 0
        self.broken = False

    def load(self) -> None:
        return

    def close(self) -> None:
        return

    def put(self, collection: str, documents: Mapping[str, tuple[Sequence[str], Vectors]]) -> None:
        if self.broken:
            raise Unavailable("The fake index is broken. Mend it.")
        self.writes += 1
        shelf = self.held.setdefault(collection, {})
        for document, (ids, vectors) in documents.items():
            shelf.pop(document, None)
            if ids:
                shelf[document] = (list(ids), vectors)

    def drop(self, collection: str) -> None:
        self.held.pop(collection, None)

    def search(self, collection: str, vector: Vectors, k: int) -> list[Scored]:
        found = [
            (i, float(row @ vector))
            for ids, rows in self.held.get(collection, {}).values()
            for i, row in zip(ids, rows, strict=True)
        ]
        return sorted(found, key=lambda s: -s[1])[:k]

    def count(self, collection: str, document: str | None = None) -> int:
        shelf = self.held.get(collection, {})
        return sum(len(ids) for d, (ids, _) in shelf.items() if document in (None, d))


class FakeSparse:
    """Sums of idf over shared words (ports: SparseIndex and Lexicon)."""

    def __init__(self) -> None:
        self.held: dict[str, dict[str, list[Chunk]]] = {}

    def load(self) -> None:
        return

    def close(self) -> None:
        return

    def put(self, collection: str, documents: Mapping[str, Sequence[Chunk]]) -> None:
        shelf = self.held.setdefault(collection, {})
        for document, chunks in documents.items():
            shelf.pop(document, None)
            if chunks:
                shelf[document] = list(chunks)

    def drop(self, collection: str) -> None:
        self.held.pop(collection, None)

    def search(
        self, collection: str, question: str, k: int, document: str | None = None, renamed: Sequence[Expansion] = ()
    ) -> list[Scored]:
        groups = [(1.0, [t]) for t in self.keywords(question)]
        groups += [(SHARE / len(own), own) for e in renamed for other in e.others if (own := self.keywords(other))]
        weights = {t: idf for _, own in groups for t, idf in zip(own, self.idf(collection, own), strict=True)}
        scored = []
        for c in (c for c in self._all(collection) if document in (None, c.document)):
            has = set(words(c.indexed_text))
            scored.append((c.id, sum(share * sum(weights[t] for t in own) for share, own in groups if has >= {*own})))
        return sorted((s for s in scored if s[1] > 0), key=lambda s: -s[1])[:k]

    def count(self, collection: str, document: str | None = None) -> int:
        return sum(len(c) for d, c in self.held.get(collection, {}).items() if document in (None, d))

    def terms(self, text: str) -> list[str]:
        return words(text)

    def keywords(self, question: str) -> list[str]:
        found = list(dict.fromkeys(words(question)))
        return [w for w in found if w not in _COMMON] or found

    def names(self, question: str) -> list[str]:
        return [w for w in question.split()[1:] if w[:1].isupper() or w[:1].isdigit()]

    def holds(self, collection: str, document: str, word: str) -> bool:
        return any(
            set(words(word)) <= set(words(c.indexed_text)) for c in self.held.get(collection, {}).get(document, ())
        )

    def idf(self, collection: str, terms: Sequence[str]) -> list[float]:
        held = [set(words(c.indexed_text)) for c in self._all(collection)]
        counts = [sum(t in h for h in held) for t in terms]
        return [math.log(1 + (len(held) - n + 0.5) / (n + 0.5)) if held else 0.0 for n in counts]

    def _all(self, collection: str) -> list[Chunk]:
        return [c for chunks in self.held.get(collection, {}).values() for c in chunks]


class FakeReranker:
    """Counts shared words (port: Reranker)."""

    def load(self) -> None:
        return

    def close(self) -> None:
        return

    def score(self, question: str, texts: Sequence[str]) -> list[float]:
        return [float(len(set(words(question)) & set(words(t)))) for t in texts]


class FakeEngine:
    """Quotes the first sentence that shares a rare word with the question (port: Engine)."""

    name = "fake"

    def load(self) -> None:
        return

    def close(self) -> None:
        return

    def answer(self, question: str, hits: Sequence[Hit], adapter: str = "") -> Iterator[Text | Quote]:  # noqa: ARG002
        wanted = set(words(question)) - _COMMON
        for hit in hits:
            for start, end in sentences(hit.chunk.text):
                if wanted & set(words(hit.chunk.text[start:end])):
                    yield Text(text=hit.chunk.text[start:end])
                    yield Quote(hit=hit, start=start, end=end)
                    return


class FakeRedactor:
    """Hides what has an @ in it, once the text is complete (port: Redactor)."""

    def __init__(self) -> None:
        self._held = ""

    @property
    def held(self) -> int:
        return len(self._held)

    def feed(self, text: str) -> str:
        self._held += text
        return ""

    def cut(self) -> str:
        return self.flush()

    def flush(self) -> str:
        held, self._held = self._held, ""
        return re.sub(r"[\w.+-]+@[\w.-]+\w", "[EMAIL]", held)


class FakeSandbox:
    """Reads plain text: blocks between blank lines, `#` titles, `|` tables with one header row, form feeds as pages.

    A block that begins with `~` is hidden, a text that begins with REJECT rejected. `parsed` lists the names of the
    files parsed; of those with more than `early` pages so many are told early.
    """

    def __init__(self, early: int = 50) -> None:
        self.parsed: list[str] = []
        self.early = early

    def load(self) -> None:
        return

    def close(self) -> None:
        return

    def detect(self, path: Path, file: str) -> str:
        return detect(path, file)

    def reading(self) -> list[Reading]:
        return []

    def progress(self, _: Thread) -> Reading | None:
        return None

    def stop(self, _: Thread) -> None:
        return

    def parse(self, path: Path, kind: str, file: str, hear: Callable[[Parsed], None] | None = None) -> Parsed:
        self.parsed.append(file)
        text = path.read_text(encoding="utf-8")
        if text.startswith("REJECT"):
            raise Rejected(f"{file} ({kind}) asks to be rejected. Write something else.")
        pages = text.split("\f")
        blocks = [_block(b.strip(), n) for n, page in enumerate(pages, 1) for b in page.split("\n\n") if b.strip()]
        if hear and len(pages) > self.early:
            hear(Parsed(blocks=tuple(b for b in blocks if b.page <= self.early), pages=len(pages)))
        return parted(Parsed(blocks=tuple(blocks), pages=len(pages)))


def _block(text: str, page: int) -> Block:
    if text.startswith("~"):
        return Block(kind=Kind.TEXT, text=text[1:].strip(), page=page, unseen="marked")
    if text.startswith("#"):
        title = text.lstrip("#").strip()
        return Block(kind=Kind.TITLE, text=title, page=page, level=len(text) - len(text.lstrip("#")), marks=())
    if text.startswith("|"):
        rows = tuple(tuple(c.strip() for c in line.strip("|").split("|")) for line in text.splitlines())
        text = ROW.join(CELL.join(r) for r in rows)
        return Block(kind=Kind.TABLE, text=text, page=page, rows=rows, header_rows=1,
                     marks=(Mark(start=0, end=len(text), page=page),))  # fmt: skip
    return Block(kind=Kind.TEXT, text=text, page=page,
                 marks=(Mark(start=0, end=len(text), page=page, box=(0.1, 0.1, 0.9, 0.2)),))  # fmt: skip
