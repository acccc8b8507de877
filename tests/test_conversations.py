"""Conversations are kept for their owner alone, and show nothing of a document that is gone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from starlette.testclient import TestClient

from ragbox.box import Box
from ragbox.conversations import NEW, Conversations, shortened
from ragbox.errors import BadInput, Conflict, NotFound
from ragbox.events import Done, Stage, Text
from ragbox.turns import Feedback
from ragbox.types import Actor, Answer
from tests.doors import furnish

LEAVE = "How many days of annual leave do staff get?"
NOTICE = "How many days of notice end the contract?"
As = Callable[[str], TestClient]


@pytest.fixture
def rita(box: Box) -> Actor:
    furnish(box)
    return box.auth.user("rita")


def ask(box: Box, actor: Actor, question: str, conversation: str = NEW) -> Answer:
    return next(e.answer for e in box.dialogue.ask(actor, question, conversation) if isinstance(e, Done))


def test_an_answer_is_kept_as_it_was_shown(box: Box, rita: Actor) -> None:
    events = list(box.dialogue.ask(rita, LEAVE, NEW, collection="hr"))
    first, done = events[0], events[-1]
    assert isinstance(first, Stage)
    assert isinstance(done, Done)
    assert (first.conversation, first.turn) == (done.answer.conversation, done.answer.turn)
    (listed,) = box.conversations.find(rita)
    assert (listed.id, listed.title, listed.questions) == (first.conversation, LEAVE, 1)
    (turn,) = box.conversations.turns(rita, listed.id)
    assert (turn.id, turn.question, turn.collection, turn.stopped) == (first.turn, LEAVE, "hr", False)
    assert turn.answer == replace(done.answer, hits=())
    assert turn.answer.citations[0].boxes
    assert turn.asked_at <= datetime.now(turn.asked_at.tzinfo)


def test_a_follow_up_is_understood_by_the_question_before_it(box: Box, rita: Actor) -> None:
    first = ask(box, rita, "How many days of annual leave do staff get?")
    second = ask(box, rita, "And sick leave?", first.conversation)
    assert second.asked == "How many days of sick leave do staff get?"
    third = ask(box, rita, "Why?", first.conversation)
    assert third.asked == "How many days of sick leave do staff get, and why?"
    kept = box.conversations.turns(rita, first.conversation)
    assert [t.question for t in kept] == [LEAVE, "And sick leave?", "Why?"]
    assert [t.answer.asked for t in kept] == ["", second.asked, third.asked]
    assert ask(box, rita, "And sick leave?").asked == ""  # in a conversation of its own there is nothing to lean on


def test_a_question_that_grows_too_long_is_asked_as_typed(box: Box) -> None:
    before = f"What is the price of the {'x' * 3970}?"
    assert len(before) < box.settings.max_question_chars
    assert box.dialogue.understood("Is it new?", before) != ""
    assert box.dialogue.understood("Is it older than the warehouse?", before) == ""


@pytest.mark.parametrize("before_the_mark", [False, True])
def test_an_answer_that_is_broken_off_is_kept_up_to_its_last_citation(
    box: Box, rita: Actor, before_the_mark: bool
) -> None:
    events = box.dialogue.ask(rita, LEAVE, NEW)
    shown = ""
    for event in events:
        if isinstance(event, Text):
            shown += event.text
            if event.cites or before_the_mark:
                break
    events.close()
    (turn,) = box.conversations.turns(rita, box.conversations.find(rita)[0].id)
    assert turn.stopped
    assert "30 days" in shown
    if before_the_mark:
        assert (turn.answer.text, turn.answer.citations) == ("", ())
        return
    assert turn.answer.text == shown
    assert [c.n for c in turn.answer.citations] == [n for _, n in turn.answer.cited] == [1]
    assert turn.answer.text[turn.answer.cited[0][0] :] == "[1]"


def test_a_question_that_is_refused_leaves_nothing(box: Box, rita: Actor) -> None:
    for question, collection in (("", None), (LEAVE, "legal"), (LEAVE, "nowhere")):
        with pytest.raises((BadInput, NotFound)):
            list(box.dialogue.ask(rita, question, NEW, collection=collection))
    with pytest.raises(NotFound, match="no conversation"):
        list(box.dialogue.ask(rita, LEAVE, "unknown"))
    assert box.conversations.find(rita) == []


def test_another_users_conversation_does_not_exist(box: Box, rita: Actor) -> None:
    hers = ask(box, rita, LEAVE)
    for other in (box.auth.user("edda"), box.auth.local()):
        kept = box.conversations
        for act in (
            lambda: kept.get(other, hers.conversation),  # noqa: B023  called at once
            lambda: kept.turns(other, hers.conversation),  # noqa: B023
            lambda: kept.rename(other, hers.conversation, "mine"),  # noqa: B023
            lambda: kept.delete(other, hers.conversation),  # noqa: B023
            lambda: ask(box, other, LEAVE, hers.conversation),  # noqa: B023
            lambda: kept.judge(other, hers.turn, Feedback(thumb="up")),  # noqa: B023
        ):
            with pytest.raises(NotFound):
                act()
        assert kept.find(other, search="leave") == []
    assert len(box.conversations.turns(rita, hers.conversation)) == 1


def test_they_are_listed_by_last_use_in_pages_and_found_by_title_and_text(box: Box, rita: Actor) -> None:
    first, second, third = (ask(box, rita, q) for q in (LEAVE, "Who books the trains?", "What about 100%_boats?"))
    ask(box, rita, "Where is the office?", first.conversation)
    ids = [c.id for c in box.conversations.find(rita)]
    assert ids == [a.conversation for a in (first, third, second)]
    assert [c.id for c in box.conversations.find(rita, limit=1, offset=1)] == ids[1:2]
    assert [c.id for c in box.conversations.find(rita, search="30 DAYS")] == [first.conversation]  # in the answer
    assert [c.id for c in box.conversations.find(rita, search="%_b")] == [third.conversation]
    renamed = box.conversations.rename(rita, second.conversation, "  Travel\nplans ")
    assert renamed.title == "Travel plans"
    assert [c.id for c in box.conversations.find(rita, search="plans")] == [second.conversation]
    with pytest.raises(BadInput):
        box.conversations.rename(rita, second.conversation, " \n")
    box.conversations.delete(rita, second.conversation)
    assert len(box.conversations.find(rita)) == 2


def test_as_many_are_kept_as_the_settings_say_and_the_longest_unused_goes(box: Box, rita: Actor) -> None:
    small = box.settings.model_copy(update={"max_conversations": 2})
    kept = Conversations(small, box.db, box.auth, box.library, box.privacy)
    edda = box.auth.user("edda")
    kept.begin(edda, NEW, "hers", "", "")
    ids = [kept.begin(rita, NEW, str(n), "", "")[0] for n in range(2)]
    kept.begin(rita, ids[0], "again", "", "")
    newest, _ = kept.begin(rita, NEW, "third", "", "")
    assert [c.id for c in kept.find(rita)] == [newest, ids[0]]
    assert len(kept.find(edda)) == 1


def test_a_full_conversation_takes_no_more(box: Box, rita: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ragbox.conversations.MOST_TURNS", 1)
    first = ask(box, rita, LEAVE)
    with pytest.raises(Conflict, match="Begin a new one"):
        ask(box, rita, LEAVE, first.conversation)


def test_conversations_go_with_their_user(box: Box, rita: Actor) -> None:
    ask(box, rita, LEAVE)
    box.auth.remove_user("rita")
    again = box.auth.create_user("rita", "reader", ["hr"])
    assert box.conversations.find(again) == []
    assert box.db.read("SELECT * FROM turns") == []


# -- what is gone ------------------------------------------------------------------------------------------


def check_gone(box: Box, rita: Actor, answer: Answer) -> None:
    (turn,) = box.conversations.turns(rita, answer.conversation)
    assert "30 days" not in repr(turn) + turn.answer.text + "".join(c.quote for c in turn.answer.citations)
    (cited,) = turn.answer.citations
    assert (cited.gone, cited.quote, cited.section, cited.boxes) == (True, "", "", ())
    assert (cited.file, cited.document, cited.page) == ("…", "", 1)  # what is hidden looks like what is deleted
    assert turn.answer.text == "… [1]"
    assert box.conversations.find(rita, search="30 days") == []  # nor can its words be guessed by searching
    assert len(box.conversations.find(rita, search="annual")) == 1


def test_of_a_deleted_document_a_kept_answer_shows_nothing(box: Box, rita: Actor) -> None:
    answer = ask(box, rita, LEAVE)
    box.pipeline.remove(box.auth.local(), answer.citations[0].document)
    check_gone(box, rita, answer)


def test_what_may_no_longer_be_read_is_not_shown_and_comes_back_with_the_grant(box: Box, rita: Actor) -> None:
    answer = ask(box, rita, LEAVE)
    check_gone(box, replace(rita, collections=()), answer)
    (turn,) = box.conversations.turns(rita, answer.conversation)
    assert "30 days" in turn.answer.text


def test_the_collections_are_listed_once_and_only_where_somebody_named_a_file(
    box: Box, rita: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = ask(box, rita, LEAVE)
    turns = [first.turn, *(ask(box, rita, LEAVE, first.conversation).turn for _ in range(2))]
    listed, real = list[int](), box.library.collections

    def collections() -> Any:
        listed.append(1)
        return real()

    monkeypatch.setattr(box.library, "collections", collections)
    assert len(box.conversations.turns(rita, first.conversation)) == 3
    assert listed == []
    for turn in turns:
        box.conversations.judge(rita, turn, Feedback(thumb="down", file="handbook.txt", page=1))
    listed.clear()
    shown = box.conversations.turns(rita, first.conversation)
    assert [t.feedback.file for t in shown] == ["handbook.txt"] * 3
    assert listed == [1]


# -- feedback ----------------------------------------------------------------------------------------------


def test_what_people_thought_becomes_a_question_file(box: Box, rita: Actor) -> None:
    liked, wrong, refused, bad = (ask(box, rita, q) for q in (LEAVE, "Who books the trains?", "Wo zebra?", LEAVE))
    judge = box.conversations.judge
    judge(rita, liked.turn, Feedback(thumb="up"))
    judge(rita, wrong.turn, Feedback(thumb="down", file="handbook.txt", page=1))
    judge(rita, refused.turn, Feedback(thumb="up"))
    judge(rita, bad.turn, Feedback(thumb="down"))
    assert refused.refused
    gold = [{"file": "handbook.txt", "page": 1}]
    assert box.conversations.questions() == [
        {"id": liked.turn, "question": LEAVE, "answer": [liked.citations[0].quote], "gold": gold,
         "unanswerable": False},
        {"id": wrong.turn, "question": "Who books the trains?", "answer": [], "gold": gold, "unanswerable": False},
        {"id": refused.turn, "question": "Wo zebra?", "answer": [], "gold": [], "unanswerable": True},
    ]  # fmt: skip
    judge(rita, liked.turn, Feedback())
    assert len(box.conversations.questions()) == 2


@pytest.mark.parametrize(
    ("feedback", "error"),
    [
        (Feedback(thumb="sideways"), BadInput),
        (Feedback(file="handbook.txt"), BadInput),
        (Feedback(page=1), BadInput),
        (Feedback(file="handbook.txt", page=2), BadInput),
        (Feedback(file="handbook.txt", page=-1), BadInput),
        (Feedback(file="contract.txt", page=1), NotFound),
        (Feedback(file="nowhere.txt", page=1), NotFound),
    ],
)
def test_a_judgement_that_says_nothing_is_refused(
    box: Box, rita: Actor, feedback: Feedback, error: type[Exception]
) -> None:
    turn = ask(box, rita, LEAVE).turn
    with pytest.raises(error):
        box.conversations.judge(rita, turn, feedback)


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("short  one\n", "short one"),
        ("a question of several words", "a question of…"),
        ("an answer it is, of words", "an answer it…"),
        ("铭川迟交货一天要罚多少钱才算合理呢请说明", "铭川迟交货一天要罚多少钱才算…"),
        ("Donaudampfschifffahrtsgesellschaft", "Donaudampfschi…"),
    ],
)
def test_a_title_is_cut_between_words(text: str, title: str) -> None:
    assert shortened(text, 15) == title
    assert len(title) <= 15
