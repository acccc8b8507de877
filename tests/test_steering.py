"""Which documents a question means: a gain for those it names, turns for those it compares, nothing left out."""

from __future__ import annotations

import pytest

from ragbox import asked
from ragbox.db import Database
from ragbox.library import Library
from ragbox.papers import FACETS
from ragbox.settings import Settings
from ragbox.steering import Course, Steering
from ragbox.types import Profile
from tests.make import document

FIRMS = {"AAPL": "Apple Inc.", "MSFT": "Microsoft Corporation", "AMZN": "Amazon.com, Inc."}
QUARTERS = {"Q3 2022": "2022-06-25", "Q1 2023": "2022-12-31", "Q2 2023": "2023-04-01", "Q3 2023": "2023-07-01"}


class Shelf:
    def __init__(self, settings: Settings) -> None:
        self.db = Database(settings.data / "ragbox.db")
        self.db.load()
        self.library = Library(self.db)
        self.id = self.library.create_collection("papers").id
        self.steering = Steering(self.db)

    def put(self, name: str, **profile: object) -> None:
        about = Profile(**profile)  # type: ignore[arg-type]
        self.library.put(document(name, title=name, files=(f"{name}.pdf",), profile=about, sha256=name), self.id)

    def course(self, question: str) -> Course:
        return self.steering.course(question, [self.id])

    def best(self, question: str) -> set[str]:
        gains = self.course(question).gains
        return {d for d, g in gains.items() if g == max(gains.values())}


@pytest.fixture
def shelf(settings: Settings) -> Shelf:
    made = Shelf(settings)
    for ticker, company in FIRMS.items():
        for period, ends in QUARTERS.items():
            name = f"{period[3:]} {period[:2]} {ticker}"
            made.put(name, company=company, aliases=(ticker,), form="10-Q", period=period, ends=ends)
    made.put("Supply Agreement Ferrandale 2024", form="contract", period="2024")
    made.put("2023年第三季度报告 长江", company="长江重工股份有限公司", form="quarterly report", period="Q3 2023")
    return made


@pytest.mark.parametrize(
    ("question", "named"),
    [
        ("What was Apple's revenue in Q3 2022?", {"2022 Q3 AAPL"}),
        ("what did apple spend in the second quarter of 2023", {"2023 Q2 AAPL"}),
        ("What did AMZN earn in the quarter ended April 1, 2023?", {"2023 Q2 AMZN"}),
        ("What was the gross margin in Microsoft's latest 10-Q?", {"2023 Q3 MSFT"}),
        ("In the most recent quarter, what did Amazon spend?", {"2023 Q3 AMZN"}),
        ("What is the liability cap under the Ferrandale contract?", {"Supply Agreement Ferrandale 2024"}),
        ("长江重工2023年三季度的收入是多少？", {"2023年第三季度报告 长江"}),
    ],
)
def test_what_is_named_gains_most(shelf: Shelf, question: str, named: set[str]) -> None:
    assert shelf.best(question) == named


def test_a_word_is_no_company_where_others_are_written_large(shelf: Shelf) -> None:
    assert not shelf.course("Who may eat an apple from the garden in Rotherham?").gains
    assert shelf.course("How many apples did we buy from Apple?").gains


def test_a_question_that_names_nothing_is_not_steered(shelf: Shelf) -> None:
    assert shelf.course("How long is the notice period?") == Course()


def test_papers_of_others_gain_nothing_by_their_period(shelf: Shelf) -> None:
    gains = shelf.course("What was Apple's revenue in Q3 2022?").gains
    assert gains["2022 Q3 AAPL"] > gains["2023 Q1 AAPL"] > gains.get("2022 Q3 MSFT", 0)


def test_companies_that_are_compared_take_turns(shelf: Shelf) -> None:
    course = shelf.course("Compare Apple's and Microsoft's R&D expenses in Q1 2023")
    assert set(course.facets) == {frozenset({"2023 Q1 AAPL"}), frozenset({"2023 Q1 MSFT"})}
    assert {d for _, d in course.favoured} == {"2023 Q1 AAPL", "2023 Q1 MSFT"}


def test_periods_that_are_compared_take_turns(shelf: Shelf) -> None:
    both = shelf.course("How did Apple's sales differ in Q3 2022 and Q2 2023?").facets
    assert both == (frozenset({"2022 Q3 AAPL"}), frozenset({"2023 Q2 AAPL"}))
    for words in ("between Q3 2022 and Q2 2023", "from Q3 2022 to Q2 2023"):
        stretch = shelf.course(f"How did Apple's sales change {words}?").facets
        assert stretch == tuple(frozenset({f"{p} AAPL"}) for p in ("2023 Q2", "2023 Q1", "2022 Q3"))


@pytest.mark.parametrize(
    "question",
    ["How has Amazon's net sales changed over time?", "What do these 10-Qs say of Amazon's debt?",
     "How does Amazon's margin in the most recent quarter compare to previous quarters?"],
)  # fmt: skip
def test_a_series_is_asked_paper_by_paper(shelf: Shelf, question: str) -> None:
    assert set(shelf.course(question).facets) == {frozenset({f"{p[3:]} {p[:2]} AMZN"}) for p in QUARTERS}


def test_a_series_is_cut_where_it_is_too_long(shelf: Shelf) -> None:
    for year in range(2000, 2020):
        shelf.put(f"{year} FIRM", company="Firm Ltd", form="10-K", period=str(year))
    assert len(shelf.course("How did Firm's sales change over the years?").facets) == FACETS


def test_what_people_say_and_what_comes_in_counts_at_once(shelf: Shelf) -> None:
    assert shelf.course("What does Nordwind pay?") == Course()
    shelf.put("scan0001", company="Nordwind GmbH", form="invoice", period="2024-05")
    assert shelf.best("What does Nordwind pay in May 2024?") == {"scan0001"}


def test_a_document_without_a_profile_goes_by_its_name(shelf: Shelf) -> None:
    shelf.db.read("DELETE FROM profiles")
    shelf.put("Lease Harbour Street 2021")
    assert shelf.best("When does the Harbour Street lease end?") == {"Lease Harbour Street 2021"}


def test_a_question_of_any_kind_is_read() -> None:
    for question in ("", "?", "Q", "x" * 4000, "\ud83d 2023", "between 2023", "2023-" * 500):
        assert not asked.read(question).latest
