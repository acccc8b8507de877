"""No request that the API's description allows or forbids is answered by 5xx; tests/bench/schema_fuzz.py asks more."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.bench.schema_fuzz import ROLES, fuzzing


@pytest.mark.slow
def test_a_few_hundred_made_up_requests_are_answered_or_refused(tmp_path: Path) -> None:
    with fuzzing(tmp_path, seed=8) as fuzz:
        fuzz.run(200)
    assert fuzz.failed == []
    assert sum(fuzz.counts.values()) == 200
    assert fuzz.linked > 10
    assert {200, 401, 403, 404} <= set(fuzz.counts)  # all of them got somewhere
    assert len(ROLES) == 4
