"""What is shown in one go: stretches of a text, names to be searched by, and what a mask left when it is read again."""

from __future__ import annotations

import pytest

from ragbox.redact.custom import Custom
from ragbox.redact.policy import Style
from ragbox.types import Actor
from tests.private import Broken, FakeFinder, private

TEXT = "Anna Li, 13812345678."
RITA = Actor(name="rita", role="reader", collections=("*",))


def test_what_is_shown_in_one_go_has_the_same_pseudonyms() -> None:
    made, text = private(Style.PSEUDONYM), "Anna Li, 13812345678. Then Anna Li and Bo Chen."
    showing = made.showing(None)
    assert showing.clean(["c1", "c2"], "Bo Chen") == "Person A"
    stream = showing.redactor(["c1"])
    assert stream.feed(text[:5]) + stream.feed(text[5:]) + stream.flush() == (
        "Person B, Phone A. Then Person B and Person A."
    )
    assert showing.clean(["c1"], "+86 138 1234 5678 and 138-1234-5678") == "+86 Phone A and Phone A"
    assert made.showing(None, "zh").clean(["c1"], "Bo Chen") == "人员A"


def test_a_stretch_of_a_text_is_judged_with_what_stands_around_it() -> None:
    text = "Mail anna@example.com now"
    for style, inside in ((Style.REDACT, "[EMAIL]"), (Style.OFF, "nna@exa")):
        part = private(style).showing(None).parts(["c1"], text)
        assert (part(0, 5), part(6, 13), part(21, 25)) == ("Mail ", inside, " now")
    assert private().showing(None).parts(["c1"], text)(3, 24) == "l [EMAIL] no"
    assert private(finder=Broken).showing(None).parts(["c1"], text)(6, 13) == "[REDACTED]"


@pytest.mark.parametrize(
    ("style", "shown"),
    [
        (Style.REDACT, "[PERSON], [PHONE]."), (Style.PSEUDONYM, "Person A, Phone A."),
        (Style.MASK, "******, *******5678."), (Style.OFF, TEXT),
    ],
)  # fmt: skip
def test_a_name_is_searched_as_it_is_shown_alone(style: Style, shown: str) -> None:
    made = private(style)
    made._record.set["collection"]["open"] = Style.OFF  # type: ignore[attr-defined]
    name = made.names(RITA, ["c1", "open"])
    assert [name("c1", TEXT), name("c1", "Bo Chen")][0] == shown
    assert name("c1", TEXT) == shown  # whatever came before
    assert name("open", TEXT) == TEXT
    assert name("c1", "plain.pdf") == "plain.pdf"


def test_names_that_were_learned_are_not_judged_again() -> None:
    finders: list[FakeFinder] = []

    def make(custom: Custom) -> FakeFinder:
        finders.append(FakeFinder(custom))
        return finders[-1]

    made = private(finder=make)
    made.learn(["Bo Chen", "never"], lambda: bool(finders and finders[0].asked))
    asked = finders[0].asked
    assert made.names(RITA, ["c1"])("c1", "Bo Chen") == "[PERSON]"
    assert made.names(RITA, ["c1"])("c1", "Bo Chen") == "[PERSON]"
    assert finders[0].asked == asked > 0
    private(Style.OFF, finder=make).learn(["Bo Chen"], lambda: False)
    assert len(finders) == 1


def test_a_box_without_policies_loads_the_rules_once_there_is_one() -> None:
    made = private(Style.OFF)
    made.load()
    assert made.clean(RITA, ["c1"], TEXT) == TEXT
    made._record.set["role"]["reader"] = Style.REDACT  # type: ignore[attr-defined]
    made.forget()
    assert made.clean(RITA, ["c1"], TEXT) == "[PERSON], [PHONE]."
    assert made._judge._now().finder.loads == 1  # type: ignore[attr-defined]


def test_a_name_that_cannot_be_judged_is_not_looked_at(caplog: pytest.LogCaptureFixture) -> None:
    assert "138" not in private(finder=Broken).names(RITA, ["c1"])("c1", TEXT)
    assert "Anna" not in caplog.text


def test_what_a_mask_left_is_taken_away_under_a_stricter_style() -> None:
    masking = private(Style.MASK).showing(None)
    shown = masking.clean(["c1"], f"{TEXT} Or 139-1234-5678.")
    assert shown == "******, *******5678. Or ***-****-5678."
    assert masking.masks == {"*******5678": "PHONE", "***-****-5678": "PHONE"}  # of a name nothing is left
    for style, again in (
        (Style.REDACT, "******, [PHONE]. Or [PHONE]."), (Style.PSEUDONYM, "******, [PHONE]. Or [PHONE]."),
        (Style.MASK, shown), (Style.OFF, shown),
    ):  # fmt: skip
        assert private(style).showing(None).again(["c1"], shown, masking.masks) == again
        assert private(style).showing(None).again(["c1"], "5678 ****", masking.masks) == "5678 ****"


@pytest.mark.parametrize("mask", ["*******5678", "*** **** 5678", "** ** ** 56 78", "****@*****e.com", "***.***.1.100"])
def test_a_mask_of_which_nothing_is_known_goes_whole_under_a_stricter_style(mask: str) -> None:
    for around in ("It is {}.", "是{}的", "**{}**"):
        for style in (Style.REDACT, Style.PSEUDONYM):
            shown = private(style).showing(None).again(["c1"], around.format(mask), {})
            assert not any(sign.isalnum() for sign in shown.removeprefix("It is").strip("是的"))
        assert private(Style.MASK).showing(None).again(["c1"], around.format(mask), {}) == around.format(mask)
    for plain in ("**Notice** **Period**: ninety days", "* one\n* two", "2 ** 4 ** 1234", "***All*** of it"):
        assert private(Style.REDACT).showing(None).again(["c1"], plain, {}) == plain
