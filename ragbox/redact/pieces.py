"""What the lexer hands on: stretches of a text, of which runs are judged. Knows nothing of how they are cut."""

from __future__ import annotations

from enum import Enum, auto
from typing import NamedTuple


class Kind(Enum):
    """What a piece is."""

    INERT = auto()
    RUN = auto()
    KEY = auto()  # the BEGIN line of a private key
    SWALLOWED = auto()  # what follows it


class Piece(NamedTuple):
    """A stretch of the text. A run's `ahead` is what follows in it, up to a window; it comes again as its own piece."""

    kind: Kind
    text: str
    before: str = ""
    ahead: str = ""
