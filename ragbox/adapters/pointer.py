"""The one file of an engine that says which adapter answers. Replaced at once: whole after any crash, old or new."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Literal

from .. import sealed

Engine = Literal["model", "extractive"]
"""What adapters come into: the language model, or the engine that quotes."""
MODEL: Engine = "model"
EXTRACTIVE: Engine = "extractive"
BARE = "-"
"""Asks for an engine as it is where "" leaves it to the box. No adapter can have the name of it."""
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
    """What the file says; the latest of `earlier` and of `history` is the last. `assigned` is by collection id.

    `problem` says why it cannot be read: nothing is active then, and the next activation writes it anew.
    """

    active: str = ""
    earlier: tuple[str, ...] = ()
    history: tuple[Step, ...] = ()
    assigned: Mapping[str, str] = field(default_factory=dict)
    problem: str = ""

    def switched(self, key: str, earlier: Iterable[str]) -> State:
        """Return the state with another key active, from which rollback goes back through `earlier`."""
        step = Step(key=key, at=datetime.now(UTC).isoformat())
        return replace(self, active=key, problem="", history=(*self.history, step)[-HISTORY:]).back_through(earlier)

    def back_through(self, earlier: Iterable[str]) -> State:
        """Return the state with other steps to go back: none twice in a row, and none that is active already."""
        steps = [key for key, following in pairwise([*earlier, self.active]) if key != following]
        return replace(self, earlier=tuple(steps[-EARLIER:]))


def read(folder: Path, engine: Engine) -> State:
    """Return what an engine's file says; where there is none, or it is damaged, nothing is active."""
    path = _file(folder, engine)
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
        history = tuple(Step(**step) for step in said["history"])
        keys = str(said["active"]), tuple(map(str, said["earlier"]))
        return State(active=keys[0], earlier=keys[1], history=history, assigned=dict(said["assigned"]))
    except FileNotFoundError:
        return State()
    except (OSError, ValueError, KeyError, TypeError) as error:
        return State(problem=f"{path} cannot be read ({error!r}). Activate a version again, which writes it anew.")


def write(folder: Path, engine: Engine, state: State) -> None:
    """Put another state in the place of an engine's file."""
    folder.mkdir(parents=True, exist_ok=True)
    said = asdict(state)
    del said["problem"]
    sealed.write(_file(folder, engine), said)


def _file(folder: Path, engine: Engine) -> Path:
    return folder / (".active.json" if engine == MODEL else f".active-{engine}.json")
