"""What the Admin page's tab Audit says, as the commands do; what the trail says of itself has its Chinese."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

import ragbox
import web
from ragbox.audit import START, STOP
from ragbox.audit_chain import GAP, PRUNE, Fault
from ragbox.box import Box
from ragbox.commands.audit import FAULTS
from tests.conftest import Run
from tests.doors import program
from tests.test_reasons import SENTENCE, texts
from web.app import create_app
from web.deeds import DEEDS
from web.strings import STRINGS
from web.strings_acts import ACTS, TOLD
from web.strings_adapters import ADAPTERS
from web.strings_audit import AUDIT, SAID

CODE = (Path(web.__file__).parent / "static" / "admin-audit.js").read_text("utf-8")


def test_every_word_of_the_tab_is_used_and_every_word_used_exists() -> None:
    written = set(re.findall(r'"((?:audit|tab|admin|told)\.[a-z.]+)"', CODE))
    assert written <= STRINGS.keys()
    made = {f"audit.{name}" for name in (*get_args(Fault), "actor", "object", "since", "until", "csv", "jsonl")}
    assert AUDIT.keys() <= written | made
    assert {f"audit.{name}" for name in get_args(Fault)} <= AUDIT.keys()


def test_every_act_and_detail_of_it_has_words_and_so_has_its_group() -> None:
    recorded = {deed.act for deed in DEEDS.values()}
    files = [f for code in (ragbox, web) for f in Path(code.__file__).parent.rglob("*.py") if "strings" not in f.name]
    noted = r'(?:\.note|\.seen|_note|\.add|_count)\(\s*(?:[\w.]+|""), "([a-z]+\.[a-z]+)"'
    recorded |= {act for f in files for act in re.findall(noted, f.read_text("utf-8"))}
    recorded |= {START, STOP, GAP, PRUNE, *(f"adapter.{key[4:]}" for key in ADAPTERS if key.startswith("act."))}
    recorded |= {"document.indexed", "document.purged", "password.refused", "password.throttled", "token.refused"}
    recorded.add("session.refused")
    assert {"session.open", "user.bind", "question.search"} <= recorded
    groups = {f"{act.partition('.')[0]}." for act in recorded}
    assert {f"deed.{name}" for name in recorded | groups} == ACTS.keys()
    told = {name for deed in DEEDS.values() for name in deed.tell}
    assert {f"told.{name}" for name in told | {"cited", "shown", "file", "sha256", "failed", "address"}} <= TOLD.keys()


def test_what_the_trail_says_has_its_chinese() -> None:
    said = {text for name in ("ragbox.audit", "ragbox.audit_trail") for text in texts(name)}
    assert {s for s in said if SENTENCE.fullmatch(s) and re.search(r"[a-z]{3}.*[.:]( |$)", s)} == SAID.keys()
    for english, chinese in SAID.items():
        assert sorted(re.findall(r"\{\d\}", chinese)) == [f"{{{n}}}" for n in range(english.count("{}"))], english


def test_the_commands_check_and_export_the_trail(run: Run, tmp_path: Path) -> None:
    assert FAULTS.keys() == set(get_args(Fault))
    assert run("user", "add", "kim")[0] == 0
    code, said, _ = run("audit", "verify")
    assert code == 0
    assert said.startswith("Whole: ")
    head = re.findall(r"[0-9a-f]{64}", said)[0]
    assert run("audit", "verify", "--head", head)[0] == 0
    code, said, _ = run("audit", "verify", "--head", "f" * 64)
    assert code == 1
    assert "NOT WHOLE" in said
    assert FAULTS["noted"] in said
    file = tmp_path / "audit.jsonl"
    assert run("audit", "export", str(file), "--jsonl", "--act", "user.", "--actor", "admin")[0] == 0
    assert '"object": "kim"' in file.read_text("utf-8")
    assert run("audit", "export", str(file))[0] == 2
    assert run("audit", "export", "-", "--since", "soon")[0] == 2
    assert run("audit", "export", "-")[1].startswith("seq,at,actor")


def test_a_document_that_was_moved_is_named_to_who_may_read_it(box: Box, tmp_path: Path) -> None:
    local = box.auth.local()
    box.library.create_collection("hr")
    box.library.create_collection("board")
    (tmp_path / "rules.txt").write_text("Staff get 30 days.", "utf-8")
    before = box.pipeline.ingest(local, tmp_path / "rules.txt", file="rules.txt", collection="hr").document
    box.audit.flush()  # or the entry finds no name any more
    (after,) = box.shelf.move(local, [before], "board")
    box.audit.note("kim", "page.show", after)
    for name, collections, known in (("ada", [], {before}), ("bea", ["board"], {before, after})):
        box.auth.create_user(name, "auditor", collections)
        reply = program(create_app(box, pages=False), box, name).get("/api/admin/audit")
        assert {id_ for id_, called in reply.json()["names"].items() if called == "rules.txt"} == known
