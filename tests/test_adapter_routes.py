"""The routes for adapters: admins only, activation in stages, every act recorded, the old one answering meanwhile."""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from ragbox.adapters.activation import Activation
from ragbox.box import Box
from ragbox.errors import Unavailable
from ragbox.settings import Settings
from tests.adapter_box import LEAVE, LINES, QUESTION, STYLES, TRAINS, adapter_box, archive
from tests.doors import failure, nobody, program
from tests.fake_model import FakeModel
from web import adapters, trainings

ROUTES = sorted(
    (method, route.path)  # type: ignore[attr-defined]
    for router in (adapters.router, trainings.router)
    for route in router.routes
    for method in route.methods  # type: ignore[attr-defined]
)
PATIENCE = 60.0
As = Callable[[str], TestClient]


@pytest.fixture
def both(settings: Settings) -> Iterator[tuple[Box, FakeModel]]:
    box, model = adapter_box(settings.data)
    box.open()
    box.load()
    assert box.llm.wait(PATIENCE).state == "ready"
    yield box, model
    box.close()


@pytest.fixture
def box(both: tuple[Box, FakeModel]) -> Box:
    return both[0]


@pytest.fixture
def admin(app: FastAPI, box: Box) -> TestClient:
    return program(app, box)


def ended(client: TestClient) -> Any:
    until = time.monotonic() + PATIENCE
    while (work := client.get("/api/adapters").json()["work"])["running"]:
        assert time.monotonic() < until
        time.sleep(0.02)
    return work


def add(client: TestClient, tmp_path: Path, name: str) -> str:
    with archive(tmp_path, name).open("rb") as stream:
        reply = client.post("/api/adapters/upload", data={"name": name}, files={"file": (f"{name}.zip", stream)})
    assert reply.status_code == 201, reply.text
    return str(reply.json()["key"])


def activate(client: TestClient, key: str, reason: str = "") -> Any:
    reply = client.post(f"/api/adapters/{key.replace('@', '/')}/activate", json={"reason": reason})
    assert reply.status_code == 202, reply.text
    return ended(client)


def ask(client: TestClient, **more: Any) -> Any:
    return client.post("/api/ask", json={"question": QUESTION, "collection": "hr"} | more).json()


def acts(client: TestClient) -> list[tuple[str, str]]:
    found = client.get("/api/adapters/records").json()["records"]
    return [(r["act"], r["result"]) for r in reversed(found)]


@pytest.mark.parametrize("name", ["edda", "rita", "leo"])
@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_every_route_refuses_who_is_no_admin(as_: As, name: str, method: str, path: str) -> None:
    for body in (None, {}, {"reason": "x"}):
        reply = as_(name).request(method, re.sub(r"\{\w+\}", "x", path), json=body)
        assert failure(reply) == (403, "NotPermitted")


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_every_route_refuses_who_is_nobody(app: FastAPI, method: str, path: str) -> None:
    assert failure(nobody(app).request(method, path)) == (401, "NotSignedIn")


def test_a_better_adapter_goes_through_the_stages_answers_and_is_rolled_back(admin: TestClient, tmp_path: Path) -> None:
    assert admin.post("/api/adapters/questions", json={"lines": LINES}).json() == {"questions": 2}
    rich = add(admin, tmp_path, "rich")
    assert LEAVE in ask(admin)["answer"]
    assert TRAINS not in ask(admin)["answer"]
    work = activate(admin, rich)
    assert (work["stage"], work["error"], work["done"], work["total"]) == ("done", "", 4, 4)
    assert work["report"]["new"]["points"] > work["report"]["old"]["points"]
    assert len(work["report"]["better"]) == 1
    now = ask(admin)
    assert (TRAINS in now["answer"], now["adapter"]) == (True, rich)
    listed = admin.get("/api/adapters").json()
    assert (listed["active"], listed["earlier"], listed["loaded"]) == (rich, [""], {rich: 0})
    (version,) = listed["adapters"]
    assert (version["active"], version["score"]["passed"], version["kind"]) == (True, True, "lora")
    assert "new_said" not in version["score"]["better"][0]  # a document's words go with the document
    shown = admin.get(f"/api/adapters/{rich.replace('@', '/')}").json()
    assert (shown["card"], shown["report"]["passed"]) == ("# A card\n", True)
    assert failure(admin.delete(f"/api/adapters/{rich.replace('@', '/')}")) == (409, "Conflict")
    assert admin.post("/api/adapters/rollback", json={}).json() == {"active": ""}
    assert "adapter" not in ask(admin)
    assert failure(admin.post("/api/adapters/rollback", json={})) == (409, "Conflict")
    assert admin.delete(f"/api/adapters/{rich.replace('@', '/')}").json() == {"removed": rich}
    assert acts(admin) == [
        ("questions", "done"), ("add", "done"), ("gate", "done"), ("activate", "done"), ("remove", "failed"),
        ("rollback", "done"), ("rollback", "failed"), ("remove", "done"),
    ]  # fmt: skip


def test_a_worse_adapter_is_refused_and_goes_through_for_a_reason_that_is_recorded(
    admin: TestClient, tmp_path: Path
) -> None:
    admin.post("/api/adapters/questions", json={"lines": LINES})
    poor = add(admin, tmp_path, "poor")
    work = activate(admin, poor)
    assert (work["stage"], work["reached"], len(work["report"]["worse"])) == ("refused", "gate", 2)
    assert "below what answers now" in work["error"]
    assert ask(admin)["answer"].startswith(LEAVE)
    work = activate(admin, poor, reason="we want to see it fail")
    assert (work["stage"], ask(admin)["refused"]) == ("done", True)
    (last,) = admin.get("/api/adapters/records", params={"limit": 1}).json()["records"]
    assert (last["act"], last["object"], last["actor"]) == ("activate", poor, "admin")
    assert last["reason"] == "we want to see it fail"
    assert admin.post("/api/adapters/deactivate", json={"reason": "enough"}).json() == {"active": ""}
    assert not ask(admin)["refused"]


def test_a_report_is_shown_by_the_policies_and_documents_of_now_and_never_mixes_two_policies(
    admin: TestClient, box: Box, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def told() -> str:
        return json.dumps(admin.get("/api/adapters").json()["work"]["report"])

    def policy(style: str) -> None:
        box.privacy.set_role(box.auth.local(), "admin", style)

    monkeypatch.setitem(STYLES, "rich", f"{STYLES['rich']} Write to anna.berg@example.com.")
    policy("off")
    lines = LINES.replace("Who books", "Mail bo.lie@example.com: who books")
    admin.post("/api/adapters/questions", json={"lines": lines})
    rich = add(admin, tmp_path, "rich")
    assert activate(admin, rich, reason="to see it")["total"] == 4
    assert "anna.berg" in told()
    assert "bo.lie" in told()
    policy("redact")
    for shown in (told(), json.dumps(admin.get("/api/adapters").json()), admin.post("/api/adapters/cancel").text):
        assert LEAVE in shown
        assert "anna.berg" not in shown
        assert "bo.lie" not in shown
    assert "bo.lie" not in admin.get(f"/api/adapters/{rich.replace('@', '/')}").text
    admin.post("/api/adapters/deactivate", json={})
    assert activate(admin, rich, reason="to see it")["total"] == 4  # not those answers of before, which had no gaps
    for document in box.library.documents():
        box.library.remove(document.id)
    assert "who books" in told()
    assert LEAVE not in told()


def test_a_failed_stage_leaves_the_old_one_answering(
    admin: TestClient, both: tuple[Box, FakeModel], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run, gone = Activation._run, threading.Event()
    monkeypatch.setattr(Activation, "_run", lambda *given: (run(*given), gone.wait(PATIENCE)))  # its thread lives on
    rich, noop, poor = (add(admin, tmp_path, name) for name in ("rich", "noop", "poor"))
    activate(admin, rich)
    work = activate(admin, noop)
    assert (work["stage"], work["reached"]) == ("failed", "probe")
    assert "no-op adapter" in work["error"]
    both[1].refused[poor] = Unavailable("There is no room.")
    work = activate(admin, poor)
    assert (work["stage"], work["reached"], work["error"]) == ("failed", "load", "There is no room.")
    config = both[0].adapter_store.find(poor).folder / "adapter_config.json"
    config.chmod(0o644)
    config.write_text("{}")
    work = activate(admin, poor)
    gone.set()
    assert (work["stage"], work["reached"]) == ("failed", "check")
    assert ask(admin)["adapter"] == rich
    verified = admin.post(f"/api/adapters/{poor.replace('@', '/')}/verify").json()
    assert (verified["well"], len(verified["problems"])) == (False, 1)


def test_an_adapter_that_cannot_be_used_is_said_and_the_bare_model_answers(
    admin: TestClient, both: tuple[Box, FakeModel], tmp_path: Path
) -> None:
    box, model = both
    rich = add(admin, tmp_path, "rich")
    box.adapter_store.activate(rich)
    model.refused[rich] = Unavailable("There is no room.")
    answer = ask(admin)
    assert (answer["bare"], answer["answer"].startswith(LEAVE), "adapter" in answer) == (
        "There is no room.", True, False,
    )  # fmt: skip


def test_a_gate_that_is_running_is_cancelled(admin: TestClient, both: tuple[Box, FakeModel], tmp_path: Path) -> None:
    admin.post("/api/adapters/questions", json={"lines": LINES})
    rich = add(admin, tmp_path, "rich")
    both[1].go.clear()
    admin.post(f"/api/adapters/{rich.replace('@', '/')}/activate", json={})
    assert failure(admin.post(f"/api/adapters/{rich.replace('@', '/')}/activate", json={})) == (409, "Conflict")
    assert failure(admin.delete(f"/api/adapters/{rich.replace('@', '/')}")) == (409, "Conflict")
    admin.post("/api/adapters/cancel")
    both[1].go.set()
    work = ended(admin)
    assert (work["stage"], "broken off" in work["error"]) == ("failed", True)
    assert admin.get("/api/adapters").json()["active"] == ""


def test_a_collection_has_its_own_adapter(admin: TestClient, tmp_path: Path) -> None:
    rich, noop = add(admin, tmp_path, "rich"), add(admin, tmp_path, "noop")
    body = {"collection": "hr", "adapter": "rich"}
    assert admin.post("/api/adapters/assign", json=body).json() == {"collection": "hr", "adapter": rich}
    assert ask(admin)["adapter"] == rich
    assert "adapter" not in ask(admin, collection="legal", question="How many days of notice?")
    assert failure(admin.delete(f"/api/adapters/{rich.replace('@', '/')}")) == (409, "Conflict")
    assert failure(admin.post("/api/adapters/assign", json=body | {"adapter": noop})) == (422, "Rejected")
    assert failure(admin.post("/api/adapters/assign", json=body | {"adapter": "nothing"})) == (404, "NotFound")
    assert failure(admin.post("/api/adapters/assign", json=body | {"collection": "x"})) == (404, "NotFound")
    assert {c["name"]: c["adapter"] for c in admin.get("/api/adapters").json()["collections"]} == {
        "hr": rich, "legal": "",
    }  # fmt: skip
    admin.post("/api/adapters/assign", json={"collection": "hr"})
    assert "adapter" not in ask(admin)
    admin.post("/api/adapters/assign", json=body | {"collection": "legal"})
    assert admin.delete("/api/collections/legal").status_code == 200
    assert admin.delete(f"/api/adapters/{rich.replace('@', '/')}").status_code == 200  # nobody's any more


def test_two_adapters_answer_side_by_side(admin: TestClient, box: Box, tmp_path: Path) -> None:
    rich = add(admin, tmp_path, "rich")
    body = {"question": QUESTION, "left": "-", "right": "rich", "collection": "hr"}
    lines = admin.post("/api/adapters/compare", json=body).text.splitlines()
    told = [json.loads(line[6:]) for line in lines if line.startswith("data: ")]
    done = {e["side"]: e for e in told if e["event"] == "done"}
    assert (done["left"].get("adapter"), done["right"]["adapter"]) == (None, rich)
    assert done["left"]["answer"] != done["right"]["answer"]
    assert {e["side"] for e in told if e["event"] == "text"} == {"left", "right"}
    assert (sum(box.metrics.questions()), box.metrics.checks(), box.metrics.latencies()) == (0, (0, 0), [])
    assert failure(admin.post("/api/adapters/compare", json=body | {"left": "x"})) == (404, "NotFound")
    assert failure(admin.post("/api/adapters/compare", json=body | {"question": " "})) == (400, "BadInput")


def test_programs_choose_an_adapter_by_the_models_name(admin: TestClient, as_: As, box: Box, tmp_path: Path) -> None:
    rich = add(admin, tmp_path, "rich")
    body = {"model": "ragbox:rich/hr", "messages": [{"role": "user", "content": QUESTION}]}
    reply = admin.post("/v1/chat/completions", json=body).json()
    assert reply["choices"][0]["message"]["adapter"] == rich
    assert f"ragbox:{rich}" in [m["id"] for m in admin.get("/v1/models").json()["data"]]
    assert failure_of(as_("rita").post("/v1/chat/completions", json=body)) == 404
    box.adapter_store.assign(box.library.collection("hr").id, rich)
    assert as_("rita").post("/v1/chat/completions", json=body).status_code == 200
    assert failure_of(as_("leo").post("/v1/chat/completions", json=body | {"model": "ragbox:rich"})) == 404
    plain = as_("rita").post("/v1/chat/completions", json=body | {"model": "ragbox:-"}).json()
    assert "adapter" not in plain["choices"][0]["message"]
    for name in ("ragbox:", "ragbox:/hr", "ragbox:rich/", "ragbox:none", "other:rich"):
        assert failure_of(admin.post("/v1/chat/completions", json=body | {"model": name})) == 404


def failure_of(reply: Any) -> int:
    return int(reply.status_code)


@pytest.mark.parametrize(
    ("name", "content", "status"),
    [("x.zip", b"no zip", 422), ("x.bin", b"x", 400), ("x.zip", b"", 422)],
)
def test_what_is_no_adapter_is_refused_and_recorded(admin: TestClient, name: str, content: bytes, status: int) -> None:
    reply = admin.post("/api/adapters/upload", files={"file": (name, content)})
    assert reply.status_code == status, reply.text
    assert admin.get("/api/adapters").json()["adapters"] == []
    assert acts(admin) == ([("add", "failed")] if status == 422 else [])
    assert failure(admin.post("/api/adapters", json={"source": "relative"})) == (400, "BadInput")
    assert failure(admin.post("/api/adapters", json={"source": "/nothing/here"})) == (404, "NotFound")


def test_a_question_file_that_is_none_leaves_the_old_one(admin: TestClient) -> None:
    admin.post("/api/adapters/questions", json={"lines": LINES})
    assert failure(admin.post("/api/adapters/questions", json={"lines": "{}"})) == (400, "BadInput")
    assert admin.get("/api/adapters").json()["questions"] == 2
    assert admin.post("/api/adapters/questions", json={"lines": ""}).json() == {"questions": 0}
