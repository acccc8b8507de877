"""Borders of collections: who may set them, what they do to answers, how long they hold; HTTP and command."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from ragbox.box import Box
from ragbox.errors import BadInput, NotFound, NotPermitted
from ragbox.types import Actor
from tests.conftest import Run
from tests.doors import failure

As = Callable[[str], TestClient]
PATH = "/api/admin/calibrations"
LEAVE = "How many days of annual leave do staff get?"
GOOD = [(0.01 * (n % 20), False) for n in range(100)]


def risk(reply: Any) -> float:
    return float(reply.json()["risk"])


def test_a_border_makes_the_box_answer_less_or_more_from_the_next_question_on(as_: As, box: Box, admin: Actor) -> None:
    rita, ask = as_("rita"), {"question": LEAVE}
    stated = risk(as_("admin").post(f"{PATH}/ask", json=ask | {"collection": "hr"}))
    assert 0 < stated < 1
    below = [(stated * 0.9, False)] * 100
    above = [((1 + stated) / 2, False)] * 100
    made = box.calibrations.fit(admin, "hr", 0.05, below, file="questions.jsonl")
    assert made["holds"]
    assert (made["questions"], made["answered"], made["wrong"], made["by"]) == (100, 100, 0, "admin")
    assert rita.post("/api/ask", json=ask).json()["refused"]
    box.calibrations.fit(admin, "hr", 0.05, above)
    first, second = (rita.post("/api/ask", json=ask).json() for _ in range(2))
    assert (first["refused"], first["risk"]) == (False, stated)
    assert second["cached"]
    box.calibrations.fit(admin, "hr", 0.05, below)
    assert rita.post("/api/ask", json=ask).json()["refused"], "an answer of before is not given again"
    box.calibrations.remove(admin, "hr")
    assert rita.post("/api/ask", json=ask).json()["refused"] == (stated > 0.5)


def test_a_border_is_one_collections_and_goes_with_it(box: Box, admin: Actor) -> None:
    hr, legal = (box.library.create_collection(name) for name in ("hr", "legal"))
    box.calibrations.fit(admin, "hr", 0.05, GOOD)
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
    box.calibrations.fit(admin, "hr", 0.05, GOOD)
    with monkeypatch.context() as patch:
        patch.setattr(box.scorers, "status", lambda: ("other-1", ""))
        assert box.calibrations.border(hr.id) is None
        assert [c["holds"] for c in box.calibrations.all(admin)] == [False]
    assert box.calibrations.border(hr.id) is not None
    box.library.claim_encoder(hr.id, "another:2:3")
    assert box.calibrations.border(hr.id) is None


def test_what_cannot_be_vouched_for_changes_nothing(box: Box, admin: Actor) -> None:
    hr = box.library.create_collection("hr")
    box.calibrations.fit(admin, "hr", 0.05, GOOD)
    for judged in (GOOD[:10], [(r, True) for r, _ in GOOD]):
        with pytest.raises(BadInput):
            box.calibrations.fit(admin, "hr", 0.05, judged)
    assert box.calibrations.border(hr.id) == pytest.approx(0.19)


def test_admins_alone_may_look_and_change(as_: As, box: Box) -> None:
    body = {"collection": "hr", "asked": 0.05, "file": "q.jsonl", "judged": [{"risk": r, "wrong": w} for r, w in GOOD]}
    for name in ("edda", "rita"):
        for method, path in (("GET", ""), ("POST", ""), ("POST", "/ask"), ("DELETE", "/hr")):
            assert failure(as_(name).request(method, f"{PATH}{path}", json=body)) == (403, "NotPermitted")
        with pytest.raises(NotPermitted):
            box.calibrations.ask(Actor(name=name, role="reader", collections=("*",)), LEAVE, "hr")
    client = as_("admin")
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
    assert run("eval", "-c", "hr", "--calibrate", "off")[0] == 3
    for wrong in (["--calibrate", "0.1"], ["--calibrate", "much", "-c", "hr"], ["--calibrate", "off", "-c", "hr"]):
        assert run("eval", str(file), *wrong)[0] == 2
