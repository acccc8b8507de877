"""The glossary of a box: whose it is, what it refuses, and that questions find by it what they find by nothing else."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from ragbox import glossary as module
from ragbox.box import Box
from ragbox.errors import BadInput, Conflict, NotFound, NotPermitted
from ragbox.types import Actor
from tests import make
from tests.conftest import Run
from tests.doors import failure

As = Callable[[str], TestClient]
EN = "# Leave\n\nEvery employee has twenty-five days of paid time off each year."
ZH = "# 薪酬\n\n年终奖为两个月工资。"
FILLER = "\n\n".join(f"Trains of line {n} are booked by the office in Bergen." for n in range(9))


@pytest.fixture
def shelf(box: Box, tmp_path: Path) -> Box:
    make.drop(box, tmp_path, {"leave.txt": EN, "pay.txt": ZH, "trains.txt": FILLER})
    return box


def asked(box: Box, actor: Actor, question: str) -> list[str]:
    """Return the files that an answer quotes."""
    (done,) = [e for e in box.answers.ask(actor, question) if hasattr(e, "answer")]
    return [c.file for c in done.answer.citations]


@pytest.mark.parametrize(
    ("question", "term", "name", "file"),
    [
        ("How many days of PTO?", "PTO", "paid time off", "leave.txt"),
        ("How many days of PTO?", "paid time off", "PTO", "leave.txt"),
        ("花红有多少？", "花红", "年终奖", "pay.txt"),
    ],
)
def test_a_question_finds_its_page_by_the_glossary_alone_from_the_next_time_on(
    shelf: Box, admin: Actor, question: str, term: str, name: str, file: str
) -> None:
    before = shelf.sparse.search(shelf.library.collection("papers").id, "PTO 花红", 9)
    assert not asked(shelf, admin, question)
    row = shelf.glossary.add(admin, term, [name])
    (e,) = shelf.glossary.find(question)
    found = shelf.sparse.search(shelf.library.collection("papers").id, e.written, 9, None, [e])
    assert found
    assert found[0][0] not in dict(before)
    assert asked(shelf, admin, question)[:1] == [file]
    shelf.glossary.remove(admin, row.id)
    assert not asked(shelf, admin, question)


def test_what_was_answered_before_is_not_given_again_once_the_glossary_says_otherwise(shelf: Box, admin: Actor) -> None:
    scope = shelf.basis.answer(), shelf.basis.gate()
    row = shelf.glossary.add(admin, "PTO", ["paid time off"])
    after = shelf.basis.answer(), shelf.basis.gate()
    assert scope[0] != after[0]
    assert scope[1] != after[1]
    shelf.glossary.change(admin, row.id, "PTO", ["annual leave"])
    assert shelf.basis.answer() not in (scope[0], after[0])
    shelf.glossary.remove(admin, row.id)
    assert (shelf.basis.answer(), shelf.glossary.version) == (scope[0], "")


def test_names_that_stand_in_every_question_are_refused_but_as_abbreviations(box: Box, admin: Actor) -> None:
    with pytest.raises(BadInput, match="'it' is an everyday word"):
        box.glossary.add(admin, "it", ["information technology"])
    with pytest.raises(BadInput, match="everyday"):
        box.glossary.add(admin, "什么", ["x1"])
    box.glossary.add(admin, "IT", ["information technology"])
    assert box.glossary.find("What does IT cost?")
    assert not box.glossary.find("What does it cost?")


def test_a_term_has_one_row_and_a_glossary_an_end(box: Box, admin: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    row = box.glossary.add(admin, "PTO", ["paid time off"])
    assert (row.by, row.names) == ("admin", ("paid time off",))
    with pytest.raises(Conflict, match="'PTO' is in the glossary already"):
        box.glossary.add(admin, "ｐｔｏ", ["leave"])
    other = box.glossary.add(admin, "capex", ["capital expenditure"])
    with pytest.raises(Conflict, match="already"):
        box.glossary.change(admin, other.id, "pto", ["leave"])
    assert box.glossary.change(admin, row.id, "Pto", ["leave"]).id == row.id
    monkeypatch.setattr(module, "MOST", 2)
    with pytest.raises(Conflict, match="3 rows, 2 are the most"):
        box.glossary.add(admin, "opex", ["operating expenditure"])
    assert [r.term for r in box.glossary.rows(admin)] == ["capex", "Pto"]
    for gone in (box.glossary.remove, lambda a, n: box.glossary.change(a, n, "x1", ["y1"])):
        with pytest.raises(NotFound, match="no row 99"):
            gone(admin, 99)
    assert [r.term for r in box.glossary.rows(admin)] == ["capex", "Pto"]


def test_a_csv_is_taken_in_whole_or_not_at_all(box: Box, admin: Actor) -> None:
    box.glossary.add(admin, "PTO", ["leave"])
    box.glossary.add(admin, "opex", ["operating expenditure"])
    with pytest.raises(BadInput, match="Line 3"):
        box.glossary.import_csv(admin, "term,other names\ncapex,capital expenditure\nPTO\n")
    assert len(box.glossary.rows(admin)) == 2
    text = "PTO,paid time off\ncapex,capital expenditure\nopex,operating expenditure\n"
    assert box.glossary.import_csv(admin, text) == {"added": 1, "changed": 1, "removed": 0}
    assert box.glossary.find("our PTO")[0].others == ("paid time off",)
    exported = box.glossary.export_csv(admin)
    assert box.glossary.import_csv(admin, exported, replace=True) == {"added": 0, "changed": 0, "removed": 0}
    assert box.glossary.import_csv(admin, "PTO,leave\n", replace=True) == {"added": 0, "changed": 1, "removed": 2}


def test_who_changed_what_is_recorded(box: Box, admin: Actor) -> None:
    row = box.glossary.add(admin, "PTO", ["leave"])
    box.glossary.change(admin, row.id, "Pto", ["paid time off"])
    box.glossary.import_csv(admin, "capex,capital expenditure")
    with pytest.raises(Conflict):
        box.glossary.add(admin, "CAPEX", ["x1"])
    box.glossary.remove(admin, row.id)
    assert [(r.actor, r.act, r.object, dict(r.detail)) for r in reversed(box.adapters.records(admin))] == [
        ("admin", "term", "PTO", {"names": ["leave"]}),
        ("admin", "term", "Pto", {"names": ["paid time off"], "was": "PTO"}),
        ("admin", "terms", "CSV", {"added": 1, "changed": 0, "removed": 0}),
        ("admin", "unterm", "Pto", {"names": ["paid time off"]}),
    ]


def test_nobody_but_an_admin_sees_or_edits_it(box: Box, admin: Actor) -> None:
    row = box.glossary.add(admin, "PTO", ["paid time off"])
    for role in ("editor", "reader"):
        who = Actor(name="kim", role=role, collections=("*",))
        for act in (
            lambda w: box.glossary.rows(w), lambda w: box.glossary.export_csv(w),
            lambda w: box.glossary.add(w, "x1", ["y1"]), lambda w: box.glossary.change(w, row.id, "x1", ["y1"]),
            lambda w: box.glossary.remove(w, row.id), lambda w: box.glossary.import_csv(w, "a1,b1", replace=True),
        ):  # fmt: skip
            with pytest.raises(NotPermitted):
                act(who)
    assert [r.term for r in box.glossary.rows(admin)] == ["PTO"]


def test_everybodys_questions_use_it_and_find_no_more_than_they_may(as_: As) -> None:
    question = {"question": "How long is the withdrawal term?"}
    assert as_("admin").post("/api/glossary", json={"term": "withdrawal term", "names": ["notice"]}).status_code == 201
    hits = as_("leo").post("/api/search", json=question).json()["hits"]
    assert hits[0]["file"] == "contract.txt"
    hits = as_("rita").post("/api/search", json=question).json()["hits"]
    assert {h["file"] for h in hits} <= {"handbook.txt"}


def test_the_routes_add_change_list_remove_import_and_export(as_: As) -> None:
    client = as_("admin")
    made = client.post("/api/glossary", json={"term": "PTO", "names": ["leave"]}).json()
    assert (made["term"], made["names"], made["by"]) == ("PTO", ["leave"], "admin")
    changed = client.put(f"/api/glossary/{made['id']}", json={"term": "PTO", "names": ["paid time off"]}).json()
    assert client.get("/api/glossary").json() == {"rows": [changed]}
    body = {"csv": "年假,带薪休假\n"}
    assert client.post("/api/glossary/import", json=body).json() == {"added": 1, "changed": 0, "removed": 0}
    file = client.get("/api/glossary/export")
    assert file.headers["content-type"] == "text/csv; charset=utf-8"
    assert file.text == "\ufeffterm,other names\r\nPTO,paid time off\r\n年假,带薪休假\r\n"
    assert client.delete(f"/api/glossary/{made['id']}").json() == {"removed": made["id"]}
    assert failure(client.delete(f"/api/glossary/{made['id']}")) == (404, "NotFound")
    assert failure(client.post("/api/glossary", json={"term": "年假", "names": ["假期"]})) == (409, "Conflict")
    assert failure(client.post("/api/glossary/import", json={"csv": "x1"})) == (400, "BadInput")
    for name in ("edda", "rita"):
        for method, path in (("GET", ""), ("POST", ""), ("PUT", "/1"), ("DELETE", "/1"), ("POST", "/import"),
                             ("GET", "/export")):  # fmt: skip
            assert failure(as_(name).request(method, f"/api/glossary{path}", json={})) == (403, "NotPermitted")


def test_the_command_does_the_same(run: Run, tmp_path: Path) -> None:
    assert run("glossary", "add", "PTO", "paid time off")[0] == 0
    assert run("glossary", "add", "pto", "annual leave")[0] == 0
    code, out, _ = run("glossary", "list")
    assert (code, "paid time off, annual leave" in out) == (0, True)
    file = tmp_path / "glossary.csv"
    assert run("glossary", "export", str(file))[0] == 0
    assert file.read_text("utf-8-sig") == "term,other names\nPTO,paid time off,annual leave\n"
    assert run("glossary", "export", str(file))[0] == 2
    file.write_text("capex,capital expenditure\n", "utf-8")
    code, out, _ = run("glossary", "import", str(file), "--replace")
    assert (code, out.split()) == (0, ["added:", "1", "changed:", "0", "removed:", "1"])
    assert run("glossary", "export", "-")[1] == "term,other names\r\ncapex,capital expenditure\r\n"
    assert run("glossary", "remove", "CAPEX")[0] == 0
    assert run("glossary", "remove", "CAPEX")[0] == 3
    file.write_bytes(b"\xff\xfe")
    assert run("glossary", "import", str(file))[0] == 2
