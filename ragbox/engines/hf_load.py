"""Loads a transformers model from a folder, quantized by bitsandbytes. Knows devices and memory, no prompt.

Which quantization `auto` is, measured with 0.22 B random parameters on 2 cores of an AVX2 processor (no bf16
instructions): prompt tokens/s, tokens/s of one row, of eight rows.

    fp32                236    13.1    25.1
    int8, fp32 inside   233     7.0    23.5
    nf4, fp32 inside    219     4.6    21.2
    bf16                 47    18.0    25.0
    nf4, bf16 inside     46     3.8    16.1

Most of the time goes into the prompt, so fp32 it is where it fits, then int8, then nf4. With AVX512-BF16
nf4 is the fastest of all (0.6 B: 19.9 tokens/s, bf16 10.7).
"""

from __future__ import annotations

import gc
import logging
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import BadInput, Unavailable
from .hf_folder import Found

QUANTIZATIONS = ("auto", "nf4", "int8", "bf16", "fp32")
BYTES = {"fp32": 4.0, "bf16": 2.0, "int8": 1.1, "nf4": 0.7}
"""Bytes a parameter, the embeddings that stay unquantized reckoned in for a model of a few billion parameters."""
SHARE = 0.6
"""Of the free memory that weights may take: the rest is for keys, values and everything else on the machine."""


@dataclass(frozen=True, kw_only=True)
class Loaded:
    """A model in memory, the device its inputs go to, and how it stands there. `memory` is in bytes."""

    model: Any
    device: Any
    devices: str
    quantization: str
    memory: int
    parameters: int


def choose(parameters: int, *, gpu: bool, bf16: bool, free: int) -> str:
    """Return what `auto` stands for, given free memory in bytes and whether the processor has bf16 instructions."""
    if gpu or bf16:
        return "nf4"
    return next((q for q in ("fp32", "int8") if parameters * BYTES[q] <= free * SHARE), "nf4")


def load_model(
    found: Found, quantization: str, device_map: str | Mapping[str, Any], max_memory: Mapping[str, str]
) -> Loaded:
    """Load the weights; nothing is read but safetensors of this folder.

    Raises:
        BadInput: there is no such quantization.
        Unavailable: they do not fit, or this transformers cannot load them.
    """
    import torch
    from transformers import AutoModelForCausalLM

    if quantization not in QUANTIZATIONS:
        raise BadInput(f"There is no quantization {quantization!r}. Choose one of {', '.join(QUANTIZATIONS)}.")
    gpu = torch.cuda.is_available() and device_map != "cpu"
    fast = torch.cuda.is_bf16_supported() if gpu else computes_bf16()
    if found.quantized:
        quantization = "as saved"
    elif quantization == "auto":
        quantization = choose(found.parameters, gpu=gpu, bf16=fast, free=free_memory())
    # A GPU without bf16 has fp16; a processor without it is fast in fp32 alone.
    dtype = torch.bfloat16 if fast or quantization == "bf16" else torch.float16 if gpu else torch.float32
    dtype = torch.float32 if quantization == "fp32" else dtype
    # bitsandbytes warns at every product that int8 rounds its inputs.
    logging.getLogger("bitsandbytes.autograd._functions").setLevel(logging.ERROR)
    try:
        # With no attention named, transformers takes sdpa, and eager for the few that cannot (Gemma 2, gpt-oss).
        model: Any = AutoModelForCausalLM.from_pretrained(
            str(found.folder),
            dtype=dtype,
            quantization_config=_bitsandbytes(quantization, dtype, gpu=gpu),
            device_map=dict(device_map) if isinstance(device_map, Mapping) else _place(device_map, gpu, max_memory),
            max_memory={int(k) if k.isdigit() else k: v for k, v in max_memory.items()} or None,
            use_safetensors=True,
            local_files_only=True,
            trust_remote_code=False,
        )
        model.eval()
    except Exception as error:
        release()
        raise Unavailable(
            f"The model in {found.folder} cannot be loaded as {quantization}: {_reason(error)}. "
            "Choose a smaller quantization or model, or correct device_map and max_memory."
        ) from error
    _refuse_disk(found.folder, model)
    return Loaded(
        model=model,
        device=_entry(model),
        devices=" + ".join(sorted({str(p.device) for p in model.parameters()} - {"meta"})),
        quantization=quantization,
        memory=memory(model),
        parameters=found.parameters or int(model.num_parameters()),
    )


def memory(model: Any) -> int:
    """Return the bytes that a model's weights hold, the constants of its quantization with them."""
    tensors = [*model.parameters(), *model.buffers()]
    for weights in model.parameters():
        state = getattr(weights, "quant_state", None)
        for part in (state, getattr(state, "state2", None)):
            tensors += [t for t in (getattr(part, "absmax", None), getattr(part, "code", None)) if t is not None]
        tensors += [t for t in (getattr(weights, "SCB", None),) if t is not None]
    return sum({t.data_ptr(): t.numel() * t.element_size() for t in tensors if t.device.type != "meta"}.values())


def free_memory(device: Any = None) -> int:
    """Return how many bytes are free on a GPU, else of main memory as far as /proc/meminfo tells, else 0."""
    if device is not None and device.type == "cuda":
        import torch

        return int(torch.cuda.mem_get_info(device)[0])
    table = Path("/proc/meminfo")
    lines = table.read_text(encoding="ascii").splitlines() if table.exists() else []
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("MemAvailable")), 0)


def place(device_map: str = "auto") -> tuple[str, int]:
    """Return where a model would be put, "cuda" or "cpu", and how many bytes are free there."""
    # A page asks every two seconds: where nothing has needed torch yet, its import (3 s) is not worth the answer.
    torch: Any = sys.modules.get("torch")
    # `compile` comes late in that import, which another thread may be in the middle of.
    if torch is None or not hasattr(torch, "compile") or device_map == "cpu" or not torch.cuda.is_available():
        return "cpu", free_memory()
    return "cuda", sum(torch.cuda.mem_get_info(n)[0] for n in range(torch.cuda.device_count()))


def computes_bf16() -> bool:
    """Tell whether the processor has bf16 instructions: without them bf16 is five times slower at prompts than fp32."""
    flags = Path("/proc/cpuinfo")
    return flags.exists() and any(f in flags.read_text(encoding="utf-8") for f in ("avx512_bf16", "amx_bf16"))


def ran_out(error: BaseException) -> bool:
    """Tell whether an error says that memory ran out; torch has a class for GPUs alone."""
    import torch

    words = ("out of memory", "can't allocate memory", "not enough memory", "CUBLAS_STATUS_ALLOC_FAILED")
    return isinstance(error, torch.OutOfMemoryError | MemoryError) or (
        isinstance(error, RuntimeError) and any(word in str(error) for word in words)
    )


def release() -> None:
    """Give memory that nothing refers to any more back to the device."""
    import torch

    gc.collect()
    if torch.cuda.is_available():
        torch.cuda.empty_cache()


def _place(device_map: str, gpu: bool, max_memory: Mapping[str, str]) -> str:
    return device_map if gpu or max_memory else "cpu"


def _bitsandbytes(quantization: str, dtype: Any, *, gpu: bool) -> Any:
    import transformers

    config: Any = transformers.BitsAndBytesConfig
    if quantization == "nf4":  # Dettmers et al. 2023, QLoRA
        return config(
            load_in_4bit=True,
            bnb_4bit_quant_type="nf4",
            bnb_4bit_use_double_quant=True,
            bnb_4bit_compute_dtype=dtype,
            llm_int8_enable_fp32_cpu_offload=gpu,
        )
    if quantization == "int8":  # Dettmers et al. 2022, LLM.int8()
        return config(load_in_8bit=True, llm_int8_enable_fp32_cpu_offload=gpu)
    return None


def _refuse_disk(folder: Path, model: Any) -> None:
    places = {str(place) for place in getattr(model, "hf_device_map", {}).values()}
    if "disk" in places:
        raise Unavailable(
            f"The model in {folder} does not fit: parts of it would lie on disk and be read at every token. "
            "Choose a smaller quantization or model, or raise max_memory."
        )


def _entry(model: Any) -> Any:
    """Return the device that tokens are given to: where a model is split, its hooks carry them on."""
    device = model.get_input_embeddings().weight.device
    return device if device.type != "meta" else next(p.device for p in model.parameters() if p.device.type != "meta")


def _reason(error: Exception) -> str:
    return "memory ran out" if ran_out(error) else (str(error).strip().splitlines() or [type(error).__name__])[0][:300]
