"""Which files a dropped path holds, and under which names."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ingest.walk import clean, files, ignored
from ragbox.errors import BadInput, NotFound
from ragbox.settings import Settings

IGNORE = Settings().ignore


def write(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(name)


def test_a_folder_gives_its_files_under_paths_relative_to_it(tmp_path: Path) -> None:
    write(tmp_path, "b.txt", "a/x.pdf", "a/子/年假.docx")
    assert [name for _, name in files([tmp_path], IGNORE)] == ["a/x.pdf", "a/子/年假.docx", "b.txt"]
    assert all(path.read_text() == name for path, name in files([tmp_path], IGNORE))


def test_a_file_gives_itself_under_its_own_name_even_if_ignored(tmp_path: Path) -> None:
    write(tmp_path, "deep/.hidden.txt")
    assert [n for _, n in files([tmp_path / "deep" / ".hidden.txt"], IGNORE)] == [".hidden.txt"]


def test_what_is_ignored_and_links_are_passed_over(tmp_path: Path) -> None:
    write(tmp_path, "a.txt", ".git/config", "~$a.docx", "b.part", "questions.jsonl", "c.tmp")
    (tmp_path / "link.txt").symlink_to(tmp_path / "a.txt")
    (tmp_path / "loop").symlink_to(tmp_path)
    assert [n for _, n in files([tmp_path], IGNORE)] == ["a.txt"]


def test_several_folders_give_paths_that_start_with_their_own_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, "A/x.pdf", "B/deep/x.pdf", "C/y.pdf")
    monkeypatch.chdir(tmp_path / "A")
    assert [n for _, n in files([Path(), tmp_path / "B"], IGNORE)] == ["A/x.pdf", "B/deep/x.pdf"]
    assert [n for _, n in files([tmp_path / "C", tmp_path / "A" / "x.pdf"], IGNORE)] == ["y.pdf", "x.pdf"]


@pytest.mark.parametrize("paths", [("1/A/x.pdf", "2/A/x.pdf"), ("1/A", "2/A"), ("1/A", "2/A/x.pdf")])
def test_two_paths_that_hold_the_same_name_are_refused(tmp_path: Path, paths: tuple[str, ...]) -> None:
    write(tmp_path, "1/A/x.pdf", "2/A/x.pdf")
    with pytest.raises(BadInput, match=r"both hold .*the folder that they lie in"):
        list(files([tmp_path / p for p in paths], IGNORE))


def test_a_folder_that_may_not_be_read_is_named_and_the_others_go_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("a/1.txt", "b/2.txt", "c/3.txt"):
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).write_text("x")
    within = Path.iterdir

    def iterdir(self: Path) -> Iterator[Path]:
        if self.name == "b":
            raise PermissionError(13, "Permission denied")
        return within(self)

    monkeypatch.setattr(Path, "iterdir", iterdir)
    assert [name for _, name in files([tmp_path], ())] == ["a/1.txt", "b", "c/3.txt"]


def test_what_is_not_there_is_not_found(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match=r"nothing\.pdf"):
        list(files([tmp_path / "nothing.pdf"], ()))


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("a/b.txt", "a/b.txt"),
        ("a\\b.txt", "a/b.txt"),
        ("/etc/passwd", "etc/passwd"),
        ("./a//b.txt", "a/b.txt"),
        ("e\u0301.txt", "é.txt"),
        ("a\x00b\n\x1b.txt", "ab.txt"),
        ("caf\udce9.txt", "caf.txt"),
        ("年假 (1).pdf", "年假 (1).pdf"),
    ],
)
def test_names_are_kept_clean(name: str, kept: str) -> None:
    assert clean(name) == kept


@pytest.mark.parametrize("name", ["", "/", ".", "..", "../a", "a/../../b", "..\\a", "\x00", "./."])
def test_names_that_are_none_or_climb_are_refused(name: str) -> None:
    with pytest.raises(BadInput):
        clean(name)


@pytest.mark.parametrize(
    ("name", "patterns", "found"),
    [("~$A.DOCX", IGNORE, True), ("THUMBS.DB", IGNORE, True), ("a.txt", IGNORE, False), ("a.txt", (), False),
     ("a.part.txt", ("*.part",), False), ("b.BAK", ("*.tmp", "*.bak"), True)],
)  # fmt: skip
def test_patterns_are_matched_whole_and_in_any_case(name: str, patterns: tuple[str, ...], found: bool) -> None:
    assert ignored(name, patterns) is found
