"""What may not come in as an adapter: each kind is refused by file, cause and remedy, quickly, in little memory."""

from __future__ import annotations

import json
import os
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ragbox.adapters import check, config
from ragbox.adapters.store import AdapterStore
from ragbox.errors import NotFound, Rejected
from tests.adapter_files import BASE, KEYS, RANK, WIDE, base_model, gguf, lora_folder, lora_tensors, safetensors

MEMORY = 48 << 20
"""Bytes: a 4 MiB header as Python objects, and some pieces of weights."""
SECONDS = 1.0
WEIGHTS = "adapter_model.safetensors"
LAST = "base_model.model.model.layers.1.self_attn.v_proj.lora_B.weight"
MAGNITUDE = LAST.replace("lora_B.weight", "lora_magnitude_vector")
Break = Callable[[Path], Any]


def said(**config: Any) -> Break:
    return lambda f: lora_folder(f, **config)


def tensor(name: str, dtype: str, shape: list[int], values: bytes | None = None) -> Break:
    """Change one tensor, or add it."""
    width = {"F32": 4, "BF16": 2, "F16": 2, "I8": 1, "F64": 8}[dtype]
    content = bytes(width * int(np.prod(shape))) if values is None else values
    return lambda f: lora_folder(f, tensors=lora_tensors() | {name: (dtype, shape, content)})


def without(name: str) -> Break:
    return lambda f: lora_folder(f, tensors={k: v for k, v in lora_tensors().items() if k != name})


def header(name: str = LAST, **changed: Any) -> Break:
    """Have the header lie about a tensor; the offsets are given from the tensor's own beginning."""

    def write(folder: Path) -> None:
        at = next(n for n, k in enumerate(lora_tensors()) if k == name)
        begin = sum(len(v) for _, _, v in list(lora_tensors().values())[:at])
        true = {"dtype": "F32", "shape": [KEYS, RANK], "data_offsets": [0, 4 * KEYS * RANK]} | changed
        offsets = [begin + n if isinstance(n, int) else n for n in true["data_offsets"]]
        safetensors(lora_folder(folder) / WEIGHTS, lora_tensors(), **{name: true | {"data_offsets": offsets}})

    return write


def content(name: str, text: bytes) -> Break:
    return lambda f: (lora_folder(f) / name).write_bytes(text)


def number(value: float, dtype: str) -> Break:
    values = np.ones(KEYS * RANK, dtype=np.float32)
    values[-1] = value
    bits = values.view("<u4") >> 16 if dtype == "BF16" else values.astype("<f2" if dtype == "F16" else "<f4")
    raw = bits.astype("<u2").tobytes() if dtype == "BF16" else bits.tobytes()
    return tensor(LAST, dtype, [KEYS, RANK], raw)


def link(folder: Path) -> None:
    (lora_folder(folder) / WEIGHTS).rename(folder.parent / "elsewhere")
    (folder / WEIGHTS).symlink_to(folder.parent / "elsewhere")


def all_zero(part: str) -> Break:
    changed = {k: (d, s, bytes(len(v)) if part in k else v) for k, (d, s, v) in lora_tensors().items()}
    return lambda f: lora_folder(f, tensors=changed)


def sized(name: str, size: int) -> Break:
    return lambda f: os.truncate(lora_folder(f) / name, size)


def hard_link(folder: Path) -> None:
    (lora_folder(folder) / WEIGHTS).rename(folder.parent / "elsewhere")
    (folder / WEIGHTS).hardlink_to(folder.parent / "elsewhere")


def append(path: Path) -> None:
    with path.open("ab") as stream:
        stream.write(b"more")


def layer(number: int) -> Any:
    found = {k: v for k, v in lora_tensors().items() if "layers.1.self_attn.q" in k}
    return {k.replace("layers.1", f"layers.{number}"): v for k, v in found.items()}


MANY = json.dumps({f"x{n}": {} for n in range(200_000)}).encode()
BROKEN: dict[str, tuple[Break, str]] = {
    # the files
    "pickle": (content("adapter_model.bin", b"x"), "adapter_model.bin of the adapter is a pickle"),
    "training arguments": (content("training_args.bin", b"x"), "training_args.bin of the adapter is a pickle"),
    "optimizer": (content("optimizer.pt", b"x"), "optimizer.pt of the adapter is a pickle"),
    "code": (content("modeling.py", b"x"), "modeling.py of the adapter is code"),
    "link": (link, f"{WEIGHTS} of the adapter is a link.*cp -rL"),
    "hard link": (hard_link, f"{WEIGHTS} is a hard link"),
    "two weights": (lambda f: gguf(lora_folder(f) / "b.gguf"), "has 2 .adapter_model.safetensors, b.gguf"),
    "no weights": (lambda f: (lora_folder(f) / WEIGHTS).unlink(), "has 0 .none"),
    "no config": (lambda f: (lora_folder(f) / config.NAME).unlink(), "lacks adapter_config.json"),
    "a model": (lambda f: (lora_folder(f) / WEIGHTS).rename(f / "model.safetensors"), f"lacks {WEIGHTS}"),
    "too large": (sized(WEIGHTS, (4 << 30) + 1), f"{WEIGHTS} of the adapter has 4294967297 bytes"),
    "too large a card": (sized("README.md", 5 << 20), "README.md of the adapter has 5242880 bytes"),
    # the config
    "no json": (content(config.NAME, b"{"), "adapter_config.json of the adapter has no readable JSON"),
    "deep json": (content(config.NAME, b"[" * 900_000), "has no readable JSON"),
    "large json": (content(config.NAME, b" " * (2 << 20)), "is larger than 1 MiB"),
    "a key twice": (content(config.NAME, b'{"r": 4, "r": 8}'), "the key 'r' stands there twice"),
    "unknown key": (said(hot_new_lora=True), "has the unknown key 'hot_new_lora'"),
    "auto_map": (said(auto_map={"AutoModel": "evil--repo.Model"}), "has the unknown key 'auto_map'"),
    "other method": (said(peft_type="IA3"), "says peft_type = 'IA3'"),
    "rank 0": (said(r=0), "says r = '0', which must be from 1 to 1024"),
    "rank of a bool": (said(r=True), "says r = 'True'"),
    "rank 2^63": (said(r=2**63), "says r = '9223372036854775808'"),
    "alpha nan": (said(lora_alpha=float("nan")), "says lora_alpha = 'nan'"),
    "alpha 0": (said(lora_alpha=0), "says lora_alpha = '0'"),
    "bias": (said(bias="all"), "says bias = 'all'"),
    "magnitudes missing": (said(use_dora=True), "has A, B of .*, not A, B, magnitude_vector"),
    "whole modules": (said(modules_to_save=["lm_head"]), "says modules_to_save = .*is not supported"),
"dora without its flag": (tensor(MAGNITUDE, "F32", [KEYS]), "has A, B, magnitude_vector of"),
    "init from the base": (said(init_lora_weights="pissa"), "says init_lora_weights = 'pissa'"),
    "init from a hub": (said(init_lora_weights="hub/adapter"), "says init_lora_weights = 'hub/adapter'"),
    "foreign class": (
        said(auto_mapping={"base_model_class": "X", "parent_library": "os"}), "a class that is not of transformers",
    ),
    "expression": (said(target_modules="(a+)+$"), "says target_modules = .*no expression"),
    "expression in a list": (said(target_modules=["(a+)+$"]), "says target_modules = .*no expression"),
    "expression for ranks": (said(rank_pattern={"(.*)*x": 4}), "says rank_pattern"),
    "other megatron": (said(megatron_core="evil"), "says megatron_core = 'evil', which would import"),
    "task": (said(task_type="SEQ_CLS"), "says task_type = 'SEQ_CLS'"),
    "targets without tensors": (said(target_modules=["q_proj", "v_proj", "o_proj"]), "has no tensors of o_proj"),
    "tensors without targets": (said(target_modules=["q_proj"]), "changes model.layers.0.self_attn.v_proj, which"),
    # the header
    "header of 2^63": (content(WEIGHTS, (2**63).to_bytes(8, "little") + b"{}"), "its header has 9223372036854775808"),
    "pickle renamed": (content(WEIGHTS, b"\x80\x05\x95pickled" + bytes(99)), "is a pickle or torch archive"),
    "torch renamed": (content(WEIGHTS, b"PK\3\4\x14\0\0\0\0\0torch" + bytes(99)), "is a pickle or torch archive"),
    "empty": (content(WEIGHTS, b""), "its header has 0 bytes"),
    "no header": (content(WEIGHTS, b"\2\0\0\0\0\0\0\0[]"), "has no readable JSON .it is no object"),
    "no tensors": (content(WEIGHTS, b"\2\0\0\0\0\0\0\0{}"), "has no tensors"),
    "deep header": (content(WEIGHTS, (40_000).to_bytes(8, "little") + b"[" * 40_000), "no readable JSON"),
    "a long header": (content(WEIGHTS, len(MANY).to_bytes(8, "little") + MANY), "names more than 25000 tensors"),
    "cut off": (sized(WEIGHTS, 3000), "bytes, and its header speaks of"),
    "more than it says": (lambda f: append(lora_folder(f) / WEIGHTS), "bytes, and its header speaks of"),
    "overlap": (header(data_offsets=[-64, 4 * KEYS * RANK - 64]), "begin at byte .* where the tensor before ends"),
    "offsets backwards": (header(data_offsets=[128, 0]), "-128 bytes, and its shape"),
    "negative shape": (header(shape=[-8, -4]), "with the shape .-8, -4."),
    "huge shape": (header(shape=[2**62, 4]), "with the shape"),
    "shape no list": (header(shape="8x4"), "with the shape 8x4"),
    "three axes": (header(shape=[2, 4, 4]), "with the shape .2, 4, 4."),
    "shape and bytes differ": (header(shape=[KEYS, RANK + 1]), "its shape .* takes others"),
    "integers": (tensor(LAST, "I8", [KEYS, RANK]), "as I8, not as F16, BF16, F32"),
    # tensors beside config and base
    "bad shape on the last layer": (tensor(LAST, "F32", [KEYS + 1, RANK]), "v_proj with .9, 16., which has .8, 16."),
    "other rank than said": (said(r=8), "and its rank is 8"),
    "other rank on one": (tensor(LAST, "F32", [KEYS, 2]), r"and its rank is 4"),
    "no B": (without(LAST), "has A of .*, not A, B"),
    "A twice": (tensor(LAST.replace("lora_B", "lora_embedding_B"), "F32", [KEYS, RANK]), "has B of .* twice"),
    "a layer missing": (
        lambda f: lora_folder(f, tensors={k: v for k, v in lora_tensors().items() if "layers.1" not in k}),
        "has no tensors of model.layers.1.self_attn.q_proj",
    ),
    "an embedding saved whole": (
        tensor("base_model.model.lm_head.base_layer.weight", "F32", [4, 4]), "no part of a LoRA.*save_embedding_layers",
    ),
    "name of a path": (tensor("base_model.model.../../x.lora_A.weight", "F32", [4, 4]), "is no part of a LoRA"),
    "a layer too many": (
        lambda f: lora_folder(f, tensors=lora_tensors() | layer(7)), "layers.7.self_attn.q_proj, which the model",
    ),
    # the numbers
    "nan": (number(float("nan"), "F32"), f"has a number in .{LAST}. that is not finite"),
    "infinite": (number(float("-inf"), "F16"), f"has a number in .{LAST}. that is not finite"),
    "bf16 nan": (number(float("nan"), "BF16"), f"has a number in .{LAST}. that is not finite"),
    "no-op B": (all_zero("lora_B"), "is a no-op adapter"),
    "no-op A": (all_zero("lora_A"), "is a no-op adapter"),
}  # fmt: skip


@pytest.fixture
def base(tmp_path: Path) -> Path:
    return base_model(tmp_path / "base")


@pytest.mark.parametrize("kind", BROKEN)
def test_a_broken_adapter_is_refused_by_file_cause_and_remedy(tmp_path: Path, base: Path, kind: str) -> None:
    make, reason = BROKEN[kind]
    store, folder = AdapterStore(tmp_path / "adapters"), tmp_path / "mine"
    make(folder)
    began = time.process_time()
    tracemalloc.start()
    try:
        with pytest.raises(Rejected, match=reason) as refused:
            store.add(folder, base=base)
        assert tracemalloc.get_traced_memory()[1] < MEMORY
    finally:
        tracemalloc.stop()
    assert time.process_time() - began < SECONDS * 40  # tracing takes three times as long
    assert len(str(refused.value).split(". ")) >= 2, "a remedy follows the cause"
    assert store.list() == ()
    assert [p for p in tmp_path.glob("adapters/*") if p.name != ".checked"] == []


@pytest.mark.clock
def test_refusing_takes_less_than_a_second(tmp_path: Path, base: Path) -> None:
    for number, (make, _) in enumerate(BROKEN.values()):
        make(tmp_path / str(number))
        began = time.process_time()
        with pytest.raises(Rejected):
            AdapterStore(tmp_path / "adapters").add(tmp_path / str(number), base=base)
        assert time.process_time() - began < SECONDS, list(BROKEN)[number]
        (tmp_path / "elsewhere").unlink(missing_ok=True)


def test_a_sound_adapter_is_told_by_its_facts(tmp_path: Path, base: Path) -> None:
    facts = check.inspect(lora_folder(tmp_path / "mine"), base, "1234")
    assert (facts.kind, facts.base, facts.base_digest) == ("lora", "Tiny-1B", "1234")
    assert (facts.rank, facts.alpha, facts.targets) == (RANK, 8.0, ("q_proj", "v_proj"))
    assert facts.parameters == 2 * (RANK * (WIDE + WIDE) + RANK * (WIDE + KEYS))
    assert facts.size == sum(p.stat().st_size for p in (tmp_path / "mine").iterdir())


@pytest.mark.parametrize("dtype", ["F16", "BF16"])
def test_half_precision_and_single_modules_with_a_rank_of_their_own_come_in(
    tmp_path: Path, base: Path, dtype: str
) -> None:
    changed = lora_tensors()
    changed[LAST] = (dtype, [KEYS, 2], b"\1\2" * KEYS * 2)
    changed[LAST.replace("lora_B", "lora_A")] = (dtype, [2, WIDE], b"\1\2" * 2 * WIDE)
    folder = lora_folder(tmp_path / "mine", tensors=changed, rank_pattern={"layers.1.self_attn.v_proj": 2})
    assert check.inspect(folder, base).rank == RANK


def test_peft_names_every_module_where_all_linear_layers_were_meant(tmp_path: Path, base: Path) -> None:
    whole = [name for name in BASE if name.endswith("proj")]
    assert check.inspect(lora_folder(tmp_path / "mine", target_modules=whole), base).targets == ("q_proj", "v_proj")


def test_layers_that_are_named_need_no_others(tmp_path: Path, base: Path) -> None:
    some = {k: v for k, v in lora_tensors().items() if "layers.1" in k}
    assert check.inspect(lora_folder(tmp_path / "mine", tensors=some, layers_to_transform=[1]), base).rank == RANK


def test_embeddings_have_their_matrices_the_other_way_round(tmp_path: Path, base: Path) -> None:
    name = "base_model.model.model.embed_tokens.lora_embedding_"
    some = {
        f"{name}A": ("F32", [RANK, 32], b"\0\0\0\1" * RANK * 32),
        f"{name}B": ("F32", [WIDE, RANK], b"\0\0\0\1" * WIDE * RANK),
    }
    folder = lora_folder(tmp_path / "mine", tensors=some, target_modules=["embed_tokens"])
    assert check.inspect(folder, base).targets == ("embed_tokens",)


def test_dora_comes_in_with_its_magnitudes(tmp_path: Path, base: Path) -> None:
    vectors = {
        name.replace("lora_B.weight", "lora_magnitude_vector"): ("F32", shape[:1], b"\0\0\0\1" * shape[0])
        for name, (_, shape, _) in lora_tensors().items() if "lora_B" in name
    }  # fmt: skip
    check.inspect(lora_folder(tmp_path / "mine", tensors=lora_tensors() | vectors, use_dora=True), base)
    vectors[MAGNITUDE] = ("F32", [KEYS + 1], bytes(4 * KEYS + 4))
    with pytest.raises(Rejected, match=r"and its rank is 4"):
        check.inspect(lora_folder(tmp_path / "mine", tensors=lora_tensors() | vectors, use_dora=True), base)


def test_an_adapter_of_another_model_is_refused_by_its_digest(tmp_path: Path, base: Path) -> None:
    store = AdapterStore(tmp_path / "adapters")
    added = store.add(lora_folder(tmp_path / "mine"), base=base, base_digest="1111")
    assert check.inspect(added.folder, base, "1111").base_digest == added.base_digest == "1111"
    with pytest.raises(Rejected, match=r"manifest.json .* was made for the model 1111, and the model in use is 2222"):
        check.inspect(added.folder, base, "2222")
    with pytest.raises(Rejected, match="made for the model 1111"):
        store.add(added.folder, name="elsewhere", base=base, base_digest="2222")
    assert store.add(added.folder, name="elsewhere").base_digest == "1111"


def test_nothing_at_the_path_and_a_base_that_cannot_be_read_are_told(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="There is no adapter at"):
        AdapterStore(tmp_path / "adapters").add(tmp_path / "nothing")
    empty = tmp_path / "empty"
    empty.mkdir()
    with pytest.raises(Rejected, match="has no safetensors"):
        check.inspect(lora_folder(tmp_path / "mine"), empty)
    (empty / "model.safetensors").write_bytes(b"short")
    with pytest.raises(Rejected, match="cannot be compared with"):
        check.inspect(lora_folder(tmp_path / "mine"), empty)
