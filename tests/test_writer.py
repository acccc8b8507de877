"""What a model writes is shown as far as the passages support it: else it is marked, refused, or quoted instead."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragbox.errors import Busy, Unavailable
from ragbox.events import Byline, Claim, Draft, Incomplete, Piece, Text, Thought
from ragbox.generation import Delta, Request, Sampling
from ragbox.prompt import REFUSAL
from ragbox.types import Hit, Quote
from ragbox.verify import Verdict
from ragbox.writer import Writer
from tests.contracts import EngineContract
from tests.fakes import FakeEngine, words
from tests.in_use import InUse
from tests.make import hit

QUESTION = "How long is the notice period?"
HITS = (hit("The notice period is ninety days."), hit("Leave is 30 days.", rank=2))
NOTICE, LEAVE = "The notice period is ninety days.", "Leave is 30 days."
WRONG = "It rains on Mars."


class Checks:
    """Wants all words of a claim in one hit; "In short:" claims nothing. `asked` has what it was given."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, list[str], list[str]]] = []

    def check(self, claim: str, cited: Sequence[Hit], others: Sequence[Hit]) -> Verdict:
        self.asked.append((claim, [h.chunk.text for h in cited], [h.chunk.text for h in others]))
        if claim == "In short:":
            return Verdict(supported=True)
        for found in (*cited, *others):
            if set(words(claim)) <= set(words(found.chunk.text)):
                return Verdict(supported=True, quotes=(Quote(hit=found, start=0, end=len(found.chunk.text)),))
        return Verdict(supported=False, reason="nowhere")


def writer(said: Any, **given: Any) -> Writer:
    model = said if isinstance(said, InUse) else InUse(said if callable(said) else lambda _: said)
    return Writer(model, Checks(), FakeEngine(), **given)


def write(said: Any, **given: Any) -> list[Piece]:
    return list(writer(said, **given).answer(QUESTION, HITS))


def shown(pieces: Sequence[Piece]) -> str:
    """Return the answer as one string: quotes as {rank}, unsupported sentences followed by {?}."""
    said = ""
    for piece in pieces:
        match piece:
            case Text():
                said += piece.text
            case Quote():
                said += f"{{{piece.hit.rank}}}"
            case Claim(supported=False):
                said += "{?}"
    return said


class TestWriter(EngineContract):
    @pytest.fixture
    def engine(self) -> Writer:
        return writer(lambda r: f"{NOTICE} [1]" if "Question: How long" in r.messages[1].content else REFUSAL["en"])


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (f"{NOTICE} [1] {LEAVE} [2]", f"{NOTICE}{{1}} {LEAVE}{{2}}"),
        (f"{NOTICE} [2]", f"{NOTICE}{{1}}"),  # another passage supports it
        (f"{NOTICE} [7]", f"{NOTICE}{{1}}"),  # there is no seventh
        (f"{NOTICE} {WRONG} [1]", f"{NOTICE}{{1}} {WRONG}{{?}}"),
        (f"{WRONG} {NOTICE} [1]", f"{WRONG}{{?}} {NOTICE}{{1}}"),
        (f"In short:\n- {NOTICE} [1]\n- {LEAVE}\n", f"In short:\n- {NOTICE}{{1}}\n- {LEAVE}{{2}}"),
        (f"{WRONG} [1] {WRONG}", ""),
        ("In short:", ""),
        ("", ""),
        (REFUSAL["en"], ""),
        (f"{REFUSAL['zh']}{NOTICE}", ""),
        (f"{NOTICE} {REFUSAL['en']}", f"{NOTICE}{{1}} {REFUSAL['en']}"),
    ],
)
def test_what_is_supported_is_quoted_and_what_is_not_is_marked(said: str, expected: str) -> None:
    pieces = write(said)
    assert shown(pieces) == expected
    assert [p for p in pieces if isinstance(p, Byline | Incomplete)] == [Byline(engine="tiny")]


def test_the_checker_is_given_what_is_cited_and_the_rest() -> None:
    made = writer(f"{LEAVE} [2][9] **{NOTICE}**")
    list(made.answer(QUESTION, HITS))
    texts = [h.chunk.text for h in HITS]
    assert made._checker.asked == [(LEAVE, [texts[1]], [texts[0]]), (NOTICE, [], texts)]  # type: ignore[attr-defined]


def test_nothing_is_shown_before_a_sentence_is_supported_and_then_all_streams() -> None:
    pieces = write(f"{WRONG} {NOTICE} [1] It goes on")
    first = next(n for n, p in enumerate(pieces) if isinstance(p, Text))
    assert all(isinstance(p, Byline | Draft) for p in pieces[:first])
    lengths = [p.length for p in pieces[:first] if isinstance(p, Draft)]
    assert lengths == sorted(lengths)
    assert lengths[0] == 0  # while it waits, too, a reader's leaving can be seen
    assert len(lengths) > 8
    assert [p.text for p in pieces if isinstance(p, Text)][-3:] == [" It", " goes", " on"]


def test_thinking_is_told_apart() -> None:
    pieces = write(f"<think>Hm. {WRONG}</think>{NOTICE}")
    assert "".join(p.text for p in pieces if isinstance(p, Thought)) == f"Hm. {WRONG}"
    assert shown(pieces) == f"{NOTICE}{{1}}"


def broken(_: Request) -> str:
    raise Unavailable("The GPU is gone. Restart it.")


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        (broken, "The GPU is gone. Restart it."),
        (InUse(name=""), "It is still being loaded."),
        (InUse(lambda _: "x", context=60), "The question takes"),
        (InUse(lambda _: f"<think>{'so ' * 900}</think>"), "went into thinking"),
    ],
)
def test_where_the_model_fails_the_fallback_answers_and_says_so(said: Any, reason: str) -> None:
    pieces = write(said)
    bylines = [p for p in pieces if isinstance(p, Byline)]
    assert bylines[-1].engine == "fake"
    assert reason in bylines[-1].fallback
    assert shown(pieces) == f"{NOTICE}{{1}}"


def test_where_no_model_is_meant_to_answer_there_is_nothing_to_say_about_it() -> None:
    model = InUse(name="")
    model.absence = ""
    assert [p for p in write(model) if isinstance(p, Byline)] == [Byline(engine="fake")]
    assert writer(model).name == "fake"
    assert writer("x").name == "tiny"


class Breaks(InUse):
    """Ends after the first sentence and a half with this delta, or raises it, or just ends."""

    def __init__(self, end: Delta | Exception | None, said: str = f"{NOTICE} [1] It go") -> None:
        super().__init__()
        self.end, self.said = end, said

    def submit(self, request: Request) -> Iterator[Delta]:
        yield Delta(id=request.id, text=self.said)
        if isinstance(self.end, Exception):
            raise self.end
        if self.end:
            yield self.end


@pytest.mark.parametrize("begun", [True, False])
def test_readers_are_told_the_kind_of_failure_and_the_log_has_the_address(
    begun: bool, caplog: pytest.LogCaptureFixture
) -> None:
    told, reason = "The server cannot be reached.", "The model server http://10.0.0.5:8000/v1 cannot be reached."
    end = Delta(id="", end="error", reason=reason, told=told)
    pieces = write(Breaks(end) if begun else Breaks(end, "It go"))
    (found,) = [p.reason for p in pieces if isinstance(p, Incomplete)] or [
        p.fallback for p in pieces if isinstance(p, Byline) and p.fallback
    ]
    assert found == told
    assert reason in caplog.text


@pytest.mark.parametrize(
    ("end", "reason"),
    [
        (Delta(id="", end="error", reason="Out of memory."), "Out of memory."),
        (Delta(id="", end="cancelled"), "The model was stopped."),
        (Delta(id="", end="length"), "may have 5 tokens"),
        (None, "stream ended"),
        (Unavailable("The server is gone."), "The server is gone."),
        (ValueError("?"), "ValueError"),
    ],
)
def test_an_answer_that_breaks_off_says_so(end: Any, reason: str) -> None:
    pieces = write(Breaks(end), sampling=Sampling(max_new_tokens=5))
    assert shown(pieces).startswith(f"{NOTICE}{{1}}")
    (last,) = [p for p in pieces if isinstance(p, Incomplete)]
    assert reason in last.reason
    assert pieces[-1] is last


def test_a_full_queue_is_no_failure_of_the_model() -> None:
    class Full(InUse):
        def submit(self, _: Request) -> Iterator[Delta]:
            raise Busy("Too many.", retry_after=3)

    with pytest.raises(Busy):
        write(Full())


def test_whoever_leaves_frees_the_row() -> None:
    model = InUse(lambda _: f"{NOTICE} " * 50)
    stream = writer(model).answer(QUESTION, HITS)
    assert isinstance(next(stream), Byline)
    assert isinstance(next(stream), Draft)
    stream.close()  # type: ignore[attr-defined]
    assert model.asked[0].cancelled.is_set()


def test_the_request_keeps_its_prefix_and_leaves_the_answer_room() -> None:
    model = InUse(lambda _: NOTICE, context=600)
    write(model, sampling=Sampling(max_new_tokens=512, temperature=0.3))
    (request,) = model.asked
    assert (request.prefix, request.sampling.temperature, request.sampling.max_new_tokens) == (1, 0.3, 300)
    assert model.count_tokens(request.messages) <= 300


@given(st.data())
def test_no_split_of_the_deltas_changes_the_answer(data: st.DataObject) -> None:
    said = data.draw(st.lists(st.sampled_from([NOTICE, LEAVE, WRONG, "[1]", " ", "\n- ", "In short:"])).map("".join))
    borders = sorted(data.draw(st.sets(st.integers(0, len(said)), max_size=8)))
    pieces = [said[a:b] for a, b in zip([0, *borders], [*borders, len(said)], strict=True)]

    class Split(InUse):
        def submit(self, request: Request) -> Iterator[Delta]:
            yield from (Delta(id=request.id, text=p) for p in pieces)
            yield Delta(id=request.id, end="stop")

    assert shown(write(Split())) == shown(write(InUse(lambda _: said)))
