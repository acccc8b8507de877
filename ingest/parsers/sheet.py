"""Workbooks (.xlsx, .xls) and CSV to blocks: a page a sheet, cells as they are shown, blank rows part the tables.

By openpyxl, xlrd and the csv module: unstructured would give 0.25 for a cell that shows 25%, and no name of the sheet.
"""

from __future__ import annotations

import csv
import datetime
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby
from pathlib import Path
from typing import Any

from ragbox.errors import Rejected
from ragbox.types import Block, Kind, Parsed

from . import Options
from .blocks import block, finish, header_like, numeric, sane_title, table
from .sheet_rich import rows, shared
from .sheet_unseen import Hiding, OldHiding
from .text import decode
from .unseen import hidden

LONGEST_CELL = 1 << 30
"""Characters of a CSV cell. One value for good: the limit is global, and libraries read their own tables under it."""
_HIGHEST_HEADER = 3  # rows of words above a blank one that may be the header of what is below it
_DELIMITERS = ",;\t|"
_QUOTED = re.compile(r'"[^"]*"|\\.')
_CURRENCY = re.compile(r"\[\$([^\]-]+)[^\]]*\]|([$€£¥￥])")


def parse(path: Path, options: Options) -> Parsed:
    """Parse a workbook or a CSV file.

    Raises:
        Rejected: openpyxl finds no workbook in it.
    """
    if options.kind == "csv":
        rows = list(csv_rows(decode(path.read_bytes())))
        return finish(table(rows, 1, int(len(rows) > 1)))
    return _old_workbook(path) if options.kind == "xls" else _workbook(path)


def csv_rows(text: str) -> Iterator[list[str]]:
    """Yield the rows of a CSV text; its delimiter is the one that parts most lines into equally many cells."""
    text = text.replace("\0", "")
    csv.field_size_limit(LONGEST_CELL)
    lines = [_QUOTED.sub("", row) for row in text.splitlines()[:100] if row.strip()]

    def evenness(delimiter: str) -> tuple[float, int]:
        counts = [row.count(delimiter) for row in lines]
        usual = max(set(counts), key=counts.count, default=0)
        return (counts.count(usual) if usual else 0, usual)

    delimiter = max(_DELIMITERS, key=evenness)
    yield from csv.reader(text.splitlines(keepends=True), delimiter=delimiter)


def sheet_blocks(name: str, rows: Iterable[list[str]], page: int) -> Iterator[Block]:
    """Yield a sheet's name as a title, then its tables; a row of one cell above or below a table is text."""
    groups = [list(group) for filled, group in groupby(rows, lambda row: any(map(str.strip, row))) if filled]
    found: list[Block] = []
    for head, group in zip([[], *groups], [*groups, []], strict=True):
        if _heads(head, group):
            found += table([*head, *group], page, len(head))
            group.clear()
        else:
            found += _group(head, page)
    if found:
        yield from block(Kind.TITLE, name, page, 1)
        yield from found


def _heads(head: list[list[str]], group: list[list[str]]) -> bool:
    """Say whether rows are the header of the rows below the blank one: words alone, over figures and in their columns.

    As in accounts, where air is left under the names of the columns.
    """
    if not head or not group or len(head) > _HIGHEST_HEADER:
        return False
    words, figures = ({i for row in part for i, cell in enumerate(row) if cell.strip()} for part in (head, group))
    return (
        all(sum(bool(cell.strip()) for cell in row) > 1 and not any(map(numeric, row)) for row in head)
        and all(any(map(numeric, row)) for row in group)
        and len(figures) > 1
        and words <= figures
        and len(figures - words) <= 1
    )


def _group(group: list[list[str]], page: int) -> list[Block]:
    """Return the blocks of rows without a blank one between them."""
    filled = [sum(bool(cell.strip()) for cell in row) for row in group]
    first = next((i for i, count in enumerate(filled) if count > 1), len(group))
    last = max((i + 1 for i, count in enumerate(filled) if count > 1), default=first)
    return [
        *(made for row in group[:first] for made in block(Kind.TEXT, " ".join(row), page)),
        *(made for cells in _parted(group[first:last]) for made in table(cells, page, int(header_like(cells)))),
        *(made for row in group[last:] for made in block(Kind.TEXT, " ".join(row), page)),
    ]


def _parted(rows: list[list[str]]) -> list[list[list[str]]]:
    """Part tables that stand side by side: at an empty column with a header of two cells or more on each side."""
    width = max(map(len, rows), default=0)
    full = [row + [""] * (width - len(row)) for row in rows]
    spans: list[list[int]] = []
    for column in range(width):
        if not any(row[column].strip() for row in full):
            continue
        if spans and spans[-1][-1] == column - 1:
            spans[-1].append(column)
        else:
            spans.append([column])
    parts = [[[row[i] for i in span] for row in full] for span in spans]
    if len(parts) > 1 and all(len(part[0]) > 1 and header_like(part) for part in parts):
        return parts
    return [[[row[i] for span in spans for i in span] for row in full]]


def _workbook(path: Path) -> Parsed:
    import warnings as python_warnings
    from zipfile import BadZipFile

    import openpyxl

    # An open file, because openpyxl judges a path by its ending, and originals are stored without one.
    with path.open("rb") as stream, python_warnings.catch_warnings():
        python_warnings.simplefilter("ignore")  # "no default style", "extension not supported": nothing that is read
        try:
            # The object closes its file only when told to; data_only gives the values formulas had when saved.
            book = openpyxl.load_workbook(stream, read_only=True, data_only=True, keep_links=False)
        except (KeyError, ValueError, TypeError, AttributeError, IndexError, BadZipFile) as error:
            raise Rejected("The workbook is damaged. Open it in Excel and save it again.") from error
        blocks: list[Block] = []
        warnings: list[str] = []
        try:
            hiding, strings = Hiding(book), shared(book)
            for page, sheet in enumerate(book.worksheets, start=1):
                try:
                    unseen: list[Block] = []
                    read = [*sheet_blocks(sheet.title, _rows(sheet, strings, page, hiding, unseen), page), *unseen]
                    # Very hidden ones are offered by no menu; what is otherwise hidden is data.
                    gone = sheet.sheet_state == "veryHidden"
                    blocks.extend(replace(one, unseen=one.unseen or "marked") if gone else one for one in read)
                    blocks.extend(_notes(book, sheet, page))
                except (KeyError, ValueError, TypeError, AttributeError, IndexError) as error:
                    warnings.append(f"Sheet {page} could not be read in full ({type(error).__name__}).")
            return _finished(blocks, len(book.worksheets), book.properties.title, warnings)
        finally:
            book.close()


def _notes(book: Any, sheet: Any, page: int) -> Iterator[Block]:
    """Yield what people wrote beside the cells; a thread's copy for old programs is left out."""
    from openpyxl.packaging.relationship import get_dependents, get_rels_path
    from openpyxl.xml.functions import fromstring

    archive, relations = book._archive, get_rels_path(sheet._worksheet_path)
    if relations not in archive.namelist():
        return
    parts = [r.target for r in get_dependents(archive, relations) if r.Type.endswith(("/comments", "/threadedComment"))]
    for part in parts:
        root = fromstring(archive.read(part))
        authors = [author.text or "" for author in root.iter("{*}author")]
        for note in root.iter("{*}comment", "{*}threadedComment"):
            if authors and authors[int(note.get("authorId") or 0)].startswith("tc="):
                continue
            text = "".join(t.text or "" for t in note.iter("{*}t")) or note.findtext("{*}text") or ""
            yield from block(Kind.NOTE, f"{note.get('ref')}: {text}" if text.strip() else "", page)


def _rows(
    sheet: Any, strings: list[str], page: int, hiding: Hiding, unseen: list[Block]
) -> Iterator[list[str]]:  # fmt: skip
    """Yield the cells as they are shown, and put those that show nothing aside."""
    for row in rows(sheet, strings):
        cells = []
        for cell in row:
            text = shown(cell.value, cell.number_format or "") if cell.value is not None else ""
            if text:
                text, gone = hiding.parted(cell, text)
                for how, words in gone:
                    unseen += hidden(how, words, page)
            cells.append(text)
        yield cells


def _old_workbook(path: Path) -> Parsed:
    import io
    import struct

    import xlrd
    from xlrd.compdoc import CompDocError

    def cell(sheet: Any, row: int, column: int) -> str:
        kind, value = sheet.cell_type(row, column), sheet.cell_value(row, column)
        if kind == xlrd.XL_CELL_ERROR:
            return str(xlrd.error_text_from_code.get(value, ""))
        if kind == xlrd.XL_CELL_BOOLEAN:
            return shown(bool(value))
        style = sheet.cell_xf_index(row, column)
        if kind == xlrd.XL_CELL_DATE:
            value = xlrd.xldate_as_datetime(value, book.datemode)
        text = shown(value, book.format_map[book.xf_list[style].format_key].format_str or "")
        if text:
            text, gone = hiding.parted(style, value, text, sheet.rich_text_runlist_map.get((row, column), ()))
            for how, words in gone:
                unseen.extend(hidden(how, words, sheet.number + 1))
        return text

    unseen: list[Block] = []
    try:
        book = xlrd.open_workbook(str(path), formatting_info=True, logfile=io.StringIO())
        hiding = OldHiding(book)
        blocks = [
            made
            for page, sheet in enumerate(book.sheets(), start=1)
            for made in sheet_blocks(
                sheet.name, ([cell(sheet, r, c) for c in range(sheet.row_len(r))] for r in range(sheet.nrows)), page
            )
        ]
    except (xlrd.XLRDError, CompDocError, ValueError, KeyError, IndexError, AssertionError, struct.error) as error:
        raise Rejected("The workbook is encrypted or damaged. Open it in Excel and save it as .xlsx.") from error
    return _finished([*blocks, *unseen], book.nsheets)


def _finished(blocks: list[Block], sheets: int, title: str | None = "", warnings: Sequence[str] = ()) -> Parsed:
    """Return the workbook; the name of its first sheet is its title only where there is no other."""
    parsed = finish(blocks, pages=sheets, title=title, warnings=warnings)
    return parsed if sheets < 2 or sane_title(title) else replace(parsed, title="")


def shown(value: Any, style: str = "") -> str:
    """Return a cell's value as Excel shows it in most formats: dates as ISO, percentages, separators, currency."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, datetime.datetime):
        whole_day = value.time() == datetime.time(0) and not re.search(r"[hHsS]", re.sub(r'"[^"]*"', "", style))
        return value.date().isoformat() if whole_day else value.isoformat(sep=" ", timespec="minutes")
    if isinstance(value, datetime.date | datetime.time):
        return value.isoformat()
    if isinstance(value, datetime.timedelta):
        return str(value)
    if isinstance(value, int | float):
        return _number(value, style.split(";")[0])
    return str(value)


def _number(value: float, style: str) -> str:
    symbol = _CURRENCY.search(style)
    code = re.sub(r'"[^"]*"|\[[^\]]*\]|\\.|_.|\*.', "", style)
    digits = re.search(r"[0#?][0#?,]*(?:\.([0#?]+))?", code)
    if digits is None or code.lower() == "general" or "E" in code or "/" in code:
        return f"{value:.10g}" if isinstance(value, float) else str(value)
    percent = "%" in code
    places = len(digits[1] or "")
    text = f"{abs(value) * (100 if percent else 1):{',' if ',' in digits[0] else ''}.{places}f}"
    if not percent and value and not float(text.replace(",", "")):
        text = f"{abs(value):.10g}"  # 0.004 shown as 0.00 would be asked for and never found
    currency = (symbol[1] or symbol[2]).strip() if symbol else ""
    if currency.isalpha() and currency.isascii():
        currency += " "
    return f"{'-' if value < 0 else ''}{currency}{text}{'%' if percent else ''}"
