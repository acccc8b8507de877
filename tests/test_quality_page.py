"""What the Admin page's tab about quality says: words for every figure and act, and no word that is not used."""

from __future__ import annotations

import re
from pathlib import Path

import web
from ragbox.evaluation.words import FIGURES
from web.strings import STRINGS
from web.strings_quality import QUALITY

CODE = (Path(web.__file__).parent / "static" / "admin-quality.js").read_text("utf-8")


def test_every_word_of_the_tab_is_used_and_every_word_used_exists() -> None:
    written = set(re.findall(r'"((?:runs|versus|failed|judged)\.[a-z.]+[a-z])"', CODE))
    assert written <= STRINGS.keys()
    made = {f"versus.{side}" for side in ("left", "right")}  # word(`versus.${name}`)
    own = {key.removesuffix(".one") for key in QUALITY if not key.startswith("figure.")} - {"tab.quality"}
    assert own - written == made


def test_the_figures_that_are_shown_have_words() -> None:
    shown = re.findall(r'"([^"]+)"', re.search(r"SHOWN = \[(.*?)\]", CODE, re.S)[1])  # type: ignore[index]
    assert set(shown) <= FIGURES.keys()
    assert {f"figure.{name}" for name in FIGURES} <= QUALITY.keys()
