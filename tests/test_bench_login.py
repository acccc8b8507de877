"""The measurement of guessing finds what it should: ten tries an account, whether it exists or not."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.bench.login import KINDS, measure


@pytest.mark.slow
def test_of_many_guesses_at_a_running_box_ten_an_account_are_looked_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ragbox.passwords.MEMORY_KIB", 64)
    found = measure(tmp_path / "data", guesses=90, each=3)
    assert found["flood"]["looked_at"] == {"user0": 10, "admin": 10, "nobody": 10}
    assert found["flood"]["statuses"] == {"401": 30, "429": 60}
    assert set(found["timing"]["median_ms"]) == set(KINDS)
