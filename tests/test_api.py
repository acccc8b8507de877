"""The API does what its shapes promise, for whom it may."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from ingest.follow import ACTOR
from ingest.scan import identity
from ragbox import errors
from ragbox.box import Box
from ragbox.mirrors import Entry
from ragbox.types import Status
from tests.doors import CONTRACT, failure, program, upload

LEAVE = "How many days of annual leave do staff get?"
NOTICE = "How many days of notice end the contract?"
As = Callable[[str], TestClient]


# -- questions ---------------------------------------------------------------------------------------------


def test_ask_answers_with_quotes(as_: As) -> None:
    found = as_("rita").post("/api/ask", json={"question": LEAVE, "collection": "hr"}).json()
    assert "30 days" in found["answer"]
    assert found["refused"] is False
    (cited,) = found["citations"]
    assert set(cited) == {"n", "document", "file", "page", "section", "quote", "boxes"}
    assert (cited["n"], cited["file"], cited["page"]) == (1, "handbook.txt", 1)
    assert "Staff get 30 days of annual leave." in cited["quote"]
    assert found["timings"]["total"] >= 0


def test_a_question_stays_within_a_document(as_: As) -> None:
    admin = as_("admin")
    ids = {d["file"]: d["id"] for d in admin.get("/api/documents").json()["documents"]}
    for path in ("/api/ask", "/api/search"):
        asked = {"question": "How many days?", "document": ids["contract.txt"]}
        reply = admin.post(path, json=asked).json()
        assert {part["file"] for part in reply.get("citations") or reply["hits"]} == {"contract.txt"}
        assert failure(as_("rita").post(path, json=asked)) == (404, "NotFound")
    kept = {"question": "How many days?", "document": ids["contract.txt"], "conversation": "new"}
    assert admin.post("/api/ask", json=kept).json()["citations"][0]["file"] == "contract.txt"


def test_ask_streams_the_same_answer_as_events_in_order(as_: As) -> None:
    rita = as_("rita")
    whole = rita.post("/api/ask", json={"question": LEAVE}).json()
    reply = rita.post("/api/ask", json={"question": LEAVE, "stream": True})
    assert reply.headers["content-type"].startswith("text/event-stream")
    events = [json.loads(line[6:]) for line in reply.text.splitlines() if line.startswith("data: ")]
    names = [e["event"] for e in events]
    assert names == [line[7:] for line in reply.text.splitlines() if line.startswith("event: ")]
    assert names[0] == "stage"
    assert names[-1] == "done"
    assert {"stage", "hits", "text", "citation", "byline", "timing", "done"} == set(names)
    assert [e["name"] for e in events if e["event"] == "stage"] == ["search", "read", "write"]
    assert events[-2] == {"event": "timing", "timings": events[-1]["timings"]}
    (mark,) = [e for e in events if "cites" in e]
    (cited,) = events[-1]["cited"]
    assert events[-1]["answer"][cited["offset"] :] == mark["text"].strip() == f"[{cited['n']}]" == "[1]"
    assert "".join(e["text"] for e in events if e["event"] == "text") == events[-1]["answer"] == whole["answer"]
    assert events[-1]["citations"] == whole["citations"]


def test_search_ranks_passages(as_: As) -> None:
    hits = as_("admin").post("/api/search", json={"question": NOTICE, "k": 2}).json()["hits"]
    assert [h["rank"] for h in hits] == [1, 2]
    assert {"rank", "score", "document", "file", "page", "section", "text"} <= set(hits[0])
    assert hits[0]["file"] == "contract.txt"


@pytest.mark.parametrize("path", ["/api/ask", "/api/search"])
def test_questions_reach_only_granted_collections(as_: As, path: str) -> None:
    leo, rita = as_("leo"), as_("rita")
    assert "90 days" in leo.post(path, json={"question": NOTICE}).text
    assert "90 days" not in rita.post(path, json={"question": NOTICE}).text
    hidden = rita.post(path, json={"question": NOTICE, "collection": "legal"})
    missing = rita.post(path, json={"question": NOTICE, "collection": "nowhere"})
    assert failure(hidden) == failure(missing) == (404, "NotFound")
    assert hidden.text.replace("legal", "nowhere") == missing.text
    streamed = rita.post("/api/ask", json={"question": NOTICE, "collection": "legal", "stream": True})
    assert failure(streamed) == (404, "NotFound")


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/api/ask", {}),
        ("/api/ask", {"question": ""}),
        ("/api/ask", {"question": " \n"}),
        ("/api/ask", {"question": ["x"]}),
        ("/api/ask", {"question": "x" * 4001}),
        ("/api/ask", {"question": "x", "unknown": 1}),
        ("/api/search", {"question": "x", "k": 0}),
        ("/api/search", {"question": "x", "k": 101}),
        ("/api/search", "x"),
    ],
)
def test_a_wrong_question_is_refused_with_a_reason(as_: As, path: str, body: Any) -> None:
    assert failure(as_("rita").post(path, json=body)) == (400, "BadInput")
    if path == "/api/ask" and isinstance(body, dict):
        assert failure(as_("rita").post(path, json=body | {"stream": True})) == (400, "BadInput")


def test_a_body_that_is_no_json_or_too_large_is_refused(as_: As) -> None:
    rita = as_("rita")
    headers = {"Content-Type": "application/json"}
    assert failure(rita.post("/api/ask", content=b"{", headers=headers)) == (400, "BadInput")
    large = b'{"question": "' + b"x" * (1 << 20) + b'"}'
    assert rita.post("/api/ask", content=large, headers=headers).status_code == 413
    assert rita.post("/api/ask", content=iter([large]), headers=headers).status_code == 413


def test_a_box_without_documents_says_how_to_add_them(as_: As) -> None:
    admin = as_("admin")
    admin.post("/api/collections", json={"name": "new"})
    for question, part in ((LEAVE, "Documents page"), ("年假有几天？", "“文档”页面")):
        found = admin.post("/api/ask", json={"question": question, "collection": "new"}).json()
        assert (found["refused"], found["citations"]) == (True, [])
        assert part in found["answer"]


# -- documents ---------------------------------------------------------------------------------------------


def test_documents_are_listed_newest_first_in_pages_and_only_those_granted(as_: As) -> None:
    edda, rita = as_("edda"), as_("rita")
    for n in range(3):
        upload(edda, "hr", [(f"memo {n}.txt", f"Memo number {n} about boats.".encode())])

    def names(client: TestClient, query: str = "") -> list[str]:
        return [d["file"] for d in client.get(f"/api/documents?{query}").json()["documents"]]

    assert names(rita) == ["memo 2.txt", "memo 1.txt", "memo 0.txt", "handbook.txt"]
    assert names(rita, "limit=2&offset=1") == ["memo 1.txt", "memo 0.txt"]
    assert names(rita, "search=MEMO&collection=hr") == ["memo 2.txt", "memo 1.txt", "memo 0.txt"]
    assert names(rita, "search=%25") == []
    assert names(as_("leo")) == ["contract.txt"]
    assert len(names(as_("admin"))) == 5
    assert failure(rita.get("/api/documents?collection=legal")) == (404, "NotFound")
    assert failure(rita.get("/api/documents?limit=0")) == (400, "BadInput")


def test_a_document_is_seen_and_deleted_only_by_those_who_may(as_: As, box: Box) -> None:
    contract = as_("leo").get("/api/documents").json()["documents"][0]
    path = f"/api/documents/{contract['id']}"
    assert as_("leo").get(path).json() == contract
    hidden, missing = as_("rita").get(path), as_("rita").get("/api/documents/none")
    assert failure(hidden) == failure(missing) == (404, "NotFound")
    assert hidden.text.replace(contract["id"], "none") == missing.text
    assert as_("rita").delete(path).text == hidden.text
    assert failure(as_("leo").delete(path)) == (403, "NotPermitted")
    assert as_("admin").delete(path).json() == {"removed": contract["id"]}
    assert as_("leo").get("/api/documents").json() == {"documents": [], "total": 0, "kinds": []}
    assert as_("leo").post("/api/search", json={"question": NOTICE}).json() == {"hits": []}
    assert CONTRACT not in [p.read_bytes() for p in (box.settings.data / "originals").rglob("*") if p.is_file()]


# -- collections, box, users -------------------------------------------------------------------------------


def test_collections_are_listed_with_counts_made_and_dropped(as_: As) -> None:
    admin = as_("admin")
    listed = admin.get("/api/collections").json()["collections"]
    assert [(c["name"], c["documents"]) for c in listed] == [("hr", 1), ("legal", 1)]
    assert [c["name"] for c in as_("rita").get("/api/collections").json()["collections"]] == ["hr"]
    assert admin.post("/api/collections", json={"name": "合同 2026"}).status_code == 201
    assert failure(admin.post("/api/collections", json={"name": "hr"})) == (409, "Conflict")
    assert failure(admin.post("/api/collections", json={"name": "../x"})) == (400, "BadInput")
    assert failure(as_("edda").post("/api/collections", json={"name": "new"})) == (403, "NotPermitted")
    assert failure(as_("edda").delete("/api/collections/hr")) == (403, "NotPermitted")
    assert failure(as_("edda").delete("/api/collections/legal")) == (404, "NotFound")
    assert admin.delete("/api/collections/legal").json() == {"removed": "legal"}
    assert as_("leo").get("/api/collections").json() == {"collections": []}


def test_the_status_names_only_what_may_be_read(as_: As) -> None:
    assert as_("admin").get("/api/status").json()["collections"] == ["hr", "legal"]
    assert as_("rita").get("/api/status").json() == {"ready": True, "collections": ["hr"]}


def test_the_status_shows_an_alarm_of_the_mirror_until_an_admin_confirms(as_: As, box: Box) -> None:
    inbox = box.settings.data / "inbox" / "hr"
    inbox.mkdir(parents=True)
    for name in ("a.txt", "b.txt"):
        (inbox / name).write_text(f"The key {name} opens the door.")
        result = box.pipeline.ingest(ACTOR, inbox / name, file=name, collection="hr")
        assert result.status is Status.INDEXED
    mirror = box.mirrors.bind("inbox/hr", "hr", box.library.collection("hr").id, identity(inbox))
    box.mirrors.saw(mirror.id, [Entry(file=n, stamp=(1, 1, 1), sha256=n) for n in ("a.txt", "b.txt")])
    shutil.rmtree(inbox)
    box.follower.look()
    (shown,) = as_("admin").get("/api/status").json()["mirrors"]
    assert set(shown) == {"folder", "collection", "files", "waiting", "taking", "refused", "reasons", "alarm"}
    assert (shown["folder"], shown["files"], shown["alarm"]["kind"]) == ("inbox/hr", 2, "vanished")
    confirm = {"folder": "inbox/hr"}
    assert as_("admin").post("/api/mirrors/confirm", json=confirm).json() == {"removed": 2}
    assert as_("admin").get("/api/status").json()["mirrors"] == []
    assert [d.file for d in box.library.documents(box.library.collection("hr").id)] == ["handbook.txt"]
    assert failure(as_("admin").post("/api/mirrors/confirm", json=confirm)) == (404, "NotFound")


def test_a_rebuild_leaves_the_answers_as_they_were(as_: As) -> None:
    before = as_("rita").post("/api/search", json={"question": LEAVE}).json()
    assert as_("admin").post("/api/rebuild", json={}).json() == {"documents": 2}
    assert as_("rita").post("/api/search", json={"question": LEAVE}).json() == before


@pytest.mark.parametrize("name", ["edda", "rita"])
@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/api/rebuild", {}),
        ("GET", "/api/doctor", None),
        ("POST", "/api/mirrors/confirm", {"folder": "inbox/hr"}),
    ],
)
def test_the_box_is_managed_by_an_admin_only(as_: As, name: str, method: str, path: str, body: Any) -> None:
    assert failure(as_(name).request(method, path, json=body)) == (403, "NotPermitted")


# -- errors and states -------------------------------------------------------------------------------------


def test_until_it_is_ready_the_box_says_so_and_still_lists(as_: As, box: Box) -> None:
    box.ready = False
    rita = as_("rita")
    assert rita.get("/readyz").status_code == 503
    assert failure(rita.post("/api/ask", json={"question": LEAVE})) == (503, "Unavailable")
    assert len(rita.get("/api/documents").json()["documents"]) == 1
    box.ready = True
    assert rita.get("/readyz").status_code == 200


def test_every_class_of_error_has_its_status_and_name(as_: As, box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    for kind in vars(errors).values():
        if isinstance(kind, type) and issubclass(kind, errors.RagboxError):

            def fail(*_: Any, kind: type[Exception] = kind, **__: Any) -> Any:
                raise kind("the object, the cause, the remedy")

            monkeypatch.setattr(box.answers, "search", fail)
            reply = as_("rita").post("/api/search", json={"question": "x"})
            assert failure(reply) == (kind.http_status, kind.__name__)


def test_what_has_no_name_keeps_its_insides_to_the_log(
    app: FastAPI, box: Box, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: Any, **__: Any) -> Any:
        raise ValueError("the secret path")

    monkeypatch.setattr(box.answers, "search", fail)
    client = program(app, box, "rita", raise_server_exceptions=False)
    reply = client.post("/api/search", json={"question": "x"})
    assert failure(reply) == (500, "RagboxError")
    assert "secret" not in reply.text
    assert "the secret path" in caplog.text


def test_unknown_routes_and_methods_have_the_same_shape(as_: As) -> None:
    assert failure(as_("rita").get("/api/nothing")) == (404, "NotFound")
    assert failure(as_("rita").put("/api/ask"))[0] == 405


def test_the_docs_name_every_route_and_load_nothing(as_: As) -> None:
    page = as_("rita").get("/docs").text
    paths = as_("rita").get("/openapi.json").json()["paths"]
    assert len(paths) > 10
    assert all(path in page for path in paths)
    assert "//" not in page.replace("<!doctype", "")
    assert "<script" not in page
