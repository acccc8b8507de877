"""Addresses are found from their first to their last part; towns, rooms and numbered things alone are none."""

from __future__ import annotations

import time

import pytest

from ragbox.redact.addresses import addresses

HIDDEN = {
    "住址：南通市崇川区学田新村27幢402室。": ["南通市崇川区学田新村27幢402室"],
    "工作地点为南通市通州湾临港路88号。": ["南通市通州湾临港路88号"],
    "江苏省苏州市工业园区星湖街328号创意产业园3号楼501室 215123": [
        "江苏省苏州市工业园区星湖街328号创意产业园3号楼501室 215123"
    ],
    "请寄北京市朝阳区建国路93号万达广场8号楼1203室，邮编100022": [
        "北京市朝阳区建国路93号万达广场8号楼1203室，邮编100022"
    ],
    "上海浦东新区世纪大道100号环球金融中心15楼": ["上海浦东新区世纪大道100号环球金融中心15楼"],
    "内蒙古自治区呼和浩特市赛罕区大学西街235号": ["内蒙古自治区呼和浩特市赛罕区大学西街235号"],
    "湖南省长沙市岳麓区桃花村三组12号": ["湖南省长沙市岳麓区桃花村三组12号"],
    "位于杭州市西湖区文三路 478号 华星时代广场 A座 1506室（310013）": [
        "杭州市西湖区文三路 478号 华星时代广场 A座 1506室（310013）"
    ],
    "台湾省台北市信义区市府路45号": ["台湾省台北市信义区市府路45号"],
    "上海市第100-233信箱 邮编：200001": ["上海市第100-233信箱", "200001"],
    "在人民路1号见": ["人民路1号"],
    "住址：北京市朝阳区望京街道": ["北京市朝阳区望京街道"],
    "3 Weir Street, Wakefield  14 March 2025": ["3 Weir Street, Wakefield"],
    "send it to Flat 3, 12 High Street, London SW1A 1AA by Friday": ["Flat 3, 12 High Street, London SW1A 1AA"],
    "1600 Pennsylvania Avenue NW, Washington, DC 20500": ["1600 Pennsylvania Avenue NW, Washington, DC 20500"],
    "1730 S. Amphlett Blvd., Suite 200, San Mateo, CA 94402": [
        "1730 S. Amphlett Blvd., Suite 200, San Mateo, CA 94402"
    ],
    "Unit 4, Riverside Business Park, Leeds LS1 4AP": ["Unit 4, Riverside Business Park, Leeds LS1 4AP"],
    "P.O. Box 12, Leeds LS1 4AP": ["P.O. Box 12, Leeds LS1 4AP"],
    "No. 88 Lingang Road, Nantong, Jiangsu 226300, China": ["No. 88 Lingang Road, Nantong, Jiangsu 226300, China"],
    "12 rue de la Paix, 75002 Paris": ["12 rue de la Paix, 75002 Paris"],
    "Hauptstraße 12, 80331 München": ["Hauptstraße 12, 80331 München"],
    "Musterstr. 12a, D-10115 Berlin": ["Musterstr. 12a, D-10115 Berlin"],
    "56 Linieweg 350": ["Linieweg 350"],
    "Building 5 High Street": ["Building 5 High Street"],
    "Via Roma 12, 00184 Roma": ["Via Roma 12, 00184 Roma"],
    "She lives at 63 Tylova 42, Karlovy Vary": ["63 Tylova 42, Karlovy Vary"],
    "our office in Leeds LS1 4AP": ["Leeds LS1 4AP"],
    "my zip code is 05520": ["05520"],
    "Ship to 147 Chestnut Court.": ["147 Chestnut Court"],
    "3504 Lincoln Blvd, Madison, WI 53703": ["3504 Lincoln Blvd, Madison, WI 53703"],
    "4098    Franklin Road": ["4098    Franklin Road"],
    "山东省青岛市市南区和平街84号金地国际3号楼3004室": ["山东省青岛市市南区和平街84号金地国际3号楼3004室"],
    "北京市    海淀区滨河大道539号保利香槟27栋": ["北京市    海淀区滨河大道539号保利香槟27栋"],
    "12 High Street, Anna Smith": ["12 High Street"],
    "The claimant, of 3827 King Court, and of 2015 Harbour St., Suite 864": [
        "3827 King Court",
        "2015 Harbour St., Suite 864",
    ],
}
KEPT = [
    "我们在北京召开会议，北京市朝阳区",
    "新疆维吾尔自治区和湖南省长沙市",
    "电路3号出口，泵房2号泵，铁路10号，国道15号，第12号文件，3号楼",
    "合同编号：NT-2号，第三章第12号条款，道路2号路段",
    "到综合楼302室咨询，地点：综合楼201会议室",
    "甲方所在地人民法院管辖",
    "安装在2号楼3层，在台北一座老旧公寓",
    "London, Paris and New York; Leeds, England; Springfield",
    "The 12 Month Close, 3 Year Plan, 5 Quality Way, 25 Park Place",
    "In 2024 Market Street traffic grew",
    "Manufacturing 12, Monitoring 24, Brigade 5, Engineering 2024, Spring 2025",
    "via Microsoft Teams 2, Version 2 Street View, 64 Disk Drive",
    "Table 4 Road transport, see page 12. Road works",
    "returned to 6 October 2025, order 12 of 30 June",
    "MX-220 at Line 3, Drive 2, Close valve 4 Park",
    "delivered to ZIP code 94107",
    "10 000 x 250 mm, ISO 9001:2015, Part 0402-0603",
]


def found(text: str, before: str = "") -> list[str]:
    return [text[one.start : one.end] for one in addresses(text, before) if one.score >= 0.5]


@pytest.mark.parametrize(("text", "expected"), HIDDEN.items())
def test_an_address_is_found_whole(text: str, expected: list[str]) -> None:
    assert found(text) == expected


@pytest.mark.parametrize("text", KEPT)
def test_what_is_no_address_is_left(text: str) -> None:
    assert found(text) == []


def test_a_label_before_a_run_counts() -> None:
    assert found("北京市朝阳区望京街道", "住址：") == ["北京市朝阳区望京街道"]
    assert found("北京市朝阳区望京街道", "会议在") == []
    assert found("63 Tylova 42", "he lives at ") == ["63 Tylova 42"]
    assert found("63 Tylova 42", "the sum of ") == []
    assert found("05520", "the zip code is ") == ["05520"]
    assert found("05520") == []


@pytest.mark.clock
@pytest.mark.parametrize(
    "piece", ["路", "1号", "南通市", "9", "1 ", "12 High ", "12 A B C D ", "Flat 1, ", "12 Main Building ", "王"]
)
def test_hostile_text_takes_linear_time(piece: str) -> None:
    text = piece * (20_000 // len(piece))
    start = time.perf_counter()
    list(addresses(text, ""))
    assert time.perf_counter() - start < 4
