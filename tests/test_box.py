"""The composition root: parts in, a box that opens, loads, closes; a crash made good at the next start."""

from __future__ import annotations

from pathlib import Path

import pytest

from ragbox import health
from ragbox.box import Box
from ragbox.errors import BadInput, Conflict, Unavailable
from ragbox.redact.policy import Style
from ragbox.settings import Settings
from ragbox.types import Actor
from tests.fakes import FakeDense, FakeEncoder, FakeEngine, FakeReranker, FakeSandbox, FakeSparse
from tests.make import drop, put


def make(settings: Settings, **given: object) -> Box:
    return Box(settings, **{"encoder": FakeEncoder(), "sandbox": FakeSandbox(), **given})


def test_building_a_box_touches_no_disk(settings: Settings) -> None:
    make(settings)
    assert not settings.data.exists()


def test_opening_needs_no_model_and_loading_makes_it_ready_once(settings: Settings) -> None:
    made = make(settings)
    made.open()
    assert (made.ready, made.encoder.loads) == (False, 0)
    assert health.status(made)["encoder"] == settings.encoder
    made.load()
    made.load()
    assert (made.ready, made.encoder.loads) == (True, 1)
    made.close()
    assert not made.ready


def test_every_part_can_be_replaced(settings: Settings, tmp_path: Path, admin: Actor) -> None:
    parts = {"dense": FakeDense(), "sparse": FakeSparse(), "engine": FakeEngine(), "reranker": FakeReranker()}
    made = make(settings, **parts)
    made.open()
    made.load()
    drop(made, tmp_path / "in", {"a.txt": "The notice period is ninety days."})
    assert made.answers.search(admin, "notice")[0].document.file == "a.txt"
    assert health.status(made)["engine"] == "fake"
    assert {p.name for p in settings.data.iterdir()} == {"owner.lock", "originals", "audit.head"} | {
        f"ragbox.db{end}" for end in ("", "-shm", "-wal")
    }
    made.close()


def test_a_second_box_on_the_same_folder_is_refused(box: Box) -> None:
    second = make(box.settings)
    with pytest.raises(Conflict):
        second.open()
    second.close()
    with pytest.raises(Conflict):
        make(box.settings).open()  # closing the refused one has not freed the lock


def test_what_a_crash_left_is_made_good_at_the_next_start(settings: Settings, admin: Actor) -> None:
    first = make(settings)
    first.open()
    first.load()
    shelf = first.library.create_collection("papers").id
    first.library.claim_encoder(shelf, first.encoder.identity)
    put(first, first.encoder, shelf, "d1", "The notice period is ninety days.")  # recorded, never indexed
    stray = settings.data / "originals" / "aa" / ("a" * 64)
    stray.parent.mkdir(parents=True)
    stray.write_text("a copy whose document was never recorded")
    assert health.status(first)["pending"] == 1
    first.close()
    second = make(settings)
    second.open()
    assert not stray.exists()
    second.load()
    assert health.status(second)["pending"] == 0
    assert [h.chunk.id for h in second.answers.search(admin, "notice period")] == ["d1-0"]
    second.close()


@pytest.mark.parametrize("file", ["chroma/chroma.sqlite3", "tantivy/*/meta.json"])
def test_a_damaged_index_is_built_anew_from_the_record(
    settings: Settings, tmp_path: Path, admin: Actor, file: str
) -> None:
    first = make(settings)
    first.open()
    first.load()
    drop(first, tmp_path / "in", {"a.txt": "The notice period is ninety days.", "b.txt": "Cake on Friday."})
    first.close()
    (damaged,) = settings.data.glob(file)
    damaged.write_bytes(b"garbage" * 1000)
    second = make(settings)
    second.open()
    second.load()
    assert second.indexer.disagreements() == []
    assert second.answers.search(admin, "notice period")[0].document.file == "a.txt"
    assert len(second.encoder.encoded) == 1  # the question: vectors come from the record
    second.close()


def test_the_status_counts_what_the_box_holds(box: Box, tmp_path: Path) -> None:
    drop(box, tmp_path / "in", {"a.txt": "alpha", "b.txt": "REJECT me"})
    found = health.status(box)
    assert (found["ready"], found["documents"], found["chunks"], found["pending"]) == (True, 1, 1, 0)
    assert (found["collections"], found["encoder"]) == (["papers"], "fake:256:0")
    assert found["data"] == str(box.settings.data)


def test_a_part_that_cannot_load_leaves_a_box_that_can_be_closed(settings: Settings) -> None:
    made = Box(settings.model_copy(update={"encoder": "/no/such/folder"}))
    made.open()
    with pytest.raises(Unavailable, match="RAGBOX_ENCODER"):
        made.load()
    assert not made.ready
    made.close()
    again = make(settings)
    again.open()
    again.close()


def test_the_settings_name_a_model_that_reads_names(settings: Settings, tmp_path: Path) -> None:
    made = Box(settings.model_copy(update={"redact_ner": tmp_path / "none"}), encoder=FakeEncoder())
    made.open()
    with pytest.raises(BadInput, match=r"no model in .*none"):
        made.privacy.load()
    made.close()


def test_personal_data_is_shown_only_if_the_settings_say_so(settings: Settings) -> None:
    shown = {}
    for style in Style:
        made = make(settings.model_copy(update={"redact": style}))
        made.open()
        stream = made.privacy.showing(made.auth.local()).redactor([])
        shown[str(style)] = stream.feed("anna@example.com ") + stream.flush()
        made.close()
    assert shown == {
        "redact": "[EMAIL] ", "pseudonym": "E-mail A ", "mask": "****@******e.com ", "off": "anna@example.com ",
    }  # fmt: skip
