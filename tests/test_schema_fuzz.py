"""No request that the API's description allows or forbids is answered by 5xx; tests/bench/schema_fuzz.py asks more."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ragbox.box import Box
from ragbox.settings import Settings
from tests.bench.schema_fuzz import ROLES, fuzzing
from web.app import create_app


def endless(schema: Any, where: str = "") -> Iterator[str]:
    """Yield where whole numbers without an upper bound stand: SQLite takes 64 bits."""
    if isinstance(schema, dict):
        if schema.get("type") == "integer" and "maximum" not in schema and "const" not in schema:
            yield where
        for name, part in schema.items():
            yield from endless(part, f"{where}/{name}")
    elif isinstance(schema, list):
        for part in schema:
            yield from endless(part, where)


def test_every_whole_number_of_a_request_has_an_end(tmp_path: Path) -> None:
    schema = create_app(Box(Settings(data=tmp_path)), pages=False).openapi()
    assert [at for at in endless(schema) if "/ValidationError/" not in at] == []
    del schema["components"]["schemas"]["Place"]["properties"]["page"]["maximum"]
    assert any(at.endswith("/Place/properties/page") for at in endless(schema))


@pytest.mark.slow
def test_a_few_hundred_made_up_requests_are_answered_or_refused(tmp_path: Path) -> None:
    with fuzzing(tmp_path, seed=8) as fuzz:
        fuzz.run(200)
    assert fuzz.failed == []
    assert sum(fuzz.counts.values()) == 200
    assert fuzz.linked > 10
    assert {200, 401, 403, 404} <= set(fuzz.counts)  # all of them got somewhere
    assert len(ROLES) == 4
