"""Tokens to text, one at a time: whole characters only, thinking apart, ended by stop strings. Knows no tensor."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from .thinking import Markers, ThinkingSplitter, overlap

HALF = "\ufffd"
"""What bytes that are not a whole character decode to."""
LONGEST_WAIT = 8
"""Tokens after which undecodable bytes are let through: a character has at most 4 bytes, so these are no character."""

Piece = tuple[bool, str]
"""Whether it is thinking, and the text."""


class Detokenizer:
    """Gives the text that each further token adds, holding back a character until all its bytes are there."""

    def __init__(self, decode: Callable[[Sequence[int]], str]) -> None:
        self._decode = decode
        # The last tokens, and how many of them were given out: what a token says can depend on the one before it.
        self._ids: list[int] = []
        self._read = 0

    def push(self, token: int) -> str:
        """Take the next token, return what can be shown by now."""
        self._ids.append(token)
        before, now = self._decode(self._ids[: self._read]), self._decode(self._ids)
        waits = now.endswith(HALF) and len(self._ids) - self._read <= LONGEST_WAIT
        if waits or len(now) <= len(before):
            return ""
        self._ids = self._ids[self._read :]
        self._read = len(self._ids)
        return now[len(before) :]

    def flush(self) -> str:
        """Return the rest without the half character that it may end in."""
        before, now = self._decode(self._ids[: self._read]), self._decode(self._ids)
        self._ids, self._read = [], 0
        return now[len(before) :].rstrip(HALF)


class StopStrings:
    """Ends a stream before the first of some strings, holding back what may be the beginning of one."""

    def __init__(self, stops: Sequence[str]) -> None:
        self._stops = [stop for stop in stops if stop]
        self._held = ""
        self.hit = False

    def feed(self, text: str) -> str:
        """Take the next piece, return what is safe to show; after a hit nothing is."""
        if self.hit:
            return ""
        self._held += text
        # The one that ends first, as it would be found in a text that comes character by character.
        found = [(at + len(stop), at) for stop in self._stops if (at := self._held.find(stop)) >= 0]
        self.hit = bool(found)
        keep = max((overlap(self._held, stop) for stop in self._stops), default=0)
        end = min(found)[1] if found else len(self._held) - keep
        shown, self._held = self._held[:end], self._held[end:]
        return shown

    def flush(self) -> str:
        """Return what was held back and turned out to be no stop string."""
        rest, self._held = "" if self.hit else self._held, ""
        return rest


class TextStream:
    """What one row shows: its tokens as pieces of thinking and answer. Stop strings count in the answer alone."""

    def __init__(
        self, decode: Callable[[Sequence[int]], str], *, markers: Markers, inside: bool, stops: Sequence[str]
    ) -> None:
        self._text = Detokenizer(decode)
        self._parts = ThinkingSplitter(markers, inside=inside)
        self._stops = StopStrings(stops)

    @property
    def stopped(self) -> bool:
        """Whether a stop string came."""
        return self._stops.hit

    def push(self, token: int) -> list[Piece]:
        """Take the next token, return what can be shown by now."""
        return self._stop(self._parts.feed(self._text.push(token)))

    def finish(self) -> list[Piece]:
        """Return what was held back."""
        pieces = self._stop([*self._parts.feed(self._text.flush()), *self._parts.flush()])
        rest = self._stops.flush()
        return [*pieces, (False, rest)] if rest else pieces

    def _stop(self, pieces: Sequence[Piece]) -> list[Piece]:
        shown = [(thinking, text if thinking else self._stops.feed(text)) for thinking, text in pieces]
        return [piece for piece in shown if piece[1]]
