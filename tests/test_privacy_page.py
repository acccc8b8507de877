"""What the Admin page's tab about personal data says: words for every style and act, and no word that is not used."""

from __future__ import annotations

import re
from pathlib import Path

import web
from ragbox.redact.policy import Style
from web.strings import STRINGS
from web.strings_privacy import PRIVACY

FILES = sorted(Path(web.__file__).parent.glob("static/admin-privacy*.js"))
CODE = "".join(p.read_text("utf-8") for p in FILES)


def test_every_word_of_the_tab_is_used_and_every_word_used_exists() -> None:
    written = set(re.findall(r'"((?:privacy|counts|rules|trial|change)\.[a-z.]+[a-z])"', CODE))
    assert written <= STRINGS.keys()
    made = set(re.findall(r"word\(`([a-z.]+)\.\$\{", CODE)) | {"rules"}
    left = {key.removesuffix(".rules") for key in PRIVACY} - written
    assert [k for k in sorted(left) if k.rpartition(".")[0] not in made and k != "tab.privacy"] == []


def test_every_style_has_words_an_example_and_its_place_in_the_lists() -> None:
    styles = [str(style) for style in Style]
    assert {f"style.{style}" for style in styles} <= PRIVACY.keys()
    assert re.search(r"STYLES = \[(.*)\]", CODE)[1].replace('"', "").split(", ") == styles  # type: ignore[index]
    assert re.findall(r"(\w+): ", re.search(r"EXAMPLE = \{(.*)\}", CODE)[1]) == styles  # type: ignore[index]
