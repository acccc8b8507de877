"""A box with the documents of two departments, and everybody who may try to get at them."""

from __future__ import annotations

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
