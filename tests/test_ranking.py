"""Rankings of passages as such: fused, without doubles, spread over pages, papers in turn."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragbox.ranking import AGAIN, RRF_K, distinct, fuse, in_turn, spread
from tests.make import chunk

LEGS = st.lists(st.lists(st.sampled_from("abcdefgh"), unique=True), max_size=3)


@given(LEGS)
def test_fusing_keeps_every_chunk_once_best_first(legs: list[list[str]]) -> None:
    fused = fuse([(1.0, [(c, 0.0) for c in leg]) for leg in legs])
    assert {c for c, _ in fused} == {c for leg in legs for c in leg}
    assert len({c for c, _ in fused}) == len(fused)
    assert [s for _, s in fused] == sorted((s for _, s in fused), reverse=True)
    assert fused == fuse([(1.0, [(c, 9.0) for c in leg]) for leg in legs])  # ranks count, scores do not


def test_fusing_adds_weighted_reciprocal_ranks() -> None:
    fused = dict(fuse([(0.2, [("a", 1), ("b", 1)]), (1.0, [("b", 1)])]))
    assert fused == {"a": pytest.approx(0.2 / (RRF_K + 1)), "b": pytest.approx(0.2 / (RRF_K + 2) + 1 / (RRF_K + 1))}


def test_first_in_both_legs_beats_first_in_one() -> None:
    assert fuse([(1, [("a", 1), ("b", 1)]), (1, [("b", 1), ("c", 1)])])[0][0] == "b"


def test_what_says_the_same_is_kept_once() -> None:
    ranked = [(chunk(t, ordinal=n), 1.0) for n, t in enumerate(["The  notice\nperiod", "the notice period", "Cake"])]
    assert [c.ordinal for c, _ in distinct(ranked)] == [0, 2]


def test_a_page_that_was_met_gives_way_to_another() -> None:
    pages = [("d", 1), ("d", 1), ("d", 2), ("e", 1)]
    ranked = [(chunk(str(n), document=d, page=p, ordinal=n), 1 - n * AGAIN / 4) for n, (d, p) in enumerate(pages)]
    made = spread(ranked)
    assert [c.text for c, _ in made] == ["0", "2", "3", "1"]
    assert {c.text: s for c, s in made}["1"] == pytest.approx(1 - 5 * AGAIN / 4)
    clear = [(ranked[0][0], 1.0), (ranked[1][0], 0.9), (ranked[2][0], 0.9 - 2 * AGAIN)]
    assert [c.text for c, _ in spread(clear)] == ["0", "1", "2"]


def test_facets_take_turns_and_all_else_has_a_place_after_every_second() -> None:
    ranked = [(chunk(f"{d}{n}", document=d, ordinal=n), 1.0) for d, n in ("a0", "a1", "b0", "c0", "a2", "b1", "c1")]
    turns = in_turn(ranked, [frozenset("b"), frozenset("a"), frozenset("x")])
    assert [c.text for c, _ in turns] == ["b0", "a0", "b1", "a1", "c0", "a2", "c1"]
    assert in_turn(ranked, []) == ranked
    best = [(chunk("c9", document="c", ordinal=9), 2.0), *ranked]
    assert [c.text for c, _ in in_turn(best, [frozenset("b"), frozenset("a")])][:4] == ["c9", "b0", "a0", "b1"]
