"""What the Admin page's tab about adapters says: words for every stage, act, measure and state of a training."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import web
from ragbox.adapters import activation, gate, registry, run
from web.strings import STRINGS
from web.strings_adapters import ADAPTERS

FILES = [*Path(web.__file__).parent.glob("static/admin-*.js")]
CODE = "".join(p.read_text("utf-8") for p in FILES)
FAMILIES = "adapter", "stage", "gate", "measure", "compare", "own", "training", "record", "act"


def test_every_word_of_the_tab_is_used_and_every_word_used_exists() -> None:
    written = set(re.findall(rf'"((?:{"|".join(FAMILIES)})\.[a-z.]+[a-z])"', CODE))
    assert written <= STRINGS.keys()
    # Keys that the script puts together of a family and a name that stands in it or comes from the box.
    made = set(re.findall(r"word\(`([a-z.]+)\.\$\{", CODE))
    left = {k.removesuffix(".one") for k in ADAPTERS} - written
    assert [k for k in sorted(left) if k.rpartition(".")[0] not in made and not k.startswith("tab.")] == []


def test_whatever_the_box_may_say_has_words() -> None:
    stages = {*activation.STAGES, "done", "failed", "refused"}
    assert {f"stage.{name}" for name in stages} <= ADAPTERS.keys()
    shares = {f.name for f in fields(gate.Score)} - {"key", "questions"}
    assert {f"measure.{name}" for name in shares} <= ADAPTERS.keys()
    states = set(re.findall(r'"([a-z]+)"', (run.Run.__doc__ or "").split("`done`")[0]))
    assert states == {"prepare", "train", "done", "failed", "cancelled"}
    assert {f"training.{name}" for name in states} <= ADAPTERS.keys()
    code = "".join(Path(str(module.__file__)).read_text("utf-8") for module in (registry, activation))
    acts = set(re.findall(r'(?:actor|BOX|actor\.name), "([a-z]+)"', code)) - {"manage"} | {"train"}
    assert {"add", "assign", "remove", "withdraw", "gate", "activate", "seen"} <= acts
    assert {f"act.{name}" for name in acts} <= ADAPTERS.keys()
