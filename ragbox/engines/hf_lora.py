"""LoRA adapters beside a loaded transformers model, by peft: Hu et al. 2021. Knows layers, no request and no queue.

Each adapter lies in a slot of its own, put in whole or not at all; nothing is merged and nothing replaced in place, so
the model's own weights never change. Switching sets one name in every layer. A layer that no adapter touches any more
is the model's own again.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import BadInput, Unavailable
from .hf_load import SHARE, free_memory, ran_out

if TYPE_CHECKING:
    from torch import Tensor

CONFIG, WEIGHTS = "adapter_config.json", "adapter_model.safetensors"
UNSUPPORTED = (
    "alora_invocation_tokens", "arrow_config", "layer_replication", "lora_bias", "modules_to_save", "target_parameters",
    "trainable_token_indices", "use_bdlora", "use_qalora", "velora_config",
)  # fmt: skip
"""Of peft's options those that change what a model computes in a way that is not built or not tried here."""
_INITS = (None, True, False, "gaussian", "eva", "orthogonal")
"""Beginnings of training that leave the model's own weights as they are; PiSSA and others subtract from them."""
_TENSOR = re.compile(r"(?:base_model\.model\.)?(.+)\.(lora_(?:[AB]|embedding_[AB]|magnitude_vector))(?:\.weight)?")
_PATTERN = re.compile(r"[\w.^]+")
"""A key of alpha_pattern, which peft takes for a regular expression: only such as cannot take for ever."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Lora:
    """An adapter as read from its folder: what its config says, and its tensors by their names, in the model's type."""

    folder: Path
    config: Mapping[str, Any]
    tensors: Mapping[str, Tensor] = field(repr=False)


class Adapters:
    """The adapters of one model. One thread uses it, the one that owns the model; any may `read`."""

    def __init__(self, model: Any, device: Any) -> None:
        self._model, self._device = model, device
        self._slots: dict[str, str] = {}
        self._layers: list[Any] = []
        self._now = ""
        self._count = 0

    @property
    def names(self) -> tuple[str, ...]:
        """Return the adapters that are there, the latest last."""
        return tuple(self._slots)

    def use(self, name: str) -> None:
        """Let the next steps be those of this adapter, "" those of the model alone.

        Raises:
            BadInput: it is not there.
        """
        if name == self._now:
            return
        if name and name not in self._slots:
            raise BadInput(f"The adapter {name} is not attached to the model. Attach it, or ask without one.")
        self._select(name)

    def read(self, folder: Path) -> Lora:
        """Return the adapter in a folder; the model is not touched.

        Raises:
            BadInput: it is none, or has numbers that are not finite.
            Unavailable: memory has no room for it.
        """
        config, tensors = _read(folder)
        size = sum(tensor.numel() for tensor in tensors.values()) * self._model.dtype.itemsize
        if 0 < SHARE * free_memory(self._device) < size:
            raise Unavailable(_no_room(str(folder)))
        for key, tensor in tensors.items():
            if not tensor.isfinite().all():
                raise BadInput(f"{folder / WEIGHTS} has a number in {key} that is not finite. Train it again.")
        typed = {key: tensor.to(self._model.dtype) for key, tensor in tensors.items()}
        return Lora(folder=folder, config=config, tensors=typed)

    def attach(self, name: str, lora: Lora) -> None:
        """Put an adapter beside the others; the one in use stays so.

        Raises:
            BadInput: it is none for this model; all is as before.
            Unavailable: it does not fit; all is as before.
        """
        if name in self._slots:
            return
        self._count += 1
        slot = f"adapter_{self._count}"  # a name of ours may have dots, a module's may not
        try:
            self._put(slot, lora)
        except BaseException as error:
            self._drop(slot)
            if isinstance(error, BadInput | Unavailable) or not isinstance(error, Exception):
                raise
            if ran_out(error):
                raise Unavailable(_no_room(name)) from error
            raise BadInput(f"The adapter {name} does not fit this model: {_first_line(error)}.") from error
        self._slots[name] = slot
        self._select(self._now)  # peft lets what came last be the active one

    def detach(self, name: str) -> None:
        """Free an adapter's memory; where it is in use, the model alone is then."""
        slot = self._slots.pop(name, None)
        if slot is None:
            return
        self._now = "" if self._now == name else self._now
        self._drop(slot)  # nothing else refers to it; looking for cycles would hold the rows up for half a second

    def _put(self, slot: str, lora: Lora) -> None:
        import torch
        from peft import LoraConfig, inject_adapter_in_model

        folder, config, tensors = lora.folder, lora.config, lora.tensors
        modules = sorted({_place(folder, key)[0] for key in tensors})
        found = {module: self._module(folder, module) for module in modules}
        if config.get("use_dora") and getattr(self._model, "is_loaded_in_8bit", False):
            # To take the norms of its weights, peft unpacks them, after which bitsandbytes cannot use them any more.
            raise BadInput(f"{folder / CONFIG} asks for DoRA, which an int8 model cannot do. Load the model as nf4.")
        rank, alpha = int(config.get("r", 8)), config.get("lora_alpha", 8)
        ranks = {_place(folder, key)[0]: len(t) for key, t in tensors.items() if key.endswith("_A.weight")}
        alphas = _alphas(folder, config.get("alpha_pattern") or {}, modules)
        layers = {module: layer for module, layer in found.items() if _is_layer(layer)}
        new = [module for module in modules if module not in layers]
        made = LoraConfig(
            r=rank, lora_alpha=alpha, target_modules=new, lora_dropout=0.0, bias="none", inference_mode=True,
            init_lora_weights=False, use_rslora=bool(config.get("use_rslora")), use_dora=bool(config.get("use_dora")),
            fan_in_fan_out=bool(config.get("fan_in_fan_out")),
            rank_pattern={module: ranks[module] for module in new if ranks.get(module, rank) != rank},
            alpha_pattern={module: alphas[module] for module in new if module in alphas},
        )  # fmt: skip
        # Without numbers at first, which come from the file. peft's own switch for that would let modules that other
        # threads make meanwhile be empty too. DoRA's begin with the norms of the model's weights.
        with nullcontext() if made.use_dora else torch.device("meta"):
            if new:
                inject_adapter_in_model(made, self._model, slot)
                del self._model.peft_config  # where one is left, peft warns of the next
            for module, layer in layers.items():
                its = ranks.get(module, rank), alphas.get(module, alpha)
                if made.use_dora or not layer.lora_A:  # an embedding has its own elsewhere
                    layer.update_layer(slot, its[0], lora_alpha=its[1], target_name=module, config=made)
                else:
                    _add(layer, slot, *its, rslora=made.use_rslora)
        # peft goes by the ends of names. A layer too many would stay without numbers, also for the model alone.
        met = {name for name, module in self._model.named_modules() if _is_layer(module) and slot in module.r}
        if odd := sorted(met ^ found.keys()):
            raise BadInput(f"{folder / WEIGHTS} and peft disagree on {odd[0]}. Train the adapter on other layers.")
        self._fill(folder, slot, tensors)

    def _fill(self, folder: Path, slot: str, tensors: Mapping[str, Tensor]) -> None:
        """Put the tensors into the slot's layers. peft's own way leaves those of an offloaded layer without values."""
        from torch.nn import Parameter

        touched = dict[str, Any]()
        for key, tensor in tensors.items():
            module, part = _place(folder, key)
            layer = touched[module] = self._module(folder, module)
            slots = getattr(layer, part)
            there: Any = dict(slots.items()).get(slot)
            weights = getattr(there, "weight", there)
            if weights is None or weights.shape != tensor.shape:
                wanted = "none" if weights is None else tuple(weights.shape)
                raise BadInput(f"{folder / WEIGHTS}: {key} is {tuple(tensor.shape)}, and the model wants {wanted}.")
            new = Parameter(tensor.to(_device(layer)), requires_grad=False)
            if weights is there:
                slots[slot] = new
            else:
                there.weight = new
        for module, layer in touched.items():
            left = (n for n, p in layer.named_parameters() if f".{slot}" in n and p.device.type == "meta")
            if missing := next(left, ""):
                named = f"{module}.{missing.replace(f'.{slot}', '')}"
                raise BadInput(f"{folder / WEIGHTS} lacks {named}. Save the adapter again.")
            if slot in layer.lora_A and not _reach(layer, slot).isfinite():
                raise BadInput(f"{folder / WEIGHTS} lets the numbers of {module} overflow. Train it with less alpha.")
        self._layers += [layer for layer in touched.values() if layer not in self._layers]

    def _module(self, folder: Path, name: str) -> Any:
        try:
            return self._model.get_submodule(name)
        except AttributeError:
            raise BadInput(f"{folder / WEIGHTS} is for a layer {name} that the model does not have.") from None

    def _select(self, name: str) -> None:
        slots = [self._slots[name]] if name else []
        for layer in self._layers:
            # peft's set_adapter also says of every tensor that it is not trained: 900 us for 14 layers, this takes 70.
            layer._active_adapter = slots
        self._now = name

    def _drop(self, slot: str) -> None:
        """Take a slot out of all layers, and the layers away that have none left."""
        model = self._model
        for name, layer in [(n, m) for n, m in model.named_modules() if _is_layer(m)]:
            layer.set_adapter([], inference_mode=True)
            layer.delete_adapter(slot)
            if not layer.r:
                parent, _, leaf = name.rpartition(".")
                setattr(model.get_submodule(parent), leaf, layer.get_base_layer())
        if hasattr(model, "peft_config"):
            del model.peft_config
        self._layers = _layers(model)
        self._select(self._now)


def _add(layer: Any, slot: str, rank: int, alpha: float, *, rslora: bool) -> None:
    """Make a plain slot in a linear layer. That is what peft's update_layer comes to, which takes longer."""
    from torch import nn

    layer.r[slot], layer.lora_alpha[slot] = rank, alpha
    layer.scaling[slot] = alpha / (math.sqrt(rank) if rslora else rank)
    layer.use_rslora[slot], layer.use_dora[slot], layer.lora_bias[slot] = rslora, False, False
    layer.lora_dropout[slot] = nn.Identity()
    layer.lora_A[slot] = nn.Linear(layer.in_features, rank, bias=False)
    layer.lora_B[slot] = nn.Linear(rank, layer.out_features, bias=False)


def _reach(layer: Any, slot: str) -> Tensor:
    """Return the most that a slot adds to a layer's output, for inputs of up to 1."""
    inner, outer = layer.lora_A[slot].weight.abs(), layer.lora_B[slot].weight.abs()
    return (outer @ inner.sum(1)).max() * layer.scaling[slot]


def _read(folder: Path) -> tuple[dict[str, Any], dict[str, Tensor]]:
    from safetensors.torch import load_file

    try:
        config = json.loads((folder / CONFIG).read_text(encoding="utf-8"))
        tensors = load_file(folder / WEIGHTS)
        if not isinstance(config, dict) or not tensors:
            raise ValueError("it is empty")
    except Exception as error:  # safetensors raises an exception of its own
        raise BadInput(f"The adapter in {folder} cannot be read: {_first_line(error)}. Add it again.") from error
    if config.get("peft_type") != "LORA" or config.get("bias", "none") != "none":
        raise BadInput(f"{folder / CONFIG} is of a kind other than LoRA without biases. Train it as such.")
    odd = [option for option in UNSUPPORTED if config.get(option)]
    if odd or config.get("init_lora_weights") not in _INITS:
        option = odd[0] if odd else f"init_lora_weights={config['init_lora_weights']}"
        raise BadInput(f"{folder / CONFIG} asks for {option}, which ragbox does not take. Train it without.")
    return config, tensors


def _place(folder: Path, key: str) -> tuple[str, str]:
    """Return the layer and the part of it that a tensor is for."""
    found = _TENSOR.fullmatch(key)
    if found is None:
        raise BadInput(f"{folder / WEIGHTS} has a tensor {key}, which is none of LoRA's. Save the adapter alone.")
    return found[1], found[2]


def _alphas(folder: Path, patterns: dict[str, Any], modules: list[str]) -> dict[str, Any]:
    """Return the alpha of each module that a pattern meets, the first one as peft takes it."""
    if odd := [pattern for pattern in patterns if not _PATTERN.fullmatch(pattern)]:
        raise BadInput(f"{folder / CONFIG} has an alpha_pattern {odd[0]!r} that is no name of a module.")
    met = [(m, a) for p, a in reversed(patterns.items()) for m in modules if re.match(rf"(.*\.)?({p})$", m)]
    return dict(met)


def _is_layer(module: Any) -> bool:
    from peft.tuners.lora import LoraLayer

    return isinstance(module, LoraLayer)


def _layers(model: Any) -> list[Any]:
    return [module for module in model.modules() if _is_layer(module)]


def _device(layer: Any) -> Any:
    """Return where a layer computes; the weights of an offloaded one lie elsewhere, and come with accelerate's hook."""
    base = layer.get_base_layer()
    place = getattr(getattr(base, "_hf_hook", None), "execution_device", None)
    return base.weight.device if place is None else place


def _no_room(name: str) -> str:
    return f"There is no room for the adapter {name}: memory ran out. Remove another one, or free memory."


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:300].rstrip(".")
