"""Tells how much a passage reads like an order to a language model, by the signs of `order_signs.py`."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from .order_signs import SIGNS
from .types import Hit

THRESHOLD = 0.5
"""From which a passage counts as an order."""
_SPACE = re.compile(r"[^\S\n]+")
_SIGNS = tuple((worth, needs.split("|"), re.compile(sign, re.MULTILINE)) for worth, needs, sign in SIGNS)


def score(text: str) -> float:
    """Return how much a passage reads like an order to a model, 0 to 1: as if its signs were independent chances."""
    plain = _SPACE.sub(" ", unicodedata.normalize("NFKC", text).casefold())
    innocent = 1.0
    for worth, needs, sign in _SIGNS:
        # To look for a word takes a hundredth of the time of a pattern: a passage takes 0.8 instead of 4 ms.
        if any(word in plain for word in needs) and sign.search(plain):
            innocent *= 1 - worth
    return 1 - innocent


def given(text: str) -> bool:
    """Say whether a passage counts as an order."""
    return score(text) >= THRESHOLD


def harmless(hits: Iterable[Hit]) -> list[Hit]:
    """Return the passages found that do not count as an order."""
    return [hit for hit in hits if not given(hit.chunk.text)]
