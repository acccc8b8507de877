"""Rankings of passages: fused, doubles dropped, spread over pages, papers in turn. Pure functions; knows no index."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest

from .ports import Scored
from .types import Chunk

RRF_K = 10
"""Rank constant of reciprocal rank fusion (Cormack, Clarke, Buettcher 2009, who used 60 for legs of 1,000): hit@5
on SQuAD paragraphs is 0.962 at 10 and 0.949 at 60."""
AGAIN = 0.03
"""What a further passage of a page counts less, on the scale of fused ranks."""


def fuse(legs: Sequence[tuple[float, Sequence[Scored]]]) -> list[Scored]:
    """Fuse rankings by weighted reciprocal rank: score = sum of weight / (RRF_K + rank). Best first, ties by id."""
    scores: dict[str, float] = {}
    for weight, leg in legs:
        for rank, (chunk, _) in enumerate(leg, start=1):
            scores[chunk] = scores.get(chunk, 0.0) + weight / (RRF_K + rank)
    return sorted(scores.items(), key=lambda item: (-item[1], item[0]))


def distinct(ranked: Sequence[tuple[Chunk, float]]) -> list[tuple[Chunk, float]]:
    """Drop passages that say what a better one says: equal but for white space and case."""
    seen: set[str] = set()
    kept = []
    for chunk, score in ranked:
        key = "".join(chunk.text.split()).casefold()
        if key not in seen:
            seen.add(key)
            kept.append((chunk, score))
    return kept


def spread(ranked: Sequence[tuple[Chunk, float]]) -> list[tuple[Chunk, float]]:
    """Let a page that has a better passage already count AGAIN less: who reads it sees the rest of it."""
    met: set[tuple[str, int]] = set()
    made = []
    for chunk, score in ranked:
        place = chunk.document, chunk.page
        made.append((chunk, score - AGAIN * (place in met)))
        met.add(place)
    return sorted(made, key=lambda r: -r[1])


def in_turn(ranked: Sequence[tuple[Chunk, float]], facets: Sequence[frozenset[str]]) -> list[tuple[Chunk, float]]:
    """Let facets (documents, by id) take turns, the best-scored first; all else has a place after every second turn.

    The best-scored passage of all stays first, whatever it is of.
    """
    named = frozenset[str]().union(*facets)
    queues = [[r for r in ranked if r[0].document in facet] for facet in facets]
    queues = sorted(filter(None, queues), key=lambda queue: -queue[0][1])
    rest = [r for r in ranked if r[0].document not in named]
    first = [rest.pop(0)] if rest and queues and rest[0][1] > queues[0][0][1] else []
    turns = list(first)
    for number, turn in enumerate(zip_longest(*queues), start=1):
        turns += [r for r in turn if r is not None]
        turns += [rest.pop(0)] if rest and number % 2 == 0 else []
    turns += rest
    return list({chunk.id: (chunk, score) for chunk, score in turns}.values())
