"""Reads peft's adapter_config.json by a table of what it may say. Imports no peft and follows no reference.

A key that is not in the table is refused by name: a newer peft's options change what the weights mean.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .refusal import read_json, refuse

NAME = "adapter_config.json"
MOST_RANK = 1024
_MODULE = re.compile(r"\^?\w[\w.]{0,199}", re.ASCII)
"""peft takes these names as regular expressions; one that only names cannot run for ever."""
_LIBRARY = re.compile(r"transformers(\.\w+)*")
_SAVE = "Train or save the adapter as plain LoRA with peft."


def _count(value: Any, most: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= most


def _positive(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 < value <= 1e6 and math.isfinite(value)


def _flag(value: Any) -> bool:
    return isinstance(value, bool)


def _nothing(value: Any) -> bool:
    return value is None or value is False or value in ({}, [])


def _words(value: Any) -> bool:
    return value is None or (isinstance(value, str) and len(value) <= 1000)


def _names(value: Any) -> bool:
    listed = isinstance(value, list) and all(isinstance(n, str) and _MODULE.fullmatch(n) for n in value)
    return listed and 1 <= len(value) <= 10_000


def _perhaps_names(value: Any) -> bool:
    return value is None or _names([value] if isinstance(value, str) else value)


def _layers(value: Any) -> bool:
    return value is None or all(n == 0 or _count(n, 10_000) for n in (value if isinstance(value, list) else [value]))


def _per_module(rule: Callable[[Any], bool]) -> Callable[[Any], bool]:
    def check(value: Any) -> bool:
        return isinstance(value, dict) and all(_MODULE.fullmatch(n) and rule(v) for n, v in value.items())

    return check


def _own_class(value: Any) -> bool:
    if value is None:
        return True
    known = isinstance(value, dict) and value.keys() <= {"base_model_class", "parent_library"}
    return known and bool(_LIBRARY.fullmatch(str(value.get("parent_library", "transformers"))))


_UNSUPPORTED = (
    "alora_invocation_tokens", "arrow_config", "corda_config", "ensure_weight_tying", "eva_config", "kasa_config",
    "layer_replication", "loftq_config", "lora_bias", "lora_ga_config", "megatron_config", "modules_to_save",
    "monteclora_config", "target_parameters", "trainable_token_indices", "use_bdlora", "use_qalora",
    "velora_config",
)  # fmt: skip
_RULES: dict[str, tuple[Callable[[Any], bool], str]] = {
    **dict.fromkeys(_UNSUPPORTED, (_nothing, "is not supported here")),
    "alpha_pattern": (_per_module(_positive), "must name modules, each with a number above 0"),
    "auto_mapping": (_own_class, "names a class that is not of transformers"),
    "base_model_name_or_path": (_words, "must be a text"),
    "bias": (lambda v: v == "none", 'must be "none"'),
    "exclude_modules": (_perhaps_names, "must be a list of module names, no expression"),
    "fan_in_fan_out": (_flag, "must be true or false"),
    "inference_mode": (_flag, "must be true or false"),
    "init_lora_weights": (
        lambda v: v in (None, True, False, "gaussian", "orthogonal"), "changes the base model, or is not known",
    ),
    "layers_pattern": (_perhaps_names, "must be a module name, no expression"),
    "layers_to_transform": (_layers, "must be a list of layer numbers"),
    "lora_alpha": (_positive, "must be a number above 0"),
    "lora_dropout": (lambda v: v == 0 or (_positive(v) and v < 1), "must be from 0 to below 1"),
    "megatron_core": (lambda v: v in (None, "megatron.core"), "would import another package"),
    "peft_type": (lambda v: v == "LORA", 'must be "LORA"'),
    "peft_version": (_words, "must be a text"),
    "qalora_group_size": (lambda v: _count(v, 1 << 20), "must be a number"),
    "r": (lambda v: _count(v, MOST_RANK), f"must be from 1 to {MOST_RANK}"),
    "rank_pattern": (
        _per_module(lambda v: _count(v, MOST_RANK)), f"must name modules, each with a rank from 1 to {MOST_RANK}",
    ),
    "revision": (_words, "must be a text"),
    "target_modules": (_names, "must be a list of module names, no expression"),
    "task_type": (lambda v: v in (None, "CAUSAL_LM"), 'must be "CAUSAL_LM"'),
    "use_dora": (_flag, "must be true or false"),
    "use_rslora": (_flag, "must be true or false"),
}  # fmt: skip
KNOWN = frozenset(_RULES)
"""What peft 0.21 writes."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Config:
    """What of the config says which tensors there must be. `ranks` are places and ranks of the patterns, in order."""

    base: str
    rank: int
    alpha: float
    targets: tuple[str, ...]
    ranks: dict[str, tuple[int, int]] = field(default_factory=dict)
    everywhere: bool = True
    """Each module of a target's name is changed, not those of some layers."""
    transposed: bool = False
    """The base keeps its matrices as (in, out)."""
    dora: bool = False
    """Each module has a vector of magnitudes too (Liu et al. 2024)."""

    def rank_of(self, module: str) -> int:
        """Return the rank of a module; as in peft, the first pattern that ends its name counts."""
        ends = endings(module) | {f"^{module}"}
        return min((self.ranks[name] for name in ends if name in self.ranks), default=(0, self.rank))[1]


def endings(module: str) -> set[str]:
    """Return the names that a module answers to: a.b.c, b.c and c."""
    parts = module.split(".")
    return {".".join(parts[n:]) for n in range(len(parts))}


def read(folder: Path) -> Config:
    """Return what adapter_config.json says.

    Raises:
        Rejected: it says what is not known, not supported or not sane.
    """
    found = read_json(folder / NAME)
    if "peft_type" not in found or "target_modules" not in found or "r" not in found:
        raise refuse(NAME, "lacks peft_type, r or target_modules", "Save the adapter with peft's save_pretrained.")
    if strange := sorted(found.keys() - KNOWN):
        raise refuse(
            NAME,
            f"has the unknown key {strange[0][:80]!r}",
            "Save it with peft 0.21, or take the key out if it is unused.",
        )
    for key, value in found.items():
        rule, wanted = _RULES[key]
        if not rule(value):
            raise refuse(NAME, f"says {key} = {str(value)[:80]!r}, which {wanted}", _SAVE)
    return Config(
        base=(found.get("base_model_name_or_path") or "").rstrip("/").rpartition("/")[2][:200],
        rank=found["r"], alpha=float(found.get("lora_alpha", 8)), targets=tuple(sorted(set(found["target_modules"]))),
        ranks={name: (n, rank) for n, (name, rank) in enumerate(found.get("rank_pattern", {}).items())},
        everywhere=found.get("layers_to_transform") is None and not found.get("exclude_modules"),
        transposed=found.get("fan_in_fan_out", False), dora=found.get("use_dora", False),
    )  # fmt: skip
