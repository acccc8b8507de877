"""Scorers of quotes: what may come in as one, and that one chooses from the next question on, tried and taken back."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from ragbox.adapters import scorer
from ragbox.adapters.store import AdapterStore
from ragbox.box import Box
from ragbox.engines.evidence import BUILT_IN
from ragbox.errors import NotFound, Rejected
from ragbox.health import look
from tests.adapter_files import lora_folder, scorer_folder, scorer_json, zipped
from tests.doors import failure

PATIENCE = 60.0
QUESTION = "How many days of annual leave do staff get?"
RIGHT, LONGEST = "Staff get 30 days of annual leave.", "Trains are booked by the office in Bergen."
GOLD = [{"file": "handbook.txt", "page": 1}]
LINES = "\n".join(
    json.dumps(line) for line in (
        {"question": QUESTION, "answer": "30 days", "gold": GOLD},
        {"question": "Who is the king of the moon?", "unanswerable": True},
    )
)  # fmt: skip
SURE_OF_ALL = {"bias": 100.0}


def changed(change: Callable[[dict[str, Any]], Any]) -> str:
    said = scorer_json()
    change(said)
    return json.dumps(said)


BROKEN: dict[str, tuple[str, str]] = {
    "no json": ("{", "has no readable JSON"),
    "a key twice": ('{"format": 1, "format": 1}', "the key 'format' stands there twice"),
    "unknown key": (changed(lambda s: s.update(model="a/b")), "the unknown key 'model'. Delete it"),
    "unknown weight": (changed(lambda s: s["weights"]["known"].update(cosinus=1)), "'cosinus' in weights.known"),
    "unknown part": (changed(lambda s: s["calibration"].update(german={})), "unknown key 'german' in calibration"),
    "unknown of the card": (changed(lambda s: s["card"].update(code="x")), "unknown key 'code' in card"),
    "lacks a part": (changed(lambda s: s.pop("calibration")), "lacks 'calibration'"),
    "lacks a weight": (changed(lambda s: s["weights"]["unknown"].pop("row")), "lacks 'row' in weights.unknown"),
    "lacks the bias": (changed(lambda s: s["calibration"]["known"].pop("bias")), "lacks 'bias' in calibration.known"),
    "no object": (changed(lambda s: s.update(weights=[1])), "has weights that is no object"),
    "text": (changed(lambda s: s["weights"]["known"].update(row="2")), "weights.known.row '2' that is no number"),
    "truth": (changed(lambda s: s["weights"]["known"].update(cosine=True)), "cosine True that is no number"),
    "NaN": (changed(lambda s: s["weights"]["known"].update(cosine=float("nan"))), "nan that is not from -100 to 100"),
    "infinite": (
        changed(lambda s: s["calibration"]["known"].update(bias=float("-inf"))),
        "calibration.known.bias -inf",
    ),
    "too large": (changed(lambda s: s["weights"]["known"].update(cosine=100.5)), "100.5 that is not from -100 to 100"),
    "huge": (changed(lambda s: s["weights"]["known"].update(cosine=10**400)), "is not from -100 to 100"),
    "format": (changed(lambda s: s.update(format=1)), "has the format 1. This ragbox reads format 2"),
    "no encoder": (changed(lambda s: s.pop("encoder")), "lacks 'encoder'"),
    "an encoder": (changed(lambda s: s.update(encoder=" ")), "has an encoder that is no identity"),
    "a reader apart": (changed(lambda s: s.update(reader={})), "the unknown key 'reader'"),
    "no data": (changed(lambda s: s["card"].update(data=" ")), "card.data that is no text"),
    "no count": (changed(lambda s: s["card"].update(count=0)), "card.count 0 that is no whole number"),
    "a figure": (changed(lambda s: s["card"]["figures"].update(top1="good")), "card.figures.top1 'good'"),
    "figures": (changed(lambda s: s["card"].update(figures={"x" * 81: 1})), "card.figures that are no object"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_is_no_scorer_is_refused_with_the_reason(name: str, tmp_path: Path) -> None:
    text, reason = BROKEN[name]
    store = AdapterStore(tmp_path / "adapters")
    with pytest.raises(Rejected) as found:
        store.add(scorer_folder(tmp_path / "mine", text))
    assert str(found.value).startswith("scorer.json of the adapter ")
    assert reason in str(found.value)
    assert store.list() == ()


def test_the_built_in_numbers_read_back_as_they_are_and_a_folder_holds_one_thing(tmp_path: Path) -> None:
    folder = scorer_folder(tmp_path / "mine")
    found = scorer.read(folder)
    assert (found.scorer, found.parameters, found.data, found.count) == (BUILT_IN, 40, "Some questions.", 20)
    store = AdapterStore(tmp_path / "adapters")
    (folder / "README.md").write_text("# A card\n")
    added = store.add(zipped(tmp_path / "mine.zip", folder))
    assert (added.kind, added.engine, added.rank, added.parameters) == ("scorer", "extractive", 0, 40)
    assert (added.base, added.figures) == ("Some questions.", {"questions": 20, "top1": 0.5})
    assert store.card(added) == "# A card\n"
    lora_folder(folder)
    with pytest.raises(Rejected, match=r"has 2 .adapter_model.safetensors, scorer.json"):
        store.add(folder)


def test_each_engine_has_a_pointer_of_its_own(tmp_path: Path) -> None:
    store = AdapterStore(tmp_path / "adapters")
    lora, mine = store.add(lora_folder(tmp_path / "lora")), store.add(scorer_folder(tmp_path / "mine"))
    store.activate(lora.key)
    store.activate(mine.key)
    assert (store.current(), store.current("extractive"), store.active("extractive")) == (lora.key, mine.key, mine)
    assert (store.earlier("extractive"), [s.key for s in store.history("extractive")]) == (("",), [mine.key])
    with pytest.raises(Rejected, match="is a scorer, which is for the whole box"):
        store.assign("c1", mine.key)
    assert store.rollback("extractive") is None
    assert (store.current(), store.current("extractive")) == (lora.key, "")
    store.remove("mine", mine.version)
    assert store.list() == (lora,)


# -- in a box ----------------------------------------------------------------------------------------------


@pytest.fixture
def admin(as_: Callable[[str], TestClient]) -> TestClient:
    return as_("admin")


def add(client: TestClient, folder: Path) -> str:
    reply = client.post("/api/adapters", json={"source": str(folder)})
    assert reply.status_code == 201, reply.text
    return str(reply.json()["key"])


def activate(client: TestClient, key: str, reason: str = "") -> Any:
    path = f"/api/adapters/{key.replace('@', '/')}/activate"
    assert client.post(path, json={"reason": reason}).status_code == 202
    until = time.monotonic() + PATIENCE
    while (work := client.get("/api/adapters").json()["work"])["running"]:
        assert time.monotonic() < until
        time.sleep(0.02)
    return work


def quote(client: TestClient) -> str:
    return str(client.post("/api/ask", json={"question": QUESTION, "collection": "hr"}).json()["answer"])


def test_an_active_scorer_chooses_from_the_next_question_on_and_is_rolled_back(
    admin: TestClient, tmp_path: Path
) -> None:
    longest = scorer_folder(tmp_path / "longest", weights=0.0, length=100.0, **SURE_OF_ALL)
    key = add(admin, longest)
    assert quote(admin).startswith(RIGHT)
    assert activate(admin, key)["stage"] == "done"
    assert quote(admin) == f"{LONGEST} [1]"  # an answer that was kept is not given again
    found = admin.get("/api/adapters").json()
    assert (found["active"], found["scorer"]) == ("", {"active": key, "earlier": [""], "problem": ""})
    assert [(a["key"], a["active"], a["engine"]) for a in found["adapters"]] == [(key, True, "extractive")]
    assert failure(admin.delete(f"/api/adapters/{key.replace('@', '/')}")) == (409, "Conflict")
    body = {"engine": "extractive", "reason": "too long"}
    assert admin.post("/api/adapters/rollback", json=body).json() == {"active": ""}
    assert quote(admin).startswith(RIGHT)
    activate(admin, key)
    assert admin.post("/api/adapters/deactivate", json=body).json() == {"active": ""}
    assert quote(admin).startswith(RIGHT)
    acts = [(r["act"], r["object"], r["reason"]) for r in admin.get("/api/adapters/records").json()["records"]]
    assert acts[:3] == [("activate", "-", "too long"), ("activate", key, ""), ("rollback", key, "too long")]


def test_the_gate_refuses_a_bad_scorer_and_lets_one_through_that_is_as_good(
    admin: TestClient, box: Box, tmp_path: Path
) -> None:
    assert admin.post("/api/adapters/questions", json={"lines": LINES}).json() == {"questions": 2}
    none, near = (add(admin, scorer_folder(tmp_path / n, weights=w, **c)) for n, w, c in (
        ("none", 0.0, {}), ("near", None, {"cosine": 2.8}),
    ))  # fmt: skip
    work = activate(admin, none)
    assert (work["stage"], work["reached"], work["total"]) == ("refused", "gate", 4)
    assert [(c["question"], c["old"], c["new"]) for c in work["report"]["worse"]] == [
        ("Who is the king of the moon?", 1.0, 0.0)
    ]
    assert quote(admin).startswith(RIGHT)
    assert not box.scorers._read  # nothing of it is kept
    work = activate(admin, near)
    assert (work["stage"], work["total"], work["report"]["old"]["points"]) == ("done", 2, 1.0)  # the old ones are kept
    assert activate(admin, none, reason="to see it")["stage"] == "done"
    (last,) = admin.get("/api/adapters/records", params={"limit": 1}).json()["records"]
    assert (last["act"], last["object"], last["reason"]) == ("activate", none, "to see it")


def test_the_built_in_numbers_again_are_no_scorer(admin: TestClient, tmp_path: Path) -> None:
    work = activate(admin, add(admin, scorer_folder(tmp_path / "same")))
    assert (work["stage"], work["reached"], "no-op" in work["error"]) == ("failed", "probe", True)


def test_what_cannot_be_used_leaves_the_built_in_scorer_and_is_said(
    admin: TestClient, box: Box, tmp_path: Path
) -> None:
    longest = scorer_folder(tmp_path / "longest", weights=0.0, length=100.0, **SURE_OF_ALL)
    key = add(admin, longest)
    activate(admin, key)
    box.scorers._read.clear()  # as after a restart
    (box.adapter_store.find(key).folder / "scorer.json").chmod(0o644)
    (box.adapter_store.find(key).folder / "scorer.json").write_text("{}")
    assert quote(admin).startswith(RIGHT)
    assert light(box)[:2] == ("bad", "adapter")
    assert key in light(box)[2]
    assert "not as it was added" in admin.get("/api/adapters").json()["scorer"]["problem"]
    with pytest.raises(NotFound):
        box.scorers("none@1")


def test_one_that_cannot_be_used_any_more_does_not_keep_its_successor_out(
    admin: TestClient, box: Box, tmp_path: Path
) -> None:
    old, new = (add(admin, scorer_folder(tmp_path / n, cosine=c)) for n, c in (("old", 2.8), ("new", 2.9)))
    activate(admin, old)
    assert admin.post("/api/adapters/questions", json={"lines": LINES}).json() == {"questions": 2}
    box.scorers._read.clear()  # as after a restart with another release, or another encoder
    (box.adapter_store.find(old).folder / "scorer.json").chmod(0o644)
    (box.adapter_store.find(old).folder / "scorer.json").write_text("{}")
    work = activate(admin, new)
    assert (work["stage"], work["error"], work["report"]["old"]["key"]) == ("done", "", "")  # against the built-in one
    assert light(box) == ("good", "well", "")


@pytest.mark.parametrize("engine", ["", "-extractive"])
@pytest.mark.parametrize("text", ["", "{", "[1]", '{"active": "a@1"}', '{"active": "", "history": [1]}'])
def test_a_damaged_pointer_is_said_and_written_anew_by_the_next_activation(
    admin: TestClient, box: Box, engine: str, text: str
) -> None:
    box.adapter_store.folder.mkdir(exist_ok=True)
    (box.adapter_store.folder / f".active{engine}.json").write_text(text)
    assert quote(admin).startswith(RIGHT)
    assert light(box)[:2] == ("bad", "adapter")
    assert f".active{engine}.json cannot be read" in light(box)[2]
    body = {"engine": "extractive" if engine else "model"}
    assert admin.post("/api/adapters/deactivate", json=body).json() == {"active": ""}
    assert light(box) == ("good", "well", "")
    assert quote(admin).startswith(RIGHT)


def light(box: Box) -> tuple[str, str, str]:
    box.llm.wait(60)
    found = next(p for p in look(box) if p.part == "engine")
    return found.light, found.state, str(found.figures["reason"])
