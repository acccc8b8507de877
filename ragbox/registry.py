"""What an admin does with models: add, practise, verify, activate, roll back, remove, load. Knows no HTTP.

What takes long runs in a thread of its own, one piece of work at a time, and tells how far it is.
"""

from __future__ import annotations

import json
import logging
import shutil
import threading
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from . import helper, hub, plan
from .auth import Auth
from .engines import hf_folder
from .errors import BadInput, Conflict, RagboxError, Unavailable
from .llm import Llm
from .models import Store, Version
from .settings import Settings
from .types import Actor

PRACTICE = "practice"
ORIGIN = "practice, trained on the samples here"
LONG = 8192
"""Tokens of context that memory is told for, where no setting says how many and the model allows more."""
STOP_SECONDS = 20.0
_log = logging.getLogger(__name__)

Lessons = Callable[[Actor, str, str], Iterable[Mapping[str, Any]]]
"""Lessons of a collection (its name) and a question file (its path, "" for the samples')."""
Adapt = Callable[[Version, Path, threading.Event], Iterable[Mapping[str, Any]]]
"""Trains the adapters of a practice model on its lessons (a file), and tells `name`, `done` and `total`."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Work:
    """How far the present or last work is. `stage` is "", "download", "copy", "prepare", "train", "done" or "failed".

    `done` and `total` are bytes, of "train" thousandths of the time. `figures` are those of the training.
    """

    name: str = ""
    stage: str = ""
    done: int = 0
    total: int = 0
    started_at: datetime | None = None
    ended_at: datetime | None = None
    error: str = ""
    version: str = ""
    figures: Mapping[str, float] = field(default_factory=dict)

    @property
    def running(self) -> bool:
        return self.stage not in ("", "done", "failed")


class Registry:
    """One box's models and the work on them."""

    def __init__(
        self, settings: Settings, auth: Auth, store: Store, llm: Llm, lessons: Lessons, *,
        adapt: Adapt = lambda *_: (),
    ) -> None:  # fmt: skip
        self._settings = settings
        self._auth = auth
        self._store = store
        self._llm = llm
        self._lessons = lessons
        self._adapt = adapt
        self._work = Work()
        self._changing = threading.Lock()
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def close(self) -> None:
        """Break off what is running; waits at most 20 s."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(STOP_SECONDS)

    def work(self) -> Work:
        """Return how far the present or last work is."""
        return self._work

    def needs(self, version: Version) -> dict[str, plan.Memory]:
        """Return what a version takes in each number format, for as many answers at a time as the settings say."""
        context = self._settings.context or min(version.context or LONG, LONG)
        shape = plan.Shape(
            parameters=version.parameters, layers=version.layers, kv_heads=version.kv_heads,
            head_dim=version.head_dim, embedding=version.embedding,
        )  # fmt: skip
        rows = self._settings.model_rows
        if version.kind != "gguf":
            return {q: plan.memory(shape, q, context=context, users=rows) for q in plan.BITS}
        found = plan.memory(shape, "bf16", context=context, users=rows)
        overhead = plan.BASE + plan.SHARE * (version.size + found.cache)
        return {"gguf": replace(found, quantization="gguf", weights=version.size, overhead=overhead)}

    @property
    def choice(self) -> str:
        """What says which model is loaded: "store" (the active one), "settings", or "none" where answers are quotes."""
        given = self._settings
        elsewhere = given.engine == "auto" and (given.remote_urls or given.langchain_model)
        if given.engine == "extractive":
            return "none"
        return "settings" if given.engine in ("remote", "langchain") or given.model or elsewhere else "store"

    # -- long work -----------------------------------------------------------------------------------------

    def add(self, actor: Actor, source: str, *, name: str = "", file: str = "") -> Work:
        """Begin to add a model: of an absolute path on this machine, else of the hub; returns at once.

        Raises:
            NotPermitted: no right to manage the box.
            BadInput: the source is neither, or `file`, which is for the hub, stands beside a path.
            Conflict: other work is running.
        """
        self._auth.require(actor, "manage", None)
        path = Path(source)
        if path.is_absolute():
            if file:
                raise BadInput(f"{file!r} cannot be chosen from a path. Give the path of the file itself.")
            return self._start(name or path.name, "copy", lambda: self._copy(path, name=name, origin=str(path)))
        if not hub.NAME.fullmatch(source):
            raise BadInput(f"{source!r} is neither an absolute path on the server nor OWNER/NAME of the hub. Give one.")
        return self._start(name or source, "download", lambda: self._fetch(source, name, file))

    def practise(self, actor: Actor, *, collection: str, questions: str = "", seconds: float = 220.0) -> Work:
        """Begin to train the practice model on a collection and its questions; returns at once.

        Raises:
            NotPermitted: no right to manage the box.
            Conflict: other work is running.
        """
        self._auth.require(actor, "manage", None)
        return self._start(PRACTICE, "prepare", lambda: self._train(actor, collection, questions, seconds))

    def cancel(self, actor: Actor) -> Work:
        """Break off the work that is running, if any; what was downloaded is kept.

        Raises:
            NotPermitted: no right to manage the box.
        """
        self._auth.require(actor, "manage", None)
        broken = self._work  # it may end before this returns
        self._stop.set()
        return broken

    def _start(self, name: str, stage: str, run: Callable[[], Version]) -> Work:
        with self._changing:
            if self._work.running:
                raise Conflict(f"{self._work.name} is being worked on ({self._work.stage}). Wait until that is done.")
            self._stop.clear()
            begun = self._work = Work(name=name, stage=stage, started_at=datetime.now(UTC))
            self._thread = threading.Thread(target=self._run, args=(run,), name="models", daemon=True)
            self._thread.start()
            return begun  # and not how far it has come since

    def _run(self, run: Callable[[], Version]) -> None:
        try:
            added = run()
        except Exception as error:
            known = isinstance(error, RagboxError)
            _log.log(
                logging.WARNING if known else logging.ERROR, "The model %s was not added: %s", self._work.name, error,
                exc_info=not known,
            )  # fmt: skip
            self._work = replace(self._work, stage="failed", error=str(error), ended_at=datetime.now(UTC))
        else:
            self._work = replace(
                self._work, stage="done", name=added.name, version=added.version, ended_at=datetime.now(UTC)
            )  # fmt: skip

    def _copy(self, path: Path, *, name: str, origin: str) -> Version:
        if path.is_dir() and not any(path.glob("*.gguf")):
            hf_folder.inspect(path)  # what could not be loaded is not taken in
        return self._store.add(path, name=name, origin=origin, progress=self._told)

    def _fetch(self, source: str, name: str, file: str) -> Version:
        downloads = self._store.folder / ".downloads"
        folder = commit = ""
        for told in hub.fetch(source, downloads, file=file, stop=self._stop):
            if "folder" in told:
                folder, commit = told["folder"], told["commit"]
            else:
                self._work = replace(self._work, done=told["done"], total=told["total"])
        if not folder:  # nothing may be copied from, or deleted in, the folder that the server runs in
            raise Unavailable(f"The download of {source} ended without a model. Try again; the log says more.")
        self._work = replace(self._work, stage="copy", done=0)
        name = name or Path(file).stem or source.rpartition("/")[2]
        added = self._copy(Path(folder), name=name, origin=f"{source} at {commit}")
        shutil.rmtree(Path(folder).parent)
        return added

    def _train(self, actor: Actor, collection: str, questions: str, seconds: float) -> Version:
        place = self._store.vault.scratch(self._store.folder) / ".practice"
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir(parents=True)
        try:
            with (place / "lessons.jsonl").open("w", encoding="utf-8") as lines:
                for done, lesson in enumerate(self._lessons(actor, collection, questions)):
                    self._work = replace(self._work, done=done)
                    lines.write(json.dumps(lesson, ensure_ascii=False) + "\n")
                    self._go_on()
            self._work = replace(self._work, stage="train", done=0, total=1000)
            arguments = (str(place / "lessons.jsonl"), str(place / PRACTICE), str(seconds))
            for told in helper.work("ragbox.engines.practice", *arguments, stop=self._stop):
                done, figures = told.get("done", 1000), told.get("figures", {})
                self._work = replace(self._work, done=done, figures=figures)
            added = self._store.add(place / PRACTICE, origin=ORIGIN)
            self._train_adapters(added, place / "lessons.jsonl")
            return added
        finally:
            shutil.rmtree(place, ignore_errors=True)

    def _train_adapters(self, version: Version, lessons: Path) -> None:
        try:
            with self._store.lend(version) as folder:
                for told in self._adapt(replace(version, folder=folder), lessons, self._stop):
                    self._work = replace(
                        self._work, name=told["name"], done=told.get("done", 0), total=told.get("total", 1)
                    )  # fmt: skip
        except RagboxError as error:  # the model is there, and is worth having without them
            _log.warning("The practice adapters were not trained: %s", error)

    def _told(self, done: int, total: int) -> None:
        self._work = replace(self._work, done=done, total=total)
        self._go_on()

    def _go_on(self) -> None:
        if self._stop.is_set():
            raise Conflict("It was broken off, and nothing was added. Start it again.")

    # -- the rest ------------------------------------------------------------------------------------------

    def activate(self, actor: Actor, name: str, version: str) -> Version:
        """Make a version the one that answers, and begin to load it where the server runs.

        Raises:
            NotPermitted: no right to manage the box.
            NotFound: there is no such version.
            Rejected: its files are not as they were added.
            Conflict: a model is being loaded.
        """
        self._switching(actor)
        found = self._store.activate(name, version)
        self._switch()
        return found

    def rollback(self, actor: Actor) -> Version | None:
        """Make the version before the active one active, and begin to load it where the server runs; None: no model.

        Raises:
            NotPermitted: no right to manage the box.
            Conflict: none was active before, or a model is being loaded.
            Rejected: its files are not as they were added.
        """
        self._switching(actor)
        found = self._store.rollback()
        self._switch()
        return found

    def _switching(self, actor: Actor) -> None:
        self._auth.require(actor, "manage", None)
        if self._llm.state.state == "loading":
            raise Conflict("A model is being loaded. Wait until that is done: `ragbox model list` says so.")

    def _switch(self) -> None:
        if self.choice == "store":
            with suppress(Unavailable):  # a command without a server moves the pointer alone
                self._llm.load()
