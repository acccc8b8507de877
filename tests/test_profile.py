"""What a document is by its name and cover: company, kind of paper, period; and what heads its passages."""

from __future__ import annotations

from time import process_time

import pytest

from ragbox.profile import core, describe, forms, heading
from ragbox.types import Profile
from tests.make import document

COVER = [
    "FORM 10-Q", "QUARTERLY REPORT PURSUANT TO SECTION 13 OR 15(d)", "For the quarterly period ended June 25, 2022",
    "Apple Inc.", "(Exact name of Registrant as specified in its charter)",
    "Common Stock, $0.00001 par value per share | AAPL | The Nasdaq Stock Market LLC",
]  # fmt: skip


def test_a_filing_is_known_by_its_cover() -> None:
    found = describe("filing.pdf", "", COVER)
    assert (found.company, found.aliases, found.form) == ("Apple Inc.", ("AAPL",), "10-Q")
    assert (found.period, found.ends) == ("Q2 2022", "2022-06-25")  # by the calendar, for nothing states it otherwise


def test_the_name_states_the_fiscal_quarter_and_the_cover_its_end() -> None:
    found = describe("docs/2022 Q3 AAPL.pdf", "aapl-20220625", COVER)
    assert (found.period, found.ends, found.aliases) == ("Q3 2022", "2022-06-25", ("AAPL",))


def test_the_text_states_the_fiscal_quarter_where_the_name_does_not() -> None:
    texts = [*COVER, "Net sales rose in the third quarter of fiscal 2022.", "The third quarter of 2022 had 13 weeks."]
    assert describe("a.pdf", "", texts).period == "Q3 2022"


def test_an_annual_report_is_of_its_fiscal_year() -> None:
    texts = ["Annual Report", "FORM 10-K", "For the fiscal year ended February 1, 2020", "BEST BUY CO., INC.",
             "(Exact name of registrant as specified in its charter)",
             "In fiscal 2020, fiscal 2020 and fiscal 2019"]  # fmt: skip
    found = describe("BESTBUY_10K.pdf", "", texts)
    assert (found.company, found.form, found.period, found.ends) == ("BEST BUY CO., INC.", "10-K", "2020", "2020-02-01")
    assert found.aliases == ("BESTBUY",)


def test_chinese_papers_are_read_too() -> None:
    texts = ["长江重工股份有限公司2023年第三季度报告", "证券代码：600123  证券简称：长江重工",
             "长江重工股份有限公司董事会", "本公司长江重工股份有限公司保证内容真实"]  # fmt: skip
    found = describe("报告.pdf", "长江重工股份有限公司2023年第三季度报告", texts)
    assert (found.company, found.form, found.period) == ("长江重工股份有限公司", "quarterly report", "Q3 2023")
    assert "600123" in found.aliases


@pytest.mark.parametrize(
    ("file", "form"),
    [
        ("Supply Agreement - Ferrandale 2024.pdf", "contract"), ("会议纪要2023年5月.docx", "minutes"),
        ("差旅费管理办法.docx", "policy"), ("invoice 0042.pdf", "invoice"), ("年度报告2022.pdf", "annual report"),
        ("Leave policy.md", "policy"), ("MX-220 manual.pdf", "manual"), ("notes.txt", ""),
        ("SupplyAgreement2_Ferrandale.pdf", "contract"), ("ArcGroup_20171211_8-K_EX-10.1_Lease.pdf", "contract"),
    ],
)  # fmt: skip
def test_the_kind_of_paper_is_known_by_its_name(file: str, form: str) -> None:
    assert describe(file, "", ["Text."]).form == form


@pytest.mark.parametrize(
    ("file", "title", "form", "company"),
    [
        ("Annual Report 2022 Amendment No. 1.pdf", "", "annual report", ""),
        ("First Lease Inc. Annual Report 2023.pdf", "First Lease Inc. Report", "annual report", "First Lease Inc."),
        ("2023 Q3 earnings Contract Packaging Corp.pdf", "Contract Packaging Corp", "earnings release",
         "Contract Packaging Corp"),
        ("年报.pdf", "长江重工股份有限公司重大合同履行情况年度报告", "annual report", "长江重工股份有限公司"),
    ],
)  # fmt: skip
def test_a_report_is_no_contract_for_a_word_of_its_name(file: str, title: str, form: str, company: str) -> None:
    found = describe(file, title, ["Text."])
    assert (found.form, found.company) == (form, company)
    assert describe("Annual report 2022 Supply Agreement.pdf", "", ["This Agreement is made"]).form == "contract"


def test_what_a_report_says_of_contracts_asks_for_none() -> None:
    for text in ("contract liabilities", "contract assets", "lease expense", "lease costs", "合同负债"):
        assert list(forms(text)) == []
    assert list(forms("What does the lease cost?")) == ["contract"]


def test_of_two_parties_a_contract_is_nobodys_and_one_mention_is_nothing() -> None:
    texts = ["This Agreement is made between Ferrandale Castings Ltd and Northwind Pumps Ltd. " * 4]
    assert describe("contract.pdf", "", texts).company == ""
    assert describe("notes.txt", "", ["We met Ferrandale Castings Ltd."]).company == ""


def test_a_contract_is_called_by_both_of_its_parties() -> None:
    texts = ["SUPPLY AGREEMENT", "Made on May 2, 2020 by and between Ferrandale Castings Ltd, a Delaware Corporation,",
             "of Austin, Texas 78741, and The Northwind Pumps Company, under the Investment Company Act."]  # fmt: skip
    assert set(describe("contract.pdf", "", texts).aliases) == {"Ferrandale Castings Ltd", "Northwind Pumps Company"}
    assert set(describe("采购合同.pdf", "", ["甲方：上海铭川铸造有限公司", "乙方：苏州兴沃机械有限公司"]).aliases) == {
        "上海铭川铸造有限公司", "苏州兴沃机械有限公司",
    }  # fmt: skip
    assert describe("notes.txt", "", texts[1:2]).aliases == ()


def test_an_act_is_no_party_and_a_long_legal_form_no_part_of_a_name() -> None:
    texts = ["This Agreement is between Bolt Limited Partnership, a Delaware Limited Partnership, and Acme Limited",
             "Liability Company. Under the Delaware Limited Liability Company Act it is binding."]  # fmt: skip
    assert describe("contract.pdf", "", [" ".join(texts)]).aliases == (
        "Acme Limited Liability Company.", "Bolt Limited Partnership",
    )  # fmt: skip
    assert core("Acme Limited Liability Company") == "Acme"


@pytest.mark.parametrize(
    ("company", "short"),
    [
        ("Apple Inc.", "Apple"), ("AMAZON.COM, INC.", "AMAZON"), ("The Boeing Company", "Boeing"), ("3M Company", "3M"),
        ("JPMorgan Chase & Co.", "JPMorgan Chase"), ("比亚迪股份有限公司", "比亚迪"), ("", ""),
    ],
)  # fmt: skip
def test_a_company_is_called_by_its_name_without_the_legal_form(company: str, short: str) -> None:
    assert core(company) == short


def test_a_question_names_kinds_of_paper() -> None:
    assert list(forms("In the latest 10-Q or annual report")) == ["10-Q", "annual report", "report"]


def test_the_heading_says_what_name_and_title_do_not() -> None:
    about = Profile(company="Apple Inc.", form="10-Q", period="Q3 2022")
    named = document(files=("docs/2022 Q3 AAPL.pdf",), title="aapl-20220625", profile=about)
    assert heading(named) == "2022 Q3 AAPL: aapl-20220625, Apple Inc., 10-Q"
    assert heading(document(files=("a/Leave policy.md",), title="Leave policy", profile=Profile(form="policy"))) == (
        "Leave policy"
    )


def test_the_registrant_stands_before_the_phrase_however_it_is_ruled_off() -> None:
    for before in (
        "Apple Inc.\n",
        "Apple Inc. | ",
        "x | Apple Inc.\n \n",
        "Cover\nApple Inc.\n____\n",
        "Apple Inc.\u3000\n",
    ):
        found = describe("f.pdf", "", ["FORM 10-Q", f"{before}(Exact name of registrant as specified in its charter)"])
        assert found.company == "Apple Inc.", before


@pytest.mark.parametrize(
    "text",
    ["甲方：" + "\u3000" * 5000 + "签字", "x" + "\n" * 15000, "_" * 15000, " _" * 7000, "- " * 7000, "-\n" * 3000,
     "A-" * 9000, "Inc. " * 3000, "A..Inc" * 3000, "2022年" + " " * 15000, "市" * 9000, "集团公司" * 2000,
     "(" * 9000, "period ended " * 1000, "class a " * 2000],
)  # fmt: skip
def test_no_text_keeps_the_rules_busy(text: str) -> None:
    started = process_time()
    describe("a.pdf", text[:300], [text])
    core("A " + text[:200] + "x")
    list(forms(text))
    assert process_time() - started < 20  # each takes under 0.3 s; the registrant's name once took 100 s


def test_a_word_of_a_files_name_is_a_code_only_where_a_company_reports() -> None:
    assert describe("IT policy.pdf", "", ["Text."]).aliases == ()
    assert describe("2022 Q3 AAPL.pdf", "", ["FORM 10-Q"]).aliases == ("AAPL",)


def test_an_empty_file_of_any_name_is_no_error() -> None:
    for file in ("", ".", "_", "2022", "Q1 2023.pdf", "\ud83d.txt", "x" * 5000):
        assert describe(file, "", []).company == ""
