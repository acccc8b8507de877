"""Sentences beside passages: what is supported, what is not and why; in one pass for several sentences."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ragbox import verify
from ragbox.index.sparse import TantivyIndex
from ragbox.types import Hit, Kind, Quote
from ragbox.verify import Verifier
from tests.fakes import FakeEncoder
from tests.make import hit

CONTRACT = hit(
    "Ferrandale Castings supplies the housings of model MX-220 to Ostermoor. Either party may end the agreement with "
    "nine months' notice. Damages are limited to GBP 1,750,000 in a contract year. The agreement was signed on "
    "1 May 2023 in Rotherham by John Smith. Drawings must not be shown to third parties. Interest is 5% a year.",
    rank=1,
)
HANDBOOK = hit(
    "Employees have 25 days of annual leave. Up to 5 days may be carried over. The office in Leeds opens at 8:30.",
    rank=2,
)
CHINESE = hit(
    "本合同由王小明经理于二〇二三年五月一日在上海签署。供应商应在收到订单后十五天内交货。违约金为合同总额的百分之五。"
    "未经甲方书面同意，乙方不得转让本合同。合同总额为1,200万元。",
    rank=3,
)
PRICES = hit("Item | Price\nPump MX-220 | 4,200\nValve AX-9 | 310", rank=4, kind=Kind.TABLE, head=len("Item | Price\n"))
LEAVE = hit("Leave | Days\nAnnual leave | 30\nSick leave | 12", rank=5, kind=Kind.TABLE, head=len("Leave | Days\n"))


@pytest.fixture
def encoder() -> FakeEncoder:
    return FakeEncoder()


@pytest.fixture
def verifier(tmp_path: Path, encoder: FakeEncoder) -> Iterator[Verifier]:
    sparse = TantivyIndex(tmp_path)
    sparse.load()
    sparse.put("c1", {"d1": [h.chunk for h in (CONTRACT, HANDBOOK, CHINESE, PRICES, LEAVE)]})
    made = Verifier(encoder, sparse)
    yield made
    made.close()


def quoted(quotes: tuple[Quote, ...]) -> list[str]:
    return [q.hit.chunk.text[q.start : q.end] for q in quotes]


@pytest.mark.parametrize(
    ("claim", "source"),
    [
        ("Damages are limited to GBP 1,750,000 in a contract year.", CONTRACT),
        ("In a contract year, damages are limited to £1.75 million [1].", CONTRACT),
        ("Either party may end the agreement with 9 months' notice.", CONTRACT),
        ("The agreement was signed by John Smith in Rotherham on 2023-05-01.", CONTRACT),
        ("**Drawings** must not be shown to third parties.", CONTRACT),
        ("Interest is five percent a year.", CONTRACT),
        ("Employees have twenty-five days of annual leave, and up to 5 days may be carried over.", HANDBOOK),
        ("合同于2023年5月1日在上海由王小明经理签署。", CHINESE),
        ("供应商应在收到订单后15天内交货。", CHINESE),
        ("違約金為合同總額的5%。", CHINESE),
        ("合同总额为1200万元。", CHINESE),
        ("Pump MX-220 has a price of 4,200.", PRICES),
        ("Annual leave is 30 days.", LEAVE),
    ],
)
def test_what_the_passage_says_in_other_words_is_supported(verifier: Verifier, claim: str, source: Hit) -> None:
    verdict = verifier.check(claim, [source], [])
    assert verdict.supported, verdict.reason
    assert {q.hit for q in verdict.quotes} == {source}


@pytest.mark.parametrize(
    ("claim", "source", "named"),
    [
        ("Damages are limited to GBP 1,850,000 in a contract year.", CONTRACT, "GBP 1,850,000"),
        ("Damages are limited to EUR 1,750,000 in a contract year.", CONTRACT, "EUR 1,750,000"),
        ("Either party may end the agreement with nine weeks' notice.", CONTRACT, "nine weeks"),
        ("The agreement was signed on 1 May 2024 in Rotherham by John Smith.", CONTRACT, "1 May 2024"),
        ("The agreement was signed on 1 May 2023 in Rotherham by John Miller.", CONTRACT, "Miller"),
        ("Ferrandale Castings supplies the housings of model MX-330 to Ostermoor.", CONTRACT, "MX-330"),
        ("Interest is 7% a year.", CONTRACT, "7%"),
        ("Annual leave is 25 days.", LEAVE, "25 days"),
        ("The office in Leeds opens at 9:30.", HANDBOOK, "9:30"),
        ("供应商应在收到订单后十天内交货。", CHINESE, "十天"),
        ("违约金为合同总额的百分之八。", CHINESE, "百分之八"),
        ("合同于2022年5月1日在上海签署。", CHINESE, "2022年5月1日"),
        ("本合同由王小明经理于2023年5月1日在北京签署。", CHINESE, "北京"),
    ],
)
def test_a_number_date_or_name_that_is_not_there_is_named(
    verifier: Verifier, claim: str, source: Hit, named: str
) -> None:
    verdict = verifier.check(claim, [source], [])
    assert not verdict.supported
    assert named in verdict.reason
    assert verdict.quotes == ()


@pytest.mark.parametrize(
    ("claim", "source"),
    [
        ("Employees have 5 days of annual leave.", HANDBOOK),
        ("Ostermoor supplies the housings of model MX-220 to Ferrandale Castings.", CONTRACT),
        ("Pump MX-220 has a price of 310.", PRICES),
        ("Annual leave is 12 days.", LEAVE),
    ],
)
def test_a_figure_or_name_of_the_passage_in_anothers_place_is_not_supported(
    verifier: Verifier, claim: str, source: Hit
) -> None:
    assert not verifier.check(claim, [source], []).supported


@pytest.mark.parametrize(
    ("claim", "source"),
    [
        ("Drawings must be shown to third parties.", CONTRACT),
        ("Either party may not end the agreement with nine months' notice.", CONTRACT),
        ("未经甲方书面同意，乙方可转让本合同。", CHINESE),
        ("供应商不应在收到订单后十五天内交货。", CHINESE),
    ],
)
def test_a_negation_put_in_or_taken_out_is_found(verifier: Verifier, claim: str, source: Hit) -> None:
    verdict = verifier.check(claim, [source], [])
    assert not verdict.supported
    assert "denies" in verdict.reason or "否定" in verdict.reason


def test_what_no_sentence_says_is_not_supported(verifier: Verifier) -> None:
    for claim in ("The canteen serves vegetarian meals every day.", "员工食堂每天供应素食。"):
        verdict = verifier.check(claim, [CONTRACT if claim.isascii() else CHINESE], [])
        assert not verdict.supported
        assert verdict.reason


def test_the_quote_is_the_sentence_or_row_that_says_it(verifier: Verifier) -> None:
    verdict = verifier.check("Damages are limited to £1,750,000 in a contract year.", [CONTRACT], [])
    assert quoted(verdict.quotes) == ["Damages are limited to GBP 1,750,000 in a contract year."]
    verdict = verifier.check("Valve AX-9 has a price of 310.", [PRICES], [])
    assert quoted(verdict.quotes) == ["Valve AX-9 | 310"]


def test_a_sentence_of_two_is_quoted_from_two(verifier: Verifier) -> None:
    claim = "Employees have 25 days of annual leave, and damages are limited to GBP 1,750,000 in a contract year."
    verdict = verifier.check(claim, [CONTRACT, HANDBOOK], [])
    assert verdict.supported, verdict.reason
    assert {q.hit for q in verdict.quotes} == {CONTRACT, HANDBOOK}


@pytest.mark.parametrize("cited", [[], [CONTRACT]])
def test_another_passage_than_the_cited_one_may_support_it(verifier: Verifier, cited: list[Hit]) -> None:
    verdict = verifier.check("Employees have 25 days of annual leave.", cited, [CONTRACT, HANDBOOK])
    assert verdict.supported
    assert [q.hit for q in verdict.quotes] == [HANDBOOK]


def test_two_uncited_passages_do_not_support_it_between_them(verifier: Verifier) -> None:
    claim = "Employees have 25 days of annual leave, and damages are limited to GBP 1,750,000 in a contract year."
    assert not verifier.check(claim, [], [CONTRACT, HANDBOOK]).supported


@pytest.mark.parametrize("claim", ["In summary:", "Here are the key points:", "综上所述：", "具体如下：", "", "---"])
def test_what_claims_nothing_is_supported_by_nothing(verifier: Verifier, claim: str) -> None:
    verdict = verifier.check(claim, [CONTRACT], [])
    assert verdict.supported
    assert verdict.quotes == ()
    assert verifier.check(claim, [], []).supported


def test_without_a_passage_nothing_is_supported(verifier: Verifier) -> None:
    verdict = verifier.check("Employees have 25 days of annual leave.", [], [])
    assert not verdict.supported
    assert verdict.reason == verify.REASONS["en"]["none"]


def test_across_languages_only_figures_and_codes_can_be_compared(verifier: Verifier) -> None:
    assert verifier.check("员工有25天年假。", [HANDBOOK], []).supported
    assert not verifier.check("员工有26天年假。", [HANDBOOK], []).supported
    verdict = verifier.check("员工对假期很满意。", [HANDBOOK], [])
    assert verdict.reason == verify.REASONS["zh"]["foreign"]


def test_the_reason_is_in_the_language_of_the_answer(verifier: Verifier) -> None:
    assert "段落" in verifier.check("违约金为合同总额的百分之八。", [CHINESE], []).reason
    assert "passages" in verifier.check("Interest is 7% a year.", [CONTRACT], []).reason


def test_several_sentences_go_through_the_encoder_at_once(
    verifier: Verifier, encoder: FakeEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = []
    monkeypatch.setattr(encoder, "encode", lambda texts: calls.append(texts) or FakeEncoder().encode(texts))
    given = [
        ("Both parties may end the agreement early with nine months of warning.", [CONTRACT], [HANDBOOK]),
        ("Staff have 25 days of yearly leave.", [HANDBOOK], [CONTRACT]),
    ]
    together = verifier.check_all(given)
    assert len(calls) == 1
    assert together == [verifier.check(*g) for g in given]
    assert len(calls) == 1  # the vectors are kept
    verifier.close()
    verifier.check(*given[0])
    assert len(calls) == 2


def test_a_sentence_that_words_alone_decide_is_not_encoded(verifier: Verifier, encoder: FakeEncoder) -> None:
    verifier.check("Employees have 25 days of annual leave.", [HANDBOOK], [])
    verifier.check("Employees have 26 days of annual leave.", [HANDBOOK], [])
    assert encoder.encoded == []


def test_a_passage_that_changed_is_read_anew(verifier: Verifier) -> None:
    claim = "Employees have 25 days of annual leave."
    assert verifier.check(claim, [HANDBOOK], []).supported
    changed = hit(HANDBOOK.chunk.text.replace("25", "30"), rank=2)
    assert changed.chunk.id == HANDBOOK.chunk.id
    assert not verifier.check(claim, [changed], []).supported
