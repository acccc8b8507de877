"""The aims of docs/quality.md for redaction, held on a sample of the generated texts."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from tests.bench.redact import generated, ours, run
from tests.pii.scoring import Tally, score

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

SAMPLE = 1500


@pytest.fixture(scope="module")
def tallies() -> Mapping[str, Tally]:
    return score(run(generated(SAMPLE, seed=11), ours()))


def test_structured_types_are_found_and_little_else(tallies: Mapping[str, Tally]) -> None:
    figures = tallies["structured"].figures()
    assert figures["values"] >= 900
    assert figures["recall"] >= 0.995
    assert figures["precision"] >= 0.97


def test_texts_without_personal_data_are_left_alone(tallies: Mapping[str, Tally]) -> None:
    negatives = tallies["negatives"]
    assert negatives.values >= 400
    assert negatives.hit <= 0.03 * negatives.values
