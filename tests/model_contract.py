"""The contract of the seam LanguageModel, which the fake and every engine pass. Inherited as those in contracts.py."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from typing import Any

import pytest

from ragbox.generation import Delta, Message, Request, Sampling
from ragbox.ports import LanguageModel

QUESTIONS = (
    "Write one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen.",
    "Which invoice of March was paid on the third of April, and to whom was it sent by the office in Bremen?",
    "三月的发票金额是多少？请说明付款日期和收款人，并且写出合同的编号、日期以及双方的名称。",
)
"""Each is answered with at least 12 tokens: echoed by a fake, by whatever a random model says elsewhere."""
LONG = 12
CANCELLED_WITHIN = 1.0


def ask(text: str, id: str = "a", **sampling: Any) -> Request:
    """Return a greedy request for at most 24 tokens."""
    messages = (Message(role="system", content="You answer."), Message(role="user", content=text))
    return Request(id=id, messages=messages, sampling=Sampling(**({"max_new_tokens": 24} | sampling)))


def alone(free: int) -> Sequence[Request]:
    """Let nobody join."""
    assert free >= 0
    return ()


def said(deltas: Iterator[Delta] | Sequence[Delta], id: str = "a") -> str:
    """Return what one request got to read, its thinking too."""
    return "".join(d.text for d in deltas if d.id == id)


def write(model: LanguageModel, *requests: Request) -> list[Delta]:
    """Return all deltas of a batch, seen to follow the port."""
    deltas = list(model.generate(requests, alone))
    for request in requests:
        own = [d for d in deltas if d.id == request.id]
        assert [bool(d.end) for d in own] == [False] * (len(own) - 1) + [True]
        assert own[-1].end in ("stop", "length", "cancelled", "error")
        assert all(d.tokens >= 0 for d in own)
        assert bool(own[-1].reason) is (own[-1].end == "error")
    assert {d.id for d in deltas} == {r.id for r in requests}
    return deltas


class LanguageModelContract:
    """Fixture `model`: loaded, and at least 12 tokens long on each of QUESTIONS; may be shared by all tests."""

    def test_tells_what_it_is(self, model: LanguageModel) -> None:
        can = model.capabilities
        assert model.name
        assert min(can.context, can.rows, can.parallel) >= 1
        assert can.rows == 1 or can.parallel == 1

    def test_streams_one_text_and_counts_its_tokens(self, model: LanguageModel) -> None:
        deltas = write(model, ask(QUESTIONS[0]))
        assert len(deltas) > 2
        assert LONG <= sum(d.tokens for d in deltas) <= 24
        assert deltas[-1].end in ("stop", "length")
        assert 0 < deltas[-1].prompt_tokens <= model.count_tokens(ask(QUESTIONS[0]).messages)

    def test_a_longer_prompt_has_more_tokens(self, model: LanguageModel) -> None:
        short, long = (model.count_tokens(ask(text).messages) for text in ("one", "one two three four five six"))
        assert 0 < short < long

    def test_greedy_is_repeatable_and_so_is_a_seed(self, model: LanguageModel) -> None:
        for sampling in ({}, {"temperature": 1.0, "seed": 7}):
            request = ask(QUESTIONS[1], **sampling)
            assert said(write(model, request)) == said(write(model, request))

    def test_ends_at_the_most_tokens(self, model: LanguageModel) -> None:
        deltas = write(model, ask(QUESTIONS[0], max_new_tokens=3))
        assert sum(d.tokens for d in deltas) <= 3
        assert deltas[-1].end == "length"

    def test_ends_before_a_stop_string(self, model: LanguageModel) -> None:
        deltas = write(model, ask(QUESTIONS[0]))
        answer = "".join(d.text for d in deltas if not d.thinking)
        stop = answer[len(answer) // 2 :][:3]
        deltas = write(model, ask(QUESTIONS[0], stop=(stop,)))
        assert "".join(d.text for d in deltas if not d.thinking) == answer[: answer.index(stop)]
        assert deltas[-1].end == "stop"

    def test_a_batch_of_mixed_lengths_says_what_each_says_alone(self, model: LanguageModel) -> None:
        if model.capabilities.rows < len(QUESTIONS):
            pytest.skip("one row at a time")
        requests = [ask(text * n, id=str(n)) for n, text in enumerate(QUESTIONS, 1)]
        together = write(model, *requests)
        for request in requests:
            assert said(together, request.id) == said(write(model, request), request.id)
        first = {d.id: n for n, d in reversed(list(enumerate(together)))}
        last = {d.id: n for n, d in enumerate(together)}
        assert max(first.values()) < max(last.values())  # interleaved, not one after another

    def test_requests_join_a_running_batch(self, model: LanguageModel) -> None:
        if model.capabilities.rows == 1:
            pytest.skip("one row at a time")
        later, deltas = [ask(QUESTIONS[1], id="b")], []

        def more(free: int) -> Sequence[Request]:
            assert 0 <= free <= model.capabilities.rows
            return [later.pop()] if free and deltas and later else ()

        for delta in model.generate([ask(QUESTIONS[0])], more):
            deltas.append(delta)
        assert not later
        assert said(deltas) == said(write(model, ask(QUESTIONS[0])))
        assert said(deltas, "b") == said(write(model, ask(QUESTIONS[1], id="b")), "b")

    def test_what_is_cancelled_before_says_nothing(self, model: LanguageModel) -> None:
        request = ask(QUESTIONS[0])
        request.cancelled.set()
        deltas = write(model, request)
        assert (said(deltas), deltas[-1].end) == ("", "cancelled")

    def test_what_is_cancelled_on_the_way_ends_soon_and_nothing_else_does(self, model: LanguageModel) -> None:
        first, other = ask(QUESTIONS[0]), ask(QUESTIONS[1], id="b")
        batch, deltas, at = [first, other][: model.capabilities.rows], [], 0.0
        for delta in model.generate(batch, alone):
            deltas.append(delta)
            if delta.id == "a" and not at:
                first.cancelled.set()
                at = time.monotonic()
            if delta.id == "a" and delta.end:
                assert delta.end == "cancelled"
                assert time.monotonic() - at < CANCELLED_WITHIN
        assert len(said(deltas)) < len(said(write(model, ask(QUESTIONS[0]))))
        if other in batch:
            assert said(deltas, "b") == said(write(model, ask(QUESTIONS[1], id="b")), "b")

    def test_a_closed_iterator_leaves_the_model_free(self, model: LanguageModel) -> None:
        expected = said(write(model, ask(QUESTIONS[0])))
        deltas = model.generate([ask(QUESTIONS[0])], alone)
        next(deltas)
        deltas.close()  # type: ignore[attr-defined]
        assert said(write(model, ask(QUESTIONS[0]))) == expected

    def test_a_prompt_beyond_the_context_is_its_own_error(self, model: LanguageModel) -> None:
        long = ask("word " * (model.capabilities.context + 10), id="long")
        batch = [long, ask(QUESTIONS[0])][: model.capabilities.rows]
        deltas = write(model, *batch)
        ends = {d.id: d.end for d in deltas if d.end}
        assert ends["long"] == "error"
        assert ends.get("a") in (None, "stop", "length")

    def test_an_adapter_that_is_not_there_is_no_error_to_detach(self, model: LanguageModel) -> None:
        model.detach("unknown@1")
        assert model.attached == ()

    def test_can_be_closed_and_loaded_again(self, model: LanguageModel) -> None:
        expected = said(write(model, ask(QUESTIONS[2])))
        model.close()
        model.close()
        model.load()
        assert said(write(model, ask(QUESTIONS[2]))) == expected
