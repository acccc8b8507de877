"""No half document stays half: trips of the same bytes side by side, moved and deleted parts, restarts, cancelling."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ragbox.box import Box
from ragbox.errors import Conflict, NotFound, Unavailable
from ragbox.settings import Settings
from ragbox.types import Actor, IngestResult, Status
from tests.fakes import FakeEncoder, FakeSandbox
from tests.make import drop
from tests.mirrors import follow, mirrored, write
from tests.test_parts import LONG, ending, only, originals, short, stop
from tests.test_queue import SlowSandbox, jobs, soon

__all__ = ["short"]  # a fixture

CLOSING = Unavailable("The box is closing.")
CANCELLED = Conflict("It was cancelled.")


def half(box: Box, folder: Path, actor: Actor | None = None) -> None:
    with pytest.raises(Unavailable):
        stop(box, folder / "long.txt", ending(CLOSING), actor)
    assert only(box).chunks == 2


def opened(settings: Settings, sandbox: FakeSandbox) -> Box:
    box = Box(settings, encoder=FakeEncoder(), sandbox=sandbox)
    box.open()
    box.load()
    return box


def settled(box: Box) -> None:
    soon(lambda: not box.begun.documents() and not box.library.pending())


def copied(box: Box, folder: Path) -> IngestResult:
    return drop(box, folder, {"copy.txt": LONG})["copy.txt"]


@pytest.fixture
def closed(settings: Settings, tmp_path: Path) -> Settings:
    """A box that closed when a part of a file of Ann's was in."""
    first = opened(settings, FakeSandbox())
    first.auth.create_user("ann", "editor", ["*"])
    half(first, tmp_path, first.auth.user("ann"))
    first.close()
    return settings


def test_a_part_never_takes_the_place_of_the_whole(box: Box, tmp_path: Path) -> None:
    seen: list[int] = []

    def tell(stage: str, done: int, _: int) -> None:
        if stage == "encode" and done == 2:
            assert copied(box, tmp_path).status is Status.INDEXED
        if stage == "encode" and done:
            seen.append(only(box).chunks)
            if done > 10:
                raise CANCELLED

    with pytest.raises(Conflict, match="cancelled"):
        stop(box, tmp_path / "long.txt", tell)
    assert set(seen) == {24}
    assert (only(box).chunks, box.begun.documents()) == (24, [])


def test_who_cancels_takes_only_their_own_name_along(box: Box, tmp_path: Path, admin: Actor) -> None:
    path = tmp_path / "long.txt"

    def tell(stage: str, done: int, _: int) -> None:
        if stage == "encode" and done == 2:
            for name in ("copy.txt", "long.txt"):
                with pytest.raises(Conflict, match="cancelled"):
                    box.pipeline.ingest(admin, path, file=name, collection="papers", tell=ending(CANCELLED))

    stop(box, tmp_path / "long.txt", tell)
    assert (only(box).chunks, only(box).files) == (24, ("long.txt",))


def test_a_whole_document_moved_onto_a_part_takes_its_place(box: Box, tmp_path: Path, admin: Actor) -> None:
    box.library.create_collection("other")
    (tmp_path / "twin.txt").write_text(LONG)
    twin = box.pipeline.ingest(admin, tmp_path / "twin.txt", file="twin.txt", collection="other").document

    def tell(stage: str, done: int, _: int) -> None:
        if stage == "encode" and done == 2:
            box.shelf.move(admin, [twin], "papers")
        if stage == "encode" and done:
            assert (only(box).chunks, set(only(box).files)) == (24, {"long.txt", "twin.txt"})
        if stage == "encode" and done > 10:
            raise CANCELLED

    with pytest.raises(Conflict, match="cancelled"):
        stop(box, tmp_path / "long.txt", tell)
    assert (only(box).chunks, box.begun.documents()) == (24, [])
    assert box.answers.search(admin, "word23")


def test_a_part_that_is_moved_or_called_back_is_read_to_its_end(box: Box, tmp_path: Path, admin: Actor) -> None:
    box.load()
    box.library.create_collection("other")

    def moved(stage: str, done: int, _: int) -> None:
        if stage == "encode" and done == 2 and only(box).collection == "papers":
            box.shelf.move(admin, [only(box).id], "other")

    with pytest.raises(NotFound):
        stop(box, tmp_path / "long.txt", moved)
    settled(box)
    assert (only(box).chunks, only(box).collection, only(box).reason) == (24, "other", "")
    box.pipeline.remove(admin, only(box).id)

    def deleted(stage: str, done: int, _: int) -> None:
        if stage == "encode" and done == 2:
            removed.extend(box.shelf.remove(admin, [only(box).id], grace=60))

    removed: list[str] = []
    with pytest.raises(NotFound):
        stop(box, tmp_path / "long.txt", deleted)
    box.shelf.restore(admin, removed)
    settled(box)
    assert (only(box).chunks, only(box).reason) == (24, "")


def test_the_rest_is_read_though_who_began_it_has_no_rights_any_more(closed: Settings) -> None:
    with_user = Box(closed, encoder=FakeEncoder(), sandbox=FakeSandbox())
    with_user.open()
    with_user.auth.remove_user("ann")
    with_user.close()
    box = opened(closed, FakeSandbox())
    settled(box)
    assert (only(box).chunks, only(box).reason) == (24, "")
    box.close()


def test_a_rest_that_cannot_be_read_is_said_and_not_found_in_part(
    closed: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise ValueError("the parser broke")

    monkeypatch.setattr(FakeSandbox, "parse", fail)
    box = opened(closed, FakeSandbox())
    settled(box)
    assert (only(box).status, only(box).chunks) == (Status.REJECTED, 0)
    assert "ValueError" in only(box).reason
    box.close()


@pytest.mark.parametrize("waits", [False, True])
def test_a_rest_that_is_cancelled_goes_altogether(closed: Settings, admin: Actor, waits: bool) -> None:
    sandbox = SlowSandbox()
    box = Box(closed, encoder=FakeEncoder(), sandbox=sandbox)
    box.open()
    if waits:
        box.queue._workers = 0
    box.load()
    assert waits or sandbox.begun.acquire(timeout=60)
    box.queue.cancel(admin, jobs(box)["long.txt"].id)
    sandbox.go.set()
    soon(lambda: not originals(box))
    assert (box.library.documents(), box.begun.documents()) == ([], [])
    box.close()


def test_a_person_who_takes_the_name_of_a_mirrored_part_is_named(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    box = mirrored(settings)
    put = box.begun.put

    def taken(*given: Any, whole: bool, **named: Any) -> bool:
        done = put(*given, whole=whole, **named)
        if not whole:
            drop(box, tmp_path, {"long.txt": "Cake on Friday."})
        return done

    try:
        monkeypatch.setattr(box.begun, "put", taken)
        write(settings.data / "inbox" / "papers", {"long.txt": LONG})
        follow(box)
        (mirror,) = box.mirrors.all()
        assert "added by hand with other content" in box.mirrors.entries(mirror.id)["long.txt"].reason
        assert only(box).chunks == 1
    finally:
        box.close()
