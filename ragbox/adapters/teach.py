"""Runs the training of an adapter in a child process, and puts what comes of it into the store. Knows no server."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from .. import helper, sealed
from ..engines.lora_train import RESULT
from .card import card
from .store import Adapter, AdapterStore

MODULE = "ragbox.engines.lora_train"


def teach(folder: Path, plan: Mapping[str, Any], stop: threading.Event) -> Iterator[dict[str, Any]]:
    """Train on `folder`/lessons.jsonl in a child process, and yield what it tells; its last word has `figures`.

    A plan that lies there already is kept: the training goes on, and in other circumstances would end otherwise.

    Raises what `helper.work` and `ragbox.engines.lora_train.train` raise.
    """
    if not (folder / "plan.json").exists():
        sealed.write(folder / "plan.json", plan)
    return helper.work(MODULE, str(folder), stop=stop)


def keep(
    store: AdapterStore, folder: Path, name: str, figures: Mapping[str, float], *, about: Mapping[str, str],
    base: Path, base_digest: str,
) -> Adapter:  # fmt: skip
    """Put what a training left into the store, with a card that says what it was made of."""
    made = folder / RESULT
    config = json.loads((made / "adapter_config.json").read_text(encoding="utf-8"))
    (made / "README.md").write_text(card(name, config, figures, about), encoding="utf-8")
    return store.add(
        made, name=name, origin=f"trained here ({about['lessons']})", base=base, base_digest=base_digest,
        figures=figures,
    )  # fmt: skip
