"""Nobody gets in without credentials, wherever the door is; nobody is fooled into using theirs."""

from __future__ import annotations

import asyncio
import re
import socket
from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from starlette.routing import Mount, Route
from starlette.testclient import TestClient

from ragbox.auth import Auth
from ragbox.box import Box
from ragbox.commands.common import settings as settings_of
from ragbox.errors import BadInput
from ragbox.hosts import Hosts
from ragbox.settings import Settings
from tests.doors import BASE, browser, nobody, paged, program
from web.app import create_app
from web.guard import COOKIE, FRONT, OPEN, Guard

EVIL = {"Origin": "https://evil.example"}


@pytest.fixture
def closed(settings: Settings) -> Iterator[Box]:
    """A box that is open but not loaded: doors need no models."""
    made = Box(settings)
    made.open()
    yield made
    made.close()


@pytest.fixture
def app(closed: Box) -> FastAPI:
    return create_app(closed, pages=False)


def walk(routes: object, prefix: str = "") -> Iterator[tuple[str, str]]:
    """Yield (method, path) of every route below, those of mounted and included apps too."""
    for route in routes:  # type: ignore[attr-defined]
        if isinstance(route, Mount):
            yield "GET", f"{prefix}{route.path}/x"
            inner = getattr(route.app, "app", route.app)  # inside the fence
            yield from walk(getattr(inner, "routes", []), prefix + route.path)
        elif isinstance(route, Route):
            yield from ((method, prefix + route.path) for method in route.methods or ())
        elif hasattr(route, "original_router"):
            yield from walk(route.original_router.routes, prefix)


def test_without_credentials_every_route_is_closed_but_the_open_ones(closed: Box) -> None:
    app = paged(closed)
    found = set(walk(app.routes))
    assert {
        ("POST", "/api/ask"), ("GET", "/docs"), ("GET", "/openapi.json"), ("POST", "/logout"), ("GET", "/static/x"),
        ("GET", "/en/config"), ("GET", "/zh/documents"), ("POST", "/zh/gradio_api/queue/join"),
    } <= found  # fmt: skip
    guest = nobody(app)
    for method, path in found:
        filled = re.sub(r"\{[^}]*\}", "x", path)
        for accept in ("application/json", "text/html"):
            reply = guest.request(method, filled, headers={"Accept": accept})
            assert "set-cookie" not in reply.headers
            if filled in OPEN and method in ("GET", "HEAD"):
                assert reply.status_code in (200, 503), (method, path)
            elif reply.status_code == 303:
                assert reply.headers["location"] == "/login", (method, path)
            elif (method, path) == ("POST", FRONT):
                assert reply.status_code == 403, "not from its own page"
            else:
                assert reply.status_code == 401, (method, path)


@pytest.mark.parametrize("path", ["/login/", "/login/x", "/healthz/", "//login", "/LOGIN", "/%6cogin/..", "/nothing"])
def test_nothing_beside_the_open_paths_is_open(app: FastAPI, path: str) -> None:
    assert nobody(app).get(path).status_code == 401


def test_open_paths_answer_get_only(app: FastAPI) -> None:
    assert nobody(app).get("/healthz").json() == {"alive": True}
    assert nobody(app).get("/readyz").status_code == 503
    for path in OPEN - {FRONT}:
        assert nobody(app).post(path).status_code == 401
    assert nobody(app).post(FRONT).status_code == 403  # not from its own page


def test_a_person_is_sent_to_the_login_page_and_a_program_is_told(app: FastAPI) -> None:
    page = nobody(app).get("/en/", headers={"Accept": "text/html"})
    assert (page.status_code, page.headers["location"]) == (303, "/login")
    for path, accept in [("/api/status", "text/html"), ("/docs", "application/json")]:
        told = nobody(app).get(path, headers={"Accept": accept})
        assert told.status_code == 401
        assert told.json()["error"]["type"] == "NotSignedIn"
        assert told.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize("header", ["Bearer ", "Bearer wrong", "Basic YWRtaW46eA==", "bearer", "Bearer \xff"])
def test_wrong_credentials_are_none_even_beside_a_good_cookie(app: FastAPI, closed: Box, header: str) -> None:
    client = browser(app, closed)
    assert client.get("/api/status").status_code == 200
    assert client.get("/api/status", headers={"Authorization": header.encode("latin-1")}).status_code == 401


def test_a_session_is_no_token_and_a_token_no_session(app: FastAPI, closed: Box) -> None:
    session = closed.auth.sign_in(closed.auth.new_login("admin"))
    assert nobody(app).get("/api/status", headers={"Authorization": f"Bearer {session}"}).status_code == 401
    guest = nobody(app)
    guest.cookies.set(COOKIE, closed.auth.new_token("admin"), domain="127.0.0.1")
    assert guest.get("/api/status").status_code == 401


def test_a_removed_users_token_fails_at_once(app: FastAPI, closed: Box) -> None:
    closed.auth.create_user("kim", "admin")
    kim = program(app, closed, "kim")
    assert kim.get("/api/status").status_code == 200
    closed.auth.remove_user("kim")
    assert kim.get("/api/status").status_code == 401


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec-Fetch-Site": "same-origin"}, 201),
        ({"Origin": BASE}, 201),
        ({"Sec-Fetch-Site": "same-origin", "Origin": "null"}, 201),
        ({"Sec-Fetch-Site": "cross-site", "Origin": BASE}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Sec-Fetch-Site": "none"}, 403),
        (EVIL, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "http://127.0.0.1:7861"}, 403),
        ({}, 403),
    ],
)
def test_a_cookie_acts_only_for_the_boxs_own_pages(
    app: FastAPI, closed: Box, headers: dict[str, str], status: int
) -> None:
    reply = browser(app, closed).post("/api/collections", json={"name": "x"}, headers=headers)
    assert reply.status_code == status
    assert len(closed.library.collections()) == (status == 201)


def test_a_token_needs_no_origin(app: FastAPI, closed: Box) -> None:
    assert program(app, closed).post("/api/collections", json={"name": "x"}, headers=EVIL).status_code == 201


def test_a_link_from_another_site_is_asked_again_once(app: FastAPI) -> None:
    headers = {"Accept": "text/html", "Sec-Fetch-Site": "cross-site"}
    first = nobody(app).get("/en/", headers=headers)
    assert first.status_code == 200
    assert "refresh" in first.text
    again = nobody(app).get("/en/", headers=headers | {"Sec-Fetch-Site": "same-origin"})
    assert again.headers["location"] == "/login"


@pytest.mark.parametrize("host", ["evil.example", "evil.example:7860", "127.0.0.1.evil.example", "[", "", "0.0.0.0"])
def test_on_this_machine_a_foreign_host_name_is_refused(app: FastAPI, host: str) -> None:
    reply = nobody(app).get("/healthz", headers={"Host": host})
    assert reply.status_code == 400
    assert "RAGBOX_HOST" in reply.json()["error"]["message"]


@pytest.mark.parametrize("host", ["localhost", "localhost:7860", "127.0.0.1", "127.8.8.8:1", "[::1]:7860"])
def test_this_machines_own_names_are_taken(app: FastAPI, host: str) -> None:
    assert nobody(app).get("/healthz", headers={"Host": host}).status_code == 200


def test_on_the_network_its_own_names_are_taken_and_those_that_are_given(closed: Box, settings: Settings) -> None:
    given = ("Box.Example", "192.0.2.7", "文库.example")
    closed.settings = settings.model_copy(update={"host": "0.0.0.0", "hosts": given})
    guest = nobody(create_app(closed, pages=False))
    mine, idna = socket.gethostname(), "文库.example".encode("idna").decode()
    for host in ("box.example:7860", "BOX.example.", "192.0.2.7", f"{mine}:7860", "127.0.0.1", idna):
        assert guest.get("/healthz", headers={"Host": host}).status_code == 200, host
    for host in ("evil.example", "192.0.2.8", "box.example.evil.example", "x@box.example", "", "0.0.0.0", "a" * 300):
        reply = guest.get("/healthz", headers={"Host": host})
        assert reply.status_code == 400, host
        assert "RAGBOX_HOSTS" in reply.json()["error"]["message"]


@pytest.mark.parametrize(
    "name",
    ["https://papers.example", "papers:7860", "192.0.2.7:443", "[::1]:7860", "papers.example/", "*.example", " "],
)
def test_what_no_host_header_can_say_is_no_name_of_the_box(name: str) -> None:
    with pytest.raises(BadInput, match=r"RAGBOX_HOSTS is wrong: .* is no name .*without https://") as refused:
        settings_of(None, hosts=(name,))
    assert repr(name) in str(refused.value)
    for taken in ("papers.example", "Papers.Example.", "文库.example", "192.0.2.7", "::1", "[fe80::1%eth0]"):
        assert settings_of(None, hosts=(taken,)).hosts == (taken,)


def test_two_host_names_are_none(app: FastAPI) -> None:
    both = [("Host", "127.0.0.1"), ("Host", "evil.example")]
    assert nobody(app).get("/healthz", headers=both).status_code == 400


def test_replies_forbid_framing_sniffing_and_other_hosts(app: FastAPI, closed: Box) -> None:
    for reply in (nobody(app).get("/api/status"), program(app, closed).get("/api/status"), nobody(app).get("/login")):
        policy = reply.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert ("sandbox" in policy) == ("html" not in reply.headers["content-type"])
        assert "unsafe" not in policy.replace("style-src 'self' 'unsafe-inline'", "")
        assert reply.headers["cross-origin-opener-policy"] == "same-origin"
        assert reply.headers["cross-origin-resource-policy"] == "same-origin"
        assert "camera=()" in reply.headers["permissions-policy"]
        assert reply.headers["x-frame-options"] == "DENY"
        assert reply.headers["x-content-type-options"] == "nosniff"
        assert reply.headers["cache-control"] == "no-store"


def test_a_web_socket_without_credentials_is_closed(app: FastAPI) -> None:
    from starlette.websockets import WebSocketDisconnect

    with pytest.raises(WebSocketDisconnect) as closing, TestClient(app, base_url=BASE).websocket_connect("/ws"):
        pass
    assert closing.value.code == 1008


def test_a_stream_passes_piece_by_piece(settings: Settings, closed: Box) -> None:
    order: list[str] = []

    async def slow(_scope: object, _receive: object, send: object) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})  # type: ignore[operator]
        for n in range(3):
            order.append(f"made {n}")
            await send({"type": "http.response.body", "body": b"x", "more_body": n < 2})  # type: ignore[operator]

    async def send(message: dict[str, object]) -> None:
        if message["type"] == "http.response.body":
            order.append("sent")

    auth: Auth = closed.auth
    headers = [(b"host", b"127.0.0.1"), (b"authorization", f"Bearer {auth.new_token('admin')}".encode())]
    scope = {"type": "http", "method": "GET", "path": "/x", "headers": headers, "query_string": b""}
    asyncio.run(Guard(slow, auth=auth, hosts=Hosts(settings.host))(scope, None, send))  # type: ignore[arg-type]
    assert order == ["made 0", "sent", "made 1", "sent", "made 2", "sent"]
