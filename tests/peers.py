"""A box with the documents of two departments, and everybody who may try to get at them."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from starlette.testclient import TestClient

from ragbox.box import Box
from ragbox.settings import Settings
from tests.doors import browser, furnish, nobody, paged, program
from tests.fakes import FakeEncoder, FakeSandbox
from tests.private import FakeFinder

WORD = "90 days"
"""What only the document of legal has."""
ASKED = "With how many days of notice may the contract be ended?"
NONE = "f" * 24
"""The id of nothing."""


class Peer(SimpleNamespace):
    """A box with the documents of two departments, and a client of each kind of person."""

    box: Box
    ids: dict[str, str]
    guest: TestClient
    admin: TestClient
    rita: TestClient
    """Reads hr."""
    edda: TestClient
    """Writes hr."""
    leo: TestClient
    """Reads legal."""

    @property
    def root(self) -> Path:
        return self.box.settings.data

    def page(self, name: str) -> TestClient:
        return browser(self.rita.app, self.box, name)  # type: ignore[arg-type]


@contextmanager
def besieged(data: Path) -> Iterator[Peer]:
    """Yield the box with its pages, open and loaded."""
    box = Box(Settings(data=data), encoder=FakeEncoder(), sandbox=FakeSandbox(), analyzer=FakeFinder)
    box.open()
    box.load()
    furnish(box)
    app = paged(box)
    people = {name: program(app, box, name) for name in ("admin", "rita", "edda", "leo")}
    ids = {d.collection: d.id for d in box.library.documents()}
    shelves = {c.id: c.name for c in box.library.collections()}
    yield Peer(box=box, guest=nobody(app), ids={shelves.get(shelf, shelf): one for shelf, one in ids.items()}, **people)
    box.close()


def refused(reply: Any, *statuses: int) -> None:
    assert reply.status_code in (statuses or (400, 401, 403, 404, 405, 409, 413, 422)), (reply.url, reply.text[:300])
    assert "root:" not in reply.text


def shut(who: TestClient, method: str, path: str, id: str, **sent: Any) -> None:
    """Check that another's thing is refused in the words for what is not there."""
    reply, none = (who.request(method, path.format(id=one), **sent) for one in (id, NONE))
    refused(reply, 404)
    assert reply.text.replace(id, NONE) == none.text
    assert WORD not in reply.text


@contextmanager
def under_way(peer: Peer, question: str) -> Iterator[tuple[str, list[str]]]:
    """Yield leo's conversation while an answer is written in it, and a list that has the answer's stream afterwards."""
    talk = peer.leo.post("/api/ask", json={"question": ASKED, "conversation": "new"}).json()["conversation"]
    begun, go, told, whole = threading.Event(), threading.Event(), list[str](), peer.box.engine.answer

    def held(*given: Any) -> Iterator[Any]:
        begun.set()
        assert go.wait(60)
        yield from whole(*given)

    def ask() -> None:
        sent = {"question": question, "conversation": talk, "stream": True}
        told.append(peer.leo.post("/api/ask", json=sent).text)

    asking = threading.Thread(target=ask)
    peer.box.engine.answer = held
    try:
        asking.start()
        assert begun.wait(60)
        yield talk, told
    finally:
        go.set()
        asking.join(60)
        peer.box.engine.answer = whole
