"""Office files that inflate, lie about it, or name parts outside of their folder (rows 1 and 2)."""

from __future__ import annotations

import re
import time
import zlib
from pathlib import Path

import psutil
import pytest

from tests.hostile import office
from tests.hostile.archives import LINK, MB, Member, archive, inflating, member
from tests.hostile.conftest import Post, held
from tests.hostile.office import packed, sheet, word

pytestmark = pytest.mark.slow

HUGE = Member(name=b"word/media/zeros.xml", packed=inflating(2048), size=2048 * MB)
OTHER = member("word/document.xml", word(text="Another text.")["word/document.xml"])
UNPACKS = r"would unpack from .* MB to [\d,]+ MB and may be an attack"
PARTS = list(word().items())


def spread() -> bytes:
    """Return a Word file in which 200 entries share the bytes of one, as in the densest bombs without ratio."""
    first = Member(name=b"word/media/0", packed=inflating(4), size=4 * MB)
    again = [Member(name=b"word/media/%d" % n, packed=first.packed, size=4 * MB, at=0) for n in range(1, 200)]
    return archive([first, *(member(name, data) for name, data in PARTS), *again])


INFLATING = {
    "2 GB": (packed(word(), HUGE), UNPACKS),
    "4 GB, by ZIP64": (packed(word(), Member(name=b"x", packed=b"x", size=1 << 32, wide=True)), UNPACKS),
    "says 4 GB": (packed(word(), member("x", b"x", size=0xFFFFFFFE)), UNPACKS),
    "says 1 KB, is 1 GB": (
        packed({k: v for k, v in PARTS if k != "word/document.xml"},
               Member(name=b"word/document.xml", packed=inflating(1024, b"<w:document>"), size=1000)),
        "damaged",
    ),
    "the same part twice": (packed(word(), OTHER), "holds the same part twice"),
    "overlapping": (spread(), "holds the same part twice"),
    "100,000 entries": (packed(word(), *(member(f"{n}", b"") for n in range(100_000))), r"directory of [\d,]+ bytes"),
    "10,001 entries": (packed(word(), *(member(f"{n}", b"") for n in range(9_997))), "10,001 parts"),
    "3 GB of directory, by ZIP64": (
        archive([member(*part) for part in PARTS], directory=3 << 30, zip64=True), "damaged archive",
    ),
    "a second end in the comment": (
        archive([member(*part) for part in PARTS], tail=b"PK\5\6" + bytes(18)), "a ZIP archive",
    ),
    "nested archives": (
        archive([member("a.zip", archive([member("b.zip", archive([HUGE]))]))]), "a ZIP archive",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", INFLATING)
def test_what_inflates_or_lies_is_refused(post: Post, case: str) -> None:
    data, reason = INFLATING[case]
    assert len(data) < 9 * MB
    post.refused(f"{case}.docx", data, reason)


@pytest.mark.clock
def test_2_mb_that_are_2_gb_are_refused_within_2_seconds_and_100_mb(post: Post) -> None:
    data = packed(word(text="Timed."), HUGE)
    post.read("first.docx", packed(word()))  # the parser has its libraries
    assert len(data) < 2.2 * MB
    held_before = {p.pid: p.memory_info().rss for p in processes()}
    for process in processes():
        Path(f"/proc/{process.pid}/clear_refs").write_text("5")  # VmHWM begins anew
    start = time.perf_counter()
    result = post.take("bomb.docx", data)
    assert time.perf_counter() - start < 2
    assert re.search(UNPACKS, result.reason)
    for process in processes():
        assert (held(process) << 10) - held_before[process.pid] < 100 * MB


def processes() -> list[psutil.Process]:
    return [psutil.Process(), *psutil.Process().children(recursive=True)]


def test_parts_that_are_not_read_are_not_unpacked(post: Post) -> None:
    inner = member("word/embeddings/data.zip", archive([HUGE]))
    assert office.TEXT in post.read("nested.docx", packed(word(), inner))


def wide(kind: str) -> bytes:
    """Return a file that unpacks to 60 MB, which is allowed, of the smallest elements there are."""
    parts, main, end, unit = {
        "docx": (word(), "word/document.xml", b"</w:body>", b"<w:p/>"),
        "xlsx": (sheet(), "xl/worksheets/sheet1.xml", b"</sheetData>", b'<row><c t="b"><v>1</v></c></row>'),
    }[kind]
    at = parts[main].rindex(end)
    whole = inflating(60, parts[main][:at], parts[main][at:], unit)
    del parts[main]
    unpacked = zlib.decompress(whole, -15)
    crc, size = zlib.crc32(unpacked), len(unpacked)
    return packed(parts, Member(name=main.encode(), packed=whole, size=size, crc=crc))


@pytest.mark.parametrize("kind", ["docx", "xlsx"])
def test_what_stays_under_the_bounds_ends_at_the_parsers_limits(post: Post, kind: str) -> None:
    data = wide(kind)
    assert len(data) < 2 * MB
    post.refused(f"wide.{kind}", data, "RAGBOX_PARSE_(MEMORY_MB|OUTPUT_MB|CPU_SECONDS|WALL_SECONDS)")


NAMES = {
    "climbs": "../../x", "climbs backwards": "..\\..\\x", "climbs within": "word/../../x", "absolute": "/etc/cron.d/x",
    "a share": "\\\\host\\x", "a drive": "C:\\x", "a drive's folder": "c:x", "4 KB": "x" * 4096,
    "a NUL": b"word/document.xml\0.jpg",
}  # fmt: skip


@pytest.mark.parametrize("case", NAMES)
def test_parts_with_unsafe_names_are_refused(post: Post, case: str) -> None:
    post.refused(f"{case}.docx", packed(word(), member(NAMES[case], b"x")), "unsafe name")


def test_a_part_that_is_a_link_is_refused(post: Post) -> None:
    link = member("word/media/link", b"/etc/passwd", attributes=LINK)
    post.refused("link.docx", packed(word(), link), "unsafe name")
