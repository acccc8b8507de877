"""A glossary's names: what is refused, CSV there and back, and what is found in a question in one pass."""

from __future__ import annotations

import pytest

from ragbox.errors import BadInput
from ragbox.index.sparse import Analyzer
from ragbox.wording import ASKED, LONGEST, MOST, NAMES, SAID, Entry, Wording, checked, read_csv, write_csv

ANALYZER = Analyzer()
ROWS = {
    "PTO": ["paid time off", "annual leave"],
    "capex": ["capital expenditure"],
    "年假": ["带薪休假"],
    "IT": ["information technology"],
    "PO": ["purchase order"],
    "product owner": ["PO"],
}


def wording(rows: dict[str, list[str]]) -> Wording:
    entries = [checked(term, names) for term, names in rows.items()]
    return Wording(entries, ANALYZER.terms, lambda name: name.casefold() == "it")


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("How much PTO do we get?", {"PTO": ("paid time off", "annual leave")}),
        ("how much pto?", {"pto": ("paid time off", "annual leave")}),
        ("Is Paid  Time-Off counted?", {"Paid  Time-Off": ("PTO", "annual leave")}),
        ("The capital expenditures of 2023", {"capital expenditures": ("capex",)}),
        ("ＣＡＰＥＸ?", {"CAPEX": ("capital expenditure",)}),
        ("员工年假有几天？", {"年假": ("带薪休假",)}),
        ("带薪休假有几天？", {"带薪休假": ("年假",)}),
        ("Who signs a PO?", {"PO": ("purchase order", "product owner")}),
        ("The PTO, and PTO again", {"PTO": ("paid time off", "annual leave")}),
        ("What does IT spend?", {"IT": ("information technology",)}),
        ("What does it spend?", {}),
        ("The information desk", {}),
        ("Is paid time counted?", {}),
        ("PTOX", {}),
        ("", {}),
    ],
)
def test_a_name_is_found_in_any_case_and_number_the_longest_first(
    question: str, found: dict[str, tuple[str, ...]]
) -> None:
    assert {e.written: e.others for e in wording(ROWS).find(question)} == found


def test_a_name_of_many_rows_has_a_bounded_number_of_others() -> None:
    many = wording({f"name {n:03}": ["PO"] for n in range(3 * NAMES)})
    assert len(many.find("Who signs the PO?")[0].others) == NAMES


def test_rows_that_share_a_name_cost_what_others_cost_and_the_first_others_stay() -> None:
    compared = 0

    class Name(str):
        __slots__ = ()
        __hash__ = str.__hash__

        def __eq__(self, other: object) -> bool:
            nonlocal compared
            compared += 1
            return str.__eq__(self, other)

    rows = [Entry(term=Name(f"name{n}"), names=(Name("PO"),)) for n in range(400)]
    made = Wording(rows, lambda text: [text], lambda _: False)
    assert compared < len(rows) * 2 * (NAMES + 2)
    assert made.find("Our PO")[0].others == tuple(f"name{n}" for n in range(NAMES))


def test_a_question_full_of_names_has_a_bounded_number_of_others() -> None:
    made = wording({f"term{n}": [f"name{n}{letter}" for letter in "abcdefgh"] for n in range(2 * ASKED)})
    found = made.find(" ".join(f"term{n}" for n in range(2 * ASKED)))
    assert [e.written for e in found] == [f"term{n}" for n in range(8)]  # seven of eight others, one of four
    assert sum(len(e.others) for e in found) == SAID
    few = wording({f"term{n}": [f"name{n}"] for n in range(2 * ASKED)})
    assert len(few.find(" ".join(f"term{n}" for n in range(2 * ASKED)))) == ASKED


def test_a_file_of_more_terms_than_a_glossary_holds_is_not_read_on() -> None:
    lines = [f"term{n},name{n}" for n in range(MOST)]
    assert len(read_csv("\n".join(lines))) == MOST
    with pytest.raises(BadInput, match=f"more than {MOST} terms"):
        read_csv("\n".join([*lines, "=wrong"]))


@pytest.mark.parametrize("rows", [1, 400])
def test_a_question_is_read_once_however_many_names_there_are(rows: int) -> None:
    asked = list[str]()

    def terms(text: str) -> list[str]:
        asked.append(text)
        return [text]

    made = Wording([checked(f"term{n}", [f"name{n} of it"]) for n in range(rows)], terms, lambda _: False)
    asked.clear()
    assert made.find("who has name0 of it")[0].others == ("term0",)
    assert asked == ["who", "has", "name0", "of", "it"]


@pytest.mark.parametrize(
    ("term", "names", "said"),
    [
        (" ", ["leave"], "is empty"),
        ("PTO", [], "has no other name"),
        ("PTO", ["..."], "is empty"),
        ("PTO", ["leave", " ｐｔｏ "], "names itself"),
        ("PTO", ["Leave", "leave"], "has the name 'leave' twice"),
        ("PTO", ["x" * (LONGEST + 1)], f"{LONGEST} are the most"),
        ("PTO", [f"name {n}" for n in range(NAMES + 1)], f"{NAMES} are the most"),
        ("PTO", ["=SUM(A1)"], "like a formula"),
        ("PTO", ["a\u200bb"], "cannot be shown"),
        ("年假", ["假"], "single sign"),
    ],
)  # fmt: skip
def test_what_is_no_name_is_refused_with_the_reason(term: str, names: list[str], said: str) -> None:
    with pytest.raises(BadInput, match=said):
        checked(term, names)


def test_a_csv_comes_back_as_it_went() -> None:
    rows = [
        Entry(term="PTO", names=("paid time off", 'the "long" leave, paid')),
        Entry(term="年假", names=("带薪休假",)),
    ]
    written = write_csv(rows)
    assert written.startswith("\ufeffterm,other names\r\n")
    assert read_csv(written) == rows
    assert read_csv(written.replace("\r\n", "\n")) == rows


@pytest.mark.parametrize(
    "text", ["PTO;paid time off;leave", "PTO\tpaid time off\tleave\n\n", "术语,其他名称\nPTO,paid time off,,leave,"]
)
def test_a_spreadsheet_may_part_cells_in_its_own_way(text: str) -> None:
    assert read_csv(text) == [Entry(term="PTO", names=("paid time off", "leave"))]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "no term in this file"),
        ("term,other names\n", "no term in this file"),
        ("PTO,leave\ncapex", "Line 2: The term 'capex' has no other name"),
        ("PTO,leave\npto,holiday", "Line 2: The term 'pto' stands in line 1 too"),
        ("PTO,leave\n,holiday", "Line 2: A term or a name is empty"),
    ],
)  # fmt: skip
def test_a_wrong_line_is_named(text: str, said: str) -> None:
    with pytest.raises(BadInput, match=said):
        read_csv(text)
