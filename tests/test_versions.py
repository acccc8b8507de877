"""Immutable versions of anything: what the model store and the adapter store share; their tests show the rest."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ragbox.errors import BadInput, Rejected, Unavailable
from ragbox.versions import Versions, digest_of


@pytest.fixture
def versions(tmp_path: Path) -> Versions:
    return Versions(tmp_path / "data" / "owls", "owl")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "a.txt"
    path.write_text("one")
    return path


def about(_: Path) -> dict[str, Any]:
    return {"wise": True}


def test_the_same_files_are_one_version_named_by_their_digest(versions: Versions, file: Path) -> None:
    first = versions.put("barn", [file], about)
    assert versions.put("barn", [file], about) == first
    assert len(digest_of(first)) == 12
    file.write_text("two")
    second = versions.put("barn", [file], about)
    assert sorted(versions.folders()) == sorted([first, second])
    assert (first / "a.txt").read_text() == "one"
    versions.drop(second)
    assert versions.folders() == [first]


def test_what_is_said_of_the_copies_may_refuse_them(versions: Versions, file: Path) -> None:
    def refuse(copies: Path) -> dict[str, Any]:
        assert [p.name for p in copies.iterdir()] == ["a.txt"]
        raise Rejected("no")

    with pytest.raises(Rejected, match="no"):
        versions.put("barn", [file], refuse)
    assert list(versions.folder.iterdir()) == []


def test_errors_name_the_thing(versions: Versions, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(BadInput, match=r"'\.\./up' cannot name an owl"):
        versions.put("../up", [file], about)
    monkeypatch.setattr("shutil.disk_usage", lambda _: type("Usage", (), {"free": 1}))
    with pytest.raises(Unavailable, match=r"no room for barn: .* Remove an owl, or add disk"):
        versions.put("barn", [file], about)


def test_a_file_that_became_a_link_is_not_followed(versions: Versions, file: Path) -> None:
    file.rename(file.with_suffix(".other"))
    file.symlink_to(file.with_suffix(".other"))
    with pytest.raises(Unavailable, match=r"a\.txt cannot be copied: Too many levels of symbolic links"):
        versions.put("barn", [file], about)
    assert list(versions.folder.iterdir()) == []
