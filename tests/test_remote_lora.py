"""Adapters on servers of a model, by vLLM's run-time API: all or none, and again on one that was started again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from ragbox.engines.remote import RemoteModel
from ragbox.errors import BadInput, Unavailable
from ragbox.generation import Delta, Request

from .chat_server import Call, ChatServer, Handler, echo, fails, loaded, serving
from .model_contract import ask, said, write


class Vllm:
    """Holds adapters as vLLM does, with its words; `refuses` is a handler of loads in place of its own."""

    def __init__(self, server: ChatServer) -> None:
        self.server = server
        self.adapters: dict[str, str] = {}
        self.refuses: Handler | None = None
        self.asked: list[str] = []
        server.otherwise = self.serve

    def serve(self, call: Call) -> None:
        name = call.body.get("lora_name", "")
        if call.path == "/v1/load_lora_adapter":
            if self.refuses is not None:
                self.refuses(call)
            elif name in self.adapters:
                fails(400, f"The lora adapter '{name}' has already been loaded.")(call)
            else:
                self.adapters[name] = call.body["lora_path"]
                call.json(200, f"Success: LoRA adapter '{name}' added successfully.")
        elif call.path == "/v1/unload_lora_adapter":
            known = self.adapters.pop(name, None)
            (fails(404, f"The lora adapter '{name}' cannot be found.") if known is None else Vllm._removed)(call)
        elif call.body["model"] not in ("tiny", *self.adapters):
            fails(404, f"The model `{call.body['model']}` does not exist.")(call)
        else:
            self.asked.append(call.body["model"])
            echo(call)

    @staticmethod
    def _removed(call: Call) -> None:
        call.json(200, "Success: LoRA adapter removed successfully.")


@pytest.fixture
def servers() -> Iterator[list[Vllm]]:
    with ExitStack() as stack:
        yield [Vllm(stack.enter_context(serving())) for _ in range(2)]


@pytest.fixture
def model(servers: list[Vllm]) -> Iterator[RemoteModel]:
    with loaded(*(s.server for s in servers), key="s3cret-key") as made:
        yield made


def to(adapter: str, id: str = "a") -> Request:
    asked = ask("one two three", id=id)
    return Request(id=id, messages=asked.messages, sampling=asked.sampling, adapter=adapter)


def end(deltas: list[Delta]) -> tuple[str, str]:
    return deltas[-1].end, deltas[-1].reason


def test_all_servers_get_it_and_are_asked_for_it_by_name(
    model: RemoteModel, servers: list[Vllm], tmp_path: Path
) -> None:
    model.attach("terse@1", tmp_path)
    model.attach("terse@1", tmp_path)
    assert [s.adapters for s in servers] == [{"terse@1": str(tmp_path)}] * 2
    for adapter in ("terse@1", "terse@1", ""):
        assert said(write(model, to(adapter))) == "one two three"
    assert sorted(servers[0].asked + servers[1].asked) == ["terse@1", "terse@1", "tiny"]
    model.detach("terse@1")
    model.detach("terse@1")
    assert ([s.adapters for s in servers], model.attached) == ([{}, {}], ())
    assert "no adapter 'terse@1'" in end(write(model, to("terse@1")))[1]


def test_where_one_refuses_none_has_it_and_it_is_said_what_vllm_needs(
    model: RemoteModel, servers: list[Vllm], tmp_path: Path
) -> None:
    servers[1].refuses = fails(400, "rank 64 is greater than max_lora_rank 16. s3cret-key")
    with pytest.raises(BadInput, match=r"max_lora_rank 16.*--enable-lora") as caught:
        model.attach("terse@1", tmp_path)
    assert "s3cret-key" not in str(caught.value)
    assert ([s.adapters for s in servers], model.attached) == ([{}, {}], ())
    servers[1].refuses = None
    model.attach("terse@1", tmp_path)
    assert all("terse@1" in s.adapters for s in servers)


def test_one_that_was_started_again_gets_it_before_it_answers(
    model: RemoteModel, servers: list[Vllm], tmp_path: Path
) -> None:
    model.attach("terse@1", tmp_path)
    for server in servers:
        server.adapters.clear()
    for n in range(4):
        assert said(write(model, to("terse@1", id=str(n))), str(n)) == "one two three"
    assert all("terse@1" in s.adapters for s in servers)


def test_one_that_is_down_is_left_out_and_brought_up_to_date_later(
    model: RemoteModel, servers: list[Vllm], tmp_path: Path
) -> None:
    down = servers[1]
    down.refuses = lambda _: None  # closes the connection
    model.attach("terse@1", tmp_path)
    assert ["terse@1" in s.adapters for s in servers] == [True, False]
    for n in range(2):  # whoever is sent there first is answered by the other
        assert said(write(model, to("terse@1", id=str(n))), str(n)) == "one two three"
    assert (len(servers[0].asked), down.asked) == (2, [])
    down.refuses = None
    for n in range(4):
        assert end(write(model, to("terse@1", id=str(n))))[0] == "stop"
    assert ("terse@1" in down.adapters, bool(down.asked)) == (True, True)


def test_where_none_answers_nothing_is_attached(model: RemoteModel, servers: list[Vllm], tmp_path: Path) -> None:
    for server in servers:
        server.refuses = lambda _: None
    with pytest.raises(Unavailable, match="cannot be reached"):
        model.attach("terse@1", tmp_path)
    assert model.attached == ()
    model.close()
    with pytest.raises(Unavailable, match="not loaded"):
        model.attach("terse@1", tmp_path)
    model.detach("terse@1")
