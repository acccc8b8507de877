"""The audit trail: nothing in it can be changed unseen, nothing happens without it, and reading waits for no disk."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from dataclasses import astuple, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ragbox import audit as module
from ragbox import sealed
from ragbox.audit import ANCHOR, Audit, anchor
from ragbox.audit_chain import Check, Entry, Head
from ragbox.audit_event import Event
from ragbox.audit_refusals import Refusals
from ragbox.audit_trail import Trail, Wanted
from ragbox.auth import Auth
from ragbox.box import Box
from ragbox.db import Database
from ragbox.errors import Unavailable
from ragbox.settings import Settings
from ragbox.types import Actor

ADMIN = Actor(name="admin", role="admin", collections=("*",))
READER = Actor(name="rita", role="reader", collections=("*",))
Trailed = tuple[Audit, Trail, Database]


def made(settings: Settings, **given: object) -> Trailed:
    settings = settings.model_copy(update=given)
    db = Database(settings.data / "ragbox.db")
    db.load()
    audit = Audit(settings, db, lambda text: text.replace("Anna Li", "[PERSON]"))
    return audit, Trail(db, Auth(settings, db), audit, settings.data), db


@pytest.fixture
def trailed(settings: Settings) -> Iterator[Trailed]:
    audit, trail, db = made(settings)
    audit.open()
    yield audit, trail, db
    audit.close()
    db.close()


def rows(db: Database) -> list[sqlite3.Row]:
    return db.read("SELECT * FROM audit ORDER BY seq")


def faults(found: Check) -> set[str]:
    return {fault for _, fault in found.faults}


# -- behind the box's back -------------------------------------------------------------------------------------


RAW = {
    "UPDATE audit SET object = 'x' WHERE seq = 3": "changed",
    "UPDATE audit SET detail = '[]' WHERE seq = 3": "changed",
    "DELETE FROM audit WHERE seq = 3": "missing",
    "DELETE FROM audit WHERE seq <= 3": "start",
    "DELETE FROM audit WHERE seq >= 5": "end",
    "DELETE FROM audit": "end",
    "INSERT INTO audit SELECT 99, at, actor, act, object, detail, previous, hash FROM audit WHERE seq = 3": "missing",
    "INSERT INTO audit SELECT -5, at, actor, act, object, detail, previous, hash FROM audit WHERE seq = 3": "start",
    "UPDATE audit SET seq = 100 - seq": "order",
}


@pytest.mark.parametrize("sql", RAW)
def test_what_is_done_with_raw_sql_is_refused_and_without_the_triggers_found(trailed: Trailed, sql: str) -> None:
    audit, trail, db = trailed
    for n in range(6):
        audit.note("admin", "user.make", f"u{n}")
    assert trail.check(ADMIN).whole
    with sqlite3.connect(db.path, timeout=5) as raw:
        if "SELECT 99" not in sql:  # at its end it is added to, and the check finds it
            with pytest.raises(sqlite3.IntegrityError, match="audit trail"):
                raw.execute(sql)
        for name in ("audit_added", "audit_unchanged", "audit_kept"):
            raw.execute(f"DROP TRIGGER {name}")
        raw.execute(sql)
    raw.close()
    audit.note("admin", "user.make", "later")
    assert RAW[sql] in faults(trail.check(ADMIN)) | {"end" if "gap" in faults(trail.check(ADMIN)) else ""}


# -- the anchor ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("running", [True, False])
def test_what_another_hand_adds_at_the_end_is_found_though_the_chain_holds(settings: Settings, running: bool) -> None:
    audit, trail, db = made(settings)
    audit.open()
    audit.flush()
    if not running:
        audit.close()
    last = rows(db)[-1]
    blank = Entry(
        seq=last["seq"] + 1, at="2026-01-01", actor="kim", act="user.make", object="x", detail="{}",
        previous=last["hash"], hash="",
    )  # fmt: skip
    with sqlite3.connect(db.path) as raw:
        raw.execute("INSERT INTO audit VALUES (?, ?, ?, ?, ?, ?, ?, ?)", astuple(replace(blank, hash=blank.sealed())))
    raw.close()
    if not running:
        audit.open()
    found = trail.check(ADMIN)
    assert faults(found) == {"gap"}
    audit.close()
    db.close()


@pytest.mark.parametrize("lost", ["tail", "anchor", "all", "spoilt"])
def test_what_went_while_the_box_was_down_is_found_by_the_anchor_and_stays_written(
    settings: Settings, lost: str
) -> None:
    audit, trail, db = made(settings)
    audit.open()
    audit.note("admin", "user.make", "kim")
    audit.close()
    assert anchor(settings.data) == Head(count=3, hash=rows(db)[-1]["hash"])
    if lost in ("tail", "all"):
        with db.write() as raw:
            raw.execute("DROP TRIGGER audit_kept")
            raw.execute("DELETE FROM audit WHERE seq >= ?", (1 if lost == "all" else 2,))
    elif lost == "anchor":
        (settings.data / ANCHOR).unlink()
    else:
        (settings.data / ANCHOR).write_text("{")
    for _ in range(2):  # the second start finds chain and anchor in accord, and what was found before
        audit.open()
        assert "gap" in faults(trail.check(ADMIN))
        audit.close()
    db.close()


def test_a_crash_before_the_anchor_is_written_is_no_fault(settings: Settings) -> None:
    audit, trail, db = made(settings)
    audit.open()
    audit.flush()
    old = (settings.data / ANCHOR).read_text()
    audit.note("admin", "user.make", "kim")
    audit.close()
    (settings.data / ANCHOR).write_text(old)
    audit.open()
    assert trail.check(ADMIN).whole
    audit.close()
    db.close()


def test_a_box_killed_as_soon_as_it_started_is_no_fault(settings: Settings) -> None:
    audit, trail, db = made(settings)
    audit.open()
    audit.close()
    closed = (settings.data / ANCHOR).read_text()
    audit.open()
    assert anchor(settings.data) == Head(count=3, hash=rows(db)[-1]["hash"])
    audit.close()
    with db.write() as raw:
        raw.execute("DROP TRIGGER audit_kept")
        raw.execute("DELETE FROM audit WHERE seq = 4")
    (settings.data / ANCHOR).write_text(closed)  # killed before its start was in the anchor
    again, trail, other = made(settings)
    again.open()
    assert trail.check(ADMIN).whole
    again.close()
    other.close()
    db.close()


# -- what is recorded ------------------------------------------------------------------------------------------


def test_a_deed_that_cannot_be_recorded_does_not_happen(trailed: Trailed) -> None:
    audit, _, db = trailed
    with db.write() as raw:
        raw.execute("CREATE TRIGGER full BEFORE INSERT ON audit BEGIN SELECT RAISE(ABORT, 'disk is full'); END")

    def act() -> None:
        with db.write() as deed:
            deed.execute("INSERT INTO collections (id, name, created_at) VALUES ('c', 'c', '')")
            audit.note("admin", "collection.make", "c")

    def carry() -> None:
        with audit.carried([Event(actor="admin", act="collection.make", object="c")]), db.write() as deed:
            deed.execute("INSERT INTO collections (id, name, created_at) VALUES ('c', 'c', '')")

    for deed in (act, carry):
        with pytest.raises(Unavailable, match="disk is full"):
            deed()
    assert not db.read("SELECT 1 FROM collections")
    with db.write() as raw:
        raw.execute("DROP TRIGGER full")


def test_a_deed_that_is_undone_leaves_no_entry_and_one_that_is_carried_leaves_one(trailed: Trailed) -> None:
    audit, trail, db = trailed

    def fail() -> None:
        with db.write():
            audit.note("admin", "user.make", "kim")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    with audit.carried([Event(actor="admin", act="user.make", object="lee")]) as left:
        for _ in range(2):
            with db.write():
                pass
        assert not left
    assert [e.object for e in trail.page(ADMIN, Wanted(act="user.make"))[0]] == ["lee"]


def test_what_is_read_is_recorded_by_the_writer_once_for_all_that_are_alike_without_names(trailed: Trailed) -> None:
    audit, trail, db = trailed
    for _ in range(3):
        audit.seen("rita", "question.ask", question="Where is Anna Li?")
    assert not [r for r in rows(db) if r["act"] == "question.ask"]
    (entry,) = trail.page(ADMIN, Wanted(actor="rita"))[0]
    assert json.loads(entry.detail) == {"question": "Where is [PERSON]?", "times": 3}
    audit.seen("rita", "question.ask", question="x" * 100_000)
    assert json.loads(trail.page(ADMIN, Wanted(actor="rita"))[0][0].detail) == {"question": ""}


def test_when_too_much_waits_nothing_more_is_shown(trailed: Trailed, monkeypatch: pytest.MonkeyPatch) -> None:
    audit, _, _ = trailed
    monkeypatch.setattr(module, "WAITING", 0)
    with pytest.raises(Unavailable, match="audit trail"):
        audit.seen("rita", "page.show", "d")
    monkeypatch.undo()
    audit.require()


def test_starts_stops_and_settings_that_differ_are_recorded_without_their_values(settings: Settings) -> None:
    for given in ({}, {"remote_key": "sk-1234567890", "hits": 3}):
        audit, _, db = made(Settings(data=settings.data, **given))
        audit.open()
        audit.close()
        found = [(r["act"], r["detail"]) for r in rows(db)]
        db.close()
    assert [act for act, _ in found] == ["box.start", "box.stop", "settings.change", "box.start", "box.stop"]
    assert json.loads(found[2][1]) == {"names": ["RAGBOX_HITS", "RAGBOX_REMOTE_KEY"]}
    assert "sk-1234567890" not in str(found)


def test_guesses_leave_one_entry_a_minute_for_each_address() -> None:
    now = [0.0]
    found: list[dict[str, object]] = []
    refusals = Refusals(lambda *_, **told: found.append(told), lambda: now[0])
    for second in range(130):
        now[0] = float(second)
        for _ in range(10):
            refusals.add("token.refused", "10.0.0.7")
    refusals.close()
    assert found[0] == {"address": "10.0.0.7"}
    assert len(found) == 4
    assert sum(1 + int(str(f.get("more", 0))) for f in found) - len(found) + 3 == 1300


def test_old_entries_go_with_a_note_up_to_where_and_the_rest_holds(settings: Settings) -> None:
    audit, trail, db = made(settings, audit_days=30)
    days = [datetime.now(UTC) - timedelta(days=n) for n in (50, 40, 5, 4)]
    audit.record([Event(at=at.isoformat(timespec="microseconds"), actor="kim", act="user.make") for at in days])
    old, noted = rows(db)[1]["hash"], rows(db)[2]["hash"]
    sealed.write(settings.data / ANCHOR, {"count": 4, "hash": rows(db)[3]["hash"]})
    for _ in range(2):
        audit.open()
        audit.flush()
        assert [r["act"] for r in rows(db)].count("audit.prune") == 1
        found = trail.check(ADMIN, noted)
        assert (found.first, found.faults) == (3, ())
        audit.close()
    assert faults(trail.check(ADMIN, "f" * 64)) == faults(trail.check(ADMIN, old)) == {"noted"}
    db.close()


def test_a_box_records_the_documents_that_come_and_go(box: Box, tmp_path: Path) -> None:
    box.library.create_collection("hr")
    for name, content in (("Anna Li.txt", b"Staff get 30 days."), ("bad.txt", b"")):
        (tmp_path / name).write_bytes(content)
        box.pipeline.ingest(box.auth.local(), tmp_path / name, file=name, collection="hr")
    found, _ = box.trail.page(ADMIN, Wanted(act="document."))
    assert [(e.act, json.loads(e.detail)["file"]) for e in reversed(found)] == [
        ("document.indexed", "[PERSON].txt"), ("document.rejected", "bad.txt")
    ]  # fmt: skip
    box.pipeline.remove(box.auth.local(), found[-1].object)
    assert box.trail.page(ADMIN, Wanted(act="document."))[0][0].act == "document.purged"
    list(box.answers.ask(box.auth.local(), "How many days do staff get?"))
    (asked,) = box.trail.page(ADMIN, Wanted(act="question.ask"))[0]
    assert json.loads(asked.detail)["ended"]
