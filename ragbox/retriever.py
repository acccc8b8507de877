"""Finds the passages that may answer a question: dense + keyword, fused, doubles removed. Writes nothing.

Only collections that the actor may read are searched; permission is structural, there is no filter to forget. Documents
that are hidden from the actor are left out before anything is ranked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from .auth import Auth
from .decisions import Hidden
from .errors import BadInput, NotFound
from .library import Library
from .ports import DenseIndex, Encoder, Reranker, Scored, SparseIndex
from .ranking import distinct, fuse, in_turn, spread
from .settings import Settings
from .standing import Standing
from .steering import Course, Steering
from .text import language
from .types import Actor, Chunk, Collection, Document, Hit
from .wording import Expansion

if TYPE_CHECKING:
    from .ports import Vectors

OWN = 0.5
"""What the ranking within a paper that is named counts, by what the question asks of it beside its name."""
EACH = 30
"""Passages of a paper that is named which are ranked: its statements have few of a question's words."""
ROWS, NAMED_ROWS = 0.02, 0.06
"""What a table gains that has the row which is asked for, on the scale of fused ranks; and one of a paper that is
named: with 0.05 for all, the right page comes first for 3 of 174 sample questions less."""
AHEAD = 4
"""How many times as many passages a leg is asked for where some are hidden, and again while too few are left."""
FOREIGN_DENSE = 0.2
"""Weight of the dense leg for a question in a language that the encoder was not trained on."""


class Retriever:
    """Search over the collections an actor may read."""

    def __init__(
        self, settings: Settings, auth: Auth, library: Library, encoder: Encoder, dense: DenseIndex,
        sparse: SparseIndex, steering: Steering, reranker: Reranker | None = None, *,
        glossary: Callable[[str], Sequence[Expansion]] = lambda _: (),
        rows: Callable[[str, Sequence[Expansion]], Callable[[Chunk], float]] = lambda *_: lambda _: 0.0,
    ) -> None:  # fmt: skip
        """`glossary` returns the names in a question that have others, `rows` how far a table has what it asks for."""
        self._rows = rows
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
            self._auth.require(actor, "ask", name)
            return [self._library.collection(name)]
        return [c for c in self._library.collections() if self._auth.decide(actor, "ask", c.name).allowed]

    def _scope(self, actor: Actor, name: str | None, document: str | None) -> list[Collection]:
        collections = self.readable(actor, name)
        if document is None:
            return collections
        held = self._library.document(document)
        self._auth.require(actor, "ask", held)
        if name not in (None, held.collection):
            raise NotFound(f"There is no document {document} in the collection {name!r}. Leave one of them out.")
        return [c for c in collections if c.name == held.collection]

    def passages(self, actor: Actor, name: str | None, document: str | None = None) -> int:
        """Return how many passages a search of this actor goes through."""
        hidden = self._auth.passages(Hidden() if document else self._auth.hidden(actor))
        counts = ((c.id, self._sparse.count(c.id, document)) for c in self.readable(actor, name))
        return sum(max(0, count - hidden.get(c, 0)) for c, count in counts)

    def hidden(self, actor: Actor, collections: Iterable[str]) -> frozenset[str]:
        """Return the documents (ids) of collections (ids) that a search of this actor leaves out."""
        return self._auth.hidden(actor).within(collections)

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

    def standing(self, actor: Actor, name: str | None, document: str | None = None) -> Standing:
        """Return what tells, while an answer is written, whether the actor may still read what may be searched now.

        Raises:
            NotFound: no such collection, or no such document in it, for this actor.
        """
        return Standing(self._auth, self._library, actor, {c.id for c in self._scope(actor, name, document)})

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
        hidden = self._auth.hidden(actor)
        out = {c: hidden.held.get(c, frozenset()) for c in ids}
        renamed = self._glossary(question)
        others = [other for name in renamed for other in name.others]
        course = self._steering.course(question, ids, others, hidden.held) if document is None else Course()
        # What the question names is searched on its own too: among look-alikes it may be on neither list of the best.
        alone = course.favoured if document is None else tuple((c, document) for c in ids)
        everywhere = ids if document is None else []
        each = max(k, EACH)

        def words(c: str, k: int) -> list[Scored]:
            return self._sparse.search(c, question, k, None, renamed)

        sparse = [self._legs.submit(seen, partial(words, c), out[c], most) for c in everywhere]
        sparse_alone = [self._legs.submit(self._sparse.search, c, question, each, d, renamed) for c, d in alone]
        rest = course.rest
        own = [self._legs.submit(self._sparse.search, c, rest, each, d, self._glossary(rest)) for c, d in alone if rest]
        vector, *other = self._encoder.encode_queries([question, rest] if rest else [question])
        dense = [self._legs.submit(seen, partial(self._dense.search, c, vector), out[c], most) for c in everywhere]
        dense_alone = [self._legs.submit(self._nearest, d, vector, each) for _, d in alone]
        dense_own = [self._legs.submit(self._nearest, d, v, each) for _, d in alone for v in other]
        nearest = _best([_best(leg.result() for leg in dense)[:most], *(leg.result() for leg in dense_alone)])
        matching = _best([_best(leg.result() for leg in sparse)[:most], *(leg.result() for leg in sparse_alone)])
        weight = 1.0 if language(question) in self._settings.encoder_languages else FOREIGN_DENSE
        within = [*((OWN * weight, leg.result()) for leg in dense_own), *((OWN, leg.result()) for leg in own)]
        fused = fuse([(weight, nearest), (1.0, matching), *within])
        # A gain is measured by what the two legs give: where one counts for little, ranks are worth less, gains too.
        course = replace(course, gains={d: g * (weight + 1) / 2 for d, g in course.gains.items()})
        return self._hits(question, vector, fused, dict(nearest), course, self._rows(question, renamed), k)

    def _nearest(self, document: str, vector: Vectors, most: int) -> list[Scored]:
        """Return a document's nearest chunks, from the record: exact, and an index of all need not be gone through."""
        ids, rows = self._library.vectors_of(document)
        return _best([zip(ids, map(float, rows @ vector), strict=True)])[:most] if ids else []

    def _cosines(self, chunks: Sequence[str], vector: Vectors) -> list[Scored]:
        """Return chunks (ids) with their cosines to a vector, from the record: exact, and none is left out."""
        kept, rows = self._library.vectors(chunks)
        return list(zip(kept, map(float, rows @ vector), strict=True)) if kept else []

    def _hits(
        self, question: str, vector: Vectors, fused: list[Scored], cosines: dict[str, float], course: Course,
        labelled: Callable[[Chunk], float], k: int,
    ) -> list[Hit]:  # fmt: skip
        found = self._library.chunks((i for i, _ in fused), marked=False)
        ranked = [(found[i], score) for i, score in fused if i in found]  # one deleted meanwhile is skipped
        rows = dict.fromkeys((d for _, d in course.favoured), NAMED_ROWS)
        ranked = [
            (c, s + course.gains.get(c.document, 0.0) + rows.get(c.document, ROWS) * labelled(c)) for c, s in ranked
        ]
        ranked = distinct(sorted(ranked, key=lambda r: -r[1]))
        if self._reranker is not None:
            ranked = ranked[: self._settings.candidates]
            scores = self._reranker.score(question, [c.indexed_text for c, _ in ranked])
            ranked = sorted(((c, s) for (c, _), s in zip(ranked, scores, strict=True)), key=lambda r: -r[1])
        else:
            ranked = spread(ranked)
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


def seen(search: Callable[[int], list[Scored]], hidden: frozenset[str], most: int) -> list[Scored]:
    """Return the `most` best that a leg finds but for chunks of hidden documents, with whose ids theirs begin.

    It is asked for more until enough are left: what is left is what it has without the hidden ones, in the same order.
    """
    asked = AHEAD * most if hidden else most
    while True:
        found = search(asked)
        left = [(chunk, score) for chunk, score in found if chunk.rpartition("-")[0] not in hidden]
        if len(left) >= most or len(found) < asked:
            return left[:most]
        asked *= AHEAD


def _best(legs: Iterable[Iterable[Scored]]) -> list[Scored]:
    """Merge one leg's results over collections and documents, each chunk once."""
    merged = {chunk: score for leg in legs for chunk, score in leg}
    return sorted(merged.items(), key=lambda s: -s[1])
