"""What a model writes is cut into sentences and citations, however it is split on the way."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragbox.sentences import Cutter, Sentence, lead


def cut(*pieces: str) -> list[str | Sentence]:
    """Return what a cutter gives, neighbouring texts joined."""
    cutter = Cutter()
    found = [made for piece in pieces for made in cutter.feed(piece)] + cutter.flush()
    joined: list[str | Sentence] = []
    for made in found:
        if isinstance(made, str) and joined and isinstance(joined[-1], str):
            joined[-1] += made
        else:
            joined.append(made)
    return joined


def text(found: list[str | Sentence]) -> str:
    return "".join(f for f in found if isinstance(f, str))


def cited(written: str) -> list[tuple[str, tuple[int, ...]]]:
    return [(f.text, f.cites) for f in cut(written) if isinstance(f, Sentence)]


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("It is ninety days [2]. It is 30. [1][3]", [("It is ninety days.", (2,)), ("It is 30.", (1, 3))]),
        ("It is ninety days.[2] It is 30.5 [1, 3].", [("It is ninety days.", (2,)), ("It is 30.5.", (1, 3))]),
        ("年假为十五天。【1】通知期为九十天[2]。", [("年假为十五天。", (1,)), ("通知期为九十天。", (2,))]),
        ("[1] says so. And [Passage 2] too [^3].", [("says so.", (1,)), ("And too.", (2, 3))]),
        ("So it is [2-4] 【5†source】.", [("So it is.", (2, 3, 4, 5))]),
        ("So it is [1][1, 1].", [("So it is.", (1,))]),
        ("Mr. Li of Acme Inc. pays no. 5 (Art. 3). [1]", [("Mr. Li of Acme Inc. pays no. 5 (Art. 3).", (1,))]),
        ("Is it “so.” Yes! Why?", [("Is it “so.”", ()), ("Yes!", ()), ("Why?", ())]),
        ("As follows:\n- One. [1]\n2. Two [2]\n", [("As follows:", ()), ("One.", (1,)), ("Two", (2,))]),
        ("**It is so.** [1] Then", [("It is so.", (1,)), ("Then", ())]),
        ("In [2024] and a[0-9]+ or [see there].", [("In [2024] and a[0-9]+ or [see there].", ())]),
        ("Only\n[1]\n", [("Only", ())]),
    ],
)  # fmt: skip
def test_sentences_and_the_numbers_they_cite(written: str, expected: list[tuple[str, tuple[int, ...]]]) -> None:
    assert cited(written) == expected


def test_the_text_stays_but_for_citations_and_white_space_at_its_ends() -> None:
    assert text(cut(" \n One [1]. \n\n- Two [x] \n")) == "One. \n\n- Two [x]"


def test_a_row_is_one_sentence_and_titles_and_rules_say_nothing() -> None:
    table = "# Prices\n| Item | Price |\n|---|---|\n| Pump. Big | 4 | [1]\n\n| Of 2024 |\n\n**Sum**\n***"
    found = [(f.text, f.claims) for f in cut(table) if isinstance(f, Sentence)]
    assert found == [
        ("Prices", False), ("Item | Price", False), ("---|---", False), ("Pump. Big | 4", True), ("Of 2024", True),
        ("Sum", True), ("*", False),
    ]  # fmt: skip


def test_text_comes_at_once_where_no_citation_can_follow() -> None:
    cutter = Cutter()
    assert cutter.feed("It") == ["It"]
    assert cutter.feed(" is") == [" is"]
    assert cutter.feed(" [") == []
    assert cutter.feed("1") == []
    assert cutter.feed("]") == []
    assert cutter.feed(".") == []
    assert cutter.feed(" ") == ["."]
    assert cutter.feed("T") == [Sentence(text="It is.", cites=(1,)), " T"]


@pytest.mark.parametrize(
    ("start", "words"), [("- One", 2), ("  (2) One", 6), ("\n\n## One", 5), ("| a", 2), ("One", 0), ("1. **One**", 3)]
)
def test_marks_before_a_sentence_are_no_part_of_it(start: str, words: int) -> None:
    assert lead(start) == words


SCRAPS = st.sampled_from([
    *"One two 3 . ! ? 。 ？ [1] [2, 3] 【4】 [ ] 【 ] ” ) ** | |--| # - no No. e.g. 5.5 第一 条 : 1. [x] [1".split(),
    *" ", " ", "\n", "\n\n", "\t", "\u00a0", "[passage 2]", f"[{'9' * 60}]",
    "[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13]",
])  # fmt: skip


@given(st.lists(SCRAPS, max_size=40).map("".join), st.data())
def test_no_split_changes_anything(written: str, data: st.DataObject) -> None:
    whole = cut(written)
    borders = sorted(data.draw(st.sets(st.integers(0, len(written)), max_size=12)))
    pieces = [written[a:b] for a, b in zip([0, *borders], [*borders, len(written)], strict=True)]
    assert cut(*pieces) == whole == cut(*written)
