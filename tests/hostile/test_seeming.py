"""Pictures of billions of pixels, and files that are locked, cut off, empty or not what they are called (rows 6, 7)."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable

import pytest
from PIL import Image

from ragbox.types import Status
from tests.hostile import office
from tests.hostile.archives import archive, member
from tests.hostile.conftest import Post
from tests.hostile.office import packed, sheet, slides, word

pytestmark = pytest.mark.slow

SIDE = 100_000


@pytest.fixture(scope="module")
def ocr() -> bool:
    return True


def png(width: int, height: int, rows: bytes = b"") -> bytes:
    """Return a picture of black dots of one bit; `rows` are what is packed in it."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">L", len(data)) + kind + data + struct.pack(">L", zlib.crc32(kind + data))

    head = chunk(b"IHDR", struct.pack(">2L5B", width, height, 1, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def tiff(pages: int, width: int, height: int, *, loop: bool = False) -> bytes:
    """Return a TIFF of empty pages that share one strip of no bytes; with `loop` the last is followed by the first."""
    entry = 12
    size = 2 + 9 * entry + 4
    out = bytearray(b"II*\0" + struct.pack("<L", 8))
    for number in range(pages):
        tags = [(256, width), (257, height), (258, 1), (259, 1), (262, 0), (273, 8), (277, 1), (278, height), (279, 1)]
        last = number == pages - 1
        out += struct.pack("<H", len(tags)) + b"".join(struct.pack("<2HLL", tag, 4, 1, value) for tag, value in tags)
        out += struct.pack("<L", 8 if last and loop else 0 if last else 8 + size * (number + 1))
    return bytes(out)


def jpeg(width: int, height: int) -> bytes:
    """Return a JPEG whose head says another size than its picture has."""
    out = io.BytesIO()
    Image.new("L", (8, 8)).save(out, "JPEG")
    data = bytearray(out.getvalue())
    struct.pack_into(">2H", data, data.index(b"\xff\xc0") + 5, height, width)
    return bytes(data)


PICTURES: dict[str, tuple[Callable[[], bytes], str]] = {
    "wide.png": (lambda: png(SIDE, SIDE, bytes(1 << 20)), "too many pixels"),
    "high.gif": (lambda: b"GIF89a" + struct.pack("<2H3B", 65535, 65535, 0, 0, 0) + b";", "pixels|damaged|no picture"),
    "wide.jpg": (lambda: jpeg(65500, 65500), "too many pixels"),
    "wide.tif": (lambda: tiff(1, SIDE, SIDE), "too many pixels"),
    "many.tif": (lambda: tiff(50, SIDE, SIDE), "too many pixels"),
    "loop.tif": (lambda: tiff(3, 100, 100, loop=True), "damaged|no text"),
    "empty.tif": (lambda: tiff(3, 60, 60), "damaged|no text"),
}


@pytest.mark.parametrize("name", PICTURES)
def test_pictures_beyond_all_measure_are_refused(post: Post, name: str) -> None:
    made, reason = PICTURES[name]
    post.refused(name, made(), reason)


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
TEXT = office.TEXT.encode()


def locked() -> bytes:
    parts = packed(word())
    at = parts.rindex(b"PK\1\2")
    return parts[: at + 8] + bytes([parts[at + 8] | 1]) + parts[at + 9 :]


SEEMING: dict[str, tuple[Callable[[], bytes], str]] = {
    "empty.pdf": (lambda: b"", "is empty"),
    "blank.docx": (lambda: b" \r\n" * 999, "only white space"),
    "noise.pdf": (lambda: bytes(range(256)) * 99, "binary data"),
    "locked.docx": (locked, "is encrypted"),
    "cut.docx": (lambda: packed(word())[:-30], "damaged archive"),
    "cut.xlsx": (lambda: packed(sheet())[:400], "damaged archive"),
    "cut.pptx": (lambda: slides()[:9000], "damaged archive"),
    "hollow.docx": (lambda: packed({k: v for k, v in word().items() if k != "word/document.xml"}), "damaged"),
    "rotten.docx": (lambda: packed(word() | {"word/document.xml": b"<w:document"}), "damaged"),
    "old.doc": (lambda: OLE + bytes(2000), "damaged Office file"),
    "program.pdf": (lambda: b"\x7fELF\x02\x01\x01" + bytes(99), "ELF"),
    "windows.docx": (lambda: b"MZ" + bytes(range(256)) * 9, "binary data|EXE"),
    "data.txt": (lambda: b'{"a": [1, 2]}', "JSON"),
    "archive.docx": (lambda: archive([member("a.txt", TEXT)]), "a ZIP archive"),
    "locked.xlsx": (lambda: archive([member("xl/workbook.xml", b"x", flags=1)]), "is encrypted"),
    "sound.pdf": (lambda: b"ID3\4\0\0\0\0\0\0" + bytes(99), "audio"),
}  # fmt: skip


@pytest.mark.parametrize("name", SEEMING)
def test_what_cannot_be_read_is_refused(post: Post, name: str) -> None:
    made, reason = SEEMING[name]
    post.refused(name, made(), reason)


MISNAMED: dict[str, Callable[[], bytes]] = {
    "really.docx.pdf": lambda: packed(word()),
    "really.xlsx.png": lambda: packed(sheet()),
    "really.pptx": slides,
    "really.txt.docx": lambda: TEXT,
    "really.html.pdf": lambda: b"<!DOCTYPE html><script>alert(1)</script><p>" + TEXT,
    "with a ZIP before.docx": lambda: packed(word(), member("payload.zip", archive([member("a.exe", b"MZ")]))),
}


@pytest.mark.parametrize("name", MISNAMED)
def test_the_content_says_how_a_file_is_read_not_its_name(post: Post, name: str) -> None:
    text = post.read(name, MISNAMED[name]())
    assert office.TEXT in text
    assert "alert" not in text


def nested(depth: int) -> dict[str, bytes]:
    """Return files whose structure goes so deep."""
    return {
        "deep.html": b"<div>" * depth + TEXT,
        "deep.txt": b"[" * depth,
        "deep.md": b">" * 500 + b" " + TEXT + b"\n\n" + b"[" * 4000 + b"\n\n" + b"*a " * 4000,
        "deep.rtf": b"{\\rtf1 " + b"{" * depth + TEXT + b"}" * depth + b"}",
        "deep.eml": mail(40),
        "deep.docx": packed(word("<w:sdt><w:sdtContent>" * depth + "</w:sdtContent></w:sdt>" * depth)),
        "rows.csv": b"a,b\n" * depth,
        "line.txt": b"a" * 500_000 + b"\n" + TEXT,
        "quotes.csv": b'"' * 200_001 + b"\n" + TEXT,
    }


def mail(depth: int) -> bytes:
    inner = b"From: a@example.com\nSubject: x\n\n" + TEXT
    for n in range(depth):
        part = b"--b%d\nContent-Type: message/rfc822\n\n%s\n--b%d--\n" % (n, inner, n)
        inner = b"From: a@example.com\nSubject: x\nContent-Type: multipart/mixed; boundary=b%d\n\n%s" % (n, part)
    return inner


DEEP = nested(20_000)


@pytest.mark.parametrize("name", DEEP)
def test_depth_and_length_end_within_the_limits(post: Post, name: str) -> None:
    result = post.take(name, DEEP[name])
    assert result.status in (Status.INDEXED, Status.REJECTED)
    assert result.reason or result.chunks
    post.up()
