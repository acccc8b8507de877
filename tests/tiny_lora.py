"""Writes LoRA adapters with random weights for the tiny model of tiny_lm.py: each lets it say something else."""

from __future__ import annotations

import json
import warnings
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from ragbox.adapters.loaded import Loaded
from ragbox.versions import Versions


@cache
def _base(folder: Path) -> Any:
    from transformers import AutoModelForCausalLM

    return AutoModelForCausalLM.from_pretrained(str(folder))


def tiny_lora(base: Path, folder: Path, *, seed: int = 1, size: float = 1.0, **options: Any) -> Path:
    """Write an adapter for the model in `base`; `options` change its config, `size` multiplies one of its matrices."""
    import torch
    from peft import LoraConfig, get_peft_model

    wanted = {"r": 4, "lora_alpha": 8, "target_modules": "all-linear", "init_lora_weights": False} | options
    with warnings.catch_warnings(), torch.random.fork_rng(devices=[]):
        warnings.simplefilter("ignore")  # peft asks transformers in ways that it is about to give up
        torch.manual_seed(seed)
        made = get_peft_model(_base(base), LoraConfig(**wanted))
        with torch.no_grad():
            for name, weights in made.named_parameters():
                if "lora_B" in name:
                    weights.mul_(size)
        made.save_pretrained(str(folder))
        made.unload()
    config = folder / "adapter_config.json"
    said = json.loads(config.read_text())
    config.write_text(json.dumps(said | {"init_lora_weights": True}))
    return folder


def change(folder: Path, to: Path, key: str, how: Any) -> Path:
    """Write a copy of an adapter in which the first tensor with `key` in its name is what `how` makes of it."""
    from safetensors.torch import load_file, save_file

    to.mkdir()
    (to / "adapter_config.json").write_bytes((folder / "adapter_config.json").read_bytes())
    tensors = load_file(folder / "adapter_model.safetensors")
    name = next(n for n in sorted(tensors) if key in n)
    tensors[name] = how(tensors[name]).contiguous()
    save_file(tensors, to / "adapter_model.safetensors")
    return to


class Shelf:
    """Stands in for the adapter store: any key leads to the folder that `folders` has for what comes before "@"."""

    def __init__(self, **folders: Path) -> None:
        self.folders = folders
        self.versions = Versions(Path("nowhere"), "adapter")

    def find(self, key: str) -> Any:
        return SimpleNamespace(key=key, folder=self.folders[key.partition("@")[0]])

    def check(self, adapter: Any) -> None:
        assert adapter.folder.is_dir()


def loaded(llm: Any, most: int = 8, **folders: Path) -> Loaded:
    """Return what brings adapters from these folders to a model."""
    return Loaded(llm, Shelf(**folders), most=most)  # type: ignore[arg-type]
