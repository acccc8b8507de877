"""The language model in use: which one, loaded in a thread, switched while the box answers. Knows no prompt.

While one is loading, and where none is, there is nothing to submit to: whoever writes answers then quotes instead.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from .configured import make_model, origin
from .engines.hf import HfModel
from .errors import Conflict, RagboxError, Unavailable
from .generation import Capabilities, Delta, Message, Request
from .models import Store
from .ports import LanguageModel
from .scheduler import Load, Scheduler
from .settings import Settings

log = logging.getLogger(__name__)
AGAIN = 30.0
"""Seconds until a server that did not answer is asked again: the box may be up before it."""


@dataclass(frozen=True, kw_only=True)
class State:
    """How the model in use stands: "none", "loading", "ready" or "failed" with the reason."""

    state: str
    name: str = ""
    quantization: str = ""
    reason: str = ""
    capabilities: Capabilities | None = None
    load: Load | None = None


@dataclass(frozen=True, kw_only=True)
class _Running:
    model: LanguageModel
    scheduler: Scheduler
    base: Path | None = None
    digest: str = ""


class Llm:
    """Holds at most one model (port: ModelInUse). Safe to call from several threads."""

    def __init__(
        self, settings: Settings, store: Store, *,
        make: Callable[[Settings, Store], LanguageModel | None] | None = None,
        changed: Callable[[], None] | None = None,
    ) -> None:  # fmt: skip
        """`make` returns the model that the settings name, not loaded yet, or None; `changed` is called once it is."""
        self._settings = settings
        self._store = store
        self._make = make or make_model
        self._changed = changed or (lambda: None)
        self._running: _Running | None = None
        self._state = State(state="none")
        self._changing = threading.Lock()
        self._loading: threading.Thread | None = None
        self._again: threading.Timer | None = None
        self._closed = True

    def open(self) -> None:
        """Begin to load the model that the settings name, if any; returns at once."""
        self._closed = False
        if self._settings.engine != "extractive":
            self.load()

    def close(self) -> None:
        """Free the model; answers under way end with an error."""
        self._closed = True
        self._wait_no_more()
        if (thread := self._loading) is not None:
            thread.join()
        with self._changing:
            self._free()

    def load(self, *, quantization: str | None = None) -> None:
        """Begin to load the model that is active now, in place of the one in use; `state` tells how it goes.

        Raises:
            Conflict: one is being loaded already.
        """
        settings = self._settings
        if quantization is not None:
            settings = settings.model_copy(update={"quantization": quantization})
        with self._changing:
            if self._closed:
                raise Unavailable("The box is shutting down. Start it again.")
            if self._loading is not None and self._loading.is_alive():
                raise Conflict("A model is being loaded. Wait until the Models page says that it is ready.")
            self._wait_no_more()
            self._loading = threading.Thread(target=self._load, args=(settings,), name="load-model", daemon=True)
            self._state = State(state="loading", quantization=settings.quantization)
            self._loading.start()

    def unload(self) -> None:
        """Free the model; the box then quotes.

        Raises:
            Conflict: one is being loaded.
        """
        with self._changing:
            if self._loading is not None and self._loading.is_alive():
                raise Conflict("A model is being loaded. Wait until the Models page says that it is ready.")
            self._wait_no_more()
            self._free()
            self._state = State(state="none")

    def wait(self, seconds: float) -> State:
        """Return the state, after a load that is under way or so many seconds."""
        if (thread := self._loading) is not None:
            thread.join(seconds)
        return self.state

    @property
    def state(self) -> State:
        """How the model stands now, with its queue."""
        running = self._running
        if running is None:
            return self._state
        return replace(self._state, capabilities=running.model.capabilities, load=running.scheduler.status())

    @property
    def name(self) -> str:
        """Return the name of the model that answers; "" where none does."""
        running = self._running
        return running.model.name if running else ""

    @property
    def absence(self) -> str:
        """Return why no model answers where one was asked for; "" where none was, or one does."""
        state = self._state
        if state.state == "loading":
            return f"The language model {state.name or 'of this box'} is still being loaded. Ask again in a while."
        # The reason may name servers and paths, and readers are told this.
        return "The language model cannot be used. Admins see why on the tab Models." if state.state == "failed" else ""

    @property
    def context(self) -> int:
        """Return the tokens of prompt and answer together; 0 where no model is loaded."""
        running = self._running
        return running.model.capabilities.context if running else 0

    @property
    def rows(self) -> int:
        """Return how many texts are written at a time at most; 1 where no model is loaded."""
        running = self._running
        can = running.model.capabilities if running else Capabilities(context=0)
        return max(1, can.rows, can.parallel)

    def count_tokens(self, messages: Sequence[Message]) -> int:
        """Return the tokens of a prompt.

        Raises:
            Unavailable: no model is loaded.
        """
        return self._there().model.count_tokens(messages)

    def submit(self, request: Request) -> Iterator[Delta]:
        """Yield the pieces of one text; closing it cancels.

        Raises:
            Unavailable: no model is loaded.
            Busy: too many wait already.
        """
        return self._there().scheduler.submit(request)

    @property
    def base(self) -> Path | None:
        """Return the folder (or GGUF file) that the model in use was loaded from; None for none and for a server's."""
        running = self._running
        return running.base if running else None

    @property
    def base_digest(self) -> str:
        """Return what its files were sealed as in the model store; "" where unknown."""
        running = self._running
        return running.digest if running else ""

    @property
    def attached(self) -> tuple[str, ...]:
        """Return the adapters that requests may name."""
        running = self._running
        return running.model.attached if running else ()

    def attach(self, key: str, folder: Path) -> None:
        """Let requests name the adapter in this folder.

        Raises:
            BadInput: it is none for the model in use.
            Unavailable: there is no room for it, or no model is loaded.
        """
        there = self._there()
        model = there.model
        if isinstance(model, HfModel):
            lora = model.read(folder)  # here: the answers under way wait for what is done between two steps
            there.scheduler.between(lambda: model.put(key, lora))
        else:
            there.scheduler.between(lambda: model.attach(key, folder))

    def detach(self, key: str) -> None:
        """Free an adapter; one that is unknown, or went with its model, is no error."""
        running = self._running
        if running is not None:
            with suppress(Unavailable):
                running.scheduler.between(lambda: running.model.detach(key))

    def shift(self, key: str, chats: Sequence[Sequence[Message]]) -> float | None:
        """Return the most that an attached adapter changes a score after one of these chats, NaN if it is no number.

        None where the model does not show its scores.

        Raises:
            Unavailable: no model is loaded.
        """
        there = self._there()
        model = there.model
        return there.scheduler.between(lambda: model.shift(key, chats)) if isinstance(model, HfModel) else None

    def _there(self) -> _Running:
        running = self._running
        if running is None:
            raise Unavailable("No language model is loaded. Load one on the Models page, or with `ragbox model`.")
        return running

    def _load(self, settings: Settings) -> None:
        self._free()  # first: two rarely fit
        model = None
        try:
            model = self._make(settings, self._store)
            if model is None:
                self._state = State(state="none")
                return
            self._state = State(state="loading", name=model.name, quantization=settings.quantization)
            model.load()
            scheduler = Scheduler(model, longest=settings.queue_length, wait=settings.queue_seconds)
            scheduler.load()
        except Exception as error:
            reason = str(error) if isinstance(error, RagboxError) else f"{type(error).__name__}: {error}"
            log.warning("The language model cannot be loaded, the box quotes instead: %s", reason)
            self._state = replace(self._state, state="failed", reason=reason)
            if model is not None:
                model.close()
                if model.capabilities.parallel > 1 and isinstance(error, Unavailable):
                    self._later(settings)
            return
        found = model.capabilities.quantization or settings.quantization
        self._changed()
        base, digest = origin(model, self._store)
        self._running = _Running(model=model, scheduler=scheduler, base=base, digest=digest)
        self._state = State(state="ready", name=model.name, quantization=found)  # who reads it asks at once

    def _later(self, settings: Settings) -> None:
        def again() -> None:
            with suppress(Conflict, Unavailable):
                self.load(quantization=settings.quantization)

        self._again = threading.Timer(AGAIN, again)
        self._again.daemon = True
        if not self._closed:
            self._again.start()

    def _wait_no_more(self) -> None:
        if self._again is not None:
            self._again.cancel()

    def _free(self) -> None:
        running, self._running = self._running, None
        if running is not None:
            running.scheduler.close()
            running.model.close()
