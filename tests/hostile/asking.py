"""A server with stocked shelves for hostile requests, and what must hold while one is sent."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil

from ragbox.box import Box
from ragbox.settings import Settings
from tests.doors import furnish
from tests.fakes import FakeEncoder, FakeSandbox
from tests.private import FakeFinder
from tests.wired import listening

MB = 1 << 20
ROOM = 64 * MB
"""Memory that one hostile request may take, the test's own copy of it not counted."""
SOON = 20.0
"""Seconds within which others are answered meanwhile."""


@dataclass(frozen=True)
class Server:
    """A running box, and what its users send along."""

    port: int
    box: Box
    tokens: dict[str, str]
    document: str

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def client(self, name: str = "rita") -> httpx.Client:
        return httpx.Client(
            base_url=self.url, headers={"Authorization": f"Bearer {self.tokens[name]}"}, trust_env=False, timeout=60
        )

    def head(self, line: str, *more: str, name: str = "edda", host: str = "127.0.0.1") -> bytes:
        """Return the beginning of a request; whose it is decides `name`, "" is nobody's."""
        who = [f"Authorization: Bearer {self.tokens[name]}"] if name else []
        return "\r\n".join([f"{line} HTTP/1.1", f"Host: {host}", *who, *more, "", ""]).encode("latin-1")


@contextmanager
def serving(data: Path) -> Iterator[Server]:
    """Serve a box with a document in each of two collections."""
    box = Box(Settings(data=data, max_file_mb=1), encoder=FakeEncoder(), sandbox=FakeSandbox(), analyzer=FakeFinder)
    box.open()
    box.load()
    furnish(box)
    tokens = {name: box.auth.new_token(name) for name in ("admin", "rita", "edda", "leo")}
    (document,) = box.library.documents(box.library.collection("hr").id)
    with listening(box) as port:
        yield Server(port, box, tokens, document.id)
    box.close()


@contextmanager
def others(server: Server) -> Iterator[None]:
    """Ask for something all the while, and fail if it was not answered soon."""
    over, waited = threading.Event(), [0.0]

    def ask() -> None:
        with server.client() as client:
            while len(waited) < 2 or not over.wait(0.02):
                began = time.monotonic()
                assert client.get("/api/status").status_code == 200
                waited.append(time.monotonic() - began)

    asking = threading.Thread(target=ask)
    asking.start()
    try:
        yield
    finally:
        over.set()
        asking.join(60)
    assert len(waited) > 1
    assert max(waited) < SOON


@contextmanager
def cheap(own: int = 0) -> Iterator[None]:
    """Fail if this process, the server in it, took more memory than `own` bytes and what there is room for."""
    memory = psutil.Process().memory_info
    before, peak, over = memory().rss, [0], threading.Event()

    def watch() -> None:
        while not over.wait(0.01):
            peak.append(memory().rss - before)

    watching = threading.Thread(target=watch)
    watching.start()
    try:
        yield
    finally:
        over.set()
        watching.join()
    assert max(peak) < ROOM + own
