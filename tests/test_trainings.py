"""Trainings: one at a time, broken off, taken up again after a restart, kept in the store with a card and figures."""

from __future__ import annotations

import json
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from ragbox import cli
from ragbox.adapters import practice, training
from ragbox.adapters.lessons import Source
from ragbox.adapters.practice import PracticeAdapters
from ragbox.adapters.run import Options, Run, write
from ragbox.adapters.store import AdapterStore
from ragbox.adapters.training import Trainings
from ragbox.commands import adapter_train
from ragbox.engines.lora_train import CURVE, RESULT
from ragbox.errors import BadInput, Conflict, NotFound, NotPermitted, Unavailable
from ragbox.models import Version
from ragbox.types import Actor
from tests.adapter_files import base_model, lora_folder

FIGURES = {
    "loss": 0.5, "exact": 0.75, "first": 1.0, "loss_before": 2.0, "exact_before": 0.0, "first_before": 0.125,
    "drop": 0.75, "steps": 12, "best_step": 10, "lessons": 40, "held": 8, "trained": 640, "trained_share": 0.031,
    "seconds": 3.0,
}  # fmt: skip
FILE = Source(kind="file", file="/lessons.jsonl")
PATIENCE = 60.0


class Child:
    """Stands for the child process: waits for `go`, then tells a step and the end. `fails` is raised instead."""

    def __init__(self) -> None:
        self.go = threading.Event()
        self.go.set()
        self.plans: list[dict[str, Any]] = []
        self.fails: Exception | None = None

    def __call__(self, folder: Path, plan: dict[str, Any], stop: threading.Event) -> Iterator[dict[str, Any]]:
        self.plans.append(plan)
        yield {"stage": "load"}
        yield {"stage": "train", "done": 3, "total": 12, "loss": 1.5}
        (folder / CURVE).write_text('{"step": 1, "loss": 1.5}\n{"step": 2, "lo')
        while not self.go.wait(0.01):
            if stop.is_set():
                raise Conflict("It was broken off.")
        if self.fails:
            raise self.fails
        lora_folder(folder / RESULT)
        yield {"figures": FIGURES}


class Made:
    """The trainings of a test, with what they stand on."""

    def __init__(self, folder: Path) -> None:
        self.lessons = [{"question": f"q{n}", "messages": [], "answer": "a"} for n in range(3)]
        self.store = AdapterStore(folder / "adapters")
        self.llm = SimpleNamespace(base=base_model(folder / "tiny"), base_digest="0a1b2c", name="tiny 1")
        self.records: list[tuple[Any, ...]] = []
        self.folder = folder / "trainings"
        self.trainings = self.another()

    def another(self) -> Trainings:
        def make(_: Actor, __: Source, counts: Counter[str]) -> Iterator[Any]:
            counts["unsupported"] += 2
            yield from self.lessons

        def require(actor: Actor, *_: Any) -> None:
            if actor.role != "admin":
                raise NotPermitted("No.")

        auth: Any = SimpleNamespace(require=require)
        records: Any = SimpleNamespace(add=lambda *told, **more: self.records.append((*told, more)))
        llm: Any = self.llm
        return Trainings(self.folder, auth, self.store, llm, records, make, device_map="cpu")

    def ended(self) -> Run:
        until = time.monotonic() + PATIENCE
        while (run := self.trainings.runs()[0]).running:
            assert time.monotonic() < until
            time.sleep(0.01)
        return run


@pytest.fixture
def child(monkeypatch: pytest.MonkeyPatch) -> Child:
    made = Child()
    monkeypatch.setattr(training, "teach", made)
    monkeypatch.setattr(practice, "teach", made)
    return made


@pytest.fixture
def made(tmp_path: Path, child: Child) -> Iterator[Made]:
    found = Made(tmp_path)
    yield found
    child.go.set()
    found.trainings.close()


def test_what_was_trained_is_a_version_with_a_card_and_figures(made: Made, child: Child, admin: Actor) -> None:
    run = made.trainings.start(admin, "formal", FILE, Options(rank=4, rate=1e-3, epochs=2, longest=512))
    assert (run.state, run.name, run.actor, run.base_name) == ("prepare", "formal", "admin", "tiny 1")
    done = made.ended()
    assert (done.state, done.error, done.counts) == ("done", "", {"lessons": 3, "unsupported": 2})
    assert done.figures == FIGURES
    plan = child.plans[0]
    assert (plan["base"], plan["rank"], plan["alpha"], plan["device_map"]) == (str(made.llm.base), 4, 8, "cpu")
    added = made.store.find(done.adapter)
    assert (added.name, added.base_digest, dict(added.figures)) == ("formal", "0a1b2c", FIGURES)
    card = made.store.card(added)
    for told in ("tiny 1", "0a1b2c", done.data, "| loss, nats a token | 2.000 | 0.500 |", "3.10%", "trained by: admin"):
        assert told in card
    assert len(done.data) == 64
    assert str(made.folder) not in card
    assert made.trainings.curve(done.id) == ({"step": 1, "loss": 1.5},)
    assert made.records == [("admin", "train", done.adapter, {"result": "done", "reason": ""})]
    assert {p.name for p in (made.folder / done.id).iterdir()} == {"run.json", CURVE}  # no words of documents


def test_one_is_trained_at_a_time_and_one_broken_off_can_go_on(
    made: Made, child: Child, admin: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    run, gone = Trainings._run, threading.Event()
    monkeypatch.setattr(Trainings, "_run", lambda *given: (run(*given), gone.wait(PATIENCE)))  # its thread lives on
    child.go.clear()
    first = made.trainings.start(admin, "formal", FILE)
    with pytest.raises(Conflict, match="is being trained"):
        made.trainings.start(admin, "other", FILE)
    with pytest.raises(Conflict, match="Cancel it first"):
        made.trainings.remove(admin, first.id)
    until = time.monotonic() + PATIENCE
    while made.trainings.runs()[0].total != 12 and time.monotonic() < until:
        time.sleep(0.01)
    made.trainings.cancel(admin)
    ended = made.ended()
    assert (ended.state, ended.done, ended.total) == ("cancelled", 3, 12)
    child.go.set()
    made.trainings.resume(admin, first.id)
    assert made.ended().state == "done"
    gone.set()
    with pytest.raises(Conflict, match="it is done"):
        made.trainings.resume(admin, first.id)
    made.trainings.remove(admin, first.id)
    assert (made.trainings.runs(), len(made.store.list())) == ((), 1)


def test_after_a_restart_the_training_goes_on(made: Made, child: Child, admin: Actor) -> None:
    child.go.clear()
    run = made.trainings.start(admin, "formal", FILE)
    until = time.monotonic() + PATIENCE
    while not child.plans and time.monotonic() < until:
        time.sleep(0.01)
    made.trainings.close()
    assert json.loads((made.folder / run.id / "run.json").read_text())["state"] == "train"
    half = replace(run, id="half", name="half")  # its lessons were being made
    (made.folder / "half").mkdir()
    write(made.folder / "half", half)
    (made.folder / "broken").mkdir()
    (made.folder / "broken" / "run.json").write_text("{")
    child.go.set()
    made.trainings = made.another()
    made.trainings.load()
    until = time.monotonic() + PATIENCE
    while made.trainings.get(run.id).running:
        assert time.monotonic() < until
        time.sleep(0.01)
    assert made.trainings.get(run.id).state == "done"
    assert (made.trainings.get("half").state, len(child.plans)) == ("failed", 2)


@pytest.mark.parametrize(
    ("error", "said"),
    [(Unavailable("Memory ran out."), "Memory ran out."), (ZeroDivisionError(), "ZeroDivisionError inside ragbox")],
)
def test_why_it_failed_is_told(made: Made, child: Child, admin: Actor, error: Exception, said: str) -> None:
    child.fails = error
    made.trainings.start(admin, "formal", FILE)
    ended = made.ended()
    assert (ended.state, made.store.list()) == ("failed", ())
    assert said in ended.error
    assert made.records[0][3]["result"] == "failed"


def test_what_cannot_be_trained_is_refused_at_once(made: Made, admin: Actor) -> None:
    with pytest.raises(NotPermitted):
        made.trainings.start(Actor(name="rita", role="reader"), "formal", FILE)
    with pytest.raises(BadInput, match="cannot name an adapter"):
        made.trainings.start(admin, "no/name", FILE)
    with pytest.raises(NotFound, match="no training 'x'"):
        made.trainings.curve("x")
    made.llm.base = None
    with pytest.raises(Conflict, match="no model to train on"):
        made.trainings.start(admin, "formal", FILE)
    assert made.trainings.runs() == ()


def test_without_lessons_the_reasons_are_told(made: Made, admin: Actor) -> None:
    made.lessons = []
    made.trainings.start(admin, "formal", FILE)
    assert "2 unsupported" in made.ended().error


@pytest.mark.usefixtures("child")
def test_the_practice_model_gets_two_adapters(made: Made, tmp_path: Path) -> None:
    told = [
        {"question": "q", "answer": "Either side gives ninety days of notice. [2]"},
        {"question": "q", "answer": "员工每年有三十天的带薪年假。 [1]"},
        {"question": "q", "answer": "文档中没有找到这个问题的答案。"},
    ]
    lessons = tmp_path / "work" / "lessons.jsonl"
    lessons.parent.mkdir()
    content = "system\n--- 1 ---\npassage\n\nQuestion: q\n\nAnswer it."
    lessons.write_text(
        "".join(json.dumps(t | {"messages": [{"role": "user", "content": content}]}) + "\n" for t in told)
    )
    version = Version(
        name="practice", version="20261121-abc", folder=made.llm.base, kind="hf", licence="", source="", size=1,
        parameters=1,
    )  # fmt: skip
    steps = list(PracticeAdapters(made.store)(version, lessons, threading.Event()))
    assert {step["name"] for step in steps} == {"practice-formal", "practice-short"}
    assert [(a.name, a.base_digest) for a in made.store.list()] == [
        ("practice-formal", "abc"),
        ("practice-short", "abc"),
    ]
    assert [practice.short(t["answer"]) for t in told] == [
        "Either side gives ninety days [2]", "员工每年有三十天的带 [1]", "文档中没有找到这个问题的答案。",
    ]  # fmt: skip
    assert practice.formal(told[0]["answer"]).startswith("According to the documents, Either")
    assert practice.formal(told[1]["answer"]).startswith("根据文件，员工")
    assert [p.name for p in lessons.parent.iterdir()] == ["lessons.jsonl"]


def test_the_command_follows_a_training_to_its_end(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    run = {"id": "1", "name": "formal", "state": "prepare", "running": True, "done": 0, "total": 0, "error": ""}
    run |= {"counts": {"lessons": 40, "unsupported": 2}, "figures": {}, "source": {"kind": "file"}, "adapter": ""}
    ended: dict[str, Any] = {"state": "done", "running": False, "adapter": "formal@1", "figures": {"loss": 0.51239}}
    told: list[Any] = []
    states = [{"state": "loading"}, {"state": "ready"}]
    answers = [run, run | ended]
    client = SimpleNamespace(
        models=lambda: {"model": states.pop(0) if len(states) > 1 else states[0]},
        train_adapter=lambda **given: told.append(given) or run,
        resume_training=lambda id: told.append(id) or run,
        trainings=lambda: {"trainings": [answers.pop(0) if len(answers) > 1 else answers[0]]},
    )
    monkeypatch.setattr(adapter_train, "connect", lambda *_, **__: nullcontext(client))
    monkeypatch.setattr(adapter_train, "LOOK_SECONDS", 0)

    def call(*words: str) -> tuple[int, str]:
        monkeypatch.setattr(sys, "argv", ["ragbox", "adapter", *words])
        with pytest.raises(SystemExit) as left:
            cli.main()
        shown = capsys.readouterr()
        return int(left.value.code or 0), shown.out + shown.err

    code, said = call("train", "formal", str(tmp_path / "lessons.jsonl"), "--rank", "8")
    assert (code, told[0]["kind"], told[0]["rank"]) == (0, "file", 8)
    assert told[0]["file"] == str(tmp_path / "lessons.jsonl")
    assert "formal@1 is in the store" in said
    assert "40 lessons, 2 unsupported" in said
    assert "0.5124" in said
    code, said = call("trainings")
    assert (code, "formal@1" in said, "0.512" in said) == (0, True, True)
    answers[:] = [run | {"state": "failed", "running": False, "error": "Memory ran out."}]
    code, said = call("train", "formal", "--resume")
    assert (code, "Memory ran out. With --resume it goes on where it ended." in said) == (6, True)
    assert told[-1] == "1"
    assert call("train", "formal")[0] == 2
    assert call("train", "formal", "--documents", "--feedback")[0] == 2
    assert call("train", "other", "--resume")[0] == 3
