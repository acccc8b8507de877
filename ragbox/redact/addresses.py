"""Postal addresses in folded text, Chinese and Western. Knows who looks for which, no stream and no policy."""

from __future__ import annotations

from collections.abc import Iterator

from . import addresses_en, addresses_zh
from .found import HAN, Found, squeezed


def addresses(text: str, before: str = "") -> Iterator[Found]:
    """Yield each address in a folded text from its first to its last part; `before` is what stands in front of it."""
    if HAN.search(text):
        yield from squeezed(addresses_zh.addresses, text, before)
    yield from squeezed(addresses_en.addresses, text, before)
