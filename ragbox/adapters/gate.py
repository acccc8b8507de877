"""The gate before an adapter answers: a question file run with the old adapter and the new, and a drop refused.

Deterministic where the answers are (RAGBOX_TEMPERATURE=0). Knows no model: it is given what answers.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, MutableMapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field

from ..errors import BadInput, Unavailable
from ..evaluation.matching import holds
from ..evaluation.questions import Question, is_gold
from ..text import sentences
from ..types import Answer

EVEN = 1e-9
"""Points apart from which two answers are not equally good: sums of shares differ by rounding."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Result:
    """What one answer is worth: `points` from 0 to 1; None where the question does not ask for that.

    `text` tells whether it has the gold answer, `page` whether it cites a gold page, `refusal` whether it was right to
    refuse or not to, `unsupported` is the share of its sentences that no passage supports, `documents` are the ids of
    those that it rests on.
    """

    points: float
    text: bool | None
    page: bool | None
    refusal: bool
    unsupported: float
    said: str = field(repr=False)
    documents: frozenset[str] = field(repr=False)


Kept = MutableMapping[tuple[str, str, Question], Result]
"""Results by key, what else the answer rests on, and question."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Score:
    """What a key's answers are worth on average, shares from 0 to 1; None where no question asks for that."""

    key: str
    questions: int
    points: float
    text: float | None
    page: float | None
    refusal: float
    unsupported: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """A question that both answer otherwise well; `old` and `new` are points, with what was said from `documents`."""

    id: str
    question: str = field(repr=False)
    old: float
    new: float
    old_said: str = field(repr=False)
    new_said: str = field(repr=False)
    documents: tuple[str, ...] = field(repr=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class Report:
    """How the gate ended; the questions that changed most come first. `reason` says why, and what to doubt."""

    old: Score
    new: Score
    better: tuple[Change, ...]
    worse: tuple[Change, ...]
    passed: bool
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Progress:
    """So many of the answers are there; `key` gives the present ones."""

    done: int
    total: int
    key: str


class Gate:
    """One question file, and how far the points may drop."""

    def __init__(
        self, questions: Sequence[Question], answer: Callable[[str, str], Answer], *, margin: float = 0.02,
        rests_on: str = "", kept: Kept | None = None, at_once: int = 1,
    ) -> None:  # fmt: skip
        """`answer(question, key)` answers with an adapter, "" with the bare model.

        Args:
            margin: how far the average points, 0 to 1, may drop.
            rests_on: what else the answers depend on (documents, model, prompt): where it is the same, they stay.
            kept: results of earlier runs, and of this one when it is over; then a gate asks for the new key alone.
            at_once: how many questions are asked at a time.

        Raises:
            BadInput: there are no questions.
        """
        if not questions:
            raise BadInput("The question file has no questions. Write some, as `ragbox eval` reads them.")
        self._questions = tuple(questions)
        self._answer = answer
        self._margin = margin
        self._rests_on = rests_on
        self._kept: Kept = {} if kept is None else kept
        self._at_once = at_once

    def run(self, old: str, new: str) -> Iterator[Progress | Report]:
        """Yield how far it is, before and after answers, and at last the report. To close the iterator breaks it off.

        Raises:
            Unavailable: an answer was not written with the key that was asked for; nothing can be said then.
        """
        asked = [(key, q) for key in dict.fromkeys((old, new)) for q in self._questions]
        waiting = [(key, q) for key, q in asked if (key, self._rests_on, q) not in self._kept]
        yield from self._fill(waiting)
        for entry in [e for e in self._kept if e[0] not in (old, new) or e[1] != self._rests_on]:
            del self._kept[entry]
        before, after = ([self._kept[key, self._rests_on, q] for q in self._questions] for key in (old, new))
        yield self._report(_score(old, before), _score(new, after), _changes(self._questions, before, after))

    def _fill(self, asked: Sequence[tuple[str, Question]]) -> Iterator[Progress]:
        """Have answers judged; yields how far it is. Those that have begun when it is broken off are waited for."""
        waiting, running = deque(asked), dict[Future[Answer], tuple[str, Question]]()
        with ThreadPoolExecutor(self._at_once, "gate") as pool:
            while waiting or running:
                key, _ = next(iter(running.values()), None) or waiting[0]
                yield Progress(done=len(asked) - len(waiting) - len(running), total=len(asked), key=key)
                while waiting and len(running) < self._at_once:
                    key, question = waiting.popleft()
                    running[pool.submit(self._ask, question.question, key)] = key, question
                for future in wait(running, return_when=FIRST_COMPLETED).done:
                    key, question = running.pop(future)
                    self._kept[key, self._rests_on, question] = judge(question, future.result())
        if asked:
            yield Progress(done=len(asked), total=len(asked), key=asked[-1][0])

    def _ask(self, question: str, key: str) -> Answer:
        answer = self._answer(question, key)
        if why := answer.fallback or answer.bare:
            named = f"{key} did not answer" if key else "The model without an adapter did not answer"
            raise Unavailable(f"{named} a question of the gate: {why} Try again when it does.")
        return answer

    def _report(self, old: Score, new: Score, changes: list[Change]) -> Report:
        drop, count = old.points - new.points, len(self._questions)
        passed = drop <= self._margin + EVEN
        far = (
            f"{drop:.3f} points below" if drop > EVEN else f"{-drop:.3f} points above" if drop < -EVEN else "level with"
        )
        reason = f"On {count} questions it is {far} what answers now; {self._margin:g} below is allowed."
        if count * self._margin < 1:
            reason += f" These are few questions for that: one alone moves the average by up to {1 / count:.3f}."
        worst_first = sorted(changes, key=lambda c: (c.new - c.old, c.id))
        return Report(
            old=old, new=new, passed=passed, reason=reason,
            better=tuple(c for c in reversed(worst_first) if c.new > c.old),
            worse=tuple(c for c in worst_first if c.new < c.old),
        )  # fmt: skip


def judge(question: Question, answer: Answer) -> Result:
    """Return what an answer is worth.

    A rightful refusal has 1 point, a wrong one 0. Else it is the mean of gold answer and gold page, as far as the
    question has them, times the share of its sentences that are supported.
    """
    refusal = answer.refused == question.unanswerable
    text = holds(answer.text, question.answers) if question.answers else None
    page = any(is_gold(question, c.file, c.page) for c in answer.citations) if question.gold else None
    total = len(sentences(answer.text))
    unsupported = min(1.0, len(answer.unsupported) / total) if total and not answer.refused else 0.0
    if question.unanswerable or answer.refused:
        points = float(refusal)
    else:
        found = [float(right) for right in (text, page) if right is not None]
        points = (sum(found) / len(found) if found else 1.0) * (1 - unsupported)
    if question.unanswerable:
        text = page = None
    return Result(
        points=points, text=text, page=page, refusal=refusal, unsupported=unsupported, said=answer.text,
        documents=frozenset(h.document.id for h in answer.hits),
    )  # fmt: skip


def _score(key: str, results: Sequence[Result]) -> Score:
    return Score(
        key=key, questions=len(results), points=_mean([r.points for r in results]) or 0.0,
        text=_mean([r.text for r in results]), page=_mean([r.page for r in results]),
        refusal=_mean([r.refusal for r in results]) or 0.0, unsupported=_mean([r.unsupported for r in results]) or 0.0,
    )  # fmt: skip


def _mean(values: Sequence[float | None]) -> float | None:
    known = [float(v) for v in values if v is not None]
    return sum(known) / len(known) if known else None


def _changes(questions: Sequence[Question], old: Sequence[Result], new: Sequence[Result]) -> list[Change]:
    return [
        Change(
            id=q.id, question=q.question, old=a.points, new=b.points, old_said=a.said, new_said=b.said,
            documents=tuple(sorted(a.documents | b.documents)),
        )
        for q, a, b in zip(questions, old, new, strict=True)
        if abs(a.points - b.points) > EVEN
    ]  # fmt: skip
