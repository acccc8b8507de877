"""What of a passage may be quoted, and the figures about it: headings, broken sentences, tiers, synonyms."""

from __future__ import annotations

import pytest

from ragbox.engines.evidence import Asked, Span, spans
from ragbox.engines.ranges import in_range
from ragbox.engines.synonyms import GROUPS, Synonyms
from ragbox.index.sparse import Analyzer
from ragbox.types import Kind
from ragbox.wording import SHARE
from tests.make import hit

TERMS = Analyzer().terms


def titled(text: str, *titles: str) -> list[Span]:
    return spans(hit(text, titles=tuple((text.index(t), text.index(t) + len(t)) for t in titles)))


def test_a_heading_leads_and_is_not_quoted() -> None:
    found = titled(
        "9 Ending\n\nNine months' notice is due.\n\n10 Secrets\n\nDrawings are secret.", "9 Ending", "10 Secrets"
    )
    assert [(s.title, s.lead, s.shown) for s in found] == [
        ("9 Ending", "9 Ending", "Nine months' notice is due."),
        ("10 Secrets", "10 Secrets", "Drawings are secret."),
    ]


def test_headings_alone_are_quoted() -> None:
    assert [s.shown for s in titled("Sales Kick-off\n\nHarrogate", "Sales Kick-off", "Harrogate")] == [
        "Sales Kick-off",
        "Harrogate",
    ]


def test_a_sentence_that_the_layout_broke_is_one() -> None:
    assert [s.shown for s in spans(hit("The exercise will include\n\nthe archive. It is planned."))] == [
        "The exercise will include\n\nthe archive.",
        "It is planned.",
    ]


def test_a_row_without_a_header_is_quoted_alone() -> None:
    assert [s.shown for s in spans(hit("A | 1\nB | 2", kind=Kind.TABLE))] == ["A | 1", "B | 2"]


@pytest.mark.parametrize(
    ("question", "row", "verdict"),
    [
        ("How much notice after seven years?", "5 to 10 years | 10 weeks", 1),
        ("How much notice after seven years?", "2 to 5 years | 6 weeks", -1),
        ("How much notice after 7 years?", "More than 10 years | 14 weeks", -1),
        ("How much notice after 12 years?", "More than 10 years | 14 weeks", 1),
        ("How much notice must I give?", "2 to 5 years | 6 weeks", 0),
        ("May I carry 30 kg?", "2 to 5 years | 6 weeks", 0),
        ("工龄十二年的员工有几天年假？", "满10年不满20年 | 10", 1),
        ("工龄12年的员工有几天年假？", "满1年不满10年 | 5", -1),
        ("工龄二十五年呢？", "满20年 | 15", 1),
        ("十年", "满20年 | 15", -1),
        ("开了两小时", "3小时以内 | 免费", 1),
    ],
)
def test_a_quantity_falls_into_a_tier_or_not(question: str, row: str, verdict: int) -> None:
    assert in_range(question, row) == verdict


def asked(*keywords: str) -> Asked:
    synonyms = Synonyms(TERMS)
    return Asked(
        question="", weights=dict.fromkeys(keywords, 1.0), synonyms={k: synonyms.of(k) for k in keywords}, names=()
    )


@pytest.mark.parametrize(
    ("keyword", "text"),
    [("warn", "nine months' notice"), ("ceil", "limited to 5"), ("最多", "累计不超过百分之十"), ("赔", "支付违约金")],
)
def test_a_synonym_counts_less_than_the_word(keyword: str, text: str) -> None:
    assert asked(keyword).share(set(TERMS(text))) == SHARE
    assert asked(keyword).share({keyword}) == 1
    assert asked(keyword).share(set(TERMS("蓝色 blue"))) == 0


def test_a_synonym_of_several_words_needs_all_of_them() -> None:
    assert asked("most").share(set(TERMS("no more than five"))) == SHARE
    assert asked("most").share(set(TERMS("five more"))) == 0


def test_no_group_names_a_word_twice_or_stands_alone() -> None:
    for line in filter(None, GROUPS.split("\n")):
        words = line.split()
        assert 1 < len(words) == len(set(words)), line


def test_a_row_is_quoted_with_its_header_and_the_label_over_it() -> None:
    head = "Net sales by kind\n | Three Months Ended | \n | 2023 | 2022\n"
    rows = "Net sales: |  | \nProducts | 60,584 | 63,355\nTotal net sales | 81,797 | 82,959\nGross margin | 36,413 | 0"
    found = spans(hit(head + rows, head=len(head), titles=((0, 17),), kind=Kind.TABLE))
    header = " | Three Months Ended | \n | 2023 | 2022\n"
    assert [s.shown.removeprefix(header) for s in found] == [
        "Net sales: |  | ",
        "Net sales:\nProducts | 60,584 | 63,355",
        "Net sales:\nTotal net sales | 81,797 | 82,959",
        "Gross margin | 36,413 | 0",
    ]
    assert all(s.shown.startswith(header) and s.lead == head for s in found)
    assert (head + rows)[found[1].start : found[1].end] == "Products | 60,584 | 63,355"


def test_a_row_whose_values_are_missing_does_not_name_those_below() -> None:
    found = spans(hit("Item | Qty | Price\nValve |  | \nHose | 5 | 35", head=19, kind=Kind.TABLE))
    assert [s.shown.removeprefix("Item | Qty | Price\n") for s in found] == ["Valve |  | ", "Hose | 5 | 35"]


def test_lines_above_a_table_can_be_quoted_and_are_no_header() -> None:
    head = "Prices\n\nAll prices hold until June 2024\n"
    made = hit(f"{head}Hose | 5\nPump | 7", head=len(head), titles=((0, 6),), kind=Kind.TABLE)
    found = spans(made)
    assert [s.shown for s in found] == ["All prices hold until June 2024", "Hose | 5", "Pump | 7"]
    assert all(made.chunk.text[s.start : s.end] == s.shown for s in found)


def test_a_note_under_a_table_is_quoted_without_the_tables_header() -> None:
    text = "Item | 2023\nFree cash flow (1) | 7,878\n(1) Excludes leases."
    found = spans(hit(text, kind=Kind.TABLE, head=len("Item | 2023\n")))
    assert found[-1].shown == "(1) Excludes leases."
    assert found[-2].shown == "Item | 2023\nFree cash flow (1) | 7,878"
