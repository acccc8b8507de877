"""Answers kept: the same question hits, a near one with another year or name misses, what changed is forgotten."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ragbox import corpus
from ragbox.box import Box
from ragbox.cache import AnswerCache, Scope
from ragbox.index.sparse import TantivyIndex
from ragbox.types import Answer, Citation, Unsupported
from tests.fakes import FakeEncoder
from tests.make import document, hit, put

SCOPE = Scope(collections=frozenset({"c1"}), corpus="c1:3", engine="hf", model="m 1", adapter="a 1", redaction="on 1")
QUESTION = "What was the turnover of Ferrandale in 2023?"


class Alike(FakeEncoder):
    """Finds all questions alike: what keeps them apart is then the rest."""

    def encode_queries(self, texts: Any) -> Any:
        self.asked.extend(texts)
        return np.full((len(texts), 4), 0.5, dtype=np.float32)


def answer(text: str = "Ten million [1].", **given: Any) -> Answer:
    citation = Citation(n=1, document="d1", file="f", page=1, section="", quote="q")
    made = Answer(text=text, refused=False, citations=(citation,), hits=(hit("Ten."),), timings={})
    return replace(made, **given)


@pytest.fixture
def cache(tmp_path: Path) -> AnswerCache:
    sparse = TantivyIndex(tmp_path)
    sparse.load()
    return AnswerCache(Alike(), sparse)


def test_the_same_question_is_answered_from_memory_and_says_so(cache: AnswerCache) -> None:
    assert cache.get(SCOPE, QUESTION) is None
    assert cache.put(SCOPE, QUESTION, answer(conversation="c", turn="t", asked="as typed"))
    for asked in (
        QUESTION,
        "  what was the turnover of ferrandale in 2023 ??",
        "WHAT WAS THE TURNOVER OF FERRANDALE IN ２０２３",
    ):
        found = cache.get(SCOPE, asked)
        assert found is not None
        assert found.cached
        assert found.text == "Ten million [1]."
        assert (found.conversation, found.turn, found.asked) == ("", "", "")
    standing = cache.standing()
    assert (standing.kept, standing.same, standing.alike, standing.missed) == (1, 3, 0, 1)


@pytest.mark.parametrize(
    "asked",
    [
        "Please tell me what the turnover of Ferrandale was in 2023.",
        "In 2023, what was the turnover of Ferrandale?",
        "Do you know what the turnover of Ferrandale in 2023 was?",
    ],
)
def test_a_question_that_asks_the_same_hits(cache: AnswerCache, asked: str) -> None:
    cache.put(SCOPE, QUESTION, answer())
    assert cache.get(SCOPE, asked) is not None
    assert cache.standing().alike == 1


@pytest.mark.parametrize(
    ("kept", "asked"),
    [
        (QUESTION, "What was the turnover of Ferrandale in 2024?"),
        (QUESTION, "What was the turnover of Ostermoor in 2023?"),
        (QUESTION, "What was the turnover of Ferrandale in 2023 and 2024?"),
        (QUESTION, "What was not the turnover of Ferrandale in 2023?"),
        (QUESTION, "Where was the turnover of Ferrandale in 2023?"),
        (QUESTION, "What was the turnover of Ferrandale before 2023?"),
        (QUESTION, "Quel était the turnover of Ferrandale in 2023?"),
        ("Does the tenant pay for repairs?", "Does the landlord pay for repairs?"),
        ("May I work from home?", "Must I work from home?"),
        ("Who signed after May 2023?", "Who signed after June 2023?"),
        ("Is a fee of 5% due?", "Is a fee of 6% due?"),
        ("What is due within 15 days?", "What is due within 15 weeks?"),
        ("Did Smith sue Miller?", "Did Miller sue Smith?"),
        ("What does pump MX-220 cost?", "What does pump MX-330 cost?"),
        ("Is it allowed?", "Is it not allowed?"),
    ],
)
def test_a_near_question_that_asks_something_else_misses(cache: AnswerCache, kept: str, asked: str) -> None:
    cache.put(SCOPE, kept, answer())
    assert cache.get(SCOPE, asked) is None


def test_where_the_vectors_are_apart_it_misses(cache: AnswerCache, monkeypatch: pytest.MonkeyPatch) -> None:
    cache.put(SCOPE, QUESTION, answer())
    monkeypatch.setattr(Alike, "encode_queries", lambda *_: np.array([[1, 0, 0, 0]], dtype=np.float32))
    assert cache.get(SCOPE, "In 2023, what was the turnover of Ferrandale?") is None


def test_in_a_language_that_the_encoder_does_not_know_only_equal_questions_hit(cache: AnswerCache) -> None:
    cache.put(SCOPE, "费兰代尔2023年的营业额是多少？", answer())
    assert cache.get(SCOPE, "费兰代尔2023年的营业额是多少") is not None
    assert cache.get(SCOPE, "请问费兰代尔2023年的营业额是多少？") is None
    assert cache._encoder.asked == []


@pytest.mark.parametrize(
    "changed",
    [
        {"collections": frozenset({"c1", "c2"})}, {"collection": "papers"}, {"document": "d1"}, {"corpus": "c1:4"},
        {"engine": "extractive"}, {"model": "m 2"}, {"adapter": "a 2"}, {"redaction": "off"},
    ],
)  # fmt: skip
def test_nothing_is_given_to_whom_or_when_it_may_be_otherwise(cache: AnswerCache, changed: dict[str, Any]) -> None:
    cache.put(SCOPE, QUESTION, answer())
    assert cache.get(replace(SCOPE, **changed), QUESTION) is None
    assert cache.get(SCOPE, QUESTION) is not None


def test_answers_of_an_older_corpus_make_room(cache: AnswerCache) -> None:
    cache.put(SCOPE, QUESTION, answer())
    cache.put(replace(SCOPE, redaction="off"), QUESTION, answer())
    cache.put(replace(SCOPE, corpus="c1:4"), QUESTION, answer())
    assert cache.standing().kept == 2
    assert cache.get(SCOPE, QUESTION) is None


@pytest.mark.parametrize(
    "poor",
    [
        {"refused": True}, {"fallback": "the model failed"}, {"incomplete": "cut short"}, {"cached": True},
        {"unsupported": (Unsupported(start=0, end=3, reason="r"),)},
    ],
)  # fmt: skip
def test_an_answer_better_tried_again_is_not_kept(cache: AnswerCache, poor: dict[str, Any]) -> None:
    assert not cache.put(SCOPE, QUESTION, answer(**poor))
    assert cache.get(SCOPE, QUESTION) is None


def test_while_the_indexes_lag_nothing_is_kept_or_given(cache: AnswerCache) -> None:
    cache.put(SCOPE, QUESTION, answer())
    lagging = replace(SCOPE, corpus="")
    assert not cache.put(lagging, QUESTION, answer())
    assert cache.get(lagging, QUESTION) is None


def test_the_answers_about_a_document_are_forgotten(cache: AnswerCache) -> None:
    cache.put(SCOPE, QUESTION, answer())
    cache.put(SCOPE, "Who is Smith?", answer(citations=(), hits=()))
    cache.drop("d1")
    assert cache.get(SCOPE, QUESTION) is None
    assert cache.get(SCOPE, "Who is Smith?") is not None
    cache.clear()
    assert cache.standing().kept == 0


def test_the_answer_unused_longest_goes(tmp_path: Path) -> None:
    cache = AnswerCache(Alike(), TantivyIndex(tmp_path), most=2, similarity=1)
    for question in ("one?", "two?"):
        cache.put(SCOPE, question, answer(question))
    cache.get(SCOPE, "one?")
    cache.put(SCOPE, "three?", answer())
    assert [cache.get(SCOPE, q) is not None for q in ("one?", "two?", "three?")] == [True, False, True]
    assert cache._encoder.asked == []  # only equal questions count: nothing to encode


def test_a_cache_of_none_keeps_nothing(tmp_path: Path) -> None:
    cache = AnswerCache(Alike(), TantivyIndex(tmp_path), most=0)
    assert not cache.put(SCOPE, QUESTION, answer())
    assert cache.get(SCOPE, QUESTION) is None


def test_many_threads_may_use_it(cache: AnswerCache) -> None:
    failed = []

    def run(number: int) -> None:
        try:
            for n in range(20):
                cache.put(replace(SCOPE, corpus=f"c1:{n % 3}"), f"Question {number}?", answer())
                cache.get(replace(SCOPE, corpus=f"c1:{n % 3}"), f"Question {n % 5}?")
                cache.drop("d1")
        except Exception as error:
            failed.append(error)

    threads = [threading.Thread(target=run, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failed == []


@pytest.fixture
def shelf(box: Box) -> str:
    made = box.library.create_collection("papers")
    box.library.create_collection("other")
    box.library.claim_encoder(made.id, box.encoder.identity)
    put(box, box.encoder, made.id, "d1", "One sentence.")
    box.indexer.apply()
    return made.id


@pytest.mark.parametrize(
    "change",
    [
        lambda box, shelf: put(box, box.encoder, shelf, "d2", "Another sentence."),
        lambda box, shelf: put(box, box.encoder, shelf, "d1", "The same document, read anew."),
        lambda box, _: box.library.remove("d1"),
        lambda box, shelf: box.library.attach("d1", shelf, "second name.txt"),
        lambda box, shelf: box.library.put(document("d1", files=("third.txt",)), shelf),
        lambda box, shelf: box.library.replace_vectors(shelf, "new", {}),
    ],
)
def test_every_change_of_a_collection_makes_another_version(
    box: Box, shelf: str, change: Callable[[Box, str], Any]
) -> None:
    before = corpus.version(box.library._db, [shelf])
    assert before
    assert corpus.version(box.library._db, [shelf]) == before
    change(box, shelf)
    assert corpus.version(box.library._db, [shelf]) != before
    box.indexer.apply()
    assert corpus.version(box.library._db, [shelf]) not in ("", before)


def test_a_change_elsewhere_makes_none_and_pending_work_has_no_version(box: Box, shelf: str) -> None:
    other = box.library.collection("other").id
    before, both = corpus.version(box.library._db, [shelf]), corpus.version(box.library._db, [other, shelf])
    put(box, box.encoder, other, "d9", "Elsewhere.")
    assert corpus.version(box.library._db, [shelf]) == before
    assert corpus.version(box.library._db, [other, shelf]) == ""
    box.indexer.apply()
    assert corpus.version(box.library._db, [shelf, other]) not in ("", both)
    assert corpus.version(box.library._db, []) == "-"
