"""What lies in a model's folder: which files may come in, and what their headers say of the model.

Reads headers only, with nothing but the standard library, and loads no model. Formats: safetensors
(https://huggingface.co/docs/safetensors) and GGUF (https://github.com/ggml-org/ggml/blob/master/docs/gguf.md).
"""

from __future__ import annotations

import json
import math
import os
import re
import struct
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, BinaryIO

from .errors import NotFound, Rejected

PICKLES = frozenset({".bin", ".pt", ".pth", ".pkl", ".pickle", ".ckpt", ".joblib", ".h5", ".msgpack", ".npz", ".npy"})
CODE = frozenset({".py", ".pyc", ".so", ".sh", ".dll", ".exe"})
KEPT = frozenset({".safetensors", ".gguf", ".json", ".txt", ".model", ".jinja", ".md"})
"""All that transformers and llama.cpp read of a model: weights, config, tokenizer, chat template, card."""
LEFT_OUT = frozenset({"manifest.json"})
"""The store writes its own."""
PAPERS = re.compile(r"(licen[cs]e|notice|copying)", re.I)
HEADER_BYTES = 100 << 20
"""Longest safetensors header, the limit of the format's own library."""
GGUF_TEXT = 1 << 24
"""Longest text of a GGUF header: chat templates take some kB."""
_EMBEDDING = re.compile(r"(embed_tokens|wte|word_embeddings|lm_head|embed_out)\.weight$|^(token_embd|output)\.weight$")
_NUMBERS = {0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "?", 10: "Q", 11: "q", 12: "d"}
_KNOWN_LICENCES = (("apache license", "Apache-2.0"), ("mit license", "MIT"))


Placed = tuple[tuple[int, ...], int, int]
"""A tensor of a GGUF file: its shape, the number of its type, where it begins after the header, in bytes."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Facts:
    """What the headers say; a number that they do not say is 0, a text "".

    `embedding` is how many of the parameters are embeddings and output layer, which bitsandbytes leaves in 16 bits.
    """

    kind: str
    parameters: int = 0
    embedding: int = 0
    layers: int = 0
    kv_heads: int = 0
    head_dim: int = 0
    context: int = 0
    licence: str = ""


def files(source: Path) -> list[Path]:
    """Return the files of a model at this path that are kept: a GGUF file, or those in a folder, not below it.

    Raises:
        NotFound: there is nothing at the path.
        Rejected: a file can run code (a pickle, Python) or is a link; there are no weights, or two kinds of them.
    """
    if source.is_symlink() or not source.exists():
        if not source.is_symlink():
            raise NotFound(f"There is no model at {source}. Give a folder or .gguf file on the server, or owner/name.")
        _refuse(source, "is a link")
    found = [source] if source.is_file() else sorted(p for p in source.iterdir() if p.is_symlink() or p.is_file())
    for path in found:
        suffix = path.suffix.lower()
        if path.is_symlink():
            _refuse(path, "is a link")
        if suffix in PICKLES:
            _refuse(path, "is a pickle or the like, which can run code when it is loaded")
        if suffix in CODE:
            _refuse(path, "is code, which is never run here")
    kept = [p for p in found if (p.suffix.lower() in KEPT or PAPERS.match(p.name)) and p.name not in LEFT_OUT]
    weights = [p for p in kept if p.suffix.lower() in (".safetensors", ".gguf")]
    gguf = [p for p in weights if p.suffix.lower() == ".gguf"]
    if not weights:
        raise Rejected(f"{source} holds no weights. Give a folder with .safetensors files, or one .gguf file.")
    if gguf and len(weights) > 1:
        raise Rejected(f"{source} holds {len(weights)} weight files with .gguf among them. Give the one .gguf file.")
    if source.is_file() and not gguf:
        raise Rejected(f"{source} alone is no model. Give its folder, with config.json and the tokenizer.")
    return kept


def _refuse(path: Path, why: str) -> None:
    remedy = "Save the model as safetensors and delete this file."
    if path.is_symlink():
        remedy = "Copy the model with `cp -rL`, which follows links, and give the copy."
    raise Rejected(f"{path} {why}. {remedy}")


def facts(source: Path, kept: list[Path]) -> Facts:
    """Return what the headers of the files that `files` returned for this path say.

    Raises:
        Rejected: a file is damaged or missing; the message says which.
    """
    papers = [p for p in kept if p.suffix.lower() == ".md" or PAPERS.match(p.name)]
    gguf = next((p for p in kept if p.suffix.lower() == ".gguf"), None)
    try:
        found = _gguf(gguf) if gguf is not None else _transformers(source, kept)
    except (ValueError, KeyError, TypeError, OverflowError, struct.error, OSError) as error:
        raise Rejected(f"The model at {source} is damaged: {error}. Get it again.") from error
    return replace(found, licence=found.licence or _licence(papers))


def _transformers(folder: Path, kept: list[Path]) -> Facts:
    names = {p.name for p in kept}
    if "config.json" not in names:
        raise Rejected(f"{folder} has no config.json. Copy it from where the weights came from.")
    config = _json(folder / "config.json")
    index = folder / "model.safetensors.index.json"
    if index.name in names and (missing := sorted(set(_json(index)["weight_map"].values()) - names)):
        raise Rejected(f"{folder} lacks {', '.join(missing)}, which its index names. Copy the whole model.")
    shapes = {k: v for p in kept if p.suffix.lower() == ".safetensors" for k, v in tensors(p).items()}
    config = config.get("text_config") or config
    heads = int(config.get("num_attention_heads") or 0)
    return Facts(
        kind="hf", parameters=sum(map(math.prod, shapes.values())),
        embedding=sum(math.prod(shape) for name, shape in shapes.items() if _EMBEDDING.search(name)),
        layers=int(config.get("num_hidden_layers") or 0), kv_heads=int(config.get("num_key_value_heads") or heads),
        head_dim=int(config.get("head_dim") or (heads and int(config.get("hidden_size") or 0) // heads)),
        context=int(config.get("max_position_embeddings") or 0),
    )  # fmt: skip


def _json(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ValueError(f"{path.name} is no JSON ({error})") from error
    if not isinstance(found, dict):
        raise ValueError(f"{path.name} is no JSON object")
    return found


def tensors(path: Path) -> dict[str, list[int]]:
    """Return the tensors of a safetensors file with their shapes.

    Raises:
        ValueError: it is none, or shorter than its header says.
    """
    with path.open("rb") as stream:
        length = int.from_bytes(stream.read(8), "little")
        rest = os.fstat(stream.fileno()).st_size - 8 - length
        if not 2 <= length <= HEADER_BYTES or rest < 0:
            raise ValueError(f"{path.name} is no safetensors file")
        header = json.loads(stream.read(length))
    header.pop("__metadata__", None)
    if max((t["data_offsets"][1] for t in header.values()), default=0) != rest:
        raise ValueError(f"{path.name} is cut off, or has more than its header says")
    return {name: tensor["shape"] for name, tensor in header.items()}


def gguf_header(stream: BinaryIO) -> tuple[dict[str, Any], dict[str, Placed]]:
    """Return what a GGUF header says, and its tensors; the stream stands at the header's end then.

    Raises:
        ValueError, struct.error: it is no GGUF header of version 2 or 3, or is cut off.
    """
    if stream.read(4) != b"GGUF" or _number(stream, "I") not in (2, 3):
        raise ValueError("it is no GGUF file of version 2 or 3")
    count, pairs = _number(stream, "Q"), _number(stream, "Q")
    said = {_text(stream): _value(stream, _number(stream, "I")) for _ in range(pairs)}
    found = {}
    for _ in range(count):
        name = _text(stream)
        shape = tuple(_number(stream, "Q") for _ in range(min(_number(stream, "I"), 8)))
        found[name] = (shape, _number(stream, "I"), _number(stream, "Q"))
    return said, found


def _gguf(path: Path) -> Facts:
    with path.open("rb") as stream:
        said, found = gguf_header(stream)
    shapes = {name: shape for name, (shape, _, _) in found.items()}
    model = said.get("general.architecture", "")
    heads = int(said.get(f"{model}.attention.head_count") or 0)
    wide = int(said.get(f"{model}.embedding_length") or 0)
    return Facts(
        kind="gguf", parameters=sum(map(math.prod, shapes.values())),
        embedding=sum(math.prod(shape) for name, shape in shapes.items() if _EMBEDDING.search(name)),
        layers=int(said.get(f"{model}.block_count") or 0),
        kv_heads=int(said.get(f"{model}.attention.head_count_kv") or heads),
        head_dim=int(said.get(f"{model}.attention.key_length") or (heads and wide // heads)),
        context=int(said.get(f"{model}.context_length") or 0), licence=str(said.get("general.license") or ""),
    )  # fmt: skip


def _number(stream: BinaryIO, form: str) -> Any:
    return struct.unpack(f"<{form}", stream.read(struct.calcsize(f"<{form}")))[0]


def _text(stream: BinaryIO) -> str:
    length = _number(stream, "Q")
    if length > GGUF_TEXT:
        raise ValueError(f"a text of {length} bytes in the header")
    return stream.read(length).decode("utf-8", "replace")


def _value(stream: BinaryIO, kind: int) -> Any:
    """Return a value of the header; of a list, which no fact is read from, its last item (the same head count)."""
    if kind == 8:
        return _text(stream)
    if kind != 9:
        return _number(stream, _NUMBERS[kind])
    inner, last = _number(stream, "I"), None
    for _ in range(_number(stream, "Q")):
        last = _value(stream, inner)
    return last


def _licence(papers: list[Path]) -> str:
    """Return the licence that the model card names, else the one that a licence file begins with."""
    for path in sorted(papers, key=lambda p: p.suffix.lower() != ".md"):
        lines = path.read_text(encoding="utf-8", errors="replace")[:20_000].splitlines()
        if path.suffix.lower() == ".md" and lines[:1] == ["---"]:
            end = lines.index("---", 1) if "---" in lines[1:] else 0
            card = dict(line.split(":", 1) for line in lines[1:end] if re.match(r"license\w*:", line))
            said = {key: value.strip().strip("\"'") for key, value in card.items()}
            if licence := said.get("license_name") or said.get("license"):
                return licence[:80]
        elif PAPERS.match(path.name) and "notice" not in path.name.lower():
            first = next((line.strip(" #\t") for line in lines if line.strip(" #\t")), "")
            return next((known for words, known in _KNOWN_LICENCES if words in first.lower()), first[:80])
    return ""
