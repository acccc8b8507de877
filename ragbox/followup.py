"""Makes a question stand alone that leans on the one before it: "And in 2024?", "How long is it?". Rules, no model.

The rules are those of grammar, in `ragbox/followup_en.py` and `ragbox/followup_zh.py`: a pronoun that has nothing
before it to stand for, a piece without a verb, a bare question word. All else is left as it was typed: none of the 230
sample questions, each asked after ten others, is altered. What only the answer named is not known here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from . import followup_en, followup_zh
from .text import language

BACK = 10
"""Questions of a conversation that are gone back at most: each is resolved by the one before it."""
Names = Callable[[str], list[str]]
"""Finds the names in a text: `names` of the port Lexicon."""


def stand_alone(questions: Sequence[str], names: Names) -> str:
    """Return the last of a conversation's questions, oldest first, as it reads without the others."""
    resolved = ""
    for question in questions[-BACK:]:
        resolved = resolve(question, resolved, names)
    return resolved


def resolve(question: str, previous: str, names: Names) -> str:
    """Return a question as it reads without the one before it, which stands alone itself; "" where there was none.

    Chinese names are known by `names` alone, English ones by their capitals too.
    """
    asked = " ".join(question.split())
    before = " ".join(previous.split()).rstrip(" ?？.!。！")
    if not before or not asked:
        return question
    foreign = language(before) != language(asked)
    if language(asked) == "zh":
        return (
            followup_zh.resolve(asked, before, names=names, about=followup_en.about(before) if foreign else "")
            or question
        )
    return followup_en.resolve(asked, followup_zh.subject(before) if foreign else before) or question
