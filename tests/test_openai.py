"""Programs written for OpenAI's API can ask the box: checked with OpenAI's own client."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import openai
import pytest
import uvicorn
from fastapi import FastAPI
from starlette.testclient import TestClient

from ragbox.box import Box
from ragbox.errors import Unavailable
from tests.doors import BASE, nobody
from web.guard import COOKIE

LEAVE = [{"role": "user", "content": "How many days of annual leave do staff get?"}]
NOTICE = [{"role": "user", "content": "How many days of notice end the contract?"}]
As = Callable[[str], TestClient]
Clients = Callable[[str], openai.OpenAI]


@pytest.fixture
def client(app: FastAPI, box: Box) -> Clients:
    """Return a function that gives a user's OpenAI client, connected to the app."""
    return lambda name: openai.OpenAI(
        base_url=f"{BASE}/v1", api_key=box.auth.new_token(name), http_client=nobody(app), max_retries=0
    )


def complete(client: openai.OpenAI, messages: Any, model: str = "ragbox", **options: Any) -> Any:
    return client.chat.completions.create(model=model, messages=messages, **options)


def test_the_models_are_the_collections_one_may_read(client: Clients) -> None:
    rita = client("rita")
    assert [m.id for m in rita.models.list()] == ["ragbox", "ragbox/hr"]
    assert [m.id for m in client("admin").models.list()] == ["ragbox", "ragbox/hr", "ragbox/legal"]
    assert rita.models.retrieve("ragbox/hr").id == "ragbox/hr"
    for name in ("ragbox/legal", "ragbox/nowhere", "gpt-5", "ragbox/"):
        with pytest.raises(openai.NotFoundError):
            rita.models.retrieve(name)


def test_a_question_is_answered_with_citations_beside_the_text(client: Clients) -> None:
    found = complete(client("rita"), LEAVE, temperature=0.3, max_tokens=9, seed=1, user="u", tools=[], n=1)
    (choice,) = found.choices
    assert (found.object, found.model, choice.finish_reason, choice.message.role) == (
        "chat.completion", "ragbox", "stop", "assistant",
    )  # fmt: skip
    assert choice.message.content == "Staff get 30 days of annual leave. [1]"
    (cited,) = choice.message.citations
    assert (cited["n"], cited["file"], cited["page"]) == (1, "handbook.txt", 1)
    assert cited["quote"] == "Staff get 30 days of annual leave."
    assert choice.message.refused is False
    assert (choice.message.unsupported, choice.message.engine, choice.message.cached) == ([], "extractive", False)
    assert abs(found.created - time.time()) < 60
    usage = found.usage
    assert usage.prompt_tokens >= 9
    assert usage.completion_tokens >= 8
    assert usage.total_tokens == usage.prompt_tokens + usage.completion_tokens


def test_a_stream_says_the_same_piece_by_piece(client: Clients) -> None:
    rita = client("rita")
    whole = complete(rita, LEAVE).choices[0].message
    chunks = list(complete(rita, LEAVE, stream=True, stream_options={"include_usage": True}))
    deltas = [c.choices[0].delta for c in chunks[:-1]]
    assert deltas[0].role == "assistant"
    assert "".join(d.content or "" for d in deltas) == whole.content
    assert len({c.id for c in chunks}) == 1
    assert [c.choices[0].finish_reason for c in chunks[:-1]] == [None] * (len(chunks) - 2) + ["stop"]
    assert deltas[-1].citations == whole.citations
    assert chunks[-1].choices == []
    assert chunks[-1].usage.total_tokens > 10
    assert all(c.usage is None for c in complete(rita, LEAVE, stream=True))


def test_over_a_real_connection_too(app: FastAPI, box: Box) -> None:
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error", lifespan="off"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        deadline = time.monotonic() + 60
        while not server.started and time.monotonic() < deadline:
            time.sleep(0.01)
        port = server.servers[0].sockets[0].getsockname()[1]
        with openai.OpenAI(
            base_url=f"http://127.0.0.1:{port}/v1", api_key=box.auth.new_token("rita"), max_retries=0
        ) as client:
            with complete(client, LEAVE, stream=True) as stream:
                text = "".join(c.choices[0].delta.content or "" for c in stream)
            assert text == complete(client, LEAVE).choices[0].message.content
    finally:
        server.should_exit = True
        thread.join(60)


def test_a_collection_is_asked_by_its_name(client: Clients) -> None:
    admin = client("admin")
    assert complete(admin, NOTICE, "ragbox/hr").choices[0].message.refused is True
    assert complete(admin, NOTICE, "ragbox/legal").choices[0].message.refused is False


def test_one_that_may_not_be_read_is_unknown_like_any_other(client: Clients) -> None:
    told = []
    for model in ("ragbox/legal", "ragbox/nowhere", "gpt-5"):
        with pytest.raises(openai.NotFoundError) as caught:
            complete(client("rita"), NOTICE, model)
        assert (caught.value.code, caught.value.type) == ("model_not_found", "invalid_request_error")
        told.append(str(caught.value).replace(model, "x"))
    assert len(set(told)) == 1


def test_the_messages_are_the_history_and_nothing_is_kept(client: Clients, box: Box) -> None:
    messages = [
        {"role": "system", "content": "Be brief."},
        *LEAVE,
        {"role": "assistant", "content": "30 days [1]"},
        {"role": "user", "content": [{"type": "text", "text": "And sick leave?"}]},
    ]
    rita = client("rita")
    assert complete(rita, messages).choices[0].message.asked == "How many days of sick leave do staff get?"
    *_, last = complete(rita, messages, stream=True)
    assert last.choices[0].delta.asked == "How many days of sick leave do staff get?"
    assert not hasattr(complete(rita, LEAVE).choices[0].message, "asked")
    assert box.db.read("SELECT * FROM turns") == []


def test_a_follow_up_is_given_to_the_language_model_first(
    client: Clients, box: Box, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[Any] = []

    def rewrite(question: str, history: Any) -> str:
        given.append((question, list(history)))
        return "How many days of sick leave are there?"

    monkeypatch.setattr(box.dialogue, "_rewrite", rewrite)
    said = [{"role": "assistant", "content": "30 days [1]"}, {"role": "assistant", "content": "In all."}]
    messages = [{"role": "system", "content": "Be brief."}, *LEAVE, *said, {"role": "user", "content": "And if sick?"}]
    found = complete(client("rita"), messages).choices[0].message
    assert found.asked == "How many days of sick leave are there?"
    assert given == [("And if sick?", [(LEAVE[0]["content"], "30 days [1]\nIn all.")])]
    complete(client("rita"), LEAVE)
    assert len(given) == 1  # the first of all has nothing to lean on


@pytest.mark.parametrize(
    ("options", "part"),
    [
        ({"n": 2}, "one answer"),
        ({"tools": [{"type": "function", "function": {"name": "f"}}]}, "tools"),
        ({"functions": [{"name": "f", "parameters": {}}]}, "functions"),
        ({"response_format": {"type": "json_object"}}, "response_format"),
        ({"modalities": ["text", "audio"]}, "modalities"),
        ({"logprobs": True}, "logprobs"),
        ({"messages": []}, "messages"),
        ({"messages": [{"role": "user", "content": " "}]}, "empty"),
        ({"messages": [{"role": "user", "content": "x" * 4001}]}, "4001"),
        ({"messages": [*LEAVE, {"role": "assistant", "content": "30"}]}, "last message"),
        ({"messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "x"}}]}]}, "image_url"),
        ({"messages": [{"role": "nobody", "content": "x"}]}, "role"),
    ],
)
@pytest.mark.parametrize("stream", [False, True])
def test_what_would_change_the_meaning_is_refused(
    client: Clients, options: dict[str, Any], part: str, stream: bool
) -> None:
    with pytest.raises(openai.BadRequestError, match=part) as caught:
        complete(client("rita"), **({"messages": LEAVE, "stream": stream} | options))
    assert caught.value.type == "invalid_request_error"


def test_without_a_token_the_door_is_closed_in_the_same_shape(app: FastAPI, box: Box) -> None:
    client = openai.OpenAI(base_url=f"{BASE}/v1", api_key="wrong", http_client=nobody(app), max_retries=0)
    for call in (lambda: complete(client, LEAVE), client.models.list):
        with pytest.raises(openai.AuthenticationError) as caught:
            call()
        assert caught.value.code == "invalid_api_key"
    page = nobody(app)
    page.cookies.set(COOKIE, box.auth.sign_in(box.auth.new_login("rita")), domain="127.0.0.1")
    reply = page.post("/v1/chat/completions", json={"model": "ragbox", "messages": LEAVE})  # from another site's page
    assert reply.status_code == 403
    assert reply.json()["error"]["type"] == "permission_error"


def test_every_error_under_v1_has_openais_shape(as_: As, box: Box) -> None:
    rita = as_("rita")
    body = {"model": "ragbox", "messages": LEAVE}
    headers = {"Content-Type": "application/json"}
    box.ready = False
    replies = [
        (503, rita.post("/v1/chat/completions", json=body)),
        (400, rita.post("/v1/chat/completions", content=b"{", headers=headers)),
        (404, rita.get("/v1/embeddings")),
        (405, rita.get("/v1/chat/completions")),
    ]
    for status, reply in replies:
        assert reply.status_code == status
        assert set(reply.json()["error"]) == {"message", "type", "param", "code"}
        assert reply.json()["error"]["code"] is None
    assert replies[0][1].json()["error"]["type"] == "server_error"


def test_a_failure_on_the_way_is_told_in_the_stream(
    client: Clients, as_: As, box: Box, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any) -> Iterator[Any]:
        raise Unavailable("The engine is gone. Start it again.")
        yield

    monkeypatch.setattr(box.engine, "answer", broken)
    with pytest.raises(openai.APIError, match="The engine is gone"):
        list(complete(client("rita"), LEAVE, stream=True))
    reply = as_("rita").post("/v1/chat/completions", json={"model": "ragbox", "messages": LEAVE, "stream": True})
    frames = [line.removeprefix("data: ") for line in reply.text.splitlines() if line]
    assert json.loads(frames[-2])["error"]["type"] == "server_error"
    assert frames[-1] == "[DONE]"
