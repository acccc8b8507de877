"""Scorers that are kept read, and their readers' models: one for all questions, none longer than it is needed."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from ragbox.adapters.scorers import Scorers
from ragbox.adapters.store import AdapterStore
from ragbox.encoders import SentenceEncoder
from ragbox.engines import span_reader
from ragbox.engines.span_reader import SpanReader
from ragbox.errors import Rejected, Unavailable
from tests.tiny_reader import reader_folder, reader_tensors

PATIENCE = 60.0


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[SpanReader]:
    """Return which readers' models were read; that itself is left out."""
    done = list[SpanReader]()

    def read_model(self: SpanReader) -> tuple[object, object, dict[str, object]]:
        done.append(self)
        return object(), object(), {}

    monkeypatch.setattr(SpanReader, "_read_model", read_model)
    return done


def test_only_the_scorer_that_chooses_is_kept_and_its_reader_is_loaded_before_anybody_asks(
    tmp_path: Path, read: list[SpanReader]
) -> None:
    store = AdapterStore(tmp_path / "adapters")
    scorers = Scorers(store, SentenceEncoder("none"), lambda: "x")
    old, new = (
        store.add(reader_folder(tmp_path / n, "x", tensors=reader_tensors(seed=s))).key for n, s in (("a", 1), ("b", 2))
    )
    store.activate(old)
    scorers.settle()
    scorers.close()
    assert read == [scorers().reader]
    scorers.load(new)  # on trial
    assert (list(scorers._read), len(read)) == ([old, new], 2)
    scorers.settle()
    scorers.close()
    assert (list(scorers._read), len(read)) == ([old], 2)  # kept, and not read again
    store.activate(None, "extractive")
    scorers.settle()
    assert not scorers._read


@pytest.mark.usefixtures("read")
def test_questions_at_one_time_read_a_scorer_once(tmp_path: Path) -> None:
    store = AdapterStore(tmp_path / "adapters")
    store.activate(store.add(reader_folder(tmp_path / "a", "x")).key)
    scorers = Scorers(store, SentenceEncoder("none"), lambda: "x")
    start = threading.Barrier(4)

    def ask(_: int) -> int:
        start.wait(PATIENCE)
        return id(scorers().reader)

    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(ask, range(4)))) == 1


def test_a_reader_that_cannot_be_loaded_is_not_tried_at_each_question(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried = 0

    def fail(_: SpanReader) -> None:
        nonlocal tried
        tried += 1
        raise Rejected("It does not fit.")

    monkeypatch.setattr(SpanReader, "_read_model", fail)
    reader = SpanReader(tmp_path / "none", lambda: tmp_path)
    for wait, tries in ((span_reader.AGAIN, 1), (-1.0, 3)):
        monkeypatch.setattr(span_reader, "AGAIN", wait)
        for _ in range(2):
            with pytest.raises(Unavailable, match="It does not fit"):
                reader.read("How many days?", [])
        assert tried == tries
