"""Answers by quoting the sentences or table rows of the hits that fit best. Knows no model but the encoder."""

from __future__ import annotations

import math
import threading
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..ports import Encoder, Lexicon
from ..text import language, sentences
from ..types import ROW, Hit, Kind, Quote, Text

if TYPE_CHECKING:
    from ..ports import Vectors

MOST = 3
"""Sentences an answer quotes at most."""
CLOSE = 0.8
"""A further sentence is quoted if it scores at least this share of the best."""
CACHE = 20_000
"""Sentence vectors kept, 1.5 KB each at 384 dimensions: the same passages answer many questions."""


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """A stretch of a hit that may be quoted, and how well it fits (0 to about 1)."""

    hit: Hit
    start: int
    end: int
    text: str
    score: float
    cosine: float
    overlap: float


class ExtractiveEngine:
    """Quotes one to three stretches, or nothing where the evidence is weak."""

    def __init__(self, encoder: Encoder, lexicon: Lexicon, languages: Sequence[str] = ("en",)) -> None:
        self._encoder = encoder
        self._lexicon = lexicon
        self._languages = languages
        self._vectors: OrderedDict[str, Vectors] = OrderedDict()
        self._caching = threading.Lock()

    @property
    def name(self) -> str:
        return "extractive"

    def load(self) -> None:
        """Do nothing: the encoder is loaded by its owner."""

    def close(self) -> None:
        self._vectors.clear()

    def answer(self, question: str, hits: Sequence[Hit]) -> Iterator[Text | Quote]:
        ranked = self.rank(question, hits)
        if not ranked or evidence(ranked) < 0.5:
            return
        best = ranked[0].score
        chosen = [c for c in ranked[:MOST] if c.score >= CLOSE * best]
        for number, candidate in enumerate(chosen):
            header = _header(candidate.hit) if candidate.hit.chunk.kind is Kind.TABLE and candidate.start else ""
            yield Text(text=("\n\n" if number else "") + (header + ROW if header else "") + candidate.text)
            yield Quote(hit=candidate.hit, start=candidate.start, end=candidate.end)

    def rank(self, question: str, hits: Sequence[Hit]) -> list[Candidate]:
        """Return all sentences and table rows of the hits, best first.

        The score is half cosine, half the share of the question's words (weighed by idf) that the sentence has:
        on SQuAD paragraphs the best one holds the answer for 0.75 of the questions, by cosine alone for 0.66.
        """
        spans = [(hit, s, e) for hit in hits for s, e in _spans(hit)]
        if not spans:
            return []
        wanted = self._weights(hits[0].document.collection_id, question)
        total = sum(wanted.values()) or 1.0
        dense = 0.5 if language(question) in self._languages else 0.1
        vectors = self._encode([hit.chunk.text[s:e] for hit, s, e in spans])
        cosines = vectors @ self._encoder.encode([question])[0]
        found = []
        for (hit, s, e), cosine in zip(spans, map(float, cosines), strict=True):
            text = hit.chunk.text[s:e]
            overlap = sum(wanted[t] for t in set(self._lexicon.terms(text)) if t in wanted) / total
            score = dense * cosine + (1 - dense) * overlap
            found.append(Candidate(hit=hit, start=s, end=e, text=text, score=score, cosine=cosine, overlap=overlap))
        return sorted(found, key=lambda c: (-c.score, c.hit.rank, c.start))

    def _weights(self, collection: str, question: str) -> dict[str, float]:
        terms = self._lexicon.keywords(question)
        return dict(zip(terms, self._lexicon.idf(collection, terms), strict=True))

    def _encode(self, texts: Sequence[str]) -> Vectors:
        import numpy as np

        with self._caching:
            missing = [t for t in dict.fromkeys(texts) if t not in self._vectors]
        fresh = dict(zip(missing, self._encoder.encode(missing), strict=True))
        with self._caching:
            self._vectors.update(fresh)
            rows = [fresh[t] if t in fresh else self._vectors[t] for t in texts]
            while len(self._vectors) > CACHE:
                self._vectors.popitem(last=False)
        return np.stack(rows)


def evidence(ranked: Sequence[Candidate]) -> float:
    """Return how likely the best candidate answers at all, 0 to 1."""
    best = ranked[0]
    return 1 / (1 + math.exp(-(8 * best.cosine + 6 * best.overlap - 5)))


def _spans(hit: Hit) -> list[tuple[int, int]]:
    chunk = hit.chunk
    if chunk.kind is not Kind.TABLE:
        return sentences(chunk.text)
    spans, start = [], 0
    for row in chunk.text.split(ROW):
        if row.strip():
            spans.append((start, start + len(row)))
        start += len(row) + len(ROW)
    return spans[1:] or spans


def _header(hit: Hit) -> str:
    return hit.chunk.text.split(ROW, 1)[0]
