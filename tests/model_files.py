"""Writes files that look like models, by hand: a few bytes, no library, nothing that could be loaded and answer."""

from __future__ import annotations

import json
import struct
from math import prod
from pathlib import Path
from typing import Any

SHAPES = {"model.embed_tokens.weight": [32, 8], "model.layers.0.mlp.up_proj.weight": [16, 8], "lm_head.weight": [32, 8]}
CONFIG = {
    "model_type": "qwen3", "num_hidden_layers": 1, "num_attention_heads": 4, "num_key_value_heads": 2,
    "hidden_size": 8, "max_position_embeddings": 2048,
}  # fmt: skip


def safetensors(path: Path, shapes: dict[str, list[int]], fill: bytes = b"\0") -> None:
    """Write bf16 tensors of these shapes."""
    header, at = dict[str, Any](), 0
    for name, shape in shapes.items():
        header[name] = {"dtype": "BF16", "shape": shape, "data_offsets": [at, at + 2 * prod(shape)]}
        at += 2 * prod(shape)
    text = json.dumps(header | {"__metadata__": {"format": "pt"}}).encode()
    path.write_bytes(len(text).to_bytes(8, "little") + text + fill * at)


def hf_folder(folder: Path, *, fill: bytes = b"\0", **config: Any) -> Path:
    """Write a folder as transformers saves it; other `fill` is another version."""
    folder.mkdir(parents=True, exist_ok=True)
    safetensors(folder / "model.safetensors", SHAPES, fill)
    (folder / "config.json").write_text(json.dumps(CONFIG | config))
    (folder / "tokenizer.json").write_text("{}")
    (folder / "README.md").write_text("---\ntags: [x]\nlicense: apache-2.0\n---\n# A model\n")
    return folder


def gguf(path: Path, **said: Any) -> Path:
    """Write a GGUF file with one tensor and a header of the usual keys."""

    def text(value: str) -> bytes:
        return struct.pack("<Q", len(value.encode())) + value.encode()

    def value(item: Any) -> bytes:
        if isinstance(item, str):
            return struct.pack("<I", 8) + text(item)
        if isinstance(item, list):
            return struct.pack("<IIQ", 9, 8, len(item)) + b"".join(map(text, item))
        return struct.pack("<II", 4, item)

    pairs = {
        "general.architecture": "llama", "tokenizer.ggml.tokens": ["a", "b", "你"], "llama.block_count": 3,
        "llama.attention.head_count": 4, "llama.attention.head_count_kv": 2, "llama.embedding_length": 64,
        "llama.context_length": 512, "general.license": "mit",
    } | said  # fmt: skip
    tensor = text("token_embd.weight") + struct.pack("<IQQIQ", 2, 64, 100, 1, 0)
    head = b"GGUF" + struct.pack("<IQQ", 3, 1, len(pairs))
    path.write_bytes(head + b"".join(text(k) + value(v) for k, v in pairs.items()) + tensor + bytes(64))
    return path
