"""Check digits, dates and lengths: right ones pass, each single wrong sign does not, and no text raises."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ragbox.redact import checks
from ragbox.redact.matcher import Matcher
from ragbox.redact.table import RULES

RIGHT: list[tuple[Callable[[str], bool], str]] = [
    (checks.resident_id, "11010519491231002X"),
    (checks.resident_id, "440524188001010014"),
    (checks.company_code, "91350100M000100Y43"),
    (checks.hong_kong_id, "A123456(3)"),
    (checks.hong_kong_id, "AB987654(3)"),
    (checks.taiwan_id, "A123456789"),
    (checks.iban, "GB29NWBK60161331926819"),
    (checks.iban, "DE89370400440532013000"),
    (checks.card, "4111111111111111"),
    (checks.card, "378282246310005"),
    (checks.card, "6212345678901232"),
    (checks.card, "2223003122003222"),
]


@pytest.mark.parametrize(("check", "number"), RIGHT)
def test_a_check_digit_tells_each_wrong_digit(check: Callable[[str], bool], number: str) -> None:
    assert check(number)
    for place in [m.start() for m in re.finditer(r"\d", number)]:
        wrong = str((int(number[place]) + 1) % 10)
        assert not check(number[:place] + wrong + number[place + 1 :]), place


WRONG: list[tuple[Callable[[str], bool], str]] = [
    (checks.resident_id, "110105194913310025"),  # month 13
    (checks.resident_id, "990105194912310020"),  # no such province
    (checks.old_resident_id, "110105491331002"),
    (checks.card, "9111111111111111"),
    (checks.card, "0000000000000000"),
    (checks.ssn, "666-12-3456"),
    (checks.ssn, "900-12-3456"),
    (checks.ssn, "123-00-3456"),
    (checks.ipv4, "1.2.3.256"),
    (checks.ipv4, "127.0.0.1:7860"),
    (checks.ipv4, "255.255.255.0"),
    (checks.likely_ipv4, "10.2.1.3"),
    (checks.ipv6, "fee::bee"),
    (checks.ipv6, "12:34:56"),
    (checks.mac, "00:00:00:00:00:00"),
    (checks.mobile, "12012345678"),
    (checks.mobile, "15 000 000 000"),
    (checks.landline, "00123456789"),
    (checks.international, "+1 250 000 000"),
    (checks.international, "+999 1234 56789"),
    (checks.phone, "0000 0000"),
    (checks.after_phone_word, "2026-11-21"),
    (checks.after_phone_word, "2026/11/21 10"),
    (checks.after_phone_word, "20261121"),
    (checks.password, "required"),
    (checks.password_word, "8-16"),
    (checks.key, "20480000"),
    (checks.birth_date, "2099-01-01"),
]


@pytest.mark.parametrize(("check", "text"), WRONG)
def test_what_cannot_be_is_refused(check: Callable[[str], bool], text: str) -> None:
    assert not check(text)


@pytest.mark.parametrize(
    "text", ["1 234 567", "138.12345678", "192.168.10.100", "12 5 88 2 14 33 9", "198  4  19  24324"]
)
def test_amounts_decimals_addresses_and_lists_are_not_one_number(text: str) -> None:
    assert not checks.one_number(text)


@pytest.mark.parametrize(
    "text",
    [
        "4111 1111 1111 1111",
        "138-1234-5678",
        "1 3 8 1 2 3 4 5 6 7 8",
        "13812345678",
        "138  1234  5678",
        "138     12345678",
    ],
)
def test_groups_and_spaced_digits_are_one_number(text: str) -> None:
    assert checks.one_number(text)


def test_the_countries_of_the_iban_registry_stand_there_once() -> None:
    countries = [country for group in checks.IBAN_COUNTRIES.values() for country in group]
    assert len(countries) == len(set(countries)) > 75
    assert "DE" in checks.IBAN_COUNTRIES[22]


def test_phonenumbers_knows_a_country_by_its_own_writing() -> None:
    assert checks.national("GB")("020 7946 0958")
    assert not checks.national("US")("020 7946 0958")
    assert checks.national("US")("212 555 0143")


MATCHER = Matcher(RULES)
LABELS = "tel |电话：|身份证|卡号|passport |born |QQ|微信号|ip |password: |token=|00|+|://".split("|")


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(LABELS) | st.text("0123456789 .-()/:+@ABXxéa年月日出生京", max_size=60), max_size=5))
def test_no_text_makes_a_check_fail_and_matches_lie_inside(parts: list[str]) -> None:
    text, before = "".join(parts), "".join(parts[:1])
    for match in MATCHER.find(text, before):
        assert 0 <= match.start < match.end <= len(text)
