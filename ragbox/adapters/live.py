"""Follows how adapters do with real questions, and takes one out of use that does badly. Asks and loads nothing."""

from __future__ import annotations

import json
import logging
import threading
from collections import OrderedDict
from collections.abc import Callable
from functools import partial
from pathlib import Path

from .. import sealed
from ..turns import Turn
from ..types import Answer
from .watch import Watch

JUDGED = 10_000
"""Turns whose first thumb is remembered: who changes their mind over and over is counted once."""
_log = logging.getLogger(__name__)


class Live:
    """Feeds the watch of one box. Safe to call from several threads."""

    def __init__(self, file: Path, withdraw: Callable[[str, str], None], *, unsupported: float, bad: float) -> None:
        """`withdraw(key, reason)` takes an adapter out of use; the tallies are kept in `file` between two starts."""
        self._file = file
        self._withdraw = withdraw
        self._new = partial(Watch, unsupported=unsupported, bad=bad)
        self._watch = self._new()
        self._judged: OrderedDict[str, None] = OrderedDict()
        self._counting = threading.Lock()

    def load(self) -> None:
        """Go on with the tallies of before; damaged ones are begun anew."""
        try:
            state = json.loads(self._file.read_text(encoding="utf-8"))
            self._watch = self._new(state=state)
        except FileNotFoundError:
            return
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            _log.warning("%s cannot be read, so adapters are watched from now on only: %s", self._file, error)

    def close(self) -> None:
        """Keep the tallies."""
        with self._counting:
            if state := self._watch.state():
                self._file.parent.mkdir(parents=True, exist_ok=True)
                sealed.write(self._file, state)

    def switched(self, key: str, before: str | None) -> None:
        """Watch a key that answers from now on, beside the one that did before it (None: beside the set limits)."""
        with self._counting:
            self._watch.begin(key, before)

    def answered(self, answer: Answer, supported: int, unsupported: int) -> None:
        """Count an answer by its sentences; one that was not written as it was meant to be says nothing."""
        if not (answer.fallback or answer.bare):
            with self._counting:
                self._watch.answered(answer.adapter, supported=supported, unsupported=unsupported)
            self._look(answer.adapter)

    def judged(self, turn: Turn) -> None:
        """Count the first thumb that an answer was given."""
        if turn.answer.fallback or turn.answer.bare:
            return
        with self._counting:
            if turn.id in self._judged:
                return
            self._judged[turn.id] = None
            if len(self._judged) > JUDGED:
                self._judged.popitem(last=False)
            self._watch.judged(turn.answer.adapter, good=turn.feedback.thumb == "up")
        self._look(turn.answer.adapter)

    def _look(self, key: str) -> None:
        with self._counting:
            verdict = self._watch.verdict(key) if key else None
        if verdict is None:
            return
        try:
            self._withdraw(key, str(verdict))
        except Exception:  # whoever asked gets their answer all the same
            _log.exception("the adapter %s does badly and could not be taken out of use", key)
