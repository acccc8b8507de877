"""Keys and values of several rows side by side, grown, joined and parted in place. Stands in for transformers' Cache.

Its own DynamicCache copies everything at every token: 8 rows of 2,000 tokens of a 0.6 B model are 1.8 GB a token.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from torch import Tensor

ROOM = 128
"""Tokens that a row can grow by before its keys and values are moved."""
KEPT = 8
"""Prefixes kept: the prompts of answering and of rewriting a question, in two languages, by two adapters."""


class KeyValues:
    """For each layer two tensors of shape (rows, heads, room, size), of which the first `length` places count.

    Rows are padded on the left; `pads` says how far. A step writes behind `length` and counts only once `advance` is
    called, so a step that ran out of memory half way has changed nothing.
    """

    is_compileable = False

    def __init__(self) -> None:
        self.length = 0
        self.pads: list[int] = [0]
        self._layers: dict[int, tuple[Tensor, Tensor]] = {}

    # -- what transformers' models ask of a cache

    def update(self, keys: Tensor, values: Tensor, layer_idx: int, *_: Any, **__: Any) -> tuple[Tensor, Tensor]:
        """Put a layer's new keys and values behind the others and return all of them."""
        end = self.length + keys.shape[-2]
        old = self._layers.get(layer_idx)
        if old is None or end > old[0].shape[-2]:
            old = (_grown(keys, old and old[0], self.length, end), _grown(values, old and old[1], self.length, end))
            self._layers[layer_idx] = old
        for buffer, new in zip(old, (keys, values), strict=True):
            buffer[:, :, self.length : end] = new
        return old[0][:, :, :end], old[1][:, :, :end]

    def get_seq_length(self, layer_idx: int = 0) -> int:  # noqa: ARG002 - all layers are of one length
        """Return how many places are filled."""
        return self.length

    get_query_offset = get_seq_length

    def get_mask_sizes(self, query_length: int, layer_idx: int = 0) -> tuple[int, int]:  # noqa: ARG002
        """Return how many keys a step of so many tokens sees, and where they start."""
        return self.length + query_length, 0

    # -- what the decode loop does with it

    def advance(self, tokens: int) -> None:
        """Let the tokens of the last step count."""
        self.length += tokens

    def bytes_a_token(self) -> int:
        """Return what one token of one row takes in all layers."""
        return sum(t.shape[1] * t.shape[3] * t.element_size() for pair in self._layers.values() for t in pair)

    def copy(self) -> KeyValues:
        """Return the same in memory of its own, with room for more."""
        twin = KeyValues()
        twin.length, twin.pads = self.length, list(self.pads)
        for layer, pair in self._layers.items():
            twin._layers[layer] = _pair(_grown(t, t, self.length, self.length) for t in pair)
        return twin

    def select(self, rows: Sequence[int]) -> None:
        """Keep these rows only, and no padding that all of them have."""
        start = min(self.pads[row] for row in rows)
        for layer, pair in self._layers.items():
            self._layers[layer] = _pair(t[list(rows), :, start:] for t in pair)
        self.pads = [self.pads[row] - start for row in rows]
        self.length -= start

    def join(self, other: KeyValues) -> None:
        """Take the other's rows in below these. Both are spoilt if memory runs out on the way."""
        length = max(self.length, other.length)
        for layer, pair in self._layers.items():
            both = zip(pair, other._layers.pop(layer), strict=True)
            self._layers[layer] = _pair(_stacked(a, self.length, b, other.length, length) for a, b in both)
        self.pads = [pad + length - kv.length for kv in (self, other) for pad in kv.pads]
        self.length = length


class Prefixes:
    """The keys and values of prompts' beginnings that come again and again, the least used forgotten first."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[str, tuple[int, ...]], KeyValues] = OrderedDict()

    def get(self, adapter: str, tokens: Sequence[int]) -> KeyValues | None:
        """Return a copy of what is kept for these tokens."""
        key = (adapter, tuple(tokens))
        if key not in self._kept:
            return None
        self._kept.move_to_end(key)
        return self._kept[key].copy()

    def put(self, adapter: str, tokens: Sequence[int], values: KeyValues) -> None:
        """Keep a copy."""
        self._kept[adapter, tuple(tokens)] = values.copy()
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)

    def drop(self, adapter: str) -> None:
        """Forget what one adapter has made."""
        for key in [key for key in self._kept if key[0] == adapter]:
            del self._kept[key]

    def clear(self) -> None:
        self._kept.clear()


def _grown(like: Tensor, old: Tensor | None, length: int, end: int) -> Tensor:
    rows, heads, _, size = like.shape
    new = like.new_empty((rows, heads, end + ROOM, size))
    if old is not None:
        new[:, :, :length] = old[:, :, :length]
    return new


def _stacked(a: Tensor, a_length: int, b: Tensor, b_length: int, length: int) -> Tensor:
    rows, heads, _, size = a.shape
    new = a.new_empty((rows + b.shape[0], heads, length + ROOM, size))
    for start, old, filled in ((0, a, a_length), (rows, b, b_length)):
        part = new[start : start + old.shape[0]]
        part[:, :, : length - filled] = 0  # masked, yet 0 times a NaN that happens to lie there would be a NaN
        part[:, :, length - filled : length] = old[:, :, :filled]
    return new


def _pair(tensors: Any) -> tuple[Tensor, Tensor]:
    keys, values = tensors
    return keys, values
