"""Counts are written every few seconds and at the end, and none is lost."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from ragbox.privacy_tally import Tally


def test_counts_are_written_at_the_end_and_kept_where_they_cannot_be(caplog: pytest.LogCaptureFixture) -> None:
    written: list[Any] = []
    full = threading.Event()
    full.set()

    def write(removed: Any, _: Any) -> None:
        if full.is_set():
            raise OSError("disk full")
        written.append(sum(removed.values()))

    tally = Tally(write)
    tally.removed(["c1"], "PHONE")
    tally.write()
    assert "could not be counted" in caplog.text
    full.clear()
    tally.removed(["c1"], "PHONE")
    tally.close()
    tally.close()
    assert written == [2]
