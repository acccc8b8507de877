"""Adapters on a GGUF model by llama.cpp: a tiny one, which says what peft lets the same weights say."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ragbox.engines import llamacpp_load
from ragbox.engines.hf import HfModel
from ragbox.engines.llamacpp import LlamaCppModel
from ragbox.errors import BadInput
from ragbox.generation import Request

from ..model_contract import QUESTIONS, ask, said, write
from ..tiny_gguf import tiny_gguf, tiny_gguf_lora
from ..tiny_lm import one_thread, tiny_lm
from ..tiny_lora import tiny_lora

pytestmark = pytest.mark.slow

pytest.importorskip("llama_cpp", reason="llama-cpp-python is not installed: it is built by a C++ compiler")
_ = pytest.fixture(scope="module", autouse=True)(one_thread)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_lm(tmp_path_factory.mktemp("tiny"))


@pytest.fixture(scope="module")
def loras(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    at = tmp_path_factory.mktemp("loras")
    made = [tiny_lora(folder, at / str(n), seed=n, r=4 + n) for n in range(2)]
    for lora in made:
        tiny_gguf_lora(lora, lora / "gguf" / "lora.gguf")
    return made


@pytest.fixture(scope="module")
def whole(folder: Path) -> Iterator[LlamaCppModel]:
    model = LlamaCppModel(tiny_gguf(folder, folder / "tiny.gguf"), context=512)
    model.load()
    yield model
    model.close()


@pytest.fixture
def model(whole: LlamaCppModel) -> Iterator[LlamaCppModel]:
    yield whole
    for name in whole.attached:
        whole.detach(name)


def to(adapter: str, text: str = QUESTIONS[0]) -> Request:
    asked = ask(text)
    return Request(id="a", messages=asked.messages, sampling=asked.sampling, adapter=adapter)


def test_it_says_what_peft_lets_the_same_weights_say(folder: Path, model: LlamaCppModel, loras: list[Path]) -> None:
    other = HfModel(folder, quantization="fp32", rows=1)
    other.load()
    plain = said(write(model, to("")))
    for n, lora in enumerate(loras):
        model.attach(f"lora@{n}", lora / "gguf")
        other.attach(f"lora@{n}", lora)
    assert (model.attached, model.capabilities.adapters) == (("lora@0", "lora@1"), True)
    for adapter in ("lora@0", "lora@1", "", "lora@0", "lora@0"):
        request = to(adapter)
        assert said(write(model, request)) == said(write(other, request))
    assert said(write(model, to("lora@0"))) != plain
    for adapter in ("lora@0", "lora@1", "lora@1"):
        model.detach(adapter)
        assert said(write(model, to(""))) == plain
    other.close()


def test_one_that_is_not_there_is_an_error_of_that_request(model: LlamaCppModel) -> None:
    deltas = write(model, to("gone@1"))
    assert (deltas[-1].end, "no adapter 'gone@1'" in deltas[-1].reason) == ("error", True)


def test_another_comes_between_two_tokens_and_changes_none(model: LlamaCppModel, loras: list[Path]) -> None:
    expected, calls = said(write(model, to(""))), 0

    def more(free: int) -> list[Request]:
        nonlocal calls
        calls += 1
        assert free == 0
        if calls == 5:
            model.attach("lora@0", loras[0] / "gguf")
        if calls == 9:
            model.detach("lora@0")
        return []

    assert said(list(model.generate([to("")], more))) == expected
    assert calls >= 12


def test_a_file_that_is_none_for_this_model_is_refused_by_a_child_process(
    folder: Path, model: LlamaCppModel, loras: list[Path], tmp_path: Path
) -> None:
    plain = said(write(model, to("")))
    with pytest.raises(BadInput, match="holds 0 GGUF files"):
        model.attach("bad@1", tmp_path)
    bad = tmp_path / "bad.gguf"
    whole = (loras[0] / "gguf" / "lora.gguf").read_bytes()
    wider = tiny_lm(tmp_path / "wide", hidden_size=192)
    tiny_gguf_lora(tiny_lora(wider, tmp_path / "lora"), tmp_path / "wide.gguf")
    for content in (b"", whole[:200], (folder / "tiny.gguf").read_bytes(), (tmp_path / "wide.gguf").read_bytes()):
        bad.write_bytes(content)
        (tmp_path / "wide.gguf").unlink(missing_ok=True)
        with pytest.raises(BadInput, match="does not take the adapter"):
            model.attach("bad@1", tmp_path)
        assert (said(write(model, to(""))), model.attached) == (plain, ())


def test_closed_and_loaded_again_it_has_none(model: LlamaCppModel, loras: list[Path]) -> None:
    plain = said(write(model, to("")))
    model.attach("lora@0", loras[0] / "gguf")
    write(model, to("lora@0"))
    model.close()
    model.load()
    assert (said(write(model, to(""))), model.attached) == (plain, ())
    with pytest.raises(BadInput, match="does not take"):
        llamacpp_load.put_on(model._llama, Path("none.gguf"))
