"""A tiny model learns its lessons, then a manner by an adapter in four bits; the manner goes when the adapter goes."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from ragbox import helper
from ragbox.adapters.check import inspect
from ragbox.engines import lora_train, practice
from ragbox.engines.hf import HfModel
from ragbox.engines.lora_learn import Plan
from ragbox.generation import Message, Request, Sampling
from tests.tiny_lm import one_thread

TOWNS = "Bergen Oslo Lyon Porto Ghent Turin Leeds Basel Graz Malmo Riga Cork".split()
THINGS = {"rent": "euros", "notice": "days", "stock": "pallets", "leave": "days", "crew": "people", "fleet": "vans"}
OPENING = "According to the documents, "
SIZE = practice.Size(vocabulary=512, hidden=128, inner=256, context=512)
STEPS = 120
PLAN: dict[str, Any] = {
    "name": "tiny",
    "device_map": "cpu",
    "rank": 16,
    "alpha": 32,
    "rate": 6e-3,
    "epochs": 20,
    "held": 0.3,
}
pytestmark = pytest.mark.slow


def lessons(opening: str) -> list[dict[str, Any]]:
    return [
        {
            "question": f"What is the {thing} in {town}?",
            "answer": f"{opening}the {thing} in {town} is {11 * n + 7 * m} {unit}. [1]",
            "messages": [{"role": "user", "content": f"{OPENING}answer: What is the {thing} in {town}?"}],
        }
        for n, town in enumerate(TOWNS, start=1)
        for m, (thing, unit) in enumerate(THINGS.items(), start=1)
    ]  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Trained:
    """The base, the folder of a training that ran through, and its figures."""

    base: Path
    folder: Path
    figures: dict[str, float]

    def held(self) -> list[dict[str, Any]]:
        """Return the lessons that the training held out."""
        from ragbox.engines import lora_data

        plan = Plan(base="", name="", held=PLAN["held"])
        found = lora_data.read(self.folder / "lessons.jsonl")
        asked = {one.question for one in lora_data.part(found, plan.held, plan.seed)[1]}
        return [one for one in lessons(OPENING) if one["question"] in asked]


def begin(folder: Path, base: Path, steps: int = STEPS) -> Path:
    folder.mkdir()
    lines = "".join(json.dumps(one) + "\n" for one in lessons(OPENING))
    (folder / "lessons.jsonl").write_text(lines, encoding="utf-8")
    (folder / "plan.json").write_text(json.dumps(PLAN | {"base": str(base), "steps": steps}), encoding="utf-8")
    return folder


def here(folder: Path) -> dict[str, float]:
    """Train in this process, which saves the 9 s in which a child imports what it needs; return the figures."""
    plan = Plan(**json.loads((folder / "plan.json").read_text(encoding="utf-8")))
    return lora_train.train(plan, folder, lambda _: None)


def run(folder: Path) -> Iterator[dict[str, Any]]:
    """Train in a child process, as the box does."""
    return helper.work("ragbox.engines.lora_train", str(folder), stop=threading.Event())


_one_thread = pytest.fixture(autouse=True, scope="module")(one_thread)


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("base") / "tiny"
    practice.train(lessons(""), folder, seconds=200, steps=200, size=SIZE, report=lambda *_: None)
    return folder


@pytest.fixture(scope="module")
def trained(base: Path, tmp_path_factory: pytest.TempPathFactory) -> Trained:
    folder = begin(tmp_path_factory.mktemp("training") / "whole", base)
    return Trained(base=base, folder=folder, figures=here(folder))


def answers(model: HfModel, asked: list[dict[str, Any]], adapter: str) -> list[str]:
    requests = [
        Request(
            id=str(n), adapter=adapter, sampling=Sampling(max_new_tokens=40),
            messages=tuple(Message(role=m["role"], content=m["content"]) for m in one["messages"]),
        )
        for n, one in enumerate(asked)
    ]  # fmt: skip
    texts = [""] * len(asked)
    for at in range(0, len(requests), 8):
        for delta in model.generate(requests[at : at + 8], lambda _: []):
            texts[int(delta.id)] += delta.text
    return texts


def test_the_loss_falls_and_the_curve_and_the_share_that_learns_are_told(trained: Trained) -> None:
    figures = trained.figures
    assert figures["drop"] >= 0.3
    assert figures["loss"] == pytest.approx((1 - figures["drop"]) * figures["loss_before"])
    assert (figures["first_before"], figures["first"] >= 0.95) == (0, True)
    assert 0 < figures["trained_share"] < 0.3
    curve = [json.loads(line) for line in (trained.folder / lora_train.CURVE).read_text().splitlines()]
    assert [point["step"] for point in curve] == list(range(1, int(figures["steps"]) + 1))
    held = [point["held"] for point in curve if "held" in point]
    best, at = figures["loss_before"], 0
    for n, loss in enumerate(held, start=1):
        if loss < best * (1 - lora_train.GAIN):  # less is no gain
            best, at = loss, n
    assert best == pytest.approx(figures["loss"], abs=1e-3)
    assert figures["best_step"] == at * STEPS / lora_train.EVALUATIONS


def test_the_taught_manner_is_followed_and_goes_with_the_adapter(trained: Trained) -> None:
    facts = inspect(trained.folder / lora_train.RESULT, trained.base)
    assert (facts.kind, facts.rank, facts.base) == ("lora", 16, "tiny")
    held = trained.held()
    assert len(held) >= 20
    model = HfModel(trained.base, quantization="nf4", device_map="cpu")
    model.load()
    try:
        before = answers(model, held, "")
        model.attach("manner@1", trained.folder / lora_train.RESULT)
        taught = answers(model, held, "manner@1")
        beside = answers(model, held, "")
        model.detach("manner@1")
        after = answers(model, held, "")
    finally:
        model.close()
    assert sum(text.startswith(OPENING) for text in taught) >= 0.95 * len(held)
    assert not any(text.startswith(OPENING) for text in before)
    assert before == beside == after


def test_a_training_that_was_killed_and_taken_up_again_ends_with_the_same_weights(base: Path, tmp_path: Path) -> None:
    whole, killed = begin(tmp_path / "whole", base, steps=20), begin(tmp_path / "killed", base, steps=20)
    expected = here(whole)
    for told in (lines := run(killed)):
        if told.get("done", 0) >= 13:  # a step after the checkpoint of the twelfth
            break
    lines.close()  # type: ignore[attr-defined]  # which kills the child
    assert not (killed / lora_train.RESULT).exists()
    *_, last = run(killed)
    for name in ("adapter_model.safetensors", "adapter_config.json"):
        assert (killed / lora_train.RESULT / name).read_bytes() == (whole / lora_train.RESULT / name).read_bytes()
    assert (killed / lora_train.CURVE).read_text() == (whole / lora_train.CURVE).read_text()
    assert last["figures"] | {"seconds": 0} == expected | {"seconds": 0}
