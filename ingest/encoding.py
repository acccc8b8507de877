"""The vectors of a file's passages: files take turns at the encoder, and no text is encoded twice. Knows no parser."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import takewhile
from typing import TYPE_CHECKING

from ragbox.ports import Encoder

if TYPE_CHECKING:
    from ragbox.ports import Vectors

PIECE = 256
"""Chunks encoded under one hold of the encoder: files take turns, and a long one does not make the others wait."""
FIRST = 64
"""Chunks of the first part: some 14 pages, 3 s of encoding on two cores. A file of up to PIECE chunks has no parts."""
GROWTH = 4
"""Times the chunks of the part before, from which there is a next one. Each replaces the one before: all of them
together write a third of the file once more."""


def pieces(total: int, found: int = 0) -> Iterator[tuple[int, int, bool]]:
    """Yield from where to where to encode next of so many texts, and whether what is encoded by then is a part.

    So many passages were `found` before these texts.
    """
    whole = total <= PIECE and not found
    start, due = 0, found * GROWTH or FIRST
    while start < total:
        end = min(total, start + (PIECE if start or whole or found else FIRST))
        part = not whole and due <= found + end and end < total
        due = (found + end) * GROWTH if part else due
        yield start, end, part
        start = end


class Encoding:
    """The encoder on one file's way in, with the vectors that are known by their text. For one thread."""

    def __init__(self, encoder: Encoder, turn: threading.Lock, known: Mapping[str, Vectors] | None = None) -> None:
        """Take the encoder, the lock that is held while it is at work, and vectors that it made before."""
        self._encoder = encoder
        self._turn = turn
        self._known = dict(known or {})
        self._found = 0

    def vectors(
        self, texts: Sequence[str], tell: Callable[[int, int], None] = lambda *_: None,
        part: Callable[[Vectors], None] = lambda _: None,
    ) -> Vectors:  # fmt: skip
        """Return a unit vector for each text.

        `tell` hears how many are encoded of those that have to be; `part`, where those are many, gets the vectors of
        the first texts from time to time, which can be found while the others are encoded.
        """
        import numpy as np

        new = [text for text in dict.fromkeys(texts) if text not in self._known]
        for start, end, is_part in pieces(len(new), self._found):
            tell(start, len(new))
            with self._turn:
                made = self._encoder.encode(new[start:end])
            self._known.update(zip(new[start:end], made, strict=True))
            if is_part:
                part(np.stack([self._known[text] for text in takewhile(self._known.__contains__, texts)]))
        self._found = len(texts)
        return np.stack([self._known[text] for text in texts]) if texts else self._encoder.encode([])
