"""One contract for each seam of `ragbox/ports.py`: the fake and the real thing both pass it.

A class here is inherited in a test file that gives it the fixture it asks for.
"""

from __future__ import annotations

import math
import random
import threading
from typing import Any

import numpy as np
import pytest

from ragbox.events import Text
from ragbox.ports import DenseIndex, Encoder, Engine, Lexicon, Redactor, Reranker, SparseIndex
from ragbox.types import Quote
from ragbox.wording import Expansion
from tests.make import chunk, hit

TEXTS = [
    "Either party may terminate the agreement with ninety days' notice.",
    "The pump MX-220 delivers 1,250 litres a minute.",
    "员工每年享有十五天带薪年假。",
    "",
    "x",
]


class EncoderContract:
    """Fixture `encoder`: loaded."""

    def test_rows_are_unit_vectors_in_the_order_given(self, encoder: Encoder) -> None:
        rows = encoder.encode(TEXTS)
        assert rows.dtype == np.float32
        assert rows.shape[0] == len(TEXTS)
        assert np.allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-3)
        for n, text in enumerate(TEXTS):
            # bf16 rounds differently in batches of other widths.
            assert float(encoder.encode([text])[0] @ rows[n]) > 0.995

    def test_no_texts_give_no_rows_of_the_same_width(self, encoder: Encoder) -> None:
        assert encoder.encode([]).shape == encoder.encode_queries([]).shape == (0, encoder.encode(["x"]).shape[1])
        assert encoder.count_tokens([]) == []

    def test_what_means_the_same_is_nearer(self, encoder: Encoder) -> None:
        notice, same, other = encoder.encode(
            ["The notice period is ninety days.", "A period of notice of ninety days.", "Pumps move water uphill."]
        )
        assert notice @ same > notice @ other + 0.2

    def test_a_question_is_a_unit_vector_near_its_passage(self, encoder: Encoder) -> None:
        near, far = encoder.encode(["The notice period is ninety days.", "Pumps move water uphill."])
        rows = encoder.encode_queries(["How long is the notice period?", "x"])
        assert rows.shape == (2, len(near))
        assert np.allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-3)
        assert rows[0] @ near > rows[0] @ far + 0.2

    def test_counts_tokens_of_every_text(self, encoder: Encoder) -> None:
        counts = encoder.count_tokens([*TEXTS, "notice " * 1000])
        assert len(counts) == len(TEXTS) + 1
        assert counts[TEXTS.index("")] == 0
        assert counts[0] >= len(TEXTS[0].split())
        assert counts[-1] >= 1000 > encoder.window  # not cut at the window

    def test_identity_is_stable_and_names_the_dimension(self, encoder: Encoder) -> None:
        assert encoder.identity == encoder.identity
        assert f":{encoder.encode(['x']).shape[1]}:" in encoder.identity

    def test_two_threads_encode_at_once(self, encoder: Encoder) -> None:
        alone, rows, failures = encoder.encode(TEXTS), [], []

        def work() -> None:
            try:
                for _ in range(3):
                    encoder.count_tokens(TEXTS)
                    rows.append(encoder.encode(TEXTS))
            except Exception as error:
                failures.append(error)

        threads = [threading.Thread(target=work) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert not failures
        assert all(np.allclose(alone, r, atol=2e-2) for r in rows)


class DenseContract:
    """Fixture `dense`: loaded and empty."""

    @staticmethod
    def unit(*angles: float) -> Any:
        return np.array([[math.cos(a), math.sin(a), 0] for a in angles], dtype=np.float32)

    def test_finds_the_nearest_first_with_their_cosine(self, dense: DenseIndex) -> None:
        dense.put("c1", {"d1": (["d1-0", "d1-1"], self.unit(0, 1.0)), "d2": (["d2-0"], self.unit(0.5))})
        found = dense.search("c1", self.unit(0.1)[0], 2)
        assert [i for i, _ in found] == ["d1-0", "d2-0"]
        assert [s for _, s in found] == pytest.approx([math.cos(0.1), math.cos(0.4)], abs=1e-3)
        assert len(dense.search("c1", self.unit(0)[0], 50)) == 3

    def test_putting_twice_is_putting_once_and_putting_again_replaces(self, dense: DenseIndex) -> None:
        for _ in range(2):
            dense.put("c1", {"d1": (["d1-0", "d1-1"], self.unit(0, 1))})
        assert dense.count("c1") == dense.count("c1", "d1") == 2
        dense.put("c1", {"d1": (["d1-0"], self.unit(2))})
        assert dense.count("c1") == 1
        assert dense.search("c1", self.unit(2)[0], 5) == [("d1-0", pytest.approx(1, abs=1e-3))]

    def test_none_forget_a_document_and_leave_the_others(self, dense: DenseIndex) -> None:
        dense.put("c1", {"d1": (["d1-0"], self.unit(0)), "d2": (["d2-0"], self.unit(1))})
        dense.put("c1", {"d1": ([], np.zeros((0, 0), np.float32)), "d9": ([], np.zeros((0, 0), np.float32))})
        assert (dense.count("c1"), dense.count("c1", "d1"), dense.count("c1", "d2")) == (1, 0, 1)

    def test_collections_are_apart_and_unknown_ones_are_empty(self, dense: DenseIndex) -> None:
        dense.put("c1", {"d1": (["d1-0"], self.unit(0))})
        dense.put("c2", {"d2": (["d2-0"], self.unit(0))})
        assert [i for i, _ in dense.search("c1", self.unit(0)[0], 5)] == ["d1-0"]
        assert dense.search("c3", self.unit(0)[0], 5) == []
        assert dense.count("c3") == 0
        dense.drop("c3")
        dense.drop("c1")
        assert (dense.count("c1"), dense.count("c2")) == (0, 1)
        assert dense.search("c1", self.unit(0)[0], 5) == []

    def test_a_dropped_collection_may_come_back_with_another_dimension(self, dense: DenseIndex) -> None:
        dense.put("c1", {"d1": (["d1-0"], self.unit(0))})
        dense.drop("c1")
        dense.put("c1", {"d1": (["d1-0"], np.ones((1, 5), np.float32))})
        assert dense.count("c1") == 1


class SparseContract:
    """Fixture `sparse`: loaded and empty."""

    def test_finds_what_shares_rare_words_best_first(self, sparse: SparseIndex) -> None:
        sparse.put("c1", {"d1": [chunk("the pump and its oil"), chunk("the pump and its valve", ordinal=1)],
                          "d2": [chunk("holidays of the staff", document="d2")]})  # fmt: skip
        found = sparse.search("c1", "which valve has the pump", 5)
        assert [i for i, _ in found] == ["d1-1", "d1-0"]
        assert found[0][1] > found[1][1] > 0
        assert len(sparse.search("c1", "pump", 1)) == 1

    def test_a_search_within_one_document_scores_as_among_all(self, sparse: SparseIndex) -> None:
        sparse.put("c1", {"d1": [chunk("the pump"), chunk("oil of the pump", ordinal=1), chunk("cake", ordinal=2)],
                          "d2": [chunk("pump oil pump", document="d2")]})  # fmt: skip
        every, own = sparse.search("c1", "pump oil", 9), sparse.search("c1", "pump oil", 9, "d1")
        assert own == [s for s in every if s[0].startswith("d1")]
        assert [i for i, _ in own] == ["d1-1", "d1-0"]
        assert len(sparse.search("c1", "pump oil", 1, "d1")) == 1
        assert sparse.search("c1", "pump", 9, "d9") == []

    def test_another_name_is_found_as_a_whole_and_counts_less_than_the_word(self, sparse: SparseIndex) -> None:
        sparse.put("c1", {"d1": [chunk("PTO of the staff"), chunk("paid time off of the staff", ordinal=1),
                                 chunk("paid in time by the staff", ordinal=2)]})  # fmt: skip
        name = Expansion(written="PTO", others=("paid time off",))
        assert [i for i, _ in sparse.search("c1", "PTO", 9)] == ["d1-0"]
        found = sparse.search("c1", "PTO", 9, None, [name])
        assert [i for i, _ in found] == ["d1-0", "d1-1"]
        assert sparse.search("c1", "PTO", 9, "d1", [name]) == found

    def test_chinese_and_codes_are_found(self, sparse: SparseIndex) -> None:
        sparse.put("c1", {"d1": [chunk("员工每年享有十五天带薪年假。"), chunk("差旅费报销标准", ordinal=1),
                                 chunk("Part AX-2040/B weighs 1,250 kg", ordinal=2)]})  # fmt: skip
        assert sparse.search("c1", "带薪年假有多少天？", 1)[0][0] == "d1-0"
        assert sparse.search("c1", "AX-2040/B", 1)[0][0] == "d1-2"
        assert sparse.search("c1", "1250", 1)[0][0] == "d1-2"

    def test_the_context_is_indexed_too(self, sparse: SparseIndex) -> None:
        sparse.put("c1", {"d1": [chunk("It is ninety days.", context="Ferrandale > Termination")]})
        assert [i for i, _ in sparse.search("c1", "Ferrandale", 5)] == ["d1-0"]

    @pytest.mark.parametrize(
        "question", ["", "   ", "?!", "a AND (b OR", '"unclosed', "body:x^2", "\\", "的", "[1 TO 2]", "-x +y", "\ud83d"]
    )
    def test_any_text_is_a_legal_question(self, sparse: SparseIndex, question: str) -> None:
        sparse.put("c1", {"d1": [chunk("some text")]})
        assert isinstance(sparse.search("c1", question, 5), list)

    def test_putting_twice_is_putting_once_and_putting_again_replaces(self, sparse: SparseIndex) -> None:
        for _ in range(2):
            sparse.put("c1", {"d1": [chunk("alpha"), chunk("beta", ordinal=1)]})
        assert sparse.count("c1") == sparse.count("c1", "d1") == 2
        sparse.put("c1", {"d1": [chunk("gamma")], "d2": [chunk("delta", document="d2")]})
        assert (sparse.count("c1"), sparse.count("c1", "d1")) == (2, 1)
        assert sparse.search("c1", "beta", 5) == []

    def test_none_forget_a_document_and_leave_the_others(self, sparse: SparseIndex) -> None:
        sparse.put("c1", {"d1": [chunk("alpha")], "d2": [chunk("alpha", document="d2")]})
        sparse.put("c1", {"d1": [], "d9": []})
        assert [i for i, _ in sparse.search("c1", "alpha", 5)] == ["d2-0"]

    def test_collections_are_apart_and_unknown_ones_are_empty(self, sparse: SparseIndex) -> None:
        sparse.put("c1", {"d1": [chunk("alpha")]})
        sparse.put("c2", {"d2": [chunk("alpha", document="d2")]})
        assert [i for i, _ in sparse.search("c1", "alpha", 5)] == ["d1-0"]
        assert (sparse.search("c3", "alpha", 5), sparse.count("c3")) == ([], 0)
        sparse.drop("c3")
        sparse.drop("c1")
        assert (sparse.count("c1"), sparse.count("c2"), sparse.search("c1", "alpha", 5)) == (0, 1, [])


class LexiconContract:
    """Fixture `sparse`, which is a Lexicon as well."""

    def test_words_match_whatever_their_case_and_number(self, sparse: Lexicon) -> None:
        assert sparse.terms("Reports") == sparse.terms("report")

    def test_numbers_and_codes_stay_whole(self, sparse: Lexicon) -> None:
        assert sparse.terms("1,234") == ["1234"]
        assert "ax-2040/b" in sparse.terms("the AX-2040/B")

    def test_keywords_are_said_once_and_leave_out_what_every_question_has(self, sparse: Lexicon) -> None:
        assert sparse.keywords("What is the pump of the pump?") == sparse.terms("pump")
        assert sparse.keywords("what is the") != []

    def test_names_and_numbers_are_told_from_other_words(self, sparse: Lexicon) -> None:
        assert sparse.names("What did Acme pay in 2018") == ["Acme", "2018"]

    def test_tells_which_document_has_a_word(self, sparse: Any) -> None:
        sparse.put("c1", {"d1": [chunk("pump oil")], "d2": [chunk("valve", document="d2")]})
        assert sparse.holds("c1", "d1", "Oil")
        assert not sparse.holds("c1", "d2", "Oil")

    def test_rare_words_weigh_more(self, sparse: Any) -> None:
        assert sparse.idf("nothing", ["pump"]) == [0.0]
        sparse.put("c1", {"d1": [chunk("pump oil"), chunk("pump", ordinal=1), chunk("staff", ordinal=2)]})
        terms = [*sparse.terms("pump"), *sparse.terms("oil"), "zzz"]
        expected = [math.log(1 + (3 - n + 0.5) / (n + 0.5)) for n in (2, 1, 0)]
        assert sparse.idf("c1", terms) == pytest.approx(expected)


class RerankerContract:
    """Fixture `reranker`: loaded."""

    def test_scores_each_text_whatever_its_neighbours(self, reranker: Reranker) -> None:
        texts = ["the pump has oil", "holidays", "", "pump oil valve"]
        scores = reranker.score("which oil for the pump", texts)
        assert [type(s) for s in scores] == [float] * 4
        assert reranker.score("which oil for the pump", texts[::-1]) == pytest.approx(scores[::-1], abs=1e-4)
        assert reranker.score("anything", []) == []


class EngineContract:
    """Fixture `engine`: loaded; an index it looks words up in holds HITS."""

    HITS = (
        hit("The staff get cake. The notice period is ninety days. Cake is on Friday."),
        hit("Pumps need oil every month.", rank=2),
    )

    def test_answers_with_words_and_the_quote_that_supports_them(self, engine: Engine) -> None:
        pieces = list(engine.answer("How long is the notice period?", self.HITS))
        assert isinstance(next(p for p in pieces if isinstance(p, Text | Quote)), Text)
        quotes = [p for p in pieces if isinstance(p, Quote)]
        assert "ninety days" in "".join(p.text for p in pieces if isinstance(p, Text))
        for quote in quotes:
            assert 0 <= quote.start < quote.end <= len(quote.hit.chunk.text)
        assert "ninety days" in quotes[0].hit.chunk.text[quotes[0].start : quotes[0].end]

    def test_says_nothing_where_the_hits_do_not_answer(self, engine: Engine) -> None:
        for question, hits in (("Who painted the ceiling of the chapel?", self.HITS), ("How long is it?", ())):
            assert [p for p in engine.answer(question, hits) if isinstance(p, Text | Quote)] == []

    def test_has_a_name(self, engine: Engine) -> None:
        assert engine.name


class RedactorContract:
    """Fixture `redactor`: new."""

    TEXT = "Write to anna.li@example.com, or ask 王芳 of bo@example.org today."

    def test_personal_data_does_not_come_out(self, redactor: Redactor) -> None:
        shown = redactor.feed(self.TEXT) + redactor.flush()
        assert "anna" not in shown
        assert "bo@" not in shown
        assert shown.startswith("Write to ")
        assert shown.endswith(" today.")

    def test_any_split_gives_the_same_and_a_flush_makes_it_new(self, redactor: Redactor) -> None:
        whole = redactor.feed(self.TEXT) + redactor.flush()
        chance = random.Random(1)
        for _ in range(30):
            shown, start = "", 0
            while start < len(self.TEXT):
                end = start + chance.randint(1, 9)
                shown += redactor.feed(self.TEXT[start:end])
                start = end
            assert shown + redactor.flush() == whole

    def test_what_is_held_is_told_and_nothing_of_it_is_left_after_a_flush(self, redactor: Redactor) -> None:
        assert redactor.held == 0
        assert redactor.feed("anna.li@exam") == ""
        assert redactor.held == len("anna.li@exam")
        redactor.flush()
        assert redactor.held == 0
