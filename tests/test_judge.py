"""The rules are loaded when a text needs them, exchanged while the box runs, and keep what they found."""

from __future__ import annotations

import pytest

from ragbox import judge
from ragbox.judge import Judge
from ragbox.redact.custom import Custom
from ragbox.redact.findings import UNJUDGED, Finding
from ragbox.redact.wanted import Wanted
from tests.private import FakeFinder

TEXT = "Anna Li, 13812345678."


class Made:
    """Makes finders and remembers them."""

    def __init__(self) -> None:
        self.finders: list[FakeFinder] = []

    def __call__(self, custom: Custom) -> FakeFinder:
        self.finders.append(FakeFinder(custom))
        return self.finders[-1]


@pytest.fixture
def made() -> Made:
    return Made()


@pytest.fixture
def judged(made: Made) -> Judge:
    return Judge(made, Custom)


def test_a_name_that_can_hold_nothing_does_not_wait_for_the_rules(judged: Judge, made: Made) -> None:
    assert judged.judged("lease.pdf") == ()
    assert made.finders[0].loads == 0
    assert [f.entity for f in judged.judged(TEXT)] == ["PERSON", "PHONE"]
    judged.judged("13812345678")
    assert (made.finders[0].loads, len(made.finders)) == (1, 1)


@pytest.mark.parametrize("found", ["key", "unjudged"])
def test_what_is_found_without_asking_is_found_before_the_rules_are_loaded(
    found: str, judged: Judge, made: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQ"
    if found == "unjudged":
        text = "lease.pdf"
        monkeypatch.setattr(Wanted, "interesting", lambda *_: 1 / 0)
    for _ in range(2):
        assert [(f.start, f.end, f.entity) for f in judged.judged(text)] == [
            (0, len(text), "PRIVATE_KEY" if found == "key" else UNJUDGED)
        ]
    monkeypatch.undo()
    if found == "unjudged":
        assert judged.judged(text) == ()  # nothing was kept of the failure
    assert made.finders[0].loads == 1


def test_a_stream_begins_with_loaded_rules(judged: Judge, made: Made) -> None:
    seen: list[str] = []
    stream = judged.redactor(lambda entity, _: f"[{entity}]", seen.append)
    assert made.finders[0].loads == 1
    assert stream.feed(TEXT) + stream.flush() == "[PERSON], [PHONE]."
    assert seen == ["PERSON", "PHONE"]


def test_a_long_text_is_not_kept(judged: Judge, made: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(judge, "LONGEST", 30)
    for text in (TEXT, TEXT * 2):
        counts = []
        for _ in range(2):
            before = made.finders[0].asked if made.finders else 0
            judged.judged(text)
            counts.append(made.finders[0].asked - before)
        assert counts[0] > 0
        assert (counts[1] == 0) is (text == TEXT)


def test_rules_that_cannot_be_made_or_recorded_leave_those_in_use(judged: Judge, made: Made) -> None:
    judged.load()

    def refuse() -> None:
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        judged.exchange(Custom(allow=("Anna Li",)), refuse)
    assert len(judged.judged(TEXT)) == 2
    judged.exchange(Custom(allow=("Anna Li",)), lambda: None)
    assert len(judged.judged(TEXT)) == 1  # what was found by the rules before is not taken for it
    assert [f.loads for f in made.finders] == [1, 1, 1]


def test_it_is_busy_only_while_the_rules_are_asked() -> None:
    busy: list[bool] = []

    class Asks(FakeFinder):
        def find(self, run: str, before: str = "") -> list[Finding]:
            busy.append(asked.busy)
            return super().find(run, before)

    asked = Judge(Asks, Custom)
    asked.judged(TEXT)
    assert busy
    assert all(busy)
    assert not asked.busy
