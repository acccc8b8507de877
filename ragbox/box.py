"""The composition root: the one place where the parts of a box are put together. Nothing is built at import."""

from __future__ import annotations

import threading
from functools import partial
from typing import Any

from ingest.follow import Follower
from ingest.keeping import Keeper
from ingest.labels import Labels
from ingest.mirror import FolderMirror
from ingest.paint import Painter
from ingest.pipeline import Pipeline
from ingest.queue import Queue
from ingest.render import Renderer
from ingest.rereading import Rereading
from ingest.sandbox import Sandbox
from ingest.shelf import Shelf

from . import corpus
from .access import Access
from .accounts import Accounts
from .adapters.activation import Seat
from .adapters.choice import Choice
from .adapters.distil import Distiller
from .adapters.lessons import AdapterLessons
from .adapters.live import Live
from .adapters.loaded import Loaded
from .adapters.pointer import EXTRACTIVE, MODEL
from .adapters.practice import PracticeAdapters
from .adapters.questions import Questions
from .adapters.records import Records
from .adapters.registry import Adapters
from .adapters.scorers import Scorers
from .adapters.store import AdapterStore
from .adapters.teacher import teacher
from .adapters.training import Trainings
from .adapters.trial import Trial
from .answer import Answers, NoAdapters
from .audit import Audit
from .audit_trail import Trail
from .auth import Auth
from .basis import Basis
from .begun import Begun
from .cache import AnswerCache
from .calibrations import Calibrations
from .catalogue import Catalogue
from .configured import make_analyzer
from .conversations import Conversations
from .db import Database
from .dialogue import Dialogue
from .directory.people import Directory
from .encoders import CrossEncoder, make_encoder
from .engines.extractive import ExtractiveEngine
from .evaluation.asking import Asking
from .generation import Sampling
from .glossary import Glossary
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
from .privacy import Privacy
from .privacy_record import PrivacyRecord
from .profiles import Profiles
from .quality import Quality
from .reader import Reader
from .readings import Readings
from .rebuilder import Rebuilder
from .registry import Registry
from .remains import Remains
from .retriever import Retriever
from .rewriter import Rewriter
from .sealing.vault import Vault
from .settings import Settings
from .shelving import Shelving
from .signin import SignIn
from .starters import Starters
from .statements import Statements
from .steering import Steering
from .suspicions import Suspicions
from .sweep import Sweep
from .verify import Verifier
from .writer import Writer


class Box:
    """One appliance over one data folder. `open` is quick (lock and record); `load` does the heavy work."""

    def __init__(self, settings: Settings, **overrides: Any) -> None:
        """Build the parts.

        `overrides` replaces `encoder`, `dense`, `sparse`, `reranker`, `sandbox`, `llm`, `engine` or `analyzer`.
        """
        data = settings.data
        self.settings = settings
        self.ready = False
        self.owner = Owner(data)
        self.vault = Vault(data, settings.secret, settings.seal_memory)
        self.db = Database(data / "ragbox.db", self.vault)
        self.auth = Auth(settings, self.db)
        analyzer = overrides.get("analyzer") or make_analyzer(settings)
        self.privacy = Privacy(settings, self.auth, PrivacyRecord(self.db), analyzer)
        self.metrics = Metrics(clean=self.privacy.logged)
        self.audit = Audit(settings, self.db, self.privacy.logged)
        self.trail = Trail(self.db, self.auth, self.audit, data)
        self.accounts = Accounts(self.db, self.auth)
        self.signin = SignIn(settings, self.db, self.auth, self.audit)
        self.directory = Directory(settings, self.db, self.auth, self.audit, self.signin)
        self.library = Library(self.db)
        self.access = Access(self.db, self.auth, self.library)
        self.starters = Starters(self.db)
        self.originals = Originals(data / "originals", self.vault)
        self.encoder = overrides.get("encoder") or make_encoder(settings)
        self.dense = overrides.get("dense") or ChromaIndex(settings.index_folder / "chroma")
        self.sparse = overrides.get("sparse") or TantivyIndex(settings.index_folder / "tantivy")
        self.reranker = overrides.get("reranker") or (CrossEncoder(settings.reranker) if settings.reranker else None)
        self.adapter_store = AdapterStore(data / "adapters", self.vault)
        self.scorers = Scorers(self.adapter_store, self.encoder, self._encoder)
        statements = Statements(self.sparse.terms, self.sparse.keywords)
        self.glossary = Glossary(self.db, self.auth, self.sparse, Records(self.db).add, statements.find)
        self.quoting = ExtractiveEngine(
            self.encoder, self.sparse, settings.encoder_languages, scorer=self.scorers, glossary=self.glossary.find,
            border=lambda shelf: self.calibrations.border(shelf),
        )  # fmt: skip
        self.verifier = Verifier(self.encoder, self.sparse, settings.encoder_languages)
        self.store = Store(data / "models", self.vault)
        self.cache = AnswerCache(
            self.encoder, self.sparse, most=settings.cache_answers, similarity=settings.cache_similarity,
            languages=settings.encoder_languages,
        )  # fmt: skip
        self.llm = overrides.get("llm") or Llm(settings, self.store, changed=self.cache.clear)
        self.loaded = Loaded(self.llm, self.adapter_store, most=settings.adapters_loaded)
        self.basis = Basis(self.db, self.auth, self.library, self.privacy, self.llm, self.scorers, self.glossary)
        self.choice = Choice(self.auth, self.library, self.adapter_store)
        self.engine = overrides.get("engine") or Writer(
            self.llm, self.verifier, self.quoting, adapters=self.loaded, leave_out=settings.orders == "leave_out",
            sampling=Sampling(
                temperature=settings.temperature, top_p=settings.top_p, top_k=settings.top_k,
                repetition_penalty=settings.repetition_penalty, max_new_tokens=settings.max_new_tokens,
            ),
        )  # fmt: skip
        self.sandbox = overrides.get("sandbox") or Sandbox(settings)
        self.renderer = Renderer(settings, self.originals)
        self.painter = Painter(self.privacy, self.library, self.renderer, self.originals)
        self.indexer = Indexer(self.library, self.dense, self.sparse)
        self.retriever = Retriever(
            settings, self.auth, self.library, self.encoder, self.dense, self.sparse, Steering(self.db), self.reranker,
            glossary=self.glossary.find, rows=statements.asked,
        )  # fmt: skip
        self.answers = Answers(
            settings, self.retriever, self.engine, self.privacy, self.metrics,
            cache=self.cache, corpus=partial(corpus.version, self.db), model=self.basis.answer, adapters=self.choice,
            answered=lambda *told: self.live.answered(*told), audit=self.audit,
        )  # fmt: skip
        self.trials = self.answers.uncounted()
        self.reader = Reader(self.auth, self.library, self.privacy, Suspicions(self.db))
        self.conversations = Conversations(
            settings, self.db, self.auth, self.library, self.privacy, judged=lambda turn: self.live.judged(turn)
        )
        self.dialogue = Dialogue(
            self.answers, self.conversations, self.privacy, self.sparse.names, longest=settings.max_question_chars,
            rewrite=Rewriter(self.llm).rewrite,
        )  # fmt: skip
        keeper = Keeper(self.library, self.originals)
        self.begun = Begun(self.db, self.library)
        self.pipeline = Pipeline(
            settings, self.auth, self.library, self.originals, self.indexer, self.encoder, self.sandbox, keeper,
            self.begun,
        )  # fmt: skip
        self.catalogue = Catalogue(self.db)
        self.queue = Queue(settings, self.auth, self.library, self.pipeline, self.sandbox, self.metrics.lately)
        self.rereading = Rereading(self.auth, self.library, Readings(self.db), self.queue)
        self.shelf = Shelf(
            self.auth, self.library, Shelving(self.db), keeper, self.indexer, self.privacy.forget, self.queue.resume
        )  # fmt: skip
        self.labels = Labels(self.auth, self.library, Profiles(self.db), self.queue)
        self.rebuilder = Rebuilder(self.auth, self.pipeline.rebuild)
        lessons = Lessons(self.retriever, settings)
        self.registry = Registry(
            settings, self.auth, self.store, self.llm, lessons, adapt=PracticeAdapters(self.adapter_store)
        )
        self._adapt(settings)
        asking = Asking(settings, self.auth, self.db, self.library, self.trials, self.reader, self.glossary)
        self.quality = Quality(
            data, self.auth, asking, self.gate_questions, judged=self.conversations.questions, clean=self.privacy.again,
            present=partial(corpus.present, self.db), turns=partial(corpus.turns, self.db), record=Records(self.db).add,
            vault=self.vault,
        )  # fmt: skip
        self.sweep = Sweep(
            settings, self.conversations, self.originals, self.indexer, Remains(self.db), self.shelf, self.quality
        )
        self.mirrors = Mirrors(self.db)
        self.follower = Follower(settings, self.library, self.originals, self.pipeline, self.mirrors)
        self.mirror = FolderMirror(settings, self.auth, self.mirrors, self.follower)
        self._loading = threading.Lock()

    def _adapt(self, settings: Settings) -> None:
        """Build what adapters are tried, switched, watched and trained by."""
        folder, records = self.adapter_store.folder, Records(self.db, self.audit.note)
        self.gate_questions = Questions(folder / "questions.jsonl")
        tried = partial(
            Trial, self.auth, questions=self.gate_questions, margin=settings.gate_margin, rests_on=self.basis.gate
        )
        quoted = self.answers.uncounted(engine=self.quoting, adapters=NoAdapters())
        self.calibrations = Calibrations(
            self.db, self.auth, self.library, lambda: self.scorers.status()[0],
            self.answers.uncounted(engine=self.quoting.unrefusing(), adapters=NoAdapters()), records.add,
        )  # fmt: skip
        self.adapters = Adapters(
            self.auth, self.library, self.adapter_store, self.llm, records, questions=self.gate_questions,
            clean=self.privacy.clean, encoder=self._encoder, seats={
                MODEL: Seat(
                    taker=self.loaded, gate=tried(answers=self.trials, at_once=lambda: self.llm.rows).gate,
                    switched=lambda *keys: self.live.switched(*keys),
                ),
                EXTRACTIVE: Seat(
                    taker=self.scorers, gate=tried(answers=quoted).gate, answering=lambda: self.scorers.status()[0],
                    switched=lambda *_: self.scorers.settle(), settled=self.scorers.settle,
                ),
            },
        )  # fmt: skip
        self.live = Live(
            folder / "watch.json", self.adapters.withdraw, unsupported=settings.rollback_unsupported,
            bad=settings.rollback_bad,
        )  # fmt: skip
        taught, leave_out = partial(teacher, settings, self.llm), settings.orders == "leave_out"
        distiller = Distiller(self.library, self.retriever, self.verifier, taught, leave_out=leave_out)
        lessons = AdapterLessons(self.retriever, self.conversations, distiller, self.llm, settings)
        self.trainings = Trainings(
            settings.data / "trainings", self.auth, self.adapter_store, self.llm, records, lessons,
            device_map=settings.device_map,
        )  # fmt: skip

    def _encoder(self) -> str:
        """Return the identity of the encoder, "" where it is not loaded."""
        return self.encoder.identity if self.ready else ""

    def open(self) -> None:
        """Take the data folder and open the record; users and documents can be listed.

        Raises:
            Conflict: another process owns the folder, or a newer ragbox wrote it.
        """
        self.owner.acquire()
        self.vault.open()
        self.metrics.open()
        self.db.load()
        self.audit.open()
        self.auth.load()
        self.originals.sweep(self.library.hashes())
        self.live.load()

    def load(self) -> None:
        """Load models and indexes and apply what a crash left in the outbox; `ready` is then True."""
        with self._loading:
            if self.ready:
                return
            for part in self._parts():
                part.load()
            self.indexer.apply()
            self.indexer.heal()
            self.llm.open()
            for part in (self.shelf, self.queue, self.rereading, self.glossary, self.trainings, self.quality):
                part.load()
            self.ready = True
            self.scorers.settle()

    def close(self) -> None:
        """Undo `load` and `open`."""
        self.ready = False
        at_work: list[Any] = [self.sweep, self.rebuilder, self.registry, self.adapters, self.scorers, self.trainings]
        for part in [*at_work, self.quality, self.live, self.directory.recheck]:
            part.close()
        self.queue.stop()
        self.mirror.stop()
        self.sandbox.close()  # what the mirror has under way ends, and is taken in at the next start
        self.mirror.close()
        used = [self.queue, self.rereading, self.shelf, self.llm, self.retriever, self.verifier]
        for part in [*used, *reversed(self._parts())]:
            part.close()
        self.auth.note_use()
        self.audit.close()
        self.privacy.close()
        self.db.close()
        self.metrics.close()
        self.vault.close()
        self.owner.release()

    def _parts(self) -> list[Any]:
        parts = [self.sandbox, self.renderer, self.painter, self.encoder, self.dense, self.sparse, self.quoting]
        return [*parts, self.engine, *filter(None, [self.reranker])]
