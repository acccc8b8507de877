"""What takes seconds to load and is the same in every test, loaded once a process: the bundled encoder, the rules."""

from __future__ import annotations

from functools import cache

from ragbox.encoders import BUNDLED, SentenceEncoder
from ragbox.redact.analyzer import Analyzer
from ragbox.redact.custom import Custom


class Lasting(SentenceEncoder):
    """An encoder that outlives the boxes which use it."""

    def close(self) -> None:
        """Stay loaded."""


ENCODER = Lasting(BUNDLED)


@cache
def rules(custom: Custom) -> Analyzer:
    """Return the one analyzer with these additions."""
    return Analyzer(custom)
