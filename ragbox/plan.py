"""How much memory a language model needs, on what it runs, and what that costs in three years. Pure figures.

`embedding` are the parameters of input and output layer, which bitsandbytes leaves in 16 bits. nf4 has 4.127 bits:
4, for each 64 weights an 8-bit scale, and for each 256 of these a 32-bit one (QLoRA, arXiv:2305.14314). GB: 10^9 bytes.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from .errors import BadInput

FORMULA = """\
weights  = (parameters - embedding) x bits / 8 + embedding x 2 bytes  (bits: nf4 4.127, int8 8, bf16 16, fp32 32)
cache    = 2 x layers x kv_heads x head_dim x 2 bytes x context x users  (keys and values of all tokens)
overhead = 1 GB + 10 % of both  (device context, workspace, gaps)\
"""
"""What `memory` computes, for `users` questions answered at the same time with `context` tokens each."""
GB = 1e9
BITS = {"nf4": 4 + 8 / 64 + 32 / (64 * 256), "int8": 8.0, "bf16": 16.0, "fp32": 32.0}
SHARE = 0.1
BASE = 1.0 * GB
FULL = 0.9
"""The part of a device's memory that is planned with."""
READING = 5.0
"""Tokens a second below which an answer comes slower than it is read."""
YEARS = 3
HOURS = 8760 * YEARS


@dataclass(frozen=True, kw_only=True, slots=True)
class Shape:
    """What of a model's architecture counts. `embedding`: parameters of the input and output layers."""

    parameters: float
    layers: int
    kv_heads: int
    head_dim: int
    embedding: float = 0


KNOWN = {
    "Qwen3-0.6B": Shape(parameters=0.596e9, layers=28, kv_heads=8, head_dim=128, embedding=151_936 * 1024),
    "Qwen3-1.7B": Shape(parameters=1.721e9, layers=28, kv_heads=8, head_dim=128, embedding=151_936 * 2048),
    "Qwen3-4B": Shape(parameters=4.022e9, layers=36, kv_heads=8, head_dim=128, embedding=151_936 * 2560),
    "Llama-3.1-8B": Shape(parameters=8.030e9, layers=32, kv_heads=8, head_dim=128, embedding=2 * 128_256 * 4096),
    "Qwen3-8B": Shape(parameters=8.191e9, layers=36, kv_heads=8, head_dim=128, embedding=2 * 151_936 * 4096),
    "Qwen3-14B": Shape(parameters=14.768e9, layers=40, kv_heads=8, head_dim=128, embedding=2 * 151_936 * 5120),
    "Qwen3-32B": Shape(parameters=32.762e9, layers=64, kv_heads=8, head_dim=128, embedding=2 * 151_936 * 5120),
    "Llama-3.1-70B": Shape(parameters=70.554e9, layers=80, kv_heads=8, head_dim=128, embedding=2 * 128_256 * 8192),
}
"""Open models, from their public configs; one whose shape is not given is planned as the nearest of them."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Memory:
    """Bytes that a model takes in one number format."""

    quantization: str
    weights: float
    cache: float
    overhead: float

    @property
    def total(self) -> float:
        """All of it."""
        return self.weights + self.cache + self.overhead


@dataclass(frozen=True, kw_only=True, slots=True)
class Hardware:
    """What may be bought. Memory in GB, bandwidth in GB/s, power in W; a price of None is not known."""

    gpu_gb: float = 24.0
    gpus_per_box: int = 8
    ram_gb: float = 64.0
    ram_bandwidth: float = 80.0
    price_gpu: float | None = None
    price_box: float | None = None
    price_kwh: float | None = None
    gpu_watts: float = 350.0
    box_watts: float = 400.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Scheme:
    """One way to run the model; `cost` is for three years in the currency of the prices, None where one is missing."""

    name: str
    fits: bool
    reason: str
    quantization: str
    gpus: int
    boxes: int
    cost: float | None


def nearest(parameters: float) -> tuple[str, Shape]:
    """Return the known model of the nearest size, its embedding scaled to this number of parameters.

    Raises:
        BadInput: the number is not one of a language model.
    """
    if not 1e5 <= parameters <= 1e13:
        raise BadInput(f"{parameters:g} parameters are none of a language model. Write 8e9 for 8 billion.")
    name = min(KNOWN, key=lambda n: abs(math.log(KNOWN[n].parameters / parameters)))
    found = KNOWN[name]
    return name, replace(found, parameters=parameters, embedding=found.embedding / found.parameters * parameters)


def memory(shape: Shape, quantization: str, *, context: int, users: int) -> Memory:
    """Return what a model takes in a number format of BITS, by FORMULA.

    Raises:
        BadInput: there is no such format, or a number is not above 0.
    """
    if quantization not in BITS:
        raise BadInput(f"{quantization!r} is no number format. Choose one of {', '.join(BITS)}.")
    if context < 1 or users < 1:
        raise BadInput(f"{context} tokens and {users} users: both must be 1 or more. Correct --context or --users.")
    bits = BITS[quantization]
    weights = (shape.parameters - shape.embedding) * bits / 8 + shape.embedding * max(bits, 16) / 8
    cache = 2.0 * shape.layers * shape.kv_heads * shape.head_dim * 2 * context * users
    return Memory(quantization=quantization, weights=weights, cache=cache, overhead=BASE + SHARE * (weights + cache))


def schemes(shape: Shape, hardware: Hardware, *, context: int, users: int) -> list[Scheme]:
    """Return the four ways to run a model, each with whether it fits and why.

    One box, one GPU: int8 where that fits, else nf4. Several GPUs in one box: bf16, the layers split. vLLM on several
    nodes: bf16, on a power of two of GPUs, as tensor parallelism wants. CPU: nf4 in main memory, where it is fast
    enough: a token of all users reads weights and caches once, so tokens a second are at most bandwidth over both.
    """
    need = {q: memory(shape, q, context=context, users=users) for q in BITS}
    room = hardware.gpu_gb * GB * FULL
    small = next((q for q in ("int8", "nf4") if need[q].total <= room), "nf4")
    gpus = max(1, math.ceil(need["bf16"].total / room)) if room > 0 else 0
    even = 1 << max(0, gpus - 1).bit_length()
    nodes = math.ceil(even / hardware.gpus_per_box)
    ram = hardware.ram_gb * GB * FULL
    pace = hardware.ram_bandwidth * GB / (need["nf4"].weights + need["nf4"].cache)
    fast = f"at most {pace:.1f} tokens/s for each user, {READING:g} are wanted"
    said = {q: f"{need[q].total / GB:.1f} GB in {q}" for q in BITS}
    gpu = f"{room / GB:.1f} GB of a GPU" if room > 0 else "no GPU"

    def scheme(name: str, fits: bool, reason: str, quantization: str, gpus: int, boxes: int) -> Scheme:
        cost = _cost(hardware, gpus, boxes)
        return Scheme(
            name=name, fits=fits, reason=reason, quantization=quantization, gpus=gpus, boxes=boxes, cost=cost
        )  # fmt: skip

    several = 1 <= gpus <= hardware.gpus_per_box
    return [
        scheme("one quantized box", need[small].total <= room, f"{said[small]}, {gpu}", small, 1, 1),
        scheme("several GPUs in one box", several, f"{said['bf16']}: {gpus} x {gpu}", "bf16", gpus, 1),
        scheme(
            "vLLM on several nodes", room > 0, f"{said['bf16']}: {even} x {gpu}, nodes: {nodes}", "bf16", even, nodes
        ),
        scheme(
            "CPU", need["nf4"].total <= ram and pace >= READING,
            f"{said['nf4']}, {ram / GB:.1f} GB of memory; {fast}", "nf4", 0, 1,
        ),
    ]  # fmt: skip


def _cost(hardware: Hardware, gpus: int, boxes: int) -> float | None:
    """Return gpus x price + boxes x price + three years of power, which is counted where its price is known."""
    if hardware.price_box is None or (gpus and hardware.price_gpu is None):
        return None
    bought = gpus * (hardware.price_gpu or 0) + boxes * hardware.price_box
    kwh = (gpus * hardware.gpu_watts + boxes * hardware.box_watts) / 1000 * HOURS
    return bought + kwh * (hardware.price_kwh or 0)
