"""The adapters that lie beside the model in use: brought there when one is asked for, and kept while one is used.

Knows when, not how: the model attaches and frees them. Where another model is loaded none is there any more, and each
comes again with the next who asks for it. Safe to call from several threads.
"""

from __future__ import annotations

import math
import threading
import uuid
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ..batches import OUT_OF_MEMORY
from ..errors import BadInput, NotFound, RagboxError, Rejected, Unavailable
from ..generation import Message, Request, Sampling
from .check import inspect

if TYPE_CHECKING:
    from ..llm import Llm
    from .store import AdapterStore

CHATS = tuple(
    (Message(role="system", content=system), Message(role="user", content=user))
    for system, user in (
        ("Answer from the passages only.", "[1] The invoice is due within 30 days.\n\nWhen is the invoice due?"),
        ("You are a helpful assistant.", "Write a sentence about the weather."),
        ("只根据段落回答。", "[1] 合同自2024年3月1日起生效，有效期为三年。\n\n合同何时生效？"),
    )
)
"""What an adapter is tried on."""
LEAST_SHIFT = 1e-3
"""Of a score: of a score of 10, bf16 tells apart steps of 0.06. Less than this is rounding, not an adapter."""
ROOM_SECONDS = 30.0
"""That is waited for an adapter to be no longer in use: an answer takes 5 to 30 s on a CPU."""
LOAD_SECONDS = 600.0
"""How long an adapter that is to be tried waits for a model that is being loaded."""
TRIAL_TOKENS = 24
"""Written with and without it by a model that does not show its scores."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Probe:
    """What a trial found: the most that a score changed, None where scores are not shown, and how many texts did."""

    chats: int
    changed: int
    shift: float | None = None


class Loaded:
    """At most `most` adapters; what was not used longest goes first, and never one that is in use."""

    def __init__(self, llm: Llm, store: AdapterStore, *, most: int) -> None:
        self._llm, self._store, self._most = llm, store, most
        self._looking = threading.Condition()
        self._attaching = threading.Lock()
        self._users: OrderedDict[str, int] = OrderedDict()
        """How many use each adapter, the one used last at the end."""
        self._coming: dict[str, Future[None]] = {}
        self._going = ""
        self._tried = set[tuple[str, ...]]()

    @contextmanager
    def use(self, key: str) -> Iterator[str]:
        """Let requests name the adapter meanwhile; "" is the model alone, and always there.

        Raises:
            Rejected: its files are not as they were added, it does not fit the model in use, or overflows in it.
            Unavailable: there is none, no room for it, or no model.
        """
        if not key:
            yield key
            return
        self._count(key, 1)
        try:
            self._bring(key)
            yield key
        finally:
            self._count(key, -1)

    def load(self, key: str) -> None:
        """Bring an adapter before somebody asks for it, once the model is there; raises as `use`."""
        state = self._llm.wait(LOAD_SECONDS)
        if state.state != "ready":
            raise Unavailable(
                f"{key} cannot be tried: no language model is loaded. Load one, then try again. {state.reason}"
            )
        with self.use(key):
            pass

    def status(self) -> Mapping[str, int]:
        """Return the adapters that are there and how many use each, the one used last at the end."""
        attached = self._llm.attached
        with self._looking:
            known = {key: users for key, users in self._users.items() if key in attached}
        return {key: 0 for key in attached if key not in known} | known

    def probe(self, key: str) -> Probe:
        """Try an adapter on a few chats.

        Raises:
            Rejected: the numbers overflow, or nothing changes (a no-op adapter); and as `use`.
            Unavailable: as `use`.
        """
        with self.use(key):
            try:
                shift = self._llm.shift(key, CHATS)
            except BadInput as error:
                raise Rejected(str(error)) from error
            changed = sum(self._text(key, n) != self._text("", n) for n in range(len(CHATS))) if shift is None else 0
        _check_finite(key, shift)
        if not changed and (shift or 0.0) < LEAST_SHIFT:
            raise Rejected(f"{key} is a no-op adapter: with it the model says what it says without. Train it longer.")
        return Probe(chats=len(CHATS), changed=changed, shift=shift)

    def _text(self, key: str, chat: int) -> str:
        sampling = Sampling(max_new_tokens=TRIAL_TOKENS)
        request = Request(id=f"probe-{uuid.uuid4().hex}", messages=CHATS[chat], sampling=sampling, adapter=key)
        said = ""
        for delta in self._llm.submit(request):
            said += delta.text
            if delta.end == "error":
                raise Rejected(f"{key or 'The model'} cannot be tried: {delta.reason}")
        return said

    def _count(self, key: str, change: int) -> None:
        with self._looking:
            self._users[key] = self._users.get(key, 0) + change
            self._users.move_to_end(key)
            self._looking.notify_all()
            if len(self._users) > 4 * self._most:  # those that went with an earlier model, or were never there
                attached = self._llm.attached
                for old in [k for k, users in self._users.items() if not users and k not in attached]:
                    del self._users[old]

    def _bring(self, key: str) -> None:
        """Attach an adapter that is not there; who asks for it meanwhile waits for the same."""
        with self._looking:
            coming, mine = self._coming.get(key), Future[None]()
            if coming is None:
                if key in self._llm.attached and key != self._going:
                    return
                self._coming[key] = mine
        if coming is not None:
            coming.result()
            return
        try:
            with self._attaching:
                self._attach(key)
        except BaseException as error:
            mine.set_exception(error)
            raise
        else:
            mine.set_result(None)
        finally:
            with self._looking:
                del self._coming[key]

    def _attach(self, key: str) -> None:
        try:
            adapter = self._store.find(key)
            self._store.check(adapter)
            with self._store.versions.lend(adapter.folder) as folder:
                inspect(folder, self._llm.base, self._llm.base_digest)
                self._put(key, folder)
            self._try(key)
        except NotFound as error:
            raise Unavailable(str(error)) from error
        except BadInput as error:
            raise Rejected(str(error)) from error

    def _put(self, key: str, folder: Path) -> None:
        while len(self._llm.attached) >= self._most:
            self._free(f"{self._most} adapters are in use, and no more may be (RAGBOX_ADAPTERS_LOADED).")
        while True:
            try:
                self._llm.attach(key, folder)
            except Unavailable as error:
                if OUT_OF_MEMORY not in str(error).casefold():
                    raise
                self._free(str(error))
            else:
                return

    def _try(self, key: str) -> None:
        """See once that an adapter does not overflow in this model and number format: fp16 ends where bf16 goes on."""
        tried = key, self._llm.name, self._llm.base_digest, self._llm.state.quantization
        if tried in self._tried:
            return
        try:
            _check_finite(key, self._llm.shift(key, CHATS[:1]))
        except RagboxError:
            self._llm.detach(key)
            raise
        self._tried.add(tried)

    def _free(self, otherwise: str) -> None:
        """Detach the adapter that nobody uses and nobody used longest; raise Unavailable where none comes free."""

        def idle() -> str:
            attached = self._llm.attached
            order = [*(k for k in attached if k not in self._users), *(k for k in self._users if k in attached)]
            return next((k for k in order if not self._users.get(k)), "")

        with self._looking:
            self._going = self._looking.wait_for(idle, ROOM_SECONDS)  # who asks for it now has it attached again
        if not self._going:
            raise Unavailable(f"{otherwise} Ask again later.")
        try:
            self._llm.detach(self._going)
        finally:
            with self._looking:
                self._going = ""


def _check_finite(key: str, shift: float | None) -> None:
    if shift is not None and not math.isfinite(shift):
        raise Rejected(f"With {key} the model's numbers overflow. Train it with a smaller learning rate or alpha.")
