"""The folder mirror at work: it looks at the start, at events and by the hour, and ends when it is told to."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import watchfiles

from ingest import mirror as module
from ragbox.box import Box
from ragbox.errors import BadInput, Conflict, NotFound, NotPermitted
from ragbox.running import connect
from ragbox.settings import Settings
from ragbox.types import Actor
from tests.embeddings import PATH
from tests.mirrors import alarm, calm, held, mirrored, rested, until, write, written

ONE, TWO = "The notice period is ninety days.", "Cake on Friday."


@pytest.fixture
def start(settings: Settings) -> Iterator[Callable[..., Box]]:
    """Return a function that opens the box and starts its mirror."""
    made: list[Box] = []

    def begin(**given: Any) -> Box:
        for box in made:
            box.close()
        made[:] = [mirrored(settings, **{"mirror_settle_seconds": 0.1} | given)]
        made[0].mirror.start()
        return made[0]

    yield begin
    for box in made:
        box.close()


@pytest.fixture
def inbox(settings: Settings) -> Path:
    return settings.data / "inbox" / "papers"


def threads() -> set[str]:
    return {t.name for t in threading.enumerate() if t.name.startswith("mirror")}


def test_what_is_there_at_the_start_and_what_comes_is_taken_in(start: Callable[..., Box], inbox: Path) -> None:
    write(inbox, {"a.txt": ONE})
    box = start()
    calm(box, 1)
    write(inbox, {"deep/er/b.txt": TWO, "~$b.docx": "temporary"})
    calm(box, 2)
    write(inbox.parent, {"other/c.txt": "another collection"})
    calm(box, 3)
    assert (held(box), held(box, "other")) == (
        {"a.txt": ONE, "deep/er/b.txt": TWO}, {"c.txt": "another collection"},
    )  # fmt: skip


@pytest.mark.clock
def test_a_deleted_file_is_gone_from_the_answers_within_five_seconds_while_others_are_read(
    start: Callable[..., Box], inbox: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(inbox, {"a.txt": ONE, "b.txt": TWO})
    box = start()
    calm(box, 2)
    shelf = box.library.collection("papers").id
    document = box.library.find(shelf, "a.txt")
    assert document is not None
    going, parse = threading.Event(), box.sandbox.parse
    monkeypatch.setattr(box.sandbox, "parse", lambda *given: (going.wait(60), parse(*given))[1])
    write(inbox, {f"{n}.txt": f"number {n}" for n in range(10)})
    until(lambda: len(box.follower.taking()) == 10)
    (inbox / "a.txt").unlink()
    seconds = until(lambda: box.dense.count(shelf, document.id) == box.sparse.count(shelf, document.id) == 0)
    assert seconds < 5
    assert box.library.find(shelf, "a.txt") is None
    assert len(box.follower.taking()) == 10
    (inbox / "0.txt").unlink()  # under way: it goes when it has come
    write(inbox, {"1.txt": "changed meanwhile"})
    going.set()
    until(lambda: not box.follower.taking() and box.library.find(shelf, "0.txt") is None)
    calm(box, 10)
    assert held(box)["1.txt"] == "changed meanwhile"
    assert len(held(box)) == 10


def test_a_restart_reads_and_writes_nothing_and_finds_what_it_missed(start: Callable[..., Box], inbox: Path) -> None:
    write(inbox, {"a.txt": ONE, "b.txt": TWO})
    box = start()
    calm(box, 2)
    box = start()
    before = rested(box)
    until(lambda: bool(box.follower.places))
    calm(box, 2)
    assert written(box) == before
    box.close()
    (inbox / "a.txt").rename(inbox / "c.txt")
    (inbox / "b.txt").unlink()
    box = start()
    calm(box, 1)
    assert (held(box), box.sandbox.parsed) == ({"c.txt": ONE}, [])


def test_a_full_scan_finds_what_no_event_told(
    start: Callable[..., Box], inbox: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def silent(*_: Any, stop_event: threading.Event, **__: Any) -> Iterator[set[Any]]:
        while not stop_event.wait(0.05):
            yield set()

    monkeypatch.setattr(watchfiles, "watch", silent)
    write(inbox, {"a.txt": ONE, "b.txt": TWO})
    box = start(mirror_scan_seconds=0.5)
    calm(box, 2)
    (inbox / "a.txt").unlink()
    calm(box, 1)


def test_a_folder_made_between_the_first_scan_and_the_watch_is_seen(
    start: Callable[..., Box], inbox: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    watch = watchfiles.watch

    def late(*folders: Path, **given: Any) -> Any:
        if not inbox.exists():
            write(inbox, {"a.txt": ONE})
        return watch(*folders, **given)

    monkeypatch.setattr(watchfiles, "watch", late)
    calm(start(), 1)


def test_without_events_it_scans_every_minute_and_says_so(
    start: Callable[..., Box], inbox: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: Any, **__: Any) -> Any:
        raise OSError("OS file watch limit reached")

    monkeypatch.setattr(watchfiles, "watch", fail)
    monkeypatch.setattr(module, "BLIND_SECONDS", 0.3)
    box = start()
    write(inbox, {"a.txt": ONE})
    calm(box, 1)
    assert "max_user_watches" in caplog.text


def test_a_share_that_is_unmounted_and_mounted_again_is_followed_on(start: Callable[..., Box], inbox: Path) -> None:
    write(inbox, {"a.txt": ONE, "b.txt": TWO})
    box = start()
    calm(box, 2)
    away = inbox.parent.parent / "away"
    inbox.rename(away)
    inbox.mkdir()  # the bare mount point
    until(lambda: alarm(box) == "empty")
    assert len(held(box)) == 2
    inbox.rmdir()
    away.rename(inbox)
    until(lambda: alarm(box) == "")
    (inbox / "a.txt").unlink()
    calm(box, 1)
    assert held(box) == {"b.txt": TWO}
    assert len(box.sandbox.parsed) == 2


def test_a_scan_that_fails_does_not_end_the_mirror(
    start: Callable[..., Box], inbox: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    box = start()
    with monkeypatch.context() as patch:
        patch.setattr(box.follower, "_view", lambda *_: 1 / 0)
        write(inbox, {"a.txt": ONE})
        until(lambda: "ZeroDivisionError" in caplog.text)
    write(inbox, {"b.txt": TWO})
    calm(box, 2)


def test_at_rest_it_looks_at_folders_and_lists_none(
    start: Callable[..., Box], inbox: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(inbox, {"a.txt": ONE})
    box = start()
    calm(box, 1)
    looks: list[object] = []
    monkeypatch.setattr(box.follower, "look", lambda *given, **_: looks.append(given))

    def rests() -> bool:
        looks.clear()  # the events of what was written may still come
        threading.Event().wait(4 * module.TICK)
        return looks == []

    until(rests, 20)


def test_closing_is_quick_and_what_was_under_way_is_taken_in_at_the_next_start(
    start: Callable[..., Box], inbox: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    box = start()
    closed = threading.Event()

    def parse(*_: Any) -> None:
        closed.wait(60)
        raise Conflict("The pool is closed.")

    monkeypatch.setattr(box.sandbox, "parse", parse)
    monkeypatch.setattr(box.sandbox, "close", closed.set)
    write(inbox, {f"{n}.txt": f"number {n}" for n in range(10)})
    until(lambda: len(box.follower.taking()) == 10)
    box.close()
    assert threads() == set()
    box = start()
    calm(box, 10)
    assert held(box) == {f"{n}.txt": f"number {n}" for n in range(10)}


def test_any_other_folder_is_mirrored_by_setting(start: Callable[..., Box], tmp_path: Path) -> None:
    write(tmp_path / "share", {"a.txt": ONE})
    box = start(mirrors={tmp_path / "share": "papers", tmp_path / "nothing": "more"})
    calm(box, 1)
    assert held(box) == {"a.txt": ONE}
    shown = {m["folder"]: m for m in box.mirror.status()}
    assert shown[str(tmp_path / "share")]["collection"] == "papers"
    assert shown[str(tmp_path / "nothing")]["alarm"]["kind"] == "missing"
    write(tmp_path / "nothing", {"b.txt": TWO})
    calm(box, 2)
    assert held(box, "more") == {"b.txt": TWO}
    shutil.rmtree(tmp_path / "share")
    until(lambda: box.mirror.status()[-1]["alarm"] is not None)
    assert "(1) stay in the answers" in box.mirror.status()[-1]["alarm"]["text"]
    box = start()  # no longer in the settings: the documents stay
    assert (held(box), box.mirror.status()) == ({"a.txt": ONE}, [])


@pytest.mark.parametrize("folder", ["", "data", "data/inbox/papers", "data/originals"])
def test_a_folder_that_holds_the_boxs_own_files_is_refused(settings: Settings, tmp_path: Path, folder: str) -> None:
    box = mirrored(settings, mirrors={tmp_path / folder: "papers"})
    with pytest.raises(BadInput, match="RAGBOX_MIRRORS"):
        box.mirror.start()
    assert threads() == set()
    box.close()


def test_only_an_admin_confirms_and_only_what_is_mirrored(start: Callable[..., Box], admin: Actor) -> None:
    box = start()
    with pytest.raises(NotPermitted):
        box.mirror.confirm(Actor(name="edda", role="editor", collections=("*",)), "inbox/papers")
    with pytest.raises(NotFound, match="inbox/papers"):
        box.mirror.confirm(admin, "inbox/papers")


def test_links_out_of_the_folder_are_not_watched(start: Callable[..., Box], inbox: Path, tmp_path: Path) -> None:
    write(tmp_path / "out", {"secret.txt": "secret"})
    write(inbox, {"a.txt": ONE})
    (inbox / "out").symlink_to(tmp_path / "out")
    os.mkfifo(inbox / "pipe")
    box = start()
    calm(box, 1)
    assert held(box) == {"a.txt": ONE}
    assert {Path(p) for p in box.mirror._folders()} == {inbox.parent, inbox}
    assert {r["file"] for r in box.mirror.status()[0]["reasons"]} == {"out", "pipe"}


def test_a_command_without_a_server_shows_the_mirrors_and_starts_none(
    start: Callable[..., Box], inbox: Path, settings: Settings
) -> None:
    write(inbox, {"a.txt": ONE})
    box = start()
    calm(box, 1)
    box.close()
    write(inbox, {"b.txt": TWO})
    with connect(settings.model_copy(update={"encoder": PATH}), load=False) as client:
        (shown,) = client.status()["mirrors"]
        assert (shown["folder"], shown["files"], threads()) == ("inbox/papers", 1, set())
