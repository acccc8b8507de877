"""The model in this process: a tiny one, built here, quantized and decoded for real."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from ragbox.engines import hf_step
from ragbox.engines.hf import HfModel
from ragbox.errors import Unavailable
from ragbox.generation import Delta, Message, Request, Sampling

from ..model_contract import LanguageModelContract
from ..tiny_lm import one_thread, tiny_lm

pytestmark = pytest.mark.slow

SYSTEM = Message(role="system", content="Answer from the passages only, and say which of them you quote.")
COUNTS = (1, 30, 7, 90)


_ = pytest.fixture(scope="module", autouse=True)(one_thread)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_lm(tmp_path_factory.mktemp("tiny"))


@pytest.fixture(scope="module")
def model(folder: Path) -> Iterator[HfModel]:
    model = HfModel(folder, quantization="fp32", rows=4)
    model.load()
    yield model
    model.close()


def ask(name: str, count: int = 5, *, prefix: int = 0, **sampling: Any) -> Request:
    question = Message(role="user", content="the order of March " * count)
    wanted = Sampling(**({"max_new_tokens": 16} | sampling))
    return Request(id=name, messages=(SYSTEM, question), sampling=wanted, prefix=prefix)


def nobody(_: int) -> Sequence[Request]:
    return ()


def told(deltas: Sequence[Delta]) -> dict[str, str]:
    """Return each request's whole text, having seen that each ends once."""
    found = {delta.id: "" for delta in deltas}
    for delta in deltas:
        found[delta.id] += delta.text
    assert sorted(delta.id for delta in deltas if delta.end) == sorted(found)
    return found


def alone(model: HfModel, requests: Sequence[Request]) -> dict[str, str]:
    return {r.id: told(list(model.generate([r], nobody)))[r.id] for r in requests}


def ends(deltas: Sequence[Delta]) -> dict[str, str]:
    return {delta.id: delta.end for delta in deltas if delta.end}


class TestHfModel(LanguageModelContract):
    pass


# -- quantization ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("quantization", ["nf4", "int8", "bf16", "fp32"])
def test_a_model_is_quantized_and_streams(folder: Path, quantization: str) -> None:
    model = HfModel(folder, name="tiny", quantization=quantization, context=512)
    model.load()
    can = model.capabilities
    assert (model.name, can.quantization, can.device, can.context) == ("tiny", quantization, "cpu", 512)
    assert can.parameters == 412_416
    # Embeddings and norms stay in 16 or 32 bits, and these are a fifth of so small a model.
    low, high = {"fp32": (4, 4.01), "bf16": (2, 2.01), "int8": (1, 2), "nf4": (0.5, 1.7)}[quantization]
    assert low * can.parameters <= can.memory <= high * can.parameters
    # 2 layers of keys and values, 2 heads of 32 numbers each, of at most 4 bytes
    assert can.tokens > 2**26 / (2 * 2 * 2 * 32 * 4)
    deltas = list(model.generate([ask("a"), ask("b", 40)], nobody))
    assert ends(deltas) == {"a": "length", "b": "length"}
    assert len(deltas) > 10
    assert all(sum(d.tokens for d in deltas if d.id == name) == 16 for name in "ab")
    model.close()
    with pytest.raises(Unavailable, match="tiny is not loaded"):
        model.count_tokens([SYSTEM])


def test_what_does_not_fit_is_refused_with_what_to_do(folder: Path) -> None:
    with pytest.raises(Unavailable, match="smaller quantization"):
        HfModel(folder, quantization="fp32", max_memory={"cpu": "100KB"}).load()


# -- batches -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("penalty", [1.0, 1.3])
def test_a_batch_of_mixed_lengths_says_what_each_says_alone_and_what_transformers_says(
    model: HfModel, penalty: float
) -> None:
    import torch

    requests = [ask(str(n), n, repetition_penalty=penalty) for n in COUNTS]
    found = told(list(model.generate(requests, nobody)))
    assert found == alone(model, requests)
    chat, stepper = model._ready()
    for request in requests:
        prompt = torch.tensor([chat.encode(request.messages).tokens])
        written = stepper._model.generate(
            prompt, attention_mask=torch.ones_like(prompt), max_new_tokens=16, repetition_penalty=penalty
        )
        expected = chat.decode(written[0, prompt.shape[1] :].tolist())
        assert found[request.id].replace("\ufffd", "") == expected.replace("\ufffd", "")


def test_a_row_that_joins_in_the_middle_says_what_it_says_alone(model: HfModel) -> None:
    early, late = [ask(str(n), n) for n in COUNTS[:2]], [ask(f"late {n}", n, max_new_tokens=30) for n in COUNTS]
    coming = iter(late)
    calls = itertools.count()
    frees: list[int] = []

    def more(free: int) -> Sequence[Request]:
        frees.append(free)
        return list(itertools.islice(coming, 1)) if next(calls) % 5 == 4 else ()

    assert told(list(model.generate(early, more))) == alone(model, [*early, *late])
    assert set(frees) <= set(range(5))


def test_a_long_prompt_goes_through_in_pieces_between_which_others_go_on(
    model: HfModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(model._ready()[1], "piece", 32)
    monkeypatch.setattr(hf_step, "LARGEST", 32)
    running, long = ask("running", 1, max_new_tokens=60), ask("long", 90)
    later = iter([[], [long]])
    deltas = list(model.generate([running], lambda _: next(later, [])))
    pieces = model.count_tokens(long.messages) // 32
    first = next(n for n, delta in enumerate(deltas) if delta.id == "long")
    assert pieces >= 10
    assert sum(delta.tokens for delta in deltas[:first]) >= pieces
    assert told(deltas) == alone(model, [running, long])


def test_pieces_of_a_prompt_grow_while_they_are_quick_and_shrink_when_they_are_slow(
    model: HfModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    stepper = model._ready()[1]
    monkeypatch.setattr(stepper, "piece", 32)
    monkeypatch.setattr(hf_step, "PIECE_SECONDS", 60.0)
    list(model.generate([ask("long", 90)], nobody))
    assert stepper.piece > 64
    monkeypatch.setattr(hf_step, "PIECE_SECONDS", 0.0)
    monkeypatch.setattr(hf_step, "PIECE_STEPS", 0)
    list(model.generate([ask("long", 90)], nobody))
    assert stepper.piece == hf_step.SMALLEST


def test_a_piece_may_take_as_long_as_some_steps_do(model: HfModel, monkeypatch: pytest.MonkeyPatch) -> None:
    stepper = model._ready()[1]
    monkeypatch.setattr(stepper, "piece", 32)
    monkeypatch.setattr(hf_step, "PIECE_SECONDS", 0.0)
    monkeypatch.setattr(hf_step, "PIECE_STEPS", 1_000)
    list(model.generate([ask("short", 4, max_new_tokens=4)], nobody))
    list(model.generate([ask("long", 90)], nobody))
    assert stepper.piece > 64


def test_a_cancelled_row_leaves_and_the_others_go_on(model: HfModel) -> None:
    going, gone = ask("going", 7), ask("gone", 30, max_new_tokens=500)
    deltas = []
    for delta in model.generate([going, gone], nobody):
        deltas.append(delta)
        if delta.id == "gone":
            gone.cancelled.set()
    assert ends(deltas) == {"going": "length", "gone": "cancelled"}
    assert sum(delta.tokens for delta in deltas if delta.id == "gone") < 10
    assert told(deltas)["going"] == alone(model, [going])["going"]


def test_closing_the_stream_frees_the_model_for_the_next(model: HfModel) -> None:
    stream = model.generate([ask("a", max_new_tokens=500)], nobody)
    next(stream)
    stream.close()
    assert ends(list(model.generate([ask("b")], nobody))) == {"b": "length"}


# -- memory ------------------------------------------------------------------------------------------------


@pytest.fixture
def limit(model: HfModel, monkeypatch: pytest.MonkeyPatch) -> Callable[[int, type[Exception], str], list[int]]:
    """Let memory run out for more than so many places (rows times tokens) at a time; return the rows of each step."""

    def set_it(most: int, kind: type[Exception], words: str) -> list[int]:
        stepper = model._ready()[1]
        real, rows = stepper._model.forward, []

        def forward(**given: Any) -> Any:
            count = given["input_ids"].shape[0]
            rows.append(count)
            made = real(**given)  # the keys and values of all layers were written when it fails
            if count * given["past_key_values"].length > most:
                raise kind(words)
            return made

        monkeypatch.setattr(stepper._model, "forward", forward)
        return rows

    return set_it


OUT = [
    (RuntimeError, "[enforce fail at alloc_cpu.cpp:125] . DefaultCPUAllocator: can't allocate memory"),
    (MemoryError, ""),
]


@pytest.mark.parametrize(("kind", "words"), OUT)
def test_where_memory_runs_out_fewer_run_at_a_time_and_all_are_answered(
    model: HfModel, limit: Callable[..., list[int]], kind: type[Exception], words: str
) -> None:
    requests = [ask(str(n), 10 + n) for n in range(6)]
    expected = alone(model, requests)
    rows = limit(2 * model.count_tokens(requests[-1].messages) + 40, kind, words)
    deltas = list(model.generate(requests, nobody))
    assert told(deltas) == expected
    assert set(ends(deltas).values()) == {"length"}
    assert max(rows) == 3
    assert max(rows[rows.index(3) + 1 :]) == 1


def test_only_the_row_that_cannot_fit_alone_fails_and_the_model_lives_on(
    model: HfModel, limit: Callable[..., list[int]]
) -> None:
    from torch import OutOfMemoryError

    small, large, late = ask("small", 3), ask("large", 90), ask("late", 3)
    expected = alone(model, [small, late])
    limit(200, OutOfMemoryError, "CUDA out of memory.")
    coming = iter([[late]])
    deltas = list(model.generate([small, large], lambda _: next(coming, [])))
    assert ends(deltas) == {"small": "length", "large": "error", "late": "length"}
    assert {name: text for name, text in told(deltas).items() if name != "large"} == expected
    assert "smaller quantization" in next(delta.reason for delta in deltas if delta.end == "error")
    assert told(list(model.generate([small], nobody))) == {"small": expected["small"]}


def test_another_error_of_the_model_is_not_hidden(model: HfModel, limit: Callable[..., list[int]]) -> None:
    limit(0, RuntimeError, "the device is gone")
    with pytest.raises(RuntimeError, match="device is gone"):
        list(model.generate([ask("a")], nobody))


def test_scores_without_an_end_break_their_own_row_only(model: HfModel) -> None:
    import torch

    stepper = model._ready()[1]
    rows = [stepper.row(ask(str(n), temperature=t)) for n, t in enumerate((0.0, 0.7, 0.7, 0.7))]
    scores = torch.zeros(4, 8)
    scores[0, 3] = scores[3, 3] = 99.0
    scores[1, 0], scores[2, 0] = torch.inf, torch.nan
    assert stepper.draw(rows, scores) == [3, None, None, 3]


# -- the prefix --------------------------------------------------------------------------------------------


def test_a_kept_prefix_is_not_put_through_again_and_changes_no_token(model: HfModel) -> None:
    requests = [ask(str(n), n) for n in COUNTS]
    reused = [ask(str(n), n, prefix=1) for n in COUNTS]
    expected = alone(model, requests)
    prefix = model._ready()[0].encode(reused[0].messages, 1).prefix
    assert prefix > 16
    used = []
    for batch in (requests, reused, reused):
        before = model.prefilled
        assert told(list(model.generate(batch, nobody))) == expected
        used.append(model.prefilled - before)
    assert used[0] - used[1] == 3 * prefix
    assert used[0] - used[2] == 4 * prefix
