"""A model behind a server: what it is asked, what comes of its answer, what is seen when it is loaded."""

from __future__ import annotations

import logging
import socket
from collections.abc import Callable, Iterator

import pytest

from ragbox import silence
from ragbox.engines.openai_chat import base_address
from ragbox.engines.remote import RemoteModel
from ragbox.errors import BadInput, Unavailable
from ragbox.generation import Message

from .chat_server import Call, answered, fails, loaded, serving
from .model_contract import LanguageModelContract, ask, said, write
from .ports import unused

KEY = "sk-not-to-be-seen"


class TestContract(LanguageModelContract):
    @pytest.fixture
    def model(self) -> Iterator[RemoteModel]:
        with serving() as server, loaded(server) as model:
            yield model


# -- what is asked and what comes --------------------------------------------------------------------------


def test_the_request_is_openais_and_neutral_settings_are_left_out() -> None:
    with serving() as server, loaded(server, key=KEY) as model:
        write(model, ask("one"))
        write(model, ask("one", temperature=0.7, top_p=0.9, top_k=40, repetition_penalty=1.1, stop=("x",), seed=3))
    plain, full = (call.body for call in server.calls)
    assert set(plain) == {"model", "messages", "stream", "stream_options", "max_tokens", "temperature", "top_p"}
    assert plain["messages"][0] == {"role": "system", "content": "You answer."}
    expected = {"temperature": 0.7, "top_p": 0.9, "top_k": 40, "repetition_penalty": 1.1, "stop": ["x"], "seed": 3}
    assert {name: full[name] for name in expected} == expected
    assert server.calls[0].path == "/v1/chat/completions"
    assert server.calls[0].headers["authorization"] == f"Bearer {KEY}"


def test_no_key_is_sent_where_there_is_none() -> None:
    with serving() as server:
        answered(server)
    assert "authorization" not in server.calls[0].headers


@pytest.mark.parametrize("field", ["reasoning_content", "reasoning"])
def test_reasoning_is_thinking_whether_the_server_parts_it_or_not(field: str) -> None:
    def parted(call: Call) -> None:
        call.head()
        call.event(delta={field: "let me see"})
        call.event("Yes.", reason="stop")

    def mixed(call: Call) -> None:
        call.head()
        for piece in ("<thi", "nk>let me", " see</think>", "Yes."):
            call.event(piece)
        call.event(reason="stop")

    for handler in (parted, mixed):
        with serving(handler) as server:
            deltas = answered(server)
        assert "".join(d.text for d in deltas if d.thinking) == "let me see"
        assert "".join(d.text for d in deltas if not d.thinking) == "Yes."


def test_an_event_is_read_whole_however_it_is_cut_and_whatever_it_holds() -> None:
    text = "三月\u2028four\x85five 👍"  # U+2028 and U+0085 end a line for str.splitlines, in an event they do not

    def cut(call: Call) -> None:
        call.head()
        whole: list[bytes] = []
        send, call.send = call.send, lambda *pieces: whole.extend(pieces)  # type: ignore[method-assign]
        call.event(text)
        call.event(reason="stop")
        for byte in b": ping\r\n\r\nid: 1\r\n" + b"".join(whole).replace(b"\n", b"\r\n"):
            send(bytes([byte]))

    with serving(cut) as server:
        assert said(answered(server)) == text


@pytest.mark.parametrize(
    ("reason", "end"),
    [("stop", "stop"), ("length", "length"), ("content_filter", "error"), ("tool_calls", "stop"), ("abort", "error")],
)
def test_why_an_answer_ended_is_told(reason: str, end: str) -> None:
    def ends(call: Call) -> None:
        call.head()
        call.event("Yes")
        call.event(reason=reason)

    with serving(ends) as server:
        deltas = answered(server)
    assert (said(deltas), deltas[-1].end, bool(deltas[-1].reason)) == ("Yes", end, end == "error")


def test_an_answer_without_a_word_or_a_reason_is_an_error() -> None:
    def silent(call: Call) -> None:
        call.head()
        call.send(b"data: [DONE]\n\n")

    with serving(silent) as server:
        deltas = answered(server)
    assert "before its first word" in deltas[-1].reason


def test_tokens_are_the_servers_count_where_it_gives_one() -> None:
    def counts(call: Call) -> None:
        call.head()
        call.event("One piece of nine tokens", reason="stop")
        call.event(choices=[], usage={"prompt_tokens": 700, "completion_tokens": 9})
        call.send(b"data: [DONE]\n\n")

    with serving(counts) as server, loaded(server) as model:
        before = model.count_tokens(ask("one").messages)
        deltas = write(model, ask("one"))
        assert (sum(d.tokens for d in deltas), deltas[-1].prompt_tokens) == (9, 700)
        assert before < 100 < 700 <= 4 * model.count_tokens(ask("one two").messages)


@pytest.mark.parametrize(
    ("text", "least", "most"),
    [("The invoice of March came to 1,250 euros. ", 281, 421), ("三月的发票金额为一千二百五十欧元，", 340, 510)],
)
def test_the_estimate_of_a_prompt_is_not_too_low(text: str, least: int, most: int) -> None:
    """The bounds are what Mistral's Tekken tokenizer counts, and 1.5 times of it; Qwen's counts 281 and 220."""
    model = RemoteModel(["http://127.0.0.1:9"], model="tiny")
    assert least <= model.count_tokens([Message(role="user", content=text * 20)]) <= most


@pytest.mark.parametrize(
    ("told", "wanted", "expected"),
    [((), 0, 8192), ((32768,), 0, 32768), ((32768,), 4096, 4096), ((2048,), 4096, 2048), ((4096, 32768), 0, 4096)],
)
def test_the_context_is_what_the_servers_tell_unless_the_setting_is_less(
    told: tuple[int, ...], wanted: int, expected: int
) -> None:
    with serving() as one, serving() as two:
        for server, length in zip((one, two), told, strict=False):
            server.models = [{"id": "tiny", "max_model_len": length}]
        with loaded(one, two, context=wanted) as model:
            assert model.capabilities.context == expected


def test_prompt_and_answer_fit_the_context_together() -> None:
    with serving() as server, loaded(server, context=200) as model:
        write(model, ask("one " * 120, max_new_tokens=100))
        asked = server.calls[0].body["max_tokens"]
        assert asked == 200 - model.count_tokens(ask("one " * 120).messages) < 100


# -- loading -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "url",
    [
        "vllm:8000",
        "ftp://vllm",
        "file:///etc/passwd",
        "http://",
        "http://u:p@v",
        "http://v?x=1",
        "http://v:x",
        "http://a b",
    ],
)
def test_only_plain_addresses_are_taken(url: str) -> None:
    with pytest.raises(BadInput, match="RAGBOX_REMOTE_URLS") as error:
        RemoteModel([url], model="tiny").load()
    assert "u:p" not in str(error.value)


def test_an_address_without_a_path_is_that_of_version_1() -> None:
    assert base_address("http://vllm:8000/") == "http://vllm:8000/v1"
    assert base_address("https://gate/llm/v1/") == "https://gate/llm/v1"


def test_one_server_that_answers_is_enough() -> None:
    closed = f"http://127.0.0.1:{unused()}"
    with serving() as server:
        model = RemoteModel([closed, server.url], model="tiny")
        model.load()
        assert said(write(model, ask("one"))) == "one"
        model.close()
    model = RemoteModel([closed], model="tiny")
    with pytest.raises(Unavailable, match=r"cannot be reached.*Is it up\?"):
        model.load()


@pytest.mark.parametrize(
    ("look", "kind", "words"),
    [
        (fails(401), BadInput, "RAGBOX_REMOTE_KEY"),
        (fails(500), Unavailable, "500"),
        (lambda call: call.json(200, {"data": [{"id": "other"}]}), BadInput, "RAGBOX_REMOTE_MODEL to one of: other"),
        (lambda call: call.json(200, ["x"]), BadInput, "RAGBOX_REMOTE_URLS"),
        (lambda call: (call.head(), call.send(b"<html>")), BadInput, "RAGBOX_REMOTE_URLS"),
        (Call.hang, Unavailable, "silent"),
    ],
)
def test_what_is_wrong_with_a_server_shows_when_it_is_loaded(
    look: Callable[[Call], None], kind: type[Exception], words: str
) -> None:
    with serving() as server:
        server.look = look
        with pytest.raises(kind, match=words):
            RemoteModel([server.url], model="tiny", timeout=0.5).load()


def test_a_server_without_a_list_of_models_is_taken_at_its_word() -> None:
    with serving() as server:
        server.look = fails(404)
        assert said(answered(server)) == "one two three"


# -- secrets -----------------------------------------------------------------------------------------------


def test_the_key_is_never_shown(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with serving(fails(401, f"no such key: {KEY}")) as server, loaded(server, key=KEY) as model:
        deltas = write(model, ask("one"))
        assert KEY not in repr(model)
        server.look = fails(401, f"no such key: {KEY}")
        with pytest.raises(BadInput) as error:
            RemoteModel([server.url], model="tiny", key=KEY).load()
    assert "no such key: ••••••" in deltas[-1].reason
    assert KEY not in str(error.value) + caplog.text
    with pytest.raises(BadInput) as error:
        RemoteModel(["http://127.0.0.1:9"], model="tiny", key=f"{KEY}\n").load()
    assert KEY not in str(error.value)


def test_proxies_of_the_environment_see_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    with serving() as server:
        assert said(answered(server)) == "one two three"


def test_a_server_that_the_admin_named_is_no_call_home(monkeypatch: pytest.MonkeyPatch) -> None:
    noted: list[str] = []
    monkeypatch.setattr(silence, "_count", noted.append)
    with serving() as server:
        answered(server)
        assert noted == []
        socket.create_connection(("127.0.0.1", int(server.url.rpartition(":")[2]))).close()
    assert "127.0.0.1" in noted
