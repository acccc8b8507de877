"""Boxes whose people come from a test's directory, and somebody who is signed in there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

from ragbox.box import Box
from ragbox.errors import NotSignedIn
from ragbox.settings import Settings
from tests.directory_server import STAFF, DirectoryServer, person
from tests.private import FakeFinder

PASSWORD = "four lamps beside windows"
_numbers = count()


def boxes(server: DirectoryServer, folder: Path) -> Iterator[Callable[..., Box]]:
    """Yield a function that opens a box whose people come from the directory; the one before it is closed."""
    opened: list[Box] = []

    def open_(**more: Any) -> Box:
        if opened:
            opened.pop().close()
        box = Box(Settings(data=folder / "data", **{**server.settings(folder), **more}), analyzer=FakeFinder)
        opened.append(box)
        box.open()
        return box

    yield open_
    for box in opened:
        box.close()


class Person:
    """Somebody of the directory's staff who is signed in and has a token."""

    def __init__(self, server: DirectoryServer, box: Box, **facts: Any) -> None:
        self.name = f"lin{next(_numbers)}"
        kinds = ["inetOrgPerson", "activePerson"]
        with server.connect() as root:
            root.add(person(self.name), kinds, {"cn": "x", "sn": "x", "userPassword": PASSWORD, **facts})
        server.change(STAFF, self.name, take=False)
        self.server = server
        self.session = box.signin.by_password(self.name, PASSWORD, address="").session
        self.token = box.auth.new_token(self.name)

    def change(self, attribute: str, *values: Any) -> None:
        with self.server.connect() as root:
            root.modify(person(self.name), {attribute: [("MODIFY_REPLACE", list(values))]})

    def leave(self) -> None:
        with self.server.connect() as root:
            root.delete(person(self.name))

    def may(self, box: Box) -> tuple[bool, bool, tuple[str, ...]]:
        """Tell whether the session and the token work, and of which groups the user is."""
        works = []
        for whose, secret in ((box.auth.by_session, self.session), (box.auth.by_token, self.token)):
            try:
                works.append(whose(secret).name == self.name)
            except NotSignedIn:
                works.append(False)
        return works[0], works[1], box.accounts.get(self.name).groups
