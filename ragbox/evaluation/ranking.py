"""How good a ranking is. Pure figures of ranks from 1; 0 stands for "not found"."""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence

DEEP = 10
"""Hits that a ranking is judged by."""


def first(found: Sequence[bool]) -> int:
    """Return the rank of the first that is right, 0 if none is."""
    return next((rank for rank, right in enumerate(found, start=1) if right), 0)


def hit(rank: int, k: int) -> float:
    """Return 1 where the first right one is among the first k, else 0."""
    return float(0 < rank <= k)


def reciprocal(rank: int) -> float:
    """Return 1 / rank, 0 where there is none; their mean is the MRR."""
    return 1 / rank if rank else 0.0


def ndcg(found: Sequence[Hashable | None], gold: int, k: int = DEEP) -> float:
    """Return nDCG@k of a ranking, each right thing worth 1 and counted once (Jarvelin and Kekalainen 2002).

    Args:
        found: of each hit, best first, the right thing that it is, or None.
        gold: how many right things there are, at least 1.
    """
    seen: set[Hashable] = set()
    gain = 0.0
    for rank, thing in enumerate(found[:k], start=1):
        if thing is not None and thing not in seen:
            seen.add(thing)
            gain += 1 / math.log2(rank + 1)
    return gain / sum(1 / math.log2(rank + 1) for rank in range(1, min(gold, k) + 1))
