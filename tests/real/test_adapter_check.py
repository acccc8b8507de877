"""What peft itself writes comes in: the rules are those of its files, not of an idea of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ragbox.adapters import check, config
from ragbox.errors import Rejected

from ..adapter_files import CONFIG
from ..tiny_lm import one_thread, tiny_lm

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore::FutureWarning"),  # peft asks transformers by a name that it gives up
    pytest.mark.filterwarnings("ignore::UserWarning"),  # and warns of a base whose name is a folder, and of tied words
]
_ = pytest.fixture(scope="module", autouse=True)(one_thread)


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_lm(tmp_path_factory.mktemp("models") / "tiny")


def written(base: Path, folder: Path, **options: Any) -> Path:
    """Save an adapter of random numbers as peft does."""
    import torch
    from peft import LoraConfig, get_peft_model
    from transformers import AutoModelForCausalLM

    model = get_peft_model(
        AutoModelForCausalLM.from_pretrained(str(base)), LoraConfig(**{"task_type": "CAUSAL_LM", "r": 4} | options)
    )
    for name, weights in model.named_parameters():
        if "lora_" in name:
            torch.nn.init.normal_(weights.data)
    model.save_pretrained(str(folder), save_embedding_layers=False)
    return folder


@pytest.mark.parametrize(
    ("options", "targets"),
    [
        ({"target_modules": ["q_proj", "v_proj"]}, ("q_proj", "v_proj")),
        (
            {"target_modules": "all-linear", "use_rslora": True},
            ("down_proj", "gate_proj", "k_proj", "o_proj", "q_proj", "up_proj", "v_proj"),
        ),
        ({"target_modules": ["q_proj", "down_proj"], "use_dora": True}, ("down_proj", "q_proj")),
        ({"target_modules": ["embed_tokens", "lm_head"]}, ("embed_tokens", "lm_head")),
        (
            {"target_modules": ["q_proj"], "rank_pattern": {"1.self_attn.q_proj": 8}, "alpha_pattern": {"q_proj": 32}},
            ("q_proj",),
        ),
        ({"target_modules": ["q_proj"], "layers_to_transform": [1]}, ("q_proj",)),
        ({"target_modules": ["q_proj"], "exclude_modules": ["layers.0.self_attn.q_proj"]}, ("q_proj",)),
        ({"target_modules": ["q_proj"], "task_type": None}, ("q_proj",)),
    ],
)
def test_what_peft_saves_comes_in(
    base: Path, tmp_path: Path, options: dict[str, Any], targets: tuple[str, ...]
) -> None:
    assert check.inspect(written(base, tmp_path / "mine", **options), base).targets == targets


def test_what_changes_more_than_lora_does_not(base: Path, tmp_path: Path) -> None:
    with pytest.raises(Rejected, match="says bias = 'lora_only'"):
        check.inspect(written(base, tmp_path / "biases", target_modules=["q_proj"], bias="lora_only"), base)
    with pytest.raises(Rejected, match="says modules_to_save"):
        check.inspect(written(base, tmp_path / "whole", target_modules=["q_proj"], modules_to_save=["lm_head"]), base)


def test_what_peft_writes_is_known_key_by_key() -> None:
    from peft import LoraConfig

    said = LoraConfig(target_modules=["q_proj"], task_type="CAUSAL_LM").to_dict()
    assert {**said, "peft_version": ""}.keys() - {"runtime_config"} == config.KNOWN == CONFIG.keys()
