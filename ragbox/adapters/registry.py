"""What an admin does with adapters: add, activate in stages, roll back, assign, remove. Every act is recorded.

Knows no HTTP. An activation runs beside (`activation.py`); the rest is quick.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from ..auth import Auth
from ..errors import Conflict, NotFound, RagboxError
from ..library import Library
from ..llm import Llm
from ..types import Actor
from .activation import Activation, Seat, Work
from .pointer import BARE, MODEL, Engine
from .questions import Questions
from .records import BOX, Record, Records
from .store import Adapter, AdapterStore

_SWITCHES = "activate", "rollback", "withdraw"
_log = logging.getLogger(__name__)


class Adapters:
    """One box's adapters and the work on them."""

    def __init__(
        self, auth: Auth, library: Library, store: AdapterStore, llm: Llm, records: Records, *, questions: Questions,
        seats: Mapping[Engine, Seat], clean: Callable[[Actor, Iterable[str] | None, str], str],
        encoder: Callable[[], str] = lambda: "",
    ) -> None:  # fmt: skip
        """`seats` are the engines that adapters come into; `clean` returns a text as an actor may see it.

        `encoder` returns the identity of the encoder in use, "" where it is not loaded.
        """
        self._encoder = encoder
        self._seats = seats
        self._clean = clean
        self._questions = questions
        self._auth = auth
        self._library = library
        self._store = store
        self._llm = llm
        self._records = records
        self._changing = threading.RLock()
        self._activation = Activation(store, seats, records, self._changing)

    def close(self) -> None:
        """Break off what is running; waits at most 20 s."""
        self._activation.close()

    def work(self, actor: Actor) -> Work:
        """Return how far the present or last activation is, in words that the actor may see now.

        What was said is left out of its report where a document that it rests on is gone.
        """
        found = self._activation.work
        return replace(found, report=self._shown(actor, found.report))

    def records(self, actor: Actor, *, limit: int = 100, before: int = 0, about: str = "") -> list[Record]:
        """Return what was done, newest first, as `Records.list` does.

        Raises:
            NotPermitted: no right to manage the box.
        """
        self._auth.require(actor, "manage", None)
        return self._records.list(limit=limit, before=before, about=about)

    def notice(self) -> Record | None:
        """Return the record of the box's own last step back, as long as nobody has seen or changed anything since."""
        last = self._records.last(*_SWITCHES, "seen")
        return last if last and last.actor == BOX else None

    def score(self, actor: Actor, key: str) -> Mapping[str, Any]:
        """Return the report of an adapter's last gate, without what was said; {} where there was none."""
        last = self._records.last("gate", object_=key)
        return self._shown(actor, last.detail) if last else {}

    # -- what is quick -------------------------------------------------------------------------------------

    def add(self, actor: Actor, source: Path, *, name: str = "", origin: str = "") -> Adapter:
        """Check the adapter at a path and take it in; it must fit the model in use, where there is one.

        Raises:
            NotPermitted: no right to manage the box.
        Raises what `AdapterStore.add` raises.
        """
        self._auth.require(actor, "manage", None)
        with self._recorded(actor, "add", name or source.name) as said:
            added = self._store.add(
                source, name=name, origin=origin, base=self._llm.base, base_digest=self._llm.base_digest,
                encoder=self._encoder(),
            )  # fmt: skip
            said["object_"] = added.key
        return added

    def verify(self, actor: Actor, name: str, version: str) -> tuple[str, ...]:
        """Read every file of a version and return what is wrong, a sentence each; nothing if it is whole.

        Raises:
            NotPermitted: no right to manage the box.
            NotFound: there is no such version.
        """
        self._auth.require(actor, "manage", None)
        found = self._store.get(name, version)
        wrong = self._store.verify(name, version)
        self._records.add(
            actor.name, "verify", found.key, result="failed" if wrong else "done", reason=" ".join(wrong[:3])
        )
        return wrong

    def keep_questions(self, actor: Actor, lines: str) -> int:
        """Save the question file that the gate runs, return how many questions it has; "" for no gate.

        Raises:
            NotPermitted: no right to manage the box.
            BadInput: a line is not a question; names the line.
        """
        self._auth.require(actor, "manage", None)
        with self._recorded(actor, "questions", BARE) as said:
            found = self._questions.keep(lines)
            said["detail"] = {"questions": found}
        return found

    def assign(self, actor: Actor, collection: str, adapter: str) -> str:
        """Let an adapter (key, or name of the newest) write over a collection's passages; "" takes it away.

        It is attached and probed first, as in an activation; no gate is run, for its questions are of all collections.

        Raises:
            NotPermitted: no right to manage the box.
            NotFound: there is no such collection or adapter.
            Rejected: its files are not as they were added, or it changes nothing.
            Unavailable: no model is loaded that it can be tried on.
        """
        self._auth.require(actor, "manage", None)
        place = self._library.collection(collection)
        with self._recorded(actor, "assign", collection, detail={"adapter": adapter}) as said:
            key = self._store.find(adapter).key if adapter else ""
            said["detail"] = {"adapter": key}
            if key:
                self._activation.try_on(self._store.find(key), lambda _: None)
            before = self._store.assigned().get(place.id, self._store.current())
            self._store.assign(place.id, key)
            if key:
                self._seats[MODEL].switched(key, before)
        return key

    def remove(self, actor: Actor, name: str, version: str) -> None:
        """Delete a version.

        Raises:
            NotPermitted: no right to manage the box.
            NotFound: there is none.
            Conflict: it is active, a collection's own, or about to be activated.
        """
        self._auth.require(actor, "manage", None)
        key = self._store.get(name, version).key
        with self._recorded(actor, "remove", key):
            if (work := self._activation.work).running and work.key == key:
                raise Conflict(f"{key} is being activated. Cancel that, or wait until it is done.")
            here = {c.id for c in self._library.collections()}
            for gone in [c for c in self._store.assigned() if c not in here]:
                self._store.assign(gone, "")
            self._store.remove(name, version)

    def rollback(self, actor: Actor, reason: str = "", engine: Engine = MODEL) -> Adapter | None:
        """Let the adapter answer again that did before the present one, from the next question on; None: the engine.

        An activation that is running is broken off.

        Raises:
            NotPermitted: no right to manage the box.
            Conflict: none was active before.
            Rejected: its files are not as they were added.
        """
        self._auth.require(actor, "manage", None)
        with self._changing, self._recorded(actor, "rollback", self._store.current(engine), reason=reason) as said:
            self._activation.stop()
            found = self._store.rollback(engine)
            now = found.key if found else ""
            self._seats[engine].switched(now, None)
            said["detail"] = {"now": now}
            return found

    def deactivate(self, actor: Actor, reason: str = "", engine: Engine = MODEL) -> None:
        """Let an engine answer as it is from the next question on. Raises NotPermitted."""
        self._auth.require(actor, "manage", None)
        with self._changing, self._recorded(actor, "activate", BARE, reason=reason, detail={"engine": engine}):
            self._activation.stop()
            self._store.activate(None, engine)
            self._seats[engine].switched("", None)

    def seen(self, actor: Actor) -> None:
        """Take the notice of the box's own last step back off the page. Raises NotPermitted."""
        self._auth.require(actor, "manage", None)
        if last := self.notice():
            self._records.add(actor.name, "seen", last.object)

    def withdraw(self, key: str, reason: str) -> None:
        """Take an adapter out of use that does badly: from its collections, and back where it is active.

        Where the one before it cannot be used, the bare model answers.
        """
        with self._changing:
            names = {c.id: c.name for c in self._library.collections()}
            own = [c for c, assigned in self._store.assigned().items() if assigned == key]
            for collection in own:
                self._store.assign(collection, "")
            detail: dict[str, Any] = {"collections": [names[c] for c in own if c in names]}
            if self._store.current() == key:
                try:
                    found = self._store.rollback()
                except RagboxError:
                    found = self._store.activate(None)
                detail["now"] = found.key if found else ""
                self._seats[MODEL].switched(detail["now"], None)
            elif not own:
                return
            self._records.add(BOX, "withdraw", key, reason=reason, detail=detail)
        _log.warning("The adapter %s was taken out of use: %s", key, reason)

    # -- activation ----------------------------------------------------------------------------------------

    def activate(self, actor: Actor, name: str, version: str = "", *, reason: str = "") -> Work:
        """Begin to make a version (the newest where none is named) the one that answers; returns at once.

        A `reason` lets it through a gate that refuses, and is recorded.

        Raises:
            NotPermitted: no right to manage the box.
            NotFound: there is no such version.
            Conflict: an activation is running.
        """
        self._auth.require(actor, "manage", None)
        return self._activation.start(actor.name, self._store.get(name, version), reason)

    def cancel(self, actor: Actor) -> Work:
        """Break off the activation that is running, if any: the old adapter goes on. Raises NotPermitted."""
        self._auth.require(actor, "manage", None)
        self._activation.stop()
        return self.work(actor)

    def _shown(self, actor: Actor, report: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return a gate's report as an actor may see it: it was cleaned for the box, by policies that may be older."""

        @cache
        def there(document: str) -> bool:
            try:
                return bool(self._library.document(document))
            except NotFound:
                return False

        def shown(change: Mapping[str, Any]) -> dict[str, Any]:
            whole = all(map(there, change.get("documents", ())))
            words = "question", "old_said", "new_said"
            return {
                name: self._clean(actor, None, value) if name in words else value
                for name, value in change.items() if whole or name not in words[1:]
            }  # fmt: skip

        return {
            name: tuple(map(shown, value)) if name in ("better", "worse") else value for name, value in report.items()
        }

    @contextmanager
    def _recorded(self, actor: Actor, act: str, object_: str, **more: Any) -> Iterator[dict[str, Any]]:
        """Record how the block ends; what it puts into the yielded dictionary counts."""
        said: dict[str, Any] = {"object_": object_} | more
        try:
            yield said
        except RagboxError as error:
            self._records.add(actor.name, act, result="failed", **(said | {"reason": str(error)}))
            raise
        self._records.add(actor.name, act, **said)
