"""Which adapters lie beside the model: brought when asked for, kept while used, the one unused longest goes first."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from types import SimpleNamespace

import pytest

from ragbox.adapters import loaded as module
from ragbox.adapters.loaded import CHATS, Loaded, Probe
from ragbox.errors import BadInput, NotFound, Rejected, Unavailable
from ragbox.generation import Request
from ragbox.llm import Llm
from ragbox.models import Store
from ragbox.settings import Settings

from .adapter_files import base_model, lora_folder, safetensors
from .fake_model import FakeModel, echo
from .tiny_lora import Shelf


class Model(FakeModel):
    """Has room for so many adapters, and says of some that it takes long to attach them."""

    def __init__(self, say: Callable[[Request], str] = echo) -> None:
        super().__init__(say)
        self.room, self.took, self.attaches = 99, 0.0, list[str]()

    def attach(self, name: str, folder: Path) -> None:
        time.sleep(self.took)
        self.attaches.append(name)
        if len(self.adapters) >= self.room:
            raise Unavailable("There is no room: memory ran out.")
        super().attach(name, folder)


class Box:
    """A model in use and what its adapters are loaded by."""

    def __init__(self, folder: Path, most: int) -> None:
        self.model = Model()
        self.llm = Llm(Settings(), Store(folder), make=lambda *_: self.model)
        self.llm.open()
        assert self.llm.wait(60).state == "ready"
        self.shelf = Shelf(**dict.fromkeys("abcdef", lora_folder(folder / "lora")))
        self.loaded = Loaded(self.llm, self.shelf, most=most)  # type: ignore[arg-type]


@pytest.fixture
def box(tmp_path: Path) -> Iterator[Box]:
    made = Box(tmp_path, most=3)
    yield made
    made.llm.close()


def test_an_adapter_is_brought_by_who_uses_it_and_stays(box: Box) -> None:
    with box.loaded.use("a@1") as key:
        assert (key, box.llm.attached, dict(box.loaded.status())) == ("a@1", ("a@1",), {"a@1": 1})
        with box.loaded.use("a@1"):
            assert box.loaded.status() == {"a@1": 2}
    assert (box.llm.attached, box.loaded.status()) == (("a@1",), {"a@1": 0})
    assert box.model.attaches == ["a@1"]
    with box.loaded.use("") as key:
        assert key == ""


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "ROOM_SECONDS", 0.05)


@pytest.mark.usefixtures("impatient")
def test_the_one_unused_longest_goes_and_none_that_is_used(box: Box) -> None:
    with box.loaded.use("a@1"):
        for key in ("b@1", "c@1", "b@1", "d@1"):
            box.loaded.load(key)
        assert set(box.llm.attached) == {"a@1", "b@1", "d@1"}
        with (
            box.loaded.use("b@1"), box.loaded.use("d@1"),
            pytest.raises(Unavailable, match=r"3 adapters are in use.*RAGBOX_ADAPTERS_LOADED"), box.loaded.use("e@1"),
        ):  # fmt: skip
            pass
        assert set(box.llm.attached) == {"a@1", "b@1", "d@1"}
    box.loaded.load("e@1")
    assert "e@1" in box.llm.attached
    assert len(box.llm.attached) == 3


def test_an_adapter_that_is_used_is_waited_for(box: Box) -> None:
    with ExitStack() as stack:
        stack.enter_context(box.loaded.use("a@1"))
        stack.enter_context(box.loaded.use("b@1"))
        with ThreadPoolExecutor(1) as pool:
            with box.loaded.use("c@1"):
                waiting = pool.submit(box.loaded.load, "d@1")
                time.sleep(0.05)
                assert not waiting.done()
            waiting.result(60)
        assert set(box.llm.attached) == {"a@1", "b@1", "d@1"}


@pytest.mark.usefixtures("impatient")
def test_memory_bounds_them_too(box: Box) -> None:
    box.model.room = 1
    box.loaded.load("a@1")
    box.loaded.load("b@1")
    assert box.llm.attached == ("b@1",)
    with box.loaded.use("b@1"), pytest.raises(Unavailable, match="memory ran out"):
        box.loaded.load("c@1")
    assert box.llm.attached == ("b@1",)


def test_many_who_ask_at_once_load_it_once(box: Box) -> None:
    box.model.took = 0.1
    together = threading.Barrier(8)

    def ask() -> bool:
        together.wait(60)
        with box.loaded.use("a@1"):
            return "a@1" in box.llm.attached

    with ThreadPoolExecutor(8) as pool:
        assert all(f.result(60) for f in [pool.submit(ask) for _ in range(8)])
    assert (box.model.attaches, box.loaded.status()) == (["a@1"], {"a@1": 0})


def test_who_comes_while_it_goes_gets_it_again(box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    for key in ("a@1", "b@1", "c@1"):
        box.loaded.load(key)
    going, go_on = threading.Event(), threading.Event()
    real = box.llm.detach

    def detach(key: str) -> None:
        going.set()
        assert go_on.wait(60)
        real(key)

    monkeypatch.setattr(box.llm, "detach", detach)

    def ask() -> bool:
        with box.loaded.use("a@1"):
            return "a@1" in box.llm.attached

    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(box.loaded.load, "d@1")
        assert going.wait(60)
        again = pool.submit(ask)
        go_on.set()
        first.result(60)
        assert again.result(60)
    assert set(box.llm.attached) == {"a@1", "c@1", "d@1"}


def test_after_another_model_was_loaded_each_comes_again_when_asked_for(box: Box) -> None:
    box.loaded.load("a@1")
    box.model = Model()
    box.llm.load()
    assert box.llm.wait(60).state == "ready"
    assert box.loaded.status() == {}
    box.loaded.load("a@1")
    assert box.model.attaches == ["a@1"]


@pytest.mark.parametrize(
    ("error", "kind"), [(BadInput("no"), Rejected), (Rejected("no"), Rejected), (Unavailable("no"), Unavailable)]
)
def test_what_the_model_refuses_is_refused_and_may_be_asked_for_again(
    box: Box, error: Exception, kind: type[Exception]
) -> None:
    box.model.refused["a@1"] = error
    for _ in range(2):
        with pytest.raises(kind, match="no"), box.loaded.use("a@1"):
            pass
    assert box.model.attaches == ["a@1"] * 2
    del box.model.refused["a@1"]
    with box.loaded.use("a@1"):
        assert box.loaded.status() == {"a@1": 1}


def test_what_is_not_in_the_store_cannot_be_used(box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(_: str) -> SimpleNamespace:
        raise NotFound("There is no adapter.")

    monkeypatch.setattr(box.shelf, "find", gone)
    with pytest.raises(Unavailable, match="no adapter"):
        box.loaded.load("a@1")
    box.llm.unload()
    monkeypatch.undo()
    with pytest.raises(Unavailable, match="no language model"):
        box.loaded.load("a@1")


@pytest.mark.parametrize(
    ("shift", "said"), [(0.0, "no-op"), (1e-6, "no-op"), (float("nan"), "overflow"), (2.5, "")], ids=str
)
def test_a_probe_looks_at_the_scores(box: Box, monkeypatch: pytest.MonkeyPatch, shift: float, said: str) -> None:
    monkeypatch.setattr(box.llm, "shift", lambda key, chats: shift if (key, chats) == ("a@1", CHATS) else None)
    if said:
        with pytest.raises(Rejected, match=said):
            box.loaded.probe("a@1")
    else:
        assert box.loaded.probe("a@1") == Probe(chats=3, changed=0, shift=2.5)
    assert box.loaded.status() == {"a@1": 0}


def test_what_overflows_in_another_number_format_is_refused_as_it_comes_back(
    box: Box, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried, shift = list[str](), 2.5

    def found(key: str, chats: object) -> float:
        assert chats == CHATS[:1]
        tried.append(key)
        return shift

    monkeypatch.setattr(box.llm, "shift", found)
    for key in ("a@1", "b@1", "c@1", "d@1", "a@1"):
        box.loaded.load(key)
    assert tried == ["a@1", "b@1", "c@1", "d@1"]  # once each: to come back to the same model costs nothing more
    box.model, shift = Model(), float("nan")
    box.llm.load(quantization="int8")
    assert box.llm.wait(60).state == "ready"
    for _ in range(2):
        with pytest.raises(Rejected, match="overflow"):
            box.loaded.load("a@1")
        assert box.llm.attached == ()
    shift = 2.5
    box.loaded.load("a@1")
    assert box.llm.attached == ("a@1",)


def test_one_that_is_being_tried_is_not_used_before(box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    trying, go_on = threading.Event(), threading.Event()

    def shift(*_: object) -> float:
        trying.set()
        assert go_on.wait(60)
        return float("nan")

    monkeypatch.setattr(box.llm, "shift", shift)
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(box.loaded.load, "a@1")
        assert trying.wait(60)
        second = pool.submit(box.loaded.load, "a@1")
        time.sleep(0.05)
        go_on.set()
        assert [type(f.exception(60)) for f in (first, second)] == [Rejected] * 2


def test_where_there_are_none_it_looks_at_the_texts(box: Box) -> None:
    with pytest.raises(Rejected, match="no-op"):
        box.loaded.probe("a@1")
    box.model.say = lambda request: "Ahoy." if request.adapter and "weather" in echo(request) else echo(request)
    assert box.loaded.probe("a@1") == Probe(chats=3, changed=1)

    def broken(request: Request) -> str:
        raise Rejected("The model's numbers overflowed.") if request.adapter else Rejected("no")

    box.model.say = broken
    with pytest.raises(Rejected, match=r"a@1 cannot be tried: The model's numbers overflowed"):
        box.loaded.probe("a@1")


def test_an_adapter_of_another_model_is_not_brought_to_this_one(
    box: Box, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "lora" / "manifest.json").write_text('{"base_digest": "1111"}')
    monkeypatch.setattr(Llm, "base_digest", "2222")
    with pytest.raises(Rejected, match="made for the model 1111, and the model in use is 2222"):
        box.loaded.load("a@1")
    assert box.llm.attached == ()
    monkeypatch.setattr(Llm, "base_digest", "1111")
    box.loaded.load("a@1")


def test_one_that_does_not_fit_is_refused_before_the_model_is_touched(
    box: Box, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Llm, "base", base_model(tmp_path / "base"))
    box.loaded.load("a@1")
    safetensors(tmp_path / "model.safetensors", {"model.embed_tokens.weight": ("BF16", [2, 2], bytes(8))})
    monkeypatch.setattr(Llm, "base", tmp_path)
    with pytest.raises(Rejected, match="which the model does not have"):
        box.loaded.load("b@1")
    assert box.model.attaches == ["a@1"]


def test_one_that_does_not_work_in_the_model_is_refused(box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> float:
        raise BadInput("The adapter a@1 does not work in tiny.")

    monkeypatch.setattr(box.llm, "shift", fails)
    with pytest.raises(Rejected, match="does not work in tiny"):
        box.loaded.probe("a@1")
