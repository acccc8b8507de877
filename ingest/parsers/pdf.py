"""Parse a PDF: the trip of one file to `Parsed`. Does not know how lines, columns or tables are found."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import closing, suppress
from dataclasses import replace
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ragbox.errors import Rejected
from ragbox.types import Parsed

from . import Options
from .pdf_headings import MAX_LEVEL, normal
from .pdf_pages import Page, assemble, ranges, readable, tell_early
from .pdf_read import read_page
from .pdf_words import Sheet, clean, garbage

if TYPE_CHECKING:
    import pypdfium2

_OCR_DPI = 200
_OCR_PIXELS = 3000  # longest side; a 200-inch page would else need gigabytes
_MAX_OUTLINE = 5000
FIRST, LONG = 15, 50  # pages that are told of while the rest is read, some 75 passages; and of a file so long that
# it pays: 50 pages take 4 s of processor time
FEW = 25  # characters; a scan with no more than a stamp or page number of text is still a scan
UNREADABLE = 0.3  # share of characters without meaning from which the page's picture is trusted more


def parse(path: Path, options: Options) -> Parsed:
    """Parse a PDF file.

    Raises:
        Rejected: it is locked, broken, or has no text that can be read.
    """
    notes: list[str] = []
    with closing(opened(path)) as document:
        count = len(document)
        made = partial(assemble, count=count, outline=_outline(document), named=_metadata_title(document))
        pages: list[Page] = []
        scans, bad = [], []
        for number in range(1, count + 1):
            options.reach(number, count)
            try:
                sheets, is_scan, told = _read(document, number)
            except (_pdfium_error(), ValueError, OverflowError):
                bad.append(number)
                continue
            if is_scan:
                scans.append(number)
            if sheets or told:
                pages.append(Page.of(number, sheets, unseen=told))
            if number == FIRST and count > LONG and tell_early(options, made(pages)):
                options = replace(options, early=None)
        if bad:
            notes.append(f"{ranges(bad)} could not be opened.")
        if scans:
            pages = _with_scans(document, pages, scans, options, notes, made)
    parsed = made(pages, warnings=notes)
    if all(block.unseen for block in parsed.blocks):
        why = "and OCR is switched off (RAGBOX_OCR)" if scans and not options.ocr else "and OCR found none"
        left = f" {' '.join(notes)}" if notes and options.ocr else ""
        raise Rejected(f"{path.name} has no text {why if scans else 'at all'}.{left} Drop a version that can be read.")
    return parsed


def opened(path: Path) -> pypdfium2.PdfDocument:
    """Open a PDF file.

    Raises:
        Rejected: it is locked or broken.
    """
    import pypdfium2
    import pypdfium2.raw as pdfium

    try:
        return pypdfium2.PdfDocument(path)
    except pypdfium2.PdfiumError as error:
        if error.err_code in (pdfium.FPDF_ERR_PASSWORD, pdfium.FPDF_ERR_SECURITY):
            raise Rejected(
                f"{path.name} is protected by a password. Remove the protection and drop it again."
            ) from error
        raise Rejected(
            f"{path.name} is damaged or no PDF: no page can be opened. Export it again and drop it."
        ) from error
    except FileNotFoundError as error:
        raise Rejected(f"{path.name} is gone. Drop it again.") from error


def _pdfium_error() -> type[Exception]:
    import pypdfium2

    failure: type[Exception] = pypdfium2.PdfiumError
    return failure


def _read(document: pypdfium2.PdfDocument, number: int) -> tuple[list[Sheet], bool, list[tuple[str, str]]]:
    """Return a page's sheets, whether it is a picture that only OCR can read, and (how, text) of what is hidden."""
    import pypdfium2.raw as pdfium

    with closing(document[number - 1]) as page:
        sheets, text, told = read_page(page)
        if garbage(text) > UNREADABLE:
            return [], True, []
        letters = sum(len(word.text) for sheet in sheets for word in sheet.words)
        if letters > FEW:
            # A layer that says more than what is printed is what OCR read of a picture, or is told and not believed.
            layer = sum(len(words) for how, words in told if how == "invisible")
            return sheets, layer > letters and _has_picture(page), told
        objects = pdfium.FPDFPage_CountObjects(page.raw)
        if letters == 0:
            return [], objects > 0, told
        return sheets, _has_picture(page), told


def _has_picture(page: Any) -> bool:
    """Return whether an image covers most of the page."""
    import pypdfium2.raw as pdfium

    width, height = page.get_size()
    for item in islice(page.get_objects(filter=(pdfium.FPDF_PAGEOBJ_IMAGE,), max_depth=3), 100):
        left, bottom, right, top = item.get_bounds()
        if (right - left) * (top - bottom) > 0.5 * width * height:
            return True
    return False


def _with_scans(
    document: pypdfium2.PdfDocument,
    pages: Sequence[Page],
    scans: Sequence[int],
    options: Options,
    notes: list[str],
    made: Callable[[Sequence[Page]], Parsed],
) -> list[Page]:
    """Return the pages with the scanned ones read by OCR, as many as the options allow."""
    from . import ocr

    by_number = {page.number: page for page in pages}
    failed: dict[int, Exception] = {}

    def upto(last: int) -> Parsed:
        return made([by_number[number] for number in sorted(by_number) if number <= last])

    for number in readable(scans, options, notes, upto):
        try:
            sheet = ocr.read(picture(document, number))
        except Exception as error:  # the runtime has its own for want of memory, and one page shall not cost the others
            failed[number] = error
            continue
        if sheet.words:
            told = by_number[number].unseen if number in by_number else ()
            by_number[number] = Page.of(number, [sheet], scanned=True, unseen=told)
    if failed and not any(page.sheets for page in by_number.values()):
        raise next(iter(failed.values()))
    if failed:
        notes.append(f"{ranges(list(failed))} could not be read by OCR.")
    return [by_number[number] for number in sorted(by_number)]


def picture(document: pypdfium2.PdfDocument, number: int) -> Any:
    """Return a page rendered as BGR pixels."""
    with closing(document[number - 1]) as page:
        scale = min(_OCR_DPI / 72, _OCR_PIXELS / max(1.0, *page.get_size()))
        with closing(page.render(scale=scale, prefer_bgrx=False, maybe_alpha=False)) as bitmap:
            pixels = bitmap.to_numpy()
            if pixels.ndim == 2 or pixels.shape[2] == 1:
                return pixels.reshape(*pixels.shape[:2], 1).repeat(3, axis=2)
            return pixels[:, :, :3].copy()


def _outline(document: pypdfium2.PdfDocument) -> dict[str, int]:
    """Return the outline's titles as `normal` writes them, with their levels from 1."""
    titles: dict[str, int] = {}
    with suppress(_pdfium_error(), RecursionError, UnicodeDecodeError):
        for bookmark in islice(document.get_toc(), _MAX_OUTLINE):
            if title := normal(clean(bookmark.get_title())):
                titles.setdefault(title, min(bookmark.level + 1, MAX_LEVEL))
    return titles


def _metadata_title(document: pypdfium2.PdfDocument) -> str:
    with suppress(_pdfium_error(), UnicodeDecodeError):
        return clean(document.get_metadata_value("Title"))
    return ""
