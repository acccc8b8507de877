"""Adapters on the model in this process: tiny ones with random weights, by peft on each number format."""

from __future__ import annotations

import json
import shutil
import warnings
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from ragbox.engines import hf_lora
from ragbox.engines.hf import HfModel
from ragbox.errors import BadInput, Unavailable
from ragbox.generation import Delta, Message, Request, Sampling

from ..tiny_lm import one_thread, tiny_lm
from ..tiny_lora import change, tiny_lora

pytestmark = pytest.mark.slow

SYSTEM = Message(role="system", content="Answer from the passages only, and say which of them you quote.")
KINDS: dict[str, dict[str, Any]] = {
    "plain": {},
    "attention": {"target_modules": ["q_proj", "v_proj"], "r": 16},
    "rslora": {"use_rslora": True, "r": 9},
    "patterns": {"rank_pattern": {"q_proj": 2}, "alpha_pattern": {"v_proj": 32, "layers.1.self_attn.k_proj": 1}},
    "dora": {"use_dora": True, "target_modules": ["q_proj", "down_proj"]},
}


_ = pytest.fixture(scope="module", autouse=True)(one_thread)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_lm(tmp_path_factory.mktemp("tiny"))


@pytest.fixture(scope="module")
def adapters(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    at = tmp_path_factory.mktemp("adapters")
    return {k: tiny_lora(folder, at / k, seed=n, **options) for n, (k, options) in enumerate(KINDS.items())}


@pytest.fixture(scope="module")
def whole(folder: Path) -> Iterator[HfModel]:
    model = HfModel(folder, quantization="fp32", rows=4)
    model.load()
    yield model
    model.close()


@pytest.fixture
def model(whole: HfModel) -> Iterator[HfModel]:
    yield whole
    for name in whole.attached:
        whole.detach(name)


def ask(name: str, adapter: str = "", count: int = 5, prefix: int = 0) -> Request:
    question = Message(role="user", content="the order of March " * count)
    sampling = Sampling(max_new_tokens=16)
    return Request(id=name, messages=(SYSTEM, question), sampling=sampling, adapter=adapter, prefix=prefix)


def nobody(_: int) -> Sequence[Request]:
    return ()


def text(model: HfModel, adapter: str = "", prefix: int = 0) -> str:
    deltas = list(model.generate([ask("a", adapter, prefix=prefix)], nobody))
    assert deltas[-1].end == "length", deltas[-1].reason
    return "".join(delta.text for delta in deltas)


def layers(model: HfModel) -> list[str]:
    return [type(module).__name__ for module in model._ready()[1]._model.modules()]


@pytest.mark.parametrize("quantization", ["nf4", "int8", "bf16", "fp32"])
def test_each_kind_changes_what_is_said_and_the_model_alone_says_what_it_said(
    folder: Path, adapters: dict[str, Path], quantization: str
) -> None:
    model = HfModel(folder, quantization=quantization, rows=2)
    model.load()
    assert model.capabilities.adapters
    plain, before = text(model), layers(model)
    kinds = {"fp32": [*KINDS], "nf4": ["plain", "rslora", "dora"]}.get(quantization, ["plain", "rslora"])
    said = {}
    for kind in kinds:
        model.attach(f"{kind}@1.0", adapters[kind])
        said[kind] = text(model, f"{kind}@1.0")
        assert model.shift(f"{kind}@1.0", [(SYSTEM,)]) > 0.01
    assert len({plain, *said.values()}) == len(kinds) + 1
    assert model.attached == tuple(f"{kind}@1.0" for kind in kinds)
    for kind in reversed(kinds):
        assert (text(model), text(model, f"{kind}@1.0")) == (plain, said[kind])
    for kind in kinds:
        model.detach(f"{kind}@1.0")
        assert text(model) == plain
    assert layers(model) == before
    model.close()


@pytest.mark.parametrize("kind", KINDS)
def test_it_says_what_peft_lets_the_same_weights_say(
    model: HfModel, folder: Path, adapters: dict[str, Path], kind: str
) -> None:
    import torch
    from peft import PeftModel
    from transformers import AutoModelForCausalLM

    model.attach("a@1", adapters[kind])
    chat = model._ready()[0]
    prompt = torch.tensor([chat.encode(ask("a").messages).tokens])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of what peft asks transformers
        theirs = PeftModel.from_pretrained(AutoModelForCausalLM.from_pretrained(str(folder)), str(adapters[kind]))
    written = theirs.generate(input_ids=prompt, attention_mask=torch.ones_like(prompt), max_new_tokens=16)
    expected = chat.decode(written[0, prompt.shape[1] :].tolist())
    assert text(model, "a@1").replace("\ufffd", "") == expected.replace("\ufffd", "")


def test_dora_on_int8_is_refused_before_it_spoils_the_model(folder: Path, adapters: dict[str, Path]) -> None:
    model = HfModel(folder, quantization="int8")
    model.load()
    plain = text(model)
    with pytest.raises(BadInput, match="DoRA, which an int8 model cannot do"):
        model.attach("dora@1", adapters["dora"])
    assert (text(model), model.attached) == (plain, ())
    model.close()


def configured(adapters: dict[str, Path], to: Path, **options: Any) -> Path:
    shutil.copytree(adapters["plain"], to)
    config = to / "adapter_config.json"
    config.write_text(json.dumps(json.loads(config.read_text()) | options))
    return to


def wide(tensor: Any) -> Any:
    return tensor.new_zeros(tensor.shape[0], tensor.shape[1] + 1)


BROKEN: dict[str, tuple[Callable[[dict[str, Path], Path], Path], str]] = {
    "shape": (lambda a, to: change(a["plain"], to, "layers.1.self_attn.v_proj.lora_A", wide), "and the model wants"),
    "rank": (lambda a, to: change(a["plain"], to, "layers.1.mlp.down_proj.lora_B", wide), "and the model wants"),
    "nan": (
        lambda a, to: change(a["plain"], to, "layers.1.mlp.down_proj.lora_B", lambda t: t * float("nan")),
        "finite",
    ),
    "overflow": (lambda a, to: change(a["plain"], to, "up_proj.lora_A", lambda t: t.sign() * 3e38), "overflow"),
    "empty": (lambda _, to: (to.mkdir(), to)[1], "cannot be read"),
    "kind": (lambda a, to: configured(a, to, peft_type="IA3"), "other than LoRA"),
    "option": (lambda a, to: configured(a, to, modules_to_save=["lm_head"]), "asks for modules_to_save"),
    "init": (lambda a, to: configured(a, to, init_lora_weights="pissa"), "asks for init_lora_weights=pissa"),
    "pattern": (lambda a, to: configured(a, to, alpha_pattern={"(a+)+b": 1}), "no name of a module"),
}


@pytest.mark.parametrize("beside", ["", "good@1"])
@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_one_is_refused_and_leaves_nothing_behind(
    model: HfModel, adapters: dict[str, Path], tmp_path: Path, case: str, beside: str
) -> None:
    make, reason = BROKEN[case]
    if beside:
        model.attach(beside, adapters["attention"])
    plain, good, before = text(model), text(model, beside), layers(model)
    with pytest.raises(BadInput, match=reason):
        model.attach("bad@1", make(adapters, tmp_path / "bad"))
    assert (text(model), text(model, beside), layers(model)) == (plain, good, before)
    assert model.attached == tuple(filter(None, [beside]))


def test_one_for_another_model_names_the_layer(model: HfModel, adapters: dict[str, Path], tmp_path: Path) -> None:
    from safetensors.torch import load_file, save_file

    other = configured(adapters, tmp_path / "other")
    tensors = load_file(other / hf_lora.WEIGHTS)
    save_file({k.replace("layers.1.", "layers.7."): t for k, t in tensors.items()}, other / hf_lora.WEIGHTS)
    with pytest.raises(BadInput, match=r"layer model\.layers\.7\.\S+ that the model does not have"):
        model.attach("other@1", other)
    save_file(tensors | {"model.norm.weight": tensors[next(iter(tensors))] + 1}, other / hf_lora.WEIGHTS)
    with pytest.raises(BadInput, match=r"tensor model\.norm\.weight, which is none of LoRA's"):
        model.attach("other@1", other)


def test_what_does_not_fit_into_memory_is_refused(
    model: HfModel, adapters: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hf_lora, "free_memory", lambda _: 1000)
    with pytest.raises(Unavailable, match="memory ran out"):
        model.attach("a@1", adapters["plain"])


def test_a_request_for_one_that_is_not_there_ends_alone(model: HfModel) -> None:
    deltas = list(model.generate([ask("a"), ask("b", "gone@1")], nobody))
    assert {d.id: d.end for d in deltas if d.end} == {"a": "length", "b": "error"}


def test_others_come_and_go_between_two_steps_and_no_token_changes(model: HfModel, adapters: dict[str, Path]) -> None:
    model.attach("a@1", adapters["plain"])
    alone, calls = [text(model, "a@1"), text(model)], 0

    def more(_: int) -> Sequence[Request]:
        nonlocal calls
        calls += 1
        (model.attach if calls % 2 else model.detach)("b@1", *[adapters["attention"]][: calls % 2])
        return ()

    for adapter, expected in zip(("a@1", ""), alone, strict=True):
        rows: dict[str, str] = dict.fromkeys("1234", "")  # as many as may be: nobody could join
        for delta in model.generate([ask(id, adapter) for id in rows], more):
            rows[delta.id] += delta.text
        assert set(rows.values()) == {expected}
    assert calls > 30


def test_prefixes_are_kept_for_each_adapter_and_go_with_it(model: HfModel, adapters: dict[str, Path]) -> None:
    expected = {}
    for name, kind in (("a@1", "plain"), ("b@1", "attention")):
        model.attach(name, adapters[kind])
        expected[name] = text(model, name)
    for name, said in (expected | {"": text(model)}).items():
        assert [text(model, name, prefix=1) for _ in range(2)] == [said, said]
    kept = model._ready()[1]._prefixes._kept
    assert {"a@1", "b@1", ""} <= {name for name, _ in kept}
    model.detach("a@1")
    assert "a@1" not in {name for name, _ in kept}
    model.attach("a@1", adapters["attention"])
    assert text(model, "a@1", prefix=1) == expected["b@1"]


def test_rows_that_begin_again_after_memory_ran_out_keep_their_adapter(
    model: HfModel, adapters: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    model.attach("a@1", adapters["plain"])
    expected, stepper = text(model, "a@1"), model._ready()[1]
    real, deltas = stepper._model.forward, list[Delta]()

    def forward(**given: Any) -> Any:
        if given["input_ids"].shape[0] > 2:
            raise MemoryError
        return real(**given)

    monkeypatch.setattr(stepper._model, "forward", forward)
    deltas += model.generate([ask(id, "a@1") for id in "1234"], nobody)
    assert {id: "".join(d.text for d in deltas if d.id == id) for id in "1234"} == dict.fromkeys("1234", expected)


def test_an_offloaded_layer_computes_where_its_hook_says(folder: Path, adapters: dict[str, Path]) -> None:
    from accelerate import cpu_offload

    model = HfModel(folder, quantization="fp32")
    model.load()
    model.attach("a@1", adapters["plain"])
    expected = text(model, "a@1")
    model.detach("a@1")
    cpu_offload(model._ready()[1]._model)
    model.attach("a@1", adapters["plain"])
    assert text(model, "a@1") == expected
    model.close()


def test_attaching_puts_nothing_through_the_model_and_what_it_says_alone_is_tried_once(
    model: HfModel, adapters: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    stepper = model._ready()[1]
    real, steps = stepper.step, list[str]()

    def step(tokens: Any, values: Any, adapter: str = "") -> Any:
        steps.append(adapter)
        return real(tokens, values, adapter)

    monkeypatch.setattr(stepper, "step", step)
    model.attach("a@1", adapters["plain"])
    model.attach("b@1", adapters["attention"])
    assert steps == []
    shifts = [model.shift(name, [(SYSTEM,)]) for name in ("a@1", "b@1", "a@1")]
    assert steps == ["", "a@1", "b@1", "a@1"]
    assert shifts[0] == shifts[2] != shifts[1]


def test_a_layer_that_peft_takes_by_the_end_of_its_name_is_refused_and_comes_back() -> None:
    import torch

    model = torch.nn.ModuleDict({"proj": torch.nn.Linear(4, 4), "inner": torch.nn.ModuleDict()})
    model["inner"]["proj"] = torch.nn.Linear(4, 4)
    tensors = {"proj.lora_A.weight": torch.ones(2, 4), "proj.lora_B.weight": torch.ones(4, 2)}
    adapters = hf_lora.Adapters(model, "cpu")
    with pytest.raises(BadInput, match=r"disagree on inner\.proj"):
        adapters.attach("a@1", hf_lora.Lora(folder=Path("a"), config={"r": 2}, tensors=tensors))
    assert [type(module) for module in model.modules() if isinstance(module, torch.nn.Linear)] == [torch.nn.Linear] * 2
