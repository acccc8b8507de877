"""Gives spoilt files to a box and counts how they end. Knows no clock, and of the box no more than two calls."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path

FAILED, CRASHED = "service failed", "parser crashed"
OURS, DIED = "ragbox failed on it", "crashed its parser"
"""What the reasons of a refusal say of a fault of the box, and of a parser that died."""


class Fuzzing:
    """Counts how files end, "parsed", "rejected", CRASHED or FAILED; `failing` names those of the last two."""

    def __init__(
        self, take: Callable[[Path, str], tuple[str, str]], use: Callable[[], None], folder: Path, keep: Path
    ) -> None:
        """`take` takes a file (path, name) in and out again and returns status and reason; `use` has the box answer.

        Files pass through `folder`; those that fail stay in `keep`.
        """
        self._take, self._use, self._folder, self._keep = take, use, folder, keep
        self.ended: Counter[str] = Counter()
        self.reasons: Counter[str] = Counter()
        self.failing: list[str] = []

    def run(self, files: Iterable[tuple[str, bytes]]) -> None:
        """Take each file in, and use the box after it."""
        for name, data in files:
            path = self._folder / "spoilt"
            path.write_bytes(data)
            how = self._how(path, name)
            self.ended[how] += 1
            if how in (FAILED, CRASHED):
                self.failing.append(name)
                self._keep.mkdir(parents=True, exist_ok=True)
                (self._keep / name).write_bytes(data)

    def _how(self, path: Path, name: str) -> str:
        try:
            status, reason = self._take(path, name)
            self._use()
        except Exception as error:  # the very thing that is looked for
            self.reasons[f"{type(error).__name__}: {error}"[:120]] += 1
            return FAILED
        if status != "rejected":
            return "parsed"
        self.reasons[reason.replace(name, "FILE")[:120]] += 1
        return FAILED if OURS in reason else CRASHED if DIED in reason else "rejected"
