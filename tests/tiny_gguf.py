"""Writes the tiny model of tiny_lm.py as a GGUF file, weights and tokenizer, as llama.cpp's own converter would."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

NAMES = {
    "model.embed_tokens": "token_embd",
    "model.norm": "output_norm",
    "lm_head": "output",
    "input_layernorm": "attn_norm",
    "post_attention_layernorm": "ffn_norm",
    "self_attn.q_proj": "attn_q",
    "self_attn.k_proj": "attn_k",
    "self_attn.v_proj": "attn_v",
    "self_attn.o_proj": "attn_output",
    "self_attn.q_norm": "attn_q_norm",
    "self_attn.k_norm": "attn_k_norm",
    "mlp.gate_proj": "ffn_gate",
    "mlp.up_proj": "ffn_up",
    "mlp.down_proj": "ffn_down",
}


def tiny_gguf(folder: Path, file: Path, *, template: str | None = None) -> Path:
    """Convert the Qwen3 model in the folder; `template` replaces its chat template, "" leaves it out."""
    from gguf import GGUFWriter, LlamaFileType
    from safetensors.numpy import load_file

    config = json.loads((folder / "config.json").read_text())
    writer = GGUFWriter(file, "qwen3")
    writer.add_name("tiny")
    writer.add_file_type(LlamaFileType.ALL_F32)
    writer.add_context_length(config["max_position_embeddings"])
    writer.add_embedding_length(config["hidden_size"])
    writer.add_block_count(config["num_hidden_layers"])
    writer.add_feed_forward_length(config["intermediate_size"])
    writer.add_head_count(config["num_attention_heads"])
    writer.add_head_count_kv(config["num_key_value_heads"])
    writer.add_key_length(config["head_dim"])
    writer.add_value_length(config["head_dim"])
    writer.add_layer_norm_rms_eps(config["rms_norm_eps"])
    writer.add_rope_freq_base(config["rope_parameters"]["rope_theta"])
    _tokenizer(writer, folder, template, config["vocab_size"])
    for name, weights in load_file(folder / "model.safetensors").items():
        writer.add_tensor(_name(name), weights.astype("float32"))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return file


def _name(name: str) -> str:
    stem, _, kind = name.rpartition(".")
    if not stem.startswith("model.layers."):
        return f"{NAMES[stem]}.{kind}"
    layer, _, part = stem.removeprefix("model.layers.").partition(".")
    return f"blk.{layer}.{NAMES[part]}.{kind}"


def _tokenizer(writer: Any, folder: Path, template: str | None, size: int) -> None:
    """Write its tokens, and unused ones for the rest of the rows of the embeddings."""
    from gguf import TokenType
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(str(folder))
    model = json.loads(tokenizer.backend_tokenizer.to_str())["model"]
    vocabulary = sorted(tokenizer.get_vocab().items(), key=lambda pair: pair[1])
    vocabulary += [(f"<unused {n}>", n) for n in range(len(vocabulary), size)]
    added = {str(mark) for mark in tokenizer.added_tokens_decoder.values()}
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("gpt-2")
    writer.add_token_list([token for token, _ in vocabulary])
    writer.add_token_types([TokenType.CONTROL if token in added else TokenType.NORMAL for token, _ in vocabulary])
    writer.add_token_merges([" ".join(pair) for pair in model["merges"]])
    writer.add_eos_token_id(tokenizer.eos_token_id)
    writer.add_pad_token_id(tokenizer.pad_token_id)
    writer.add_add_bos_token(False)
    if template != "":
        writer.add_chat_template(template or tokenizer.chat_template)


def tiny_gguf_lora(folder: Path, file: Path) -> Path:
    """Convert the adapter of tiny_lora.py in the folder, as llama.cpp's convert_lora_to_gguf.py would."""
    from gguf import GGUFWriter
    from safetensors.numpy import load_file

    file.parent.mkdir(exist_ok=True)
    config = json.loads((folder / "adapter_config.json").read_text())
    writer = GGUFWriter(file, "qwen3")
    writer.add_type("adapter")
    writer.add_string("adapter.type", "lora")
    writer.add_float32("adapter.lora.alpha", float(config["lora_alpha"]))
    for name, weights in load_file(folder / "adapter_model.safetensors").items():
        module, _, part = name.removeprefix("base_model.model.").removesuffix(".weight").rpartition(".")
        writer.add_tensor(f"{_name(module + '.weight')}.{part.lower()}", weights.astype("float32"))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return file
