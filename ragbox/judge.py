"""Where personal data stands in a text, by the rules as they are now: loaded once, findings kept, rules exchanged.

Knows neither who reads nor what is shown instead.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Protocol

from .kept import Kept
from .ports import Redactor
from .redact.custom import Custom
from .redact.findings import UNJUDGED, Finding
from .redact.policy import Replace
from .redact.stream import StreamRedactor, spans
from .redact.wanted import Wanted

KEPT, LONGEST = 4096, 8000
"""Texts whose findings are kept, and the longest of them, in characters: about 4 MB with passages, 32 MB at most."""
NAMES, SHORT = 50_000, 200
"""Short texts that are kept beside, and their longest: a search of 10,000 documents looks through 20,000 names and
titles, and would drive all else out. About 15 MB."""


class Finder(Protocol):
    """What is needed of `ragbox/redact/analyzer.py`."""

    wanted: Wanted
    """What an admin added, by which runs are told apart that may hold something."""

    @property
    def version(self) -> str:
        """Return what changes whenever it would find something else."""

    def load(self) -> None:
        """Do the heavy work, once."""

    def find(self, run: str, before: str = "") -> Sequence[Finding]:
        """Return the personal data in a run of a text, sorted and apart; `before` stands in front of it."""


@dataclass(kw_only=True, eq=False)
class _Rules:
    """A finder, its version, which takes 2 ms to tell, and whether it is loaded."""

    finder: Finder
    version: str
    loaded: bool = False

    def load(self) -> None:
        """Load the finder; does nothing the second time."""
        if not self.loaded:
            self.finder.load()
            self.loaded = True


class Judge:
    """The rules of one box. Safe to use from several threads."""

    def __init__(self, make: Callable[[Custom], Finder], custom: Callable[[], Custom]) -> None:
        """`make` makes a finder with what was added to the rules; `custom` tells what that is when it is needed."""
        self._make = make
        self._custom = custom
        self._changing = threading.Lock()
        self._rules: _Rules | None = None
        self._found: Kept[tuple[str, str], tuple[Finding, ...]] = Kept(KEPT)
        self._names: Kept[tuple[str, str], tuple[Finding, ...]] = Kept(NAMES)
        self._inside = threading.local()

    @property
    def version(self) -> str:
        """Return what changes whenever something else would be found."""
        return self._now().version

    @property
    def busy(self) -> bool:
        """Tell whether this thread is inside the rules: what they log must not be judged by them."""
        return bool(getattr(self._inside, "it", False))

    def load(self) -> None:
        """Do the heavy work; done at the first text otherwise."""
        self._now().load()

    def redactor(self, replace: Replace, seen: Callable[[str], None]) -> Redactor:
        """Return a redactor for one stream."""
        rules = self._now()
        rules.load()  # before there is a word: loading takes longer than a word may be judged
        return StreamRedactor(partial(self._find, rules.finder), replace, seen, rules.finder.wanted)

    def judged(self, text: str) -> tuple[Finding, ...]:
        """Return the personal data in a whole text."""
        rules, kept = self._now(), self._names if len(text) <= SHORT else self._found
        if (found := kept.seen((rules.version, text))) is None:
            found = self._spans(rules, text)
            if len(text) <= LONGEST and not any(f.entity == UNJUDGED for f in found):
                kept.keep((rules.version, text), found)
        return found

    def tried(self, text: str, custom: Custom) -> tuple[Finding, ...]:
        """Return the personal data in a text by rules to which this is added; the rules in use stay."""
        return self._spans(self._made(custom), text)

    def exchange(self, custom: Custom, record: Callable[[], None]) -> None:
        """Add this to the rules in place of what was added before; `record` is called once they are known to work."""
        made = self._made(custom)
        with self._changing:
            record()
            self._rules = made

    def _find(self, finder: Finder, run: str, before: str) -> Sequence[Finding]:
        self._inside.it = True
        try:
            return finder.find(run, before)
        finally:
            self._inside.it = False

    def _spans(self, rules: _Rules, text: str) -> tuple[Finding, ...]:
        asked: list[str] = []

        def ask(run: str, _: str) -> Sequence[Finding]:
            asked.append(run)
            return ()

        if not rules.loaded:  # most names and titles hold nothing to ask about: a command need not wait 5 s for them
            found = spans(text, ask, rules.finder.wanted)
            if not (found or asked):  # a private key is found without asking, and so is what could not be judged
                return ()
        rules.load()
        return tuple(spans(text, partial(self._find, rules.finder), rules.finder.wanted))

    def _made(self, custom: Custom) -> _Rules:
        finder = self._make(custom)
        made = _Rules(finder=finder, version=finder.version)
        made.load()
        return made

    def _now(self) -> _Rules:
        if (found := self._rules) is not None:
            return found
        with self._changing:
            if self._rules is None:
                finder = self._make(self._custom())
                self._rules = _Rules(finder=finder, version=finder.version)
            return self._rules
