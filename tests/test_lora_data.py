"""Lessons as tokens: read, parted by question, padded so that answers stand together; a position comes back whole."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ragbox.engines import lora_data, lora_state, lora_train
from ragbox.engines.hf_chat import Chat
from ragbox.engines.lora_data import Example, Lesson, batches, encode, pad, part, read
from ragbox.engines.lora_learn import Plan
from ragbox.engines.lora_state import Fit, Measure, Position
from ragbox.errors import BadInput, Rejected
from ragbox.generation import Message
from tests.tiny_lm import TEMPLATE, _tokenizer, one_thread, tiny_lm

_ = pytest.fixture(scope="module", autouse=True)(one_thread)


def lesson(n: int, answer: str = "Yes.") -> Lesson:
    asked = f"Question {n}?"
    return Lesson(question=asked, messages=(Message(role="user", content=asked),), answer=answer)


def line(n: int) -> str:
    one = lesson(n)
    messages = [{"role": m.role, "content": m.content} for m in one.messages]
    return json.dumps({"question": one.question, "messages": messages, "answer": one.answer})


@pytest.mark.parametrize("bad", ["{", "[]", '{"question": "a"}', line(1).replace("Yes.", " "), '{"messages": 3}'])
def test_a_line_that_is_no_lesson_is_named(tmp_path: Path, bad: str) -> None:
    (tmp_path / "lessons.jsonl").write_text(f"{line(1)}\n{bad}\n")
    with pytest.raises(BadInput, match=r"Line 2 of lessons\.jsonl is no lesson"):
        read(tmp_path / "lessons.jsonl")


def test_all_lessons_of_a_question_are_in_one_part_and_the_seed_decides_which() -> None:
    lessons = [lesson(n // 2) for n in range(80)]
    taught, held = part(lessons, 0.25, 0)
    assert (len(taught), len(held)) == (60, 20)
    assert not {one.question for one in taught} & {one.question for one in held}
    assert part(lessons, 0.25, 0) == (taught, held)
    assert part(lessons, 0.25, 1)[1] != held
    assert len(part([lesson(n) for n in range(900)], 0.5, 0)[1]) == lora_data.MOST_HELD
    with pytest.raises(Rejected, match="lessons on 3 different questions"):
        part([lesson(n % 3) for n in range(50)], 0.25, 0)


def test_an_answer_ends_as_the_template_ends_it_and_long_lessons_are_left_out() -> None:
    tokenizer = _tokenizer(512, TEMPLATE)
    ends = {tokenizer.convert_tokens_to_ids("<|im_end|>"), tokenizer.convert_tokens_to_ids("<|endoftext|>")}
    tokenizer.eos_token = "<|endoftext|>"
    short, long = encode(Chat(tokenizer), tokenizer, ends, [lesson(1), lesson(2, "No " * 40)], 500)
    assert tokenizer.decode(short.answer) == "Yes.<|im_end|>"
    assert tokenizer.decode(short.prompt).endswith("Question 1?<|im_end|>\n<|im_start|>assistant\n")
    assert encode(Chat(tokenizer), tokenizer, ends, [lesson(1), lesson(2, "No " * 40)], long.length - 1) == [short]
    with pytest.raises(Rejected, match="No lesson fits"):
        encode(Chat(tokenizer), tokenizer, ends, [lesson(1)], 3)
    tokenizer.chat_template = None
    (bare,) = encode(Chat(tokenizer), tokenizer, ends, [lesson(1)], 500)
    assert tokenizer.decode(bare.answer) == "Yes.<|endoftext|>"


def test_answers_stand_together_and_what_is_padding_counts_for_nothing() -> None:
    made = pad([Example(prompt=(5, 6, 7), answer=(8,)), Example(prompt=(5,), answer=(6, 9))], 0, "cpu")
    assert made.tokens.tolist() == [[5, 6, 7, 8, 0], [0, 0, 5, 6, 9]]
    assert made.mask.tolist() == [[1, 1, 1, 1, 0], [0, 0, 1, 1, 1]]
    assert made.places.tolist() == [[0, 1, 2, 3, 3], [0, 0, 0, 1, 2]]
    assert made.answers.tolist() == [[8, -100], [6, 9]]


def test_a_step_is_parted_so_that_it_fits() -> None:
    examples = [Example(prompt=(1,) * n, answer=(2,)) for n in (9, 1, 3, 30, 2)]
    parts = batches(examples, 12)
    assert [[one.length for one in group] for group in parts] == [[2, 3, 4], [10], [31]]


def test_a_damaged_checkpoint_is_told(tmp_path: Path) -> None:
    import torch

    def fresh() -> tuple[dict[str, Any], Any]:
        weights = {"a": torch.nn.Parameter(torch.ones(2))}
        return weights, torch.optim.AdamW(weights.values())

    weights, optimizer = fresh()
    weights["a"].grad = torch.ones(2)
    optimizer.step()
    before = Measure(loss=1.0, exact=0.0, first=0.5)
    now = Position(fit=Fit(tokens=64, recompute=True), before=before, best=before, step=3)
    path = tmp_path / lora_train.CHECKPOINT
    lora_state.save(path, weights, [torch.zeros(2)], optimizer, now)
    again, other = fresh()
    best, found = lora_state.restore(path, again, other)
    assert (found, best[0].tolist(), again["a"].tolist()) == (now, [0, 0], weights["a"].tolist())
    assert other.state_dict()["state"][0]["step"] == 1
    assert [p.name for p in tmp_path.iterdir()] == [path.name]
    path.write_bytes(path.read_bytes()[:-4])
    with pytest.raises(Rejected, match="cannot be read"):
        lora_state.restore(path, *fresh())


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_lm(tmp_path_factory.mktemp("base"))


def begin(folder: Path, count: int) -> Path:
    (folder / "lessons.jsonl").write_text("".join(f"{line(n)}\n" for n in range(count)))
    return folder


def test_memory_that_runs_out_costs_a_second_try_with_less(
    tmp_path: Path, base: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from ragbox.engines import lora_learn

    fits: list[Fit] = []
    real = lora_learn.gradient

    def gradient(learner: Any, rows: Any, fit: Fit) -> float:
        fits.append(fit)
        if not fit.recompute or fit.tokens > 512:
            raise RuntimeError("DefaultCPUAllocator: can't allocate memory")
        return real(learner, rows, fit)

    monkeypatch.setattr(lora_learn, "gradient", gradient)
    plan = Plan(base=str(base), name="tiny", quantization="fp32", device_map="cpu", rank=4, rate=1e-2, steps=2, rows=4)
    figures = lora_train.train(plan, begin(tmp_path, 12), lambda _: None)
    assert figures["steps"] == 2
    assert [(fit.tokens, fit.recompute) for fit in fits] == [
        (2048, False), (2048, True), (1024, True), (512, True), (512, True),
    ]  # fmt: skip


def test_what_teaches_nothing_is_refused(tmp_path: Path, base: Path) -> None:
    plan = Plan(base=str(base), name="tiny", quantization="fp32", device_map="cpu", rate=1e-9, steps=2)
    with pytest.raises(Rejected, match="Nothing was learnt: the loss on 2 held-out lessons"):
        lora_train.train(plan, begin(tmp_path, 12), lambda _: None)
    with pytest.raises(Rejected, match="5 different questions"):
        lora_train.train(plan, begin(tmp_path, 5), lambda _: None)
