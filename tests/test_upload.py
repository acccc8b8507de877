"""A form's files arrive on disk, each with its own end, and nothing is left behind."""

from __future__ import annotations

import asyncio
import hashlib
import threading
from collections.abc import AsyncIterator, Callable

import httpx
import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from ingest.jobs import Task
from ragbox.box import Box
from ragbox.settings import Settings
from ragbox.types import Parsed
from tests.doors import BASE, HANDBOOK, failure, program, upload
from tests.fakes import FakeEncoder, FakeSandbox
from web.app import create_app

As = Callable[[str], TestClient]


def test_an_upload_tells_how_each_file_ended_in_the_order_sent(as_: As, box: Box) -> None:
    files = [
        ("notes/二月.txt", "年假为十五天。".encode()),
        ("no.txt", b"REJECT this"),
        ("again.txt", HANDBOOK),
        ("../../etc/passwd", b"x"),
        ("C:\\Users\\kim\\plan.txt", b"Plan nine from Bergen."),
    ]
    reply = upload(as_("edda"), "hr", files)
    assert reply.status_code == 200
    results = reply.json()["results"]
    assert [(r["file"], r["status"]) for r in results] == [
        ("notes/二月.txt", "indexed"),
        ("no.txt", "rejected"),
        ("again.txt", "unchanged"),
        ("../../etc/passwd", "rejected"),
        ("plan.txt", "indexed"),
    ]
    assert all(r["reason"] for r in results if r["status"] == "rejected")
    assert list((box.settings.data / "uploads").iterdir()) == []
    found = as_("rita").post("/api/search", json={"question": "年假多少天"}).json()["hits"]
    assert found[0]["file"] == "notes/二月.txt"


def test_who_has_too_much_waiting_is_told_before_the_files_are_received(as_: As, box: Box) -> None:
    edda, sent = as_("edda"), {"collection": "hr", "wait": "no"}
    box.queue.close()
    box.queue._open = True  # nothing is taken out any more
    for n in range(box.settings.waiting_files):
        box.queue._turns.add(Task(file=f"{n}", collection="c", by="edda", size=1))
    reply = edda.post("/api/documents", data=sent, files={"files": ("b.txt", b"B")})
    assert failure(reply) == (429, "Busy")
    assert reply.headers["Retry-After"] == "5"
    assert "RAGBOX_WAITING_FILES" in reply.text
    assert not (box.settings.data / "queue").exists()
    assert as_("admin").post("/api/documents", data=sent, files={"files": ("b.txt", b"B")}).status_code == 202


def test_a_file_that_is_too_large_is_cut_off_and_the_others_go_on(settings: Settings) -> None:
    small = settings.model_copy(update={"max_file_mb": 1})
    made = Box(small, encoder=FakeEncoder(), sandbox=FakeSandbox())
    made.open()
    made.load()
    try:
        made.library.create_collection("hr")
        client = program(create_app(made, pages=False), made)
        files = [("big.txt", b"x" * (5 << 20)), ("edge.txt", b"REJECT".ljust(1 << 20)), ("small.txt", b"Fine.")]
        results = upload(client, "hr", files).json()["results"]
        assert [r["status"] for r in results] == ["rejected", "rejected", "indexed"]
        assert "larger than 1 MB" in results[0]["reason"]
        row = client.get(f"/api/documents/{results[0]['document']}").json()
        assert (row["file"], row["size"], row["status"]) == ("big.txt", 5 << 20, "rejected")
        assert row["sha256"] == hashlib.sha256(files[0][1]).hexdigest()
        assert row["reason"] == results[0]["reason"]
        assert "asks to be rejected" in results[1]["reason"]  # one byte less than too much: it was parsed
    finally:
        made.close()


def test_who_may_not_write_uploads_nothing(as_: As) -> None:
    file = [("x.txt", b"New text.")]
    assert failure(upload(as_("rita"), "hr", file)) == (403, "NotPermitted")
    assert failure(upload(as_("edda"), "legal", file)) == (404, "NotFound")
    assert failure(upload(as_("admin"), "nowhere", file)) == (404, "NotFound")
    assert len(as_("admin").get("/api/documents").json()["documents"]) == 2


def caller(app: FastAPI, box: Box, name: str) -> httpx.AsyncClient:
    """Return a client that sends a request piece by piece, and several at once."""
    token = {"Authorization": f"Bearer {box.auth.new_token(name)}"}
    return httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url=BASE, headers=token, timeout=60)


def test_who_may_not_write_is_told_before_the_files_are_received(app: FastAPI, box: Box) -> None:
    sent = []

    async def large() -> AsyncIterator[bytes]:
        yield PART + b'"collection"\r\n\r\nhr\r\n' + PART + b'"files"; filename="a"\r\n\r\n'
        for _ in range(50):
            sent.append(1 << 20)
            yield b"x" * (1 << 20)

    async def send() -> httpx.Response:
        async with caller(app, box, "rita") as client:
            return await client.post("/api/documents", content=large(), headers={"Content-Type": FORM})

    assert failure(asyncio.run(send())) == (403, "NotPermitted")
    assert sum(sent) <= 4 << 20
    assert list((box.settings.data / "uploads").iterdir()) == []


def test_slow_uploads_leave_threads_for_questions(app: FastAPI, box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    parse, busy, go_on = box.sandbox.parse, threading.Semaphore(0), threading.Event()

    def slow(*given: object) -> Parsed:
        busy.release()
        assert go_on.wait(120)
        return parse(*given)

    monkeypatch.setattr(box.sandbox, "parse", slow)

    async def send(client: httpx.AsyncClient, n: int) -> httpx.Response:
        file = {"files": (f"{n}.txt", f"Memo {n}".encode())}
        return await client.post("/api/documents", data={"collection": "hr"}, files=file)

    async def main() -> None:
        async with caller(app, box, "admin") as client:
            uploads = [asyncio.create_task(send(client, n)) for n in range(100)]
            try:
                while not busy.acquire(blocking=False):
                    await asyncio.sleep(0.02)
                await asyncio.sleep(0.5)  # the others have come as far as they can
                async with asyncio.timeout(60):
                    assert (await client.get("/healthz")).status_code == 200
                    asked = await client.post("/api/ask", json={"question": "How many days of annual leave?"})
                assert asked.status_code == 200
            finally:
                go_on.set()
                replies = await asyncio.gather(*uploads)
            assert [r.json()["results"][0]["status"] for r in replies] == ["indexed"] * 100

    asyncio.run(main())


FORM = "multipart/form-data; boundary=x"
PART = b"--x\r\nContent-Disposition: form-data; name="


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"{}", "application/json"),
        (b"", "multipart/form-data"),
        (b"", FORM),
        (b"--y\r\n\r\n", FORM),
        (PART + b'"collection"\r\n\r\nhr\r\n--x--\r\n', FORM),
        (PART + b'"files"; filename="a"\r\n\r\ncut', FORM),
        (PART + b'"collection"\r\n\r\n' + b"z" * 2000 + b"\r\n--x--\r\n", FORM),
        (PART + b'"files"; filename="a"\r\n\r\nx\r\n' + PART + b'"collection"\r\n\r\nhr\r\n--x--\r\n', FORM),
        (PART + b'"collection"\r\n\r\nhr\r\n' + (PART + b'"y"\r\n\r\n\r\n') * 20 + b"--x--\r\n", FORM),
        (PART + b'"collection"\r\n\r\nhr\r\n' + (PART + b'""; filename=""\r\n\r\n\r\n') * 1001 + b"--x--\r\n", FORM),
    ],
)
def test_a_form_that_is_none_is_refused_and_leaves_nothing(as_: As, box: Box, content: bytes, kind: str) -> None:
    reply = as_("edda").post("/api/documents", content=content, headers={"Content-Type": kind})
    assert failure(reply) == (400, "BadInput")
    assert list((box.settings.data / "uploads").iterdir()) == []
