"""Answers by quoting the sentences or table rows of the hits that fit best. Knows no model but the encoder."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ..events import Risk, Text
from ..ports import Encoder, Lexicon
from ..text import language
from ..types import Hit, Quote
from . import evidence
from .evidence import BUILT_IN, Asked, Scorer, Span, Terms
from .synonyms import Synonyms

if TYPE_CHECKING:
    from ..ports import Vectors

MOST = 3
"""Sentences an answer quotes at most."""
CLOSE = 3.0
"""A further sentence is quoted if its score is at most this far behind the best one's."""
READ = 12
"""Stretches whose own vectors are looked at, their passage's standing in before: with 12, 16 or all (32 and 42 a
question) the same of 406 SQuAD and 81 sample questions are answered right, and encoding takes a third of the time."""
LEAD = 2.0
"""Most that a lead over the further stretches counts; where there are none, it counts so much."""
SURE = 0.5
"""Evidence below which the documents are said not to answer."""
CACHE = 20_000
"""Sentence vectors kept, 1.5 KB each at 384 dimensions: the same passages answer many questions."""


NOWHERE = "\x00"
"""A term that stands nowhere: its idf is the highest there is."""


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """A span that may be quoted, the figures about it and the score they make."""

    span: Span
    figures: tuple[float, ...] = field(repr=False)
    score: float


class ExtractiveEngine:
    """Quotes one to three stretches, or nothing where the evidence is weak."""

    def __init__(
        self, encoder: Encoder, lexicon: Lexicon, languages: Sequence[str] = ("en",), *,
        scorer: Callable[[str], Scorer] = lambda _: BUILT_IN,
    ) -> None:  # fmt: skip
        """`scorer` returns the one of a key, of "" the one that is to choose now."""
        self._scorer = scorer
        self._encoder = encoder
        self._lexicon = lexicon
        self._languages = languages
        self._synonyms = Synonyms(lexicon.terms)
        self._vectors: OrderedDict[str, Vectors] = OrderedDict()
        self._caching = threading.Lock()

    @property
    def name(self) -> str:
        return "extractive"

    def load(self) -> None:
        """Do nothing: the encoder is loaded by its owner."""

    def close(self) -> None:
        self._vectors.clear()

    def answer(self, question: str, hits: Sequence[Hit], adapter: str = "") -> Iterator[Text | Quote | Risk]:
        scorer = self._scorer(adapter)
        ranked = self.rank(question, hits, scorer)
        if not ranked or (found := self.evidence(question, ranked, scorer)) < SURE:
            return
        chosen = [c.span for c in ranked[:MOST] if c.score >= ranked[0].score - CLOSE]
        for number, span in enumerate(chosen):
            yield Text(text=("\n\n" if number else "") + span.shown)
            yield Quote(hit=span.hit, start=span.start, end=span.end)
        yield Risk(value=1 - found)

    def rank(self, question: str, hits: Sequence[Hit], scorer: Scorer = BUILT_IN) -> list[Candidate]:
        """Return the READ best sentences and table rows of the hits, best first."""
        groups = [evidence.spans(hit) for hit in hits]
        spans = [span for group in groups for span in group]
        if not spans:
            return []
        known = self._known(question)
        collection = hits[0].document.collection_id
        asked = self._asked(question, collection).below(*self._lexicon.idf(collection, [NOWHERE]))
        inside = self._in_documents(question, hits)
        around = [terms for group in groups for terms in self._terms(group)]
        figures = [
            evidence.features(asked, span, terms=terms, in_document=inside[span.hit.document.id])
            for span, terms in zip(spans, around, strict=True)
        ]
        best = _sorted(spans, figures, known, scorer)[:READ]
        if not known:
            return best
        cosines = self._cosines(question, [c.span for c in best])
        led = [(*own, *c.figures[2:]) for own, c in zip(cosines, best, strict=True)]
        return _sorted([c.span for c in best], led, known, scorer)

    def evidence(self, question: str, ranked: Sequence[Candidate], scorer: Scorer = BUILT_IN) -> float:
        """Return how likely the best candidates answer at all, 0 to 1."""
        figures = self.doubts(question, ranked)
        # Who names a thing that a paper does not have is not asking about that paper.
        return scorer.probability(figures, self._known(question)) if figures[3] else 0.0

    def doubts(self, question: str, ranked: Sequence[Candidate]) -> tuple[float, ...]:
        """Return the figures by which refusal is judged, in the order of EVIDENCE without its bias."""
        names = self._lexicon.names(question)
        best = [c.span.hit for c in ranked[:MOST]]
        own = [set(self._lexicon.terms(f"{h.document.file} {h.chunk.indexed_text}")) for h in best]
        here = max(evidence.named(self._names(question), terms) for terms in own)
        inside = 1.0
        if names and here < 1:
            owners = {(h.document.collection_id, h.document.id, h.document.file) for h in best}
            inside = float(any(all(self._inside(n, *owner) for n in names) for owner in owners))
        # A lead says much up to a point: over three sentences about something else one may lead by any length.
        margin = LEAD
        if len(ranked) > 1:
            margin = min(LEAD, ranked[0].score - ranked[min(MOST, len(ranked) - 1)].score)
        return (ranked[0].score, margin, here, inside, self._coverage(question, best[0].document.collection_id, own))

    def _coverage(self, question: str, collection: str, found: Sequence[set[str]]) -> float:
        """Return the share of the question's keywords, weighed by idf, that the best of the passages has."""
        return max(map(self._asked(question, collection).share, found))

    def _inside(self, name: str, collection: str, document: str, file: str) -> bool:
        terms = self._lexicon.terms(name)
        return set(terms) <= set(self._lexicon.terms(file)) or self._lexicon.holds(collection, document, name)

    def _known(self, question: str) -> bool:
        return language(question) in self._languages

    def _in_documents(self, question: str, hits: Sequence[Hit]) -> dict[str, float]:
        """Return the share of the question's names that each of the hits' documents has."""
        names = self._lexicon.names(question)
        owners = {(h.document.collection_id, h.document.id, h.document.file) for h in hits}
        return {o[1]: sum(self._inside(n, *o) for n in names) / len(names) if names else 1.0 for o in owners}

    def _names(self, question: str) -> list[list[str]]:
        return [terms for name in self._lexicon.names(question) if (terms := self._lexicon.terms(name))]

    def _terms(self, group: Sequence[Span]) -> list[Terms]:
        if not group:
            return []
        own = [frozenset(self._lexicon.terms(span.shown)) for span in group]
        chunk = group[0].hit.chunk
        context, whole = frozenset(self._lexicon.terms(chunk.context)), frozenset(self._lexicon.terms(chunk.text))
        titles = {title: frozenset(self._lexicon.terms(title)) for title in {span.title for span in group}}
        return [
            Terms(
                own=o, context=context | titles[span.title], chunk=whole,
                near=frozenset().union(*own[max(0, n - 1) : n + 2]),
            )
            for n, (o, span) in enumerate(zip(own, group, strict=True))
        ]  # fmt: skip

    def _cosines(self, question: str, spans: Sequence[Span]) -> list[tuple[float, float]]:
        """Return the cosine of each span alone, and with what leads it."""
        vector = self._encoder.encode_queries([question])[0]
        alone = self._encode([span.shown for span in spans])
        led = self._encode([f"{span.lead}\n{span.shown}".strip() for span in spans])
        return [(float(a), float(b)) for a, b in zip(alone @ vector, led @ vector, strict=True)]

    def _asked(self, question: str, collection: str) -> Asked:
        terms = self._lexicon.keywords(question)
        return Asked(
            question=question, weights=dict(zip(terms, self._lexicon.idf(collection, terms), strict=True)),
            synonyms={t: found for t in terms if (found := self._synonyms.of(t))}, names=self._names(question),
        )  # fmt: skip

    def _encode(self, texts: Sequence[str]) -> Vectors:
        import numpy as np

        with self._caching:
            known = {t: self._vectors[t] for t in texts if t in self._vectors}
        missing = [t for t in dict.fromkeys(texts) if t not in known]
        fresh = dict(zip(missing, self._encoder.encode(missing), strict=True))
        with self._caching:
            self._vectors.update(fresh)
            while len(self._vectors) > CACHE:
                self._vectors.popitem(last=False)
        known |= fresh
        return np.stack([known[t] for t in texts])


def _sorted(
    spans: Sequence[Span], figures: Sequence[tuple[float, ...]], known: bool, scorer: Scorer
) -> list[Candidate]:
    found = [
        Candidate(span=span, figures=its, score=scorer.score(its, known))
        for span, its in zip(spans, figures, strict=True)
    ]
    return sorted(found, key=lambda c: (-c.score, c.span.hit.rank, c.span.start))
