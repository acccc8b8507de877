"""Finds the passages that may answer a question: dense + keyword, fused, doubles removed. Writes nothing.

Only collections that the actor may read are searched; permission is structural, there is no filter to forget.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from itertools import zip_longest
from typing import TYPE_CHECKING

from .auth import Auth
from .errors import BadInput, NotFound, NotPermitted
from .library import Library
from .ports import DenseIndex, Encoder, Reranker, Scored, SparseIndex
from .settings import Settings
from .steering import Course, Steering
from .text import language
from .types import Actor, Chunk, Collection, Document, Hit
from .wording import Expansion

if TYPE_CHECKING:
    from .ports import Vectors

RRF_K = 10
"""Rank constant of reciprocal rank fusion (Cormack, Clarke, Buettcher 2009, who used 60 for legs of 1,000): hit@5
on SQuAD paragraphs is 0.962 at 10 and 0.949 at 60."""
OWN = 0.5
"""What the ranking within a paper that is named counts, by what the question asks of it beside its name."""
FOREIGN_DENSE = 0.2
"""Weight of the dense leg for a question in a language that the encoder was not trained on."""


class Retriever:
    """Search over the collections an actor may read."""

    def __init__(
        self, settings: Settings, auth: Auth, library: Library, encoder: Encoder, dense: DenseIndex,
        sparse: SparseIndex, steering: Steering, reranker: Reranker | None = None, *,
        glossary: Callable[[str], Sequence[Expansion]] = lambda _: (),
    ) -> None:  # fmt: skip
        """`glossary` returns the names in a question that have others."""
        self._settings = settings
        self._auth = auth
        self._library = library
        self._encoder = encoder
        self._dense = dense
        self._sparse = sparse
        self._steering = steering
        self._reranker = reranker
        self._glossary = glossary
        self._legs = ThreadPoolExecutor(8, thread_name_prefix="search")

    def close(self) -> None:
        """Let the search threads go."""
        self._legs.shutdown()

    def readable(self, actor: Actor, name: str | None) -> list[Collection]:
        """Return the named collection, or all the actor may read.

        Raises:
            NotFound: there is no such collection, or the actor may not know of it.
        """
        if name is not None:
            self._auth.require(actor, "read", name)
            return [self._library.collection(name)]
        return [c for c in self._library.collections() if self._auth.decide(actor, "read", c.name).allowed]

    def _scope(self, actor: Actor, name: str | None, document: str | None) -> list[Collection]:
        collections = self.readable(actor, name)
        if document is None:
            return collections
        held = self._library.document(document)
        self._auth.require(actor, "read", held.collection, document=document)
        if name not in (None, held.collection):
            raise NotFound(f"There is no document {document} in the collection {name!r}. Leave one of them out.")
        return [c for c in collections if c.name == held.collection]

    def passages(self, actor: Actor, name: str | None, document: str | None = None) -> int:
        """Return how many passages a search of this actor goes through."""
        return sum(self._sparse.count(c.id, document) for c in self.readable(actor, name))

    def check(
        self, actor: Actor, question: str, name: str | None, document: str | None = None
    ) -> tuple[str, list[Collection]]:
        """Return the question as it is searched for, and the collections to search that ever had a passage.

        Raises:
            BadInput: the question is empty or too long.
            NotFound: no such collection, or no such document in it, for this actor.
            Conflict: a collection's vectors were made by another encoder.
        """
        question = question.replace("\x00", " ").strip()
        if not question:
            raise BadInput("The question is empty. Ask something.")
        if len(question) > self._settings.max_question_chars:
            raise BadInput(
                f"The question has {len(question)} characters, the most taken are "
                f"{self._settings.max_question_chars} (RAGBOX_MAX_QUESTION_CHARS). Shorten it."
            )
        # A lone surrogate cannot be encoded by any library below.
        question = question.encode("utf-8", "replace").decode("utf-8")
        collections = [c for c in self._scope(actor, name, document) if c.encoder]
        for c in collections:
            self._library.claim_encoder(c.id, self._encoder.identity)
        return question, collections

    def standing(self, actor: Actor, name: str | None, document: str | None = None) -> Callable[[], None]:
        """Return a check that raises NotPermitted once the actor has lost something of what may be searched now.

        Raises:
            NotFound: no such collection, or no such document in it, for this actor.
        """
        before = {c.id for c in self._scope(actor, name, document)}

        def check() -> None:
            # Three small reads, about 0.2 ms. A collection that was deleted is not one that the actor lost.
            with suppress(NotFound, NotPermitted):
                now = {c.id for c in self.readable(self._auth.active(actor.name), None)}
                if not (lost := before - now) or lost.isdisjoint(c.id for c in self._library.collections()):
                    return
            raise NotPermitted(
                f"{actor.name} may no longer read what this answer is written from, so it was broken off. "
                "Ask again, or ask an admin of this box."
            )

        return check

    def search(
        self, actor: Actor, question: str, *, collection: str | None = None, document: str | None = None, k: int = 8
    ) -> list[Hit]:
        """Return the k best passages, of one document (its id) or of all, best first; k at least 1.

        Raises what `check` raises.
        """
        question, collections = self.check(actor, question, collection, document)
        if not collections:
            return []
        most = max(self._settings.candidates, k)
        ids = [c.id for c in collections]
        renamed = self._glossary(question)
        others = [other for name in renamed for other in name.others]
        course = self._steering.course(question, ids, others) if document is None else Course()
        # What the question names is searched on its own too: among look-alikes it may be on neither list of the best.
        alone = course.favoured if document is None else tuple((c, document) for c in ids)
        everywhere = ids if document is None else []
        each = max(k, most // max(1, len(alone)))
        sparse = [self._legs.submit(self._sparse.search, c, question, most, None, renamed) for c in everywhere]
        sparse_alone = [self._legs.submit(self._sparse.search, c, question, each, d, renamed) for c, d in alone]
        rest = course.rest
        own = [self._legs.submit(self._sparse.search, c, rest, each, d, self._glossary(rest)) for c, d in alone if rest]
        vector, *other = self._encoder.encode_queries([question, rest] if rest else [question])
        dense = [self._legs.submit(self._dense.search, c, vector, most) for c in everywhere]
        dense_alone = [self._legs.submit(self._nearest, d, vector, each) for _, d in alone]
        dense_own = [self._legs.submit(self._nearest, d, v, each) for _, d in alone for v in other]
        nearest = _best([_best(leg.result() for leg in dense)[:most], *(leg.result() for leg in dense_alone)])
        matching = _best([_best(leg.result() for leg in sparse)[:most], *(leg.result() for leg in sparse_alone)])
        weight = 1.0 if language(question) in self._settings.encoder_languages else FOREIGN_DENSE
        within = [*((OWN * weight, leg.result()) for leg in dense_own), *((OWN, leg.result()) for leg in own)]
        fused = fuse([(weight, nearest), (1.0, matching), *within])
        # A gain is measured by what the two legs give: where one counts for little, ranks are worth less, gains too.
        course = replace(course, gains={d: g * (weight + 1) / 2 for d, g in course.gains.items()})
        return self._hits(question, vector, fused, dict(nearest), course, k)

    def _nearest(self, document: str, vector: Vectors, most: int) -> list[Scored]:
        """Return a document's nearest chunks, from the record: exact, and an index of all need not be gone through."""
        ids, rows = self._library.vectors_of(document)
        return _best([zip(ids, map(float, rows @ vector), strict=True)])[:most] if ids else []

    def _cosines(self, chunks: Sequence[str], vector: Vectors) -> list[Scored]:
        """Return chunks (ids) with their cosines to a vector, from the record: exact, and none is left out."""
        kept, rows = self._library.vectors(chunks)
        return list(zip(kept, map(float, rows @ vector), strict=True)) if kept else []

    def _hits(
        self, question: str, vector: Vectors, fused: list[Scored], cosines: dict[str, float], course: Course, k: int
    ) -> list[Hit]:
        found = self._library.chunks((i for i, _ in fused), marked=False)
        ranked = [(found[i], score) for i, score in fused if i in found]  # one deleted meanwhile is skipped
        ranked = sorted(((c, s + course.gains.get(c.document, 0.0)) for c, s in ranked), key=lambda r: -r[1])
        ranked = distinct(ranked)
        if self._reranker is not None:
            ranked = ranked[: self._settings.candidates]
            scores = self._reranker.score(question, [c.indexed_text for c, _ in ranked])
            ranked = sorted(((c, s) for (c, _), s in zip(ranked, scores, strict=True)), key=lambda r: -r[1])
        ranked = in_turn(ranked, course.facets)[:k]
        missing = [c.id for c, _ in ranked if c.id not in cosines]
        cosines |= dict(self._cosines(missing, vector))
        whole = self._library.chunks(c.id for c, _ in ranked)
        documents: dict[str, Document] = {}
        for document in {c.document for c, _ in ranked}:
            with suppress(NotFound):
                documents[document] = self._library.document(document)
        # One read anew meanwhile may have other text under the same id, which nothing has ranked: it is skipped too.
        whole = {c.id: whole[c.id] for c, _ in ranked if c.id in whole and whole[c.id].text == c.text}
        ranked = [(c, s) for c, s in ranked if c.id in cosines and c.id in whole and c.document in documents]
        return [
            Hit(rank=rank, score=score, cosine=cosines[c.id], chunk=whole[c.id], document=documents[c.document])
            for rank, (c, score) in enumerate(ranked, start=1)
        ]


def fuse(legs: Sequence[tuple[float, Sequence[Scored]]]) -> list[Scored]:
    """Fuse rankings by weighted reciprocal rank: score = sum of weight / (RRF_K + rank). Best first, ties by id."""
    scores: dict[str, float] = {}
    for weight, leg in legs:
        for rank, (chunk, _) in enumerate(leg, start=1):
            scores[chunk] = scores.get(chunk, 0.0) + weight / (RRF_K + rank)
    return sorted(scores.items(), key=lambda item: (-item[1], item[0]))


def distinct(ranked: Sequence[tuple[Chunk, float]]) -> list[tuple[Chunk, float]]:
    """Drop passages that say what a better one says: equal but for white space and case."""
    seen: set[str] = set()
    kept = []
    for chunk, score in ranked:
        key = "".join(chunk.text.split()).casefold()
        if key not in seen:
            seen.add(key)
            kept.append((chunk, score))
    return kept


def in_turn(ranked: Sequence[tuple[Chunk, float]], facets: Sequence[frozenset[str]]) -> list[tuple[Chunk, float]]:
    """Let facets (documents, by id) take turns, the best-scored first; all else has the last place of each turn.

    The best-scored passage of all stays first, whatever it is of.
    """
    named = frozenset[str]().union(*facets)
    queues = [[r for r in ranked if r[0].document in facet] for facet in facets]
    queues = sorted(filter(None, queues), key=lambda queue: -queue[0][1])
    if rest := [r for r in ranked if r[0].document not in named]:
        queues.insert(0 if queues and rest[0][1] > queues[0][0][1] else len(queues), rest)
    turns = (r for turn in zip_longest(*queues) for r in turn if r is not None)
    return list({chunk.id: (chunk, score) for chunk, score in turns}.values())


def _best(legs: Iterable[Iterable[Scored]]) -> list[Scored]:
    """Merge one leg's results over collections and documents, each chunk once."""
    merged = {chunk: score for leg in legs for chunk, score in leg}
    return sorted(merged.items(), key=lambda s: -s[1])
