"""Retrieval: two legs fused, doubles dropped, only what the actor may read."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest

from ragbox.box import Box
from ragbox.errors import BadInput, Conflict, NotFound
from ragbox.papers import Weights
from ragbox.ports import Scored
from ragbox.ranking import RRF_K
from ragbox.retriever import seen
from ragbox.settings import Settings
from ragbox.types import Actor, Profile
from tests.fakes import FakeDense, FakeEncoder, FakeReranker, FakeSandbox, FakeSparse
from tests.make import put

READER = Actor(name="kim", role="reader", collections=("papers",))


@pytest.fixture
def stocked(box: Box) -> Box:
    for name, id, texts in [
        ("papers", "d1", ["The pump needs oil every month.", "The notice period is ninety days.", "泵每月加油。"]),
        ("secret", "d2", ["The merger price is four billion.", "The pump of the secret plant."]),
    ]:
        shelf = box.library.create_collection(name).id
        box.library.claim_encoder(shelf, box.encoder.identity)
        put(box, box.encoder, shelf, id, *texts)
    box.library.create_collection("empty")
    box.indexer.apply()
    return box


def test_hits_are_ranked_and_know_their_document(stocked: Box, admin: Actor) -> None:
    hits = stocked.retriever.search(admin, "How long is the notice period?", k=3)
    assert hits[0].chunk.text == "The notice period is ninety days."
    assert (hits[0].document.id, hits[0].document.collection) == ("d1", "papers")
    assert [h.rank for h in hits] == [1, 2, 3]
    assert [h.score for h in hits] == sorted((h.score for h in hits), reverse=True)
    assert all(-1.01 <= h.cosine <= 1.01 for h in hits)


def test_only_the_passages_that_are_returned_are_read_with_their_marks(
    stocked: Box, admin: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    chunks, whole = stocked.library.chunks, list[str]()

    def read(ids: Any, *, marked: bool = True) -> Any:
        found = chunks(ids, marked=marked)
        whole.extend(found if marked else ())
        return found

    monkeypatch.setattr(stocked.library, "chunks", read)
    hits = stocked.retriever.search(admin, "How long is the notice period of the pump?", k=1)
    assert [h.chunk.id for h in hits] == whole
    assert all(h.chunk.marks for h in hits)


def test_a_question_is_encoded_as_one_by_search_and_by_the_quotes(stocked: Box, admin: Actor) -> None:
    question = "How long is the notice period?"
    hits = stocked.retriever.search(admin, question, k=3)
    assert list(stocked.engine.answer(question, hits))
    assert stocked.encoder.asked == [question, question]  # type: ignore[attr-defined]  # the fake's


def test_a_hit_of_the_keyword_leg_alone_has_its_cosine_too(settings: Settings, admin: Actor) -> None:
    narrow = Box(settings.model_copy(update={"candidates": 1}), encoder=FakeEncoder(), sandbox=FakeSandbox())
    narrow.open()
    narrow.load()
    shelf = narrow.library.create_collection("papers").id
    narrow.library.claim_encoder(shelf, narrow.encoder.identity)
    texts = ["zeta", "notice period notice period notice period"]
    put(narrow, narrow.encoder, shelf, "d1", *texts)
    narrow.indexer.apply()
    narrow.dense.put(shelf, {"d1": (["d1-0"], narrow.encoder.encode(["notice period"]))})  # the legs disagree
    hits = {h.chunk.text: h for h in narrow.retriever.search(admin, "notice period", k=1)}
    hits |= {h.chunk.text: h for h in narrow.retriever.search(admin, "notice period", k=2)}
    assert hits[texts[1]].cosine == pytest.approx(1, abs=1e-3)
    narrow.close()


def test_only_what_may_be_read_is_searched(stocked: Box, admin: Actor) -> None:
    def found(actor: Actor, name: str | None = None) -> set[str]:
        return {h.document.id for h in stocked.retriever.search(actor, "pump merger price", collection=name, k=50)}

    assert found(admin) == {"d1", "d2"}
    assert found(READER) == found(READER, "papers") == {"d1"}
    assert found(Actor(name="new", role="reader")) == set()
    assert found(admin, "empty") == set()
    with pytest.raises(NotFound) as hidden:
        found(READER, "secret")
    with pytest.raises(NotFound) as missing:
        found(READER, "nothing")
    assert str(hidden.value).replace("secret", "X") == str(missing.value).replace("nothing", "X")
    assert (stocked.retriever.passages(READER, None), stocked.retriever.passages(admin, None)) == (3, 5)


@pytest.mark.parametrize("question", ["How long is the notice period?", "泵多久加油？"])
def test_a_search_can_stay_within_one_document(stocked: Box, admin: Actor, question: str) -> None:
    papers = stocked.library.collection("papers").id
    put(stocked, stocked.encoder, papers, "d3", "The notice period of the lease is one year.", "泵放在地下室。")
    stocked.indexer.apply()
    for document in ("d1", "d3"):
        for collection in (None, "papers"):
            hits = stocked.retriever.search(admin, question, collection=collection, document=document)
            assert len(hits) == stocked.retriever.passages(admin, collection, document)
            assert {h.document.id for h in hits} == {document}
            assert all(-1.01 <= h.cosine <= 1.01 for h in hits)
    assert stocked.retriever.search(admin, question, document="d1")[0].chunk.text in (
        "The notice period is ninety days.", "泵每月加油。",
    )  # fmt: skip


def test_a_document_elsewhere_or_that_may_not_be_read_is_not_there(stocked: Box, admin: Actor) -> None:
    for actor, document, collection in ((READER, "d2", None), (admin, "d2", "papers"), (admin, "none", None)):
        with pytest.raises(NotFound):
            stocked.retriever.search(actor, "pump", document=document, collection=collection)
        with pytest.raises(NotFound):
            next(stocked.answers.ask(actor, "pump", document=document, collection=collection))


@pytest.mark.parametrize("question", ["", " \n", "\x00", "x" * 4001])
def test_no_question_and_too_long_a_question_are_refused(stocked: Box, admin: Actor, question: str) -> None:
    with pytest.raises(BadInput):
        stocked.retriever.search(admin, question)


@pytest.mark.parametrize("question", ["a\x00b", "\ud83d pump", "'; DROP TABLE chunks; --", "*", "的", "😀", "x" * 4000])
def test_any_other_text_is_a_question(stocked: Box, admin: Actor, question: str) -> None:
    assert isinstance(stocked.retriever.search(admin, question), list)


def test_what_goes_or_changes_is_passed_over(stocked: Box, admin: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    search, chunks = stocked.sparse.search, stocked.library.chunks

    def then_remove(*arguments: Any) -> Any:
        result = search(*arguments)
        stocked.library.remove("d1")
        return result

    with monkeypatch.context() as patch:
        patch.setattr(stocked.sparse, "search", then_remove)
        assert {h.document.id for h in stocked.retriever.search(admin, "pump notice")} <= {"d2"}

    def then_change(ids: Any, **given: Any) -> Any:
        result = chunks(ids, **given)
        change()
        return result

    monkeypatch.setattr(stocked.library, "chunks", then_change)
    change: Any = partial(put, stocked, stocked.encoder, stocked.library.collection("secret").id, "d2", "A.", "B.")
    assert stocked.retriever.search(admin, "merger pump") == []
    change = partial(stocked.library.remove, "d2")
    assert stocked.retriever.search(admin, "merger pump") == []


def test_vectors_of_another_encoder_are_not_searched(stocked: Box, admin: Actor) -> None:
    stocked.encoder.name = "other"
    with pytest.raises(Conflict, match="rebuild --encode"):
        stocked.retriever.search(admin, "pump")


def test_a_question_in_a_foreign_language_leans_on_keywords(settings: Settings, admin: Actor) -> None:
    for languages, first in [(("en",), "d1-1"), (("en", "zh"), "d1-0")]:
        dense = FakeDense()
        made = Box(settings.model_copy(update={"encoder_languages": languages, "data": settings.data / first}),
                   encoder=FakeEncoder(), dense=dense, sparse=FakeSparse(), sandbox=FakeSandbox())  # fmt: skip
        made.open()
        made.load()
        shelf = made.library.create_collection("papers").id
        made.library.claim_encoder(shelf, made.encoder.identity)
        # Only the dense leg finds 0, only the keyword leg finds 1.
        put(made, made.encoder, shelf, "d1", "unlike", "年假 another one")
        made.indexer.apply()
        dense.put(shelf, {"d1": (["d1-0"], made.encoder.encode(["年假几天"]))})
        hits = made.retriever.search(admin, "年假几天", k=2)
        assert hits[0].chunk.id == first
        made.close()


def test_a_reranker_has_the_last_word(settings: Settings, admin: Actor) -> None:
    class Contrary(FakeReranker):
        def score(self, question: str, texts: Any) -> list[float]:
            return [-s for s in super().score(question, texts)]

    made = Box(settings, encoder=FakeEncoder(), sandbox=FakeSandbox(), reranker=Contrary())
    made.open()
    made.load()
    shelf = made.library.create_collection("papers").id
    made.library.claim_encoder(shelf, made.encoder.identity)
    put(made, made.encoder, shelf, "d1", "pump oil valve", "pump oil", "pump")
    made.indexer.apply()
    hits = made.retriever.search(admin, "pump oil valve")
    assert [(h.rank, h.chunk.ordinal, h.score) for h in hits] == [(1, 2, -1.0), (2, 1, -2.0), (3, 0, -3.0)]
    made.close()


@pytest.fixture
def alike(stocked: Box) -> Box:
    """Forty papers that say the same, of ten companies and four quarters."""
    shelf = stocked.library.collection("papers").id
    for n in range(40):
        about = Profile(company=f"Firm{n // 4} Ltd", form="10-Q", period=f"Q{n % 4 + 1} 2023")
        put(stocked, stocked.encoder, shelf, f"q{n}", "Net sales rose.", f"Net sales were {n} million.", profile=about)
    stocked.indexer.apply()
    return stocked


def test_among_papers_that_look_alike_the_one_that_is_named_comes_first(alike: Box, admin: Actor) -> None:
    hits = alike.retriever.search(admin, "What were Firm7's net sales in Q2 2023?", k=2)
    assert {h.document.id for h in hits} == {"q29"}
    assert all(-1.01 <= h.cosine <= 1.01 for h in hits)
    everything = alike.retriever.search(admin, "What were Firm7's net sales in Q2 2023?", k=100)
    assert len({h.document.id for h in everything}) > 20  # a prior, no filter


def test_papers_that_are_compared_are_all_among_the_first(alike: Box, admin: Actor) -> None:
    hits = alike.retriever.search(admin, "Compare the net sales of Firm3 and Firm8 in Q4 2023", k=4)
    assert [h.document.id for h in hits][:2] in (["q15", "q35"], ["q35", "q15"])
    assert [h.rank for h in hits] == [1, 2, 3, 4]
    series = alike.retriever.search(admin, "How did the net sales of Firm3 change over time?", k=5)
    assert {h.document.id for h in series} >= {"q12", "q13", "q14", "q15"}  # and the best-scored, whatever it is of


def test_a_contract_between_two_firms_is_found_beside_their_reports(alike: Box, admin: Actor) -> None:
    shelf = alike.library.collection("papers").id
    name = "Supply agreement Firm3 Firm8"
    text = "The term of the supply agreement is three years."
    put(alike, alike.encoder, shelf, "deal", text, title=name, files=(f"{name}.pdf",), profile=Profile(form="contract"))
    alike.indexer.apply()
    for question in (
        "What is the term of the supply agreement between Firm3 and Firm8?",
        "How long do Firm3 and Firm8 supply?",
    ):
        assert "deal" in [h.document.id for h in alike.retriever.search(admin, question, k=4)][:1]


def test_a_contract_is_asked_for_what_the_question_asks_beside_its_name(alike: Box, admin: Actor) -> None:
    named = [f"Supply Agreement Hovione {n}." for n in range(9)]
    about = Profile(form="contract", aliases=("Hovione AG",))
    put(alike, alike.encoder, alike.library.collection("papers").id, "scan", *named, "Ohio law governs.", profile=about)
    alike.indexer.apply()
    hits = alike.retriever.search(admin, "Which law governs the Supply Agreement with Hovione?", k=3)
    assert "Ohio law governs." in [h.chunk.text for h in hits]


def test_where_one_leg_counts_little_a_gain_does_too(alike: Box, admin: Actor) -> None:
    def gained(question: str) -> float:
        hits = alike.retriever.search(admin, question, k=100)
        return max(h.score for h in hits if h.document.id == "q29") - max(
            h.score for h in hits if h.document.id not in {f"q{n}" for n in range(28, 32)}
        )

    weights = Weights()
    assert gained("Firm7 Q2 2023 zorgle") <= weights.name + weights.period + weights.title + 2 / (RRF_K + 1)
    assert gained("Firm7 2023年第二季度 净销售额是多少？") <= 0.6 * (weights.name + weights.period + weights.title) + (
        1.2 / (RRF_K + 1)
    )


def test_what_may_not_be_read_steers_nothing(alike: Box) -> None:
    hits = alike.retriever.search(Actor(name="new", role="reader"), "What were Firm7's net sales in Q2 2023?")
    assert hits == []


@pytest.mark.parametrize(("of", "calls"), [(0, [5]), (2, [20]), (10, [20]), (30, [20, 80]), (99, [20, 80, 320])])
def test_a_leg_is_asked_for_more_until_enough_are_left_of_what_is_hidden(of: int, calls: list[int]) -> None:
    ranked = [(f"d{n}-{n}", 1.0 - n / 1000) for n in range(100)]
    hidden, asked = frozenset(f"d{n}" for n in range(of)), list[int]()

    def search(k: int) -> list[Scored]:
        asked.append(k)
        return ranked[:k]

    assert seen(search, hidden, 5) == ranked[of : of + 5]
    assert asked == calls
