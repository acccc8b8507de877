"""People are kept by an admin alone, over the API: made, listed, removed, given tokens and links."""

from __future__ import annotations

import socket
from collections.abc import Callable
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from ragbox.box import Box
from ragbox.settings import Settings
from tests.doors import failure, nobody, program
from tests.fakes import FakeEncoder, FakeSandbox
from web.app import create_app

As = Callable[[str], TestClient]


@pytest.mark.parametrize("name", ["edda", "rita"])
@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/api/users", None),
        ("POST", "/api/users", {"name": "kim", "role": "admin"}),
        ("DELETE", "/api/users/leo", None),
        ("POST", "/api/users/admin/token", None),
        ("POST", "/api/users/admin/login", None),
    ],
)
def test_people_are_kept_by_an_admin_only(as_: As, name: str, method: str, path: str, body: Any) -> None:
    assert failure(as_(name).request(method, path, json=body)) == (403, "NotPermitted")


def test_an_admin_makes_users_tokens_and_login_links(as_: As, app: FastAPI) -> None:
    admin = as_("admin")
    made = admin.post("/api/users", json={"name": "kim", "role": "reader", "collections": ["hr"]})
    assert made.status_code == 201
    granted = {"collections": ["hr"], "writable": [], "managed": []}
    assert made.json() == {"name": "kim", "role": "reader"} | granted
    kim = nobody(app)
    kim.headers["Authorization"] = f"Bearer {admin.post('/api/users/kim/token').json()['token']}"
    assert kim.get("/api/status").json()["collections"] == ["hr"]
    url = admin.post("/api/users/kim/login").json()["url"]
    assert url.startswith("http://127.0.0.1:7860/login?token=")
    assert nobody(app).get(url).status_code == 303
    assert failure(admin.post("/api/users", json={"name": "kim"})) == (409, "Conflict")
    assert failure(admin.post("/api/users", json={"name": "x", "role": "root"})) == (400, "BadInput")
    unknown = admin.post("/api/users", json={"name": "x", "collections": ["hr", "hrr", "leagl"]})
    assert failure(unknown) == (404, "NotFound")
    assert "'hrr', 'leagl'" in unknown.text
    assert "x" not in [u["name"] for u in admin.get("/api/users").json()["users"]]
    assert failure(admin.post("/api/users/none/token")) == (404, "NotFound")


def test_people_are_listed_by_name_and_removed_with_their_tokens(as_: As) -> None:
    admin, leo = as_("admin"), as_("leo")
    listed = admin.get("/api/users").json()["users"]
    assert [u["name"] for u in listed] == ["admin", "edda", "leo", "rita"]
    granted = {"collections": ["legal"], "writable": [], "managed": []}
    assert listed[2] == {"name": "leo", "role": "reader"} | granted
    assert leo.get("/api/status").status_code == 200
    assert admin.delete("/api/users/leo").json() == {"removed": "leo"}
    assert failure(leo.get("/api/status")) == (401, "NotSignedIn")
    assert failure(admin.delete("/api/users/leo")) == (404, "NotFound")
    assert failure(admin.delete("/api/users/admin")) == (409, "Conflict")


def test_a_box_that_listens_everywhere_gives_a_link_for_other_machines_too(settings: Settings) -> None:
    made = Box(settings.model_copy(update={"host": "0.0.0.0"}), encoder=FakeEncoder(), sandbox=FakeSandbox())
    made.open()
    links = program(create_app(made, pages=False), made).post("/api/users/admin/login").json()
    made.close()
    assert links["elsewhere"] == links["url"].replace("127.0.0.1", socket.gethostname())
