"""Trains a LoRA adapter on a quantized base, in a child process: `python -m ragbox.engines.lora_train FOLDER`.

QLoRA (Dettmers et al. 2023, arXiv:2305.14314) by peft: the base stands in nf4 and is not touched, the gradient goes
through the adapter alone, the loss is taken on the answers. The folder has plan.json and lessons.jsonl; it gets
curve.jsonl, checkpoint.safetensors and adapter/. Started again, it goes on at the checkpoint: in as many threads on the
same machine the weights come out the same, bit by bit, as without the break.
"""

from __future__ import annotations

import fcntl
import json
import random
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from time import monotonic
from typing import Any

from .. import helper
from ..errors import RagboxError, Rejected, Unavailable
from . import lora_data, lora_learn, lora_state
from .hf import end_tokens, read_tokenizer
from .hf_chat import Chat
from .hf_folder import inspect
from .hf_load import ran_out, release
from .lora_data import Example
from .lora_learn import Learner, Plan
from .lora_state import Position

EVALUATIONS = 10
"""Evaluations of a training, one after each tenth of its steps."""
PATIENCE = 3
"""Evaluations without a gain after which it ends."""
GAIN = 0.002
"""Share of the held-out loss that counts as a gain."""
WARM = 0.05
"""Share of the steps in which the learning rate rises; after that it falls to nothing in a straight line."""
CHECKPOINT_SECONDS = 120.0
"""Most that a break costs, where a step takes less."""
LESSONS, CHECKPOINT, CURVE, RESULT = "lessons.jsonl", "checkpoint.safetensors", "curve.jsonl", "adapter"

Report = Callable[[dict[str, Any]], None]
"""Told `stage` ("load", "train"), `done` and `total` in steps, `loss`, `held` (held-out loss)."""


def train(plan: Plan, folder: Path, report: Report) -> dict[str, float]:
    """Train as planned, from the checkpoint if there is one, and write the best adapter to `folder`/adapter.

    Returns:
        `loss`, `exact` and `first` on the held-out lessons, the same with `_before`, `drop` (share of the loss that
        went), `steps`, `best_step`, `lessons`, `held`, `trained` (parameters), `trained_share`, `seconds`.

    Raises:
        BadInput: a lesson or the base is none.
        Rejected: there are too few lessons, none fits, or nothing was learnt.
        Unavailable: memory does not do.
    """
    import torch

    started = monotonic()
    report({"stage": "load"})
    found = inspect(Path(plan.base))
    lessons, held_out = lora_data.part(lora_data.read(folder / LESSONS), plan.held, plan.seed)
    tokenizer = read_tokenizer(found)
    learner, chat = lora_learn.load(plan, found, tokenizer), Chat(tokenizer)
    ends = end_tokens(learner.model, tokenizer)
    longest = min(plan.longest, found.context)
    taught = lora_data.encode(chat, tokenizer, ends, lessons, longest)
    held = lora_data.encode(chat, tokenizer, ends, held_out, longest)
    optimizer = torch.optim.AdamW(learner.weights.values(), lr=plan.rate, weight_decay=0.0)
    if (folder / CHECKPOINT).exists():
        best, now = lora_state.restore(folder / CHECKPOINT, learner.weights, optimizer)
    else:
        fit = lora_learn.fit(learner, max(one.length for one in (*taught, *held)))
        before = lora_learn.measure(learner, held, fit)
        now = Position(fit=fit, before=before, best=before)
        best = [weight.detach().clone() for weight in learner.weights.values()]
    _cut(folder / CURVE, now)
    per_epoch = -(-len(taught) // plan.rows)
    total = min(plan.epochs * per_epoch, plan.steps or sys.maxsize)
    every = max(1, total // EVALUATIONS)
    saved = monotonic()
    while now.step < total and now.waits < PATIENCE:
        loss, now = _step(plan, learner, optimizer, _rows(plan, taught, now.step), now, total)
        told: dict[str, Any] = {"done": now.step, "total": total, "loss": round(loss, 4)}
        if now.step % every == 0 or now.step == total:
            told["held"] = round((found_now := lora_learn.measure(learner, held, now.fit)).loss, 4)
            if found_now.loss < now.best.loss * (1 - GAIN):
                now = replace(now, best=found_now, best_step=now.step, waits=0)
                best = [weight.detach().clone() for weight in learner.weights.values()]
            else:
                now = replace(now, waits=now.waits + 1)
        _note(folder / CURVE, {"step": now.step} | {k: told[k] for k in ("loss", "held") if k in told})
        if "held" in told or monotonic() - saved > CHECKPOINT_SECONDS:
            saved = monotonic()
            lora_state.save(folder / CHECKPOINT, learner.weights, best, optimizer, now)
        report({"stage": "train"} | told)
    if not now.best_step:
        raise Rejected(
            f"Nothing was learnt: the loss on {len(held)} held-out lessons was {now.before.loss:.3f} before and never "
            "lower. Give more lessons of one kind, a higher learning rate, or more epochs."
        )
    with torch.no_grad():
        for weight, kept in zip(learner.weights.values(), best, strict=True):
            weight.copy_(kept)
    lora_learn.write(learner, folder / RESULT)
    trained = sum(weight.numel() for weight in learner.weights.values())
    return {
        **asdict(now.best), **{f"{name}_before": value for name, value in asdict(now.before).items()},
        "drop": 1 - now.best.loss / now.before.loss, "steps": now.step, "best_step": now.best_step,
        "lessons": len(taught), "held": len(held), "trained": trained,
        "trained_share": trained / learner.parameters, "seconds": round(monotonic() - started, 1),
    }  # fmt: skip


def _rows(plan: Plan, taught: Sequence[Example], step: int) -> list[Example]:
    """Return the lessons of a step; each epoch has its own order, which its number alone decides."""
    per_epoch = -(-len(taught) // plan.rows)
    epoch, at = divmod(step, per_epoch)
    order = random.Random(f"{plan.seed} {epoch}").sample(taught, len(taught))
    return order[at * plan.rows : (at + 1) * plan.rows]


def _step(
    plan: Plan, learner: Learner, optimizer: Any, rows: Sequence[Example], now: Position, total: int
) -> tuple[float, Position]:
    """Take a step; where memory runs out, take it again with less at once."""
    import torch

    share = (now.step + 1) / total
    for group in optimizer.param_groups:
        group["lr"] = plan.rate * min(share / WARM, (1 - now.step / total) / (1 - WARM), 1.0)
    while True:
        try:
            loss = lora_learn.gradient(learner, rows, now.fit)
            torch.nn.utils.clip_grad_norm_(list(learner.weights.values()), 1.0)
            optimizer.step()
            return loss, replace(now, step=now.step + 1)
        except Exception as error:
            if not ran_out(error):
                raise
            shortest = min(one.length for one in rows)
            if now.fit.recompute and now.fit.tokens <= shortest:
                raise Unavailable(
                    f"Memory ran out in step {now.step + 1}, with one lesson at a time. Allow shorter lessons only, "
                    "a lower rank, or train on a smaller model."
                ) from error
        release()
        fit = now.fit
        now = replace(now, fit=replace(fit, tokens=fit.tokens // 2) if fit.recompute else replace(fit, recompute=True))


def _note(path: Path, line: dict[str, Any]) -> None:
    with path.open("a", encoding="utf-8") as stream:
        stream.write(json.dumps(line) + "\n")


def _cut(path: Path, now: Position) -> None:
    """Take out of the curve what was done after the checkpoint: it is done again."""
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    kept = [line for line in lines if line.endswith("}") and json.loads(line)["step"] <= now.step]
    path.write_text("".join(f"{line}\n" for line in kept), encoding="utf-8")


def main() -> None:
    """Be the child."""
    import torch

    folder = Path(sys.argv[1])
    helper.begin()
    plan = Plan(**json.loads((folder / "plan.json").read_text(encoding="utf-8")))
    torch.set_num_threads(plan.threads)
    with (folder / "lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)  # the child of a server that died may still be in its last step
        try:
            helper.tell(figures=train(plan, folder, lambda told: helper.tell(**told)))
        except RagboxError as error:
            helper.fail(error)


if __name__ == "__main__":
    main()
