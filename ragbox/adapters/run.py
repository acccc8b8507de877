"""One training of an adapter as data, and its file. Trains nothing."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path

from .. import sealed
from .lessons import Source

FILE = "run.json"
RUNNING = "prepare", "train"


@dataclass(frozen=True, kw_only=True, slots=True)
class Options:
    """How to train: rank of the adapter, learning rate, times through the lessons, most tokens of a lesson."""

    rank: int = 16
    rate: float = 2e-4
    epochs: int = 3
    longest: int = 4096


@dataclass(frozen=True, kw_only=True, slots=True)
class Run:
    """One training. `state` is "prepare", "train", "done", "failed" or "cancelled"; `done` of `total` are its steps.

    In "prepare" `done` are lessons. `counts` says how many lessons there are and what was left out, by reason.
    `figures` are those of `ragbox.engines.lora_train.train`; `adapter` is the key of the version that came of it.
    """

    id: str
    name: str
    actor: str
    source: Source
    options: Options
    base: str
    base_name: str
    base_digest: str = ""
    state: str = "prepare"
    done: int = 0
    total: int = 0
    started_at: str
    ended_at: str = ""
    error: str = ""
    adapter: str = ""
    data: str = ""
    """SHA-256 of the lessons."""
    counts: Mapping[str, int] = field(default_factory=dict)
    figures: Mapping[str, float] = field(default_factory=dict)

    @property
    def running(self) -> bool:
        return self.state in RUNNING


def write(folder: Path, run: Run) -> None:
    """Write a training's file, the whole of it or nothing."""
    sealed.write(folder / FILE, asdict(run))


def read(path: Path) -> Run:
    """Return the training of a file.

    Raises:
        FileNotFoundError, ValueError, KeyError, TypeError: it is gone or damaged.
    """
    said = json.loads(path.read_text(encoding="utf-8"))
    known = {f.name: said[f.name] for f in fields(Run)}
    return Run(**(known | {"source": Source(**said["source"]), "options": Options(**said["options"])}))
