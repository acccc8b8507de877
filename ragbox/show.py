"""How the command prints: a progress bar, one line a file, tables, JSON. Knows the API's shapes, calls nothing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def progress(total: int, *, quiet: bool) -> Iterator[Any]:
    """Show a bar over `total` files; yields a function that prints a line above it and moves it on."""
    from rich.progress import MofNCompleteColumn, Progress, TimeRemainingColumn

    with Progress(
        *Progress.get_default_columns()[:2], MofNCompleteColumn(), TimeRemainingColumn(), disable=quiet
    ) as bar:
        task = bar.add_task("", total=total)

        def advance(text: str | None) -> None:
            if text:
                bar.console.print(text, markup=False, highlight=False, soft_wrap=True)
            bar.advance(task)

        yield advance


def line(result: dict[str, Any]) -> str:
    """Return how one file ended, in words."""
    if result["status"] == "rejected":
        return f"rejected   {result['file']}: {result['reason']}"
    size = f"{result['pages']} pages, {result['chunks']} chunks, {result['seconds']:.1f} s"
    return f"{result['status']:10} {result['file']}: {size}"


def place(found: dict[str, Any]) -> str:
    """Return where a hit or citation stands."""
    return f"{found['file']}, page {found['page']}" + (f" ({found['section']})" if found["section"] else "")


def values(found: dict[str, Any], as_json: bool) -> None:
    """Print a flat answer, a line a value."""
    if as_json:
        print(json.dumps(found, ensure_ascii=False))
        return
    for name, value in found.items():
        print(f"{name}: {json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else value}")


def rows(found: dict[str, Any], key: str, columns: tuple[str, ...], as_json: bool) -> None:
    """Print a list of an answer as a table; the first column is whole however narrow the screen, to be pasted."""
    if as_json:
        print(json.dumps(found, ensure_ascii=False))
        return
    from rich import box
    from rich.console import Console
    from rich.table import Table

    table = Table(box=box.SIMPLE)
    for number, column in enumerate(columns):
        table.add_column(column, no_wrap=number == 0, overflow="fold")
    for row in found[key]:
        table.add_row(*(", ".join(row[c]) if isinstance(row[c], list) else str(row[c]) for c in columns))
    Console().print(table)
