"""What a glossary costs a question: processor time over glossaries of growing size, all in one run.

python -m tests.bench.glossary [--rows 10 200 2000]
"""

from __future__ import annotations

import argparse
import random
from statistics import median
from time import thread_time

from ragbox.index.sparse import Analyzer
from ragbox.wording import Wording, checked

QUESTIONS = (
    "What was the capital expenditure of the second quarter, and how much of it went into IT?",
    "How many days of PTO does an employee have after five years with the company?",
    "员工入职满一年后年假有几天，未休的带薪休假如何处理？",
)
LETTERS = "abcdefghijklmnopqrstuvwxyz"
AGAIN = 300


def main() -> None:
    """Print the median and the longest time of a question."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, nargs="+", default=[10, 200, 2000])
    drawn = random.Random(7)
    analyzer = Analyzer()

    def word() -> str:
        return "".join(drawn.choices(LETTERS, k=drawn.randint(3, 9)))

    for rows in parser.parse_args().rows:
        made = [
            checked(f"{word()}{n}", [" ".join(word() for _ in range(3)), f"capital {word()}", f"年{chr(0x4E00 + n)}"])
            for n in range(rows)
        ]
        wording = Wording(made, analyzer.terms, lambda _: False)
        times = [_seconds(wording, question) for _ in range(AGAIN) for question in QUESTIONS]
        print(f"{rows:5} rows: median {1000 * median(times):.3f} ms, longest {1000 * max(times):.3f} ms")


def _seconds(wording: Wording, question: str) -> float:
    started = thread_time()
    wording.find(question)
    return thread_time() - started


if __name__ == "__main__":
    main()
