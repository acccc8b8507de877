"""Thinking parted from answers, and stop strings: whatever the pieces, the same comes out."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragbox.engines.hf_text import StopStrings
from ragbox.engines.thinking import KNOWN, THINK, Markers, ThinkingSplitter, find_markers

HARMONY = next(markers for markers in KNOWN if markers.lead)


def split(text: str, cuts: list[int], markers: Markers = THINK, *, inside: bool = False) -> tuple[str, str]:
    """Return the thinking and the answer of a text fed in pieces."""
    splitter = ThinkingSplitter(markers, inside=inside)
    ends = [0, *sorted(cut % (len(text) + 1) for cut in cuts), len(text)]
    pieces = [p for a, b in pairwise(ends) for p in splitter.feed(text[a:b])] + splitter.flush()
    return "".join(t for thinking, t in pieces if thinking), "".join(t for thinking, t in pieces if not thinking)


@pytest.mark.parametrize(
    ("text", "markers", "inside", "thought", "answer"),
    [
        ("<think>\nsum it up\n</think>\n\nIt is 5.", THINK, False, "sum it up\n", "It is 5."),
        ("\n<think>\n\n</think>\n\nIt is 5.", THINK, False, "", "It is 5."),
        ("sum it up</think>It is 5.", THINK, True, "sum it up", "It is 5."),
        ("It is <think>5</think>.", THINK, False, "", "It is <think>5</think>."),
        ("<thin ice", THINK, False, "", "<thin ice"),
        ("<think>cut off </thi", THINK, False, "cut off </thi", ""),
        ("  ", THINK, False, "", "  "),
        (f"{HARMONY.opening}hm{HARMONY.closing}It is 5.", HARMONY, False, "hm", "It is 5."),
        (f"{HARMONY.lead}It is 5.", HARMONY, False, "", "It is 5."),
    ],
)
@given(cuts=st.lists(st.integers(0, 100), max_size=6))
def test_thinking_is_parted_the_same_way_however_it_comes(
    text: str, markers: Markers, inside: bool, thought: str, answer: str, cuts: list[int]
) -> None:
    assert split(text, cuts, markers, inside=inside) == (thought, answer)


def test_an_answer_is_shown_as_soon_as_it_cannot_be_a_marker() -> None:
    splitter = ThinkingSplitter()
    assert splitter.feed("<") == []
    assert splitter.feed("b>") == [(False, "<b>")]
    assert splitter.feed("<think>") == [(False, "<think>")]


def test_markers_are_found_in_what_a_model_knows() -> None:
    assert find_markers("{{ '<|channel|>' }}") == HARMONY
    assert find_markers("[INST] [THINK]").closing == "[/THINK]"
    assert find_markers("nothing of the kind") == THINK


@given(
    text=st.text("abAB\n", max_size=30),
    cuts=st.lists(st.integers(0, 30), max_size=5),
    stops=st.lists(st.text("abAB\n", max_size=4), max_size=3),
)
def test_a_stream_ends_before_its_first_stop_string(text: str, cuts: list[int], stops: list[str]) -> None:
    watch, whole = StopStrings(stops), StopStrings(stops)
    ends = [0, *sorted(cut % (len(text) + 1) for cut in cuts), len(text)]
    shown = "".join(watch.feed(text[a:b]) for a, b in pairwise(ends)) + watch.flush()
    assert shown == whole.feed(text) + whole.flush()
    assert text.startswith(shown)
    assert watch.hit == any(stop and stop in text for stop in stops)
    assert shown == text or watch.hit
    assert not any(stop and stop in shown for stop in stops)


def test_nothing_but_a_possible_beginning_of_a_stop_string_is_held_back() -> None:
    watch = StopStrings(["\nUser:"])
    assert watch.feed("Yes.\nU") == "Yes."
    assert watch.feed("ntil then") == "\nUntil then"
    assert watch.feed("\nUser: more") == ""
    assert watch.flush() == ""
