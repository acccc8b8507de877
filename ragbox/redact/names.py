"""People's names in folded text, Chinese and English. Knows who looks for which, no stream and no policy."""

from __future__ import annotations

from collections.abc import Iterator

from . import names_en, names_zh
from .found import HAN, Found, squeezed


def people(text: str, before: str = "") -> Iterator[Found]:
    """Yield the names in a folded text, without titles; `before` is what stands in front of it."""
    if HAN.search(text):
        yield from squeezed(names_zh.people, text, before)
    yield from squeezed(names_en.people, text, before)
