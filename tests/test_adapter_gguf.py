"""GGUF adapters: what llama.cpp would not load, or would end the process on, is refused from the file alone."""

from __future__ import annotations

import struct
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from ragbox.adapters.store import AdapterStore
from ragbox.errors import Rejected
from tests.adapter_files import KEYS, RANK, WIDE, Tensors, base_gguf, base_model, gguf, lora_folder

PAIR: Tensors = {
    f"blk.{n}.attn_v.weight.{part}": ("F32", shape, b"\0\0\0\1" * (shape[0] * shape[1]))
    for n in range(2)
    for part, shape in (("lora_a", [WIDE, RANK]), ("lora_b", [RANK, KEYS]))
}
A, B = "blk.1.attn_v.weight.lora_a", "blk.1.attn_v.weight.lora_b"


def without(name: str) -> Tensors:
    return {k: v for k, v in PAIR.items() if k != name}


def cut(path: Path, size: int) -> None:
    path.write_bytes(gguf(path).read_bytes()[:size])


def patched(path: Path, old: bytes, new: bytes) -> None:
    content = gguf(path).read_bytes()
    assert old in content
    path.write_bytes(content.replace(old, new, 1))


NAN = np.full(RANK * KEYS, np.nan, dtype="<f4").tobytes()
LONG = (
    b"GGUF" + struct.pack("<IQQ", 3, 2**62, 2**62) + (struct.pack("<Q", 1) + b"k" + struct.pack("<IB", 0, 1)) * 60_000
)
BROKEN: dict[str, tuple[Callable[[Path], object], str]] = {
    "a model": (lambda p: base_gguf(p), "says general.type = 'None', not 'adapter'"),
    "a control vector": (lambda p: gguf(p, adapter__type="cvec"), "says adapter.type = 'cvec', not 'lora'"),
    "no alpha": (lambda p: gguf(p, adapter__lora__alpha=None), "says adapter.lora.alpha = None"),
    "alpha nan": (lambda p: gguf(p, adapter__lora__alpha=float("nan")), "says adapter.lora.alpha = nan"),
    "other architecture": (lambda p: gguf(p, general__architecture="qwen3"), "architecture 'qwen3', .* 'llama'"),
    "strange alignment": (lambda p: gguf(p, general__alignment=0), "says general.alignment = 0"),
    "no gguf": (lambda p: p.write_bytes(b"\x80\x05pickle" + bytes(64)), "has a damaged header"),
    "empty": (lambda p: p.write_bytes(b""), "has a damaged header"),
    "cut off in the header": (lambda p: cut(p, 100), "has a damaged header"),
    "cut off in the numbers": (lambda p: cut(p, 700), "bytes, and its header speaks of"),
    "endless": (lambda p: p.write_bytes(LONG), "has a damaged header, or one above 512 KiB"),
    "no tensors": (lambda p: gguf(p, {}), "has no tensors"),
    "strange tensor": (lambda p: gguf(p, PAIR | {"output.weight": PAIR[A]}), "has the tensor .output.weight"),
    "no b": (lambda p: gguf(p, without(B)), "has not both matrices"),
    "packed": (lambda p: gguf(p, PAIR | {B: ("Q8_0", [RANK, KEYS], bytes(34))}), "in a packed number format .type 8"),
    "ranks differ": (lambda p: gguf(p, PAIR | {B: ("F32", [2, KEYS], bytes(8 * KEYS))}), "the rank is the same"),
    "bad shape": (lambda p: gguf(p, PAIR | {B: ("F32", [RANK, 9], b"\0\0\0\1" * RANK * 9)}), "changes .*blk.1.attn_v"),
    "a layer too many": (
        lambda p: gguf(p, {k.replace("blk.1", "blk.7"): v for k, v in PAIR.items()}), "blk.7.* model does not have",
    ),
    "three axes": (lambda p: gguf(p, PAIR | {B: ("F32", [2, 2, KEYS], bytes(16 * KEYS))}), "not of two numbers"),
    "overlap": (lambda p: patched(p, struct.pack("<IQ", 0, 256), struct.pack("<IQ", 0, 224)), "begin at byte"),
    "nan": (lambda p: gguf(p, PAIR | {B: ("F32", [RANK, KEYS], NAN)}), "that is not finite"),
    "no-op": (lambda p: gguf(p, {k: (d, s, bytes(len(v))) for k, (d, s, v) in PAIR.items()}), "is a no-op adapter"),
}  # fmt: skip


@pytest.mark.parametrize("kind", BROKEN)
def test_a_broken_gguf_adapter_is_refused(tmp_path: Path, kind: str) -> None:
    make, reason = BROKEN[kind]
    path, store = tmp_path / "mine.gguf", AdapterStore(tmp_path / "adapters")
    make(path)
    base = base_gguf(tmp_path / "base.gguf")
    began = time.process_time()
    with pytest.raises(Rejected, match=f"mine.gguf of the adapter .*{reason}"):
        store.add(path, base=base)
    assert time.process_time() - began < 10
    assert store.list() == ()


def test_a_sound_one_comes_in_from_a_file_or_a_folder(tmp_path: Path) -> None:
    store, folder = AdapterStore(tmp_path / "adapters"), tmp_path / "folder"
    folder.mkdir()
    added = store.add(gguf(folder / "mine.gguf"), base=base_gguf(tmp_path / "base.gguf"))
    assert (added.name, added.kind, added.rank, added.alpha, added.targets) == ("mine", "gguf", RANK, 8.0, ("attn_v",))
    assert added.parameters == 2 * RANK * (WIDE + KEYS)
    assert store.add(folder, name="mine") == added


@pytest.mark.parametrize(("a", "fits"), [([RANK, 32], True), ([32, RANK], False)])
def test_the_embedding_has_its_matrices_the_other_way_round(tmp_path: Path, a: list[int], fits: bool) -> None:
    words: Tensors = {
        f"token_embd.weight.{part}": ("F32", shape, b"\0\0\0\1" * (shape[0] * shape[1]))
        for part, shape in (("lora_a", a), ("lora_b", [RANK, WIDE]))
    }
    store, base = AdapterStore(tmp_path / "adapters"), base_gguf(tmp_path / "base.gguf")
    if fits:
        assert store.add(gguf(tmp_path / "mine.gguf", words), base=base).targets == ("token_embd",)
    else:
        with pytest.raises(Rejected, match="the rank is the same"):
            store.add(gguf(tmp_path / "mine.gguf", words), base=base)


def test_it_fits_a_model_of_its_own_kind_alone(tmp_path: Path) -> None:
    store = AdapterStore(tmp_path / "adapters")
    base, other = base_model(tmp_path / "base"), tmp_path / "other"
    other.mkdir()
    base_gguf(other / "base.gguf")
    with pytest.raises(Rejected, match="is no GGUF file"):
        store.add(gguf(tmp_path / "mine.gguf"), base=base)
    with pytest.raises(Rejected, match=r"convert_lora_to_gguf\.py"):
        store.add(lora_folder(tmp_path / "lora"), base=other)
    assert store.add(gguf(tmp_path / "mine.gguf"), base=other).kind == "gguf"
