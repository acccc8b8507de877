"""The commands about groups, grants and hidden documents."""

from __future__ import annotations

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
