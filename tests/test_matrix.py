"""Every route of the app, as everybody: each opens for those alone for whom it should. See `tests/matrix.py`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from ragbox.box import Box
from ragbox.decisions import SCOPES
from ragbox.errors import NotFound
from ragbox.settings import Settings
from tests.doors import nobody, paged, program
from tests.fakes import FakeDense, FakeEncoder, FakeSandbox, FakeSparse
from tests.matrix import right
from tests.private import FakeFinder
from tests.test_guard import walk
from web.fence import NEEDED

pytestmark = pytest.mark.slow
LEVELS = ("", "read", "write", "manage")
PEOPLE = {
    "rita": ("reader", "manage"), "edda": ("editor", "write"), "mara": ("editor", "manage"), "leo": ("editor", ""),
    "hana": ("editor", "manage"), "ada": ("auditor", ""), "adam": ("admin", ""), "dora": ("editor", "manage"),
}  # fmt: skip
"""Roles and what is granted of the collection hr. From hana its documents are hidden, dora is disabled."""
TOKENS = {"adam/read": "read", "adam/write": "write", "mara/ask": "ask"}
"""Tokens of some of them that are for less than they may."""
ACTS = re.compile(r"POST /api/(ask|search)|POST /v1/chat/completions|GET .*")
"""Routes that change nothing: all who may are let try."""


class Desk:
    """A box with people and documents, and what is asked of it."""

    def __init__(self, box: Box, app: FastAPI, folder: Path) -> None:
        self.box, self.app, self._folder = box, app, folder
        for name in ("hr", "legal"):
            box.library.create_collection(name)
        for name, (role, level) in PEOPLE.items():
            box.auth.create_user(name, role, ["legal"] if name == "leo" else [])
            if level:
                box.access.grant(box.auth.local(), "hr", level, user=name)
        self.clients = {name: program(app, box, name, raise_server_exceptions=False) for name in PEOPLE}
        box.accounts.change("dora", disabled=True)
        for name, scope in TOKENS.items():
            self.clients[name] = nobody(app, raise_server_exceptions=False)
            secret = box.auth.new_token(name.partition("/")[0], scope=scope)
            self.clients[name].headers["Authorization"] = f"Bearer {secret}"
        self.clients["nobody"] = nobody(app, raise_server_exceptions=False)
        told = self.clients["rita"].post("/api/ask", json={"question": "Who pays?", "conversation": "new"}).json()
        self.talk, self.turn = told["conversation"], told["turn"]

    def document(self, file: str = "") -> str:
        """Return a new document in hr, which hana may not see."""
        box, admin = self.box, self.box.auth.local()
        path = self._folder / "paper.txt"
        path.write_text(f"Paper {file or len(box.library.documents())} is paid by the office.")
        file = file or f"{len(box.library.documents())}.txt"
        made = box.pipeline.ingest(admin, path, file=file, collection="hr").document
        box.access.hide(admin, made, users=["hana"], groups=[])
        return made

    def ask(self, name: str, route: str, document: str) -> Any:
        """Send what a route takes."""
        method, path = route.split(" ")
        shelf = self.box.library.collection("hr").id
        filled = {
            "document": document, "page": "1", "conversation": self.talk, "turn": self.turn, "name": "hr",
            "model:path": "ragbox/hr", "collection": shelf, "job": "none",
        }  # fmt: skip
        if route.startswith("DELETE /api/jobs/") and name not in ("nobody", "dora"):
            queue, edda = self.box.queue, self.box.auth.user("edda")
            filled["job"] = queue.reread(edda, [document])[0][0].id
        if path == "/api/documents/restore" and name not in ("nobody", "dora"):
            with suppress(NotFound):  # taken away for the one before, who did not get it back
                self.box.shelf.remove(self.box.auth.local(), [document], grace=600)
        if "/users/" in path:
            filled["name"] = "leo"
        url = re.sub(r"\{([^}]*)\}", lambda m: filled.get(m[1], "x"), path)
        question = {"question": "Who pays for the paper?", "collection": "hr"}
        chat = {"model": "ragbox/hr", "messages": [{"role": "user", "content": "Who pays for the paper?"}]}
        bodies: dict[str, Any] = {
            "POST /api/ask": question, "POST /api/search": question, "POST /v1/chat/completions": chat,
            "POST /api/collections": {"name": f"of {name}"}, "PATCH /api/collections/{name}": {"name": "hr"},
            "POST /api/documents/reindex": {"documents": [document]},
            "POST /api/documents/remove": {"documents": [document]},
            "POST /api/documents/restore": {"documents": [document]},
            "POST /api/documents/move": {"documents": [document], "collection": "hr"},
            "PUT /api/documents/{document}/hidden": {"users": ["hana"]},
            "PATCH /api/conversations/{conversation}": {"title": "Pay"},
            "POST /api/turns/{turn}/feedback": {"thumb": "up"}, "POST /api/rereading": {"collection": "hr"},
            "PUT /api/admin/privacy/collections/{collection}": {"style": "redact"}, "POST /api/users": {"name": "kim"},
            "POST /api/mirrors/confirm": {"folder": "none"},
        }  # fmt: skip
        options: dict[str, Any] = {"json": bodies.get(route, {})} if method in ("POST", "PUT", "PATCH") else {}
        if route == "POST /api/documents":
            options = {"data": {"collection": "hr"}, "files": [("files", ("new.txt", b"The office pays."))]}
        if route == "POST /login":
            options = {"headers": {"Sec-Fetch-Site": "same-origin"}}
        if method != "POST" and path in ("/api/documents", "/api/rereading"):
            options["params"] = {"collection": "hr"}
        return self.clients[name].request(method, url, **options)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    folder = tmp_path_factory.mktemp("matrix")
    box = Box(
        Settings(data=folder / "data"), encoder=FakeEncoder(), sandbox=FakeSandbox(), analyzer=FakeFinder,
        dense=FakeDense(), sparse=FakeSparse(),
    )  # fmt: skip
    box.open()
    box.load()
    yield Desk(box, paged(box), folder)
    box.close()


def expected(name: str, kind: str, wanted: str) -> int:
    """Return the status of a refusal, 0 where somebody may."""
    person, _, scope = name.partition("/")
    if scope and kind not in ("open", "gradio"):
        return expected(person, kind, wanted) or (0 if wanted in SCOPES[scope] else 403)
    role, level = PEOPLE.get(name, ("", ""))
    if kind == "open":
        return 0
    if name in ("nobody", "dora"):
        return 401
    if kind == "browser":
        return 403  # all come with a token here
    if kind in ("signed", "gradio") or role == "admin":
        return 0
    if kind in ("admin", "audit"):
        return 0 if (kind, role) == ("audit", "auditor") else 403
    if wanted == "create":
        return 403  # nothing is granted of a collection that is none yet
    has = LEVELS.index(level) if role == "editor" else min(LEVELS.index(level), 1)
    if (kind == "document" and name == "hana") or not has:
        return 404
    return 0 if has >= LEVELS.index(wanted.replace("ask", "read")) else 403


def routes(app: FastAPI) -> list[str]:
    """Return all routes; those that take things away come last."""
    found = {f"{m} {p}" for m, p in walk(app.routes) if m not in ("HEAD", "OPTIONS")}
    return sorted(found, key=lambda route: (route == "DELETE /api/collections/{name}", route[0] == "D", route))


def test_every_route_has_an_expectation(desk: Desk) -> None:
    unknown = []
    for route in routes(desk.app):
        try:
            right(route)
        except KeyError:
            unknown.append(route)
    assert unknown == [], "say in tests/matrix.py for whom it is"


def test_what_belongs_to_one_is_nobody_elses_not_even_an_admins(desk: Desk) -> None:
    for route in (r for r in routes(desk.app) if right(r)[0] == "own"):
        for name in desk.clients:
            if name == "rita":
                continue
            missing = 401 if name in ("nobody", "dora") else 404
            if name in TOKENS and right(route)[1] not in SCOPES[TOKENS[name]]:
                missing = 403
            assert desk.ask(name, route, "").status_code == missing, (name, route)
        assert desk.ask("rita", route, "").status_code == 200, route


def test_of_gradio_only_what_the_pages_need_is_there(desk: Desk) -> None:
    client: TestClient = desk.clients["rita"]
    found = [r.split(" ") for r in routes(desk.app) if right(r)[0] == "gradio"]
    assert found
    for method, path in found:
        if not NEEDED.fullmatch(path[3:]):
            filled = re.sub(r"\{[^}]*\}", "x", path)
            assert NEEDED.fullmatch(filled[3:]) or client.request(method, filled).status_code == 404, path


def test_every_route_opens_for_those_alone_for_whom_it_should(desk: Desk) -> None:
    wrong = []
    for route in routes(desk.app):
        kind, wanted = right(route)
        if kind in ("gradio", "own"):
            continue
        document, tried = desk.document(), 0
        for name in sorted(desk.clients, key=lambda n: not expected(n, kind, wanted)):
            status = expected(name, kind, wanted)
            harmless = ACTS.fullmatch(route) or route in ("POST /login", "POST /logout")
            if not status and tried and not harmless:
                continue  # once is enough for what changes something, by the one who has the least right to it
            if not status and kind == "admin" and not harmless:
                continue  # the routes' own tests let an admin in
            tried += not status
            reply = desk.ask(name, route, document)
            refused = reply.status_code if reply.status_code in (401, 403, 404) else 0
            if reply.status_code == 303 and reply.headers["location"].endswith(("/login", "/en/", "/zh/")):
                refused = 401 if name in ("nobody", "dora") else 403 if route.endswith("/admin") else 0
            lenient = kind in ("admin", "signed") or "/pages/" in route  # "x" is none; a text has no image
            if refused != status and not (status == 0 and refused == 404 and lenient):
                wrong.append(f"{name}: {route} -> {reply.status_code}, not {status or 'let in'}: {reply.text[:150]}")
            if status == 404 and kind == "document" and "{document}" in route:
                none = desk.ask(name, route, "f" * 24)
                if reply.text.replace(document, "f" * 24) != none.text:
                    wrong.append(f"{name}: {route} tells what is hidden from what is not there: {reply.text[:150]}")
    assert not wrong, "\n".join(wrong)
