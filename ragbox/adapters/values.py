"""Reads the numbers of a LoRA's tensors, piece by piece, as the file has them. Knows no model and no torch."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import prod
from pathlib import Path

from .refusal import refuse

PIECE = 4 << 20
"""Bytes that are looked at together: so much memory it takes, whatever the adapter's size."""
FLOATS = {"F16": (2, 0x7C00, 0x7FFF), "BF16": (2, 0x7F80, 0x7FFF), "F32": (4, 0x7F800000, 0x7FFFFFFF)}
"""Bytes of a number, the bits that are all set in NaN and infinity, the bits beside the sign."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Tensor:
    """One tensor: `dtype` is a key of FLOATS, `start` where it begins in the file, in bytes."""

    name: str
    dtype: str
    shape: tuple[int, ...]
    start: int

    @property
    def count(self) -> int:
        return prod(self.shape)


def alive(path: Path, tensors: Iterable[Tensor]) -> set[str]:
    """Return the names of those tensors that have any number but 0.

    Raises:
        Rejected: one has NaN or infinity; the message says which.
    """
    import numpy as np

    found = set()
    with path.open("rb") as stream:
        for tensor in tensors:
            width, special, beside_sign = FLOATS[tensor.dtype]
            stream.seek(tensor.start)
            left = tensor.count * width
            while left:
                piece = stream.read(min(PIECE, left))
                if not piece or len(piece) % width:
                    raise refuse(path.name, f"is cut off in {tensor.name[:200]!r}", "Copy it again.")
                left -= len(piece)
                bits = np.frombuffer(piece, dtype=f"<u{width}") & beside_sign
                if (bits >= special).any():  # the bits of a positive float rise as it does; these are the last
                    raise refuse(
                        path.name, f"has a number in {tensor.name[:200]!r} that is not finite (NaN or infinity)",
                        "Its training went wrong: train it again, with a smaller learning rate.",
                    )  # fmt: skip
                if bits.any():
                    found.add(tensor.name)
    return found
