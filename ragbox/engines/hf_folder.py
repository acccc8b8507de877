"""Looks a model folder over before any of it is loaded. Knows the files of a transformers model, no tensor.

Weights are code: what would be unpickled, or would bring its own Python, is refused here by name.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import Any

from ..errors import BadInput

PICKLES = (".bin", ".pt", ".pth", ".pkl", ".pickle", ".ckpt", ".npy", ".npz", ".msgpack", ".h5", ".joblib")
"""Endings that transformers, torch or numpy would unpickle or otherwise run."""
LONGEST_JSON = 64 * 2**20
"""Bytes: the largest tokenizer.json in use (256,000 tokens and their merges) has 35 MB."""
SIZES = {
    "hidden_size": 2**17,
    "num_hidden_layers": 1024,
    "num_attention_heads": 4096,
    "vocab_size": 2**22,
    "max_position_embeddings": 2**27,
}
"""Well above any model there is: more than this is a broken or hostile file."""
MIXED = ("full_attention", "sliding_attention", "chunked_attention")


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """A folder that may be loaded. `parameters` are counted in the weights' headers, 0 where they are quantized."""

    folder: Path
    architecture: str
    context: int
    parameters: int
    weights: int
    """Bytes of the safetensors files."""
    quantized: bool = False


def inspect(folder: Path) -> Found:
    """Check a folder and say what is in it, without loading weights.

    Raises:
        BadInput: it is no causal language model in safetensors, or has anything that could run code; the message
            names the file and the remedy.
    """
    if not folder.is_dir():
        raise BadInput(f"There is no model folder {folder}. Name the folder that holds the model's config.json.")
    config = _json(folder, "config.json")
    _refuse_code(folder, config)
    architecture, text = _architecture(folder, config)
    quantized = _quantized(folder, config)
    files = _weights(folder)
    parameters = 0 if quantized else sum(_parameters(file) for file in files)
    if not (folder / "tokenizer.json").is_file():
        raise BadInput(
            f"The model in {folder} has no tokenizer.json. Take a release that has one, or write it once with "
            "AutoTokenizer.from_pretrained(...).save_pretrained(...), away from here."
        )
    _json(folder, "tokenizer.json")
    return Found(
        folder=folder,
        architecture=architecture,
        context=int(text.max_position_embeddings),
        parameters=parameters,
        weights=sum(file.stat().st_size for file in files),
        quantized=quantized,
    )


def _json(folder: Path, name: str) -> dict[str, Any]:
    file = folder / name
    try:
        if file.stat().st_size > LONGEST_JSON:
            raise ValueError(f"it has {file.stat().st_size} bytes, more than {LONGEST_JSON}")
        found = json.loads(file.read_text(encoding="utf-8"))
        if not isinstance(found, dict):
            raise ValueError("it is no object")
    except (OSError, ValueError, RecursionError) as error:
        raise BadInput(
            f"{name} of the model in {folder} cannot be read: {error}. Copy the model again, whole, "
            "in the form transformers saves (GGUF files have an engine of their own)."
        ) from error
    return found


def _refuse_code(folder: Path, config: dict[str, Any]) -> None:
    pickles = sorted(str(p.relative_to(folder)) for p in folder.rglob("*") if p.suffix.lower() in PICKLES)
    if pickles:
        raise BadInput(
            f"The model in {folder} has files that are or may be pickles ({', '.join(pickles[:3])}), which can run "
            "code. Delete them if there are safetensors beside them, or take a release that has safetensors."
        )
    settings = _json(folder, "tokenizer_config.json") if (folder / "tokenizer_config.json").exists() else {}
    for name, found in (("config.json", config), ("tokenizer_config.json", settings)):
        if "auto_map" in found:
            raise BadInput(
                f"{name} of the model in {folder} asks for Python code of its own (auto_map), which is never run. "
                "Take a model whose architecture transformers knows; if it knows this one, delete auto_map."
            )


def _architecture(folder: Path, config: dict[str, Any]) -> tuple[str, Any]:
    """Return the architecture's name and the part of the config that describes the text model."""
    from transformers.models.auto.configuration_auto import CONFIG_MAPPING
    from transformers.models.auto.modeling_auto import MODEL_FOR_CAUSAL_LM_MAPPING_NAMES as CAUSAL

    kind, named = config.get("model_type"), config.get("architectures")
    architecture = str(named[0]) if isinstance(named, list) and named else ""
    known = CAUSAL.get(kind, ()) if isinstance(kind, str) and kind in CONFIG_MAPPING else ()
    if architecture not in ((known,) if isinstance(known, str) else known):
        raise BadInput(
            f"The model in {folder} is a {architecture or 'nameless architecture'} of type {kind}, which this "
            "transformers does not know as a causal language model. Take a text model, or serve this one by a server "
            "of its own and set the engine to remote."
        )
    # Before the config is built, which takes as many steps as it claims to have layers.
    _check_sizes(folder, {name: config[name] for name in SIZES if name in config})
    try:
        text = CONFIG_MAPPING[str(kind)].from_dict(config).get_text_config(decoder=True)
    except Exception as error:  # each architecture checks its own fields in its own way
        raise BadInput(
            f"config.json of the model in {folder} does not describe a {architecture}: {error}. Copy the model again."
        ) from error
    _check_sizes(folder, {name: getattr(text, name, None) for name in SIZES})
    if other := sorted(set(getattr(text, "layer_types", None) or ()) - set(MIXED)):
        raise BadInput(
            f"The model in {folder} has layers of type {', '.join(other)}, whose state cannot be shared in a batch "
            "here. Take a model with attention alone, or serve this one by a server of its own (engine remote)."
        )
    return architecture, text


def _check_sizes(folder: Path, sizes: Mapping[str, object]) -> None:
    for name, size in sizes.items():
        if not isinstance(size, int) or not 0 < size <= SIZES[name]:
            raise BadInput(
                f"config.json of the model in {folder} says {name} = {size}; it must be a number from 1 to "
                f"{SIZES[name]}. Copy the model again."
            )


def _quantized(folder: Path, config: dict[str, Any]) -> bool:
    wanted = config.get("quantization_config")
    method = wanted.get("quant_method", "") if isinstance(wanted, dict) else ""
    if wanted and method != "bitsandbytes":
        raise BadInput(
            f"The model in {folder} is quantized by {method or 'an unnamed method'}; only bitsandbytes is read here. "
            "Take the model's unquantized release (it is quantized as it is loaded), or its GGUF file."
        )
    return bool(wanted)


def _weights(folder: Path) -> list[Path]:
    index = folder / "model.safetensors.index.json"
    if index.exists():
        table = _json(folder, index.name).get("weight_map")
        names = set(table.values()) if isinstance(table, dict) else set()
    else:
        names = {"model.safetensors"}
    strange = [name for name in names if not isinstance(name, str) or Path(name).name != name]
    missing = sorted(name for name in names - set(strange) if not (folder / name).is_file())
    if strange or missing or not names:
        raise BadInput(
            f"The model in {folder} lacks weights: {', '.join(map(str, [*strange, *missing][:3])) or index.name}. "
            "Copy all its safetensors files beside config.json."
        )
    return sorted(folder / name for name in names)


def _parameters(file: Path) -> int:
    return sum(prod(shape) for shape in _shapes(file))


def _shapes(file: Path) -> Iterator[list[int]]:
    from safetensors import safe_open

    try:
        with safe_open(file, framework="np") as weights:
            for name in weights.keys():  # noqa: SIM118 - it is no dictionary
                yield weights.get_slice(name).get_shape()
    except Exception as error:  # SafetensorError, which is a bare Exception
        raise BadInput(f"The weights {file} are broken: {error}. Copy the file again.") from error
