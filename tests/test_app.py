"""The doors are put together right: signing in and out, pages in two languages, a fence around Gradio."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator

import pytest
from fastapi import FastAPI

from ragbox.box import Box
from ragbox.errors import NotSignedIn
from ragbox.settings import Settings
from tests.doors import browser, nobody, paged
from web.app import create_app
from web.guard import COOKIE

SAME = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture(scope="module")
def closed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Box]:
    made = Box(Settings(data=tmp_path_factory.mktemp("data")))
    made.open()
    yield made
    made.close()


@pytest.fixture(scope="module")
def app(closed: Box) -> FastAPI:
    return paged(closed)


def test_a_link_signs_in_once_and_leaves_no_token_in_the_address(app: FastAPI, closed: Box) -> None:
    token = closed.auth.new_login("admin")
    guest = nobody(app)
    reply = guest.get(f"/login?token={token}")
    assert (reply.status_code, reply.headers["location"]) == (303, "/")
    cookie = reply.headers["set-cookie"].lower()
    assert all(part in cookie for part in ("httponly", "samesite=strict", "path=/", "max-age=43200"))
    assert "secure" not in cookie
    assert token not in cookie
    assert guest.get("/api/status").status_code == 200
    again = nobody(app).get(f"/login?token={token}")
    assert again.status_code == 401
    assert "set-cookie" not in again.headers


def test_over_https_the_cookie_is_for_https_only(app: FastAPI, closed: Box) -> None:
    reply = nobody(app).get(f"https://127.0.0.1/login?token={closed.auth.new_login('admin')}")
    assert "secure" in reply.headers["set-cookie"].lower()


def test_a_look_ahead_does_not_use_the_link_up(app: FastAPI, closed: Box) -> None:
    token = closed.auth.new_login("admin")
    assert nobody(app).head(f"/login?token={token}").status_code == 405
    assert nobody(app).get(f"/login?token={token}").status_code == 303


def test_signing_in_anew_ends_the_former_session(app: FastAPI, closed: Box) -> None:
    client = browser(app, closed)
    former = client.cookies[COOKIE]
    client.get(f"/login?token={closed.auth.new_login('admin')}")
    stale = nobody(app)
    stale.cookies.set(COOKIE, former, domain="127.0.0.1")
    assert stale.get("/api/status").status_code == 401
    assert client.get("/api/status").status_code == 200


def test_a_link_of_another_person_asks_before_it_takes_a_session_over(app: FastAPI, closed: Box) -> None:
    closed.auth.create_user("kim", "reader")
    client, link = browser(app, closed), f"/login?token={closed.auth.new_login('kim')}"
    former = client.cookies[COOKIE]
    asked = client.get(link, headers={"Accept-Language": "zh-CN"})
    assert (asked.status_code, "set-cookie" in asked.headers) == (200, False)
    assert "admin 已在此浏览器登录" in asked.text
    token = re.search(r'name=token value="([\w-]+)"', client.get(link).text)
    assert token is not None
    assert client.post("/login", data={"token": token[1]}).status_code == 403  # from another site's page
    assert client.get("/api/users").status_code == 200
    taken = client.post("/login", data={"token": token[1]}, headers=SAME)
    assert (taken.status_code, taken.headers["location"]) == (303, "/")
    assert client.get("/api/users").status_code == 403
    with pytest.raises(NotSignedIn):
        closed.auth.by_session(former)
    used = client.post("/login", data={"token": token[1]}, headers=SAME)
    assert (used.status_code, "This link has been used" in used.text) == (401, True)


def test_a_link_on_another_site_is_asked_for_again_with_the_cookie_that_was_kept_back(
    app: FastAPI, closed: Box
) -> None:
    link = f"/login?token={closed.auth.new_login('admin')}"
    away = nobody(app).get(link, headers={"Sec-Fetch-Site": "cross-site"})
    assert (away.status_code, "refresh" in away.text, "set-cookie" in away.headers) == (200, True, False)
    assert nobody(app).get(link, headers={"Sec-Fetch-Site": "same-origin"}).status_code == 303


def test_signing_out_ends_the_session_on_the_server(app: FastAPI, closed: Box) -> None:
    client = browser(app, closed)
    session = client.cookies[COOKIE]
    assert client.post("/logout").status_code == 403  # not from the box's own page
    reply = client.post("/logout", headers=SAME)
    assert (reply.status_code, reply.headers["location"]) == (303, "/login")
    stale = nobody(app)
    stale.cookies.set(COOKIE, session, domain="127.0.0.1")
    assert stale.get("/api/status").status_code == 401


def test_the_login_page_is_in_the_readers_language_and_a_link_leads_to_the_other(app: FastAPI) -> None:
    guest = nobody(app)
    english, chinese = (guest.get("/login", headers={"Accept-Language": x}).text for x in ("en", "zh-CN"))
    for page, title in ((english, "Sign in"), (chinese, "登录")):
        assert "ragbox user login NAME" in page
        assert f"<h2>{title}</h2>" in page
        assert "//" not in page.replace("<!doctype", "")
    assert 'href="/login?language=zh"' in english
    assert guest.get("/login?language=zh").headers["location"] == "/login"
    assert guest.get("/login", headers={"Accept-Language": "en"}).text == chinese
    assert "set-cookie" not in nobody(app).get("/login?language=fr").headers


@pytest.mark.parametrize(("wish", "home"), [("zh-CN,zh;q=0.9", "/zh/"), ("en", "/en/"), ("", "/en/")])
def test_home_is_the_page_in_the_browsers_language(app: FastAPI, closed: Box, wish: str, home: str) -> None:
    assert browser(app, closed).get("/", headers={"Accept-Language": wish}).headers["location"] == home


@pytest.mark.parametrize("path", ["/en/", "/zh/", "/en/documents", "/zh/documents"])
def test_each_page_is_served_in_each_language(app: FastAPI, closed: Box, path: str) -> None:
    reply = browser(app, closed).get(path)
    assert reply.status_code == 200
    assert ("提问" in reply.text or "\\u63d0\\u95ee" in reply.text) == path.startswith("/zh")


@pytest.mark.parametrize(
    "path",
    [
        "/gradio_api/file=/etc/passwd", "/gradio_api/file=/static/x", "/gradio_api/file/x", "/gradio_api/info",
        "/gradio_api/proxy=http://127.0.0.1/", "/gradio_api/upload_progress", "/gradio_api/runs", "/monitoring",
        "/gradio_api/queue/status", "/gradio_api/deep_link", "/gradio_api/api/ask", "/login", "/logout",
        "/config/../gradio_api/info", "/theme.css/x",
    ],
)  # fmt: skip
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_of_gradio_only_what_the_pages_need_can_be_reached(app: FastAPI, closed: Box, method: str, path: str) -> None:
    reply = browser(app, closed).request(method, f"/en{path}", headers=SAME)
    assert reply.status_code == 404
    assert reply.json()["error"]["type"] == "NotFound"


def test_gradio_takes_no_upload(app: FastAPI, closed: Box) -> None:
    reply = browser(app, closed).post("/en/gradio_api/upload", files={"files": ("x", b"x")}, headers=SAME)
    assert reply.status_code == 404


def test_half_received_uploads_of_a_crash_are_gone_after_the_start(closed: Box) -> None:
    stray = closed.settings.data / "uploads" / "tmp1" / "0"
    stray.parent.mkdir(parents=True)
    stray.write_bytes(b"secret")
    with nobody(create_app(closed, pages=False)):
        assert not stray.exists()


def test_the_api_alone_needs_no_gradio() -> None:
    code = """
import sys
from pathlib import Path
from ragbox.box import Box
from ragbox.errors import NotSignedIn
from ragbox.settings import Settings
from web.app import create_app
create_app(Box(Settings(data=Path(sys.argv[1]))), pages=False)
sys.exit("gradio" in sys.modules)
"""
    assert subprocess.run([sys.executable, "-c", code, "/nonexistent"], check=False).returncode == 0
