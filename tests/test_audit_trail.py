"""The audit trail as it is read: by filters, as a file, and by whom."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from ragbox.audit_chain import Entry
from ragbox.audit_event import Event
from ragbox.audit_trail import Wanted
from ragbox.errors import BadInput, NotPermitted
from ragbox.settings import Settings
from tests.test_audit import ADMIN, READER, Trailed, made, rows


@pytest.fixture
def trailed(settings: Settings) -> Iterator[Trailed]:
    audit, trail, db = made(settings)
    audit.open()
    yield audit, trail, db
    audit.close()
    db.close()


def test_entries_are_found_by_who_what_which_and_when(trailed: Trailed) -> None:
    audit, trail, _ = trailed
    for at, actor, act, of in (
        ("2026-01-01T10:00:00", "kim", "user.make", "a"), ("2026-01-02T23:59:59", "kim", "token.make", "a"),
        ("2026-01-03T10:00:00", "lee", "user.remove", "b"),
    ):  # fmt: skip
        audit.record([Event(at=f"{at}.000000+00:00", actor=actor, act=act, object=of)])

    def seqs(**given: str) -> list[int]:
        found, total = trail.page(ADMIN, Wanted(until=given.pop("until", "2026-01-31"), **given))
        assert total == len(found)
        return [e.seq for e in found]

    assert seqs() == [4, 3, 2]
    assert seqs(actor="kim") == seqs(object="a") == [3, 2]
    assert seqs(act="user.") == [4, 2]
    assert seqs(act="user.make") == [2]
    assert seqs(since="2026-01-02", until="2026-01-02") == [3]
    assert seqs(since="2026-01-03T11:00+08:00") == [4]
    assert [e.seq for e in trail.page(ADMIN, Wanted(until="2026-01-31"), before=4, limit=1)[0]] == [3]
    assert seqs(until="20260102") == [3, 2]
    for wrong in ("yesterday", "0001-01-01T00:00+05:00"):
        with pytest.raises(BadInput, match="since"):
            seqs(since=wrong)


def test_documents_are_called_as_the_trail_last_called_them_gone_ones_too(trailed: Trailed) -> None:
    audit, trail, db = trailed
    for act, of, file in (
        ("document.indexed", "a", "old.pdf"), ("document.indexed", "a", "Rules of Anna Li.pdf"),
        ("document.purged", "a", ""), ("document.rejected", "b", "bad.pdf"), ("page.show", "c", "no name"),
    ):  # fmt: skip
        audit.seen("kim", act, of, **({"file": file} if file else {}))
    assert trail.page(ADMIN, Wanted(object="a"))[1] == 3
    with db.write() as raw:
        raw.execute("DROP TRIGGER audit_unchanged")
        raw.execute("UPDATE audit SET detail = '{' WHERE object = 'b'")  # the page shows the rest all the same
    assert trail.names(ADMIN, ["a", "b", "c", "d"]) == {"a": "Rules of [PERSON].pdf"}


def test_an_export_has_all_that_a_hash_is_made_of(trailed: Trailed) -> None:
    audit, trail, db = trailed
    audit.note("=cmd", "user.make", "李", collections=["违约"])
    lines = [json.loads(line) for line in trail.export(ADMIN, Wanted(), "jsonl")]
    for told in lines:
        detail = json.dumps(told["detail"], sort_keys=True, separators=(",", ":"))
        assert Entry(**told | {"detail": detail}).sealed() == told["hash"]
    table = "".join(trail.export(ADMIN, Wanted(), "csv"))
    assert len(table.splitlines()) == len(rows(db)) + 1
    assert ",'=cmd," in table
    assert table.startswith("\ufeffseq,")  # Excel reads it as UTF-8
    assert '{""collections"": [""违约""]}' in table
    with pytest.raises(BadInput, match="form"):
        trail.export(ADMIN, Wanted(), "xml")


def test_only_who_may_audit_reads_it(trailed: Trailed) -> None:
    _, trail, _ = trailed
    page, export = (lambda who: trail.page(who, Wanted())), (lambda who: trail.export(who, Wanted(), "csv"))
    for read in (trail.check, trail.acts, page, export, lambda who: trail.names(who, ["a"])):
        with pytest.raises(NotPermitted):
            read(READER)
