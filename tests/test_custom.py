"""What an admin adds to the rules is sound, or refused with the reason."""

from __future__ import annotations

from time import perf_counter

import pytest

from ragbox.errors import BadInput
from ragbox.redact.custom import MOST_PATTERNS, Custom, CustomPattern, validated


def test_sound_additions_are_taken_and_survive_json() -> None:
    given = {
        "patterns": [{"name": "BADGE", "regex": r"B-\d{4}", "context": ["badge"], "score": 0.4}],
        "deny": ["Project Nightingale", " Project Nightingale "], "allow": ["info@example.com"], "keep": ["PERSON"],
    }  # fmt: skip
    made = validated(**given)  # type: ignore[arg-type]
    assert made.patterns == (CustomPattern(name="BADGE", regex=r"B-\d{4}", context=("badge",), score=0.4),)
    assert (made.deny, made.allow, made.keep) == (("Project Nightingale",), ("info@example.com",), ("PERSON",))
    assert validated(**made.plain()) == made
    assert (made + Custom(deny=("x1",))).deny == ("Project Nightingale", "x1")
    assert "Nightingale" not in repr(made)


@pytest.mark.parametrize(
    ("pattern", "reason"),
    [
        ({"name": "badge", "regex": "a"}, "cannot name"),
        ({"name": "REDACTED", "regex": "a"}, "cannot name"),
        ({"name": "BADGE", "regex": "("}, "no regular expression"),
        ({"name": "BADGE", "regex": ""}, "0 characters"),
        ({"name": "BADGE", "regex": "a" * 501}, "501 characters"),
        ({"name": "BADGE", "regex": r"\d*"}, "matches nothing"),
        ({"name": "BADGE", "regex": "a", "score": 0}, "score"),
        ({"name": "BADGE", "regex": "a", "score": "high"}, "no number"),
        ({"name": "BADGE", "regex": "a", "context": "badge"}, "no list"),
        ({"name": "BADGE", "regex": "a", "color": "red"}, "'color'"),
    ],
)
def test_a_pattern_that_is_not_sound_is_refused_with_the_reason(pattern: dict[str, object], reason: str) -> None:
    with pytest.raises(BadInput, match=reason):
        validated([pattern])


def test_a_pattern_meets_folded_texts_folded() -> None:
    given = {
        "工号：\\d": "工号:\\d",
        "（\\d）": "\\(\\d\\)",
        "[：:]１Ａ": "[::]1A",
        "\\：": ":",
        "\\\\。": "\\\\。",
        "a|b": "a|b",
    }
    for regex, folded in given.items():
        (made,) = validated([{"name": "BADGE", "regex": regex}]).patterns
        assert (made.regex, made.folded) == (regex, folded)


def test_lists_are_bounded() -> None:
    with pytest.raises(BadInput, match="the most taken"):
        validated([{"name": "BADGE", "regex": "a"}] * (MOST_PATTERNS + 1))
    with pytest.raises(BadInput, match="1 characters"):
        validated(deny=["a"])
    with pytest.raises(BadInput, match="1001 words"):
        validated(allow=[f"word {n}" for n in range(1001)])


def test_a_kind_that_there_is_not_cannot_be_left_as_it_is() -> None:
    with pytest.raises(BadInput, match=r"'NAME' is no kind of personal data\. The kinds are EMAIL, PHONE"):
        validated(keep=["NAME"])


def test_a_pattern_that_backtracks_without_bound_is_refused_soon() -> None:
    started = perf_counter()
    with pytest.raises(BadInput, match="Bound its repetitions"):
        validated([{"name": "BADGE", "regex": r"(?:a|a)+(?:a|a)+(?:a|a)+b"}])
    assert perf_counter() - started < 100  # it would run for hours
