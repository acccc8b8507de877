"""From whom a document was hidden outlives it: what comes back in its place is hidden too, until somebody shows it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from ragbox import hidings
from ragbox.box import Box
from ragbox.types import Status
from tests.doors import HANDBOOK, upload

As = Callable[[str], TestClient]
OTHER = HANDBOOK.replace(b"30", b"31")


@pytest.fixture
def handbook(box: Box, as_: As) -> str:
    """The document in hr, hidden from rita and edda."""
    assert as_
    found = next(d.id for d in box.library.documents() if d.collection == "hr")
    box.access.hide(box.auth.local(), found, users=["rita", "edda"], groups=[])
    return found


def put(box: Box, folder: Path, name: str, text: bytes, collection: str = "hr") -> str:
    path = folder / name
    path.write_bytes(text)
    made = box.pipeline.ingest(box.auth.local(), path, file=name, collection=collection)
    assert made.status in (Status.INDEXED, Status.UNCHANGED)
    return made.document


def sees(box: Box, document: str, name: str = "rita") -> bool:
    return box.auth.decide(box.auth.user(name), "read", box.library.document(document)).allowed


@pytest.mark.parametrize("grace", [0.0, 60.0])
@pytest.mark.parametrize(("name", "text"), [("handbook.txt", HANDBOOK), ("handbook.txt", OTHER), ("new.txt", HANDBOOK)])
def test_what_comes_back_by_its_name_or_bytes_is_hidden(
    box: Box, handbook: str, tmp_path: Path, grace: float, name: str, text: bytes
) -> None:
    box.shelf.remove(box.auth.local(), [handbook], grace=grace)
    if not grace:
        box.shelf.finish()
    made = put(box, tmp_path, name, text)
    assert not sees(box, made)
    assert not sees(box, made, "edda")
    assert sees(box, put(box, tmp_path, "other.txt", b"Words of another file."))


def test_by_the_mirror_by_a_move_and_with_its_last_name_it_goes_the_same_way(
    box: Box, handbook: str, tmp_path: Path
) -> None:
    with box.db.write() as db:
        db.execute("UPDATE files SET added_by = 'folder mirror' WHERE document = ?", (handbook,))
    box.library.rename_files(box.library.collection("hr").id, {}, ["handbook.txt"])
    assert not box.db.read("SELECT 1 FROM documents WHERE id = ?", handbook)
    box.access.grant(box.auth.local(), "legal", "read", user="rita")
    made = put(box, tmp_path, "handbook.txt", OTHER, "legal")
    assert sees(box, made)
    assert not sees(box, box.shelf.move(box.auth.local(), [made], "hr")[made])


@pytest.mark.parametrize("away", ["moved", "renamed", "its first name"])
def test_a_place_stays_hidden_that_the_document_left(box: Box, handbook: str, tmp_path: Path, away: str) -> None:
    shelf = box.library.collection("hr").id
    with box.db.write() as db:
        db.execute("UPDATE files SET added_by = 'folder mirror' WHERE document = ?", (handbook,))
    if away == "moved":
        moved = box.shelf.move(box.auth.local(), [handbook], "legal")[handbook]
        assert box.library.document(moved).collection == "legal"
    elif away == "renamed":
        box.library.rename_files(shelf, {"old.txt": handbook}, ["handbook.txt"])
    else:
        assert box.library.attach(handbook, shelf, "old.txt", by="folder mirror")
        box.library.rename_files(shelf, {}, ["handbook.txt"])
    assert not sees(box, put(box, tmp_path, "handbook.txt", OTHER))


def test_shown_it_is_not_hidden_again_by_a_name_of_before(box: Box, handbook: str, tmp_path: Path) -> None:
    box.library.remove(handbook)
    made = put(box, tmp_path, "new.txt", HANDBOOK)
    box.access.hide(box.auth.local(), made, users=[], groups=[])
    assert sees(box, put(box, tmp_path, "handbook.txt", HANDBOOK))


def test_from_whom_it_was_hidden_cannot_bring_it_back(box: Box, as_: As, handbook: str, tmp_path: Path) -> None:
    box.library.remove(handbook)
    for name, text in [("handbook.txt", OTHER), ("copy.txt", HANDBOOK)]:
        (result,) = upload(as_("edda"), "hr", [(name, text)]).json()["results"]
        assert (result["status"], result["document"]) == ("rejected", "")
        assert "cannot be taken in here" in result["reason"]
    box.access.grant(box.auth.local(), "legal", "write", user="edda")
    made = put(box, tmp_path, "handbook.txt", OTHER, "legal")
    moved = as_("edda").post("/api/documents/move", json={"documents": [made], "collection": "hr"})
    assert moved.status_code == 409
    assert box.library.document(made).collection == "legal"


def test_once_shown_it_is_forgotten(box: Box, handbook: str, tmp_path: Path) -> None:
    box.library.remove(handbook)
    made = put(box, tmp_path, "handbook.txt", HANDBOOK)
    box.access.hide(box.auth.local(), made, users=["edda"], groups=[])
    assert sees(box, made)
    box.library.remove(made)
    again = put(box, tmp_path, "handbook.txt", HANDBOOK)
    assert (sees(box, again), sees(box, again, "edda")) == (True, False)


def test_no_name_is_kept_and_all_of_it_goes_with_the_trail_the_user_and_the_collection(
    box: Box, handbook: str, tmp_path: Path
) -> None:
    box.library.remove(handbook)
    rows = box.db.read("SELECT * FROM hidings")
    assert sorted(r["user"] for r in rows) == ["edda", "edda", "rita", "rita"]
    assert not any("handbook" in str(tuple(r)) for r in rows)
    box.auth.remove_user("rita")
    assert {r["user"] for r in box.db.read("SELECT user FROM hidings")} == {"edda"}
    with box.db.write() as db:
        hidings.prune(db, min(r["at"] for r in rows))
        assert db.execute("SELECT count(*) FROM hidings").fetchone()[0] == 2
        hidings.prune(db, "9999")
    assert sees(box, put(box, tmp_path, "handbook.txt", HANDBOOK), "edda")
    box.access.hide(box.auth.local(), handbook, users=["edda"], groups=[])
    box.library.remove(handbook)
    box.library.drop_collection(box.library.collection("hr").id)
    assert not box.db.read("SELECT 1 FROM hidings")


def test_from_a_group_that_is_gone_it_stays_hidden_from_who_was_in_it(box: Box, handbook: str, tmp_path: Path) -> None:
    admin = box.auth.local()
    box.access.create_group(admin, "staff", ["rita"])
    box.access.hide(admin, handbook, users=[], groups=["staff"])
    box.library.remove(handbook)
    box.access.remove_group(admin, "staff")
    made = put(box, tmp_path, "handbook.txt", OTHER)
    assert (sees(box, made), sees(box, made, "edda")) == (False, True)
    box.access.create_group(admin, "staff", ["rita", "edda"])  # another one, of the same name
    assert (sees(box, made), sees(box, made, "edda")) == (False, True)
    assert box.access.hidden_from(admin, made).users == ("rita",)
    box.access.hide(admin, made, users=[], groups=[])
    assert sees(box, made)


def test_what_was_hidden_last_counts_where_a_group_hands_down(box: Box, handbook: str) -> None:
    admin = box.auth.local()
    box.access.create_group(admin, "staff", ["rita"])
    box.access.hide(admin, handbook, users=["rita"], groups=["staff"])
    box.library.remove(handbook)
    early, late = "2026-01-01T00:00:00.000000+00:00", "2026-11-01T00:00:00.000000+00:00"
    for mine, groups in ((early, late), (late, early)):
        with box.db.write() as db:
            db.execute("UPDATE hidings SET at = iif(user = 'rita', ?, ?)", (mine, groups))
            hidings.hand_down(db, "staff")
        assert {r["at"] for r in box.db.read("SELECT at FROM hidings WHERE user = 'rita'")} == {late}
