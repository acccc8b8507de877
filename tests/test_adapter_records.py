"""The records of adapters: kept in order, found by act and object, read a page at a time."""

from __future__ import annotations

from ragbox.adapters.records import ABOUT, BOX, Records
from ragbox.box import Box


def test_records_are_kept_and_read_newest_first_a_page_at_a_time(box: Box) -> None:
    records = Records(box.db)
    for number in range(5):
        records.add("admin", "add", f"a@{number}", detail={"n": number})
    first = records.list(limit=2)
    assert [r.object for r in first] == ["a@4", "a@3"]
    assert [r.object for r in records.list(limit=9, before=first[-1].seq)] == ["a@2", "a@1", "a@0"]
    assert (first[0].actor, first[0].result, first[0].detail) == ("admin", "done", {"n": 4})
    assert first[0].at.tzinfo is not None


def test_acts_on_glossary_and_quality_are_told_from_those_on_adapters(box: Box) -> None:
    records = Records(box.db)
    for act in ("add", "term", "gate", "calibrate", "questions"):
        records.add("admin", act, "x")
    found = {about: [r.act for r in records.list(about=about)] for about in ("", "adapters", *ABOUT)}
    assert found == {
        "": ["questions", "calibrate", "gate", "term", "add"], "adapters": ["questions", "gate", "add"],
        "glossary": ["term"], "quality": ["calibrate"],
    }  # fmt: skip
    last = records.list(about="adapters", limit=1)[0].seq
    assert [r.act for r in records.list(about="adapters", limit=1, before=last)] == ["gate"]


def test_the_last_of_some_acts_is_found_also_of_one_object(box: Box) -> None:
    records = Records(box.db)
    assert records.last("gate") is None
    records.add("admin", "gate", "a@1", result="refused", reason="worse")
    records.add(BOX, "withdraw", "b@1")
    records.add("admin", "add", "c@1")
    last, gate = records.last("activate", "withdraw"), records.last("gate", object_="a@1")
    assert last is not None
    assert gate is not None
    assert (last.object, last.actor, gate.reason) == ("b@1", "", "worse")
    assert records.last("gate", object_="b@1") is None
