"""Writing side by side: memory, speed of prompt and answer, many users at once, kept prefixes; all in one run.

    python -m tests.bench.generate [--parameters 0.6] [--device auto] [--users 1 4 8 16] [--gguf] [--json]
    python -m tests.bench.generate --quick

The model is a Qwen3 of that many billion parameters with random weights (generate_contenders.py), written into a
temporary folder once. Every figure comes from the engine that the box uses; those of users go through its scheduler.

- `prefill` and `decode`: prompt and answer tokens a second of one row; `first` seconds to the first token.
- `share`: of the memory bandwidth, measured by summing up a large tensor, that the decode of one row makes use of.
- `users`: tokens a second of all of them together, beside transformers' `generate` over the same prompts one after
  another (at most `--baseline` of them: its pace does not depend on how many there are), measured just before and just
  after, and beside transformers' continuous batching.
- `prefix`: seconds to the first token of a prompt that begins as the last one did, kept and not kept.

`others_cores` is how many cores the rest of the machine kept busy meanwhile. Where that is not near 0, compare
ratios only, and set OMP_NUM_THREADS to 1: two threads that wait for each other are many times slower there.
"""

from __future__ import annotations

import argparse
import gc
import json
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import mean, median
from time import perf_counter
from typing import Any

from ragbox.engines.hf import HfModel
from ragbox.generation import Message, Request, Sampling
from ragbox.ports import LanguageModel
from ragbox.scheduler import Scheduler

from .generate_contenders import SIZES, Transformers, save, save_gguf, words

QUICK = {"parameters": "tiny", "users": [1, 4], "prompt": 32, "answer": 8, "prefix": 64, "runs": 1}
"""To see that it runs."""
Figures = dict[str, Any]


def ask(id: str, text: str, answer: int, system: str = "") -> Request:
    first = (Message(role="system", content=system),) if system else ()
    messages = (*first, Message(role="user", content=text))
    return Request(id=id, messages=messages, sampling=Sampling(max_new_tokens=answer))


def write(model: LanguageModel, request: Request) -> Figures:
    """Write one text; return seconds to its first token, its tokens, and tokens a second after the first."""
    start, first, tokens, prompt = perf_counter(), 0.0, 0, 0
    for delta in model.generate([request], lambda _: ()):
        first = first or (perf_counter() - start if delta.tokens else 0.0)
        tokens, prompt = tokens + delta.tokens, prompt + delta.prompt_tokens
        if delta.end == "error":
            raise SystemExit(delta.reason)
    decode = (tokens - 1) / (perf_counter() - start - first) if tokens > 1 else 0.0
    return {"first": first, "tokens": tokens, "prompt": prompt, "decode": decode}


def single(model: LanguageModel, options: argparse.Namespace) -> Figures:
    write(model, ask("warm", words(8, 0), 2))
    runs = [write(model, ask(str(n), words(options.prompt, n), options.answer)) for n in range(options.runs)]
    first = median(run["first"] for run in runs)
    can = model.capabilities
    return {
        "memory_mb": can.memory / 2**20, "parameters": can.parameters, "device": can.device,
        "prompt": runs[0]["prompt"], "first": first, "prefill": runs[0]["prompt"] / first,
        "decode": median(run["decode"] for run in runs),
    }  # fmt: skip


def prefix(model: LanguageModel, options: argparse.Namespace) -> Figures:
    """Measure in turns a prompt whose beginning is kept, and one whose beginning is new."""
    kept, fresh, prompt = [], [], 0
    system = words(options.prefix, 99)
    for n in range(options.runs + 1):
        for times, begin in ((kept, system), (fresh, words(options.prefix, 1000 + n))):
            request = ask(str(n), words(options.prompt, 100 + n), 1, begin)
            found = write(model, Request(id=request.id, messages=request.messages, sampling=request.sampling, prefix=1))
            times.append(found["first"])
            prompt = found["prompt"]
    return {"prefix": options.prefix, "prompt": prompt, "kept": median(kept[1:]), "fresh": median(fresh[1:])}


def together(model: LanguageModel, texts: Sequence[str], answer: int) -> Figures:
    """Let a user for each text ask at once."""
    scheduler = Scheduler(model, wait=3600)
    scheduler.load()
    start = perf_counter()
    streams = [scheduler.submit(ask(str(n), text, answer)) for n, text in enumerate(texts)]
    written = sum(delta.tokens for stream in streams for delta in stream)
    took, load = perf_counter() - start, scheduler.status()
    scheduler.close()
    return {"tokens_per_second": written / took, "first_p50": load.first_token_p50, "rows": load.rows}


def users(model: LanguageModel, baseline: Transformers, options: argparse.Namespace) -> list[Figures]:
    found = []
    for count in options.users:
        texts = [words(options.prompt, 10 * count + n) for n in range(count)]
        few = texts[: options.baseline]
        before = baseline.plain(few, options.answer)
        row: Figures = {"users": count, **together(model, texts, options.answer)}
        row["plain"] = mean([before, baseline.plain(few, options.answer)])
        found.append(row | {"times": row["tokens_per_second"] / row["plain"]})
    for row in found:  # last: it changes the model's attention
        texts = [words(options.prompt, 10 * row["users"] + n) for n in range(row["users"])]
        try:
            row["continuous"] = baseline.continuous(texts, options.answer)
        except Exception as error:
            row["continuous"] = f"{type(error).__name__}: {error}"[:200]
    return found


def bandwidth(gpu: bool, quick: bool) -> float:
    """Return bytes a second that this device reads."""
    import torch

    data = torch.ones(2**24 if quick else 2**28, device="cuda" if gpu else "cpu")  # 1 GiB: far larger than any cache
    times = []
    for _ in range(5):
        start = perf_counter()
        data.sum().item()
        times.append(perf_counter() - start)
    return data.numel() * 4 / min(times)


def read_at_each_token(figures: Figures, size: str, quantization: str) -> float:
    """Return the bytes of all weights but embeddings that are only looked up."""
    hidden, *_, vocabulary, tied = SIZES[size]
    lookup = 0 if tied else hidden * vocabulary * (4 if quantization == "fp32" else 2)
    return figures["memory_mb"] * 2**20 - lookup


@contextmanager
def watched(figures: Figures) -> Iterator[None]:
    """Count the cores that others keep busy."""
    import psutil

    def busy() -> float:
        times = psutil.cpu_times()
        return sum(times) - times.idle - getattr(times, "iowait", 0)

    def own() -> float:
        used = psutil.Process().cpu_times()
        return used.user + used.system

    start, others = perf_counter(), busy() - own()
    yield
    figures["others_cores"] = max(0.0, (busy() - own() - others) / (perf_counter() - start))


def measure(folder: Path, quantization: str, options: argparse.Namespace, *, gpu: bool) -> Figures:
    figures: Figures = {}
    with watched(figures):
        model = HfModel(folder, quantization=quantization, device_map=options.device, rows=options.rows, context=8192)
        model.load()
        figures |= single(model, options)
        speed = bandwidth(gpu, options.quick)
        figures["share"] = figures["decode"] * read_at_each_token(figures, options.parameters, quantization) / speed
        figures["bandwidth_gb"] = speed / 1e9
        figures["prefix"] = prefix(model, options)
        if options.users:
            baseline = Transformers(folder, quantization, options.device)
            figures["users"] = users(model, baseline, options)
            del baseline
        model.close()
    gc.collect()
    return figures


def gguf(file: Path, options: argparse.Namespace) -> Figures:
    from ragbox.engines.llamacpp import LlamaCppModel

    figures: Figures = {}
    with watched(figures):
        model = LlamaCppModel(file, context=8192)
        model.load()
        figures |= single(model, options)
        model.close()
    return figures


def show(report: Figures) -> None:
    print("| | memory MB | prompt tokens/s | first token s | tokens/s | share of bandwidth | others' cores |")
    print("|---|---|---|---|---|---|---|")
    for name, row in report.items():
        print(
            f"| {name} | {row['memory_mb']:.0f} | {row['prefill']:.0f} | {row['first']:.2f} | {row['decode']:.1f} "
            f"| {row.get('share', 0):.2f} | {row['others_cores']:.1f} |"
        )
    for name, row in report.items():
        if kept := row.get("prefix"):
            print(f"{name}: {kept['prefix']} of {kept['prompt']} prompt tokens kept: first token", end=" ")
            print(f"{kept['kept']:.2f} s, {kept['kept'] / kept['fresh']:.2f} of {kept['fresh']:.2f} s")
        for one in row.get("users", ()):
            other = one["continuous"] if isinstance(one["continuous"], str) else f"{one['continuous']:.1f}"
            print(
                f"{name}, {one['users']} users: {one['tokens_per_second']:.1f} tokens/s, {one['times']:.1f} times",
                end=" ",
            )
            print(f"generate's {one['plain']:.1f}; continuous batching {other}; first token {one['first_p50']:.1f} s")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--parameters", choices=SIZES, default="0.6", help="billions")
    parser.add_argument("--device", default="auto", help="auto or cpu")
    parser.add_argument("--quantizations", nargs="+", default=["nf4", "int8", "bf16", "fp32"])
    parser.add_argument("--users", nargs="*", type=int, default=[1, 4, 8, 16])
    parser.add_argument("--baseline", type=int, default=2, help="texts that plain generate writes before and after")
    parser.add_argument("--rows", type=int, default=8)
    parser.add_argument("--prompt", type=int, default=64, help="tokens, the few of the template not counted")
    parser.add_argument("--answer", type=int, default=64, help="tokens")
    parser.add_argument("--prefix", type=int, default=512, help="tokens")
    parser.add_argument("--runs", type=int, default=3, help="of which the median is taken")
    parser.add_argument("--folder", type=Path, help="where the model is written, or is already")
    parser.add_argument("--gguf", action="store_true", help="also the same architecture as Q4_K_M in llama.cpp")
    parser.add_argument("--quick", action="store_true", help="a tiny model and few tokens")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    if options.quick:
        vars(options).update(QUICK)
    import torch

    gpu = torch.cuda.is_available() and options.device != "cpu"
    folder = options.folder or Path(tempfile.gettempdir(), f"ragbox-bench-{options.parameters}")
    save(folder, options.parameters, gpu=gpu)
    report: Figures = {}
    for name in options.quantizations:
        report[name] = measure(folder, name, options, gpu=gpu)
        print(name, json.dumps(report[name]), file=sys.stderr)  # the next one may take an hour
    if options.gguf:
        report["llama.cpp"] = gguf(save_gguf(folder, options.parameters), options)
    print(json.dumps(report)) if options.json else show(report)


if __name__ == "__main__":
    main()
