"""Adapters swapped under load: a real nf4 model, peft, the scheduler, and many who ask meanwhile.

Each adapter is a marker: what it lets the model say to a question differs from what every other and the model alone
say, so an answer of which one token came from another adapter is seen.
"""

from __future__ import annotations

import gc
import os
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path
from statistics import quantiles

import pytest

from ragbox import batches
from ragbox.adapters.loaded import Loaded
from ragbox.engines import hf_load
from ragbox.engines.hf import HfModel
from ragbox.generation import Message, Request, Sampling
from ragbox.llm import Llm
from ragbox.models import Store
from ragbox.settings import Settings

from ..tiny_lm import one_thread, tiny_lm
from ..tiny_lora import loaded, tiny_lora

pytestmark = pytest.mark.slow

MARKERS = ("red", "green", "blue")
QUESTIONS = ("Which invoice of March was paid?", "the order is due " * 8, "三月的发票金额是多少？")
SWAPS, WARM, ASKERS = 200, 40, 16
ANSWER = 8

_ = pytest.fixture(scope="module", autouse=True)(one_thread)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_lm(tmp_path_factory.mktemp("tiny"))


@pytest.fixture(scope="module")
def markers(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    at = tmp_path_factory.mktemp("markers")
    return {marker: tiny_lora(folder, at / marker, seed=n) for n, marker in enumerate(MARKERS)}


@pytest.fixture(scope="module")
def llm(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Llm]:
    """A model that computes in fp32: in bf16 near ties fall otherwise with every change of who shares the batch."""
    settings = Settings(queue_seconds=120.0)
    made = Llm(settings, Store(tmp_path_factory.mktemp("store")), make=lambda *_: HfModel(folder, quantization="nf4"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(hf_load, "computes_bf16", lambda: False)
        made.open()
        assert made.wait(60).state == "ready"
    yield made
    made.close()


def ask(llm: Llm, id: str, adapter: str, question: int, most: int = ANSWER) -> tuple[str, list[float]]:
    """Return an answer, which must be whole, and the seconds between its tokens."""
    message = Message(role="user", content=QUESTIONS[question])
    request = Request(id=id, messages=(message,), sampling=Sampling(max_new_tokens=most), adapter=adapter)
    said, tokens, times = "", 0, list[float]()
    for delta in llm.submit(request):
        said, tokens = said + delta.text, tokens + delta.tokens
        times += [time.perf_counter()] if delta.tokens else []
        assert delta.end in ("", "length"), delta
    assert tokens == most
    return said, [b - a for a, b in pairwise(times)]


def learn(llm: Llm, adapters: Loaded) -> dict[tuple[str, int], str]:
    """Return what each marker says to each question alone, having seen that it is its own."""
    said = {}
    for marker in ("", *MARKERS):
        with adapters.use(marker and f"{marker}@0") as key:
            said |= {(marker, q): ask(llm, f"{marker}{q}", key, q)[0] for q in range(len(QUESTIONS))}
    assert len(set(said.values())) == len(said)
    return said


def resident() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def test_two_hundred_swaps_under_sixteen_askers(llm: Llm, markers: dict[str, Path]) -> None:
    adapters = loaded(llm, 8, **markers)
    expected = learn(llm, adapters)
    active, over, answered, sizes = f"{MARKERS[0]}@0", threading.Event(), [0] * ASKERS, list[int]()

    def asking(asker: int) -> None:
        n = 0
        while not over.is_set():
            with adapters.use(active) as key:
                said, _ = ask(llm, f"{asker}.{n}", key, n % len(QUESTIONS))
            assert said == expected[key.partition("@")[0], n % len(QUESTIONS)], key
            n += 1
            answered[asker] = n

    with ThreadPoolExecutor(ASKERS) as pool:
        running = [pool.submit(asking, asker) for asker in range(ASKERS)]
        try:
            for swap in range(SWAPS):
                key = f"{MARKERS[swap % len(MARKERS)]}@{swap}"  # a version that was never there
                adapters.load(key)
                active = key
                if swap >= WARM and swap % 10 == 0:
                    gc.collect()
                    sizes.append(resident())
                assert not [r for r in running if r.done()]
        finally:
            over.set()
        for asker in running:
            asker.result(60)
    assert min(answered) >= 5
    assert len(llm.attached) <= 8
    early, late = min(sizes[:3]), min(sizes[-3:])
    print(f"resident {early / 1e6:.1f} MB, after {SWAPS} swaps and {sum(answered)} answers {late / 1e6:.1f} MB")
    assert late <= 1.01 * early, f"{early / 1e6:.1f} MB grew to {late / 1e6:.1f} MB"


def test_collections_have_their_own_at_once(
    llm: Llm, markers: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batches, "TURN", 0.1)  # so tiny a model answers all within one of 5 s
    adapters = loaded(llm, 3, **markers)
    expected = learn(llm, adapters)
    order: list[str] = []

    def asking(asker: int) -> None:
        for n in (0, 1, 2, 0, 1, 2):
            marker = MARKERS[asker % 2]
            with adapters.use(f"{marker}@0") as key:
                assert ask(llm, f"{asker}", key, n)[0] == expected[marker, n]
            order.append(marker)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(asking, range(8)))
    first = [order.index(marker) for marker in MARKERS[:2]]
    last = [len(order) - 1 - order[::-1].index(marker) for marker in MARKERS[:2]]
    assert max(first) < min(last)  # neither waited for the other to be done


@pytest.mark.clock
def test_a_swap_under_running_answers_loses_no_token_and_delays_them_little(llm: Llm, markers: dict[str, Path]) -> None:
    adapters = loaded(llm, 3, **markers)

    def eight(swaps: int) -> tuple[list[str], float]:
        with adapters.use("red@0"), ThreadPoolExecutor(8) as pool:
            asked = [pool.submit(ask, llm, f"{swaps}.{n}", "red@0", n % 3, 64) for n in range(8)]
            for swap in range(swaps):
                time.sleep(0.05)
                adapters.load(f"green@{swaps}.{swap}")
            found = [one.result(60) for one in asked]
        return [said for said, _ in found], quantiles([gap for _, gaps in found for gap in gaps], n=20)[-1]

    calm, p95 = eight(0)
    swapped, with_swaps = eight(5)
    assert swapped == calm
    print(f"p95 between two tokens {p95 * 1e3:.0f} ms, with swaps {with_swaps * 1e3:.0f} ms")
    assert with_swaps - p95 < 1.0


@pytest.mark.clock
def test_a_swap_is_far_faster_than_to_load_the_model_again(llm: Llm, markers: dict[str, Path], folder: Path) -> None:
    adapters = loaded(llm, 8, **markers)
    for marker in MARKERS:
        adapters.load(f"{marker}@0")
    model = llm._there().model
    assert isinstance(model, HfModel)
    steps = model._ready()[1].adapters
    start = time.perf_counter()
    for n in range(30):
        llm._there().scheduler.between(lambda n=n: steps.use(f"{MARKERS[n % 3]}@0"))
    swap = (time.perf_counter() - start) / 30
    other = HfModel(folder, quantization="nf4")
    start = time.perf_counter()
    other.load()
    load = time.perf_counter() - start
    other.close()
    print(f"switch {swap * 1e3:.2f} ms, load {load * 1e3:.0f} ms")
    assert load > 20 * swap, f"{swap * 1e3:.1f} ms, {load * 1e3:.0f} ms"
