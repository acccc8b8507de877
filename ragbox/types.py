"""The nouns that cross modules: frozen data, nothing else. Knows no other module of ours and no third party.

`repr` shows sizes, never document text: a log line must not leak a contract.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

Box = tuple[float, float, float, float]
"""(left, top, right, bottom) as fractions of the page, 0 to 1, origin at the top left."""


class Kind(StrEnum):
    """What a block is on its page."""

    TITLE = "title"
    TEXT = "text"
    LIST_ITEM = "list_item"
    TABLE = "table"
    NOTE = "note"
    CAPTION = "caption"


class Status(StrEnum):
    """How one file ended."""

    INDEXED = "indexed"
    UNCHANGED = "unchanged"
    REJECTED = "rejected"


@dataclass(frozen=True, kw_only=True, slots=True)
class Mark:
    """Where characters `start` to `end` of a text stand: on which page (from 1) and, if known, in which box."""

    start: int
    end: int
    page: int
    box: Box | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Block:
    """One paragraph, heading, list item or table as a parser found it.

    `level` is a title's depth (1 is the top; 0 for all else). `rows` holds a table's cells, the first
    `header_rows` of them its header; `text` is then the rows joined by ROW and CELL. `marks` cover `text` in order.
    """

    kind: Kind
    text: str = field(repr=False)
    page: int = 1
    level: int = 0
    rows: tuple[tuple[str, ...], ...] = field(default=(), repr=False)
    header_rows: int = 0
    marks: tuple[Mark, ...] = field(default=(), repr=False)
    unseen: str = ""
    """How it is hidden from the file's readers, if it is: `ingest/parsers/unseen.py` takes it out."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Unseen:
    """A text of a file that none of its readers sees, and how it is hidden. It is in no passage."""

    page: int
    how: str
    text: str = field(repr=False)


CELL, ROW = " | ", "\n"
"""What stands between two cells and between two rows in a table's text."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Parsed:
    """What a parser made of one file. `warnings` names what was left out and why (partial failure is data)."""

    blocks: tuple[Block, ...] = field(repr=False)
    pages: int
    title: str = field(default="", repr=False)
    warnings: tuple[str, ...] = ()
    unseen: tuple[Unseen, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Chunk:
    """A passage that is indexed and quoted. `context` (title and section path) is encoded with it, never shown.

    The first `head` characters of a table's text are its caption and header, which stand on each of its chunks.
    `titles` are the (start, end) of the headings in a text that is no table.
    """

    id: str
    document: str
    ordinal: int
    page: int
    kind: Kind
    section: str = field(repr=False)
    context: str = field(repr=False)
    text: str = field(repr=False)
    marks: tuple[Mark, ...] = field(repr=False)
    head: int = 0
    titles: tuple[tuple[int, int], ...] = ()

    @property
    def indexed_text(self) -> str:
        """Return what the encoder and the keyword index see."""
        return f"{self.context}\n{self.text}" if self.context else self.text


@dataclass(frozen=True, kw_only=True, slots=True)
class Collection:
    """A set of documents with its own indexes; who may read it is decided per collection."""

    id: str
    name: str
    encoder: str = ""
    """Identity of the encoder that made its vectors; empty until the first document."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Profile:
    """What a document is: whose, which kind of paper, of when. Empty where nothing says so.

    `aliases` are other names of the company, as its ticker, or a contract's parties. `period` is as the paper states
    it (Q3 2022, 2022), `ends` the last day or month of it (2022-06-25), which in a fiscal year of its own tells another
    quarter. `edited` names what a person wrote, `title` and `language` of the document among it: reading anew changes
    nothing of that.
    """

    company: str = field(default="", repr=False)
    aliases: tuple[str, ...] = field(default=(), repr=False)
    form: str = ""
    period: str = ""
    ends: str = ""
    edited: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Suspicion:
    """How many words of a document no reader sees, and passages give orders; `unseen` only until it is recorded."""

    words: int = 0
    orders: int = 0
    unseen: tuple[Unseen, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Document:
    """One file's content in one collection. `files` are the paths it was dropped under; `id` hashes the bytes."""

    id: str
    collection: str
    collection_id: str = ""
    files: tuple[str, ...] = field(repr=False)
    title: str = field(repr=False)
    kind: str
    pages: int
    chunks: int
    size: int
    language: str
    status: Status
    reason: str
    sha256: str
    added_at: datetime
    added_by: str
    profile: Profile = Profile()
    suspicion: Suspicion = Suspicion()

    @property
    def file(self) -> str:
        """Return the path to show: the first one it was dropped under."""
        return self.files[0] if self.files else self.id

    @property
    def viewable(self) -> str:
        """Return how it can be looked at: "image" where its pages can be drawn, else as "text"; "" if rejected."""
        if self.status is Status.REJECTED:
            return ""
        return "image" if self.kind in ("pdf", "image") else "text"


@dataclass(frozen=True, kw_only=True, slots=True)
class IngestResult:
    """How one dropped file ended. `seconds` counts its parsing, encoding and writing."""

    file: str
    status: Status
    document: str = ""
    reason: str = ""
    pages: int = 0
    chunks: int = 0
    seconds: float = 0.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Hit:
    """A retrieved chunk. `score` is the fused rank score; `cosine` is kept because refusal is judged by it."""

    rank: int
    score: float
    cosine: float
    chunk: Chunk
    document: Document


@dataclass(frozen=True, kw_only=True, slots=True)
class PageBox:
    """A box on a page (from 1), as fractions of its width and height."""

    page: int
    box: Box


@dataclass(frozen=True, kw_only=True, slots=True)
class Citation:
    """Quote `n` of an answer: which words of which page of which document."""

    n: int
    document: str
    file: str
    page: int
    section: str
    quote: str = field(repr=False)
    boxes: tuple[PageBox, ...] = field(default=(), repr=False)
    gone: bool = False
    """The document was deleted since, or may no longer be read: section, quote and boxes are empty."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Unsupported:
    """Characters `start` to `end` of an answer are a sentence that no passage supports, and what they lack."""

    start: int
    end: int
    reason: str = field(default="", repr=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """A finished answer. `timings` are seconds by stage; `refused` says the documents hold no answer.

    `cited` has the (offset, n) of each "[n]" in the text that points to citation n; any other is a document's own.
    `asked` is the question as it was understood, where that differs from what was typed; `conversation` and `turn` are
    where the answer is kept, if it is. `engine` wrote it; `fallback` says why, where a language model was meant to.
    `adapter` is the key of the adapter it was written with, `bare` why it was written without the one that was meant.
    `risk` is how likely it does not answer, 0 to 1, where the engine says so.
    `incomplete` says why it breaks off; `cached` that it was given before. `thinking` is shown once and never kept: it
    rests on passages that the answer does not cite. `masks` has the masks in it that show the end of a value, each
    with its entity, to take that away under a stricter policy.
    """

    text: str = field(repr=False)
    refused: bool
    citations: tuple[Citation, ...]
    hits: tuple[Hit, ...]
    timings: dict[str, float]
    cited: tuple[tuple[int, int], ...] = ()
    asked: str = field(default="", repr=False)
    conversation: str = ""
    turn: str = ""
    engine: str = ""
    fallback: str = ""
    adapter: str = ""
    bare: str = ""
    incomplete: str = ""
    unsupported: tuple[Unsupported, ...] = ()
    thinking: str = field(default="", repr=False)
    cached: bool = False
    risk: float | None = None
    masks: dict[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class Actor:
    """Who asks, and the names of the collections granted to them: to read, those of them to write, to manage.

    "*" stands for all. The role bounds it: to a reader, `writable` gives nothing.
    """

    name: str
    role: str
    collections: tuple[str, ...] = ()
    writable: tuple[str, ...] = ()
    managed: tuple[str, ...] = ()
    scope: str = "admin"
    """What the token that was sent is for, "admin" for all that its user may; so is who comes by another way."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Quote:
    """What an engine cites: characters `start` to `end` of a hit's chunk."""

    hit: Hit
    start: int
    end: int
