"""The record's database: migrations, transactions, threads."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from ragbox import db as module
from ragbox.db import MIGRATIONS, Database
from ragbox.errors import Conflict


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "sub" / "ragbox.db"


@pytest.fixture
def db(path: Path) -> Iterator[Database]:
    made = Database(path)
    made.load()
    yield made
    made.close()


def schema(db: Database) -> list[tuple[object, ...]]:
    return [tuple(r) for r in db.read("SELECT type, name, sql FROM sqlite_master ORDER BY name")]


def test_a_blank_folder_gets_the_whole_schema_and_loading_again_changes_nothing(db: Database) -> None:
    before = schema(db)
    assert db.version() == len(MIGRATIONS) > 0
    assert {"documents", "chunks", "outbox", "users"} <= {str(name) for _, name, _ in before}
    db.load()
    assert schema(db) == before


def test_the_first_schema_is_brought_up_to_date_and_keeps_its_rows(path: Path, db: Database) -> None:
    old = path.with_name("old.db")
    with sqlite3.connect(old) as first:
        first.executescript(MIGRATIONS[0] + "; PRAGMA user_version = 1;")
        first.execute("INSERT INTO collections VALUES ('c1', 'papers', '', '2025-01-01')")
    first.close()
    upgraded = Database(old)
    upgraded.load()
    assert schema(upgraded) == schema(db)
    assert [r["name"] for r in upgraded.read("SELECT name FROM collections")] == ["papers"]
    upgraded.close()


def test_answers_of_before_lose_the_words_of_documents_that_are_gone(tmp_path: Path) -> None:
    old = tmp_path / "old.db"
    with sqlite3.connect(old) as first:
        first.executescript(";".join(MIGRATIONS[:6]) + "; PRAGMA user_version = 6;")
        first.executescript(
            """INSERT INTO collections VALUES ('c', 'c', '', '');
            INSERT INTO documents VALUES ('here', 'c', '', '', '', 1, 1, '', 'indexed', '', '', '', '');
            INSERT INTO users VALUES ('u', 'admin', '', 0); INSERT INTO conversations VALUES ('v', 'u', '', '', '');
            INSERT INTO turns (id, conversation, question, asked, collection, asked_at, answer, cited, citations) VALUES
            ('a', 'v', 'q', '', '', '', 'Old words. [1] New. [2]', '[[11, 1], [20, 2]]',
                '[[1, "gone", "f", 3, "s", "Old words.", [[1, 0, 0, 1, 1]]], [2, "here", "g", 1, "", "New.", []]]'),
            ('b', 'v', 'q', '', '', '', 'New. [1]', '[[5, 1]]', '[[1, "here", "g", 1, "", "New.", []]]');"""
        )
    first.close()
    upgraded = Database(old)
    upgraded.load()
    blank, kept = upgraded.read("SELECT * FROM turns ORDER BY id")
    assert (blank["answer"], blank["cited"]) == ("…", "[]")
    assert json.loads(blank["citations"]) == [[1, "", "f", 3, "", "", []], [2, "", "g", 1, "", "", []]]
    assert kept["answer"] == "New. [1]"
    assert [tuple(r) for r in upgraded.read("SELECT * FROM rests")] == [("b", "here")]
    upgraded.read("PRAGMA wal_checkpoint(TRUNCATE)")
    assert b"Old words" not in old.read_bytes()
    upgraded.close()


def test_a_further_migration_is_applied_once(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MIGRATIONS", (*MIGRATIONS, "CREATE TABLE extra (x); INSERT INTO extra VALUES (1);"))
    for _ in range(2):
        db.load()
    assert db.version() == len(MIGRATIONS) + 1
    assert len(db.read("SELECT * FROM extra")) == 1


def test_a_migration_that_fails_leaves_the_file_as_it_was(
    path: Path, db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = schema(db)
    monkeypatch.setattr(module, "MIGRATIONS", (*MIGRATIONS, "CREATE TABLE extra (x); INSERT INTO nowhere VALUES (1);"))
    with pytest.raises(sqlite3.OperationalError):
        db.load()
    db.close()
    again = Database(path)
    assert again.version() == len(MIGRATIONS)
    assert schema(again) == before
    again.close()


def test_a_newer_schema_is_refused_untouched(db: Database) -> None:
    with db.write() as connection:
        connection.execute("PRAGMA user_version = 999")
    with pytest.raises(Conflict, match="newer"):
        db.load()
    assert db.version() == 999


def add(connection: sqlite3.Connection, name: str) -> None:
    connection.execute("INSERT INTO users (name, role, created_at) VALUES (?, 'reader', '')", (name,))


def names(db: Database) -> list[str]:
    return [r["name"] for r in db.read("SELECT name FROM users ORDER BY name")]


def test_all_of_a_transaction_is_kept_or_none(db: Database) -> None:
    with db.write() as connection:
        add(connection, "a")
    with pytest.raises(KeyError), db.write() as connection:  # noqa: PT012  what is raised has to come last
        add(connection, "b")
        raise KeyError
    assert names(db) == ["a"]


def test_a_nested_transaction_belongs_to_the_outer_one(db: Database) -> None:
    with pytest.raises(KeyError), db.write() as outer:  # noqa: PT012  as above
        add(outer, "a")
        with db.write() as inner:
            add(inner, "b")
        assert inner is outer
        raise KeyError
    assert names(db) == []
    with db.write(), db.write() as inner:
        add(inner, "b")
    assert names(db) == ["b"]


def test_others_see_a_transaction_only_when_it_is_done(db: Database) -> None:
    seen: list[list[str]] = []

    def look() -> None:
        seen.append(names(db))

    with db.write() as connection:
        add(connection, "a")
        thread = threading.Thread(target=look)
        thread.start()
        thread.join()
    look()
    assert seen == [[], ["a"]]


def test_many_threads_write_without_losing_a_row(db: Database) -> None:
    def work(number: int) -> None:
        for n in range(10):
            with db.write() as connection:
                add(connection, f"{number}-{n}")

    threads = [threading.Thread(target=work, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(names(db)) == 80


def test_threads_that_are_gone_keep_no_connection(db: Database) -> None:
    for _ in range(50):
        thread = threading.Thread(target=lambda: names(db))
        thread.start()
        thread.join()
    assert len(db._open) <= 3


def test_references_hold_and_what_is_deleted_is_overwritten(path: Path, db: Database) -> None:
    with pytest.raises(sqlite3.IntegrityError), db.write() as connection:
        connection.execute("INSERT INTO grants VALUES ('nobody', NULL, 'papers', 'read', 0)")
    with db.write() as connection:
        add(connection, "zyxwvutsrqponm")
    with db.write() as connection:
        connection.execute("DELETE FROM users")
    db.read("PRAGMA wal_checkpoint(TRUNCATE)")
    assert b"zyxwvutsrqponm" not in path.read_bytes()


def test_it_can_be_closed_twice_and_used_again(db: Database) -> None:
    db.close()
    db.close()
    assert names(db) == []
