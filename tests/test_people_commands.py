"""The commands about groups, grants and hidden documents."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest

from ragbox.settings import Settings
from tests.conftest import Run


@pytest.fixture
def paper(run: Run, tmp_path: Path) -> str:
    """A document in the collection hr of a box that no server runs on, and a user lin."""
    from ragbox.box import Box
    from tests.fakes import FakeEncoder, FakeSandbox

    made = Box(Settings(data=tmp_path / "data"), encoder=FakeEncoder(), sandbox=FakeSandbox())
    made.open()
    made.load()
    made.library.create_collection("hr")
    made.auth.create_user("lin", "reader")
    path = tmp_path / "a.txt"
    path.write_text("The office pays.")
    found = made.pipeline.ingest(made.auth.local(), path, file="a.txt", collection="hr").document
    made.close()
    assert run
    return found


def test_groups_are_granted_a_collection_and_documents_are_hidden_from_them(run: Run, paper: str) -> None:
    def told(*words: str) -> dict[str, Any]:
        code, out, error = run(*words, "--json")
        assert code == 0, error
        found: dict[str, Any] = json.loads(out)
        return found

    assert told("group", "add", "staff", "--member", "lin")["members"] == ["lin"]
    told("grant", "set", "hr", "read", "--group", "staff")
    assert told("grant", "list")["grants"][-1] == {"to": "staff", "kind": "group", "collection": "hr", "level": "read"}
    assert told("document", "hide", paper, "--group", "staff") == {"users": [], "groups": ["staff"]}
    assert told("document", "hide", paper, "--user", "lin") == {"users": ["lin"], "groups": ["staff"]}
    assert run("group", "remove", "staff")[0] == 5
    assert told("document", "show", paper, "--group", "staff") == {"users": ["lin"], "groups": []}
    assert told("document", "show", paper) == {"users": [], "groups": []}
    assert told("group", "rename", "staff", "office")["name"] == "office"
    assert told("group", "members", "office")["members"] == []
    told("grant", "remove", "hr", "--group", "office")
    (office,) = told("group", "list")["groups"]
    assert (office["name"], office["grants"]) == ("office", {})
    assert told("group", "remove", "office") == {"removed": "office"}


def test_a_password_is_read_from_standard_input_and_never_an_argument(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from ragbox.box import Box

    def typed(line: str) -> tuple[int, str, str]:
        monkeypatch.setattr("sys.stdin", io.StringIO(f"{line}\nanother line\n"))
        return run("user", "password", "admin", "--json")

    code, _, error = typed("admin-1234567")
    assert (code, "easy to guess" in error, "1234567" in error) == (2, True, False)
    assert typed("four lamps beside windows")[:2] == (0, '{"changed": "admin"}\n')
    assert run("user", "password", "admin", "four lamps beside windows")[0] != 0
    made = Box(Settings(data=tmp_path / "data"))
    made.open()
    assert made.signin.by_password("admin", "four lamps beside windows", address="").name == "admin"
    made.close()


def test_tokens_are_made_for_a_scope_and_a_time_and_listed(run: Run) -> None:
    def made(*words: str) -> dict[str, Any]:
        told: dict[str, Any] = json.loads(run("user", "token", *words, "--json")[1])
        return told

    assert {k: v for k, v in made().items() if k != "token"} == {"days": 90, "scope": "admin"}
    assert made("admin", "--scope", "ask", "--days", "7")["scope"] == "ask"
    assert made("--forever")["days"] is None
    assert run("user", "token", "--scope", "root")[0] == 2
    listed = made("--list")["tokens"]
    assert [(t["user"], t["scope"], bool(t["expires_at"])) for t in listed] == [
        ("admin", "admin", False), ("admin", "ask", True), ("admin", "admin", True),
    ]  # fmt: skip
    assert "ask" in run("user", "token", "--list")[1]
