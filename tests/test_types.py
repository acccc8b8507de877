"""The nouns: frozen, keyword-only, and silent about text in `repr`."""

from __future__ import annotations

import dataclasses
import inspect

import pytest

from ragbox import types
from ragbox.events import Text
from ragbox.types import Answer, Block, Citation, Kind, Mark, Parsed
from tests.make import chunk, document, hit

NOUNS = [n for _, n in inspect.getmembers(types, dataclasses.is_dataclass)]
SECRET = "the merger price is 4.2 billion"


@pytest.mark.parametrize("noun", NOUNS, ids=lambda n: n.__name__)
def test_every_noun_is_frozen_and_takes_keywords_only(noun: type) -> None:
    assert noun.__dataclass_params__.frozen  # type: ignore[attr-defined]
    assert all(f.kw_only for f in dataclasses.fields(noun))
    assert noun.__doc__


@pytest.mark.parametrize(
    "thing",
    [
        chunk(SECRET, section=SECRET, context=SECRET),
        document(title=SECRET, files=(SECRET,)),
        hit(SECRET),
        Block(kind=Kind.TABLE, text=SECRET, rows=((SECRET,),)),
        Parsed(blocks=(Block(kind=Kind.TEXT, text=SECRET),), pages=1, title=SECRET),
        Text(text=SECRET),
        Answer(text=SECRET, refused=False, citations=(), hits=(hit(SECRET),), timings={}),
        Citation(n=1, document="d1", file="a.txt", page=1, section="", quote=SECRET),
    ],
    ids=lambda t: type(t).__name__,
)
def test_repr_shows_no_document_text(thing: object) -> None:
    assert SECRET not in repr(thing)


def test_a_chunk_is_indexed_with_its_context() -> None:
    assert chunk("text", context="Title > Section").indexed_text == "Title > Section\ntext"
    assert chunk("text").indexed_text == "text"


def test_a_document_is_shown_under_its_first_file() -> None:
    assert document(files=("a/x.pdf", "b/x.pdf")).file == "a/x.pdf"
    assert document("d7", files=()).file == "d7"


def test_what_is_frozen_cannot_be_changed() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        Mark(start=0, end=1, page=1).page = 2  # type: ignore[misc]
    assert {hit("a").chunk, hit("a").chunk} == {hit("a").chunk}
