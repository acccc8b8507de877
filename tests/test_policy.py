"""What is shown in place of personal data, under each style."""

from __future__ import annotations

import pytest

from ragbox.redact.policy import STANDS_IN, Style, replacer, strictest


def test_the_strictest_of_some_styles_holds_and_of_none_the_strictest_there_is() -> None:
    assert strictest([Style.OFF, Style.MASK, Style.PSEUDONYM]) is Style.PSEUDONYM
    assert strictest(Style) is Style.REDACT
    assert strictest([Style.OFF]) is Style.OFF
    assert strictest([]) is Style.REDACT


@pytest.mark.parametrize(
    ("entity", "value", "shown"),
    [
        ("PHONE", "138-1234-5678", "***-****-5678"),
        ("CARD", "6222 0200 1234 5678", "**** **** **** 5678"),
        ("ID", "１１０１０５１９９００３０７８５１７", "*" * 14 + "８５１７"),
        ("PLATE", "京A12345", "*******"),  # four of seven would be most of it
        ("PERSON", "Christopher Anderson", "*" * 19),
        ("SECRET", "sk-" + "a" * 60, "*" * 32),
        ("REDACTED", "anna", "[REDACTED]"),
    ],
)
def test_a_mask_leaves_the_last_four_of_what_is_long_and_no_name_or_key(entity: str, value: str, shown: str) -> None:
    assert replacer(Style.MASK)(entity, value) == shown


def test_a_value_has_one_pseudonym_however_it_is_written() -> None:
    name = replacer(Style.PSEUDONYM)
    assert [name("PERSON", v) for v in ("Anna Li", "Bo Chen", "ANNA  LI", "Ａｎｎａ\u200b Li")] == [
        "Person A", "Person B", "Person A", "Person A",
    ]  # fmt: skip
    assert name("PHONE", "138-1234-5678") == name("PHONE", "１３８ 1234 5678") == "Phone A"
    assert name("BADGE", "X-1") == "BADGE A"
    assert name("REDACTED", "anna") == "[REDACTED]"
    assert replacer(Style.PSEUDONYM)("PERSON", "Bo Chen") == "Person A"  # another answer begins anew
    assert replacer(Style.PSEUDONYM, "zh")("PERSON", "张伟") == "人员A"


def test_after_z_comes_aa() -> None:
    name = replacer(Style.PSEUDONYM)
    shown = [name("PERSON", f"Person number {n}") for n in range(703)]
    assert [shown[n] for n in (0, 25, 26, 51, 52, 701, 702)] == [
        f"Person {letters}" for letters in ("A", "Z", "AA", "AZ", "BA", "ZZ", "AAA")
    ]


def test_redact_names_the_entity_and_off_changes_nothing() -> None:
    assert replacer(Style.REDACT)("PHONE", "138") == "[PHONE]"
    assert replacer(Style.OFF)("PHONE", "138") == "138"


@pytest.mark.parametrize("style", [Style.REDACT, Style.PSEUDONYM, Style.MASK])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_what_stands_in_is_found_in_a_text(style: Style, language: str) -> None:
    shown = replacer(style, language)
    text = f"to {shown('PERSON', 'Anna Li')} at {shown('COMPANY_CODE', '91350100M000100Y43')} now"
    assert "".join(STANDS_IN.split(text)).replace("0Y43", "") == "to  at  now"
