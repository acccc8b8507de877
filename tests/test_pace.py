"""How fast pages are read: nothing is said before there is a basis, and OCR has a speed of its own."""

from __future__ import annotations

from ingest.pace import Pace


def test_no_speed_is_told_before_there_is_a_basis() -> None:
    pace = Pace()
    assert pace.rate(3, False, 100.0) == 0
    assert pace.rate(13, False, 101.0) == 0
    assert pace.rate(23, False, 104.0) == 5


def test_ocr_has_a_speed_of_its_own() -> None:
    pace = Pace()
    pace.rate(1, False, 0.0)
    assert pace.rate(401, False, 10.0) == 40
    assert pace.rate(1, True, 20.0) == 0
    assert pace.rate(3, True, 28.0) == 0.25
