"""Reads the cells of a workbook with the runs of their words that look other than the cell does.

openpyxl keeps the runs of shared texts for 1.8 kB each, and those of a cell's own text only where it reads a workbook
at once. Judges nothing: what is hidden is said by `sheet_unseen.py`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Letters:
    """How a run says that its letters look: their size in points and the attributes of their colour, if it does."""

    size: float | None
    colour: tuple[tuple[str, str], ...] | None


Run = tuple[str, Letters | None]
"""Words, and how they look where that is not how the cell does."""


class Rich(str):
    """A cell's words, of which `runs` look in their own way."""

    __slots__ = ("runs",)
    runs: tuple[Run, ...]


def rows(sheet: Any, strings: list[str]) -> Iterator[tuple[Any, ...]]:
    """Yield the rows of a sheet that was opened for reading alone, with `strings` as the book's (`shared`).

    All of them: openpyxl stops where the file says that its cells end, and many programs get that wrong.
    """
    from openpyxl.worksheet._reader import WorkSheetParser

    book, due = sheet.parent, 1
    with sheet._get_source() as source:
        parser = WorkSheetParser(
            source, strings, data_only=True, epoch=book.epoch, date_formats=book._date_formats,
            timedelta_formats=book._timedelta_formats,
        )  # fmt: skip
        parse_cell = parser.parse_cell

        def with_runs(element: Any) -> Any:
            found = parse_cell(element)
            if element.get("t") == "inlineStr" and found["value"]:
                found["value"] = _rich(element.find(MAIN + "is"), found["value"])
            return found

        parser.parse_cell = with_runs
        for number, row in parser.parse():
            while due < number:
                yield ()
                due += 1
            if due == number:
                yield sheet._get_row(row)
                due += 1


def shared(book: Any) -> list[str]:
    """Return the texts that the cells of a workbook share."""
    from openpyxl.packaging.manifest import Manifest
    from openpyxl.xml.constants import ARC_CONTENT_TYPES, SHARED_STRINGS
    from openpyxl.xml.functions import fromstring, iterparse

    plain: list[str] = next((sheet._shared_strings for sheet in book.worksheets), [])
    archive = book._archive
    part = Manifest.from_tree(fromstring(archive.read(ARC_CONTENT_TYPES))).find(SHARED_STRINGS)
    if part is None or not plain:  # no sheet may be left to have them
        return plain
    found: list[str] = []
    with archive.open(part.PartName[1:]) as source:
        for _, node in iterparse(source):
            if node.tag == MAIN + "si":
                found.append(_rich(node, plain[len(found)]))
                node.clear()
    return found


def _rich(node: Any, text: str) -> str:
    """Return a text with its runs, as it is if none of them looks in its own way."""
    if node.find(MAIN + "r") is None:
        return text
    runs = tuple((_words(run), _letters(run.find(MAIN + "rPr"))) for run in node.findall(MAIN + "r"))
    if not any(letters for _, letters in runs):
        return text
    rich = Rich(text)
    rich.runs = tuple(run for run in ((_words(node), None), *runs) if run[0])
    return rich


def _words(node: Any) -> str:
    return (node.findtext(MAIN + "t") or "").replace("x005F_", "")  # as openpyxl does


def _letters(style: Any) -> Letters | None:
    if style is None:
        return None
    sizes = (size.get("val") for size in style.findall(MAIN + "sz"))
    colours = (colour.attrib.items() for colour in style.findall(MAIN + "color"))
    return Letters(
        size=next((float(size) for size in sizes if size), None),
        colour=next((tuple(sorted(pair for pair in one if pair[0][0] != "{")) for one in colours), None),
    )
