"""The dropped files: named by their bytes, written whole or not at all."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from ragbox.errors import NotFound
from ragbox.originals import Originals


@pytest.fixture
def originals(tmp_path: Path) -> Originals:
    return Originals(tmp_path / "originals")


def kept(folder: Path) -> list[str]:
    return sorted(p.name for p in (folder / "originals").rglob("*") if p.is_file())


def test_a_file_is_kept_under_the_hash_of_its_bytes(originals: Originals, tmp_path: Path) -> None:
    data = b"x" * 3_000_000 + "年假".encode()
    (tmp_path / "a.txt").write_bytes(data)
    sha256, size = originals.add(tmp_path / "a.txt")
    assert (sha256, size) == (hashlib.sha256(data).hexdigest(), len(data))
    assert originals.path(sha256).read_bytes() == data
    originals.add(tmp_path / "a.txt")
    assert kept(tmp_path) == [sha256]


def test_a_copy_that_breaks_off_leaves_nothing(
    originals: Originals, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.txt").write_text("text")

    def fail(_: int) -> None:
        raise OSError("no space left")

    monkeypatch.setattr("os.fsync", fail)
    with pytest.raises(OSError, match="no space"):
        originals.add(tmp_path / "a.txt")
    assert kept(tmp_path) == []


def test_what_is_removed_is_gone_and_may_be_removed_again(originals: Originals, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("text")
    sha256, _ = originals.add(tmp_path / "a.txt")
    for _ in range(2):
        originals.remove(sha256)
    with pytest.raises(NotFound, match=sha256[:12]):
        originals.path(sha256)


def test_a_sweep_leaves_only_what_is_named(originals: Originals, tmp_path: Path) -> None:
    assert originals.sweep(set()) == 0  # no folder yet
    hashes = []
    for name in ("a", "b"):
        (tmp_path / name).write_text(name)
        hashes.append(originals.add(tmp_path / name)[0])
    (tmp_path / "originals" / ".12-half.part").write_text("half")
    assert originals.sweep({hashes[0]}) == 2
    assert kept(tmp_path) == [hashes[0]]
    assert [p.name for p in (tmp_path / "unnamed").iterdir()] == [hashes[1]]  # aside, not away


def test_knows_the_free_space_before_the_first_file(originals: Originals) -> None:
    assert originals.free_bytes() > 0
