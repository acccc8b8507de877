"""What redaction costs: per 1,000 characters, on hostile input, before the first words, and how much is held back.

    python -m tests.bench.redact_cost [FILE ...] [--answers N] [--hostile KB] [--seed S] [--json]

Normal text: the sample papers that are plain text and the FILEs (SQuAD JSON); apart from it the generated letters, full
of personal data. Run it on an idle machine: its figures are of the clock.
"""

from __future__ import annotations

import argparse
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from random import Random
from time import perf_counter, process_time

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
}
"""What is repeated."""


def sources(files: list[Path]) -> Iterator[str]:
    for path in sorted(p for p in SAMPLES.rglob("*") if p.suffix in (".md", ".txt")):
        yield path.read_text(encoding="utf-8")
    for path in files:
        data = json.loads(path.read_text(encoding="utf-8"))["data"]
        yield "\n".join(p["context"] for article in data for p in article["paragraphs"])


def letters() -> Iterator[str]:
    """Yield generated letters: one value in 30 characters, far more than in most texts."""
    yield "\n\n".join(t.text for t in positives(6, scale=0.3) if t.layout == "letter")


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

    def __enter__(self) -> None:
        self._start = perf_counter(), process_time()

    def __exit__(self, *_: object) -> None:
        self.seconds += perf_counter() - self._start[0]
        self.processor += process_time() - self._start[1]


def streamed(made: list[str], analyzer: Analyzer, seed: int) -> dict[str, float]:
    """Return milliseconds per 1,000 characters and until the first visible text, and the characters held back."""
    draw = Random(seed)
    values: dict[str, list[float]] = defaultdict(list)
    for text in made:
        for way, pieces in (("whole", [text]), ("by tokens", list(tokens(text, draw)))):
            redactor, clock, visible, fed = StreamRedactor(analyzer.find, replacer(Style.REDACT)), Clock(), False, 0
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
            values[f"ms per 1,000 characters, {way}"].append(clock.seconds * 1e6 / len(text))
            values[f"processor ms per 1,000 characters, {way}"].append(clock.processor * 1e6 / len(text))
    return {
        f"{name}/p{rank}": round(float(np.percentile(those, rank)), 2)
        for name, those in values.items()
        for rank in (50, 95, 99)
    }


def hostile(size: int, analyzer: Analyzer) -> dict[str, float]:
    """Return the milliseconds per KB of each hostile input, fed in pieces of 1,000 characters."""
    figures = {}
    for name, unit in HOSTILE.items():
        text = (unit * (size * 1024 // len(unit) + 1))[: size * 1024]
        redactor, clock = StreamRedactor(analyzer.find, replacer(Style.REDACT)), Clock()
        with clock:
            for start in range(0, len(text), 1000):
                redactor.feed(text[start : start + 1000])
            redactor.flush()
        figures[f"ms per KB, hostile {name}"] = round(clock.seconds * 1000 / size, 2)
        figures[f"processor ms per KB, hostile {name}"] = round(clock.processor * 1000 / size, 2)
    return figures


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", type=Path, nargs="*")
    parser.add_argument("--answers", type=int, default=300)
    parser.add_argument("--hostile", type=int, default=1024, help="KB of each hostile input")
    parser.add_argument("--seed", type=int, default=6)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    analyzer = Analyzer()
    started = perf_counter()
    analyzer.load()
    figures = {"seconds to load": round(perf_counter() - started, 2)}
    made = {"normal text": answers(sources(options.files), options.answers, options.seed)}
    made["letters"] = answers(letters(), options.answers // 5, options.seed)
    streamed(made["letters"][:5], analyzer, options.seed)  # the first calls fill caches
    for kind, those in made.items():
        figures[f"{kind}: answers"] = len(those)
        figures |= {f"{kind}: {name}": value for name, value in streamed(those, analyzer, options.seed).items()}
    figures |= hostile(options.hostile, analyzer)
    for name, value in figures.items():
        print(f"{name:70} {value}")
    if options.json:
        print(json.dumps(figures))


if __name__ == "__main__":
    main()
