"""No route shows the personal data that was planted in documents: every one is asked, as a reader and as an admin."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from ragbox import logs
from ragbox.audit_trail import Wanted
from ragbox.box import Box
from ragbox.errors import Rejected
from ragbox.settings import Settings
from tests.canary import CANARIES, EN_LINES, ENGLISH, NAMED, QUESTIONS, ZH_LINES, leaks, write
from tests.doors import paged, program, upload
from tests.fakes import FakeEncoder
from tests.test_guard import walk

pytestmark = pytest.mark.slow
LEFT_OUT = re.compile(
    r"\w+ (/login(/oidc(/back)?)?|/logout|/password|/static/x|/docs)|\w+ /(en|zh)/"
    r"(x|[a-z]+/|log(in|out)|favicon\.ico|(manifest|openapi)\.json|monitoring(/summary)?|pwa_icon|robots\.txt|theme\.css)"
    # The line before is Gradio's own, by name: a page of ours is none of them. No model and no mirror is here:
    r"|(POST|DELETE) /api/(adapters|models|trainings)(/.+)?|GET /api/(adapters|models|trainings)/\{.+"
    r"|POST /api/mirrors/confirm"
)
"""Routes whose replies are looked at, but need not be good ones."""
MOUNTED = re.compile(r"/(en|zh)/.*(gradio_api|\{)")
"""Gradio's own, which know of no document."""
SECOND = (
    ("POST", "/api/turns/{turn}/feedback"), ("POST", "/api/admin/quality/runs"), ("GET", "/api/admin/quality"),
    ("POST", "/api/admin/quality/questions"), ("POST", "/api/admin/quality/work"), ("POST", "/api/admin/groups"),
)  # fmt: skip
"""Routes that make what others show, in the order in which they are asked."""
LAST = (
    ("DELETE", "/api/admin/calibrations/{name}"),
    ("DELETE", "/api/glossary/{row}"), ("DELETE", "/api/admin/groups/{group}"),
    ("DELETE", "/api/admin/quality/runs/{run}"),
    ("POST", "/api/documents/move"), ("PATCH", "/api/collections/{name}"), ("POST", "/api/documents/remove"),
    ("POST", "/api/documents/restore"), ("DELETE", "/api/documents/{document}"),
    ("DELETE", "/api/conversations/{conversation}"), ("DELETE", "/api/jobs/{job}"), ("DELETE", "/api/jobs"),
    ("DELETE", "/api/collections/{name}"), ("DELETE", "/api/users/{name}"), ("DELETE", "/api/admin/tokens/{token}"),
)  # fmt: skip
"""Routes that take away what others are asked about, in the order in which they are asked."""


@dataclass
class Known:
    """What the box holds, to be put into paths and bodies."""

    documents: list[str]
    collection: str
    conversation: str = ""
    turn: str = ""
    jobs: list[str] = field(default_factory=list)
    tokens: list[str] = field(default_factory=list)
    basis: str = "none"

    def paths(self, path: str) -> list[str]:
        """Return a route's paths with what they ask for filled in; raises KeyError for what is not known here."""
        shelf = "/collections/" in path or "/calibrations/" in path
        name = "users" if "/users/" in path else "collections" if shelf else ""
        values = {
            "name": {"users": ["kim"], "collections": ["more"]}.get(name, ["none"]),
            "document": self.documents, "page": ["1"], "collection": [self.collection], "role": ["reader"],
            "conversation": [self.conversation], "turn": [self.turn], "job": self.jobs[:1], "token": self.tokens[:1],
            "run": ["kept"], "group": ["staff"], "version": ["1"], "training": ["none"], "row": ["1"],
            "model:path": ["ragbox", "ragbox/hr", "none"],
        }  # fmt: skip
        wanted = re.findall(r"\{([^}]*)\}", path)
        found = [path]
        for part in wanted:
            found = [f.replace(f"{{{part}}}", value) for f in found for value in values[part]]
        return found

    def bodies(self, method: str, path: str) -> list[dict[str, Any]]:
        """Return what a route is sent, each the options of one request."""
        chat = [{"model": "ragbox", "messages": [{"role": "user", "content": q}]} for q in QUESTIONS]
        asked = [{"question": q} for q in QUESTIONS]
        text = {"text": "\n".join(f"Tel.: {c}" for c in CANARIES[1:3])}
        some = {"documents": self.documents[:1]}
        known: dict[tuple[str, str], list[dict[str, Any]]] = {
            ("POST", "/api/ask"): [
                *(a | more for a in asked for more in ({}, {"stream": True}, {"conversation": "new"})),
                {"question": "And who is to be called there?", "conversation": self.conversation},
            ],
            ("POST", "/api/search"): asked,
            ("POST", "/v1/chat/completions"): [c | more for c in chat for more in ({}, {"stream": True})],
            ("POST", "/api/collections"): [{"name": "extra"}],
            ("PATCH", "/api/collections/{name}"): [{"name": "more"}],
            ("POST", "/api/users"): [{"name": "lee"}],
            ("POST", "/api/users/{name}/token"): [{}],
            ("PUT", "/api/users/{name}/password"): [{"password": "four lamps beside windows"}],
            ("PUT", "/api/users/{name}/source"): [{"source": ""}],
            ("POST", "/api/admin/groups"): [{"name": "staff", "members": ["kim"]}],
            ("PATCH", "/api/admin/groups/{group}"): [{"members": ["kim", "rita"]}],
            ("PUT", "/api/admin/grants"): [{"group": "staff", "collection": "more", "level": "read"}],
            ("PATCH", "/api/admin/users/{name}"): [{"role": "reader"}],
            ("PUT", "/api/admin/privacy/roles/{role}"): [{"style": "redact"}],
            ("PUT", "/api/admin/privacy/collections/{collection}"): [{"style": "redact"}],
            ("PUT", "/api/admin/privacy/custom"): [{}],
            ("POST", "/api/admin/privacy/try"): [text],
            ("POST", "/api/admin/quality/runs"): [{"name": name, "run": _run()} for name in ("kept", "again")],
            ("POST", "/api/admin/quality/questions"): [{"turns": [self.turn]}],
            ("POST", "/api/admin/quality/work"): [{"name": "own", "file": "gate"}],
            ("PATCH", "/api/conversations/{conversation}"): [{"title": "Leave"}],
            ("POST", "/api/turns/{turn}/feedback"): [{"thumb": "down", "file": "record.txt", "page": 1}],
            ("POST", "/api/documents/move"): [some | {"collection": "more"}],
            ("POST", "/api/documents/reindex"): [{"documents": self.documents}],
            ("POST", "/api/rereading"): [{}],
            ("POST", "/api/documents/remove"): [{"documents": self.documents[1:2]}],
            ("POST", "/api/documents/restore"): [{"documents": self.documents[1:2]}],
            ("POST", "/api/glossary"): [{"term": "PTO", "names": ["leave"]}],
            ("PUT", "/api/glossary/{row}"): [{"term": "PTO", "names": ["paid leave"]}],
            ("POST", "/api/glossary/import"): [{"csv": "capex,capital expenditure"}],
            ("POST", "/api/admin/calibrations/ask"): [a | {"collection": "hr"} for a in asked],
            ("POST", "/api/admin/calibrations"): [
                {
                    "collection": "more",
                    "asked": 0.2,
                    "bases": [self.basis],
                    "judged": [{"risk": 0.1, "wrong": False}] * 50,
                }
            ],
            ("POST", "/api/rebuild"): [{}],
            ("POST", "/api/admin/rebuild"): [{}],
        }
        if (method, path) == ("POST", "/api/documents"):
            files = [("files", (f"{NAMED['file']}.txt", b"Call the office in Bergen."))]
            return [{"data": {"collection": "hr"}, "files": files}]
        if (method, path) == ("GET", "/api/admin/quality/compare"):
            return [{"params": {"left": "kept", "right": "again"}}]
        bodies = known.get((method, path), [{}] if method in ("POST", "PUT", "PATCH") else [])
        return [{"json": body} for body in bodies] or [{}]


def _run() -> dict[str, Any]:
    """Return a run of which one question failed, made when nothing was taken out."""
    place = {"file": f"{NAMED['file']}.md", "page": 1}
    said = "\n".join([*EN_LINES, *ZH_LINES])
    row = {
        "id": "1", "question": f"Whose number is {ENGLISH['phone']}?", "answers": [ENGLISH["person"]], "gold": [place],
        "unanswerable": False, "measures": {"hit@5": 0}, "fails": ["hit@5"], "refused": False, "said": said,
        "found": [place], "quotes": [place | {"quote": said}],
    }  # fmt: skip
    return {"version": 1, "file": f"{NAMED['file']}.jsonl", "figures": {"all": {"questions": 1}}, "rows": [row]}


@dataclass
class Walk:
    """Asks routes in turn and notes who was shown a canary by which, and which had no good reply."""

    found: dict[tuple[str, str, str], set[str]] = field(default_factory=dict)
    good: set[tuple[str, str]] = field(default_factory=set)

    def ask(self, client: TestClient, who: str, known: Known, method: str, path: str) -> None:
        for filled in known.paths(path):
            for options in known.bodies(method, path):
                reply = client.request(method, filled, **options)
                headers = "\n".join(f"{name}: {value}" for name, value in reply.headers.items())
                self.look(who, method, path, reply.content, headers)
                if reply.status_code < 400:
                    self.good.add((method, path))

    def look(self, who: str, method: str, path: str, *shown: str | bytes) -> None:
        if held := {canary for part in shown for canary in leaks(part)}:
            self.found.setdefault((who, method, path), set()).update(held)


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Box, FastAPI]]:
    """A box with real parsers and the real rules, the documents in its collection hr, and its app with pages."""
    folder = tmp_path_factory.mktemp("canary")
    box = Box(Settings(data=folder / "data"), encoder=FakeEncoder())
    box.open()
    box.load()
    for name in ("hr", "more"):
        box.library.create_collection(name)
    for name in ("rita", "kim"):
        box.auth.create_user(name, "reader", ["hr"])
    for path in write(folder / "files"):
        result = box.pipeline.ingest(box.auth.local(), path, file=path.name, collection="hr")
        assert not result.reason, result.reason
    yield box, paged(box)
    box.close()


def met(box: Box, client: TestClient, name: str) -> Known:
    """Let someone ask a question that is kept, and return what they know then."""
    shelf = box.library.collection("hr")
    reply = client.post("/api/ask", json={"question": QUESTIONS[0], "conversation": "new"}).json()
    judged = client.post("/api/admin/calibrations/ask", json={"question": QUESTIONS[0], "collection": "more"}).json()
    return Known(
        documents=[d.id for d in box.library.documents(shelf.id)], collection=shelf.id,
        conversation=reply["conversation"], turn=reply["turn"],
        jobs=[j["id"] for j in client.get("/api/jobs").json()["jobs"]],
        tokens=[t.id for t in box.accounts.tokens()] if name == "admin" else ["none"],
        basis=judged.get("basis", "none"),
    )  # fmt: skip


def test_where_the_policy_is_off_the_look_finds_what_was_planted(planted: tuple[Box, FastAPI]) -> None:
    box, app = planted
    client = program(app, box, "rita")
    shelf = box.library.collection("hr")
    known = Known(documents=[d.id for d in box.library.documents(shelf.id)], collection=shelf.id)
    asked = [("GET", "/api/documents/{document}/passages"), ("GET", "/api/documents"), ("POST", "/api/search")]
    found = {}
    for style in ("off", ""):
        box.privacy.set_role(box.auth.local(), "reader", style)
        box.privacy.set_collection(box.auth.local(), shelf.id, style)
        walked = Walk()
        for method, path in asked:
            walked.ask(client, "rita", known, method, path)
        found[style] = set().union(*walked.found.values())
    assert found == {"off": set(CANARIES) - {NAMED["refused"]}, "": set()}


@pytest.mark.parametrize("kind", [RuntimeError, Rejected])
def test_what_fails_tells_neither_the_reader_nor_the_log(
    planted: tuple[Box, FastAPI], caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch,
    kind: type[Exception],
) -> None:  # fmt: skip
    box, app = planted
    logs.install(box.privacy.logged)

    def fail(*_: object) -> None:
        raise kind("\n".join([*EN_LINES, *ZH_LINES]))

    monkeypatch.setattr(box.reader, "document", fail)
    reply = program(app, box, "rita", raise_server_exceptions=False).get("/api/documents/x")
    assert reply.status_code in (422, 500)
    assert not leaks(reply.content)
    assert not leaks(caplog.text)


def test_no_route_shows_what_was_planted(planted: tuple[Box, FastAPI], caplog: pytest.LogCaptureFixture) -> None:
    box, app = planted
    logs.install(box.privacy.logged)
    routes = {(m, p) for m, p in walk(app.routes) if m not in ("HEAD", "OPTIONS") and not MOUNTED.match(p)}
    first = [*SECOND, *sorted(routes - {*SECOND, *LAST})]
    assert {*SECOND, *LAST} <= routes
    walked = Walk()
    with caplog.at_level(logging.DEBUG, "ragbox"):
        for name in ("rita", "admin"):
            client = program(app, box, name, raise_server_exceptions=False)
            refused = upload(client, "hr", [(f"{NAMED['refused']}.txt", b"\x00\x01" * 50)])
            walked.look(name, "POST", "/api/documents", refused.content)
            known = met(box, client, name)
            for method, path in [*first, *LAST] if name == "admin" else first:
                walked.ask(client, name, known, method, path)
    assert walked.found == {}
    assert not leaks(caplog.text)
    assert not leaks("".join(box.trail.export(box.auth.local(), Wanted(), "jsonl")))
    asked_badly = {f"{method} {path}" for method, path in routes - walked.good}
    assert {r for r in asked_badly if not LEFT_OUT.fullmatch(r)} == set(), "say how they are asked well"
