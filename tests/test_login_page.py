"""The pages to sign in on and to change the password: forms that need no script, and nothing for another site's."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from ragbox import passwords
from ragbox.box import Box
from ragbox.settings import Settings
from tests.doors import browser, nobody, program
from web.app import create_app
from web.guard import COOKIE

GOOD, BETTER = "four lamps beside windows", "five chairs under clouds"
SAME = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture
def box(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Box]:
    monkeypatch.setattr(passwords, "MEMORY_KIB", 64)
    made = Box(settings)
    made.open()
    made.auth.create_user("lin", "reader")
    made.auth.create_user("kim", "reader")
    made.signin.set("lin", GOOD)
    yield made
    made.close()


@pytest.fixture
def app(box: Box) -> FastAPI:
    return create_app(box, pages=False)


def enter(client: TestClient, name: str = "lin", password: str = GOOD, **headers: str) -> Any:
    return client.post("/login", data={"name": name, "password": password}, headers=SAME | headers)


def test_a_name_and_a_password_open_a_session(app: FastAPI) -> None:
    guest = nobody(app)
    assert guest.get("/api/status").status_code == 401
    reply = enter(guest)
    assert (reply.status_code, reply.headers["location"]) == (303, "/")
    cookie = reply.headers["set-cookie"].lower()
    assert all(part in cookie for part in ("httponly", "samesite=strict", "path=/", "max-age=43200"))
    assert guest.get("/api/status").status_code == 200


def test_over_https_no_other_host_can_set_the_cookie(app: FastAPI) -> None:
    guest = nobody(app)
    secure = guest.post("https://127.0.0.1/login", data={"name": "lin", "password": GOOD}, headers=SAME)
    cookie = secure.headers["set-cookie"].lower()
    assert cookie.startswith(f"__host-{COOKIE}=")
    assert "secure" in cookie
    assert "domain" not in cookie
    assert guest.get("https://127.0.0.1/api/status").status_code == 200
    plain = nobody(app)
    plain.cookies.set(COOKIE, guest.cookies[f"__Host-{COOKIE}"], domain="127.0.0.1")
    assert plain.get("https://127.0.0.1/api/status").status_code == 401
    out = guest.post("https://127.0.0.1/logout", headers=SAME).headers["set-cookie"]
    assert out.startswith(f"__Host-{COOKIE}=")


def test_a_session_that_was_planted_is_never_taken_over(app: FastAPI, box: Box) -> None:
    for planted in ("made-up-by-the-attacker", box.signin.by_password("lin", GOOD, address="").session):
        victim = nobody(app)
        victim.cookies.set(COOKIE, planted, domain="127.0.0.1")
        enter(victim)
        made = next(c.value for c in victim.cookies.jar if c.value != planted)
        attacker = nobody(app)
        attacker.cookies.set(COOKIE, planted, domain="127.0.0.1")
        assert attacker.get("/api/status").status_code == 401
        assert box.auth.by_session(str(made)).name == "lin"


def test_another_sites_page_signs_nobody_in(app: FastAPI) -> None:
    data = {"name": "lin", "password": GOOD}
    for headers in ({}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}, {"Origin": "null"}):
        reply = nobody(app).post("/login", data=data, headers=headers)
        assert (reply.status_code, "set-cookie" in reply.headers) == (403, False), headers
    assert nobody(app).post("/login", data=data, headers={"Origin": "http://127.0.0.1:7860"}).status_code == 303


def test_what_is_wrong_looks_the_same_for_everybody(app: FastAPI, box: Box) -> None:
    box.auth.create_user("dora", "reader")
    box.signin.set("dora", GOOD)
    box.accounts.change("dora", disabled=True)
    seen = set()
    for name, password in (("lin", "wrong"), ("kim", GOOD), ("dora", GOOD), ("zoe", GOOD)):
        reply = enter(nobody(app), name, password)
        assert reply.status_code == 401
        seen.add((reply.text.replace(f'value="{name}"', ""), tuple(sorted(set(reply.headers) - {"set-cookie"}))))
    assert len(seen) == 1
    assert "The name or the password is wrong." in seen.pop()[0]
    assert "用户名或密码错误。" in enter(nobody(app), "lin", "wrong", **{"Accept-Language": "zh"}).text


def test_who_tries_too_often_is_told_when_to_come_back(app: FastAPI) -> None:
    for name in ("lin", "zoe"):
        assert [enter(nobody(app), name, "wrong").status_code for _ in range(11)] == [401] * 10 + [429]
        late = enter(nobody(app), name)
        assert (late.status_code, 800 < int(late.headers["retry-after"]) <= 900) == (429, True)
        assert "Try again in 15 minutes" in late.text
        assert "set-cookie" not in late.headers


def test_what_was_typed_is_not_markup_and_nothing_is_tried_without_a_password(app: FastAPI, box: Box) -> None:
    reply = enter(nobody(app), '"><script>alert(1)</script>', "x")
    assert "<script>" not in reply.text
    for data in ({}, {"name": "lin"}, {"password": GOOD}, {"name": " ", "password": GOOD}):
        assert nobody(app).post("/login", data=data, headers=SAME).status_code == 400
    assert enter(nobody(app), "x" * 100_000, "\x00" * 1000).status_code == 401
    assert len(box.db.read("SELECT * FROM tries")) == 2


def change(client: TestClient, **form: str) -> Any:
    return client.post("/password", data=form, headers=SAME)


def test_one_changes_ones_password_and_goes_on_in_a_new_session(app: FastAPI) -> None:
    client, other = nobody(app), nobody(app)
    enter(client)
    enter(other)
    former = client.cookies[COOKIE]
    assert "Present password" in client.get("/password").text
    for form, said in (
        ({"old": GOOD, "new": BETTER, "again": "other"}, "not the same"),
        ({"old": GOOD, "new": "short", "again": "short"}, "at least 12 characters"),
        ({"old": GOOD, "new": "lin123456789", "again": "lin123456789"}, "easy to guess"),
        ({"old": GOOD, "new": "x" * 1500, "again": "x" * 1500}, "too long"),
        ({"old": "wrong", "new": BETTER, "again": BETTER}, "present password is wrong"),
    ):  # fmt: skip
        reply = change(client, **form)
        assert reply.status_code in (400, 403)
        assert said in reply.text
    reply = change(client, old=GOOD, new=BETTER, again=BETTER)
    assert (reply.status_code, reply.headers["location"]) == (303, "/password#done")
    assert client.cookies[COOKIE] != former
    assert client.get("/api/status").status_code == 200
    assert other.get("/api/status").status_code == 401
    assert enter(nobody(app)).status_code == 401
    assert enter(nobody(app), password=BETTER).status_code == 303


def test_who_comes_by_a_link_sets_a_first_password(app: FastAPI, box: Box) -> None:
    client = browser(app, box, "kim")
    page = client.get("/password", headers={"Accept-Language": "zh"}).text
    assert "无需输入旧密码" in page
    assert "name=old" not in page
    assert change(client, new=BETTER, again=BETTER).status_code == 303
    assert "name=old" in client.get("/password").text
    assert enter(nobody(app), "kim", BETTER).status_code == 303


def test_neither_another_site_nor_a_token_changes_a_password(app: FastAPI, box: Box) -> None:
    client = browser(app, box, "kim")
    form = {"new": BETTER, "again": BETTER}
    for headers in ({}, {"Sec-Fetch-Site": "cross-site"}):
        assert client.post("/password", data=form, headers=headers).status_code == 403
    assert program(app, box, "kim").post("/password", data=form).status_code == 403
    assert program(app, box, "kim").get("/password").status_code == 403
    assert nobody(app).get("/password").status_code == 401
    # A token of kim beside a session of lin, who came by a link: neither lin nor the token sets kim's password.
    both = browser(app, box, "lin")
    both.headers["Authorization"] = f"Bearer {box.auth.new_token('kim', scope='ask')}"
    assert both.post("/password", data=form, headers=SAME).status_code == 403
    assert both.get("/password").status_code == 403
    assert not box.signin.passwords.has("kim")


def test_whose_password_is_the_companys_is_told_where_to_change_it(app: FastAPI, box: Box) -> None:
    box.signin.belongs = lambda name: name == "kim"
    page = browser(app, box, "kim").get("/password").text
    assert "Change its password there." in page
    assert "<form" not in page


def test_an_admin_alone_gives_others_a_password(app: FastAPI, box: Box) -> None:
    lin, admin = program(app, box, "lin"), program(app, box)
    assert lin.put("/api/users/kim/password", json={"password": BETTER}).status_code == 403
    assert admin.put("/api/users/zoe/password", json={"password": BETTER}).status_code == 404
    weak = admin.put("/api/users/kim/password", json={"password": "kimkimkimkim"})
    assert (weak.status_code, "kimkimkim" in weak.text) == (400, False)
    assert admin.put("/api/users/kim/password", json={"password": BETTER}).json() == {"changed": "kim"}
    assert enter(nobody(app), "kim", BETTER).status_code == 303
    box.audit.flush()
    assert BETTER not in str([tuple(r) for r in box.db.read("SELECT * FROM audit")])
