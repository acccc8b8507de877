"""One answer of a model elsewhere: its pieces of text in, deltas out. Knows neither server nor format."""

from __future__ import annotations

from collections.abc import Iterator

from ..generation import Delta, Request
from .hf_text import StopStrings
from .thinking import ThinkingSplitter

ENDS = {"length": "length", "max_tokens": "length", "model_length": "length"}
"""Why a text ended, by the names that servers give; any other is "stop" unless it is one of these."""
CUT = {
    "content_filter": "a filter of the server stopped the answer",
    "refusal": "a filter of the server stopped the answer",
    "abort": "the server gave the answer up",
    "error": "the server gave the answer up",
}
PIECES = 8
"""Pieces for each token asked for, beyond which a server is taken to have no limit: some send single letters."""


class Reply:
    """Takes one piece after another; a piece counts as a token until `counts` says how many there were."""

    def __init__(self, request: Request, prompt_tokens: int) -> None:
        """`prompt_tokens` stands in the last delta unless the server says otherwise."""
        self._request = request
        self._estimated = prompt_tokens
        self._parts = ThinkingSplitter()
        self._stops = StopStrings(request.sampling.stop)
        self._pieces = 0
        self._uncounted = 0
        self.counts = (0, 0)
        """Tokens of prompt and answer as the server counts them, 0 as long as it does not tell."""
        self.reason = ""
        """Why the server says that it ended, "" as long as it says nothing."""

    @property
    def begun(self) -> bool:
        """Whether the model has written anything: from there on nothing may be asked again."""
        return self._pieces > 0

    @property
    def over(self) -> bool:
        """Whether there is no use in further pieces."""
        return self._stops.hit or self._pieces > PIECES * self._request.sampling.max_new_tokens

    def feed(self, text: str, *, thinking: bool = False) -> Iterator[Delta]:
        """Yield what can be shown after the next piece."""
        if not text or self.over:
            return
        self._pieces += 1
        self._uncounted += 1
        yield from self._shown([(True, text)] if thinking else self._parts.feed(text))

    def finish(self) -> Iterator[Delta]:
        """Yield the rest and the last delta."""
        yield from self._shown(self._parts.flush())
        rest = self._stops.flush()
        end = ENDS.get(self.reason, "stop")
        cut = CUT.get(self.reason, "" if self.begun or self.reason else "the server ended it before its first word")
        if self._stops.hit:
            end, cut = "stop", ""
        elif self.over:
            end = "length"
        if rest:
            yield self._delta(rest)
        if cut:
            cut = f"The answer is incomplete: {cut}. Ask otherwise, or look at the server's log."
        yield Delta(
            id=self._request.id,
            tokens=self._uncounted + max(0, self.counts[1] - self._pieces),
            prompt_tokens=self.counts[0] or self._estimated,
            end="error" if cut else end,
            reason=cut,
        )

    def _shown(self, pieces: list[tuple[bool, str]]) -> Iterator[Delta]:
        for thinking, text in pieces:
            shown = text if thinking else self._stops.feed(text)
            if shown:
                yield self._delta(shown, thinking=thinking)

    def _delta(self, text: str, *, thinking: bool = False) -> Delta:
        tokens, self._uncounted = self._uncounted, 0
        return Delta(id=self._request.id, text=text, thinking=thinking, tokens=tokens)
