"""Takes personal data out of a text that comes in pieces (port: Redactor). Knows runs and findings, not what they mean.

The lexer says what is judged together, `find` what is in it, `replace` what is shown instead. It fails closed: where a
run cannot be judged, or not in time, `[REDACTED]` is shown for it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import lru_cache

from .deadline import Deadline
from .findings import UNJUDGED, Find, Finding
from .lexer import Lexer
from .pieces import Kind, Piece
from .policy import FAILED
from .wanted import Wanted

KEY = "PRIVATE_KEY"
SECONDS = 2.0
"""For one run of at most 256 characters, which takes 2 ms: what a busy machine may take longer, and no more."""
_EDGE = re.compile(r"[\s,，]")
_DEADLINE = Deadline(SECONDS)
REMEMBERED = 64
"""Runs of a text whose findings are kept, 40 KB at most: what repeats itself, as hostile texts do, is judged once."""
NOBODY: Callable[[str], None] = lambda _: None  # noqa: E731


class StreamRedactor:
    """Shows a text with `replace(entity, value)` for each finding; `seen` is told the entity of each."""

    def __init__(
        self,
        find: Find,
        replace: Callable[[str, str], str],
        seen: Callable[[str], None] = NOBODY,
        wanted: Wanted | None = None,
    ) -> None:
        self._judge = _Judge(find, wanted or Wanted())
        self._replace, self._seen = replace, seen

    @property
    def held(self) -> int:
        return self._judge.lexer.held

    def feed(self, text: str) -> str:
        return self._shown(lambda: self._judge.lexer.feed(text))

    def cut(self) -> str:
        return self._shown(self._judge.lexer.cut)

    def flush(self) -> str:
        return self._shown(self._judge.lexer.flush)

    def _shown(self, cut: Callable[[], list[Piece]]) -> str:
        try:
            pieces = cut()
        except Exception:
            self._judge.restart()
            return FAILED
        return "".join(map(self._piece, pieces))

    def _piece(self, piece: Piece) -> str:
        match piece.kind:
            case Kind.INERT:
                return self._judge.inert(piece)
            case Kind.SWALLOWED:
                return ""
        try:
            skipped, findings = self._judge.findings(piece)
            if not findings:
                return piece.text[skipped:]
            return _DEADLINE.call(self._replaced, piece, skipped, findings)
        except Exception:
            return FAILED

    def _replaced(self, piece: Piece, at: int, findings: list[Finding]) -> str:
        window, shown = piece.text + piece.ahead, ""
        for found in findings:
            judged = found.entity != UNJUDGED
            replaced = self._replace(found.entity, window[found.start : found.end]) if judged else FAILED
            self._seen(found.entity)
            shown += window[at : found.start] + replaced
            at = found.end
        return shown + piece.text[at:]


def spans(text: str, find: Find, wanted: Wanted | None = None) -> list[Finding]:
    """Return what is found in a whole text, by the same runs; what cannot be judged is a finding REDACTED."""
    judge = _Judge(find, wanted or Wanted())
    at, found = 0, list[Finding]()
    for piece in (*judge.lexer.feed(text), *judge.lexer.flush()):
        if piece.kind is Kind.SWALLOWED:
            found[-1] = _moved(found[-1], 0, len(piece.text))
        elif piece.kind is Kind.INERT:
            judge.inert(piece)
        else:
            skipped, findings = judge.findings(piece)
            if skipped and found[-1].end < at + skipped:
                found[-1] = _moved(found[-1], 0, at + skipped - found[-1].end)
            found += (_moved(f, at, 0) for f in findings)
        at += len(piece.text)
    return found


class _Judge:
    """Asks about runs, and remembers what of a long run belongs to a finding of the window before."""

    def __init__(self, find: Find, wanted: Wanted) -> None:
        self._asked, self._wanted = _asking(find), wanted
        self.restart()

    def restart(self) -> None:
        """Forget the text."""
        wanted = self._wanted
        self.lexer = Lexer(wanted.phrases, wanted.han, skips=not (wanted.words or wanted.regexes))
        self._over = 0  # how many signs of the next piece belong to what was found
        self._endless = False  # what was found was cut: all up to the next space belongs to it

    def inert(self, piece: Piece) -> str:
        """Return inert text."""
        self._over, self._endless = 0, False
        return piece.text

    def findings(self, piece: Piece) -> tuple[int, list[Finding]]:
        """Return how many signs at a run's start belong to the finding before, and what is found after them.

        A finding may go on over the piece's end into what is ahead.
        """
        if piece.kind is Kind.KEY:
            self.inert(piece)
            return 0, [Finding(start=0, end=len(piece.text), entity=KEY, score=1.0)]
        window = piece.text + piece.ahead
        skipped = self._skipped(piece)
        try:
            found = self._asked(window, piece.before) if self._wanted.interesting(window, piece.before) else ()
        except Exception:
            found = (Finding(start=0, end=len(window), entity=UNJUDGED, score=1.0),)
        begun = [f for f in found if f.end > skipped and max(skipped, f.start) < len(piece.text)]
        if begun and begun[0].start < skipped:
            begun[0] = _moved(begun[0], skipped - begun[0].start, begun[0].start - skipped)
        if begun and begun[-1].end > len(piece.text):
            self._over = begun[-1].end - len(piece.text)
            self._endless = begun[-1].end == len(window) and begun[-1].entity != UNJUDGED
        return skipped, begun

    def _skipped(self, piece: Piece) -> int:
        over, self._over = self._over, 0
        skipped = min(over, len(piece.text))
        if self._endless:
            edge = _EDGE.search(piece.text, skipped)
            skipped, self._endless = (edge.start(), False) if edge else (len(piece.text), bool(piece.ahead))
        self._over = max(0, over - len(piece.text))
        return skipped


def _asking(find: Find) -> Callable[[str, str], tuple[Finding, ...]]:
    """Return what asks about a run, in time, and knows the answer the second time."""

    @lru_cache(REMEMBERED)
    def asked(window: str, before: str) -> tuple[Finding, ...]:
        return tuple(_sound(_DEADLINE.call(find, window, before), len(window)))

    return asked


def _sound(found: object, length: int) -> Iterator[Finding]:
    """Yield findings as they are, if they are sorted, disjoint and inside the text."""
    at = 0
    for f in found:  # type: ignore[attr-defined]
        if not at <= f.start < f.end <= length:
            raise ValueError(f"A finding stands at {f.start} to {f.end}, after one up to {at}, in {length} signs.")
        at = f.end
        yield f


def _moved(found: Finding, start: int, longer: int) -> Finding:
    """Return a finding moved, and made longer or shorter at its end."""
    end = found.end + start + longer
    return Finding(start=found.start + start, end=end, entity=found.entity, score=found.score)
