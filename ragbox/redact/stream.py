"""Takes personal data out of a text that comes in pieces (port: Redactor). Knows no policy yet, only [NAME]s.

The text is seen as runs: stretches in which a match could lie (Latin letters, digits, @._%+-(), also in full width,
and single spaces between digits). A run is shown when it has ended, all else at once. Since a run is judged whole
however it came, any split of a text gives the same output.
"""

from __future__ import annotations

import re

from .patterns import LONGEST, PATTERNS, SIGNS, fold

_BEFORE, _AFTER = frozenset("0123456789+()-"), frozenset("0123456789+(")  # a space between these is in a run
_RUN = re.compile(r"(?:[0-9+()\-] (?=[0-9+(])|[A-Za-z0-9@._%+\-()])+")


class PatternRedactor:
    """Replaces e-mail addresses, phone numbers, bank cards and Chinese resident IDs."""

    def __init__(self) -> None:
        self._held = ""

    def feed(self, text: str) -> str:
        text = self._held + text
        start, end = _tail(text)
        shown = _redact_runs(text[:start])
        while end - start > LONGEST + 1:
            cut = start + _length(text[start:end])
            shown += _redact(text[start:cut])
            start = cut
        self._held = text[start:]
        return shown

    def flush(self) -> str:
        held, self._held = self._held, ""
        return _redact_runs(held)


def redact(text: str) -> str:
    """Return the whole text without personal data."""
    redactor = PatternRedactor()
    return redactor.feed(text) + redactor.flush()


def _tail(text: str) -> tuple[int, int]:
    """Return where the run at the text's end begins and ends; a space that may yet belong to it follows its end."""
    text = fold(text)
    end = len(text)
    if end > 1 and text[-1] == " " and text[-2] in _BEFORE:
        end -= 1
    start = end
    while start and (
        text[start - 1] in SIGNS
        or (
            text[start - 1] == " "
            and start > 1
            and start < end
            and text[start - 2] in _BEFORE
            and text[start] in _AFTER
        )
    ):
        start -= 1
    return (start, end) if start < end else (len(text), len(text))


def _length(run: str) -> int:
    """Return how much of an overlong run is judged on its own; the rest must not begin with a space."""
    return LONGEST + (fold(run[LONGEST]) == " ")


def _redact_runs(text: str) -> str:
    shown, end = "", 0
    for run in _RUN.finditer(fold(text)):
        shown += text[end : run.start()] + _redact_run(text[slice(*run.span())])
        end = run.end()
    return shown + text[end:]


def _redact_run(run: str) -> str:
    shown = ""
    while len(run) > LONGEST + 1:
        cut = _length(run)
        shown += _redact(run[:cut])
        run = run[cut:]
    return shown + _redact(run)


def _redact(run: str) -> str:
    for pattern in PATTERNS:
        run = pattern.redact(run)
    return run
