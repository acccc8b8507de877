"""Documents moved, deleted with a way back, collections renamed: the indexes hear of it, nothing is read anew."""

from __future__ import annotations

import time
from pathlib import Path
from unittest.mock import Mock

import pytest

from ragbox.box import Box
from ragbox.errors import BadInput, Conflict, NotFound, NotPermitted, Rejected
from ragbox.settings import Settings
from ragbox.types import Actor, Status
from tests.fakes import FakeEncoder, FakeSandbox
from tests.make import drop
from tests.mirrors import follow, held, mirrored, write
from tests.test_pipeline import PUMP, READER, agree, files

LEO = Actor(name="leo", role="editor", collections=("other",), writable=("other",))


@pytest.fixture
def pump(box: Box, tmp_path: Path) -> str:
    """A document in the collection "papers"; "other" is empty."""
    box.library.create_collection("other")
    return drop(box, tmp_path, {"a.txt": PUMP})["a.txt"].document


def indexed(box: Box) -> tuple[int, int]:
    shelf = box.library.collection("papers").id
    return box.dense.count(shelf), box.sparse.count(shelf)


def soon(true: object) -> None:
    until = time.monotonic() + 60
    while not true():  # type: ignore[operator]
        assert time.monotonic() < until
        time.sleep(0.02)


def test_what_is_deleted_is_gone_at_once_and_comes_back_whole(box: Box, pump: str, admin: Actor) -> None:
    parsed, encoded, before = len(box.sandbox.parsed), len(box.encoder.encoded), indexed(box)
    assert box.shelf.remove(admin, [pump], grace=60) == [pump]
    assert indexed(box) == (0, 0)
    assert files(box, admin, "grade of oil") == []
    assert (box.library.documents(), box.library.count(), box.catalogue.page([]).total) == ([], (0, 0), 0)
    with pytest.raises(NotFound):
        box.library.document(pump)
    box.encoder.asked.clear()
    asked = len(box.encoder.encoded)
    assert box.shelf.restore(admin, [pump]) == [pump]
    assert (len(box.sandbox.parsed), asked - encoded, indexed(box)) == (parsed, 1, before)  # the question alone
    assert files(box, admin, "grade of oil") == ["a.txt"]
    assert box.shelf.restore(admin, [pump]) == []
    agree(box)


def test_after_the_grace_it_is_gone_for_good(box: Box, pump: str, admin: Actor) -> None:
    box.shelf.remove(admin, [pump], grace=0.05)
    soon(lambda: not box.library.hashes())
    soon(lambda: not list((box.settings.data / "originals").rglob("*-*")))
    assert box.shelf.restore(admin, [pump]) == []
    agree(box)


def test_a_stop_makes_a_deletion_final(settings: Settings, tmp_path: Path, admin: Actor) -> None:
    for first in (True, False):
        box = Box(settings, encoder=FakeEncoder(), sandbox=FakeSandbox())
        box.open()
        box.load()
        if first:
            box.shelf.remove(admin, [drop(box, tmp_path, {"a.txt": PUMP})["a.txt"].document], grace=60)
        else:
            agree(box)
            assert not [p for p in (settings.data).rglob("*") if p.is_file() and PUMP.encode() in p.read_bytes()]
        box.close()


def test_a_name_that_was_given_away_meanwhile_is_not_taken_back(
    box: Box, pump: str, tmp_path: Path, admin: Actor
) -> None:
    box.shelf.remove(admin, [pump], grace=60)
    drop(box, tmp_path, {"a.txt": "Cake on Friday."})
    assert box.shelf.restore(admin, [pump]) == []
    assert files(box, admin, "cake pump oil") == ["a.txt"]
    assert len(box.library.documents()) == 1


def test_the_same_bytes_dropped_again_are_there_again(box: Box, pump: str, tmp_path: Path, admin: Actor) -> None:
    box.shelf.remove(admin, [pump], grace=0.3)
    again = drop(box, tmp_path, {"b.txt": PUMP})["b.txt"]
    assert (again.document, again.status.value) == (pump, "indexed")
    time.sleep(0.6)
    assert box.library.document(pump).files == ("b.txt",)
    agree(box)


def test_a_collection_that_is_deleted_takes_what_could_be_called_back_along(box: Box, pump: str, admin: Actor) -> None:
    box.shelf.remove(admin, [pump], grace=60)
    box.shelf.drop(admin, "papers")
    assert box.shelf.restore(admin, [pump]) == []
    agree(box)


def test_a_document_moves_without_being_read(box: Box, pump: str, admin: Actor) -> None:
    parsed = len(box.sandbox.parsed)
    new = box.shelf.move(admin, [pump], "other")[pump]
    assert new != pump
    assert (box.library.document(new).collection, box.library.document(new).files) == ("other", ("a.txt",))
    assert indexed(box) == (0, 0)
    assert len(box.sandbox.parsed) == parsed
    assert {h.document.id for h in box.answers.search(admin, "grade of oil", collection="other")} == {new}
    assert box.answers.search(admin, "grade of oil", collection="papers") == []
    assert box.shelf.move(admin, [new], "other") == {new: new}
    agree(box)


def test_a_document_moves_onto_its_like_and_not_over_another(box: Box, pump: str, tmp_path: Path, admin: Actor) -> None:
    like = drop(box, tmp_path, {"copy.txt": PUMP}, collection="other")["copy.txt"].document
    assert box.shelf.move(admin, [pump], "other") == {pump: like}
    assert box.library.document(like).files == ("a.txt", "copy.txt")
    other = drop(box, tmp_path, {"a.txt": "Cake on Friday."})["a.txt"].document
    with pytest.raises(Conflict, match="another a"):
        box.shelf.move(admin, [other], "other")
    assert box.library.document(other).collection == "papers"
    agree(box)


def test_a_document_takes_the_place_of_its_like_that_was_rejected(
    box: Box, pump: str, tmp_path: Path, admin: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(box.sandbox, "parse", Mock(side_effect=Rejected("It took too long.")))
        assert drop(box, tmp_path, {"b.txt": PUMP}, "other")["b.txt"].status is Status.REJECTED
    moved = box.shelf.move(admin, [pump], "other")[pump]
    found = box.library.document(moved)
    assert (found.status, set(found.files)) == (Status.INDEXED, {"a.txt", "b.txt"})
    assert files(box, admin, "grade of oil") == [found.file]
    agree(box)


def test_a_kept_conversation_follows_a_document(box: Box, pump: str, admin: Actor) -> None:
    list(box.dialogue.ask(admin, "What grade of oil does the pump need?", "new"))
    (conversation,) = box.conversations.find(admin)
    new = box.shelf.move(admin, [pump], "other")[pump]
    citations = box.conversations.turns(admin, conversation.id)[0].answer.citations
    assert [(c.document, c.gone) for c in citations] == [(new, False)]


def test_a_collection_changes_its_name_alone(box: Box, pump: str, admin: Actor) -> None:
    box.auth.create_user("kim", "reader", ["papers"])
    writes, before = box.dense.count(box.library.collection("papers").id), box.library.collection("papers").id
    assert box.shelf.rename(admin, "papers", "Paper 2026").id == before
    assert (box.library.pending(), indexed_of(box, before)) == ([], writes)
    assert box.auth.user("kim").collections == ("Paper 2026",)
    assert box.answers.search(box.auth.user("kim"), "grade of oil")[0].document.collection == "Paper 2026"
    box.shelf.rename(admin, "Paper 2026", "Paper 2026")
    assert box.auth.user("kim").collections == ("Paper 2026",)
    with pytest.raises(Conflict):
        box.shelf.rename(admin, "Paper 2026", "other")
    with pytest.raises(BadInput):
        box.shelf.rename(admin, "other", "a/b")
    assert box.library.document(pump).collection == "Paper 2026"


def indexed_of(box: Box, shelf: str) -> int:
    return box.dense.count(shelf)


def test_who_may_not_write_changes_nothing(box: Box, pump: str, tmp_path: Path, admin: Actor) -> None:
    mine = drop(box, tmp_path, {"x.txt": "Cake."}, collection="other")["x.txt"].document
    with pytest.raises(NotPermitted):
        box.shelf.remove(READER, [pump], grace=1)
    with pytest.raises(NotFound):
        box.shelf.remove(LEO, [mine, pump], grace=1)
    with pytest.raises(NotPermitted):
        box.shelf.rename(LEO, "other", "mine")
    with pytest.raises(NotFound):
        box.shelf.move(LEO, [mine], "papers")
    with pytest.raises(NotFound):
        box.shelf.move(LEO, [pump], "other")
    box.shelf.remove(admin, [pump], grace=60)
    with pytest.raises(NotPermitted):
        box.shelf.restore(READER, [pump])
    assert len(box.library.documents()) == 1


def test_what_is_called_back_has_the_names_that_its_file_has_by_then(settings: Settings, admin: Actor) -> None:
    box, inbox = mirrored(settings), settings.data / "inbox" / "papers"
    write(inbox, {"a.txt": "Pie.", "copy.txt": "Pie.", "b.txt": "Cake."})
    follow(box)
    document = box.library.find(box.library.collection("papers").id, "a.txt")
    assert document is not None
    for change, left in (
        (lambda: (inbox / "a.txt").unlink(), "copy.txt"),
        (lambda: (inbox / "copy.txt").rename(inbox / "c.txt"), "c.txt"),
        (lambda: (inbox / "c.txt").unlink(), "c.txt"),
    ):
        box.shelf.remove(admin, [document.id], grace=60)
        change()
        follow(box)
        assert box.shelf.restore(admin, [document.id]) == [document.id]
        assert held(box) == {left: "Pie.", "b.txt": "Cake."}
    owner = "SELECT added_by FROM files WHERE document = ?"
    assert [r[0] for r in box.db.read(owner, document.id)] == [admin.name]
    box.close()
