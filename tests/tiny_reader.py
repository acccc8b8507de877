"""A tiny encoder in a folder, and readers for it: weights that point at one word. Nothing is trained."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from ragbox.engines.evidence import READING
from tests.adapter_files import Tensors, safetensors, scorer_json

WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", ".", "how", "many", "days", "staff", "get", "30", "trains", "are",
         "booked", "by", "the", "office", "in", "bergen"]  # fmt: skip
WIDE, MIDDLE, RANK = 24, 8, 2
MODULES = {
    "encoder.layer.0.intermediate.dense": (MIDDLE, WIDE), "encoder.layer.0.output.dense": (WIDE, MIDDLE),
}  # fmt: skip
"""(out, in) of two of the encoder's modules, one behind the other."""


def tiny_encoder(folder: Path) -> Path:
    """Save an encoder whose states are each word's own dimension: its other weights are zeros, or next to it."""
    import torch
    from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, processors
    from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

    backend = Tokenizer(models.WordLevel({word: n for n, word in enumerate(WORDS)}, unk_token="[UNK]"))
    backend.normalizer = normalizers.Sequence([normalizers.NFD(), normalizers.Lowercase()])
    letters = pre_tokenizers.Split(Regex("[\u1100-\u11ff]"), "isolated")  # a Hangul syllable is three, as in BERT's
    backend.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.Whitespace(), letters])
    backend.post_processor = processors.BertProcessing(("[SEP]", 3), ("[CLS]", 2))
    names = {"pad_token": "[PAD]", "unk_token": "[UNK]", "cls_token": "[CLS]", "sep_token": "[SEP]"}
    PreTrainedTokenizerFast(tokenizer_object=backend, model_max_length=512, **names).save_pretrained(folder)
    config = BertConfig(
        vocab_size=len(WORDS), hidden_size=WIDE, num_hidden_layers=1, num_attention_heads=2, intermediate_size=MIDDLE,
    )  # fmt: skip
    model = BertModel(config)
    with torch.no_grad():
        noise = torch.Generator().manual_seed(0)
        for name, parameter in model.named_parameters():
            parameter.zero_()
            if name.startswith("encoder.") and parameter.dim() == 2:  # of zeros alone nothing learns
                parameter.normal_(0, 0.02, generator=noise)
        model.embeddings.LayerNorm.weight.fill_(1)
        model.encoder.layer[0].attention.output.LayerNorm.weight.fill_(1)
        model.encoder.layer[0].output.LayerNorm.weight.fill_(1)
        model.embeddings.word_embeddings.weight[: len(WORDS), : len(WORDS)] = torch.eye(len(WORDS))
    model.save_pretrained(folder)
    return folder


def reader_tensors(word: str = "30", seed: int = 0) -> Tensors:
    """Return a reader's tensors: the answer begins and ends where the word is, and a LoRA of small numbers."""
    random, values = np.random.default_rng(seed), dict[str, np.ndarray]()
    for module, (tall, wide) in MODULES.items():
        values[f"{module}.lora_A.weight"] = random.standard_normal((RANK, wide)) / 50
        values[f"{module}.lora_B.weight"] = random.standard_normal((tall, RANK)) / 50
    span = np.zeros((2, WIDE))
    span[:, WORDS.index(word)], span[:, WORDS.index("[CLS]")] = 3.0, 1.0
    values |= {"span.weight": span, "span.bias": np.zeros(2)}
    values |= {"relevance.weight": np.zeros((1, WIDE)), "relevance.bias": np.zeros(1)}
    return {name: ("F32", list(value.shape), value.astype("<f4").tobytes()) for name, value in values.items()}


def reader_folder(
    folder: Path, encoder: str, *, tensors: Tensors | None = None, counts: float = 20.0, **more: Any
) -> Path:
    """Write a scorer with the built-in numbers and a reader, each of whose figures counts so much."""
    folder.mkdir(parents=True, exist_ok=True)
    said = scorer_json() | {"encoder": encoder, "reader": dict.fromkeys(READING, counts)} | more
    (folder / "scorer.json").write_text(json.dumps(said))
    safetensors(folder / "reader.safetensors", reader_tensors() if tensors is None else tensors)
    return folder
