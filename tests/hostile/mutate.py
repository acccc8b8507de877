"""Spoils files at random, the same way for the same seed: bytes, pieces, parts of archives, words of a format."""

from __future__ import annotations

import io
import random
import zipfile
from collections.abc import Callable
from pathlib import Path

SAMPLES = Path(__file__).parents[2] / "data" / "samples"
SUFFIXES = {".pdf", ".docx", ".pptx", ".xlsx", ".md", ".txt", ".csv", ".html", ".eml"}
LARGEST = 4 << 20
WORDS = (
    b"/Prev 0", b"/Length 999999999", b"/Kids[1 0 R]", b"/Count -1", b"/Filter/LZWDecode", b"endobj", b"stream\n",
    b"<!DOCTYPE a>", b"<![CDATA[", b"&#0;", b"&x;", b"</w:p>", b"<w:tbl>", b"]]>", b'r:id="rId999"', b"\xff\xfe", b"\0",
    b"-1", b"99999999999999999999", b"NaN", b"PK\1\2", b"PK\5\6", b"\xed\xa0\x80", b"\xf0\x9f\x98\x80", b"%s%n",
)  # fmt: skip
"""What formats are made of, at places where it is not expected."""


def samples(*folders: Path) -> list[Path]:
    """Return the files that are spoilt, in order."""
    found = (p for folder in folders or (SAMPLES,) for p in sorted(folder.rglob("*")))
    return [p for p in found if p.suffix in SUFFIXES and p.stat().st_size <= LARGEST]


def mutant(files: list[Path], seed: int, number: int) -> tuple[str, bytes]:
    """Return the name and bytes of a spoilt file; which and how follows from seed and number alone."""
    chance = random.Random(f"{seed} {number}")
    path = chance.choice(files)
    data = path.read_bytes()
    for _ in range(chance.choice((1, 1, 2, 4))):
        ways = [_flip, _splice, _cut, _word] + [_entry] * 4 * data.startswith(b"PK")
        data = chance.choice(ways)(data, chance)
    return f"{number}-{path.name}", data


def _flip(data: bytes, chance: random.Random) -> bytes:
    out = bytearray(data)
    for _ in range(chance.choice((1, 8, 64)) if out else 0):
        out[chance.randrange(len(out))] ^= 1 << chance.randrange(8)
    return bytes(out)


def _splice(data: bytes, chance: random.Random) -> bytes:
    """Put a piece of the file, once or many times, where another one is."""
    start, at = chance.randrange(len(data) + 1), chance.randrange(len(data) + 1)
    piece = data[start : start + chance.choice((4, 100, 5000))] * chance.choice((1, 1, 50))
    return data[:at] + piece + data[at + chance.choice((0, len(piece))) :]


def _cut(data: bytes, chance: random.Random) -> bytes:
    start = chance.randrange(len(data) + 1)
    return data[:start] + data[start + chance.choice((1, 100, 10_000, len(data))) :]


def _word(data: bytes, chance: random.Random) -> bytes:
    """Put a word of some format in, or in the place of a number or name."""
    at, word = chance.randrange(len(data) + 1), chance.choice(WORDS)
    return data[:at] + word + data[at + chance.choice((0, len(word))) :]


def _entry(data: bytes, chance: random.Random) -> bytes:
    """Spoil one part of an archive and pack it properly, so that its parser comes to see it."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as opened:
            parts = [(entry.filename, opened.read(entry)) for entry in opened.infolist()]
    except Exception:  # spoilt before
        return _flip(data, chance)
    if not parts:
        return data
    at = chance.randrange(len(parts))
    name, part = parts[at]
    spoil: Callable[[bytes, random.Random], bytes] = chance.choice((_flip, _splice, _cut, _word))
    change = chance.randrange(8)
    if change == 0:
        del parts[at]
    elif change == 1:
        parts[at] = (chance.choice(parts)[0], part)
    else:
        parts[at] = (name, spoil(part, chance))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, part in dict(parts).items():
            packed.writestr(zipfile.ZipInfo(name), part, zipfile.ZIP_DEFLATED)  # by name alone it bears the time of day
    return out.getvalue()
