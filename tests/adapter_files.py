"""Writes adapters, scorers and the model they fit by hand: a few kB, no torch, nothing that was trained."""

from __future__ import annotations

import json
import struct
import zipfile
from pathlib import Path
from typing import Any

import numpy as np

from ragbox.engines.evidence import BUILT_IN, EVIDENCE, FEATURES

LAYERS, WIDE, KEYS, RANK = 2, 16, 8, 4
CONFIG: dict[str, Any] = {
    "alora_invocation_tokens": None, "alpha_pattern": {}, "arrow_config": None, "auto_mapping": None,
    "base_model_name_or_path": "/models/Tiny-1B", "bias": "none", "corda_config": None, "ensure_weight_tying": False,
    "eva_config": None, "exclude_modules": None, "fan_in_fan_out": False, "inference_mode": True,
    "init_lora_weights": True, "kasa_config": None, "layer_replication": None, "layers_pattern": None,
    "layers_to_transform": None, "loftq_config": {}, "lora_alpha": 8, "lora_bias": False, "lora_dropout": 0.0,
    "lora_ga_config": None, "megatron_config": None, "megatron_core": "megatron.core", "modules_to_save": None,
    "monteclora_config": None, "peft_type": "LORA", "peft_version": "0.21.2", "qalora_group_size": 16, "r": RANK,
    "rank_pattern": {}, "revision": None, "target_modules": ["q_proj", "v_proj"], "target_parameters": None,
    "task_type": "CAUSAL_LM", "trainable_token_indices": None, "use_bdlora": None, "use_dora": False,
    "use_qalora": False, "use_rslora": False, "velora_config": None,
}  # fmt: skip
"""What peft 0.21.2 writes."""
Tensors = dict[str, tuple[str, list[int], bytes]]
BASE = {
    "model.embed_tokens": (32, WIDE),
    **{f"model.layers.{n}.self_attn.q_proj": (WIDE, WIDE) for n in range(LAYERS)},
    **{f"model.layers.{n}.self_attn.v_proj": (KEYS, WIDE) for n in range(LAYERS)},
}


def base_model(folder: Path) -> Path:
    """Write the model's safetensors, of zeros."""
    folder.mkdir(parents=True, exist_ok=True)
    safetensors(
        folder / "model.safetensors",
        {f"{name}.weight": ("BF16", list(shape), bytes(2 * shape[0] * shape[1])) for name, shape in BASE.items()},
    )
    return folder


def lora_tensors(seed: int = 0) -> Tensors:
    """Return A and B of q_proj and v_proj of each layer, fp32."""
    random, found = np.random.default_rng(seed), Tensors()
    for module, (tall, wide) in list(BASE.items())[1:]:
        for part, shape in (("lora_A", [RANK, wide]), ("lora_B", [tall, RANK])):
            values = random.standard_normal(shape).astype("<f4").tobytes()
            found[f"base_model.model.{module}.{part}.weight"] = ("F32", shape, values)
    return found


def lora_folder(folder: Path, *, seed: int = 0, tensors: Tensors | None = None, **config: Any) -> Path:
    """Write a folder as peft saves it; another `seed` is another version."""
    folder.mkdir(parents=True, exist_ok=True)
    safetensors(folder / "adapter_model.safetensors", lora_tensors(seed) if tensors is None else tensors)
    (folder / "adapter_config.json").write_text(json.dumps(CONFIG | config))
    (folder / "README.md").write_text("# A card\n")
    return folder


def safetensors(path: Path, tensors: Tensors, **header: Any) -> None:
    """Write tensors as they are; `header` is put over what the format asks for."""
    said, at = dict[str, Any](), 0
    for name, (dtype, shape, values) in tensors.items():
        said[name] = {"dtype": dtype, "shape": shape, "data_offsets": [at, at + len(values)]}
        at += len(values)
    text = json.dumps({"__metadata__": {"format": "pt"}} | said | header).encode()
    path.write_bytes(len(text).to_bytes(8, "little") + text + b"".join(values for _, _, values in tensors.values()))


def zipped(path: Path, folder: Path, inside: str = "") -> Path:
    """Pack a folder's files, in a folder inside where one is named."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(folder.iterdir()):
            archive.write(file, f"{inside}{file.name}")
    return path


def gguf(path: Path, tensors: Tensors | None = None, **said: Any) -> Path:
    """Write a GGUF LoRA for the model of `base_gguf`, fp32; keyword arguments change its header (None: leave out)."""
    pairs = {
        "general.type": "adapter", "adapter.type": "lora", "general.architecture": "llama", "adapter.lora.alpha": 8.0,
    } | {key.replace("__", "."): value for key, value in said.items()}  # fmt: skip
    if tensors is None:
        tensors = {}
        for n in range(LAYERS):
            for part, shape in (("lora_a", [WIDE, RANK]), ("lora_b", [RANK, KEYS])):
                values = np.random.default_rng(n).standard_normal(shape[0] * shape[1]).astype("<f4").tobytes()
                tensors[f"blk.{n}.attn_v.weight.{part}"] = ("F32", shape, values)
    return _write_gguf(path, {k: v for k, v in pairs.items() if v is not None}, tensors)


def base_gguf(path: Path) -> Path:
    """Write a GGUF model, of zeros."""
    shapes = {f"blk.{n}.attn_v.weight": [WIDE, KEYS] for n in range(LAYERS)} | {"token_embd.weight": [WIDE, 32]}
    zeros: Tensors = {name: ("F32", shape, bytes(4 * shape[0] * shape[1])) for name, shape in shapes.items()}
    return _write_gguf(path, {"general.architecture": "llama"}, zeros)


def _write_gguf(path: Path, said: dict[str, Any], tensors: Tensors) -> Path:
    def text(value: str) -> bytes:
        return struct.pack("<Q", len(value.encode())) + value.encode()

    def value(item: Any) -> bytes:
        if isinstance(item, str):
            return struct.pack("<I", 8) + text(item)
        return struct.pack("<If", 6, item) if isinstance(item, float) else struct.pack("<II", 4, item)

    head = b"GGUF" + struct.pack("<IQQ", 3, len(tensors), len(said))
    head += b"".join(text(k) + value(v) for k, v in said.items())
    at, body = 0, b""
    for name, (dtype, shape, values) in tensors.items():
        kind = {"F32": 0, "F16": 1, "BF16": 30, "Q8_0": 8}[dtype]
        head += text(name) + struct.pack("<I", len(shape)) + struct.pack(f"<{len(shape)}Q", *shape)
        head += struct.pack("<IQ", kind, at)
        body += values + bytes(-len(values) % 32)
        at = len(body)
    path.write_bytes(head + bytes(-len(head) % 32) + body)
    return path


def scorer_folder(folder: Path, text: str = "", *, weights: float | None = None, **changed: float) -> Path:
    """Write a scorer with the built-in numbers, or all `weights`; `changed` are those for known languages."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "scorer.json").write_text(text or json.dumps(scorer_json(weights, **changed)))
    return folder


def scorer_json(weights: float | None = None, **changed: float) -> dict[str, Any]:
    """Return what `scorer_folder` writes."""
    card = {"data": "Some questions.", "count": 20, "figures": {"top1": 0.5}}
    said: dict[str, Any] = {"format": 2, "encoder": "fake:256:0", "card": card}
    for part, names, numbers in (
        ("weights", FEATURES, BUILT_IN.weights), ("calibration", EVIDENCE, BUILT_IN.evidence),
    ):  # fmt: skip
        said[part] = {
            known: {n: w if weights is None else weights for n, w in zip(names, numbers[known == "known"], strict=True)}
            for known in ("known", "unknown")
        }
        said[part]["known"] |= {name: value for name, value in changed.items() if name in names}
    return said
