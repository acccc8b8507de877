"""A stream sends each event when it is made, tells of errors, and stops what makes it when the reader leaves."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from ragbox.box import Box
from ragbox.errors import NotPermitted, Unavailable
from ragbox.events import Text
from tests.doors import browser
from web.guard import COOKIE
from web.stream import CHECK_SECONDS, EventStream


def shape(n: int) -> dict[str, Any]:
    return {"event": "text", "text": f"第{n}\n行"}


def run(stream: EventStream, *, leave_after: int | None = None) -> list[str]:
    """Return the bodies sent to a reader who leaves after so many of them."""
    sent: list[str] = []
    left = asyncio.Event()

    async def receive() -> dict[str, Any]:
        await left.wait()
        return {"type": "http.disconnect"}

    async def send(message: dict[str, Any]) -> None:
        await asyncio.sleep(0)  # as a server's does: who is cancelled does not come further
        sent.append(message.get("body", b"").decode())
        if leave_after is not None and len(sent) > leave_after:
            left.set()

    async def call() -> None:
        await asyncio.wait_for(stream({"type": "http"}, receive, send), 60)  # type: ignore[arg-type]

    asyncio.run(call())
    return sent


def test_each_item_is_one_event_with_its_json_on_one_line() -> None:
    sent = run(EventStream((n for n in (1, 2)), shape))
    assert sent == [
        "", *(f"event: text\ndata: {json.dumps(shape(n), ensure_ascii=False)}\n\n" for n in (1, 2)), "",
    ]  # fmt: skip


def test_an_error_before_the_first_event_is_raised_where_it_can_become_a_status() -> None:
    def fails() -> Iterator[int]:
        raise Unavailable("not yet")
        yield 1

    with pytest.raises(Unavailable):
        EventStream(fails(), shape)


@pytest.mark.parametrize(
    ("error", "kind", "message"),
    [(Unavailable("gone"), "Unavailable", "gone"), (ValueError("secret path"), "RagboxError", None)],
)
def test_an_error_in_the_middle_is_an_event_and_keeps_the_insides_to_the_log(
    error: Exception, kind: str, message: str | None
) -> None:
    def fails() -> Iterator[int]:
        yield 1
        raise error

    last = run(EventStream(fails(), shape))[-2]
    told = json.loads(last.partition("data: ")[2])
    assert (told["event"], told["error"]["type"]) == ("error", kind)
    assert message is None or told["error"]["message"] == message
    assert "secret" not in last


@pytest.mark.parametrize("pause", [0.0, 0.05])
def test_when_the_reader_leaves_the_generator_is_closed_before_the_reply_ends(pause: float) -> None:
    closed = threading.Event()
    made = []

    def endless() -> Iterator[int]:
        try:
            for n in range(10_000):
                made.append(n)
                threading.Event().wait(pause)
                yield n
        finally:
            closed.set()

    run(EventStream(endless(), shape), leave_after=3)
    assert closed.is_set()
    assert len(made) < 1000


def test_a_reader_who_may_no_longer_read_is_told_at_once_also_while_an_item_is_made() -> None:
    told, made = threading.Event(), threading.Event()

    def slow() -> Iterator[int]:
        yield 1
        assert told.wait(60)
        made.set()
        yield 2

    def check() -> None:
        told.set()  # the next item comes while the refusal is sent
        raise NotPermitted("no more")

    first, *last = run(EventStream(slow(), shape, check))[1:]
    assert "第1" in first
    assert json.loads(last[0].partition("data: ")[2])["error"]["message"] == "no more"
    assert last[1:] == [""]
    assert made.is_set()


def test_a_reader_who_leaves_while_an_error_is_sent_ends_the_stream() -> None:
    def broken() -> Iterator[int]:
        yield 1
        raise Unavailable("gone")

    async def call() -> None:
        sending = asyncio.Event()

        async def receive() -> dict[str, Any]:
            await sending.wait()
            return {"type": "http.disconnect"}

        async def send(message: dict[str, Any]) -> None:
            if b"gone" in message.get("body", b""):
                sending.set()
                await asyncio.Event().wait()  # a full pipe, which nobody empties

        await asyncio.wait_for(EventStream(broken(), shape)({"type": "http"}, receive, send), 60)  # type: ignore[arg-type]

    asyncio.run(call())


def refusals(monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """Return what is set when a stream begins to tell that it breaks off."""
    told, failure = threading.Event(), EventStream._failure
    monkeypatch.setattr(EventStream, "_failure", lambda *given: (told.set(), failure(*given))[1])
    return told


def _found(box: Box) -> str:
    return next(d.id for d in box.library.documents() if d.collection == "hr")


LOSSES: dict[str, Callable[[Box], object]] = {
    "disabled": lambda box: box.accounts.change("rita", disabled=True),
    "removed": lambda box: box.auth.remove_user("rita"),
    "revoked": lambda box: box.accounts.change("rita", collections=[]),
    "hidden": lambda box: box.access.hide(box.auth.local(), _found(box), users=["rita"], groups=[]),
    "deleted": lambda box: box.shelf.remove(box.auth.local(), [_found(box)], grace=0),
}


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("path", ["/api/ask", "/v1/chat/completions"])
def test_an_answer_ends_when_its_reader_may_no_longer_read(
    as_: Callable[[str], TestClient], box: Box, monkeypatch: pytest.MonkeyPatch, loss: str, path: str
) -> None:
    assert CHECK_SECONDS <= 0.5
    told = refusals(monkeypatch)

    def answer(*_: object) -> Iterator[Text]:
        yield Text(text="Said before it. ")
        LOSSES[loss](box)
        told.wait(60)
        yield Text(text="After. ")

    monkeypatch.setattr(box.engine, "answer", answer)
    body: dict[str, Any] = {"question": "How many days of annual leave do staff get?", "conversation": "new"}
    if path != "/api/ask":
        body = {"model": "ragbox", "messages": [{"role": "user", "content": body["question"]}]}
    reply = as_("rita").post(path, json=body | {"stream": True}).text
    assert "Said before" in reply
    assert "may no longer read" in reply
    assert "After." not in reply


@pytest.mark.clock
def test_an_answer_ends_within_a_second(
    as_: Callable[[str], TestClient], box: Box, monkeypatch: pytest.MonkeyPatch
) -> None:
    told, took = refusals(monkeypatch), list[float]()

    def answer(*_: object) -> Iterator[Text]:
        yield Text(text="Said before it. ")
        LOSSES["revoked"](box)
        began = time.monotonic()
        told.wait(60)
        took.append(time.monotonic() - began)

    monkeypatch.setattr(box.engine, "answer", answer)
    body = {"question": "How many days of annual leave do staff get?", "stream": True}
    assert "may no longer read" in as_("rita").post("/api/ask", json=body).text
    assert took[0] < 1


@pytest.mark.parametrize("other", [False, True])
def test_an_answer_ends_when_the_session_that_asked_is_signed_out(
    app: FastAPI, box: Box, monkeypatch: pytest.MonkeyPatch, other: bool
) -> None:
    rita, elsewhere = browser(app, box, "rita"), browser(app, box, "rita")
    told = refusals(monkeypatch)

    def answer(*_: object) -> Iterator[Text]:
        yield Text(text="Said before it. ")
        box.auth.sign_out((elsewhere if other else rita).cookies[COOKIE])
        told.wait(2 * CHECK_SECONDS if other else 60)
        yield Text(text="After. ")

    monkeypatch.setattr(box.engine, "answer", answer)
    body = {"question": "How many days of annual leave do staff get?", "stream": True}
    reply = rita.post("/api/ask", json=body, headers={"Sec-Fetch-Site": "same-origin"}).text
    assert "Said before" in reply
    assert ("NotSignedIn" in reply) is not other
    assert ("After." in reply) is other


def test_what_others_lose_and_what_is_renamed_or_deleted_breaks_nothing_off(box: Box) -> None:
    for name in ("hr", "it", "legal"):
        box.library.create_collection(name)
    rita = box.auth.create_user("rita", "reader", ["hr", "it"])
    box.auth.create_user("leo", "reader", ["hr"])
    everything, hr = box.retriever.standing(rita, None), box.retriever.standing(rita, "hr")
    box.accounts.change("leo", disabled=True)
    box.shelf.rename(box.auth.local(), "hr", "people")
    box.shelf.drop(box.auth.local(), "it")
    everything()
    hr()
    box.accounts.change("rita", collections=["legal"])
    for check in (everything, hr):
        with pytest.raises(NotPermitted):
            check()
