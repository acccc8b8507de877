"""What the Admin page's tab about models says: words for every state, and room told beside what a model needs."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

import web
from ragbox import llm, registry
from ragbox.engines import hf_load
from ragbox.settings import Settings
from web.strings import STRINGS
from web.strings_models import MODELS

CODE = "".join(p.read_text("utf-8") for p in Path(web.__file__).parent.glob("static/admin*.js"))


def test_every_word_of_the_tab_is_used_and_every_word_used_exists() -> None:
    written = set(re.findall(r'"((?:model|format|store|add|practice|work)\.[a-z.]+)"', CODE))
    assert written <= STRINGS.keys()
    # Keys that the script puts together of a family and a name that stands in it or comes from the box.
    families = {"tab.", "work.", "add.", *(f"model.{state}" for state in ("ready", "loading", "failed", "none"))}
    left = MODELS.keys() - written - {key for key in MODELS if key.startswith(tuple(families))}
    assert [key for key in sorted(left) if f'"{key.split(".")[1]}"' not in CODE] == []


def test_each_stage_of_the_work_and_each_state_of_the_model_has_words() -> None:
    stages = set(re.findall(r'"([a-z]+)"', (registry.Work.__doc__ or "").split("`done`")[0])) - {""}
    assert {f"work.{stage}" for stage in stages} <= MODELS.keys()
    states = set(re.findall(r'"([a-z]+)"', llm.State.__doc__ or ""))
    assert len(states) == 4
    assert {f"model.{state}" for state in states} <= MODELS.keys()


@pytest.mark.parametrize(
    ("given", "choice"),
    [
        ({}, "store"),
        ({"engine": "llamacpp"}, "store"),
        ({"engine": "extractive", "model": "/x"}, "none"),
        ({"model": "/x"}, "settings"),
        ({"remote_urls": ["http://10.0.0.1/v1"]}, "settings"),
        ({"engine": "hf", "remote_urls": ["http://10.0.0.1/v1"]}, "store"),
        ({"engine": "langchain"}, "settings"),
    ],
)
def test_it_is_told_what_says_which_model_answers(given: dict[str, Any], choice: str, tmp_path: Path) -> None:
    unused: Any = None
    made = registry.Registry(Settings(data=tmp_path, **given), unused, unused, unused, unused)
    assert made.choice == choice


def test_free_memory_and_the_way_back_are_told(as_: Callable[[str], TestClient]) -> None:
    found = as_("admin").get("/api/models").json()
    assert (found["choice"], found["earlier"]) == ("store", [])
    assert hf_load.place("cpu")[0] == "cpu"
    assert found["free"].keys() == {"device", "bytes"}
    assert found["free"]["bytes"] > 0
