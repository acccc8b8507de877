"""The question file that new adapters are tried on, as an admin saved it. Asks nothing."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ..errors import NotFound
from ..evaluation.questions import Question, load


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
        """Put a question file (JSONL, `ragbox/evaluation`) in the place of the old one, return how many it has.

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

    def add(self, rows: Sequence[dict[str, Any]]) -> int:
        """Put lines behind those that are there, return how many there are then.

        Raises:
            BadInput: one is not a question; the file stays as it was.
        """
        before = self._file.read_text(encoding="utf-8").rstrip("\n") if self._file.is_file() else ""
        lines = [before] if before else []
        return self.keep("\n".join([*lines, *(json.dumps(row, ensure_ascii=False) for row in rows)]) + "\n")
