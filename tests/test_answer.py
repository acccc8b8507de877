"""The use case: events in their order, citations numbered, every word through the redactor."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import pytest

from ragbox.answer import EMPTY, REFUSAL, Answers, page_of, section_of
from ragbox.box import Box
from ragbox.errors import BadInput, NotFound
from ragbox.events import Byline, Claim, Done, Draft, Event, Hits, Incomplete, Piece, Stage, Text, Thought, Timing
from ragbox.metrics import Metrics
from ragbox.redact.policy import Style
from ragbox.settings import Settings
from ragbox.types import Actor, Citation, Hit, Mark, Quote, Unsupported
from tests.contracts import RedactorContract
from tests.fakes import FakeRedactor
from tests.make import chunk, document, drop, hit
from tests.private import Holding, private

ADMIN = Actor(name="admin", role="admin", collections=("*",))
PRIVATE = "Write to anna.li@example.com. Her phone is 13812345678."
MARKS = (Mark(start=0, end=30, page=4, box=(0.1, 0.1, 0.9, 0.2)), Mark(start=30, end=60, page=5, box=(0, 0, 1, 0.1)))


class TestFakeRedactor(RedactorContract):
    @pytest.fixture
    def redactor(self) -> FakeRedactor:
        return FakeRedactor()


class Found:
    """A retriever that finds these hits."""

    def __init__(self, *hits: Hit) -> None:
        self.hits = list(hits)

    def check(self, _: Actor, question: str, *__: str | None) -> tuple[str, list[Any]]:
        return question, []

    def passages(self, _: Actor, *__: str | None) -> int:
        return 7 if self.hits else 0

    def search(self, *_: Any, **__: Any) -> list[Hit]:
        return self.hits


class Says:
    """An engine that says just this."""

    name = "says"

    def __init__(self, *pieces: Piece) -> None:
        self.pieces = pieces

    def answer(self, _: str, __: Sequence[Hit], ___: str = "") -> Iterator[Piece]:
        yield from self.pieces


def events(engine: Any, *hits: Hit, question: str = "Who?", privacy: Any = None) -> list[Event]:
    answers = Answers(Settings(), Found(*hits), engine, privacy or private())  # type: ignore[arg-type]
    return list(answers.ask(ADMIN, question))


def text_of(made: list[Event]) -> str:
    return "".join(e.text for e in made if isinstance(e, Text))


def test_events_come_in_their_order_and_end_with_the_whole_answer() -> None:
    found = hit("The notice period is ninety days. Cake.", marks=MARKS)
    made = events(Says(Text(text="Ninety "), Text(text="days."), Quote(hit=found, start=0, end=33)), found)
    kinds = [type(e) for e in made]
    assert kinds[:4] == [Stage, Hits, Stage, Stage]
    assert set(kinds[4:-2]) == {Text, Citation}
    assert kinds[-2:] == [Timing, Done]
    assert [(e.name, e.count) for e in made if isinstance(e, Stage)] == [("search", 7), ("read", 1), ("write", 1)]
    assert made[0] == Stage(name="search", count=7)
    answer = made[-1].answer  # type: ignore[union-attr]
    assert answer.text == text_of(made) == "Ninety days. [1]"
    assert not answer.refused
    assert answer.citations == tuple(e for e in made if isinstance(e, Citation))
    assert made[-2] == Timing(timings=answer.timings)
    assert set(answer.timings) >= {"search", "read", "total"}
    assert 0 <= answer.timings["search"] <= answer.timings["total"]


def test_a_citation_says_which_words_of_which_page() -> None:
    found = hit("x" * 30 + "y" * 30, marks=MARKS, section="A > B")
    made = events(Says(Text(text="a"), Quote(hit=found, start=35, end=45), Quote(hit=found, start=20, end=40)), found)
    second, both = [e for e in made if isinstance(e, Citation)]
    assert (second.n, second.page, second.quote, second.section) == (1, 5, "y" * 10, "A > B")
    assert (second.document, second.file) == ("d1", "d1.txt")
    assert [b.page for b in second.boxes] == [5]
    assert (both.n, both.page, [b.page for b in both.boxes]) == (2, 4, [4, 5])


def test_the_same_words_cited_again_keep_their_number() -> None:
    found = hit("One. Two.")
    quote = Quote(hit=found, start=0, end=4)
    made = events(Says(Text(text="a"), quote, Text(text=" b"), quote), found)
    assert text_of(made) == "a [1] b [1]"
    assert len([e for e in made if isinstance(e, Citation)]) == 1


def test_the_marks_of_citations_are_told_from_what_a_document_says() -> None:
    found = hit("See note [1] there. It is [2].")
    quotes = Quote(hit=found, start=0, end=19), Quote(hit=found, start=20, end=30)
    for privacy in (private(), Holding()):
        made = events(Says(Text(text="See note [1] there."), quotes[0], Text(text=" It is [2]."), quotes[1]), found,
                      privacy=privacy)  # fmt: skip
        answer = made[-1].answer  # type: ignore[union-attr]
        assert answer.text == text_of(made) == "See note [1] there. [1] It is [2]. [2]"
        assert answer.cited == ((20, 1), (35, 2))
        assert [(e.text, e.cites) for e in made if isinstance(e, Text) and e.cites] == [(" [1]", 1), (" [2]", 2)]


def test_an_unsupported_sentence_is_found_by_its_place_in_the_redacted_text() -> None:
    found = hit(PRIVATE)
    quote = Quote(hit=found, start=0, end=29)
    for privacy in (private(), Holding()):
        made = events(
            Says(
                Text(text="Write to anna.li@ex"), Text(text="ample.com."), Claim(supported=True), quote,
                Text(text="\n- Not to bo@example.org."), Claim(supported=False, reason="No bo@example.org."),
                Text(text=" 9"), Claim(supported=False), Text(text=" End"),
            ),
            found, privacy=privacy,
        )  # fmt: skip
        answer = made[-1].answer  # type: ignore[union-attr]
        assert answer.text == text_of(made) == "Write to [EMAIL]. [1]\n- Not to [EMAIL]. 9 End"
        assert [answer.text[u.start : u.end] for u in answer.unsupported] == ["Not to [EMAIL].", "9"]
        assert answer.unsupported[0].reason == "No [EMAIL]."
        assert [e for e in made if isinstance(e, Unsupported)] == list(answer.unsupported)


def test_who_wrote_what_was_thought_and_why_it_breaks_off_are_told_without_personal_data() -> None:
    pieces = (
        Byline(engine="big"), Draft(length=0), Thought(text="Ask anna.li@ex"), Thought(text="ample.com now"),
        Text(text="A."), Incomplete(reason="Call bo@example.org."),
    )  # fmt: skip
    made = events(Says(*pieces), hit("a"))
    answer = made[-1].answer  # type: ignore[union-attr]
    assert (answer.engine, answer.fallback, answer.incomplete) == ("big", "", "Call [EMAIL].")
    assert answer.thinking == "".join(e.text for e in made if isinstance(e, Thought)) == "Ask [EMAIL] now"
    stages = [e.name for e in made if isinstance(e, Stage)]
    assert stages == ["search", "read", "draft", "think", "write"]
    other = events(Says(*pieces[:4], Byline(engine="small", fallback="Gone.")), hit("a"))[-1].answer  # type: ignore[union-attr]
    assert (other.engine, other.fallback, other.thinking) == ("small", "Gone.", "")
    assert events(Says(Text(text="a")), hit("a"))[-1].answer.engine == "says"  # type: ignore[union-attr]


def test_sentences_that_no_passage_supports_are_counted() -> None:
    metrics = Metrics()
    said = Says(Text(text="a"), Claim(supported=True), Text(text="b"), Claim(supported=False))
    list(Answers(Settings(), Found(hit("a")), said, private(), metrics).ask(ADMIN, "Who?"))  # type: ignore[arg-type]
    assert metrics.checks() == (2, 1)


@pytest.mark.parametrize(("question", "language"), [("Who painted it?", "en"), ("谁画的？", "zh")])
def test_a_box_without_a_passage_says_so_and_how_to_add_some(question: str, language: str) -> None:
    answer = events(Says(), question=question)[-1].answer  # type: ignore[union-attr]
    assert (answer.refused, answer.text) == (True, EMPTY[language])
    assert "`ragbox ingest" in answer.text


@pytest.mark.parametrize(("question", "language"), [("Who painted it?", "en"), ("谁画的？", "zh"), ("123", "en")])
def test_silence_of_the_engine_is_a_refusal_in_the_questions_language(question: str, language: str) -> None:
    made = events(Says(), hit("Cake."), question=question)
    answer = made[-1].answer  # type: ignore[union-attr]
    assert answer.refused
    assert answer.text == text_of(made) == REFUSAL[language]
    assert answer.citations == ()


def test_no_event_shows_personal_data_however_the_words_are_split() -> None:
    found = Hit(rank=1, score=1, cosine=1, chunk=chunk(PRIVATE, section="Ask bo@example.org", context="bo@example.org"),
                document=document(title="CV of cy@example.net", files=("dee@example.com.pdf",)))  # fmt: skip
    pieces = [Text(text=PRIVATE[n : n + 3]) for n in range(0, len(PRIVATE), 3)]
    made = events(Says(*pieces, Quote(hit=found, start=0, end=len(PRIVATE))), found)
    shown: list[str] = [text_of(made)]
    for event in made:
        if isinstance(event, Citation):
            shown += [event.quote, event.section, event.file]
        if isinstance(event, Hits):
            shown += [v for h in event.hits for v in (h.chunk.text, h.chunk.section, h.document.title, h.document.file)]
        if isinstance(event, Done):
            shown += [event.answer.text, *(c.quote for c in event.answer.citations)]
            shown += [h.chunk.text for h in event.answer.hits]
    for secret in ("anna", "1381234", "bo@", "cy@", "dee@"):
        assert not any(secret in s for s in shown), secret
    assert "[EMAIL]" in shown[0]
    assert shown[0].endswith("[1]")


def test_search_results_are_redacted_unless_the_settings_say_otherwise(settings: Settings, tmp_path: Any) -> None:
    from tests.fakes import FakeEncoder, FakeSandbox

    for style in (Style.REDACT, Style.OFF):
        made = Box(settings.model_copy(update={"redact": style}), encoder=FakeEncoder(), sandbox=FakeSandbox())
        made.open()
        made.load()
        drop(made, tmp_path / "in", {"a.txt": PRIVATE})
        shown = made.answers.search(ADMIN, "who has a phone")[0].chunk.text
        assert ("anna.li@example.com" in shown) is (style is Style.OFF)
        made.close()


def test_closing_the_stream_stops_the_engine() -> None:
    closed: list[bool] = []

    class Endless(Says):
        def answer(self, _: str, __: Sequence[Hit], ___: str = "") -> Iterator[Text | Quote]:
            try:
                while True:
                    yield Text(text="word ")
            finally:
                closed.append(True)

    answers = Answers(Settings(), Found(hit("a")), Endless(), private())  # type: ignore[arg-type]
    stream = answers.ask(ADMIN, "Who?")
    for _ in range(6):
        next(stream)
    stream.close()  # type: ignore[attr-defined]
    assert closed == [True]


def test_a_real_box_answers_with_a_quote_of_the_page(box: Box, tmp_path: Any) -> None:
    drop(box, tmp_path / "in", {"a.txt": "Cake is on Friday.\fThe notice period is ninety days."})
    made = list(box.answers.ask(ADMIN, "How long is the notice period?", collection="papers"))
    answer = made[-1].answer  # type: ignore[union-attr]
    assert "ninety days" in answer.text
    assert (answer.citations[0].file, answer.citations[0].page) == ("a.txt", 2)
    assert "ninety days" in answer.citations[0].quote
    with pytest.raises(BadInput):
        next(box.answers.ask(ADMIN, "  "))  # the first event must not come before the error: it could be no status
    with pytest.raises(NotFound):
        next(box.answers.ask(ADMIN, "Who?", collection="nothing"))


def test_the_page_of_a_character_is_that_of_its_mark() -> None:
    piece = chunk("x" * 60, marks=MARKS, page=4)
    assert [page_of(piece, n) for n in (0, 29, 30, 59, 60)] == [4, 4, 5, 5, 4]
    assert page_of(chunk("x", marks=(), page=9), 0) == 9


def test_a_quote_is_cited_under_the_heading_next_above_it() -> None:
    piece = chunk("Set-off is barred.\n\n5 Delivery\n\nDelivery is free.", section="4 Payment", titles=((20, 30),))
    assert section_of(piece, 0) == "4 Payment"
    assert section_of(piece, piece.text.index("Delivery is")) == "5 Delivery"


@pytest.mark.parametrize("style", [Style.OFF, Style.REDACT])
def test_what_the_box_asks_itself_is_counted_nowhere(style: Style) -> None:
    found, privacy = hit(PRIVATE, marks=MARKS), private(style)
    engine = Says(Text(text=PRIVATE), Quote(hit=found, start=0, end=len(PRIVATE)))
    answers = Answers(Settings(), Found(found), engine, privacy)  # type: ignore[arg-type]
    for asked in (answers.uncounted(), answers):
        list(asked.ask(ADMIN, "Who?"))
        privacy.close()
        assert bool(privacy._record.counts) == (asked is answers)  # type: ignore[attr-defined]
