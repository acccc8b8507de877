"""The command: output for people and for programs, and exit codes from the error tree."""

from __future__ import annotations

import json
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest

from ingest.scan import VANISHED
from ragbox.commands.common import settings
from ragbox.db import Database
from ragbox.errors import BadInput, Rejected
from ragbox.library import Library
from ragbox.mirrors import Entry, Mirrors
from ragbox.settings import Settings

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    folder = tmp_path / "in"
    (folder / "hr").mkdir(parents=True)
    (folder / "hr" / "notice.txt").write_text("# Notice\n\nThe notice period is ninety days.")
    (folder / "junk.bin").write_bytes(bytes(range(256)) * 9)
    (folder / ".hidden").write_text("hidden")
    return folder


def read(printed: tuple[int, str, str]) -> Any:
    code, out, err = printed
    assert (code, err) == (0, "")
    return json.loads(out)


def test_from_a_folder_to_an_answer_as_json(run: Run, inbox: Path) -> None:
    code, out, _ = run("ingest", str(inbox), "--collection", "papers", "--json")
    results = {r["file"]: r for r in map(json.loads, out.splitlines())}
    assert (code, {n: r["status"] for n, r in results.items()}) == (
        0, {"hr/notice.txt": "indexed", "junk.bin": "rejected"},
    )  # fmt: skip
    hits = read(run("search", "notice period", "-C", "papers", "-k", "1", "--json"))["hits"]
    assert (hits[0]["file"], hits[0]["page"], hits[0]["rank"]) == ("hr/notice.txt", 1, 1)
    answer = read(run("ask", "How long is the notice period?", "--json"))
    assert (answer["refused"], answer["citations"][0]["file"]) == (False, "hr/notice.txt")
    assert read(run("status", "--json"))["documents"] == 1
    listed = read(run("documents", "--search", "notice", "--json"))["documents"]
    assert [d["id"] for d in listed] == [results["hr/notice.txt"]["document"]]
    assert read(run("collections", "--json"))["collections"][0]["name"] == "papers"
    assert read(run("rebuild", "--encode", "--json")) == {"documents": 1}
    assert read(run("remove", listed[0]["id"], "--json")) == {"removed": listed[0]["id"]}
    assert read(run("collections", "--drop", "papers", "--json"))["collections"] == []


def test_what_people_see(run: Run, inbox: Path) -> None:
    code, out, _ = run("ingest", str(inbox))
    assert code == 0
    assert "rejected   junk.bin: " in out
    assert "indexed    hr/notice.txt: 1 page, 1 passage" in out
    assert out.splitlines()[-2] == "1 indexed, 1 rejected"
    assert out.splitlines()[-1].startswith("1 of 2 files NOT taken in")
    assert run("ingest", str(inbox))[1].splitlines()[-2] == "1 rejected, 1 unchanged"
    _, out, _ = run("ask", "How long is the notice period?")
    assert "ninety days" in out
    assert "[1] hr/notice.txt, page 1" in out
    assert " 1. hr/notice.txt, page 1" in run("search", "notice")[1]
    assert "hr/notice.txt" in run("documents")[1]
    assert "default" in run("collections")[1]
    assert "ready: False" in run("status")[1]
    assert "`ragbox serve` starts one" in run("status")[1]


@pytest.mark.parametrize("form", [(), ("--json",)])
def test_where_all_files_are_rejected_the_command_fails(run: Run, inbox: Path, form: tuple[str, ...]) -> None:
    code, out, err = run("ingest", str(inbox / "junk.bin"), *form)
    assert code == Rejected.exit_code
    assert "junk.bin" in out
    assert err.startswith("ragbox: No file was taken in, 1 of 1 were rejected.")


def test_an_empty_box_says_so_and_how_to_fill_it(run: Run) -> None:
    assert "`ragbox ingest" in run("ask", "Who?")[1]
    answer = read(run("ask", "谁画的？", "--json"))
    assert (answer["refused"], "`ragbox ingest" in answer["answer"]) == (True, True)
    assert run("search", "notice")[1].startswith("Nothing found.")


def test_the_status_is_told_from_the_record_without_loading_a_model(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    run("collections", "--create", "papers")
    monkeypatch.setattr("ragbox.box.Box.load", lambda _: pytest.fail("loads"))
    assert (found := read(run("status", "--json")))["collections"] == ["papers"]
    assert found["ready"] is False


def test_the_version_is_that_of_the_package(run: Run) -> None:
    assert run("--version") == (0, f"ragbox {version('ragbox')}\n", "")


def test_a_token_is_the_last_line(run: Run) -> None:
    code, out, _ = run("user", "token")
    assert code == 0
    assert len(out.splitlines()[-1]) >= 43
    assert read(run("user", "token", "admin", "--json"))["token"]
    run("collections", "--create", "hr")
    assert read(run("user", "add", "kim", "--role", "reader", "-C", "hr", "--json"))["collections"] == ["hr"]
    for role, all_of_them in (("editor", ["*"]), ("auditor", [])):
        assert read(run("user", "add", role, "--role", role, "--json"))["collections"] == all_of_them


def test_people_are_listed_and_removed(run: Run) -> None:
    run("collections", "--create", "hr")
    run("collections", "--create", "legal")
    run("user", "add", "kim", "-C", "hr", "-C", "legal")
    assert "kim     reader   hr, legal" in run("user", "list")[1]
    assert [u["name"] for u in read(run("user", "list", "--json"))["users"]] == ["admin", "kim"]
    assert read(run("user", "remove", "kim", "--json")) == {"removed": "kim"}
    assert "kim" not in run("user", "list")[1]


def test_ids_are_whole_on_a_narrow_screen(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / f"{'a long file name ' * 5}.bin"
    path.write_bytes(bytes(range(256)) * 9)
    ended = json.loads(run("ingest", str(path), "-C", "a long collection's".replace("'", ""), "--json")[1])
    monkeypatch.setenv("COLUMNS", "80")
    assert ended["document"] in run("documents")[1]


def test_the_doctor_ends_with_one_where_something_is_wrong(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    shape = {"checks": [{"part": "disk", "well": False, "finding": "Less than 5 GB: make room."}]}
    monkeypatch.setattr("ragbox.client.Client.doctor", lambda _: shape)
    code, out, _ = run("doctor")
    assert (code, out.split()) == (1, ["BAD", "disk", *"Less than 5 GB: make room.".split()])
    assert run("doctor", "--json")[0] == 1
    shape["checks"][0]["well"] = True
    assert run("doctor")[0] == 0


def test_a_question_file_is_scored(run: Run, inbox: Path, tmp_path: Path) -> None:
    run("ingest", str(inbox))
    rows = [
        {"question": "How long is the notice period?", "answer": "ninety days",
         "gold": [{"file": "hr/notice.txt", "page": 1}]},
        {"question": "Who painted the ceiling?", "unanswerable": True},
    ]  # fmt: skip
    (tmp_path / "q.jsonl").write_text("\n".join(map(json.dumps, rows)))
    figures = read(run("eval", str(tmp_path / "q.jsonl"), "--json"))["all"]
    assert (figures["questions"], figures["hit@1"], figures["quote_accuracy"]) == (2, 1.0, 1.0)
    lines = [line.split() for line in run("eval", str(tmp_path / "q.jsonl"))[1].splitlines()]
    assert ["all", "en"] in lines
    assert ["quote_accuracy", "1.000", "1.000"] in lines


def test_mirrors_are_listed_with_their_alarm_which_can_be_confirmed(run: Run, tmp_path: Path) -> None:
    run("collections", "--create", "hr")
    db = Database(tmp_path / "data" / "ragbox.db")
    mirror = Mirrors(db).bind("inbox/hr", "hr", Library(db).collection("hr").id, "1:1")
    Mirrors(db).saw(mirror.id, [Entry(file=n, stamp=(1, 1, 1), sha256=n) for n in ("a.txt", "b.txt")])
    Mirrors(db).judge(mirror.id, "1:1", VANISHED)
    db.close()
    assert "The folder inbox/hr is gone." in run("mirror", "list")[1]
    (shown,) = read(run("mirror", "list", "--json"))["mirrors"]
    assert (shown["folder"], shown["files"], shown["alarm"]["kind"]) == ("inbox/hr", 2, "vanished")
    assert read(run("mirror", "confirm", "inbox/hr", "--json")) == {"removed": 2}
    assert read(run("mirror", "list", "--json")) == {"mirrors": []}


def test_what_people_judged_becomes_a_question_file_that_is_scored(run: Run, inbox: Path, tmp_path: Path) -> None:
    run("ingest", str(inbox))
    db = Database(tmp_path / "data" / "ragbox.db")
    with db.write() as write:
        write.execute("INSERT INTO conversations VALUES ('c', 'admin', 't', '2026-01-01', '2026-01-01')")
        write.execute(
            """INSERT INTO turns (id, conversation, question, asked, collection, asked_at, stopped, file, page)
            VALUES ('t', 'c', 'How long is the notice period 通知期?', '', '', '2026-01-01', 0, 'hr/notice.txt', 1)"""
        )
    db.close()
    path = tmp_path / "judged.jsonl"
    assert f"1 questions in {path}" in run("feedback", "export", str(path))[1]
    assert "通知期" in path.read_text("utf-8")
    figures = read(run("eval", str(path), "--json"))["all"]
    assert (figures["questions"], figures["hit@1"], figures["quote_accuracy"]) == (1, 1.0, None)
    assert run("feedback", "export", str(path))[0] == BadInput.exit_code
    assert len(read(run("feedback", "export", str(tmp_path / "2.jsonl"), "--json"))["questions"]) == 1


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (("ingest", "/no/such/path"), 3, "/no/such/path"),
        (("ask", "Who?", "-C", "nothing"), 3, "nothing"),
        (("ask", "  "), 2, "empty"),
        (("search", "x" * 5000), 2, "RAGBOX_MAX_QUESTION_CHARS"),
        (("remove", "nothing"), 3, "nothing"),
        (("collections", "--create", "../x"), 2, "collection"),
        (("eval", "/no/such/file"), 3, "/no/such/file"),
        (("user", "add", "kim", "--role", "king"), 2, "king"),
        (("user", "add", "kim", "-C", "nothing"), 3, "nothing"),
        (("user", "token", "nobody"), 3, "nobody"),
        (("user", "remove", "nobody"), 3, "nobody"),
        (("user", "login"), 7, "ragbox serve"),
        (("mirror", "confirm", "inbox/none"), 3, "inbox/none"),
    ],
)
def test_a_known_error_is_one_line_and_its_exit_code(run: Run, words: tuple[str, ...], code: int, message: str) -> None:
    ended, out, err = run(*words)
    assert (ended, out) == (code, "")
    assert err.startswith("ragbox: ")
    assert err.count("\n") == 1
    assert message in err


@pytest.mark.parametrize(
    ("name", "value"),
    [("RAGBOX_PORT", "many"), ("RAGBOX_HITS", "0"), ("RAGBOX_ENCODER_LANGUAGES", "en"), ("RAGBOX_IGNORE", "[")],
)
def test_a_wrong_setting_is_named(run: Run, monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    code, _, err = run("status")
    assert code == 2
    assert name.removeprefix("RAGBOX_").lower() in err.lower()
    assert "Traceback" not in err


def test_wrong_usage_is_two(run: Run) -> None:
    assert run("search")[0] == run("search", "a", "-k", "0")[0] == run("nonsense")[0] == 2


def test_options_win_over_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("RAGBOX_DATA", "/elsewhere")
    monkeypatch.setenv("RAGBOX_PORT", "1234")
    assert settings(tmp_path, port=None).model_dump() == Settings(data=tmp_path, port=1234).model_dump()


def test_what_a_document_is_can_be_said_and_left_to_the_rules_again(run: Run, inbox: Path) -> None:
    run("ingest", str(inbox), "--collection", "papers")
    (document,) = read(run("documents", "--search", "notice", "--json"))["documents"]
    said = read(
        run("label", document["id"], "--company", "Nordwind GmbH", "--alias", "NW", "--period", "Q3 2022", "--json")
    )
    assert said["document"]["profile"]["edited"] == ["company", "aliases", "period"]
    code, out, _ = run("label", document["id"], "--company", "-")
    assert (code, "aliases   NW (by hand)" in out, "company   -" in out) == (0, True, True)
