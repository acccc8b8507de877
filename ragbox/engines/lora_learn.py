"""A quantized base with a fresh LoRA adapter on it: its loss, its gradient, what memory holds. Knows no lesson's text.

Only the adapter learns: the base keeps its four bits, and its gradient is never made.
"""

from __future__ import annotations

import inspect as signatures
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import Unavailable
from . import lora_data
from .hf_folder import Found
from .hf_load import BYTES, SHARE, free_memory, load_model
from .lora_data import Example
from .lora_state import Fit, Measure

if TYPE_CHECKING:
    from torch import Tensor

FIRST = 4
"""Tokens of an answer whose beginning is measured."""
ACTIVATIONS = 34
"""Values kept for each token, layer and unit of width until the gradient comes (Korthikanti et al. 2022, 4.1)."""
CPU_TOKENS, GPU_TOKENS = 2048, 16384
"""Most tokens put through at once: a processor gains nothing beyond, and loses by the padding."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """What is to be trained and how. `epochs` go through all lessons, `steps` (0: none) is a limit below that.

    `rows` lessons make a step; `longest` tokens may a lesson have; `held` is the share of questions held out.
    """

    base: str
    name: str
    quantization: str = "nf4"
    device_map: str = "auto"
    rank: int = 16
    alpha: int = 32
    dropout: float = 0.0
    rate: float = 2e-4
    epochs: int = 3
    steps: int = 0
    rows: int = 8
    longest: int = 4096
    held: float = 0.15
    seed: int = 0
    threads: int = 1


@dataclass(frozen=True, kw_only=True)
class Learner:
    """The base with its adapter: `weights` are those that learn. `narrow` says that scores can be asked for in part."""

    model: Any
    device: Any
    padding: int
    narrow: bool
    weights: dict[str, Tensor]
    parameters: int


def load(plan: Plan, found: Found, tokenizer: Any) -> Learner:
    """Load the base and put a fresh adapter on it.

    Raises:
        Unavailable: memory does not hold the base.
    """
    import torch
    from peft import LoraConfig, get_peft_model

    gpu = torch.cuda.is_available() and plan.device_map != "cpu"
    free = free_memory(torch.device("cuda") if gpu else None)
    needs = found.parameters * BYTES.get(plan.quantization, 0.0)
    if free and needs > free:
        raise Unavailable(
            f"The model {plan.name} takes {needs / 1e9:.1f} GB once more beside the one that answers, and "
            f"{free / 1e9:.1f} GB are free. Train while no model is loaded, or on a smaller one."
        )
    loaded = load_model(found, plan.quantization, plan.device_map, {})
    narrow = "logits_to_keep" in signatures.signature(loaded.model.forward).parameters
    torch.manual_seed(plan.seed)
    for weight in loaded.model.parameters():
        weight.requires_grad_(False)
    config = LoraConfig(
        task_type="CAUSAL_LM", r=plan.rank, lora_alpha=plan.alpha, lora_dropout=plan.dropout,
        target_modules="all-linear",
    )  # fmt: skip
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)  # peft 0.21 asks transformers by a name that is to go
        model: Any = get_peft_model(loaded.model, config)
    # peft would note where the base lies on this machine.
    model.peft_config["default"].base_model_name_or_path = plan.name
    padding = tokenizer.pad_token_id if tokenizer.pad_token_id is not None else tokenizer.eos_token_id
    return Learner(
        model=model, device=loaded.device, padding=int(padding), narrow=narrow, parameters=loaded.parameters,
        weights={name: weight for name, weight in model.named_parameters() if weight.requires_grad},
    )  # fmt: skip


def fit(learner: Learner, longest: int) -> Fit:
    """Return what fits into memory: activations are computed twice only where they do not all fit.

    Raises:
        Unavailable: a lesson of `longest` tokens does not.
    """
    text = learner.model.config.get_text_config(decoder=True)
    layers, size = text.num_hidden_layers, text.hidden_size * next(iter(learner.weights.values())).element_size()
    free = free_memory(learner.device)
    most = GPU_TOKENS if learner.device.type == "cuda" else CPU_TOKENS
    for recompute, each in ((False, ACTIVATIONS * layers * size), (True, (2 * layers + ACTIVATIONS) * size)):
        room = int(free * SHARE / each) if free else most
        if room >= longest:
            return Fit(tokens=min(room, most), recompute=recompute)
    raise Unavailable(
        f"A lesson has {longest} tokens, and memory ({free / 1e9:.1f} GB free) holds {room} in training. "
        "Allow shorter lessons only, or train on a smaller model."
    )


def measure(learner: Learner, examples: Sequence[Example], fit: Fit) -> Measure:
    """Return how well the answers are foretold, the true beginning of each being given."""
    import torch

    _rest(learner.model)
    loss, tokens, exact, first = 0.0, 0, 0, 0
    with torch.no_grad():
        for group in lora_data.batches(examples, fit.tokens):
            batch = lora_data.pad(group, learner.padding, learner.device)
            logits = _logits(learner, batch)
            loss += float(_loss(logits, batch.answers))
            tokens += int((batch.answers >= 0).sum())
            right = (logits.argmax(-1) == batch.answers) | (batch.answers < 0)
            exact += int(right.all(1).sum())
            first += int(right[:, :FIRST].all(1).sum())
    return Measure(loss=loss / tokens, exact=exact / len(examples), first=first / len(examples))


def gradient(learner: Learner, rows: Sequence[Example], fit: Fit) -> float:
    """Leave the gradient of a step's loss in the weights, and return the loss in nats a token."""
    learner.model.train()
    if fit.recompute:
        learner.model.activation_checkpointing_enable({"use_reentrant": False})
    for weight in learner.weights.values():
        weight.grad = None
    tokens = sum(len(one.answer) for one in rows)
    total = 0.0
    for group in lora_data.batches(rows, fit.tokens):
        batch = lora_data.pad(group, learner.padding, learner.device)
        loss = _loss(_logits(learner, batch), batch.answers) / tokens
        loss.backward()  # type: ignore[no-untyped-call]
        total += float(loss.detach())
    return total


def _rest(model: Any) -> None:
    """Switch off what learning draws by chance.

    4-bit layers know no chance and stay: on a processor with AVX512-BF16 bitsandbytes 0.50 packs the weights of one
    that has left training in a way of its own, through which no gradient passes, for good and with a warning alone.
    """
    from bitsandbytes.nn.modules import Linear4bit

    model.eval()
    for module in model.modules():
        if isinstance(module, Linear4bit):
            module.training = True


def write(learner: Learner, folder: Path) -> None:
    """Write the adapter as peft reads it."""
    from peft import get_peft_model_state_dict
    from safetensors.torch import save_file

    folder.mkdir(exist_ok=True)
    config = learner.model.peft_config["default"]
    config.inference_mode = True
    config.target_modules = sorted(config.target_modules)  # a set, which is written in another order each time
    config.save_pretrained(folder)
    found = get_peft_model_state_dict(learner.model, save_embedding_layers=False)
    save_file({name: tensor.contiguous().cpu() for name, tensor in found.items()}, folder / "adapter_model.safetensors")


def _logits(learner: Learner, batch: lora_data.Batch) -> Tensor:
    """Return the scores that foretell each token of the answers: of the prompts they would be most of the work."""
    right = batch.answers.shape[1] + 1
    part: dict[str, Any] = {"logits_to_keep": right} if learner.narrow else {}
    out = learner.model(
        input_ids=batch.tokens, attention_mask=batch.mask, position_ids=batch.places, use_cache=False, **part
    )
    logits: Tensor = out.logits[:, -right:-1].float()
    return logits


def _loss(logits: Tensor, answers: Tensor) -> Tensor:
    from torch.nn.functional import cross_entropy

    return cross_entropy(logits.flatten(0, 1), answers.flatten(), ignore_index=-100, reduction="sum")
