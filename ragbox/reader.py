"""Documents as they are read, not searched: their passages in order, ready to be set in type. Knows no page image.

Every word goes through the redactor, as it does in answers. What was cut for the encoder is put together again: rows of
one table that stand in several chunks are one table.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from .auth import Auth
from .library import Library
from .privacy import Privacy
from .redact.policy import STANDS_IN
from .redaction import Redaction
from .types import CELL, ROW, Actor, Chunk, Document, Kind

PATH = " > "
"""What stands between two titles of a section path, as `ingest/chunk.py` writes it."""
_SPACE = re.compile(r"\s+")
_BREAK = re.compile(r"\n\s*\n")


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

    def __init__(self, auth: Auth, library: Library, privacy: Privacy) -> None:
        self._auth = auth
        self._library = library
        self._privacy = privacy

    def document(self, actor: Actor, document: str) -> Document:
        """Return a document, its names as they may be shown.

        Raises:
            NotFound: there is none of this id, or it may not be read.
        """
        found = self._library.document(document)
        self._auth.require(actor, "read", found.collection, document=document)
        return self._privacy.document(actor, found)

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
        for chunk in chunks:
            if chunk.kind is Kind.TABLE or chunk.head:
                made = self._table(chunk)
                if table and head and chunk.text[: chunk.head] == head:
                    table = replace(table, rows=table.rows + made.rows[made.header_rows :])
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
            yield from self._prose(chunk)
        if table:
            yield table

    def _table(self, chunk: Chunk) -> Passage:
        heads = chunk.text[: chunk.head].split(ROW) if chunk.head else []
        lines = [line for line in chunk.text[chunk.head :].split(ROW) if line.strip()]
        caption = [line for line in heads if line.strip() and CELL.strip() not in line]
        header = [line for line in heads if CELL.strip() in line]
        rows = tuple(tuple(self._clean(c.strip()) for c in line.split(CELL.rstrip())) for line in [*header, *lines])
        return Passage(
            kind=Kind.TABLE, section=self._clean(chunk.section), text=self._clean(ROW.join(caption)), rows=rows,
            header_rows=len(header),
        )  # fmt: skip

    def _prose(self, chunk: Chunk) -> Iterator[Passage]:
        section, end = self._clean(chunk.section), 0
        for start, stop in [*chunk.titles, (len(chunk.text), len(chunk.text))]:
            for paragraph in _BREAK.split(chunk.text[end:start]):
                if paragraph.strip():
                    kind = Kind.TEXT if chunk.kind in (Kind.TITLE, Kind.TABLE) else chunk.kind
                    yield Passage(kind=kind, section=section, text=self._clean(paragraph.strip("\n")))
            if stop > start:
                yield Passage(kind=Kind.TITLE, section=section, text=self._clean(chunk.text[start:stop]))
            end = stop

    def _clean(self, text: str) -> str:
        return self._showing.clean(self._held, text)


def _place(chunks: Sequence[Chunk], words: str, clean: Callable[[str], str]) -> int | None:
    """Return which chunk has the words; the longest stretch of them counts that was not redacted.

    Nor does what is taken out of a chunk: who asks for 138, then 1381 and so on is not told how a number goes on.
    """
    wanted = max((_SPACE.sub("", part) for part in STANDS_IN.split(words)), key=len)

    def has(text: str) -> bool:
        return wanted in _SPACE.sub("", text)

    return next((n for n, c in enumerate(chunks) if wanted and has(c.text) and has(clean(c.text))), None)
