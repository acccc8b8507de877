"""Errors as replies: what a client needs to know beside the message stands in the headers."""

from __future__ import annotations

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from ragbox.errors import Busy, NotSignedIn, RagboxError
from web.problems import install


@pytest.fixture
def client() -> TestClient:
    app, errors = FastAPI(), {"busy": Busy("Many ask. Ask again in 12 s.", retry_after=12), "who": NotSignedIn("Who?")}
    install(app)

    def fail(error: str) -> None:
        raise errors.get(error, RagboxError("broken"))

    app.get("/api/{error}")(fail)
    app.get("/v1/{error}")(fail)
    return TestClient(app, raise_server_exceptions=False)


def test_who_is_turned_away_for_the_crowd_is_told_when_to_come_again(client: TestClient) -> None:
    reply = client.get("/api/busy")
    assert (reply.status_code, reply.headers["Retry-After"]) == (429, "12")
    assert reply.json() == {"error": {"type": "Busy", "message": "Many ask. Ask again in 12 s."}}
    reply = client.get("/v1/busy")
    assert (reply.status_code, reply.headers["Retry-After"]) == (429, "12")
    assert (reply.json()["error"]["type"], reply.json()["error"]["code"]) == ("rate_limit_error", "rate_limit_exceeded")


def test_other_errors_have_no_such_header(client: TestClient) -> None:
    assert client.get("/api/who").headers["WWW-Authenticate"] == "Bearer"
    assert "Retry-After" not in client.get("/api/who").headers | client.get("/api/other").headers
