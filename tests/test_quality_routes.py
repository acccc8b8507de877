"""The quality of answers over HTTP and in the command: runs kept and compared, questions of real use for the gate."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from ragbox.box import Box
from ragbox.evaluation.run import Quoted
from ragbox.evaluation.runs import shape
from ragbox.types import Actor
from tests.conftest import Run
from tests.make import drop
from tests.test_evaluation_runs import outcome

As = Callable[[str], TestClient]
QUALITY = "/api/admin/quality"
LEAVE = "How many days of annual leave do staff get?"


def body(name: str, **given: Any) -> dict[str, Any]:
    return {"name": name, "run": {"file": "q.jsonl"} | json.loads(json.dumps(shape([outcome(**given)])))}


def test_a_run_is_kept_shown_compared_and_deleted(as_: As) -> None:
    admin = as_("admin")
    saved = admin.post(f"{QUALITY}/runs", json=body("one", rank=9))
    assert saved.status_code == 201
    assert {"made_at", "by", "corpus", "settings", "figures"} <= saved.json().keys()
    assert '"questions":1,' in saved.text  # a count, no 1.0
    assert saved.json()["settings"]["hits"] == 8
    assert admin.post(f"{QUALITY}/runs", json=body("one")).status_code == 409
    admin.post("/api/glossary", json={"term": "PTO", "names": ["paid time off"]})
    other = admin.post(f"{QUALITY}/runs", json=body("two"))
    assert other.status_code == 201
    assert saved.json()["glossary"] == "" != other.json()["glossary"]  # the same question may find other pages
    assert [(r["name"], r["failing"]) for r in admin.get(QUALITY).json()["runs"]] in (
        [("one", 1), ("two", 0)], [("two", 0), ("one", 1)],
    )  # fmt: skip
    assert [r["fails"] for r in admin.get(f"{QUALITY}/runs/one").json()["rows"]] == [["hit@5"]]
    assert admin.get(f"{QUALITY}/runs/two").json()["rows"] == []
    assert len(admin.get(f"{QUALITY}/runs/two?failing=false").json()["rows"]) == 1
    both = admin.get(f"{QUALITY}/compare", params={"left": "one", "right": "two"}).json()
    assert {d["figure"]: d["right"] - d["left"] for d in both["differences"]}["hit@5"] == 1
    assert both["failing"][0]["left"]["fails"] == ["hit@5"]
    assert admin.delete(f"{QUALITY}/runs/one").json() == {"removed": "one"}
    assert admin.get(f"{QUALITY}/runs/one").status_code == 404
    assert admin.get(f"{QUALITY}/compare", params={"left": "one", "right": "two"}).status_code == 404


def test_only_a_whole_run_is_kept(as_: As) -> None:
    admin = as_("admin")
    for wrong in ({"version": 2}, {"rows": [{"id": "a"}]}, {"more": 1}):
        given = body("x")
        given["run"] |= wrong
        assert admin.post(f"{QUALITY}/runs", json=given).status_code == 400, wrong
    assert admin.post(f"{QUALITY}/runs", json=body("../x")).status_code == 400


def test_what_is_kept_is_shown_as_texts_may_be_shown_now(as_: As, box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    def clean(_actor: Actor | None, _collections: None, text: str) -> str:
        return text.replace("Ninety", "[NUMBER]").replace("a.pdf", "[FILE]")

    monkeypatch.setattr(box.quality, "_clean", clean)
    admin = as_("admin")
    admin.post(f"{QUALITY}/runs", json=body("one", rank=9))
    admin.post(f"{QUALITY}/runs", json=body("two"))
    for path in ("", "/runs/one", "/compare?left=one&right=two"):
        shown = admin.get(QUALITY + path).text
        assert "Ninety" not in shown
        assert "a.pdf" not in shown


def test_a_run_keeps_no_words_of_deleted_documents(as_: As, box: Box, tmp_path: Path) -> None:
    admin = as_("admin")
    made = drop(box, tmp_path, {"leave.txt": "Staff get 30 days.", "pay.txt": "Pay comes on the 25th."})
    gone, stays = (made[name].document for name in ("leave.txt", "pay.txt"))
    for name, document in (("one", gone), ("two", stays)):
        quotes = (Quoted(file=f"{name}.txt", page=1, text=f"Words of {name}", document=document),)
        sent = body(name, rank=9, said=f"Says {name}", quotes=quotes)
        assert admin.post(f"{QUALITY}/runs", json=sent).status_code == 201
    box.library.remove(gone)
    shown = [admin.get(f"{QUALITY}{path}").text for path in ("/compare?left=one&right=two", "/runs/one", "/runs/two")]
    assert ["Words of one" in text or "Says one" in text or "one.txt" in text for text in shown] == [False] * 3
    assert ["withdrawn" in text for text in shown] == [True, True, False]
    assert "Words of two" in shown[0]
    assert "Says two" in shown[2]
    kept = {path.stem: path.read_text("utf-8") for path in box.settings.data.glob("quality/*.json")}
    assert "Words of one" not in kept["one"]
    assert "Words of two" in kept["two"]


def test_what_can_be_called_back_is_hidden_and_kept(as_: As, box: Box, tmp_path: Path) -> None:
    admin = as_("admin")
    document = drop(box, tmp_path, {"leave.txt": "Staff get 30 days."})["leave.txt"].document
    quotes = (Quoted(file="leave.txt", page=1, text="Words of it", document=document),)
    admin.post(f"{QUALITY}/runs", json=body("one", rank=9, quotes=quotes))
    with box.db.write() as db:
        db.execute("UPDATE documents SET status = 'removed' WHERE id = ?", (document,))
    assert "Words of it" not in admin.get(f"{QUALITY}/runs/one").text
    with box.db.write() as db:
        db.execute("UPDATE documents SET status = 'indexed' WHERE id = ?", (document,))
    assert "Words of it" in admin.get(f"{QUALITY}/runs/one").text


def test_what_a_mask_left_in_a_run_goes_under_a_stricter_policy(as_: As, box: Box) -> None:
    admin = as_("admin")
    sent = body("one", rank=9)
    sent["run"]["rows"][0]["said"] = "Card *** **** 5678."
    assert admin.post(f"{QUALITY}/runs", json=sent).status_code == 201
    me = box.auth.local()
    for style, left in (("mask", True), ("redact", False)):
        box.privacy.set_role(me, "admin", style)
        assert ("5678" in admin.get(f"{QUALITY}/runs/one").text) is left
    judged = [{"id": "t1", "question": "Whose is ****5678?", "answer": [], "gold": []}]
    box.quality._judged = lambda: judged
    assert "5678" not in admin.get(QUALITY).text


def test_judged_answers_join_the_questions_of_the_gate_once(as_: As, box: Box) -> None:
    rita, admin = as_("rita"), as_("admin")
    turns = [rita.post("/api/ask", json={"question": LEAVE, "conversation": "new"}).json()["turn"] for _ in range(2)]
    for turn in turns:
        given = {"thumb": "down", "file": "handbook.txt", "page": 1}
        assert rita.post(f"/api/turns/{turn}/feedback", json=given).status_code == 200
    found = admin.get(QUALITY).json()
    assert [q["id"] for q in found["judged"]] == turns
    assert found["questions"] == 0
    added = admin.post(f"{QUALITY}/questions", json={"turns": turns[:1]})
    assert added.json() == {"questions": 1}
    (kept,) = box.gate_questions.load()
    assert (kept.id, kept.question, kept.gold) == (turns[0], LEAVE, (("handbook.txt", 1),))
    assert [q["id"] for q in admin.get(QUALITY).json()["judged"]] == turns[1:]
    assert admin.post(f"{QUALITY}/questions", json={"turns": turns[:1]}).status_code == 400
    assert admin.post(f"{QUALITY}/questions", json={"turns": turns}).json() == {"questions": 2}
    assert admin.get("/api/adapters").json()["questions"] == 2


def test_the_questions_of_the_gate_keep_no_words_of_documents(as_: As, box: Box) -> None:
    rita, admin = as_("rita"), as_("admin")
    answer = rita.post("/api/ask", json={"question": LEAVE, "conversation": "new"}).json()
    rita.post(f"/api/turns/{answer['turn']}/feedback", json={"thumb": "up"})
    assert "30 days" in answer["citations"][0]["quote"]
    assert "30 days" not in admin.get(QUALITY).text
    admin.post(f"{QUALITY}/questions", json={"turns": [answer["turn"]]})
    (kept,) = box.gate_questions.load()
    assert (kept.question, kept.gold, kept.answers) == (LEAVE, (("handbook.txt", 1),), ())
    assert "30 days" not in (box.settings.data / "adapters" / "questions.jsonl").read_text("utf-8")
    assert box.adapters.records(box.auth.local())[0].act == "questions"


def test_only_admins_see_and_keep_runs(as_: As) -> None:
    for name in ("rita", "edda"):
        client = as_(name)
        for method, path, sent in (
            ("GET", "", None), ("POST", "/runs", body("one")), ("GET", "/runs/one", None),
            ("DELETE", "/runs/one", None), ("GET", "/compare?left=one&right=two", None),
            ("POST", "/questions", {"turns": ["x"]}),
        ):  # fmt: skip
            assert client.request(method, QUALITY + path, json=sent).status_code == 403, path


def test_the_command_keeps_runs_compares_them_and_writes_reports(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    questions, paper, html = tmp_path / "q.jsonl", tmp_path / "paper.txt", tmp_path / "report.html"
    paper.write_text("# Leave\n\nStaff get 30 days of annual leave.", encoding="utf-8")
    lines = [
        {"id": "a", "question": LEAVE, "answer": "30 days", "gold": [{"file": "paper.txt", "page": 1}]},
        {"id": "b", "question": "Who owns the moon?", "unanswerable": True},
    ]
    questions.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    assert run("ingest", str(paper))[0] == 0
    code, shown, _ = run("eval", str(questions), "--save", "first", "--json", "--html", str(html))
    assert code == 0
    assert json.loads(shown)["all"]["hit@5"] == 1
    assert json.loads(shown)["all"]["citation_precision"] == 1
    assert LEAVE not in html.read_text("utf-8").partition("<article>")[0]
    with monkeypatch.context() as patch:  # a name that is taken is told before anything is asked
        patch.setattr("ragbox.client.Client.ask", None)
        code, shown, error = run("eval", str(questions), "--save", "first")
        assert (code, shown, "There is a run 'first' already" in error) == (5, "", True)
    code, shown, _ = run("eval", str(questions), "--save", "second")
    assert code == 0
    assert ["questions", "2", "2"] in [line.split() for line in shown.splitlines()]
    code, shown, _ = run("eval", "--compare", "first", "second", "--html", str(html), "--language", "zh")
    assert code == 0
    assert "MRR, by page" in shown
    assert '<html lang="zh">' in html.read_text("utf-8")
    assert json.loads(run("eval", "--compare", "first", "second", "--json")[1])["left"] == "first"
    asked = str(questions)
    for wrong in ([], [asked, "--compare", "first", "second"], ["--compare", "first", "none"],
                  [asked, "--save", "A B"], [asked, "--html", str(tmp_path / "no" / "x")]):  # fmt: skip
        assert run("eval", *wrong)[0] in (2, 3), wrong
