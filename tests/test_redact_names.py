"""Names are found by what stands around them, and ordinary words that look like names are left alone."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterable

import pytest

from ragbox.redact.addresses import addresses
from ragbox.redact.found import Found
from ragbox.redact.names import people
from ragbox.redact.wanted import Wanted

from .pii.namesakes import sentences

HIDDEN = {
    # Chinese: a label or an office before, a title after, a list that goes on
    "姓名：李明性别：男": ["李明"],
    "联系人:王芳,李娜": ["王芳", "李娜"],
    "联系人李明华负责": ["李明华"],
    "法定代表人欧阳娜娜": ["欧阳娜娜"],
    "法定代表人：沈嘉衡。": ["沈嘉衡"],
    "乙方：罗晓楠，居民": ["罗晓楠"],
    "出席：沈嘉衡、韩立诚、罗晓楠": ["沈嘉衡", "韩立诚", "罗晓楠"],
    "总经理沈嘉衡为第一责任人": ["沈嘉衡"],
    "由张伟负责保管": ["张伟"],
    "任命陈立为经理": ["陈立"],
    "王先生来电": ["王"],
    "方经理同意": ["方"],
    "和张伟先生": ["张伟"],
    "张总说好，李工说不行": ["张", "李"],
    "技术部王建国工程师": ["王建国"],
    "阿依古丽·买买提先生": ["阿依古丽·买买提"],
    "经办人（签字）：周雨桐": ["周雨桐"],
    "客户王总监来电": ["王"],
    "张翔收": ["张翔"],
    "乙方：杨 一，": ["杨 一"],
    "由东方豪负责验收": ["东方豪"],
    "周强的手机号是": ["周强"],
    "张伟提出离职，已批准": ["张伟"],
    "郭凯志与汪琪飞参加了会议": ["郭凯志", "汪琪飞"],
    "请假人：魏嘉；审批人：邱文": ["魏嘉", "邱文"],
    "感谢张工程师的支持": ["张"],
    "客户于老师来电": ["于"],
    "92号，武 雪收。": ["武 雪"],
    "陈 东女士来函": ["陈 东"],
    "联系人：马力强，电话": ["马力强"],
    "由胡适自荐，胡适自认为可行": [],
    # English
    "Dear Mr Straker,": ["Straker"],
    "ask Dr. Ed Smith or Prof. J. van Dam": ["Ed Smith", "J. van Dam"],
    "Contact: Megha Parekh, Sales Department": ["Megha Parekh"],
    "Questions go to Priya Lindqvist, Director of Human Resources": ["Priya Lindqvist"],
    "John Smith and Mary Jane Watson-Parker": ["John Smith", "Mary Jane Watson-Parker"],
    "Signed by J. R. Smith": ["J. R. Smith"],
    "Smith, John A.": ["Smith, John A"],
    "| O'Brien, Siobhan | Brendan O'Leary |": ["O'Brien, Siobhan", "Brendan O'Leary"],
    "| Martin, Layla | Tanaka, Mark |": ["Martin, Layla", "Tanaka, Mark"],
    "met Anna    Wilson": ["Anna    Wilson"],
    "Ludwig van der Voet's invoice": ["Ludwig van der Voet"],
    "My name is Kenjirou": ["Kenjirou"],
    "Dear Julian,": ["Julian"],
    "Elon Musk's firm and Kazimierz Januszewski": ["Elon Musk", "Kazimierz Januszewski"],
    "John Smith, Harvey Mudd College": ["John Smith"],
    "Anna Smith & Tom Jones": ["Anna Smith", "Tom Jones"],
    "JAMES W. NANTZ": ["JAMES W. NANTZ"],
    "through Mr. Nirmal K. MINDA": ["Nirmal K. MINDA"],
    "Ellen Churchhill Semple, Anna Lindqvistova Acme Ltd": ["Ellen Churchhill Semple", "Anna Lindqvistova"],
    "Mr Shen and Zhang Xiaoming": ["Shen", "Zhang Xiaoming"],
    "Tiffany Bašić": ["Tiffany Bašić"],
}
KEPT = [
    "双方经理均已签字",
    "对方的电话、公司的地址和客户的银行卡",
    "任何先生女士",
    "高级经理、项目经理、部门经理、客户经理、安全主任和办公室主任",
    "由于经理不在，何时开会另行通知",
    "周总结和年终总结，金额总计",
    "施工、员工、化工和金工车间",
    "经办人签字：",
    "联系人：项目经理",
    "甲方：金华公司",
    "乙方：江澜水务集团",
    "在大学担任助理教授",
    "平均温度、高压、常温",
    "总经理应当批准",
    "第300万人次",
    "产品收到后验收",
    "Notice Period, Limited Warranty, Terms of Payment, Annual Report",
    "March 2025, Monday, May and June, Summer Time",
    "Smith Ltd, Johnson & Johnson, Morgan Stanley, John Deere, Taylor Group",
    "James Street, Victoria Station, Lake Victoria, San Jose, Charlotte",
    "Mark Your Calendar, Grant Agreement, Will Not Apply, Bill To, May Contain",
    "B. Obtain all licences. C. Attend training.",
    "the author of the MR. Ensure that MR Buddies are there",
    "St. Lawrence, St. Paul and Saint Emma",
    "Oracle Database, Microsoft Word, Docker Compose",
    "Name: MX-200, Contact: Sales Department, Manager: to be named",
    "PN25 flange, Pump House, Drive End, Quality Manager",
    "a URI Template, the DANE TLSA record, Field Name: Capsule-Protocol",
    "Contact: Contact details, Contact: Investor Relations, Dear Editor,",
    "Anna Smith & Sons, Ernst & Young",
    "关于老师的规定，由于经理、连老师都不知道",
    "甲方：李宁公司；乙方：白云机场",
]


def names(text: str, before: str = "") -> list[str]:
    return [text[found.start : found.end] for found in people(text, before) if found.score >= 0.5]


@pytest.mark.parametrize(("text", "expected"), HIDDEN.items())
def test_a_name_is_found(text: str, expected: list[str]) -> None:
    assert names(text) == expected


@pytest.mark.parametrize("text", KEPT)
def test_what_only_looks_like_a_name_is_left(text: str) -> None:
    assert names(text) == []


def test_what_is_called_after_somebody_is_left() -> None:
    made = [text for _, _, text in sentences()]
    assert len(made) > 900
    assert [text for text in made if names(text)] == []


def test_what_stands_before_a_run_counts_and_is_not_found_again() -> None:
    assert names("韩立诚", "出席：沈嘉衡、") == ["韩立诚"]
    assert names("罗晓楠", "联系人：") == ["罗晓楠"]
    assert names("Jane Oyelaran", "Contact: ") == ["Jane Oyelaran"]
    assert names("Anna Lee", "Mr Smith, ") == ["Anna Lee"]
    assert names("Kenjirou", "my name is ") == ["Kenjirou"]
    assert names("Kenjirou") == []


def test_a_cell_that_is_a_name_is_one() -> None:
    assert names("罗晓楠", "| ") == ["罗晓楠"]
    assert names("张伟", "| ") == ["张伟"]
    assert names("温度", "| ") == names("高级", "| ") == names("金额", "| ") == []


def test_a_label_with_a_colon_is_surer_than_an_office() -> None:
    sure = {found.score for found in people("姓名：李明", "")}
    less = {found.score for found in people("总经理李明为", "")}
    assert min(sure) > max(less) >= 0.5


@pytest.mark.parametrize("find", [people, addresses])
def test_findings_lie_within_the_run(find: Callable[[str, str], Iterable[Found]]) -> None:
    pieces = [
        "王",
        "先生",
        "联系人",
        "：",
        "、",
        "南通市",
        "路",
        "88号",
        "阿里·买买提",
        "Mr",
        "Smith",
        ",",
        "J.",
        "12",
        "High",
    ]
    pieces += ["Street", "London SW1A 1AA", "van", "|", "Anna", "Wilson's", "邮编", "226000", "PO Box 5", "   ", "("]
    chance = random.Random(6)
    for _ in range(500):
        text, before = (" ".join(chance.choices(pieces, k=chance.randint(0, 9))) for _ in "ab")
        assert all(0 <= one.start < one.end <= len(text) for one in find(text, before[-64:]))


def test_a_given_name_alone_and_a_name_with_any_capital_are_asked_about() -> None:
    wanted = Wanted()
    assert wanted.interesting("Jennifer", "we met ")
    assert wanted.interesting("Meagan Šimić", "")
    assert not wanted.interesting("However", "")
    assert not wanted.interesting("Grace", "")


@pytest.mark.clock
@pytest.mark.parametrize(
    "piece", ["J. ", "Anna ", "Smith, ", "A B C D ", "王先生", "联系人：", "阿·", "Anna de ", "Aa-", "12 "]
)
def test_hostile_text_takes_linear_time(piece: str) -> None:
    text = piece * (20_000 // len(piece))
    start = time.perf_counter()
    list(people(text, ""))
    assert time.perf_counter() - start < 4
