"""Blocks to chunks: by section and page, within the encoder's window, borders at sentences and table rows.

Knows no file format and no index. Nothing of a block's text is lost; each chunk keeps the marks of its characters.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from math import ceil

from ragbox.ports import Encoder
from ragbox.tables import labels, total
from ragbox.types import ROW, Block, Chunk, Kind, Mark, Parsed

from .notes import mark
from .pieces import BREAK, Piece, count, pieces_of, tokens

PATH = " > "
"""What stands between two titles of a section path."""
SMALL = 64
"""Tokens under which a section is not worth a chunk of its own and runs on into the next one on the page."""
NOTES = 12
"""Blocks below a table that may be its notes."""
SHORT = 16
"""Tokens of a line that says nothing itself, but, right above a table, what it is about: "Year Ending June 30,"."""
_OF_TABLE = re.compile(r"(?:Table|Exhibit)\b|表", re.IGNORECASE)
_ANNOUNCES = re.compile(r"[:：]\s*$|\bin (?:thousands|millions|billions)\b|\((?:un)?audited\)|单位|單位", re.IGNORECASE)
_STATES = re.compile(r"[.!?。！？；;]\W*$|[:：]\s*\S|\d")
_MONTH = r"(?:Jan|Feb|Mar|Apr|May|June?|July?|Aug|Sep|Oct|Nov|Dec)[a-z]*\.?"
_DATED = re.compile(
    rf"(?<!\d)(?:19|20)\d\d(?!\d)|\b{_MONTH}\s+\d\d?\b|\b\d\d?\s+{_MONTH}\b|\d\d?\s*[月日]|(?:\btable|表)\s*\d+",
    re.IGNORECASE,
)


@dataclass(frozen=True, kw_only=True)
class Note:
    """What stands under a table or text about the pieces in which `mark` is found: "(1) Excludes stock options"."""

    mark: re.Pattern[str]
    pieces: tuple[Piece, ...]

    def about(self, pieces: Iterable[Piece]) -> bool:
        """Return whether one of the pieces bears the mark; a note itself begins with it."""
        return any(self.mark.search(p.text) for p in pieces if p.kind is not Kind.NOTE)

    def within(self, pieces: Iterable[Piece]) -> bool:
        """Return whether the note itself stands among the pieces."""
        return any(p.text == self.pieces[0].text for p in pieces)


@dataclass(frozen=True, kw_only=True)
class Run:
    """Pieces in order, those of a text of one page; a table's `header` is repeated on each chunk made of them."""

    pieces: tuple[Piece, ...]
    header: tuple[Piece, ...] = ()
    notes: tuple[Note, ...] = ()


def chunks(parsed: Parsed, *, document: str, title: str, encoder: Encoder) -> list[Chunk]:
    """Cut a parsed file into chunks; `title` heads the context of each, and chunk plus context fit the window."""
    budget = encoder.window
    made: list[Chunk] = []
    for run in _runs(parsed.blocks, encoder, budget // 2):
        pieces = [*run.header, *run.pieces]
        contexts = {path: _context([title, *path], encoder, budget // 4) for path in {p.path for p in pieces}}
        room = budget - max(used for _, used in contexts.values()) - tokens(run.header)
        longest = max(p.tokens for p in run.pieces)
        # The row over others, as "Net sales:", is said again where they are cut off from it, if there is room for it.
        table = run.pieces if run.pieces[0].kind is Kind.TABLE else ()
        heads = {p for p, said in zip(table, labels([p.text for p in table]), strict=True) if said}
        again = max((p.tokens for p in heads), default=0)
        again = again if again + longest <= room else 0
        # A text that one chunk holds has its notes there, if they are its own.
        whole = run.pieces if tokens(run.pieces) <= room else ()
        notes = [note for note in run.notes if note.about(pieces) and not note.within(whole)]
        noted = min(sum(tokens(note.pieces) for note in notes), room // 4, room - again - longest)
        section: list[Piece] = []
        for part in _pack(run.pieces, room - again - max(noted, 0)):
            path = (run.header or part)[0].path
            body = [*section, *part] if again and part[0] not in heads else part
            under = _under(notes, (*run.header, *body), room - tokens(body))
            text, marks, titles = _join([*run.header, *body, *under])
            head = len(text) - len(_join([*body, *under])[0]) if run.header else 0
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
    foot = _foot(blocks, encoder, longest)
    for n, block in enumerate(blocks):
        titled = block.kind is Kind.TITLE
        if titled:
            titles = [t for t in titles if t[0] < block.level]
        pieces = pieces_of(block, tuple(t for _, t in titles), encoder, longest)
        if not pieces:
            continue
        if run and (block.page != run[-1].page or (titled and tokens(run) >= SMALL)):
            yield _prose(run, foot)
            run = []
        if titled:
            titles.append((block.level, block.text.strip()))
        if block.kind is Kind.TABLE:
            header, rows = pieces[: block.header_rows], pieces[block.header_rows :]
            if not rows or tokens(header) > _repeatable(rows, longest):
                header, rows = [], [*header, *rows]
            captions = _captions(run, _repeatable(rows, longest) - tokens(header))
            if before := run[: len(run) - len(captions)]:
                yield _prose(before, foot)
            path = tuple(t for _, t in titles)
            below = blocks[n + 1 : n + 1 + NOTES]
            named = any(p.kind is Kind.CAPTION for p in captions)
            notes = [] if named else [*_caption_below(below, path, encoder, longest)]
            notes += _notes(below[len(notes) :], path, encoder, longest)
            notes += [note for page in sorted({p.page for p in rows}) for note in foot.get(page, ())]
            yield Run(header=(*captions, *header), pieces=tuple(rows), notes=tuple(notes))
            run = []
        else:
            run.extend(pieces)
    if run:
        yield _prose(run, foot)


def _prose(run: Sequence[Piece], foot: Mapping[int, Sequence[Note]]) -> Run:
    pages = sorted({mark.page for piece in run for mark in piece.marks})
    notes = (note for page in pages for note in foot.get(page, ()))
    apart = (replace(note, pieces=(replace(note.pieces[0], before=BREAK), *note.pieces[1:])) for note in notes)
    return Run(pieces=tuple(run), notes=tuple(apart))


def _foot(blocks: Iterable[Block], encoder: Encoder, longest: int) -> dict[int, list[Note]]:
    """Return the notes of running text by their page."""
    found: dict[int, list[Note]] = {}
    for block in blocks:
        if block.kind is Kind.NOTE and (sign := mark(block.text, prose=True)):
            found.setdefault(block.page, []).extend(_note(sign, block, (), encoder, longest))
    return found


def _caption_below(blocks: Sequence[Block], path: tuple[str, ...], encoder: Encoder, longest: int) -> Iterator[Note]:
    """Yield the caption of a table that stands below it, and not above another one."""
    own = blocks[:1] and blocks[0].kind is Kind.CAPTION and _OF_TABLE.match(blocks[0].text)
    if own and not any(block.kind is Kind.TABLE for block in blocks[1:2]):
        yield from _note(re.compile(""), blocks[0], path, encoder, longest)


def _note(sign: re.Pattern[str], block: Block, path: tuple[str, ...], encoder: Encoder, longest: int) -> Iterator[Note]:
    """Yield a note; of a long one as much as fits three eighths of the window."""
    kept: list[Piece] = []
    for piece in pieces_of(block, path, encoder, longest):
        if tokens(kept) + piece.tokens > longest * 3 // 4:
            break
        kept.append(piece if kept else replace(piece, before=ROW))
    if kept:
        yield Note(mark=sign, pieces=tuple(kept))


def _notes(below: Iterable[Block], path: tuple[str, ...], encoder: Encoder, longest: int) -> Iterator[Note]:
    """Yield the notes that stand right below a table."""
    for block in below:
        if block.kind in (Kind.TABLE, Kind.TITLE) or (found := mark(block.text)) is None:
            return
        yield from _note(found, block, path, encoder, longest)


def _under(notes: Sequence[Note], pieces: Sequence[Piece], room: int) -> list[Piece]:
    """Return the notes about these pieces, as many as there is room for; all stand in their own place too."""
    kept: list[Piece] = []
    for note in notes:
        said = note.within((*pieces, *kept))
        if not said and note.about(pieces) and tokens(kept) + tokens(note.pieces) <= room:
            kept.extend(note.pieces)
    return kept


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


def _pack(pieces: Sequence[Piece], room: int) -> Iterator[list[Piece]]:
    """Fill chunks evenly: 300 tokens in a window of 250 make two of 150, not one of 250 and one of 50."""
    left = sum(p.tokens for p in pieces)
    part: list[Piece] = []
    size = 0
    for piece in pieces:
        target = left / max(1, ceil(left / max(room, 1)))
        # The border that comes nearer to the even share wins; the window is never passed. A table may run over pages.
        turned = bool(part) and piece.kind is Kind.TABLE and piece.page != part[0].page
        if part and (turned or size + piece.tokens > room or size + piece.tokens / 2 > target):
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
        size = count([line], encoder)[0]
        if size <= most:
            return line, size + 1
        if len(kept) > 2:
            del kept[1]
        else:
            kept = [p[: len(p) * most // size] for p in kept]
            kept = [p for p in kept if p.strip()]
    return "", 0
