"""Each part of the box has a light that turns when something is wrong with it."""

from __future__ import annotations

import shutil
from collections import Counter
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from ragbox import silence
from ragbox.box import Box
from ragbox.health import GIB, Part, look
from ragbox.llm import State
from ragbox.settings import Settings
from tests.fakes import FakeEncoder, FakeSandbox
from tests.make import drop, put
from web.admin import sentence


@pytest.fixture(autouse=True)
def roomy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(silence, "_tried", Counter())
    monkeypatch.setattr("psutil.virtual_memory", lambda: SimpleNamespace(available=9 * GIB, total=24 * GIB))
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=90 * GIB))


def parts(box: Box) -> dict[str, Part]:
    return {p.part: p for p in look(box)}


def test_a_sound_box_has_green_lights_and_figures(box: Box, tmp_path: Path) -> None:
    drop(box, tmp_path / "in", {"a.txt": "alpha"})
    box.llm.wait(60)
    found = parts(box)
    assert list(found) == [
        "record", "dense", "sparse", "encoder", "engine", "queue", "mirrors", "suspicions", "disk", "memory", "network",
    ]  # fmt: skip
    assert {p.light for p in found.values()} == {"good", "off"}
    assert (found["record"].figures["documents"], found["record"].figures["passages"]) == (1, 1)
    for index in ("dense", "sparse"):
        assert found[index].figures.items() >= {"count": 1, "wanted": 1, "pending": 0}.items()
        assert int(found[index].figures["size"]) > 0
    assert found["mirrors"].state == "none"


def test_what_the_indexes_have_not_heard_of_is_a_lag_not_a_fault(box: Box) -> None:
    put(box, box.encoder, box.library.create_collection("papers").id, "d1", "alpha", "beta")
    for index in ("dense", "sparse"):
        assert (parts(box)[index].light, parts(box)[index].state) == ("warn", "behind")
        assert parts(box)[index].figures.items() >= {"count": 0, "wanted": 2, "pending": 1}.items()
    box.indexer.apply()
    assert parts(box)["dense"].light == parts(box)["sparse"].light == "good"


def test_an_index_that_lost_passages_is_a_fault_and_the_other_is_not(box: Box, tmp_path: Path) -> None:
    drop(box, tmp_path / "in", {"a.txt": "alpha"})
    box.dense.drop(box.library.collection("papers").id)
    found = parts(box)
    assert (found["dense"].light, found["dense"].state, found["sparse"].light) == ("bad", "wrong", "good")


def test_losses_that_add_up_to_nothing_are_seen_all_the_same(box: Box, tmp_path: Path) -> None:
    drop(box, tmp_path / "in", {"a.txt": "alpha"})
    drop(box, tmp_path / "in", {"b.txt": "beta"}, collection="other")
    papers, other = box.library.collection("papers").id, box.library.collection("other").id
    box.dense.drop(papers)
    box.dense.put(other, {"stray": (["stray-0"], box.encoder.encode(["stray"]))})
    found = parts(box)["dense"]
    assert (found.figures["count"], found.figures["wanted"], found.light) == (2, 2, "bad")


def test_vectors_of_another_encoder_are_a_fault(box: Box) -> None:
    box.library.claim_encoder(box.library.create_collection("old").id, "other:3:0")
    found = parts(box)["encoder"]
    assert (found.light, found.state, found.figures["collections"]) == ("bad", "other", "old")


def test_a_box_that_loads_says_so(settings: Settings) -> None:
    made = Box(settings, encoder=FakeEncoder(), sandbox=FakeSandbox())
    made.open()
    found = parts(made)
    made.close()
    assert {name for name, part in found.items() if part.state == "loading"} == {"dense", "sparse", "encoder", "engine"}
    assert found["record"].light == "good"


@pytest.mark.parametrize(("free", "light"), [(9 * GIB, "good"), (2 * GIB, "warn"), (GIB // 2, "bad")])
def test_room_has_two_thresholds(box: Box, monkeypatch: pytest.MonkeyPatch, free: int, light: str) -> None:
    monkeypatch.setattr("psutil.virtual_memory", lambda: SimpleNamespace(available=free, total=24 * GIB))
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=free))
    found = parts(box)
    assert (found["memory"].light, found["disk"].light) == (light, light)


@pytest.mark.parametrize(("model", "light", "state"), [("loading", "warn", "loads"), ("failed", "bad", "failed")])
def test_a_language_model_that_does_not_answer_turns_its_light(
    box: Box, monkeypatch: pytest.MonkeyPatch, model: str, light: str, state: str
) -> None:
    box.llm.wait(60)  # until it has seen that there is no model
    monkeypatch.setattr(box.llm, "_state", State(state=model, name="big", reason="It does not fit. Free memory."))
    found = parts(box)["engine"]
    assert (found.light, found.state) == (light, state)
    for tongue, name in (("en", "quoting engine answers"), ("zh", "引用引擎")):
        said = sentence(tongue, found)
        assert name in said
        assert "extractive" not in said
        assert (model == "failed") == ("It does not fit." in said)


def test_the_engine_that_quotes_is_told_in_words_and_a_language_model_by_its_name(box: Box) -> None:
    box.llm.wait(60)
    found = parts(box)["engine"]
    told = [sentence(tongue, found) for tongue in ("en", "zh")]
    assert told == ["The quoting engine answers, word for word.", "由引用引擎逐字引用原文回答。"]
    assert sentence("en", replace(found, figures=found.figures | {"name": "big"})) == "“big” answers."


def test_a_call_home_is_a_fault(box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(silence, "_tried", Counter({"telemetry.example.com": 3}))
    found = parts(box)["network"]
    assert (found.light, found.figures["hosts"]) == ("bad", "telemetry.example.com (3)")


def test_the_queue_tells_how_many_files_wait(box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    assert parts(box)["queue"].state == "idle"
    counts = {"running": 2, "waiting": 7, "ended": 1}
    monkeypatch.setattr(box.queue, "jobs", lambda *_, **__: ([], counts))
    assert (parts(box)["queue"].state, parts(box)["queue"].figures) == ("busy", counts)


@pytest.mark.parametrize(
    ("alarm", "refused", "light", "state"),
    [(None, 0, "good", "well"), (None, 2, "warn", "refused"), ({"kind": "vanished"}, 2, "bad", "alarm")],
)
def test_mirrors_show_their_alarms_first(
    box: Box, monkeypatch: pytest.MonkeyPatch, alarm: object, refused: int, light: str, state: str
) -> None:
    row = {"folder": "inbox/hr", "files": 3, "refused": refused, "alarm": alarm}
    monkeypatch.setattr(box.mirror, "status", lambda: [row])
    found = parts(box)["mirrors"]
    assert (found.light, found.state, found.figures["files"]) == (light, state, 3)
    assert found.figures["alarms"] == ("inbox/hr" if alarm else "")
