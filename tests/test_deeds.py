"""Every route that changes something leaves an entry in the audit trail, and every one that shows a page or file."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Callable
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from ragbox.audit_chain import Entry
from ragbox.audit_trail import Wanted
from ragbox.box import Box
from tests.doors import HANDBOOK, browser, nobody, upload
from tests.test_guard import walk
from web.deeds import DEEDS, LONGEST
from web.guard import COOKIE

As = Callable[[str], TestClient]
SAFE = ("GET", "HEAD", "OPTIONS")
LAST = ("conversation.delete", "document.delete", "document.undo", "collection.delete", "user.remove", "session.close")
"""Deeds that take away what others are done to, in the order in which they are done."""
BODIES: dict[tuple[str, str], dict[str, Any]] = {
    ("POST", "/api/ask"): {"question": "How many days of annual leave?", "conversation": "new"},
    ("POST", "/api/search"): {"question": "annual leave"},
    ("POST", "/v1/chat/completions"): {"model": "ragbox", "messages": [{"role": "user", "content": "annual leave"}]},
    ("PATCH", "/api/conversations/{conversation}"): {"title": "Leave"},
    ("POST", "/api/turns/{turn}/feedback"): {"thumb": "up"},
    ("PATCH", "/api/documents/{document}"): {"title": "Handbook"},
    ("POST", "/api/collections"): {"name": "extra"},
    ("PATCH", "/api/collections/{name}"): {"name": "hr"},
    ("POST", "/api/users"): {"name": "kim"},
    ("PATCH", "/api/admin/users/{name}"): {"role": "editor", "collections": ["hr"]},
    ("PUT", "/api/admin/privacy/roles/{role}"): {"style": "mask"},
    ("PUT", "/api/admin/privacy/collections/{collection}"): {"style": "mask"},
    ("PUT", "/api/admin/privacy/custom"): {"deny": ["Bergen"]},
    ("POST", "/api/glossary"): {"term": "PTO", "names": ["leave"]},
    ("PUT", "/api/glossary/{row}"): {"term": "PTO", "names": ["paid leave"]},
    ("POST", "/api/glossary/import"): {"csv": "capex,capital expenditure"},
}
"""What some routes are sent; the others are sent nothing, or documents, and may refuse it."""


def entries(box: Box, **wanted: str) -> list[Entry]:
    found, _ = box.trail.page(box.auth.local(), Wanted(**wanted), limit=1000)
    return found[::-1]


def test_every_route_that_changes_something_says_what_is_recorded_of_it(app: FastAPI) -> None:
    found = {(m, p) for m, p in walk(app.routes) if m not in SAFE}
    assert found - DEEDS.keys() == set(), "give each a line in web/deeds.py"
    assert {key for key in DEEDS if key[0] not in SAFE} - found == set(), "these routes are gone"


def do(box: Box, app: FastAPI, client: TestClient, route: tuple[str, str], values: dict[str, str]) -> None:
    """Send a request to a route, with what its path asks for."""
    method, path = route
    if DEEDS[route].act.startswith("session."):
        signed_in = browser(app, box)
        signed_in.post(path, data={"token": "none"}, headers={"Sec-Fetch-Site": "same-origin"})
    elif DEEDS[route].act == "document.upload":
        upload(client, "hr", [("new.txt", HANDBOOK)])
    else:
        several = path.rpartition("/")[2] in ("remove", "restore", "move", "reindex")
        sent = {"documents": [values["document"]]} if several else {}
        sent |= {"collection": "hr"} if path.endswith("/move") else {}
        filled = re.sub(r"\{(\w+)\}", lambda m: values[m[1]], path)
        client.request(method, filled, json=BODIES.get(route, sent))


def test_every_deed_leaves_an_entry_with_who_and_to_what(app: FastAPI, box: Box, as_: As) -> None:
    client = as_("admin")
    shelf = box.library.collection("hr")
    document = box.library.documents(shelf.id)[0].id
    asked = client.post("/api/ask", json=BODIES["POST", "/api/ask"]).json()
    token = box.auth.new_token("rita")
    known = {
        "document": document, "page": "1", "conversation": asked["conversation"], "turn": asked["turn"], "name": "hr",
        "collection": shelf.id, "role": "reader", "row": "1", "token": box.accounts.tokens()[0].id, "version": "1",
        "run": "r", "training": "t", "job": "j", "group": "staff",
    }  # fmt: skip
    order = sorted(DEEDS.items(), key=lambda d: LAST.index(d[1].act) if d[1].act in LAST else -1)
    for (method, path), deed in order:
        values = known | ({"name": "leo"} if "/users/" in path else {})
        box.audit.flush()
        before = entries(box)[-1].seq
        do(box, app, client, (method, path), values)
        made = [e for e in entries(box, act=deed.act) if e.seq > before]
        if deed.act == "session.open":
            continue  # below
        assert made, (method, path)
        assert {e.actor for e in made} == {"admin"}, (method, path)
        if deed.how == "with" and (method, path) in BODIES:
            assert not any("failed" in e.detail for e in made), (method, path)
        if f"{{{deed.of}}}" in path:
            assert made[0].object == values[deed.of], (method, path)
    assert token not in str(entries(box))
    assert box.trail.check(box.auth.local()).whole


def test_the_entry_stands_in_the_deeds_own_transaction(box: Box, as_: As) -> None:
    client = as_("admin")
    with box.db.write() as raw:
        raw.execute("CREATE TRIGGER full BEFORE INSERT ON audit BEGIN SELECT RAISE(ABORT, 'disk is full'); END")
    for method, path, body in (
        ("POST", "/api/users", {"name": "kim"}), ("POST", "/api/collections", {"name": "extra"}),
        ("POST", "/api/users/rita/token", {}), ("DELETE", "/api/users/rita", {}),
        ("PUT", "/api/admin/privacy/roles/reader", {"style": "off"}), ("POST", "/api/admin/rebuild", {}),
    ):  # fmt: skip
        reply = client.request(method, path, json=body)
        assert reply.status_code == 503, path
        assert "disk is full" in reply.text, path
    with box.db.write() as raw:
        raw.execute("DROP TRIGGER full")
    assert {u.name for u in box.auth.users()} == {"admin", "rita", "edda", "leo"}
    assert [c.name for c in box.library.collections()] == ["hr", "legal"]
    assert box.privacy.policies(box.auth.local())["roles"] == {}
    assert not box.rebuilder.progress().running


def test_what_is_refused_leaves_an_entry_that_says_so(box: Box, as_: As) -> None:
    legal = box.library.documents(box.library.collection("legal").id)[0].id
    assert as_("rita").delete(f"/api/documents/{legal}").status_code == 404
    assert as_("rita").post("/api/users", json={"name": "kim"}).status_code == 403
    assert [(e.act, e.object, e.detail) for e in entries(box, actor="rita")] == [
        ("document.delete", legal, '{"failed":"NotFound"}'),
        ("user.make", "kim", '{"failed":"NotPermitted"}'),
    ]


def test_a_rejected_file_leaves_one_entry_whatever_it_was_rejected_for(box: Box, as_: As) -> None:
    for name, content in (("../../Anna Li.txt", HANDBOOK), ("REJECT.txt", b"REJECT me")):
        assert upload(as_("admin"), "hr", [(name, content)]).json()["results"][0]["status"] == "rejected"
    found = entries(box, act="document.rejected")
    assert ["Anna Li" in e.detail for e in found] == [False, False]
    assert len(found) == 2


def test_signing_in_and_out_and_failing_to_is_recorded(app: FastAPI, box: Box) -> None:
    guest = nobody(app)
    login = box.auth.new_login("rita")
    assert guest.get("/login", params={"token": login}).status_code == 303
    guest.headers["Sec-Fetch-Site"] = "same-origin"
    assert guest.cookies[COOKIE]
    guest.post("/logout")
    assert guest.get("/login", params={"token": login}).status_code == 401
    guest.cookies.clear()
    for _ in range(3):
        assert guest.get("/api/home", headers={"Authorization": "Bearer guess"}).status_code == 401
    box.audit.refusals.close()
    found = [(e.actor, e.act) for e in entries(box) if e.act.startswith(("session.", "token."))]
    assert found == [
        ("rita", "session.open"), ("rita", "session.close"), ("", "session.refused"), ("", "token.refused"),
        ("", "token.refused"),
    ]  # fmt: skip
    assert entries(box, act="token.refused")[-1].detail == '{"address":"testclient","more":2}'


def test_questions_are_recorded_without_personal_data_with_what_was_shown(box: Box, as_: As) -> None:
    client = as_("rita")
    client.post("/api/ask", json={"question": "How many days of annual leave has Anna Li, 13912345678?"})
    with client.stream(
        "POST", "/api/ask", json={"question": "How many days of annual leave?", "stream": True}
    ) as reply:
        reply.read()
    shown = box.library.documents(box.library.collection("hr").id)[0].id
    first, second = entries(box, act="question.ask")
    assert "[PERSON], [PHONE]" in first.detail
    for e in (first, second):
        assert f'"shown":["{shown}"]' in e.detail
        assert e.actor == "rita"
    assert f'"cited":["{shown}"]' in second.detail
    assert "Anna Li" not in str(entries(box))


def test_the_trail_is_for_admins_and_auditors(box: Box, as_: As) -> None:
    box.auth.create_user("ada", "auditor", [])
    for path in ("/api/admin/audit", "/api/admin/audit/check", "/api/admin/audit/export?form=jsonl"):
        assert as_("ada").get(path).status_code == 200, path
        assert as_("edda").get(path).status_code == 403, path
    assert as_("ada").get("/api/admin/audit", params={"since": "x"}).status_code == 400
    assert as_("ada").get("/api/admin/audit/export", params={"form": "x"}).status_code == 400
    found = as_("ada").get("/api/admin/audit", params={"act": "audit.", "limit": 1}).json()
    assert found["total"] == 3
    assert found["entries"][0]["act"] == "audit.export"
    assert "audit.export" in found["acts"]
    checked = as_("ada").get("/api/admin/audit/check", params={"head": "0" * 63 + "1"}).json()
    assert (checked["whole"], checked["faults"]) == (False, [{"seq": checked["head"]["count"], "fault": "noted"}])


def test_a_page_that_cannot_be_recorded_is_not_shown(box: Box, as_: As, monkeypatch: pytest.MonkeyPatch) -> None:
    document = box.library.documents(box.library.collection("hr").id)[0].id
    client = as_("rita")
    assert client.get(f"/api/documents/{document}/passages").status_code == 200
    monkeypatch.setattr("ragbox.audit.WAITING", 0)
    assert client.get(f"/api/documents/{document}/passages").status_code == 503
    assert client.post("/api/ask", json={"question": "annual leave"}).status_code == 503


def test_the_record_refuses_what_is_no_addition(box: Box) -> None:
    for sql in (
        "UPDATE audit SET actor = 'x'",
        "DELETE FROM audit",
        "INSERT OR REPLACE INTO audit SELECT * FROM audit",
    ):
        with pytest.raises(sqlite3.IntegrityError, match="audit trail"), box.db.write() as raw:
            raw.execute(sql)


@pytest.mark.parametrize("asked", [1, None, ["x"], {"a": 1}, "x" * 5000])
def test_a_question_that_is_none_does_not_stop_the_trail(box: Box, as_: As, asked: object) -> None:
    assert as_("rita").post("/api/adapters/compare", json={"question": asked}).status_code in (403, 422)
    (found,) = entries(box, actor="rita")
    assert '"question":""' in found.detail


@pytest.mark.parametrize("kind", ["application/json", "application/x+json"])
def test_what_is_recorded_is_what_the_route_goes_by_however_it_is_sent(box: Box, as_: As, kind: str) -> None:
    said = json.dumps({"user": "edda", "collection": "hr", "level": "manage"}).encode()
    reply = as_("admin").put(
        "/api/admin/grants?collection=legal&user=rita&level=read", content=iter([said]), headers={"content-type": kind}
    )
    assert reply.status_code == 200
    (found,) = entries(box, act="grant.set")
    assert (found.object, json.loads(found.detail)) == ("hr", {"user": "edda", "level": "manage"})
    document = box.library.documents(box.library.collection("hr").id)[0].id
    as_("rita").get(f"/api/documents/{document}/pages/7", params={"page": "1"})
    assert json.loads(entries(box, act="page.show")[0].detail)["page"] == "7"


def test_no_request_leaves_more_than_one_entry_of_what_it_may_not_do(box: Box, as_: As) -> None:
    client, many = as_("rita"), [f"{n:024}" for n in range(2000)]
    for path in ("reindex", "remove"):
        for documents in (many, many[:1000], [], [["x"]], ["x" * 100_000]):
            assert client.post(f"/api/documents/{path}", json={"documents": documents}).status_code >= 400
    client.post("/api/users", json={"name": "kim", "role": "x" * 60_000, "collections": ["x" * 60_000] * 9})
    found = entries(box, actor="rita")
    assert len(found) <= 5 + 5 + 5 + 1  # of reading anew one before it is known, and one that says it failed
    assert max(len(e.detail) for e in found) < 30_000
    assert max(len(e.object) for e in found) <= LONGEST


def test_a_question_or_upload_that_is_refused_leaves_an_entry(box: Box, as_: As) -> None:
    legal = box.library.documents(box.library.collection("legal").id)[0].id
    for path in ("/api/ask", "/api/search"):
        assert as_("rita").post(path, json={"question": "notice", "document": legal}).status_code == 404
    assert upload(as_("rita"), "hr", [("new.txt", HANDBOOK)]).status_code == 403
    assert [(e.act, e.object, json.loads(e.detail).get("failed")) for e in entries(box, actor="rita")] == [
        ("question.ask", legal, "NotFound"), ("question.search", legal, "NotFound"),
        ("document.upload", "", "NotPermitted"),
    ]  # fmt: skip
