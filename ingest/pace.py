"""How far a file is read, and how fast. Knows no process and no clock."""

from __future__ import annotations

from dataclasses import dataclass, field

SURE_SECONDS = 2.0
"""For which something goes on before its speed is told: the first page waits for libraries and models."""


@dataclass(frozen=True, kw_only=True)
class Reading:
    """How far a file is read: the page under way (from 1, counted among those that OCR reads once that is at work), of
    how many, and the pages a second since that began, 0 while unknown.
    """

    file: str
    page: int
    pages: int
    rate: float = field(default=0.0, compare=False)


class Pace:
    """How fast the pages of one file are read, those without OCR and those with it each for themselves."""

    def __init__(self) -> None:
        self._ocr: bool | None = None
        self._first, self._since = 0, 0.0

    def rate(self, page: int, ocr: bool, now: float) -> float:
        """Hear of the page that is begun now; return the pages a second, 0 while unknown."""
        if ocr is not self._ocr:
            self._ocr, self._first, self._since = ocr, page, now
        spent = now - self._since
        return (page - self._first) / spent if spent >= SURE_SECONDS else 0.0
