"""A name model from a folder: names joined from tokens, offsets kept, what cannot be used refused by name."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ragbox.engines.ner import NerModel
from ragbox.errors import BadInput

WORDS = ["[UNK]", "anna", "maria", "li", "lives", "in", "london"]


def saved(folder: Path, labels: list[str]) -> Path:
    """Save a tiny token classification model that tells each word by its embedding alone."""
    import torch
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers
    from transformers import BertConfig, BertForTokenClassification, PreTrainedTokenizerFast

    backend = Tokenizer(models.WordLevel({word: n for n, word in enumerate(WORDS)}, unk_token="[UNK]"))
    backend.normalizer = normalizers.Lowercase()
    backend.pre_tokenizer = pre_tokenizers.Whitespace()
    PreTrainedTokenizerFast(tokenizer_object=backend, unk_token="[UNK]", pad_token="[UNK]").save_pretrained(folder)
    config = BertConfig(
        vocab_size=len(WORDS), hidden_size=8, num_hidden_layers=0, num_attention_heads=1, intermediate_size=8,
        id2label=dict(enumerate(labels)), label2id={label: n for n, label in enumerate(labels)},
    )  # fmt: skip
    model = BertForTokenClassification(config)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.zero_()
        model.bert.embeddings.LayerNorm.weight.fill_(1)
        for word, label in enumerate((0, 1, 2, 2, 0, 0, 3)):
            model.bert.embeddings.word_embeddings.weight[word, label] = 1
        model.classifier.weight[:4, :4] = torch.eye(4) * 20
    model.save_pretrained(folder)
    return folder


def test_names_are_joined_from_their_tokens(tmp_path: Path) -> None:
    model = NerModel(saved(tmp_path, ["O", "B-PER", "I-PER", "B-LOC"]))
    model.load()
    text = "Anna Maria Li lives in London"
    found = model.find(text)
    assert [(text[start:end], entity) for start, end, entity, _ in found] == [
        ("Anna Maria Li", "PERSON"), ("London", "ADDRESS"),
    ]  # fmt: skip
    assert all(score > 0.9 for *_, score in found)


def test_a_name_at_the_end_of_the_longest_run_is_read_and_a_longer_text_refused(tmp_path: Path) -> None:
    model = NerModel(saved(tmp_path, ["O", "B-PER", "I-PER", "B-LOC"]))
    text = "in " * 300 + "Anna"
    assert [(start, end) for start, end, *_ in model.find(text)] == [(900, 904)]
    with pytest.raises(ValueError, match="385 tokens"):
        model.find("in " * 384 + "Anna")


def test_another_model_in_the_folder_has_another_identity(tmp_path: Path) -> None:
    folder = saved(tmp_path / "a", ["O", "B-PER", "I-PER", "B-LOC"])
    found = {NerModel(folder).identity, NerModel(folder).identity}
    assert len(found) == 1
    saved(tmp_path / "b", ["O", "B-PER", "I-PER", "B-LOC"])
    os.utime(folder / "model.safetensors", ns=(1, 1))  # other weights of the same size
    found |= {NerModel(folder).identity, NerModel(tmp_path / "b").identity, NerModel(tmp_path / "none").identity}
    assert len(found) == 4


def test_a_model_without_people_and_places_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="neither people nor places"):
        NerModel(saved(tmp_path, ["O", "B-X", "I-X", "B-Y"])).load()


def test_a_folder_without_safetensors_or_without_a_model_is_refused(tmp_path: Path) -> None:
    folder = saved(tmp_path, ["O", "B-PER", "I-PER", "B-LOC"])
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")
    with pytest.raises(BadInput, match="safetensors"):
        NerModel(folder).load()
    with pytest.raises(BadInput, match=r"config\.json"):
        NerModel(tmp_path / "none").load()
