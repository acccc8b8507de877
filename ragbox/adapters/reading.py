"""A reader as it comes in: `reader.safetensors` beside a scorer, a LoRA of the encoder and heads. Judged, never run.

What the tensors are for stands in `ragbox/engines/span_reader.py`. Knows no torch.
"""

from __future__ import annotations

from pathlib import Path

from ..engines.span_reader import HEADS, LORA
from .refusal import NO_OP, refuse
from .tensors import read
from .values import Tensor, alive

NAME = "reader.safetensors"
LARGEST = 256 << 20
"""Bytes: rank 32 on all matrices of the bundled encoder takes 5 MB."""
_AGAIN = "Train it with tests/bench/reader_train.py, which writes such a file."


def check(path: Path) -> tuple[int, int]:
    """Return (largest rank, parameters) of a reader's tensors.

    Raises:
        Rejected: a tensor is missing, unknown, of a wrong shape or not finite, or the LoRA changes nothing.
    """
    if (size := path.stat().st_size) > LARGEST:
        raise refuse(path.name, f"has {size} bytes, and {LARGEST} are allowed", "Train one of a smaller rank.")
    tensors = {tensor.name: tensor for tensor in read(path)}
    if missing := sorted(HEADS.keys() - tensors.keys()):
        raise refuse(path.name, f"lacks the tensor {missing[0]}", _AGAIN)
    wide = tensors["span.weight"].shape[-1]
    for name, rows in HEADS.items():
        wanted = (rows, wide) if name.endswith(".weight") else (rows,)
        if (shape := tensors[name].shape) != wanted:
            raise refuse(path.name, f"has {name} in the shape {list(shape)}, not {list(wanted)}", _AGAIN)
    modules: dict[str, list[Tensor]] = {}
    for name in sorted(tensors.keys() - HEADS.keys()):
        part = next((part for part in LORA if name.endswith(part)), None)
        if part is None or len(tensors[name].shape) != 2:
            raise refuse(path.name, f"has the tensor {name[:200]!r}, which is no part of a reader", _AGAIN)
        modules.setdefault(name.removesuffix(part), []).append(tensors[name])  # A comes before B
    for name, pair in modules.items():
        if len(pair) != 2 or pair[0].shape[0] != pair[1].shape[1]:
            raise refuse(path.name, f"has no A and B of one rank for {name[:200]!r}", _AGAIN)
    living = alive(path, tensors.values())
    if not any(all(tensor.name in living for tensor in pair) for pair in modules.values()):
        raise refuse(path.name, *NO_OP)
    return max(pair[0].shape[0] for pair in modules.values()), sum(tensor.count for tensor in tensors.values())
