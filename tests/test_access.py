"""Groups, grants with levels, and documents that are hidden: what follows from them, and what they never let slip."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from ragbox.access import HiddenFrom
from ragbox.box import Box
from ragbox.db import Database
from ragbox.errors import BadInput, Conflict, NotFound, NotPermitted
from ragbox.schema import MIGRATIONS
from ragbox.types import Actor
from ragbox.users import read_actor
from tests.doors import HANDBOOK, failure, upload

As = Callable[[str], TestClient]
LEAVE = "How many days of annual leave do staff get?"


@pytest.fixture
def handbook(box: Box, as_: As) -> str:
    """The document in hr, of which rita reads and edda writes."""
    assert as_
    return next(d.id for d in box.library.documents() if d.collection == "hr")


def hide(box: Box, document: str, *users: str, groups: tuple[str, ...] = ()) -> None:
    box.access.hide(box.auth.local(), document, users=users, groups=groups)


# -- groups and grants -------------------------------------------------------------------------------------


def test_what_is_granted_to_a_group_its_members_have_as_long_as_they_are_in_it(box: Box, as_: As, admin: Actor) -> None:
    assert as_
    box.access.create_group(admin, "staff", ["rita", "edda"])
    box.access.grant(admin, "legal", "manage", group="staff")
    assert box.auth.user("rita").collections == ("hr", "legal")
    assert box.auth.user("edda").managed == ("legal",)
    assert not box.auth.decide(box.auth.user("rita"), "write", "legal").allowed  # the role bounds it
    assert box.auth.decide(box.auth.user("edda"), "manage", "legal").allowed
    box.access.change_group(admin, "staff", members=["edda"])
    assert box.auth.user("rita").collections == ("hr",)
    box.access.change_group(admin, "staff", new_name="office")
    (office,) = box.access.groups(admin)
    assert (office.name, office.members, office.grants) == ("office", ("edda",), {"legal": "manage"})
    box.access.remove_group(admin, "office")
    assert box.auth.user("edda").managed == ()


def test_the_higher_of_two_grants_counts_and_an_empty_level_takes_one_away(box: Box, as_: As, admin: Actor) -> None:
    assert as_
    box.access.create_group(admin, "staff", ["edda"])
    box.access.grant(admin, "hr", "read", group="staff")
    assert box.auth.user("edda").writable == ("hr",)
    box.access.grant(admin, "hr", "", user="edda")
    assert (box.auth.user("edda").collections, box.auth.user("edda").writable) == (("hr",), ())


def test_with_another_role_what_was_granted_as_the_old_one_is_granted_follows(box: Box, as_: As, admin: Actor) -> None:
    assert as_
    box.access.grant(admin, "legal", "manage", user="rita")
    promoted = box.accounts.change("rita", role="editor")
    assert promoted.grants == {"hr": "write", "legal": "manage"}
    assert box.accounts.change("rita", role="reader", collections=["hr"]).grants == {"hr": "read"}


def test_wrong_names_and_levels_are_refused_and_change_nothing(box: Box, as_: As, admin: Actor) -> None:
    assert as_
    access = box.access
    access.create_group(admin, "staff")
    for wrong, error in [
        (lambda: access.create_group(admin, "staff"), Conflict),
        (lambda: access.create_group(admin, "../x"), BadInput),
        (lambda: access.create_group(admin, "more", ["nobody"]), NotFound),
        (lambda: access.change_group(admin, "none", members=[]), NotFound),
        (lambda: access.grant(admin, "hr", "own", user="rita"), BadInput),
        (lambda: access.grant(admin, "hr", "read"), BadInput),
        (lambda: access.grant(admin, "hr", "read", user="rita", group="staff"), BadInput),
        (lambda: access.grant(admin, "hrr", "read", user="rita"), NotFound),
        (lambda: access.grant(admin, "hr", "read", group="none"), NotFound),
        (lambda: access.groups(box.auth.user("edda")), NotPermitted),
        (lambda: access.grant(box.auth.user("edda"), "legal", "read", user="edda"), NotPermitted),
    ]:
        with pytest.raises(error):
            wrong()
    assert [g.name for g in access.groups(admin)] == ["staff"]
    assert box.auth.user("rita").collections == ("hr",)


def test_a_group_from_which_documents_are_hidden_is_not_removed(box: Box, handbook: str, admin: Actor) -> None:
    box.access.create_group(admin, "guests", ["rita"])
    hide(box, handbook, groups=("guests",))
    with pytest.raises(Conflict, match="1 documents are hidden"):
        box.access.remove_group(admin, "guests")
    hide(box, handbook)
    box.access.remove_group(admin, "guests")


def test_grants_of_before_have_the_level_of_their_users_role(tmp_path: Path) -> None:
    at = next(n for n, script in enumerate(MIGRATIONS) if "CREATE TABLE groups" in script)
    old = sqlite3.connect(tmp_path / "ragbox.db")
    for number, script in enumerate(MIGRATIONS[:at], start=1):
        old.executescript(f"{script}; PRAGMA user_version = {number};")
    for name in ("admin", "editor", "reader"):
        old.execute("INSERT INTO users (name, role, created_at) VALUES (?, ?, '')", (name, name))
        old.execute("INSERT INTO grants VALUES (?, 'hr')", (name,))
    old.commit()
    old.close()
    db = Database(tmp_path / "ragbox.db")
    db.load()
    granted = "json_array(json_array(collection, level)) AS granted"
    rows = db.read(f"SELECT user AS name, user AS role, {granted} FROM grants")
    levels = {a.name: (a.collections, a.writable, a.managed) for a in map(read_actor, rows)}
    assert not db.read("SELECT 1 FROM grants WHERE NOT follows")
    db.close()
    assert levels["editor"] == (("hr",), ("hr",), ())
    assert levels["reader"] == (("hr",), (), ())


# -- hidden documents --------------------------------------------------------------------------------------


def test_a_hidden_document_is_not_there_and_nothing_counts_it(box: Box, as_: As, handbook: str) -> None:
    rita = as_("rita")
    hide(box, handbook, "rita")
    none = rita.get(f"/api/documents/{'f' * 24}").text
    for path in ("", "/original", "/passages", "/pages/1"):
        reply = rita.get(f"/api/documents/{handbook}{path}")
        assert (reply.status_code, reply.text.replace(handbook, "f" * 24)) == (404, none)
    listed = rita.get("/api/documents").json()
    assert (listed["documents"], listed["total"], listed["kinds"]) == ([], 0, [])
    assert rita.get("/api/collections").json()["collections"][0]["documents"] == 0
    home = rita.get("/api/home").json()
    assert (home["documents"], home["starters"]) == (0, [])
    assert rita.post("/api/search", json={"question": LEAVE}).json() == {"hits": []}
    told = rita.post("/api/ask", json={"question": LEAVE}).json()
    assert told["refused"]
    assert "30 days" not in str(told)
    assert box.retriever.passages(box.auth.user("rita"), None) == 0
    assert as_("edda").get(f"/api/documents/{handbook}").status_code == 200


def test_hidden_passages_leave_their_places_to_others(box: Box, as_: As, tmp_path: Path) -> None:
    assert as_
    for n in range(30):
        path = tmp_path / f"{n}.txt"
        path.write_text(f"The valve of pump {n} opens at {n} bar, valve valve valve.")
        found = box.pipeline.ingest(box.auth.local(), path, file=path.name, collection="hr").document
        if n < 20:
            hide(box, found, "rita")
    hits = box.retriever.search(box.auth.user("rita"), "At which pressure does the valve open?", k=10)
    assert {h.document.file for h in hits} >= {f"{n}.txt" for n in range(20, 29)}
    assert len(hits) == 10
    assert not {h.document.file for h in hits} & {f"{n}.txt" for n in range(20)}


def test_an_answer_kept_for_others_is_not_given_to_one_who_may_not_see_its_document(
    box: Box, as_: As, handbook: str
) -> None:
    ask = {"question": LEAVE}
    assert "30 days" in as_("edda").post("/api/ask", json=ask).text
    assert as_("edda").post("/api/ask", json=ask).json()["cached"]
    hide(box, handbook, "rita")
    assert "30 days" not in as_("rita").post("/api/ask", json=ask).text
    hide(box, handbook)
    assert "30 days" in as_("rita").post("/api/ask", json=ask).text
    hide(box, handbook, "rita")
    assert "30 days" not in as_("rita").post("/api/ask", json=ask).text


def test_of_a_hidden_document_history_and_search_in_it_show_nothing(box: Box, as_: As, handbook: str) -> None:
    rita = as_("rita")
    told = rita.post("/api/ask", json={"question": LEAVE, "conversation": "new"}).json()
    talk = f"/api/conversations/{told['conversation']}"
    hide(box, handbook, "rita")
    for path in (talk, f"{talk}/export", "/api/conversations?search=30+days"):
        shown = rita.get(path).text
        assert "30 days" not in shown
        assert "handbook" not in shown
        assert handbook not in shown
    assert rita.get("/api/conversations?search=30+days").json()["conversations"] == []
    page = {"thumb": "down", "file": "handbook.txt", "page": 1}
    assert failure(rita.post(f"/api/turns/{told['turn']}/feedback", json=page)) == (404, "NotFound")
    hide(box, handbook)
    assert "30 days" in rita.get(talk).text


def test_a_new_version_of_a_hidden_file_is_hidden_too(box: Box, as_: As, handbook: str, tmp_path: Path) -> None:
    hide(box, handbook, "rita")
    path = tmp_path / "handbook.txt"
    path.write_bytes(HANDBOOK.replace(b"30", b"31"))
    made = box.pipeline.ingest(box.auth.local(), path, file="handbook.txt", collection="hr")
    assert made.document != handbook
    assert as_("rita").get(f"/api/documents/{made.document}").status_code == 404
    moved = box.shelf.move(box.auth.local(), [made.document], "legal")[made.document]
    assert box.access.hidden_from(box.auth.local(), moved) == HiddenFrom(users=("rita",))


def test_nobody_puts_a_file_in_the_place_of_one_that_is_hidden_from_them(box: Box, as_: As, handbook: str) -> None:
    hide(box, handbook, "edda")
    edda = as_("edda")
    for name, text in [("handbook.txt", b"Other words."), ("copy.txt", HANDBOOK)]:
        (result,) = upload(edda, "hr", [(name, text)]).json()["results"]
        assert (result["status"], result["document"]) == ("rejected", "")
        assert "cannot be taken in here" in result["reason"]
    told = [job["reason"] for job in edda.get("/api/jobs").json()["jobs"]]
    assert [("cannot be taken in here" in reason) for reason in told] == [True, True]
    assert box.library.document(handbook).files == ("handbook.txt",)
    (result,) = upload(edda, "hr", [("notes.txt", b"Other words.")]).json()["results"]
    assert result["status"] == "indexed"


def test_jobs_of_hidden_documents_are_nobodys_who_may_not_see_them(box: Box, as_: As, handbook: str) -> None:
    (job,) = as_("admin").post("/api/documents/reindex", json={"documents": [handbook]}).json()["jobs"]
    hide(box, handbook, "edda")
    found = as_("edda").get("/api/jobs").json()
    assert (found["jobs"], sum(found["counts"].values())) == ([], 0)
    assert failure(as_("edda").delete(f"/api/jobs/{job['id']}")) == (404, "NotFound")


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("DELETE", "/api/documents/{id}", None),
        ("PATCH", "/api/documents/{id}", {"company": "C"}),
        ("POST", "/api/documents/remove", {"documents": ["{id}"]}),
        ("POST", "/api/documents/move", {"documents": ["{id}"], "collection": "hr"}),
        ("POST", "/api/documents/reindex", {"documents": ["{id}"]}),
        ("PUT", "/api/documents/{id}/hidden", {"users": []}),
    ],
)
def test_who_may_write_changes_nothing_that_is_hidden_from_them(
    box: Box, as_: As, handbook: str, method: str, path: str, body: Any
) -> None:
    box.access.grant(box.auth.local(), "hr", "manage", user="edda")
    hide(box, handbook, "edda")
    sent = None if body is None else {k: [handbook] if v == ["{id}"] else v for k, v in body.items()}
    reply = as_("edda").request(method, path.format(id=handbook), json=sent)
    assert failure(reply) == (404, "NotFound")
    assert box.library.document(handbook)


def test_who_manages_a_collection_renames_hides_and_sets_its_policy_and_no_others(
    box: Box, as_: As, handbook: str
) -> None:
    box.access.grant(box.auth.local(), "hr", "manage", user="edda")
    edda, ids = as_("edda"), {c.name: c.id for c in box.library.collections()}
    assert edda.put(f"/api/documents/{handbook}/hidden", json={"users": ["rita"]}).json()["users"] == ["rita"]
    assert edda.get(f"/api/documents/{handbook}/hidden").json() == {"users": ["rita"], "groups": []}
    policy = "/api/admin/privacy/collections/"
    assert edda.put(f"{policy}{ids['hr']}", json={"style": "mask"}).status_code == 200
    refused = edda.put(f"{policy}{ids['legal']}", json={"style": "off"})
    missing = edda.put(f"{policy}none", json={"style": "off"})
    assert (refused.status_code, refused.text.replace(ids["legal"], "none")) == (404, missing.text)
    assert edda.patch("/api/collections/hr", json={"name": "people"}).status_code == 200
    assert box.auth.user("edda").managed == ("people",)
    assert failure(edda.delete("/api/collections/legal")) == (404, "NotFound")
    assert edda.delete("/api/collections/people").status_code == 200


def test_an_auditor_looks_at_the_box_and_at_no_document(box: Box, as_: As) -> None:
    box.auth.create_user("ada", "auditor", [])
    ada = as_("ada")
    for path in ("health", "activity", "settings"):
        assert ada.get(f"/api/admin/{path}").status_code == 200
    health = ada.get("/api/admin/health").json()
    assert (health["mirrors"], health["reading"]) == ([], [])
    assert ada.get("/api/documents").json()["total"] == 0
    assert ada.get("/api/home").json()["audit"]
    for path in ("users", "tokens", "privacy", "groups"):
        assert failure(ada.get(f"/api/admin/{path}")) == (403, "NotPermitted")


# -- doors that peers forgot -------------------------------------------------------------------------------


@pytest.mark.parametrize("trick", ["..%2F..%2Fragbox.db", "%2e%2e", "x%00", "....//ragbox.db", "%252e%252fragbox.db"])
def test_no_path_in_the_place_of_an_id_leads_to_a_file(as_: As, trick: str) -> None:
    admin = as_("admin")
    for path in (f"/api/documents/{trick}/original", f"/api/conversations/{trick}/export", f"/static/{trick}"):
        reply = admin.get(path)
        assert reply.status_code in (404, 405), path
        assert b"SQLite format" not in reply.content


def test_a_collection_of_an_old_name_has_none_of_the_old_ones_grants(box: Box, as_: As) -> None:
    admin = as_("admin")
    box.access.create_group(box.auth.local(), "staff", ["leo"])
    box.access.grant(box.auth.local(), "hr", "read", group="staff")
    assert admin.delete("/api/collections/hr").status_code == 200
    assert admin.post("/api/collections", json={"name": "hr"}).status_code == 201
    for name in ("rita", "edda", "leo"):
        assert "hr" not in box.auth.user(name).collections
