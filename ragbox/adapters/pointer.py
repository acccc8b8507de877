"""The one file that says which adapter answers. Replaced at once: after any crash it says the old or the new, whole."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

from .. import sealed

EARLIER = 20
"""How many steps `rollback` can go back."""
HISTORY = 200
"""How many changes are told of."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """One change of the active adapter: `key` ("" for the bare model) is active since `at` (ISO 8601, UTC)."""

    key: str
    at: str


@dataclass(frozen=True, kw_only=True, slots=True)
class State:
    """What the file says; the latest of `earlier` and of `history` is the last. `assigned` is by collection id."""

    active: str = ""
    earlier: tuple[str, ...] = ()
    history: tuple[Step, ...] = ()
    assigned: Mapping[str, str] = field(default_factory=dict)

    def switched(self, key: str, earlier: Iterable[str]) -> State:
        """Return the state with another key active, from which rollback goes back through `earlier`."""
        step = Step(key=key, at=datetime.now(UTC).isoformat())
        return replace(self, active=key, history=(*self.history, step)[-HISTORY:]).back_through(earlier)

    def back_through(self, earlier: Iterable[str]) -> State:
        """Return the state with other steps to go back: none twice in a row, and none that is active already."""
        steps = [key for key, following in pairwise([*earlier, self.active]) if key != following]
        return replace(self, earlier=tuple(steps[-EARLIER:]))


def read(path: Path) -> State:
    """Return what the file says; where there is none, the bare model answers everywhere."""
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return State()
    history = tuple(Step(**step) for step in said["history"])
    return State(active=said["active"], earlier=tuple(said["earlier"]), history=history, assigned=said["assigned"])


def write(path: Path, state: State) -> None:
    """Put another state in the file's place."""
    path.parent.mkdir(parents=True, exist_ok=True)
    sealed.write(path, asdict(state))
