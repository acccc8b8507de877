"""The indexes follow the record: outbox, crashes, rebuild."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ragbox import indexer as module
from ragbox.db import Database
from ragbox.errors import Unavailable
from ragbox.index.dense import ChromaIndex
from ragbox.index.sparse import TantivyIndex
from ragbox.indexer import Indexer
from ragbox.library import Library
from tests.fakes import FakeDense, FakeEncoder, FakeSparse
from tests.make import put

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


@pytest.fixture(params=["fakes", "chroma and tantivy"])
def indexes(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Any, Any]]:
    real = request.param != "fakes"
    made = (ChromaIndex(tmp_path / "c"), TantivyIndex(tmp_path / "t")) if real else (FakeDense(), FakeSparse())
    for index in made:
        index.load()
    yield made
    for index in made:
        index.close()


def found(indexes: tuple[Any, Any], shelf: str, question: str) -> tuple[list[str], list[str]]:
    dense, sparse = indexes
    near = [i for i, s in dense.search(shelf, ENCODER.encode([question])[0], 10) if s > 0.3]
    return near, [i for i, _ in sparse.search(shelf, question, 10)]


def test_what_is_recorded_is_found_once_it_is_applied(library: Library, shelf: str, indexes: Any) -> None:
    indexer = Indexer(library, *indexes)
    put(library, ENCODER, shelf, "d1", "pump oil", "staff holidays")
    assert indexer.disagreements() == ["papers: the record has 2 chunks, Chroma 0, tantivy 0."]
    indexer.apply()
    assert found(indexes, shelf, "pump") == (["d1-0"], ["d1-0"])
    assert (library.pending(), indexer.disagreements()) == ([], [])


def test_removed_and_replaced_documents_go_from_both(library: Library, shelf: str, indexes: Any) -> None:
    indexer = Indexer(library, *indexes)
    put(library, ENCODER, shelf, "d1", "pump oil", files=("a.txt",))
    put(library, ENCODER, shelf, "d2", "staff holidays")
    indexer.apply()
    put(library, ENCODER, shelf, "d3", "valve", files=("a.txt",))
    library.remove("d2")
    indexer.apply()
    assert found(indexes, shelf, "pump") == found(indexes, shelf, "holidays") == ([], [])
    assert found(indexes, shelf, "valve") == (["d3-0"], ["d3-0"])
    assert indexer.disagreements() == []


def test_a_crash_between_record_and_index_is_made_good(library: Library, shelf: str) -> None:
    dense, sparse = FakeDense(), FakeSparse()
    put(library, ENCODER, shelf, "d1", "pump oil")
    dense.broken = True
    with pytest.raises(Unavailable):
        Indexer(library, dense, sparse).apply()
    assert len(library.pending()) == 1
    dense.broken = False
    Indexer(library, dense, sparse).apply()  # the next start
    assert found((dense, sparse), shelf, "pump") == (["d1-0"], ["d1-0"])
    assert library.pending() == []


def test_applying_what_was_applied_before_a_crash_changes_nothing(
    library: Library, shelf: str, indexes: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    indexer = Indexer(library, *indexes)
    put(library, ENCODER, shelf, "d1", "pump oil", "pump valve")
    with monkeypatch.context() as patch:  # killed after both indexes, before the outbox was cleared
        patch.setattr(library, "settle", lambda _: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            indexer.apply()
    assert len(library.pending()) == 1
    indexer.apply()
    assert [i.count(shelf) for i in indexes] == [2, 2]


def test_dropping_a_collection_leaves_the_other(library: Library, shelf: str, indexes: Any) -> None:
    indexer, other = Indexer(library, *indexes), library.create_collection("other").id
    put(library, ENCODER, shelf, "d1", "pump oil")
    put(library, ENCODER, other, "d2", "pump oil")
    indexer.apply()
    put(library, ENCODER, shelf, "d3", "pump")  # not applied when the collection goes
    library.drop_collection(shelf)
    indexer.apply()
    assert [i.count(shelf) for i in indexes] == [0, 0]
    assert found(indexes, other, "pump") == (["d2-0"], ["d2-0"])
    assert library.pending() == []


def test_a_rebuild_equals_what_was_before(
    library: Library, shelf: str, indexes: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "BATCH", 2)
    indexer = Indexer(library, *indexes)
    for n in range(5):
        put(library, ENCODER, shelf, f"d{n}", f"pump number {n}", "oil")
    library.create_collection("empty")
    indexer.apply()
    before = sorted(indexes[0].search(shelf, ENCODER.encode(["pump"])[0], 10)), found(indexes, shelf, "oil")
    indexes[0].drop(shelf)  # whatever spoilt them
    indexes[1].drop(shelf)
    assert len(indexer.disagreements()) == 1
    assert list(indexer.rebuild()) == [(2, 5), (4, 5), (5, 5)]
    after = sorted(indexes[0].search(shelf, ENCODER.encode(["pump"])[0], 10)), found(indexes, shelf, "oil")
    assert [i for i, _ in after[0]] == [i for i, _ in before[0]]
    assert sorted(after[1][1]) == sorted(before[1][1])
    assert indexer.disagreements() == []


def test_others_apply_between_two_batches_of_a_renewal(
    library: Library, shelf: str, indexes: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "BATCH", 2)
    indexer = Indexer(library, *indexes)
    for n in range(4):
        put(library, ENCODER, shelf, f"d{n}", "pump")
    indexer.apply()
    batches = indexer.renew(shelf)
    assert next(batches) == 2
    library.remove("d3")
    put(library, ENCODER, shelf, "d4", "valve")
    indexer.apply()
    assert found(indexes, shelf, "valve") == (["d4-0"], ["d4-0"])
    list(batches)
    assert (indexer.disagreements(), indexes[0].count(shelf, "d3")) == ([], 0)


def test_a_renewal_that_is_broken_off_is_done_by_the_next_caller(
    library: Library, shelf: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "BATCH", 2)
    dense, sparse = FakeDense(), FakeSparse()
    indexer = Indexer(library, dense, sparse)
    for n in range(4):
        put(library, ENCODER, shelf, f"d{n}", "pump")
    indexer.apply()
    batches = indexer.renew(shelf)
    next(batches)
    dense.broken = True
    with pytest.raises(Unavailable):
        next(batches)
    dense.broken = False
    assert (dense.count(shelf), library.pending()) == (2, [])
    indexer.apply()
    assert (dense.count(shelf), sparse.count(shelf)) == (4, 4)
    writes = dense.writes
    indexer.apply()
    assert dense.writes == writes, "it is whole now"


def test_a_long_outbox_is_applied_in_pieces(library: Library, shelf: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "BATCH", 3)
    dense, sparse = FakeDense(), FakeSparse()
    for n in range(8):
        put(library, ENCODER, shelf, f"d{n}", "pump")
    Indexer(library, dense, sparse).apply()
    assert (dense.writes, dense.count(shelf), sparse.count(shelf), library.pending()) == (3, 8, 8, [])


def test_callers_at_once_share_the_work(library: Library, shelf: str) -> None:
    dense, sparse = FakeDense(), FakeSparse()
    indexer = Indexer(library, dense, sparse)
    for n in range(6):
        put(library, ENCODER, shelf, f"d{n}", "pump")
    threads = [threading.Thread(target=indexer.apply) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (dense.writes, dense.count(shelf)) == (1, 6)


def test_vectors_of_another_dimension_take_the_place_of_the_old(library: Library, shelf: str, indexes: Any) -> None:
    indexer, wider = Indexer(library, *indexes), FakeEncoder(dimension=300)
    put(library, ENCODER, shelf, "d1", "pump oil")
    library.claim_encoder(shelf, ENCODER.identity)
    indexer.apply()
    library.replace_vectors(shelf, wider.identity, {"d1-0": wider.encode(["pump oil"])[0]})
    indexer.apply()  # as after a crash right behind the transaction
    assert indexes[0].search(shelf, wider.encode(["pump"])[0], 1)[0][0] == "d1-0"
    assert library.collection("papers").encoder == wider.identity
    assert indexer.disagreements() == []
