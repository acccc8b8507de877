"""What the Admin page's tab about the glossary says; what the server says of it has its Chinese."""

from __future__ import annotations

import re
from pathlib import Path

import web
from tests.test_reasons import SENTENCE, texts
from web.strings import STRINGS
from web.strings_glossary import GLOSSARY, SAID

CODE = (Path(web.__file__).parent / "static" / "admin-glossary.js").read_text("utf-8")


def test_every_word_of_the_tab_is_used_and_every_word_used_exists() -> None:
    written = set(re.findall(r'"((?:glossary|tab|admin)\.[a-z.]+)"', CODE)) - {"glossary.csv"}
    assert written <= STRINGS.keys()
    made = {"glossary.edit", "glossary.delete"}  # word(`glossary.${verb}`)
    assert GLOSSARY.keys() <= written | made


def test_what_is_said_of_a_glossary_has_its_chinese() -> None:
    said = {text for name in ("ragbox.wording", "ragbox.glossary") for text in texts(name)}
    assert {s for s in said if SENTENCE.fullmatch(s) and re.search(r"[a-z]{3}.*[.:]( |$)", s)} <= SAID.keys()
    assert SAID.keys() <= said
    for english, chinese in SAID.items():
        filled = sorted(int(n) for n in re.findall(r"\{(\d)\*?\}", chinese))
        assert filled == list(range(english.count("{}"))), english
