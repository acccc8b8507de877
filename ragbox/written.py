"""An answer as far as it is written: an engine's pieces in, redacted events out, offsets kept. Knows no retriever."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from .events import Byline, Claim, Event, Incomplete, Piece, Risk, Text, Thought
from .ports import Redactor
from .sentences import lead
from .types import Answer, Citation, Hit, Quote, Unsupported


@dataclass
class Written:
    """Takes pieces one after the other. `cite` makes citation n of a quote; `engine` is who writes unless told."""

    redactor: Callable[[], Redactor]
    cite: Callable[[int, Quote], Citation]
    engine: str
    text: str = ""
    fallback: str = ""
    adapter: str = ""
    bare: str = ""
    incomplete: str = ""
    thinking: str = ""
    risk: float | None = None
    citations: list[Citation] = field(default_factory=list)
    cited: list[tuple[int, int]] = field(default_factory=list)
    unsupported: list[Unsupported] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._stream, self._thoughts = self.redactor(), self.redactor()
        self._numbers: dict[tuple[str, int, int], int] = {}
        self._since = 0  # where the sentence begins that is being written

    def take(self, piece: Piece) -> Iterator[Event]:
        """Yield the events that a piece makes."""
        match piece:
            case Text():
                yield from self._add(self._stream.feed(piece.text))
            case Thought():
                yield from self._think(self._thoughts.feed(piece.text))
            case Claim():
                yield from self._judge(piece)
            case Quote():
                yield from self._quote(piece)
            case Byline():
                self.engine, self.fallback = piece.engine, self._clean(piece.fallback)
                self.adapter, self.bare = piece.adapter, self._clean(piece.bare)
                if piece.fallback:
                    self.thinking, self._thoughts = "", self.redactor()
                yield replace(piece, fallback=self.fallback, bare=self.bare)
            case Risk():
                self.risk = piece.value
            case Incomplete():
                self.incomplete = self._clean(piece.reason)
                yield Incomplete(reason=self.incomplete)

    def end(self) -> Iterator[Event]:
        """Yield what the redactor still holds back."""
        yield from self._think(self._thoughts.flush())
        yield from self._add(self._stream.flush())

    def answer(self, *, refused: bool, hits: tuple[Hit, ...], timings: Mapping[str, float]) -> Answer:
        """Return it as finished."""
        return Answer(
            text=self.text, refused=refused, citations=tuple(self.citations), hits=hits, timings=dict(timings),
            cited=tuple(self.cited), engine=self.engine, fallback=self.fallback, adapter=self.adapter,
            bare=self.bare, incomplete=self.incomplete, unsupported=tuple(self.unsupported), thinking=self.thinking,
            risk=self.risk,
        )  # fmt: skip

    def _add(self, shown: str, cites: int = 0) -> Iterator[Event]:
        if shown:
            self.text += shown
            yield Text(text=shown, cites=cites)

    def _think(self, shown: str) -> Iterator[Event]:
        if shown:
            self.thinking += shown
            yield Thought(text=shown)

    def _judge(self, claim: Claim) -> Iterator[Event]:
        yield from self._add(self._stream.cut())
        sentence = self.text[self._since :]
        start, end = self._since + lead(sentence), self._since + len(sentence.rstrip())
        self._since = len(self.text)
        if not claim.supported and start < end:
            self.unsupported.append(Unsupported(start=start, end=end, reason=self._clean(claim.reason)))
            yield self.unsupported[-1]

    def _quote(self, quote: Quote) -> Iterator[Event]:
        key = (quote.hit.chunk.id, quote.start, quote.end)
        if key not in self._numbers:
            self._numbers[key] = len(self._numbers) + 1
            self.citations.append(self.cite(self._numbers[key], quote))
            yield self.citations[-1]
        # Not through the redactor, which may hold it back: its place tells it from a "[1]" of the document.
        yield from self._add(self._stream.cut())
        self.cited.append((len(self.text) + 1, self._numbers[key]))
        yield from self._add(f" [{self._numbers[key]}]", self._numbers[key])
        self._since = len(self.text)

    def _clean(self, text: str) -> str:
        stream = self.redactor()
        return stream.feed(text) + stream.flush()
