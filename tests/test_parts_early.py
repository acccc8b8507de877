"""The first pages of a long file are found while the rest is read, and no end of its reading leaves them behind."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ragbox.box import Box
from ragbox.errors import Conflict, Unavailable
from ragbox.settings import Settings
from ragbox.types import Actor, Status
from tests.fakes import FakeEncoder, FakeSandbox
from tests.make import drop
from tests.test_parts import only, originals
from tests.test_parts_ends import CANCELLED, CLOSING

LONG = "\f".join(" ".join([f"page{n}", *["pump"] * 200]) + "." for n in range(9))
SAID = "The first 3 passages can be found so far; the rest follows."


class Reader(FakeSandbox):
    """Tells of three pages of a long file early; `then` is done before the rest."""

    def __init__(self) -> None:
        super().__init__(early=3)
        self.then: Any = lambda: None

    def parse(self, path: Path, kind: str, file: str, hear: Any = None) -> Any:
        def heard(parsed: Any) -> None:
            hear(parsed)
            self.then()

        return super().parse(path, kind, file, hear and heard)


@pytest.fixture
def long(settings: Settings) -> Iterator[Box]:
    box = Box(settings, encoder=FakeEncoder(), sandbox=Reader())
    box.open()
    box.load()
    yield box
    box.close()


def take(box: Box, folder: Path, then: Any) -> Any:
    box.sandbox.then = then
    return drop(box, folder, {"long.txt": LONG})["long.txt"]


def test_the_first_pages_are_found_while_the_rest_is_read(long: Box, tmp_path: Path, admin: Actor) -> None:
    def then() -> None:
        found = only(long)
        assert (found.chunks, found.pages, found.reason, found.status) == (3, 9, SAID, Status.INDEXED)
        assert not long.begun.whole(found)
        assert long.answers.search(admin, "page0")[0].chunk.page == 1
        assert not any(h.chunk.page == 9 for h in long.answers.search(admin, "page8", k=50))
        seen.append(found)

    seen: list[object] = []
    assert take(long, tmp_path, then).status is Status.INDEXED
    assert (len(seen), only(long).chunks, only(long).reason, long.begun.documents()) == (1, 9, "", [])
    assert len(long.encoder.encoded) == 9 + len(long.encoder.asked)
    assert long.answers.search(admin, "page8")[0].chunk.page == 9


def test_who_cancels_while_the_rest_is_read_takes_the_first_pages_along(long: Box, tmp_path: Path) -> None:
    def then() -> None:
        assert only(long).reason == SAID
        raise CANCELLED

    with pytest.raises(Conflict, match="cancelled"):
        take(long, tmp_path, then)
    assert (long.library.documents(), long.begun.documents(), originals(long)) == ([], [], set())


@pytest.mark.parametrize("error", [ValueError("the parser broke"), MemoryError()])
def test_a_file_whose_rest_cannot_be_read_is_rejected_and_not_found_in_part(
    long: Box, tmp_path: Path, error: Exception
) -> None:
    def then() -> None:
        raise error

    assert take(long, tmp_path, then).status is Status.REJECTED
    assert (only(long).status, only(long).chunks, long.begun.documents()) == (Status.REJECTED, 0, [])


def test_the_next_start_reads_the_rest_and_encodes_no_page_again(long: Box, tmp_path: Path) -> None:
    def then() -> None:
        raise CLOSING

    with pytest.raises(Unavailable):
        take(long, tmp_path, then)
    (half,) = long.begun.documents()
    before = len(long.encoder.encoded)
    assert long.pipeline.finish(half.id).chunks == 9
    assert (only(long).reason, len(long.encoder.encoded)) == ("", before + 6)


def test_a_new_version_and_a_document_read_anew_come_whole(long: Box, tmp_path: Path) -> None:
    drop(long, tmp_path, {"long.txt": "Cake on Friday."})
    heard: list[None] = []
    document = take(long, tmp_path, lambda: heard.append(None)).document
    long.pipeline.reread(long.auth.local(), document)
    assert (heard, only(long).chunks) == ([], 9)


def test_first_pages_without_a_word_say_nothing(long: Box, tmp_path: Path) -> None:
    long.sandbox.then = lambda: seen.append(len(long.library.documents()))
    seen: list[int] = []
    drop(long, tmp_path, {"long.txt": "\f\f\f\f" + LONG})
    assert (seen, only(long).chunks) == ([0], 9)
