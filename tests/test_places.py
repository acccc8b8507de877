"""Where words stand on a page: folded, on which line of it, and what is painted where only a passage tells."""

from __future__ import annotations

import pytest

from ingest import places
from ingest.places import Piece, folded, pieces, torn, where
from ingest.wire import Patch
from ragbox.types import Block, Box, Kind, Mark

within = places._within
LINE: Box = (0.1, 0.1, 0.5, 0.12)
TEXT = "anna@ex Second ample.com"


def written(text: str, *places: tuple[float, float]) -> Block:
    """Return a block of which each word stands where it is said, its letters 0.01 wide."""
    marks: list[Mark] = []
    at = 0
    for word, (left, top) in zip(text.split(" "), places, strict=True):
        marks += (
            Mark(start=at + n, end=at + n + 1, page=1, box=(left + n / 100, top, left + (n + 1) / 100, top + 0.02))
            for n in range(len(word))
        )
        at += len(word) + 1
    return Block(kind=Kind.TEXT, text=text, marks=tuple(marks))


def piece(letters: str, box: Box = LINE, *, begins: bool = True) -> Piece:
    return Piece(entity="EMAIL", letters=letters, box=box, begins=begins)


def test_letters_and_digits_are_plain_and_know_their_places() -> None:
    assert folded("Ａ-b１\u2460") == ("ab11", [0, 2, 3, 4])
    text = "1234 and 51234 and 12 34"
    assert list(where(text, *folded(text), "1234")) == [(0, 4), (19, 24)]


def test_a_value_over_two_lines_has_a_piece_on_each_that_is_on_the_page() -> None:
    marks = [
        Mark(start=0, end=7, page=1, box=LINE), Mark(start=7, end=16, page=1, box=(0.1, 0.13, 0.5, 0.15)),
        Mark(start=16, end=30, page=2, box=LINE), Mark(start=0, end=30, page=1),
    ]  # fmt: skip
    found = list(pieces("EMAIL", "anna@example.com, and more text", (2, 18), marks, 1))
    assert [(p.letters, p.begins) for p in found] == [("naex", True), ("amplecom", False)]


def test_the_letters_of_a_piece_are_painted_on_its_line_alone() -> None:
    block = written(TEXT, (0.1, 0.1), (0.6, 0.1), (0.1, 0.13))
    (first,) = torn([block], [piece("annaex")], [])
    assert first.word == "email"
    assert first.box[0] < 0.1 < 0.165 < first.box[2] < 0.18
    (second,) = torn([block], [piece("amplecom", (0.1, 0.13, 0.5, 0.15), begins=False)], [])
    assert second.box[1] > 0.12
    assert list(torn([block], [piece("annaex")], [first])) == []  # it is painted already


def test_a_short_piece_is_the_end_of_its_line_or_its_beginning() -> None:
    block = written("a bca", (0.1, 0.1), (0.2, 0.1))
    (last,) = torn([block], [piece("a")], [])
    (first,) = torn([block], [piece("a", begins=False)], [])
    assert (last.box[0] > 0.21, first.box[2] < 0.12) == (True, True)


def test_a_line_that_reads_otherwise_is_painted_whole() -> None:
    block = written("anrna@ex", (0.1, 0.1))
    assert [p.box[:1] + p.box[2:3] for p in torn([block], [piece("annaex")], [])] == [(0.097, 0.503)]
    known = Patch((0.1, 0.1, 0.18, 0.12), "email")
    twice = [piece("annaex"), piece("annaex")]  # two passages say it
    assert list(torn([block], twice, [known, Patch((0.09, 0.1, 0.17, 0.12), "email")])) == []
    assert len(list(torn([block], twice, [known._replace(word="phone")]))) == 1


def test_paint_over_one_value_is_none_over_another_on_its_row() -> None:
    block = written("annaex 0n0e", (0.1, 0.1), (0.3, 0.1))
    known = Patch((0.097, 0.097, 0.163, 0.123), "email")
    other = known._replace(box=(0.095, 0.1, 0.15, 0.12))  # over the same letters
    for held in ([piece("annaex"), piece("bo")], [piece("li"), piece("bo")]):
        (row,) = torn([block], held, [known, other])
        assert row.box[0] < 0.1
        assert row.box[2] > 0.5
    both = [known, Patch((0.297, 0.097, 0.343, 0.123), "email")]
    assert list(torn([block], [piece("annaex"), piece("bo")], both)) == []


def test_a_letter_is_looked_at_for_its_own_row_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    tops = [n / 100 for n in range(100)]
    block = written(" ".join(["annaex"] * 100), *((0.1, top) for top in tops))
    looked: list[Box] = []
    monkeypatch.setattr(places, "_within", lambda box, line: looked.append(box) or within(box, line))
    held = [piece("annaex", (0.1, top, 0.5, top + 0.01)) for top in tops] * 2
    assert len(list(torn([block], held, []))) == 100
    assert len(looked) <= 3 * len(block.marks)
