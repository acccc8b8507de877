"""What the bench of quality counts, on cases with known values."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.bench.quality import Cache, Remembering
from tests.bench.quality_scores import Asked, Pages, Reply, figures, numbers, score, shared
from tests.fakes import FakeEncoder


def test_figures_are_the_numbers_that_tell_something() -> None:
    answer = (
        "1. For the quarter ended June 25, 2022, sales were $82,959 million, up 3% and 5 points, $6.0 billion, "
        "850.00.\n"
        "2. See Note 7 of the 10-Q. (SOURCE: 2022 Q3 AAPL.pdf, 99)"
    )
    assert figures(answer) == {(82959.0, False), (3.0, True), (850.0, False)}
    assert figures("It was 500 in Q3.", "Was it 500?") == set()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("$1,234.50 (3)%", {(1234.5, False), (3.0, True)}), ("(1,234)", {(1234.0, False)}), ("10-Q A4 x7", set()),
        ("12 % and 1,23", {(12.0, True)}), ("850.00.", {(850.0, False)}),
    ],
)  # fmt: skip
def test_numbers_are_read_by_value(text: str, found: set[tuple[float, bool]]) -> None:
    assert numbers(text) == found


def test_a_question_counts_for_documents_figures_evidence_and_true_citations() -> None:
    pages = Pages(read=lambda d, p: {("a", 1): "Sales 82,959 and 4 %", ("b", 2): "cost 77"}.get((d, p), ""))
    asked = Asked(
        id="q", question="Sales?", answer="82,959, 77.5 and 4 %", documents=("a", "b"),
        evidence=(("a", "Sales were 82,959 last year"),),
    )  # fmt: skip
    reply = Reply(
        hits=[("c", 1, ""), ("a", 1, "Sales were 82,959 last year, cost less")],
        quotes=[("b", 2, "cost 77"), ("a", 1, "no")], search_s=0.01, answer_s=0.02,
    )  # fmt: skip
    found = score(asked, reply, pages)
    assert (found["document@5"], found["all_documents@5"], found["evidence@5"]) == (1, 0, 1)
    assert found["figures@5"] == found["figures_quoted"] == pytest.approx(2 / 3)
    assert (found["quote"], found["quotes"], found["citations_true"]) == (0, 0, 0.5)
    assert (found["search_ms"], found["answer_ms"]) == (10, 20)


def test_an_expected_string_must_stand_in_a_needed_document() -> None:
    asked = Asked(id="q", question="?", answer="x", documents=("a",), expected=("five days",))
    pages = Pages(read=lambda *_: "")
    for document, right in (("a", 1), ("b", 0)):
        said = (document, 1, "It takes five  days.")
        assert score(asked, Reply(hits=[said], quotes=[said], search_s=0, answer_s=0), pages)["quote"] == right


def test_texts_share_the_trigrams_of_the_shorter() -> None:
    assert shared("a b c d e", "x b c d y") == pytest.approx(1 / 3)
    assert shared("b c d", "a b c d e") == 1
    assert shared("", "a") == 0


def test_no_passage_is_encoded_twice(tmp_path: Path) -> None:
    inner = FakeEncoder()
    first = Remembering(inner, Cache(tmp_path)).encode(["one", "two"])
    again = Remembering(inner, Cache(tmp_path)).encode(["two", "three", "one"])
    assert inner.encoded == ["one", "two", "three"]
    assert np.array_equal(again[[2, 0]], first)
