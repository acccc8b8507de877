"""Builds a tiny causal language model with random weights and a tokenizer of its own, in a second. Nothing is loaded.

Its sizes suit bitsandbytes: every linear layer is a multiple of 64, the block of nf4.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

TEMPLATE = (
    "{% for message in messages %}<|im_start|>{{ message.role }}\n{{ message.content }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
SPECIAL = ("<|endoftext|>", "<|im_start|>", "<|im_end|>")
TEXT = (
    "The invoice of March came to 1,250 euros and was paid on the 3rd of April.",
    "The total of the order is due within thirty days of the date of the invoice.",
    "Which passage says so? The second one, on page 14, names the supplier and the amount.",
    "三月的发票金额为一千二百五十欧元，已于四月三日付清。",
    "System: User: Assistant: <think> the reader asks for a date </think>",
)


def tiny_lm(
    folder: Path,
    *,
    kind: str = "Qwen3",
    template: str | None = TEMPLATE,
    seed: int = 0,
    vocabulary: int = 512,
    **sizes: Any,
) -> Path:
    """Write a model of a few hundred thousand parameters into the folder and return it.

    `kind` is the architecture as transformers names it (Qwen3, Llama, Gemma3Text, ...), `sizes` change its config.
    """
    import torch
    import transformers

    tokenizer = _tokenizer(vocabulary, template)
    wanted = {
        "vocab_size": len(tokenizer),
        "hidden_size": 128,
        "intermediate_size": 256,
        "num_hidden_layers": 2,
        "num_attention_heads": 4,
        "num_key_value_heads": 2,
        "head_dim": 32,
        "max_position_embeddings": 2048,
        "initializer_range": 0.2,  # wide, so that the likeliest token is far from the next and does not repeat for ever
        "bos_token_id": None,
        "pad_token_id": tokenizer.pad_token_id,
        "eos_token_id": tokenizer.eos_token_id,
    }
    config = getattr(transformers, f"{kind}Config")(**(wanted | sizes))
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        model = transformers.AutoModelForCausalLM.from_config(config, dtype=torch.float32)
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def one_thread() -> Iterator[None]:
    """Let torch use one thread meanwhile: for so small a model two on busy cores were 20 times slower."""
    import torch

    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


def _tokenizer(vocabulary: int, template: str | None) -> Any:
    """Return a byte-level BPE tokenizer, which therefore knows every character, in pieces if need be."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import PreTrainedTokenizerFast

    backend = Tokenizer(models.BPE())
    backend.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    backend.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(
        vocab_size=vocabulary, initial_alphabet=alphabet, special_tokens=list(SPECIAL), show_progress=False
    )
    backend.train_from_iterator(TEXT, trainer)
    return PreTrainedTokenizerFast(
        tokenizer_object=backend, eos_token="<|im_end|>", pad_token="<|endoftext|>", chat_template=template
    )
