"""The language model in use: loaded in a thread, switched, freed, and chosen by the settings."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ragbox.configured import make_model, origin
from ragbox.engines.hf import HfModel
from ragbox.engines.langchain import LangChainModel
from ragbox.engines.llamacpp import LlamaCppModel
from ragbox.engines.remote import RemoteModel
from ragbox.errors import BadInput, Conflict, Unavailable
from ragbox.generation import Message, Request
from ragbox.llm import Llm
from ragbox.models import Store
from ragbox.settings import Settings
from tests.fake_model import FakeModel
from tests.mirrors import until

ASKED = (Message(role="user", content="good day to you"),)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "models")


class Slow(FakeModel):
    """Is loaded when the test says so, and then as it says."""

    def __init__(self, error: Exception | None = None) -> None:
        super().__init__()
        self.may, self.error = threading.Event(), error
        self.closed = False

    def load(self) -> None:
        assert self.may.wait(60)
        if self.error:
            raise self.error
        super().load()

    def close(self) -> None:
        super().close()
        self.closed = True


@pytest.fixture
def made() -> list[Slow]:
    return []


@pytest.fixture
def llm(store: Store, made: list[Slow]) -> Iterator[Llm]:
    def make(*_: object) -> Slow:
        made.append(Slow())
        return made[-1]

    found = Llm(Settings(), store, make=make)
    yield found
    for model in made:
        model.may.set()
    found.close()


def said(llm: Llm) -> str:
    return "".join(delta.text for delta in llm.submit(Request(id="r", messages=ASKED)))


def test_it_is_loaded_beside_and_says_until_then_why_it_does_not_answer(llm: Llm, made: list[Slow]) -> None:
    llm.open()
    assert llm.state.state == "loading"
    assert (llm.name, llm.context) == ("", 0)
    assert "still being loaded" in llm.absence
    with pytest.raises(Unavailable, match="No language model"):
        llm.submit(Request(id="r", messages=ASKED))
    with pytest.raises(Unavailable, match="No language model"):
        llm.count_tokens(ASKED)
    with pytest.raises(Conflict, match="is being loaded"):
        llm.load()
    with pytest.raises(Conflict, match="is being loaded"):
        llm.unload()
    until(lambda: made)
    made[0].may.set()
    assert llm.wait(60).state == "ready"
    assert (llm.name, llm.absence) == ("fake-model", "")
    assert said(llm) == "good day to you"
    assert llm.count_tokens(ASKED) == 5
    state = llm.state
    assert state.capabilities is not None
    assert state.load is not None
    assert (state.capabilities.context, state.load.served) == (llm.context, 1)


def test_another_takes_its_place_and_the_first_is_freed_before(llm: Llm, made: list[Slow]) -> None:
    llm.open()
    until(lambda: made)
    made[0].may.set()
    llm.wait(60)
    llm.load(quantization="int8")
    until(lambda: len(made) == 2)
    assert made[0].closed
    assert (llm.name, llm.state.quantization) == ("", "int8")
    made[1].may.set()
    assert llm.wait(60).state == "ready"
    assert said(llm) == "good day to you"
    llm.unload()
    assert made[1].closed
    assert (llm.state.state, llm.absence) == ("none", "")


@pytest.mark.parametrize(
    ("error", "reason"),
    [(Unavailable("No memory. Free some."), "No memory. Free some."), (ValueError("odd"), "ValueError: odd")],
)
def test_one_that_cannot_be_loaded_says_why_and_leaves_the_box_quoting(
    store: Store, error: Exception, reason: str
) -> None:
    model = Slow(error)
    model.may.set()
    llm = Llm(Settings(), store, make=lambda *_: model)
    llm.open()
    state = llm.wait(60)
    assert (state.state, state.reason) == ("failed", reason)
    assert llm.absence == "The language model cannot be used. Admins see why on the tab Models."
    model.error = None
    llm.load()
    assert llm.wait(60).state == "ready"
    llm.close()
    assert model.closed
    with pytest.raises(Unavailable, match="shutting down"):
        llm.load()


def test_it_is_ready_when_it_answers_and_not_before(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []
    monkeypatch.setattr("ragbox.llm.origin", lambda *_: (seen.append(llm.state.state), (None, ""))[1])
    llm = Llm(Settings(), store, make=lambda *_: FakeModel())
    llm.open()
    assert (llm.wait(60).state, seen) == ("ready", ["loading"])
    llm.close()


def test_a_server_that_is_down_is_asked_again(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ragbox.llm.AGAIN", 0.05)
    server = FakeModel(parallel=4)
    tries = iter([Unavailable("The server is down."), None])

    def load() -> None:
        if error := next(tries):
            raise error
        FakeModel.load(server)

    monkeypatch.setattr(server, "load", load)
    llm = Llm(Settings(), store, make=lambda *_: server)
    llm.open()
    until(lambda: llm.state.state == "ready")
    assert said(llm) == "good day to you"
    llm.close()


def test_quoting_alone_loads_nothing(store: Store) -> None:
    llm = Llm(Settings(engine="extractive"), store, make=lambda *_: pytest.fail("made a model"))
    llm.open()
    assert (llm.state.state, llm.absence) == ("none", "")
    llm.close()


HOST = "http://127.0.0.1:1/v1"


@pytest.mark.parametrize(
    ("given", "kind"),
    [
        ({}, type(None)),
        ({"engine": "extractive", "remote_urls": (HOST,), "remote_model": "m"}, type(None)),
        ({"remote_urls": (HOST,), "remote_model": "m"}, RemoteModel),
        ({"engine": "remote", "remote_urls": (HOST,), "remote_model": "m"}, RemoteModel),
        ({"langchain_model": "tests.fakes:Chat"}, LangChainModel),
        ({"engine": "langchain", "langchain_model": "tests.fakes:Chat", "remote_urls": (HOST,)}, LangChainModel),
        ({"model": "FOLDER"}, HfModel),
        ({"model": "FOLDER", "device_map": '{"model": "cpu"}'}, HfModel),
        ({"model": "FOLDER/a.gguf"}, LlamaCppModel),
        ({"engine": "llamacpp", "model": "FOLDER"}, LlamaCppModel),
    ],
)
def test_the_settings_choose_the_engine(store: Store, tmp_path: Path, given: dict[str, Any], kind: type) -> None:
    folder = tmp_path / "gguf" if "gguf" in str(given) or given.get("engine") == "llamacpp" else tmp_path / "hf"
    folder.mkdir()
    if folder.name == "gguf":
        (folder / "a.gguf").write_bytes(b"GGUF")
    given = {k: v.replace("FOLDER", str(folder)) if isinstance(v, str) else v for k, v in given.items()}
    assert type(make_model(Settings(**given), store)) is kind


@pytest.mark.parametrize(
    ("given", "error", "message"),
    [
        ({"engine": "remote"}, BadInput, "RAGBOX_REMOTE_URLS"),
        ({"engine": "langchain"}, BadInput, "RAGBOX_LANGCHAIN_MODEL"),
        ({"engine": "hf"}, Unavailable, "ragbox model add"),
        ({"engine": "hf", "model": "x", "device_map": "{"}, BadInput, "RAGBOX_DEVICE_MAP"),
        ({"engine": "llamacpp", "model": "."}, BadInput, "0 GGUF files"),
    ],
)
def test_what_an_engine_lacks_is_named(
    store: Store, given: dict[str, Any], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        make_model(Settings(**given), store)


def test_it_tells_where_a_model_comes_from_and_which_version_that_is(store: Store, tmp_path: Path) -> None:
    version = store.folder / "tiny" / "20261121-3f9a1c2b77aa"
    version.mkdir(parents=True)
    file = version / "tiny.gguf"
    file.touch()
    assert origin(HfModel(version), store) == (version, "3f9a1c2b77aa")
    assert origin(LlamaCppModel(file), store) == (file, "3f9a1c2b77aa")
    assert origin(HfModel(tmp_path / "elsewhere-3f9a"), store) == (tmp_path / "elsewhere-3f9a", "")
    assert origin(RemoteModel(["http://gpu1"], model="tiny"), store) == (None, "")
