"""How far a training is, kept so that it goes on as if it had never stopped. Knows tensors and files, no lesson.

One file of safetensors has it all: the adapter's weights, its best weights so far, the optimizer, the random numbers
and, in its header, the position. It is replaced whole or not at all.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import Rejected
from ..sealed import sync

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True, kw_only=True, slots=True)
class Fit:
    """How much goes through the model at once: tokens, padding counted, and whether activations are computed twice.

    It is part of the position: rows summed in other groups give other last bits.
    """

    tokens: int
    recompute: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Measure:
    """An evaluation: loss in nats a token, share of answers foretold whole, and of their FIRST tokens."""

    loss: float
    exact: float
    first: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Position:
    """After `step` steps: what was measured before and at best, and how many evaluations brought nothing since."""

    fit: Fit
    before: Measure
    best: Measure
    step: int = 0
    best_step: int = 0
    waits: int = 0


def save(path: Path, weights: Mapping[str, Tensor], best: Sequence[Tensor], optimizer: Any, position: Position) -> None:
    """Write a checkpoint, the whole of it or nothing."""
    import torch
    from safetensors.torch import save_file

    tensors = {f"weights.{name}": tensor.detach() for name, tensor in weights.items()}
    tensors |= {f"best.{name}": tensor for name, tensor in zip(weights, best, strict=True)}
    for number, state in optimizer.state_dict()["state"].items():
        tensors |= {f"optimizer.{number}.{name}": tensor for name, tensor in state.items()}
    tensors["random.cpu"] = torch.get_rng_state()
    if torch.cuda.is_available():
        tensors["random.cuda"] = torch.cuda.get_rng_state()
    made, said = path.with_name(f".{path.name}.new"), {"position": json.dumps(asdict(position))}
    save_file({name: tensor.contiguous() for name, tensor in tensors.items()}, made, metadata=said)
    with made.open("rb") as stream:
        os.fsync(stream.fileno())
    made.replace(path)
    sync(path.parent)


def restore(path: Path, weights: Mapping[str, Tensor], optimizer: Any) -> tuple[list[Tensor], Position]:
    """Put weights, optimizer and random numbers back as they were; return the best weights and the position.

    Raises:
        Rejected: the checkpoint is damaged, or of another training.
    """
    import torch
    from safetensors import safe_open

    try:
        with safe_open(path, framework="pt") as kept:
            tensors = {name: kept.get_tensor(name) for name in kept.keys()}  # noqa: SIM118 - it is no dictionary
            said = json.loads(kept.metadata()["position"])
        best = [tensors[f"best.{name}"].to(tensor.device) for name, tensor in weights.items()]
        with torch.no_grad():
            for name, tensor in weights.items():
                tensor.copy_(tensors[f"weights.{name}"])
        state: dict[int, dict[str, Tensor]] = {}
        for name, tensor in tensors.items():
            if name.startswith("optimizer."):
                _, number, what = name.split(".")
                state.setdefault(int(number), {})[what] = tensor
        optimizer.load_state_dict({"state": state, "param_groups": optimizer.state_dict()["param_groups"]})
        torch.set_rng_state(tensors["random.cpu"])
        if "random.cuda" in tensors and torch.cuda.is_available():
            torch.cuda.set_rng_state(tensors["random.cuda"])
        return best, Position(
            fit=Fit(**said.pop("fit")), before=Measure(**said.pop("before")), best=Measure(**said.pop("best")), **said
        )
    except Exception as error:  # SafetensorError is a bare Exception
        raise Rejected(
            f"The checkpoint {path.name} of this training cannot be read: {error}. Start the training anew."
        ) from error
