"""PDFs and pictures that inflate, loop or promise a million pages; files that are not what they seem (rows 5 to 7)."""

from __future__ import annotations

import zlib
from collections.abc import Callable

import pytest

from tests.hostile import office
from tests.hostile.archives import archive, member
from tests.hostile.conftest import Post
from tests.pdfs import hostile, stream

pytestmark = pytest.mark.slow

CATALOG, PAGES = b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Count 1/Kids[3 0 R]>>"
PAGE = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>"
FONT = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"
SAID = b"BT /F 12 Tf 72 700 Td (%s) Tj ET" % office.TEXT.encode()
CLIMBS = FONT.replace(b">>", b"/Encoding/..#2F..#2Fetc#2Fpasswd>>")
FORM = (
    b"<</Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</X 6 0 R>>>>/Length 5>>stream\n/X Do\nendstream"
)
OWN = PAGES.replace(b"3 0 R", b"2 0 R").replace(b"Count 1", b"Count 9")
LOCK = b"/Encrypt<</Filter/Standard/V 1/R 2/O(%s)/U(%s)/P -4>>/ID[(a)(a)]/Root" % (b"o" * 32, b"u" * 32)
HUGE = 300_000_000


def pdf(
    content: bytes = SAID, page: bytes = PAGE, pages: bytes = PAGES, catalog: bytes = CATALOG, *more: bytes
) -> bytes:
    return hostile(catalog, pages, page, stream(content), *(more or (FONT,)))


def layered(content: bytes, times: int) -> bytes:
    """Return a stream object packed so many times over."""
    for _ in range(times):
        content = zlib.compress(content, 9)
    return b"<</Length %d/Filter[%s]>>stream\n%s\nendstream" % (len(content), b"/FlateDecode" * times, content)


def lzw(code: int, count: int) -> bytes:
    """Return a stream object of LZW codes of 9 bits."""
    bits = f"{256:09b}" + f"{code:09b}" * count + f"{257:09b}"
    data = int(bits.ljust(-(-len(bits) // 8) * 8, "0"), 2).to_bytes(-(-len(bits) // 8), "big")
    return b"<</Length %d/Filter[/LZWDecode/FlateDecode]>>stream\n%s\nendstream" % (len(data), data)


def looping() -> bytes:
    """Return a file whose table of places names itself as the one before."""
    data = pdf()
    start = data.rindex(b"startxref\n") + 10
    place = data[start : data.index(b"\n", start)]
    return data.replace(b"/Root 1 0 R", b"/Root 1 0 R/Prev " + place)


def outlined() -> bytes:
    """Return a file with a bookmark that is its own neighbour and child."""
    catalog = b"<</Type/Catalog/Pages 2 0 R/Outlines 6 0 R>>"
    top = b"<</Type/Outlines/First 7 0 R/Last 7 0 R/Count 1>>"
    mark = b"<</Title(Loop)/Parent 6 0 R/First 7 0 R/Next 7 0 R/Prev 7 0 R/Dest[3 0 R/Fit]>>"
    return pdf(SAID, PAGE, PAGES, catalog, FONT, top, mark)


READABLE: dict[str, Callable[[], bytes]] = {
    "the table before is itself": looping,
    "bookmarks in a loop": outlined,
    "a page 200 inches wide": lambda: pdf(page=PAGE.replace(b"612 792", b"14400 14400")),
    "a page of a million inches": lambda: pdf(page=PAGE.replace(b"612 792", b"72000000 72000000")),
    "an encoding that is a path": lambda: pdf(SAID, PAGE, PAGES, CATALOG, CLIMBS),
    "a picture without end": lambda: pdf(SAID + b" BI /W 9 /H 9 /BPC 8 /CS /G ID " + b"\0" * 100_000),
    "a PDF that is a ZIP": lambda: pdf() + archive([member("a.exe", b"MZ")]),
    "a PDF that is HTML": lambda: b"<html><script>alert(1)</script>\n" + pdf(),
    "a form within itself": lambda: pdf(
        SAID + b" /X Do", PAGE.replace(b"<</Font", b"<</XObject<</X 6 0 R>>/Font"), PAGES, CATALOG, FONT,
        FORM,
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", READABLE)
def test_what_is_odd_about_a_pdf_does_no_harm(post: Post, case: str) -> None:
    assert office.TEXT in post.read(f"{case}.pdf", READABLE[case]())


def test_a_million_pages_of_which_there_is_one_end_within_the_limits(post: Post) -> None:
    result = post.take("promised.pdf", pdf(pages=PAGES.replace(b"Count 1", b"Count 1000000")))
    assert result.chunks == 1 or "processor seconds" in result.reason  # 4 s of a quiet machine
    post.up()


REFUSED: dict[str, tuple[Callable[[], bytes], str]] = {
    "packed twice": (
        lambda: hostile(CATALOG, PAGES, PAGE, layered(b"q " * (HUGE // 2), 2), FONT), "no text|stopped|crashed",
    ),
    "packed by LZW": (lambda: hostile(CATALOG, PAGES, PAGE, lzw(65, 100_000), FONT), "no text"),
    "words without end": (lambda: pdf(b"BT /F 12 Tf " + b"(pump) Tj " * 3_000_000 + b"ET"), "no text|stopped|crashed"),
    "pages that are their own": (lambda: pdf(pages=OWN), "no text|damaged|no page"),
    "a million pages and none": (lambda: pdf(pages=b"<</Type/Pages/Count 1000000/Kids[]>>"), "no text|damaged"),
    "encrypted": (lambda: pdf().replace(b"/Root", LOCK), "password"),
    "cut off": (lambda: pdf()[:200], "damaged or no PDF|no text"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_a_pdf_that_cannot_be_read_is_refused(post: Post, case: str) -> None:
    made, reason = REFUSED[case]
    data = made()
    assert len(data) < 2 << 20
    post.refused(f"{case}.pdf", data, reason)
