"""Borders of collections: who may set them, what they do to answers, how long they hold; HTTP and command."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from ragbox.box import Box
from ragbox.errors import BadInput, Conflict, NotFound, NotPermitted
from ragbox.types import Actor
from tests.conftest import Run
from tests.doors import failure
from web.strings_adapters import ADAPTERS

As = Callable[[str], TestClient]
PATH = "/api/admin/calibrations"
LEAVE = "How many days of annual leave do staff get?"
GOOD = [(0.01 * (n % 20), False) for n in range(100)]


def risk(reply: Any) -> float:
    return float(reply.json()["risk"])


def fit(box: Box, admin: Actor, name: str, asked: float, judged: Any, *, file: str = "") -> Any:
    """Fit a border of questions that were answered with what answers now."""
    bases = [box.calibrations._basis(box.library.collection(name).encoder)]
    return box.calibrations.fit(admin, name, asked, judged, bases=bases, file=file)


def test_a_border_makes_the_box_answer_less_or_more_from_the_next_question_on(as_: As, box: Box, admin: Actor) -> None:
    rita, ask = as_("rita"), {"question": LEAVE}
    stated = risk(as_("admin").post(f"{PATH}/ask", json=ask | {"collection": "hr"}))
    assert 0 < stated < 1
    below = [(stated * 0.9, False)] * 100
    above = [((1 + stated) / 2, False)] * 100
    made = fit(box, admin, "hr", 0.05, below, file="questions.jsonl")
    assert made["holds"]
    assert (made["questions"], made["answered"], made["wrong"], made["by"]) == (100, 100, 0, "admin")
    assert rita.post("/api/ask", json=ask).json()["refused"]
    fit(box, admin, "hr", 0.05, above)
    first, second = (rita.post("/api/ask", json=ask).json() for _ in range(2))
    assert (first["refused"], first["risk"]) == (False, round(stated, 4))
    assert second["cached"]
    fit(box, admin, "hr", 0.05, below)
    assert rita.post("/api/ask", json=ask).json()["refused"], "an answer of before is not given again"
    box.calibrations.remove(admin, "hr")
    assert rita.post("/api/ask", json=ask).json()["refused"] == (stated > 0.5)


def test_a_border_is_one_collections_and_goes_with_it(box: Box, admin: Actor) -> None:
    hr, legal = (box.library.create_collection(name) for name in ("hr", "legal"))
    fit(box, admin, "hr", 0.05, GOOD)
    assert box.calibrations.border(hr.id) == pytest.approx(0.19)
    assert box.calibrations.border(legal.id) is None
    assert [c["collection"] for c in box.calibrations.all(admin)] == ["hr"]
    with pytest.raises(NotFound, match="'legal' has no calibrated border"):
        box.calibrations.remove(admin, "legal")
    box.library.drop_collection(hr.id)
    assert box.calibrations.all(admin) == []


def test_a_border_holds_for_the_scorer_and_the_encoder_it_was_made_with(
    box: Box, admin: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    hr = box.library.create_collection("hr")
    fit(box, admin, "hr", 0.05, GOOD)
    with monkeypatch.context() as patch:
        patch.setattr(box.scorers, "status", lambda: ("other-1", ""))
        assert box.calibrations.border(hr.id) is None
        assert [c["holds"] for c in box.calibrations.all(admin)] == [False]
    assert box.calibrations.border(hr.id) is not None
    box.library.claim_encoder(hr.id, "another:2:3")
    assert box.calibrations.border(hr.id) is None


def test_a_border_lets_through_the_very_risk_it_was_made_of(
    as_: As, box: Box, admin: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ragbox.engines.evidence.Scorer.probability", lambda *_: 1 - 0.12344)
    asked = {"question": LEAVE}
    stated = risk(as_("admin").post(f"{PATH}/ask", json=asked | {"collection": "hr"}))
    assert stated == pytest.approx(0.12344, abs=1e-9), "rounded to 0.1234 it would refuse the answer it was made of"
    fit(box, admin, "hr", 0.05, [(stated, False)] * 100)
    assert not as_("rita").post("/api/ask", json=asked).json()["refused"]


def test_questions_that_another_scorer_or_encoder_answered_make_no_border(
    box: Box, admin: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    hr = box.library.create_collection("hr")
    before = box.calibrations._basis(hr.encoder)
    assert "built-in-" in before
    with monkeypatch.context() as patch:
        patch.setattr(box.scorers, "status", lambda: ("other-1", ""))
        other = box.calibrations._basis(hr.encoder)
        for bases in ([before], [before, other]):
            with pytest.raises(Conflict, match="changed since the questions were asked"):
                box.calibrations.fit(admin, "hr", 0.05, GOOD, bases=bases)
        box.calibrations.fit(admin, "hr", 0.05, GOOD, bases=[other])
    fit(box, admin, "hr", 0.05, GOOD)
    monkeypatch.setattr("ragbox.calibrations.BUILT_IN_KEY", "built-in-of-another-release")
    assert box.calibrations.border(hr.id) is None


def test_who_lays_a_border_down_and_takes_it_back_is_recorded(box: Box, admin: Actor) -> None:
    box.library.create_collection("hr")
    fit(box, admin, "hr", 0.05, GOOD)
    box.calibrations.remove(admin, "hr")
    back, laid = box.adapters.records(admin)[:2]
    assert [(r.act, r.object, r.actor) for r in (laid, back)] == [
        ("calibrate", "hr", "admin"), ("uncalibrate", "hr", "admin"),
    ]  # fmt: skip
    assert laid.detail == {"asked": 0.05, "risk": pytest.approx(0.19)}
    assert {f"act.{r.act}" for r in (laid, back)} <= ADAPTERS.keys()


def test_what_cannot_be_vouched_for_changes_nothing(box: Box, admin: Actor) -> None:
    hr = box.library.create_collection("hr")
    fit(box, admin, "hr", 0.05, GOOD)
    for judged in (GOOD[:10], [(r, True) for r, _ in GOOD]):
        with pytest.raises(BadInput):
            fit(box, admin, "hr", 0.05, judged)
    assert box.calibrations.border(hr.id) == pytest.approx(0.19)


def test_admins_alone_may_look_and_change(as_: As, box: Box) -> None:
    body = {"collection": "hr", "asked": 0.05, "file": "q.jsonl", "judged": [{"risk": r, "wrong": w} for r, w in GOOD]}
    for name in ("edda", "rita"):
        for method, path in (("GET", ""), ("POST", ""), ("POST", "/ask"), ("DELETE", "/hr")):
            assert failure(as_(name).request(method, f"{PATH}{path}", json=body)) == (403, "NotPermitted")
        with pytest.raises(NotPermitted):
            box.calibrations.ask(Actor(name=name, role="reader", collections=("*",)), LEAVE, "hr")
    client = as_("admin")
    body["bases"] = [box.calibrations._basis(box.library.collection("hr").encoder)]
    made = client.post(PATH, json=body)
    assert made.status_code == 201
    assert client.get(PATH).json() == {"calibrations": [made.json()]}
    assert failure(client.post(PATH, json=body | {"collection": "none"})) == (404, "NotFound")
    assert failure(client.post(PATH, json=body | {"judged": []})) == (400, "BadInput")
    assert client.delete(f"{PATH}/hr").json() == {"removed": "hr"}
    assert failure(client.delete(f"{PATH}/hr")) == (404, "NotFound")


def test_a_question_for_a_calibration_is_counted_nowhere_and_kept_by_nobody(as_: As, box: Box) -> None:
    before = box.cache.standing(), box.metrics.questions()
    as_("admin").post(f"{PATH}/ask", json={"question": LEAVE, "collection": "hr"})
    assert (box.cache.standing(), box.metrics.questions()) == before


def test_the_command_asks_nothing_in_vain(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ragbox.commands.evaluate.connect", lambda *_, **__: pytest.fail("it asked"))
    file = tmp_path / "q.jsonl"
    file.write_text('{"question": "Why?", "answer": "so"}\n{"question": "Who?"}\n' * 50, "utf-8")
    for wrong, why in (("5", "cannot be kept"), ("0", "cannot be kept"), ("nan", "cannot be kept"),
                       ("1e-17", "are needed"), ("0.05", "there are 50 (of 100)")):  # fmt: skip
        code, _, said = run("eval", str(file), "-c", "hr", "--calibrate", wrong)
        assert (code, why in said) == (2, True), said


def test_the_command_calibrates_shows_and_takes_back(run: Run, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("# Leave\n\nStaff get 30 days of annual leave.\n", "utf-8")
    file = tmp_path / "questions.jsonl"
    rows = [{"id": str(n), "question": f"How many days of annual leave do staff get{'?' * n}", "answer": "30 days"}
            for n in range(12)]  # fmt: skip
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    assert run("ingest", str(tmp_path / "notes.txt"), "-c", "hr")[0] == 0
    code, _, said = run("eval", str(file), "-c", "hr", "--calibrate", "0.05")
    assert (code, "74 questions that are answered are needed, there are 12" in said) == (2, True)
    code, out, said = run("eval", str(file), "-c", "hr", "--calibrate", "0.3", "--json")
    assert code == 0, said
    made = json.loads(out)
    assert (made["asked"], made["questions"], made["wrong"], made["file"]) == (0.3, 12, 0, "questions.jsonl")
    assert "hr: refuses beyond a risk of" in run("eval", str(file), "-c", "hr")[1]
    assert run("eval", "-c", "hr", "--calibrate", "off")[0] == 0
    assert run("eval", "-c", "hr", "--calibrate", "off")[:2] == (3, "")
    for wrong in (["--calibrate", "0.1"], ["--calibrate", "much", "-c", "hr"], ["--calibrate", "off", "-c", "hr"]):
        assert run("eval", str(file), *wrong)[0] == 2
