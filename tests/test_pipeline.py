"""A document's trip: every file ends as a result, the same bytes write nothing, indexes and originals follow."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from ragbox.box import Box
from ragbox.errors import BadInput, Conflict, NotFound, NotPermitted
from ragbox.settings import Settings
from ragbox.types import Actor, Status
from tests.fakes import FakeEncoder, FakeSandbox
from tests.make import drop

PUMP = "# Pumps\n\nThe pump MX-220 needs oil of grade forty every month.\n\n| Part | Price |\n| Valve | 310 |"
READER = Actor(name="kim", role="reader", collections=("papers",))


def originals(box: Box) -> set[str]:
    return {p.name for p in (box.settings.data / "originals").rglob("*") if p.is_file()}


def files(box: Box, actor: Actor, question: str) -> list[str]:
    return sorted({h.document.file for h in box.answers.search(actor, question, k=50)})


def agree(box: Box) -> None:
    """Check that record, indexes and originals tell the same."""
    assert box.indexer.disagreements() == []
    assert box.library.pending() == []
    assert originals(box) == box.library.hashes()


def test_a_file_becomes_a_document_that_is_found(box: Box, tmp_path: Path, admin: Actor) -> None:
    result = drop(box, tmp_path, {"ops/pumps.txt": PUMP})["ops/pumps.txt"]
    assert (result.status, result.file, result.pages, result.chunks) == (Status.INDEXED, "ops/pumps.txt", 1, 2)
    assert result.seconds > 0
    found = box.library.document(result.document)
    assert (found.kind, found.language, found.size, found.added_by) == ("text", "en", len(PUMP), "admin")
    assert found.files == ("ops/pumps.txt",)
    assert box.answers.search(admin, "grade of oil")[0].chunk.context.startswith("pumps")
    agree(box)


def test_the_same_bytes_again_write_nothing(box: Box, tmp_path: Path) -> None:
    first = drop(box, tmp_path, {"a.txt": PUMP})["a.txt"]
    encoded, parsed = len(box.encoder.encoded), len(box.sandbox.parsed)
    with box.db.write() as db:
        before = db.total_changes
    again = drop(box, tmp_path, {"a.txt": PUMP})["a.txt"]
    with box.db.write() as db:
        assert db.total_changes == before
    assert (again.status, again.document, again.chunks) == (Status.UNCHANGED, first.document, first.chunks)
    assert (len(box.encoder.encoded), len(box.sandbox.parsed)) == (encoded, parsed)


def test_the_same_bytes_under_two_names_are_one_document(box: Box, tmp_path: Path, admin: Actor) -> None:
    results = drop(box, tmp_path, {"a.txt": PUMP, "copy/b.txt": PUMP})
    assert [r.status for r in results.values()] == [Status.INDEXED, Status.UNCHANGED]
    assert box.library.document(results["a.txt"].document).files == ("a.txt", "copy/b.txt")
    assert len(box.answers.search(admin, "grade of oil", k=50)) == 2
    agree(box)


def test_new_content_under_an_old_name_takes_its_place(box: Box, tmp_path: Path, admin: Actor) -> None:
    drop(box, tmp_path, {"a.txt": PUMP, "b.txt": "Cake on Friday."})
    drop(box, tmp_path, {"a.txt": "Holidays are thirty days."})
    assert files(box, admin, "holidays pump cake") == ["a.txt", "b.txt"]
    assert not any("pump" in h.chunk.text for h in box.answers.search(admin, "pump oil", k=50))
    assert box.library.count() == (2, 2)
    agree(box)


def test_two_files_that_change_places_keep_both_contents(box: Box, tmp_path: Path) -> None:
    drop(box, tmp_path, {"a.txt": "alpha", "b.txt": "beta"})
    drop(box, tmp_path, {"a.txt": "beta", "b.txt": "alpha"})
    shelf = box.library.collection("papers").id
    texts = {}
    for name in ("a.txt", "b.txt"):
        found = box.library.find(shelf, name)
        assert found is not None
        texts[name] = box.library.chunks_of(found.id)[0].text
    assert texts == {"a.txt": "beta", "b.txt": "alpha"}
    agree(box)


def test_files_that_change_places_at_the_same_time_lose_nothing(box: Box, tmp_path: Path, admin: Actor) -> None:
    names = [f"{n}.txt" for n in range(6)]
    for turn in range(8):
        for n, name in enumerate(names):
            (tmp_path / name).write_text(f"content number {(n + turn) % 6}")
        if not turn:
            box.library.create_collection("papers")
        found = [(tmp_path / name, name) for name in names]
        with ThreadPoolExecutor(6) as pool:
            ended = list(pool.map(lambda f: box.pipeline.ingest(admin, f[0], file=f[1], collection="papers"), found))
        assert all(r.status is not Status.REJECTED for r in ended)
        assert sorted(f for d in box.library.documents() for f in d.files) == names
        agree(box)


def test_a_file_that_cannot_be_read_ends_with_its_reason_and_a_row(box: Box, tmp_path: Path) -> None:
    results = drop(box, tmp_path, {"a.txt": "REJECT this", "b.txt": " \n \f \n", "c.txt": "alpha"})
    assert [r.status for r in results.values()] == [Status.REJECTED, Status.REJECTED, Status.INDEXED]
    assert "asks to be rejected" in results["a.txt"].reason
    rows = {d.file: d for d in box.library.documents()}
    assert rows["a.txt"].status is Status.REJECTED
    assert rows["a.txt"].reason == results["a.txt"].reason
    assert box.library.count() == (1, 1)
    agree(box)


def test_a_rejected_file_is_tried_again(box: Box, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(
            box.sandbox, "parse", lambda *_: box.sandbox.__class__.parse(FakeSandbox(), tmp_path / "no", "", "")
        )
        (tmp_path / "no").write_text("REJECT")
        assert drop(box, tmp_path, {"a.txt": "alpha"})["a.txt"].status is Status.REJECTED
    assert drop(box, tmp_path, {"a.txt": "alpha"})["a.txt"].status is Status.INDEXED
    assert [d.status for d in box.library.documents()] == [Status.INDEXED]
    agree(box)


def test_too_large_a_file_is_rejected_with_a_row_and_uncopied(settings: Settings, tmp_path: Path) -> None:
    made = Box(settings.model_copy(update={"max_file_mb": 1}), encoder=FakeEncoder(), sandbox=FakeSandbox())
    made.open()
    made.load()
    result = drop(made, tmp_path, {"big.txt": "x" * (1 << 20) + "x"})["big.txt"]
    assert result.status is Status.REJECTED
    assert "RAGBOX_MAX_FILE_MB" in result.reason
    assert originals(made) == set()
    row = made.library.document(result.document)
    assert (row.file, row.size, row.status, row.reason) == ("big.txt", (1 << 20) + 1, Status.REJECTED, result.reason)
    made.close()
    more = Box(settings, encoder=FakeEncoder(), sandbox=FakeSandbox())
    more.open()
    more.load()
    again = drop(more, tmp_path, {"big.txt": "x" * (1 << 20) + "x"})["big.txt"]
    assert (again.status, again.document) == (Status.INDEXED, result.document)
    agree(more)
    more.close()


def test_a_file_over_a_limit_that_was_lowered_stays_what_it_is(settings: Settings, tmp_path: Path) -> None:
    text = {"big.txt": "x" * (1 << 20) + "x"}
    for limit, status in ((2, Status.INDEXED), (1, Status.UNCHANGED)):
        made = Box(settings.model_copy(update={"max_file_mb": limit}), encoder=FakeEncoder(), sandbox=FakeSandbox())
        made.open()
        made.load()
        assert drop(made, tmp_path, text)["big.txt"].status is status
        agree(made)
        made.close()


def test_a_hundred_files_in_are_a_hundred_results_out(box: Box, tmp_path: Path, admin: Actor) -> None:
    box.library.create_collection("papers")
    found = []
    for n in range(30):
        path = tmp_path / f"{n}.txt"
        if n % 10 != 7:  # 7, 17 and 27 have gone since the folder was walked
            path.write_text("REJECT" if n % 10 == 3 else f"content number {n // 2}")
        found.append((path, path.name))
    results = list(box.pipeline.ingest_all(admin, found, collection="papers"))
    assert sorted(r.file for r in results) == sorted(name for _, name in found)
    rejected = {r.file: r.reason for r in results if r.status is Status.REJECTED}
    assert len(rejected) == 6
    assert "cannot be opened" in rejected["17.txt"]
    agree(box)


def test_removing_takes_it_from_record_indexes_and_disk(box: Box, tmp_path: Path, admin: Actor) -> None:
    results = drop(box, tmp_path, {"a.txt": PUMP, "b.txt": "Cake."})
    drop(box, tmp_path, {"x.txt": PUMP}, collection="other")
    box.pipeline.remove(admin, results["a.txt"].document)
    assert files(box, admin, "oil cake") == ["b.txt", "x.txt"]
    assert len(originals(box)) == 2  # the same bytes are still another collection's
    agree(box)
    box.shelf.drop(admin, "other")
    assert files(box, admin, "oil cake") == ["b.txt"]
    assert [c.name for c in box.library.collections()] == ["papers"]
    agree(box)


def test_only_who_may_write_does(box: Box, tmp_path: Path, admin: Actor) -> None:
    result = drop(box, tmp_path, {"a.txt": PUMP})["a.txt"]
    path = tmp_path / "a.txt"
    with pytest.raises(NotPermitted):
        box.pipeline.ingest(READER, path, file="a.txt", collection="papers")
    with pytest.raises(NotPermitted):
        box.pipeline.remove(READER, result.document)
    with pytest.raises(NotFound, match=f"no document {result.document}"):
        box.pipeline.remove(Actor(name="leo", role="editor", collections=("other",)), result.document)
    with pytest.raises(NotPermitted):
        box.shelf.drop(READER, "papers")
    with pytest.raises(NotPermitted):
        list(box.pipeline.rebuild(READER))
    for collection in ("nothing", "other"):
        with pytest.raises(NotFound):
            box.pipeline.ingest(READER, path, file="a.txt", collection=collection)
    with pytest.raises(BadInput):
        box.pipeline.ingest(admin, path, file="../a.txt", collection="papers")
    assert box.library.count() == (1, 2)
    agree(box)


def test_another_encoder_is_refused_until_the_vectors_are_made_anew(box: Box, tmp_path: Path, admin: Actor) -> None:
    drop(box, tmp_path, {"a.txt": PUMP, "b.txt": "Cake.", "c.txt": "REJECT"})
    box.library.create_collection("empty")
    box.encoder.name, box.encoder.dimension = "wider", 300
    with pytest.raises(Conflict, match="rebuild --encode"):
        drop(box, tmp_path, {"d.txt": "Tea."})
    assert list(box.pipeline.rebuild(admin, encode=True))[-1] == (2, 2)
    drop(box, tmp_path, {"d.txt": "Tea."})
    assert files(box, admin, "oil cake tea") == ["a.txt", "b.txt", "d.txt"]
    assert box.library.vectors([c.id for d in box.library.documents() for c in box.library.chunks_of(d.id)])[
        1
    ].shape == (4, 300)
    agree(box)


def test_a_crash_while_vectors_are_made_anew_leaves_a_box_that_starts(
    settings: Settings, tmp_path: Path, admin: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = Box(settings, encoder=FakeEncoder(), sandbox=FakeSandbox())
    first.open()
    first.load()
    drop(first, tmp_path, {"a.txt": PUMP, "b.txt": "Cake."})
    first.encoder.name, first.encoder.dimension = "wider", 300
    with monkeypatch.context() as patch:  # killed with the new vectors recorded and nothing indexed
        patch.setattr(first.indexer, "rebuild", lambda: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            list(first.pipeline.rebuild(admin, encode=True))
    first.close()
    second = Box(settings, encoder=FakeEncoder("wider", 300), sandbox=FakeSandbox())
    second.open()
    second.load()
    assert files(second, admin, "oil cake") == ["a.txt", "b.txt"]
    assert np.isclose(second.answers.search(admin, "Cake.")[0].cosine, 1, atol=0.3)
    agree(second)
    second.close()


def test_a_plain_rebuild_makes_no_vector(box: Box, tmp_path: Path, admin: Actor) -> None:
    drop(box, tmp_path, {"a.txt": PUMP})
    before = len(box.encoder.encoded)
    box.dense.drop(box.library.collection("papers").id)
    assert list(box.pipeline.rebuild(admin)) == [(1, 1)]
    assert len(box.encoder.encoded) == before
    agree(box)


def test_the_file_name_is_in_the_context_where_it_says_more_than_the_title(box: Box, tmp_path: Path) -> None:
    result = drop(box, tmp_path, {"x/Lease 2025.txt": "Some text."})["x/Lease 2025.txt"]
    assert box.library.chunks_of(result.document)[0].context == "Lease 2025"
