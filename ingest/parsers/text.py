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
_WESTERN = re.compile(
    r"[ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÑÒÓÔÕÖØÙÚÛÜßàáâãäåæçèéêëìíîïñòóôõöøùúûüÿœŒ“”‘’„‚–—…•·€£§°©®™«»\u00a0]|(?<!\w)[¿¡]"
)
_USUAL = frozenset("，。、；：？！“”（）《》的是不在有我了一")
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
    """Return the kind of UTF-16 or 32 that bytes without a byte-order mark are, "" for none."""
    head = data[: SAMPLE - SAMPLE % 4]
    if len(head) < 4 or b"\0" not in head:
        return ""
    nuls = [head[i::4].count(0) / len(head[i::4]) for i in range(4)]
    even, odd = nuls[0] + nuls[2], nuls[1] + nuls[3]
    # Few NULs are those of Chinese, whose bytes are evenly spread; in ASCII text a NUL is damage.
    high = len(head.translate(None, bytes(range(128)))) > 0.05 * len(head)
    # Chinese has NULs beside its line ends and digits on one side, in 一 and a few others on the other: the sides are
    # compared, and what comes out must be printable.
    fits = {
        "utf-32-le": min(nuls[2:]) > 0.9,
        "utf-32-be": min(nuls[:2]) > 0.9,
        "utf-16-le": odd > 0.02 and odd > 2 * even and (high or odd > 0.6),
        "utf-16-be": even > 0.02 and even > 2 * odd and (high or even > 0.6),
    }
    for encoding in (name for name, fit in fits.items() if fit):
        try:
            text = head[: len(head) - len(head) % 4].decode(encoding)
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
    # charset-normalizer takes French for Czech ("č" for "è"), so the West is asked for next.
    if _western(sample):
        return data.decode("cp1252", "replace")
    best = from_bytes(sample).best()
    if best is None:
        raise Rejected("Its text encoding cannot be told. Save it as UTF-8.")
    return data.decode(best.encoding, "replace")


def _western(sample: bytes) -> bool:
    """Say whether bytes are Windows-1252: accents one by one between ASCII letters, and typographers' signs."""
    text = sample.decode("cp1252", "replace")
    foreign = sum(c > "\x7f" for c in text)
    return len(_WESTERN.findall(text)) > 0.95 * foreign and not re.search(r"[À-ÿ]{4}", text)


def _chinese(sample: bytes) -> str | None:
    """Return the Chinese encoding whose decoding is made of common ideographs, if there is one.

    Level 1 of GB2312 (lead bytes B0-D7) and of Big5 (A4-C6) hold the 3,755 and 5,401 characters in daily use, which
    are over 95 % of any running text; a wrong decoding spreads over the rare ones.
    """
    best, found = 0.75, None  # a text of daily characters alone scores 1, and each sign of _USUAL twice more
    for encoding, low, high in (("gb18030", 0xB0, 0xD7), ("big5", 0xA4, 0xC6)):
        text = sample.decode(encoding, "ignore")
        foreign = [c for c in text if c > "\x7f"]
        han = sum("\u4e00" <= c <= "\u9fff" for c in foreign)
        if encoding == "gb18030" and sum("\u3041" <= c <= "\u30fe" for c in foreign) > han / 2:
            return None  # kana have the same bytes in EUC-JP, which makes no sense as Big5 either
        # A character may be cut off at the sample's end; more that does not decode speaks against the encoding.
        if han < 2 or len(sample) - len(text.encode(encoding, "ignore")) > 2:
            continue
        pairs = [c.encode(encoding, "ignore") for c in foreign]
        daily = sum(len(pair) == 2 and low <= pair[0] <= high for pair in pairs) / len(pairs)
        score = daily + 2 * sum(c in _USUAL for c in foreign) / len(foreign)
        if daily > 0.6 and score > best:
            best, found = score, encoding
    return found


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
