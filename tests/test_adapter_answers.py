"""An answer and the adapter that shapes it: chosen once, held while it writes, said beside it, kept apart."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest

from ragbox import wire
from ragbox.answer import Answers
from ragbox.box import Box
from ragbox.conversations import NEW
from ragbox.errors import NotFound, Unavailable
from ragbox.events import Byline, Claim, Done, Piece, Text
from ragbox.settings import Settings
from ragbox.turns import Feedback, Turn
from ragbox.types import Actor, Answer, Hit, Quote
from ragbox.writer import Writer
from tests.fakes import FakeEngine
from tests.in_use import InUse
from tests.make import hit
from tests.private import private
from tests.test_answer import ADMIN, Found
from tests.test_answer_cache import QUESTION as OIL
from tests.test_retriever import stocked
from tests.test_writer import HITS, NOTICE, QUESTION, WRONG, Checks

__all__ = ["stocked"]


class Held:
    """Adapters of which "gone@1" and "away@1" cannot be used; `log` has who came and went."""

    def __init__(self) -> None:
        self.log: list[str] = []

    @contextmanager
    def use(self, key: str) -> Iterator[str]:
        if key == "gone@1":
            raise Unavailable("There is no room for gone@1. Take another out of use.")
        if key == "away@1":
            raise Unavailable("The model server http://10.0.0.5:8000/v1 cannot be reached. Is it up?")
        self.log.append(f"+{key}")
        try:
            yield key
        finally:
            self.log.append(f"-{key}")


def test_the_adapter_is_held_while_it_writes_and_is_named_in_request_and_byline() -> None:
    held, model = Held(), InUse(lambda _: NOTICE)
    stream = Writer(model, Checks(), FakeEngine(), adapters=held).answer(QUESTION, HITS, "formal@1")
    assert next(stream) == Byline(engine="tiny", adapter="formal@1")
    assert held.log == ["+formal@1"]
    list(stream)
    assert (held.log, model.asked[0].adapter) == (["+formal@1", "-formal@1"], "formal@1")


def test_whoever_leaves_lets_the_adapter_go() -> None:
    held = Held()
    stream = Writer(InUse(lambda _: NOTICE), Checks(), FakeEngine(), adapters=held).answer(QUESTION, HITS, "formal@1")
    next(stream)
    stream.close()  # type: ignore[attr-defined]
    assert held.log == ["+formal@1", "-formal@1"]


def test_where_the_adapter_cannot_be_used_the_bare_model_answers_and_says_so() -> None:
    model = InUse(lambda _: NOTICE)
    pieces = list(Writer(model, Checks(), FakeEngine(), adapters=Held()).answer(QUESTION, HITS, "gone@1"))
    reason = "There is no room for gone@1. Take another out of use."
    assert pieces[0] == Byline(engine="tiny", bare=reason)
    assert model.asked[0].adapter == ""
    assert any(isinstance(p, Quote) for p in pieces)
    (bare, *_) = Writer(model, Checks(), FakeEngine(), adapters=Held()).answer(QUESTION, HITS, "away@1")
    assert bare == Byline(engine="tiny", bare="The server of the language model does not take it now.")


class Shaped:
    """An engine that says with which adapter it was called."""

    name = "shaped"

    def __init__(self, *more: Piece) -> None:
        self.more = more
        self.keys: list[str] = []

    def answer(self, _: str, hits: Sequence[Hit], adapter: str = "") -> Iterator[Piece]:
        self.keys.append(adapter)
        yield Byline(engine="shaped", adapter=adapter)
        yield Text(text=NOTICE)
        yield Claim(supported=True)
        yield Quote(hit=hits[0], start=0, end=len(NOTICE))
        yield from self.more


class Chosen:
    """A choice that anybody may make; passages of the collection "own" get "own@1"."""

    def __init__(self) -> None:
        self.current = "live@1"

    def named(self, _: Actor, adapter: str) -> str:
        if adapter == "nothing":
            raise NotFound("none")
        return adapter

    def key_for(self, collections: Iterable[str], wanted: str = "") -> str:
        return wanted or ("own@1" if set(collections) == {"own"} else self.current)

    def state(self, _: Iterable[str], wanted: str = "") -> str:
        return wanted or self.current


def in_(collection: str) -> Hit:
    found = hit(NOTICE)
    return replace(found, document=replace(found.document, collection_id=collection))


def ask(engine: Any, *hits: Hit, **more: Any) -> Answer:
    answers = Answers(Settings(), Found(*hits), engine, private(), adapters=Chosen(), **more)  # type: ignore[arg-type]
    *_, last = answers.ask(ADMIN, QUESTION)
    assert isinstance(last, Done)
    return last.answer


def test_the_collections_of_the_passages_choose_the_adapter_and_the_answer_tells_it() -> None:
    assert ask(Shaped(), in_("own"), in_("own")).adapter == "own@1"
    answer = ask(Shaped(), in_("own"), in_("other"))
    assert answer.adapter == "live@1"
    assert wire.answer(answer)["adapter"] == "live@1"
    assert "adapter" not in wire.answer(replace(answer, adapter=""))
    assert wire.event(Byline(engine="x", adapter="live@1", bare="why")) == {
        "event": "byline", "engine": "x", "adapter": "live@1", "bare": "why",
    }  # fmt: skip


def test_how_an_answer_did_is_told_but_not_of_one_that_somebody_chose_the_adapter_of() -> None:
    told: list[tuple[str, int, int]] = []

    def note(answer: Answer, supported: int, unsupported: int) -> None:
        told.append((answer.adapter, supported, unsupported))

    engine = Shaped(Text(text=f" {WRONG}"), Claim(supported=False))
    ask(engine, in_("own"), answered=note)
    answers = Answers(
        Settings(), Found(in_("own")), engine, private(), adapters=Chosen(), answered=note,  # type: ignore[arg-type]
    )  # fmt: skip
    list(answers.ask(ADMIN, QUESTION, adapter="other@1"))
    assert (told, engine.keys) == ([("own@1", 1, 1)], ["own@1", "other@1"])
    with pytest.raises(NotFound):
        next(answers.ask(ADMIN, QUESTION, adapter="nothing"))


def test_a_kept_answer_is_given_again_only_with_the_same_adapter(stocked: Box, admin: Actor) -> None:
    chosen = Chosen()
    stocked.answers._adapters = chosen

    def asked(adapter: str = "") -> Answer:
        *_, last = stocked.answers.ask(admin, OIL, adapter=adapter)
        assert isinstance(last, Done)
        return last.answer

    asked()
    assert asked().cached
    chosen.current = "new@1"
    assert not asked().cached
    assert not asked("other@1").cached
    assert asked("other@1").cached
    assert asked().cached


def test_an_answer_without_its_adapter_is_not_kept(stocked: Box, admin: Actor) -> None:
    class Bare(Shaped):
        def answer(self, question: str, hits: Sequence[Hit], adapter: str = "") -> Iterator[Piece]:
            pieces = super().answer(question, hits, adapter)
            next(pieces)
            yield Byline(engine="shaped", bare="no room")
            yield from pieces

    stocked.answers._engine = Bare()  # type: ignore[assignment]
    for _ in range(2):
        *_, last = stocked.answers.ask(admin, OIL)
        assert isinstance(last, Done)
        assert (last.answer.bare, last.answer.cached) == ("no room", False)


def test_a_kept_turn_has_its_adapter_and_a_thumb_on_it_is_told(stocked: Box, admin: Actor) -> None:
    told: list[Turn] = []
    stocked.conversations._judged = told.append
    stocked.answers._engine = Shaped()  # type: ignore[assignment]
    stocked.answers._adapters = Chosen()
    *_, last = stocked.dialogue.ask(admin, OIL, NEW)
    assert isinstance(last, Done)
    (turn,) = stocked.conversations.turns(admin, last.answer.conversation)
    assert turn.answer.adapter == "live@1"
    stocked.conversations.judge(admin, turn.id, Feedback(thumb="down"))
    stocked.conversations.judge(admin, turn.id, Feedback(thumb=""))
    assert [(t.answer.adapter, t.feedback.thumb) for t in told] == [("live@1", "down")]
