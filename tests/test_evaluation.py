"""Question files, what comes of asking them, and the figures."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ragbox.errors import BadInput, NotFound
from ragbox.evaluation.calibration import Bin, curve, error
from ragbox.evaluation.comparison import compare
from ragbox.evaluation.figures import fails, measures, report, risks
from ragbox.evaluation.matching import exact, f1, holds, stands_in, units
from ragbox.evaluation.questions import Question, load
from ragbox.evaluation.ranking import first, hit, ndcg, reciprocal
from ragbox.evaluation.run import Outcome, Quoted, run
from ragbox.evaluation.runs import shape


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


def test_documents_evidence_and_spans_may_be_given(tmp_path: Path) -> None:
    more = {"question": "Who?", "gold": [{"file": "a.pdf", "page": 1}], "documents": ["b.pdf", "a.pdf"],
            "evidence": "It is so.", "span": ["so", "thus"]}  # fmt: skip
    (found,) = load(write(tmp_path, more))
    assert found.documents == ("a.pdf", "b.pdf")
    assert (found.evidence, found.spans) == (("It is so.",), ("so", "thus"))


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("no json", "it is no JSON: Expecting value, at character 1"), ("{}", "it has no 'question'"),
        ('{"question": "a", "gold": [{"file": "b"}]}', "it has no 'page'"), ('{"question": " "}', "is no text"),
        ('{"question": "a", "gold": [1]}', "another shape"), ("[1]", "another shape"), ('"text"', "another shape"),
        ("null", "another shape"), ("3", "another shape"),
        ('{"question": "a", "gold": [{"file": "b", "page": "x"}]}', "another shape"),
    ],
)  # fmt: skip
def test_a_line_that_is_no_question_is_named_with_what_is_wrong(tmp_path: Path, line: str, why: str) -> None:
    with pytest.raises(BadInput, match="Line 2 of") as refused:
        load(write(tmp_path, {"question": "Who?"}, line))
    assert why in str(refused.value)
    assert "Error" not in str(refused.value)


def test_a_file_that_is_not_there_is_not_found(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match=r"none\.jsonl"):
        load(tmp_path / "none.jsonl")


def ask_one(
    q: Question, *, hits: list[tuple[str, int]], answer: str = "", quotes: tuple[tuple[str, int, str], ...] = ()
) -> Outcome:
    def search(_: str, k: int) -> list[dict[str, Any]]:
        return [{"file": f, "page": p} for f, p in hits][:k]

    def ask(_: str) -> dict[str, Any]:
        citations = [{"document": f, "file": f, "page": p, "quote": t} for f, p, t in quotes]
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


@pytest.mark.parametrize(
    ("quote", "text", "true"),
    [
        ("Ninety days.", "It is ninety\ndays. Or not.", True), ("Ninety days.", "It is nine days.", False),
        ("Item | 2022\nSales | 1,234", "Sales 1,234 5\nItem 2022 2021", True), ("", "Some text", False),
        ("员工　享有", "员工享有十五天", True), ("Pay 1.5 euros", "Pay 1.5\neuros", True),
        ("Item | Qty | Price\nPump | 2 | 400", "Item Qty Price\nPump 7 1,250\nOrder 12 of 24000", False),
        ("Pump | 400 | 2", "Pump 2 400", False), ("Pump | 2", f"Pump 7{' Hose 3' * 60} 2", False),
        ("Price | 5", "Price 2.5", False), ("Pump | 2", "Pump 7\nPump 1 2", True), ("|\n…", "Some text", False),
    ],
)  # fmt: skip
def test_a_quote_stands_in_a_text_word_for_word_or_cell_for_cell(quote: str, text: str, true: bool) -> None:
    assert stands_in(quote, text) is true


@pytest.mark.parametrize(
    ("quote", "counts"), [("2024", False), ("in June 2024", True), ("It ended in June 2024.", True)]
)
def test_a_quote_counts_as_evidence_where_it_has_it_or_enough_of_it(quote: str, counts: bool) -> None:
    asked = question(evidence=("ended in June 2024",))
    assert ask_one(asked, hits=[], answer="x", quotes=(("hr/a.pdf", 3, quote),)).evident is counts


def test_spans_are_compared_by_words_in_english_and_by_signs_in_chinese() -> None:
    assert units("The ninety-day Notice. [1]") == ["ninety", "day", "notice"]
    assert units("十五天（年假） [2]") == list("十五天年假")
    assert exact("the Ninety days.", ["ninety days"])
    assert not exact("about ninety days", ["ninety days"])
    assert f1("about ninety days", ["ninety days"]) == pytest.approx(2 * 2 / 5)
    assert f1("十五天", ["五天"]) == pytest.approx(2 * 2 / 5)
    assert f1("", ["five"]) == f1("six", []) == 0


def test_rankings_have_their_textbook_figures() -> None:
    assert [first([False, False, True]), first([False])] == [3, 0]
    assert [hit(3, 3), hit(3, 1), hit(0, 10)] == [1, 0, 0]
    assert [reciprocal(4), reciprocal(0)] == [0.25, 0]
    assert ndcg(["a", None, "b"], 2) == pytest.approx((1 + 0.5) / (1 + 0.63093), abs=1e-4)
    assert ndcg(["a", "a"], 1) == 1  # the same page twice is no second gain
    assert ndcg([None] * 10 + ["a"], 1) == 0
    assert ndcg([*range(10)], 12) == 1


def test_a_curve_puts_about_as_many_answers_into_each_group() -> None:
    pairs = [(0.1, False)] * 10 + [(0.5, n < 6) for n in range(10)]
    found = curve(pairs)
    assert [(round(b.stated, 6), b.observed, b.count) for b in found] == [(0.1, 0.0, 10), (0.5, 0.6, 10)]
    assert error(found) == pytest.approx(0.1)
    ties = curve([(0.3, n < 30) for n in range(100)])
    assert (error(ties), [b.count for b in ties]) == (pytest.approx(0), [100])  # as sorted by right and wrong: 0.42
    assert curve([(0.2, True)]) == [Bin(stated=0.2, observed=1.0, count=1)]
    assert (curve([]), error([])) == ([], None)


def outcome(**given: Any) -> Outcome:
    asked = question(
        text=given.pop("text", "Who?"), unanswerable=given.pop("unanswerable", False), **given.pop("asked", {})
    )
    values = {"rank": 1, "refused": False, "quoted": True, "seconds": 1.0} | given
    return Outcome(question=asked, page_cited=values["quoted"], **values)


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


def test_an_answer_out_of_the_cache_counts_but_is_not_timed() -> None:
    said = {"answer": "Ninety days.", "refused": False, "citations": [], "timings": {"search": 0.5}}
    (again,) = run([question()], lambda *_: [], lambda _: said | {"cached": True, "timings": {"total": 0.001}})
    (first,) = run([question()], lambda *_: [], lambda _: said | {"cached": False})
    assert ("seconds" in measures(again), "seconds" in measures(first)) == (False, True)
    figures = report([outcome(seconds=0.001, cached=True), outcome(seconds=3.0), outcome(seconds=0.001, cached=True)])
    assert (figures["all"]["questions"], figures["all"]["cached"], figures["all"]["quote_accuracy"]) == (3, 2, 1.0)
    assert (figures["all"]["p50_s"], figures["all"]["p95_s"]) == (3.0, 3.0)
    assert report([again])["all"]["p50_s"] is None
    assert compare(shape([first])["rows"], shape([again])["rows"])[-1].figure != "seconds"


def test_a_question_counts_only_for_what_it_asks_for() -> None:
    bare = measures(outcome(asked={"answers": (), "gold": ()}))
    assert set(bare) == {"false_refusals", "seconds"}
    named = measures(outcome(asked={"answers": (), "gold": (), "others": ("a.pdf",)}, document_rank=2))
    assert (named["document_hit@1"], named["document_hit@3"], named["document_mrr"]) == (0, 1, 0.5)
    assert "hit@5" not in named
    spans = measures(outcome(asked={"spans": ("x",), "evidence": ("y",)}, exact=True, f1=0.5, evident=True))
    assert (spans["exact_match"], spans["token_f1"], spans["evidence_quoted"]) == (1, 0.5, 1)


def test_a_question_fails_where_it_lacks_what_it_needs() -> None:
    assert fails(measures(outcome(document_rank=1))) == []
    assert fails(measures(outcome(rank=7, document_rank=1))) == ["hit@5"]
    assert fails(measures(outcome(rank=0, quoted=False, refused=True))) == [
        "document_hit@5", "hit@5", "page_cited", "quote_accuracy", "false_refusals",
    ]  # fmt: skip
    assert fails(measures(outcome(unanswerable=True))) == ["refusal_recall"]
    assert fails(measures(outcome(unanswerable=True, refused=True))) == []


def test_quotes_are_looked_up_on_their_page_and_stages_have_their_latency() -> None:
    def ask(_: str) -> dict[str, Any]:
        cited = [{"document": "d", "file": "hr/a.pdf", "page": p, "quote": "Ninety days."} for p in (3, 4)]
        return {"answer": "Ninety days. [1]", "refused": False, "citations": cited, "engine": "e", "risk": 0.25,
                "timings": {"search": 0.5, "total": 0.75}}  # fmt: skip

    pages = {("d", 3): "It is ninety days.", ("d", 4): "Else."}
    (found,) = run([question()], lambda *_: [], ask, lambda *place: pages[place])
    assert [(q.page, q.true) for q in found.quotes] == [(3, True), (4, False)]
    assert (found.engine, found.risk, found.said) == ("e", 0.25, "Ninety days. [1]")
    figures = report([found])["all"]
    assert (figures["citation_precision"], figures["search_p50_s"]) == (0.5, 0.5)
    assert "total_p50_s" not in figures
    assert figures["risk_error"] == 0.25
    (unchecked,) = run([question()], lambda *_: [], ask)
    assert unchecked.quotes[0] == Quoted(file="hr/a.pdf", page=3, text="Ninety days.", document="d")
    assert "citation_precision" not in measures(unchecked)


def test_a_risk_is_held_against_answers_that_can_be_judged() -> None:
    found = risks([
        outcome(risk=0.1), outcome(risk=0.3, quoted=False), outcome(risk=0.2, unanswerable=True), outcome(),
        outcome(risk=0.9, refused=True), outcome(risk=0.9, asked={"answers": ()}),
    ])  # fmt: skip
    assert [(round(b.stated, 6), round(b.observed, 6), b.count) for b in found] == [(0.2, 0.666667, 3)]
