"""The routes behind the Admin page: what they tell, and that nobody but an admin gets to them."""

from __future__ import annotations

import html
import itertools
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

import web
from ragbox import health
from ragbox.box import Box
from ragbox.settings import MASK, Settings
from tests.doors import browser, failure, nobody, paged
from tests.fakes import FakeEncoder, FakeSandbox
from web.admin import router, sentence
from web.pages import admin as page
from web.strings import STRINGS
from web.strings_admin import ADMIN
from web.strings_reasons import REASONS

As = Callable[[str], TestClient]
ROUTES = sorted((method, route.path) for route in router.routes for method in route.methods)  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", ["edda", "rita", "leo"])
@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_every_route_refuses_who_is_no_admin(as_: As, name: str, method: str, path: str) -> None:
    client = as_(name)
    for body in (None, {}, {"encode": False}):
        assert failure(client.request(method, re.sub(r"\{\w+\}", "rita", path), json=body)) == (403, "NotPermitted")


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_every_route_refuses_who_is_nobody(app: FastAPI, method: str, path: str) -> None:
    assert failure(nobody(app).request(method, path)) == (401, "NotSignedIn")


@pytest.mark.parametrize("path", ["/en/admin", "/zh/admin"])
def test_the_page_opens_for_admins_and_leads_others_home(box: Box, path: str) -> None:
    app = paged(box)
    assert browser(app, box).get(path).status_code == 200
    for role in ("reader", "editor"):
        box.auth.create_user(role, role, ["*"])
        reply = browser(app, box, role).get(path)
        assert (reply.status_code, reply.headers["location"]) == (303, f"{path[:3]}/")
        assert failure(browser(app, box, role).get(f"{path}/"))[0] == 404
    reply = nobody(app).get(path, headers={"Accept": "text/html"})
    assert (reply.status_code, reply.headers["location"]) == (303, "/login")


def test_why_mirrored_files_were_refused_is_said_in_the_pages_language() -> None:
    (english, chinese) = next(iter(REASONS.items()))
    found = {language: html.unescape(page.frame(language)) for language in ("en", "zh")}
    assert json.dumps([english, chinese], ensure_ascii=False) in found["zh"]
    assert 'data-reasons="[]"' in found["en"]
    assert "told(r.reason)" in (Path(web.__file__).parent / "static/admin-box.js").read_text("utf-8")


def test_health_speaks_both_languages(as_: As) -> None:
    english = as_("admin").get("/api/admin/health?language=en").json()
    assert set(english) == {"parts", "mirrors", "reading"}
    record = english["parts"][0]
    assert (record["part"], record["name"], record["light"]) == ("record", "Record", "good")
    assert record["sentence"].startswith("Documents: 2. Passages: 2. ")
    chinese = as_("admin").get("/api/admin/health", headers={"Accept-Language": "zh-CN"}).json()["parts"]
    assert all(re.search(r"[\u3400-\u9fff]", part["name"] + part["sentence"]) for part in chinese)


def test_each_state_of_each_part_has_a_sentence() -> None:
    source = Path(health.__file__).read_text("utf-8")
    states = {key.split(".")[2] for key in STRINGS if re.fullmatch(r"health\.\w+\.\w+", key)} - {"good", "warn", "bad"}
    assert all(f'"{state}"' in source for state in states)
    figures: dict[str, int | str] = dict.fromkeys(
        ("size", "free", "total", "count", "wanted", "pending", "documents", "passages", "schema", "running", "waiting",
         "folders", "files", "refused", "hidden", "ordering"), 7 << 20,
    ) | dict.fromkeys(("name", "collections", "alarms", "folder", "hosts", "reason"), "x")  # fmt: skip
    for language, key in itertools.product(("en", "zh"), STRINGS):
        if re.fullmatch(r"health\.\w+\.\w+", key) and not key.startswith("health.all."):
            _, part, state = key.split(".")
            said = sentence(language, health.Part(part=part, light="good", state=state, figures=figures))
            assert "{" not in said


def test_every_word_of_the_page_is_used_and_every_word_used_exists() -> None:
    code = "".join(p.read_text("utf-8") for p in Path(web.__file__).parent.glob("static/admin*.js"))
    named = set(re.findall(r'word\(\s*"([a-z_.0-9]+)"', code)) | set(re.findall(r'\? "([a-z]+\.[a-z.]+)" : "', code))
    assert named <= STRINGS.keys()
    # Keys that the script puts together: their last part stands in it, or comes from the box.
    families = ("light.", "alarm.", "health.all.", "stage.", "source.", "role.", "scope.")
    families += ("people.from.ldap", "people.from.oidc")
    python = {"admin.heading", "admin.lead", "admin.loading"}
    texts = {k.removesuffix(".one") for k in ADMIN}
    left = [k for k in texts if k not in named | python and not k.startswith(families)]
    assert [k for k in left if f'"{k}"' not in code and f'"{k.removesuffix(".ask").split(".")[1]}"' not in code] == []


def test_activity_tells_questions_latency_and_errors(as_: As, app: FastAPI, box: Box, monkeypatch: Any) -> None:
    admin = as_("admin")
    admin.post("/api/ask", json={"question": "How many days of annual leave do staff get?"})
    list(admin.post("/api/ask", json={"question": "How long is the notice?", "stream": True}).iter_lines())
    monkeypatch.setattr(box.auth, "users", lambda: 1 / 0)
    broken = nobody(app, raise_server_exceptions=False)
    broken.headers["Authorization"] = admin.headers["Authorization"]
    assert broken.get("/api/users").status_code == 500
    found = admin.get("/api/admin/activity").json()
    assert (len(found["questions"]), sum(found["questions"])) == (60, 2)
    stages = {row["stage"]: row for row in found["latencies"]}
    assert stages.keys() >= {"search", "total"}
    assert stages["total"]["count"] == 2
    assert 0 < stages["total"]["p50"] <= stages["total"]["p95"]
    assert found["checks"] == {"sentences": 0, "unsupported": 0}  # quotes need no check
    assert found["cache"] == {"kept": 2, "same": 0, "alike": 0, "missed": 2}
    (error,) = found["errors"]
    assert (error["where"], error["text"]) == ("GET /api/users failed", "ZeroDivisionError: division by zero")


def test_settings_say_where_they_come_from_and_mask_secrets(settings: Settings, monkeypatch: Any) -> None:
    monkeypatch.setenv("RAGBOX_HITS", "5")
    monkeypatch.setenv("RAGBOX_ENCODER_ARGS", '{"model": "m", "api_key": "sk-123", "more": {"Password": "hunter2"}}')
    made = Box(Settings(data=settings.data), encoder=FakeEncoder(), sandbox=FakeSandbox())
    made.open()
    app = paged(made)
    reply = browser(app, made).get("/api/admin/settings")
    made.close()
    found = {row["name"]: row for row in reply.json()["settings"]}
    assert (found["RAGBOX_HITS"]["value"], found["RAGBOX_HITS"]["source"]) == (5, "environment")
    assert (found["RAGBOX_DATA"]["value"], found["RAGBOX_DATA"]["source"]) == (settings.data.as_posix(), "command")
    assert (found["RAGBOX_PORT"]["value"], found["RAGBOX_PORT"]["source"]) == (7860, "default")
    masked = {"model": "m", "api_key": MASK, "more": {"Password": MASK}}
    assert found["RAGBOX_ENCODER_ARGS"]["value"] == masked
    assert "sk-123" not in reply.text
    assert "hunter2" not in reply.text


def test_a_person_is_changed_disabled_and_reset(as_: As, app: FastAPI, box: Box) -> None:
    admin, rita, tab = as_("admin"), as_("rita"), browser(app, box, "rita")
    assert admin.patch("/api/admin/users/rita", json={"collections": ["hr"]}).json()["sessions"] == 1
    changed = admin.patch("/api/admin/users/rita", json={"role": "editor", "collections": ["hr", "legal"]}).json()
    assert (changed["role"], changed["collections"], changed["sessions"]) == ("editor", ["hr", "legal"], 0)
    assert rita.get("/api/status").json()["collections"] == ["hr", "legal"]
    assert admin.patch("/api/admin/users/rita", json={"disabled": True}).json()["disabled"] is True
    for client in (rita, tab):
        assert failure(client.get("/api/status")) == (401, "NotSignedIn")
    assert failure(admin.post("/api/admin/users/rita/reset")) == (409, "Conflict")
    admin.patch("/api/admin/users/rita", json={"disabled": False})
    assert (rita.get("/api/status").status_code, tab.get("/api/status").status_code) == (200, 401)
    url = admin.post("/api/admin/users/rita/reset").json()["url"]
    assert nobody(app).get(url).status_code == 303
    listed = {user["name"]: user for user in admin.get("/api/admin/users").json()["users"]}
    assert list(listed) == ["admin", "edda", "leo", "rita"]
    assert (listed["rita"]["disabled"], listed["rita"]["tokens"]) == (False, 1)
    assert failure(admin.patch("/api/admin/users/rita", json={"name": "x"})) == (400, "BadInput")
    assert failure(admin.patch("/api/admin/users/admin", json={"disabled": True})) == (409, "Conflict")


def test_tokens_are_made_with_an_expiry_listed_and_revoked(as_: As, app: FastAPI) -> None:
    admin = as_("admin")
    made = admin.post("/api/users/leo/token", json={"days": 30, "scope": "read"}).json()["token"]
    leo = nobody(app)
    leo.headers["Authorization"] = f"Bearer {made}"
    assert leo.get("/api/status").status_code == 200
    listed = admin.get("/api/admin/tokens")
    assert made not in listed.text
    row = listed.json()["tokens"][0]
    assert (row["user"], row["prefix"], row["scope"]) == ("leo", made[:6], "read")
    assert failure(admin.post("/api/users/leo/token", json={"scope": "root"})) == (400, "BadInput")
    assert row["used_at"]
    assert row["expires_at"] > row["created_at"]
    assert admin.delete(f"/api/admin/tokens/{row['id']}").json() == {"removed": row["id"]}
    assert failure(leo.get("/api/status")) == (401, "NotSignedIn")
    assert failure(admin.delete(f"/api/admin/tokens/{row['id']}")) == (404, "NotFound")
    assert failure(admin.post("/api/users/leo/token", json={"days": 0})) == (400, "BadInput")


def test_a_rebuild_is_begun_and_watched(as_: As, box: Box) -> None:
    admin = as_("admin")
    assert admin.get("/api/admin/rebuild").json()["running"] is False
    begun = admin.post("/api/admin/rebuild", json={"encode": False})
    assert (begun.status_code, begun.json()["stage"]) == (202, "index")
    thread = box.rebuilder._thread
    assert thread is not None
    thread.join(60)
    found = admin.get("/api/admin/rebuild").json()
    assert (found["stage"], found["done"], found["total"], found["running"]) == ("done", 2, 2, False)
