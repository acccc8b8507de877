"""What is left of a kept answer without a document: to be shown, and in the record."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from ragbox.box import Box
from ragbox.conversations import NEW
from ragbox.events import Done
from ragbox.turns import cleaned, without
from ragbox.types import Actor, Answer, Citation, Unsupported
from tests.doors import furnish

LEAVE = "How many days of annual leave do staff get?"


@pytest.fixture
def rita(box: Box) -> Actor:
    furnish(box)
    return box.auth.user("rita")


def ask(box: Box, actor: Actor, question: str) -> Answer:
    return next(e.answer for e in box.dialogue.ask(actor, question, NEW) if isinstance(e, Done))


def check_withdrawn(box: Box, rita: Actor, answer: Answer) -> None:
    (turn,) = box.conversations.turns(replace(rita, collections=("*",)), answer.conversation)
    assert turn.answer.text == "… [1]"
    (cited,) = turn.answer.citations
    assert (cited.gone, cited.quote, cited.file) == (True, "", "…")


def on_disk(box: Box, words: str) -> bool:
    box.db.read("PRAGMA wal_checkpoint(TRUNCATE)")
    return words.encode() in b"".join(p.read_bytes() for p in box.settings.data.glob("ragbox.db*"))


def test_its_words_leave_the_record_when_nobody_can_call_it_back(box: Box, rita: Actor) -> None:
    answer, admin = ask(box, rita, LEAVE), box.auth.local()
    document = answer.citations[0].document
    box.shelf.remove(admin, [document], grace=60)
    check_withdrawn(box, rita, answer)
    assert box.shelf.restore(admin, [document]) == [document]
    assert "30 days" in box.conversations.turns(rita, answer.conversation)[0].answer.text
    box.shelf.remove(admin, [document], grace=60)
    box.shelf.load()  # the next start
    assert not on_disk(box, "30 days")
    assert box.db.read("SELECT * FROM rests") == []
    box.pipeline.ingest(admin, box.settings.data / "handbook.txt", file="handbook.txt", collection="hr")
    check_withdrawn(box, rita, answer)  # the same bytes again have the same id


def test_they_leave_it_with_the_whole_collection_too(box: Box, rita: Actor) -> None:
    answer = ask(box, rita, LEAVE)
    box.shelf.drop(box.auth.local(), "hr")
    check_withdrawn(box, rita, answer)
    assert not on_disk(box, "30 days")


def test_an_answer_whose_document_goes_while_it_is_written_is_kept_without_its_words(box: Box, rita: Actor) -> None:
    events = box.dialogue.ask(rita, LEAVE, NEW)
    cited = next(e for e in events if isinstance(e, Citation))
    box.pipeline.remove(box.auth.local(), cited.document)
    answer = next(e.answer for e in events if isinstance(e, Done))
    assert "30 days" in answer.text
    check_withdrawn(box, rita, answer)
    assert not on_disk(box, "30 days")


def test_a_moved_document_is_followed_in_the_answers_that_cite_it_alone(box: Box, rita: Actor) -> None:
    answer, refused = ask(box, rita, LEAVE), ask(box, rita, "Wo zebra?")
    old = answer.citations[0].document
    named = f'[[1, "", "the file {old}", 1, "", "", []]]'
    with box.db.write() as db:
        db.execute("UPDATE turns SET citations = ? WHERE id = ?", (named, refused.turn))
    box.library.create_collection("new")
    new = box.shelf.move(box.auth.local(), [old], "new")[old]
    (turn,) = box.conversations.turns(replace(rita, collections=("*",)), answer.conversation)
    assert (turn.answer.text, turn.answer.citations[0].document) == (answer.text, new)
    kept = box.db.read("SELECT citations FROM turns WHERE id = ?", refused.turn)
    assert [r["citations"] for r in kept] == [named]
    box.pipeline.remove(box.auth.local(), new)
    assert not on_disk(box, "30 days")


def made(text: str, cited: list[tuple[int, int]], documents: str) -> Answer:
    citations = tuple(
        Citation(n=n, document=d, file=d, page=1, section="s", quote=f"q{n}") for n, d in enumerate(documents, start=1)
    )
    return Answer(text=text, refused=False, citations=citations, hits=(), timings={}, cited=tuple(cited))


@pytest.mark.parametrize(
    ("gone", "text"),
    [
        ("", "One. [1]\n\nTwo. [2] [3] Tail."),
        ("a", "… [1]\n\nTwo. [2] [3]"),
        ("b", "One. [1]\n\n… [2] [3]"),
        ("c", "One. [1]\n\n… [2] [3]"),
        ("abc", "… [1]\n\n… [2] [3]"),
    ],
)
def test_what_leads_up_to_a_mark_goes_with_its_document(gone: str, text: str) -> None:
    whole = made("One. [1]\n\nTwo. [2] [3] Tail.", [(5, 1), (15, 2), (19, 3)], "abc")
    left = without(whole, list(gone))
    assert left.text == text
    assert [left.text[o : o + 3] for o, _ in left.cited] == ["[1]", "[2]", "[3]"]
    assert [c.gone for c in left.citations] == [c.document in gone for c in left.citations]


@pytest.mark.parametrize(
    ("gone", "doubts"), [("", ["Bad.", "Worse."]), ("a", ["Bad."]), ("b", []), ("ab", [])], ids=["", "a", "b", "ab"]
)
def test_a_sentence_in_doubt_moves_or_goes_with_what_it_stands_in(gone: str, doubts: list[str]) -> None:
    whole = made("One. [1] Bad. Two. [2] Worse.", [(5, 1), (19, 2)], "ab")
    places = [(whole.text.index(words), words) for words in ("Bad.", "Worse.")]
    whole = replace(whole, unsupported=tuple(Unsupported(start=s, end=s + len(w)) for s, w in places))
    left = without(whole, list(gone))
    assert [left.text[u.start : u.end] for u in left.unsupported] == doubts


def test_it_is_kept_who_wrote_but_not_what_was_thought(box: Box, rita: Actor) -> None:
    answer = ask(box, rita, LEAVE)
    (turn,) = box.conversations.turns(rita, answer.conversation)
    assert turn.answer.engine == answer.engine == "extractive"
    told = replace(
        answer, engine="big", fallback="f", incomplete="i", cached=True, thinking="The secret.",
        unsupported=(Unsupported(start=0, end=3, reason="The secret."),),
    )  # fmt: skip
    box.conversations.finish(turn.id, told, stopped=False)
    (turn,) = box.conversations.turns(rita, answer.conversation)
    kept = replace(told, thinking="", hits=(), unsupported=(Unsupported(start=0, end=3),))
    assert turn.answer == kept
    assert not on_disk(box, "The secret")


def test_an_answer_without_a_mark_shows_nothing_either() -> None:
    assert without(made("Half a sen", [], "a"), ["a"]).text == "…"


def test_a_kept_answer_is_cleaned_between_its_marks_which_move_along() -> None:
    text = "Ask anna@example.com. [1] [2] Not bo@example.org, no. [1] End."
    kept = Answer(
        text=text, refused=False, hits=(), timings={}, cited=((22, 1), (26, 2), (54, 1)),
        citations=tuple(Citation(n=n, document="d1", file="a.txt", page=1, section="", quote="q") for n in (1, 2)),
        asked="Is it bo@example.org?", unsupported=(Unsupported(start=30, end=53),),
    )  # fmt: skip

    def clean(text: str) -> str:
        return re.sub(r"\w+@[\w.]+\w", "[EMAIL]", text)

    made = cleaned(kept, clean, lambda c, text: f"{c.n}:{text}")
    assert made.text == "Ask [EMAIL]. [1] [2] Not [EMAIL], no. [1] End."
    assert [made.text[offset : offset + 3] for offset, _ in made.cited] == ["[1]", "[2]", "[1]"]
    assert [made.text[u.start : u.end] for u in made.unsupported] == ["Not [EMAIL], no."]
    assert [(c.file, c.quote) for c in made.citations] == [
        (f"{c.n}:{c.file}", f"{c.n}:{c.quote}") for c in kept.citations
    ]
    assert made.asked == "Is it [EMAIL]?"
    assert cleaned(kept, str, lambda _, text: text) == kept
