"""What a page is told of whoever opens it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from starlette.testclient import TestClient

As = Callable[[str], TestClient]


def test_everybody_is_told_of_their_own_collections_only(as_: As) -> None:
    rita = as_("rita").get("/api/home").json()
    assert (rita["name"], rita["role"], rita["documents"], rita["create"]) == ("rita", "reader", 1, False)
    assert rita["collections"] == [{"name": "hr", "documents": 1, "write": False, "manage": False}]
    assert not any("contract" in question.lower() for question in rita["starters"])
    edda = as_("edda").get("/api/home").json()
    assert edda["collections"] == [{"name": "hr", "documents": 1, "write": True, "manage": False}]
    admin = as_("admin").get("/api/home").json()
    assert (admin["documents"], admin["create"]) == (2, True)
    assert [c["name"] for c in admin["collections"]] == ["hr", "legal"]


@pytest.mark.parametrize("role", ["admin", "rita", "edda", "leo"])
def test_starters_are_answered(as_: As, role: str) -> None:
    client = as_(role)
    for question in client.get("/api/home?language=en").json()["starters"]:
        assert not client.post("/api/ask", json={"question": question}).json()["refused"], question


def test_a_language_that_there_is_not_is_refused(as_: As) -> None:
    assert as_("rita").get("/api/home?language=fr").status_code == 400
