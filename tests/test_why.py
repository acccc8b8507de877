"""What is said of why no model answered, or an adapter was not taken, has its Chinese, and no Chinese is left over."""

from __future__ import annotations

import html
import json
import re

import pytest

from tests.test_architecture import FILES
from tests.test_reasons import SENTENCE, texts
from web.pages import admin, ask
from web.strings_why import ANSWERS, WHY

SAYING = (
    "ragbox.llm", "ragbox.writer", "ragbox.scheduler", "ragbox.batches", "ragbox.engines.reply",
    "ragbox.engines.hf_step", "ragbox.engines.hf_decode", "ragbox.adapters.activation", "ragbox.adapters.gate",
    "ragbox.adapters.watch",
)  # fmt: skip


def said(name: str) -> set[str]:
    return {text.strip() for text in texts(name)}


@pytest.mark.parametrize("name", SAYING)
def test_every_reason_has_its_chinese(name: str) -> None:
    found = {s for s in said(name) if SENTENCE.fullmatch(s) and re.search(r"[a-z]{3}.*[.:]( |$)", s)}
    assert sorted(found - WHY.keys()) == []


def test_no_chinese_is_left_of_what_is_not_said_any_more() -> None:
    everything = "\n".join(text for name in FILES if name.startswith("ragbox.") for text in said(name))
    assert [english for english in WHY if english not in everything] == []


def test_what_is_filled_in_stands_in_both() -> None:
    for english, chinese in WHY.items():
        filled = sorted(int(n) for n in re.findall(r"\{(\d)\*?\}", chinese))
        assert filled == list(range(english.count("{}"))), english


def test_the_pages_have_them_where_they_speak_chinese() -> None:
    for frame, table in ((ask.frame, ANSWERS), (admin.frame, WHY)):
        pairs = json.dumps(list(table.items()), ensure_ascii=False)[1:-1]
        assert pairs in html.unescape(frame("zh"))
        assert 'data-reasons="[]"' in frame("en")
