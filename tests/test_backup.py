"""A copy of the data folder without its indexes is a backup, as the README says."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from ragbox.box import Box
from ragbox.sealing import keys
from ragbox.settings import Settings
from tests.doors import furnish
from tests.fakes import FakeEncoder, FakeSandbox
from tests.test_sealed_box import seal

LEAVE = "How many days of annual leave do staff get?"


@pytest.mark.parametrize("sealed", [False, True], ids=["plain", "sealed"])
def test_a_copy_without_indexes_is_a_box_again_and_its_trail_is_whole(tmp_path: Path, sealed: bool) -> None:
    def opened(name: str) -> Box:
        key = {"seal_key_file": str(tmp_path / "key")} if sealed else {}
        box = Box(Settings(data=tmp_path / name, **key), encoder=FakeEncoder(), sandbox=FakeSandbox())
        if sealed and not (tmp_path / "key").exists():
            keys.make(tmp_path / "key")
            seal(box.settings.data, box.settings.secret)
        box.open()
        box.load()
        return box

    box = opened("data")
    furnish(box)
    box.audit.note("admin", "user.make", "rita")
    box.close()
    shutil.copytree(tmp_path / "data", tmp_path / "copy", ignore=shutil.ignore_patterns("chroma", "tantivy"))
    box = opened("copy")
    admin = box.auth.local()
    list(box.pipeline.rebuild(admin))
    assert [hit.document.file for hit in box.answers.search(admin, LEAVE, k=1)] == ["handbook.txt"]
    assert box.trail.check(admin).whole
    box.close()
