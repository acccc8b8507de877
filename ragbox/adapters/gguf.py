"""Checks a LoRA in a GGUF file: header, names, shapes beside those of the base, numbers. Loads no llama.cpp.

llama.cpp ends the whole process on some files that are no adapter, so that what it is given is checked before.
Format: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md, rules: llama.cpp's src/llama-adapter.cpp.
"""

from __future__ import annotations

import io
import struct
from pathlib import Path
from typing import Any

from .. import weights
from ..errors import Rejected
from .config import MOST_RANK
from .refusal import NO_OP, refuse
from .values import FLOATS, Tensor, alive

HEADER = 1 << 19
"""Bytes of the longest header: seven modules in 80 layers take 0.1 MB. Reading takes a second for each MB."""
WORDS = "token_embd.weight"
"""Read by rows, so that llama.cpp takes its A and B the other way round."""
_TYPES = {0: "F32", 1: "F16", 30: "BF16"}
_AGAIN = "Convert the adapter again with llama.cpp's convert_lora_to_gguf.py, --outtype f16."
_OTHER = "Take an adapter that was trained for the model in use, or activate the model that this one was trained for."


def check(path: Path, base: Path | None) -> tuple[int, float, tuple[str, ...], int]:
    """Return (largest rank, alpha, modules' names, parameters) of a LoRA that is sound and fits the base, if given.

    Raises:
        Rejected: header, names, shapes or numbers are not those of a LoRA on this base.
    """
    said, tensors = _read(path)
    for key, wanted in (("general.type", "adapter"), ("adapter.type", "lora")):
        if said.get(key) != wanted:
            raise refuse(path.name, f"says {key} = {str(said.get(key))[:80]!r}, not {wanted!r}", _AGAIN)
    alpha = said.get("adapter.lora.alpha")
    if not isinstance(alpha, float) or not 0 < alpha <= 1e6:
        raise refuse(path.name, f"says adapter.lora.alpha = {str(alpha)[:80]}, not a number above 0", _AGAIN)
    pairs: dict[str, dict[str, Tensor]] = {}
    for name, tensor in tensors.items():
        module, _, part = name.rpartition(".")
        if part not in ("lora_a", "lora_b"):
            raise refuse(path.name, f"has the tensor {name[:200]!r}, which is no part of a LoRA", _AGAIN)
        pairs.setdefault(module, {})[part] = tensor
    for module, pair in pairs.items():
        _check_pair(path.name, module, pair)
    if base is not None:
        _check_base(path.name, pairs, said, base)
    living = alive(path, tensors.values())
    if not any(all(t.name in living for t in pair.values()) for pair in pairs.values()):
        raise refuse(path.name, *NO_OP)
    ranks = [pair["lora_b"].shape[0] for pair in pairs.values()]
    targets = {module.removesuffix(".weight").rpartition(".")[2] for module in pairs}
    return max(ranks), alpha, tuple(sorted(targets)), sum(t.count for t in tensors.values())


def _read(path: Path) -> tuple[dict[str, Any], dict[str, Tensor]]:
    size = path.stat().st_size
    try:
        with path.open("rb") as stream:
            header = io.BytesIO(stream.read(HEADER))
        said, placed = weights.gguf_header(header)
    except (ValueError, KeyError, struct.error, RecursionError, OverflowError, MemoryError) as error:
        raise refuse(path.name, f"has a damaged header, or one above {HEADER >> 10} KiB ({error})", _AGAIN) from error
    step = said.get("general.alignment", 32)
    if not isinstance(step, int) or step not in (8, 16, 32, 64, 128, 256):
        raise refuse(path.name, f"says general.alignment = {str(step)[:80]}, which is not known", _AGAIN)
    start = -(-header.tell() // step) * step
    if not placed:
        raise refuse(path.name, "has no tensors", _AGAIN)
    tensors, end = {}, start
    for name, (shape, kind, offset) in sorted(placed.items(), key=lambda item: item[1][2]):
        if kind not in _TYPES:
            raise refuse(path.name, f"has {name[:200]!r} in a packed number format (type {kind})", _AGAIN)
        if len(shape) != 2 or not all(0 < n < 1 << 40 for n in shape):
            raise refuse(path.name, f"has {name[:200]!r} with the shape {str(shape)[:80]}, not of two numbers", _AGAIN)
        if start + offset != -(-end // step) * step:
            raise refuse(
                path.name, f"has {name[:200]!r} begin at byte {start + offset}; the one before ends at {end}", _AGAIN
            )
        tensor = Tensor(name=name, dtype=_TYPES[kind], shape=shape, start=start + offset)
        tensors[name], end = tensor, tensor.start + tensor.count * FLOATS[tensor.dtype][0]
    if not end <= size < end + step:
        raise refuse(path.name, f"has {size} bytes, and its header speaks of {end}", _AGAIN)
    return said, tensors


def _check_pair(file: str, module: str, pair: dict[str, Tensor]) -> None:
    if len(pair) < 2:
        raise refuse(file, f"has not both matrices (lora_a and lora_b) of {module[:200]!r}", _AGAIN)
    a, b = pair["lora_a"].shape, pair["lora_b"].shape
    if (a[0] if module == WORDS else a[1]) != b[0] or b[0] > MOST_RANK:
        cause = f"has {module[:200]!r} with the shapes {a} and {b}; the rank is the same, {MOST_RANK} at most"
        raise refuse(file, cause, _AGAIN)


def _check_base(file: str, pairs: dict[str, dict[str, Tensor]], said: dict[str, Any], base: Path) -> None:
    found = base if base.is_file() else next(iter(sorted(base.glob("*.gguf"))), None)
    if found is None:
        raise Rejected(
            f"The model at {base} is no GGUF file, and {file} of the adapter is for one. "
            "Add the adapter as peft saved it."
        )
    try:
        with found.open("rb") as stream:
            model, shapes = weights.gguf_header(stream)
    except (ValueError, KeyError, struct.error, OSError, RecursionError) as error:
        raise Rejected(
            f"The model {found} cannot be compared with: {error}. `ragbox model verify` reads it."
        ) from error
    mine, its = said.get("general.architecture"), model.get("general.architecture")
    if mine != its:
        raise refuse(file, f"is for the architecture {str(mine)[:80]!r}, and the model is {its!r}", _OTHER)
    for module, pair in pairs.items():
        if module not in shapes:
            raise refuse(file, f"changes {module[:200]!r}, which the model does not have", _OTHER)
        a, b = pair["lora_a"].shape, pair["lora_b"].shape
        wide = (b[1], a[1]) if module == WORDS else (a[0], b[1])
        if tuple(shapes[module][0]) != wide:
            raise refuse(file, f"changes {module} with {wide}, which has {shapes[module][0]} in the model", _OTHER)
