"""The doctor finds what is wrong, names the remedy, and changes nothing."""

from __future__ import annotations

import shutil
from collections import Counter
from pathlib import Path
from types import SimpleNamespace

import pytest

from ragbox import silence
from ragbox.box import Box
from ragbox.doctor import GIB, Check, examine
from tests.make import drop


@pytest.fixture(autouse=True)
def roomy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(silence, "_tried", Counter())
    monkeypatch.setattr("psutil.virtual_memory", lambda: SimpleNamespace(available=9 * GIB, total=24 * GIB))
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=90 * GIB))


def checks(box: Box) -> dict[str, Check]:
    return {c.part: c for c in examine(box)}


def test_a_sound_box_is_well_in_every_part(box: Box, tmp_path: Path) -> None:
    drop(box, tmp_path / "in", {"a.txt": "alpha"})
    found = checks(box)
    assert list(found) == ["processor", "memory", "disk", "sealing", "encoder", "indexes", "reading", "wire", "network"]
    assert all(c.well for c in found.values())
    assert "1 documents, 1 chunks, 0 changes" in found["indexes"].finding
    assert "fake:256:0" in found["encoder"].finding


def test_indexes_that_disagree_are_named(box: Box, tmp_path: Path) -> None:
    drop(box, tmp_path / "in", {"a.txt": "alpha"})
    box.dense.drop(box.library.collection("papers").id)
    found = checks(box)["indexes"]
    assert not found.well
    assert "papers: the record has 1 chunks, Chroma 0, tantivy 1. Run `ragbox rebuild`." in found.finding


def test_vectors_of_another_encoder_are_named(box: Box) -> None:
    box.library.claim_encoder(box.library.create_collection("old").id, "other:3:0")
    found = checks(box)["encoder"]
    assert not found.well
    assert "old" in found.finding
    assert "rebuild --encode" in found.finding


def test_a_call_home_is_named(box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(silence, "_tried", Counter({"telemetry.example.com": 3}))
    found = checks(box)["network"]
    assert (found.well, "telemetry.example.com (3)" in found.finding) == (False, True)


def test_little_memory_and_disk_are_named(box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("psutil.virtual_memory", lambda: SimpleNamespace(available=GIB, total=4 * GIB))
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=GIB))
    found = checks(box)
    assert not found["memory"].well
    assert not found["disk"].well
    assert "RAGBOX_DATA" in found["disk"].finding
