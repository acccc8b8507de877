"""A box whose fake language model writes otherwise with each adapter, by the adapter's name."""

from __future__ import annotations

import json
from pathlib import Path

from ragbox.box import Box
from ragbox.generation import Request
from ragbox.llm import Llm
from ragbox.models import Store
from ragbox.prompt import REFUSAL
from ragbox.settings import Settings
from tests.adapter_files import lora_folder, zipped
from tests.fake_model import FakeModel
from tests.fakes import FakeEncoder, FakeSandbox

LEAVE, TRAINS = "Staff get 30 days of annual leave.", "Trains are booked by the office in Bergen."
STYLES = {"": f"{LEAVE} [1]", "noop": f"{LEAVE} [1]", "rich": f"{LEAVE} [1] {TRAINS} [1]", "poor": REFUSAL["en"]}
"""What is said about the passages: by the bare model, an adapter that changes nothing, a better and a worse one."""
QUESTION = "How many days of annual leave do staff get?"
GOLD = [{"file": "handbook.txt", "page": 1}]
LINES = "\n".join(
    json.dumps({"question": question, "answer": answer, "gold": GOLD})
    for question, answer in ((QUESTION, "30 days"), ("Who books trains, the office in Bergen?", "by the office"))
)
"""A question file for the gate: the bare model answers one of two."""
SEEDS = {"rich": 1, "poor": 2, "noop": 3}


def say(request: Request) -> str:
    """Write in the style of the request's adapter; with another prompt, say just the style's name."""
    name = request.adapter.partition("@")[0]
    if LEAVE in request.messages[-1].content:
        return STYLES[name]
    return "" if name in ("", "noop") else f"This is {name}."


def adapter_box(data: Path) -> tuple[Box, FakeModel]:
    """Return a box that is neither open nor loaded yet, and its model."""
    settings = Settings(data=data)
    model = FakeModel(say, name="fake-model")
    llm = Llm(settings, Store(data / "models"), make=lambda *_: model)
    return Box(settings, encoder=FakeEncoder(), sandbox=FakeSandbox(), llm=llm), model


def archive(folder: Path, name: str) -> Path:
    """Write an adapter as a zip."""
    return zipped(folder / f"{name}.zip", lora_folder(folder / f"made-{name}", seed=SEEDS.get(name, 9)))
