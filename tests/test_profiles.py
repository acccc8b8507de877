"""What a document is, in the record: people over rules, kept when it is read anew or moved, shown without names."""

from __future__ import annotations

from pathlib import Path

import pytest

from ragbox.box import Box
from ragbox.errors import BadInput, NotFound, NotPermitted
from ragbox.profiles import FIELDS, Profiles
from ragbox.types import Actor, Document, Profile
from tests.make import drop

FILE = "2022 Q3 NRDW.txt"
TEXT = "# Quarterly report\n\nNordwind GmbH\n\nNordwind GmbH and Nordwind GmbH sold pumps."


@pytest.fixture
def document(box: Box, tmp_path: Path) -> Document:
    (result,) = drop(box, tmp_path, {FILE: TEXT}).values()
    return box.library.document(result.document)


def test_rules_describe_what_is_taken_in_and_its_passages_say_it(document: Document, box: Box) -> None:
    about = document.profile
    assert (about.company, about.aliases, about.form, about.period) == (
        "Nordwind GmbH", ("NRDW",), "quarterly report", "Q3 2022",
    )  # fmt: skip
    assert all("Nordwind GmbH" in c.context for c in box.library.chunks_of(document.id))


def test_what_a_person_says_stands_over_the_rules_and_is_kept_when_read_anew(
    document: Document, box: Box, admin: Actor
) -> None:
    profiles = Profiles(box.db)
    assert profiles.edit(document.id, {"company": "Ostwind AG", "title": "Interim", "language": "zh"})
    box.pipeline.reread(admin, document.id)
    found = box.library.document(document.id)
    assert (found.profile.company, found.title, found.language) == ("Ostwind AG", "Interim", "zh")
    assert found.profile.edited == ("title", "company", "language")
    assert found.profile.period == "Q3 2022"
    assert all("Ostwind AG" in c.context for c in box.library.chunks_of(document.id))
    assert profiles.edit(document.id, {"company": None, "title": None, "language": None})
    box.pipeline.reread(admin, document.id)
    again = box.library.document(document.id)
    assert (again.profile, again.title, again.language) == (document.profile, document.title, document.language)


def test_what_is_said_while_a_document_is_read_stands_too(document: Document, box: Box) -> None:
    Profiles(box.db).edit(document.id, {"title": "Interim", "language": "zh"})
    box.library.put(document, document.collection_id)  # as the reader knew it when it began
    found = box.library.document(document.id)
    assert (found.title, found.language) == ("Interim", "zh")
    Profiles(box.db).edit(document.id, {"title": None})
    box.library.put(document, document.collection_id)
    assert box.library.document(document.id).title == document.title


def test_only_what_passages_are_found_by_makes_it_read_anew(document: Document, box: Box) -> None:
    profiles = Profiles(box.db)
    assert not profiles.edit(document.id, {"aliases": (" Nordwind  Group ", ""), "ends": "June 25, 2022"})
    assert box.library.document(document.id).profile.aliases == ("Nordwind Group",)
    assert box.library.document(document.id).profile.ends == "2022-06-25"
    assert not profiles.edit(document.id, {"period": "third quarter of 2022"})
    assert profiles.edit(document.id, {"period": "Q4 2022"})


@pytest.mark.parametrize(
    "said",
    [{"pages": "3"}, {"period": "soon"}, {"ends": "2022"}, {"language": "fr"}, {"company": "x" * 201},
     {"aliases": ("a",) * 21}, {"aliases": "AAPL"}, {"form": ("10-Q",)}],
)  # fmt: skip
def test_what_cannot_be_is_refused_and_nothing_is_written(document: Document, box: Box, said: dict[str, str]) -> None:
    with pytest.raises(BadInput):
        Profiles(box.db).edit(document.id, {"company": "Other", **said})
    assert box.library.document(document.id).profile == document.profile


def test_every_field_can_be_said(document: Document, box: Box) -> None:
    said = {"title": "T", "company": "C", "aliases": ("A",), "form": "F", "period": "2022", "ends": "2022-06",
            "language": "en"}  # fmt: skip
    assert set(said) == set(FIELDS)
    Profiles(box.db).edit(document.id, said)
    found = box.library.document(document.id)
    assert found.profile == Profile(company="C", aliases=("A",), form="F", period="2022", ends="2022-06", edited=FIELDS)


def test_an_edit_makes_answers_of_before_old(document: Document, box: Box) -> None:
    def version() -> int:
        return int(box.db.read("SELECT version FROM versions WHERE collection = ?", document.collection_id)[0][0])

    before = version()
    Profiles(box.db).edit(document.id, {"aliases": ("Nordwind Group",)})
    assert version() > before
    with box.db.write() as db:  # as a document is that was taken in before there were profiles
        db.execute("DELETE FROM profiles")
    before = version()
    Profiles(box.db).edit(document.id, {"aliases": ("Nordwind Pumps",)})
    assert version() > before


def test_a_document_takes_its_profile_along(document: Document, box: Box, admin: Actor) -> None:
    box.library.create_collection("other")
    Profiles(box.db).edit(document.id, {"aliases": ("NW",)})
    new = box.shelf.move(admin, [document.id], "other")[document.id]
    assert box.library.document(new).profile.aliases == ("NW",)
    box.pipeline.remove(admin, new)
    assert box.db.read("SELECT * FROM profiles") == []
    with pytest.raises(NotFound):
        Profiles(box.db).edit(new, {"company": "C"})


def test_only_who_may_write_says_what_a_document_is(document: Document, box: Box) -> None:
    reader = Actor(name="kim", role="reader", collections=("papers",))
    with pytest.raises(NotPermitted):
        box.labels.edit(reader, document.id, {"company": "C"})
    with pytest.raises(NotFound):
        box.labels.edit(Actor(name="new", role="editor"), document.id, {"company": "C"})


def test_a_name_is_taken_out_of_what_is_shown(document: Document, box: Box, admin: Actor) -> None:
    Profiles(box.db).edit(document.id, {"company": "kim@example.com", "aliases": ("lee@example.com",)})
    shown = box.reader.document(admin, document.id).profile
    assert "@" not in shown.company + "".join(shown.aliases)
