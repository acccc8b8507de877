"""The record: collections, documents, files, chunks, outbox."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from ragbox.db import Database
from ragbox.errors import BadInput, Conflict, NotFound
from ragbox.library import Library, document_id
from ragbox.types import Kind, Mark, Status
from tests.fakes import FakeEncoder
from tests.make import chunk, document, put

ENCODER = FakeEncoder()


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    db = Database(tmp_path / "ragbox.db")
    db.load()
    yield Library(db)
    db.close()


@pytest.fixture
def shelf(library: Library) -> str:
    return library.create_collection("papers").id


def outbox(library: Library) -> list[tuple[str, str | None]]:
    return [(p.collection, p.document) for p in library.pending()]


@pytest.mark.parametrize("name", ["papers", "HR 2025", "合同", "a.b-c_d", "1", "x" * 63])
def test_collections_are_made_and_found_by_name(library: Library, name: str) -> None:
    made = library.create_collection(name)
    assert library.collection(name) == made
    with pytest.raises(Conflict, match="already"):
        library.create_collection(name)


@pytest.mark.parametrize("name", ["", " a", "../a", "a/b", ".a", "_a", "a\n", "x" * 64, "a*", "*"])
def test_names_that_make_trouble_in_paths_are_refused(library: Library, name: str) -> None:
    with pytest.raises(BadInput):
        library.create_collection(name)


def test_what_is_not_there_is_not_found(library: Library, shelf: str) -> None:
    with pytest.raises(NotFound, match="papers2"):
        library.collection("papers2")
    with pytest.raises(NotFound, match="d9"):
        library.document("d9")
    assert library.find(shelf, "a.txt") is None
    library.remove("d9")
    assert outbox(library) == []


def test_the_first_encoder_of_a_collection_is_its_only_one(library: Library, shelf: str) -> None:
    library.claim_encoder(shelf, "a:3:0")
    library.claim_encoder(shelf, "a:3:0")
    with pytest.raises(Conflict, match="rebuild --encode"):
        library.claim_encoder(shelf, "b:3:0")
    assert library.collection("papers").encoder == "a:3:0"


def test_indexes_hear_of_a_document_once_it_has_passages(library: Library, shelf: str) -> None:
    library.put(document("d1", status=Status.REJECTED, reason="empty"), shelf)
    assert outbox(library) == []
    library.remove("d1")
    assert outbox(library) == []
    library.put(document("d1"), shelf, [chunk("text")], np.ones((1, 3), np.float32))
    library.put(document("d1", status=Status.REJECTED, reason="damaged"), shelf)
    assert outbox(library) == [(shelf, "d1")] * 2


def test_a_document_comes_back_as_it_was_put(library: Library, shelf: str) -> None:
    marks = (Mark(start=0, end=4, page=2, box=(0.1, 0.25, 0.5, 1.0)), Mark(start=5, end=9, page=3))
    pieces = [
        chunk("text 年假", marks=marks, page=2, kind=Kind.TABLE, section="A > B", context="T > A"),
        chunk("more", ordinal=1, titles=((0, 2), (3, 4))),
    ]
    vectors = ENCODER.encode([c.text for c in pieces])
    given = document(collection_id=shelf, chunks=2, files=("a/x.txt", "b/x.txt"))
    library.put(given, shelf, pieces, vectors)
    assert library.document("d1") == given
    assert library.find(shelf, "b/x.txt") == given
    assert library.chunks_of("d1") == pieces
    assert library.chunks(["d1-1", "gone", "d1-0"]) == {c.id: c for c in pieces}
    bare = {c.id: replace(c, marks=(), titles=()) for c in pieces}
    assert library.chunks(["d1-0", "d1-1"], marked=False) == bare
    kept, rows = library.vectors(["d1-1", "gone", "d1-0"])
    assert kept == ["d1-1", "d1-0"]
    assert np.array_equal(rows, vectors[::-1])
    assert library.vectors(["gone"])[0] == library.vectors_of("gone")[0] == []
    kept, rows = library.vectors_of("d1")
    assert [(i, row.tolist()) for i, row in zip(kept, rows, strict=True)] == [
        ("d1-0", vectors[0].tolist()), ("d1-1", vectors[1].tolist()),
    ]  # fmt: skip
    assert library.count() == library.count(shelf) == (1, 2)
    assert outbox(library) == [(shelf, "d1")]


def test_putting_twice_is_putting_once(library: Library, shelf: str) -> None:
    for _ in range(2):
        put(library, ENCODER, shelf, "d1", "alpha", "beta")
    assert library.count() == (1, 2)
    assert library.document("d1").files == ("d1.txt",)


def test_chunks_and_vectors_that_do_not_match_are_not_kept(library: Library, shelf: str) -> None:
    with pytest.raises(ValueError, match="zip"):
        library.put(document(), shelf, [chunk("a")], ENCODER.encode(["a", "b"]))
    assert (library.count(), outbox(library)) == ((0, 0), [])


def test_a_rejected_document_is_listed_but_not_counted(library: Library, shelf: str) -> None:
    library.put(document(status=Status.REJECTED, reason="broken", chunks=0), shelf)
    assert library.document("d1").reason == "broken"
    assert library.count() == (0, 0)


def test_new_content_under_an_old_name_removes_the_old(library: Library, shelf: str) -> None:
    put(library, ENCODER, shelf, "d1", "alpha", files=("a.txt",))
    put(library, ENCODER, shelf, "d2", "beta", files=("a.txt",))
    with pytest.raises(NotFound):
        library.document("d1")
    assert library.count() == (1, 1)
    assert library.chunks_of("d1") == []
    assert set(outbox(library)) == {(shelf, "d1"), (shelf, "d2")}


def test_old_content_stays_while_another_name_stands_for_it(library: Library, shelf: str) -> None:
    put(library, ENCODER, shelf, "d1", "alpha", files=("a.txt", "copy.txt"))
    put(library, ENCODER, shelf, "d2", "beta", files=("a.txt",))
    assert library.document("d1").files == ("copy.txt",)
    assert library.attach("d2", shelf, "copy.txt")
    with pytest.raises(NotFound):
        library.document("d1")


def test_a_second_name_is_attached_once_and_outlives_new_chunks(library: Library, shelf: str) -> None:
    put(library, ENCODER, shelf, "d1", "alpha", files=("a.txt",))
    for _ in range(2):
        assert library.attach("d1", shelf, "b.txt")
    put(library, ENCODER, shelf, "d1", "alpha", "beta", files=("a.txt",))
    assert library.document("d1").files == ("a.txt", "b.txt")
    assert library.count() == (1, 2)


def test_nothing_is_attached_to_what_is_gone(library: Library, shelf: str) -> None:
    assert not library.attach("d9", shelf, "a.txt")
    library.drop_collection(shelf)
    with pytest.raises(NotFound, match=r"d1\.txt"):
        put(library, ENCODER, shelf, "d1", "alpha")


def test_a_name_may_stand_for_other_content_in_another_collection(library: Library, shelf: str) -> None:
    other = library.create_collection("other").id
    put(library, ENCODER, shelf, "d1", "alpha", files=("a.txt",))
    put(library, ENCODER, other, "d2", "beta", files=("a.txt",))
    assert library.count() == (2, 2)
    assert document_id(shelf, "x") != document_id(other, "x")
    library.drop_collection(shelf)
    assert [d.id for d in library.documents()] == ["d2"]
    assert outbox(library)[-1] == (shelf, None)


def test_removing_deletes_everything_of_the_document(library: Library, shelf: str) -> None:
    put(library, ENCODER, shelf, "d1", "alpha")
    library.settle(library.pending()[-1].seq)
    library.remove("d1")
    assert (library.count(), library.documents(), library.hashes()) == ((0, 0), [], set())
    assert outbox(library) == [(shelf, "d1")]


def test_settling_forgets_only_what_was_applied(library: Library, shelf: str) -> None:
    put(library, ENCODER, shelf, "d1", "alpha")
    seen = library.pending()[-1].seq
    put(library, ENCODER, shelf, "d2", "beta")
    library.settle(seen)
    assert outbox(library) == [(shelf, "d2")]


def test_documents_are_listed_newest_first_by_page_and_search(library: Library, shelf: str) -> None:
    for n, name in enumerate(["plan_a.txt", "plan%b.txt", "预算.xlsx"]):
        made = document(f"d{n}", files=(name,), title=f"Title {n}", added_at=datetime(2025, 1, n + 1, tzinfo=UTC))
        library.put(made, shelf)
    assert [d.id for d in library.documents()] == ["d2", "d1", "d0"]
    assert [d.id for d in library.documents(limit=1, offset=1)] == ["d1"]
    for search, found in [("预算", ["d2"]), ("plan_", ["d0"]), ("%", ["d1"]), ("TITLE 1", ["d1"]), ("\\", [])]:
        assert [d.id for d in library.documents(search=search)] == found
    assert library.documents("no such collection") == []


def test_the_originals_to_keep_are_those_of_all_documents(library: Library, shelf: str) -> None:
    library.put(replace(document(), status=Status.REJECTED), shelf)
    put(library, ENCODER, shelf, "d2", "beta")
    assert library.hashes() == {document().sha256, document("d2").sha256}
