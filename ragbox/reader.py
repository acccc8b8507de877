"""Documents as they are read, not searched: their passages in order, ready to be set in type. Knows no page image.

Every word goes through the redactor, as it does in answers. What was cut for the encoder is put together again: rows of
one table that stand in several chunks are one table.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from .auth import Auth
from .library import Library
from .privacy import Privacy
from .redact.policy import STANDS_IN
from .redaction import Redaction
from .suspicions import Suspicions
from .tables import total
from .types import CELL, ROW, Actor, Chunk, Document, Kind, Unseen

PATH = " > "
"""What stands between two titles of a section path, as `ingest/chunk.py` writes it."""
_SPACE = re.compile(r"\s+")
_BREAK = re.compile(r"\n\s*\n")
_NOTE = re.compile(r"[⁰¹²³⁴-⁹*†‡§]|\d{1,2}[)）]?\s")  # how a footnote begins


@dataclass(frozen=True, kw_only=True, slots=True)
class Passage:
    """A title, a paragraph or a table. A table's text is its caption; the first `header_rows` rows are its header."""

    kind: Kind
    section: str = field(repr=False)
    text: str = field(repr=False)
    rows: tuple[tuple[str, ...], ...] = field(default=(), repr=False)
    header_rows: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Reading:
    """A stretch of a page: chunks `offset` to `end` of its `total`."""

    document: Document
    page: int
    passages: tuple[Passage, ...]
    offset: int
    end: int
    total: int


class Reader:
    """Looks documents up for those who may read them."""

    def __init__(self, auth: Auth, library: Library, privacy: Privacy, suspicions: Suspicions) -> None:
        self._auth = auth
        self._library = library
        self._privacy = privacy
        self._suspicions = suspicions

    def document(self, actor: Actor, document: str) -> Document:
        """Return a document, its names as they may be shown.

        Raises:
            NotFound: there is none of this id, or it may not be read.
        """
        found = self._library.document(document)
        self._auth.require(actor, "read", found)
        return self._privacy.document(actor, found)

    def unseen(self, actor: Actor, document: str) -> list[Unseen]:
        """Return the texts of a document that no reader of its file sees, page by page, for who may write it.

        Raises:
            NotFound, NotPermitted: there is none of this id, or no right to write it.
        """
        found = self._library.document(document)
        self._auth.require(actor, "write", found)
        clean = partial(self._privacy.showing(actor).clean, (found.collection_id,))
        return [replace(part, text=clean(part.text)) for part in self._suspicions.unseen(document)]

    def page(
        self, actor: Actor, document: str, page: int = 1, *, near: str = "", offset: int = 0, limit: int = 100
    ) -> Reading:
        """Return up to `limit` chunks' worth of a page's passages (pages from 1), from the chunk `offset` on.

        With `near`, words of the document, the stretch is the one around them, on another page if they stand there.

        Raises:
            NotFound: there is none of this id, or it may not be read.
        """
        found = self.document(actor, document)
        chunks = self._library.chunks_of(document, page)
        if near:
            clean = partial(self._privacy.clean, actor, [found.collection_id])
            at = _place(chunks, near, clean)
            if at is None:  # a paragraph that runs over from the page before
                whole = self._library.chunks_of(document)
                if (elsewhere := _place(whole, near, clean)) is not None:
                    page = whole[elsewhere].page
                    chunks = [c for c in whole if c.page == page]
                    at = chunks.index(whole[elsewhere])
            offset = max(0, (at or 0) - limit // 2) if len(chunks) > limit else 0
        shown = chunks[offset : offset + limit]
        return Reading(
            document=found, page=page, passages=tuple(_Passages(self._privacy.showing(actor), found).of(shown)),
            offset=offset, end=offset + len(shown), total=len(chunks),
        )  # fmt: skip


class _Passages:
    """Puts chunks of one document together as they may be shown."""

    def __init__(self, showing: Redaction, document: Document) -> None:
        self._showing = showing
        self._held = (document.collection_id,)

    def of(self, chunks: Sequence[Chunk]) -> Iterator[Passage]:
        table: Passage | None = None
        head = ""
        sections = {title for c in chunks for title in c.section.split(PATH) if title}
        places = {c.text[s:e].strip(): n for n, c in enumerate(chunks) for s, e in _paragraphs(c.text, 0, len(c.text))}
        for n, chunk in enumerate(chunks):
            if chunk.kind is Kind.TABLE or chunk.head:
                made = self._table(chunk)
                if table and head and chunk.text[: chunk.head] == head:
                    rows = made.rows[made.header_rows :]
                    # The label over rows that were cut off from it is said again, and once is enough here.
                    said = bool(rows) and rows[0] == _open(table.rows[table.header_rows :])
                    table = replace(table, rows=table.rows + rows[said:])
                    continue
                if table:
                    yield table
                head = chunk.text[: chunk.head]
                if made.text in sections:  # no caption, but the heading that the table is the first thing under
                    yield replace(made, kind=Kind.TITLE, rows=(), header_rows=0)
                    made = replace(made, text="")
                table = made
                continue
            if table:
                yield table
                table = None
            # A note that stands with its mark too is read in its own place, below.
            carried = {words for words, place in places.items() if place > n and _NOTE.match(words)}
            yield from self._prose(chunk, carried)
        if table:
            yield table

    def _table(self, chunk: Chunk) -> Passage:
        part, text = self._showing.parts(self._held, chunk.text), chunk.text
        heads = list(_split(text, 0, chunk.head, ROW)) if chunk.head else []
        lines = [(s, e) for s, e in _split(text, chunk.head, len(text), ROW) if text[s:e].strip()]
        # Its notes, below the last row, are read in their own place; a line above it goes on with a row that was cut.
        last = max((n for n, (s, e) in enumerate(lines) if CELL.strip() in text[s:e]), default=len(lines))
        lines = lines[: last + 1]
        caption = [(s, e) for s, e in heads if text[s:e].strip() and CELL.strip() not in text[s:e]]
        header = [(s, e) for s, e in heads if CELL.strip() in text[s:e]]
        rows = tuple(
            tuple(part(*_stripped(text, *cell)) for cell in _split(text, *line, CELL.rstrip()))
            for line in [*header, *lines]
        )
        return Passage(
            kind=Kind.TABLE, section=self._clean(chunk.section), text=ROW.join(part(*line) for line in caption),
            rows=rows, header_rows=len(header),
        )  # fmt: skip

    def _prose(self, chunk: Chunk, carried: Container[str]) -> Iterator[Passage]:
        part, text = self._showing.parts(self._held, chunk.text), chunk.text
        section, end = self._clean(chunk.section), 0
        for start, stop in [*chunk.titles, (len(text), len(text))]:
            for paragraph in _paragraphs(text, end, start):
                if text[slice(*paragraph)].strip() in carried:
                    continue
                kind = Kind.TEXT if chunk.kind in (Kind.TITLE, Kind.TABLE) else chunk.kind
                yield Passage(kind=kind, section=section, text=part(*paragraph).strip("\n"))
            if stop > start:
                yield Passage(kind=Kind.TITLE, section=section, text=part(start, stop))
            end = stop

    def _clean(self, text: str) -> str:
        return self._showing.clean(self._held, text)


def _open(rows: Sequence[tuple[str, ...]]) -> tuple[str, ...] | None:
    """Return the last row that stands alone in its first cell, unless a total ended what it may be the label of."""
    for row in reversed(rows):
        if total(row[0]) or (len(row) > 1 and not any(row[1:])):
            return None if total(row[0]) else row
    return None


def _split(text: str, start: int, end: int, separator: str) -> Iterator[tuple[int, int]]:
    """Yield where the parts between separators stand in text[start:end]."""
    while (at := text.find(separator, start, end)) >= 0:
        yield start, at
        start = at + len(separator)
    yield start, end


def _stripped(text: str, start: int, end: int) -> tuple[int, int]:
    """Return where a part stands without the white space at its ends."""
    part = text[start:end]
    return start + len(part) - len(part.lstrip()), start + len(part.rstrip())


def _paragraphs(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield where the paragraphs of text[start:end] stand that are not empty."""
    for gap in (*_BREAK.finditer(text, start, end), None):
        stop = gap.start() if gap else end
        if text[start:stop].strip():
            yield start, stop
        start = gap.end() if gap else end


def _place(chunks: Sequence[Chunk], words: str, clean: Callable[[str], str]) -> int | None:
    """Return which chunk has the words; the longest stretch of them counts that was not redacted.

    Nor does what is taken out of a chunk: who asks for 138, then 1381 and so on is not told how a number goes on.
    """
    wanted = max((_SPACE.sub("", part) for part in STANDS_IN.split(words)), key=len)

    def has(text: str) -> bool:
        return wanted in _SPACE.sub("", text)

    return next((n for n, c in enumerate(chunks) if wanted and has(c.text) and has(clean(c.text))), None)
