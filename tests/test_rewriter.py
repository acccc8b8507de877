"""A follow-up is made whole by the language model where it can, in time, and as a question."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest

from ragbox.box import Box
from ragbox.conversations import NEW
from ragbox.dialogue import Dialogue
from ragbox.errors import Busy, Unavailable
from ragbox.events import Done
from ragbox.generation import Delta, Request
from ragbox.rewriter import LONGEST, Rewriter
from ragbox.types import Answer
from tests.doors import furnish
from tests.in_use import InUse

HISTORY = [("How long is the notice period?", "It is ninety days. [1]")]
WHOLE = "How long is the notice period in 2024?"


def rewrite(said: Any, question: str = "And in 2024?", **given: Any) -> str:
    model = said if isinstance(said, InUse) else InUse(lambda _: said)
    return Rewriter(model, **given).rewrite(question, HISTORY)


@pytest.mark.parametrize(
    ("said", "whole"),
    [
        (WHOLE, WHOLE),
        (f'Standalone question: "{WHOLE}"\nBecause it says so.', WHOLE),
        (f"**Question:** {WHOLE}", WHOLE),
        (f"<think>They mean 2024.</think>\n{WHOLE}", WHOLE),
        ("改写后的问题：2024年的通知期有多长？", "2024年的通知期有多长？"),
        ("and in 2024", ""),  # alone already
        ("It is ninety days.", ""),
        ("", ""),
        ("so " * 300, ""),
    ],
)
def test_of_the_reply_the_question_is_taken(said: str, whole: str) -> None:
    assert rewrite(said) == whole


def test_the_model_is_asked_shortly_and_greedily_with_the_history() -> None:
    model = InUse(lambda _: WHOLE)
    assert rewrite(model) == WHOLE
    (request,) = model.asked
    assert (request.sampling.temperature, request.sampling.max_new_tokens) == (0.0, LONGEST)
    assert "It is ninety days." in request.messages[-1].content
    assert request.cancelled.is_set()


def test_without_a_model_or_a_history_nobody_is_asked() -> None:
    assert rewrite(InUse(name="")) == ""
    model = InUse(lambda _: WHOLE)
    assert Rewriter(model).rewrite("And in 2024?", []) == ""
    assert model.asked == []


@pytest.mark.parametrize("error", [Busy("Full."), Unavailable("Gone.")])
def test_whatever_goes_wrong_is_left_to_the_rules(error: Exception) -> None:
    class Fails(InUse):
        def submit(self, _: Request) -> Iterator[Delta]:
            raise error

    assert rewrite(Fails()) == ""
    assert rewrite(InUse(lambda _: WHOLE, context=100)) == ""


@pytest.mark.clock
def test_patience_ends() -> None:
    class Slow(InUse):
        def submit(self, request: Request) -> Iterator[Delta]:
            while not request.cancelled.wait(0.01):
                yield Delta(id=request.id, text="so ")
            yield Delta(id=request.id, end="cancelled")

    start = time.monotonic()
    assert rewrite(Slow(), patience=0.1) == ""
    assert time.monotonic() - start < 2


def second(box: Box, rewritten: str) -> tuple[Answer, list[Any]]:
    """Ask two questions, the second rewritten so; return its answer and what the rewriter was given."""
    furnish(box)
    rita = box.auth.user("rita")
    given: list[Any] = []

    def say(question: str, history: Any) -> str:
        given.append((question, list(history)))
        return rewritten

    dialogue = Dialogue(box.answers, box.conversations, box.privacy, box.sparse.names, longest=100, rewrite=say)
    begun = dialogue.ask(rita, "How many days of annual leave do staff get?", NEW)
    first = next(e.answer for e in begun if isinstance(e, Done))
    events = list(dialogue.ask(rita, "And sick leave?", first.conversation))
    return next(e.answer for e in events if isinstance(e, Done)), given


def test_a_conversation_asks_what_the_model_made_of_the_question(box: Box) -> None:
    answer, given = second(box, "How many days of sick leave are there?")
    assert answer.asked == "How many days of sick leave are there?"
    ((question, history),) = given  # the first question has nothing to lean on
    assert question == "And sick leave?"
    assert history == [("How many days of annual leave do staff get?", "Staff get 30 days of annual leave. [1]")]


@pytest.mark.parametrize("rewritten", ["", "How long? " * 20])
def test_where_the_model_is_no_use_the_rules_do(box: Box, rewritten: str) -> None:
    answer, _ = second(box, rewritten)
    assert answer.asked == "How many days of sick leave do staff get?"


def test_a_name_may_not_get_lost(box: Box) -> None:
    dialogue = Dialogue(
        box.answers, box.conversations, box.privacy, lambda q: ["Acme"] if "Acme" in q else [], longest=100
    )
    assert dialogue.kept("And of Acme?", "What is the profit of ACME in 2024?")
    assert not dialogue.kept("And of Acme?", "What is the profit?")
