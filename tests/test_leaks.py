"""No word of a document reaches anybody who may not see it, whatever is granted, hidden, taken away and asked."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.fakes import FakeDense, FakeSparse
from tests.leaks import DOORS, world


@pytest.mark.parametrize(("seed", "cases", "doors"), [(1, 10, len(DOORS)), (2, 120, 2)])
def test_nobody_is_shown_a_word_of_what_they_may_not_see(tmp_path: Path, seed: int, cases: int, doors: int) -> None:
    with world(tmp_path, seed, dense=FakeDense(), sparse=FakeSparse()) as made:
        for _ in range(30):
            made.change()
        for case in range(cases):
            assert made.ask(doors) == [], case
            made.change()
