"""What the generation bench measures, and beside what: a model of a real architecture with random weights, saved here;
plain `generate` of transformers, one text after another; its continuous batching. Nothing is loaded from elsewhere.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

from ..tiny_gguf import tiny_gguf
from ..tiny_lm import tiny_lm

SIZES = {
    "tiny": (128, 384, 2, 2, 1, 4_096, True),
    "0.2": (768, 2304, 20, 8, 4, 65_536, True),
    "0.6": (1024, 3072, 28, 16, 8, 151_936, True),
    "1.7": (2048, 6144, 28, 16, 8, 151_936, True),
    "4": (2560, 9728, 36, 32, 8, 151_936, True),
    "8": (4096, 12288, 36, 32, 8, 151_936, False),
}
"""Of Qwen3 by billions of parameters: hidden, intermediate, layers, heads, key/value heads, vocabulary, tied."""
TEMPLATE = (
    "{% for m in messages %}<|im_start|> {{ m.role }} {{ m.content }} <|im_end|> {% endfor %}"
    "{% if add_generation_prompt %}<|im_start|> assistant{% endif %}"
)


def save(folder: Path, size: str, *, gpu: bool) -> Path:
    """Write the model in bf16 and a tokenizer whose every word is one token; keep one that is there already."""
    import torch
    import transformers

    if (folder / "tokenizer.json").exists():
        return folder
    hidden, inner, layers, heads, groups, vocabulary, tied = SIZES[size]
    config = transformers.Qwen3Config(
        vocab_size=vocabulary, hidden_size=hidden, intermediate_size=inner, num_hidden_layers=layers,
        num_attention_heads=heads, num_key_value_heads=groups, head_dim=hidden // heads if size == "tiny" else 128,
        max_position_embeddings=40_960, tie_word_embeddings=tied, bos_token_id=None, eos_token_id=1, pad_token_id=0,
    )  # fmt: skip
    torch.manual_seed(0)
    with torch.device("cuda" if gpu else "cpu"):
        model = transformers.AutoModelForCausalLM.from_config(config, dtype=torch.bfloat16)
    model.save_pretrained(folder)
    tokenizer(vocabulary).save_pretrained(folder)  # last: where it is, all is
    return folder


def save_gguf(folder: Path, size: str) -> Path:
    """Write a model of the same sizes for llama.cpp, as Q4_K_M; keep one that is there already."""
    import llama_cpp

    file = folder / "model-Q4_K_M.gguf"
    if file.exists():
        return file
    hidden, inner, layers, heads, groups, vocabulary, tied = SIZES[size]
    with TemporaryDirectory(dir=folder) as scratch:
        source = tiny_lm(
            Path(scratch, "source"), hidden_size=hidden, intermediate_size=inner, num_hidden_layers=layers,
            num_attention_heads=heads, num_key_value_heads=groups, head_dim=hidden // heads if size == "tiny" else 128,
            vocab_size=vocabulary, tie_word_embeddings=tied, max_position_embeddings=40_960,
        )  # fmt: skip
        whole, small = tiny_gguf(source, Path(scratch, "f32.gguf")), Path(scratch, file.name)
        params = llama_cpp.llama_model_quantize_default_params()
        params.ftype = llama_cpp.LLAMA_FTYPE_MOSTLY_Q4_K_M
        if llama_cpp.llama_model_quantize(str(whole).encode(), str(small).encode(), params):
            raise SystemExit(f"llama.cpp cannot quantize {whole}")
        small.rename(file)
    return file


def tokenizer(vocabulary: int) -> Any:
    from tokenizers import Tokenizer, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast

    names = ["<|endoftext|>", "<|im_end|>", "<|im_start|>", "system", "user", "assistant"]
    names += [f"w{n}" for n in range(vocabulary - len(names))]
    backend = Tokenizer(models.WordLevel({name: n for n, name in enumerate(names)}, unk_token=names[0]))
    backend.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    return PreTrainedTokenizerFast(
        tokenizer_object=backend, eos_token=names[1], pad_token=names[0], chat_template=TEMPLATE,
        additional_special_tokens=[names[2]],
    )  # fmt: skip


def words(count: int, seed: int) -> str:
    """Return so many words, other ones for every seed."""
    draw = random.Random(seed)
    return " ".join(f"w{draw.randrange(4_000)}" for _ in range(count))


class Transformers:
    """The same weights, quantized the same way, in the hands of transformers alone."""

    def __init__(self, folder: Path, quantization: str, device: str) -> None:
        from transformers import AutoTokenizer

        from ragbox.engines.hf_folder import inspect
        from ragbox.engines.hf_load import load_model

        loaded = load_model(inspect(folder), quantization, device, {})
        self.model, self.device = loaded.model, loaded.device
        self.tokenizer = AutoTokenizer.from_pretrained(folder)

    def tokens(self, text: str) -> list[int]:
        return self.tokenizer.apply_chat_template(
            [{"role": "user", "content": text}], add_generation_prompt=True, return_dict=False
        )

    def plain(self, texts: Sequence[str], answer: int) -> float:
        """Return tokens a second of `generate`, one text after another."""
        import torch

        start, written = perf_counter(), 0
        for text in texts:
            ids = torch.tensor([self.tokens(text)], device=self.device)
            found = self.model.generate(
                ids, attention_mask=torch.ones_like(ids), max_new_tokens=answer, do_sample=False
            )
            written += found.shape[1] - ids.shape[1]
        return written / (perf_counter() - start)

    def continuous(self, texts: Sequence[str], answer: int) -> float:
        """Return tokens a second of continuous batching, all texts given at once."""
        from transformers import GenerationConfig

        config = GenerationConfig(max_new_tokens=answer, do_sample=False, eos_token_id=1, pad_token_id=0)
        start = perf_counter()
        found = self.model.generate_batch([self.tokens(t) for t in texts], generation_config=config, warmup=False)
        return sum(len(one.generated_tokens) for one in found.values()) / (perf_counter() - start)
