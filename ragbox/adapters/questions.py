"""The question file that new adapters are tried on, as an admin saved it. Asks nothing."""

from __future__ import annotations

from pathlib import Path

from ..errors import NotFound
from ..evaluate import Question, load


class Questions:
    """One file, replaced as a whole."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def load(self) -> list[Question]:
        """Return the questions; none where no file was saved."""
        try:
            return load(self._file)
        except NotFound:
            return []

    def keep(self, lines: str) -> int:
        """Put a question file (JSONL, `ragbox/evaluate.py`) in the place of the old one, return how many it has.

        Raises:
            BadInput: a line is not a question; names the line. The old file stays.
        """
        self._file.parent.mkdir(parents=True, exist_ok=True)
        coming = self._file.with_suffix(".new")
        coming.write_text(lines, encoding="utf-8")
        try:
            found = load(coming)
            coming.replace(self._file)
        finally:
            coming.unlink(missing_ok=True)
        return len(found)
