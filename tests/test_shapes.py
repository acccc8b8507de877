"""`ragbox/wire.py`: the JSON that others build on; a field that goes or changes its name fails here."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from ragbox import wire
from ragbox.events import Byline, Done, Event, Hits, Incomplete, Stage, Text, Thought
from ragbox.types import Answer, Citation, Collection, IngestResult, Mark, PageBox, Status, Unsupported
from tests.make import document, hit

HIT = hit("年假", marks=(Mark(start=0, end=1, page=2, box=(0.1, 0.2, 0.3, 0.4)), Mark(start=1, end=2, page=2)))
CITATION = Citation(
    n=1, document="d1", file="a.txt", page=2, section="A", quote="q", boxes=(PageBox(page=2, box=(0, 0, 1, 1)),)
)
DOUBT = Unsupported(start=0, end=2, reason="r")
ANSWER = Answer(text="t [1]", refused=False, citations=(CITATION,), hits=(HIT,), timings={"total": 0.123456})


def test_a_hit_has_what_the_interface_promises() -> None:
    shape = wire.hit(HIT)
    assert {"rank", "score", "document", "file", "page", "section", "text"} <= shape.keys()
    assert (shape["file"], shape["text"], shape["page"]) == ("d1.txt", "年假", 1)
    assert shape["boxes"] == [{"page": 2, "box": [0.1, 0.2, 0.3, 0.4]}]


def test_an_answer_has_what_the_interface_promises() -> None:
    shape = wire.answer(ANSWER)
    assert shape.keys() == {
        "answer", "refused", "citations", "cited", "timings", "unsupported", "engine", "cached",
    }  # fmt: skip
    assert shape["citations"][0].keys() == {"n", "document", "file", "page", "section", "quote", "boxes"}
    assert shape["timings"] == {"total": 0.1235}
    told = wire.answer(replace(ANSWER, unsupported=(DOUBT,), engine="m", fallback="f", incomplete="i", thinking="t"))
    assert told["unsupported"] == [{"start": 0, "end": 2, "reason": "r"}]
    assert wire.answer(replace(ANSWER, risk=0.12345))["risk"] == 0.1235
    assert [told[name] for name in ("engine", "fallback", "incomplete", "thinking")] == ["m", "f", "i", "t"]


@pytest.mark.parametrize(
    ("event", "name"),
    [
        (Stage(name="search", count=3), "stage"),
        (Hits(hits=(HIT,)), "hits"),
        (Text(text="t"), "text"),
        (CITATION, "citation"),
        (Thought(text="t"), "thought"),
        (DOUBT, "unsupported"),
        (Byline(engine="e", fallback="f"), "byline"),
        (Incomplete(reason="r"), "incomplete"),
        (Done(answer=ANSWER), "done"),
    ],
)
def test_every_event_names_its_kind_and_is_plain_json(event: Event, name: str) -> None:
    shape = wire.event(event)
    assert shape["event"] == name
    assert json.loads(json.dumps(shape)) == shape


def test_documents_collections_and_results_are_plain_json() -> None:
    shapes = [
        wire.document(document()),
        wire.collection(Collection(id="c1", name="papers"), 1, 2),
        wire.result(IngestResult(file="a.txt", status=Status.REJECTED, reason="broken", seconds=1.23456)),
    ]
    assert json.loads(json.dumps(shapes)) == shapes
    assert shapes[0]["added_at"].startswith("2025-03-01T")
    assert shapes[1]["documents"] == 1
    assert (shapes[2]["status"], shapes[2]["seconds"]) == ("rejected", 1.235)
