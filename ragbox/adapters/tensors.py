"""Checks a LoRA's safetensors: header, names, shapes beside those of the base, numbers. Knows no torch.

Format: https://huggingface.co/docs/safetensors. Read by the standard library, so that nothing but these rules decides.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from .. import weights
from ..errors import Rejected
from .config import Config, endings
from .refusal import NO_OP, parse_json, refuse
from .values import FLOATS, Tensor, alive

NAME = "adapter_model.safetensors"
HEADER = 4 << 20
"""Bytes of the longest header: seven modules in 80 layers take 0.2 MB."""
MOST = 25_000
"""Tensors; so few brackets of either kind are counted before a parser takes 60 bytes for each."""
_PART = re.compile(
    r"base_model\.model\.([\w.-]{1,400})\.lora_((?:embedding_)?[AB]|magnitude_vector)(\.weight)?", re.ASCII
)
_AGAIN = "Copy the file again, or save the adapter again with peft."
_OTHER = "Take an adapter that was trained for the model in use, or activate the model that this one was trained for."
_Pair = dict[str, Tensor]
_Shapes = Mapping[str, tuple[int, int] | None]


def check(path: Path, config: Config, base: Path | None) -> tuple[int, int]:
    """Return (largest rank, parameters) of a LoRA that is sound and fits the base, if one is given.

    Raises:
        Rejected: header, names, shapes or numbers are not those of the config's LoRA on this base.
    """
    tensors = read(path)
    modules = _modules(path.name, tensors, config)
    shapes = _base_shapes(base) if base is not None else None
    for module, pair in modules.items():
        _check_pair(path.name, module, pair, config)
        if shapes is not None:
            _check_fit(path.name, module, pair, shapes, config.transposed)
    _check_targets(path.name, modules, config, shapes)
    living = alive(path, tensors)
    if not config.dora and not any(all(t.name in living for t in pair.values()) for pair in modules.values()):
        raise refuse(path.name, *NO_OP)
    return max(p["A"].shape[0] for p in modules.values()), sum(t.count for t in tensors)


def read(path: Path) -> list[Tensor]:
    """Return the tensors of a safetensors file, in the order in which they lie there.

    Raises:
        Rejected: the header is damaged, or says what the format does not allow.
    """
    size = path.stat().st_size
    with path.open("rb") as stream:
        start = stream.read(8)
        length = int.from_bytes(start, "little")
        if len(start) < 8 or not 2 <= length <= min(HEADER, size - 8):
            if start[:4] == b"PK\3\4" or start[:1] == b"\x80":
                cause = "is a pickle or torch archive under another name, which can run code"
                raise refuse(path.name, cause, "Save the adapter as safetensors.")
            cause = f"says that its header has {length} bytes: the file has {size}, and {HEADER} are allowed"
            raise refuse(path.name, cause, _AGAIN)
        text = stream.read(length)
    if text.count(b"{") > MOST or text.count(b"[") > 2 * MOST:
        raise refuse(path.name, f"names more than {MOST} tensors in its header", _AGAIN)
    header = parse_json(path.name, text)
    header.pop("__metadata__", None)
    tensors = sorted((_tensor(path.name, n, t, 8 + length) for n, t in header.items()), key=lambda t: t.start)
    if not tensors:
        raise refuse(path.name, "has no tensors", "Save the adapter again, after its training.")
    ends = [8 + length, *(t.start + t.count * FLOATS[t.dtype][0] for t in tensors)]
    for end, tensor in zip(ends, tensors, strict=False):
        if tensor.start != end:
            cause = f"has {tensor.name[:200]!r} begin at byte {tensor.start}, where the tensor before ends at {end}"
            raise refuse(path.name, cause, _AGAIN)
    if ends[-1] != size:
        raise refuse(path.name, f"has {size} bytes, and its header speaks of {ends[-1]}", _AGAIN)
    return tensors


def _tensor(file: str, name: str, said: Any, start: int) -> Tensor:
    keys = said.keys() if isinstance(said, dict) else set()
    if keys != {"dtype", "shape", "data_offsets"}:
        raise refuse(file, f"does not say dtype, shape and data_offsets of {name[:200]!r}", _AGAIN)
    if said["dtype"] not in tuple(FLOATS):
        cause = f"has {name[:200]!r} as {str(said['dtype'])[:20]}, not as {', '.join(FLOATS)}"
        raise refuse(file, cause, "Save the adapter in bf16, fp16 or fp32.")
    shape, offsets = said["shape"], said["data_offsets"]
    whole = all(isinstance(n, list) and all(type(i) is int and 0 <= i < 1 << 48 for i in n) for n in (shape, offsets))
    if not whole or len(shape) not in (1, 2) or len(offsets) != 2 or 0 in shape:
        raise refuse(
            file, f"has {name[:200]!r} with the shape {str(shape)[:80]}; it must be one or two numbers above 0", _AGAIN
        )
    tensor = Tensor(name=name, dtype=said["dtype"], shape=tuple(shape), start=start + offsets[0])
    if offsets[1] - offsets[0] != tensor.count * FLOATS[tensor.dtype][0]:
        cause = f"gives {name[:200]!r} {offsets[1] - offsets[0]} bytes, and its shape {shape} takes others"
        raise refuse(file, cause, _AGAIN)
    return tensor


def _modules(file: str, tensors: list[Tensor], config: Config) -> dict[str, _Pair]:
    """Return the "A" and "B" of each module, of DoRA the "magnitude_vector" too."""
    found: dict[str, _Pair] = {}
    for tensor in tensors:
        matched = _PART.fullmatch(tensor.name)
        if not matched or len(tensor.shape) != (1 if matched[2] == "magnitude_vector" else 2):
            cause = f"has the tensor {tensor.name[:200]!r} of {list(tensor.shape)}, which is no part of a LoRA"
            remedy = "Save it with peft's save_pretrained(save_embedding_layers=False), without modules_to_save."
            raise refuse(file, cause, remedy)
        pair, part = found.setdefault(matched[1], {}), matched[2].removeprefix("embedding_")
        if part in pair:
            raise refuse(file, f"has {part} of {matched[1]} twice", _AGAIN)
        pair[part] = tensor
    wanted = {"A", "B", "magnitude_vector"} if config.dora else {"A", "B"}
    for module, pair in found.items():
        if set(pair) != wanted:
            raise refuse(file, f"has {', '.join(sorted(pair))} of {module}, not {', '.join(sorted(wanted))}", _AGAIN)
    return found


def _check_pair(file: str, module: str, pair: _Pair, config: Config) -> None:
    if not endings(module) & set(config.targets):
        cause = f"changes {module}, which adapter_config.json does not name in target_modules"
        raise refuse(file, cause, _AGAIN)
    rank = config.rank_of(module)
    tall = pair["magnitude_vector"].shape[0] if config.dora else pair["B"].shape[0]
    if (pair["A"].shape[0], *pair["B"].shape) != (rank, tall, rank):
        shapes = ", ".join(str(list(tensor.shape)) for tensor in pair.values())
        raise refuse(file, f"has {module} with the shapes {shapes}, and its rank is {rank}", _AGAIN)


def _check_fit(file: str, module: str, pair: _Pair, shapes: _Shapes, transposed: bool) -> None:
    base = next((name for name in (module, module.partition(".")[2]) if name in shapes), None)
    if base is None:
        raise refuse(file, f"changes {module}, which the model does not have", _OTHER)
    wide, found = shapes[base], (pair["B"].shape[0], pair["A"].shape[1])
    if transposed or "lora_embedding" in pair["A"].name:
        found = found[::-1]
    if wide not in (None, found):
        raise refuse(file, f"changes {module} with {list(found)}, which has {list(wide or ())} in the model", _OTHER)


def _check_targets(file: str, modules: Mapping[str, _Pair], config: Config, shapes: _Shapes | None) -> None:
    targets = set(config.targets)
    if missing := sorted(targets - {end for module in modules for end in endings(module)}):
        cause = f"has no tensors of {missing[0]}, which adapter_config.json names in target_modules"
        raise refuse(file, cause, _AGAIN)
    if shapes is None or not config.everywhere:
        return
    changed = modules.keys() | {module.partition(".")[2] for module in modules}
    for name in shapes:
        # The experts of a layer are many matrices in the file, and one module that peft passes over.
        if name not in changed and ".experts." not in name and endings(name) & targets:
            cause = f"has no tensors of {name}, which adapter_config.json names too"
            raise refuse(file, cause, f"{_AGAIN} {_OTHER}")


def _base_shapes(base: Path) -> _Shapes:
    """Return (out, in) of each matrix of the base by its module; None where it is quantized: packed, it has neither."""
    found: dict[str, tuple[int, int] | None] = {}
    try:
        said = {n: s for path in sorted(base.glob("*.safetensors")) for n, s in weights.tensors(path).items()}
    except (ValueError, KeyError, TypeError, OSError) as error:
        raise Rejected(
            f"The model at {base} cannot be compared with: {error}. `ragbox model verify` reads it."
        ) from error
    if not said:
        raise Rejected(
            f"The model at {base} has no safetensors, and the adapter is for such a model. For a GGUF model convert it "
            "with llama.cpp's convert_lora_to_gguf.py."
        )
    for name, shape in said.items():
        module, _, last = name.rpartition(".")
        if last == "weight" and len(shape) == 2:
            found[module] = None if f"{name}.absmax" in said else (shape[0], shape[1])
    words = next((name for name in found if name.endswith("embed_tokens")), "lm_head")
    return {"lm_head": found[words]} | found if words in found else found  # one matrix may read and write words
