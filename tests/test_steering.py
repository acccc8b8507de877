"""Which documents a question means: a gain for those it names, turns for those it compares, nothing left out."""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from typing import Any

import pytest

from ragbox import asked
from ragbox.db import Database
from ragbox.papers import MOST, Papers, Weights
from ragbox.ranking import RRF_K
from ragbox.settings import Settings
from ragbox.steering import FACETS, Course
from ragbox.types import Profile
from tests.make import document
from tests.papers import Shelf

FIRMS = {"AAPL": "Apple Inc.", "MSFT": "Microsoft Corporation", "AMZN": "Amazon.com, Inc."}
QUARTERS = {"Q3 2022": "2022-06-25", "Q1 2023": "2022-12-31", "Q2 2023": "2023-04-01", "Q3 2023": "2023-07-01"}


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


def test_a_contract_that_names_two_firms_is_meant_by_both_and_splits_nothing(shelf: Shelf) -> None:
    shelf.put("Supply Agreement Apple Microsoft", form="contract")
    course = shelf.course("What is the term of the supply agreement between Apple and Microsoft?")
    assert max(course.gains, key=lambda d: course.gains[d]) == "Supply Agreement Apple Microsoft"
    assert course.facets == ()
    shelf.put("采购合同 长江重工", form="contract")
    assert shelf.best("长江重工的采购合同什么时候到期？") == {"采购合同 长江重工"}


def test_no_paper_gains_so_much_that_the_best_passage_of_another_is_never_first(shelf: Shelf) -> None:
    firms = [f"{name}ex Ltd" for name in ("Bor", "Cal", "Dim", "Fer", "Gal", "Hal", "Jur", "Kol")]
    shelf.put("Contracts", form="contract", aliases=tuple(firms), period="2024")
    question = f"What does the 2024 contract between {', '.join(f.split()[0] for f in firms)} say?"
    assert shelf.best(question) == {"Contracts"}
    first, last = 2 / (RRF_K + 1), 1 / (RRF_K + Settings.model_fields["candidates"].default)
    assert max(shelf.course(question).gains.values()) + last < first
    weights = Weights()
    assert weights.name + weights.period + weights.both < MOST  # one company, one period: not cut


def test_a_contract_is_found_by_its_parties_and_best_by_both(shelf: Shelf) -> None:
    for number, other in enumerate(("Hovione AG", "Porex Corporation", "Lonza Ltd")):
        shelf.put(f"scan {number}", form="contract", aliases=("Merrowdale Ltd", other))
    assert shelf.best("Which law governs the agreement with Hovione?") == {"scan 0"}
    assert shelf.best("Which law governs the agreement between Porex and Merrowdale?") == {"scan 1"}
    assert shelf.course("Which law governs the agreement between Porex and Merrowdale?").facets == ()
    gains = shelf.course("What do the contract with Lonza and that with Merrowdale say?").gains
    assert gains["scan 2"] > 1.5 * gains["scan 1"]  # who is a party everywhere is named in vain
    assert not shelf.course("How many pumps did Hovione buy?").gains  # no contract is asked for


@pytest.mark.parametrize(
    "question",
    ["How do Apple and Microsoft compare in gross margin?", "What were Apple's contract liabilities?",
     "How did Apple's lease costs change over the years?", "How did Apple's operating leases change over the years?",
     "Apple的合同负债是多少？"],
)  # fmt: skip
def test_a_firm_that_is_asked_about_gains_nothing_for_its_contracts(shelf: Shelf, question: str) -> None:
    before = shelf.course(question)
    shelf.put("scan", form="contract", aliases=("Apple Inc.", "Microsoft Corporation"))
    assert shelf.course(question) == before
    assert any("AAPL" in d for d in before.gains)


def test_a_title_with_both_firms_takes_no_turns_from_those_that_are_compared(shelf: Shelf) -> None:
    shelf.put("Supply Agreement Apple Microsoft", form="contract")
    course = shelf.course("Compare Apple's and Microsoft's R&D expenses in Q1 2023")
    assert set(course.facets) == {frozenset({"2023 Q1 AAPL"}), frozenset({"2023 Q1 MSFT"})}
    gains = shelf.course("How do Apple and Microsoft compare in gross margin?").gains
    assert gains["Supply Agreement Apple Microsoft"] < gains["2023 Q1 AAPL"] + 0.03  # the title's share, no second firm


def test_a_party_hides_no_firm_whose_name_begins_like_it(shelf: Shelf) -> None:
    shelf.put("lease", form="contract", aliases=("Apple Capital Corporation", "Acme Leasing Inc."))
    assert shelf.best("What did Apple Capital earn in Q1 2023?") == {"2023 Q1 AAPL"}
    assert shelf.best("What does the lease with Apple Capital cost?") == {"lease"}


@pytest.mark.parametrize(
    "question",
    [
        "What do our contracts with Hovione say?",
        "Which leases has Hovione signed?",
        "Where are the NDAs with Hovione?",
    ],
)
def test_several_contracts_are_asked_for_too(shelf: Shelf, question: str) -> None:
    shelf.put("scan", form="contract", aliases=("Hovione AG",))
    assert shelf.best(question) == {"scan"}


def test_a_series_is_asked_of_a_firm_that_has_no_paper_of_the_kind(shelf: Shelf) -> None:
    shelf.library.remove("Supply Agreement Ferrandale 2024")
    assert len(shelf.course("How did the cost of Apple's store lease change over the years?").facets) == 4


def test_a_name_is_found_as_it_is_written_and_as_words(shelf: Shelf) -> None:
    about = document("guide", title="Untitled", files=("GitHub_guide.pdf",), sha256="guide")
    shelf.library.put(about, shelf.id)
    shelf.put("Other guide")
    assert shelf.best("Where do runners stand in GitHub?") == {"guide"}


def test_a_contract_is_asked_on_its_own_without_what_names_it(shelf: Shelf) -> None:
    shelf.put("scan", form="contract", aliases=("Hovione AG",))
    assert shelf.course("Which law governs the Supply Agreement with Hovione?").rest.split() == [
        "Which", "law", "governs", "the", "with", "?",
    ]  # fmt: skip
    assert shelf.course("Which law governs the Supply Agreement with Apple?").rest == ""
    shelf.put("采购合同", form="contract", aliases=("铭川铸造有限公司",))
    assert shelf.course("与铭川铸造的合同适用哪国法律？").rest == "与的合同适用哪国法律？"


def test_a_files_name_is_read_where_it_is_written_together(shelf: Shelf) -> None:
    shelf.put("PapaJohnsInternational_20190617_EndorsementAgreement1", form="contract")
    best = shelf.best("How is the endorsement agreement with Papa John's renewed?")
    assert best == {"PapaJohnsInternational_20190617_EndorsementAgreement1"}


def test_papers_of_another_kind_than_the_one_asked_for_take_no_turns(shelf: Shelf) -> None:
    assert shelf.course("What does the contract with Apple and Microsoft cost?").facets == ()
    assert len(shelf.course("What do Apple and Microsoft earn by their 10-Q for Q1 2023?").facets) == 2


def test_a_ticker_that_only_one_paper_has_is_no_second_company(shelf: Shelf) -> None:
    shelf.put("filing", company="Apple Inc.", form="10-Q", period="Q4 2023")
    course = shelf.course("What was Apple Inc. (AAPL)'s cash in Q1 2023?")
    assert course.facets == ()
    assert shelf.best("What was Apple Inc. (AAPL)'s cash in Q1 2023?") == {"2023 Q1 AAPL"}


def test_a_stretch_counts_fully_only_where_a_company_or_the_kind_is_named(shelf: Shelf) -> None:
    gains = shelf.course("How did prices change between 2019 and 2024 by the contract?").gains
    assert gains["Supply Agreement Ferrandale 2024"] > 2 * gains["2022 Q3 AAPL"] > 0
    whole = shelf.course("How did Apple's prices change between 2019 and 2024?").gains
    assert whole["2022 Q3 AAPL"] > 2 * gains["2022 Q3 AAPL"]


def test_the_newest_paper_is_meant_only_of_a_company_or_kind_and_not_of_the_future(shelf: Shelf) -> None:
    shelf.put(f"Plan {datetime.now(UTC).year + 4}", company="Apple Inc.", period=str(datetime.now(UTC).year + 4))
    assert not shelf.course("What is the current notice period?").gains
    assert not shelf.course("What came in the latest year?").gains
    assert shelf.best("What was the gross margin in Apple's latest quarter?") == {"2023 Q3 AAPL"}


def test_companies_in_several_collections_are_told_apart_too(shelf: Shelf) -> None:
    other = shelf.library.create_collection("other").id
    about = Profile(company="Nordwind GmbH", form="10-Q", period="Q3 2022")
    shelf.library.put(document("NW", title="NW", files=("NW.pdf",), profile=about, sha256="NW"), other)
    gains = shelf.steering.course("What was Apple's cash in Q3 2022?", [shelf.id, other]).gains
    assert "NW" not in gains
    assert gains["2022 Q3 AAPL"]
    both = shelf.steering.course("Compare the cash of Apple and Nordwind in Q3 2022", [shelf.id, other])
    assert set(both.facets) == {frozenset({"2022 Q3 AAPL"}), frozenset({"NW"})}
    assert set(both.favoured) == {(shelf.id, "2022 Q3 AAPL"), (other, "NW")}


def test_while_one_builds_the_map_anew_others_go_by_the_one_before(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf.course("Apple")
    building, go = threading.Event(), threading.Event()

    class Slow(Papers):
        def __init__(self, db: Database, collection: str, hidden: frozenset[str]) -> None:
            building.set()
            assert go.wait(60)
            super().__init__(db, collection, hidden)

    monkeypatch.setattr("ragbox.steering.Papers", Slow)
    shelf.put("scan", company="Nordwind GmbH")
    found: list[Course] = []
    thread = threading.Thread(target=lambda: found.append(shelf.course("What does Nordwind pay?")))
    thread.start()
    try:
        assert building.wait(60)
        assert not shelf.course("What does Nordwind pay?").gains
        assert shelf.course("What does Apple pay?").gains
    finally:
        go.set()
        thread.join(60)
    assert found[0].gains
    assert shelf.course("What does Nordwind pay?").gains


def test_the_map_of_a_collection_that_was_deleted_goes(shelf: Shelf) -> None:
    shelf.course("Apple")
    shelf.library.drop_collection(shelf.id)
    other = shelf.library.create_collection("other").id
    shelf.steering.course("Apple", [other])
    assert set(shelf.steering._maps) == {(other, frozenset())}


def test_a_map_that_another_thread_lets_go_meanwhile_is_no_error(shelf: Shelf) -> None:
    class Losing(dict[Any, Any]):
        def __iter__(self) -> Any:
            yield self.popitem()[0]

    shelf.steering._maps = Losing()
    assert shelf.steering.course("Apple", [shelf.id], (), {shelf.id: frozenset({"a"})})


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


def test_a_company_is_known_by_a_name_that_only_the_glossary_has(shelf: Shelf) -> None:
    question = "What was the cash of the fruit seller in Q1 2023?"
    gains = shelf.steering.course(question, [shelf.id], ["Apple Inc."]).gains
    assert gains == shelf.course("What was the cash of Apple in Q1 2023?").gains
    assert gains != shelf.course(question).gains
