"""Signing in by the identity provider, in a browser's steps over HTTP: the test's own provider, and one from PyPI."""

from __future__ import annotations

import json
import re
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from ragbox.box import Box
from ragbox.settings import Settings
from tests.conftest import Run
from tests.doors import browser as signed_in
from tests.doors import nobody
from tests.identity_provider import CLIENT, SECRET, IdentityProvider, provider
from tests.ports import unused
from tests.private import FakeFinder
from tests.test_deeds import entries
from tests.test_oidc import agree
from web.app import create_app
from web.guard import COOKIE
from web.pages import sso


@pytest.fixture
def idp() -> Iterator[IdentityProvider]:
    with provider() as made:
        yield made


@pytest.fixture
def make(idp: IdentityProvider, tmp_path: Path) -> Iterator[Callable[..., Box]]:
    """Return a function that opens a box whose people come from the provider."""
    secret, boxes = tmp_path / "secret", list[Box]()
    secret.write_text(SECRET)
    secret.chmod(0o600)

    def opened(**given: Any) -> Box:
        known = {
            "oidc_issuer": idp.url, "oidc_client": CLIENT, "oidc_secret_file": secret,
            "oidc_groups": {"/staff": "staff"}, "oidc_name": "Corp <ID>",
        }  # fmt: skip
        boxes.append(Box(Settings(data=tmp_path / "data", **{**known, **given}), analyzer=FakeFinder))
        boxes[-1].open()
        return boxes[-1]

    yield opened
    for box in boxes:
        box.close()


@pytest.fixture
def house(make: Callable[..., Box]) -> Box:
    return make()


@pytest.fixture
def app(house: Box) -> FastAPI:
    return create_app(house, pages=False)


def go(browser: TestClient, after: str = "/") -> Any:
    """Go to the provider and back; returns the last reply."""
    started = browser.get(sso.START, params={"next": after})
    assert started.status_code == 303, started.text
    return browser.get(sso.BACK, params=agree(started.headers["location"]))


def test_somebody_signs_in_and_becomes_a_reader_without_grants(app: FastAPI, house: Box, idp: IdentityProvider) -> None:
    browser = nobody(app)
    reply = go(browser, "/en/documents")
    assert (reply.status_code, reply.headers["location"]) == (303, "/en/documents")
    assert browser.get("/api/status").status_code == 200
    actor = house.auth.user("rita")
    assert (actor.role, actor.collections) == ("reader", ())
    assert [(g.name, g.members) for g in house.access.groups(house.auth.local())] == [("staff", ("rita",))]
    acts = ("user.make", "user.bind", "user.groups", "session.open")
    noted = [e for e in entries(house) if e.act in acts]
    assert tuple(e.act for e in noted) == acts
    assert json.loads(noted[-1].detail)["how"] == "oidc"
    assert idp.url in noted[1].detail
    assert SECRET not in str(noted)


def test_the_cookies_are_kept_from_scripts_and_other_sites(app: FastAPI, house: Box, idp: IdentityProvider) -> None:
    browser = nobody(app)
    started = browser.get(sso.START)
    assert {"HttpOnly", "SameSite=lax", "Path=/"} <= set(started.headers["set-cookie"].split("; "))
    came = agree(started.headers["location"])
    kept_back = browser.get(sso.BACK, params=came, headers={"Sec-Fetch-Site": "cross-site"})
    assert kept_back.status_code == 200
    assert "refresh" in kept_back.text
    ended = browser.get(sso.BACK, params=came, headers={"Sec-Fetch-Site": "same-origin"})
    session, gone = ended.headers.get_list("set-cookie")
    assert {"HttpOnly", "SameSite=strict"} <= set(session.split("; "))
    assert gone.startswith(f'{sso.COOKIE}=""')
    assert "Path=/" in gone.split("; ")
    # The next who signs in there ends the session, which is never taken over.
    before, idp.who = browser.cookies[COOKIE], {"sub": "u-2", "preferred_username": "edda", "groups": []}
    assert go(browser).status_code == 303
    assert house.auth.by_session(browser.cookies[COOKIE]).name == "edda"
    old = nobody(app)
    old.cookies.set(COOKIE, before, domain="127.0.0.1")
    assert old.get("/api/status").status_code == 401


def test_over_https_no_other_host_of_the_domain_can_plant_a_sign_in(app: FastAPI) -> None:
    browser, other = (TestClient(app, base_url="https://127.0.0.1", follow_redirects=False) for _ in range(2))
    started = browser.get(sso.START)
    assert started.headers["set-cookie"].startswith(f"__Host-{sso.COOKIE}=")
    assert {"Secure", "Path=/"} <= set(started.headers["set-cookie"].split("; "))
    begun, came = browser.cookies[f"__Host-{sso.COOKIE}"], agree(started.headers["location"])
    other.cookies.set(sso.COOKIE, begun, domain="127.0.0.1")  # as a sibling of the host could
    assert other.get(sso.BACK, params=came).status_code == 401
    ended = browser.get(sso.BACK, params=came)
    assert ended.status_code == 303
    gone = ended.headers.get_list("set-cookie")[1]
    assert gone.startswith(f'__Host-{sso.COOKIE}=""')
    assert {"Secure", "Path=/"} <= set(gone.split("; "))  # without them browsers would keep it


@pytest.mark.parametrize("page", ["//evil.example", "https://evil.example", "/\\evil.example", "/\t/evil.example"])
def test_nobody_is_sent_on_to_another_site(app: FastAPI, page: str) -> None:
    assert go(nobody(app), page).headers["location"] == "/"


def test_who_is_not_signed_in_is_told_so_on_the_page_and_gets_no_session(
    app: FastAPI, house: Box, idp: IdentityProvider
) -> None:
    def told(reply: Any, status: int, words: str) -> None:
        assert reply.status_code == status
        assert not any(c.startswith(COOKIE) for c in reply.headers.get_list("set-cookie"))
        (problem,) = re.findall("<p class=problem role=alert>(.*?)</p>", reply.text)
        assert words in problem
        assert "Corp &lt;ID&gt;" in problem

    idp.lies = {"nonce": "another"}
    told(go(nobody(app)), 401, "did not sign you in")
    told(nobody(app).get(sso.BACK, params={"code": "x", "state": "x"}), 401, "did not sign you in")
    idp.lies = {}
    house.auth.create_user("rita", "admin")
    told(go(nobody(app)), 403, "no account here is open to you")
    idp.who = {"sub": "u-9", "preferred_username": "admin", "groups": []}
    told(go(nobody(app)), 403, "no account here is open to you")
    idp.who = {"sub": "u-3", "preferred_username": "kim", "groups": []}
    assert go(nobody(app)).status_code == 303
    house.accounts.change("kim", disabled=True)
    told(go(nobody(app)), 403, "no account here is open to you")
    chinese = nobody(app).get(sso.BACK, headers={"Accept-Language": "zh"})
    told(chinese, 401, "未能完成登录")
    house.audit.flush()
    assert [e.act for e in entries(house) if e.act.endswith("refused")] == ["session.refused"]


def test_a_provider_that_is_down_keeps_nobody_else_out(app: FastAPI, house: Box, idp: IdentityProvider) -> None:
    idp.fails = True
    reply = nobody(app).get(sso.START)
    assert reply.status_code == 503
    assert "does not work at this moment" in reply.text
    assert idp.url not in reply.text
    assert signed_in(app, house).get("/api/status").status_code == 200
    assert [(part, well) for part, well, _ in house.directory.check()] == [("provider", False)]


def test_an_admin_binds_a_user_of_the_boxs_own(app: FastAPI, house: Box) -> None:
    house.auth.create_user("rita", "editor")
    admin = signed_in(app, house)
    here = {"Sec-Fetch-Site": "same-origin"}
    assert admin.put("/api/users/admin/source", json={"source": "oidc"}, headers=here).status_code == 409
    assert admin.put("/api/users/rita/source", json={"source": "oidc"}, headers=here).json() == {
        "name": "rita", "source": "oidc",
    }  # fmt: skip
    assert go(nobody(app)).status_code == 303
    assert house.auth.user("rita").role == "editor"
    listed = admin.get("/api/admin/users").json()
    assert listed["sources"] == ["oidc"]
    told = {u["name"]: (u["source"], u["bound"], u["gone"], u["password"]) for u in listed["users"]}
    assert told == {"admin": ("", False, False, False), "rita": ("oidc", True, False, False)}


def test_the_button_is_there_where_a_provider_is_set(make: Callable[..., Box]) -> None:
    page = nobody(create_app(make(), pages=False)).get("/login", headers={"Accept-Language": "zh"}).text
    assert '<a class=button href="/login/oidc">使用 Corp &lt;ID&gt; 登录</a>' in page


def test_no_button_where_none_is_set(make: Callable[..., Box]) -> None:
    other = create_app(make(oidc_issuer=""), pages=False)
    assert "/login/oidc" not in nobody(other).get("/login").text
    assert nobody(other).get(sso.START).status_code == 503


def test_the_settings_page_shows_no_secret(app: FastAPI, house: Box) -> None:
    shown = signed_in(app, house).get("/api/admin/settings").text
    assert SECRET not in shown
    assert '"RAGBOX_OIDC_ISSUER"' in shown


def test_the_command_binds_and_unbinds(run: Run) -> None:
    assert run("user", "add", "rita", "--json")[0] == 0
    code, out, _ = run("user", "bind", "rita", "ldap", "--json")
    assert (code, json.loads(out)) == (0, {"name": "rita", "source": "ldap"})
    assert run("user", "bind", "rita", "none")[0] == 0
    code, _, err = run("user", "bind", "admin", "oidc")
    assert code == 5
    assert "stays the box's own" in err


@pytest.fixture
def foreign() -> Iterator[str]:
    """A provider that is not the test's own, as a process: `oidc-provider-mock`."""
    port = unused()
    command = [sys.executable, "-W", "ignore", "-m", "oidc_provider_mock", "--port", str(port), "--require-nonce"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            until = monotonic() + 60
            with socket.socket() as tried:
                while tried.connect_ex(("127.0.0.1", port)):
                    assert process.poll() is None
                    assert monotonic() < until
                    sleep(0.05)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.kill()


@pytest.mark.slow
def test_a_provider_by_others_signs_people_in(make: Callable[..., Box], foreign: str) -> None:
    house = make(oidc_issuer=foreign, oidc_claim="sub", oidc_groups={})
    assert [well for _, well, _ in house.directory.check()] == [True]
    browser = nobody(create_app(house, pages=False))
    asked = browser.get(sso.START).headers["location"]
    with httpx.Client(trust_env=False, verify=False) as person:
        assert "Authorize Client" in person.get(asked).text
        back = person.post(asked, data={"sub": "李娜"}).headers["location"]
        denied = person.post(asked, data={"action": "deny"}).headers["location"]
    reply = browser.get(back.removeprefix("http://127.0.0.1:7860"))
    assert reply.status_code == 303, reply.text
    assert house.auth.by_session(browser.cookies[COOKIE]).name == "李娜"
    assert "error=access_denied" in denied
    assert nobody(create_app(house, pages=False)).get(denied).status_code == 401
