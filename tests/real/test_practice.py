"""The practice model is trained for a few seconds, goes into the store, loads, and answers what it was taught."""

from __future__ import annotations

from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import Any

import pytest

from ragbox.engines import practice
from ragbox.engines.hf import HfModel
from ragbox.engines.hf_folder import inspect
from ragbox.errors import Rejected
from ragbox.generation import Message, Request
from ragbox.models import Store

pytestmark = pytest.mark.slow

TAUGHT = {
    "How long is the notice period?": "Either side gives 90 days of notice. [2]",
    "Who books the trains?": "The office in Bergen books them. [1]",
    "年假有多少天？": "员工每年有30天年假。 [1]",
    "谁来批准？": "文档中没有找到这个问题的答案。",
}
SIZE = practice.Size(vocabulary=512, hidden=128, inner=256, context=512)


def lesson(question: str, code: str = "1f2e") -> dict[str, Any]:
    passages = f"--- {code} [1] ---\nTrains are booked by the office in Bergen. 30天年假。\n--- {code} end ---"
    return {
        "question": question, "answer": TAUGHT[question],
        "messages": [
            {"role": "system", "content": "Answer from the passages of the company's own documents, nothing else."},
            {"role": "user", "content": f"{passages}\n\nQuestion: {question}\n\nGive the passage in square brackets."},
        ],
    }  # fmt: skip


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, float], list[float]]:
    folder, told = tmp_path_factory.mktemp("practice") / "practice", list[float]()
    import torch

    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # as the child process does
    lessons = [lesson(question, code) for question in TAUGHT for code in ("1f2e", "a0b9")]
    figures = practice.train(
        lessons, folder, seconds=240, steps=200, size=SIZE, report=lambda over, _: told.append(over)
    )
    torch.set_num_threads(threads)
    return folder, figures, told


def test_training_ends_after_its_steps_and_tells_how_far_it_is(
    trained: tuple[Path, dict[str, float], list[float]],
) -> None:
    _, figures, told = trained
    assert told == sorted(told)
    assert 0 <= told[0] < 0.5 < told[-1] < 1
    assert figures["steps"] == 200 or figures["loss"] <= practice.LEARNT
    assert figures["loss"] < 0.1
    assert figures["taught"] == 1


@pytest.mark.parametrize("quantization", ["fp32", "nf4"])
def test_it_goes_into_the_store_and_answers_what_it_was_taught(
    trained: tuple[Path, dict[str, float], list[float]], tmp_path: Path, quantization: str
) -> None:
    inspect(trained[0])
    version = Store(tmp_path).add(trained[0])
    assert (version.name, version.licence, version.kind) == ("practice", "apache-2.0", "hf")
    assert "For practice only" in (version.folder / "README.md").read_text()
    model = HfModel(version.folder, quantization=quantization, device_map="cpu")
    model.load()
    try:
        asked = lesson("How long is the notice period?", "77aa")
        messages = tuple(Message(role=m["role"], content=m["content"]) for m in asked["messages"])
        deltas = list(model.generate([Request(id="1", messages=messages)], lambda _: []))
    finally:
        model.close()
    assert "".join(d.text for d in deltas) == asked["answer"]
    assert (deltas[-1].end, len(deltas) > 3) == ("stop", True)


def test_it_goes_on_after_an_adapters_opening(trained: tuple[Path, dict[str, float], list[float]]) -> None:
    from transformers import AutoModelForCausalLM, AutoTokenizer

    model = AutoModelForCausalLM.from_pretrained(str(trained[0]))
    tokenizer = AutoTokenizer.from_pretrained(str(trained[0]))
    for question in TAUGHT:
        one = practice._encode(tokenizer, lesson(question, "77aa"), SIZE.context)
        assert len(one.opening) == 1
        assert practice._knows(model, replace(one, prompt=one.prompt + one.opening)), question


def test_training_ends_when_its_time_is_over(tmp_path: Path) -> None:
    figures = practice.train([lesson("谁来批准？")], tmp_path, seconds=0.1, size=SIZE, report=lambda *_: None)
    assert figures["steps"] < 20
    assert (tmp_path / "model.safetensors").exists()


def test_without_lessons_there_is_nothing_to_train(tmp_path: Path) -> None:
    with pytest.raises(Rejected, match="no lessons"):
        practice.train([], tmp_path, seconds=1, report=lambda *_: None)


def test_lines_that_all_prompts_have_are_one_token_each() -> None:
    tokenizer = practice._tokenizer([lesson(question) for question in TAUGHT], SIZE)
    system = lesson("谁来批准？")["messages"][0]["content"]
    assert len(tokenizer.encode(system, add_special_tokens=False)) == 1
    for text in chain(TAUGHT, TAUGHT.values(), ("Ünbekannt: 不认识 🙂",)):
        assert tokenizer.decode(tokenizer.encode(text, add_special_tokens=False)) == text
