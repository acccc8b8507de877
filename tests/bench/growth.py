"""Copies of a collection's real papers that are papers of their own: other names, years, numbers and vectors.

Words are swapped for words of the same length, so that marks and headings still stand where they stood.
"""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from itertools import count
from pathlib import PurePosixPath
from random import Random

import numpy as np

from ragbox.library import Library
from ragbox.text import HAN
from ragbox.types import Chunk, Document, Profile

_PIECE = re.compile(rf"(?<!\d)(?:19|20)\d\d(?!\d)|(?<![A-Za-z])\d|[A-Za-z]{{4,}}|[{HAN}]")
NAMES, WORDS = 0.5, 0.15
"""Share of the words written large, and small, that a copy has others for; the same ones throughout a copy."""
NOISE = 0.6
"""Length of the noise added to a unit vector."""
Copy = tuple[Document, list[Chunk], np.ndarray]


class Swapper:
    """Gives a copy's texts for the originals'. `words` are what can be swapped in, by length and case."""

    def __init__(self, words: dict[tuple[int, bool], list[str]], seed: str) -> None:
        self._words = words
        self._draw = Random(seed)
        self._years = self._draw.randint(-20, 2)
        self._kept: dict[str, str] = {}

    def text(self, text: str) -> str:
        return _PIECE.sub(lambda found: self._piece(found[0]), text)

    def dated(self, text: str) -> str:
        """Return a period or a day with its year moved, and nothing else."""
        return re.sub(r"(?:19|20)\d\d", lambda found: str(int(found[0]) + self._years), text)

    def _piece(self, piece: str) -> str:
        if piece.isdecimal():
            return str(int(piece) + self._years) if len(piece) == 4 else str(self._draw.randrange(10))
        if piece not in self._kept:
            share = NAMES if piece[0].isupper() else WORDS
            others = self._words.get((len(piece), piece[0].isupper())) if self._draw.random() < share else None
            self._kept[piece] = self._draw.choice(others) if others else piece
        return self._kept[piece]


def copies(library: Library, shelf: str) -> Iterator[Copy]:
    """Yield, without end, copies that the collection (id) does not have yet, the same ones in the same order always."""
    found = sorted(library.documents(shelf), key=lambda d: d.id)
    known = {d.id for d in found}
    real = [(d, library.chunks_of(d.id), library.vectors_of(d.id)[1]) for d in found if d.chunks and d.added_by != SEED]
    words = defaultdict(list)
    for piece in (p for _, chunks, _ in real for c in chunks for p in _PIECE.findall(c.text)):
        words[len(piece), piece[0].isupper()].append(piece)
    for number in count():
        for document, chunks, vectors in real:
            sha256 = hashlib.sha256(f"{document.id} {number}".encode()).hexdigest()
            if sha256[:24] not in known:
                yield _copied(document, chunks, vectors, Swapper(words, sha256), sha256)


SEED = "growth"
"""Who put the copies there, by which they are known from real papers."""


def _copied(document: Document, chunks: list[Chunk], vectors: np.ndarray, swap: Swapper, sha256: str) -> Copy:
    name, about = sha256[:24], document.profile
    files = tuple(
        str(PurePosixPath(swap.text(PurePosixPath(f).stem) + f" {name[:6]}").with_suffix(PurePosixPath(f).suffix))
        for f in document.files
    )
    profile = Profile(
        company=swap.text(about.company), aliases=tuple(map(swap.text, about.aliases)), form=about.form,
        period=swap.dated(about.period), ends=swap.dated(about.ends),
    )  # fmt: skip
    copy = replace(
        document, id=name, sha256=sha256, files=files, title=swap.text(document.title), added_by=SEED, profile=profile
    )
    made = [
        replace(
            c, id=f"{name}-{c.ordinal}", document=name, text=swap.text(c.text), context=swap.text(c.context),
            section=swap.text(c.section),
        )
        for c in chunks
    ]  # fmt: skip
    noise = np.random.default_rng(int(sha256[:8], 16)).normal(size=vectors.shape)
    noisy = vectors + NOISE * noise / np.linalg.norm(noise, axis=1, keepdims=True)
    return copy, made, (noisy / np.linalg.norm(noisy, axis=1, keepdims=True)).astype(np.float32)
