"""Privacy over HTTP and in commands, and what the other routes show under a policy."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from ragbox.box import Box
from ragbox.events import Done, Text
from ragbox.settings import Settings
from ragbox.types import Hit, Quote
from tests.conftest import Run
from tests.doors import furnish, program, upload
from tests.fakes import FakeEncoder, FakeEngine, FakeSandbox
from tests.private import FakeFinder
from web.app import create_app

As = Callable[[str], TestClient]
SECRETS = ("13812345678", "anna", "bo chen")
NAME = "Bo Chen 13812345678.txt"
TEXT = b"# Contact Bo Chen\n\nThe night line of Anna Li is 13812345678, or anna@example.com.\n\n" + b"It is free. " * 60
QUESTION = "What is the night line?"
PRIVACY = "/api/admin/privacy"


@pytest.fixture
def app(box: Box) -> FastAPI:
    furnish(box)
    made = create_app(box, pages=False)
    upload(program(made, box), "hr", [(NAME, TEXT)])
    return made


@pytest.fixture
def as_(app: FastAPI, box: Box) -> As:
    return lambda name: program(app, box, name)


def shelf(box: Box, name: str = "hr") -> str:
    return box.library.collection(name).id


def clean(reply: Any) -> str:
    """Return a reply's text, having looked that no secret is in it."""
    assert reply.status_code < 500, reply.text
    assert not [s for s in SECRETS if s in reply.text.casefold()], reply.text
    return str(reply.text)


def the_document(client: TestClient) -> dict[str, Any]:
    (found,) = [d for d in client.get("/api/documents").json()["documents"] if "contract" not in d["file"]
                and "handbook" not in d["file"]]  # fmt: skip
    return dict(found)


@pytest.mark.parametrize("name", ["rita", "admin"])
def test_nothing_that_is_shown_holds_personal_data(as_: As, name: str) -> None:
    client = as_(name)
    document = the_document(client)
    assert document["file"] == "[PERSON] [PHONE].txt"
    answer = json.loads(clean(client.post("/api/ask", json={"question": QUESTION, "conversation": "new"})))
    assert "[PHONE]" in answer["answer"]
    assert {c["file"] for c in answer["citations"]} == {"[PERSON] [PHONE].txt"}
    stream = clean(client.post("/api/ask", json={"question": QUESTION, "stream": True}))
    assert "[PHONE]" in stream
    assert "[PERSON]" in clean(client.post("/api/search", json={"question": QUESTION}))
    chat = {"model": "ragbox", "messages": [{"role": "user", "content": QUESTION}]}
    assert "[PHONE]" in clean(client.post("/v1/chat/completions", json=chat))
    for path in (
        "/api/documents", f"/api/documents/{document['id']}", f"/api/documents/{document['id']}/passages", "/api/jobs",
        "/api/home?language=en", "/api/conversations", f"/api/conversations/{answer['conversation']}",
        f"/api/conversations/{answer['conversation']}/export", "/api/status", "/api/admin/health",
    ):  # fmt: skip
        clean(client.get(path))
    known = upload(client, "hr", [(NAME, TEXT)])
    if known.status_code == 200:
        assert json.loads(clean(known))["results"][0]["file"] == "[PERSON] [PHONE].txt"


def test_no_starter_is_made_of_personal_data(as_: As) -> None:
    admin = as_("admin")
    shown = upload(admin, "hr", [("lift.txt", b"# Lifts\n\n## Repairs\n\n" + b"Lifts are repaired at night. " * 60)])
    assert shown.status_code == 200
    starters = admin.get("/api/home?language=en").json()["starters"]
    assert any("Repairs" in s for s in starters)
    assert not any("Bo Chen" in s or "PERSON" in s for s in starters)


def test_error_messages_name_files_as_they_are_shown(as_: As) -> None:
    reply = as_("admin").post("/api/turns/x/feedback", json={"thumb": "up", "file": NAME, "page": 1})
    assert reply.status_code == 404
    collection = as_("admin").get("/api/documents?collection=13812345678")
    assert collection.json()["error"]["message"].startswith("There is no collection '[PHONE]'.")
    chat = {"model": "ragbox/13812345678", "messages": [{"role": "user", "content": "?"}]}
    assert "[PHONE]" in clean(as_("admin").post("/v1/chat/completions", json=chat))


def test_a_page_is_judged_right_by_the_name_that_is_shown(as_: As) -> None:
    rita = as_("rita")
    turn = rita.post("/api/ask", json={"question": QUESTION, "conversation": "new"}).json()["turn"]
    given = {"thumb": "down", "file": "[PERSON] [PHONE].txt", "page": 1}
    assert rita.post(f"/api/turns/{turn}/feedback", json=given).status_code == 200
    assert rita.post(f"/api/turns/{turn}/feedback", json=given | {"page": 9}).status_code == 400
    assert rita.post(f"/api/turns/{turn}/feedback", json=given | {"file": "[PHONE].txt"}).status_code == 404
    clean(as_("admin").get("/api/feedback"))


def test_a_policy_counts_from_the_next_question_on_also_for_what_is_kept(as_: As, box: Box) -> None:
    admin, rita = as_("admin"), as_("rita")
    assert admin.put(f"{PRIVACY}/collections/{shelf(box)}", json={"style": "off"}).json()["style"] == "off"
    open_answer = rita.post("/api/ask", json={"question": QUESTION, "conversation": "new"}).json()
    assert "13812345678" in open_answer["answer"]
    path = f"/api/conversations/{open_answer['conversation']}"
    assert "13812345678" in rita.get(path).text
    assert "13812345678" in rita.get(f"/api/documents/{the_document(rita)['id']}/passages").text
    assert admin.put(f"{PRIVACY}/roles/reader", json={"style": "mask"}).status_code == 200
    masked = clean(rita.post("/api/ask", json={"question": QUESTION}))
    assert "*******5678" in masked
    turn = json.loads(clean(rita.get(path)))["turns"][0]
    assert "*******5678" in turn["answer"]
    assert [turn["answer"][c["offset"] :][: len(f"[{c['n']}]")] for c in turn["cited"]] == ["[1]"]
    assert "5678" in turn["citations"][0]["quote"]
    clean(rita.get(f"{path}/export"))
    both = admin.post("/api/ask", json={"question": QUESTION}).json()
    assert "[PHONE]" in both["answer"]  # its passages come from both collections
    assert "13812345678" in both["citations"][0]["quote"]  # and this from the one that is open
    alone = admin.post("/api/ask", json={"question": QUESTION, "collection": "hr"}).json()
    assert "13812345678" in alone["answer"]
    opened = admin.get(PRIVACY).json()["open"]
    assert [(r["name"], r["role"], r["answers"]) for r in opened] == [("hr", "admin", 1), ("hr", "reader", 1)]


def test_an_answer_has_one_pseudonym_for_one_value(as_: As) -> None:
    as_("admin").put(f"{PRIVACY}/roles/reader", json={"style": "pseudonym"})
    answer = json.loads(clean(as_("rita").post("/api/ask", json={"question": QUESTION})))
    assert "The night line of Person B is Phone A" in answer["answer"]
    assert "Phone A" in answer["citations"][0]["quote"]
    assert answer["citations"][0]["file"] == "Person A Phone A.txt"


def test_where_words_were_taken_out_the_page_is_still_found(as_: As) -> None:
    rita = as_("rita")
    for style in ("redact", "mask", "pseudonym"):
        as_("admin").put(f"{PRIVACY}/roles/reader", json={"style": style})
        quote = rita.post("/api/ask", json={"question": QUESTION}).json()["citations"][0]["quote"]
        path = f"/api/documents/{the_document(rita)['id']}/passages"
        assert rita.get(path, params={"near": quote, "page": 9}).json()["page"] == 1, style


def test_only_admins_see_and_set_policies(as_: As, box: Box) -> None:
    for name in ("rita", "edda"):
        client = as_(name)
        for method, path, body in (
            ("GET", "", None), ("PUT", "/roles/reader", {"style": "off"}), ("PUT", "/custom", {}),
            ("PUT", f"/collections/{shelf(box)}", {"style": "off"}), ("POST", "/try", {"text": "x"}),
            ("POST", f"/document/{the_document(client)['id']}", None),
        ):  # fmt: skip
            assert client.request(method, PRIVACY + path, json=body).status_code == 403, path
    assert box.privacy.policies(box.auth.local())["changes"] == []


def test_admins_list_set_and_try(as_: As) -> None:
    admin = as_("admin")
    admin.put(f"{PRIVACY}/roles/reader", json={"style": "mask"})
    own = {"patterns": [{"name": "BADGE", "regex": "B-[0-9]{4}"}], "deny": [], "allow": ["Bo Chen"]}
    tried = admin.post(f"{PRIVACY}/try", json={"text": "B-1234 of Bo Chen", "custom": own}).json()
    assert tried["shown"]["redact"] == "[BADGE] of Bo Chen"
    assert tried["spans"] == [{"start": 0, "end": 6, "entity": "BADGE", "score": 1.0}]
    assert admin.post(f"{PRIVACY}/try", json={"text": "B-1234"}).json()["spans"] == []
    assert admin.put(f"{PRIVACY}/custom", json=own).json()["patterns"][0]["name"] == "BADGE"
    found = admin.get(PRIVACY).json()
    assert (found["default"], found["roles"]) == ("redact", {"reader": "mask"})
    assert [c["name"] for c in found["collections"]] == ["hr", "legal"]
    assert [(c["actor"], c["kind"]) for c in found["changes"]] == [("admin", "custom"), ("admin", "role")]
    for path, body in (("roles/boss", {"style": "off"}), ("custom", {"patterns": [{"name": "B", "regex": "("}]}),
                       ("roles/reader", {"style": "loud"})):  # fmt: skip
        assert admin.put(f"{PRIVACY}/{path}", json=body).status_code == 400
    assert admin.put(f"{PRIVACY}/collections/none", json={"style": "off"}).status_code == 404


def test_a_document_is_shown_side_by_side_as_it_is_only_under_off(as_: As, box: Box) -> None:
    admin = as_("admin")
    path = f"{PRIVACY}/document/{the_document(admin)['id']}"
    first = json.loads(clean(admin.post(path)))["passages"][0]
    assert "[PHONE]" in first["shown"]["redact"]
    assert "text" not in first
    admin.put(f"{PRIVACY}/collections/{shelf(box)}", json={"style": "off"})
    assert "13812345678" in admin.post(path).json()["passages"][0]["text"]
    assert admin.post(f"{PRIVACY}/document/nothing").status_code == 404


def test_commands_show_set_and_try(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ragbox.configured.Analyzer", FakeFinder)
    text, own = tmp_path / "text.txt", tmp_path / "own.json"
    text.write_text("Call Anna Li.", encoding="utf-8")
    own.write_text('{"deny": ["Nightingale"]}', encoding="utf-8")
    run("collections", "--create", "hr")
    assert run("privacy", "role", "reader", "mask")[0] == 0
    assert run("privacy", "collection", "hr", "off")[0] == 0
    assert run("privacy", "collection", "nothing", "off")[0] == 3
    assert run("privacy", "role", "reader", "loud")[0] == 2
    assert "deny: 1" in run("privacy", "custom", str(own))[1]
    shown = run("privacy", "show")[1]
    assert "Role reader: mask" in shown
    assert "Collection hr: off" in shown
    run("privacy", "role", "reader", "none")
    assert json.loads(run("privacy", "show", "--json")[1])["roles"] == {}
    tried = run("privacy", "try", str(text))[1]
    assert "Call [PERSON]." in tried
    assert "Call Person A." in tried
    own.write_text("{", encoding="utf-8")
    assert run("privacy", "custom", str(own))[0] == run("privacy", "try", str(tmp_path / "none"))[0] == 2


def test_questions_reach_neither_a_remote_model_nor_the_history_where_the_settings_say_so(tmp_path: Path) -> None:
    class Told(FakeEngine):
        def __init__(self) -> None:
            self.questions: list[str] = []

        def answer(self, question: str, hits: Sequence[Hit], adapter: str = "") -> Iterator[Text | Quote]:
            self.questions.append(question)
            return super().answer(question, hits, adapter)

    rewriting: list[Any] = []
    for given, told in (("none", "Anna Li"), ("both", "[PERSON]")):
        settings = Settings(
            data=tmp_path / given, redact_questions=given, remote_urls=("http://127.0.0.1:9",), remote_model="m"
        )
        engine = Told()
        made = Box(settings, encoder=FakeEncoder(), sandbox=FakeSandbox(), analyzer=FakeFinder, engine=engine)
        made.open()
        made.load()
        furnish(made)
        rita = made.auth.user("rita")
        made.dialogue._rewrite = lambda *asked: rewriting.append(asked) or ""
        first = [e for e in made.dialogue.ask(rita, "How many days has Anna Li?", "new") if isinstance(e, Done)]
        list(made.dialogue.ask(rita, "And Bo Chen?", first[0].answer.conversation))
        assert engine.questions[0] == f"How many days has {told}?"
        turns = made.conversations.turns(rita, first[0].answer.conversation)
        assert turns[0].question == f"How many days has {told}?"
        assert made.conversations.find(rita)[0].title == f"How many days has {told}?"
        question, history = rewriting[-1]
        assert ("Bo Chen" in question) is (given == "none")
        assert history[0][0] == f"How many days has {told}?"
        made.close()
