"""The gate: what an answer is worth, which drop is refused, what the report says, how it is broken off."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace

import pytest

from ragbox.adapters.gate import Gate, Kept, Progress, Report, judge
from ragbox.errors import BadInput, Unavailable
from ragbox.evaluation.questions import Question
from ragbox.types import Answer, Citation, Unsupported

PAGE = Citation(n=1, document="d1", file="shelf/terms.pdf", page=2, section="", quote="x")
RIGHT = Answer(
    text="The notice period is 30 days. It is in writing.", refused=False, citations=(PAGE,), hits=(), timings={}
)
WRONG = replace(RIGHT, text="The notice period is 45 days. It is in writing.")
ELSEWHERE = replace(RIGHT, citations=(replace(PAGE, page=3),))
LOOSE = replace(RIGHT, unsupported=(Unsupported(start=30, end=47),))
REFUSED = Answer(text="The documents do not say.", refused=True, citations=(), hits=(), timings={})


def question(number: int, *, unanswerable: bool = False) -> Question:
    gold = () if unanswerable else (("terms.pdf", 2),)
    answers = () if unanswerable else ("30 days",)
    return Question(
        id=f"q{number:03}", question=f"How long {number}?", answers=answers, gold=gold, unanswerable=unanswerable
    )


QUESTIONS = [question(n, unanswerable=n % 10 == 9) for n in range(100)]


def answering(**wrong: dict[str, Answer]) -> Callable[[str, str], Answer]:
    """Answer all rightly, but for some questions (by id) of some keys."""

    def answer(text: str, key: str) -> Answer:
        q = next(q for q in QUESTIONS if q.question == text)
        return wrong.get(key or "bare", {}).get(q.id, REFUSED if q.unanswerable else RIGHT)

    return answer


def report(gate: Gate, old: str = "", new: str = "new") -> Report:
    last = list(gate.run(old, new))[-1]
    assert isinstance(last, Report)
    return last


@pytest.mark.parametrize(
    ("answer", "points"),
    [(RIGHT, 1.0), (WRONG, 0.5), (ELSEWHERE, 0.5), (LOOSE, 0.5), (REFUSED, 0.0), (replace(WRONG, citations=()), 0.0)],
)
def test_an_answer_is_worth_its_text_its_page_and_its_support(answer: Answer, points: float) -> None:
    assert judge(question(0), answer).points == pytest.approx(points)


def test_a_refusal_is_right_where_nothing_answers() -> None:
    unanswerable = question(0, unanswerable=True)
    assert judge(unanswerable, REFUSED).points == 1.0
    assert judge(unanswerable, RIGHT).points == 0.0
    assert judge(unanswerable, RIGHT).refusal is False
    bare = replace(question(0), answers=(), gold=())
    assert judge(bare, RIGHT).points == 1.0
    assert judge(bare, LOOSE).points == pytest.approx(0.5)


def test_a_worse_adapter_is_refused_and_the_report_says_where() -> None:
    worse = {f"q{n:03}": WRONG for n in range(5)} | {"q009": RIGHT}
    found = report(Gate(QUESTIONS, answering(new=worse, bare={"q020": LOOSE})))
    assert not found.passed
    assert (found.old.points, found.new.points) == (pytest.approx(0.995), pytest.approx(0.965))
    assert found.reason == "On 100 questions it is 0.030 points below what answers now; 0.02 below is allowed."
    assert [c.id for c in found.worse] == ["q009", "q000", "q001", "q002", "q003", "q004"]
    assert [(c.id, c.old, c.new) for c in found.better] == [("q020", 0.5, 1.0)]
    assert (found.worse[1].old_said, found.worse[1].new_said) == (RIGHT.text, WRONG.text)
    assert (found.new.text, found.new.page, found.new.refusal) == (pytest.approx(85 / 90), 1.0, 0.99)
    assert found.old.unsupported == pytest.approx(0.005)
    assert "45 days" not in repr(found)


def test_a_better_one_and_a_drop_within_the_margin_are_let_through() -> None:
    better = report(Gate(QUESTIONS, answering(bare={"q001": WRONG, "q002": REFUSED})))
    assert better.passed
    assert [c.id for c in better.better] == ["q002", "q001"]
    assert better.reason.startswith("On 100 questions it is 0.015 points above what answers now")
    within = answering(new={f"q{n:03}": WRONG for n in range(4)})
    assert report(Gate(QUESTIONS, within)).passed
    assert not report(Gate(QUESTIONS, within, margin=0.019)).passed
    level = report(Gate(QUESTIONS, answering()))
    assert (level.passed, level.better, level.worse) == (True, (), ())
    assert "level with what answers now" in level.reason


def test_too_few_questions_are_said_and_none_are_refused() -> None:
    few = report(Gate(QUESTIONS[:10], answering()))
    assert few.reason.endswith("These are few questions for that: one alone moves the average by up to 0.100.")
    assert "few questions" not in report(Gate(QUESTIONS[:50], answering())).reason
    with pytest.raises(BadInput, match="has no questions"):
        Gate([], answering())


def test_it_says_how_far_it_is_and_can_be_broken_off() -> None:
    asked: list[tuple[str, str]] = []

    def answer(text: str, key: str) -> Answer:
        asked.append((text, key))
        return RIGHT

    with closing(Gate(QUESTIONS[:3], answer).run("old", "new")) as steps:
        assert next(steps) == Progress(done=0, total=6, key="old")
        assert asked == []
        assert [next(steps).done for _ in range(3)] == [1, 2, 3]  # type: ignore[union-attr]
    assert [key for _, key in asked] == ["old", "old", "old"]


def test_as_many_are_asked_at_once_as_may_be() -> None:
    together, written = threading.Barrier(4), answering(new={"q003": WRONG})

    def answer(text: str, key: str) -> Answer:
        together.wait(60)
        return written(text, key)

    steps = list(Gate(QUESTIONS[:8], answer, at_once=4).run("old", "new"))
    assert steps[-1] == report(Gate(QUESTIONS[:8], written), "old")
    told = [step.done for step in steps if isinstance(step, Progress)]
    assert (told[0], told == sorted(told), told[-1]) == (0, True, 16)


def test_it_says_the_same_each_time() -> None:
    gate = Gate(QUESTIONS, answering(new={"q003": WRONG, "q004": WRONG}, bare={"q005": REFUSED}))
    assert report(gate) == report(gate)


def test_old_answers_stay_as_long_as_what_they_rest_on() -> None:
    asked: list[str] = []
    kept: Kept = {}

    def answer(_: str, key: str) -> Answer:
        asked.append(key)
        return RIGHT

    def run(old: str, new: str, rests_on: str) -> list[str]:
        asked.clear()
        report(Gate(QUESTIONS[:2], answer, rests_on=rests_on, kept=kept), old, new)
        return asked

    assert run("", "a", "corpus 1") == ["", "", "a", "a"]
    assert run("a", "b", "corpus 1") == ["b", "b"]
    assert run("b", "b", "corpus 1") == []
    assert run("a", "b", "corpus 2") == ["a", "a", "b", "b"]
    assert len(kept) == 4
    changed = replace(QUESTIONS[0], answers=("45 days",))
    assert report(Gate([changed], answer, rests_on="corpus 2", kept=kept), "a", "b").old.text == 0.0


@pytest.mark.parametrize("left_out", [{"fallback": "The model is not loaded."}, {"bare": "It does not fit."}])
def test_an_answer_that_the_adapter_did_not_write_ends_it(left_out: dict[str, str]) -> None:
    with pytest.raises(Unavailable, match=r"new did not answer a question of the gate: (The model|It does)"):
        report(Gate(QUESTIONS, answering(new={"q000": replace(RIGHT, **left_out)})))  # type: ignore[arg-type]
