"""Trainings of adapters: one at a time, each in a child process at low priority, taken up again after a restart.

    data/trainings/<id>/    run.json, lessons.jsonl, plan.json, curve.jsonl, checkpoint.safetensors, adapter/

Lessons hold words of documents: of a sealed box all but run.json and, in the end, the curve lies in memory alone.
What comes out goes into the adapter store as a new version, and answers nothing until it is activated there.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import shutil
import threading
import uuid
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from ..auth import Auth
from ..engines.lora_train import CHECKPOINT, CURVE, LESSONS, RESULT
from ..errors import BadInput, Conflict, NotFound, RagboxError
from ..llm import Llm
from ..types import Actor
from .lessons import Lesson, Source
from .records import Records
from .run import FILE, Options, Run, read, write
from .store import Adapter, AdapterStore
from .teach import keep, teach

STOP_SECONDS = 20.0
LOST = "The server ended, and a sealed box keeps lessons in memory alone."
_log = logging.getLogger(__name__)

Make = Callable[[Actor, Source, Counter[str]], Iterator[Lesson]]
"""Yields lessons of a source and counts what it left out, by reason."""


class Trainings:
    """The trainings of one box."""

    def __init__(
        self, folder: Path, auth: Auth, store: AdapterStore, llm: Llm, records: Records, make: Make, *,
        device_map: str = "auto",
    ) -> None:  # fmt: skip
        self._folder = folder
        self._auth = auth
        self._store = store
        self._llm = llm
        self._records = records
        self._make = make
        self._device_map = device_map
        self._changing = threading.Lock()
        self._stop = threading.Event()
        self._closed = False
        self._now: Run | None = None
        self._thread: threading.Thread | None = None

    def load(self) -> None:
        """Take up the training that ran when the server ended; one whose lessons were not all made has failed."""
        self._closed = False
        for run in self.runs():
            if run.state == "prepare":
                self._keep(replace(run, state="failed", error="The server ended while lessons were made. Start again."))
            elif run.state == "train" and self._lost(run):
                self._keep(replace(run, state="failed", error=f"{LOST} Start again."))
            elif run.state == "train" and self._now is None:
                self._begin(run, partial(self._train, run))

    def close(self) -> None:
        """End the child; the training goes on at its checkpoint after the next `load`. Waits at most 20 s."""
        self._closed = True
        self._stop.set()
        if self._thread is not None:
            self._thread.join(STOP_SECONDS)
        self._now = self._thread = None

    def runs(self) -> tuple[Run, ...]:
        """Return all trainings, the newest first."""
        found = []
        for path in self._folder.glob(f"*/{FILE}"):
            with suppress(FileNotFoundError, ValueError, KeyError, TypeError):  # removed since, or damaged
                found.append(read(path))
        now = self._now
        return tuple(sorted((now if now and r.id == now.id else r for r in found), key=lambda r: r.started_at))[::-1]

    def get(self, id: str) -> Run:
        """Return a training.

        Raises:
            NotFound: there is none of this id.
        """
        for run in self.runs():
            if run.id == id:
                return run
        raise NotFound(f"There is no training {id!r}. `ragbox adapter trainings` lists them.")

    def curve(self, id: str) -> tuple[Mapping[str, float], ...]:
        """Return a training's `step`, `loss` and, where it was measured, `held` (held-out loss), by steps.

        Raises:
            NotFound: there is none of this id.
        """
        path = self._work(self.get(id)) / CURVE
        path = path if path.exists() else self._folder / id / CURVE
        lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
        return tuple(json.loads(line) for line in lines if line.endswith("}"))

    def start(self, actor: Actor, name: str, lessons: Source, options: Options | None = None) -> Run:
        """Begin to train an adapter of the model in use; returns at once.

        Raises:
            NotPermitted: no right to manage the box.
            BadInput: the name cannot name an adapter.
            Conflict: the model in use is none that can be trained on here, or one is running.
        """
        self._auth.require(actor, "manage", None)
        self._store.check_name(name)
        base = self._llm.base
        if base is None or not base.is_dir() or any(base.glob("*.gguf")):
            raise Conflict(
                "There is no model to train on: the one in use is none, a server's or a GGUF file. Load one that is in "
                "safetensors, on the Models page or with `ragbox model activate`."
            )
        now = datetime.now(UTC).isoformat()
        run = Run(
            id=uuid.uuid4().hex[:12], name=name, actor=actor.name, source=lessons, options=options or Options(),
            base=str(base.resolve()), base_name=self._llm.name, base_digest=self._llm.base_digest, started_at=now,
        )  # fmt: skip

        def work() -> Adapter:
            return self._train(self._prepare(actor, run))

        return self._begin(run, work)

    def resume(self, actor: Actor, id: str) -> Run:
        """Go on with a training that failed or was cancelled, at its checkpoint; returns at once.

        Raises:
            NotPermitted: no right to manage the box.
            NotFound: there is none of this id.
            Conflict: one is running, or this one is done or has no lessons.
        """
        self._auth.require(actor, "manage", None)
        run = self.get(id)
        if run.state not in ("failed", "cancelled") or not run.data:
            raise Conflict(f"The training of {run.name} cannot go on: it is {run.state}. Start another.")
        if self._lost(run):
            raise Conflict(f"The training of {run.name} cannot go on. {LOST} Start another.")
        again = replace(run, state="train", error="", ended_at="")
        return self._begin(again, partial(self._train, again))

    def cancel(self, actor: Actor) -> Run | None:
        """Break off the training that is running, if any; `resume` goes on with it.

        Raises:
            NotPermitted: no right to manage the box.
        """
        self._auth.require(actor, "manage", None)
        broken = self._now  # it may end before this returns
        self._stop.set()
        return broken

    def remove(self, actor: Actor, id: str) -> None:
        """Delete a training's files; the version that came of it stays.

        Raises:
            NotPermitted: no right to manage the box.
            NotFound: there is none of this id.
            Conflict: it is running.
        """
        self._auth.require(actor, "manage", None)
        run = self.get(id)
        if run.running:
            raise Conflict(f"The training of {run.name} is running. Cancel it first.")
        shutil.rmtree(self._work(run), ignore_errors=True)
        shutil.rmtree(self._folder / run.id, ignore_errors=True)

    # -- in the thread -------------------------------------------------------------------------------------

    def _begin(self, run: Run, work: Callable[[], Adapter]) -> Run:
        with self._changing:
            # Whose end is told is over, though its thread may not have come to its own yet.
            if self._thread is not None and self._thread.is_alive() and (self._now is None or self._now.running):
                raise Conflict("An adapter is being trained. Cancel that, or wait until it is done.")
            self._stop.clear()
            for folder in (self._folder / run.id, self._work(run)):
                folder.mkdir(parents=True, exist_ok=True)
            self._keep(run)
            self._thread = threading.Thread(target=self._run, args=(work,), name="training", daemon=True)
            self._thread.start()
        return run

    def _run(self, work: Callable[[], Adapter]) -> None:
        try:
            added = work()
        except Exception as error:
            with suppress(OSError):  # what ended the training is to be told
                self._keep_curve(self._now)
            if self._closed:  # as it stands it is taken up again
                return
            if self._stop.is_set():
                self._end(state="cancelled")
                return
            known = isinstance(error, RagboxError)
            if not known:
                _log.exception("a training failed")
            said = str(error) if known else f"{type(error).__name__} inside ragbox; the server's log says more."
            self._end(state="failed", error=said)
        else:
            self._end(state="done", adapter=added.key)

    def _end(self, **changes: Any) -> None:
        assert self._now is not None
        run = replace(self._now, ended_at=datetime.now(UTC).isoformat(), **changes)
        result = {"done": "done", "cancelled": "refused"}.get(run.state, "failed")
        self._records.add(run.actor, "train", run.adapter or run.name, result=result, reason=run.error)
        self._keep(run)

    def _prepare(self, actor: Actor, run: Run) -> Run:
        counts: Counter[str] = Counter()
        path = self._work(run) / LESSONS
        digest = hashlib.sha256()
        with path.open("wb") as lines:
            for lesson in self._make(actor, run.source, counts):
                if self._stop.is_set():
                    raise Conflict("It was broken off while lessons were made. Start it again.")
                counts["lessons"] += 1
                line = json.dumps(lesson, ensure_ascii=False).encode() + b"\n"
                digest.update(line)
                lines.write(line)
                self._now = replace(run, done=counts["lessons"], counts=dict(counts))
        if not counts["lessons"]:
            left = ", ".join(f"{n} {why}" for why, n in counts.items() if n) or "none was found"
            raise BadInput(f"There are no lessons to train on: {left}. Give another source of lessons.")
        run = replace(run, state="train", done=0, data=digest.hexdigest(), counts=dict(counts))
        self._keep(run)
        return run

    def _train(self, run: Run) -> Adapter:
        chosen = run.options
        plan = {
            "base": run.base, "name": run.base_name, "device_map": "cpu" if self._device_map == "cpu" else "auto",
            "rank": chosen.rank, "alpha": 2 * chosen.rank, "rate": chosen.rate, "epochs": chosen.epochs,
            "longest": chosen.longest, "threads": max(1, (os.cpu_count() or 1) // 2),
        }  # fmt: skip
        folder = self._work(run)
        figures: Mapping[str, float] = {}
        for told in teach(folder, plan, self._stop):
            figures = told.get("figures", figures)
            self._now = replace(run, done=told.get("done", run.done), total=told.get("total", run.total))
            run = self._now
        self._now = run = replace(run, figures=figures)
        added = keep(self._store, folder, run.name, figures, about={
            "base": run.base_name, "base digest": run.base_digest, "lessons": run.source.kind,
            "data (SHA-256)": run.data, "trained by": run.actor, "training": run.id,
        }, base=Path(run.base), base_digest=run.base_digest)  # fmt: skip
        # The rest is three times the adapter's size, and documents' words that would outlive them.
        for left in (folder / LESSONS, folder / CHECKPOINT, folder / RESULT):
            shutil.rmtree(left, ignore_errors=True) if left.is_dir() else left.unlink(missing_ok=True)
        if self._sealed:
            self._keep_curve(run)
            shutil.rmtree(folder, ignore_errors=True)
        return added

    @property
    def _sealed(self) -> bool:
        return self._store.versions.vault.sealed

    def _work(self, run: Run) -> Path:
        """Return where a training's lessons lie, and what is made of them."""
        return self._store.versions.vault.scratch(self._folder / run.id)

    def _lost(self, run: Run) -> bool:
        """Tell whether the lessons went with the server that kept them in memory."""
        return self._sealed and not (self._work(run) / LESSONS).exists()

    def _keep_curve(self, run: Run | None) -> None:
        """Copy a curve to where it outlives the server: unlike lessons it holds no words."""
        if run and self._sealed and (path := self._work(run) / CURVE).exists():
            shutil.copyfile(path, self._folder / run.id / CURVE)

    def _keep(self, run: Run) -> None:
        write(self._folder / run.id, run)
        if run.running or (self._now and self._now.id == run.id):
            self._now = run
