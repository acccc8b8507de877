"""The composition root: the one place where the parts of a box are put together. Nothing is built at import."""

from __future__ import annotations

import threading
from dataclasses import asdict
from functools import partial
from typing import Any

from ingest.follow import Follower
from ingest.keeping import Keeper
from ingest.mirror import FolderMirror
from ingest.pipeline import Pipeline
from ingest.queue import Queue
from ingest.render import Renderer
from ingest.sandbox import Sandbox
from ingest.shelf import Shelf

from . import corpus
from .accounts import Accounts
from .answer import Answers
from .auth import Auth
from .cache import AnswerCache
from .catalogue import Catalogue
from .conversations import Conversations
from .db import Database
from .dialogue import Dialogue
from .encoders import CrossEncoder, make_encoder
from .engines.extractive import ExtractiveEngine
from .generation import Sampling
from .index.dense import ChromaIndex
from .index.sparse import TantivyIndex
from .indexer import Indexer
from .lessons import Lessons
from .library import Library
from .llm import Llm
from .metrics import Metrics
from .mirrors import Mirrors
from .models import Store
from .originals import Originals
from .owner import Owner
from .reader import Reader
from .rebuilder import Rebuilder
from .redact.stream import PatternRedactor
from .registry import Registry
from .retriever import Retriever
from .rewriter import Rewriter
from .settings import Settings
from .shelving import Shelving
from .starters import Starters
from .verify import Verifier
from .writer import Writer


class Open:
    """Lets everything through (port: Redactor)."""

    def feed(self, text: str) -> str:
        return text

    def flush(self) -> str:
        return ""


class Box:
    """One appliance over one data folder. `open` is quick (lock and record); `load` does the heavy work."""

    def __init__(self, settings: Settings, **overrides: Any) -> None:
        """Build the parts.

        `overrides` replaces `encoder`, `dense`, `sparse`, `reranker`, `sandbox`, `llm` or `engine`.
        """
        data = settings.data
        self.settings = settings
        self.ready = False
        self.owner = Owner(data)
        self.db = Database(data / "ragbox.db")
        self.metrics = Metrics()
        self.auth = Auth(settings, self.db)
        self.accounts = Accounts(self.db, self.auth)
        self.library = Library(self.db)
        self.starters = Starters(self.db)
        self.originals = Originals(data / "originals")
        self.encoder = overrides.get("encoder") or make_encoder(settings)
        self.dense = overrides.get("dense") or ChromaIndex(data / "chroma")
        self.sparse = overrides.get("sparse") or TantivyIndex(data / "tantivy")
        self.reranker = overrides.get("reranker") or (CrossEncoder(settings.reranker) if settings.reranker else None)
        self.quoting = ExtractiveEngine(self.encoder, self.sparse, settings.encoder_languages)
        self.verifier = Verifier(self.encoder, self.sparse, settings.encoder_languages)
        self.store = Store(data / "models")
        self.cache = AnswerCache(
            self.encoder, self.sparse, most=settings.cache_answers, similarity=settings.cache_similarity,
            languages=settings.encoder_languages,
        )  # fmt: skip
        self.llm = overrides.get("llm") or Llm(settings, self.store, changed=self.cache.clear)
        self.engine = overrides.get("engine") or Writer(
            self.llm, self.verifier, self.quoting,
            sampling=Sampling(
                temperature=settings.temperature, top_p=settings.top_p, top_k=settings.top_k,
                repetition_penalty=settings.repetition_penalty, max_new_tokens=settings.max_new_tokens,
            ),
        )  # fmt: skip
        self.sandbox = overrides.get("sandbox") or Sandbox(settings)
        self.renderer = Renderer(settings, self.originals)
        self.indexer = Indexer(self.library, self.dense, self.sparse)
        self.retriever = Retriever(
            settings, self.auth, self.library, self.encoder, self.dense, self.sparse, self.reranker
        )
        redactor = PatternRedactor if settings.redact else Open
        self.answers = Answers(
            settings, self.retriever, self.engine, redactor, self.metrics,
            cache=self.cache, corpus=partial(corpus.version, self.db),
        )  # fmt: skip
        self.reader = Reader(self.auth, self.library, redactor)
        self.conversations = Conversations(settings, self.db, self.auth, self.library)
        self.dialogue = Dialogue(
            self.answers, self.conversations, self.sparse.names, longest=settings.max_question_chars,
            rewrite=Rewriter(self.llm).rewrite,
        )  # fmt: skip
        keeper = Keeper(self.library, self.originals)
        self.pipeline = Pipeline(
            settings, self.auth, self.library, self.originals, self.indexer, self.encoder, self.sandbox, keeper
        )
        self.catalogue = Catalogue(self.db)
        self.shelf = Shelf(self.auth, self.library, Shelving(self.db), keeper, self.indexer)
        self.queue = Queue(settings, self.auth, self.library, self.pipeline, self.sandbox)
        self.rebuilder = Rebuilder(self.auth, self.pipeline.rebuild)
        lessons = Lessons(self.retriever, passages=settings.hits)
        self.registry = Registry(settings, self.auth, self.store, self.llm, lessons)
        self.mirrors = Mirrors(self.db)
        self.follower = Follower(settings, self.library, self.originals, self.pipeline, self.mirrors)
        self.mirror = FolderMirror(settings, self.auth, self.mirrors, self.follower)
        self._loading = threading.Lock()

    def open(self) -> None:
        """Take the data folder and open the record; users and documents can be listed.

        Raises:
            Conflict: another process owns the folder, or a newer ragbox wrote it.
        """
        self.owner.acquire()
        self.metrics.open()
        self.db.load()
        self.auth.load()
        self.originals.sweep(self.library.hashes())

    def load(self) -> None:
        """Load models and indexes and apply what a crash left in the outbox; `ready` is then True."""
        with self._loading:
            if self.ready:
                return
            for part in self._parts():
                part.load()
            self.indexer.apply()
            self.indexer.heal()
            self.shelf.load()
            self.queue.load()
            self.llm.open()
            self.ready = True

    def close(self) -> None:
        """Undo `load` and `open`."""
        self.ready = False
        self.rebuilder.close()
        self.registry.close()
        self.queue.stop()
        self.mirror.stop()
        self.sandbox.close()  # what the mirror has under way ends, and is taken in at the next start
        self.mirror.close()
        self.queue.close()
        self.shelf.close()
        self.llm.close()
        self.retriever.close()
        self.verifier.close()
        for part in reversed(self._parts()):
            part.close()
        self.auth.note_use()
        self.db.close()
        self.metrics.close()
        self.owner.release()

    def status(self) -> dict[str, Any]:
        """Return what the box holds and whether it is ready, as plain JSON."""
        documents, chunks = self.library.count()
        return {
            "ready": self.ready,
            "documents": documents,
            "chunks": chunks,
            "collections": [c.name for c in self.library.collections()],
            "engine": self.engine.name,
            "encoder": self.encoder.identity if self.ready else self.settings.encoder,
            "pending": len(self.library.pending()),
            "reading": [asdict(r) for r in self.sandbox.reading()],
            "mirrors": self.mirror.status(),
            "data": str(self.settings.data),
        }

    def _parts(self) -> list[Any]:
        parts = [self.sandbox, self.renderer, self.encoder, self.dense, self.sparse, self.quoting, self.engine]
        return [*parts, self.reranker] if self.reranker else parts
