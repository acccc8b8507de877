"""Parts a reasoning model's thinking from its answer, in a stream. Knows strings only, no tokens and no model."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Markers:
    """What stands around the thinking, and what may stand before an answer that has none (`lead`, left out).

    A model is taken to think so where its template or its own tokens have `sign`.
    """

    opening: str
    closing: str
    sign: str = ""
    lead: str = ""


THINK = Markers(opening="<think>", closing="</think>")
KNOWN = (
    # gpt-oss writes in channels, a turn for each
    Markers(
        opening="<|channel|>analysis<|message|>",
        closing="<|end|><|start|>assistant<|channel|>final<|message|>",
        sign="<|channel|>",
        lead="<|channel|>final<|message|>",
    ),
    Markers(opening="[THINK]", closing="[/THINK]"),
    Markers(opening="<|START_THINKING|>", closing="<|END_THINKING|>"),
    Markers(opening="<seed:think>", closing="</seed:think>"),
    THINK,
)


def find_markers(known: str) -> Markers:
    """Return the markers whose sign stands in a model's template and tokens, THINK where none does."""
    return next((markers for markers in KNOWN if (markers.sign or markers.opening) in known), THINK)


def overlap(text: str, mark: str) -> int:
    """Return how many characters at the end of the text may be the beginning of the mark."""
    return next((n for n in range(min(len(text), len(mark) - 1), 0, -1) if mark.startswith(text[-n:])), 0)


class ThinkingSplitter:
    """Feed it text in any pieces; it gives (is thinking, text) pairs whose text, joined, never depends on the split.

    Thinking opens only at the very start: a marker later on is what the answer is about. The white space around
    the markers is left out. `inside` is for a prompt that ends in an open marker.
    """

    def __init__(self, markers: Markers = THINK, *, inside: bool = False) -> None:
        self._markers = markers
        self._held = ""
        self._state = "opened" if inside else "start"

    def feed(self, text: str) -> list[tuple[bool, str]]:
        """Take the next piece, return what is sure by now."""
        self._held += text
        pieces: list[tuple[bool, str]] = []
        while self._held and self._advance(pieces):
            pass
        return pieces

    def flush(self) -> list[tuple[bool, str]]:
        """Return the rest; the object is then as new."""
        rest = [(self._state in ("opened", "thinking"), self._held)] if self._held else []
        self._held, self._state = "", "start"
        return rest

    def _advance(self, pieces: list[tuple[bool, str]]) -> bool:
        """Take one step over what is held; tell whether another may follow."""
        if self._state == "answer":
            pieces.append((False, self._held))
            self._held = ""
        elif self._state == "start":
            return self._start()
        elif self._state in ("opened", "closed"):
            self._held = self._held.lstrip()
            if self._held:
                self._state = "thinking" if self._state == "opened" else "answer"
        else:
            return self._think(pieces)
        return True

    def _start(self) -> bool:
        text = self._held.lstrip()
        for mark, state in ((self._markers.opening, "opened"), (self._markers.lead, "closed")):
            if mark and text.startswith(mark):
                self._held, self._state = text[len(mark) :], state
                return True
        if any(mark.startswith(text) for mark in (self._markers.opening, self._markers.lead)):
            return False
        self._state = "answer"
        return True

    def _think(self, pieces: list[tuple[bool, str]]) -> bool:
        thought, closing, rest = self._held.partition(self._markers.closing)
        if closing:
            self._state = "closed"
        else:
            keep = overlap(thought, self._markers.closing)
            thought, rest = thought[: len(thought) - keep], thought[len(thought) - keep :]
        if thought:
            pieces.append((True, thought))
        self._held = rest
        return bool(closing)
