"""How often does the watch over adapters err, and after how many answers does it find one that is worse? A simulation.

    python -m tests.bench.watch [--runs N] [--json]

Answers have 1 to 6 sentences, which go wrong together (beta-binomial, correlation 0.3).
"""

from __future__ import annotations

import argparse
import json
from statistics import median

import numpy as np

from ragbox.adapters.watch import SLACK, Watch

LIMIT, SHARE, TOGETHER = 0.25, 0.05, 0.3
PASTS = (0, 100, 1000)
WORSE = (0.15, 0.2, 0.3, 0.5)
LONG, SHORT = 10_000, 3_000
"""Answers without a change, and after one."""


def first_alarm(seed: int, before: float, after: float, past: int, count: int) -> int:
    """Return after how many answers of the new key it is taken back, 0 if never."""
    chance, scale = np.random.default_rng(seed), 1 / TOGETHER - 1
    watched = Watch(unsupported=LIMIT, bad=0.5)
    for key, share, answers in (("old", before, past), ("new", after, count)):
        if key == "new":
            watched.begin(key, "old")
        lengths = chance.integers(1, 7, answers)
        bad = chance.binomial(lengths, chance.beta(share * scale, (1 - share) * scale, answers))
        for number, (length, wrong) in enumerate(zip(lengths.tolist(), bad.tolist(), strict=True), start=1):
            watched.answered(key, supported=length - wrong, unsupported=wrong)
            if key == "new" and watched.verdict(key):
                return number
    return 0


def measure(runs: int) -> list[dict[str, object]]:
    """Return a row for each case: share before and after, answers before, alarms, answers until then."""
    cases = [(LIMIT, LIMIT, 0, LONG), *((SHARE, SHARE, past, LONG) for past in PASTS[1:])]
    cases += [(SHARE, worse, past, SHORT) for worse in WORSE for past in PASTS]
    rows = []
    for before, after, past, count in cases:
        needed = sorted(first_alarm(seed, before, after, past, count) or count + 1 for seed in range(runs))
        rows.append(
            {
                "before": before, "after": after, "past": past, "answers": count, "runs": runs,
                "alarms": sum(n <= count for n in needed), "median": median(needed), "p95": needed[int(runs * 0.95)],
            }
        )  # fmt: skip
    return rows


def main() -> None:
    """Print the rows."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=200)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    rows = measure(given.runs)
    if given.json:
        print(json.dumps(rows, indent=1))
        return
    print(f"allowed beyond a former key's likely share: {SLACK}; without one: {LIMIT}")
    print("before  after   past  answers  alarms  median    p95")
    for r in rows:
        print(
            f"{r['before']:6.2f} {r['after']:6.2f} {r['past']:6d} {r['answers']:8d} "
            f"{r['alarms']:4d}/{r['runs']} {r['median']:6.0f} {r['p95']:6d}"
        )


if __name__ == "__main__":
    main()
