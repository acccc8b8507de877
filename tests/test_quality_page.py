"""What the Admin page's tab about quality says: words for every figure and act, and no word that is not used."""

from __future__ import annotations

import re
from pathlib import Path

import web
from ragbox.evaluation.files import GATE, JUDGED, SAMPLES
from ragbox.evaluation.words import FIGURES
from web.strings import STRINGS
from web.strings_quality import QUALITY

STATIC = Path(web.__file__).parent / "static"
CODE = "".join((STATIC / f"admin-quality{part}.js").read_text("utf-8") for part in ("", "-run"))


def test_every_word_of_the_tab_is_used_and_every_word_used_exists() -> None:
    written = set(re.findall(r'"((?:runs|run|versus|failed|judged)\.[a-z.]+[a-z])"', CODE))
    assert written <= STRINGS.keys()
    # word(`versus.${name}`), of a run each act, how it ended, and the files that have names of their own
    made = {f"versus.{side}" for side in ("left", "right")} | {f"file.{name}" for name in (GATE, JUDGED, SAMPLES)}
    made |= {f"runs.{act}" for act in ("show", "compare", "delete")} | {f"run.{end}" for end in ("done", "cancelled")}
    own = {key.removesuffix(".one") for key in QUALITY if not key.startswith("figure.")} - {"tab.quality"}
    assert own - written == made - written


def test_the_figures_that_are_shown_have_words() -> None:
    shown = re.findall(r'"([^"]+)"', re.search(r"SHOWN = \[(.*?)\]", CODE, re.S)[1])  # type: ignore[index]
    assert set(shown) <= FIGURES.keys()
    assert {f"figure.{name}" for name in FIGURES} <= QUALITY.keys()
