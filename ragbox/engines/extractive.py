"""Answers by quoting the sentences or table rows of the hits that fit best. Knows no model but the encoder."""

from __future__ import annotations

import logging
import math
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence, Set
from copy import copy
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ..errors import Unavailable
from ..events import Risk, Text
from ..ports import Encoder, Lexicon
from ..text import language
from ..types import Hit, Quote
from ..wording import Expansion
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
_log = logging.getLogger(__name__)


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
        glossary: Callable[[str], Sequence[Expansion]] = lambda _: (),
        border: Callable[[str], float | None] = lambda _: None,
    ) -> None:  # fmt: skip
        """`scorer` returns the one of a key, of "" the one that is to choose now; `glossary` reads a question.

        `border` returns the risk beyond which nothing of a collection (its id) is quoted, None for the built-in one.
        """
        self._falls_back = True
        self._border = border
        self._scorer = scorer
        self._encoder = encoder
        self._lexicon = lexicon
        self._languages = languages
        self._synonyms = Synonyms(lexicon.terms)
        self._glossary = glossary
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
        """Yield the quotes, then their risk. Where the active scorer's reader fails, the built-in scorer chooses.

        Raises:
            Unavailable: the encoder failed, or the reader of a scorer that was named.
        """
        scorer, calibrated = self._scorer(adapter), not adapter
        try:
            ranked = self.rank(question, hits, scorer)
        except Unavailable as error:
            if scorer.reader is None or adapter or not self._falls_back:  # what is on trial is not another's answer
                raise
            _log.warning("The built-in scorer chooses the quotes of this answer: %s", error)
            scorer, calibrated = BUILT_IN, False
            ranked = self.rank(question, hits, scorer)
        if not ranked or (risk := 1 - self.evidence(question, ranked, scorer)) > self._most(ranked, calibrated):
            return
        chosen = [c.span for c in ranked[:MOST] if c.score >= ranked[0].score - CLOSE]
        for number, span in enumerate(chosen):
            yield Text(text=("\n\n" if number else "") + span.shown)
            yield Quote(hit=span.hit, start=span.start, end=span.end)
        yield Risk(value=risk)

    def unrefusing(self) -> ExtractiveEngine:
        """Return one that refuses only who names what no paper has, to learn what it would say and at which risk.

        Its `answer` raises Unavailable where a reader fails: an answer of the built-in scorer would teach the wrong.
        """
        twin = copy(self)
        twin._border = lambda _: math.nextafter(1.0, 0.0)
        twin._falls_back = False
        return twin

    def _most(self, ranked: Sequence[Candidate], calibrated: bool) -> float:
        """Return the risk beyond which nothing is quoted, the least of the collections quoted from.

        `calibrated` tells whether the active scorer chose: of one on trial, or one that stands in, a border that was
        made with the active one says nothing.
        """
        shelves = {c.span.hit.document.collection_id for c in ranked[:MOST]}
        borders = [self._border(shelf) if calibrated else None for shelf in shelves]
        return min(1 - SURE if border is None else border for border in borders)

    def rank(self, question: str, hits: Sequence[Hit], scorer: Scorer = BUILT_IN) -> list[Candidate]:
        """Return the READ best sentences and table rows of the hits, best first.

        Raises:
            Unavailable: the encoder or the scorer's reader failed.
        """
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
        if scorer.reader is not None:
            read = scorer.reader.read(question, [(c.span.hit.chunk.text, c.span.start, c.span.end) for c in best])
            led = [(*figures, *told) for figures, told in zip(led, read, strict=True)]
        return _sorted([c.span for c in best], led, known, scorer)

    def evidence(self, question: str, ranked: Sequence[Candidate], scorer: Scorer = BUILT_IN) -> float:
        """Return how likely the best candidates answer at all, 0 to 1."""
        figures = self.doubts(question, ranked)
        # Who names a thing that a paper does not have is not asking about that paper.
        return scorer.probability(figures, self._known(question)) if figures[3] else 0.0

    def doubts(self, question: str, ranked: Sequence[Candidate]) -> tuple[float, ...]:
        """Return the figures by which refusal is judged, in the order of EVIDENCE without its bias."""
        names = self._names(question)
        best = [c.span.hit for c in ranked[:MOST]]
        words = [set(self._lexicon.terms(f"{h.document.file} {h.chunk.indexed_text}")) for h in best]
        asked = self._asked(question, best[0].document.collection_id)
        here = max(evidence.named(asked.names, terms, asked.renamed) for terms in words)
        inside = 1.0
        if names and here < 1:
            owners = {(h.document.collection_id, h.document.id, h.document.file) for h in best}
            inside = float(any(all(self._inside(n, *owner) for n in names.items()) for owner in owners))
        # A lead says much up to a point: over three sentences about something else one may lead by any length.
        margin = LEAD
        if len(ranked) > 1:
            # The same line of the other quarters' statements scores like it and casts no doubt on it.
            own = [c for c in ranked if c.span.hit.document.id == ranked[0].span.hit.document.id]
            beside = own if len(own) > MOST else ranked
            margin = min(LEAD, beside[0].score - beside[min(MOST, len(beside) - 1)].score)
        return (ranked[0].score, margin, here, inside, max(map(asked.share, words)))

    def _inside(self, name: tuple[str, Sequence[str]], collection: str, document: str, file: str) -> bool:
        """Tell whether a document has a name of the question, or one of its other names."""
        own = set(self._lexicon.terms(file))
        return any(
            set(self._lexicon.terms(one)) <= own or self._lexicon.holds(collection, document, one)
            for one in (name[0], *name[1])
        )

    def _known(self, question: str) -> bool:
        return language(question) in self._languages

    def _in_documents(self, question: str, hits: Sequence[Hit]) -> dict[str, float]:
        """Return the share of the question's names that each of the hits' documents has."""
        names = self._names(question)
        owners = {(h.document.collection_id, h.document.id, h.document.file) for h in hits}
        return {o[1]: sum(self._inside(n, *o) for n in names.items()) / len(names) if names else 1.0 for o in owners}

    def _names(self, question: str) -> dict[str, list[str]]:
        """Return the names in a question, each with its other names by the glossary."""
        found = self._glossary(question)
        return {n: [o for e in found if n in e.written for o in e.others] for n in self._lexicon.names(question)}

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
        terms, renamed = self._lexicon.keywords(question), dict[str, list[Set[str]]]()
        for name in self._glossary(question):
            others = list(filter(None, (frozenset(self._lexicon.keywords(other)) for other in name.others)))
            for term in self._lexicon.terms(name.written):
                renamed.setdefault(term, []).extend(others)
        return Asked(
            question=question, weights=dict(zip(terms, self._lexicon.idf(collection, terms), strict=True)),
            synonyms={t: found for t in terms if (found := [*self._synonyms.of(t), *renamed.get(t, ())])},
            names=list(filter(None, map(self._lexicon.terms, self._lexicon.names(question)))), renamed=renamed,
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
