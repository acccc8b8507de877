"""Letting old entries go shuts nobody out for long, however many there are."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from ragbox import sealed
from ragbox.audit import ANCHOR
from ragbox.audit_event import Event
from ragbox.settings import Settings
from tests.test_audit import made, rows


def test_the_work_grows_with_the_number_of_entries_and_not_with_its_square(settings: Settings) -> None:
    audit, _, db = made(settings, audit_days=30)
    old, fresh = ((datetime.now(UTC) - timedelta(days=n)).isoformat(timespec="microseconds") for n in (50, 5))
    audit.record([Event(at=at, actor="kim", act="user.make") for at in (*[old] * 400, *[fresh] * 1600)])
    sealed.write(settings.data / ANCHOR, {"count": 2000, "hash": rows(db)[-1]["hash"]})
    steps: list[int] = []
    with db.write() as raw:
        raw.set_progress_handler(lambda: steps.append(10_000), 10_000)
    audit.flush()
    with db.write() as raw:
        raw.set_progress_handler(None, 0)
    assert [r["act"] for r in rows(db)].count("user.make") == 1600
    assert sum(steps) < 500_000  # with a look at all entries for each it was 3 million
    db.close()


def test_from_whom_a_deleted_document_was_hidden_goes_with_the_entries_of_its_time(settings: Settings) -> None:
    audit, _, db = made(settings, audit_days=30)
    with db.write() as raw:
        raw.execute("INSERT INTO users (name, role, created_at) VALUES ('rita', 'reader', '')")
        raw.execute("INSERT INTO collections VALUES ('c', 'hr', '', '')")
        for key, days in (("old", 50), ("new", 5)):
            at = (datetime.now(UTC) - timedelta(days=days)).isoformat(timespec="microseconds")
            raw.execute("INSERT INTO hidings VALUES (?, 'd', 'c', 'rita', NULL, ?)", (key, at))
    audit.record([Event(actor="rita", act="user.make")])
    audit.flush()
    assert [r["key"] for r in db.read("SELECT key FROM hidings")] == ["new"]
    db.close()
