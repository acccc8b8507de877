"""What the finders of names and addresses give back. Knows neither."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import regex

HAN = regex.compile(r"[一-鿿]")


@dataclass(frozen=True)
class Found:
    """A stretch text[start:end] and how sure we are: from 0.5 on we would bet."""

    start: int
    end: int
    score: float


def squeezed(find: Callable[[str, str], Iterator[Found]], text: str, before: str) -> Iterator[Found]:
    """Yield what a finder finds in a text whose stretches of spaces are one space: a line break with its indent."""
    if "  " not in text:
        yield from find(text, before)
        return
    places = [n for n, sign in enumerate(text) if sign != " " or text[n - 1 : n] != " "]
    for found in find("".join(text[n] for n in places), before):
        yield Found(places[found.start], places[found.end - 1] + 1, found.score)
