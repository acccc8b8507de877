"""What goes wrong on the way: a fault costs one file, a kill loses and keeps nothing it should not."""

from __future__ import annotations

import errno
import logging
from pathlib import Path

import pytest

from ingest import stages
from ragbox.box import Box
from ragbox.errors import Rejected, Unavailable
from ragbox.settings import Settings
from ragbox.types import Actor, Block, Kind, Parsed, Status
from tests.fakes import FakeEncoder, FakeSandbox
from tests.make import drop
from tests.test_pipeline import agree, originals


class Killed(BaseException):
    """Stands for the end of the process: nothing may catch it."""


def opened(settings: Settings) -> Box:
    box = Box(settings, encoder=FakeEncoder(), sandbox=FakeSandbox())
    box.open()
    box.load()
    return box


def fail(error: BaseException):  # type: ignore[no-untyped-def]  # takes what the replaced function takes
    def failing(*_: object, **__: object) -> None:
        raise error

    return failing


def test_a_fault_of_ours_costs_one_file_and_is_logged(
    box: Box, tmp_path: Path, admin: Actor, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    cut = stages.chunks

    def faulty(parsed: Parsed, **given: object) -> object:
        return cut(parsed, **given) if parsed.blocks[0].text != "two" else [][1]  # type: ignore[arg-type]

    monkeypatch.setattr(stages, "chunks", faulty)
    box.library.create_collection("papers")
    for name in ("one", "two", "three"):
        (tmp_path / name).write_text(name)
    found = [(tmp_path / name, f"in/{name}.txt") for name in ("one", "two", "three")]
    results = {
        r.file: r for r in box.pipeline.ingest_all(admin, [*found, (tmp_path / "one", "../x")], collection="papers")
    }
    assert {f: r.status for f, r in results.items()} == {
        "in/one.txt": Status.INDEXED, "in/two.txt": Status.REJECTED, "in/three.txt": Status.INDEXED,
        "../x": Status.REJECTED,
    }  # fmt: skip
    assert results["in/two.txt"].reason.startswith("in/two.txt could not be taken in: ragbox failed on it (IndexError)")
    [record] = [r for r in caplog.records if r.levelno >= logging.ERROR]
    assert "in/two.txt" in record.getMessage()
    assert record.exc_info
    assert box.library.document(results["in/two.txt"].document).reason == results["in/two.txt"].reason
    monkeypatch.undo()
    assert drop(box, tmp_path, {"two.txt": "two"})["two.txt"].status is Status.INDEXED
    agree(box)


@pytest.mark.parametrize("part", ["library.put", "indexer.apply"])
def test_a_record_or_index_that_fails_costs_one_file_and_the_next_try_mends_it(
    box: Box, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, part: str
) -> None:
    with monkeypatch.context() as patch:
        owner, method = part.split(".")
        patch.setattr(getattr(box, owner), method, fail(ValueError("disk I/O error")))
        result = drop(box, tmp_path, {"a.txt": "alpha"})["a.txt"]
        assert (result.status, "(ValueError)" in result.reason) == (Status.REJECTED, True)
    assert drop(box, tmp_path, {"a.txt": "alpha"})["a.txt"].status in (Status.INDEXED, Status.UNCHANGED)
    agree(box)


def test_parsers_that_are_closed_are_no_fault_of_a_file(
    box: Box, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(box.sandbox, "detect", fail(Unavailable("The parsers are not running.")))
    with pytest.raises(Unavailable):
        drop(box, tmp_path, {"a.txt": "alpha"})
    assert box.library.documents() == []
    assert originals(box) == set()


def test_a_disk_without_room_rejects_the_file_with_the_cause(
    box: Box, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.fsync", fail(OSError(errno.ENOSPC, "No space left on device")))
    result = drop(box, tmp_path, {"a.txt": "alpha"})["a.txt"]
    assert result.status is Status.REJECTED
    assert "No space left" in result.reason
    assert originals(box) == set()


@pytest.mark.parametrize("moment", ["sandbox.parse", "library.put", "indexer.apply"])
def test_a_kill_while_a_file_is_taken_in_leaves_no_copy_that_nobody_names(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    first = opened(settings)
    drop(first, tmp_path, {"old.txt": "old"})
    with monkeypatch.context() as patch:
        owner, method = moment.split(".")
        patch.setattr(getattr(first, owner), method, fail(Killed()))
        patch.setattr(first.pipeline._keeper, "_follow", lambda _: None)  # a kill runs no `finally`
        with pytest.raises(Killed):
            drop(first, tmp_path, {"old.txt": "new"})
    first.close()
    second = opened(settings)
    agree(second)
    assert not (settings.data / "unnamed").exists()
    assert drop(second, tmp_path, {"old.txt": "new"})["old.txt"].status is not Status.REJECTED
    agree(second)
    second.close()


@pytest.mark.parametrize("moment", ["library.remove", "indexer.apply"])
def test_a_kill_while_a_document_is_removed_leaves_it_whole_or_not_at_all(
    settings: Settings, tmp_path: Path, admin: Actor, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    first = opened(settings)
    result = drop(first, tmp_path, {"secret.txt": "secret"})["secret.txt"]
    with monkeypatch.context() as patch:
        owner, method = moment.split(".")
        patch.setattr(getattr(first, owner), method, fail(Killed()))
        patch.setattr(first.pipeline._keeper, "_follow", lambda _: None)
        with pytest.raises(Killed):
            first.pipeline.remove(admin, result.document)
    first.close()
    second = opened(settings)
    agree(second)
    assert len(originals(second)) == (moment == "library.remove")
    assert not (settings.data / "unnamed").exists()
    second.close()


def test_what_was_left_unread_is_told_each_time(box: Box, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def partly(*_: object) -> Parsed:
        return Parsed(blocks=(Block(kind=Kind.TEXT, text="alpha"),), pages=9, warnings=("Pages 3-9 left unread.",))

    monkeypatch.setattr(box.sandbox, "parse", partly)
    for status in (Status.INDEXED, Status.UNCHANGED):
        result = drop(box, tmp_path, {"a.txt": "alpha"})["a.txt"]
        assert (result.status, result.reason) == (status, "Pages 3-9 left unread.")


def test_the_parsers_say_what_a_file_is(box: Box, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(box.sandbox, "detect", fail(Rejected("a.txt is a bomb.")))
    assert drop(box, tmp_path, {"a.txt": "alpha"})["a.txt"].reason == "a.txt is a bomb."
