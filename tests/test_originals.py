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
    assert kept(tmp_path) == [f"pending-{sha256}"]
    for _ in range(2):
        originals.settle(sha256)
        originals.add(tmp_path / "a.txt")
        assert kept(tmp_path) == [sha256]
    assert originals.path(sha256).read_bytes() == data


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
        originals.settle(hashes[-1])
    (tmp_path / "originals" / ".12-half.part").write_text("half")
    assert originals.sweep({hashes[0]}) == 2
    assert kept(tmp_path) == [hashes[0]]
    assert [p.name for p in (tmp_path / "unnamed").iterdir()] == [hashes[1]]  # aside, not away


@pytest.mark.parametrize("named", [True, False])
@pytest.mark.parametrize("stage", ["added", "doubted"])
def test_what_a_crash_left_pending_follows_the_record(
    originals: Originals, tmp_path: Path, stage: str, named: bool
) -> None:
    (tmp_path / "a").write_text("a")
    sha256, _ = originals.add(tmp_path / "a")
    if stage == "doubted":
        originals.settle(sha256)
        originals.doubt(sha256)
    assert originals.has(sha256)
    assert originals.sweep({sha256} if named else set()) == (not named)
    assert kept(tmp_path) == ([sha256] if named else [])
    assert not (tmp_path / "unnamed").exists()  # a removed document leaves no copy


def test_what_was_laid_aside_comes_back_with_its_record_or_goes_when_it_is_dropped_again(
    originals: Originals, tmp_path: Path
) -> None:
    hashes = []
    for name in ("a", "b"):
        (tmp_path / name).write_text(name)
        hashes.append(originals.add(tmp_path / name)[0])
        originals.settle(hashes[-1])
    assert originals.sweep(set()) == 2
    assert originals.sweep({hashes[0]}) == 0
    assert originals.path(hashes[0]).read_text() == "a"
    originals.add(tmp_path / "b")
    originals.settle(hashes[1])
    assert list((tmp_path / "unnamed").iterdir()) == []


def test_knows_the_free_space_before_the_first_file(originals: Originals) -> None:
    assert originals.free_bytes() > 0


def test_what_was_made_of_a_file_goes_with_it(originals: Originals, tmp_path: Path) -> None:
    hashes = []
    for name in ("a", "b", "c"):
        (tmp_path / name).write_text(name)
        hashes.append(originals.add(tmp_path / name)[0])
        originals.settle(hashes[-1])
        originals.made(hashes[-1]).mkdir(parents=True)
        (originals.made(hashes[-1]) / "page").write_text(name)
    originals.remove(hashes[0])
    originals.sweep({hashes[1]})
    assert [p.parent.name for p in (tmp_path / "cache").rglob("page")] == [hashes[1]]
