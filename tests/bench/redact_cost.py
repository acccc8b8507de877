"""What redaction costs: per 1,000 characters, on hostile input, before the first words, and how much is held back.

    python -m tests.bench.redact_cost [FILE ...] [--answers N] [--hostile KB ...] [--only NAME ...] [--seed S] [--json]

Normal text: the sample papers that are plain text and the FILEs (SQuAD JSON), English and Chinese apart; and the
generated letters, full of personal data. Others on the machine lengthen the figures of the clock, hardly those of
the processor; the yardstick, a fixed loop in plain Python, tells how fast a processor it is.
"""

from __future__ import annotations

import argparse
import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from random import Random
from time import perf_counter, process_time
from typing import Any

import numpy as np

from ragbox.redact.analyzer import Analyzer
from ragbox.redact.policy import Style, replacer
from ragbox.redact.stream import StreamRedactor
from tests.pii.generator import positives

SAMPLES = Path(__file__).parents[2] / "data" / "samples"
ANSWER = 1000
"""Characters of a text that is timed, and of an answer."""
HOSTILE = {
    "digits": "1234567890",
    "a@a@a": "a@",
    "spaces": " ",
    "zero-width": "\u200b",
    "Han": "张王李区路号",
    "plus signs": "+",
    "spaced digits": "1 3 ",
    "capitals": "Aa Bb ",
    "dots": "a.b.",
    "PEM": "-----BEGIN RSA PRIVATE KEY-----\n",
    "address": "中山路1号",
    "colons": "a:1:",
    "ones": "1 ",
    "single capitals": "A ",
    "titles": "张先生",
}
"""What is repeated."""
RANDOM = {"random digits": "0123456789", "random spaced digits": "0123456789    "}
"""What is drawn from: of it nothing repeats itself."""


def sources(files: list[Path]) -> Iterator[str]:
    for path in sorted(p for p in SAMPLES.rglob("*") if p.suffix in (".md", ".txt")):
        yield path.read_text(encoding="utf-8")
    for path in files:
        data = json.loads(path.read_text(encoding="utf-8"))["data"]
        yield "\n".join(p["context"] for article in data for p in article["paragraphs"])


def yardstick() -> float:
    """Return the milliseconds of processor time of a fixed loop in plain Python."""
    with Clock() as clock:
        total = 0
        for n in range(1_000_000):
            total += n % 7
    return round(clock.processor * 1000, 1)


def letters() -> Iterator[str]:
    """Yield generated letters: one value in 30 characters, far more than in most texts."""
    yield "\n\n".join(t.text for t in positives(6, scale=0.3) if t.layout == "letter")


def chinese(text: str) -> bool:
    return len(re.findall("[一-鿿]", text)) > len(text) / 4


def answers(texts: Iterable[str], count: int, seed: int) -> list[str]:
    """Return pieces of ANSWER characters, at most as many of each text."""
    pieces = [[text[i : i + ANSWER] for i in range(0, len(text) - ANSWER + 1, ANSWER)] for text in texts]
    pieces = [of for of in pieces if of]
    draw = Random(seed)
    return [piece for of in pieces for piece in draw.sample(of, min(len(of), count // len(pieces) + 1))]


def tokens(text: str, draw: Random) -> Iterator[str]:
    """Cut a text into pieces of one to six characters, as a model writes it."""
    start = 0
    while start < len(text):
        size = draw.randint(1, 6)
        yield text[start : start + size]
        start += size


class Clock:
    """Adds up seconds, and those of processor time, which others on the machine do not lengthen."""

    def __init__(self) -> None:
        self.seconds = self.processor = 0.0

    def __enter__(self) -> Clock:
        self._start = perf_counter(), process_time()
        return self

    def __exit__(self, *_: object) -> None:
        self.seconds += perf_counter() - self._start[0]
        self.processor += process_time() - self._start[1]


class Counted:
    """Presidio's engine, which counts how often it is asked."""

    def __init__(self, analyzer: Analyzer) -> None:
        self.asks, engine = 0, analyzer._engine
        self._analyze, engine.analyze = engine.analyze, self

    def __call__(self, *given: Any, **named: Any) -> Any:
        self.asks += 1
        return self._analyze(*given, **named)


def streamed(made: list[str], analyzer: Analyzer, seed: int, asked: Counted) -> dict[str, float]:
    """Return milliseconds per 1,000 characters and until the first visible text, and the characters held back."""
    draw = Random(seed)
    values: dict[str, list[float]] = defaultdict(list)
    for text in made:
        for way, pieces in (("whole", [text]), ("by tokens", list(tokens(text, draw)))):
            redactor, clock, visible, fed = StreamRedactor(analyzer.find, replacer(Style.REDACT)), Clock(), False, 0
            asks = asked.asks
            for piece in pieces:
                with clock:
                    out = redactor.feed(piece)
                fed += len(piece)
                if way == "by tokens":
                    values["characters held back"].append(redactor.held)
                    if out.strip() and not visible:
                        visible = True
                        values["ms of work before the first words"].append(clock.seconds * 1000)
                        values["characters fed before the first words"].append(fed)
            with clock:
                redactor.flush()
            values["times Presidio is asked per 1,000 characters"].append((asked.asks - asks) * 1000 / len(text))
            values[f"ms per 1,000 characters, {way}"].append(clock.seconds * 1e6 / len(text))
            values[f"processor ms per 1,000 characters, {way}"].append(clock.processor * 1e6 / len(text))
    return {
        f"{name}/p{rank}": round(float(np.percentile(those, rank)), 2)
        for name, those in values.items()
        for rank in (50, 95, 99)
    }


def hostile(size: int, analyzer: Analyzer, only: list[str]) -> dict[str, float]:
    """Return the milliseconds per KB of each hostile input, fed in pieces of 1,000 characters."""
    figures, draw = {}, Random(size)
    for name, unit in (HOSTILE | RANDOM).items():
        if only and name not in only:
            continue
        length = size * 1024
        text = "".join(draw.choices(unit, k=length)) if name in RANDOM else (unit * (length // len(unit) + 1))[:length]
        redactor, clock = StreamRedactor(analyzer.find, replacer(Style.REDACT)), Clock()
        with clock:
            for start in range(0, len(text), 1000):
                redactor.feed(text[start : start + 1000])
            redactor.flush()
        figures[f"ms per KB, {size} KB of {name}"] = round(clock.seconds * 1000 / size, 2)
        figures[f"processor ms per KB, {size} KB of {name}"] = round(clock.processor * 1000 / size, 2)
    return figures


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", type=Path, nargs="*")
    parser.add_argument("--answers", type=int, default=300)
    parser.add_argument("--hostile", type=int, nargs="*", default=[1, 64, 1024], help="KB of each hostile input")
    parser.add_argument("--only", nargs="*", default=[], help="names of hostile inputs")
    parser.add_argument("--seed", type=int, default=6)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    analyzer = Analyzer()
    started = perf_counter()
    analyzer.load()
    figures = {"seconds to load": round(perf_counter() - started, 2), "yardstick, ms": yardstick()}
    normal = answers(sources(options.files), options.answers, options.seed)
    made = {"Chinese": [t for t in normal if chinese(t)], "English": [t for t in normal if not chinese(t)]}
    made["letters"] = answers(letters(), options.answers // 5, options.seed)
    asked = Counted(analyzer)
    streamed(made["letters"][:5], analyzer, options.seed, asked)  # the first calls fill caches
    for kind, those in made.items():
        figures[f"{kind}: answers"] = len(those)
        figures |= {f"{kind}: {name}": value for name, value in streamed(those, analyzer, options.seed, asked).items()}
    for size in options.hostile:
        figures |= hostile(size, analyzer, options.only)
    figures["yardstick at the end, ms"] = yardstick()
    for name, value in figures.items():
        print(f"{name:70} {value}")
    if options.json:
        print(json.dumps(figures))


if __name__ == "__main__":
    main()
