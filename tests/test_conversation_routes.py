"""Conversations over HTTP: asked in, listed, renamed, exported, judged, deleted, by their owner alone."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import unquote

import pytest
from starlette.testclient import TestClient

from ragbox.box import Box
from ragbox.turns import Conversation, Feedback, Turn
from ragbox.types import Answer, Citation, Unsupported
from tests.doors import failure
from web.conversations import markdown

LEAVE = "How many days of annual leave do staff get?"
As = Callable[[str], TestClient]


def ask(client: TestClient, question: str, conversation: str = "new") -> Any:
    return client.post("/api/ask", json={"question": question, "conversation": conversation}).json()


def test_a_conversation_from_its_first_question_to_its_end(as_: As) -> None:
    rita = as_("rita")
    first = ask(rita, LEAVE)
    second = ask(rita, "And sick leave?", first["conversation"])
    assert "asked" not in first
    assert second["asked"] == "How many days of sick leave do staff get?"
    path = f"/api/conversations/{first['conversation']}"
    (listed,) = rita.get("/api/conversations").json()["conversations"]
    assert set(listed) == {"id", "title", "created_at", "changed_at", "questions"}
    assert (listed["title"], listed["questions"]) == (LEAVE, 2)
    whole = rita.get(path).json()
    turns = whole.pop("turns")
    assert whole == listed
    assert [t["question"] for t in turns] == [LEAVE, "And sick leave?"]
    for turn, told in zip(turns, (first, second), strict=True):
        assert {name: turn[name] for name in told} == told
        assert (turn["collection"], turn["stopped"]) == (None, False)
    assert rita.patch(path, json={"title": "Days off"}).json()["title"] == "Days off"
    assert rita.get("/api/conversations?search=days off").json()["conversations"][0]["id"] == listed["id"]
    assert rita.get("/api/conversations?search=nothing").json() == {"conversations": []}
    assert rita.delete(path).json() == {"removed": listed["id"]}
    assert failure(rita.get(path)) == (404, "NotFound")


def test_the_stream_says_first_where_the_answer_is_kept(as_: As) -> None:
    rita = as_("rita")
    first = ask(rita, LEAVE)["conversation"]
    body = {"question": "And sick leave?", "conversation": first, "stream": True}
    reply = rita.post("/api/ask", json=body).text
    events = [json.loads(line[6:]) for line in reply.splitlines() if line.startswith("data: ")]
    stage, done = events[0], events[-1]
    assert (stage["event"], stage["name"], done["event"]) == ("stage", "search", "done")
    for event in (stage, done):
        assert event["conversation"] == first
        assert event["asked"] == "How many days of sick leave do staff get?"
        assert event["turn"] == done["turn"]
    assert all("turn" not in e for e in events[1:-1])


def test_without_a_conversation_nothing_is_kept(as_: As) -> None:
    rita = as_("rita")
    told = rita.post("/api/ask", json={"question": LEAVE}).json()
    assert not {"conversation", "turn", "asked"} & set(told)
    assert rita.get("/api/conversations").json() == {"conversations": []}


@pytest.mark.parametrize("name", ["edda", "admin"])
def test_to_others_it_does_not_exist(as_: As, name: str) -> None:
    hers, other = ask(as_("rita"), LEAVE), as_(name)
    for known, unknown in ((hers["conversation"], "none"), (hers["turn"], "none")):
        for method, path, body in (
            ("GET", "/api/conversations/{}", None),
            ("PATCH", "/api/conversations/{}", {"title": "x"}),
            ("DELETE", "/api/conversations/{}", None),
            ("GET", "/api/conversations/{}/export", None),
            ("POST", "/api/turns/{}/feedback", {"thumb": "up"}),
        ):
            hidden, missing = (other.request(method, path.format(i), json=body) for i in (known, unknown))
            assert failure(hidden) == failure(missing) == (404, "NotFound")
            assert hidden.text.replace(known, unknown) == missing.text
    body = {"question": LEAVE, "conversation": hers["conversation"]}
    assert failure(other.post("/api/ask", json=body)) == (404, "NotFound")
    assert failure(other.post("/api/ask", json=body | {"stream": True})) == (404, "NotFound")


def test_feedback_is_kept_with_the_answer(as_: As, box: Box) -> None:
    rita = as_("rita")
    told = ask(rita, LEAVE)
    path = f"/api/turns/{told['turn']}/feedback"
    given = {"thumb": "down", "file": "handbook.txt", "page": 1}
    assert rita.post(path, json=given).json() == given
    (turn,) = rita.get(f"/api/conversations/{told['conversation']}").json()["turns"]
    assert turn["feedback"] == given
    assert as_("admin").get("/api/feedback").json() == {"questions": box.conversations.questions()}
    assert len(box.conversations.questions()) == 1
    assert failure(rita.get("/api/feedback")) == failure(as_("edda").get("/api/feedback")) == (403, "NotPermitted")
    for wrong in ({"thumb": "maybe"}, {"file": "handbook.txt"}, {"file": "handbook.txt", "page": 9}, {"stars": 5}):
        assert failure(rita.post(path, json=wrong)) == (400, "BadInput")
    assert failure(rita.post(path, json={"file": "contract.txt", "page": 1})) == (404, "NotFound")


def test_a_deleted_document_is_marked_as_gone(as_: As) -> None:
    rita = as_("rita")
    told = ask(rita, LEAVE)
    as_("admin").delete(f"/api/documents/{told['citations'][0]['document']}")
    reply = rita.get(f"/api/conversations/{told['conversation']}")
    (cited,) = reply.json()["turns"][0]["citations"]
    assert (cited["gone"], cited["quote"], cited["boxes"]) == (True, "", [])
    assert "30 days" not in reply.text
    exported = rita.get(f"/api/conversations/{told['conversation']}/export").text
    assert "- [1] …, p. 1 (no longer available)" in exported
    assert "30 days" not in exported


def test_an_export_has_questions_answers_and_what_the_numbers_stand_for(as_: As) -> None:
    rita = as_("rita")
    told = ask(rita, "年假 annual leave days?")
    reply = rita.get(f"/api/conversations/{told['conversation']}/export")
    assert reply.headers["content-type"] == "text/markdown; charset=utf-8"
    disposition = reply.headers["content-disposition"]
    assert disposition.startswith("attachment;")
    assert unquote(disposition.rpartition("''")[2]) == "年假 annual leave days?.md"
    lines = reply.text.splitlines()
    assert lines[0] == "# 年假 annual leave days?"
    assert lines[2] == "## 年假 annual leave days?"
    assert "Staff get 30 days of annual leave. [1]" in lines
    assert "- [1] handbook.txt, p. 1: “Staff get 30 days of annual leave.”" in lines


def test_an_export_tells_what_no_passage_supports() -> None:
    now, doubt = datetime(2026, 1, 2, 3, 4, tzinfo=UTC), Unsupported(start=5, end=9)
    answer = Answer(text="One. Two.", refused=False, citations=(), hits=(), timings={}, unsupported=(doubt,))
    turn = Turn(id="t", question="q", collection="", asked_at=now, answer=answer, stopped=False, feedback=Feedback())
    text = markdown(Conversation(id="c", title="t", created_at=now, changed_at=now, questions=1), [turn])
    assert "One. Two.\n\nNo passage supports:\n\n- “Two.”" in text


def test_what_was_typed_or_quoted_does_nothing_in_an_export() -> None:
    now = datetime(2026, 1, 2, 3, 4, tzinfo=UTC)
    evil = "<img src=x onerror=alert(1)> [a](javascript:x) ![b](http://c) # *d* `e`"
    cited = Citation(n=1, document="d", file="a_b|c.txt", page=2, section="", quote=f"line\n{evil}")
    answer = Answer(text=evil, refused=False, citations=(cited,), hits=(), timings={})
    turn = Turn(id="t", question=evil, collection="", asked_at=now, answer=answer, stopped=False, feedback=Feedback())
    text = markdown(Conversation(id="c", title=evil, created_at=now, changed_at=now, questions=1), [turn])
    from markdown_it import MarkdownIt

    page = MarkdownIt("commonmark").render(text)
    assert "<img" not in page
    assert "<a " not in page
    assert page.count("<h1>") == page.count("<h2>") == 1
    assert "*d*" in page
    assert "a_b|c.txt, p. 2" in page
    assert "2026-01-02 03:04 UTC" in page


@pytest.mark.parametrize("query", ["limit=0", "limit=1001", "offset=-1", f"search={'x' * 1001}"])
def test_wrong_pages_are_refused(as_: As, query: str) -> None:
    assert failure(as_("rita").get(f"/api/conversations?{query}")) == (400, "BadInput")
