"""What the Admin page's tab Audit says, as the commands do; what the trail says of itself has its Chinese."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

import web
from ragbox.audit_chain import Fault
from ragbox.commands.audit import FAULTS
from tests.conftest import Run
from tests.test_reasons import SENTENCE, texts
from web.strings import STRINGS
from web.strings_audit import AUDIT, SAID

CODE = (Path(web.__file__).parent / "static" / "admin-audit.js").read_text("utf-8")


def test_every_word_of_the_tab_is_used_and_every_word_used_exists() -> None:
    written = set(re.findall(r'"((?:audit|tab|admin)\.[a-z.]+)"', CODE))
    assert written <= STRINGS.keys()
    made = {f"audit.{name}" for name in (*get_args(Fault), "actor", "object", "since", "until", "csv", "jsonl")}
    assert AUDIT.keys() <= written | made
    assert {f"audit.{name}" for name in get_args(Fault)} <= AUDIT.keys()


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
