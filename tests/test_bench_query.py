"""What the bench of searches grows a collection from, and what it makes of its figures."""

from __future__ import annotations

import re
from itertools import islice
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

from ragbox.db import Database
from ragbox.library import Library
from ragbox.types import Mark, Profile
from tests.bench.growth import copies
from tests.bench.growth_curve import LINES, drawn
from tests.bench.query import slopes
from tests.fakes import FakeEncoder
from tests.make import put

TEXT = "Harbour Foods Limited paid 1,250 pounds to Minster Freight Limited in March 2022; the company owes 75 more."
MARKS = (Mark(start=0, end=len(TEXT), page=1, box=(0.1, 0.2, 0.3, 0.4)),)


@pytest.fixture
def library(tmp_path: Path) -> Library:
    db = Database(tmp_path / "ragbox.db")
    db.load()
    library = Library(db)
    shelf = library.create_collection("papers").id
    profile = Profile(company="Harbour Foods Limited", period="Q1 2022", ends="2022-03-31")
    put(library, FakeEncoder(), shelf, "d1", TEXT, "港口食品公司付了款。", marks=MARKS, profile=profile, sha256="a")
    return library


def test_a_copy_is_a_paper_of_its_own_that_looks_like_its_original(library: Library) -> None:
    shelf = library.collection("papers").id
    made = list(islice(copies(library, shelf), 9))
    texts = {chunks[0].text for _, chunks, _ in made}
    assert len(texts) == 9
    assert {len(text) for text in texts} == {len(TEXT)}
    both = [m.start() for m in re.finditer("Limited", TEXT)]
    assert all(len({text[at : at + 7] for at in both}) == 1 for text in texts)  # a word is swapped throughout
    originals = library.vectors_of("d1")[1]
    for document, chunks, vectors in made:
        assert [c.id for c in chunks] == [f"{document.id}-0", f"{document.id}-1"]
        assert chunks[0].marks == MARKS
        assert (document.profile.period[:3], document.profile.ends[4:]) == ("Q1 ", "-03-31")
        assert np.linalg.norm(vectors, axis=1) == pytest.approx(1, abs=1e-5)
        assert 0.5 < float((vectors * originals).sum(axis=1).mean()) < 0.99


def test_what_is_copied_already_is_not_copied_again(library: Library) -> None:
    shelf = library.collection("papers").id
    first, second = islice(copies(library, shelf), 2)
    library.put(first[0], shelf, first[1], first[2])
    again = next(copies(library, shelf))
    assert (again[0].id, again[1]) == (second[0].id, second[1])
    assert np.array_equal(again[2], second[2])


def test_memory_is_told_for_each_100_000_chunks_more() -> None:
    rows = [{"chunks": 50_000.0, "anonymous_mb": 600.0}, {"chunks": 150_000.0, "anonymous_mb": 850.0}]
    assert slopes(rows) == {"anonymous_mb_per_100k": pytest.approx(250)}
    assert slopes(rows[:1]) == {}


def test_the_curve_has_a_point_for_each_size_and_line() -> None:
    rows = [{"chunks": 10.0**n} | dict.fromkeys(LINES, 10.0 * n) for n in (3, 4, 5)]
    picture = ElementTree.fromstring(drawn(rows))
    points = [p.attrib["points"].split() for p in picture.iter("{http://www.w3.org/2000/svg}polyline")]
    assert [len(line) for line in points] == [3] * len(LINES)
    assert all(0 <= float(v) <= 640 for line in points for point in line for v in point.split(","))
