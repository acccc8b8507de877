"""The aims of docs/quality.md, held: the sample papers with their questions, a reading set, real filings."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from ingest.walk import files
from ragbox import wire
from ragbox.box import Box
from ragbox.evaluation.figures import report
from ragbox.evaluation.questions import load
from ragbox.evaluation.run import run as asked
from ragbox.events import Done
from ragbox.redact.policy import Style
from ragbox.settings import Settings
from ragbox.types import Status
from tests.bench.reading import run
from tests.conftest import EVALDATA
from tests.lasting import ENCODER

SAMPLES = Path(__file__).parents[2] / "data" / "samples"

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1200)]


@pytest.fixture(scope="module")
def box(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Box]:
    # It is judged whether the right words are quoted: what of them is redacted is judged elsewhere.
    box = Box(Settings(data=tmp_path_factory.mktemp("data"), redact=Style.OFF), encoder=ENCODER)
    box.open()
    box.load()
    yield box
    box.close()


def test_the_sample_papers_are_found_quoted_and_refused_as_promised(box: Box) -> None:
    me = box.auth.local()
    box.library.create_collection("samples")
    results = list(box.pipeline.ingest_all(me, list(files([SAMPLES], box.settings.ignore)), collection="samples"))
    assert [r for r in results if r.status is not Status.INDEXED] == []

    def search(question: str, k: int) -> list[dict]:
        return [wire.hit(h) for h in box.retriever.search(me, question, collection="samples", k=k)]

    def ask(question: str) -> dict:
        return next(
            wire.answer(e.answer) for e in box.answers.ask(me, question, collection="samples") if isinstance(e, Done)
        )

    figures = report(list(asked(load(SAMPLES / "questions.jsonl"), search, ask)))["all"]
    assert figures["hit@5"] >= 0.95
    assert figures["quote_accuracy"] >= 0.85
    assert figures["refusal_recall"] >= 0.80
    assert figures["false_refusals"] <= 0.10


@pytest.mark.skipif(not EVALDATA.is_dir(), reason="the evaluation data are not beside this checkout")
def test_paragraphs_of_a_reading_set_are_found_and_quoted(box: Box) -> None:
    figures = run(box, EVALDATA / "reading" / "squad_dev_visible.json", limit=600)
    assert figures["hybrid"] >= 0.95  # 0.96 is the aim on all questions; 300 of them say it to within 0.01
    assert figures["best1"] >= 0.75
    assert figures["best3"] >= 0.90


@pytest.mark.skipif(not EVALDATA.is_dir(), reason="the evaluation data are not beside this checkout")
def test_quarterly_reports_are_ingested(box: Box) -> None:
    filings = sorted((EVALDATA / "docs_qa" / "sec_10q").rglob("*.pdf"))[:2]
    box.library.create_collection("filings")
    found = [(path, path.name) for path in filings]
    results = list(box.pipeline.ingest_all(box.auth.local(), found, collection="filings"))
    assert [(r.file, r.status, r.reason) for r in results if r.status is not Status.INDEXED] == []
    assert sum(r.pages for r in results) > 70, json.dumps([r.pages for r in results])
