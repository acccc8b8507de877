"""Which names stand for which documents, and whose they are."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from ragbox.db import Database
from ragbox.errors import Conflict
from ragbox.library import Library
from ragbox.names import MIRROR
from ragbox.shelving import Shelving
from tests.make import chunk, document


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    db = Database(tmp_path / "ragbox.db")
    db.load()
    yield Library(db)
    db.close()


@pytest.fixture
def shelf(library: Library) -> str:
    return library.create_collection("papers").id


def names(library: Library) -> dict[str, set[str]]:
    return {d.id: set(d.files) for d in library.documents()}


def put(library: Library, shelf: str, id: str, *files: str, by: str = MIRROR) -> None:
    library.put(document(id, files=files), shelf, [chunk("text", document=id)], np.ones((1, 3), np.float32), by=by)


def test_the_mirror_takes_names_away_that_are_its_own_only(library: Library, shelf: str) -> None:
    put(library, shelf, "d1", "mine", "too")
    put(library, shelf, "d2", "theirs", by="anna")
    library.rename_files(shelf, {}, ["mine", "theirs", "nothing"])
    assert names(library) == {"d1": {"too"}, "d2": {"theirs"}}
    library.settle(library.pending()[-1].seq)
    library.rename_files(shelf, {}, ["too"])
    assert names(library) == {"d2": {"theirs"}}
    assert [p.document for p in library.pending()] == ["d1"]


def test_names_that_change_places_lose_no_document(library: Library, shelf: str) -> None:
    put(library, shelf, "d1", "a")
    put(library, shelf, "d2", "b")
    library.rename_files(shelf, {"b": "d1", "a": "d2"}, [])
    assert names(library) == {"d1": {"b"}, "d2": {"a"}}
    library.rename_files(shelf, {"c": "d1", "x": "gone"}, ["b"])
    assert names(library) == {"d1": {"c"}, "d2": {"a"}}


def test_a_hidden_document_gets_no_name(tmp_path: Path, library: Library, shelf: str) -> None:
    put(library, shelf, "d1", "a")
    with closing(Database(tmp_path / "ragbox.db")) as db:
        assert Shelving(db).hide(["d1"]) == ["d1"]
        library.rename_files(shelf, {"b": "d1"}, ["a"])
        assert db.read("SELECT * FROM files") == []


def test_the_mirror_does_not_take_a_persons_name(library: Library, shelf: str) -> None:
    put(library, shelf, "d1", "a", by="anna")
    with pytest.raises(Conflict, match="added by hand"):
        put(library, shelf, "d2", "a")
    put(library, shelf, "d2", "b")
    with pytest.raises(Conflict, match="added by hand"):
        library.attach("d2", shelf, "a", by=MIRROR)
    library.rename_files(shelf, {"a": "d2"}, [])
    assert names(library) == {"d1": {"a"}, "d2": {"b"}}
    assert library.attach("d1", shelf, "a", by=MIRROR)  # the same bytes: the name stays the person's
    library.rename_files(shelf, {}, ["a"])
    assert names(library) == {"d1": {"a"}, "d2": {"b"}}


def test_a_person_who_uploads_what_the_mirror_has_owns_it(library: Library, shelf: str) -> None:
    put(library, shelf, "d1", "a")
    assert library.attach("d1", shelf, "a", by="anna")
    library.rename_files(shelf, {}, ["a"])
    assert names(library) == {"d1": {"a"}}
