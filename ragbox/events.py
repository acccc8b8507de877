"""The pieces that an engine writes an answer in, and the events of the stream that is made of them. Frozen data.

The events come in this order, and those in brackets any number of times: Stage*, Hits, (Stage | Thought | Text |
Unsupported | Citation | Byline | Incomplete)*, Timing, Done.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from .types import Answer, Citation, Hit, Quote, Unsupported


@dataclass(frozen=True, kw_only=True, slots=True)
class Stage:
    """The answer entered a stage: "search", "read", "think", "draft" or "write". `count` is what it works on.

    That is chunks; of a draft, which is held back until a sentence of it is supported, characters, and it comes often.
    The first one also says what the Answer will: `asked`, `conversation` and `turn`.
    """

    name: str
    count: int
    asked: str = field(default="", repr=False)
    conversation: str = ""
    turn: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Hits:
    """What the retriever found, best first."""

    hits: tuple[Hit, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Text:
    """The next piece of the answer, as an event redacted; `cites` is n where it is the mark " [n]" of citation n."""

    text: str = field(repr=False)
    cites: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Thought:
    """The next piece of a reasoning model's thinking, which is no part of the answer; as an event redacted."""

    text: str = field(repr=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class Claim:
    """A sentence ends here that was checked against the passages; its quotes follow. `reason` says what they lack."""

    supported: bool
    reason: str = field(default="", repr=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class Byline:
    """Who writes what follows; `fallback` says why, where it is not the language model that was meant to.

    `adapter` is the key of the adapter it writes with, `bare` why it writes without the one that was meant to.
    """

    engine: str
    fallback: str = ""
    adapter: str = ""
    bare: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Draft:
    """So many characters are written that cannot be shown yet. Comes often, so that a reader's leaving is noticed."""

    length: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Incomplete:
    """The answer breaks off here, and why."""

    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Timing:
    """The text is complete; `timings` are seconds by stage, "total" among them."""

    timings: dict[str, float]


@dataclass(frozen=True, kw_only=True, slots=True)
class Done:
    """The stream is complete; the whole answer once more, with citations and timings."""

    answer: Answer


@dataclass(frozen=True, kw_only=True, slots=True)
class Risk:
    """How likely what was written does not answer the question, 0 to 1, as the engine judges it."""

    value: float


Piece = Text | Quote | Claim | Thought | Byline | Draft | Incomplete | Risk
"""What an engine yields."""
Event = Stage | Hits | Thought | Text | Unsupported | Citation | Byline | Incomplete | Timing | Done
"""What a reader of the answer is sent."""
