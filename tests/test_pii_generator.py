"""The generated texts are what they claim: enough of them, valid, at their places, the same from the same seed."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter

import pytest

from .pii import checks, sentences_held_out
from .pii.disguise import DISGUISES, ZERO_WIDTH
from .pii.generator import QUOTAS, SENTENCES, held_out, texts
from .pii.scoring import Tally, score
from .pii.shapes import FREE, STRUCTURED, Place, Text

MADE = texts()


def test_there_are_as_many_values_and_texts_without_any_as_promised() -> None:
    values = Counter((text.language, place.entity) for text in MADE for place in text.places)
    assert sum(values.values()) >= 6000
    assert {entity for _, entity in values} == {*STRUCTURED, *FREE}
    for language, quotas in QUOTAS.items():
        assert all(values[language, entity] >= quota for entity, quota in quotas.items())
    assert len({text.text for text in MADE if text.negative}) >= 1500  # a postcode has few forms
    assert sum(bool(text.negative) for text in MADE) >= 2000
    assert {text.layout for text in MADE} == {"sentence", "table", "list", "letter"}


def test_every_disguise_is_worn_and_most_values_wear_none() -> None:
    worn = Counter(place.disguise for text in MADE for place in text.places)
    plain = worn.pop("")
    assert plain > 0.6 * (plain + worn.total())
    assert set(worn) == set(DISGUISES)
    assert len(worn) >= 30
    assert min(worn.values()) >= 10


def test_the_same_seed_gives_the_same_texts_and_another_gives_others() -> None:
    assert texts(6, scale=0.02) == texts(6, scale=0.02)
    assert texts(6, scale=0.02) != texts(7, scale=0.02)
    assert not any(place.disguise for text in texts(6, share=0, scale=0.02) for place in text.places)


def test_places_are_in_order_within_their_text_and_hold_a_value() -> None:
    for text in MADE:
        end = 0
        for place in text.places:
            assert end <= place.start <= place.least[0] < place.least[1] <= place.end <= len(text.text)
            assert text.text[place.start : place.end].strip() == text.text[place.start : place.end]
            end = place.end
        assert "{" not in text.text.replace('{"', "")


def plain(text: Text, place: Place) -> str:
    """What must be hidden without its disguise: letters and digits, as ASCII where there is one."""
    shown = unicodedata.normalize("NFKC", text.text[slice(*place.least)])
    return "".join(sign for sign in shown if sign.isalnum()).upper()


def test_check_digits_are_right() -> None:
    for text in MADE:
        for place in text.places:
            value = plain(text, place)
            if place.entity == "CARD":
                assert checks.luhn(value[:-1]) == value[-1]
                assert 14 <= len(value) <= 19
            elif place.kind == "resident":
                assert checks.resident(value[:-1]) == value[-1]
            elif place.entity == "COMPANY_CODE":
                assert checks.company(value[:-1]) == value[-1]
            elif place.entity == "IBAN":
                assert checks.iban(value[:2], value[4:]) == value[2:4]
            elif place.kind == "mobile":
                assert re.fullmatch(r"(0086|86)?0?1[3-9]\d{9}", value)


def test_numbers_known_from_the_standards_pass_our_checks() -> None:
    assert checks.luhn("411111111111111") == "1"
    assert checks.resident("11010519491231002") == "X"
    assert checks.company("91350100M000100Y4") == "3"
    assert checks.organisation("M000100Y") == "4"
    assert checks.iban("GB", "WEST12345698765432") == "82"
    assert checks.hong_kong("A123456") == "3"
    assert checks.isbn("978030640615") == "7"


def test_numbers_with_a_wrong_check_digit_are_none() -> None:
    for text in MADE:
        if text.negative == "wrong check digit":
            (number,) = re.findall(r"\d{18}", text.text)
            assert checks.resident(number[:-1]) != number[-1]


def test_a_disguise_adds_only_what_does_not_change_the_value() -> None:
    signs = "".join(ZERO_WIDTH.values())
    disguised = [t.text[p.start : p.end] for t in MADE for p in t.places if p.disguise in ZERO_WIDTH]
    assert all(any(sign in value for sign in signs) for value in disguised)


@pytest.mark.parametrize(
    ("found", "hit", "hidden", "right"),
    [
        ((7, 18, "PHONE"), 1, 1, 1),  # the value
        ((6, 19, "PHONE"), 1, 1, 1),  # with its brackets
        ((7, 17, "PHONE"), 0, 0, 0),  # cut short
        ((0, 18, "PHONE"), 0, 1, 0),  # with a word
        ((7, 18, "CARD"), 0, 1, 0),  # under another name
    ],
)
def test_a_finding_counts_when_it_hides_the_value_and_little_else(
    found: tuple[int, int, str], hit: int, hidden: int, right: int
) -> None:
    text = Text(
        text="Mobile(13812345678) is off",
        language="en",
        places=(Place(start=7, end=18, entity="PHONE", least=(7, 18)),),
    )
    start, end, entity = found
    tallies = score([(text, [Place(start=start, end=end, entity=entity, least=(start, end))])])
    tally = tallies["structured"]
    assert (tally.hit, tally.hidden, tally.right, tally.findings) == (hit, hidden, right, 1)
    assert (tally.leaked > 0) is (not hidden)


def test_figures_weigh_recall_more_than_precision() -> None:
    assert Tally(values=10, hit=10, findings=20, right=10).figures()["f2"] > 0.8
    assert Tally(values=10, hit=5, findings=5, right=5).figures()["f2"] < 0.6


def test_held_out_sentences_are_others_and_hold_every_type() -> None:
    made = held_out()
    assert {place.entity for text in made for place in text.places} == {*STRUCTURED, *FREE}
    known = {line for block in SENTENCES.values() for lines in block.values() for line in lines.split("\n")}
    for block in sentences_held_out.TYPE.values():
        assert not known & {line for lines in block.values() for line in lines.strip("\n").split("\n")}
