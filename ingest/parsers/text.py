"""Plain text in any encoding to blocks: paragraphs, list items, numbered headings; a form feed turns the page.

Also owns the question "which encoding is this?" for every other parser. Knows no markup.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from pathlib import Path

from ragbox.errors import Rejected
from ragbox.types import Block, Kind, Parsed

from . import Options
from .blocks import block, finish

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CONTROLS = bytes(set(range(32)) - {8, 9, 10, 12, 13, 27})
SAMPLE = 65_536
"""Bytes from which an old encoding is guessed; the guess does not get better with more, only slower."""

_NUMBERED = re.compile(r"(\d{1,2}(?:\.\d{1,2}){0,4})\.?[ \t]+\S.{0,100}")
_CHAPTER = re.compile(
    r"第[一二三四五六七八九十百零〇\d]+([章篇部编節节])[ \t\u3000]*.{0,60}|[一二三四五六七八九十]+、.{1,40}"
)
_ITEM = re.compile(
    r"[ \t]*(?:[-*+•‣◦▪·●○■□–]|\(?\d{1,2}[.)]|\(?[a-zA-Z][.)]|[（(][一二三四五六七八九十\d]+[)）])[ \t\u3000]+\S"
)
_STOPS = tuple(".。,，;；:：!！?？…")


def parse(path: Path, options: Options) -> Parsed:  # noqa: ARG001 - one signature for all parsers
    """Parse a text file.

    Raises:
        Rejected: its encoding cannot be told.
    """
    text = decode(path.read_bytes())
    return finish(blocks_of(text), pages=text.rstrip("\f\r\n ").count("\f") + 1)


def blocks_of(text: str) -> list[Block]:
    """Return the blocks of a text; blank lines part its paragraphs."""
    pages = text.replace("\r\n", "\n").replace("\r", "\n").rstrip("\f\n ").split("\f")
    return [
        made
        for page, part in enumerate(pages, start=1)
        for paragraph in re.split(r"\n[ \t]*(?:\n[ \t]*)+", part)
        for made in _paragraph(paragraph, page)
    ]


def decode(data: bytes, declared: str = "") -> str:
    """Return the text of bytes: by byte-order mark, as UTF-8, as declared, else by the best guess.

    Raises:
        Rejected: no encoding fits.
    """
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return data.decode(encoding, "replace").lstrip("\ufeff")
    if wide := _wide(data):
        return data.decode(wide, "replace")
    for encoding in ("utf-8", declared):
        try:
            return data.decode(encoding) if encoding else _guessed(data)
        except (UnicodeDecodeError, LookupError):
            continue
    return _guessed(data)


def looks_like_text(head: bytes) -> bool:
    """Say whether bytes could be text in some encoding: no NUL outside UTF-16/32, hardly any control character."""
    if any(head.startswith(bom) for bom, _ in _BOMS) or _wide(head):
        return True
    controls = len(head) - len(head.translate(None, _CONTROLS))
    return b"\0" not in head and controls * 200 <= len(head)


def _wide(data: bytes) -> str:
    """Return UTF-16 or 32 without a byte-order mark: every second (or three of four) bytes of ASCII are NUL."""
    head = data[: SAMPLE - SAMPLE % 4]
    if len(head) < 4 or b"\0" not in head:
        return ""
    nuls = [head[i::4].count(0) / len(head[i::4]) for i in range(4)]
    if min(nuls[1:]) > 0.9:
        return "utf-32-le"
    if min(nuls[:3]) > 0.9:
        return "utf-32-be"
    # Chinese has NULs only beside its ASCII punctuation and line ends, so the sides are compared, and validity decides.
    for encoding, filled, other in (
        ("utf-16-le", nuls[1] + nuls[3], nuls[0] + nuls[2]),
        ("utf-16-be", nuls[0] + nuls[2], nuls[1] + nuls[3]),
    ):
        if filled > 0.02 and other < 0.002:
            try:
                text = head.decode(encoding)
            except UnicodeDecodeError:
                continue
            if "\0" not in text and sum(c.isprintable() or c.isspace() for c in text) > 0.98 * len(text):
                return encoding
    return ""


def _guessed(data: bytes) -> str:
    from charset_normalizer import from_bytes

    # GB18030 is asked first: charset-normalizer takes short Chinese texts for Korean or Big5.
    sample = data[:SAMPLE]
    if (chinese := _chinese(sample)) is not None:
        return data.decode(chinese, "replace")
    best = from_bytes(sample).best()
    if best is None:
        raise Rejected("Its text encoding cannot be told. Save it as UTF-8.")
    return data.decode(best.encoding, "replace")


def _chinese(sample: bytes) -> str | None:
    """Return the Chinese encoding whose decoding is made of common ideographs, if there is one.

    Level 1 of GB2312 (lead bytes B0-D7) and of Big5 (A4-C6) hold the 3,755 and 5,401 characters in daily use, which
    are over 95 % of any running text; a wrong decoding spreads over the rare ones.
    """
    best: tuple[float, str] | None = None
    for encoding, low, high in (("gb18030", 0xB0, 0xD7), ("big5", 0xA4, 0xC6)):
        text = sample.decode(encoding, "ignore")
        pairs = [c.encode(encoding, "ignore") for c in text if c > "\x7f"]
        ideographs = [
            c for c, p in zip((c for c in text if c > "\x7f"), pairs, strict=True) if "\u4e00" <= c <= "\u9fff"
        ]
        if len(ideographs) < 2 or len(sample) - len(text.encode(encoding, "ignore")) > 2:
            continue
        daily = sum(len(p) == 2 and low <= p[0] <= high for p in pairs) / len(pairs)
        punctuated = sum(c in "，。、；：？！“”（）《》的是不在有我了一" for c in text) / len(pairs)
        score = daily + 2 * punctuated
        if daily > 0.6 and score > (best[0] if best else 0.75):
            best = (score, encoding)
    return best[1] if best else None


def _paragraph(text: str, page: int) -> Iterator[Block]:
    lines = [row for row in text.split("\n") if row.strip()]
    if len(lines) == 1 and (level := _heading(lines[0])):
        yield from block(Kind.TITLE, lines[0], page, level)
        return
    group: list[str] = []
    for row in lines:
        if _ITEM.match(row) and group:
            yield from _flush(group, page)
            group = []
        group.append(row)
    if group:
        yield from _flush(group, page)


def _flush(group: list[str], page: int) -> list[Block]:
    return block(Kind.LIST_ITEM if _ITEM.match(group[0]) else Kind.TEXT, "\n".join(group), page)


def _heading(row: str) -> int:
    """Return the level of a line that stands alone and is numbered or written in capitals as a heading is, else 0."""
    row = row.strip()
    if row.endswith(_STOPS) or len(row) > 110:
        return 0
    if found := _NUMBERED.fullmatch(row):
        return found[1].count(".") + 1
    if found := _CHAPTER.fullmatch(row):
        return 2 if found[1] in ("节", "節", None) else 1
    letters = [c for c in row if c.isalpha()]
    return 1 if len(letters) >= 4 and all("A" <= c <= "Z" for c in letters) and len(row) <= 80 else 0
