"""The vector index: the contract, on the fake and on Chroma, and what Chroma has to do besides."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from ragbox.errors import Unavailable
from ragbox.index.dense import GRAPH, PIECE, ChromaIndex
from ragbox.index.sparse import TantivyIndex
from tests.contracts import DenseContract
from tests.fakes import FakeDense


@pytest.mark.parametrize("made", [ChromaIndex, TantivyIndex])
def test_a_folder_of_another_uid_is_used_and_told_of_if_others_may_enter_it(
    made: type[ChromaIndex | TantivyIndex], tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    ours, theirs = made(tmp_path / "ours"), made(tmp_path / "theirs")
    ours.load()
    assert (tmp_path / "ours").stat().st_mode & 0o777 == 0o700
    (tmp_path / "theirs").mkdir(mode=0o755)
    chmod = Path.chmod

    def refuse(path: Path, mode: int) -> None:
        if path == tmp_path / "theirs":
            raise PermissionError(1, "Operation not permitted")
        chmod(path, mode)

    monkeypatch.setattr(Path, "chmod", refuse)
    theirs.load()
    assert "others may enter it (755)" in caplog.text
    for index in (ours, theirs):
        index.close()


class TestFake(DenseContract):
    @pytest.fixture
    def dense(self) -> FakeDense:
        return FakeDense()


class TestChroma(DenseContract):
    @pytest.fixture
    def dense(self, tmp_path: Path) -> Iterator[ChromaIndex]:
        index = ChromaIndex(tmp_path)
        index.load()
        yield index
        index.close()

    def test_keeps_what_was_put_over_a_restart(self, dense: ChromaIndex) -> None:
        dense.put("c1", {"d1": (["d1-0"], self.unit(0))})
        dense.close()
        dense.load()
        assert dense.search("c1", self.unit(0)[0], 1) == [("d1-0", pytest.approx(1, abs=1e-3))]

    def test_takes_more_vectors_than_chroma_takes_in_a_call(self, dense: ChromaIndex) -> None:
        many = 3 * PIECE
        rows = np.random.default_rng(0).normal(size=(many, 4)).astype(np.float32)
        dense.put("c1", {"d1": ([f"d1-{n}" for n in range(many)], rows)})
        assert dense.count("c1", "d1") == many
        dense.put("c1", {"d1": ([], rows[:0])})
        assert dense.count("c1") == 0

    def test_a_search_does_not_go_through_all_there_is(
        self, dense: ChromaIndex, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        dense.put("c1", {"d1": (["d1-0"], self.unit(0))})
        monkeypatch.setattr("chromadb.Collection.count", lambda _: pytest.fail("all vectors are counted"))
        assert [i for i, _ in dense.search("c1", self.unit(0)[0], 50)] == ["d1-0"]

    def test_all_near_ones_are_found_among_clusters_of_look_alikes(self, dense: ChromaIndex) -> None:
        """With Chroma's own settings 0.91 of them. Graphs are drawn by chance: of one cluster none may be found."""
        chance = np.random.default_rng(3)
        middles = chance.normal(size=(30, 64))
        rows = np.repeat(middles, 100, axis=0) + 0.1 * chance.normal(size=(3000, 64))
        rows = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
        for n in range(30):
            dense.put("c1", {f"d{n}": ([str(i) for i in range(100 * n, 100 * n + 100)], rows[100 * n : 100 * n + 100])})
        shares = []
        for asked in (middles + 0.6 * chance.normal(size=middles.shape)).astype(np.float32):
            nearest = {str(i) for i in np.argsort(-rows @ asked)[:50]}
            shares.append(len(nearest & {i for i, _ in dense.search("c1", asked, 50)}) / 50)
        assert np.mean(shares) > 0.95

    @pytest.mark.filterwarnings("ignore:legacy embedding function config")  # Chroma's word to itself
    def test_a_graph_of_before_is_walked_as_far(self, dense: ChromaIndex) -> None:
        old = dense._loaded().create_collection(
            "ragbox-old", embedding_function=None, configuration={"hnsw": {"space": "cosine"}}
        )
        old.add(ids=["d1-0"], embeddings=self.unit(0))
        dense.close()
        dense.load()
        assert dense._table("old").configuration_json["hnsw"]["ef_search"] == GRAPH["ef_search"]
        assert [i for i, _ in dense.search("old", self.unit(0)[0], 1)] == ["d1-0"]

    def test_looking_for_a_collection_does_not_make_it(self, dense: ChromaIndex) -> None:
        dense.search("c9", self.unit(0)[0], 1)
        dense.count("c9")
        assert dense._loaded().count_collections() == 0

    def test_a_database_that_is_damaged_is_begun_anew_with_a_warning(
        self, dense: ChromaIndex, tmp_path: Path, caplog: pytest.LogCaptureFixture
    ) -> None:
        dense.put("c1", {"d1": (["d1-0"], self.unit(0))})
        dense.close()
        (tmp_path / "chroma.sqlite3").write_bytes(b"garbage" * 1000)
        dense.load()
        assert "damaged" in caplog.text
        assert dense.count("c1") == 0
        dense.put("c1", {"d1": (["d1-0"], self.unit(0))})
        assert dense.count("c1") == 1

    def test_a_graph_that_is_damaged_is_found_before_a_question_comes(
        self, dense: ChromaIndex, tmp_path: Path, caplog: pytest.LogCaptureFixture
    ) -> None:
        rows = np.random.default_rng(0).normal(size=(1100, 4)).astype(np.float32)
        dense.put("c1", {"d1": ([f"d1-{n}" for n in range(1100)], rows)})  # after 1,000 it is written
        dense.close()
        [header] = tmp_path.rglob("header.bin")
        header.write_bytes(b"garbage" * 10)
        dense.load()
        assert "damaged" in caplog.text
        assert dense.search("c1", rows[0], 1) == []

    def test_a_graph_that_is_damaged_takes_no_other_collection_with_it(
        self, dense: ChromaIndex, tmp_path: Path, caplog: pytest.LogCaptureFixture
    ) -> None:
        rows = np.random.default_rng(0).normal(size=(1100, 4)).astype(np.float32)
        for name in ("c1", "c2"):
            dense.put(name, {"d1": ([f"d1-{n}" for n in range(1100)], rows)})
        dense.close()
        header, _ = tmp_path.rglob("header.bin")
        header.write_bytes(b"garbage" * 10)
        dense.load()
        assert caplog.text.count("damaged") == 1
        assert sorted(dense.count(name) for name in ("c1", "c2")) == [0, 1100]
        damaged = "c1" if dense.count("c2") else "c2"
        dense.put(damaged, {"d1": (["d1-0"], rows[:1])})
        assert dense.search(damaged, rows[0], 1) == [("d1-0", pytest.approx(1, abs=1e-3))]

    def test_says_so_when_it_is_not_loaded(self, dense: ChromaIndex) -> None:
        dense.close()
        dense.close()
        with pytest.raises(Unavailable, match="not loaded"):
            dense.count("c1")
