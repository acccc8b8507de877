"""What a child sends is checked value by value."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from ingest import wire
from ragbox.types import Block, Kind, Mark, Parsed

PARSED = Parsed(
    blocks=(
        Block(kind=Kind.TITLE, text="标题", level=1, marks=(Mark(start=0, end=2, page=1),)),
        Block(
            kind=Kind.TABLE, text="a | b", page=2, rows=(("a", "b"),), header_rows=1,
            marks=(Mark(start=0, end=5, page=2, box=(0.0, 0.25, 1.0, 0.5)),),
        ),
    ),
    pages=2,
    title="t",
    warnings=("w",),
)  # fmt: skip


def crossed(parsed: Parsed) -> Any:
    return wire.decode(wire.encode(wire.dump(parsed)))


def test_what_is_dumped_loads_as_it_was() -> None:
    assert wire.load(crossed(PARSED)) == PARSED


def test_half_a_surrogate_pair_does_not_stop_a_file() -> None:
    block = Block(kind=Kind.TEXT, text="a\ud800b")
    assert wire.load(crossed(Parsed(blocks=(block,), pages=1))).blocks[0].text == "a?b"


@pytest.mark.parametrize(
    ("where", "value"),
    [
        (("pages",), -1), (("pages",), True), (("pages",), 1 << 40), (("title",), None), (("warnings",), [1]),
        (("blocks",), "x"), (("blocks", 0), []), (("blocks", 0, 0), "program"), (("blocks", 0, 1), 5),
        (("blocks", 0, 2), 0), (("blocks", 1, 4), [["a", None]]), (("blocks", 0, 6, 0), [0, 99, 1, None]),
        (("blocks", 0, 6, 0), [2, 1, 1, None]), (("blocks", 1, 6, 0, 3), [0, 0, float("nan"), 1]),
        (("blocks", 1, 6, 0, 3), [0, 0, 1]),
    ],
)  # fmt: skip
def test_a_wrong_value_is_refused(where: tuple[Any, ...], value: Any) -> None:
    data = copy.deepcopy(crossed(PARSED))
    at = data
    for step in where[:-1]:
        at = at[step]
    at[where[-1]] = value
    with pytest.raises(ValueError):  # noqa: PT011 - the messages differ, the class is the contract
        wire.load(data)


@pytest.mark.parametrize(
    ("data", "count"),
    [
        (b'["a,b,c","\\",x,","\\\\"]', 3), (b"[1,2,[3,4]]", 4), (b'{"a":"1,2","b":[]}', 2),
        (b'["' + b"," * 99 + b'"]', 1), ('["“a”, ‘b’, c"]'.encode(), 1),
    ],
)  # fmt: skip
def test_values_are_counted_without_the_commas_in_texts(data: bytes, count: int) -> None:
    assert not wire.crowded(data, 2 * count)
    assert wire.crowded(bytearray(b"[" + b",".join([data] * 10) + b"]"), count * 10 - 2)


@pytest.mark.parametrize("value", ["exe", None, ["pdf"]])
def test_a_word_that_is_none_of_those_known_is_refused(value: Any) -> None:
    assert wire.known("pdf", ("pdf",)) == "pdf"
    with pytest.raises(ValueError, match="none of those"):
        wire.known(value, ("pdf",))


@pytest.mark.parametrize("data", [b"", b"[]", b"{", b"\xff", b"[" * 100_000])
def test_what_is_no_message_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011
        wire.decode(data)


def test_a_picture_crosses_whole_and_is_a_picture() -> None:
    picture = b"RIFF\x04\0\0\0WEBPVP8 "
    assert wire.picture(wire.decode(wire.encode({"picture": wire.text(picture)}))["picture"]) == picture
    for other in (None, 3, "not base64!", wire.text(b"<svg onload=...>"), wire.text(b"")):
        with pytest.raises(ValueError, match=r".+"):
            wire.picture(other)
