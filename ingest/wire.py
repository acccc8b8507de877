"""How a parsed file crosses from an untrusted child: as JSON, checked piece by piece. Knows no process.

Never pickle: unpickling runs code, and a child is not trusted once it has read a hostile file.
"""

from __future__ import annotations

import json
import re
import struct
from base64 import b64decode, b64encode
from collections.abc import Callable, Container
from typing import Any, NamedTuple, TypeVar

from ragbox.types import Block, Box, Kind, Mark, Parsed, Unseen

LENGTH = struct.Struct("!Q")
"""What stands before each message: its length in bytes; 0 is no message, a PAGE follows."""
PAGE = struct.Struct("!II?")
"""The page that is begun (from 1), of how many, and whether OCR reads it: sent between a request and its answer."""

_STRING = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"', re.DOTALL)

T = TypeVar("T")


class Patch(NamedTuple):
    """What is painted over on a page, and the word that is written there."""

    box: Box
    word: str


def dump(parsed: Parsed) -> dict[str, Any]:
    """Return a parsed file as plain JSON values."""
    return {
        "pages": parsed.pages,
        "title": parsed.title,
        "warnings": parsed.warnings,
        "unseen": [[u.page, u.how, u.text] for u in parsed.unseen],
        "blocks": [
            [
                b.kind,
                b.text,
                b.page,
                b.level,
                b.rows,
                b.header_rows,
                [[m.start, m.end, m.page, m.box] for m in b.marks],
            ]
            for b in parsed.blocks
        ],
    }


def encode(message: dict[str, Any]) -> bytes:
    """Return a message as JSON; half a surrogate pair, which UTF-8 cannot hold, becomes a question mark."""
    return json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def crowded(data: bytes | bytearray, most: int) -> bool:
    """Say whether JSON holds more than so many values, and make none of them: each takes up to 100 bytes."""
    strings = (data.count(b'"') - data.count(b'\\"')) // 2
    return strings > most or _STRING.sub(b"", data).count(b",") > most


def decode(data: bytes | bytearray) -> dict[str, Any]:
    """Return the message that bytes hold.

    Raises:
        ValueError: they are no JSON object.
    """
    try:
        message = json.loads(data)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    checked: dict[str, Any] = _is(message, dict)
    return checked


def load(data: Any) -> Parsed:
    """Rebuild what `dump` made, every value checked.

    Raises:
        ValueError: a value is missing, of a wrong type or out of its bounds.
    """
    try:
        return Parsed(
            blocks=_each(data["blocks"], _block),
            pages=_count(data["pages"], 0),
            title=_is(data["title"], str),
            warnings=_each(data["warnings"], lambda w: _is(w, str)),
            unseen=_each(data["unseen"], _unseen),
        )
    except (KeyError, TypeError) as error:
        raise ValueError(f"a parsed file lacks {error}") from error


def text(picture: bytes) -> str:
    """Return a picture as JSON can hold it."""
    return b64encode(picture).decode()


def picture(value: Any) -> bytes:
    """Rebuild what `text` made; what the bytes show is unchecked, that they are WebP is not.

    Raises:
        ValueError: they are not.
    """
    data = b64decode(_is(value, str), validate=True)
    if data[:4] != b"RIFF" or data[8:12] != b"WEBP":
        raise ValueError("a picture is no WebP")
    return data


def known(value: Any, values: Container[str]) -> str:
    """Return a value that is one of these.

    Raises:
        ValueError: it is none of them.
    """
    if not isinstance(value, str) or value not in values:
        raise ValueError("a value is none of those that there are")
    return value


def _block(data: Any) -> Block:
    kind, text, page, level, rows, header_rows, marks = _is(data, list)
    length = len(_is(text, str))
    return Block(
        kind=Kind(kind),
        text=text,
        page=_count(page, 1),
        level=_count(level, 0),
        rows=_each(rows, lambda row: _each(row, lambda cell: _is(cell, str))),
        header_rows=_count(header_rows, 0),
        marks=_each(marks, lambda mark: _mark(mark, length)),
    )


def _unseen(data: Any) -> Unseen:
    page, how, text = _is(data, list)
    return Unseen(page=_count(page, 1), how=_is(how, str), text=_is(text, str))


def _mark(data: Any, length: int) -> Mark:
    start, end, page, box = _is(data, list)
    if not 0 <= _count(start, 0) <= _count(end, 0) <= length:
        raise ValueError("a mark lies outside its text")
    return Mark(start=start, end=end, page=_count(page, 1), box=None if box is None else _box(box))


def _box(data: Any) -> Box:
    left, top, right, bottom = (float(_is(side, int | float)) for side in _is(data, list))
    # A little over the edge is rounding; NaN fails both comparisons.
    if not all(-0.01 <= side <= 1.01 for side in (left, top, right, bottom)):
        raise ValueError("a box lies outside its page")
    return (left, top, right, bottom)


def _each(data: Any, read: Callable[[Any], T]) -> tuple[T, ...]:
    return tuple(read(item) for item in _is(data, list))


def _count(value: Any, least: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value < 1 << 31:
        raise ValueError("a number is out of its bounds")
    return value


def _is(value: Any, kind: Any) -> Any:
    if not isinstance(value, kind):
        raise ValueError(f"a value is no {getattr(kind, '__name__', kind)}")
    return value
