"""The use case: a question in, a stream of events out, every word through the redactor. Knows no web and no model."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator
from copy import copy
from dataclasses import replace
from functools import partial
from time import perf_counter
from typing import Protocol

from .audit import Audit
from .audit_answers import searched, watched
from .cache import AnswerCache, Scope
from .events import Byline, Claim, Done, Draft, Event, Hits, Stage, Text, Thought, Timing
from .metrics import Metrics
from .ports import Engine
from .privacy import Privacy
from .prompt import REFUSAL
from .redact.policy import FAILED
from .redaction import Redaction
from .retriever import Retriever
from .settings import Settings
from .text import language
from .types import Actor, Answer, Chunk, Citation, Hit, PageBox, Quote
from .written import Written

EMPTY = {
    "en": "There is nothing to search: the box, or the part of it that you may read, is empty. "
    "Add documents on the Documents page, or with `ragbox ingest FOLDER`.",
    "zh": "没有可检索的文档：知识库（或您有权查看的部分）是空的。"
    "请在“文档”页面添加文件，或运行 `ragbox ingest 文件夹`。",
}
"""Said instead of REFUSAL where there is no passage at all."""


class Adapters(Protocol):
    """What is needed of the choice among adapters (`ragbox/adapters/choice.py`)."""

    def named(self, actor: Actor, adapter: str) -> str:
        """Return the key that an actor means by an adapter's name or key, "" by "". Raises NotFound."""

    def key_for(self, collections: Iterable[str], wanted: str = "") -> str:
        """Return the key to write with over passages of these collections (ids); `wanted` is what `named` returned."""

    def state(self, collections: Iterable[str], wanted: str = "") -> str:
        """Return what `key_for` depends on, over any of these collections."""


class NoAdapters:
    """Adapters of a box that has none."""

    def named(self, _: Actor, adapter: str) -> str:
        return adapter

    def key_for(self, _: Iterable[str], wanted: str = "") -> str:
        return wanted

    def state(self, _: Iterable[str], wanted: str = "") -> str:
        return wanted


class Answers:
    """Asks the retriever, lets the engine write, numbers what it cites."""

    def __init__(
        self,
        settings: Settings,
        retriever: Retriever,
        engine: Engine,
        privacy: Privacy,
        metrics: Metrics | None = None,
        *,
        cache: AnswerCache | None = None,
        corpus: Callable[[Iterable[str]], str] = lambda _: "",
        model: Callable[[], str] = lambda: "",
        adapters: Adapters | None = None,
        answered: Callable[[Answer, int, int], None] = lambda *_: None,
        audit: Audit | None = None,
    ) -> None:
        """`corpus` returns the state that collections (ids) are in; while it is "", nothing is taken from `cache`.

        `model` returns what an answer depends on beside the engine's name: number format, version of the prompts.
        `answered` is told each new answer whose adapter the box chose, with its sentences that passages support, and
        those that none does. `audit` records who asked what, and which documents were shown.
        """
        self._settings = settings
        self._retriever = retriever
        self._engine = engine
        self._privacy = privacy
        self._metrics = metrics or Metrics()
        self._cache = cache
        self._corpus = corpus
        self._model = model
        self._counted = True
        self._adapters = adapters or NoAdapters()
        self._answered = answered
        self._audit = audit

    def ask(
        self, actor: Actor, question: str, *, collection: str | None = None, document: str | None = None,
        adapter: str = "", showing: Redaction | None = None,
    ) -> Generator[Event, None, None]:  # fmt: skip
        """Yield the events of `ragbox/events.py`, the last of them Done. Closing it cancels.

        Passages are taken from one collection (its name), from one document (its id), or from all that may be read.
        `adapter` names the adapter to write with, or has its key; "" leaves it to the collections of the passages.
        `showing` cleans it, one that is made for it if left out.

        Raises, before the first event:
            BadInput: the question is empty or too long.
            NotFound: no such collection, document or adapter, for this actor.
            Conflict: a collection's vectors were made by another encoder.
        Raises, before the first word:
            Busy: too many wait for the language model already.
        """
        events = self._ask(actor, question, collection, document, adapter, showing)
        of = document or collection or ""
        yield from watched(self._audit, events, actor.name, question, of) if self._audit else events

    def _ask(
        self, actor: Actor, question: str, collection: str | None, document: str | None, adapter: str,
        showing: Redaction | None,
    ) -> Generator[Event, None, None]:  # fmt: skip
        started = perf_counter()
        timings: dict[str, float] = {}
        _, shelves = self._retriever.check(actor, question, collection, document)
        wanted = self._adapters.named(actor, adapter)
        self._metrics.asked()
        passages = self._retriever.passages(actor, collection, document)
        yield Stage(name="search", count=passages)
        showing = showing or self._privacy.showing(actor, language(question), counted=self._counted)
        scope = self._scope(actor, collection, document, wanted) if self._cache else None
        if self._cache and scope and (found := self._cache.get(scope, question)):
            self._privacy.answered(actor, {h.document.collection_id for h in found.hits})
            showing.masks.update(found.masks)
            yield from self._again(found, started)
            return
        sought = self._privacy.sought(actor, {c.id for c in shelves}, question)
        hits = self._found(actor, sought, collection, document, self._settings.hits)
        timings["search"] = perf_counter() - started
        shown_hits = tuple(map(showing.hit, hits))
        yield Hits(hits=shown_hits)
        yield Stage(name="read", count=len(hits))
        over = {h.document.collection_id for h in hits}
        written = Written(
            redactor=partial(showing.redactor, over), cite=partial(_cite, showing), engine=self._engine.name
        )
        claims = {True: 0, False: 0}
        key = self._adapters.key_for(over, wanted)
        for piece in self._engine.answer(self._privacy.sent(sought), hits, key):
            if isinstance(piece, Draft):
                yield Stage(name="draft", count=piece.length)
            if isinstance(piece, Thought) and "think" not in timings:
                timings["think"] = perf_counter() - started - timings["search"]
                yield Stage(name="think", count=len(hits))
            if isinstance(piece, Text) and "read" not in timings:
                timings["read"] = perf_counter() - started - timings["search"]
                yield Stage(name="write", count=len(hits))
            if isinstance(piece, Claim):
                self._metrics.checked(piece.supported)
                claims[piece.supported] += 1
            yield from written.take(piece)
        yield from written.end()
        refused = not written.text.strip()
        if refused:
            written.text = (REFUSAL if passages else EMPTY)["zh" if language(question) == "zh" else "en"]
            yield Text(text=written.text)
        if self._counted:
            self._privacy.answered(actor, over)
        timings["total"] = perf_counter() - started
        self._metrics.took(timings)
        yield Timing(timings=timings)
        answer = replace(written.answer(refused=refused, hits=shown_hits, timings=timings), masks=dict(showing.masks))
        if self._cache and scope and _lasts(scope, self._scope(actor, collection, document, wanted), answer):
            self._cache.put(scope, question, answer)
        if not adapter:
            self._answered(answer, claims[True], claims[False])
        yield Done(answer=answer)

    def uncounted(self, *, engine: Engine | None = None, adapters: Adapters | None = None) -> Answers:
        """Return the same, for questions that nobody asks but the box itself: they count nowhere, and none is kept.

        With an `engine` and a choice among its adapters, they are in the place of the box's own.
        """
        twin = copy(self)
        twin._engine, twin._adapters = engine or self._engine, adapters or self._adapters
        twin._metrics, twin._cache, twin._answered, twin._counted = Metrics(), None, lambda *_: None, False
        twin._audit = None
        return twin

    def search(
        self, actor: Actor, question: str, *, collection: str | None = None, document: str | None = None, k: int = 8
    ) -> list[Hit]:
        """Return the k best passages as they may be shown: without personal data.

        Raises:
            BadInput: the question is empty or too long.
            NotFound: no such collection or document, for this actor.
        """
        _, shelves = self._retriever.check(actor, question, collection, document)
        sought = self._privacy.sought(actor, {c.id for c in shelves}, question)
        hits = self._found(actor, sought, collection, document, k)
        if self._audit is not None:
            searched(self._audit, hits, actor.name, question, document or collection or "")
        showing = self._privacy.showing(actor, language(question), counted=self._counted)
        return list(map(showing.hit, hits))

    def _found(self, actor: Actor, sought: str, collection: str | None, document: str | None, k: int) -> list[Hit]:
        """Return the k best passages; none where nothing is left of the question."""
        if not any(sign.isalnum() for sign in sought):
            return []
        return self._retriever.search(actor, sought, collection=collection, document=document, k=k)

    def _scope(self, actor: Actor, collection: str | None, document: str | None, wanted: str) -> Scope:
        ids = frozenset(c.id for c in self._retriever.readable(actor, collection))
        return Scope(
            collections=ids, hidden=self._retriever.hidden(actor, ids), collection=collection or "",
            document=document or "", corpus=self._corpus(ids),
            engine=self._engine.name, model=self._model(), adapter=self._adapters.state(ids, wanted),
            redaction=self._privacy.state(actor, ids),
        )  # fmt: skip

    def _again(self, answer: Answer, started: float) -> Iterator[Event]:
        """Yield the events of an answer that was given before."""
        yield Hits(hits=answer.hits)
        for stage in ("read", "write"):
            yield Stage(name=stage, count=len(answer.hits))
        yield Byline(engine=answer.engine, adapter=answer.adapter)
        yield from answer.citations
        shown = 0
        for offset, n in answer.cited:
            if offset - 1 > shown:
                yield Text(text=answer.text[shown : offset - 1])
            shown = offset + len(f"[{n}]")
            yield Text(text=f" [{n}]", cites=n)
        if rest := answer.text[shown:]:
            yield Text(text=rest)
        timings = {"total": perf_counter() - started}
        self._metrics.took(timings)
        yield Timing(timings=timings)
        yield Done(answer=replace(answer, timings=timings))


def _lasts(before: Scope, after: Scope, answer: Answer) -> bool:
    """Tell whether an answer may be given again: all of it could be judged, and no policy, model or adapter changed
    meanwhile, which may have written it. A corpus never has the same state again."""
    shown = (answer.text, *(c.quote for c in answer.citations), *(h.chunk.text for h in answer.hits))
    return replace(after, corpus=before.corpus) == before and not any(FAILED in text for text in shown)


def _cite(showing: Redaction, n: int, quote: Quote) -> Citation:
    chunk, document = quote.hit.chunk, quote.hit.document
    held = (document.collection_id,)
    boxes = tuple(
        PageBox(page=m.page, box=m.box)
        for m in chunk.marks
        if m.box is not None and m.start < quote.end and m.end > quote.start
    )
    return Citation(
        n=n, document=document.id, file=showing.clean(held, document.file, counted=False),
        page=page_of(chunk, quote.start), boxes=boxes,
        section=showing.clean(held, section_of(chunk, quote.start), counted=False),
        quote=showing.parts(held, chunk.text)(quote.start, quote.end),
    )  # fmt: skip


def page_of(chunk: Chunk, offset: int) -> int:
    """Return the page (from 1) on which the character at `offset` of the chunk's text stands."""
    return next((m.page for m in chunk.marks if m.end > offset), chunk.page)


def section_of(chunk: Chunk, offset: int) -> str:
    """Return the heading that the character at `offset` stands under: one in the passage, or else the passage's own."""
    return next((chunk.text[s:e] for s, e in reversed(chunk.titles) if e <= offset), chunk.section)
