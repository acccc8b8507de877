"""Adapters side by side with the model they lie beside: swaps, reloads, delays and throughput, all in one run.

    python -m tests.bench.swap [--parameters 0.2] [--quantization nf4] [--device auto] [--adapters 8] [--json]
    python -m tests.bench.swap --quick
    python -m tests.bench.swap --processor    processor time instead of the clock's, where others keep the machine busy

The model is a Qwen3 of that many billion parameters with random weights (generate_contenders.py), its adapters are
random too and on every linear layer. Figures are medians in milliseconds unless they say otherwise.

- `attach`: read an adapter and put it beside the model, `hold` the latter alone, which answers under way wait for;
  `switch`: let the next step be another one's; `swap` is attach and switch. The chat on which a box tries an adapter
  the first time after a load is not among it.
- `reload`: load the model again, which is what a box without adapters does. `ratio` is reload beside swap.
- `p95`: between two tokens of eight running answers, without anything beside and while an adapter is attached every
  half second; `added` is the difference.
- `throughput`: tokens a second of as many askers as there are adapters, all with one adapter, and each with its own.
- `adapter_mb`: memory of one, `model_mb` that of the model.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from itertools import cycle, pairwise
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter, process_time
from typing import Any

from ragbox.engines.hf import HfModel
from ragbox.generation import Message, Request, Sampling
from ragbox.scheduler import Scheduler

from ..tiny_lora import tiny_lora
from .generate_contenders import save, words

QUICK = {"parameters": "tiny", "quantization": "fp32", "adapters": 2, "answer": 8, "prompt": 32, "runs": 2}
"""To see that it runs."""
EVERY = 0.5
"""Seconds between two adapters that are attached while others write."""


def timed(work: Callable[[], object], clock: Callable[[], float]) -> float:
    """Return the milliseconds that work takes."""
    start = clock()
    work()
    return 1e3 * (clock() - start)


@contextmanager
def beside(work: Callable[[], object]) -> Iterator[None]:
    """Do the work again and again in another thread meanwhile."""
    over = threading.Event()

    def run() -> None:
        while not over.wait(EVERY):
            work()

    thread = threading.Thread(target=run)
    thread.start()
    yield
    over.set()
    thread.join()


def answers(scheduler: Scheduler, adapters: list[str], options: argparse.Namespace) -> tuple[float, float]:
    """Let one asker for each of these have an answer; return tokens a second, and the p95 between two tokens in ms."""

    def one(n: int, adapter: str) -> list[float]:
        message = Message(role="user", content=words(options.prompt, n))
        sampling = Sampling(max_new_tokens=options.answer)
        times = []
        for delta in scheduler.submit(Request(id=str(n), messages=(message,), sampling=sampling, adapter=adapter)):
            times += [perf_counter()] * bool(delta.tokens)
            if delta.end == "error":
                raise SystemExit(delta.reason)
        return times

    start = perf_counter()
    with ThreadPoolExecutor(len(adapters)) as pool:
        found = list(pool.map(one, range(len(adapters)), adapters))
    gaps = [b - a for times in found for a, b in pairwise(times)]
    return sum(map(len, found)) / (perf_counter() - start), 1e3 * quantiles(gaps, n=20)[-1]


def measure(model: HfModel, folders: list[Path], options: argparse.Namespace) -> dict[str, Any]:
    reload, clock = [], process_time if options.processor else perf_counter
    for _ in range(options.runs):
        model.close()
        reload.append(timed(model.load, clock))
    names = [f"a@{n}" for n in range(len(folders))]
    scheduler = Scheduler(model, wait=3600.0)
    scheduler.load()

    def between(work: Callable[..., None], *given: Any) -> float:
        return timed(lambda: scheduler.between(partial(work, *given)), clock)

    def put(name: str, folder: Path) -> tuple[float, float]:
        """Attach as the box does; return the milliseconds of reading, and of what is done between two steps."""
        began = clock()
        lora = model.read(folder)
        return 1e3 * (clock() - began), between(model.put, name, lora)

    spent = [put(name, folder) for name, folder in zip(names, folders, strict=True)]
    attach, hold = [sum(both) for both in spent], [held for _, held in spent]
    switch = [between(model._ready()[1].adapters.use, name) for name in names * 3]
    spare = cycle(["spare@0", "spare@1"])

    def swap() -> None:
        name = next(spare)
        scheduler.between(partial(model.detach, name))
        put(name, folders[0])

    answers(scheduler, names[:1] * 8, options)
    calm = answers(scheduler, names[:1] * 8, options)
    with beside(swap):
        swapped = answers(scheduler, names[:1] * 8, options)
    mixed = answers(scheduler, names, options)
    alone = answers(scheduler, names[:1] * len(names), options)
    scheduler.close()
    parts = (p for n, p in model._ready()[1]._model.named_parameters() if ".adapter_1." in n)
    return {
        "device": model.capabilities.device, "quantization": model.capabilities.quantization,
        "parameters": model.capabilities.parameters, "adapters": len(names), "rank": options.rank,
        "model_mb": model.capabilities.memory / 2**20,
        "adapter_mb": sum(p.numel() * p.element_size() for p in parts) / 2**20,
        "attach": median(attach), "hold": median(hold), "switch": median(switch),
        "swap": median(attach) + median(switch), "reload": median(reload),
        "ratio": median(reload) / (median(attach) + median(switch)),
        "p95": {"calm": calm[1], "attaching": swapped[1], "added": swapped[1] - calm[1]},
        "throughput": {"one_adapter": alone[0], f"{len(names)}_adapters": mixed[0]},
    }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--parameters", default="0.2")
    parser.add_argument("--quantization", default="nf4")
    parser.add_argument("--device", default="auto")
    parser.add_argument("--adapters", type=int, default=8)
    parser.add_argument("--rank", type=int, default=16)
    parser.add_argument("--prompt", type=int, default=64, help="tokens of a prompt")
    parser.add_argument("--answer", type=int, default=32, help="tokens of an answer")
    parser.add_argument("--runs", type=int, default=3, help="how often the model is loaded again")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--processor", action="store_true", help="processor time of attach, switch and reload")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    import torch

    if options.quick:
        vars(options).update(QUICK)
    with tempfile.TemporaryDirectory() as at:
        base = save(Path(at) / "model", options.parameters, gpu=options.device != "cpu" and torch.cuda.is_available())
        folders = [tiny_lora(base, Path(at) / str(n), seed=n, r=options.rank) for n in range(options.adapters)]
        model = HfModel(base, quantization=options.quantization, device_map=options.device)
        found = measure(model, folders, options)
        model.close()
    json.dump(found, sys.stdout, indent=None if options.json else 2)
    print()


if __name__ == "__main__":
    main()
