"""Lessons as tokens: read from JSONL, put into prompts, parted into those taught and those held out. Knows no weights.

A lesson is a line `{"question", "messages": [{"role", "content"}, ...], "answer"}`: the prompt as the box writes it,
and the answer that is wanted. The loss is taken on the answer alone.
"""

from __future__ import annotations

import json
import random
from collections.abc import Sequence, Set
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import BadInput, Rejected
from ..generation import Message
from .hf_chat import Chat

if TYPE_CHECKING:
    from torch import Tensor

LEAST = 8
"""Different questions below which nothing is held out worth the name."""
MOST_HELD = 64
"""Lessons held out: each evaluation goes through all of them."""
PROBE = "Zx7"


@dataclass(frozen=True, kw_only=True, slots=True)
class Lesson:
    """What is asked, as the box asks it, and the answer that is taught."""

    question: str = field(repr=False)
    messages: tuple[Message, ...] = field(repr=False)
    answer: str = field(repr=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class Example:
    """A lesson as tokens; the answer ends with the token that ends an answer."""

    prompt: tuple[int, ...] = field(repr=False)
    answer: tuple[int, ...] = field(repr=False)

    @property
    def length(self) -> int:
        """Tokens of both."""
        return len(self.prompt) + len(self.answer)


@dataclass(frozen=True, kw_only=True, slots=True)
class Batch:
    """Examples padded so that all answers begin at the same place: `answers` is of (rows, longest answer).

    `tokens`, `mask` and `places` are of (rows, longest prompt + longest answer); an answer's padding is -100.
    """

    tokens: Tensor
    mask: Tensor
    places: Tensor
    answers: Tensor


def read(path: Path) -> list[Lesson]:
    """Return the lessons of a file.

    Raises:
        BadInput: a line is no lesson; names the line.
    """
    found = []
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, start=1):
            try:
                row = json.loads(line)
                messages = tuple(Message(role=str(m["role"]), content=str(m["content"])) for m in row["messages"])
                found.append(Lesson(question=str(row["question"]), messages=messages, answer=str(row["answer"])))
                if not messages or not found[-1].answer.strip():
                    raise ValueError("it has no messages or no answer")
            except (ValueError, KeyError, TypeError) as error:
                raise BadInput(
                    f"Line {number} of {path.name} is no lesson ({error!r}). Each is "
                    '{"question", "messages": [{"role", "content"}], "answer"}.'
                ) from error
    return found


def part(lessons: Sequence[Lesson], share: float, seed: int) -> tuple[list[Lesson], list[Lesson]]:
    """Return those that are taught and those held out; all lessons of a question are in the same part.

    Raises:
        Rejected: there are fewer than LEAST different questions.
    """
    questions = sorted({one.question for one in lessons})
    if len(questions) < LEAST:
        raise Rejected(
            f"There are lessons on {len(questions)} different questions, and training takes at least {LEAST}: some are "
            "held out to measure what was learnt. Add lessons."
        )
    random.Random(seed).shuffle(questions)
    held = set(questions[: max(2, round(share * len(questions)))])
    kept = [one for one in lessons if one.question in held]
    return [one for one in lessons if one.question not in held], kept[:MOST_HELD]


def encode(chat: Chat, tokenizer: Any, ends: Set[int], lessons: Sequence[Lesson], longest: int) -> list[Example]:
    """Return the lessons as tokens, those with more than `longest` left out.

    Raises:
        Rejected: none is left.
        BadInput: the model's template refuses a lesson's roles.
    """
    close = _closing(tokenizer, ends)
    found = []
    for one in lessons:
        prompt = chat.encode(one.messages)
        # Where the template opens the thinking, an answer begins after its end.
        said = f"{chat.markers.closing}\n\n{one.answer}" if prompt.thinking else one.answer
        answer = tuple(tokenizer(said, add_special_tokens=False, verbose=False)["input_ids"])
        found.append(Example(prompt=prompt.tokens, answer=(*answer, close)))
    fitting = [one for one in found if one.length <= longest]
    if not fitting:
        least = min((one.length for one in found), default=0)
        raise Rejected(
            f"No lesson fits: the shortest has {least} tokens, and {longest} are allowed. Give shorter contexts, "
            "or allow longer lessons."
        )
    return fitting


def batches(examples: Sequence[Example], most: int) -> list[list[Example]]:
    """Part a step's examples so that none but a single one has more than `most` tokens, padding counted."""
    found: list[list[Example]] = []
    for one in sorted(examples, key=lambda e: (e.length, e.prompt, e.answer)):
        grown = [*found[-1], one] if found else [one]
        if found and len(grown) * (max(len(e.prompt) for e in grown) + max(len(e.answer) for e in grown)) <= most:
            found[-1] = grown
        else:
            found.append([one])
    return found


def pad(examples: Sequence[Example], padding: int, device: Any) -> Batch:
    """Return examples as one batch, prompts padded at the left and answers at the right."""
    import torch

    left = max(len(one.prompt) for one in examples)
    right = max(len(one.answer) for one in examples)
    tokens = torch.full((len(examples), left + right), padding)
    mask = torch.zeros_like(tokens)
    answers = torch.full((len(examples), right), -100)
    for row, one in enumerate(examples):
        start, end = left - len(one.prompt), left + len(one.answer)
        tokens[row, start:end] = torch.tensor(one.prompt + one.answer)
        mask[row, start:end] = 1
        answers[row, : len(one.answer)] = torch.tensor(one.answer)
    places = (mask.cumsum(1) - 1).clamp(min=0)
    return Batch(
        tokens=tokens.to(device), mask=mask.to(device), places=places.to(device), answers=answers.to(device)
    )  # fmt: skip


def _closing(tokenizer: Any, ends: Set[int]) -> int:
    """Return the token that the template ends an answer with, else the tokenizer's own."""
    turns = [{"role": "user", "content": "a"}, {"role": "assistant", "content": PROBE}]
    try:
        text = str(tokenizer.apply_chat_template(turns, tokenize=False))
    except Exception:  # a template may raise whatever it likes, and there may be none
        text = ""
    after = tokenizer(text.rpartition(PROBE)[2], add_special_tokens=False, verbose=False)["input_ids"] if text else []
    return next((int(token) for token in after if token in ends), int(tokenizer.eos_token_id))
