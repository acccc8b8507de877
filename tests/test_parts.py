"""A long file comes in by parts: the first can be found while the rest is encoded, and no end leaves half a file."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from ingest import encoding
from ingest.encoding import pieces
from ingest.follow import ACTOR
from ingest.pipeline import Tell
from ragbox.box import Box
from ragbox.errors import Conflict, NotFound, Unavailable
from ragbox.settings import Settings
from ragbox.types import Actor, Document, Status
from tests.fakes import FakeEncoder, FakeSandbox
from tests.make import drop
from tests.mirrors import follow, held, mirrored, write

LONG = "\n\n".join(" ".join([f"word{n}", *["pump"] * 200]) + "." for n in range(24))


@pytest.fixture(autouse=True)
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a file of more than 4 chunks come in parts, of 2 and of 10."""
    monkeypatch.setattr(encoding, "PIECE", 4)
    monkeypatch.setattr(encoding, "FIRST", 2)


def stop(box: Box, path: Path, tell: Tell, actor: Actor | None = None) -> None:
    if "papers" not in [c.name for c in box.library.collections()]:
        box.library.create_collection("papers")
    path.write_text(LONG)
    actor = actor or box.auth.local()
    box.pipeline.ingest(actor, path, file="long.txt", collection="papers", tell=tell)


def ending(error: Exception) -> Tell:
    """Return what raises an error when a part is recorded and the next piece is to be encoded."""

    def tell(stage: str, done: int, _: int) -> None:
        if stage == "encode" and done:
            raise error

    return tell


def only(box: Box) -> Document:
    assert box.indexer.disagreements() == []
    (found,) = box.library.documents()
    assert found.chunks == len(box.library.chunks_of(found.id))
    return found


def originals(box: Box) -> set[str]:
    return {p.name for p in (box.settings.data / "originals").rglob("*") if p.is_file()}


def test_pieces_are_even_and_parts_grow() -> None:
    assert list(pieces(0)) == []
    assert list(pieces(4)) == [(0, 4, False)]
    assert list(pieces(5)) == [(0, 2, True), (2, 5, False)]
    cut = list(pieces(200))
    assert [start for start, *_ in cut[1:]] == [end for _, end, _ in cut[:-1]]
    assert [end for _, end, part in cut if part] == [2, 10, 42, 170]


def test_the_first_pages_are_found_while_the_rest_is_encoded(box: Box, tmp_path: Path, admin: Actor) -> None:
    seen: list[tuple[int, int, str]] = []

    def tell(stage: str, done: int, _: int) -> None:
        if stage == "encode" and done:
            found = only(box)
            seen.append((done, found.chunks, found.reason))
            assert not box.begun.whole(found)
            assert box.answers.search(admin, "word0")[0].chunk.text.startswith("word0 ")
            assert not any("word23" in h.chunk.text for h in box.answers.search(admin, "word23", k=50))

    stop(box, tmp_path / "long.txt", tell)
    assert [found for _, found, _ in seen] == [2, 2, 10, 10, 10, 10]
    assert seen[0][2] == "The first 2 of 24 passages can be found so far; the rest follows."
    whole = only(box)
    assert (whole.chunks, whole.reason, box.begun.whole(whole), whole.files) == (24, "", True, ("long.txt",))
    assert "word23" in box.answers.search(admin, "word23")[0].chunk.text


def test_a_cancelled_file_takes_its_part_along(box: Box, tmp_path: Path) -> None:
    with pytest.raises(Conflict, match="cancelled"):
        stop(box, tmp_path / "long.txt", ending(Conflict("It was cancelled.")))
    assert box.library.documents() == []
    assert box.dense.count(box.library.collection("papers").id) == 0
    assert (originals(box), box.begun.documents()) == (set(), [])


def test_a_file_that_fails_later_is_rejected_and_not_found_in_part(box: Box, tmp_path: Path) -> None:
    stop(box, tmp_path / "long.txt", ending(ValueError("the encoder broke")))
    failed = only(box)
    assert (failed.status, failed.chunks, box.begun.documents()) == (Status.REJECTED, 0, [])


@pytest.mark.parametrize("hidden", [False, True])
def test_a_file_deleted_meanwhile_does_not_come_back(box: Box, tmp_path: Path, admin: Actor, hidden: bool) -> None:
    def tell(stage: str, done: int, _: int) -> None:
        if stage == "encode" and done == 2:
            document = only(box).id
            if hidden:
                box.shelf.remove(admin, [document], grace=60)
            else:
                box.pipeline.remove(admin, document)

    with pytest.raises(NotFound, match="deleted meanwhile"):
        stop(box, tmp_path / "long.txt", tell)
    assert box.library.documents() == []
    assert box.dense.count(box.library.collection("papers").id) == 0


def test_a_new_version_takes_the_place_of_the_old_only_when_it_is_whole(box: Box, tmp_path: Path) -> None:
    old = drop(box, tmp_path, {"long.txt": "Cake on Friday."})["long.txt"].document

    stop(box, tmp_path / "long.txt", lambda *_: [only(box).id].remove(old))
    assert only(box).chunks == 24


def test_the_next_start_reads_the_rest_of_what_the_last_began(settings: Settings, tmp_path: Path) -> None:
    first = Box(settings, encoder=FakeEncoder(), sandbox=FakeSandbox())
    first.open()
    first.load()
    with pytest.raises(Unavailable):
        stop(first, tmp_path / "long.txt", ending(Unavailable("The box is closing.")))
    assert [d.chunks for d in first.begun.documents()] == [2]
    first.close()
    second = Box(settings, encoder=FakeEncoder(), sandbox=FakeSandbox())
    second.open()
    second.load()
    until = time.monotonic() + 60
    while second.begun.documents():
        assert time.monotonic() < until
        time.sleep(0.02)
    second.queue.close()
    whole = only(second)
    assert (whole.chunks, whole.reason, originals(second)) == (24, "", {whole.sha256})
    second.close()


def test_the_same_file_again_is_read_to_its_end(box: Box, tmp_path: Path) -> None:
    with pytest.raises(Unavailable):
        stop(box, tmp_path / "long.txt", ending(Unavailable("The box is closing.")))
    assert drop(box, tmp_path, {"copy.txt": LONG})["copy.txt"].status is Status.INDEXED
    assert (only(box).chunks, set(only(box).files)) == (24, {"long.txt", "copy.txt"})
    assert drop(box, tmp_path, {"long.txt": LONG})["long.txt"].status is Status.UNCHANGED


def test_a_part_that_was_moved_is_read_to_its_end_where_it_is(box: Box, tmp_path: Path, admin: Actor) -> None:
    with pytest.raises(Unavailable):
        stop(box, tmp_path / "long.txt", ending(Unavailable("The box is closing.")))
    box.library.create_collection("other")
    box.shelf.move(admin, [only(box).id], "other")
    assert [d.collection for d in box.begun.documents()] == ["other"]
    box.pipeline.reread(admin, only(box).id)
    assert (only(box).chunks, box.begun.documents()) == (24, [])


def test_the_folder_mirror_goes_on_with_a_part_of_its_own(settings: Settings, tmp_path: Path) -> None:
    box = mirrored(settings)
    try:
        with pytest.raises(Unavailable):
            stop(box, tmp_path / "long.txt", ending(Unavailable("The box is closing.")), ACTOR)
        write(settings.data / "inbox" / "papers", {"long.txt": LONG})
        follow(box)
        assert set(held(box)) == {"long.txt"}
        assert (only(box).chunks, box.begun.documents()) == (24, [])
    finally:
        box.close()
