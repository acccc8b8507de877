"""The Ask page's states: what is shown while an answer grows and when it is done."""

from __future__ import annotations

from pathlib import Path

import pytest

from ragbox.box import Box
from ragbox.types import Actor
from tests.fakes import FakeEngine
from tests.make import drop
from web.pages.ask import states
from web.strings import LANGUAGES, say


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_empty_box_tells_how_to_fill_it_and_not_to_try_other_words(box: Box, admin: Actor, language: str) -> None:
    *_, (_, body) = states(box, language, admin, "Who painted it?", None)
    assert "ragbox ingest" in body
    assert say(language, "ask.refused") not in body


def test_only_the_boxs_own_marks_are_links_while_the_answer_grows_and_after(
    box: Box, admin: Actor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drop(box, tmp_path / "in", {"a.txt": "The notice period [1] is ninety days."})
    monkeypatch.setattr(box.answers, "_engine", FakeEngine())
    bodies = [body for _, body in states(box, "en", admin, "How long is the notice period?", None) if body]
    marked = [body for body in bodies if "class=cite" in body]
    assert len(marked) >= 2  # as it came, and as it is at the end
    for body in marked:
        assert body.count('href="#quote-1"') == 1
        assert "notice period [1] is ninety days.<a class=cite" in body
