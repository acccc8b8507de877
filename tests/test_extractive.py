"""The quoting engine: the contract, on the fake and with the real encoder, and how tables are quoted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from ragbox.encoders import SentenceEncoder
from ragbox.engines import extractive
from ragbox.engines.evidence import BUILT_IN, spans
from ragbox.engines.extractive import Candidate, ExtractiveEngine
from ragbox.errors import Unavailable
from ragbox.events import Risk, Text
from ragbox.types import Kind, Quote
from tests.contracts import EngineContract
from tests.fakes import FakeEncoder, FakeEngine, FakeSparse
from tests.make import document, hit

TABLE = "Item | Price\nPump MX-220 | 4,200\nValve AX-9 | 310"


class TestFake(EngineContract):
    @pytest.fixture
    def engine(self) -> FakeEngine:
        return FakeEngine()


class TestExtractive(EngineContract):
    @pytest.fixture
    def engine(self, real_encoder: SentenceEncoder) -> ExtractiveEngine:
        lexicon = FakeSparse()
        lexicon.put("c1", {"d1": [hit.chunk for hit in self.HITS]})
        return ExtractiveEngine(real_encoder, lexicon)


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> ExtractiveEngine:
    """Return an engine that always answers: a fake encoder's cosines mean nothing to the fitted border."""
    monkeypatch.setattr(extractive, "SURE", 0.0)
    return ExtractiveEngine(FakeEncoder(), FakeSparse())


def test_a_table_is_quoted_by_row_under_its_header(engine: ExtractiveEngine) -> None:
    pieces = list(engine.answer("price of pump MX-220", [hit(TABLE, kind=Kind.TABLE, head=len("Item | Price\n"))]))
    assert isinstance(pieces[0], Text)
    assert pieces[0].text == "Item | Price\nPump MX-220 | 4,200"
    quote = pieces[1]
    assert isinstance(quote, Quote)
    assert TABLE[quote.start : quote.end] == "Pump MX-220 | 4,200"


def test_a_table_of_one_row_is_said_once(engine: ExtractiveEngine) -> None:
    pieces = list(engine.answer("price of pump MX-220", [hit("Pump MX-220 | price 4,200", kind=Kind.TABLE)]))
    assert [p.text for p in pieces if isinstance(p, Text)] == ["Pump MX-220 | price 4,200"]


def test_quotes_at_most_three_stretches_and_only_close_ones(engine: ExtractiveEngine) -> None:
    hits = [hit(f"The notice period is ninety days in case {n}.", rank=n) for n in range(1, 6)]
    pieces = list(engine.answer("notice period ninety days", [*hits, hit("Cake.", rank=9)]))
    quoted = [p.hit.rank for p in pieces if isinstance(p, Quote)]
    assert 1 <= len(quoted) <= extractive.MOST
    assert 9 not in quoted
    (risk,) = [p.value for p in pieces if isinstance(p, Risk)]
    assert 0 < risk < 1


def test_ranks_a_sentence_that_has_the_rare_words_first(engine: ExtractiveEngine) -> None:
    text = "The pump is blue. The pump needs oil of grade forty. The pump is loud."
    ranked = engine.rank("Which grade of oil?", [hit(text)])
    best = ranked[0].span
    assert best.shown == text[best.start : best.end] == "The pump needs oil of grade forty."
    assert 0 < engine.evidence("Which grade of oil?", ranked) < 1


def test_keeps_no_more_vectors_than_it_says(monkeypatch: pytest.MonkeyPatch, engine: ExtractiveEngine) -> None:
    monkeypatch.setattr(extractive, "CACHE", 2)
    for n in range(5):
        assert engine.rank("pump", [hit(f"Pump {n}. Valve {n}. Oil {n}.")])
    assert len(engine._vectors) <= 2
    engine.close()
    assert not engine._vectors


def test_hits_without_text_say_nothing(engine: ExtractiveEngine) -> None:
    assert list(engine.answer("pump", [hit("  \n "), hit("", kind=Kind.TABLE)])) == []


class Broken:
    """A reader that fails."""

    def read(self, _question: str, _places: Sequence[tuple[str, int, int]]) -> list[tuple[float, ...]]:
        raise Unavailable("The reader of quotes failed. The log says where.")


def test_whom_a_broken_reader_would_judge_is_told_so_and_who_asks_is_answered_at_the_built_in_border(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(extractive, "SURE", 0.0)
    scorer = replace(BUILT_IN, reading=(1.0, 1.0, 1.0), reader=Broken())
    strict = ExtractiveEngine(FakeEncoder(), FakeSparse(), scorer=lambda _: scorer, border=lambda _: 0.0)
    hits = [hit("Staff get 30 days.")]
    assert list(strict.answer("How many days?", hits))  # the border of 0 was made for the reader
    with pytest.raises(Unavailable):  # in a gate
        list(strict.answer("How many days?", hits, "mine@1"))
    with pytest.raises(Unavailable):  # in a calibration
        list(strict.unrefusing().answer("How many days?", hits))


def test_the_same_line_of_a_paper_that_looks_alike_casts_no_doubt(engine: ExtractiveEngine) -> None:
    ranked = []
    for paper, score in [("d1", 9.0), ("d2", 8.9), ("d3", 8.8), ("d4", 8.7), ("d1", 8.5), ("d1", 8.4), ("d1", 8.0)]:
        (span,) = spans(replace(hit("Revenue was 52,857."), document=document(paper)))
        ranked.append(Candidate(span=span, figures=(), score=score))
    assert engine.doubts("revenue", ranked)[1] == pytest.approx(1.0)  # not 0.3: d4 is the next quarter's
    assert engine.doubts("revenue", ranked[:4])[1] == pytest.approx(0.3)  # of its own paper too little to compare
