"""Adapters in use: one that does badly is taken out of use by itself, recorded and told; noise takes nobody out."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ragbox.adapters.live import Live
from ragbox.adapters.records import BOX
from ragbox.box import Box
from ragbox.errors import NotPermitted
from ragbox.settings import Settings
from ragbox.turns import Feedback, Turn
from ragbox.types import Answer
from tests.adapter_box import adapter_box, archive
from tests.doors import furnish

LIMITS = {"unsupported": 0.25, "bad": 0.5}
FEW = 200
"""Answers within which one that is far beyond its limit has to be found."""


@pytest.fixture
def box(settings: Settings) -> Iterator[Box]:
    made, _ = adapter_box(settings.data)
    made.open()
    made.load()
    furnish(made)
    yield made
    made.close()


def answer(key: str, **more: str) -> Answer:
    return replace(Answer(text="a", refused=False, citations=(), hits=(), timings={}, adapter=key), **more)


def turn(number: int, key: str, thumb: str) -> Turn:
    return Turn(
        id=f"t{number}", question="q", collection="", asked_at=datetime.now(UTC), answer=answer(key), stopped=False,
        feedback=Feedback(thumb=thumb),
    )  # fmt: skip


def use(box: Box, tmp_path: Path, *names: str) -> list[str]:
    keys = [box.adapters.add(box.auth.local(), archive(tmp_path, name)).key for name in names]
    for key in keys:
        box.adapter_store.activate(key)
        box.live.switched(key, None)
    return keys


def test_planted_unsupported_sentences_bring_the_former_one_back(box: Box, tmp_path: Path) -> None:
    old, new = use(box, tmp_path, "rich", "poor")
    box.adapter_store.assign(box.library.collection("hr").id, new)
    for _ in range(FEW):
        box.live.answered(answer(new), 1, 3)
    assert (box.adapter_store.current(), box.adapter_store.assigned()) == (old, {})
    notice = box.adapters.notice()
    assert notice is not None
    assert (notice.actor, notice.act, notice.object) == (BOX, "withdraw", new)
    assert "are not supported" in notice.reason
    assert notice.detail == {"collections": ["hr"], "now": old}
    assert [f.text for f in box.metrics.failures() if "taken out of use" in f.text] != []
    assert len([r for r in box.adapters.records(box.auth.local()) if r.act == "withdraw"]) == 1  # and not once more
    box.adapters.seen(box.auth.local())
    assert box.adapters.notice() is None


def test_planted_thumbs_down_do_so_too_and_each_answer_counts_once(box: Box, tmp_path: Path) -> None:
    old, new = use(box, tmp_path, "rich", "poor")
    for _ in range(FEW):
        box.live.judged(turn(1, new, "down"))
    assert box.adapter_store.current() == new
    for number in range(FEW):
        box.live.judged(turn(number, new, "down"))
    assert box.adapter_store.current() == old


def test_a_collections_own_adapter_is_taken_from_it(box: Box, tmp_path: Path) -> None:
    old, new = use(box, tmp_path, "poor", "rich")
    box.adapter_store.assign(box.library.collection("hr").id, old)
    for _ in range(FEW):
        box.live.answered(answer(old), 0, 1)
    assert (box.adapter_store.current(), box.adapter_store.assigned()) == (new, {})


def test_where_the_former_one_is_damaged_the_bare_model_answers(box: Box, tmp_path: Path) -> None:
    old, new = use(box, tmp_path, "rich", "poor")
    (box.adapter_store.find(old).folder / "evil.py").write_text("x")
    box.adapters.withdraw(new, "bad")
    assert box.adapter_store.current() == ""


def test_noise_and_answers_of_the_fallback_take_nobody_out(box: Box, tmp_path: Path) -> None:
    (key,) = use(box, tmp_path, "rich")
    chance = random.Random(1)
    for _ in range(1000):
        box.live.answered(answer(key), 4, int(chance.random() < 0.2))
        box.live.answered(answer("", bare="no room"), 0, 4)
        box.live.answered(answer(key, fallback="out of memory"), 0, 4)
    for _ in range(FEW):
        box.live.answered(answer(""), 0, 1)  # nothing can be taken from the bare model
    assert box.adapter_store.current() == key


def test_the_tallies_outlast_a_restart_and_damaged_ones_do_not_stop_it(tmp_path: Path) -> None:
    taken: list[str] = []

    def live() -> Live:
        made = Live(tmp_path / "watch.json", lambda key, _: taken.append(key), **LIMITS)
        made.load()
        return made

    for _ in range(FEW):
        now = live()
        now.answered(answer("a@1"), 0, 1)
        now.close()
        if taken:
            break
    assert taken == ["a@1"]
    (tmp_path / "watch.json").write_text("[1]")
    live().answered(answer("b@1"), 1, 0)


def test_a_box_that_is_opened_for_a_command_alone_keeps_the_tallies(settings: Settings, tmp_path: Path) -> None:
    first, _ = adapter_box(settings.data)
    first.open()
    (key,) = use(first, tmp_path, "rich")
    for _ in range(7):
        first.live.answered(answer(key), 1, 0)
    first.close()
    second, _ = adapter_box(settings.data)
    second.open()
    second.adapters.rollback(second.auth.local())
    second.close()
    kept = json.loads((settings.data / "adapters" / "watch.json").read_text())
    assert (kept[key]["sentences"]["count"], "" in kept) == (7, True)


def test_only_an_admin_does_anything(box: Box) -> None:
    rita = box.auth.user("rita")
    for act in (
        lambda: box.adapters.activate(rita, "x"), lambda: box.adapters.rollback(rita), lambda: box.adapters.seen(rita),
        lambda: box.adapters.assign(rita, "hr", ""), lambda: box.adapters.remove(rita, "x", "1"),
        lambda: box.adapters.add(rita, Path("/x")), lambda: box.adapters.deactivate(rita),
        lambda: box.adapters.cancel(rita), lambda: box.adapters.keep_questions(rita, ""),
        lambda: box.adapters.records(rita), lambda: box.adapters.verify(rita, "x", "1"),
    ):  # fmt: skip
        with pytest.raises(NotPermitted):
            act()
