"""Readers of quotes: what a pass over question and passage says, what may come in as one, and that it never fails."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from ragbox.adapters import reading, scorer
from ragbox.adapters.scorers import Scorers
from ragbox.adapters.store import AdapterStore
from ragbox.encoders import SentenceEncoder
from ragbox.engines import extractive, span_reader
from ragbox.engines.evidence import BUILT_IN
from ragbox.engines.extractive import ExtractiveEngine
from ragbox.engines.span_reader import SpanReader
from ragbox.errors import NotFound, Rejected, Unavailable
from ragbox.types import Quote
from tests.adapter_files import Tensors, safetensors, scorer_folder
from tests.fakes import FakeEncoder, FakeSparse
from tests.make import hit
from tests.tiny_reader import RANK, WIDE, reader_folder, reader_tensors, tiny_encoder

QUESTION = "How many days?"
TRAINS, RIGHT = "Trains are booked by the office in Bergen.", "Staff get 30 days."
PASSAGE = f"{TRAINS} {RIGHT}"
PLACES = [(PASSAGE, 0, len(TRAINS)), (PASSAGE, len(TRAINS) + 1, len(PASSAGE))]


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_encoder(tmp_path_factory.mktemp("tiny"))


@pytest.fixture
def reader(base: Path, tmp_path: Path) -> SpanReader:
    return SpanReader(reader_folder(tmp_path / "mine", "x") / "reader.safetensors", lambda: base)


@pytest.fixture(scope="module")
def encoder(base: Path) -> Iterator[SentenceEncoder]:
    made = SentenceEncoder(str(base), "fp32")
    made.load()
    yield made
    made.close()


@pytest.fixture
def store(tmp_path: Path) -> AdapterStore:
    return AdapterStore(tmp_path / "adapters")


def test_the_stretch_that_the_head_points_at_has_the_answer(reader: SpanReader) -> None:
    wrong, right = reader.read(QUESTION, PLACES)
    assert right[0] > 0.5 > wrong[0]  # likelier than that there is none
    assert right[1] > 0.9
    assert wrong[1] + right[1] == pytest.approx(1, abs=1e-4)  # where one token has it all, the mean is no mean
    assert right[2] == wrong[2] == 0.5
    assert reader.read(QUESTION, []) == []


@pytest.mark.filterwarnings("ignore::FutureWarning")  # peft asks transformers by a name that it gives up
def test_the_lora_changes_the_models_weights_as_peft_does(base: Path, tmp_path: Path) -> None:
    import torch
    from peft import LoraConfig, get_peft_model
    from transformers import AutoModel

    strong = {
        n: (d, s, (np.frombuffer(v, "<f4") * 40).tobytes() if "lora" in n else v)
        for n, (d, s, v) in reader_tensors().items()
    }
    safetensors(tmp_path / "strong.safetensors", strong)
    model = get_peft_model(
        AutoModel.from_pretrained(base), LoraConfig(r=RANK, lora_alpha=RANK, target_modules=r"encoder\..*\.dense")
    )
    for name, (_, shape, values) in strong.items():
        if "lora" in name:
            place = model.get_parameter(f"base_model.model.{name.replace('.weight', '.default.weight')}")
            place.data = torch.tensor(np.frombuffer(values, "<f4").reshape(shape).copy())
    changed = SpanReader(tmp_path / "strong.safetensors", lambda: base)
    changed.load()
    assert changed._model is not None
    tokenizer, mine, _ = changed._model
    rows = tokenizer([QUESTION], [PASSAGE], return_tensors="pt")
    with torch.inference_mode():
        wanted, got = (m(**rows).last_hidden_state for m in (model.eval(), mine))
        plain = AutoModel.from_pretrained(base).eval()(**rows).last_hidden_state
    assert torch.allclose(wanted, got, atol=1e-5)
    assert not torch.allclose(plain, got, atol=1e-2)


def test_a_long_passage_is_read_in_windows_and_no_more_than_are_allowed(
    reader: SpanReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    filling = "Trains are booked. " * 200
    long = f"{filling}{RIGHT}"
    place = [(long, len(filling), len(long))]
    assert reader.read(QUESTION, place)[0][1] > 0.5
    monkeypatch.setattr(span_reader, "WINDOWS", 1)
    assert reader.read(QUESTION, place) == [span_reader.UNREAD]
    for question in ("? " * 2000, "한 " * 125):  # 2,000 tokens and 375: the question is cut, the passage is read
        assert reader.read(question, PLACES)[1][1] > 0.9


def test_what_a_reader_says_counts_beside_the_hand_made_score(reader: SpanReader) -> None:
    from dataclasses import replace

    engine = ExtractiveEngine(FakeEncoder(), FakeSparse())
    hits = [hit(PASSAGE)]
    for counts, best in (((-50.0, 0.0, 0.0), TRAINS), ((50.0, 0.0, 0.0), RIGHT)):
        scorer = replace(BUILT_IN, reading=counts, reader=reader)
        ranked = engine.rank(QUESTION, hits, scorer)
        assert ranked[0].span.shown == best
        assert len(ranked[0].figures) == len(engine.rank(QUESTION, hits)[0].figures) + 3
        (chinese,) = engine.rank("员工有几天假？", [hit("员工有30天年假。")], scorer)  # not its language: not read
        assert len(chinese.figures) == len(ranked[0].figures) - 3


def test_where_the_reader_fails_the_built_in_scorer_answers_and_the_log_says_why(
    base: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    from dataclasses import replace

    monkeypatch.setattr(extractive, "SURE", 0.0)
    (tmp_path / "broken.safetensors").write_bytes(b"none")
    broken = SpanReader(tmp_path / "broken.safetensors", lambda: base)
    scorer = replace(BUILT_IN, reading=(1.0, 1.0, 1.0), reader=broken)
    plain, failing = (
        ExtractiveEngine(FakeEncoder(), FakeSparse(), scorer=lambda _, s=s: s) for s in (BUILT_IN, scorer)
    )
    with caplog.at_level(logging.WARNING):
        said = list(failing.answer(QUESTION, [hit(PASSAGE)]))
    assert said == list(plain.answer(QUESTION, [hit(PASSAGE)]))
    assert any(isinstance(piece, Quote) for piece in said)
    assert "The built-in scorer chooses the quotes of this answer: The reader of quotes cannot be used" in caplog.text


# -- as a version in the store -----------------------------------------------------------------------------


def without(name: str) -> Tensors:
    return {n: t for n, t in reader_tensors().items() if n != name}


def shaped(name: str, *shape: int) -> Tensors:
    return reader_tensors() | {name: ("F32", list(shape), bytes(4 * int(np.prod(shape))))}


def filled(name: str, value: float) -> Tensors:
    dtype, shape, values = reader_tensors()[name]
    return reader_tensors() | {name: (dtype, shape, np.full(len(values) // 4, value, "<f4").tobytes())}


A, B = (f"encoder.layer.0.intermediate.dense.lora_{part}.weight" for part in "AB")
BROKEN: dict[str, tuple[Tensors, str]] = {
    "no head": (without("span.weight"), "lacks the tensor span.weight"),
    "a head's shape": (shaped("span.weight", 3, WIDE), "span.weight in the shape [3, 24], not [2, 24]"),
    "a head's width": (shaped("relevance.weight", 1, 8), "relevance.weight in the shape [1, 8], not [1, 24]"),
    "another tensor": (shaped("pooler.weight", 2, 2), "'pooler.weight', which is no part of a reader"),
    "a half": (without(B), "no A and B of one rank"),
    "two ranks": (shaped(A, RANK + 1, WIDE), "no A and B of one rank"),
    "not finite": (filled("span.bias", float("nan")), "is not finite"),
    "zeros": (
        {n: (d, s, bytes(len(v)) if "lora_B" in n else v) for n, (d, s, v) in reader_tensors().items()}, "no-op",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
def test_what_is_no_reader_is_refused_with_the_reason(name: str, store: AdapterStore, tmp_path: Path) -> None:
    tensors, reason = BROKEN[name]
    with pytest.raises(Rejected) as found:
        store.add(reader_folder(tmp_path / "mine", "x", tensors=tensors))
    assert str(found.value).startswith("reader.safetensors of the adapter ")
    assert reason in str(found.value)
    assert store.list() == ()


def test_a_reader_and_its_scorer_are_one_version(store: AdapterStore, tmp_path: Path) -> None:
    folder = reader_folder(tmp_path / "mine", "x")
    with pytest.raises(Rejected, match="was fitted for the encoder x, and the one in use is y"):
        store.add(folder, encoder="y")
    found = store.add(folder, encoder="x")
    assert (found.kind, found.engine, found.rank) == ("scorer", "extractive", RANK)
    assert found.parameters == 40 + 3 + sum(int(np.prod(shape)) for _, shape, _ in reader_tensors().values())
    assert store.add(folder) == found
    assert store.add(reader_folder(folder, "x", tensors=reader_tensors(seed=1))).version != found.version
    (folder / "scorer.json").unlink()
    with pytest.raises(Rejected, match=r"lacks adapter_config\.json"):
        store.add(folder)
    reader_folder(folder, "x")
    (folder / "reader.safetensors").unlink()
    with pytest.raises(Rejected, match="unknown key 'reader'"):
        store.add(folder)


def test_it_is_loaded_tried_and_used_without_a_restart(
    store: AdapterStore, encoder: SentenceEncoder, tmp_path: Path
) -> None:
    scorers = Scorers(store, encoder, lambda: encoder.identity)
    engine = ExtractiveEngine(FakeEncoder(), FakeSparse(), scorer=scorers)
    key = store.add(reader_folder(tmp_path / "mine", encoder.identity, counts=-20.0), encoder=encoder.identity).key
    before = list(engine.answer(QUESTION, [hit(PASSAGE)]))
    scorers.load(key)
    scorers.probe(key)
    store.activate(key)
    assert scorers.status() == (key, "")
    assert scorers() is scorers(key)  # read once
    assert engine.rank(QUESTION, [hit(PASSAGE)], scorers())[0].span.shown == TRAINS
    store.rollback("extractive")
    assert scorers() is BUILT_IN
    assert list(engine.answer(QUESTION, [hit(PASSAGE)])) == before


def test_one_that_does_not_fit_the_encoder_is_not_let_in_and_the_built_in_scorer_goes_on(
    store: AdapterStore, encoder: SentenceEncoder, tmp_path: Path
) -> None:
    scorers, mine = Scorers(store, encoder, lambda: mine), encoder.identity
    wide = shaped("encoder.layer.0.intermediate.dense.lora_A.weight", RANK, WIDE + 1)
    wide |= {"encoder.layer.7.output.dense.lora_A.weight": wide.pop(A)}
    wide |= {"encoder.layer.7.output.dense.lora_B.weight": wide.pop(B)}
    misfit = store.add(reader_folder(tmp_path / "misfit", mine, tensors=wide)).key
    with pytest.raises(Rejected, match=r"changes encoder.layer.7.output.dense, which the encoder does not have"):
        scorers.load(misfit)
    other = store.add(reader_folder(tmp_path / "other", "other:24:0")).key
    with pytest.raises(Rejected, match="was fitted for the encoder other:24:0, and the one in use is"):
        scorers.load(other)
    store.activate(other)
    key, problem = scorers.status()
    assert (key, "cannot be used" in problem, scorers()) == ("", True, BUILT_IN)
    with pytest.raises(NotFound):
        scorers.load("none@1")
    fake = Scorers(store, FakeEncoder("other", 24), lambda: "other:24:0")
    with pytest.raises(Rejected, match="has no weights here for it"):
        fake.load(other)
    with pytest.raises(Unavailable, match="cannot be read for a reader"):
        SpanReader(tmp_path / "misfit" / "reader.safetensors", lambda: tmp_path / "nowhere").load()


def test_an_encoder_that_is_not_loaded_yet_is_compared_once_it_is(store: AdapterStore, tmp_path: Path) -> None:
    used = [""]
    scorers = Scorers(store, FakeEncoder(), lambda: used[0])
    key = store.add(scorer_folder(tmp_path / "mine", cosine=3.0)).key
    store.activate(key)
    assert scorers.status() == (key, "")
    used[0] = "other:24:0"
    assert "was fitted for the encoder fake:256:0" in scorers.status()[1]


# -- trained -----------------------------------------------------------------------------------------------


@pytest.mark.filterwarnings("ignore::FutureWarning")
def test_what_the_training_writes_is_a_reader_that_says_what_the_trained_model_does(base: Path, tmp_path: Path) -> None:
    import torch

    from tests.bench import reader_train

    torch.manual_seed(0)
    model = reader_train.Model(base, rank=2)
    examples = [(QUESTION, PASSAGE, PASSAGE.index("30"), PASSAGE.index("30") + 2), ("How many trains?", TRAINS, -1, -1)]
    told = reader_train.train(
        model,
        {"answerable": examples[:1], "unanswerable": examples[1:], "recurring": []},
        tmp_path / "out",
        seconds=0.5,
    )
    assert told["steps"] >= 1
    file = tmp_path / "out" / "reader.safetensors"
    assert reading.check(file)[0] == 2
    (right,) = SpanReader(file, lambda: base).read(QUESTION, PLACES[1:])
    rows = model.tokenizer([QUESTION], [PASSAGE], return_tensors="pt")
    _, relevant = model.eval()(rows)
    assert right[2] == pytest.approx(float(relevant.sigmoid().detach()), abs=5e-3)


def test_the_bench_weighs_what_the_reader_says_and_writes_what_the_store_takes(
    store: AdapterStore, tmp_path: Path
) -> None:
    from tests.bench import reader as bench

    rows = [
        bench.Row(
            set="set", article=n % 4, unanswerable=n % 5 == 4, scores=np.array([1.0, 0.5]), cosines=np.zeros(2),
            read=np.array([[0.2, 0.1, 0.5], [0.9, 0.9, 0.5]]), holds=np.array([False, n % 5 != 4]), seconds=1, built=1,
        )
        for n in range(40)
    ]  # fmt: skip
    told = bench.figures(rows)
    assert (told["hand_top1"], told["mixed_top1"], told["reader_top1"], told["hand_top3"]) == (0, 1, 1, 1)
    assert (told["gain_top1_low"], told["questions"], told["unanswerable"]) == (1, 32, 8)
    folder = reader_folder(tmp_path / "mine", "x")
    bench.write(folder, rows, "fake:256:0", {"set": told})
    found = store.add(folder, encoder="fake:256:0")
    assert found.figures["questions"] == 32
    assert scorer.read(found.folder).scorer.reading[0] > 0
