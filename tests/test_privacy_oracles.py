"""Nobody can find a hidden value out by guesses: not by searches, sorting, feedback, models or a laxer style."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from ragbox.box import Box
from ragbox.conversations import NEW
from ragbox.events import Text
from ragbox.types import Hit, Quote
from tests.doors import furnish, program, upload
from web.app import create_app

As = Callable[[str], TestClient]
NAMES = ("13812345678.txt", "13912345678.txt")
LINE = b"The night line is 13812345678 and free. " * 20
PRIVACY = "/api/admin/privacy"


@pytest.fixture
def app(box: Box) -> FastAPI:
    furnish(box)
    made = create_app(box, pages=False)
    admin = program(made, box)
    for n, name in enumerate(reversed(NAMES)):
        upload(admin, "hr", [(name, b"Part %d. " % n + LINE)])
    return made


@pytest.fixture
def as_(app: FastAPI, box: Box) -> As:
    return lambda name: program(app, box, name)


def style(client: TestClient, wanted: str, role: str = "reader") -> None:
    assert client.put(f"{PRIVACY}/roles/{role}", json={"style": wanted}).status_code == 200


@pytest.mark.parametrize(("shown", "last"), [("redact", 0), ("pseudonym", 0), ("mask", 2), ("off", 2)])
def test_the_list_is_searched_and_sorted_by_the_names_that_are_shown(as_: As, shown: str, last: int) -> None:
    rita = as_("rita")
    style(as_("admin"), shown)

    def total(search: str) -> int:
        return int(rita.get("/api/documents", params={"search": search}).json()["total"])

    assert [total(guess) for guess in ("138", "1381", "13812345678")] == [int(shown == "off")] * 3
    assert total("5678") == last  # what a mask leaves is there to be seen
    assert total("handbook") == 1
    assert total("[PHONE]") == (2 if shown == "redact" else 0)
    pages = [rita.get(f"/api/documents?sort=file&descending={way}").json()["documents"] for way in ("false", "true")]
    orders = [[d["id"] for d in page if "book" not in d["file"]] for page in pages]
    assert (orders[0] == orders[1][::-1]) is (shown == "off")  # else by id, both ways


def test_a_value_finds_nothing_where_it_is_hidden(as_: As) -> None:
    rita, question = as_("rita"), {"question": "13812345678"}
    assert rita.post("/api/search", json=question).json()["hits"] == []
    assert rita.post("/api/ask", json=question).json()["refused"]
    right, wrong = (
        rita.post("/api/search", json={"question": f"Is {number} the night line?"}).json()["hits"]
        for number in ("13812345678", "13812345679")
    )
    assert right == wrong != []
    style(as_("admin"), "off")
    assert rita.post("/api/search", json=question).json()["hits"]


def test_no_model_is_asked_whether_a_value_is_right(as_: As, box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def answer(question: str, hits: Sequence[Hit], adapter: str = "") -> Iterator[Text | Quote]:  # noqa: ARG001
        asked.append(question)
        yield Text(text="Yes.")

    monkeypatch.setattr(box.engine, "answer", answer)
    question = {"question": "Is 13812345678 the night line of Bo Chen?"}
    as_("rita").post("/api/ask", json=question)
    style(as_("admin"), "off")
    as_("rita").post("/api/ask", json=question)
    assert [("13812345678" in q, "Bo Chen" in q) for q in asked] == [(False, True), (True, True)]


@pytest.mark.parametrize("stopped", [False, True])
def test_an_answer_kept_under_a_mask_keeps_no_digit_under_a_stricter_policy(as_: As, box: Box, stopped: bool) -> None:
    admin, rita = as_("admin"), as_("rita")
    style(admin, "mask")
    events = box.dialogue.ask(box.auth.user("rita"), "What is the night line?", NEW)
    for event in events:
        if stopped and isinstance(event, Text) and event.cites:
            break
    events.close()
    path = f"/api/conversations/{box.conversations.find(box.auth.user('rita'))[0].id}"
    (turn,) = rita.get(path).json()["turns"]
    assert turn["stopped"] is stopped
    for text in (turn["answer"], turn["citations"][0]["quote"], turn["citations"][0]["file"]):
        assert "*******5678" in text
    style(admin, "redact")
    for reply in (rita.get(path), rita.get(f"{path}/export")):
        assert "5678" not in reply.text
        assert "[PHONE]" in reply.text.replace("\\", "")
    assert rita.get("/api/conversations?search=5678").json()["conversations"] == []
    style(admin, "mask")
    assert rita.get(path).json()["turns"] == [turn]


def test_the_right_page_is_named_as_it_is_shown_and_not_found_by_a_guess(as_: As) -> None:
    admin, rita = as_("admin"), as_("rita")
    kept = rita.post("/api/ask", json={"question": "What is the night line?", "conversation": "new"}).json()
    path, told = f"/api/turns/{kept['turn']}/feedback", {"thumb": "down", "page": 1}
    assert rita.post(path, json=told | {"file": NAMES[0]}).status_code == 404
    style(admin, "off")
    style(admin, "off", "admin")
    assert rita.post(path, json=told | {"file": NAMES[0]}).status_code == 200
    assert admin.get("/api/feedback").json()["questions"][0]["gold"] == [{"file": NAMES[0], "page": 1}]
    style(admin, "", "admin")
    style(admin, "redact")
    assert admin.get("/api/feedback").json()["questions"][0]["gold"] == [{"file": "[PHONE].txt", "page": 1}]
    assert "13812345678" not in rita.get(f"/api/conversations/{kept['conversation']}").text


@pytest.mark.parametrize(
    ("own", "shown"),
    [
        ("redact", ["redact"]), ("pseudonym", ["redact", "pseudonym"]), ("mask", ["redact", "pseudonym", "mask"]),
        ("off", ["redact", "pseudonym", "mask"]),
    ],
)  # fmt: skip
def test_side_by_side_shows_an_admin_no_more_than_the_own_policy(as_: As, own: str, shown: list[str]) -> None:
    admin = as_("admin")
    style(admin, own, "admin")
    known = admin.get("/api/documents?collection=hr&search=txt").json()["documents"]
    (document,) = [d["id"] for d in known if d["file"] not in ("handbook.txt",)][:1]
    found: dict[str, Any] = json.loads(admin.post(f"{PRIVACY}/document/{document}").text)
    assert found["style"] == own
    assert all(list(p["shown"]) == shown and ("text" in p) is (own == "off") for p in found["passages"])
