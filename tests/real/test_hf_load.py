"""What a model folder must be before any of it is loaded, and what `auto` picks."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from ragbox.engines.hf import HfModel
from ragbox.engines.hf_folder import inspect
from ragbox.engines.hf_load import choose
from ragbox.errors import BadInput, Unavailable

from ..tiny_lm import tiny_lm

pytestmark = pytest.mark.slow

GIB = 2**30


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_lm(tmp_path_factory.mktemp("whole"))


@pytest.fixture
def folder(whole: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(whole, tmp_path / "model"))


def change(name: str, **values: object) -> Callable[[Path], object]:
    def at(folder: Path) -> None:
        file = folder / name
        file.write_text(json.dumps(json.loads(file.read_text()) | values))

    return at


def cut(folder: Path) -> None:
    weights = folder / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-100])


def shards(*names: str) -> Callable[[Path], object]:
    table = json.dumps({"weight_map": {f"layer{n}": name for n, name in enumerate(names)}})
    return lambda folder: (folder / "model.safetensors.index.json").write_text(table)


BAD: list[tuple[Callable[[Path], object], str]] = [
    (shutil.rmtree, "no model folder .*Name the folder"),
    (lambda f: (f / "config.json").unlink(), r"config\.json .* cannot be read"),
    (lambda f: (f / "config.json").write_text("{"), r"config\.json .* cannot be read"),
    (lambda f: (f / "config.json").write_text("[" * 100_000), r"config\.json .* cannot be read"),
    (lambda f: (f / "pytorch_model.bin").write_bytes(b"x"), r"pickles \(pytorch_model\.bin\).*safetensors"),
    (lambda f: (f / "training_args.PT").write_bytes(b"x"), "pickles"),
    (change("config.json", auto_map={"AutoModel": "modeling_x.X"}), "auto_map.*never run"),
    (change("tokenizer_config.json", auto_map={}), "tokenizer_config.json .*auto_map"),
    (change("config.json", model_type="brandnew"), "type brandnew.*does not know"),
    (change("config.json", architectures=["BertForMaskedLM"]), "BertForMaskedLM.*does not know"),
    (change("config.json", architectures=None), "nameless architecture"),
    (change("config.json", model_type=["qwen3"]), "does not know"),
    (change("config.json", num_hidden_layers=10**6, layer_types=None), "num_hidden_layers = 1000000"),
    (change("config.json", vocab_size=0), "vocab_size"),
    (change("config.json", hidden_size="many"), r"config\.json"),
    (change("config.json", quantization_config={"quant_method": "gptq"}), "quantized by gptq"),
    (lambda f: (f / "model.safetensors").unlink(), "lacks weights: model.safetensors"),
    (shards("model-00001-of-00002.safetensors"), "lacks weights: model-00001"),
    (shards("../model.safetensors"), "lacks weights: ../model.safetensors"),
    (shards(), "lacks weights"),
    (cut, "weights .* broken"),
    (lambda f: (f / "model.safetensors").write_bytes(b"\xff" * 64), "weights .* broken"),
    (lambda f: (f / "tokenizer.json").unlink(), "no tokenizer.json"),
    (lambda f: (f / "tokenizer.json").write_text("not json"), r"tokenizer\.json .* cannot be read"),
]


@pytest.mark.parametrize(("spoil", "words"), BAD, ids=lambda value: value if isinstance(value, str) else "")
def test_a_bad_folder_is_refused_by_name_before_anything_is_loaded(
    folder: Path, spoil: Callable[[Path], object], words: str
) -> None:
    spoil(folder)
    with pytest.raises(BadInput, match=words) as caught:
        HfModel(folder).load()
    assert str(folder) in str(caught.value)


def test_a_good_folder_says_what_is_in_it(folder: Path) -> None:
    found = inspect(folder)
    assert (found.architecture, found.context, found.parameters) == ("Qwen3ForCausalLM", 2048, 412_416)
    assert found.weights == (folder / "model.safetensors").stat().st_size


def test_a_model_whose_state_is_more_than_keys_and_values_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="layers of type"):
        inspect(tiny_lm(tmp_path / "state", kind="Mamba"))


def test_a_broken_tokenizer_and_one_of_another_model_are_refused(folder: Path, tmp_path: Path) -> None:
    other = tiny_lm(tmp_path / "other", vocabulary=300)
    shutil.copy(folder / "tokenizer.json", other)
    with pytest.raises(Unavailable, match="its tokenizer has token"):
        HfModel(other, quantization="fp32").load()
    (folder / "tokenizer.json").write_text('{"model": {}}')
    with pytest.raises(BadInput, match=r"tokenizer in .* cannot be read"):
        HfModel(folder).load()


def test_a_quantization_that_does_not_exist_is_named(folder: Path) -> None:
    with pytest.raises(BadInput, match=r"'int2'\. Choose one of auto, nf4"):
        HfModel(folder, quantization="int2").load()


@pytest.mark.parametrize(
    ("billions", "gpu", "bf16", "picked"),
    [(8, True, True, "nf4"), (8, False, True, "nf4"), (0.6, False, False, "fp32"), (8, False, False, "int8"),
     (32, False, False, "nf4")],
)  # fmt: skip
def test_auto_goes_by_device_processor_and_free_memory(billions: float, gpu: bool, bf16: bool, picked: str) -> None:
    assert choose(int(billions * 1e9), gpu=gpu, bf16=bf16, free=20 * GIB) == picked
