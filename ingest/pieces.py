"""Blocks to pieces: the sentences and table rows that chunks are made of. Knows no chunk and no file format."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from ragbox.ports import Encoder
from ragbox.text import sentences
from ragbox.types import ROW, Block, Kind, Mark

BREAK = "\n\n"
"""What stands between two blocks: no sentence goes on across it."""
LEAST = 8
"""Characters that are not cut any more."""
DENSITY = 16
"""Characters a token stands for at most; running text has 3 to 6. To the encoder a word of over 100, as an encoded
picture, is one unknown token, and a megabyte of it would be one piece, over which the stemmer can sit for 40 s."""


@dataclass(frozen=True, kw_only=True)
class Piece:
    """The least that is kept together: a sentence or a table row. `before` joins it to the piece it follows.

    `path` holds the titles it stands under; a title does not stand under itself.
    """

    path: tuple[str, ...]
    text: str
    before: str
    tokens: int
    page: int
    marks: tuple[Mark, ...]
    kind: Kind


def tokens(pieces: Iterable[Piece]) -> int:
    """Return how many tokens pieces have together."""
    return sum(p.tokens for p in pieces)


def pieces_of(block: Block, path: tuple[str, ...], encoder: Encoder, longest: int) -> list[Piece]:
    """Cut a block at sentence or row borders, and what is still longer than `longest` tokens at word borders."""
    spans = list(_lines(block.text)) if block.kind is Kind.TABLE else sentences(block.text)
    counted = list(zip(spans, count([block.text[s:e] for s, e in spans], encoder), strict=True))
    while any(tokens > longest and e - s > LEAST for (s, e), tokens in counted):
        spans = [part for span, tokens in counted for part in _shorter(block.text, span, tokens, longest)]
        counted = list(zip(spans, count([block.text[s:e] for s, e in spans], encoder), strict=True))
    made: list[Piece] = []
    end = first = 0
    for (s, e), tokens in counted:
        # Marks and spans are both in order: a table of 50,000 rows must not compare each row with each mark.
        while first < len(block.marks) and block.marks[first].end <= s:
            first += 1
        marks = tuple(
            Mark(start=max(m.start, s) - s, end=min(m.end, e) - s, page=m.page, box=m.box)
            for m in _before(block.marks, first, e)
        )
        page = marks[0].page if marks else block.page
        before = block.text[end:s] if made else ROW if block.kind is Kind.TABLE else BREAK
        made.append(
            Piece(
                path=path, text=block.text[s:e], before=before, tokens=tokens, page=page, marks=marks, kind=block.kind
            )
        )
        end = e
    return made


def _before(marks: Sequence[Mark], first: int, end: int) -> Iterator[Mark]:
    """Yield the marks from the first up to an end; `islice` would walk there anew for each row: 145 s for 200,000."""
    for number in range(first, len(marks)):
        if marks[number].start >= end:
            return
        yield marks[number]


def count(texts: Sequence[str], encoder: Encoder) -> list[int]:
    """Return how many tokens to reckon with for each text."""
    return [max(n, len(t) // DENSITY) for t, n in zip(texts, encoder.count_tokens(texts), strict=True)]


def _lines(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for line in text.split(ROW):
        if line.strip():
            yield start, start + len(line)
        start += len(line) + len(ROW)


def _shorter(text: str, span: tuple[int, int], tokens: int, longest: int) -> Iterable[tuple[int, int]]:
    if tokens <= longest:
        return [span]
    from langchain_text_splitters import RecursiveCharacterTextSplitter

    # Characters, not tokens, keep this linear on a megabyte without a full stop; two thirds leave room for dense text.
    # What is denser still, as Korean after English, is cut again.
    size = max(LEAST, (span[1] - span[0]) * longest * 2 // (tokens * 3))
    splitter = RecursiveCharacterTextSplitter(
        chunk_size=size,
        chunk_overlap=0,
        add_start_index=True,
        separators=["\n", "；", "，", "、", "; ", ", ", " ", ""],
    )
    parts = splitter.create_documents([text[span[0] : span[1]]])
    starts = [span[0] + int(p.metadata["start_index"]) for p in parts]
    return [(s, s + len(p.page_content)) for s, p in zip(starts, parts, strict=True)]
