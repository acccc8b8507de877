"""The record follows mirrored folders: what is new, changed, renamed, deleted, and whose it is."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from ingest import follow as module
from ragbox.box import Box
from ragbox.errors import Conflict
from ragbox.settings import Settings
from ragbox.types import Actor, Status
from tests.mirrors import alarm, follow, held, mirrored, write, written

ONE, TWO = "The notice period is ninety days.", "Cake on Friday."


@pytest.fixture
def box(settings: Settings) -> Iterator[Box]:
    made = mirrored(settings)
    yield made
    made.close()


@pytest.fixture
def inbox(box: Box) -> Path:
    """The folder of the collection `papers`, with two files that are taken in."""
    folder = box.settings.data / "inbox" / "papers"
    write(folder, {"a.txt": ONE, "sub/b.txt": TWO})
    follow(box)
    return folder


def upload(box: Box, path: Path, file: str, text: str) -> Status:
    path.write_text(text)
    return box.pipeline.ingest(box.auth.local(), path, file=file, collection="papers").status


@pytest.mark.usefixtures("inbox")
def test_a_folder_becomes_a_collection_and_a_second_scan_writes_nothing(box: Box) -> None:
    assert held(box) == {"a.txt": ONE, "sub/b.txt": TWO}
    assert {d.added_by for d in box.library.documents()} == {"folder mirror"}
    before = written(box)
    follow(box, retry=True)
    assert written(box) == before


def test_a_changed_file_takes_the_place_of_the_old(box: Box, inbox: Path) -> None:
    write(inbox, {"a.txt": "Holidays are thirty days."})
    follow(box)
    assert held(box) == {"a.txt": "Holidays are thirty days.", "sub/b.txt": TWO}


def test_a_deleted_file_is_gone_from_both_indexes(box: Box, inbox: Path, admin: Actor) -> None:
    shelf = box.library.collection("papers").id
    gone = box.library.find(shelf, "a.txt")
    assert gone is not None
    assert box.dense.count(shelf, gone.id) == box.sparse.count(shelf, gone.id) == 1
    (inbox / "a.txt").unlink()
    follow(box)
    assert box.dense.count(shelf, gone.id) == box.sparse.count(shelf, gone.id) == 0
    assert [h.document.file for h in box.answers.search(admin, "notice period", k=50)] == ["sub/b.txt"]
    assert held(box) == {"sub/b.txt": TWO}
    (inbox / "sub" / "b.txt").unlink()  # the last one may go too
    follow(box)
    assert (held(box), alarm(box)) == ({}, "")


def test_a_renamed_or_moved_file_is_not_read_again(box: Box, inbox: Path) -> None:
    parsed, encoded = list(box.sandbox.parsed), len(box.encoder.encoded)
    for old, new in (("a.txt", "A.txt"), ("A.txt", "sub/c.txt"), ("sub", "Sub"), ("Sub/b.txt", "b.txt")):
        (inbox / old).rename(inbox / new)
        follow(box)
    assert held(box) == {"Sub/c.txt": ONE, "b.txt": TWO}
    for old, new in (("b.txt", "x"), ("Sub/c.txt", "b.txt"), ("x", "Sub/c.txt")):  # they change places
        (inbox / old).rename(inbox / new)
    follow(box)
    assert held(box) == {"Sub/c.txt": TWO, "b.txt": ONE}
    assert (box.sandbox.parsed, len(box.encoder.encoded)) == (parsed, encoded)
    assert len(box.mirrors.entries(box.mirrors.all()[0].id)) == 2


def test_a_copy_is_the_same_document_until_its_last_name_goes(box: Box, inbox: Path) -> None:
    shutil.copy(inbox / "a.txt", inbox / "copy.txt")
    follow(box)
    assert (len(box.library.documents()), len(box.sandbox.parsed)) == (2, 2)
    (inbox / "a.txt").unlink()
    follow(box)
    assert held(box) == {"copy.txt": ONE, "sub/b.txt": TWO}


def test_a_file_that_is_being_written_waits_for_its_end(box: Box, inbox: Path) -> None:
    with (inbox / "slow.txt").open("w") as stream:
        stream.write("First half. ")
        stream.flush()
        box.follower.look()
        assert box.follower.taking() == {}
        stream.write("Second half.")
    (waiting,) = box.follower.waiting["inbox/papers"].values()
    waiting.due = 0
    follow(box)
    assert held(box)["slow.txt"] == "First half. Second half."


def test_where_nobody_tells_a_half_file_is_taken_in_again_when_it_grows(
    box: Box, inbox: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "being_written", lambda _: False)
    for text in ("First half.", "First half. Second half."):
        write(inbox, {"slow.txt": text})
        follow(box)
        assert held(box)["slow.txt"] == text
    assert len(box.library.documents()) == 3


def test_a_file_that_does_not_stand_still_is_not_taken_in(settings: Settings) -> None:
    box = mirrored(settings, mirror_settle_seconds=60.0)
    write(settings.data / "inbox" / "papers", {"a.txt": ONE})
    follow(box)
    (shown,) = box.mirror.status()
    assert (held(box), shown["waiting"], shown["taking"]) == ({}, 1, 0)
    box.close()


def test_a_folder_that_vanishes_or_is_empty_at_once_deletes_nothing(box: Box, inbox: Path) -> None:
    whole, aside = held(box), inbox.with_name(".aside")
    for empty, kind in ((False, "vanished"), (True, "empty")):
        inbox.rename(aside)
        if empty:
            inbox.mkdir()
        follow(box)
        assert (held(box), alarm(box)) == (whole, kind)
        write(inbox, {"new.txt": "What comes meanwhile is taken in."})
        follow(box)
        assert (len(held(box)), alarm(box)) == (3, "replaced")
        shutil.rmtree(inbox)
        aside.rename(inbox)
        follow(box)
        assert (held(box), alarm(box)) == (whole, "")
    assert len(box.sandbox.parsed) == 4  # what came back was not read again


def test_what_an_alarm_keeps_goes_when_an_admin_confirms(box: Box, inbox: Path, admin: Actor) -> None:
    shutil.rmtree(inbox)
    follow(box)
    assert box.mirror.confirm(admin, "inbox/papers") == 2
    assert (held(box), box.mirror.status()) == ({}, [])


def test_a_folder_that_is_renamed_is_no_alarm(box: Box, inbox: Path) -> None:
    inbox.rename(inbox.with_name("contracts"))
    follow(box)
    assert (held(box), held(box, "contracts"), alarm(box)) == ({}, {"a.txt": ONE, "sub/b.txt": TWO}, "")


def test_what_people_put_there_is_never_the_mirrors(box: Box, inbox: Path, tmp_path: Path) -> None:
    assert upload(box, tmp_path / "u", "mine.txt", "By hand.") is Status.INDEXED
    assert upload(box, tmp_path / "u", "a.txt", ONE) is Status.UNCHANGED  # now it is the uploader's
    assert upload(box, tmp_path / "u", "sub/b.txt", "Replaced by hand.") is Status.INDEXED
    write(inbox, {"mine.txt": "From the folder."})
    follow(box)
    assert held(box) == {"a.txt": ONE, "sub/b.txt": "Replaced by hand.", "mine.txt": "By hand."}
    (shown,) = box.mirror.status()
    assert (shown["refused"], shown["reasons"][0]["file"]) == (1, "mine.txt")
    assert "added by hand" in shown["reasons"][0]["reason"]
    shutil.rmtree(inbox)
    follow(box)
    box.mirror.confirm(box.auth.local(), "inbox/papers")
    assert set(held(box)) == {"a.txt", "sub/b.txt", "mine.txt"}


def test_a_refused_file_is_taken_in_when_its_name_is_free(box: Box, inbox: Path, tmp_path: Path) -> None:
    upload(box, tmp_path / "u", "mine.txt", "By hand.")
    write(inbox, {"mine.txt": "From the folder."})
    follow(box)
    document = box.library.find(box.library.collection("papers").id, "mine.txt")
    assert document is not None
    box.pipeline.remove(box.auth.local(), document.id)
    follow(box, retry=True)
    assert held(box)["mine.txt"] == "From the folder."


def test_what_a_person_deletes_stays_away_until_its_file_changes(box: Box, inbox: Path, admin: Actor) -> None:
    document = box.library.find(box.library.collection("papers").id, "a.txt")
    assert document is not None
    box.pipeline.remove(admin, document.id)
    follow(box, retry=True)
    (inbox / "a.txt").rename(inbox / "c.txt")
    follow(box)
    assert held(box) == {"sub/b.txt": TWO}
    (inbox / "c.txt").touch()
    follow(box)
    assert held(box) == {"c.txt": ONE, "sub/b.txt": TWO}


def test_a_deleted_collection_is_not_brought_back_unless_an_admin_says_so(box: Box, inbox: Path, admin: Actor) -> None:
    box.shelf.drop(admin, "papers")
    write(inbox, {"new.txt": "new"})
    follow(box, retry=True)
    assert (held(box), alarm(box)) == ({}, "dropped")
    box.mirror.confirm(admin, "inbox/papers")
    follow(box)
    assert (len(held(box)), alarm(box)) == (3, "")


def test_a_folder_keeps_its_collection_when_that_is_renamed(box: Box, inbox: Path) -> None:
    with box.db.write() as db:
        db.execute("UPDATE collections SET name = 'deeds'")
    write(inbox, {"a.txt": "changed", "c.txt": "new"})
    follow(box)
    assert held(box, "deeds") == {"a.txt": "changed", "c.txt": "new", "sub/b.txt": TWO}
    assert [c.name for c in box.library.collections()] == ["deeds"]


def test_what_waits_follows_its_collection_and_not_its_name(box: Box, inbox: Path, admin: Actor) -> None:
    gate = threading.Event()
    box.follower.pool = pool = ThreadPoolExecutor(1)
    pool.submit(gate.wait, 20)
    write(inbox, {"c.txt": "new"})
    box.follower.look()
    box.shelf.rename(admin, "papers", "deeds")
    box.library.create_collection("papers")
    gate.set()
    follow(box)
    assert (set(held(box, "deeds")), held(box)) == ({"a.txt", "sub/b.txt", "c.txt"}, {})
    gate.clear()
    pool.submit(gate.wait, 20)
    write(inbox, {"d.txt": "newer"})
    box.follower.look()
    box.shelf.drop(admin, "deeds")
    gate.set()
    follow(box)
    assert (held(box), alarm(box)) == ({}, "dropped")


def test_a_name_changes_in_its_collection_though_that_is_renamed_meanwhile(
    box: Box, inbox: Path, admin: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    (inbox / "a.txt").rename(inbox / "A.txt")

    def plan(*given: Any, **how: Any) -> Any:
        box.shelf.rename(admin, "papers", "deeds")
        box.library.create_collection("papers")
        return planned(*given, **how)

    planned = module.plan
    monkeypatch.setattr(module, "plan", plan)
    box.follower.look()
    assert held(box, "deeds") == {"A.txt": ONE, "sub/b.txt": TWO}


def test_two_folders_of_one_collection_share_no_name(settings: Settings, tmp_path: Path) -> None:
    box = mirrored(settings, mirrors={tmp_path / "one": "papers", tmp_path / "two": "papers"})
    write(tmp_path, {"one/a.txt": ONE, "two/b.txt": TWO})
    follow(box)
    write(tmp_path, {"two/a.txt": "Another a."})
    follow(box)
    assert held(box) == {"a.txt": ONE, "b.txt": TWO}
    (tmp_path / "two" / "a.txt").unlink()
    follow(box)
    assert held(box) == {"a.txt": ONE, "b.txt": TWO}
    box.close()


def test_one_bad_file_stops_no_other(box: Box, inbox: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ingest = box.pipeline.ingest

    def fail(actor: Actor, path: Path, *, file: str, collection: str) -> Any:
        if file in broken:
            raise broken[file]
        return ingest(actor, path, file=file, collection=collection)

    broken = {"c.txt": Conflict("The encoder is another one."), "d.txt": OSError(5, "Input/output error")}
    monkeypatch.setattr(box.pipeline, "ingest", fail)
    write(inbox, {"c.txt": "c", "d.txt": "d", "e.txt": "REJECT this", "f.txt": "f"})
    follow(box)
    (shown,) = box.mirror.status()
    assert {r["file"]: r["reason"].split(".")[0] for r in shown["reasons"]} == {
        "c.txt": "The encoder is another one", "d.txt": "d",
    }  # fmt: skip
    assert held(box) == {"a.txt": ONE, "sub/b.txt": TWO, "e.txt": "", "f.txt": "f"}
    broken.clear()
    follow(box, retry=True)
    assert {"c.txt", "d.txt"} < set(held(box))


def test_one_bad_folder_stops_no_other(box: Box, inbox: Path) -> None:
    write(inbox.parent, {"bad!name/a.txt": "x", "good/a.txt": "y", "loose.txt": "z"})
    follow(box)
    assert held(box, "good") == {"a.txt": "y"}
    shown = {m["folder"]: [r["reason"] for r in m["reasons"]] for m in box.mirror.status() if m["reasons"]}
    assert set(shown) == {"inbox/bad!name", "inbox"}
    assert "cannot name a collection" in shown["inbox/bad!name"][0]
    assert "lies beside" in shown["inbox"][0]
