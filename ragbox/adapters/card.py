"""Writes the card of an adapter that was trained here: what it was made of, and what it does. Knows no training."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_CARD = """---
library_name: peft
tags: [lora, ragbox]
---
# {name}

A LoRA adapter trained by ragbox: rank {rank}, alpha {alpha}, on {targets}. {trained:,} parameters learn, {share:.2%} of
the base model's.

{about}

On {held} held-out lessons, before the training and after it ({lessons} lessons taught, best after step {best} of
{steps}):

| | before | after |
|---|---|---|
| loss, nats a token | {loss_before:.3f} | {loss:.3f} |
| answers foretold whole | {exact_before:.0%} | {exact:.0%} |
| first words foretold | {first_before:.0%} | {first:.0%} |
"""


def card(name: str, config: Mapping[str, Any], figures: Mapping[str, float], about: Mapping[str, str]) -> str:
    """Return README.md: `config` is peft's, `figures` are the training's, `about` lines of what and whence."""
    whole = {key: int(figures[key]) for key in ("trained", "held", "lessons", "steps")}
    shares = ("loss", "loss_before", "exact", "exact_before", "first", "first_before")
    targets = sorted({name.rpartition(".")[2] for name in config["target_modules"]})
    return _CARD.format(
        name=name, rank=config["r"], alpha=config["lora_alpha"], targets=", ".join(targets),
        about="\n".join(f"- {key}: {value}" for key, value in about.items() if value),
        share=figures["trained_share"], best=int(figures["best_step"]), **whole,
        **{key: figures[key] for key in shares},
    )  # fmt: skip
