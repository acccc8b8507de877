"""The Ask page's frame: all the words that its scripts use, and nothing that a template or a browser would act on."""

from __future__ import annotations

import html
import json
import re

import pytest

from web.pages import ask, shell
from web.strings import LANGUAGES, STRINGS

SCRIPTS = ("ask", "chats", "kit", "scope", "text", "turn")


def words(language: str) -> dict[str, str]:
    found = re.search(r'data-words="([^"]*)"', ask.frame(language))
    assert found
    made: dict[str, str] = json.loads(html.unescape(found[1]))
    return made


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_scripts_are_given_every_word_they_say(language: str) -> None:
    code = "".join((shell.STATIC / f"{name}.js").read_text("utf-8") for name in SCRIPTS)
    said = set(re.findall(r'"((?:ask|chats|error)\.[A-Za-z.]+)"', code))
    said |= {f"ask.{stage}" for stage in ("search", "read", "think", "draft", "write")} | {"ask.up", "ask.down"}
    said |= {f"chats.{day}" for day in ("today", "yesterday", "earlier")}
    assert len(said) > 50
    assert said <= words(language).keys()


def test_the_words_are_those_of_the_language() -> None:
    assert words("en")["ask.heading"] == STRINGS["ask.heading"][0]
    assert words("zh")["ask.heading"] == STRINGS["ask.heading"][1]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_frame_has_no_sign_of_a_template(language: str) -> None:
    assert not set("{}$`") & set(ask.frame(language))
