"""What is found does not come out, however the text came; what is held is little; a hanging part holds nothing up."""

from __future__ import annotations

import random
from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from ragbox.redact.findings import Finding
from ragbox.redact.stream import StreamRedactor, spans
from ragbox.redact.wanted import Wanted

from .redact_texts import ALPHABET, KEY, PIECES, find, made, split


def new() -> StreamRedactor:
    return StreamRedactor(find, lambda entity, value: f"<{entity}{len(value)}>")


def shown(text: str, wanted: Wanted | None = None) -> str:
    return "".join(split(StreamRedactor(find, lambda entity, _: f"[{entity}]", wanted=wanted), text))


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.text(alphabet=ALPHABET, max_size=80) | st.sampled_from(PIECES), max_size=4).map("".join),
    st.randoms(use_true_random=False),
)
def test_any_split_gives_the_same_and_shows_nothing_early(text: str, chance: random.Random) -> None:
    whole = "".join(split(new(), text))
    so_far = ""
    for piece in split(new(), text, chance, chance.choice((1, 2, 5, 40))):
        so_far += piece
        assert whole.startswith(so_far)
    assert so_far == whole


def test_spans_are_where_the_stream_replaces() -> None:
    chance = random.Random(7)
    for _ in range(200):
        text = made(chance)
        at, cut = 0, ""
        for found in spans(text, find):
            assert at <= found.start < found.end <= len(text)
            cut += text[at : found.start] + "#"
            at = found.end
        stream = StreamRedactor(find, lambda *_: "#")
        assert cut + text[at:] == "".join(split(stream, text)), text


def test_a_match_over_a_windows_edge_is_replaced_once_and_whole() -> None:
    for before in range(90, 140):
        text = "1 " * (before // 2) + "12345678901234567 " + "1 " * 100
        assert shown(text).count("[X]") == 1
        assert "12345" not in shown(text)


def test_a_match_that_is_longer_than_a_window_is_swallowed_to_the_next_space() -> None:
    assert shown("x " + "9" * 1000 + " 12") == "x [X] 12"
    found = spans("x " + "9" * 1000 + " 12", find)
    assert [(f.start, f.end) for f in found] == [(2, 1002)]


def test_a_private_key_is_replaced_by_its_header_alone() -> None:
    given: list[tuple[str, str]] = []
    stream = StreamRedactor(find, lambda entity, value: given.append((entity, value)) or "[K]")
    assert "".join(split(stream, f"a {KEY} b")) == "a [K] b"
    assert given == [("PRIVATE_KEY", "-----BEGIN RSA PRIVATE KEY-----")]
    (found,) = spans(f"a {KEY} b", find)
    assert (found.start, found.end, found.entity) == (2, 2 + len(KEY), "PRIVATE_KEY")


def test_each_finding_is_told_and_a_flush_makes_it_new() -> None:
    seen: list[str] = []
    stream = StreamRedactor(find, lambda entity, _: f"[{entity}]", seen.append)
    for _ in range(2):
        assert "".join(split(stream, "12345678 and a@b")) == "[X] and [X]"
    assert seen == ["X"] * 4
    assert stream.held == 0


def test_after_a_cut_the_text_goes_on_and_after_a_flush_another_begins() -> None:
    def labelled(run: str, before: str) -> list[Finding]:
        at = run.find("G1234567")
        return [Finding(start=at, end=at + 8, entity="PASSPORT", score=0.9)] if at >= 0 and "passport" in before else []

    for end, rest in (("cut", "[X]"), ("flush", "G1234567")):
        stream = StreamRedactor(labelled, lambda *_: "[X]")
        assert stream.feed("The passport: ") + getattr(stream, end)() == "The passport: "
        assert stream.feed("G1234567 ") + stream.flush() == f"{rest} "


def test_what_is_held_is_what_has_come_and_is_not_shown() -> None:
    stream = StreamRedactor(lambda *_: [], lambda *_: "")
    text, out = "the days of Anna Maria Li, 北京市朝阳区", ""
    for n, sign in enumerate(text):
        out += stream.feed(sign)
        assert stream.held == n + 1 - len(out)


def test_only_runs_that_could_hold_something_are_asked_about() -> None:
    asked: list[str] = []

    def noted(run: str, before: str) -> Sequence[Finding]:
        del before
        asked.append(run)
        return []

    text = "The pump runs at 3.1 bar. It is a new one, of 2025; ask Mr. Li or Anna Li, or ring 01234 56789. 今天很好。"
    split(StreamRedactor(noted, lambda *_: ""), text)
    assert asked == ["Mr. Li", "Anna Li", "01234 56789."]


def test_what_repeats_itself_is_asked_about_once_and_what_failed_again() -> None:
    asked: list[str] = []

    def failing(run: str, before: str) -> Sequence[Finding]:
        asked.append(run)
        if len(asked) == 1:
            raise RuntimeError("no")
        return find(run, before)

    stream = StreamRedactor(failing, lambda *_: "[X]")
    row = "12345678 and anna@b.c are here and there and nowhere else, said the whole of the long long row.\n"
    shown = "".join(split(stream, row * 20))
    assert shown.startswith("[REDACTED] and [X]")
    assert shown.count("[X] and [X]") == 19
    assert len(asked) <= 6


def test_an_admins_words_are_asked_about_wherever_they_stand() -> None:
    wanted = Wanted(words=("swordfish trombone", "猎鹰计划"), regexes=("kx[a-z]+q",))
    asked: list[str] = []

    def noted(run: str, before: str) -> Sequence[Finding]:
        del before
        asked.append(run)
        return []

    split(StreamRedactor(noted, lambda *_: "", wanted=wanted), "see the swordfish trombone, and kxabcq, 关于猎鹰计划")
    assert asked == ["swordfish trombone", "kxabcq", "猎鹰计划"]
