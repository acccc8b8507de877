"""An answer given before is given again, as it was shown, until a document or the asker's rights change."""

from __future__ import annotations

import pytest

from ragbox.box import Box
from ragbox.events import Citation, Done, Event, Text
from ragbox.types import Actor, Answer
from tests.test_retriever import put, stocked

__all__ = ["stocked"]
QUESTION = "What oil does the pump need every month?"


def asked(box: Box, actor: Actor, question: str = QUESTION) -> tuple[Answer, list[Event]]:
    made = list(box.answers.ask(actor, question))
    last = made[-1]
    assert isinstance(last, Done)
    return last.answer, made


def test_the_same_question_gets_the_same_answer_and_says_that_it_was_kept(stocked: Box, admin: Actor) -> None:
    first, _ = asked(stocked, admin)
    assert first.citations
    again, made = asked(stocked, admin, QUESTION.upper())
    assert (first.cached, again.cached) == (False, True)
    assert (again.text, again.citations, again.cited) == (first.text, first.citations, first.cited)
    assert "".join(e.text for e in made if isinstance(e, Text)) == first.text
    assert [e.cites for e in made if isinstance(e, Text) and e.cites] == [n for _, n in first.cited]
    assert [e for e in made if isinstance(e, Citation)] == list(first.citations)


def test_a_changed_collection_other_rights_or_another_model_are_asked_anew(stocked: Box, admin: Actor) -> None:
    asked(stocked, admin)
    assert asked(stocked, admin)[0].cached
    reader = stocked.auth.create_user("rita", "reader", ["papers"])
    assert not asked(stocked, reader)[0].cached
    shelf = stocked.library.collection("papers").id
    put(stocked, stocked.encoder, shelf, "d3", "The pump needs water every month.")
    assert not asked(stocked, admin)[0].cached  # the indexes have not caught up
    stocked.indexer.apply()
    assert not asked(stocked, admin)[0].cached
    assert asked(stocked, admin)[0].cached
    stocked.cache.clear()
    assert not asked(stocked, admin)[0].cached


def test_a_refusal_is_not_kept(stocked: Box, admin: Actor) -> None:
    for _ in range(2):
        answer, _ = asked(stocked, admin, "Who is the emperor of Atlantis?")
        assert (answer.refused, answer.cached) == (True, False)


def test_what_was_written_while_the_adapter_changed_is_not_kept(
    stocked: Box, admin: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    for rolled_back in (False, True):
        monkeypatch.setattr(stocked.choice, "state", lambda *_: "new@1")
        stream = stocked.answers.ask(admin, QUESTION)
        next(stream)
        if rolled_back:
            monkeypatch.setattr(stocked.choice, "state", lambda *_: "old@1")
        list(stream)
        monkeypatch.setattr(stocked.choice, "state", lambda *_: "new@1")
        assert asked(stocked, admin)[0].cached is not rolled_back
        stocked.cache.clear()


def test_what_was_written_while_a_policy_changed_is_not_kept(stocked: Box, admin: Actor) -> None:
    stream = stocked.answers.ask(admin, QUESTION)
    next(stream)
    stocked.privacy.set_role(stocked.auth.local(), "admin", "off")
    list(stream)
    stocked.privacy.set_role(stocked.auth.local(), "admin", "")
    assert not asked(stocked, admin)[0].cached
