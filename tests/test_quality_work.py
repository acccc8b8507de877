"""Runs that the box makes itself: begun, followed, cancelled, refused; what is left of one when the server ends."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from ragbox.box import Box
from ragbox.errors import BadInput, Busy, NotFound, Unavailable
from ragbox.evaluation import files
from ragbox.evaluation.asking import Asking
from ragbox.evaluation.background import Work
from ragbox.evaluation.files import QuestionFiles
from ragbox.evaluation.questions import MOST_BYTES, Question

As = Callable[[str], TestClient]
WORK = "/api/admin/quality/work"
LEAVE = "How many days of annual leave do staff get?"
LINES = [
    {"id": "a", "question": LEAVE, "answer": "30 days", "gold": [{"file": "handbook.txt", "page": 1}]},
    {"id": "b", "question": "Who owns the moon?", "unanswerable": True},
]


def put(box: Box, name: str = "mine.jsonl", *lines: Any) -> None:
    path = box.settings.data / "questions" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text("\n".join(json.dumps(line) for line in lines or LINES), encoding="utf-8")


def ended(box: Box) -> Work:
    thread = box.quality._background._thread
    assert thread is not None
    thread.join(120)
    return box.quality.work(box.auth.local())


@pytest.fixture
def halted(monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """Answers wait until this is set."""
    go, ask = threading.Event(), Asking.ask

    def waiting(self: Asking, *given: Any) -> Any:
        assert go.wait(120)
        return ask(self, *given)

    monkeypatch.setattr(Asking, "ask", waiting)
    return go


def test_a_run_is_made_in_the_background_kept_and_recorded(as_: As, box: Box) -> None:
    admin = as_("admin")
    put(box)
    assert admin.get(WORK).json() | {"stage": ""} == admin.get(WORK).json()
    assert {f["name"]: f["questions"] for f in admin.get("/api/admin/quality").json()["files"]} == {"mine.jsonl": 2}
    begun = admin.post(WORK, json={"name": "one", "file": "mine.jsonl", "collection": "hr"})
    assert begun.status_code == 202
    assert (begun.json()["total"], begun.json()["running"], begun.json()["by"]) == (2, True, "admin")
    assert (ended(box).stage, ended(box).done) == ("done", 2)
    assert not admin.get(WORK).json()["running"]
    (kept,) = admin.get("/api/admin/quality").json()["runs"]
    assert (kept["name"], kept["file"], kept["collection"], kept["by"]) == ("one", "mine.jsonl", "hr", "admin")
    assert kept["figures"]["all"]["hit@5"] == kept["figures"]["all"]["citation_precision"] == 1
    assert kept["settings"]["hits"] == 8
    assert kept["corpus"]
    record = admin.get("/api/adapters/records").json()["records"][0]
    assert (record["act"], record["object"], record["actor"], record["result"]) == ("evaluate", "one", "admin", "done")


def test_what_the_box_asks_itself_counts_nowhere(as_: As, box: Box) -> None:
    put(box)
    as_("admin").post(WORK, json={"name": "one", "file": "mine.jsonl"})
    assert ended(box).stage == "done"
    assert sum(box.metrics.questions()) == 0
    assert box.metrics.latencies() == []


def test_a_second_run_is_refused_while_one_is_under_way(as_: As, box: Box, halted: threading.Event) -> None:
    admin = as_("admin")
    put(box)
    assert admin.post(WORK, json={"name": "one", "file": "mine.jsonl"}).status_code == 202
    again = admin.post(WORK, json={"name": "two", "file": "mine.jsonl"})
    assert again.status_code == 409
    assert "The run one is under way (0 of 2)" in again.json()["error"]["message"]
    halted.set()
    assert ended(box).name == "one"
    assert [run["name"] for run in admin.get("/api/admin/quality").json()["runs"]] == ["one"]
    assert admin.post(WORK, json={"name": "two", "file": "mine.jsonl"}).status_code == 202


def test_a_refused_start_says_why(as_: As, box: Box) -> None:
    admin = as_("admin")
    put(box)
    put(box, "bad.jsonl", {"no": "question"})
    put(box, "void.jsonl", {"question": " "})
    put(box, "number.jsonl", {"question": 5})
    put(box, "long.jsonl", *LINES, {"question": "?" * 4001})
    (box.settings.data / "questions" / "empty.jsonl").write_text("\n", encoding="utf-8")
    box.quality._runs.save("taken", {"rows": []})
    for given, status, why in (
        ({"name": "A B"}, 400, "no name for a run"), ({"name": "taken"}, 409, "already"),
        ({"file": "none.jsonl"}, 404, "no question file 'none.jsonl'"), ({"file": "../ragbox.db"}, 404, "questions/"),
        ({"file": "bad.jsonl"}, 400, "Line 1 of"), ({"file": "empty.jsonl"}, 400, "has no questions"),
        ({"collection": "none"}, 404, "none"), ({"file": "void.jsonl"}, 400, "Line 1 of void.jsonl is not"),
        ({"file": "number.jsonl"}, 400, "its question is no text"), ({"file": "long.jsonl"}, 400, "4000 are the most"),
    ):  # fmt: skip
        refused = admin.post(WORK, json={"name": "one", "file": "mine.jsonl"} | given)
        said = refused.json()["error"]["message"]
        assert (refused.status_code, why in said, str(box.settings.data) in said) == (status, True, False), given
    assert admin.get(WORK).json()["stage"] == ""


def test_a_cancelled_run_keeps_nothing_and_says_so(as_: As, box: Box, halted: threading.Event) -> None:
    admin = as_("admin")
    put(box)
    admin.post(WORK, json={"name": "one", "file": "mine.jsonl"})
    assert admin.post(f"{WORK}/cancel").json()["running"]
    halted.set()
    assert ended(box).stage == "cancelled"
    assert admin.get("/api/admin/quality").json()["runs"] == []
    assert admin.get("/api/adapters/records").json()["records"][0]["result"] == "refused"


def test_a_run_that_fails_says_why(as_: As, box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any) -> Any:
        raise Unavailable("The model is gone. Load another.")

    monkeypatch.setattr(Asking, "ask", broken)
    put(box)
    as_("admin").post(WORK, json={"name": "one", "file": "mine.jsonl"})
    assert (ended(box).stage, ended(box).error) == ("failed", "The model is gone. Load another.")


def test_a_panic_of_a_library_ends_a_run_too(as_: As, box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    class Panic(BaseException):
        pass

    def panic(*_: Any) -> Any:
        raise Panic

    put(box)
    with monkeypatch.context() as patch:
        patch.setattr(Asking, "ask", panic)
        as_("admin").post(WORK, json={"name": "one", "file": "mine.jsonl"})
        assert (ended(box).stage, "server's log" in ended(box).error) == ("failed", True)
    assert as_("admin").post(WORK, json={"name": "one", "file": "mine.jsonl"}).status_code == 202
    assert ended(box).stage == "done"


def test_a_run_waits_while_the_box_is_busy(as_: As, box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    ask, busy = Asking.ask, [Busy("Many ask.", retry_after=0)] * 3

    def often(self: Asking, *given: Any) -> Any:
        if busy:
            raise busy.pop()
        return ask(self, *given)

    monkeypatch.setattr(Asking, "ask", often)
    put(box)
    as_("admin").post(WORK, json={"name": "one", "file": "mine.jsonl"})
    assert (ended(box).stage, ended(box).done, busy) == ("done", 2, [])
    monkeypatch.setattr("ragbox.evaluation.background.BUSY_SECONDS", 0)
    busy.append(Busy("Many ask."))
    as_("admin").post(WORK, json={"name": "two", "file": "mine.jsonl"})
    assert (ended(box).stage, "busy for too long" in ended(box).error) == ("failed", True)


def test_no_run_begins_in_a_box_that_closes(box: Box) -> None:
    put(box)
    box.quality.close()
    with pytest.raises(Unavailable, match="closing"):
        box.quality.start(box.auth.local(), "one", file="mine.jsonl")
    assert box.quality.work(box.auth.local()).stage == ""


def test_a_run_that_the_server_ended_has_failed_after_the_next_start(
    as_: As, box: Box, halted: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ragbox.evaluation.background.STOP_SECONDS", 0)
    put(box)
    as_("admin").post(WORK, json={"name": "one", "file": "mine.jsonl"})
    box.quality.close()
    halted.set()
    assert ended(box).running
    box.quality.load()
    work = box.quality.work(box.auth.local())
    assert (work.stage, "server ended" in work.error) == ("failed", True)
    assert as_("admin").post(WORK, json={"name": "one", "file": "mine.jsonl"}).status_code == 202
    assert ended(box).stage == "done"


def test_the_box_has_questions_of_its_own(as_: As, box: Box) -> None:
    rita, admin = as_("rita"), as_("admin")
    turn = rita.post("/api/ask", json={"question": LEAVE, "conversation": "new"}).json()["turn"]
    rita.post(f"/api/turns/{turn}/feedback", json={"thumb": "up"})
    admin.post("/api/adapters/questions", json={"lines": json.dumps(LINES[0])})
    box.library.create_collection("samples")
    listed = {f["name"]: f["questions"] for f in admin.get("/api/admin/quality").json()["files"]}
    assert listed == {"gate": 1, "judged": 1, "samples": 204}
    admin.post(WORK, json={"name": "real", "file": "judged"})
    assert ended(box).stage == "done"
    (row,) = admin.get("/api/admin/quality/runs/real?failing=false").json()["rows"]
    assert (row["id"], row["gold"], row["answers"]) == (turn, [{"file": "handbook.txt", "page": 1}], [])
    for kept in rita.get("/api/conversations").json()["conversations"]:
        rita.delete(f"/api/conversations/{kept['id']}")
    assert admin.get("/api/admin/quality/runs/real?failing=false").json()["rows"] == []
    assert LEAVE not in (box.settings.data / "quality" / "real.json").read_text("utf-8")


def test_files_that_were_not_installed_are_not_listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "SAMPLE_FILE", tmp_path / "none")
    assert QuestionFiles(tmp_path, {"samples": files.samples}).list() == {}
    one = Question(id="a", question="?", answers=(), gold=(), unanswerable=False)
    assert QuestionFiles(tmp_path, {"gate": lambda: [one]}).list() == {"gate": 1}


def test_what_is_no_question_file_hides_no_other(tmp_path: Path) -> None:
    (tmp_path / "good.jsonl").write_bytes(b'{"question": "Why?"}\n\n{"question": "Who?"}')
    (tmp_path / "folder.jsonl").mkdir()
    (tmp_path / "nowhere.jsonl").symlink_to(tmp_path / "none")
    os.mkfifo(tmp_path / "pipe.jsonl")
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff.jsonl")).write_bytes(b"{}")
    (tmp_path / "chinese.jsonl").write_text('{"question": "年假有几天？"}', encoding="gbk")
    with (tmp_path / "large.jsonl").open("wb") as file:
        file.truncate(MOST_BYTES + 1)
    found = QuestionFiles(tmp_path, {})
    assert found.list() == {"chinese.jsonl": 1, "good.jsonl": 2}
    for name, error, why in (
        ("folder.jsonl", NotFound, "no question file"), ("pipe.jsonl", NotFound, "no question file"),
        ("chinese.jsonl", BadInput, "^chinese.jsonl is not UTF-8"), ("large.jsonl", BadInput, "^large.jsonl is larger"),
    ):  # fmt: skip
        with pytest.raises(error, match=why):
            found.load(name)


def test_only_admins_begin_follow_and_cancel_runs(as_: As) -> None:
    for name in ("rita", "edda"):
        for method, path, sent in (
            ("GET", WORK, None), ("POST", WORK, {"name": "a", "file": "gate"}), ("POST", f"{WORK}/cancel", None),
        ):  # fmt: skip
            assert as_(name).request(method, path, json=sent).status_code == 403, path
