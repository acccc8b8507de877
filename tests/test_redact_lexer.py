"""A text's runs are the same however it came, hold what a match could need, and end as soon as that is certain."""

from __future__ import annotations

import random
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ragbox.redact.folding import fold
from ragbox.redact.han import NEAR, begins, called, loud
from ragbox.redact.joints import PROSE, after_label, joins
from ragbox.redact.lexer import BEFORE, LATIN, LONG_HAN, Lexer
from ragbox.redact.pieces import Kind, Piece
from ragbox.redact.wanted import Wanted

from .redact_texts import ALPHABET, KEY, PIECES, made

RUNS = {
    "Tel. 138 1234 5678, or 139": ["Tel. 138 1234 5678", "139"],
    "the notice period stays ninety weeks": ["the", "weeks"],
    "电话138 1234 5678，卡号": ["138 1234 5678", "卡号"],
    "Anna de la Cruz, 12 rue de la Paix\nParis": ["Anna de la Cruz, 12 rue de la Paix\nParis"],
    "in the Agreement. The Parties": ["in", "the", "Agreement.", "The Parties"],
    "联系人：张伟，请张伟联系": ["张伟", "请张伟联系"],
    "公司位于北京市朝阳区建国路 88号。好": ["北京市朝阳区建国路 88号"],
    "由王建国经理审批。": ["由王建国经理审批"],
    "password: P@ss,w;ord next": ["password: P@ss,w;ord", "next"],
    "anna at example dot com": ["anna at example dot com"],
    "a (at) b [dot] c": ["a (at) b [dot] c"],
    "车牌京A·12345，": ["京A·12345"],
    "生于1985年3月12日出生。": ["1985年3月12日出生"],
    "男，1995/7/15出生。": ["1995/7/15出生"],
    "生于2\u200b004\u200b年6月4日。": ["2\u200b004\u200b年6月4日"],
    "张伟提出离职。他们将提出 x": ["张伟提出离职", "x"],
    "郭凯志与汪琪飞参加了会": ["郭凯志与汪琪飞参加了会"],
    "请假人：魏嘉；他": ["魏嘉"],
    "Ernst & Young": ["Ernst & Young"],
    "it84 f302 3460 days": ["it84 f302 3460", "days"],
    "| 王芳 | 12 |": ["王芳", "12"],
    "密钥：AKIA0（轮换）": ["AKIA0", "（", "）"],
    "a\n\nB": ["a", "B"],
    "**张伟**\n2021": ["**", "张伟", "**", "2021"],
    "采购部 刘立杰\n2021-01-05": ["刘立杰", "2021-01-05"],
    "北京市朝阳区建国路\n88号": ["北京市朝阳区建国路\n88号"],
    "曹波新 |": ["曹波新"],
    "| 周 梓 |": ["周 梓"],
    "王律师来电（175\n97573114），": ["王律师来电（175\n97573114）"],
    "Name | City\nAnna Li | Bergen": ["Name", "City", "Anna Li", "Bergen"],
    "in Paris.\nThe": ["in", "Paris.", "The"],
    "call 01234 567890\n2. Bo": ["call", "01234 567890", "2. Bo"],
    "at Goethestr. 14, 80336 München": ["at Goethestr. 14, 80336 München"],
}


def cut(text: str, lexer: Lexer, chance: random.Random | None = None) -> list[Piece]:
    pieces, start = [], 0
    while start < len(text):
        end = start + (chance.randint(1, 5) if chance else len(text))
        pieces += lexer.feed(text[start:end])
        start = end
    return pieces + lexer.flush()


def joined(pieces: list[Piece]) -> list[Piece]:
    """Inert text and what is swallowed may come in parts."""
    whole: list[Piece] = []
    for piece in pieces:
        if whole and whole[-1].kind is piece.kind and piece.kind in (Kind.INERT, Kind.SWALLOWED):
            whole[-1] = whole[-1]._replace(text=whole[-1].text + piece.text)
        else:
            whole.append(piece if piece.kind is Kind.RUN else piece._replace(before=""))
    return whole


@pytest.mark.parametrize(("text", "runs"), RUNS.items())
def test_a_run_holds_what_a_match_could_need(text: str, runs: list[str]) -> None:
    assert [p.text for p in cut(text, Lexer()) if p.kind is Kind.RUN] == runs


@settings(max_examples=300, deadline=None)
@given(
    st.lists(st.text(alphabet=ALPHABET, max_size=80) | st.sampled_from(PIECES), max_size=4).map("".join),
    st.randoms(use_true_random=False),
)
def test_any_split_gives_the_same_runs_and_all_of_the_text(text: str, chance: random.Random) -> None:
    whole = cut(text, Lexer(skips=False))
    assert "".join(p.text for p in whole) == text
    assert joined(cut(text, Lexer(skips=False), chance)) == joined(whole)


def test_prose_that_is_skipped_holds_nothing_but_words() -> None:
    chance, wanted = random.Random(5), Wanted()
    words = (
        "the password is swordfish of at dot key token London Anna a b4 day, days. user id x@y.z do dots al number no"
    ).split()
    for _ in range(1000):
        text = " ".join(chance.choices(words, k=12))
        for skips in (True, False):
            runs = [p for p in cut(text, Lexer(skips=skips)) if p.kind is Kind.RUN]
            asked = [p for p in runs if wanted.interesting(p.text, p.before)]
            asked = [p for p in asked if after_label(p.before) or not re.fullmatch("[a-z ]+", p.text)]
            if skips:
                known = asked
        assert asked == known, text


def test_prose_goes_on_over_links_and_words_that_begin_like_at_and_dot() -> None:
    text = "the days of notice are double at a date of dotted and attached lines "
    assert text[PROSE.match(text, 0).end() :] == "double at a date of dotted and attached lines "
    assert not PROSE.match("of notice ")
    assert PROSE.match("days of la paz ").group() == "days "
    for cut in range(12, len(text)):  # what is not there yet may be "at" or a link
        assert text.startswith(PROSE.match(text[:cut]).group().rstrip()), cut
        assert PROSE.match(text[:cut]).end() <= PROSE.match(text).end()


@given(st.text(alphabet="由王总经理市在张中住址李的手机号人系联·董工收让山", min_size=2, max_size=30))
def test_no_han_sign_that_begins_a_run_or_ends_a_label_is_passed_over(signs: str) -> None:
    assert not called(signs[0])
    for end in range(2, len(signs) + 1):
        known = signs[max(0, end - NEAR - 1) : end]
        if begins(known) or called(known):
            assert loud(signs, end - 1) == end - 1


def test_a_run_is_told_with_what_stands_in_front() -> None:
    text = "x" * 100 + " 身份证号：11010519491231002X"
    run = cut(text, Lexer())[-1]
    assert run.text == "11010519491231002X"
    assert run.before == text[: -len(run.text)][-BEFORE:]


def test_a_long_run_comes_in_windows_of_which_each_is_seen_twice_but_for_its_ends() -> None:
    for sign, limit in (("9", LATIN), ("1 ", LATIN), ("市", LONG_HAN)):
        pieces = [p for p in cut("王市" + sign * 500 if sign == "市" else sign * 500, Lexer()) if p.kind is Kind.RUN]
        assert len(pieces) >= 3
        for piece in pieces[:-1]:
            assert len(piece.text + piece.ahead) == limit
            assert limit // 4 <= len(piece.text) <= limit // 2


def test_a_private_key_is_swallowed_to_its_end_line_or_to_a_sign_that_no_key_has() -> None:
    assert [p.kind for p in joined(cut(f"{KEY} and", Lexer()))][:2] == [Kind.KEY, Kind.SWALLOWED]
    kinds = {p.text: p.kind for p in joined(cut("x -----BEGIN PRIVATE KEY-----\nMIIE 好", Lexer()))}
    assert kinds["\nMIIE "] is Kind.SWALLOWED
    assert kinds["好"] is Kind.INERT


def test_what_is_held_is_told_and_is_little_in_prose() -> None:
    lexer = Lexer()
    lexer.feed("The notice period is ninety days")
    assert lexer.held == len("days")
    lexer.feed("，通知期为九十天")
    assert lexer.held == len("通知期为九十天")
    lexer.feed("，")
    assert lexer.held == 0


def test_an_admins_words_are_one_run() -> None:
    wanted = Wanted(words=("project blue falcon", "猎鹰计划"), regexes=(r"蓝图编号\d+",))
    lexer = Lexer(wanted.phrases, wanted.han, skips=False)
    runs = [
        p.text for p in cut("our project blue falcon, 关于猎鹰计划的事，见蓝图编号77。", lexer) if p.kind is Kind.RUN
    ]
    assert runs == ["our", "project blue falcon", "猎鹰计划的事", "蓝图编号77"]


def test_folding_keeps_places_and_reads_disguises_plainly() -> None:
    folded = fold("电\u200b话：１３８\u00a0٣•𝟗\n")
    assert folded.text == "电话:138 3·9 "
    assert folded.span(0, 2) == (0, 3)
    assert folded.span(3, 6) == (4, 7)
    assert fold("a\nb").text == "a b"


@pytest.mark.parametrize("right", ["d", "do", "o", "(", "a", "b", "'"])
def test_a_joint_is_not_decided_before_it_is_certain(right: str) -> None:
    early = joins("Anna", " ", right, done=False, phrases={})
    for rest in ("", "t", "of", "X", "x", "f", "1"):
        late = joins("Anna", " ", right + rest, done=True, phrases={})
        assert early in (None, late), rest


def test_a_megabyte_of_hostile_signs_is_cut_in_linear_time() -> None:
    chance = random.Random(3)
    for sign in ("(", "\u200b", "中", "a", "· "):
        lexer = Lexer()
        for _ in range(2000):
            lexer.feed(sign * chance.randint(1, 6))
            assert lexer.held <= 2 * LATIN
    assert made(chance)
