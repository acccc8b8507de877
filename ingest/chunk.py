"""Blocks to chunks: by section and page, within the encoder's window, borders at sentences and table rows.

Knows no file format and no index. Nothing of a block's text is lost; each chunk keeps the marks of its characters.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, takewhile
from math import ceil

from ragbox.ports import Encoder
from ragbox.tables import labels, total
from ragbox.text import sentences
from ragbox.types import ROW, Block, Chunk, Kind, Mark, Parsed

PATH = " > "
"""What stands between two titles of a section path."""
BREAK = "\n\n"
"""What stands between two blocks: no sentence goes on across it."""
SMALL = 64
"""Tokens under which a section is not worth a chunk of its own and runs on into the next one on the page."""
LEAST = 8
"""Characters that are not cut any more."""
DENSITY = 16
"""Characters a token stands for at most; running text has 3 to 6. To the encoder a word of over 100, as an encoded
picture, is one unknown token, and a megabyte of it would be one piece, over which the stemmer can sit for 40 s."""
SHORT = 16
"""Tokens of a line that says nothing itself, but, right above a table, what it is about: "Year Ending June 30,"."""
_ANNOUNCES = re.compile(r"[:：]\s*$|\bin (?:thousands|millions|billions)\b|\((?:un)?audited\)|单位|單位", re.IGNORECASE)
_STATES = re.compile(r"[.!?。！？；;]\W*$|[:：]\s*\S|\d")
_MONTH = r"(?:Jan|Feb|Mar|Apr|May|June?|July?|Aug|Sep|Oct|Nov|Dec)[a-z]*\.?"
_DATED = re.compile(
    rf"(?<!\d)(?:19|20)\d\d(?!\d)|\b{_MONTH}\s+\d\d?\b|\b\d\d?\s+{_MONTH}\b|\d\d?\s*[月日]|(?:\btable|表)\s*\d+",
    re.IGNORECASE,
)


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


@dataclass(frozen=True, kw_only=True)
class Run:
    """Pieces of one page, in order; `header` (a table's) is repeated on each chunk made of them."""

    pieces: tuple[Piece, ...]
    header: tuple[Piece, ...] = ()


def chunks(parsed: Parsed, *, document: str, title: str, encoder: Encoder) -> list[Chunk]:
    """Cut a parsed file into chunks; `title` heads the context of each, and chunk plus context fit the window."""
    budget = encoder.window
    made: list[Chunk] = []
    for run in _runs(parsed.blocks, encoder, budget // 2):
        pieces = [*run.header, *run.pieces]
        contexts = {path: _context([title, *path], encoder, budget // 4) for path in {p.path for p in pieces}}
        room = budget - max(used for _, used in contexts.values()) - _tokens(run.header)
        longest = max(p.tokens for p in run.pieces)
        # The row over others, as "Net sales:", is said again where they are cut off from it, if there is room for it.
        table = run.pieces if run.pieces[0].kind is Kind.TABLE else ()
        heads = {p for p, said in zip(table, labels([p.text for p in table]), strict=True) if said}
        again = max((p.tokens for p in heads), default=0)
        again = again if again + longest <= room else 0
        section: list[Piece] = []
        for part in _pack(run.pieces, room - again):
            path = (run.header or part)[0].path
            body = [*section, *part] if again and part[0] not in heads else part
            text, marks, titles = _join([*run.header, *body])
            head = len(text) - len(_join(body)[0]) if run.header else 0
            for piece in part:
                section = [piece] if piece in heads else [] if total(piece.text) else section
            made.append(
                Chunk(
                    id=f"{document}-{len(made)}", document=document, ordinal=len(made), page=part[0].page,
                    kind=part[0].kind, section=PATH.join(path), context=contexts[path][0], text=text, marks=marks,
                    head=head, titles=titles,
                )
            )  # fmt: skip
    return made


def _runs(blocks: Sequence[Block], encoder: Encoder, longest: int) -> Iterator[Run]:
    """Group blocks: a table alone (with its caption), all else by section and page."""
    titles: list[tuple[int, str]] = []  # the (level, text) of those that the next block stands under
    run: list[Piece] = []
    for block in blocks:
        titled = block.kind is Kind.TITLE
        if titled:
            titles = [t for t in titles if t[0] < block.level]
        pieces = _pieces(block, tuple(t for _, t in titles), encoder, longest)
        if not pieces:
            continue
        if run and (block.page != run[-1].page or (titled and _tokens(run) >= SMALL)):
            yield Run(pieces=tuple(run))
            run = []
        if titled:
            titles.append((block.level, block.text.strip()))
        if block.kind is Kind.TABLE:
            header, rows = pieces[: block.header_rows], pieces[block.header_rows :]
            if not rows or _tokens(header) > _repeatable(rows, longest):
                header, rows = [], [*header, *rows]
            captions = _captions(run, _repeatable(rows, longest) - _tokens(header))
            if before := run[: len(run) - len(captions)]:
                yield Run(pieces=tuple(before))
            yield Run(header=(*captions, *header), pieces=tuple(rows))
            run = []
        else:
            run.extend(pieces)
    if run:
        yield Run(pieces=tuple(run))


def _repeatable(rows: Sequence[Piece], longest: int) -> int:
    """Return how many tokens may be said again over each part of a table's rows.

    A quarter of the window (two of which are `longest`) is the context's; two rows must fit beside the rest.
    """
    left = longest * 3 // 2 - 2 * max((p.tokens for p in rows), default=0)
    return max(longest // 2, min(longest * 3 // 4, left))


def _captions(run: Sequence[Piece], most: int) -> list[Piece]:
    """Return the pieces right above a table that speak of it: headings, captions, units, "The following table: "."""
    found: list[Piece] = []
    for piece in reversed(run):
        most -= piece.tokens
        short = piece.kind is Kind.TEXT and piece.tokens <= SHORT and not _says(piece.text)
        if most < 0 or not (piece.kind in (Kind.CAPTION, Kind.TITLE) or short or _ANNOUNCES.search(piece.text)):
            break
        found.insert(0, piece)
    return found


def _says(text: str) -> bool:
    """Return whether a short line may answer: a full stop, a field's value ("Number: 4711"), a figure but a date's."""
    return bool(_STATES.search(_DATED.sub("", text)))


def _tokens(pieces: Iterable[Piece]) -> int:
    return sum(p.tokens for p in pieces)


def _pieces(block: Block, path: tuple[str, ...], encoder: Encoder, longest: int) -> list[Piece]:
    """Cut a block at sentence or row borders, and what is still longer than `longest` tokens at word borders."""
    spans = list(_lines(block.text)) if block.kind is Kind.TABLE else sentences(block.text)
    counted = list(zip(spans, _count([block.text[s:e] for s, e in spans], encoder), strict=True))
    while any(tokens > longest and e - s > LEAST for (s, e), tokens in counted):
        spans = [part for span, tokens in counted for part in _shorter(block.text, span, tokens, longest)]
        counted = list(zip(spans, _count([block.text[s:e] for s, e in spans], encoder), strict=True))
    made: list[Piece] = []
    end = first = 0
    for (s, e), tokens in counted:
        # Marks and spans are both in order: a table of 50,000 rows must not compare each row with each mark.
        while first < len(block.marks) and block.marks[first].end <= s:
            first += 1
        marks = tuple(
            Mark(start=max(m.start, s) - s, end=min(m.end, e) - s, page=m.page, box=m.box)
            for m in takewhile(lambda m: m.start < e, islice(block.marks, first, None))  # noqa: B023  used at once
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


def _count(texts: Sequence[str], encoder: Encoder) -> list[int]:
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


def _pack(pieces: Sequence[Piece], room: int) -> Iterator[list[Piece]]:
    """Fill chunks evenly: 300 tokens in a window of 250 make two of 150, not one of 250 and one of 50."""
    left = sum(p.tokens for p in pieces)
    part: list[Piece] = []
    size = 0
    for piece in pieces:
        target = left / max(1, ceil(left / max(room, 1)))
        # The border that comes nearer to the even share wins; the window is never passed.
        if part and (size + piece.tokens > room or size + piece.tokens / 2 > target):
            yield part
            left -= size
            part, size = [], 0
        part.append(piece)
        size += piece.tokens
    if part:
        yield part


def _join(pieces: Sequence[Piece]) -> tuple[str, tuple[Mark, ...], tuple[tuple[int, int], ...]]:
    text = ""
    marks: list[Mark] = []
    titles: list[tuple[int, int]] = []
    for piece in pieces:
        text += piece.before if text else ""
        if piece.kind is Kind.TITLE:
            titles.append((len(text), len(text) + len(piece.text)))
        marks.extend(
            Mark(start=m.start + len(text), end=m.end + len(text), page=m.page, box=m.box) for m in piece.marks
        )
        text += piece.text
    return text, tuple(marks), tuple(titles)


def _context(path: Sequence[str], encoder: Encoder, most: int) -> tuple[str, int]:
    """Join title and section path, dropping the path's middle and then its tail's end until it fits `most` tokens."""
    kept = [p for p in path if p]
    while kept:
        line = PATH.join(kept)
        tokens = _count([line], encoder)[0]
        if tokens <= most:
            return line, tokens + 1
        if len(kept) > 2:
            del kept[1]
        else:
            kept = [p[: len(p) * most // tokens] for p in kept]
            kept = [p for p in kept if p.strip()]
    return "", 0
