"""What a decision costs: it is made several times a question, and twice a second for each answer that is written."""

from __future__ import annotations

import sqlite3

import pytest

from ragbox.box import Box
from ragbox.db import Database


@pytest.mark.usefixtures("as_")
def test_hidden_passages_are_counted_where_a_search_needs_their_number_and_nowhere_else(
    box: Box, monkeypatch: pytest.MonkeyPatch
) -> None:
    (handbook,) = [d for d in box.library.documents() if d.collection == "hr"]
    box.access.hide(box.auth.local(), handbook.id, users=["rita"], groups=[])
    rita, read = box.auth.user("rita"), Database.read
    asked: list[str] = []

    def noted(db: Database, sql: str, *values: object) -> list[sqlite3.Row]:
        asked.append(sql)
        return read(db, sql, *values)

    monkeypatch.setattr(Database, "read", noted)
    hidden = box.auth.hidden(rita)
    assert hidden.documents == {handbook.id}
    assert box.auth.readable(rita, hidden.documents) == {}
    assert set(box.auth.readable(box.auth.local(), hidden.documents)) == {handbook.id}
    box.retriever.standing(rita, "hr")()
    box.auth.sight(rita)
    assert not [sql for sql in asked if "chunks" in sql]
    shelf = box.library.collection("hr").id
    assert box.auth.passages(hidden) == {shelf: box.library.count(shelf)[1]}
