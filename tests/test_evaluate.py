"""Question files and their scores."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ragbox.errors import BadInput, NotFound
from ragbox.evaluate import Outcome, Question, holds, load, report, run


def write(folder: Path, *rows: Any) -> Path:
    path = folder / "questions.jsonl"
    path.write_text("\n".join(r if isinstance(r, str) else json.dumps(r) for r in rows), encoding="utf-8")
    return path


def question(id: str = "q", text: str = "Who?", **given: Any) -> Question:
    values = {"answers": ("ninety days",), "gold": (("hr/a.pdf", 3),), "unanswerable": False}
    return Question(id=id, question=text, **values | given)


def test_a_file_is_read_line_by_line(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        {"id": "a", "question": "Who?", "answer": "kim", "gold": [{"file": "a.pdf", "page": 3}]},
        "",
        {"question": "谁？", "answer": ["甲", "", "乙"], "unanswerable": True},
    )
    first, second = load(path)
    assert first == Question(id="a", question="Who?", answers=("kim",), gold=(("a.pdf", 3),), unanswerable=False)
    assert second == Question(id="3", question="谁？", answers=("甲", "乙"), gold=(), unanswerable=True)


@pytest.mark.parametrize("line", ["no json", "{}", '{"question": "a", "gold": [1]}', "[1]", '"text"', "null", "3"])
def test_a_line_that_is_no_question_is_named(tmp_path: Path, line: str) -> None:
    with pytest.raises(BadInput, match="Line 2 of"):
        load(write(tmp_path, {"question": "Who?"}, line))


def test_a_file_that_is_not_there_is_not_found(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match=r"none\.jsonl"):
        load(tmp_path / "none.jsonl")


def ask_one(
    q: Question, *, hits: list[tuple[str, int]], answer: str = "", quotes: tuple[tuple[str, int, str], ...] = ()
) -> Outcome:
    def search(_: str, k: int) -> list[dict[str, Any]]:
        return [{"file": f, "page": p} for f, p in hits][:k]

    def ask(_: str) -> dict[str, Any]:
        citations = [{"file": f, "page": p, "quote": t} for f, p, t in quotes]
        return {"answer": answer, "refused": not answer, "citations": citations}

    return next(iter(run([q], search, ask)))


def test_the_rank_is_that_of_the_first_gold_page() -> None:
    assert ask_one(question(), hits=[("hr/a.pdf", 2), ("hr/b.pdf", 3), ("hr/a.pdf", 3)]).rank == 3
    assert ask_one(question(), hits=[("hr/a.pdf", 2)]).rank == 0
    assert ask_one(question(), hits=[("x/hr/a.pdf", 3)]).rank == 1  # dropped from further up
    assert ask_one(question(), hits=[("a.pdf", 3)]).rank == 1  # or from further down
    assert ask_one(question(), hits=[("other-a.pdf", 3)]).rank == 0


def test_a_quote_counts_whatever_its_spaces_and_case() -> None:
    right = ask_one(question(), hits=[], answer="x", quotes=(("hr/a.pdf", 3, "It is Ninety\nDays."),))
    assert (right.quoted, right.page_cited) == (True, True)
    wrong = ask_one(question(), hits=[], answer="x", quotes=(("hr/a.pdf", 4, "It is nine days."),))
    assert (wrong.quoted, wrong.page_cited) == (False, False)
    assert not ask_one(question(), hits=[]).quoted  # a refusal holds no answer


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        ("5", "5 days"), ("5", "MX-5"), ("5", "5.00"), ("5", "within 5."), ("90", "90days"), ("2025", "2025-03-01"),
        ("2,085", "2085 units"), ("2085", "2 units of 2\u202f085"), ("850", "850.00"), ("10000", "10 000"),
        ("15", "１５天"), ("500", "500千米"), ("500万", "500 万元"), ("ten", "Ten days"), ("ABC", "由ABC公司"),
        ("90 days", "ninety (90\ndays)"), ("十五天", "年假十五天。"), ("一次", "每半年一次"), ("三点五", "约三点五倍"),
        ("公司", "本公司员工"), ("café", "Le Café."),
    ],
)  # fmt: skip
def test_an_answer_is_held_whatever_its_dress(answer: str, text: str) -> None:
    assert holds(text, [answer])


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        ("5", "2025"), ("5", "52"), ("5", "5.2"), ("2", "5.2"), ("500", "1,500"), ("500", "1\u00a0500"),
        ("1", "1,500"), ("85", "850"), ("5", "５２"), ("500", "500万元"), ("ten", "often"), ("ten", "tennis"),
        ("art", "cafés and artë"),
        ("五天", "十五天"), ("十", "十五"), ("五", "三点五"), ("三", "三点五"), ("一百", "一百二十"),
    ],
)  # fmt: skip
def test_an_answer_is_not_held_by_a_longer_word_or_number(answer: str, text: str) -> None:
    assert not holds(text, [answer])


def outcome(
    *,
    rank: int = 1,
    refused: bool = False,
    quoted: bool = True,
    unanswerable: bool = False,
    text: str = "Who?",
    seconds: float = 1.0,
) -> Outcome:
    asked = question(text=text, unanswerable=unanswerable)
    return Outcome(question=asked, rank=rank, refused=refused, quoted=quoted, page_cited=quoted, seconds=seconds)


def test_the_report_counts_answerable_and_unanswerable_apart() -> None:
    figures = report([
        outcome(rank=1), outcome(rank=4, quoted=False), outcome(rank=0, refused=True, quoted=False), outcome(rank=2),
        outcome(unanswerable=True, refused=True, rank=0), outcome(unanswerable=True, rank=0),
    ])["all"]  # fmt: skip
    assert (figures["questions"], figures["unanswerable"]) == (6, 2)
    assert (figures["hit@1"], figures["hit@3"], figures["hit@5"], figures["hit@10"]) == (0.25, 0.5, 0.75, 0.75)
    assert figures["mrr"] == pytest.approx((1 + 1 / 4 + 1 / 2) / 4, abs=1e-4)
    assert (figures["quote_accuracy"], figures["page_cited"]) == (0.5, 0.5)
    assert (figures["refusal_precision"], figures["refusal_recall"], figures["false_refusals"]) == (0.5, 0.5, 0.25)


def test_the_report_has_each_language_and_nothing_divides_by_zero() -> None:
    figures = report([outcome(text="谁？", seconds=2.0), outcome(), outcome(seconds=3.0)])
    assert {name: f["questions"] for name, f in figures.items()} == {"all": 3, "zh": 1, "en": 2}
    assert (figures["all"]["p50_s"], figures["zh"]["p50_s"]) == (2.0, 2.0)
    assert figures["all"]["refusal_recall"] is None
    assert report([])["all"]["hit@5"] is None
