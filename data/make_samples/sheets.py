"""Writes workbooks and CSV files from the tables in content/: one sheet for every level-1 heading."""

import csv
import re
from pathlib import Path

from openpyxl import Workbook
from openpyxl.styles import Font, PatternFill

from .blocks import Paper
from .slides import pages
from .stable import DATE, freeze


def _value(cell: str) -> str | int | float:
    """A number where the cell holds one; codes and dates stay text."""
    if re.fullmatch(r"-?\d+", cell) and not re.match(r"0\d", cell):
        return int(cell)
    return float(cell) if re.fullmatch(r"-?\d+\.\d+", cell) else cell


def write_xlsx(paper: Paper, path: Path) -> None:
    """Write a workbook."""
    book = Workbook()
    book.remove(book.active)
    book.properties.title, book.properties.creator = paper.meta["title"], paper.meta["author"]
    book.properties.created = DATE
    for title, blocks in pages(paper):
        sheet = book.create_sheet(title)
        for block in blocks:
            if block.kind != "table":
                sheet.append([block.text])
                continue
            for number, row in enumerate(block.rows):
                sheet.append([_value(cell) for cell in row])
                if number == 0:
                    for cell in sheet[sheet.max_row]:
                        cell.font = Font(bold=True)
                        cell.fill = PatternFill("solid", fgColor="DFE7F1")
        for column in sheet.columns:
            texts = [str(cell.value) for cell in column if cell.value is not None]
            width = min(max(map(len, texts), default=8) + 3, 42)
            sheet.column_dimensions[column[0].column_letter].width = width
    book.save(path)
    freeze(path)


def write_csv(paper: Paper, path: Path) -> None:
    """Write the first table as CSV."""
    table = next(block for block in paper.blocks if block.kind == "table")
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(table.rows)
