"""The keyword index: the contracts, on the fake and on tantivy, and how text becomes terms."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from ragbox.errors import Unavailable
from ragbox.index.sparse import STOP, Analyzer, TantivyIndex
from tests.contracts import LexiconContract, SparseContract
from tests.fakes import FakeSparse
from tests.make import chunk

ANALYZER = Analyzer()


class TestFake(SparseContract, LexiconContract):
    @pytest.fixture
    def sparse(self) -> FakeSparse:
        return FakeSparse()


class TestTantivy(SparseContract, LexiconContract):
    @pytest.fixture
    def sparse(self, tmp_path: Path) -> Iterator[TantivyIndex]:
        index = TantivyIndex(tmp_path / "tantivy")
        index.load()
        yield index
        index.close()

    def test_keeps_what_was_put_over_a_restart(self, sparse: TantivyIndex) -> None:
        sparse.put("c1", {"d1": [chunk("alpha")]})
        sparse.close()
        sparse.load()
        assert [i for i, _ in sparse.search("c1", "alpha", 5)] == ["d1-0"]

    def test_looking_for_a_collection_does_not_make_it(self, sparse: TantivyIndex, tmp_path: Path) -> None:
        sparse.search("c9", "alpha", 1)
        sparse.count("c9")
        assert list((tmp_path / "tantivy").iterdir()) == []

    def test_a_commit_killed_before_its_end_does_not_stop_the_next(self, sparse: TantivyIndex, tmp_path: Path) -> None:
        sparse.put("c1", {"d1": [chunk("alpha")], "d2": [chunk("beta", document="d2")]})
        meta = tmp_path / "tantivy" / "c1" / "meta.json"
        before = meta.read_bytes()
        sparse.put("c1", {"d1": []})
        sparse.close()
        meta.write_bytes(before)  # the last thing a commit writes: its other files are there
        sparse.load()
        assert sparse.count("c1") == 2
        sparse.put("c1", {"d1": []})
        assert (sparse.count("c1", "d1"), sparse.count("c1", "d2")) == (0, 1)

    def test_searches_go_on_while_documents_are_put(self, sparse: TantivyIndex) -> None:
        sparse.put("c1", {"d0": [chunk("alpha", document="d0")]})
        failures: list[Exception] = []
        stop = threading.Event()

        def look() -> None:
            while not stop.is_set():
                try:
                    assert "d0-0" in [i for i, _ in sparse.search("c1", "alpha", 50)]
                except Exception as error:
                    failures.append(error)
                    return

        thread = threading.Thread(target=look)
        thread.start()
        for n in range(1, 6):
            sparse.put("c1", {f"d{n}": [chunk("alpha", document=f"d{n}")]})
        stop.set()
        thread.join()
        assert not failures
        assert sparse.count("c1") == 6

    @pytest.mark.parametrize("damaged", ["meta.json", ".managed.json", "*.term", "*.store"])
    def test_an_index_that_is_damaged_is_begun_anew_and_the_others_stay(
        self, sparse: TantivyIndex, tmp_path: Path, damaged: str, caplog: pytest.LogCaptureFixture
    ) -> None:
        for collection in ("c1", "c2"):
            sparse.put(collection, {"d1": [chunk("alpha")]})
        sparse.close()
        (file,) = (tmp_path / "tantivy" / "c1").glob(damaged)
        file.write_bytes(b"garbage")
        sparse.load()
        assert "damaged" in caplog.text
        assert (sparse.count("c1"), sparse.count("c2")) == (0, 1)
        sparse.put("c1", {"d1": [chunk("alpha")]})
        assert sparse.count("c1") == 1

    def test_says_so_when_it_is_not_loaded(self, sparse: TantivyIndex) -> None:
        sparse.close()
        with pytest.raises(Unavailable, match="not loaded"):
            sparse.count("c1")


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("terminating terminated", ["termin", "termin"]),
        ("1,234,567.89", ["1234567.89", "1234567", "89"]),
        ("1250 1,250", ["1250", "1250"]),
        ("in 2023,2024", ["in", "2023,2024", "2023", "2024"]),
        ("AX-2040/B", ["ax-2040/b", "ax", "2040", "b"]),
        ("the company's", ["the", "compani"]),
        ("R&D", ["r&d", "r", "d"]),
        ("ＭＸ２２０", ["mx220"]),
        ("The IT budget? It is", ["the", "IT", "budget", "it", "is"]),
        ("WHAT IS IT", ["what", "is", "it"]),
        ("", []),
        ("—！？", []),
    ],
)
def test_text_becomes_terms(text: str, terms: list[str]) -> None:
    assert ANALYZER.terms(text) == terms


def test_chinese_becomes_words_and_pairs_of_signs() -> None:
    terms = ANALYZER.terms("员工带薪年假规定MX-220型")
    assert {"员工", "年假", "规定", "mx-220", "薪年"} <= set(terms)


def test_a_question_of_stop_words_alone_is_searched_all_the_same() -> None:
    for question in ("what is it", "多少"):
        assert set() < set(ANALYZER.keywords(question)) <= set(ANALYZER.terms(question))


def test_stop_words_are_found_whatever_the_stemmer_makes_of_them() -> None:
    for word in STOP:
        assert "pump" in ANALYZER.keywords(f"pump {word}")
    assert ANALYZER.keywords("why does this pump") == ["pump"]


def test_names_are_capitals_codes_and_numbers_inside_a_question() -> None:
    assert ANALYZER.names("What rent does Calder Mills ask from mid-2026 for NC-71035?") == [
        "Calder", "Mills", "2026", "NC-71035",
    ]  # fmt: skip


def test_capitals_alone_are_searched_as_names_too() -> None:
    assert "WHO" in ANALYZER.keywords("WHO")
    assert "WHO" not in ANALYZER.keywords("Who?")


def test_an_index_of_another_analyzer_is_left_empty_to_be_built_anew(tmp_path: Path) -> None:
    index = TantivyIndex(tmp_path)
    index.load()
    index.put("c1", {"d1": [chunk("The IT budget")]})
    index.close()
    index.load()
    assert index.count("c1") == 1
    index.close()
    (tmp_path / "c1" / "analyzer").write_text("1")
    index.load()
    assert index.count("c1") == 0
    index.put("c1", {"d1": [chunk("The IT budget")]})
    assert index.search("c1", "IT", 5)
    index.close()
