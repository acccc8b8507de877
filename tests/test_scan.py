"""What a mirrored folder holds, what differs from before, and when its emptiness is an alarm."""

from __future__ import annotations

import os
import shutil
import unicodedata
from collections.abc import Sequence
from pathlib import Path

import pytest

from ingest import scan as module
from ingest.scan import Found, Scan, being_written, differing, identity, opened, places, plan, scan
from ragbox.mirrors import Entry
from ragbox.settings import Settings

IGNORE = Settings().ignore
STAMP = (1, 1, 1)


def write(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(name)


def seen(*names: str, where: str = "1:1", unread: Sequence[str] = ()) -> Scan:
    files = {n: Found(name=n, path=Path("/in") / n, stamp=STAMP) for n in names}
    return Scan(identity=where, files=files, unread=list(unread))


def known(*names: str) -> dict[str, Entry]:
    return {n: Entry(file=n, stamp=STAMP, sha256=f"sha of {n}") for n in names}


def test_files_have_names_relative_to_the_folder_and_all_folders_are_watched(tmp_path: Path) -> None:
    write(tmp_path, "b.txt", "a/子/年假.docx", "a/x.pdf")
    (tmp_path / "empty").mkdir()
    found = scan(tmp_path, IGNORE)
    assert sorted(found.files) == ["a/x.pdf", "a/子/年假.docx", "b.txt"]
    assert found.files["b.txt"].stamp[0] == 5
    assert set(found.folders) == {tmp_path, tmp_path / "a", tmp_path / "a" / "子", tmp_path / "empty"}
    assert found.identity == found.folders[tmp_path] == identity(tmp_path)


@pytest.mark.parametrize(
    "name",
    [".hidden", "~$x.docx", "a.part", "a.crdownload", "a.TMP", ".a.txt.swp", "b.swp", "Thumbs.db", "THUMBS.DB",
     ".DS_Store", "c.txt~", ".git/config", "#recycle/a.pdf", "@eaDir/a.pdf"],
)  # fmt: skip
def test_temporary_and_hidden_names_are_passed_over(tmp_path: Path, name: str) -> None:
    write(tmp_path, name, "a.txt")
    assert list(scan(tmp_path, IGNORE).files) == ["a.txt"]


def test_links_and_special_files_are_refused_and_not_followed(tmp_path: Path) -> None:
    write(tmp_path, "out/secret.txt", "in/a.txt")
    (tmp_path / "in" / "link.txt").symlink_to(tmp_path / "out" / "secret.txt")
    (tmp_path / "in" / "folder").symlink_to(tmp_path / "out")
    (tmp_path / "in" / "loop").symlink_to(tmp_path / "in")
    os.mkfifo(tmp_path / "in" / "pipe")
    found = scan(tmp_path / "in", IGNORE)
    assert list(found.files) == ["a.txt"]
    assert set(found.folders) == {tmp_path / "in"}
    assert {n: "link" in e.reason for n, e in found.refused.items()} == {
        "link.txt": True, "folder": True, "loop": True, "pipe": False,
    }  # fmt: skip


def test_names_are_composed_and_a_second_one_that_is_the_same_then_is_refused(tmp_path: Path) -> None:
    write(tmp_path, unicodedata.normalize("NFD", "Übersicht.txt"))
    assert list(scan(tmp_path, IGNORE).files) == ["Übersicht.txt"]
    write(tmp_path, "Übersicht.txt")
    twice = scan(tmp_path, IGNORE)
    assert list(twice.files) == ["Übersicht.txt"]
    assert [e.reason.split()[-2:] for e in twice.refused.values()] == [["Rename", "one."]]
    (tmp_path / os.fsdecode(b"\x01")).write_text("a name of which nothing is left")
    assert len(scan(tmp_path, IGNORE).refused) == 2


def test_a_folder_that_cannot_be_listed_hides_its_files_and_deletes_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mac = unicodedata.normalize("NFD", "Résumés")
    write(tmp_path, f"{mac}/x.txt", "b.txt")
    whole, listing = scan(tmp_path, IGNORE), os.scandir

    def fail(path: Path) -> object:
        if Path(path).name == mac:
            raise PermissionError(13, "Permission denied")
        return listing(path)

    with monkeypatch.context() as patched:  # not to the end: pytest lists the folder to delete it
        patched.setattr(module.os, "scandir", fail)
        found = scan(tmp_path, IGNORE)
    assert (list(found.files), found.unread) == (["b.txt"], ["Résumés/"])
    made = plan(found, {n: Entry(file=n, stamp=f.stamp, sha256=n) for n, f in whole.files.items()})
    assert (made.gone, made.alarm) == ((), "")


def test_no_folder_and_one_that_is_a_file_have_no_identity(tmp_path: Path) -> None:
    write(tmp_path, "file")
    assert scan(tmp_path / "nothing", IGNORE) == scan(tmp_path / "file", IGNORE) == Scan()


def test_a_folder_that_is_swapped_while_it_is_listed_is_not_believed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, "a.txt")
    answers = iter(["1:1", "1:1", "2:1"])
    monkeypatch.setattr(module, "identity", lambda _: next(answers))
    found = scan(tmp_path, IGNORE)
    assert (found.files, found.unread) == ({}, [""])
    assert plan(found, known("a.txt", "b.txt")).gone == ()


def test_new_changed_and_gone_files_are_told_apart() -> None:
    before = known("same", "changed", "gone") | {"refused": Entry(file="refused", stamp=STAMP, reason="why")}
    before["changed"] = Entry(file="changed", stamp=(2, 2, 2), sha256="old")
    found = seen("same", "changed", "new", "refused")
    assert [f.name for f in differing(found, before)] == ["changed", "new"]
    assert [f.name for f in differing(found, before, found.files)] == ["changed", "new", "refused"]
    assert plan(found, before, "1:1").gone == ("gone",)


def test_a_file_in_whose_place_a_link_is_put_goes() -> None:
    found = seen("b")
    found.refused["a"] = Entry(file="a", stamp=STAMP, reason="a link")
    made = plan(found, known("a", "b"))
    assert (made.gone, made.refused) == (("a",), (found.refused["a"],))
    assert plan(found, known("b") | found.refused).refused == ()


@pytest.mark.parametrize(
    ("found", "names", "before", "alarm"),
    [
        (seen(where=""), "a", "1:1", "vanished"),
        (seen(), "ab", "1:1", "empty"),
        (seen(), "a", "1:1", ""),  # the last file may be deleted
        (seen(), "a", "2:1", "empty"),  # but not by a share that is not mounted
        (seen("x"), "ab", "2:1", "replaced"),
        (seen("x"), "ab", "1:1", ""),
        (seen("a"), "abcdef", "2:1", ""),
        (seen(unread=[""]), "a", "1:1", "unreadable"),
        (seen(where=""), "", "1:1", ""),
        (seen(), "ab", "", "empty"),
    ],
)
def test_what_is_an_alarm(found: Scan, names: str, before: str, alarm: str) -> None:
    made = plan(found, known(*names), before)
    assert made.alarm == alarm
    assert made.gone == (() if alarm else tuple(n for n in names if n not in found.files))


def test_an_alarm_lasts_until_half_is_back_or_it_is_confirmed() -> None:
    for names, alarm in (("", "empty"), ("x", "vanished"), ("ax", "vanished"), ("ab", "")):
        made = plan(seen(*names), known(*"abcd"), "1:1", "vanished")
        assert (made.alarm, made.gone) == (alarm, () if alarm else ("c", "d"))
    assert plan(seen(), known(*"abcd"), "1:1", "empty", confirmed=True).gone == ("a", "b", "c", "d")
    assert plan(seen(unread=[""]), known("a"), "1:1", "", confirmed=True).gone == ()


def test_files_that_turned_up_elsewhere_are_not_lost() -> None:
    moved = {e.sha256 for e in known("a", "b").values()}
    assert plan(seen(where=""), known("a", "b"), "1:1", moved=moved).gone == ("a", "b")
    assert plan(seen(where=""), known("a", "b", "c"), "1:1", moved=moved).alarm == "vanished"


def test_the_folders_of_the_inbox_and_of_the_settings_are_mirrored(tmp_path: Path) -> None:
    write(tmp_path, "in/papers/a.txt", "in/loose.txt", "in/.hidden/x", "else/b.txt")
    (tmp_path / "in" / "link").symlink_to(tmp_path / "else")
    found, loose = places(tmp_path / "in", {tmp_path / "else": "other"}, {"inbox/gone", "/old"}, IGNORE)
    assert {p.key: (p.folder, p.name) for p in found} == {
        "inbox/papers": (tmp_path / "in" / "papers", "papers"),
        "inbox/gone": (tmp_path / "in" / "gone", "gone"),
        str(tmp_path / "else"): (tmp_path / "else", "other"),
    }
    assert set(loose) == {"loose.txt", "link"}
    assert places(tmp_path / "nothing", {}, set(), IGNORE) == ([], {})


def test_a_file_that_is_swapped_for_a_link_is_not_opened(tmp_path: Path) -> None:
    write(tmp_path, "secret.txt", "in/a.txt", "in/sub/b.txt")
    (one, two) = sorted(scan(tmp_path / "in", ()).files.values(), key=lambda f: f.name)
    with opened(one) as (path, stamp):
        assert (path.read_text(), stamp) == ("in/a.txt", one.stamp)
    one.path.unlink()
    one.path.symlink_to(tmp_path / "secret.txt")
    shutil.move(tmp_path / "in" / "sub", tmp_path / "sub")
    (tmp_path / "in" / "sub").symlink_to(tmp_path / "sub")
    for found in (one, two):
        with pytest.raises(OSError, match=r"."), opened(found):
            pass
    one.path.unlink()
    os.mkfifo(one.path)
    with pytest.raises(FileNotFoundError), opened(one):
        pass


def test_a_file_that_is_open_for_writing_is_told(tmp_path: Path) -> None:
    write(tmp_path, "a.txt")
    (found,) = scan(tmp_path, ()).files.values()
    with found.path.open("a"):
        assert being_written(found)
    with found.path.open():
        assert not being_written(found)
    found.path.unlink()
    assert not being_written(found)
