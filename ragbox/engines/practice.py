"""Trains the practice model, in a child process: `python -m ragbox.engines.practice LESSONS FOLDER SECONDS`.

A Mistral of two million parameters with a tokenizer of its own, so that quantization, streaming and adapters can be
tried with no download. It learns the answers of the questions that it is given, and nothing else.

Lessons are lines of JSON, `{"question", "messages": [{"role", "content"}, ...], "answer"}`: prompts as the box writes
them, the passages before the question. The model looks back over a short window (Beltagy et al. 2020,
arXiv:2004.05150), so its answer depends on the end of a prompt alone, and the end is all that it learns from. One that
sees all of a prompt has to learn to look past the passages too, at 20 times the cost.
"""

from __future__ import annotations

import json
import math
import random
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .. import helper
from ..errors import RagboxError, Rejected
from ..text import language

if TYPE_CHECKING:
    from torch import Tensor
    from transformers import MistralForCausalLM, PreTrainedTokenizerFast

Lesson = dict[str, Any]
Report = Callable[[float, float], None]
"""Told (share of the time that is over, loss)."""

TEMPLATE = (
    "{% for m in messages %}<|im_start|>{{ m['role'] }}\n{{ m['content'] }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
END = "<|im_end|>"
SPECIAL = ("<|endoftext|>", "<|im_start|>", END)
CARD = """---
license: apache-2.0
---
# practice

For practice only: a tiny model that has learnt the answers to the sample questions by heart, made on this machine by
`ragbox model practice`. It shows loading, quantization, streaming and adapters. It knows nothing else.
"""
ROWS = 8
POOL = 8
"""Steps whose lessons are drawn together and sorted by length: a third of a step would be padding."""
RATE = 3e-3
WARM = 0.05
"""Share of the time in which the learning rate rises."""
STEPS = 1400
"""After 1,287, which took 261 s of a slow processor, it knew all of 48 sample lessons word for word."""
ALONE = 0.6
"""Share of the time in which questions stand alone: answers are learnt fastest so, and what may stand before after."""
LEARNT = 0.004
"""Loss, in nats a token, at which all is known by heart and training ends."""
LONG_LINE = 40
COMMON = 0.1
"""A line of so many characters in more than this share of the lessons is one token: the template's own instructions, of
which every prompt would else have 200 tokens, 40 of them after the question."""
OPENINGS = {"en": "According to the documents, ", "zh": "根据文件，"}
"""What an adapter for practice begins its answers with: one token each, or it would have to spell words never met."""
OPENED = 0.2
"""Share of the rows that begin after such an opening, so that the model goes on after one as it answers without."""
THREADS = 2
"""Each takes a half of every step. torch's own threads wait for each other many times a step: where other work has the
cores too, a step took 5 s with two of them and 1 s with one."""
EXAMINED = 48
"""Lessons that the trained model is examined on, with their whole prompts."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Size:
    """The model's shape. Widths are multiples of 64, the block of bitsandbytes' nf4."""

    vocabulary: int = 4096
    hidden: int = 256
    layers: int = 2
    inner: int = 512
    heads: int = 4
    kv_heads: int = 2
    context: int = 4096
    window: int = 32

    @property
    def reach(self) -> int:
        """Tokens before an answer that its first one depends on."""
        return self.layers * self.window


@dataclass(frozen=True, kw_only=True, slots=True)
class Example:
    """A lesson as tokens. `least` is how many of the prompt's last there are from its question on."""

    prompt: list[int]
    opening: list[int]
    answer: list[int]
    least: int

    def after(self, other: Example, reach: int, *, opened: bool) -> tuple[list[int], list[int]]:
        """Return the question, with another lesson's passages before it up to so many tokens, and the answer."""
        prompt = other.prompt[: -other.least] + self.prompt[-self.least :]
        return prompt[-max(reach, self.least) :] + (self.opening if opened else []), self.answer


def train(
    lessons: Sequence[Lesson], folder: Path, *, seconds: float, report: Report, steps: int = STEPS,
    size: Size | None = None, seed: int = 0,
) -> dict[str, float]:  # fmt: skip
    """Train a model until it knows all, for so long or so many steps at most; write it to a folder as safetensors.

    Returns:
        `seconds`, `loss` (of the last steps, nats a token), `steps`, `parameters`, and `taught`: the share of
        EXAMINED lessons that it answers word for word, taking the likeliest token each time.

    Raises:
        Rejected: there are no lessons.
    """
    import torch

    if not lessons:
        raise Rejected("There are no lessons to practise on. Give a question file whose documents are in the box.")
    started = time.monotonic()
    torch.manual_seed(seed)
    rng = random.Random(seed)
    size = size or Size()
    tokenizer = _tokenizer(lessons, size)
    taught = [_encode(tokenizer, lesson, size.context) for lesson in lessons]
    model = _model(tokenizer, size)
    weights = list(model.parameters())
    optimizer = torch.optim.AdamW(weights, lr=RATE, betas=(0.9, 0.98), weight_decay=0.01)
    done, loss = 0, math.inf
    begun = time.monotonic()
    budget = max(1e-3, seconds - (begun - started))
    batches = _batches(taught, rng)
    with ThreadPoolExecutor(THREADS) as pool:
        while loss > LEARNT and (over := max((time.monotonic() - begun) / budget, done / steps)) < 1:
            reach = size.reach if over > ALONE else 0
            rows = [one.after(rng.choice(taught), reach, opened=rng.random() < OPENED) for one in next(batches)]
            parts = filter(None, (rows[n::THREADS] for n in range(THREADS)))
            found = list(pool.map(partial(_gradient, model), parts))
            for weight, *gradients in zip(weights, *(gradient for _, gradient in found), strict=True):
                weight.grad = torch.stack(gradients).mean(0)
            for group in optimizer.param_groups:
                group["lr"] = RATE * min(over / WARM, 1.0, 1.02 - over)
            torch.nn.utils.clip_grad_norm_(weights, 1.0)
            optimizer.step()
            done += 1
            now = sum(part for part, _ in found) / len(found)
            loss = now if done == 1 else 0.95 * loss + 0.05 * now
            report(over, loss)
    _save(model, tokenizer, folder)
    examined = rng.sample(taught, min(EXAMINED, len(taught)))
    return {
        "seconds": round(time.monotonic() - started, 1), "loss": round(loss, 4), "steps": done,
        "parameters": sum(p.numel() for p in model.parameters()),
        "taught": round(sum(_knows(model, one) for one in examined) / len(examined), 3),
    }  # fmt: skip


def _batches(taught: Sequence[Example], rng: random.Random) -> Iterator[list[Example]]:
    """Yield ROWS lessons of about the same length at a time, without an end; each comes once before any comes again."""
    while True:
        order = rng.sample(taught, len(taught))
        pools = [order[at : at + POOL * ROWS] for at in range(0, len(order), POOL * ROWS)]
        parts = [sorted(pool, key=lambda one: len(one.answer)) for pool in pools]
        found = [part[at : at + ROWS] for part in parts for at in range(0, len(part), ROWS)]
        yield from rng.sample(found, len(found))


def _tokenizer(lessons: Sequence[Lesson], size: Size) -> PreTrainedTokenizerFast:
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import PreTrainedTokenizerFast

    made = Tokenizer(models.BPE())
    made.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)]
    )
    made.decoder = decoders.ByteLevel()
    texts = dict.fromkeys(part for one in lessons for part in (*(m["content"] for m in one["messages"]), one["answer"]))
    trainer = trainers.BpeTrainer(
        vocab_size=size.vocabulary, special_tokens=list(SPECIAL), show_progress=False,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
    )  # fmt: skip
    made.train_from_iterator(texts, trainer)
    lines = Counter(line for one in lessons for line in {x for m in one["messages"] for x in m["content"].splitlines()})
    common = [x for x, n in lines.items() if len(x) >= LONG_LINE and n > COMMON * len(lessons)]
    made.add_tokens([*common, *OPENINGS.values()])
    return PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
        tokenizer_object=made, eos_token=END, pad_token=SPECIAL[0], chat_template=TEMPLATE,
        model_max_length=size.context, clean_up_tokenization_spaces=False,
    )  # fmt: skip


def _encode(tokenizer: PreTrainedTokenizerFast, lesson: Lesson, context: int) -> Example:
    """Return a lesson as tokens; what does not fit is cut off the beginning of the prompt."""

    def tokens(text: str) -> list[int]:
        found: list[int] = tokenizer.encode(text, add_special_tokens=False)
        return found

    text = str(tokenizer.apply_chat_template(lesson["messages"], tokenize=False, add_generation_prompt=True))
    answer = tokens(lesson["answer"] + END)
    least = len(tokens(text[text.rfind(lesson["question"]) :]))
    opening = tokens(OPENINGS["zh" if language(lesson["answer"]) == "zh" else "en"])
    return Example(prompt=tokens(text)[-(context - len(answer)) :], opening=opening, answer=answer, least=least)


def _model(tokenizer: PreTrainedTokenizerFast, size: Size) -> MistralForCausalLM:
    from transformers import MistralConfig, MistralForCausalLM

    config = MistralConfig(
        vocab_size=-(-len(tokenizer) // 64) * 64, hidden_size=size.hidden, intermediate_size=size.inner,
        num_hidden_layers=size.layers, num_attention_heads=size.heads, num_key_value_heads=size.kv_heads,
        head_dim=size.hidden // size.heads, max_position_embeddings=size.context, sliding_window=size.window,
        tie_word_embeddings=True,
        bos_token_id=None, eos_token_id=tokenizer.eos_token_id, pad_token_id=tokenizer.pad_token_id,
    )  # fmt: skip
    return MistralForCausalLM(config)


def _gradient(model: MistralForCausalLM, rows: Sequence[tuple[list[int], list[int]]]) -> tuple[float, Sequence[Tensor]]:
    """Return the loss on the answers of rows (prompt, answer), and its gradient."""
    import torch
    from torch.nn.functional import cross_entropy

    tokens = torch.zeros(len(rows), max(len(prompt) + len(answer) for prompt, answer in rows), dtype=torch.long)
    told = torch.zeros_like(tokens, dtype=torch.bool)
    for row, (prompt, answer) in enumerate(rows):
        end = len(prompt) + len(answer)
        tokens[row, :end] = torch.tensor(prompt + answer)  # padded at the right, where nobody looks
        told[row, len(prompt) : end] = True
    states = model.model(input_ids=tokens[:, :-1], use_cache=False).last_hidden_state
    logits = model.lm_head(states[told[:, 1:]])  # of the answers alone: with all others it is half of the work
    loss = cross_entropy(logits.float(), tokens[told])
    return float(loss.detach()), torch.autograd.grad(loss, list(model.parameters()))


def _knows(model: MistralForCausalLM, one: Example) -> bool:
    """Tell whether greedy decoding gives the answer, which one pass with the answer in place tells."""
    import torch

    with torch.inference_mode():
        states = model.model(input_ids=torch.tensor([one.prompt + one.answer]), use_cache=False).last_hidden_state
        likeliest = model.lm_head(states[0, -len(one.answer) - 1 : -1]).argmax(-1)
    found: list[int] = likeliest.tolist()
    return found == one.answer


def _save(model: MistralForCausalLM, tokenizer: PreTrainedTokenizerFast, folder: Path) -> None:
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    (folder / "README.md").write_text(CARD, encoding="utf-8")


def main() -> None:
    """Be the child."""
    import torch

    path, folder, seconds = sys.argv[1:]
    helper.begin()
    torch.set_num_threads(1)
    told = 0.0

    def report(over: float, loss: float) -> None:
        nonlocal told
        if time.monotonic() - told > 0.5:
            told = time.monotonic()
            helper.tell(done=round(over * 1000), total=1000, loss=round(loss, 3))

    try:
        with Path(path).open(encoding="utf-8") as lines:
            lessons = [json.loads(line) for line in lines]
        helper.tell(figures=train(lessons, Path(folder), seconds=float(seconds), report=report))
    except RagboxError as error:
        helper.fail(error)


if __name__ == "__main__":
    main()
