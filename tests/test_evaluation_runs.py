"""Runs are kept, two are compared, and a report shows what failed."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from ragbox.errors import BadInput, Conflict, NotFound
from ragbox.evaluation.comparison import compare, paired
from ragbox.evaluation.questions import Question
from ragbox.evaluation.run import Outcome, Quoted
from ragbox.evaluation.runs import Runs, failing, quoted, shape, without
from ragbox.evaluation.sheet import sheet
from ragbox.evaluation.words import FIGURES, REPORT


def outcome(id: str = "a", **given: Any) -> Outcome:
    asked = Question(
        id=id, question="Who <b>?", answers=("ninety days",), gold=(("a.pdf", 3),), unanswerable=False,
        others=("b.pdf",),
    )  # fmt: skip
    values: dict[str, Any] = {
        "rank": 1, "document_rank": 1, "ndcg": 1.0, "refused": False, "quoted": True, "page_cited": True,
        "seconds": 0.5, "said": "Ninety <i>days</i>. [1]", "found": (("a.pdf", 3),), "engine": "extractive",
        "risk": 0.1, "quotes": (Quoted(file="a.pdf", page=3, text="Ninety <days>", true=False),),
        "timings": {"search": 0.1},
    }  # fmt: skip
    return Outcome(question=asked, **values | given)


def made(**wrong: bool) -> dict[str, Any]:
    """Return a run of questions by id; True stands for one that fails."""
    return shape([outcome(id, rank=9 if bad else 1, quoted=not bad) for id, bad in wrong.items()])


def row(id: str, **counted: float) -> dict[str, Any]:
    return {"id": id, "question": "?", "measures": counted, "fails": []}


def test_a_run_has_figures_curve_and_a_row_a_question() -> None:
    run = made(a=False, b=True)
    assert (run["engine"], run["figures"]["all"]["hit@5"], failing(run)) == ("extractive", 0.5, 1)
    assert run["curve"] == [{"stated": pytest.approx(0.1), "observed": 0.5, "count": 2}]
    assert run["rows"][1]["fails"] == ["hit@5", "quote_accuracy"]
    assert run["rows"][0]["gold"] == [{"file": "a.pdf", "page": 3}, {"file": "b.pdf", "page": 0}]
    assert run["rows"][0]["quotes"] == [
        {"document": "", "file": "a.pdf", "page": 3, "quote": "Ninety <days>", "true": False}
    ]


def test_runs_are_kept_listed_newest_first_and_removed(tmp_path: Path) -> None:
    runs = Runs(tmp_path / "quality")
    assert runs.all() == []
    runs.save("old", made(a=True) | {"made_at": "2026-01-01"})
    runs.save("new.1", made(a=False) | {"made_at": "2026-01-02"})
    (tmp_path / "quality" / "torn.json").write_text("{")
    assert [(r["name"], r["failing"], "rows" in r) for r in runs.all()] == [("new.1", 0, False), ("old", 1, False)]
    assert Runs(tmp_path / "quality").get("old")["rows"][0]["id"] == "a"
    with pytest.raises(Conflict, match="'old' already"):
        runs.save("old", made(a=True))
    runs.remove("old")
    for name in ("old", "../new.1", "torn", ""):
        with pytest.raises(NotFound):
            runs.get(name)
    with pytest.raises(NotFound):
        runs.remove("old")


def test_what_a_run_quotes_of_a_document_can_be_left_out() -> None:
    quotes = tuple(Quoted(file=f"{d}.pdf", page=3, text=f"Words of {d}", document=d) for d in "ab")
    run = shape([outcome("one", quotes=quotes), outcome("two", quotes=quotes[1:]), outcome("three", quotes=())])
    assert quoted(run) == {"a", "b"}
    assert without(run, set()) == run
    left = without(run, {"a"})
    assert [row.get("withdrawn", False) for row in left["rows"]] == [True, False, False]
    assert [q["quote"] for q in left["rows"][0]["quotes"]] == ["…", "Words of b"]
    assert left["rows"][0]["said"] == "…"
    assert [row["found"][0]["file"] for row in left["rows"]] == ["…"] * 3
    assert (left["figures"], without(left, {"a"})) == (run["figures"], left)
    assert REPORT["withdrawn"][0] in sheet([without(shape([outcome(rank=9, quotes=quotes)]), {"a"})])


@pytest.mark.parametrize("name", ["", "../x", "a/b", "A", ".hidden", "a" * 64, "a b"])
def test_a_name_that_is_none_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(BadInput, match="no name for a run"):
        Runs(tmp_path).save(name, made(a=True))


def test_a_difference_is_sure_where_the_interval_leaves_out_zero() -> None:
    left = [row(str(n), quote=float(n < 50), even=float(n % 2), only=1.0) for n in range(100)]
    right = [row(str(n), quote=float(n < 80), even=float((n + 1) % 2)) for n in range(100)]
    quote, even = compare(left, [*right, row("another", quote=0.0)])
    assert (quote.figure, quote.left, quote.right, quote.questions) == ("quote", 0.5, 0.8, 100)
    assert quote.difference == pytest.approx(0.3)
    assert quote.low == pytest.approx(0.21, abs=0.015)  # 0.3 -+ 1.96 x sqrt(0.3 x 0.7 / 100)
    assert quote.high == pytest.approx(0.39, abs=0.015)
    assert (quote.sure, even.sure) == (True, False)
    assert compare(left, right) == compare(left, right)  # seeded


def test_a_figure_counts_over_the_questions_that_have_it() -> None:
    (found,) = compare([row("a", x=1.0), row("b")], [row("a", x=0.0), row("b", x=1.0)])
    assert (found.left, found.right, found.questions) == (1.0, 0.5, 2)


def test_seconds_count_over_the_questions_that_both_runs_timed() -> None:
    left = [row(str(n), seconds=9.0 if n < 9 else 1.0, x=1.0) for n in range(12)]
    for timed, sure in ((6, True), (5, False)):  # the second run had the others in the cache
        right = [row(str(n), x=1.0, **({"seconds": 1.0} if n < timed else {})) for n in range(12)]
        seconds, _ = compare(left, right)
        assert (seconds.left, seconds.right, seconds.questions, seconds.sure) == (9.0, 1.0, timed, sure)
    assert [d.figure for d in compare(left, [row(str(n), x=1.0) for n in range(12)])] == ["x"]


def test_runs_without_a_common_question_cannot_be_compared() -> None:
    reworded = row("a", x=1.0) | {"question": "Who?"}
    assert paired([row("a", x=1.0)], [reworded]) == []
    with pytest.raises(BadInput, match="share no question"):
        compare([row("a", x=1.0)], [reworded])


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_report_escapes_everything_and_loads_nothing(language: str) -> None:
    run = made(a=False, b=True) | {"name": "<one>", "settings": {"hits": 8}, "file": "q.jsonl"}
    page = sheet([run], language)
    assert f'<html lang="{language}">' in page
    assert not re.search(r"<(b|i|days|one)>|<script|src=|href=|url\(|@import|http", page)
    assert "Ninety &lt;i&gt;days&lt;/i&gt;" in page
    assert page.count("<article>") == 1
    assert REPORT["untrue"][language == "zh"] in page
    assert FIGURES["hit@5"][language == "zh"] in page


def test_two_runs_stand_side_by_side_with_their_differences() -> None:
    page = sheet([made(a=False, b=True, c=False) | {"name": "x"}, made(a=True, b=False, c=False) | {"name": "y"}])
    assert page.count("<article>") == 2
    assert page.count('<div class="sides"><div>') == 2
    assert REPORT["differences"][0] in page
    assert page.count(REPORT["passes"][0]) == 2


def test_every_figure_and_word_has_both_languages() -> None:
    run = made(a=False, b=True)
    figures = set(run["figures"]["all"]) | set(run["rows"][0]["measures"])
    assert figures <= FIGURES.keys()
    for english, chinese in [*FIGURES.values(), *REPORT.values()]:
        assert english
        assert re.search(r"[\u3400-\u9fff]", chinese)
