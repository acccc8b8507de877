"""The viewer's routes: for whom they may, with the headers that keep a file from acting in a browser."""

from __future__ import annotations

import threading
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from fastapi import FastAPI
from PIL import Image
from starlette.testclient import TestClient

from ragbox.box import Box
from ragbox.types import Document
from tests import make
from tests.doors import failure, nobody, program
from tests.pdfs import draw, write
from web.pages import viewer

As = Callable[[str], TestClient]
ROUTES = ("pages/1", "passages", "original")


@pytest.fixture
def known(app: FastAPI, box: Box, tmp_path: Path) -> Document:
    """A PDF in the collection hr, with a name that is hard on a header."""
    assert app
    path = draw(tmp_path / "a.pdf", lambda canvas: write(canvas, ["Staff get 30 days of leave."]))
    sha256, _ = box.originals.add(path)
    box.originals.settle(sha256)
    shelf = box.library.collection("hr")
    return make.put(
        box, box.encoder, shelf.id, "d9", "Staff get 30 days of leave.", kind="pdf", sha256=sha256,
        files=('2025/员工 "handbook"\r\n.pdf',),
    )  # fmt: skip


def test_a_page_is_drawn_kept_by_the_browser_alone_and_asked_for_anew(as_: As, known: Document) -> None:
    rita = as_("rita")
    reply = rita.get(f"/api/documents/{known.id}/pages/1?width=700")
    assert (reply.status_code, reply.headers["content-type"]) == (200, "image/webp")
    assert Image.open(BytesIO(reply.content)).width == 700
    assert reply.headers["cache-control"] == "private, no-cache"
    assert reply.headers["x-content-type-options"] == "nosniff"
    again = rita.get(f"/api/documents/{known.id}/pages/1?width=700", headers={"If-None-Match": reply.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    other = rita.get(f"/api/documents/{known.id}/pages/1?width=701", headers={"If-None-Match": reply.headers["etag"]})
    assert other.status_code == 200


@pytest.mark.parametrize("route", ROUTES)
def test_what_may_not_be_read_is_not_found(app: FastAPI, as_: As, known: Document, route: str) -> None:
    path = f"/api/documents/{known.id}/{route}"
    assert as_("rita").get(path).status_code == 200
    hidden, missing = as_("leo").get(path), as_("leo").get(f"/api/documents/d8/{route}")
    assert failure(hidden) == failure(missing) == (404, "NotFound")
    assert hidden.json()["error"]["message"].replace("d9", "d8") == missing.json()["error"]["message"]
    tagged = as_("leo").get(path, headers={"If-None-Match": as_("rita").get(path).headers.get("etag", "*")})
    assert tagged.status_code == 404
    assert nobody(app).get(path).status_code == 401


@pytest.mark.parametrize(
    ("query", "status"), [("0", 404), ("2", 404), ("x", 400), ("1?width=599", 400), ("1?width=2001", 400)]
)
def test_what_is_no_page_is_refused(as_: As, known: Document, query: str, status: int) -> None:
    assert as_("rita").get(f"/api/documents/{known.id}/pages/{query}").status_code == status


def test_a_page_that_cannot_be_drawn_is_told_with_its_reason(as_: As, known: Document, box: Box) -> None:
    box.originals.path(known.sha256).write_bytes(b"%PDF-1.7 and nothing more")
    reply = as_("rita").get(f"/api/documents/{known.id}/pages/1")
    assert failure(reply) == (422, "Rejected")
    assert known.sha256 not in reply.text


def test_an_original_is_only_ever_a_download_under_its_own_name(as_: As, box: Box, known: Document) -> None:
    reply = as_("rita").get(f"/api/documents/{known.id}/original")
    assert reply.content == box.originals.path(known.sha256).read_bytes()
    assert reply.headers["content-type"] == "application/octet-stream"
    assert reply.headers["content-disposition"] == (
        "attachment; filename*=utf-8''%E5%91%98%E5%B7%A5%20%22handbook%22%0D%0A.pdf"
    )
    assert reply.headers["x-content-type-options"] == "nosniff"
    assert reply.headers["cache-control"] == "private, no-cache"


def test_an_original_with_personal_data_is_withheld_and_one_can_ask_beforehand(
    as_: As, box: Box, known: Document, tmp_path: Path
) -> None:
    rita = as_("rita")
    assert rita.get(f"/api/documents/{known.id}/original?check=true").status_code == 204
    path = tmp_path / "b.txt"
    path.write_text("Write to anna@example.com.")
    sha256, _ = box.originals.add(path)
    made = make.put(
        box, box.encoder, known.collection_id, "d7", "Write to anna@example.com.", sha256=sha256, files=("b.txt",)
    )
    for query in ("", "?check=true"):
        refused = rita.get(f"/api/documents/{made.id}/original{query}")
        assert failure(refused) == (403, "NotPermitted")
        assert "anna" not in refused.text


def test_passages_come_as_shapes_and_documents_say_how_to_look_at_them(as_: As, known: Document) -> None:
    found = as_("rita").get(f"/api/documents/{known.id}/passages?near=30%20days").json()
    assert found == {
        "document": "d9", "page": 1, "pages": 1, "offset": 0, "end": 1, "total": 1,
        "passages": [
            {"kind": "text", "section": "", "text": "Staff get 30 days of leave.", "rows": [], "header_rows": 0}
        ],
    }  # fmt: skip
    viewable = {d["id"]: d["viewable"] for d in as_("rita").get("/api/documents").json()["documents"]}
    assert viewable.pop("d9") == "image"
    assert list(viewable.values()) == ["text"]


def test_slow_pages_leave_threads_to_others(
    app: FastAPI, box: Box, known: Document, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawing, done = threading.Semaphore(0), threading.Event()

    def slow(*_: object) -> bytes:
        drawing.release()
        done.wait(60)
        return b""

    monkeypatch.setattr(box.painter, "page", slow)
    with program(app, box, "rita") as client:  # one event loop for all
        threads = [
            threading.Thread(target=client.get, args=(f"/api/documents/{known.id}/pages/1",)) for _ in range(60)
        ]  # as many as there are threads, and more
        for thread in threads:
            thread.start()
        for _ in range(6):
            assert drawing.acquire(timeout=60)
        assert client.get(f"/api/documents/{known.id}").status_code == 200
        assert not drawing.acquire(timeout=0.2)
        done.set()
        for thread in threads:
            thread.join(60)


def test_originals_that_are_being_judged_keep_no_page_from_being_drawn(
    app: FastAPI, box: Box, known: Document, monkeypatch: pytest.MonkeyPatch
) -> None:
    judging, done = threading.Semaphore(0), threading.Event()

    def slow(*_: object) -> Path:
        judging.release()
        done.wait(60)
        return box.originals.path(known.sha256)

    monkeypatch.setattr(box.painter, "original", slow)
    monkeypatch.setattr(box.painter, "page", lambda *_: b"drawn")
    with program(app, box, "rita") as client:
        threads = [
            threading.Thread(target=client.get, args=(f"/api/documents/{known.id}/original",)) for _ in range(12)
        ]
        for thread in threads:
            thread.start()
        for _ in range(6):
            assert judging.acquire(timeout=60)
        pages = threading.Thread(target=lambda: drawn.append(client.get(f"/api/documents/{known.id}/pages/1").content))
        drawn: list[bytes] = []
        pages.start()
        pages.join(60)
        assert drawn == [b"drawn"]
        done.set()
        for thread in threads:
            thread.join(60)


def test_the_words_of_the_viewer_cannot_leave_their_element(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "关闭" in viewer.head("zh")
    monkeypatch.setitem(viewer.STRINGS, "viewer.close", ("</script><b>", ""))
    assert "</script><b>" not in viewer.head("en")
