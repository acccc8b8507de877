"""Sentence borders and language, English and Chinese."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragbox.text import language, sentences


def cut(text: str) -> list[str]:
    return [text[s:e] for s, e in sentences(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One. Two! Three? Four", ["One.", "Two!", "Three?", "Four"]),
        ("年假十五天。病假另计！可以吗？可以", ["年假十五天。", "病假另计！", "可以吗？", "可以"]),
        ("他说：“可以。”然后走了。", ["他说：“可以。”", "然后走了。"]),
        ('He said "No." Then he left.', ['He said "No."', "Then he left."]),
        ("Mr. Li of Acme Inc. paid 3.5 million, i.e. all.", ["Mr. Li of Acme Inc. paid 3.5 million, i.e. all."]),
        ("See Fig. 3 and No. 7. Then stop.", ["See Fig. 3 and No. 7.", "Then stop."]),
        ("Signed on 3 Sept. 2025 by J. R. Smith. Done.", ["Signed on 3 Sept. 2025 by J. R. Smith.", "Done."]),
        ("1. Scope of work. 2) More", ["1. Scope of work.", "2) More"]),
        ("Title\n\nBody of text", ["Title", "Body of text"]),
        ("Agreement no. MSA-12. The answer is no. So", ["Agreement no. MSA-12.", "The answer is no.", "So"]),
        ("wrapped\nline of text. Next", ["wrapped\nline of text.", "Next"]),
        ("Bring:\n- a pen\n- paper\n1. a list", ["Bring:", "- a pen", "- paper", "1. a list"]),
        ("  \n\n ", []),
        ("", []),
        ("见www.example.com。好", ["见www.example.com。", "好"]),
    ],
)
def test_a_text_is_cut_at_its_sentences(text: str, expected: list[str]) -> None:
    assert cut(text) == expected


@given(st.text(alphabet=" \n\t.!?。！”\"')-1aB字", max_size=200) | st.text(max_size=200))
def test_offsets_cover_all_that_is_not_white_space_in_order(text: str) -> None:
    found, end = sentences(text), 0
    for s, e in found:
        assert end <= s < e <= len(text)
        assert not text[end:s].strip()
        assert text[s:e] == text[s:e].strip()
        end = e
    assert not text[end:].strip()


def test_the_mark_of_a_footnote_ends_its_sentence() -> None:
    text = "Sales grew.¹ Costs fell.¹²⁾ 收入增长。² 成本下降。About 10⁶ units."
    assert [text[s:e] for s, e in sentences(text)] == [
        "Sales grew.¹", "Costs fell.¹²⁾", "收入增长。²", "成本下降。", "About 10⁶ units.",
    ]  # fmt: skip


@pytest.mark.clock
@pytest.mark.parametrize("unit", [".", "!?", ". ", "\n", " \n", "\n ", '."', "a.", "(", "。”", "\n1", "\n-"])
def test_hostile_texts_take_linear_time(unit: str) -> None:
    text = unit * (200_000 // len(unit)) + "x"
    started = time.perf_counter()
    sentences(text)
    assert time.perf_counter() - started < 3


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The notice period", "en"),
        ("通知期为九十天", "zh"),
        ("MX-220 泵的流量是多少？", "zh"),
        ("The pump 泵 is made by the company in Shanghai", "en"),
        ("Préavis de trois mois", "en"),
        ("1234 +-*/ 。", ""),
        ("", ""),
    ],
)
def test_language_is_that_of_most_letters(text: str, expected: str) -> None:
    assert language(text) == expected
