"""The seams: what the use cases expect of an encoder, an index, an engine, a redactor. Knows only the types.

Each contract is in the docstring and in `tests/contracts.py`, which the fake and the real thing both pass.
Constructors are cheap; `load()` does the heavy work once; `close()` undoes it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from .events import Piece
from .generation import Capabilities, Delta, Message, Request
from .types import Chunk, Hit
from .wording import Expansion

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vectors = NDArray[np.float32]

Scored = tuple[str, float]
"""A chunk id and its score; higher is better."""


class Encoder(Protocol):
    """Turns text into unit vectors. Safe to call from several threads."""

    @property
    def identity(self) -> str:
        """Name, dimension and hash of the weights: vectors of two identities never meet in one index."""

    @property
    def window(self) -> int:
        """How many tokens of a text are seen, special tokens not counted."""

    def load(self) -> None: ...

    def close(self) -> None: ...

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Return each text's length in tokens, special tokens not counted."""

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return float32 of shape (len(texts), dimension), rows of length 1, in the order given."""

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """Return the same for questions, which some models encode otherwise than passages."""


class DenseIndex(Protocol):
    """Nearest vectors by cosine. All of it can be rebuilt from the record."""

    def load(self) -> None: ...

    def close(self) -> None: ...

    def put(self, collection: str, documents: Mapping[str, tuple[Sequence[str], Vectors]]) -> None:
        """Make these (chunk ids, vectors) each document's only ones, none to forget it. Twice is as good as once."""

    def drop(self, collection: str) -> None:
        """Forget the whole collection. An unknown one is no error."""

    def search(self, collection: str, vector: Vectors, k: int) -> list[Scored]:
        """Return at most k chunk ids with their cosine, best first; an unknown collection is empty."""

    def count(self, collection: str, document: str | None = None) -> int:
        """Return how many vectors the collection, or one document of it, has."""


class SparseIndex(Protocol):
    """Best matching words (BM25). All of it can be rebuilt from the record."""

    def load(self) -> None: ...

    def close(self) -> None: ...

    def put(self, collection: str, documents: Mapping[str, Sequence[Chunk]]) -> None:
        """Make these each document's only chunks, none to forget it. Doing it twice is doing it once."""

    def drop(self, collection: str) -> None:
        """Forget the whole collection. An unknown one is no error."""

    def search(
        self, collection: str, question: str, k: int, document: str | None = None, renamed: Sequence[Expansion] = ()
    ) -> list[Scored]:
        """Return at most k chunk ids, of one document or of any, with their BM25 score, best first.

        Any text is a legal question; a score does not depend on whether one document is searched or all. A chunk that
        has another name of what is `renamed`, all of it, scores `wording.SHARE` of that at most.
        """

    def count(self, collection: str, document: str | None = None) -> int:
        """Return how many chunks the collection, or one document of it, has."""


class Lexicon(Protocol):
    """The words of a text as the keyword index sees them, and how rare they are."""

    def terms(self, text: str) -> list[str]:
        """Return the text's index terms in order: stemmed English, segmented Chinese, numbers whole."""

    def keywords(self, question: str) -> list[str]:
        """Return a question's index terms, each once, without those that every question has (what, 多少)."""

    def names(self, question: str) -> list[str]:
        """Return the words that a paraphrase keeps: names, codes, years and other numbers, in Chinese nouns too."""

    def holds(self, collection: str, document: str, word: str) -> bool:
        """Tell whether any chunk of the document has the word."""

    def idf(self, collection: str, terms: Sequence[str]) -> list[float]:
        """Return each term's inverse document frequency, ln(1 + (N - n + 0.5) / (n + 0.5))."""


class Reranker(Protocol):
    """Scores a question and passages together, slowly and well."""

    def load(self) -> None: ...

    def close(self) -> None: ...

    def score(self, question: str, texts: Sequence[str]) -> list[float]:
        """Return one score for each text; higher is better."""


class Engine(Protocol):
    """Writes the answer."""

    @property
    def name(self) -> str:
        """What the page says answered."""

    def load(self) -> None: ...

    def close(self) -> None: ...

    def answer(self, question: str, hits: Sequence[Hit], adapter: str = "") -> Iterator[Piece]:
        """Yield the answer in pieces, a Quote after the words it supports; no Text if the hits do not answer.

        `adapter` is the key of the adapter to write with, "" for none; what has no adapters passes over it.

        Raises Busy where too many wait already. Closing the iterator ends what is under way.
        """


class LanguageModel(Protocol):
    """Writes text after a chat. `load` raises Unavailable or BadInput with the reason; `close` frees the memory."""

    @property
    def name(self) -> str:
        """What the page says answered."""

    @property
    def capabilities(self) -> Capabilities:
        """What it can do; right only while it is loaded."""

    def load(self) -> None: ...

    def close(self) -> None: ...

    def count_tokens(self, messages: Sequence[Message]) -> int:
        """Return the tokens of a prompt as the model sees it, an estimate that is not too low where it cannot know."""

    def generate(self, batch: Sequence[Request], more: Callable[[int], Sequence[Request]]) -> Iterator[Delta]:
        """Yield the pieces of all requests as they come, interleaved; each request ends with one delta that has `end`.

        `more(free)` is asked between any two steps of a model in this process for at most `free` further requests,
        which join (same adapter); 0 where none can, and adapters may come and go meanwhile. One request's failure is
        its delta with "error" and ends no other. Closing the iterator cancels all. Raises only what ends the whole
        model.
        """

    @property
    def attached(self) -> tuple[str, ...]:
        """Return the adapters that requests may name."""

    def attach(self, name: str, folder: Path) -> None:
        """Let requests name the adapter in this folder; one that is attached already stays as it is.

        As `detach`, for a model in this process only by the thread that owns it, between two steps. Raises BadInput
        (the adapter is not one for this model) and Unavailable (no memory, no server); all is then as before.
        """

    def detach(self, name: str) -> None:
        """Free an adapter; an unknown one is no error."""


class ModelInUse(Protocol):
    """The language model that answers now, behind its queue; another may take its place at any time."""

    @property
    def name(self) -> str:
        """Return its name; "" where none is loaded."""

    @property
    def context(self) -> int:
        """Return the tokens of prompt and answer together; 0 where none is loaded."""

    @property
    def absence(self) -> str:
        """Return why none is loaded where one was asked for; "" where none was, or one is there."""

    def count_tokens(self, messages: Sequence[Message]) -> int:
        """Return the tokens of a prompt. Raises Unavailable where no model is loaded."""

    def submit(self, request: Request) -> Iterator[Delta]:
        """Yield the pieces of one text, empty ones too while there is none. Raises Unavailable and Busy."""


class Redactor(Protocol):
    """Takes personal data out of a stream; any split of a text gives the same output. One object a stream."""

    @property
    def held(self) -> int:
        """How many characters have come and are neither shown nor replaced yet."""

    def feed(self, text: str) -> str:
        """Take the next piece, return what is safe to show by now."""

    def cut(self) -> str:
        """Return what is held back, as if the text ended here; what comes next is judged with this before it."""

    def flush(self) -> str:
        """Return the rest; the object is then as new."""
